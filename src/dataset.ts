// What a data set is: examples as rows, labels beside them. Reading the file formats is the work of dataset/*.
// Nothing here copies or scales the examples: bytes stay bytes until a batch is packed.

import { InputError } from "./errors.js";
import { log64 } from "./math.js";

/** Rows of numbers, one row an example. */
export interface Examples {
  /** (count, features), row-major, as it came from the file. */
  readonly x: Uint8Array | Float32Array | Float64Array;
  /** Number of examples. */
  readonly count: number;
  /** Numbers in an example. */
  readonly features: number;
  /** Shape of one example, for instance [64, 64, 3]; its product is `features`. */
  readonly shape: readonly number[];
  /** Every number is multiplied by this before the network sees it; 1/255 for pictures of bytes. */
  readonly scale: number;
}

/** Examples with a class each. */
export interface LabelledDataset extends Examples {
  /** (count): index into `classes`. */
  readonly y: Int32Array;
  readonly classes: readonly string[];
}

/** Examples with numbers to predict. */
export interface RegressionDataset extends Examples {
  /** (count, outputs), row-major. */
  readonly y: Float64Array;
  readonly classes: null;
  readonly outputs: number;
}

export type Dataset = LabelledDataset | RegressionDataset;

/** A label as files and callers have it. */
export type Label = number | bigint | boolean | string;

/** What createDataset takes. */
export interface DataInput {
  /** Rows of numbers, or one typed array of them, row-major, together with `shape`. */
  x: readonly (readonly number[])[] | Examples["x"];
  /** A label for each row: whole numbers from 0, booleans or names; or with `regression` numbers or rows of numbers. */
  y: ArrayLike<Label> | readonly (readonly number[])[];
  /** Names of the classes, in the order of the labels 0, 1, … @default the labels themselves */
  classes?: readonly string[];
  /** Whether y holds numbers to predict rather than labels. @default false */
  regression?: boolean;
  /** Shape of one example. Needed for a typed array. @default the length of a row */
  shape?: readonly number[];
  /** What every number is multiplied with. @default 1/255 for a Uint8Array, else 1 */
  scale?: number;
}

/** More are numbers, not classes. */
export const MOST_CLASSES = 65_536;

/**
 * A data set from arrays in memory. Typed arrays are used as they are, not copied.
 *
 * Throws E_EMPTY, E_COUNT, E_FEATURES, E_LABELS, E_SINGLE_CLASS, E_OPTION for a scale that is no number, E_ROWS for a
 * typed array of another kind, and E_NOT_FINITE_DATA, which names the first bad row.
 */
export function createDataset(input: DataInput & { regression: true }): RegressionDataset;
export function createDataset(input: DataInput & { regression?: false }): LabelledDataset;
export function createDataset(input: DataInput): Dataset;
export function createDataset(input: DataInput): Dataset {
  const who = "createDataset";
  const examples = checkExamples(who, checkScale(who, toExamples(who, input)));
  const { y, regression = false, classes = null } = input;
  // numbers to predict may also come in one array, row after row
  const flat = regression && y.length > 0 && y.length % examples.count === 0 && !Array.isArray(y[0]);
  if (y.length !== examples.count && !flat) {
    const things = regression ? "targets" : "labels";
    throw new InputError(
      "E_COUNT",
      `${who}: x has ${examples.count} examples and y ${y.length} ${things}; pass one for each.`,
    );
  }
  if (!regression) return { ...examples, ...toLabels(who, Array.from(y as ArrayLike<Label>), classes) };
  const rows = flat ? Array.from(y as ArrayLike<number>, (value) => [value]) : (y as readonly (readonly number[])[]);
  const targets = flatten(who, "y", rows);
  const outputs = targets.length / examples.count;
  if (outputs === 0)
    throw new InputError("E_EMPTY", `${who}: the rows of y are empty; pass at least one number in each.`);
  checkFinite(who, "y", targets, outputs);
  return { ...examples, y: targets, outputs, classes: null };
}

function toExamples(who: string, { x, shape, scale }: DataInput): Examples {
  if (!ArrayBuffer.isView(x)) {
    const features = x[0]?.length ?? 0;
    if (features > 0) checkShape(who, shape ?? [features], features, 1);
    return { x: flatten(who, "x", x), count: x.length, features, shape: shape ?? [features], scale: scale ?? 1 };
  }
  // plain JavaScript can pass any other, whose memory would be taken for doubles
  if (!(x instanceof Uint8Array || x instanceof Float32Array || x instanceof Float64Array)) {
    const kind = Object.prototype.toString.call(x).slice(8, -1);
    throw new InputError("E_ROWS", `${who}: x is of type ${kind}; pass a Uint8Array, Float32Array or Float64Array.`);
  }
  const features = checkShape(who, shape, x.length, x.length);
  // a Buffer becomes what it is a view of, since its slice() does not copy
  const numbers = x instanceof Uint8Array ? new Uint8Array(x.buffer, x.byteOffset, x.length) : x;
  const bytes = x instanceof Uint8Array;
  return { x: numbers, count: x.length / features, features, shape: shape!, scale: scale ?? (bytes ? 1 / 255 : 1) };
}

/** The product of a shape that fits at most `most` times into `length` numbers, with none left over. */
function checkShape(who: string, shape: readonly number[] | undefined, length: number, most: number): number {
  const sides = shape ?? [];
  const features = sides.reduce((product, side) => product * side, 1);
  const whole = sides.length > 0 && sides.every((side) => Number.isInteger(side) && side > 0);
  if (whole && length % features === 0 && length <= most * features) return features;
  const got = shape ? `shape ${sides.join("x")}` : "no shape";
  throw new InputError("E_FEATURES", `${who}: x has ${length} numbers and ${got}; pass the shape of one example.`);
}

/** Rows of one length as one array. What is no number, such as null, becomes NaN. */
function flatten(who: string, name: string, rows: readonly (readonly number[])[]): Float64Array {
  const width = rows[0]?.length ?? 0;
  const all = new Float64Array(rows.length * width);
  for (const [i, row] of rows.entries()) {
    if (row.length !== width) {
      throw new InputError(
        "E_FEATURES",
        `${who}: row ${i} of ${name} has ${row.length} numbers, row 0 has ${width}; make them equal.`,
      );
    }
    for (let j = 0; j < width; j++) all[i * width + j] = typeof row[j] === "number" ? row[j]! : Number.NaN;
  }
  return all;
}

/** Throws E_OPTION for a scale that is not finite or zero. */
export function checkScale(who: string, examples: Examples): Examples {
  const { scale } = examples;
  if (Number.isFinite(scale) && scale !== 0) return examples;
  throw new InputError("E_OPTION", `${who}: scale is ${scale}; pass a finite number other than 0, such as 1/255.`);
}

/** Throws E_EMPTY without examples, E_NOT_FINITE_DATA naming the first row with NaN or infinity. */
export function checkExamples(who: string, examples: Examples): Examples {
  const { x, count, features } = examples;
  if (count === 0 || features === 0) {
    throw new InputError(
      "E_EMPTY",
      `${who}: there are no examples (${count} rows of ${features} numbers); pass at least one.`,
    );
  }
  if (!(x instanceof Uint8Array)) checkFinite(who, "x", x, features);
  return examples;
}

function checkFinite(who: string, name: string, values: Float32Array | Float64Array, width: number): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new InputError(
      "E_NOT_FINITE_DATA",
      `${who}: row ${Math.floor(i / width)} of ${name} has ${values[i]}; every number must be finite.`,
    );
  }
}

/**
 * Class indices and names from labels: whole numbers from 0 (or text of digits) are indices, other text is the names in
 * sorted order. With `names`, text must be one of them and numbers below their count.
 *
 * Throws E_LABELS, naming the first bad row, and E_SINGLE_CLASS.
 */
export function toLabels(
  who: string,
  labels: readonly Label[],
  names: readonly string[] | null,
): Pick<LabelledDataset, "y" | "classes"> {
  if (names) checkNames(who, names);
  const text = labels.every((label) => typeof label === "string");
  const digits = text && labels.every((label) => /^\d+$/.test(label as string));
  // names may be digits themselves: "3" and "7"
  const known = new Set<Label>(names);
  const named = text && (!digits || labels.every((label) => known.has(label)));
  const found = named ? byName(who, labels as readonly string[], names) : byIndex(who, labels, digits, names);
  if (found.y.every((label) => label === found.y[0])) {
    throw new InputError(
      "E_SINGLE_CLASS",
      `${who}: all ${labels.length} labels are ${quote(labels[0])}; there is nothing to tell apart, pass examples of at least two classes.`,
    );
  }
  return found;
}

function checkNames(who: string, names: readonly string[]): void {
  const different = new Set(names).size;
  if (different === names.length && different >= 2 && different <= MOST_CLASSES) return;
  throw new InputError(
    "E_LABELS",
    `${who}: there are ${names.length} class names, ${different} of them different; pass 2 to ${MOST_CLASSES} different ones.`,
  );
}

function byName(
  who: string,
  labels: readonly string[],
  names: readonly string[] | null,
): Pick<LabelledDataset, "y" | "classes"> {
  const classes = names ?? [...new Set(labels)].filter((name) => name !== "").sort();
  const indices = new Map(classes.map((name, c) => [name, c]));
  const y = Int32Array.from(labels, (label) => indices.get(label) ?? -1);
  const bad = y.indexOf(-1);
  if (bad >= 0) {
    const some = classes.slice(0, 10).map(quote).join(", ");
    throw new InputError(
      "E_LABELS",
      `${who}: the label in row ${bad} is ${quote(labels[bad])}; it must be one of ${some}.`,
    );
  }
  if (classes.length > MOST_CLASSES) {
    throw new InputError(
      "E_LABELS",
      `${who}: there are ${classes.length} different labels; pass at most ${MOST_CLASSES}.`,
    );
  }
  return { y, classes };
}

function byIndex(
  who: string,
  labels: readonly Label[],
  digits: boolean,
  names: readonly string[] | null,
): Pick<LabelledDataset, "y" | "classes"> {
  // Number() makes 0 of null, "" and []
  const isNumber = (label: Label) => digits || ["number", "bigint", "boolean"].includes(typeof label);
  const numbers = labels.map((label) => (isNumber(label) ? Number(label) : Number.NaN));
  const most = names?.length ?? MOST_CLASSES;
  const bad = numbers.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < most));
  if (bad >= 0) {
    const why = names ? `, as there are ${most} class names` : "";
    throw new InputError(
      "E_LABELS",
      `${who}: the label in row ${bad} is ${quote(labels[bad])}; it must be a whole number from 0 to ${most - 1}${why}.`,
    );
  }
  const y = Int32Array.from(numbers);
  const highest = y.reduce((a, b) => Math.max(a, b), 1);
  return { y, classes: names ?? Array.from({ length: highest + 1 }, (_, c) => String(c)) };
}

/** A label as it stands in a message: text in quotes, and not too long. */
function quote(label: unknown): string {
  return (typeof label === "string" ? JSON.stringify(label) : String(label)).slice(0, 60);
}

/** Examples of each class. */
export function classCounts({ y, classes }: LabelledDataset): number[] {
  const counts = new Array<number>(classes.length).fill(0);
  for (const label of y) counts[label]!++;
  return counts;
}

/**
 * Entropy of the classes' shares in nats, H = −Σ p·log p: the least cost of a network that answers the same to every
 * example. 0.64397 for 72 cats in 209 pictures.
 */
export function baseRateEntropy(data: LabelledDataset): number {
  let sum = 0;
  for (const count of classCounts(data)) {
    const share = count / data.count;
    if (share > 0) sum -= share * log64(share);
  }
  return sum;
}

/** Throws E_FEATURES or E_CLASSES when `test` is not of `train`'s kind: other features, other classes. */
export function checkSameKind(train: Dataset, test: Dataset): void {
  if (test.features !== train.features) {
    throw new InputError(
      "E_FEATURES",
      `the test set has ${test.features} features, the training set ${train.features}; pass files of one kind.`,
    );
  }
  if (train.classes === null || test.classes === null) {
    if (train.classes === null && test.classes === null) {
      if (train.outputs === test.outputs) return;
      throw new InputError(
        "E_CLASSES",
        `the test set has ${test.outputs} numbers to predict, the training set ${train.outputs}; pass files of one kind.`,
      );
    }
    throw new InputError(
      "E_CLASSES",
      "one of training and test set has labels, the other numbers to predict; pass files of one kind.",
    );
  }
  // without class names a smaller set may lack the last ones
  if (test.classes.length <= train.classes.length && test.classes.every((name, c) => name === train.classes[c])) return;
  throw new InputError(
    "E_CLASSES",
    `the test set has the classes ${test.classes.join(", ")}, the training set ${train.classes.join(", ")}; pass files of one kind.`,
  );
}

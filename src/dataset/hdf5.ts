// HDF5 files as data sets: the course's layout, plain x and y, or names given. How a file is opened and what is refused
// is hdf5-file.ts. The library's state outlives a bad file: src/reader.ts gives each file an instance of its own.

import { type ErrorCode, InputError } from "../errors.js";
import { product } from "../shape.js";
import { checkFinite } from "./arrays.js";
import { checkExamples } from "./check.js";
import { type Hdf5Dataset, type Hdf5Entry, type Hdf5File, USUAL_BYTES, withHdf5File } from "./hdf5-file.js";
import { findPairs, guessPair } from "./hdf5-names.js";
import { checkHdf5Options, type Hdf5Options } from "./hdf5-options.js";
import { columnNames, hotIndex, looksLikeNumbers, MOST_CLASSES, toLabels } from "./labels.js";
import { scaledLike, usualScale } from "./scale.js";
import type { Dataset, DatasetOf, Examples, Label, LabelledDataset, Task, TaskOption } from "./types.js";

export type { Hdf5Entry } from "./hdf5-file.js";

/** Reads a data set from an HDF5 file, as readHdf5 of src/reader/hdf5.ts describes, on the caller's thread. */
export async function readHdf5<T extends Task = "classification">(
  bytes: Uint8Array | ArrayBuffer,
  options: Hdf5Options & TaskOption<T> = {},
): Promise<DatasetOf<T>> {
  checkHdf5Options("readHdf5", options);
  options.signal?.throwIfAborted();
  const { task = "classification" } = options;
  const read = (file: Hdf5File): Dataset => {
    const found = findExamples(file, options.x, true);
    const labelled = findLabels(file, found.path, options.y);
    const y = asMatlab(file, labelled);
    const turned = asMatlab(file, found);
    const x = turned.shape[0] === lengthOf(y) ? turned : found;
    const classes = findClasses(file, options.classes) ?? (y.typeClass === "enum" ? y.names : null);
    const count = x.shape[0];
    const width = y.shape[0] === count ? product(y.shape.slice(1)) : 1;
    const inRows = width > 1;
    if (!inRows && (product(y.shape) !== count || lengthOf(y) !== Math.max(1, count))) {
      throw new InputError(
        "E_COUNT",
        `${file.who}: "${x.path}" is ${shapeText(x)} and "${y.path}" is ${shapeText(y)}; pass one ${task === "classification" ? "label" : "label or row of numbers"} for each example.`,
      );
    }
    const examples = examplesFromHdf5(file.who, x, options.scale);
    const values = Array.from(y.read(), trim);
    const guessed = task === "auto" && classes === null && looksLikeNumbers(values, width);
    if (task === "regression" || guessed) return { ...examples, ...toTargets(file.who, y, values, width) };
    const labels = inRows ? toOneHot(file.who, y, values, width) : values;
    return { ...examples, ...toLabels(file.who, labels, classes ?? columnNames(inRows ? width : 0)) };
  };
  return withHdf5File(bytes, { name: options.name, maxBytes: options.maxBytes ?? USUAL_BYTES }, read) as Promise<
    DatasetOf<T>
  >;
}

/** The longest side of labels, whichever way they lie. */
const lengthOf = ({ shape }: Hdf5Entry) => Math.max(1, ...shape);

/** A dataset as MATLAB has it, where MATLAB wrote the file. */
const asMatlab = (file: Hdf5File, dataset: Hdf5Dataset) => (file.matlab ? reversed(dataset) : dataset);

/** A dataset with its dimensions, and so its values, in the other order. */
function reversed(dataset: Hdf5Dataset): Hdf5Dataset {
  const { shape, read } = dataset;
  if (shape.length < 2) return dataset;
  const sides = [...shape].reverse();
  return {
    ...dataset,
    shape: sides,
    read() {
      const values = read();
      const turned = ArrayBuffer.isView(values)
        ? new (values.constructor as new (length: number) => { [i: number]: unknown; length: number })(values.length)
        : new Array(values.length);
      // strides of the file's dimensions, read along the other order
      const strides = shape.map((_, d) => product(shape.slice(d + 1))).reverse();
      const place = sides.map(() => 0);
      for (let i = 0; i < values.length; i++) {
        turned[i] = values[place.reduce((sum, at, d) => sum + at * strides[d]!, 0)];
        for (let d = sides.length - 1; d >= 0 && ++place[d]! === sides[d]; d--) place[d] = 0;
      }
      return turned as ArrayLike<number>;
    },
  };
}

/**
 * Reads examples without labels, to be classified: x as readHdf5 reads it, by the same names.
 *
 * Rejects with what readHdf5 rejects with because of x.
 */
export async function readHdf5Examples(bytes: Uint8Array | ArrayBuffer, options: Hdf5Options = {}): Promise<Examples> {
  checkHdf5Options("readHdf5Examples", options);
  options.signal?.throwIfAborted();
  return withHdf5File(bytes, { name: options.name, maxBytes: options.maxBytes ?? USUAL_BYTES }, (file) =>
    examplesFromHdf5(file.who, asMatlab(file, findExamples(file, options.x, false)), options.scale),
  );
}

const PARTS = ["train", "test"] as const;

/** A set of a file, and which of the two it is where the file has both. */
export interface Hdf5Set {
  readonly part: (typeof PARTS)[number] | null;
  readonly set: LabelledDataset;
}

/**
 * All sets of a file: a training and a test set where there are train_set_x and test_set_x, else the one that readHdf5
 * finds. Throws what readHdf5 throws.
 */
export async function readHdf5Sets(
  bytes: Uint8Array | ArrayBuffer,
  options: Pick<Hdf5Options, "name"> = {},
): Promise<Hdf5Set[]> {
  const read = async (part: Hdf5Set["part"]): Promise<Hdf5Set> => {
    const which = part && { x: `${part}_set_x`, y: `${part}_set_y` };
    return { part, set: await readHdf5(bytes, { ...options, ...which }) };
  };
  const paths = (await inspectHdf5(bytes, options)).map(({ path }) => path);
  const both = PARTS.every((part) => paths.includes(`${part}_set_x`));
  if (!both) return [await read(null)];
  const [train, test] = (await Promise.all(PARTS.map(read))) as [Hdf5Set, Hdf5Set];
  return [train, { ...test, set: scaledLike(train.set.scale, test.set) }];
}

/**
 * Lists the datasets of a file, the outermost first, at most 1000; none is read. Throws E_NOT_HDF5, E_HDF5_DAMAGED,
 * E_TOO_LARGE.
 */
export async function inspectHdf5(
  bytes: Uint8Array | ArrayBuffer,
  options: Pick<Hdf5Options, "name"> = {},
): Promise<Hdf5Entry[]> {
  return withHdf5File(bytes, { name: options.name, maxBytes: USUAL_BYTES }, (file) => file.list());
}

function findExamples(file: Hdf5File, given: string | undefined, labelled: boolean): Hdf5Dataset {
  const x = file.open(given ?? nameExamples(file, labelled));
  if (x === null) return missing(file, `no dataset "${given}"`);
  if (!["integer", "float", "bool"].includes(x.typeClass)) refuseType(file.who, x, "integers, floats or booleans");
  return x;
}

function nameExamples(file: Hdf5File, labelled: boolean): string {
  const entries = file.list();
  const sets = entries.map(({ path }) => path).filter((path) => path.endsWith("_set_x"));
  if (sets.length > 1) {
    const names = sets.map((path) => `"${path}"`).join(" and ");
    return missing(file, `${sets.length} sets of examples, ${names}`);
  }
  if (sets[0] !== undefined) return sets[0];
  const found = findPairs(entries);
  const pairs = found.filter(({ y }) => !labelled || y !== null);
  const train = pairs.filter(({ part }) => part === "train");
  const [only] = pairs.length === 1 ? pairs : train.length === 1 ? train : [];
  if (only) return only.x;
  const alone = labelled ? found[0] : undefined;
  if (alone && pairs.length === 0) return alone.x; // its labels are missed next
  const names = pairs.map(({ x }) => `"${x}"`).join(" and ");
  return missing(
    file,
    pairs.length > 1 ? `${pairs.length} sets of examples, ${names}` : "no examples by their usual names",
  );
}

function findLabels(file: Hdf5File, x: string, given: string | undefined): Hdf5Dataset {
  const beside = findPairs(file.list()).find((pair) => pair.x === x)?.y;
  const path = given ?? beside ?? x.replace(/x$/, "y").replace(/X$/, "Y");
  const y = path === x ? null : file.open(path);
  if (y === null) return missing(file, `no labels ${path === x ? "" : `"${path}" `}for "${x}"`);
  if (y.typeClass === "other") refuseType(file.who, y, "integers, booleans or text");
  return y;
}

function findClasses(file: Hdf5File, given: string | undefined): string[] | null {
  const list = file.open(given ?? "list_classes");
  if (list === null) return given === undefined ? null : missing(file, `no dataset "${given}"`);
  if (list.typeClass !== "text" && list.typeClass !== "integer") refuseType(file.who, list, "class names");
  return Array.from(list.read(), (name) => String(trim(name)));
}

function missing(file: Hdf5File, what: string): never {
  const entries = file.list();
  const found = entries
    .slice(0, 12)
    .map((entry) => `"${entry.path}" ${shapeText(entry)}`)
    .join(", ");
  const { x, y } = guessPair(entries) ?? { x: "…", y: "…" };
  const words = x === "…" ? "--x and --y" : `--x ${quoted(x)} --y ${quoted(y)}`;
  throw new InputError(
    "E_HDF5_MISSING",
    `${file.who} has ${what} (found ${found || "no datasets"}); name them with { x: "${x}", y: "${y}" }, on the command line with ${words}.`,
  );
}

/** A word as a shell takes it. */
const quoted = (word: string) => (/^[\w./-]+$/.test(word) ? word : JSON.stringify(word));

function examplesFromHdf5(who: string, dataset: Hdf5Dataset, scale: number | undefined): Examples {
  const { path, shape, typeClass } = dataset;
  const refuse = (code: ErrorCode, problem: string): never => {
    throw new InputError(code, `${who}: "${path}" ${problem}; pass a dataset with one row an example.`);
  };
  if (shape.length === 0) return refuse("E_HDF5_TYPE", "is a single number");
  const [count = 0, ...rest] = shape;
  const features = product(rest);
  if (count * features === 0) return refuse("E_EMPTY", `has no examples, its shape is ${shapeText(dataset)}`);
  const x = toNumbers(dataset.read());
  const examples = {
    x: typeClass === "bool" ? Uint8Array.from(x) : x,
    count,
    features,
    shape: rest.length ? rest : [1],
  };
  return checkExamples(who, { ...examples, scale: scale ?? usualScale(examples, typeClass === "integer") });
}

/** Bytes as they are, other numbers as the narrowest float array that holds them exactly. */
function toNumbers(values: ArrayLike<unknown>): Examples["x"] {
  if (values instanceof Uint8Array || values instanceof Float32Array || values instanceof Float64Array) return values;
  if (values instanceof Int8Array || values instanceof Int16Array || values instanceof Uint16Array) {
    return Float32Array.from(values);
  }
  // 64-bit integers beyond 2⁵³ lose their last digits
  return Float64Array.from(values as ArrayLike<number>, Number);
}

/** Class indices of rows with a single 1. */
function toOneHot(who: string, y: Hdf5Dataset, values: readonly Label[], width: number): number[] {
  if (y.typeClass === "text") refuseType(who, y, "one-hot rows");
  if (width > MOST_CLASSES) {
    throw new InputError(
      "E_LABELS",
      `${who}: rows of "${y.path}" are ${width} wide; pass at most ${MOST_CLASSES} classes.`,
    );
  }
  return Array.from({ length: values.length / width }, (_, row) => {
    const hot = values.slice(row * width, (row + 1) * width).map(Number);
    const label = hotIndex(hot);
    if (label >= 0) return label;
    throw new InputError(
      "E_LABELS",
      `${who}: row ${row} of "${y.path}" is ${hot.slice(0, 10).join(" ")}; a one-hot row has a single 1 and else 0; for numbers to predict pass task "regression".`,
    );
  });
}

/** Numbers to predict, (count, width). */
function toTargets(who: string, y: Hdf5Dataset, values: readonly Label[], width: number) {
  if (y.typeClass === "text") refuseType(who, y, "numbers to predict");
  const targets = Float64Array.from(values as number[], Number);
  checkFinite(who, `"${y.path}"`, targets, width);
  return { y: targets, outputs: width, classes: null };
}

function refuseType(who: string, { path, type }: Hdf5Entry, wanted: string): never {
  throw new InputError("E_HDF5_TYPE", `${who}: "${path}" is of type ${type}; ${wanted} are wanted there.`);
}

function trim(label: Label): Label {
  return typeof label === "string" ? label.trim() : label;
}

function shapeText({ shape, type }: Hdf5Entry): string {
  return shape.length ? shape.join("x") : type;
}

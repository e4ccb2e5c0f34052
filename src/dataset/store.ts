// Files of named arrays, HDF5 and NPZ, as data sets: the course's layout, plain x and y, or names given. How a file is
// opened and an array of it read is the readers' work.

import { type ErrorCode, InputError } from "../errors.js";
import { product } from "../shape.js";
import { checkFinite } from "./arrays.js";
import { checkExamples } from "./check.js";
import { importLine } from "./formats.js";
import { columnNames, hotIndex, looksLikeNumbers, MOST_CLASSES, toLabels } from "./labels.js";
import { usualScale } from "./scale.js";
import { findPairs, guessPair } from "./set-names.js";
import type { Dataset, Examples, Label, TaskOption } from "./types.js";

/** An array of a file, as it is listed. */
export interface StoredEntry {
  readonly path: string;
  readonly shape: readonly number[];
  /** "uint8", "float64", "bool", "text", "compound", "object", … */
  readonly type: string;
}

/** What an array's numbers are, whatever their width. */
export type TypeClass = "integer" | "float" | "bool" | "enum" | "text" | "other";

/** An array that passed every check that can be made without reading it. */
export interface StoredArray extends StoredEntry {
  readonly typeClass: TypeClass;
  /** Names of an enumeration's values, in the order 0, 1, …; null where it is none, or has others. */
  readonly names: readonly string[] | null;
  /** All values, row-major. */
  read(): ArrayLike<number | bigint | string>;
}

/** What is said of a file. */
interface Told {
  /** Begins every message: "readHdf5: train.h5". */
  readonly who: string;
  /** Codes where an array is not there, or of another type. */
  readonly codes: { readonly missing: ErrorCode; readonly type: ErrorCode };
}

/** A file of arrays. */
export interface Store extends Told {
  /** Whether MATLAB wrote it, column by column: the sides of what it calls m × n stand as n × m. */
  readonly matlab: boolean;
  /** All arrays, the outermost first. */
  list(): readonly StoredEntry[];
  /** Null where there is none of that path. */
  open(path: string): StoredArray | null;
}

/** Which arrays they are, where the usual names do not tell, and what numbers are multiplied by. */
export interface StoreNames {
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  readonly classes?: string | undefined;
  readonly scale?: number | undefined;
}

/** The data set in a file, as readHdf5 of src/reader/hdf5.ts describes. */
export function datasetFrom(file: Store, options: StoreNames & TaskOption): Dataset {
  const { task = "classification" } = options;
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
  const examples = examplesFromArray(file, x, options.scale);
  const values = Array.from(y.read(), trim);
  const guessed = task === "auto" && classes === null && looksLikeNumbers(values, width);
  if (task === "regression" || guessed) return { ...examples, ...toTargets(file, y, values, width) };
  const labels = inRows ? toOneHot(file, y, values, width) : values;
  return { ...examples, ...toLabels(file.who, labels, classes ?? columnNames(inRows ? width : 0)) };
}

/** The examples in a file, whether or not it has labels. */
export function examplesFrom(file: Store, { x, scale }: StoreNames): Examples {
  return examplesFromArray(file, asMatlab(file, findExamples(file, x, false)), scale);
}

/** The longest side of labels, whichever way they lie. */
const lengthOf = ({ shape }: StoredEntry) => Math.max(1, ...shape);

/** A dataset as MATLAB has it, where MATLAB wrote the file. */
const asMatlab = (file: Store, dataset: StoredArray) => (file.matlab ? reversed(dataset) : dataset);

/** An array with its dimensions, and so its values, in the other order. */
export function reversed(array: StoredArray): StoredArray {
  const { shape, read } = array;
  if (shape.length < 2) return array;
  const sides = [...shape].reverse();
  return {
    ...array,
    shape: sides,
    read() {
      const values = read();
      const turned = ArrayBuffer.isView(values)
        ? new (values.constructor as new (length: number) => { [i: number]: unknown; length: number })(values.length)
        : new Array(values.length);
      // strides of the file's dimensions, read along the other order
      const strides = shape.map((_, d) => product(shape.slice(d + 1))).reverse();
      const place = sides.map(() => 0);
      for (let i = 0, from = 0; i < values.length; i++) {
        turned[i] = values[from];
        for (let d = sides.length - 1; d >= 0; d--) {
          from += strides[d]!;
          if (++place[d]! < sides[d]!) break;
          from -= sides[d]! * strides[d]!;
          place[d] = 0;
        }
      }
      return turned as ArrayLike<number>;
    },
  };
}

function findExamples(file: Store, given: string | undefined, labelled: boolean): StoredArray {
  const x = file.open(given ?? nameExamples(file, labelled));
  if (x === null) return missing(file, `no dataset "${given}"`);
  checkNumbers(file, x);
  return x;
}

/** Throws the file's code for an array that holds no numbers. */
export function checkNumbers(file: Told, array: StoredArray): void {
  if (!["integer", "float", "bool"].includes(array.typeClass)) refuseType(file, array, "integers, floats or booleans");
}

function nameExamples(file: Store, labelled: boolean): string {
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

function findLabels(file: Store, x: string, given: string | undefined): StoredArray {
  const beside = findPairs(file.list()).find((pair) => pair.x === x)?.y;
  const path = given ?? beside ?? x.replace(/x$/, "y").replace(/X$/, "Y");
  const y = path === x ? null : file.open(path);
  if (y === null) return missing(file, `no labels ${path === x ? "" : `"${path}" `}for "${x}"`);
  if (y.typeClass === "other") refuseType(file, y, "integers, booleans or text");
  return y;
}

function findClasses(file: Store, given: string | undefined): string[] | null {
  const list = file.open(given ?? "list_classes");
  if (list === null) return given === undefined ? null : missing(file, `no dataset "${given}"`);
  if (list.typeClass !== "text" && list.typeClass !== "integer") refuseType(file, list, "class names");
  return Array.from(list.read(), (name) => String(trim(name)));
}

// Where models of Keras's have their weights: dense/dense/kernel:0, layers/dense/vars/0.
const KERAS = /(^|\/)kernel(:0)?$|^(layers|_layer_checkpoint_dependencies)\/.*\/vars\/\d+$/;

function missing(file: Store, what: string): never {
  const entries = file.list();
  const weights = entries.filter(({ path }) => KERAS.test(path));
  if (weights.length > 0) {
    const shapes = weights.slice(0, 6).map((entry) => `"${entry.path}" ${shapeText(entry)}`);
    const [name] = /[^/\\]+$/.exec(file.who.replace(/^\w+: /, "")) ?? [""];
    throw new InputError(
      file.codes.missing,
      `${file.who} holds the weights of a Keras model (${shapes.join(", ")}), no data; make a network of it: ${importLine(name)}.`,
    );
  }
  const found = entries
    .slice(0, 12)
    .map((entry) => `"${entry.path}" ${shapeText(entry)}`)
    .join(", ");
  const { x, y } = guessPair(entries) ?? { x: "…", y: "…" };
  const words = x === "…" ? "--x and --y" : `--x ${quoted(x)} --y ${quoted(y)}`;
  throw new InputError(
    file.codes.missing,
    `${file.who} has ${what} (found ${found || "no datasets"}); name them with { x: "${x}", y: "${y}" }, on the command line with ${words}.`,
  );
}

/** A word as a shell takes it. */
const quoted = (word: string) => (/^[\w./-]+$/.test(word) ? word : JSON.stringify(word));

export function examplesFromArray(file: Told, array: StoredArray, scale: number | undefined): Examples {
  const { path, shape, typeClass } = array;
  const refuse = (code: ErrorCode, problem: string): never => {
    throw new InputError(code, `${file.who}: "${path}" ${problem}; pass a dataset with one row an example.`);
  };
  if (shape.length === 0) return refuse(file.codes.type, "is a single number");
  const [count = 0, ...rest] = shape;
  const features = product(rest);
  if (count * features === 0) return refuse("E_EMPTY", `has no examples, its shape is ${shapeText(array)}`);
  const x = toNumbers(array.read());
  const examples = {
    x: typeClass === "bool" ? Uint8Array.from(x) : x,
    count,
    features,
    shape: rest.length ? rest : [1],
  };
  return checkExamples(file.who, { ...examples, scale: scale ?? usualScale(examples, typeClass === "integer") });
}

/** Bytes as they are, other numbers as the narrowest float array that holds them exactly. */
export function toNumbers(values: ArrayLike<unknown>): Examples["x"] {
  if (values instanceof Uint8Array || values instanceof Float32Array || values instanceof Float64Array) return values;
  if (values instanceof Int8Array || values instanceof Int16Array || values instanceof Uint16Array) {
    return Float32Array.from(values);
  }
  // 64-bit integers beyond 2⁵³ lose their last digits
  return Float64Array.from(values as ArrayLike<number>, Number);
}

/** Class indices of rows with a single 1. */
function toOneHot(file: Store, y: StoredArray, values: readonly Label[], width: number): number[] {
  if (y.typeClass === "text") refuseType(file, y, "one-hot rows");
  if (width > MOST_CLASSES) {
    throw new InputError(
      "E_LABELS",
      `${file.who}: rows of "${y.path}" are ${width} wide; pass at most ${MOST_CLASSES} classes.`,
    );
  }
  return Array.from({ length: values.length / width }, (_, row) => {
    const hot = values.slice(row * width, (row + 1) * width).map(Number);
    const label = hotIndex(hot);
    if (label >= 0) return label;
    throw new InputError(
      "E_LABELS",
      `${file.who}: row ${row} of "${y.path}" is ${hot.slice(0, 10).join(" ")}; a one-hot row has a single 1 and else 0; for numbers to predict pass task "regression".`,
    );
  });
}

/** Numbers to predict, (count, width). */
function toTargets(file: Store, y: StoredArray, values: readonly Label[], width: number) {
  if (y.typeClass === "text") refuseType(file, y, "numbers to predict");
  const targets = Float64Array.from(values as number[], Number);
  checkFinite(file.who, `"${y.path}"`, targets, width);
  return { y: targets, outputs: width, classes: null };
}

function refuseType({ who, codes }: Told, { path, type }: StoredEntry, wanted: string): never {
  throw new InputError(codes.type, `${who}: "${path}" is of type ${type}; ${wanted} are wanted there.`);
}

function trim(label: Label): Label {
  return typeof label === "string" ? label.trim() : label;
}

function shapeText({ shape, type }: StoredEntry): string {
  return shape.length ? shape.join("x") : type;
}

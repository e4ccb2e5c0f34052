// Data sets: what they are (dataset/types.ts), what is read off them, and how they come from arrays in memory. The file
// formats are dataset/formats.ts's.

import { flattenRows, ownArray, type Rows } from "./dataset/arrays.js";
import { checkExamples } from "./dataset/check.js";
import { columnNames, hotIndex, toLabels } from "./dataset/labels.js";
import { usualScale } from "./dataset/scale.js";
import type { Dataset, Examples, Label, LabelledDataset, RegressionDataset } from "./dataset/types.js";
import { InputError } from "./errors.js";
import { checkOptions, show } from "./options/check.js";
import { flag, names, number, object, type Type } from "./options/type.js";
import { product } from "./shape.js";

export {
  areNumbers,
  baseRateEntropy,
  classCounts,
  namesOf,
  outputsFor,
  outputsOf,
  remarkOnLabels,
  withClasses,
} from "./dataset/classes.js";
export { checkSameKind } from "./dataset/compare.js";
export { type Fold, kFold, type Split, type SplitOptions, split, subset } from "./dataset/subset.js";
export type * from "./dataset/types.js";

/** What createDataset takes. */
export interface DataInput {
  /** Rows of numbers, or one typed array of them, row-major, together with `shape`. */
  x: Rows | Examples["x"];
  /**
   * A label for each row: whole numbers from 0, booleans or names; or one-hot rows. With `regression`, rows of numbers to predict, or
   * all of them one after the other.
   */
  y: ArrayLike<Label> | Rows;
  /** Names of the classes, in the order of the labels 0, 1, … @default the different labels, in order */
  classes?: readonly string[] | undefined;
  /** Whether y holds numbers to predict rather than labels. @default false */
  regression?: boolean | undefined;
  /** Shape of one example. Needed for a typed array. @default the length of a row */
  shape?: readonly number[] | undefined;
  /**
   * What every number is multiplied by before the network sees it. @default 1/255 for a Uint8Array of pictures, with two
   * sides or more and values beyond 1, or flat with values from 128 on; else 1
   */
  scale?: number | undefined;
}

const INPUTS: Readonly<Record<keyof DataInput, Type>> = {
  x: object("rows of numbers, or a Uint8Array, Float32Array or Float64Array"),
  y: object("a label for each row, or rows of numbers with regression"),
  classes: names,
  regression: flag,
  shape: object("the shape of one example, such as [64, 64, 3]", Array.isArray),
  scale: number({ but: 0 }),
};

/**
 * A data set from arrays in memory: `x` (count, features), and `y` (count) labels or, with `regression`, (count,
 * outputs) numbers. A typed array of inputs is used as it is, not copied; rows become a Float64Array. Names as labels
 * become the classes in sorted order.
 *
 * Throws E_EMPTY; E_COUNT where y is not as long as x; E_FEATURES for rows of several lengths or a shape that does not
 * fit; E_LABELS, naming the first label that is not a class; E_SINGLE_CLASS; E_OPTION for a scale that is 0 or not
 * finite; E_ROWS for a typed array of another type; E_NOT_FINITE_DATA, naming the first bad row.
 *
 * @example createDataset({ x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [0, 1, 1, 0] })
 */
export function createDataset(input: DataInput & { regression: true }): RegressionDataset;
export function createDataset(input: DataInput & { regression?: false }): LabelledDataset;
export function createDataset(input: DataInput): Dataset;
export function createDataset(input: DataInput): Dataset {
  return datasetFromArrays("createDataset", input);
}

/** The same, called by `who`. */
export function datasetFromArrays(who: string, input: DataInput): Dataset {
  checkOptions(who, INPUTS, input);
  const examples = checkExamples(who, examplesFromArrays(who, input));
  const { y, regression = false, classes = null } = input;
  if (!Array.isArray(y) && !ArrayBuffer.isView(y)) {
    throw new InputError(
      "E_LABELS",
      `${who}: y is ${show(y)}; pass a list with one ${regression ? "row" : "label"} for each example.`,
    );
  }
  // numbers to predict may also come in one array, row after row
  const flat = regression && y.length > 0 && y.length % examples.count === 0 && typeof y[0] === "number";
  if (y.length !== examples.count && !flat) {
    const things = regression ? "targets" : "labels";
    throw new InputError(
      "E_COUNT",
      `${who}: x has ${examples.count} examples and y ${y.length} ${things}; pass one for each.`,
    );
  }
  if (!regression) {
    const { labels, width } = labelsOf(who, y);
    return { ...examples, ...toLabels(who, labels, classes ?? columnNames(width)) };
  }
  const rows = flat ? Array.from(y as ArrayLike<number>, (value) => [value]) : y;
  const { values: targets } = flattenRows(who, "y", rows);
  const outputs = targets.length / examples.count;
  if (outputs === 0)
    throw new InputError("E_EMPTY", `${who}: the rows of y are empty; pass at least one number in each.`);
  return { ...examples, y: targets, outputs, classes: null };
}

/** Labels as they are, from a column of them, or from one-hot rows, which have a `width`. */
function labelsOf(who: string, y: DataInput["y"]): { labels: ArrayLike<Label>; width: number } {
  const rows = y as readonly (readonly Label[])[];
  if (!Array.isArray(y) || !rows.every((row) => Array.isArray(row))) return { labels: y as ArrayLike<Label>, width: 0 };
  if (rows.every((row) => row.length === 1)) return { labels: rows.map(([label]) => label!), width: 0 };
  const labels = rows.map((row, i) => {
    const hot = hotIndex(row);
    if (hot >= 0) return hot;
    throw new InputError(
      "E_LABELS",
      `${who}: row ${i} of y is ${show(row)}; pass one label for each example, or one-hot rows with a single 1 and else 0; for numbers to predict pass regression: true.`,
    );
  });
  return { labels, width: Math.max(...rows.map((row) => row.length)) };
}

function examplesFromArrays(who: string, { x, shape, scale }: DataInput): Examples {
  if (!ArrayBuffer.isView(x)) {
    const { values, width } = flattenRows(who, "x", x);
    if (width > 0) checkShape(who, shape ?? [width], width, 1);
    return { x: values, count: x.length, features: width, shape: shape ?? [width], scale: scale ?? 1 };
  }
  // plain JavaScript can pass any other, whose memory would be taken for doubles
  const numbers = ownArray(x, "Uint8Array", "Float32Array", "Float64Array");
  if (!numbers) {
    const type = Object.prototype.toString.call(x).slice(8, -1);
    throw new InputError("E_ROWS", `${who}: x is of type ${type}; pass a Uint8Array, Float32Array or Float64Array.`);
  }
  const features = checkShape(who, shape, x.length, x.length);
  const usual = scale ?? usualScale({ x: numbers, shape: shape! });
  return { x: numbers, count: x.length / features, features, shape: shape!, scale: usual };
}

/** The product of a shape that fits at most `most` times into `length` numbers, with none left over. */
function checkShape(who: string, shape: readonly number[] | undefined, length: number, most: number): number {
  const sides = Array.isArray(shape) ? shape : [];
  const features = product(sides);
  const whole = sides.length > 0 && sides.every((side) => Number.isInteger(side) && side > 0);
  if (whole && length % features === 0 && length <= most * features) return features;
  const got = shape === undefined ? "no shape" : `shape ${Array.isArray(shape) ? sides.join("x") : show(shape)}`;
  throw new InputError("E_FEATURES", `${who}: x has ${length} numbers and ${got}; pass the shape of one example.`);
}

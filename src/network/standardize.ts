// Scaling of columns: a shift and a factor for each, fitted on training data once and then travelling with the network as
// data. Plain loops in double precision, whatever the backend: the same bits everywhere.

import type { DType, Scaling } from "../catalogue.js";
import { type DataSource, mapSource } from "../dataset/source.js";
import type { Dataset } from "../dataset.js";
import { InputError } from "../errors.js";
import { atOnce, createPace, inParts, paced } from "../pace.js";
import { type Numbers, numbers } from "../session/layout.js";
import { flagsOf } from "../table/encoding.js";
import type { Tensor } from "./safetensors.js";

/** What each column v becomes: (v − mean) / deviation. Of one that is brought to 0 … 1 they are its least and its range. */
export interface Columns {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** What a network that scales columns has fitted. */
export interface Standardization {
  /** Of the inputs, after their scale. */
  readonly inputs: Columns;
  /** Mean and deviation of the numbers to predict; null where they are as they are. */
  readonly targets: Columns | null;
}

/** A data set as a network sees it, and what it was standardised `by`. */
export type Standardized = Dataset & { readonly by?: Standardization };

/**
 * What a training set's inputs are scaled by, after their scale, and, with `targets`, means and deviations of its numbers
 * to predict. What is constant is divided by 1; inputs of a table that mean yes or no stay as they are. Yields now and
 * then. Throws E_NOT_FINITE_DATA for numbers too large to have any.
 */
export function* fittingStandardization(
  data: Dataset,
  scaling: Scaling,
  targets: boolean,
): Generator<void, Standardization> {
  const fitting = createFitting(data, scaling, targets);
  yield* fitting.adding(data);
  return fitting.result();
}

/** The same at once. */
export const fitStandardization = (...wanted: Parameters<typeof fittingStandardization>): Standardization =>
  atOnce(fittingStandardization(...wanted));

/** The same of a source, in one pass, whose reading an abort of `signal` ends. */
export async function fitStandardizationOf(
  source: DataSource,
  scaling: Scaling,
  targets: boolean,
  signal?: AbortSignal,
): Promise<Standardization> {
  const fitting = createFitting(source, scaling, targets);
  const pace = createPace(signal);
  for (let part = 0; part < source.parts.length; part++) {
    await paced(fitting.adding(await source.read(part)), pace);
    signal?.throwIfAborted();
  }
  return fitting.result();
}

function createFitting(
  {
    features,
    outputs,
    scale,
    encoding,
    classes,
  }: Pick<DataSource, "features" | "scale" | "encoding" | "classes"> & {
    readonly outputs?: number;
  },
  scaling: Scaling,
  targets: boolean,
) {
  const flags = encoding ? flagsOf(encoding) : [];
  const x = createSums(features, scale);
  const y = targets && classes === null ? createSums(outputs!, 1) : null;
  return {
    *adding(data: Dataset): Generator<void> {
      yield* inRows(data.x, features, (rows) => x.add(rows));
      if (y) yield* inRows(data.y, outputs!, (rows) => y.add(rows));
    },
    result: (): Standardization => ({
      inputs: columnsOf("x", x.result(), scaling, flags),
      targets: y && columnsOf("y", y.result(), "standard"),
    }),
  };
}

// Some rows of `width` values after the others.
const inRows = <A extends Dataset["x"] | Dataset["y"]>(
  values: A,
  width: number,
  visit: (rows: A, at: number) => void,
) =>
  inParts(values.length / width, COSTLY * width, (from, to) =>
    visit(values.subarray(from * width, to * width) as A, from * width),
  );
const COSTLY = 4; // a value takes as long as so many that are copied

/** What is seen of the n values v of a column: their mean, Σ (v − mean)², the least and the largest. */
interface Sums {
  readonly n: number;
  readonly mean: number;
  readonly squares: number;
  readonly least: number;
  readonly most: number;
}

/**
 * Sums of each column of rows of `width` values times `scale`, in one pass over them, however they come in pieces.
 * Source: Welford 1962, https://doi.org/10.1080/00401706.1962.10490022
 */
function createSums(width: number, scale: number) {
  const [mean, squares] = [new Float64Array(width), new Float64Array(width)];
  const least = new Float64Array(width).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(width).fill(Number.NEGATIVE_INFINITY);
  let n = 0;
  return {
    add(values: ArrayLike<number>): void {
      for (let at = 0; at < values.length; ) {
        n++;
        for (let j = 0; j < width; j++) {
          const value = values[at++]! * scale;
          const away = value - mean[j]!;
          mean[j]! += away / n;
          squares[j]! += away * (value - mean[j]!);
          if (value < least[j]!) least[j] = value;
          if (value > most[j]!) most[j] = value;
        }
      }
    },
    result: (): Sums[] =>
      Array.from(mean, (m, j) => ({ n, mean: m, squares: squares[j]!, least: least[j]!, most: most[j]! })),
  };
}

/** Sums of all values of columns of one length. Source: Chan et al. 1979, http://i.stanford.edu/pub/cstr/reports/cs/tr/79/773/CS-TR-79-773.pdf */
function joined(columns: readonly Sums[]): Sums {
  let { mean, squares, least, most } = columns[0]!;
  for (const [j, column] of columns.entries()) {
    if (j === 0) continue;
    const away = column.mean - mean;
    mean += away / (j + 1);
    squares += column.squares + column.n * away * (column.mean - mean);
    least = Math.min(least, column.least);
    most = Math.max(most, column.most);
  }
  return { n: columns.length * columns[0]!.n, mean, squares, least, most };
}

/** What values become: (v − shift) / divisor. */
interface Shift {
  readonly shift: number;
  readonly divisor: number;
}
const AS_IT_IS: Shift = { shift: 0, divisor: 1 };

interface Scaler {
  /** Whether all columns get one shift and one factor. */
  readonly asOne: boolean;
  /** What numbers are too large for. */
  readonly wants: string;
  shiftOf(sums: Sums): Shift;
}

const standard: Omit<Scaler, "asOne"> = {
  wants: "a mean and a deviation",
  shiftOf: (sums) => ({ shift: sums.mean, divisor: isConstant(sums) ? 1 : Math.sqrt(sums.squares / sums.n) }),
};
const minmax: Omit<Scaler, "asOne"> = {
  wants: "a range",
  shiftOf: (sums) => ({ shift: sums.least, divisor: isConstant(sums) ? 1 : sums.most - sums.least }),
};
const SCALERS: Readonly<Record<Scaling, Scaler>> = {
  standard: { ...standard, asOne: false },
  minmax: { ...minmax, asOne: false },
  standardAll: { ...standard, asOne: true },
  minmaxAll: { ...minmax, asOne: true },
};

// Where the variance is no more than rounding leaves of a constant, as in scikit-learn's StandardScaler.
function isConstant({ n, mean, squares, least, most }: Sums): boolean {
  if (least === most) return true;
  const variance = squares / n;
  const rounding = n * mean * Number.EPSILON;
  return Number.isFinite(variance) && variance <= n * Number.EPSILON * variance + rounding * rounding;
}

// Columns of 1 and 0 that mean yes or no keep them.
function columnsOf(name: string, sums: readonly Sums[], scaling: Scaling, flags: readonly boolean[] = []): Columns {
  const { asOne, wants, shiftOf } = SCALERS[scaling];
  const own = sums.filter((_, j) => !flags[j]);
  const one = asOne && own.length > 0 ? shiftOf(joined(own)) : null;
  const shifts = sums.map((column, j) => (flags[j] ? AS_IT_IS : (one ?? shiftOf(column))));
  const bad = shifts.findIndex(({ shift, divisor }) => !Number.isFinite(shift) || !Number.isFinite(divisor));
  if (bad >= 0) {
    throw new InputError(
      "E_NOT_FINITE_DATA",
      `fit: the numbers in ${one ? "" : `column ${bad} of `}${name} are too large to have ${wants}; pass smaller ones.`,
    );
  }
  return {
    mean: Float64Array.from(shifts, ({ shift }) => shift),
    deviation: Float64Array.from(shifts, ({ divisor }) => divisor),
  };
}

/**
 * A data set as the network sees it: (scale·x − mean) / deviation in its type, also beyond what was fitted on; numbers to
 * predict likewise, where they are scaled. Yields now and then.
 */
export function* standardizing(by: Standardization, data: Dataset, dtype: DType): Generator<void, Standardized> {
  const x = numbers({ dtype }, data.x.length);
  yield* inRows(data.x, data.features, (rows, at) => standardizeRows(rows, data.scale, by.inputs, x.subarray(at)));
  const examples = { ...data, x, scale: 1, by };
  const { targets } = by;
  if (targets === null || examples.classes !== null) return examples;
  const y = new Float64Array(examples.y.length);
  yield* inRows(examples.y, examples.outputs, (rows, at) => standardizeRows(rows, 1, targets, y.subarray(at)));
  return { ...examples, y };
}

/** The same at once. */
export const standardizeDataset = (...wanted: Parameters<typeof standardizing>): Standardized =>
  atOnce(standardizing(...wanted));

/** The same of a source, part by part. */
export const standardizeSource = (by: Standardization, source: DataSource, dtype: DType): DataSource =>
  mapSource(source, (part) => standardizeDataset(by, part, dtype), { scale: 1 });

/** Rows (·, columns) of `values` as (scale·v − mean) / deviation, to the start of `into`, which is returned. */
export function standardizeRows<A extends Numbers>(
  values: ArrayLike<number>,
  scale: number,
  { mean, deviation }: Columns,
  into: A,
): A {
  const width = mean.length;
  for (let at = 0; at < values.length; ) {
    for (let j = 0; j < width; j++, at++) into[at] = (values[at]! * scale - mean[j]!) / deviation[j]!;
  }
  return into;
}

/** Brings standardised numbers back to their unit, in place: v·deviation + mean. */
export function restoreUnit<A extends Numbers>(values: A, { mean, deviation }: Columns): A {
  const width = mean.length;
  for (let at = 0; at < values.length; ) {
    for (let j = 0; j < width; j++, at++) values[at] = values[at]! * deviation[j]! + mean[j]!;
  }
  return values;
}

const PARTS = ["inputs", "targets"] as const;
const prefix = "standardize.";

/** As tensors of a file: "standardize.inputs.mean" and so on, in double precision. */
export function standardizationTensors(by: Standardization | null): Tensor[] {
  return PARTS.flatMap((part) =>
    Object.entries(by?.[part] ?? {}).map(
      ([name, data]: [string, Float64Array]): Tensor => ({
        ...{ name: `${prefix}${part}.${name}`, dtype: "F64", shape: [data.length], data },
      }),
    ),
  );
}

/**
 * What standardizationTensors wrote, for a network of so many inputs and outputs; null where there is none, undefined
 * for what is no such thing.
 */
export function readStandardization(
  tensors: ReadonlyMap<string, Pick<Tensor, "data">>,
  inputs: number,
  outputs: number,
): Standardization | null | undefined {
  if (![...tensors.keys()].some((name) => name.startsWith(prefix))) return null;
  const columns = (part: string, width: number): Columns | null => {
    const [mean, deviation] = ["mean", "deviation"].map((name) => tensors.get(`${prefix}${part}.${name}`)?.data);
    const whole = [mean, deviation].every(
      (data) => data instanceof Float64Array && data.length === width && data.every(Number.isFinite),
    );
    if (!whole || !deviation!.every((value) => value > 0)) return null;
    return { mean: mean as Float64Array, deviation: deviation as Float64Array };
  };
  const [own, targets] = [columns("inputs", inputs), columns("targets", outputs)];
  return own === null ? undefined : { inputs: own, targets };
}

// Standardising: columns brought to mean 0 and deviation 1, by numbers that were fitted on training data once and then
// travel with the network as data. Plain loops in double precision, whatever the backend: the same bits everywhere.

import type { DType } from "../catalogue.js";
import { type DataSource, mapSource } from "../dataset/source.js";
import type { Dataset, Examples } from "../dataset.js";
import { InputError } from "../errors.js";
import { type Numbers, numbers } from "../session/layout.js";
import { flagsOf } from "../table/encoding.js";
import type { Tensor } from "./safetensors.js";

/** Mean and deviation of each column. */
export interface Columns {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** What a network that standardises has fitted. */
export interface Standardization {
  /** Of the inputs, after their scale. */
  readonly inputs: Columns;
  /** Of the numbers to predict; null where they are as they are. */
  readonly targets: Columns | null;
}

/** A data set as a network sees it, and what it was standardised `by`. */
export type Standardized = Dataset & { readonly by?: Standardization };

/**
 * Means and deviations of a training set's inputs, after their scale, and, with `targets`, of its numbers to predict.
 * A constant column has deviation 1; inputs of a table that mean yes or no stay as they are. Throws E_NOT_FINITE_DATA for numbers too large to have any.
 */
export function fitStandardization(data: Dataset, targets: boolean): Standardization {
  const fitting = createFitting(data, targets);
  fitting.add(data);
  return fitting.result();
}

/** The same of a source, in one pass, whose reading an abort of `signal` ends. */
export async function fitStandardizationOf(
  source: DataSource,
  targets: boolean,
  signal?: AbortSignal,
): Promise<Standardization> {
  const fitting = createFitting(source, targets);
  for (let part = 0; part < source.parts.length; part++) {
    fitting.add(await source.read(part));
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
  targets: boolean,
) {
  const flags = encoding ? flagsOf(encoding) : [];
  const x = createSums("x", features, scale);
  const y = targets && classes === null ? createSums("y", outputs!, 1) : null;
  return {
    add(data: Dataset): void {
      x.add(data.x);
      y?.add(data.y);
    },
    result: (): Standardization => ({ inputs: asTheyAre(x.columns(), flags), targets: y?.columns() ?? null }),
  };
}

// Columns of 1 and 0 that mean yes or no keep them.
function asTheyAre({ mean, deviation }: Columns, flags: readonly boolean[]): Columns {
  return { mean: mean.map((m, j) => (flags[j] ? 0 : m)), deviation: deviation.map((d, j) => (flags[j] ? 1 : d)) };
}

/**
 * mean = Σ v / n and deviation = √(Σ (v − mean)² / n) of each column of rows of `width` values times `scale`, in one pass
 * over them, however they come in pieces; deviation 1 where the variance is no more than rounding leaves of a constant,
 * as in scikit-learn's StandardScaler. Source: Welford 1962, https://doi.org/10.1080/00401706.1962.10490022
 */
function createSums(name: string, width: number, scale: number) {
  const [mean, squares] = [new Float64Array(width), new Float64Array(width)];
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
        }
      }
    },
    columns: () => columnsOf(name, mean, squares, n),
  };
}

function columnsOf(name: string, mean: Float64Array, squares: Float64Array, n: number): Columns {
  const deviation = new Float64Array(mean.length);
  for (let j = 0; j < mean.length; j++) {
    const variance = squares[j]! / n;
    const rounding = n * mean[j]! * Number.EPSILON;
    deviation[j] = variance <= n * Number.EPSILON * variance + rounding * rounding ? 1 : Math.sqrt(variance);
    if (Number.isFinite(mean[j]) && Number.isFinite(deviation[j])) continue;
    throw new InputError(
      "E_NOT_FINITE_DATA",
      `fit: the numbers in column ${j} of ${name} are too large to have a mean and a deviation; pass smaller ones.`,
    );
  }
  return { mean, deviation };
}

/** Examples as the network sees them: (scale·x − mean) / deviation in its type. */
export function standardizeExamples<E extends Examples>({ inputs }: Standardization, examples: E, dtype: DType): E {
  const { x, scale } = examples;
  return { ...examples, x: standardized(x, scale, inputs, numbers({ dtype }, x.length)), scale: 1 };
}

/** The same with labels, or with targets that are standardised themselves. */
export function standardizeDataset(by: Standardization, data: Dataset, dtype: DType): Standardized {
  const examples = { ...standardizeExamples(by, data, dtype), by };
  if (by.targets === null || examples.classes !== null) return examples;
  const y = standardized(examples.y, 1, by.targets, new Float64Array(examples.y.length));
  return { ...examples, y };
}

/** The same of a source, part by part. */
export const standardizeSource = (by: Standardization, source: DataSource, dtype: DType): DataSource =>
  mapSource(source, (part) => standardizeDataset(by, part, dtype), { scale: 1 });

function standardized<A extends Numbers>(
  values: ArrayLike<number>,
  scale: number,
  { mean, deviation }: Columns,
  into: A,
): A {
  const width = mean.length;
  for (let at = 0; at < into.length; ) {
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

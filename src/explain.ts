// What a network's answers hang on: what a metric loses when a feature is shuffled, and how the mean answer goes with a
// feature. The definitions, and the orders of the shuffling, are scikit-learn's. Asks the network as anybody can.

import { losses } from "./catalogue.js";
import type { Dataset, Examples } from "./dataset.js";
import { InputError } from "./errors.js";
import { answersOf, mostProbable } from "./evaluate.js";
import { kindOf, lessIsBetter, METRIC_NAMES, type MetricName, metricsOf } from "./metrics.js";
import { checkData, checkMetrics } from "./network/validate.js";
import type { Network } from "./network.js";
import { check, checkOptions } from "./options/check.js";
import { callback, choice, list, number, signal, type Type, whole } from "./options/type.js";
import { OPTIONS } from "./options.js";
import { createPace } from "./pace.js";
import { Random } from "./random.js";
import { spreadOf } from "./statistics.js";

export interface ImportanceOptions {
  /** What is measured. @default "accuracy"; "r2" for numbers to predict */
  metric?: MetricName | undefined;
  /** Times that each feature is shuffled. @default 5 */
  repeats?: number | undefined;
  /** Seed of the orders, which are the same for all features. @default 1 */
  seed?: number | undefined;
  /** Features to measure, counted from 0. @default all */
  features?: readonly number[] | undefined;
  /** Called with the share of the features that is done. */
  onProgress?: ((share: number) => void) | undefined;
  /** Aborting rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

export interface FeatureImportance {
  /** Its place in an example, counted from 0. */
  readonly feature: number;
  /** What the metric lost in each shuffling; less than 0 where it gained. */
  readonly losses: readonly number[];
  /** Their mean, and standard deviation (dividing by their number). */
  readonly mean: number;
  readonly deviation: number;
}

export interface PermutationImportance {
  readonly metric: MetricName;
  /** The metric on the data as they are. */
  readonly score: number;
  /** Of each feature, in the order of the features. */
  readonly features: readonly FeatureImportance[];
}

export interface DependenceOptions {
  /** The feature, counted from 0. */
  feature: number;
  /** Values that it is set to, as raw numbers. @default the grid */
  values?: readonly number[] | undefined;
  /**
   * Values from its 5th to its 95th percentile, evenly apart; where it has fewer different ones, those. @default 20
   */
  grid?: number | undefined;
  /** Aborting rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

export interface DependencePoint {
  /** What the feature was set to. */
  readonly value: number;
  /** The mean of each output over the data. */
  readonly outputs: readonly number[];
}

const IMPORTANCE: Readonly<Record<keyof ImportanceOptions, Type>> = {
  metric: choice(METRIC_NAMES),
  repeats: OPTIONS.repeats.type,
  seed: OPTIONS.seed.type,
  features: list(whole(0), "[0, 3]"),
  onProgress: callback,
  signal,
};
const DEPENDENCE: Readonly<Record<keyof DependenceOptions, Type>> = {
  feature: OPTIONS.feature.type,
  values: list({}, "[0, 0.5, 1]"),
  grid: number(whole(2)),
  signal,
};

const CHUNK = 2 ** 20; // numbers of examples that are asked for at a time

/**
 * Permutation importance: importance of a feature = score − score with its column shuffled, of each of `repeats`
 * shufflings; the other way round where less of the metric is better. The same numbers as scikit-learn's
 * permutation_importance with random_state `seed` and no max_samples. Takes a pass over the data for each feature and
 * repeat, and one copy of the inputs; a feature that is the same in all examples takes none.
 * Source: https://doi.org/10.1023/A:1010933404324
 *
 * Rejects with E_OPTION, and with what evaluate rejects with.
 */
export async function permutationImportance(
  network: Network,
  set: Dataset,
  options: ImportanceOptions = {},
): Promise<PermutationImportance> {
  const who = "permutationImportance";
  checkOptions(who, IMPORTANCE, options);
  const data = checkData(who, network, set, network.classes);
  const { metric = data.classes === null ? "r2" : "accuracy", repeats = 5, seed = 1 } = options;
  checkMetrics(who, [metric], data, network.loss);
  const { count, features: width, shape, scale } = data;
  const features = options.features ?? Array.from({ length: width }, (_, j) => j);
  for (const feature of features) check(who, "features", number(whole(0, width - 1)), feature);
  const x = data.x.slice();
  const examples: Examples = { x, count, features: width, shape, scale };
  const score = await scoreOf(network, data, examples, metric);
  const orders = ordersOf(seed, repeats, count);
  const pace = createPace(options.signal);
  const results: FeatureImportance[] = [];
  for (const feature of features) {
    const lost: number[] = [];
    const same = isSame(data, feature);
    for (const order of orders) {
      options.signal?.throwIfAborted();
      if (!same) for (let i = 0; i < count; i++) x[i * width + feature] = data.x[order[i]! * width + feature]!;
      const now = same ? score : await scoreOf(network, data, examples, metric);
      lost.push(lessIsBetter(metric) ? now - score : score - now);
      await pace.breathe();
    }
    for (let i = 0; i < count; i++) x[i * width + feature] = data.x[i * width + feature]!;
    results.push({ feature, losses: lost, ...spreadOf(lost) });
    options.onProgress?.(results.length / features.length);
  }
  return { metric, score, features: results };
}

async function scoreOf(network: Network, data: Dataset, examples: Examples, metric: MetricName): Promise<number> {
  const outputs = await network.predict(examples);
  const width = outputs.length / data.count;
  const { boundary } = losses[network.loss];
  const rows = Array.from({ length: data.count }, (_, i) => outputs.subarray(i * width, (i + 1) * width));
  const predicted = Int32Array.from(rows, (row) => mostProbable(row, boundary).label);
  const answers = { ...answersOf(data, outputs, width, predicted), several: kindOf(data, network.loss) === "several" };
  return metricsOf(answers, [metric])[metric]!;
}

// As scikit-learn shuffles: a generator from a number that the seed's draws; an order that is shuffled on from repeat to
// repeat, and the column by each.
function ordersOf(seed: number, repeats: number, count: number): Int32Array[] {
  const random = new Random(new Random(seed).integer(2 ** 31 - 1));
  let order = Int32Array.from({ length: count }, (_, i) => i);
  let column = order;
  return Array.from({ length: repeats }, () => {
    order = random.permutation(count).map((i) => order[i]!);
    column = order.map((i) => column[i]!);
    return column;
  });
}

function isSame({ x, count, features }: Examples, feature: number): boolean {
  for (let i = 1; i < count; i++) if (x[i * features + feature] !== x[feature]) return false;
  return true;
}

/**
 * Partial dependence: for each value v of a grid, the mean of the outputs over all examples with the feature set to v;
 * scikit-learn's partial_dependence of kind "average", method "brute". Takes a pass over the data for each value.
 * Source: https://doi.org/10.1214/aos/1013203451
 *
 * Rejects with E_OPTION, also where percentiles are one value and no values are passed, and with what predict rejects
 * with.
 */
export async function partialDependence(
  network: Network,
  set: Dataset,
  options: DependenceOptions,
): Promise<DependencePoint[]> {
  const who = "partialDependence";
  checkOptions(who, DEPENDENCE, options);
  const data = checkData(who, network, set, network.classes);
  const { count, features, shape, scale } = data;
  const { feature, grid = 20 } = options;
  check(who, "feature", number(whole(0, features - 1)), feature);
  const values = options.values ?? gridOf(data, feature, grid);
  const width = network.layers[network.layers.length - 1]!;
  const sums = values.map(() => new Array<number>(width).fill(0));
  const rows = Math.max(1, Math.floor(CHUNK / features));
  const pace = createPace(options.signal);
  for (let first = 0; first < count; first += rows) {
    const some = Math.min(rows, count - first);
    // bytes hold no values between them
    const x = Float64Array.from(data.x.subarray(first * features, (first + some) * features));
    for (const [v, value] of values.entries()) {
      options.signal?.throwIfAborted();
      for (let i = 0; i < some; i++) x[i * features + feature] = value;
      const outputs = await network.predict({ x, count: some, features, shape, scale });
      outputs.forEach((output, i) => {
        sums[v]![i % width]! += output;
      });
      await pace.breathe();
    }
  }
  return values.map((value, v) => ({ value, outputs: sums[v]!.map((sum) => sum / count) }));
}

function gridOf({ x, count, features }: Examples, feature: number, grid: number): number[] {
  const column = Float64Array.from({ length: count }, (_, i) => x[i * features + feature]!).sort();
  const different = [...new Set(column)];
  if (different.length < grid) return different;
  const [from, to] = [percentile(column, 0.05), percentile(column, 0.95)];
  if (from < to) return Array.from({ length: grid }, (_, i) => from + (i * (to - from)) / (grid - 1));
  throw new InputError(
    "E_OPTION",
    `partialDependence: feature ${feature} is ${from} in nearly all examples; pass values.`,
  );
}

// SciPy's mquantiles with its defaults, of which scikit-learn's grid is made.
function percentile(sorted: Float64Array, share: number): number {
  const { length } = sorted;
  const place = length * share + 0.4 + share * 0.2;
  const below = Math.floor(Math.min(Math.max(place, 1), length - 1));
  const part = Math.min(Math.max(place - below, 0), 1);
  return (1 - part) * sorted[below - 1]! + part * sorted[below]!;
}

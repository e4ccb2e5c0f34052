// A run as the rules see it: what was asked for, what was measured so far, and what follows from that. Measurements that
// cost something are made when a rule first wants them.

import type { Architecture } from "../architecture.js";
import { type Init, losses } from "../catalogue.js";
import { baseRateEntropy, classCounts, type Dataset } from "../dataset.js";
import type { CostRecord, Diagnosis, DiagnosisCode } from "../history.js";
import { atOnce, inParts } from "../pace.js";
import type { LayerWeights } from "../session/layout.js";
import type { TrainingOptions } from "../train/options.js";
import { type CurveState, quartersOf } from "./curve.js";
import { askNeighbours, type Neighbours, skillOf } from "./neighbours.js";
import type { Measurement } from "./probe.js";
import { type Columns, measureColumns, spread } from "./sample.js";

/** What is known of a run before it begins. */
export interface Patient {
  readonly architecture: Architecture;
  readonly data: Dataset;
  /** What is held out; null where nothing is. */
  readonly validation: Dataset | null;
  readonly options: TrainingOptions;
  /** How the weights were drawn; null when they come from a file or an earlier training. */
  readonly init: Init | null;
  /** The weights before the first step. */
  readonly firstWeights: readonly LayerWeights[];
  /** As it is now. */
  readonly learningRate: number;
  /** Whether the examples have weights, so that no entropy is a cost to compare with. */
  readonly weighted?: boolean;
  /** Whether the length of the training was given in epochs. */
  readonly inEpochs: boolean;
}

/** What the first weights are like. */
export interface FirstWeights {
  /** Of each layer: deviation of the weights times the root of the layer's inputs; 1 keeps a signal as strong as it is. */
  readonly gains: readonly number[];
  /** A hidden layer whose units cannot become different; null where there is none. */
  readonly symmetric: { readonly layer: number; readonly units: number; readonly weight: number } | null;
}

/** A run so far. */
export interface Run extends Patient {
  moment: "start" | "training" | "end";
  /** Whether it met NaN or infinity. */
  failed: boolean;
  /** Least cost of a network that answers the same to every example; NaN where it is not known. */
  readonly baseline: number;
  /** The same where it is an entropy of classes; NaN elsewhere. */
  readonly entropy: number;
  readonly records: CostRecord[];
  /** Least cost of the records. */
  least: number;
  readonly curve: CurveState;
  /** Measurements of the weights: before the first step, at some records, after the last step. */
  readonly looks: Look[];
  first: FirstWeights;
  /** Cost and accuracy on what is held out, after the last step. */
  held: { readonly cost: number; readonly accuracy: number } | null;
  /** Share that is found of each class, of what is held out where there is enough; NaN without examples. */
  recalls(): Promise<number[]>;
  countDeadUnits(): Promise<number[]>;
  /** Measures the weights as they are now. */
  see(): Promise<Measurement>;
  /** Columns of the training data, and of what is held out. */
  columns(): Columns;
  heldColumns(): Columns | null;
  neighbours(): Neighbours;
  /** Whether the finding of that code was made before. */
  has(code: DiagnosisCode): boolean;
}

/** A measurement, and the iteration whose update it was made before. */
export type Look = Measurement & { readonly iteration: number };

/** What a rule says. */
export interface Finding extends Omit<Diagnosis, "code"> {
  /** Whether it is an effect, not told beside a cause. */
  readonly symptom?: boolean;
}

/** A row of what the doctor knows. */
export interface Rule {
  readonly code: DiagnosisCode;
  /** Whether what it said while the training went on may turn out to have been a phase. */
  readonly passing?: boolean;
  /** Null where there is nothing to say. */
  look(run: Run): Finding | null | Promise<Finding | null>;
}

const MOST_EXAMPLES = 1000; // whose columns are measured

/** What is measured of the data when it is wanted, once. */
export function measuresOf({ data, validation }: Patient): Pick<Run, "columns" | "heldColumns" | "neighbours"> {
  const columns = once(() => measureColumns(data, spread(data, MOST_EXAMPLES)));
  return {
    columns,
    heldColumns: once(() => validation && measureColumns(validation, spread(validation, MOST_EXAMPLES))),
    neighbours: once(() => askNeighbours(data, validation, columns())),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const MOST_WEIGHTS = 20_000; // of a layer, whose deviation is taken

/**
 * Deviations of the weights, and units that are alike in what they read and in what is read of them. Yields now and then.
 */
export function* firstWeights(
  { layers }: Architecture,
  weights: readonly LayerWeights[],
): Generator<void, FirstWeights> {
  const gains = layers.map(({ inputs }, l) => {
    const { weight } = weights[l]!;
    const step = Math.max(1, Math.floor(weight.length / MOST_WEIGHTS));
    let [square, count] = [0, 0];
    for (let i = 0; i < weight.length; i += step, count++) square += weight[i]! ** 2;
    return Math.sqrt((square / count) * inputs);
  });
  return { gains, symmetric: yield* findSymmetricLayer({ layers }, weights) };
}

const ALIKE = 1e-3; // of a weight: units that differ by less stay alike for long

// The first hidden layer whose units all have the same weights, to both sides; null when there is none.
function* findSymmetricLayer(
  { layers }: Pick<Architecture, "layers">,
  weights: readonly LayerWeights[],
): Generator<void, FirstWeights["symmetric"]> {
  for (let l = 0; l < layers.length - 1; l++) {
    const { inputs, units } = layers[l]!;
    const { weight, bias } = weights[l]!;
    const next = weights[l + 1]!.weight;
    if (units < 2) continue;
    const size = Math.max(...[0, inputs - 1, weight.length - 1].map((i) => Math.abs(weight[i]!)));
    const like = (a: number, b: number) => Math.abs(a - b) <= ALIKE * size;
    const alike =
      (yield* holds(weight.length, (i) => i < inputs || like(weight[i]!, weight[i - inputs]!))) &&
      (yield* holds(units, (i) => like(bias[i]!, bias[0]!))) &&
      (yield* holds(next.length, (i) => i % units === 0 || like(next[i]!, next[i - 1]!)));
    if (alike) return { layer: l + 1, units, weight: weight[0]! };
  }
  return null;
}

// Whether a test is passed by all numbers from 0 on.
function* holds(count: number, test: (i: number) => boolean): Generator<void, boolean> {
  let passed = true;
  yield* inParts(count, COSTLY, (from, to) => {
    for (let i = from; passed && i < to; i++) passed = test(i);
  });
  return passed;
}
const COSTLY = 4; // a number takes as long as so many that are copied

/**
 * The least cost of a network that answers the same to every example; NaN where the loss has no such formula. Yields now
 * and then.
 */
export function* baselineOf(architecture: Architecture, data: Dataset): Generator<void, number> {
  const { loss, layers } = architecture;
  const { baseline } = losses[loss];
  if (baseline === null) return Number.NaN;
  if (baseline === "entropy") {
    return isEntropyOfClasses(architecture) && data.classes ? baseRateEntropy(data) : Number.NaN;
  }
  // variance of the targets about their means, averaged over the outputs; labels are 0 and 1, or one-hot
  const outputs = layers[layers.length - 1]!.units;
  const target = (i: number, u: number) => {
    if (data.classes === null) return data.y[i * outputs + u]!;
    return outputs === 1 ? data.y[i]! : Number(data.y[i] === u);
  };
  const mean = new Float64Array(outputs);
  const squares = new Float64Array(outputs);
  const overAll = (visit: (i: number, u: number) => void) =>
    inParts(data.count, COSTLY * outputs, (from, to) => {
      for (let i = from; i < to; i++) for (let u = 0; u < outputs; u++) visit(i, u);
    });
  yield* overAll((i, u) => {
    mean[u]! += target(i, u) / data.count;
  });
  yield* overAll((i, u) => {
    squares[u]! += (target(i, u) - mean[u]!) ** 2 / data.count;
  });
  return squares.reduce((sum, square) => sum + square, 0) / outputs;
}

/** Whether the least cost of a constant answer is the entropy of the classes. */
export function isEntropyOfClasses({ loss, layers, labelSmoothing = 0 }: Architecture): boolean {
  const outputs = layers[layers.length - 1]!.units;
  if (losses[loss].baseline !== "entropy" || labelSmoothing > 0) return false;
  return loss === "categoricalCrossEntropy" || outputs === 1;
}

/** Share of the most frequent class. */
export const majority = (data: Dataset): number =>
  data.classes === null ? Number.NaN : Math.max(...classCounts(data)) / data.count;

/** Share of its fall which the last quarter brought, from which on a cost was still falling. */
export const STILL_FALLS = 0.04;

/** Whether a count is 1, 2, 4, 8, …, or 0: what is done then is done ever less often. */
export const isPowerOfTwo = (count: number): boolean => (count & (count - 1)) === 0;

/** What became of a run, seen from its end. Skills are shares of what there is to know: 1 for all, 0 for nothing. */
export interface Outcome {
  /** Of the training examples, and of those held out; NaN where none are, or it is not known. */
  readonly own: number;
  readonly held: number;
  /** Highest mean of the cost over a 64th of the training. */
  readonly highest: number;
  /** Share of the first cost that is gone in the last quarter, in the mean. */
  readonly fallen: number;
  /** Share of that fall which is between the last two quarters: 0.29 of a straight line. */
  readonly late: number;
  /** Whether it has learnt next to nothing. */
  readonly unlearnt: boolean;
  /** Whether neighbours know clearly more of the training examples, or of those held out. */
  readonly behind: boolean;
  /** Whether there is a reason to look for one. */
  readonly poor: boolean;
}

const CLEAR = 0.1; // of what there is to know: a difference that is not chance in 256 examples
const GOOD = 0.9;

// Of a run that met NaN or infinity.
const FAILED: Outcome = {
  ...{ own: 0, held: Number.NaN, highest: Number.POSITIVE_INFINITY, fallen: 0, late: 0 },
  ...{ unlearnt: true, behind: false, poor: true },
};

const outcomes = new WeakMap<Run, Outcome>();

/** What became of the run; to be asked at its end. */
export function outcomeOf(run: Run): Outcome {
  if (run.failed) return FAILED;
  const known = outcomes.get(run);
  if (known) return known;
  const { looks, validation, held: heldOut, curve, baseline } = run;
  const last = looks[looks.length - 1]!;
  const own = last.skill;
  const held = validation && heldOut ? heldSkill(run, validation, heldOut) : Number.NaN;
  const { quarters, highest } = quartersOf(curve);
  const [, , before, end] = quarters as [number, number, number, number];
  const fallen = (curve.first - end) / Math.abs(curve.first);
  const late = (before - end) / Math.max(Math.abs(curve.first - end), 1e-12);
  const base = Number.isNaN(baseline) ? curve.first : baseline;
  const unlearnt = !(own > CLEAR) && !(last.cost < GOOD * base);
  const good = own > GOOD && (Number.isNaN(held) || held > GOOD * own);
  const near = good ? null : run.neighbours();
  const behind = near !== null && (near.own - Math.max(0, own) > CLEAR || near.across - Math.max(0, held) > CLEAR);
  const outcome = { own, held, highest, fallen, late, unlearnt, behind, poor: unlearnt || behind };
  outcomes.set(run, outcome);
  return outcome;
}

function heldSkill(run: Run, validation: Dataset, { cost, accuracy }: { cost: number; accuracy: number }): number {
  if (validation.classes !== null) return skillOf(accuracy, majority(validation));
  const base = atOnce(baselineOf(run.architecture, validation));
  return Number.isNaN(base) ? 1 - cost / run.curve.first : 1 - cost / base;
}

// What a run tells: types alone, for the code that trains, listens or draws. Nothing is computed here.

import type {
  Activation,
  BackendName,
  FirstLayer,
  Init,
  Loss,
  Numerics,
  OutputActivation,
  Vectors,
} from "./catalogue.js";
import type { MetricName } from "./metrics.js";

/** Values of metrics by name. */
export type Metrics = Readonly<Partial<Record<MetricName, number>>>;

/** A point of the cost curve. */
export interface CostRecord {
  /** Parameter updates done before this cost was taken. */
  readonly iteration: number;
  /** Passes over the data finished by then. */
  readonly epoch: number;
  /**
   * Full batch: cost of the weights before update number `iteration`. Mini-batches: mean over the examples of all
   * batches since the record before, each with the weights before its own update. In the units of Loss: nats for
   * cross-entropies.
   */
  readonly cost: number;
  /** Learning rate of update number `iteration`. */
  readonly learningRate: number;
  /** Share of the training examples that the weights before update number `iteration` get right, if asked for. */
  readonly accuracy?: number;
  /** The same for the metrics that were asked for, by name. */
  readonly metrics?: Metrics;
  /** Cost, accuracy (NaN for regression) and metrics on the validation set, of the same weights. */
  readonly validation?: { readonly cost: number; readonly accuracy: number; readonly metrics?: Metrics };
}

/** Where a training is; comes about every 50 ms. */
export interface Progress {
  /** Parameter updates done, and to be done in all. */
  readonly iteration: number;
  readonly iterations: number;
  /** Passes over the data finished. */
  readonly epoch: number;
  /** Cost of the last finished step; NaN before the first. */
  readonly cost: number;
  /** Seconds of computing so far. */
  readonly seconds: number;
}

/** How a training is carried out: what was chosen, and why where that is worth telling. */
export interface Strategy {
  readonly firstLayer: FirstLayer;
  /** Threads that share the steps; at most so many where their number was not asked for. */
  readonly threads: number;
  /** Why there is one thread, where more could be expected; else empty. */
  readonly why: string;
  /** How it rounds. */
  readonly numerics: Numerics;
  /** Why they are strict, where fused ones were asked for and the machine does not fuse; else empty. */
  readonly whyStrict: string;
  /** Bits of the vectors; and why they are 128, where 256 were asked for, else empty. */
  readonly vectors: Vectors;
  readonly whyNarrow: string;
}

/**
 * Why a training ended: its iterations were done, its value got no better, its cost was low enough, its time was up,
 * lbfgs was at its tolerance, or a callback stopped it.
 */
export type Ended = "iterations" | "patience" | "cost" | "time" | "tolerance" | "callback";

/** What a training leaves behind. */
export interface History {
  /** The cost curve. */
  readonly costs: readonly CostRecord[];
  /** Parameter updates done. */
  readonly iterations: number;
  /** Passes over the data, the fraction of an unfinished one among them. */
  readonly epochs: number;
  readonly ended: Ended;
  /**
   * The best value of what `monitor` names among the records, and the iteration it was measured at; the weights are
   * those where `patience` and `restoreBest` are set. Null without a record.
   */
  readonly best: { readonly iteration: number; readonly value: number } | null;
  /** Seconds in training steps; evaluation, diagnosis and callbacks do not count. */
  readonly seconds: number;
  /** 1000·seconds / iterations; 0 without iterations. */
  readonly millisecondsPerIteration: number;
  /** How it was carried out. */
  readonly backend: BackendName;
  readonly numerics: Numerics;
  /** Threads that shared its last steps; and why it was one, where more could be expected, else empty. */
  readonly threads: number;
  readonly why: string;
  readonly firstLayer: FirstLayer;
  /** What is surely or likely wrong with the run, causes before effects; empty for a healthy one. */
  readonly diagnoses: readonly Diagnosis[];
  /** What is worth a look. */
  readonly suspicions: readonly Diagnosis[];
}

/** What can be wrong; docs/doctor.md has a section for each. */
export type DiagnosisCode =
  | "not-finite"
  | "empty-class"
  | "duplicate-rows"
  | "test-distribution"
  | "leaking-feature"
  | "sorted-data"
  | "sentinel-values"
  | "float32-digits"
  | "constant-features"
  | "one-huge-feature"
  | "unscaled-inputs"
  | "unscaled-targets"
  | "shuffled-labels"
  | "class-imbalance"
  | "output-range"
  | "linear-hidden"
  | "decay-too-strong"
  | "dropout-too-high"
  | "momentum-too-high"
  | "batch-too-large"
  | "symmetric-units"
  | "stuck-at-base-rate"
  | "weights-too-small"
  | "weights-too-large"
  | "exploding-gradients"
  | "vanishing-gradients"
  | "saturated-units"
  | "dead-units"
  | "diverging"
  | "learning-rate-too-high"
  | "learning-rate-too-low"
  | "too-few-iterations"
  | "plateau"
  | "overfitting"
  | "overconfident"
  | "network-too-small"
  | "wrong-loss"
  | "duplicated-features"
  | "targets-are-classes"
  | "label-noise"
  | "too-few-examples";

/** One thing that is wrong with a run. */
export interface Diagnosis {
  readonly code: DiagnosisCode;
  /** How sure it is: known for certain, the likely cause, or worth a look. */
  readonly confidence: "sure" | "likely" | "possible";
  /** What is wrong, in one sentence, with the number that shows it. */
  readonly message: string;
  /** What to change. */
  readonly hint: string;
  /** The hint as options of new Network and fit (scale: of the data), where it can be said in options. */
  readonly change: Change;
  /** The numbers behind the message. */
  readonly evidence: Readonly<Record<string, number | string | readonly number[]>>;
}

/** Options to pass instead, by their names in new Network and fit; scale is that of the data. */
export interface Change {
  readonly init?: Init;
  readonly activation?: Activation;
  readonly output?: OutputActivation;
  readonly loss?: Loss;
  /** Widths of all layers, the outputs last. */
  readonly layers?: readonly number[];
  readonly dropout?: number;
  readonly standardize?: boolean;
  readonly scale?: number;
  readonly learningRate?: number;
  readonly schedule?: "cosine";
  readonly momentum?: number;
  readonly weightDecay?: number;
  readonly l1?: number;
  readonly batchSize?: number;
  readonly iterations?: number;
  readonly epochs?: number;
  readonly shuffle?: boolean;
  readonly classWeights?: "balanced";
  readonly patience?: number;
}

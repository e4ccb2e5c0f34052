// What a run tells: types alone, for whoever trains, listens or draws. Nothing is computed here.

import type { Activation, BackendName, FirstLayer, Init } from "./catalogue.js";

/** A point of the cost curve. */
export interface CostRecord {
  /** Parameter updates done before this cost was taken. */
  readonly iteration: number;
  /** Passes over the data finished by then. */
  readonly epoch: number;
  /**
   * Full batch: cost of the weights before update number `iteration`. Mini-batches: mean over the examples of all
   * batches since the record before, each with the weights before its own update.
   */
  readonly cost: number;
  /** Share of the training examples that the weights before update number `iteration` get right, if asked for. */
  readonly accuracy?: number;
  /** Cost and accuracy on the validation set, of the weights before update number `iteration`. */
  readonly validation?: { readonly cost: number; readonly accuracy: number };
}

/** Where a training is; comes about every 50 ms. */
export interface Progress {
  readonly iteration: number;
  readonly iterations: number;
  readonly epoch: number;
  /** Cost of the last finished step. */
  readonly cost: number;
  /** Seconds of computing so far. */
  readonly seconds: number;
}

/** What was chosen, and why where that is worth telling. */
export interface Strategy {
  readonly firstLayer: FirstLayer;
  readonly threads: number;
  /** Why there is one thread, where more could be expected; else empty. */
  readonly why: string;
}

/** What a training leaves behind. */
export interface History {
  readonly costs: readonly CostRecord[];
  readonly iterations: number;
  readonly epochs: number;
  /** Seconds of computing, without validation and callbacks. */
  readonly seconds: number;
  readonly millisecondsPerIteration: number;
  /** How it was carried out. */
  readonly backend: BackendName;
  readonly threads: number;
  readonly firstLayer: FirstLayer;
  /** What is wrong with the run, most important first; empty for a healthy one. */
  readonly diagnoses: readonly Diagnosis[];
}

export type DiagnosisCode =
  | "not-finite"
  | "unscaled-inputs"
  | "symmetric-units"
  | "diverging"
  | "stuck-at-base-rate"
  | "dead-units";

/** One thing that is wrong with a run. */
export interface Diagnosis {
  readonly code: DiagnosisCode;
  /** What is wrong, in one sentence, with the number that shows it. */
  readonly message: string;
  /** What to change. */
  readonly hint: string;
  /** The hint as options of new Network and fit (scale: of the data), where it can be said in options. */
  readonly change: Change;
  /** The numbers behind the message. */
  readonly evidence: Readonly<Record<string, number | string | readonly number[]>>;
}

/** Options to pass instead. */
export interface Change {
  readonly init?: Init;
  readonly activation?: Activation;
  readonly learningRate?: number;
  readonly scale?: number;
}

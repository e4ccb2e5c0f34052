// What a trace is, and what comparing it with another program's values tells.

import type { DType, Init, Loss, OptimizerName, OutputActivation } from "../catalogue.js";

/** An array of a trace, row-major. */
export interface TracedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array;
}

/** What a trace is of. */
export interface TraceAbout {
  readonly format: "wasmlp trace";
  readonly version: 1;
  /** Widths of all layers, the inputs first. */
  readonly layers: readonly number[];
  /** Of each layer behind the inputs, and the slopes that leakyRelu would have there. */
  readonly activations: readonly OutputActivation[];
  readonly slopes: readonly number[];
  readonly loss: Loss;
  readonly dtype: DType;
  readonly optimizer: OptimizerName;
  /** Whether the update is W − learning rate · dW and nothing else. */
  readonly isPlain: boolean;
  readonly iteration: number;
  readonly learningRate: number;
  /** How the weights were drawn; null where they were not. */
  readonly init: Init | null;
  readonly seed: number;
}

/**
 * Every value of one iteration. For layer l = 1 … L, columns are the m examples of the batch: `A0` the inputs as the
 * network sees them, `Y`, `W1` (n, k), `b1` (n, 1), `Z1` and `A1` (n, m), …, `cost`, `dAL`, `dZL` (n, m), `dWL` (n, k),
 * `dbL` (n, 1), … down to `dZ1`, `dW1`, `db1`, and `W1_after`, `b1_after`, …; `learning_rate`, and `examples`, the
 * places of the batch's examples in the data. As in the course dA and dZ are of each example's loss, and dW and db of
 * the cost, with the 1/m. dAL is there for binaryCrossEntropy and meanSquaredError.
 */
export interface Trace {
  readonly about: TraceAbout;
  readonly arrays: Readonly<Record<string, TracedArray>>;
}

export interface TraceOptions {
  /** The iteration that is traced, counted from 0. @default 0 */
  iteration?: number | undefined;
  /** Type of the weights and the arithmetic of the training that is traced. @default "float64" */
  dtype?: DType | undefined;
}

/** One of a program's values beside the trace's. */
export interface ComparedValue {
  /** As in the trace. */
  readonly name: string;
  /** As in the program's file. */
  readonly called: string;
  readonly shape: readonly number[];
  /** Largest difference from the trace's value over its largest number; null where the shape is another. */
  readonly difference: number | null;
  /**
   * "departs": it does not follow from the program's own values before it; "follows": it does, and they are not the
   * trace's; "agrees": it is the trace's.
   */
  readonly state: "agrees" | "follows" | "departs";
}

/** A value that departs, and why. */
export interface TraceFinding {
  readonly name: string;
  /** A stable name of the mistake that gives exactly this value; null where none that is known does. */
  readonly mistake: string | null;
  /** What the value is. */
  readonly says: string;
  /** What to do; null where that is not known. */
  readonly advice: string | null;
  /** Other values with the same mistake. */
  readonly also: readonly string[];
  /** Where it is largest; null where the shape is wrong. */
  readonly difference: {
    readonly largest: number;
    readonly at: readonly [row: number, column: number];
    readonly theirs: number;
    readonly expected: number;
  } | null;
}

export interface TraceComparison {
  readonly departs: boolean;
  /** The first finding, and others, in sentences. */
  readonly message: string;
  /** In the order of computation. */
  readonly findings: readonly TraceFinding[];
  /** What else there is to know: the layout of the arrays, their type, what is right. */
  readonly remarks: readonly string[];
  /** All values that were compared, in the order of computation. */
  readonly values: readonly ComparedValue[];
}

export interface CompareOptions {
  /** What values are called: "theirs=ours", such as "weights_1=W1". */
  names?: readonly string[] | undefined;
}

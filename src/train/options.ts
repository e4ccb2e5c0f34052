// The options of fit: what they are, and every one checked and filled in.

import type { FirstLayer, OptimizerName } from "../catalogue.js";
import type { Dataset } from "../dataset.js";
import { InputError } from "../errors.js";
import type { CostRecord, Diagnosis, Progress, Strategy } from "../history.js";
import { resolve } from "../options/resolve.js";

export interface FitOptions {
  /** Parameter updates to do; this or `epochs`. */
  iterations?: number;
  /** Passes over the data to do; this or `iterations`. */
  epochs?: number;
  /** Examples in a batch; "full" takes all of them, in their order. @default "full" */
  batchSize?: number | "full";
  /** Size of a step. @default 0.0075; 0.001 for rmsprop, adam, adamw */
  learningRate?: number;
  /** @default "sgd" */
  optimizer?: OptimizerName;
  /** μ of momentum and nesterov. @default 0.9 */
  momentum?: number;
  /** β₁ of adam and adamw. @default 0.9 */
  beta1?: number;
  /** β₂ of adam and adamw, decay of rmsprop's mean square. @default 0.999; 0.9 for rmsprop */
  beta2?: number;
  /** ε of rmsprop, adam and adamw. @default 1e-8 */
  epsilon?: number;
  /**
   * L2 decay λ: λ·w joins the gradient of the weights, not of the biases; adamw shrinks the weights instead. 0: none.
   * @default 0; 0.01 for adamw
   */
  weightDecay?: number;
  /**
   * Largest norm of the whole gradient; a longer one is scaled down to it. 0: no clipping.
   * @default 0
   */
  clipNorm?: number;
  /** Whether mini-batches are drawn in a new order each epoch. @default true */
  shuffle?: boolean;
  /** Seed of that order. @default the network's seed */
  seed?: number;
  /**
   * Threads that share the work; "auto" takes one for each core where that pays. The weights are the same bits with any
   * number. @default "auto"
   */
  threads?: number | "auto";
  /**
   * How the first layer is computed. "gram" trains it through the products of the examples with one another, which is
   * less work for few examples of many inputs; for sgd, momentum and nesterov. The same up to rounding.
   * @default "auto"
   */
  firstLayer?: FirstLayer | "auto";
  /** Evaluated at each record. */
  validation?: Dataset;
  /** Whether each record has the accuracy on the training data too, which takes a forward pass over them. @default false */
  accuracy?: boolean;
  /** Iterations from record to record: 100 for a full batch, else one epoch. @default 100, or an epoch */
  logEvery?: number;
  /** Once, before the first step: how the training is carried out. */
  onStart?(strategy: Strategy): void;
  /** Each record of the cost curve. */
  onCost?(record: CostRecord): void;
  /** Where the training is, about every 50 ms. A promise is waited for (not from a worker): so a training is paused. */
  onProgress?(progress: Progress): unknown;
  /** A finding, as soon as it is sure; each comes once. */
  onDiagnosis?(diagnosis: Diagnosis): void;
  /**
   * Trains in a worker, so that the calling thread only hears of it. A URL says where the worker's script lies
   * (wasmlp/worker.js), for pages whose policy forbids workers from text. The data are copied.
   * @default false
   */
  worker?: boolean | string | URL;
  /** Aborting rejects with the signal's reason; the network keeps the weights of the last finished iteration. */
  signal?: AbortSignal;
}

/** What is passed beside numbers and words. */
type Companions = "validation" | "worker" | "signal" | "onStart" | "onCost" | "onProgress" | "onDiagnosis";

/** Options with every default filled in, and what follows from them. */
export interface TrainingOptions extends Readonly<Required<Omit<FitOptions, Companions | "epochs">>> {
  /** Examples in a batch, at most those there are. */
  readonly batch: number;
  readonly stepsPerEpoch: number;
}

/** Checks the options of fit on `count` examples and fills in the defaults. Throws E_OPTION. */
export function resolveFitOptions(options: FitOptions, count: number, seed: number): TrainingOptions {
  if ((options?.iterations === undefined) === (options?.epochs === undefined)) {
    const got = options?.epochs === undefined ? "neither" : "both";
    throw new InputError("E_OPTION", `fit: got ${got} of iterations and epochs; pass one of them.`);
  }
  const filled = resolve("fit", "fit", { ...options, seed: options.seed ?? seed }, { count });
  const { batchSize, epochs, ...rest } = filled as unknown as TrainingOptions & Pick<FitOptions, "epochs">;
  const batch = batchSize === "full" ? count : Math.min(batchSize, count);
  const stepsPerEpoch = Math.ceil(count / batch);
  return {
    ...{ ...rest, batchSize, batch, stepsPerEpoch },
    iterations: epochs === undefined ? rest.iterations : epochs * stepsPerEpoch,
    shuffle: rest.shuffle && batch < count,
  };
}

// The options of fit: what they are, and every one checked and filled in.

import { type FirstLayer, OPTIMIZERS, type OptimizerName } from "../catalogue.js";
import type { Dataset } from "../dataset.js";
import { InputError } from "../errors.js";
import type { CostRecord, Diagnosis, Progress, Strategy } from "../history.js";
import { checkChoice, checkNumber, checkWhole } from "../options/check.js";

export interface FitOptions {
  /** Parameter updates to do; this or `epochs`. */
  iterations?: number;
  /** Passes over the data to do; this or `iterations`. */
  epochs?: number;
  /** Examples in a batch; "full" takes all of them, in their order. @default "full" */
  batchSize?: number | "full";
  /** @default 0.01 for sgd, momentum and nesterov, 0.001 for rmsprop, adam and adamw */
  learningRate?: number;
  /** @default "sgd" */
  optimizer?: OptimizerName;
  /** μ of momentum and nesterov. @default 0.9 */
  momentum?: number;
  /** β₁ of adam and adamw. @default 0.9 */
  beta1?: number;
  /** β₂ of adam and adamw, decay of rmsprop's mean square. @default 0.999, rmsprop 0.9 */
  beta2?: number;
  /** ε of rmsprop, adam and adamw. @default 1e-8 */
  epsilon?: number;
  /** L2 decay λ: λ·w joins the gradient of the weights, not of the biases; adamw shrinks the weights instead. @default 0, adamw 0.01 */
  weightDecay?: number;
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
  /** Iterations from record to record. @default 100 for a full batch, else one epoch */
  logEvery?: number;
  /** Once, before the first step: how the training is carried out. */
  onStart?(strategy: Strategy): void;
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

/** Options with every default filled in. */
export interface TrainingOptions {
  readonly iterations: number;
  readonly batch: number;
  readonly stepsPerEpoch: number;
  readonly logEvery: number;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly momentum: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly shuffle: boolean;
  readonly seed: number;
}

/** Checks the options of fit and fills in the defaults. Throws E_OPTION. */
export function resolveFitOptions(options: FitOptions, count: number, seed: number): TrainingOptions {
  const optimizer = checkChoice("fit", "optimizer", options.optimizer ?? "sgd", OPTIMIZERS);
  const wanted = options.batchSize ?? "full";
  const batch = wanted === "full" ? count : Math.min(checkWhole("fit", "batchSize", wanted, 1), count);
  const stepsPerEpoch = Math.ceil(count / batch);
  if ((options.iterations === undefined) === (options.epochs === undefined)) {
    const got = options.epochs === undefined ? "neither" : "both";
    throw new InputError("E_OPTION", `fit: got ${got} of iterations and epochs; pass one of them.`);
  }
  const iterations =
    options.iterations === undefined
      ? checkWhole("fit", "epochs", options.epochs!, 0) * stepsPerEpoch
      : checkWhole("fit", "iterations", options.iterations, 0);
  const adaptive = optimizer === "adam" || optimizer === "adamw" || optimizer === "rmsprop";
  const below1 = { most: 1 - Number.EPSILON };
  return {
    iterations,
    batch,
    stepsPerEpoch,
    logEvery: checkWhole("fit", "logEvery", options.logEvery ?? (batch === count ? 100 : stepsPerEpoch), 1),
    optimizer,
    learningRate: checkNumber("fit", "learningRate", options.learningRate ?? (adaptive ? 0.001 : 0.01), {
      exclusive: true,
    }),
    momentum: checkNumber("fit", "momentum", options.momentum ?? 0.9, below1),
    beta1: checkNumber("fit", "beta1", options.beta1 ?? 0.9, below1),
    beta2: checkNumber("fit", "beta2", options.beta2 ?? (optimizer === "rmsprop" ? 0.9 : 0.999), below1),
    epsilon: checkNumber("fit", "epsilon", options.epsilon ?? 1e-8, { exclusive: true }),
    weightDecay: checkNumber("fit", "weightDecay", options.weightDecay ?? (optimizer === "adamw" ? 0.01 : 0)),
    shuffle: (options.shuffle ?? true) && batch < count,
    seed: checkWhole("fit", "seed", options.seed ?? seed, 0),
  };
}

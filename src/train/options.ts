// The options of fit: what they are, and every one checked and filled in.

import type { FirstLayer, OptimizerName } from "../catalogue.js";
import type { Dataset } from "../dataset.js";
import { InputError } from "../errors.js";
import type { CostRecord, Diagnosis, Progress, Strategy } from "../history.js";
import { resolve } from "../options/resolve.js";

export interface FitOptions {
  /** Parameter updates to do, 0 or more; pass this or `epochs`. */
  iterations?: number | undefined;
  /** Passes over the data to do, ⌈count / batchSize⌉ updates each; pass this or `iterations`. */
  epochs?: number | undefined;
  /**
   * Examples in a batch, at most all; the last of an epoch may be smaller. "full" takes all, in order. @default "full"
   */
  batchSize?: number | "full" | undefined;
  /** Size α of a step. @default 0.0075; 0.001 for rmsprop, adam, adamw */
  learningRate?: number | undefined;
  /** How weights follow their gradient; the formulas are at OptimizerName. @default "sgd" */
  optimizer?: OptimizerName | undefined;
  /** μ of momentum and nesterov. @default 0.9 */
  momentum?: number | undefined;
  /** β₁ of adam and adamw. @default 0.9 */
  beta1?: number | undefined;
  /** β₂ of adam and adamw, decay of rmsprop's mean square. @default 0.999; 0.9 for rmsprop */
  beta2?: number | undefined;
  /** ε of rmsprop, adam and adamw. @default 1e-8 */
  epsilon?: number | undefined;
  /**
   * L2 decay λ: λ·w joins the gradient of the weights, not of the biases; adamw shrinks the weights instead. 0: none.
   * @default 0; 0.01 for adamw
   */
  weightDecay?: number | undefined;
  /**
   * Largest norm of the whole gradient g, weights and biases; a longer one is scaled by clipNorm / (‖g‖ + 10⁻⁶), as by
   * PyTorch's clip_grad_norm_. 0: no clipping.
   * @default 0
   */
  clipNorm?: number | undefined;
  /** Whether mini-batches are drawn in a new order each epoch. @default true */
  shuffle?: boolean | undefined;
  /** Seed of these orders, which are numpy.random.permutation's. @default the network's seed */
  seed?: number | undefined;
  /**
   * Threads that share the work, 1 to 64; "auto" takes up to one for each core, at most 16, where that pays. The
   * weights are the same bits with any number. @default "auto"
   */
  threads?: number | "auto" | undefined;
  /**
   * How the first layer is computed. "gram" trains it through the products of the examples with one another, which is
   * less work for few examples of many inputs; for sgd, momentum and nesterov without clipNorm, and up to 4096
   * examples. The same up to rounding; "auto" takes what is less work.
   * @default "auto"
   */
  firstLayer?: FirstLayer | "auto" | undefined;
  /** A data set on which cost and accuracy are computed at each record. */
  validation?: Dataset | undefined;
  /** Whether each record has the accuracy on the training data, which takes a forward pass over them. @default false */
  accuracy?: boolean | undefined;
  /** Iterations from one record of the cost curve to the next. @default 100, or an epoch */
  logEvery?: number | undefined;
  /** Called once, before the first step, with how the training is carried out. */
  onStart?: ((strategy: Strategy) => void) | undefined;
  /** Called with each record of the cost curve. */
  onCost?: ((record: CostRecord) => void) | undefined;
  /**
   * Called with where the training is, about every 50 ms and at the end. A promise it returns is waited for, which
   * pauses the training; not where that runs in a worker.
   */
  onProgress?: ((progress: Progress) => unknown) | undefined;
  /** Called with a finding, as soon as it is sure; once for each. */
  onDiagnosis?: ((diagnosis: Diagnosis) => void) | undefined;
  /**
   * Whether to train in a worker, so that the calling thread stays free. A URL says where the worker's script lies
   * (wasmlp/worker.js), for pages whose policy forbids workers started from text. The data are copied.
   * @default false
   */
  worker?: boolean | string | URL | undefined;
  /** Aborting rejects with the signal's reason; the network keeps the weights of the last finished iteration. */
  signal?: AbortSignal | undefined;
}

/** Options that are neither numbers nor words. */
type Companions = "validation" | "worker" | "signal" | "onStart" | "onCost" | "onProgress" | "onDiagnosis";

/** Options with every default filled in, and what follows from them. */
export interface TrainingOptions extends Readonly<Required<Omit<FitOptions, Companions | "epochs">>> {
  /** Examples in a batch, at most those there are. */
  readonly batch: number;
  readonly stepsPerEpoch: number;
}

/** Checks the options of fit on `count` examples and fills in the defaults. Throws E_OPTION. */
export function resolveFitOptions(options: FitOptions, count: number, seed: number): TrainingOptions {
  if (options?.epochs === undefined && options?.iterations === undefined) {
    throw new InputError(
      "E_OPTION",
      `fit: got neither iterations nor epochs; pass one, such as fit(data, { epochs: 10, batchSize: 32 }).`,
    );
  }
  if (options.iterations !== undefined && options.epochs !== undefined) {
    throw new InputError("E_OPTION", "fit: got both iterations and epochs; pass one of them.");
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

// The options of fit: what they are, and every one checked and filled in.

import type { FirstLayer, OptimizerName, ScheduleName, Vectors } from "../catalogue.js";
import type { DataSource } from "../dataset/source.js";
import type { Dataset } from "../dataset.js";
import { InputError } from "../errors.js";
import type { CostRecord, Diagnosis, Progress, Strategy } from "../history.js";
import type { MetricName } from "../metrics.js";
import { show } from "../options/check.js";
import { resolve } from "../options/resolve.js";
import type { CheckpointOptions } from "./checkpoint.js";
import type { TrainingControl } from "./control.js";
import type { ClassWeights } from "./weights.js";

export interface FitOptions {
  /** Parameter updates to do, 0 or more; pass this or `epochs`. */
  iterations?: number | undefined;
  /** Passes over the data to do, ⌈count / batchSize⌉ updates each; pass this or `iterations`. */
  epochs?: number | undefined;
  /**
   * Examples in a batch, at most all; the last of an epoch may be smaller. "full" takes all, in order. @default "full"
   */
  batchSize?: number | "full" | undefined;
  /**
   * Batches whose mean gradient makes one update: the same to the bit as a batch that is so many times as large, and
   * computed as one.
   * @default 1
   */
  accumulate?: number | undefined;
  /** Size α of a step. @default 0.0075; 0.001 for rmsprop, rmspropCentered, adam, adamw, amsgrad, radam; 0.01 for adagrad; 1 for adadelta, lbfgs; 0.002 for nadam; 0.0001 for lion */
  learningRate?: number | undefined;
  /**
   * How the rate goes over the iterations; the formulas are in docs/training.md. A function gives the rate itself, from
   * the number of updates done and to be done, and must always give the same.
   * @default "constant"
   */
  schedule?: ScheduleName | ((iteration: number, iterations: number) => number) | undefined;
  /** Iterations in which the rate rises to its full size at the start. @default 0 */
  warmup?: number | undefined;
  /** What the rate is multiplied by: by step, exponential and plateau. @default 0.1 */
  decayFactor?: number | undefined;
  /**
   * Iterations from one decay to the next; of plateau, records without a lower cost before it.
   * @default a third of the iterations for step, all for exponential, 10 for plateau
   */
  decayEvery?: number | undefined;
  /** Power of polynomial; 1 is a straight line. @default 1 */
  decayPower?: number | undefined;
  /** Least rate: where polynomial and cosine end, and below which no other goes. @default 0 */
  leastRate?: number | undefined;
  /** Times that cosine starts anew. @default 1 */
  cycles?: number | undefined;
  /**
   * Largest element of the gradient at which lbfgs ends; it also ends where cost or weights change by less than 10⁻⁹.
   * @default 1e-7
   */
  tolerance?: number | undefined;
  /** How weights follow their gradient; the formulas are at OptimizerName. @default "sgd" */
  optimizer?: OptimizerName | undefined;
  /** μ of momentum and nesterov. @default 0.9 */
  momentum?: number | undefined;
  /** β₁ of the adams and lion. @default 0.9 */
  beta1?: number | undefined;
  /** β₂ of the adams and lion, decay of rmsprop's and adadelta's mean square. @default 0.999; 0.9 for rmsprop, rmspropCentered, adadelta; 0.99 for lion */
  beta2?: number | undefined;
  /** ε beside the root of a mean square. @default 1e-8; 1e-10 for adagrad; 0.000001 for adadelta */
  epsilon?: number | undefined;
  /**
   * L2 decay λ: λ·w joins the gradient of the weights, not of the biases; adamw and lion shrink the weights instead. 0:
   * none.
   * @default 0; 0.01 for adamw
   */
  weightDecay?: number | undefined;
  /**
   * Largest norm of the whole gradient g, weights and biases; a longer one is scaled by clipNorm / (‖g‖ + 10⁻⁶), as by
   * PyTorch's clip_grad_norm_. 0: no clipping.
   * @default 0
   */
  clipNorm?: number | undefined;
  /** Largest size of each element of the gradient, before clipNorm; as PyTorch's clip_grad_value_. 0: any. @default 0 */
  clipValue?: number | undefined;
  /** L1 decay λ₁: λ₁·sign(w) joins the gradient of the weights, not of the biases. 0: none. @default 0 */
  l1?: number | undefined;
  /**
   * Decay d of a running average of the weights, w̄ = d·w̄ + (1 − d)·w after each update from the first weights on, which
   * is what records are evaluated with and what the training leaves. 0: none. Source: https://doi.org/10.1137/0330046
   * @default 0
   */
  ema?: number | undefined;
  /**
   * Stochastic weight averaging: the mean of the weights after update swaStart, and after each swaEvery updates from
   * there on, all alike; before it, the weights themselves. It is evaluated and left as that of ema; running statistics
   * are averaged like weights. 0: none. Source: https://arxiv.org/abs/1803.05407
   * @default 0
   */
  swaStart?: number | undefined;
  /** Updates from one of the weights that are averaged to the next. @default 1 */
  swaEvery?: number | undefined;
  /**
   * Largest norm of the weights of each unit, ‖w‖: after each update a longer one is scaled by maxNorm / (‖w‖ + 10⁻⁷), as
   * by PyTorch's renorm and Keras's MaxNorm over axis 0. Biases are free. 0: any.
   * Source: https://jmlr.org/papers/v15/srivastava14a.html
   * @default 0
   */
  maxNorm?: number | undefined;
  /**
   * What the losses of a class are multiplied by: numbers in the order of the classes or by name; "balanced" is
   * count / (classes · examples of the class).
   */
  classWeights?: ClassWeights | undefined;
  /** What the loss of each example is multiplied by; cost = (1/m) Σ weight·loss. */
  sampleWeights?: ArrayLike<number> | undefined;
  /**
   * Layers whose weights stay as they are: how many of the first, or a list of layers, counted from 1 as in `summary()`.
   * What they do not need is not computed: the pass back ends at the lowest layer that is trained. A frozen batch
   * normalisation takes its running statistics, as Keras's. Keras's `trainable = False`, PyTorch's
   * `requires_grad_(False)`.
   * @default 0
   */
  freeze?: number | readonly number[] | undefined;
  /** Whether mini-batches are drawn in a new order each epoch. @default true */
  shuffle?: boolean | undefined;
  /** Seed of these orders, which are numpy.random.permutation's. @default the network's seed */
  seed?: number | undefined;
  /**
   * Bits of the vectors that the kernels compute with: 256 lets V8 join pairs of them, an experiment of V8's on Node 24 and
   * later that is switched on for the whole process. Where it cannot be had, onStart tells why and it is 128. The same
   * bits of the training either way.
   * @default 128
   */
  vectors?: Vectors | undefined;
  /**
   * Threads that share the work, 1 to 64; "auto" starts up to one for each core, at most 16, where that promises to pay,
   * measures, and takes as many as are fastest, or one. The weights are the same bits with any number. @default "auto"
   */
  threads?: number | "auto" | undefined;
  /**
   * How the first layer is computed. "gram" trains it through the products of the examples with one another, which is
   * less work for few examples of many inputs; for sgd, momentum and nesterov without clipNorm, and up to 4096
   * examples. The same up to rounding; "auto" takes what is less work.
   * @default "auto"
   */
  firstLayer?: FirstLayer | "auto" | undefined;
  /**
   * A data set, or a source, on which cost and accuracy are computed at each record; or the share of the data that is held out for
   * it, drawn from the seed, of each class its share.
   */
  validation?: Dataset | DataSource | number | undefined;
  /**
   * Records without a better value after which the training ends. 0: never. The value is that of `monitor`, on the
   * validation set where there is one.
   * @default 0
   */
  patience?: number | undefined;
  /** What a value must gain to be better. @default 0 */
  minDelta?: number | undefined;
  /**
   * Metrics measured at each record, on the validation set, and on the training data with `accuracy` or where there is no
   * validation. @default none
   */
  metrics?: readonly MetricName[] | undefined;
  /** The value that patience watches; a metric wants a validation set, or accuracy: true. @default "cost" */
  monitor?: "cost" | MetricName | undefined;
  /** Whether a training with patience leaves the weights of its best record rather than the last. @default true */
  restoreBest?: boolean | undefined;
  /** Cost at which the training ends, on the validation set where there is one. */
  costLimit?: number | undefined;
  /** Seconds of computing after which the training ends, at its next record. */
  timeLimit?: number | undefined;
  /** Whether each record has the accuracy on the training data, which takes a forward pass over them. @default false */
  accuracy?: boolean | undefined;
  /** Iterations from one record of the cost curve to the next. @default 100, or an epoch */
  logEvery?: number | undefined;
  /** How often the whole training is written, and what takes it; `resumeFrom` goes on from one. */
  checkpoint?: CheckpointOptions | undefined;
  /**
   * A checkpoint of this training, from which it goes on to the same bits as if it had never been left: on any threads,
   * in either backend. Network, data and options must be those it was written with.
   */
  resumeFrom?: Uint8Array | undefined;
  /** Whether options and data may be others than the checkpoint's. @default false */
  resumeAnyway?: boolean | undefined;
  /** Called once, before the first step, with how the training is carried out. */
  onStart?: ((strategy: Strategy) => void) | undefined;
  /**
   * Called with each record of the cost curve, and with what ends the training or changes its rate. A promise it returns
   * is waited for, which pauses the training.
   */
  onCost?: ((record: CostRecord, training: TrainingControl) => unknown) | undefined;
  /**
   * Called with where the training is, about every 50 ms and at the end. A promise it returns is waited for, which
   * pauses the training; not where that runs in a worker, which ends some updates after it was told to.
   */
  onProgress?: ((progress: Progress, training: TrainingControl) => unknown) | undefined;
  /** Called with a finding, as soon as it is sure; once for each. A worker ends some updates after it was told to. */
  onDiagnosis?: ((diagnosis: Diagnosis, training: TrainingControl) => void) | undefined;
  /**
   * Whether to train in a worker, so that the calling thread stays free. A URL says where the worker's script lies
   * (wasmlp/worker.js), for pages whose policy forbids workers started from text. The data are copied.
   * @default false
   */
  worker?: boolean | string | URL | undefined;
  /** Aborting rejects with the signal's reason; the network keeps the weights of the last finished iteration. */
  signal?: AbortSignal | undefined;
}

/** Options that are neither numbers nor words: a training has what was made of them. */
const COMPANIONS = [
  ...(["validation", "worker", "signal", "onStart", "onCost", "onProgress", "onDiagnosis"] as const),
  ...(["classWeights", "sampleWeights", "checkpoint", "resumeFrom", "resumeAnyway"] as const),
];
type Companions = (typeof COMPANIONS)[number];
/** Options that have no value where none is passed, or another one in a training. */
type Open = "metrics" | "decayEvery" | "costLimit" | "timeLimit";

/** Options with every default filled in, and what follows from them. */
export interface TrainingOptions extends Readonly<Required<Omit<FitOptions, Companions | Open | "epochs" | "freeze">>> {
  /** Examples in a batch, at most those there are. */
  readonly batch: number;
  readonly stepsPerEpoch: number;
  /** Layers whose weights stay, counted from 1, in order. */
  readonly freeze: readonly number[];
  /** Metrics of each record, that of monitor among them. */
  readonly metrics: readonly MetricName[];
  readonly decayEvery?: number | undefined;
  readonly costLimit?: number | undefined;
  readonly timeLimit?: number | undefined;
  /** A weight for each example; null where all weigh alike. */
  readonly weights: Float64Array | null;
}

/**
 * Checks the options of fit on `count` examples and fills in the defaults; `weights` then gives those of the examples.
 * The network has so many `layers`. Throws E_OPTION.
 */
export function resolveFitOptions(
  options: FitOptions,
  count: number,
  seed: number,
  weights: () => Float64Array | null = () => null,
  layers = Number.POSITIVE_INFINITY,
): TrainingOptions {
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
  const { batchSize, epochs, ...all } = filled as unknown as TrainingOptions & Pick<FitOptions, "epochs" | "freeze">;
  const rest = withoutCompanions(all);
  const batch = batchSize === "full" ? count : Math.min(batchSize * rest.accumulate, count);
  if (rest.optimizer === "lbfgs") checkLbfgs(rest, batch < count);
  if (rest.ema > 0 && rest.swaStart > 0) {
    throw new InputError("E_OPTION", `fit: got ema ${rest.ema} and swaStart ${rest.swaStart}; pass one of them.`);
  }
  const stepsPerEpoch = Math.ceil(count / batch);
  const iterations = epochs === undefined ? rest.iterations : epochs * stepsPerEpoch;
  checkBeyond(rest, iterations);
  return {
    ...{ ...rest, batchSize, batch, stepsPerEpoch },
    iterations,
    metrics: [...new Set([...(rest.metrics ?? []), ...(rest.monitor === "cost" ? [] : [rest.monitor])])],
    freeze: frozenLayers("fit", rest.freeze, layers),
    weights: weights(),
    shuffle: rest.shuffle && batch < count,
  };
}

// What would begin, or end, when the training is over.
function checkBeyond(options: Pick<TrainingOptions, "warmup" | "swaStart">, iterations: number): void {
  const late = (["warmup", "swaStart"] as const).find((name) => options[name] > iterations);
  if (late === undefined) return;
  throw new InputError(
    "E_OPTION",
    `fit: ${late} is ${options[late]}, and there are ${iterations} iterations; pass at most so many, or train longer.`,
  );
}

// What a line search over the whole batch cannot have.
function checkLbfgs(options: Omit<TrainingOptions, "batchSize">, inBatches: boolean): void {
  const numbers = (["l1", "clipNorm", "clipValue", "maxNorm", "ema", "swaStart", "warmup"] as const).filter(
    (name) => options[name] > 0,
  );
  const other = [
    ...(inBatches ? ["batchSize"] : []),
    ...(options.schedule === "constant" ? [] : ["schedule"]),
    ...numbers,
  ][0];
  if (other === undefined) return;
  const instead = other === "batchSize" ? "leave it out" : 'leave it out, or use optimizer "adam"';
  throw new InputError(
    "E_OPTION",
    `fit: ${other} does not go with lbfgs, which searches along lines of the whole batch's cost; ${instead}.`,
  );
}

/** The layers that are frozen, counted from 1, in order. Throws E_OPTION where none is left to train. */
export function frozenLayers(who: string, freeze: number | readonly number[], layers: number): number[] {
  const given = typeof freeze === "number" ? [freeze] : freeze;
  if (given.some((layer) => layer > layers)) {
    throw new InputError("E_OPTION", `${who}: freeze is ${show(freeze)}; the network has ${layers} layers.`);
  }
  const all = typeof freeze === "number" ? Array.from({ length: freeze }, (_, l) => l + 1) : new Set(freeze);
  const frozen = [...all].sort((a, b) => a - b);
  if (frozen.length < layers) return frozen;
  throw new InputError("E_OPTION", `${who}: freeze is ${show(freeze)}, all layers, so nothing is left to train.`);
}

// The numbers and words among the options.
function withoutCompanions<O extends object>(options: O): O {
  const others: ReadonlySet<string> = new Set([...COMPANIONS, "count"]);
  const own = Object.entries(options).filter(([name, value]) => !others.has(name) && value !== undefined);
  return Object.fromEntries(own) as O;
}

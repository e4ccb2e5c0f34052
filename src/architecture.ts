// What a network is made of: its layers, its loss, its type; and what can be counted from that.

import type { DType, Loss, Normalization, OutputActivation } from "./catalogue.js";

export interface LayerShape {
  readonly inputs: number;
  readonly units: number;
  readonly activation: OutputActivation;
  /** Of leakyRelu, for values below 0. @default 0.01 */
  readonly slope?: number;
  /** Share of its outputs that a training drops. @default 0 */
  readonly dropout?: number;
  /** Whether that is alpha dropout, which keeps mean and variance of selu's outputs. @default false */
  readonly alphaDropout?: boolean;
  /** What is normalised before the activation: each example over the units, or each unit over the batch. */
  readonly normalization?: Normalization;
  /** Whether what it reads is added to its outputs. @default false */
  readonly residual?: boolean;
}

/** Everything the plan needs to know of a network. */
export interface Architecture {
  readonly layers: readonly LayerShape[];
  readonly loss: Loss;
  /** huber's δ, quantile's q. @default 0 */
  readonly lossParameter?: number;
  /** Share of a label's target that is given to all classes alike. @default 0 */
  readonly labelSmoothing?: number;
  /** Deviation of what a training adds to each input. @default 0 */
  readonly inputNoise?: number;
  /** Of normalizations: what joins a variance, and the share of the running statistics that a step replaces. */
  readonly normEpsilon?: number;
  readonly normMomentum?: number;
  readonly dtype: DType;
}

/**
 * What a layer has for each of its units besides the weights: what is learnt, and the running mean and variance of a
 * batch normalisation, which are not.
 */
export const LEARNT = ["bias", "gamma", "beta", "slope"] as const;
export const STATISTICS = ["mean", "variance"] as const;
export type VectorName = (typeof LEARNT)[number] | (typeof STATISTICS)[number];

/** Those that a layer has, in the order in which they lie in memory and in files. */
export function vectorsOf({ normalization, activation }: LayerShape): VectorName[] {
  return [
    "bias",
    ...(normalization ? (["gamma", "beta"] as const) : []),
    ...(activation === "prelu" ? (["slope"] as const) : []),
    ...(normalization === "batch" ? STATISTICS : []),
  ];
}

/** Whether the training changes it along its gradient. */
export const isLearnt = (name: VectorName): boolean => (LEARNT as readonly string[]).includes(name);

/** Numbers that are learnt, in all layers: weights, biases and the other vectors. */
export function countParameters(layers: readonly LayerShape[]): number {
  return layers.reduce(
    (sum, layer) => sum + layer.units * (layer.inputs + vectorsOf(layer).filter(isLearnt).length),
    0,
  );
}

/** Whether some layer is normalised over the batch, so that examples of a batch are not computed one by one. */
export const hasBatchNorm = ({ layers }: Architecture): boolean =>
  layers.some(({ normalization }) => normalization === "batch");

/**
 * Floating-point operations of a training step over `batch` examples, a multiplication and an addition for each weight
 * and example: forward; for the weight gradient, but of the layers in `freeze` (counted from 1); and for the inputs'
 * gradient, which the lowest layer that is trained does not need. `widths` are those of all layers, the inputs first.
 */
export function countFlops(widths: readonly number[], batch: number, freeze: readonly number[] = []): number {
  let products = 0;
  let lowest = true;
  for (let l = 1; l < widths.length; l++) {
    const trained = !freeze.includes(l);
    products += widths[l - 1]! * widths[l]! * (1 + Number(trained) + Number(!lowest));
    if (trained) lowest = false;
  }
  return 2 * batch * products;
}

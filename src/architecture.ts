// What a network is made of: its layers, its loss, its type; and what can be counted from that.

import type { DType, Loss, OutputActivation } from "./catalogue.js";

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
}

/** Everything the plan needs to know of a network. */
export interface Architecture {
  readonly layers: readonly LayerShape[];
  readonly loss: Loss;
  /** huber's δ, quantile's q. @default 0 */
  readonly lossParameter?: number;
  /** Share of a label's target that is given to all classes alike. @default 0 */
  readonly labelSmoothing?: number;
  readonly dtype: DType;
}

/** Numbers in the weights and biases of all layers. */
export function countParameters(layers: readonly LayerShape[]): number {
  return layers.reduce((sum, layer) => sum + layer.units * (layer.inputs + 1), 0);
}

/**
 * Floating-point operations of a training step over `batch` examples, a multiplication and an addition for each weight
 * and example: forward, for the weight gradient and for the inputs' gradient, which the first layer does not need.
 * `widths` are those of all layers, the inputs first.
 */
export function countFlops(widths: readonly number[], batch: number): number {
  let products = 0;
  for (let l = 1; l < widths.length; l++) products += widths[l - 1]! * widths[l]! * (l === 1 ? 2 : 3);
  return 2 * batch * products;
}

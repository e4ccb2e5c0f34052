// The closed lists a network is chosen from, and what follows from a choice. Not a place for arithmetic.

import { InputError } from "./errors.js";

/** Activation of a hidden layer; leakyRelu has slope 0.01 below 0, linear is the identity. */
export type Activation = "relu" | "leakyRelu" | "tanh" | "sigmoid" | "linear";
/** Activation of the output layer. */
export type OutputActivation = Activation | "softmax";
/** What is made small: cost = (1/m) Σ loss over the examples. Cross-entropies are in nats. */
export type Loss = "binaryCrossEntropy" | "categoricalCrossEntropy" | "meanSquaredError";
export type OptimizerName = "sgd" | "momentum" | "nesterov" | "rmsprop" | "adam" | "adamw";
/** Standard deviation of the first weights, k inputs, n outputs: lecun √(1/k), he √(2/k), glorot √(2/(k+n)), or a number. */
export type Init = "lecun" | "he" | "glorot" | number;
/** Type of weights and arithmetic. */
export type DType = "float32" | "float64";
/** "relaxed" is wasm with fused multiply-add where the engine has it: faster, and not the same bits everywhere. */
export type BackendName = "wasm" | "relaxed" | "js";

/** How the first layer is computed: from the inputs, or from their products with one another (see gram.ts). */
export type FirstLayer = "direct" | "gram";

export const ACTIVATIONS: readonly Activation[] = ["relu", "leakyRelu", "tanh", "sigmoid", "linear"];
export const OUTPUT_ACTIVATIONS: readonly OutputActivation[] = [...ACTIVATIONS, "softmax"];
export const LOSSES: readonly Loss[] = ["binaryCrossEntropy", "categoricalCrossEntropy", "meanSquaredError"];
export const OPTIMIZERS: readonly OptimizerName[] = ["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"];
export const DTYPES: readonly DType[] = ["float32", "float64"];
export const FIRST_LAYERS: readonly (FirstLayer | "auto")[] = ["auto", "direct", "gram"];
export const BACKENDS: readonly BackendName[] = ["wasm", "relaxed", "js"];

export interface LayerShape {
  readonly inputs: number;
  readonly units: number;
  readonly activation: OutputActivation;
}

/** Everything the plan needs to know of a network. */
export interface Architecture {
  readonly layers: readonly LayerShape[];
  readonly loss: Loss;
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

/** Throws E_OPTION unless `value` is one of `choices`. */
export function checkChoice<T extends string>(who: string, name: string, value: T, choices: readonly T[]): T {
  if (choices.includes(value)) return value;
  throw new InputError("E_OPTION", `${who}: ${name} is ${JSON.stringify(value)}; use one of ${choices.join(", ")}.`);
}

/** Throws E_OPTION unless `value` is a whole number of at least `least`. */
export function checkWhole(who: string, name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new InputError("E_OPTION", `${who}: ${name} is ${String(value)}; pass a whole number of at least ${least}.`);
}

/** Throws E_OPTION unless `value` is a finite number in [least, most], or above `least` where that is exclusive. */
export function checkNumber(
  who: string,
  name: string,
  value: number,
  { least = 0, most = Number.MAX_VALUE, exclusive = false } = {},
): number {
  const inside = typeof value === "number" && value <= most && (exclusive ? value > least : value >= least);
  if (inside) return value;
  const range = `${exclusive ? "above" : "of at least"} ${least}${most < Number.MAX_VALUE ? ` and at most ${most}` : ""}`;
  throw new InputError("E_OPTION", `${who}: ${name} is ${String(value)}; pass a number ${range}.`);
}

/** Initial standard deviation of a layer's weights. */
export function initialDeviation(init: Init, { inputs, units }: LayerShape): number {
  switch (init) {
    case "lecun":
      return 1 / Math.sqrt(inputs);
    case "he":
      return Math.sqrt(2 / inputs);
    case "glorot":
      return Math.sqrt(2 / (inputs + units));
    default:
      return init;
  }
}

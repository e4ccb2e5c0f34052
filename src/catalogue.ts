// The catalogue: the families a network is chosen from, one row for each member with all that is known of it. Code that
// wants to know something of a loss or an optimizer reads its row and compares no names. Not a place for arithmetic.
//
// The members of a family, and their numbers in a program, are those of assembly/program.ts.

import type * as P from "../assembly/program.js";

/** Activation of the output layer. */
export type OutputActivation = keyof typeof P.Activation;
/**
 * Activation of a hidden layer; leakyRelu has slope 0.01 below 0, linear is the identity, gelu is z·Φ(z), geluTanh its
 * usual approximation ½·z·(1 + tanh(√(2/π)·(z + 0.044715·z³))). Source: https://arxiv.org/abs/1606.08415 (both gelus)
 */
export type Activation = Exclude<OutputActivation, "softmax">;
/**
 * What is made small: cost = (1/m) Σ loss over m examples. For outputs a and targets y of an example, Σ over its n
 * outputs:
 *
 * binaryCrossEntropy −Σ (y·log a + (1 − y)·log(1 − a)) and categoricalCrossEntropy −Σ y·log a, in nats;
 * meanSquaredError (1/n) Σ (a − y)²; huber (1/n) Σ (½·(a − y)² where |a − y| ≤ 1, else |a − y| − ½).
 */
export type Loss = keyof typeof P.Loss;
/**
 * How an update moves weights w along their gradient g, with learning rate α. The formulas are PyTorch's:
 *
 * sgd w −= α·g; momentum v = μ·v + g, w −= α·v; nesterov the same v, w −= α·(g + μ·v);
 * rmsprop s = β₂·s + (1 − β₂)·g², w −= α·g/(√s + ε); adam with bias correction, https://arxiv.org/abs/1412.6980;
 * adamw adam with the decay apart from the gradient, https://arxiv.org/abs/1711.05101.
 */
export type OptimizerName = keyof typeof P.Optimizer;
/**
 * Standard deviation of the first weights of a layer with k inputs and n units: lecun √(1/k), he √(2/k),
 * glorot √(2/(k + n)), or a number.
 */
export type Init = (typeof INITS)[number] | number;
/** Type of weights and arithmetic. */
export type DType = (typeof DTYPES)[number];
/** "relaxed" is wasm with fused multiply-add where the engine has it: faster, and not the same bits everywhere. */
export type BackendName = (typeof BACKENDS)[number];
/**
 * How the first layer is computed: from the inputs, or from the examples' products with one another (session/gram.ts).
 */
export type FirstLayer = "direct" | "gram";

interface ActivationRow {
  /** What its backward pass needs of the forward pass: the activations a, the values z before them, or nothing. */
  readonly keeps: "a" | "z" | null;
  /** Whether an output layer's outputs are probabilities with it. */
  readonly probability: boolean;
}

export const activations: Readonly<Record<OutputActivation, ActivationRow>> = {
  relu: { keeps: "a", probability: false },
  leakyRelu: { keeps: "a", probability: false },
  tanh: { keeps: "a", probability: false },
  sigmoid: { keeps: "a", probability: true },
  gelu: { keeps: "z", probability: false },
  geluTanh: { keeps: "z", probability: false },
  linear: { keeps: null, probability: false },
  softmax: { keeps: null, probability: true }, // its backward is part of the loss
};

interface LossRow {
  /** What its kernel reads: the logits z of the output layer, whose activation is then part of it, or its outputs a. */
  readonly takes: "logits" | "outputs";
  /** What its targets are: labels, or numbers. Labels serve as numbers too: 0 and 1, or one-hot. */
  readonly targets: "labels" | "numbers";
  /** Activations of the output layer that it goes with, the usual one first. */
  readonly outputs: readonly OutputActivation[];
  /** Units of the output layer. */
  readonly least: number;
  readonly most: number;
  /** What it judges, in words, for whoever has other outputs. */
  readonly judges: string;
  /** What the least cost of a network that answers the same to every example is; null where there is no formula. */
  readonly baseline: "entropy" | "variance" | null;
}

const HIDDEN = namesOf(activations).filter((name) => name !== "softmax");
const ANY = ["linear" as const, ...HIDDEN.filter((name) => name !== "linear")];

export const losses: Readonly<Record<Loss, LossRow>> = {
  binaryCrossEntropy: {
    ...{ takes: "logits", targets: "labels", baseline: "entropy" },
    ...{ outputs: ["sigmoid"], least: 1, most: 1, judges: "one probability" },
  },
  categoricalCrossEntropy: {
    ...{ takes: "logits", targets: "labels", baseline: "entropy" },
    ...{ outputs: ["softmax"], least: 2, most: Number.POSITIVE_INFINITY, judges: "a probability for each class" },
  },
  meanSquaredError: {
    ...{ takes: "outputs", targets: "numbers", baseline: "variance" },
    ...{ outputs: ANY, least: 1, most: Number.POSITIVE_INFINITY, judges: "numbers, not probabilities of classes" },
  },
  huber: {
    ...{ takes: "outputs", targets: "numbers", baseline: null },
    ...{ outputs: ANY, least: 1, most: Number.POSITIVE_INFINITY, judges: "numbers, not probabilities of classes" },
  },
};

interface OptimizerRow {
  /** What it keeps for each parameter: a first moment v, a second one s. */
  readonly moments: readonly ("v" | "s")[];
  /** Whether an update is linear in the gradients so far, which the Gram form of the first layer asks for. */
  readonly linear: boolean;
  /** Usual values of its options. */
  readonly learningRate: number;
  readonly beta2: number;
  readonly weightDecay: number;
}

const USUAL = { learningRate: 0.0075, beta2: 0.999, weightDecay: 0 };
const ADAPTIVE = { ...USUAL, learningRate: 0.001 };

export const optimizers: Readonly<Record<OptimizerName, OptimizerRow>> = {
  sgd: { ...USUAL, moments: [], linear: true },
  momentum: { ...USUAL, moments: ["v"], linear: true },
  nesterov: { ...USUAL, moments: ["v"], linear: true },
  rmsprop: { ...ADAPTIVE, moments: ["s"], linear: false, beta2: 0.9 },
  adam: { ...ADAPTIVE, moments: ["v", "s"], linear: false },
  adamw: { ...ADAPTIVE, moments: ["v", "s"], linear: false, weightDecay: 0.01 },
};

export const OUTPUT_ACTIVATIONS: readonly OutputActivation[] = namesOf(activations);
export const ACTIVATIONS: readonly Activation[] = HIDDEN;
export const LOSSES: readonly Loss[] = namesOf(losses);
export const OPTIMIZERS: readonly OptimizerName[] = namesOf(optimizers);
export const INITS = ["lecun", "he", "glorot"] as const;
export const DTYPES = ["float32", "float64"] as const;
export const FIRST_LAYERS: readonly (FirstLayer | "auto")[] = ["auto", "direct", "gram"];
export const BACKENDS = ["wasm", "relaxed", "js"] as const;

function namesOf<Name extends string>(rows: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(rows) as Name[];
}

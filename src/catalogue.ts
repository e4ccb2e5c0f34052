// The catalogue: the families a network is chosen from, one row for each member with all that is known of it. Code that
// wants to know something of a loss or an optimizer reads its row and compares no names. Not a place for arithmetic.
//
// The members of a family, and their numbers in a program, are those of assembly/program.ts.

import type * as P from "../assembly/program.js";
import type { Range } from "./options/type.js";

/** Activation of the output layer. */
export type OutputActivation = keyof typeof P.Activation;
/**
 * Activation of a hidden layer, g(z):
 *
 * linear z; relu max(z, 0); leakyRelu z above 0, slope·z below; tanh; sigmoid σ(z) = 1/(1 + e^−z);
 * elu z above 0, e^z − 1 below, https://arxiv.org/abs/1511.07289; selu 1.0507·(z above 0, 1.6733·(e^z − 1) below),
 * https://arxiv.org/abs/1706.02515; gelu z·Φ(z), and geluTanh its usual approximation
 * ½·z·(1 + tanh(√(2/π)·(z + 0.044715·z³))), https://arxiv.org/abs/1606.08415; silu z·σ(z), also called swish,
 * https://arxiv.org/abs/1702.03118; mish z·tanh(log(1 + e^z)), https://arxiv.org/abs/1908.08681;
 * softplus log(1 + e^z); softsign z/(1 + |z|); hardSigmoid z/6 + ½ cut to [0, 1]; hardSwish z·hardSigmoid(z),
 * https://arxiv.org/abs/1905.02244; exponential e^z, for the outputs of a count; prelu leakyRelu with a slope for each
 * unit that is learnt, https://arxiv.org/abs/1502.01852.
 */
export type Activation = Exclude<OutputActivation, "softmax">;
/**
 * What is made small: cost = (1/m) Σ loss over m examples. For outputs a and targets y of an example, with its n
 * outputs and errors e = a − y:
 *
 * categoricalCrossEntropy −Σ y·log a, in nats; all others are means over the outputs, (1/n) Σ of
 * binaryCrossEntropy −y·log a − (1 − y)·log(1 − a), in nats; hinge max(0, 1 − s·a), s = 1 for the class and −1 for the
 * others; meanSquaredError e²; meanAbsoluteError |e|; huber ½·e² where |e| ≤ δ, else δ·(|e| − ½·δ);
 * logCosh log(cosh e); quantile max(q·(y − a), (q − 1)·(y − a)); poisson a − y·log a.
 *
 * δ is the option `delta`, q the option `quantile`. With `labelSmoothing` ε and c classes, y is (1 − ε)·y + ε/c.
 */
export type Loss = keyof typeof P.Loss;
/**
 * How an update moves weights w along their gradient g, with learning rate α. The formulas are PyTorch's:
 *
 * sgd w −= α·g; momentum v = μ·v + g, w −= α·v; nesterov the same v, w −= α·(g + μ·v);
 * rmsprop s = β₂·s + (1 − β₂)·g², w −= α·g/(√s + ε), rmspropCentered with s less the square of g's mean;
 * adagrad s += g², w −= α·g/(√s + ε), https://jmlr.org/papers/v12/duchi11a.html;
 * adadelta with decay β₂, https://arxiv.org/abs/1212.5701; adam with bias correction, https://arxiv.org/abs/1412.6980;
 * adamw adam with the decay apart from the gradient, https://arxiv.org/abs/1711.05101;
 * amsgrad adam with the largest s so far, https://openreview.net/forum?id=ryQu7f-RZ;
 * nadam adam with Nesterov's momentum, https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ;
 * radam adam that adapts once its variance is tractable, https://arxiv.org/abs/1908.03265;
 * lion w −= α·sign(β₁·v + (1 − β₁)·g), with the decay apart from the gradient, https://arxiv.org/abs/2302.06675;
 * lbfgs limited-memory BFGS with 10 pairs over the whole batch, with a line search for the strong Wolfe conditions whose
 * first step is α; it ends at its tolerance, https://doi.org/10.1007/BF01589116.
 */
export type OptimizerName = StepName | "lbfgs";
/** Those that are a formula for each weight. */
export type StepName = keyof typeof P.Optimizer;
/** How the learning rate goes over the iterations; the formulas are in docs/training.md. */
export type ScheduleName = (typeof SCHEDULES)[number];
export type InitName = (typeof INITS)[number];
/**
 * How the first weights of a layer with k inputs and n units are drawn. A number is the standard deviation of normal
 * numbers of mean 0; so are lecun √(1/k), he √(2/k) and glorot √(2/(k + n)), with `Truncated` cut at two of normal
 * numbers' deviations (what Keras calls lecun_normal, he_normal, glorot_normal), with `Uniform` uniform numbers of that
 * deviation. pytorch: weights and biases uniform from −√(1/k) to √(1/k), torch.nn.Linear's default. orthogonal: rows,
 * or columns where there are fewer, of length 1 at right angles. identity, zeros, ones. An object has numbers of its
 * own: { normal: deviation }, { truncatedNormal: deviation }, { uniform: limit } from −limit to limit,
 * { constant: value }.
 *
 * Sources: LeCun et al., "Efficient BackProp" (1998); https://arxiv.org/abs/1502.01852 (he);
 * https://proceedings.mlr.press/v9/glorot10a.html; https://arxiv.org/abs/1312.6120 (orthogonal)
 */
export type Init = InitName | number | InitNumbers;
/** One of the four. */
export interface InitNumbers {
  readonly normal?: number;
  readonly truncatedNormal?: number;
  readonly uniform?: number;
  readonly constant?: number;
}
/**
 * What is normalised before the activation, to mean 0 and variance 1, then times gamma plus beta, which are learnt:
 * "layer" the units of each example, https://arxiv.org/abs/1607.06450; "batch" each unit over the batch while training,
 * by its running mean and variance afterwards, https://arxiv.org/abs/1502.03167.
 */
export type Normalization = (typeof NORMALIZATIONS)[number];
/**
 * What columns are brought to: "standard" to mean 0 and deviation 1, "minmax" to 0 … 1; with All by one shift and one
 * factor of all inputs.
 */
export type Scaling = (typeof SCALINGS)[number];
/** Type of weights and arithmetic. */
export type DType = (typeof DTYPES)[number];
/**
 * How a multiplication and an addition behind it round: "strict" both, "fused" once. Each gives the same bits everywhere,
 * and other bits than the other.
 */
/** Bits of the vectors that the kernels compute with. */
export const VECTORS = [128, 256] as const;
export type Vectors = (typeof VECTORS)[number];

export type Numerics = (typeof NUMERICS)[number];
/** What computes. */
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
  elu: { keeps: "a", probability: false },
  selu: { keeps: "a", probability: false },
  softplus: { keeps: "z", probability: false },
  softsign: { keeps: "a", probability: false },
  silu: { keeps: "z", probability: false },
  mish: { keeps: "z", probability: false },
  hardSigmoid: { keeps: "z", probability: false },
  hardSwish: { keeps: "z", probability: false },
  exponential: { keeps: "a", probability: false },
  prelu: { keeps: "z", probability: false },
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
  /** The numbers it takes as targets; null for none. */
  readonly numbers: Range | null;
  /** Above what a single output stands for class 1. */
  readonly boundary: number;
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

const SHARE: Range = { least: 0, most: 1 };
const MANY = { least: 1, most: Number.POSITIVE_INFINITY };
const NUMBERS: LossRow = {
  ...{ takes: "outputs", targets: "numbers", numbers: {}, baseline: null, boundary: 0.5 },
  ...{ outputs: ANY, ...MANY, judges: "numbers, not probabilities of classes" },
};

export const losses: Readonly<Record<Loss, LossRow>> = {
  binaryCrossEntropy: {
    ...{ takes: "logits", targets: "labels", numbers: SHARE, baseline: "entropy", boundary: 0.5 },
    ...{ outputs: ["sigmoid"], ...MANY, judges: "probabilities that do not depend on one another" },
  },
  categoricalCrossEntropy: {
    ...{ takes: "logits", targets: "labels", numbers: SHARE, baseline: "entropy", boundary: 0.5 },
    ...{ outputs: ["softmax"], ...MANY, least: 2, judges: "a probability for each class" },
  },
  hinge: {
    ...{ takes: "outputs", targets: "labels", numbers: SHARE, baseline: null, boundary: 0 },
    ...{ outputs: ["linear", "tanh"], ...MANY, judges: "how far a class is on the right side of 0" },
  },
  meanSquaredError: { ...NUMBERS, baseline: "variance" },
  meanAbsoluteError: NUMBERS,
  huber: NUMBERS,
  logCosh: NUMBERS,
  quantile: NUMBERS,
  poisson: { ...NUMBERS, takes: "logits", numbers: { least: 0 }, outputs: ["exponential"], judges: "counts" },
};

/** Whether the outputs of a network stand for classes. */
export const classifies = ({ output, loss }: { readonly output: OutputActivation; readonly loss: Loss }): boolean =>
  activations[output].probability || losses[loss].targets === "labels";

interface OptimizerRow {
  /** What it keeps for each parameter: moments v and s, and u, the largest s so far. */
  readonly moments: readonly ("v" | "s" | "u")[];
  /** Whether an update is linear in the gradients so far, which the Gram form of the first layer asks for. */
  readonly linear: boolean;
  /** Options that it alone and its like use. */
  readonly uses: readonly ("momentum" | "beta1" | "beta2" | "epsilon" | "tolerance")[];
  /** Usual values of its options. */
  readonly learningRate: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

const USUAL = { learningRate: 0.0075, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, uses: [] };
const ADAPTIVE = { ...USUAL, learningRate: 0.001 };
const ADAM = { ...ADAPTIVE, uses: ["beta1", "beta2", "epsilon"] as const };

const steps: Readonly<Record<StepName, OptimizerRow>> = {
  sgd: { ...USUAL, moments: [], linear: true },
  momentum: { ...USUAL, moments: ["v"], linear: true, uses: ["momentum"] },
  nesterov: { ...USUAL, moments: ["v"], linear: true, uses: ["momentum"] },
  rmsprop: { ...ADAPTIVE, moments: ["s"], linear: false, uses: ["beta2", "epsilon"], beta2: 0.9 },
  rmspropCentered: { ...ADAPTIVE, moments: ["v", "s"], linear: false, uses: ["beta2", "epsilon"], beta2: 0.9 },
  adagrad: { ...ADAPTIVE, moments: ["s"], linear: false, uses: ["epsilon"], learningRate: 0.01, epsilon: 1e-10 },
  adadelta: {
    ...ADAPTIVE,
    moments: ["v", "s"],
    linear: false,
    uses: ["beta2", "epsilon"],
    learningRate: 1,
    beta2: 0.9,
    epsilon: 1e-6,
  },
  adam: { ...ADAM, moments: ["v", "s"], linear: false },
  adamw: { ...ADAM, moments: ["v", "s"], linear: false, weightDecay: 0.01 },
  amsgrad: { ...ADAM, moments: ["v", "s", "u"], linear: false },
  nadam: { ...ADAM, moments: ["v", "s"], linear: false, learningRate: 0.002 },
  radam: { ...ADAM, moments: ["v", "s"], linear: false },
  lion: { ...ADAPTIVE, moments: ["v"], linear: false, uses: ["beta1", "beta2"], learningRate: 0.0001, beta2: 0.99 },
};
export const optimizers: Readonly<Record<OptimizerName, OptimizerRow>> = {
  ...steps,
  lbfgs: { ...USUAL, moments: [], linear: false, uses: ["tolerance"], learningRate: 1 },
};

export const OUTPUT_ACTIVATIONS: readonly OutputActivation[] = namesOf(activations);
export const ACTIVATIONS: readonly Activation[] = HIDDEN;
export const LOSSES: readonly Loss[] = namesOf(losses);
export const OPTIMIZERS: readonly OptimizerName[] = namesOf(optimizers);
export const STEP_NAMES: readonly StepName[] = namesOf(steps);
export const INITS = [
  ...(["lecun", "he", "glorot", "lecunTruncated", "heTruncated", "glorotTruncated"] as const),
  ...(["lecunUniform", "heUniform", "glorotUniform", "pytorch", "orthogonal", "identity", "zeros", "ones"] as const),
];
export const NORMALIZATIONS = ["layer", "batch"] as const;
export const SCALINGS = ["standard", "minmax", "standardAll", "minmaxAll"] as const;
export const SCHEDULES = ["constant", "step", "exponential", "polynomial", "cosine", "oneCycle", "plateau"] as const;
export const DTYPES = ["float32", "float64"] as const;
export const FIRST_LAYERS: readonly (FirstLayer | "auto")[] = ["auto", "direct", "gram"];
export const NUMERICS = ["strict", "fused"] as const;
export const BACKENDS = ["wasm", "js"] as const;

function namesOf<Name extends string>(rows: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(rows) as Name[];
}

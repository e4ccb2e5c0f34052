// The closed lists a network is chosen from. Not a place for arithmetic.

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

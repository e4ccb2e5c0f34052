// Layers of Keras as steps, a row each by their class; what has no row is refused by its name. Code that a file brings
// (Lambda) is never looked at.
// Source: https://keras.io/api/layers

import type { OutputActivation } from "../catalogue.js";
import { show } from "../options/check.js";
import type { Numbers } from "../session/layout.js";
import { isObject, type Json } from "./json.js";
import { type Matrix, turned } from "./matrix.js";
import { ones, type Refuse, type Remark, type Step, zeros } from "./steps.js";

/** What a layer's arrays are called: "kernel", "bias", … */
export type Arrays = ReadonlyMap<string, Matrix>;

/** A layer as the configuration says it, and how it is called in messages. */
export interface Layer {
  readonly kind: string;
  readonly name: string;
  readonly called: string;
  readonly config: Json;
  /** Names of the layers that it reads; null where the configuration is a plain list. */
  readonly reads: readonly string[] | null;
}

/** Gives the arrays of a layer; `names` are those it has in this order, where a file only counts them. */
export type Finder = (layer: Pick<Layer, "kind" | "name" | "called">, names: readonly string[]) => Arrays;

/** ε of Keras's normalisations where nothing is said. */
export const EPSILON = 1e-3;

/** What makers of steps know besides their layer. */
export interface Context {
  readonly find: Finder;
  readonly refuse: Refuse;
  readonly remark: Remark;
  /** Keras 1 or 2, or TensorFlow.js. */
  readonly isOld: boolean;
  readonly shape: readonly number[] | null;
  /** Whether an example is one row of numbers by now. */
  flat: boolean;
}

type Make = (layer: Layer, context: Context) => Step[];

const nothing: Make = () => [];

/** Layers by their class. */
export const LAYERS: Readonly<Record<string, Make>> = {
  InputLayer: nothing,
  ActivityRegularization: nothing,
  Dense(layer, context) {
    const { called, config } = layer;
    checkFlat(layer, context);
    const bias = config.use_bias !== false;
    const [kernel, own] = arraysOf(layer, bias ? ["kernel", "bias"] : ["kernel"], context);
    const dense = denseOf(called, kernel!, own?.data ?? null, context.refuse);
    if (config.units !== dense.units)
      context.refuse(`${called} of ${show(config.units)} units with weights of ${dense.units}`);
    return [{ does: "dense", ...dense }, ...activationSteps(config.activation, called, context)];
  },
  Activation: (layer, context) => activationSteps(layer.config.activation, layer.called, context),
  Flatten(_, context) {
    context.flat = true;
    return [];
  },
  Reshape(layer, context) {
    const { target_shape: sides } = layer.config;
    if (!Array.isArray(sides) || sides.length !== 1) context.refuse(`${layer.called} to something else than rows`);
    context.flat = true;
    return [];
  },
  Dropout: (layer, context) => [{ does: "dropout", called: layer.called, rate: share(layer, context) }],
  AlphaDropout: (layer, context) => [{ does: "dropout", called: layer.called, rate: share(layer, context) }],
  GaussianDropout({ called }, { remark }) {
    remark(`${called} is left out: no training here has it.`);
    return [];
  },
  GaussianNoise: (layer, context) => [
    { does: "noise", called: layer.called, deviation: ofNumbers(layer, "stddev", 0, context) },
  ],
  Rescaling({ called, config }, { refuse }) {
    const [scale, offset] = [config.scale ?? 1, config.offset ?? 0].map((one) => listOf(one, called, refuse));
    return [{ does: "affine", called, scale: scale!, shift: offset! }];
  },
  Normalization(layer, context) {
    const { called, config } = layer;
    if (config.axis !== null && config.mean == null) checkAxis(layer, context);
    const given = config.mean != null && config.variance != null;
    const [mean, variance] = given
      ? [config.mean, config.variance].map((one) => listOf(one, called, context.refuse))
      : arraysOf(layer, ["mean", "variance", "count"], context).map(({ data }) => data);
    const deviation = Float64Array.from(variance!, (v) => Math.max(Math.sqrt(v), 1e-7)); // Keras's epsilon
    if (config.invert === true) return [{ does: "affine", called, scale: deviation, shift: Float64Array.from(mean!) }];
    if (mean!.length !== deviation.length)
      return context.refuse(`${called} with ${mean!.length} means and ${deviation.length} variances`);
    const scale = deviation.map((d) => 1 / d);
    return [{ does: "affine", called, scale, shift: scale.map((s, j) => -mean![j]! * s) }];
  },
  BatchNormalization(layer, context) {
    checkAxis(layer, context);
    const { called, config } = layer;
    const names = [...(config.scale === false ? [] : ["gamma"]), ...(config.center === false ? [] : ["beta"])];
    const all = [...names, "moving_mean", "moving_variance"];
    const arrays = new Map(arraysOf(layer, all, context).map(({ data }, i) => [all[i], data]));
    const mean = arrays.get("moving_mean")!;
    const [gamma, beta] = [arrays.get("gamma") ?? ones(mean.length), arrays.get("beta") ?? zeros(mean.length)];
    const epsilon = ofNumbers(layer, "epsilon", EPSILON, context);
    const momentum = Number((1 - ofNumbers(layer, "momentum", 0.99, context)).toPrecision(12));
    return [
      {
        ...{ does: "batch", called, gamma, beta, mean, variance: arrays.get("moving_variance")!, epsilon },
        momentum: momentum > 0 && momentum <= 1 ? momentum : null,
      },
    ];
  },
  LayerNormalization(layer, context) {
    checkFlat(layer, context);
    checkAxis(layer, context);
    const { called, config } = layer;
    const names = [...(config.scale === false ? [] : ["gamma"]), ...(config.center === false ? [] : ["beta"])];
    const arrays = new Map(arraysOf(layer, names, context).map(({ data }, i) => [names[i], data]));
    const gamma = arrays.get("gamma") ?? Float32Array.of(1);
    const beta = arrays.get("beta") ?? Float32Array.of(0);
    return [{ does: "layer", called, gamma, beta, epsilon: ofNumbers(layer, "epsilon", EPSILON, context) }];
  },
  ReLU(layer, context) {
    const { called, config } = layer;
    const slope = ofNumbers(layer, "negative_slope", 0, context);
    if (config.max_value != null || ofNumbers(layer, "threshold", 0, context) !== 0) {
      context.refuse(`${called} with a largest value or a threshold`);
    }
    return slope === 0
      ? [{ does: "activation", called, activation: "relu" }]
      : [{ does: "activation", called, activation: "leakyRelu", slope }];
  },
  LeakyReLU(layer, context) {
    const name = "negative_slope" in layer.config ? "negative_slope" : "alpha";
    const slope = ofNumbers(layer, name, 0.3, context);
    if (slope < 0) context.refuse(`${layer.called} with slope ${slope}`);
    return [{ does: "activation", called: layer.called, activation: "leakyRelu", slope }];
  },
  PReLU(layer, context) {
    checkFlat(layer, context);
    const [alpha] = arraysOf(layer, ["alpha"], context);
    return [{ does: "activation", called: layer.called, activation: "prelu", slopes: alpha!.data }];
  },
  ELU(layer, context) {
    if (ofNumbers(layer, "alpha", 1, context) !== 1) context.refuse(`${layer.called} with another alpha than 1`);
    return [{ does: "activation", called: layer.called, activation: "elu" }];
  },
  Softmax(layer, context) {
    checkFlat(layer, context);
    checkAxis(layer, context);
    return [{ does: "activation", called: layer.called, activation: "softmax" }];
  },
};

const ACTIVATIONS: Readonly<Record<string, OutputActivation>> = {
  ...{ linear: "linear", relu: "relu", sigmoid: "sigmoid", tanh: "tanh", softmax: "softmax", elu: "elu", selu: "selu" },
  ...{ gelu: "gelu", gelu_new: "geluTanh", silu: "silu", swish: "silu", mish: "mish", softplus: "softplus" },
  ...{ softsign: "softsign", exponential: "exponential", hard_sigmoid: "hardSigmoid", leaky_relu: "leakyRelu" },
  ...{ hard_swish: "hardSwish", hard_silu: "hardSwish" },
};

/** An activation by its name, in an object with one, or a layer of that kind. */
function activationSteps(given: unknown, called: string, context: Context): Step[] {
  const { refuse, isOld } = context;
  if (given === undefined || given === null) return [];
  if (isObject(given)) {
    const { class_name: kind, config } = given;
    if (typeof config === "string") return activationSteps(config, called, context);
    const make = typeof kind === "string" && Object.hasOwn(LAYERS, kind) && kind !== "Dense" ? LAYERS[kind] : undefined;
    if (!make || !isObject(config)) return refuse(`${called} with activation ${show(kind)}`);
    return make({ kind: kind as string, name: "", called, config, reads: null }, context);
  }
  const activation = typeof given === "string" && Object.hasOwn(ACTIVATIONS, given) ? ACTIVATIONS[given]! : null;
  if (activation === null) return refuse(`${called} with activation ${show(given)}, which no layer here can have`);
  // Keras 2 cuts 0.2·z + ½, Keras 3 z/6 + ½
  const steeper: Step[] =
    activation === "hardSigmoid" && isOld
      ? [{ does: "affine", called, scale: Float64Array.of(1.2), shift: Float64Array.of(0) }]
      : [];
  return [...steeper, { does: "activation", called, activation, ...(activation === "leakyRelu" && { slope: 0.2 }) }];
}

function arraysOf(layer: Layer, names: readonly string[], { find, refuse }: Context): Matrix[] {
  const arrays = find(layer, names);
  return names.map((name) => arrays.get(name) ?? refuse(`${layer.called} without ${show(name)} among its weights`));
}

/** Throws unless a layer goes along the last side. */
function checkAxis({ called, config }: Layer, { shape, flat, refuse }: Context, usual: unknown = -1): void {
  const found = config.axis ?? usual;
  const [axis, ...more] = Array.isArray(found) ? (found as unknown[]) : [found];
  const rank = flat ? 1 : shape!.length;
  if ((axis !== -1 && axis !== rank) || more.length > 0) refuse(`${called} over axis ${show(found)}, not the last one`);
}

function checkFlat({ called }: Layer, { flat, refuse }: Context): void {
  if (!flat) refuse(`${called} on inputs of several sides that nothing makes flat`);
}

const ofNumbers = ({ called, config }: Layer, name: string, usual: number, { refuse }: Context): number => {
  const given = config[name] ?? usual;
  const value = isObject(given) ? given.value : given; // an array of one number, in old files
  return typeof value === "number" && Number.isFinite(value)
    ? value
    : refuse(`${called} whose ${name} is ${show(value)}`);
};

/** Numbers, however deep in lists they lie. */
function listOf(value: unknown, called: string, refuse: Refuse): Float64Array {
  const flat: unknown[] = Array.isArray(value) ? value.flat(6) : [value];
  if (!flat.every((one) => typeof one === "number" && Number.isFinite(one)))
    refuse(`${called} with something else than numbers`);
  return Float64Array.from(flat as number[]);
}

const share = (layer: Layer, context: Context): number => {
  const rate = ofNumbers(layer, "rate", 0, context);
  return rate >= 0 && rate < 1 ? rate : context.refuse(`${layer.called} of share ${rate}`);
};

/** A dense step's numbers of a kernel (inputs, units) and a bias. */
export function denseOf(called: string, kernel: Matrix, bias: Numbers | null, refuse: Refuse) {
  const [inputs, units] = kernel.shape;
  if (kernel.shape.length !== 2 || !inputs || !units || kernel.data.length !== inputs * units) {
    return refuse(`${called} with a kernel of shape ${kernel.shape.join("x")}`);
  }
  if (bias && bias.length !== units) refuse(`${called} with ${bias.length} biases for ${units} units`);
  return { called, inputs, units, weight: turned(kernel).data, bias };
}

// Keras's models as steps: .keras archives of Keras 3, .h5 files of Keras 1 to 3 with their configuration, files of
// weights alone; and the same configuration as TensorFlow.js has it. Layers are a table by their class; what is not in it
// is refused by its name. Code that a file brings (Lambda) is never run.
// Sources: https://keras.io/api/models/model_saving_apis, https://keras.io/api/layers

import type { Loss, OutputActivation } from "../catalogue.js";
import type { Hdf5Model } from "../dataset/hdf5.js";
import { show } from "../options/check.js";
import type { Numbers } from "../session/layout.js";
import { type Matrix, turned } from "./matrix.js";
import { byNumbers, type Module, stepsOfModules } from "./modules.js";
import type { ImportOptions } from "./options.js";
import { snakeCase } from "./snake-case.js";
import { type Foreign, ones, type Refuse, type Remark, type Step, zeros } from "./steps.js";

/** What a layer's arrays are called: "kernel", "bias", … */
type Arrays = ReadonlyMap<string, Matrix>;
type Config = Readonly<Record<string, unknown>>;

/** A layer as the configuration says it, and how it is called in messages. */
interface Layer {
  readonly kind: string;
  readonly name: string;
  readonly called: string;
  readonly config: Config;
  /** Names of the layers that it reads; null where the configuration is a plain list. */
  readonly reads: readonly string[] | null;
}

/** Gives the arrays of a layer; `names` are those it has in this order, where a file only counts them. */
export type Finder = (layer: Pick<Layer, "kind" | "name" | "called">, names: readonly string[]) => Arrays;

const EPSILON = 1e-3; // of Keras's normalisations

const isObject = (value: unknown): value is Config =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The steps of a file with HDF5's arrays and texts, or of weights beside the `json` of their model. Throws by `refuse`. */
export function readKerasH5(
  file: Hdf5Model,
  json: string | undefined,
  options: ImportOptions,
  refuse: Refuse,
  remark: Remark,
): Foreign {
  const root = file.texts[""] ?? {};
  const config = json ?? root.model_config?.[0];
  const paths = Object.keys(file.arrays);
  const isVersion3 = paths.some((path) => VARIABLE.test(path));
  if (config !== undefined && (isVersion3 || json !== undefined)) {
    const model = parse(config, "a configuration", refuse);
    const version = (isObject(model) && String(model.keras_version ?? "")) || root.keras_version?.[0] || "";
    const prefix = root.layer_names ? "" : "model_weights/";
    const find = isVersion3 ? variables(file, model, refuse) : groups(file, prefix);
    return readKerasConfig(model, isVersion3 ? "3" : version, find, refuse, remark);
  }
  if (config !== undefined) {
    const version = root.keras_version?.[0] ?? "";
    const loss = lossIn(parse(root.training_config?.[0] ?? "null", "a training_config", refuse));
    return {
      ...readKerasConfig(
        parse(config, "a model_config", refuse),
        version,
        groups(file, "model_weights/"),
        refuse,
        remark,
      ),
      loss,
    };
  }
  const names = root.layer_names ?? file.texts.model_weights?.layer_names;
  const find = groups(file, root.layer_names ? "" : "model_weights/");
  if (names) {
    const modules = names.flatMap((name) => {
      const called = `layer ${show(name)}`;
      const arrays = find({ kind: "", name, called }, []);
      return arrays.size > 0 ? [moduleOf(name, called, arrays, refuse)] : [];
    });
    return stepsOfModules(modules, { ordered: true, epsilon: EPSILON }, options, refuse);
  }
  if (isVersion3) return readVariables(file, options, refuse);
  return refuse("no model of Keras", "pass a file that Keras saved");
}

/** The steps of a .keras archive: its configuration, and the weights beside it. */
export function readKerasArchive(
  config: unknown,
  metadata: unknown,
  file: Hdf5Model,
  refuse: Refuse,
  remark: Remark,
): Foreign {
  const version = isObject(metadata) ? String(metadata.keras_version ?? "") : "";
  const compiled = isObject(config) ? config.compile_config : null;
  return {
    ...readKerasConfig(config, version || "3", variables(file, config, refuse), refuse, remark),
    loss: lossIn(compiled),
  };
}

/** JSON in a file. */
export function parse(text: string, what: string, refuse: Refuse): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse(`${what} that is not JSON`, "get the file again");
  }
}

// Where a file of Keras 3 has a variable: layers/dense_1/vars/0.
const VARIABLE = /^(?:layers|_layer_checkpoint_dependencies)\/([^/]+)\/vars\/(\d+)$/;

/** The arrays in the group of a layer, by the last part of their names without ":0". */
function groups({ arrays }: Hdf5Model, prefix: string): Finder {
  return ({ name }) => {
    const own = Object.entries(arrays).filter(([path]) => path.startsWith(`${prefix}${name}/`));
    return new Map(own.map(([path, array]) => [path.split("/").at(-1)!.replace(/:0$/, ""), array]));
  };
}

/** Variables of Keras 3, which are counted; groups have the names of classes with a number, or those of the layers. */
function variables({ arrays }: Hdf5Model, config: unknown, refuse: Refuse): Finder {
  const byGroup = new Map<string, Map<number, Matrix>>();
  for (const [path, array] of Object.entries(arrays)) {
    const [, group, place] = VARIABLE.exec(path) ?? [];
    if (group === undefined) continue;
    const own = byGroup.get(group) ?? new Map<number, Matrix>();
    own.set(Number(place), array);
    byGroup.set(group, own);
  }
  const used = new Map<string, number>();
  const counted = new Map<string, string>();
  for (const { kind, name } of layersOf(config, refuse)) {
    const group = snakeCase(kind);
    const count = used.get(group) ?? 0;
    used.set(group, count + 1);
    counted.set(name, count === 0 ? group : `${group}_${count}`);
  }
  return ({ name, called }, names) => {
    if (names.length === 0) return new Map();
    const own = byGroup.get(counted.get(name)!) ?? byGroup.get(name);
    if (own?.size !== names.length || !names.every((_, i) => own.has(i))) {
      return refuse(`${called} with ${own?.size ?? 0} arrays instead of ${names.length} (${names.join(", ")})`);
    }
    return new Map(names.map((array, i) => [array, own.get(i)!]));
  };
}

/** Weights alone, of Keras 3: the groups tell what they are, the numbers at their ends the order. */
function readVariables({ arrays }: Hdf5Model, options: ImportOptions, refuse: Refuse): Foreign {
  const byGroup = new Map<string, Map<string, Matrix>>();
  const order: Readonly<Record<string, readonly string[]>> = {
    dense: ["kernel", "bias"],
    batch_normalization: ["gamma", "beta", "moving_mean", "moving_variance"],
    layer_normalization: ["gamma", "beta"],
    p_re_lu: ["alpha"],
  };
  for (const [path, array] of Object.entries(arrays)) {
    const [, group, place] = VARIABLE.exec(path) ?? [];
    if (group === undefined) continue;
    const names = order[group.replace(/_\d+$/, "")] ?? refuse(`layer ${show(group)}, which is no dense layer`);
    const own = byGroup.get(group) ?? new Map<string, Matrix>();
    own.set(names[Number(place)] ?? refuse(`layer ${show(group)} with more arrays than ${names.length}`), array);
    byGroup.set(group, own);
  }
  const modules = [...byGroup].map(([group, own]) => moduleOf(group, `layer ${show(group)}`, own, refuse));
  modules.sort((a, b) => byNumbers(a.name, b.name));
  return stepsOfModules(modules, { ordered: false, epsilon: EPSILON }, options, refuse);
}

function moduleOf(name: string, called: string, arrays: Arrays, refuse: Refuse): Module {
  const names = [...arrays.keys()].sort().join();
  const flat = (array: string) => {
    const found = arrays.get(array);
    if (found && found.shape.length !== 1) return refuse(`${called} whose ${array} has shape ${found.shape.join("x")}`);
    return found?.data ?? null;
  };
  const kernel = arrays.get("kernel");
  if (kernel && /^(bias,)?kernel$/.test(names))
    return { is: "dense", name, ...denseOf(called, kernel, flat("bias"), refuse) };
  const [gamma, beta, mean, variance] = ["gamma", "beta", "moving_mean", "moving_variance"].map(flat);
  const alpha = flat("alpha");
  if (/^(beta,)?(gamma,)?moving_mean,moving_variance$/.test(names)) {
    return { is: "batch", name, called, gamma: gamma!, beta: beta!, mean: mean!, variance: variance! };
  }
  if (/^(beta,)?gamma$/.test(names)) return { is: "layer", name, called, gamma: gamma!, beta: beta! };
  if (names === "alpha") return { is: "prelu", name, called, slopes: alpha! };
  return refuse(`${called} with ${names.replaceAll(",", ", ")}, which is no dense layer`);
}

function denseOf(called: string, kernel: Matrix, bias: Numbers | null, refuse: Refuse) {
  const [inputs, units] = kernel.shape;
  if (kernel.shape.length !== 2 || !inputs || !units || kernel.data.length !== inputs * units) {
    return refuse(`${called} with a kernel of shape ${kernel.shape.join("x")}`);
  }
  if (bias && bias.length !== units) refuse(`${called} with ${bias.length} biases for ${units} units`);
  return { called, inputs, units, weight: turned(kernel).data, bias };
}

/** The steps of a configuration, a stack of layers whose arrays `find` gives. */
export function readKerasConfig(
  config: unknown,
  version: string,
  find: Finder,
  refuse: Refuse,
  remark: Remark,
): Foreign {
  const layers = chainOf(layersOf(config, refuse), refuse);
  const shape = shapeIn(config, layers);
  const context: Context = {
    find,
    refuse,
    remark,
    isOld: !/^[3-9]/.test(version),
    shape,
    flat: (shape?.length ?? 1) === 1,
  };
  const steps = layers.flatMap((layer) => {
    const make = Object.hasOwn(LAYERS, layer.kind) ? LAYERS[layer.kind] : undefined;
    return make ? make(layer, context) : refuse(`${layer.called}, which is no part of a stack of dense layers`);
  });
  return { steps, shape, tellsActivations: true };
}

function layersOf(model: unknown, refuse: Refuse): Layer[] {
  const kind = isObject(model) ? model.class_name : null;
  if (!isObject(model) || !["Sequential", "Functional", "Model"].includes(kind as string)) {
    return refuse(`a model of class ${show(kind)}`, "only Sequential and Functional models can be imported");
  }
  const { config } = model;
  const list = Array.isArray(config) ? config : isObject(config) ? config.layers : null; // a bare list before Keras 2.2.3
  if (!Array.isArray(list)) return refuse("a model without layers");
  return list.map((layer: unknown, l) => {
    if (!isObject(layer) || typeof layer.class_name !== "string" || !isObject(layer.config)) {
      return refuse(`something else than a layer at place ${l} of its layers`);
    }
    const name = String(layer.config.name ?? layer.name ?? l);
    return {
      ...{ kind: layer.class_name, name, called: `${layer.class_name} ${show(name)}`, config: layer.config },
      reads: kind === "Sequential" ? null : namesIn(layer.inbound_nodes),
    };
  });
}

/** Layers that a layer reads: [[["dense", 0, 0, {}]]] of Keras 2, "keras_history": ["dense", 0, 0] of Keras 3. */
function namesIn(nodes: unknown): string[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown) => {
    if (Array.isArray(node)) return node.flatMap((one: unknown) => (Array.isArray(one) ? [String(one[0])] : []));
    const found: string[] = [];
    JSON.stringify(node, (key, value: unknown) => {
      if (key === "keras_history" && Array.isArray(value)) found.push(String(value[0]));
      return value;
    });
    return found;
  });
}

/** The layers in the order of computing, where each reads the one before. */
function chainOf(layers: readonly Layer[], refuse: Refuse): Layer[] {
  if (layers.every(({ reads }) => reads === null)) return [...layers];
  const starts = layers.filter(({ reads }) => reads!.length === 0);
  if (starts.length !== 1) {
    return refuse(
      `${starts.length} inputs (${starts
        .slice(0, 4)
        .map(({ name }) => show(name))
        .join(", ")}), wanted one`,
    );
  }
  const several = layers.find(({ reads }) => reads!.length > 1);
  if (several) refuse(`${several.called}, which reads several layers`);
  const chain = [starts[0]!];
  for (;;) {
    const { name, called } = chain.at(-1)!;
    const next = layers.filter(({ reads }) => reads![0] === name);
    if (next.length > 1) refuse(`${called}, which several layers read`);
    if (next.length === 0 || chain.length > layers.length) break;
    chain.push(next[0]!);
  }
  if (chain.length !== layers.length) refuse(`${layers.length} layers of which ${chain.length} are a stack`);
  return chain;
}

/** Shape of an example; null where the configuration does not say it. */
function shapeIn(model: unknown, layers: readonly Layer[]): number[] | null {
  const first = layers[0]?.config ?? {};
  const own = isObject(model) && isObject(model.config) ? model.config.build_input_shape : null;
  for (const shape of [first.batch_shape, first.batch_input_shape, own]) {
    if (!Array.isArray(shape)) continue;
    const sides = shape.slice(1);
    if (sides.length > 0 && sides.every((side) => Number.isSafeInteger(side) && side > 0)) return sides as number[];
  }
  return null;
}

interface Context {
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
  const value = config[name] ?? usual;
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

/** Layers by their class. */
const LAYERS: Readonly<Record<string, Make>> = {
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

const LOSSES_BY_NAME: Readonly<Record<string, Loss>> = {
  ...{ binarycrossentropy: "binaryCrossEntropy", categoricalcrossentropy: "categoricalCrossEntropy" },
  ...{ sparsecategoricalcrossentropy: "categoricalCrossEntropy", mse: "meanSquaredError", mae: "meanAbsoluteError" },
  ...{
    meansquarederror: "meanSquaredError",
    meanabsoluteerror: "meanAbsoluteError",
    huber: "huber",
    huberloss: "huber",
  },
  ...{ logcosh: "logCosh", poisson: "poisson", hinge: "hinge" },
};

/** The loss that a model was compiled with; undefined where there is none of the same name here. */
export function lossIn(compiled: unknown): Loss | undefined {
  let loss = isObject(compiled) ? compiled.loss : undefined;
  if (isObject(loss)) loss = typeof loss.config === "string" ? loss.config : loss.class_name;
  const name = typeof loss === "string" ? loss.toLowerCase().replaceAll("_", "") : "";
  return Object.hasOwn(LOSSES_BY_NAME, name) ? LOSSES_BY_NAME[name] : undefined;
}

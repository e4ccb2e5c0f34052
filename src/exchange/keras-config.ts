// The configuration of a Keras model, which TensorFlow.js has, too, as steps: its layers in the order of computing.

import type { Loss } from "../catalogue.js";
import { show } from "../options/check.js";
import { isObject } from "./json.js";
import { type Context, type Finder, LAYERS, type Layer } from "./keras-layers.js";
import type { Foreign, Refuse, Remark } from "./steps.js";

const MOST_LAYERS = 5000;

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

/** JSON in a file. */
export function parse(text: string, what: string, refuse: Refuse): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse(`${what} that is not JSON`, "get the file again");
  }
}

/** The layers of a Sequential or Functional model, in the order of the configuration. */
export function layersOf(model: unknown, refuse: Refuse): Layer[] {
  const kind = isObject(model) ? model.class_name : null;
  if (!isObject(model) || !["Sequential", "Functional", "Model"].includes(kind as string)) {
    return refuse(`a model of class ${show(kind)}`, "only Sequential and Functional models can be imported");
  }
  const { config } = model;
  const list = Array.isArray(config) ? config : isObject(config) ? config.layers : null; // a bare list before Keras 2.2.3
  if (!Array.isArray(list)) return refuse("a model without layers");
  if (list.length > MOST_LAYERS) refuse(`${list.length} layers`);
  const names = new Set<string>();
  return list.map((layer: unknown, l) => {
    if (!isObject(layer) || typeof layer.class_name !== "string" || !isObject(layer.config)) {
      return refuse(`something else than a layer at place ${l} of its layers`);
    }
    const name = String(layer.config.name ?? layer.name ?? l);
    if (names.has(name)) refuse(`two layers ${show(name)}`);
    names.add(name);
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
  const readers = new Map<string, Layer>();
  for (const layer of layers) {
    const [read] = layer.reads!;
    if (read === undefined) continue;
    if (readers.has(read)) refuse(`layer ${show(read)}, which several layers read`);
    readers.set(read, layer);
  }
  const chain = [starts[0]!];
  for (let next: Layer | undefined = chain[0]; next && chain.length <= layers.length; ) {
    next = readers.get(next.name);
    if (next) chain.push(next);
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

// TensorFlow.js's layers models as steps: model.json, which has Keras's configuration and says what weights are in which
// of the files beside it. Graph models are programs of operations, and are refused.
// Source: https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/types.ts

import { concatBytes } from "../bytes.js";
import { fromHalf } from "../dataset/half.js";
import { show } from "../options/check.js";
import { product } from "../shape.js";
import { isObject, type Json } from "./json.js";
import { lossIn, parse, readKerasConfig } from "./keras-config.js";
import type { Finder } from "./keras-layers.js";
import type { Matrix } from "./matrix.js";
import type { Foreign, Refuse, Remark } from "./steps.js";
import { lastPart } from "./tfjs-files.js";

/** Gives the bytes of a file of that name beside model.json; throws where there is none. */
export type Beside = (name: string) => Uint8Array;

const WIDTHS = { float32: 4, int32: 4, uint8: 1, uint16: 2, float16: 2, bool: 1 } as const;
type Stored = keyof typeof WIDTHS;

/** The steps of a model. Throws by `refuse`, and what `beside` throws. */
export function readTfjs(bytes: Uint8Array, beside: Beside, refuse: Refuse, remark: Remark): Foreign {
  const file = parse(new TextDecoder().decode(bytes), "content", refuse);
  const { format, modelTopology: topology, weightsManifest: manifest, trainingConfig } = isObject(file) ? file : {};
  if (format === "graph-model" || (isObject(topology) && "node" in topology)) {
    return refuse("a graph model, which is a program of operations", "save it as a layers model, or as ONNX");
  }
  if (!isObject(topology) || !Array.isArray(manifest))
    return refuse("no modelTopology and weightsManifest", "get it again");
  const arrays = new Map<string, Matrix>();
  const used = new Set<string>();
  const once = (path: string): Uint8Array => {
    const name = lastPart(path);
    if (used.has(name)) refuse(`weights in ${show(name)} twice`);
    used.add(name);
    return beside(name);
  };
  for (const group of manifest as unknown[]) {
    for (const [name, array] of weightsOf(group, once, refuse)) arrays.set(name, array);
  }
  const config = isObject(topology.model_config) ? topology.model_config : topology;
  const compiled = trainingConfig ?? topology.training_config;
  const byLayer = new Map<string | undefined, Map<string, Matrix>>();
  for (const [path, array] of arrays) {
    const [last, layer] = path.split("/").reverse();
    const own = byLayer.get(layer) ?? new Map<string, Matrix>();
    byLayer.set(layer, own.set(last!, array));
  }
  const find: Finder = ({ name }) => byLayer.get(name) ?? new Map();
  return {
    ...readKerasConfig(config, String(topology.keras_version ?? ""), find, refuse, remark),
    loss: lossIn(compiled),
  };
}

/** The weights of a group, which lie one after the other in its files. */
function weightsOf(group: unknown, beside: Beside, refuse: Refuse): [string, Matrix][] {
  const { paths, weights } = isObject(group) ? group : {};
  if (!Array.isArray(paths) || !Array.isArray(weights) || !paths.every((path) => typeof path === "string")) {
    return refuse("a weightsManifest without paths and weights", "get it again");
  }
  const bytes = concatBytes((paths as string[]).map(beside));
  let at = 0;
  const all = (weights as unknown[]).map((weight): [string, Matrix] => {
    const { name, shape, dtype, quantization } = isObject(weight) ? weight : {};
    const called = `weights ${show(name)}`;
    if (typeof name !== "string" || !isShape(shape)) return refuse(`${called} of shape ${show(shape)}`);
    const packed = isObject(quantization) ? quantization : null;
    const stored = packed ? packed.dtype : dtype;
    if (typeof stored !== "string" || !Object.hasOwn(WIDTHS, stored))
      return refuse(`${called} of type ${show(stored)}`);
    const size = product(shape) * WIDTHS[stored as Stored];
    if (size > bytes.length - at) {
      return refuse(`${called} at byte ${at} of ${bytes.length}, where it wants ${size}`, "get the files again");
    }
    at += size;
    return [name, { shape, data: numbersOf(stored as Stored, bytes.slice(at - size, at), packed, called, refuse) }];
  });
  if (at !== bytes.length) refuse(`${bytes.length - at} bytes of weights too many`, "get the files again");
  return all;
}

const isShape = (value: unknown): value is number[] =>
  Array.isArray(value) &&
  value.every((side) => Number.isSafeInteger(side) && side >= 0) &&
  Number.isSafeInteger(product(value as number[]));

function numbersOf(
  stored: Stored,
  bytes: Uint8Array,
  packed: Json | null,
  called: string,
  refuse: Refuse,
): Float32Array {
  const { buffer } = bytes;
  if (stored === "float32") return new Float32Array(buffer as ArrayBuffer);
  if (stored === "float16") return Float32Array.from(new Uint16Array(buffer), fromHalf);
  const raw = stored === "int32" ? new Int32Array(buffer) : stored === "uint16" ? new Uint16Array(buffer) : bytes;
  const { scale = 1, min = 0 } = packed ?? {};
  if (typeof scale !== "number" || typeof min !== "number") return refuse(`${called} with a scale that is no number`);
  return Float32Array.from(raw, (value) => value * scale + min);
}

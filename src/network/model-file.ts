// A model file: a network's options and weights as safetensors. Layer l's tensors are "2l.weight" (units, inputs) and
// "2l.bias", the names of torch.nn.Sequential(Linear, activation, Linear, activation, …); everything else is JSON in
// the metadata under "wasmlp". Reading trusts nothing: a file may come from anybody.

import { InputError } from "../errors.js";
import type { LayerWeights } from "../session/layout.js";
import type { NetworkOptions } from "./options.js";
import { readSafetensors, type Tensor, writeSafetensors } from "./safetensors.js";

/** Version of this layout; a reader refuses a newer one. */
const VERSION = 1;
/** Changes whenever the same training gives other bits. */
export const NUMERICS = 1;

/** What a model file says of a network besides its weights. */
export type ModelOptions = Required<
  Pick<NetworkOptions, "activation" | "output" | "loss" | "dtype" | "shape" | "scale">
> &
  Pick<NetworkOptions, "inputs" | "layers" | "classes" | "seed">;

/** Throws E_NOT_FINITE when a weight is NaN or infinite. */
export function writeModel(options: ModelOptions, weights: readonly LayerWeights[]): Uint8Array {
  const dtype = options.dtype === "float64" ? "F64" : "F32";
  const widths = [options.inputs, ...options.layers];
  const tensors: Tensor[] = weights.flatMap(({ weight, bias }, l) => [
    { name: `${2 * l}.weight`, dtype, shape: [widths[l + 1]!, widths[l]!], data: weight },
    { name: `${2 * l}.bias`, dtype, shape: [widths[l + 1]!], data: bias },
  ]);
  const bad = tensors.find(({ data }) => !data.every(Number.isFinite));
  if (bad) {
    throw new InputError(
      "E_NOT_FINITE",
      `save: tensor "${bad.name}" has a number that is not finite; train again with a smaller learning rate.`,
    );
  }
  return writeSafetensors(tensors, { wasmlp: JSON.stringify({ version: VERSION, numerics: NUMERICS, ...options }) });
}

/** Reads what writeModel wrote. Throws E_MODEL. */
export function readModel(bytes: Uint8Array, name?: string): { options: NetworkOptions; weights: LayerWeights[] } {
  const file = name ?? "the file";
  const refuse = (found: string): never => {
    throw new InputError("E_MODEL", `load: ${file} ${found}; pass a model that wasmlp saved.`);
  };
  const { tensors, metadata } = readSafetensors(bytes, name);
  if (metadata.wasmlp === undefined) return refuse('has no "wasmlp" in its metadata');
  let saved: ModelOptions & { version: number };
  try {
    saved = JSON.parse(metadata.wasmlp);
  } catch {
    return refuse("has metadata that is not JSON");
  }
  if (typeof saved !== "object" || saved === null) return refuse("has metadata that is not an object");
  if (saved.version !== VERSION)
    return refuse(`has layout version ${String(saved.version)}, this release reads ${VERSION}`);
  const { inputs, layers, activation, output, loss, dtype, shape, scale, classes, seed } = saved;
  const isList = (value: unknown, type: string) => Array.isArray(value) && value.every((item) => typeof item === type);
  if (!isList(layers, "number") || layers.length === 0) return refuse("names no layers");
  if (!isList(shape, "number")) return refuse("names no shape of its inputs");
  if (classes !== undefined && !isList(classes, "string")) return refuse("has class names that are not text");
  const wanted = dtype === "float64" ? "F64" : "F32";
  const widths = [inputs, ...layers];
  const take = (tensor: string, ...size: number[]): Tensor["data"] => {
    const found = tensors.get(tensor);
    if (!found) return refuse(`has no tensor "${tensor}"`);
    if (found.dtype === wanted && found.shape.join() === size.join()) return found.data;
    return refuse(
      `has tensor "${tensor}" as ${found.dtype} [${found.shape.join(", ")}] instead of ${wanted} [${size.join(", ")}]`,
    );
  };
  const weights = layers.map((units, l) => ({
    weight: take(`${2 * l}.weight`, units, widths[l]!),
    bias: take(`${2 * l}.bias`, units),
  }));
  if (tensors.size !== 2 * layers.length) return refuse(`has ${tensors.size} tensors instead of ${2 * layers.length}`);
  if (weights.some(({ weight, bias }) => ![weight, bias].every((data) => data.every(Number.isFinite)))) {
    return refuse("has weights that are not finite");
  }
  return {
    options: { inputs, layers, activation, output, loss, dtype, shape, scale, seed, ...(classes && { classes }) },
    weights,
  };
}

// A model file: a network's options and weights as safetensors. Tensors have the names that
// torch.nn.Sequential(Linear, activation, Linear, normalisation, activation, …) gives them: "0.weight" (units, inputs),
// "0.bias", "2.weight", …; what scales columns is tensors, too, everything else JSON in the metadata under
// "wasmlp". Reading trusts nothing: a file may come from anybody.

import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex } from "@noble/hashes/utils";
import { type LayerShape, vectorsOf } from "../architecture.js";
import type { Numerics } from "../catalogue.js";
import { areFinite } from "../dataset/arrays.js";
import { importLine } from "../dataset/formats.js";
import { InputError } from "../errors.js";
import type { Bytes } from "../globals.js";
import { accepts, show, unitsOf } from "../options/check.js";
import { describe, number, whole } from "../options/type.js";
import { usualScaling } from "../options/usual.js";
import { OPTIONS } from "../options.js";
import { atOnce, inParts } from "../pace.js";
import { arraysOf, type LayerWeights } from "../session/layout.js";
import type { LayerOptions, NetworkOptions } from "./options.js";
import { bytesOf, readSafetensors, type Tensor, writingSafetensors } from "./safetensors.js";
import { readStandardization, type Standardization, standardizationTensors } from "./standardize.js";

/**
 * Versions of this layout; a reader refuses a newer one. 1: weights alone. 2: scaled columns beside them, which a
 * reader of 1 would leave out. 3: how the columns of a table become inputs. 4: fused numerics.
 */
const VERSION = 4;
const versionOf = (options: ModelOptions) =>
  options.numerics === "fused" ? 4 : options.encoding ? 3 : isScaled(options) ? 2 : 1;
const isScaled = ({ standardize, scaling = usualScaling({ standardize }) }: ModelOptions) => scaling !== "none";
/** Changes whenever the same training gives other bits. */
export const NUMERICS_VERSION = 1;

/** What a model file says of a network besides its weights. */
export type ModelOptions = Required<Pick<NetworkOptions, (typeof REQUIRED)[number]>> &
  Pick<NetworkOptions, (typeof OPTIONAL)[number]>;

const REQUIRED = ["inputs", "layers", "activation", "output", "loss", "dtype", "seed", "shape", "scale"] as const;
const OPTIONAL = [
  ...(["classes", "slope", "delta", "quantile", "labelSmoothing", "dropout", "normalization", "residual"] as const),
  ...(["normEpsilon", "normMomentum", "inputNoise", "standardize", "scaling", "encoding", "numerics"] as const),
] as const;
const NAMES = [...REQUIRED, ...OPTIONAL];

/** Yields now and then. Throws E_NOT_FINITE when a weight is NaN or infinite. */
export function* writingModel(
  options: ModelOptions,
  weights: readonly LayerWeights[],
  standardization: Standardization | null = null,
): Generator<void, Bytes> {
  const dtype = options.dtype === "float64" ? "F64" : "F32";
  const tensors: Tensor[] = tensorsOf(options).map(({ name, shape, layer, array }) => ({
    ...{ name, dtype, shape, data: weights[layer]![array]! },
  }));
  for (const { name, data } of tensors) {
    yield* inParts(data.length, 1, (from, to) => {
      if (areFinite(data.subarray(from, to))) return;
      throw new InputError(
        "E_NOT_FINITE",
        `save: tensor "${name}" has a number that is not finite; train again with a smaller learning rate.`,
      );
    });
  }
  const { numerics: rounding, ...others } = options;
  const fingerprint = yield* fingerprintOf(weights, standardization, rounding);
  const own = {
    ...{ version: versionOf(options), numerics: NUMERICS_VERSION, fingerprint, ...others },
    ...(rounding === "fused" && { rounding }), // what are numerics elsewhere: that word is the version's here
  };
  const all = [...tensors, ...standardizationTensors(standardization)];
  return yield* writingSafetensors(all, { wasmlp: JSON.stringify(own) });
}

/** The same at once. */
export const writeModel = (...wanted: Parameters<typeof writingModel>): Bytes => atOnce(writingModel(...wanted));

/** Reads what writeModel wrote. Throws E_MODEL. */
export function readModel(
  bytes: Uint8Array,
  name?: string,
): { options: NetworkOptions; weights: LayerWeights[]; standardization: Standardization | null } {
  const file = name ?? "the file";
  const refuse = (found: string, wanted = "pass a model that wasmlp saved"): never => {
    throw new InputError("E_MODEL", `load: ${file} ${found}; ${wanted}.`);
  };
  const { tensors, metadata } = readSafetensors(bytes, name);
  if (metadata["wasmlp-checkpoint"] !== undefined) {
    return refuse("is a checkpoint of a training", "pass it to fit as resumeFrom, or pass a model that save gave");
  }
  if (metadata.wasmlp === undefined) {
    const todo = `pass a model that wasmlp saved, or import PyTorch's weights first: ${importLine(file)}`;
    return refuse('has no "wasmlp" in its metadata', todo);
  }
  let saved: unknown;
  try {
    saved = JSON.parse(metadata.wasmlp);
  } catch {
    return refuse("has metadata that is not JSON");
  }
  if (typeof saved !== "object" || saved === null) return refuse("has metadata that is not an object");
  const { version, numerics, rounding, fingerprint, ...rest } = saved as Record<string, unknown>;
  const newer = "use a newer release of wasmlp";
  if (!accepts(number(whole(1, VERSION)), version)) {
    return refuse(`has layout version ${show(version)}, this release reads up to ${VERSION}`, newer);
  }
  if (!accepts(number(whole(1)), numerics)) return refuse(`says its numerics are ${show(numerics)}`);
  if ((numerics as number) > NUMERICS_VERSION)
    return refuse(`has numerics ${numerics}, this release knows ${NUMERICS_VERSION}`, newer);
  const options = checkOptions({ ...rest, ...(rounding !== undefined && { numerics: rounding }) }, refuse);

  const wanted = options.dtype === "float64" ? "F64" : "F32";
  const take = (tensor: string, size: readonly number[]): Tensor["data"] => {
    const found = tensors.get(tensor);
    if (!found) return refuse(`has no tensor "${tensor}"`);
    if (found.dtype === wanted && found.shape.join() === size.join()) return found.data;
    return refuse(
      `has tensor "${tensor}" as ${found.dtype} [${found.shape.join(", ")}] instead of ${wanted} [${size.join(", ")}]`,
    );
  };
  const standardization = readStandardization(tensors, options.inputs, unitsOf(options.layers.at(-1)) as number);
  if (standardization === undefined || (standardization && !isScaled(options))) {
    return refuse("has means and deviations that are not those of its columns");
  }
  const expected = tensorsOf(options);
  const count = expected.length + standardizationTensors(standardization).length;
  if (tensors.size !== count) return refuse(`has ${tensors.size} tensors instead of ${count}`);
  const weights = options.layers.map((_, l) => {
    const own = expected.filter(({ layer }) => layer === l);
    return Object.fromEntries(
      own.map(({ name, shape, array }) => [array, take(name, shape)]),
    ) as unknown as LayerWeights;
  });
  if (weights.some((layer) => !arraysOf(layer).every(([, data]) => areFinite(data)))) {
    return refuse("has weights that are not finite");
  }
  // files of before there was one have none
  if (fingerprint !== undefined && fingerprint !== atOnce(fingerprintOf(weights, standardization, options.numerics))) {
    return refuse("has weights that are not those that were saved: some were changed since", "get the file again");
  }
  return { options, weights, standardization };
}

// The tensors of a file, and which array of which layer each is.
function tensorsOf(options: ModelOptions) {
  let place = 0; // in the sequence of modules
  return options.layers.flatMap((layer, l) => {
    const shape = shapeOf(options, l);
    const last = shape.normalization ? 2 : 1;
    const names = {
      ...{ weight: `${place}.weight`, bias: `${place}.bias` },
      ...{ gamma: `${place + 1}.weight`, beta: `${place + 1}.bias`, slope: `${place + last}.weight` },
      ...{ mean: `${place + 1}.running_mean`, variance: `${place + 1}.running_var` },
    };
    place += last + 1;
    const units = unitsOf(layer) as number;
    const inputs = l === 0 ? options.inputs : (unitsOf(options.layers[l - 1]) as number);
    return (["weight", ...vectorsOf(shape)] as const).map((array) => ({
      ...{ name: names[array], layer: l, array, shape: array === "weight" ? [units, inputs] : [units] },
    }));
  });
}

// What vectors a layer has follows from its activation and normalisation, its own or the network's.
function shapeOf({ layers, activation, output, normalization }: ModelOptions, l: number): LayerShape {
  const layer = layers[l]!;
  const own: Partial<LayerOptions> = typeof layer === "number" ? {} : layer;
  const hidden = l < layers.length - 1;
  const normal = own.normalization ?? (hidden ? normalization : "none");
  return {
    ...{ inputs: 0, units: 0, activation: own.activation ?? (hidden ? activation : output) },
    ...(normal && normal !== "none" && { normalization: normal }),
  };
}

// The options in a file: those that are always there, each of its type, and nothing else.
function checkOptions(found: Record<string, unknown>, refuse: (found: string) => never): ModelOptions {
  const unknown = Object.keys(found).find((name) => !(NAMES as readonly string[]).includes(name));
  if (unknown !== undefined) refuse(`has ${show(unknown)} among its options`);
  for (const name of NAMES) {
    const value = found[name];
    if (value === undefined && (OPTIONAL as readonly string[]).includes(name)) continue;
    if (value === undefined) refuse(`says nothing of its ${name}`);
    const { type } = OPTIONS[name];
    if (!accepts(type, value)) refuse(`says its ${name} is ${show(value)} instead of ${describe(type)}`);
  }
  return found as unknown as ModelOptions;
}

const COSTLY = 4; // a byte takes as long as so many numbers that are copied

/**
 * SHA-256 of all weights, biases and other vectors, layer by layer, and of what standardises, in hexadecimal; behind
 * "fused:" where fused numerics made them. Yields now and then.
 */
export function* fingerprintOf(
  weights: readonly LayerWeights[],
  standardization: Standardization | null,
  numerics: Numerics = "strict",
): Generator<void, string> {
  const hash = sha256.create();
  for (const [, values] of weights.flatMap(arraysOf)) {
    const bytes = bytesOf(values);
    yield* inParts(bytes.length, COSTLY, (from, to) => hash.update(bytes.subarray(from, to)));
  }
  for (const { data } of standardizationTensors(standardization)) hash.update(bytesOf(data));
  return `${numerics === "fused" ? "fused:" : ""}${bytesToHex(hash.digest())}`;
}

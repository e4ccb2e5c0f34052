// Models of others, out and in, as anybody calls for them. Readers, and what writes HDF5, are loaded when first wanted.

import type { OnnxOptions } from "./exchange/onnx-write.js";
import type { ImportFile, ImportOptions } from "./exchange/options.js";
import type { Bytes } from "./globals.js";
import type { Network } from "./network.js";

export { networkToOnnx, type OnnxOptions } from "./exchange/onnx-write.js";
export type { ImportFile, ImportOptions } from "./exchange/options.js";

/**
 * The network in files of others, which predicts what it predicted there and can be trained on. One file, or several that
 * belong together:
 *
 * ONNX models of MatMul, Gemm, Add, activations, normalisations; Keras's .keras and .h5, its weights alone (.weights.h5,
 * .h5) too, also with the JSON of the model; TensorFlow.js's model.json with the files that it names; PyTorch's state
 * dict in safetensors. Weights alone tell no activations, which are then asked for, and PyTorch's a linear output unless
 * `output` says otherwise.
 *
 * What stands before the first dense layer becomes scale and standardisation. A batch normalisation between a dense layer
 * and its activation stays one; any other is folded into the weights behind it. What is no stack of dense layers is
 * refused by the layer's name.
 *
 * Rejects with E_MODEL, E_OPTION, E_TOO_LARGE, E_HDF5_DAMAGED, E_HDF5_REFUSED, E_NOT_FINITE.
 *
 * @example const network = await importNetwork({ name: "model.keras", bytes: await readFile("model.keras") });
 */
export async function importNetwork(
  files: ImportFile | readonly ImportFile[],
  options: ImportOptions = {},
): Promise<Network> {
  return (await import("./exchange/apart.js")).importNetwork(files, options);
}

/**
 * A network as a .keras archive, which keras.models.load_model of Keras 3 is to read: a Sequential model in float32 that
 * takes raw numbers as predict takes them, by Rescaling and Normalization. The columns of a table are not part of it: its
 * inputs are then the encoded numbers, one for each of `inputNames`. It is not compiled. The layout was written by Keras's
 * source; no Keras has read it in this package's tests.
 *
 * Rejects with E_OPTION for residual layers and geluTanh, which such a model has not, E_NOT_FINITE, E_DISPOSED.
 */
export async function networkToKeras(network: Network, options: OnnxOptions = {}): Promise<Bytes> {
  return (await import("./exchange/apart.js")).networkToKeras(network, options);
}

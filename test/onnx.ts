// onnxruntime, WebAssembly on one thread, as a judge of ONNX models.

import * as ort from "onnxruntime-web/wasm";

ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";

/** An input of a model: rows of numbers, or a column of numbers or texts. */
export type OnnxInput = { readonly data: Float32Array | readonly string[]; readonly shape: readonly number[] };

/** The only output of a model. */
export async function runOnnx(model: Uint8Array, inputs: Readonly<Record<string, OnnxInput>>): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, { data, shape }]) => [
      name,
      data instanceof Float32Array
        ? new ort.Tensor("float32", data, shape)
        : new ort.Tensor("string", [...data], shape),
    ]),
  );
  const results = await session.run(feeds);
  await session.release();
  return results[session.outputNames[0]!]!.data as Float32Array;
}

/** Largest difference, relative to the largest number that was wanted. */
export function deviation(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  let [most, largest] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    const away = Math.abs(found[i]! - wanted[i]!);
    most = away > most || Number.isNaN(away) ? away : most;
    largest = Math.max(largest, Math.abs(wanted[i]!));
  }
  return found.length === wanted.length ? most / (largest || 1) : Number.NaN;
}

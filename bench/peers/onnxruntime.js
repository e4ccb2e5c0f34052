// onnxruntime: our own ONNX export in its WebAssembly build, on one thread. It only answers.

import * as ort from "onnxruntime-web/wasm";

ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";

async function create(work) {
  if (work.kind !== "inference") throw new Error("inference only");
  const session = await ort.InferenceSession.create(work.onnx, { executionProviders: ["wasm"] });
  const [input, output] = [session.inputNames[0], session.outputNames[0]];
  return async () => {
    const x = new ort.Tensor("float32", work.rows, [work.count, work.layers[0]]);
    return (await session.run({ [input]: x }))[output].data[0];
  };
}

export const peers = { "onnxruntime-web": create };

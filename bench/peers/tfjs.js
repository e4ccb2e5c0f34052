// TensorFlow.js: one graph of tensors per step, its own optimizers. Backend "cpu" is plain JavaScript, "wasm" XNNPACK.

import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";

const create = (backend) => async (work) => {
  await tf.setBackend(backend);
  await tf.ready();
  if (work.kind === "product") {
    const a = tf.tensor2d(work.a, [work.n, work.n]);
    const b = tf.tensor2d(work.b, [work.n, work.n]);
    return () => {
      const c = tf.matMul(a, b);
      const [first] = c.dataSync();
      c.dispose();
      return first;
    };
  }
  if (work.kind === "inference") return answers(work);
  const variables = work.weights.map(({ weight, bias }, l) => ({
    w: tf.variable(tf.tensor2d(weight, [work.layers[l + 1], work.layers[l]]).transpose()),
    b: tf.variable(tf.tensor1d(bias)),
  }));
  const rows = tf.tensor2d(
    Float32Array.from(work.x, (v) => v * work.scale),
    [work.count, work.layers[0]],
  );
  const binary = work.layers[work.layers.length - 1] === 1;
  const targets = binary
    ? tf.tensor2d(Float32Array.from(work.y), [work.count, 1])
    : tf.oneHot(tf.tensor1d(work.y, "int32"), work.classes).toFloat();
  const batches = [];
  for (let i = 0; i < work.count; i += work.batch) {
    const m = Math.min(work.batch, work.count - i);
    batches.push([rows.slice([i, 0], [m, -1]), targets.slice([i, 0], [m, -1])]);
  }
  const optimizer = work.optimizer === "adam" ? tf.train.adam(work.rate, 0.9, 0.999, 1e-8) : tf.train.sgd(work.rate);
  let next = 0;
  return () => {
    const [x, y] = batches[next++ % batches.length];
    const cost = optimizer.minimize(() => {
      let a = x;
      variables.forEach(({ w, b }, l) => {
        a = a.matMul(w).add(b);
        if (l < variables.length - 1) a = a.relu();
      });
      return binary ? tf.losses.sigmoidCrossEntropy(y, a) : tf.losses.softmaxCrossEntropy(y, a);
    }, true);
    const value = cost.dataSync()[0];
    cost.dispose();
    return value;
  };
};

function answers({ layers, weights, rows, count }) {
  const parameters = weights.map(({ weight, bias }, l) => ({
    w: tf.keep(tf.tensor2d(weight, [layers[l + 1], layers[l]]).transpose()),
    b: tf.keep(tf.tensor1d(bias)),
  }));
  return () => {
    const outputs = tf.tidy(() => {
      let a = tf.tensor2d(rows, [count, layers[0]]);
      parameters.forEach(({ w, b }, l) => {
        a = a.matMul(w).add(b);
        a = l < parameters.length - 1 ? a.relu() : a.softmax();
      });
      return a;
    });
    const [first] = outputs.dataSync();
    outputs.dispose();
    return first;
  };
}

export const peers = { "tfjs wasm": create("wasm"), "tfjs cpu": create("cpu") };

// jax-js: the whole step, gradients and update, in one jit. In Node it runs on one thread.

import { init, jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";

async function create(work) {
  const devices = await init("wasm");
  if (!devices.includes("wasm")) throw new Error("no wasm device");
  if (work.kind === "product") {
    const a = np.array(work.a).reshape([work.n, work.n]);
    const b = np.array(work.b).reshape([work.n, work.n]);
    const product = jit((p, q) => np.matmul(p, q));
    return async () => (await product(a.ref, b.ref).data())[0];
  }
  const layers = work.weights.length;
  if (work.kind === "inference") {
    const values = work.weights.flatMap(({ weight, bias }, l) => [
      np
        .array(weight)
        .reshape([work.layers[l + 1], work.layers[l]])
        .transpose(),
      np.array(bias),
    ]);
    const answer = jit((parameters, x) => {
      let a = x;
      for (let l = 0; l < layers; l++) {
        a = np.matmul(a, parameters[2 * l]).add(parameters[2 * l + 1]);
        a = l < layers - 1 ? nn.relu(a) : nn.softmax(a);
      }
      return a;
    });
    return async () => {
      const x = np.array(work.rows).reshape([work.count, work.layers[0]]);
      const outputs = answer(
        values.map((value) => value.ref),
        x,
      );
      return (await outputs.data())[0];
    };
  }
  const binary = work.layers[layers] === 1;
  // x·w + b with w (inputs, outputs)
  let parameters = work.weights.flatMap(({ weight, bias }, l) => [
    np
      .array(weight)
      .reshape([work.layers[l + 1], work.layers[l]])
      .transpose(),
    np.array(bias),
  ]);
  const cost = (values, x, y) => {
    let a = x;
    for (let l = 0; l < layers; l++) {
      a = np.matmul(a, values[2 * l]).add(values[2 * l + 1]);
      if (l < layers - 1) a = nn.relu(a);
    }
    if (binary) {
      // max(z, 0) − z·y + log(1 + e^−|z|)
      const soft = np.log1p(np.exp(np.absolute(a.ref).neg()));
      return np.mean(np.maximum(a.ref, 0).sub(a.mul(y)).add(soft));
    }
    return np.mean(np.sum(nn.logSoftmax(a).mul(y), -1)).neg();
  };
  const adam = work.optimizer === "adam";
  const zeros = () => parameters.map((p) => np.zeros(p.shape));
  let [v, s] = adam ? [zeros(), zeros()] : [[], []];
  const update = jit((values, first, second, x, y, rate, root) => {
    const [value, gradients] = valueAndGrad(cost)(
      values.map((p) => p.ref),
      x,
      y,
    );
    if (!adam) {
      return [value, values.map((p, i) => p.sub(gradients[i].mul(rate.ref))), [], []];
    }
    const nextV = first.map((m, i) => m.mul(0.9).add(gradients[i].ref.mul(0.1)));
    const nextS = second.map((m, i) => m.mul(0.999).add(np.square(gradients[i]).mul(0.001)));
    const next = values.map((p, i) =>
      p.sub(nextV[i].ref.mul(rate.ref).div(np.sqrt(nextS[i].ref).mul(root.ref).add(1e-8))),
    );
    return [value, next, nextV, nextS];
  });
  const batches = [];
  for (let i = 0; i < work.count; i += work.batch) {
    const m = Math.min(work.batch, work.count - i);
    const x = Float32Array.from(work.x.subarray(i * work.layers[0], (i + m) * work.layers[0]), (p) => p * work.scale);
    const width = binary ? 1 : work.classes;
    const y = new Float32Array(m * width);
    for (let j = 0; j < m; j++) {
      if (binary) y[j] = work.y[i + j];
      else y[j * width + work.y[i + j]] = 1;
    }
    batches.push([np.array(x).reshape([m, work.layers[0]]), np.array(y).reshape([m, width])]);
  }
  let step = 0;
  return async () => {
    const [x, y] = batches[step++ % batches.length];
    const rate = adam ? work.rate / (1 - 0.9 ** step) : work.rate;
    const root = adam ? 1 / Math.sqrt(1 - 0.999 ** step) : 1;
    const result = update(parameters, v, s, x.ref, y.ref, np.array([rate]), np.array([root]));
    let value;
    [value, parameters, v, s] = result;
    return (await value.data())[0];
  };
}

export const peers = { "jax-js wasm": create };

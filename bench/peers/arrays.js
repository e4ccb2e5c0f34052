// Array libraries: products of matrices, and with numpy-ts the course's network written out by hand.

import { Matrix } from "ml-matrix";
import * as np from "numpy-ts";

function numpyTs(work) {
  if (work.kind === "product") {
    const a = np.array(work.a).reshape([work.n, work.n]);
    const b = np.array(work.b).reshape([work.n, work.n]);
    return () => np.matmul(a, b).get([0, 0]);
  }
  if (work.kind !== "train") throw new Error("a product and a training only");
  if (work.optimizer !== "sgd" || work.classes !== 2) throw new Error("the course's network only");
  return student(work);
}

// Binary cross-entropy, relu layers and a sigmoid; a (m, units), w (inputs, units).
function student({ x, y, weights, layers, scale, rate, count }) {
  const inputs = np.array(Float32Array.from(x, (v) => v * scale)).reshape([count, layers[0]]);
  const targets = np.array(Float32Array.from(y)).reshape([count, 1]);
  const ones = np.array(new Float32Array(count).fill(1)).reshape([1, count]);
  const parameters = weights.map(({ weight, bias }, l) => ({
    w: np.array(
      np
        .array(weight)
        .reshape([layers[l + 1], layers[l]])
        .T.toArray(),
      "float32",
    ),
    b: np.array(bias).reshape([1, layers[l + 1]]),
  }));
  return () => {
    const activations = [inputs];
    for (const [l, { w, b }] of parameters.entries()) {
      const z = np.matmul(activations[l], w).add(b);
      const last = l === parameters.length - 1;
      activations.push(last ? np.divide(np.array([1], "float32"), np.exp(z.multiply(-1)).add(1)) : np.maximum(z, 0));
    }
    const p = activations[parameters.length].data;
    let cost = 0;
    for (let i = 0; i < count; i++) cost -= Math.log(y[i] ? p[i] : 1 - p[i]) / count;
    let dz = activations[parameters.length].subtract(targets).multiply(1 / count);
    for (let l = parameters.length - 1; l >= 0; l--) {
      const { w, b } = parameters[l];
      const a = activations[l];
      const dw = np.matmul(a.T, dz);
      const db = np.matmul(ones, dz);
      if (l > 0) dz = np.matmul(dz, w.T).multiply(np.greater(a, 0).astype("float32"));
      parameters[l] = { w: w.subtract(dw.multiply(rate)), b: b.subtract(db.multiply(rate)) };
    }
    return cost;
  };
}

function mlMatrix(work) {
  if (work.kind !== "product") throw new Error("a product only: it has no gradients");
  const a = Matrix.from1DArray(work.n, work.n, work.a);
  const b = Matrix.from1DArray(work.n, work.n, work.b);
  return () => a.mmul(b).get(0, 0);
}

export const peers = { "numpy-ts": numpyTs, "ml-matrix": mlMatrix };

// Array libraries: products of matrices, and with numpy-ts the course's network written out by hand.

import { Matrix } from "ml-matrix";
import * as np from "numpy-ts";

function numpyTs(work) {
  if (work.kind === "product") {
    const a = np.array(work.a).reshape([work.n, work.n]);
    const b = np.array(work.b).reshape([work.n, work.n]);
    return { step: () => void np.matmul(a, b) };
  }
  throw new Error("a product only: it has no gradients");
}

function mlMatrix(work) {
  if (work.kind !== "product") throw new Error("a product only: it has no gradients");
  const a = Matrix.from1DArray(work.n, work.n, work.a);
  const b = Matrix.from1DArray(work.n, work.n, work.b);
  return { step: () => void a.mmul(b) };
}

export const peers = [
  { name: "numpy-ts", precision: "float32", threads: 1, create: numpyTs },
  { name: "ml-matrix", precision: "float64", threads: 1, create: mlMatrix },
];

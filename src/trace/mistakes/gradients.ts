// Mistakes in the gradients of weights and biases.

import type { Values } from "../formulas.js";
import { columnSums, type Matrix, map, matrix, product, rowSums, scalar, times, total, turn } from "../matrix.js";
import { factors, type Mistake, read, right } from "./row.js";

const dwOf = (dz: Matrix, x: Matrix, m: number) => {
  const sum = product(dz, turn(x));
  return sum && times(sum, 1 / m);
};

export const ofDw: Mistake[] = [
  ...factors("dW", [
    ["no-mean", "the sum over the examples without 1/m", (v) => v.m],
    ["mean-twice", "the right value divided by m again: 1/m twice", (v) => 1 / v.m],
    ["sign", "the right value with the sign turned", () => -1],
    ["no-mean-sign", "the sum without 1/m, with the sign turned", (v) => -v.m],
    [
      "by-units",
      "the sum divided by the layer's units instead of the m examples (A.shape[0] for A.shape[1])",
      (v, l) => v.m / v.about.layers[l]!,
    ],
    [
      "by-inputs",
      "the sum divided by the layer's inputs instead of the m examples (A.shape[0] for A.shape[1])",
      (v, l) => v.m / v.about.layers[l - 1]!,
    ],
    ["by-elements", "a mean over all elements: 1/m and the units' number", (v, l) => 1 / v.about.layers[l]!],
    ["with-rate", "the right value times the learning rate already", (v) => v.about.learningRate],
    ["doubled", "twice the right value", () => 2],
    ["halved", "half the right value", () => 0.5],
  ]),
  {
    id: "da-for-dz",
    gives: (v, l) => dwOf(v.get("dA", l), read(v, l), v.m),
    says: "dA{l} · {x}ᵀ / m, from dA{l} instead of dZ{l}",
  },
  {
    id: "own-activation",
    gives: (v, l) => dwOf(v.get("dZ", l), v.get("A", l), v.m),
    says: "dZ{l} · A{l}ᵀ / m, with the layer's own outputs instead of {x}",
  },
  {
    id: "z-for-a",
    gives: (v, l) => (l > 1 ? dwOf(v.get("dZ", l), v.get("Z", l - 1), v.m) : null),
    says: "dZ{l} · Z{p}ᵀ / m, with Z{p} instead of A{p}",
  },
  {
    id: "inputs-again",
    gives: (v, l) => (l > 1 ? dwOf(v.get("dZ", l), v.get("A0"), v.m) : null),
    says: "dZ{l} · A0ᵀ / m, with the inputs instead of A{p}",
  },
  {
    id: "z-own",
    gives: (v, l) => dwOf(v.get("Z", l), read(v, l), v.m),
    says: "Z{l} · {x}ᵀ / m, from Z{l} instead of dZ{l}",
  },
  {
    id: "transposed",
    gives: (v, l) => {
      const dw = right("dW")(v, l);
      return dw && turn(dw);
    },
    says: "the right value transposed",
  },
  {
    id: "sum-of-gradient",
    gives: (v, l) => {
      const dw = right("dW")(v, l);
      return dw && map(dw, () => total(dw));
    },
    says: "the sum of all elements in each of them",
  },
  {
    id: "bias-for-weight",
    gives: (v, l) => {
      const db = times(rowSums(v.get("dZ", l)), 1 / v.m);
      return matrix(v.about.layers[l]!, v.about.layers[l - 1]!, (r) => db.data[r]!);
    },
    says: "db{l} in each column: the product with {x} is missing",
  },
];

export const ofDb: Mistake[] = [
  ...factors("db", [
    ["no-mean", "the sum over the examples without 1/m", (v) => v.m],
    ["mean-twice", "the right value divided by m again, as of numpy.mean with a 1/m before it", (v) => 1 / v.m],
    ["sign", "the right value with the sign turned", () => -1],
    ["no-mean-sign", "the sum without 1/m, with the sign turned", (v) => -v.m],
    ["by-units", "the sum divided by the layer's units instead of the m examples", (v, l) => v.m / v.about.layers[l]!],
    [
      "by-inputs",
      "the sum divided by the layer's inputs instead of the m examples",
      (v, l) => v.m / v.about.layers[l - 1]!,
    ],
    ["zeros", "0: the bias has no gradient", () => 0],
    ["with-rate", "the right value times the learning rate already", (v) => v.about.learningRate],
    ["doubled", "twice the right value", () => 2],
    ["halved", "half the right value", () => 0.5],
  ]),
  ...(
    [
      [
        "sum-over-all",
        "a sum over all units and examples: numpy.sum wants axis=1, keepdims=True",
        (v, dz) => total(dz) / v.m,
      ],
      [
        "sum-over-all",
        "a sum over all units and examples without 1/m: numpy.sum wants axis=1, keepdims=True",
        (_, dz) => total(dz),
      ],
      [
        "mean-over-all",
        "a mean over all units and examples: numpy.mean wants axis=1, keepdims=True",
        (_, dz) => total(dz) / dz.data.length,
      ],
      [
        "mean-over-all",
        "a mean over all units and examples, and 1/m again: numpy.sum wants axis=1, keepdims=True",
        (v, dz) => total(dz) / dz.data.length / v.m,
      ],
    ] as readonly (readonly [string, string, (v: Values, dz: Matrix) => number])[]
  ).flatMap(([id, says, f]) => [
    { id, says, gives: (v: Values, l: number) => scalar(f(v, v.get("dZ", l))) },
    { id, says, gives: (v: Values, l: number) => map(v.get("b", l), () => f(v, v.get("dZ", l))) },
  ]),
  ...(
    [
      ["a sum over the units instead of the examples: axis=0 for axis=1", (v, sums) => times(sums, 1 / v.m)],
      ["a sum over the units instead of the examples, without 1/m: axis=0 for axis=1", (_, sums) => sums],
      [
        "a mean over the units instead of the examples: axis=0 for axis=1",
        (v, sums, l) => times(sums, 1 / v.about.layers[l]!),
      ],
    ] as readonly (readonly [string, (v: Values, sums: Matrix, l: number) => Matrix])[]
  ).map(([says, f]) => ({
    id: "wrong-axis",
    says,
    gives: (v: Values, l: number) => f(v, columnSums(v.get("dZ", l)), l),
  })),
  {
    id: "da-for-dz",
    gives: (v, l) => times(rowSums(v.get("dA", l)), 1 / v.m),
    says: "the mean of dA{l} instead of dZ{l}",
  },
  {
    id: "not-summed",
    gives: (v, l) => times(v.get("dZ", l), 1 / v.m),
    says: "dZ{l}/m: the sum over the examples is missing",
  },
  { id: "not-summed", gives: (v, l) => v.get("dZ", l), says: "dZ{l} itself: the sum over the examples is missing" },
  { id: "sum-of-dw", gives: (v, l) => rowSums(v.get("dW", l)), says: "the sum of dW{l}'s rows instead of dZ{l}'s" },
];

// Mistakes in what goes back through the layers: dA and dZ.

import { activated, type Formula, slopes, type Values } from "../formulas.js";
import { hasSides, map, matrix, product, turn, zip } from "../matrix.js";
import { BROADCAST, factors, isRelu, last, type Mistake, multiply, ofAllPairs } from "./row.js";

const atOutput =
  (formula: Formula): Formula =>
  (v, l) =>
    l === last(v) ? formula(v, l) : null;
const inside =
  (formula: Formula): Formula =>
  (v, l) =>
    l < last(v) ? formula(v, l) : null;

const outputDa = (f: (p: number, y: number) => number): Formula =>
  atOutput((v, l) =>
    v.about.loss === "binaryCrossEntropy"
      ? zip(v.get("A", l), v.get("Y"), (p, y) => f(p, y) / v.about.layers[l]!)
      : null,
  );

export const ofDa: Mistake[] = [
  {
    id: "weight-transposed",
    gives: inside((v, l) => product(v.get("W", l + 1), v.get("dZ", l + 1))),
    says: "W{n} · dZ{n}, without transposing W{n}",
  },
  {
    id: "updated-early",
    gives: inside((v, l) => product(turn(v.get("W_after", l + 1)), v.get("dZ", l + 1))),
    says: "what W{n} gives after its update: layer {n} is updated before layer {l}'s gradient is taken",
    advice: "update all layers at the end of the iteration",
  },
  {
    id: "da-for-dz",
    gives: inside((v, l) => product(turn(v.get("W", l + 1)), v.get("dA", l + 1))),
    says: "W{n}ᵀ · dA{n}, from dA{n} instead of dZ{n}",
  },
  {
    id: "error-passed-on",
    gives: inside((v, l) => {
      const dz = v.get("dZ", l + 1);
      return dz.rows === v.about.layers[l] || dz.rows === 1
        ? matrix(v.about.layers[l]!, v.m, (r, c) => dz.data[(dz.rows === 1 ? 0 : r) * v.m + c]!)
        : null;
    }),
    says: "dZ{n} itself: the product with W{n}ᵀ is missing",
  },
  {
    id: "sign",
    gives: outputDa((p, y) => y / p - (1 - y) / (1 - p)),
    says: "the derivative with the sign turned: the minus before the bracket is missing",
  },
  {
    id: "da-term-sign",
    gives: outputDa((p, y) => -(y / p + (1 - y) / (1 - p))),
    says: "−(Y/A + (1 − Y)/(1 − A)): the sign inside the bracket is turned",
  },
  {
    id: "da-no-bracket",
    gives: outputDa((p, y) => -y / p - (1 - y) / (1 - p)),
    says: "−Y/A − (1 − Y)/(1 − A): the bracket is missing",
  },
  {
    id: "da-first-term",
    gives: outputDa((p, y) => -y / p),
    says: "−Y/A alone: the second term, + (1 − Y)/(1 − A), is missing",
  },
  {
    id: "da-second-term",
    gives: outputDa((p, y) => (1 - y) / (1 - p)),
    says: "(1 − Y)/(1 − A) alone: the first term, −Y/A, is missing",
  },
  {
    id: "da-swapped",
    gives: outputDa((p, y) => -(p / y - (1 - p) / (1 - y))),
    says: "the derivative with Y and A swapped",
  },
  {
    id: "da-error",
    gives: outputDa((p, y) => p - y),
    says: "A{l} − Y, which is dZ{l}; the activation's derivative must not be multiplied to it again",
  },
  { id: "da-error-turned", gives: outputDa((p, y) => y - p), says: "Y − A{l}, which is −dZ{l}" },
  { id: "da-squared", gives: outputDa((p, y) => 2 * (p - y)), says: "2·(A{l} − Y), the squared error's derivative" },
  { id: "da-ones", gives: outputDa(() => 1), says: "1 everywhere: the loss's derivative is missing" },
  ...factors("dA", [
    ["sign", "the right value with the sign turned", () => -1],
    [
      "mean-here",
      "the right value divided by m: the 1/m comes with dW and db, and here it comes twice",
      (v) => 1 / v.m,
    ],
    ["times-m", "the right value times m", (v) => v.m],
  ]),
];

const maskOf = (v: Values, l: number) => slopes(v, l, v.get("Z", l));

/** Wrong slopes that dA is multiplied by. */
const WRONG_SLOPES: readonly (readonly [id: string, says: string, slope: Formula])[] = [
  [
    "no-derivative",
    "dA{l} itself: the derivative of layer {l}'s activation is missing",
    (v, l) => map(v.get("Z", l), () => 1),
  ],
  [
    "relu-at-zero",
    "what Z >= 0 (or dZ[Z < 0] = 0) gives where Z{l} is exactly 0: relu's derivative at 0 is 0",
    (v, l) => (isRelu(v, l) ? map(v.get("Z", l), (z) => Number(z >= 0)) : null),
  ],
  [
    "relu-derivative",
    "dA{l} · (Z{l} > 0), relu's derivative, where the activation is another",
    (v, l) => (isRelu(v, l) ? null : map(v.get("Z", l), (z) => Number(z > 0))),
  ],
  [
    "sigmoid-derivative",
    "dA{l} · s·(1 − s) with s = sigmoid(Z{l}): the sigmoid's derivative, where the activation is another",
    (v, l) => slopes(v, l, v.get("Z", l), "sigmoid"),
  ],
  [
    "tanh-derivative",
    "dA{l} · (1 − tanh(Z{l})²): tanh's derivative, where the activation is another",
    (v, l) => slopes(v, l, v.get("Z", l), "tanh"),
  ],
  [
    "derivative-of-a",
    "the activation's derivative taken at A{l} instead of Z{l}",
    (v, l) => slopes(v, l, v.get("A", l)),
  ],
  ["derivative-a-only", "dA{l} · A{l}: the activation itself, or half of its derivative", (v, l) => v.get("A", l)],
  [
    "derivative-one-minus-a",
    "dA{l} · (1 − A{l}): the factor A{l} of the derivative is missing",
    (v, l) => map(v.get("A", l), (a) => 1 - a),
  ],
  [
    "derivative-from-z",
    "dA{l} · Z{l}·(1 − Z{l}): the derivative's formula in A{l} with Z{l} put in",
    (v, l) => map(v.get("Z", l), (z) => z * (1 - z)),
  ],
  [
    "derivative-from-a",
    "dA{l} · A{l}·(1 − A{l}): the sigmoid's derivative, where the activation is another",
    (v, l) => map(v.get("A", l), (a) => a * (1 - a)),
  ],
  [
    "derivative-from-z",
    "dA{l} · (1 − Z{l}²): the derivative's formula in A{l} with Z{l} put in",
    (v, l) => map(v.get("Z", l), (z) => 1 - z * z),
  ],
  [
    "square-missing",
    "dA{l} · (1 − A{l}), where tanh's derivative is 1 − A{l}²",
    (v, l) => map(v.get("A", l), (a) => 1 - a),
  ],
  [
    "square-outside",
    "dA{l} · (1 − A{l})², where tanh's derivative is 1 − A{l}²",
    (v, l) => map(v.get("A", l), (a) => (1 - a) ** 2),
  ],
  [
    "derivative-plus",
    "dA{l} · (1 + A{l}²), with a sign turned in tanh's derivative",
    (v, l) => map(v.get("A", l), (a) => 1 + a * a),
  ],
  [
    "derivative-plus",
    "dA{l} · A{l}·(1 + A{l}), with a sign turned in the sigmoid's derivative",
    (v, l) => map(v.get("A", l), (a) => a * (1 + a)),
  ],
  [
    "relu-mask-turned",
    "dA{l} where Z{l} is not above 0: the mask is turned round",
    (v, l) => map(v.get("Z", l), (z) => Number(z <= 0)),
  ],
  [
    "leaky-derivative",
    "dA{l} with the slope 0.01 below 0: leakyRelu's derivative",
    (v, l) => slopes(v, l, v.get("Z", l), "leakyRelu"),
  ],
  ["derivative-squared", "dA{l} times the activation's derivative twice", (v, l) => map(maskOf(v, l), (s) => s * s)],
  ["times-z", "dA{l} · Z{l}", (v, l) => v.get("Z", l)],
  [
    "mask-of-layer-before",
    "dA{l} masked by Z{p}: the cache of another layer",
    (v, l) => (l > 1 ? slopes(v, l - 1, v.get("Z", l - 1)) : null),
  ],
  [
    "mask-of-layer-after",
    "dA{l} masked by Z{n}: the cache of another layer",
    (v, l) => slopes(v, l, v.get("Z", l + 1)),
  ],
];

const outputDz = (f: (a: number, y: number, z: number) => number): Formula =>
  atOutput((v, l) => {
    const [y, z] = [v.get("Y"), v.get("Z", l)];
    const a = v.get("A", l);
    return hasSides(a, y.rows, y.columns) ? map(a, (value, i) => f(value, y.data[i]!, z.data[i]!)) : null;
  });

export const ofDz: Mistake[] = [
  { id: "sign", gives: outputDz((a, y) => y - a), says: "Y − A{l}: the sign is turned, and the update climbs" },
  {
    id: "extra-derivative",
    gives: outputDz((a, y) => (a - y) * a * (1 - a)),
    says: "(A{l} − Y) · A{l}·(1 − A{l}): the sigmoid's derivative is multiplied to a difference that has it already",
  },
  { id: "dz-doubled", gives: outputDz((a, y) => 2 * (a - y)), says: "2·(A{l} − Y): the squared error's factor" },
  { id: "dz-outputs", gives: outputDz((a) => a), says: "A{l}: − Y is missing" },
  { id: "dz-absolute", gives: outputDz((a, y) => Math.abs(a - y)), says: "|A{l} − Y|" },
  { id: "dz-squared", gives: outputDz((a, y) => (a - y) ** 2), says: "(A{l} − Y)²" },
  {
    id: "dz-predictions",
    gives: outputDz((a, y) => Number(a > 0.5) - y),
    says: "the prediction (A{l} > 0.5) − Y instead of A{l} − Y",
  },
  { id: "dz-from-z", gives: outputDz((_, y, z) => z - y), says: "Z{l} − Y, from the value before the activation" },
  {
    id: "labels-broadcast",
    gives: atOutput((v) => ofAllPairs(v, (a, y) => a - y)),
    says: `a table: ${BROADCAST}`,
    advice: "write Y = Y.reshape(A.shape)",
  },
  {
    id: "ones-for-da",
    gives: (v, l) => maskOf(v, l),
    says: "the activation's derivative alone, with 1 in place of dA{l}",
  },
  ...WRONG_SLOPES.map(([id, says, slope]) => ({
    id,
    gives: (v: Values, l: number) => {
      const by = slope(v, l);
      return by && multiply(v.get("dA", l), by);
    },
    says,
  })),
  {
    id: "mask-of-da",
    gives: (v, l) => map(v.get("dA", l), (da) => Math.max(da, 0)),
    says: "dA{l} where dA{l} itself is above 0: the mask must be of Z{l}, dZ[Z <= 0] = 0",
  },
  {
    id: "mask-of-both",
    gives: (v, l) =>
      zip(
        map(v.get("dA", l), (da) => Math.max(da, 0)),
        v.get("Z", l),
        (da, z) => (z > 0 ? da : 0),
      ),
    says: "dA{l} where both dA{l} and Z{l} are above 0: only the mask of Z{l} belongs there",
  },
  {
    id: "activated",
    gives: (v, l) => activated(v, l, v.get("dA", l)),
    says: "the activation of dA{l} instead of its derivative at Z{l} times dA{l}",
  },
  ...factors("dZ", [
    ["sign", "the right value with the sign turned", () => -1],
    [
      "mean-here",
      "the right value divided by m: the 1/m comes with dW and db, and here it comes twice",
      (v) => 1 / v.m,
    ],
    ["times-m", "the right value times m", (v) => v.m],
  ]),
];

// The known mistakes: for each kind of value the wrong formulas that people write, in the order in which they are tried,
// with what is said of them. A row that gives exactly a program's number, from the program's own values, is its mistake.
// What is wrong with inputs, labels and first weights, which nothing is computed from, is roots.ts's.

import { log64 } from "../math.js";
import { activated, costOf, FORMULAS, type Formula, type Kind, slopes, type Values } from "./formulas.js";
import {
  columnSums,
  hasSides,
  type Matrix,
  map,
  matrix,
  product,
  rowSums,
  scalar,
  times,
  total,
  turn,
  zip,
} from "./matrix.js";

export interface Mistake {
  /** A stable name. */
  readonly id: string;
  readonly gives: Formula;
  /** What it is, after "it is", with the values' names as inWords has them. */
  readonly says: string;
  /** What to do where it is not to write the right line. */
  readonly advice?: string;
}

/** Names in a sentence: {l} the layer, {p} the one before, {n} the one after; {x} what the layer reads. */
export const inWords = (text: string, l: number): string =>
  text
    .replaceAll("{x}", `A${l - 1}`)
    .replaceAll("{l}", String(l))
    .replaceAll("{p}", String(l - 1))
    .replaceAll("{n}", String(l + 1));

const last = (v: Values) => v.about.activations.length;
const read = (v: Values, l: number) => (l === 1 ? v.get("A0") : v.get("A", l - 1));
const isRelu = (v: Values, l: number) => v.about.activations[l - 1] === "relu";
const right = (kind: Kind): Formula => FORMULAS[kind]![0]!;
const sigmoid = (v: Values, l: number, z: Matrix) => activated(v, l, z, "sigmoid");
const multiply = (a: Matrix, b: Matrix) => zip(a, b, (x, y) => x * y);

/** Z without its bias, of other matrices than W and A. */
const weighed = (w: Matrix, x: Matrix, b: Matrix): Matrix | null => {
  const z = product(w, x);
  return z && b.rows === z.rows ? map(z, (value, i) => value + b.data[Math.floor(i / z.columns)]!) : null;
};

const NAMED = ["relu", "sigmoid", "tanh", "leakyRelu", "linear", "softplus", "elu", "gelu", "silu"] as const;

const ofZ: Mistake[] = [
  {
    id: "no-bias",
    gives: (v, l) => product(v.get("W", l), read(v, l)),
    says: "W{l} · {x} alone, without the bias b{l}",
  },
  {
    id: "bias-subtracted",
    gives: (v, l) => weighed(v.get("W", l), read(v, l), times(v.get("b", l), -1)),
    says: "W{l} · {x} − b{l}, with the bias's sign turned",
  },
  {
    id: "bias-twice",
    gives: (v, l) => weighed(v.get("W", l), read(v, l), times(v.get("b", l), 2)),
    says: "W{l} · {x} + 2·b{l}, with the bias added twice",
  },
  {
    id: "bias-across",
    gives: (v, l) => {
      const [z, b] = [product(v.get("W", l), read(v, l)), v.get("b", l).data];
      return z && b.length === z.columns ? map(z, (value, i) => value + b[i % z.columns]!) : null;
    },
    says: "W{l} · {x} with b{l} added along the examples, as a b{l} of shape (n,) is: one for each example rather than each unit",
    advice: "give b{l} the shape (n, 1)",
  },
  {
    id: "weight-transposed",
    gives: (v, l) => weighed(turn(v.get("W", l)), read(v, l), v.get("b", l)),
    says: "what W{l} transposed gives",
  },
  {
    id: "z-for-a",
    gives: (v, l) => (l === 1 ? null : weighed(v.get("W", l), v.get("Z", l - 1), v.get("b", l))),
    says: "W{l} · Z{p} + b{l}, from the values before layer {p}'s activation instead of A{p}",
  },
  {
    id: "inputs-again",
    gives: (v, l) => (l === 1 ? null : weighed(v.get("W", l), v.get("A0"), v.get("b", l))),
    says: "W{l} · A0 + b{l}, from the inputs instead of A{p}",
  },
  {
    id: "updated-early",
    gives: (v, l) => weighed(v.get("W_after", l), read(v, l), v.get("b_after", l)),
    says: "what W{l} and b{l} give after their update: the weights are updated before they are used",
    advice: "update all layers at the end of the iteration",
  },
  {
    id: "weight-updated-early",
    gives: (v, l) => weighed(v.get("W_after", l), read(v, l), v.get("b", l)),
    says: "what W{l} gives after its update: the weights are updated before they are used",
    advice: "update all layers at the end of the iteration",
  },
  {
    id: "activated-already",
    gives: (v, l) => activated(v, l, right("Z")(v, l)!),
    says: "the layer's activation of W{l} · {x} + b{l}: what is saved as Z{l} is A{l}",
    advice: "save Z{l} before the activation",
  },
];

const ofA: Mistake[] = [
  {
    id: "sigmoid-twice",
    gives: (v, l) => sigmoid(v, l, sigmoid(v, l, v.get("Z", l))),
    says: "sigmoid(sigmoid(Z{l})): the sigmoid is applied twice",
  },
  ...NAMED.map((name) => ({
    id: name === "linear" ? "no-activation" : `activation-${name}`,
    gives: (v: Values, l: number) =>
      v.about.activations[l - 1] === name ? null : activated(v, l, v.get("Z", l), name),
    says: name === "linear" ? "Z{l} itself: the activation is missing" : `${name}(Z{l}), another activation`,
  })),
  {
    id: "relu-then-sigmoid",
    gives: (v, l) => sigmoid(v, l, activated(v, l, v.get("Z", l), "relu")),
    says: "sigmoid(relu(Z{l})): two activations, one after the other",
  },
  {
    id: "activation-twice",
    gives: (v, l) => activated(v, l, activated(v, l, v.get("Z", l))),
    says: "the activation of A{l}: it is applied twice",
  },
  {
    id: "exponent-sign",
    gives: (v, l) => activated(v, l, times(v.get("Z", l), -1)),
    says: "the activation of −Z{l}: 1/(1 + exp(Z)) where 1/(1 + exp(−Z)) is meant",
  },
  {
    id: "relu-turned",
    gives: (v, l) => map(v.get("Z", l), (z) => Math.min(z, 0)),
    says: "minimum(Z{l}, 0): the relu keeps what is below 0",
  },
  { id: "absolute", gives: (v, l) => map(v.get("Z", l), Math.abs), says: "abs(Z{l}), no relu" },
  {
    id: "relu-mask",
    gives: (v, l) => (isRelu(v, l) ? map(v.get("Z", l), (z) => Number(z > 0)) : null),
    says: "Z{l} > 0 as 0 and 1: relu's slope instead of relu",
  },
  {
    id: "activation-slope",
    gives: (v, l) => slopes(v, l, v.get("Z", l)),
    says: "the activation's slope at Z{l} instead of the activation",
  },
  {
    id: "thresholded",
    gives: (v, l) => map(activated(v, l, v.get("Z", l)), (a) => Number(a > 0.5)),
    says: "the activation cut to 0 and 1 at 0.5: that is a prediction, and has no slope",
  },
  {
    id: "softmax-over-examples",
    gives: (v, l) => turn(activated(v, l, turn(v.get("Z", l)), "softmax")),
    says: "a softmax over the examples: the sum goes along the wrong axis",
  },
  {
    id: "activation-softmax",
    gives: (v, l) => (v.about.activations[l - 1] === "softmax" ? null : activated(v, l, v.get("Z", l), "softmax")),
    says: "softmax(Z{l}), another activation, which of one unit is always 1",
  },
  {
    id: "softmax-over-all",
    gives: (v, l) => {
      const e = activated(v, l, v.get("Z", l), "exponential");
      return times(e, 1 / total(e));
    },
    says: "exp(Z{l}) divided by the sum over all units and examples: the sum wants axis=0, keepdims=True",
  },
  {
    id: "softmax-undivided",
    gives: (v, l) => activated(v, l, v.get("Z", l), "exponential"),
    says: "exp(Z{l}) that is not divided by its sum",
  },
];

// What a cost may be made of wrongly, one thing changed at a time before two.
function costMistakes(): Mistake[] {
  const logs = [
    ["", (x: number) => log64(x), 0],
    ["a logarithm to the base 2", (x: number) => log64(x) / log64(2), 1],
    ["a logarithm to the base 10", (x: number) => log64(x) / log64(10), 1],
  ] as const;
  const divisors = [
    ["", (_: Values) => 1, 0],
    ["no 1/m", (v: Values) => v.m, 1],
    ["1/m twice", (v: Values) => 1 / v.m, 1],
    ["half of it", () => 0.5, 1],
    ["a division by the outputs, too", (v: Values) => 1 / v.about.layers.at(-1)!, 1],
  ] as const;
  const terms = [
    ["", [1, 1], 0],
    ["Y·log(A) alone, without (1 − Y)·log(1 − A)", [1, 0], 1],
    ["(1 − Y)·log(1 − A) alone, without Y·log(A)", [0, 1], 1],
    ["the two terms subtracted from one another", [1, -1], 1],
  ] as const;
  const signs = [
    ["", 1, 0],
    ["the wrong sign", -1, 1],
  ] as const;
  const made = signs.flatMap(([sign, s, a]) =>
    logs.flatMap(([log, f, b]) =>
      divisors.flatMap(([divisor, d, c]) =>
        terms.map(([term, [on, off], e]) => {
          const words = [sign, divisor, log, term].filter(Boolean);
          const gives: Formula = (v) => {
            const base = e === 0 ? costOf(v, f) : crossEntropy(v, f, on, off);
            return base === null ? null : scalar(base * s * d(v));
          };
          return { count: a + b + c + e, mistake: { id: `cost-${words.length ? codeOf(words) : ""}`, gives, words } };
        }),
      ),
    ),
  );
  return made
    .filter(({ count }) => count > 0)
    .sort((x, y) => x.count - y.count)
    .map(({ mistake: { id, gives, words } }) => ({ id, gives, says: `the cost with ${words.join(" and ")}` }));
}

const CODES: Readonly<Record<string, string>> = {
  "the wrong sign": "sign",
  "no 1/m": "sum",
  "1/m twice": "mean-twice",
  "half of it": "half",
  "a division by the outputs, too": "outputs",
  "a logarithm to the base 2": "log2",
  "a logarithm to the base 10": "log10",
  "Y·log(A) alone, without (1 − Y)·log(1 − A)": "first-term",
  "(1 − Y)·log(1 − A) alone, without Y·log(A)": "second-term",
  "the two terms subtracted from one another": "term-sign",
};
const codeOf = (words: readonly string[]) => words.map((word) => CODES[word]).join("-");

// The mean of −on·y·log(a) − off·(1 − y)·log(1 − a).
function crossEntropy(v: Values, log: (x: number) => number, on: number, off: number): number {
  const [a, y] = [v.get("A", last(v)).data, v.get("Y").data];
  const one = (p: number, t: number) =>
    (on && t ? on * t * log(p) : 0) + (off && 1 - t ? off * (1 - t) * log(1 - p) : 0);
  return -a.reduce((sum, p, i) => sum + one(p, y[i]!), 0) / v.m;
}

// Outputs and labels whose shapes make a table of all pairs of examples.
function ofAllPairs(v: Values, f: (a: number, y: number) => number): Matrix | null {
  const [a, y] = [v.get("A", last(v)), v.get("Y")];
  if (a.rows !== 1) return null;
  return matrix(v.m, v.m, (r, c) => f(a.data[r]!, y.data[c]!));
}

const pairLoss = (p: number, y: number) => -(y && y * log64(p)) - (1 - y && (1 - y) * log64(1 - p));
const BROADCAST = "labels of shape (m,) beside outputs of shape (m, 1) make a table (m, m) of all pairs of examples";

const ofCost: Mistake[] = [
  ...costMistakes(),
  {
    id: "cost-mean-squared",
    gives: (v) => squares(v, 1),
    says: "the mean squared error instead of the cross-entropy",
  },
  { id: "cost-mean-squared-half", gives: (v) => squares(v, 0.5), says: "half the mean squared error" },
  {
    id: "labels-broadcast",
    gives: (v) => {
      const all = ofAllPairs(v, pairLoss);
      return all && scalar(total(all) / v.m);
    },
    says: `a sum over all pairs: ${BROADCAST}`,
    advice: "write Y = Y.reshape(A.shape)",
  },
  {
    id: "labels-broadcast",
    gives: (v) => {
      const all = ofAllPairs(v, pairLoss);
      return all && scalar(total(all) / v.m ** 2);
    },
    says: `a mean over all pairs: ${BROADCAST}`,
    advice: "write Y = Y.reshape(A.shape)",
  },
  {
    id: "cost-not-summed",
    gives: (v) => zip(v.get("A", last(v)), v.get("Y"), (a, y) => pairLoss(a, y) / v.m),
    says: "one number for each example: the sum is missing",
  },
  {
    id: "cost-not-summed",
    gives: (v) => zip(v.get("A", last(v)), v.get("Y"), pairLoss),
    says: "one number for each example: the mean is missing",
  },
  {
    id: "cost-after-update",
    gives: (v) => {
      let a = v.get("A0");
      for (let l = 1; l <= last(v); l++) a = activated(v, l, weighed(v.get("W_after", l), a, v.get("b_after", l))!);
      const cost = costOf({ ...v, get: (kind, layer) => (kind === "A" ? a : v.get(kind, layer)) });
      return cost === null ? null : scalar(cost);
    },
    says: "the cost of the weights after the update",
    advice: "compute the cost before the update",
  },
];

function squares(v: Values, factor: number): Matrix | null {
  const errors = zip(v.get("A", last(v)), v.get("Y"), (a, y) => (a - y) ** 2);
  return v.about.loss === "meanSquaredError" || !errors ? null : scalar((factor * total(errors)) / v.m);
}

// What is wrong with how much there is of a right value.
function factors(
  kind: Kind,
  more: readonly (readonly [string, string, (v: Values, l: number) => number])[],
): Mistake[] {
  return more.map(([id, says, factor]) => ({
    id,
    gives: (v, l) => {
      const value = right(kind)(v, l);
      return value && times(value, factor(v, l));
    },
    says,
  }));
}

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

const ofDa: Mistake[] = [
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

const ofDz: Mistake[] = [
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

const dwOf = (dz: Matrix, x: Matrix, m: number) => {
  const sum = product(dz, turn(x));
  return sum && times(sum, 1 / m);
};

const ofDw: Mistake[] = [
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

const ofDb: Mistake[] = [
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

// What is done with a weight and its gradient.
function updates(w: "W" | "b"): Mistake[] {
  const [after, dw] = [`${w}_after` as const, `d${w}` as const];
  const kept = w === "W" ? "weights" : "biases";
  const by =
    (f: (w: number, step: number, v: Values) => number): Formula =>
    (v, l) =>
      v.about.isPlain ? zip(v.get(w, l), v.get(dw, l), (value, slope) => f(value, slope, v)) : null;
  const rate = (v: Values) => v.about.learningRate;
  const all: Mistake[] = [
    { id: "not-updated", gives: by((value) => value), says: `${w}{l} as it was: the ${kept} are not updated` },
    {
      id: "ascent",
      gives: by((value, slope, v) => value + rate(v) * slope),
      says: `${w}{l} + learning rate · ${dw}{l}: the sign is turned, and the update climbs`,
    },
    {
      id: "no-rate",
      gives: by((value, slope) => value - slope),
      says: `${w}{l} − ${dw}{l}: the learning rate is missing`,
    },
    {
      id: "ascent-no-rate",
      gives: by((value, slope) => value + slope),
      says: `${w}{l} + ${dw}{l}: the sign is turned and the learning rate is missing`,
    },
    {
      id: "updated-twice",
      gives: by((value, slope, v) => value - 2 * rate(v) * slope),
      says: `${w}{l} − 2 · learning rate · ${dw}{l}: it is updated twice`,
    },
    {
      id: "update-mean-twice",
      gives: by((value, slope, v) => value - (rate(v) * slope) / v.m),
      says: `${w}{l} − learning rate · ${dw}{l} / m: the 1/m comes twice`,
    },
    {
      id: "update-no-mean",
      gives: by((value, slope, v) => value - rate(v) * slope * v.m),
      says: `${w}{l} − learning rate · m · ${dw}{l}: the 1/m is lost`,
    },
    {
      id: "step-for-weight",
      gives: by((_, slope, v) => -rate(v) * slope),
      says: `−learning rate · ${dw}{l}: the step takes the place of ${w}{l}; write ${w} −= …, not ${w} = −…`,
    },
    {
      id: "step-for-weight",
      gives: by((_, slope, v) => rate(v) * slope),
      says: `learning rate · ${dw}{l}: the step takes the place of ${w}{l}`,
    },
    {
      id: "gradient-for-weight",
      gives: by((_, slope) => slope),
      says: `${dw}{l}: the gradient takes the place of ${w}{l}`,
    },
    {
      id: "multiplied",
      gives: by((value, slope, v) => value * (1 - rate(v) * slope)),
      says: `${w}{l} times the step: write −, not ·`,
    },
    {
      id: "divided-rate",
      gives: by((value, slope, v) => value - slope / rate(v)),
      says: `${w}{l} − ${dw}{l} / learning rate: write ·, not /`,
    },
    {
      id: "sign-step",
      gives: by((value, slope, v) => value - rate(v) * Math.sign(slope)),
      says: `${w}{l} − learning rate · sign(${dw}{l}): the gradient's sign alone, as Adam's first step has`,
    },
    {
      id: "keepdims",
      gives: (v, l) => {
        if (w === "W") return null;
        const [b, db] = [v.get("b", l).data, v.get("db", l).data];
        return matrix(b.length, b.length, (r, c) => b[r]! - v.about.learningRate * db[c]!);
      },
      says: "a table (n, n): db{l} has lost its second side, and b{l} of shape (n, 1) less db{l} of shape (n,) is every pair of units",
      advice: "write db{l} = np.sum(dZ{l}, axis=1, keepdims=True) / m",
    },
    {
      id: "weight-for-bias",
      gives: (v, l) => {
        if (w === "W") return null;
        return zip(v.get("b", l), rowSums(v.get("dW", l)), (b, dw) => b - v.about.learningRate * dw);
      },
      says: "the bias less the step of dW{l}",
    },
    {
      id: "gradient-transposed",
      gives: (v, l) => {
        const step = zip(v.get(w, l), turn(v.get(dw, l)), (value, slope) => value - v.about.learningRate * slope);
        return w === "W" ? step : null;
      },
      says: "the step with dW{l} transposed",
    },
    ...([1, -1] as const).map((side) => ({
      id: "another-layers-gradient",
      says: `the step with ${dw}${side === 1 ? "{n}" : "{p}"}, the gradient of another layer`,
      gives: (v: Values, l: number) =>
        l + side < 1 || l + side > last(v)
          ? null
          : zip(v.get(w, l), v.get(dw, l + side), (value, slope) => value - v.about.learningRate * slope),
    })),
  ];
  return all.map((one) =>
    after === "b_after" && one.id === "not-updated" ? { ...one, id: "biases-not-updated" } : one,
  );
}

/** The mistakes of each kind of value that is computed. */
export const MISTAKES: Readonly<Partial<Record<Kind, readonly Mistake[]>>> = {
  ...{ Z: ofZ, A: ofA, cost: ofCost, dA: ofDa, dZ: ofDz, dW: ofDw, db: ofDb },
  ...{ W_after: updates("W"), b_after: updates("b") },
};

/** The right line for a value, in NumPy. */
export function lineOf(kind: Kind, l: number, { about }: Pick<Values, "about">): string | null {
  const { activations, loss } = about;
  const output = l === activations.length;
  const activation = activations[l - 1]!;
  switch (kind) {
    case "Z":
      return `Z${l} = W${l} @ A${l - 1} + b${l}`;
    case "A":
      return `A${l} = ${activation === "relu" ? `np.maximum(Z${l}, 0)` : activation === "tanh" ? `np.tanh(Z${l})` : activation === "linear" ? `Z${l}` : activation === "sigmoid" ? `1 / (1 + np.exp(-Z${l}))` : `${activation}(Z${l})`}`;
    case "cost":
      if (loss === "binaryCrossEntropy") return "cost = -np.mean(Y * np.log(AL) + (1 - Y) * np.log(1 - AL))";
      return loss === "categoricalCrossEntropy" ? "cost = -np.sum(Y * np.log(AL)) / m" : null;
    case "dA":
      if (!output) return `dA${l} = W${l + 1}.T @ dZ${l + 1}`;
      return loss === "binaryCrossEntropy" ? `dA${l} = -(Y / A${l} - (1 - Y) / (1 - A${l}))` : null;
    case "dZ":
      if (output && loss.endsWith("CrossEntropy")) return `dZ${l} = A${l} - Y`;
      if (activation === "relu") return `dZ${l} = dA${l} * (Z${l} > 0)`;
      if (activation === "tanh") return `dZ${l} = dA${l} * (1 - A${l} ** 2)`;
      if (activation === "sigmoid") return `dZ${l} = dA${l} * A${l} * (1 - A${l})`;
      return activation === "linear" ? `dZ${l} = dA${l}` : null;
    case "dW":
      return `dW${l} = dZ${l} @ A${l - 1}.T / m`;
    case "db":
      return `db${l} = np.sum(dZ${l}, axis=1, keepdims=True) / m`;
    case "W_after":
      return about.isPlain ? `W${l} = W${l} - learning_rate * dW${l}` : null;
    case "b_after":
      return about.isPlain ? `b${l} = b${l} - learning_rate * db${l}` : null;
    default:
      return null;
  }
}

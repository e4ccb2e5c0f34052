// Mistakes in the cost.

import { log64 } from "../../math.js";
import { activated, costOf, type Formula, type Values } from "../formulas.js";
import { type Matrix, scalar, total, zip } from "../matrix.js";
import { BROADCAST, last, type Mistake, ofAllPairs, pairLoss, weighed } from "./row.js";

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

export const ofCost: Mistake[] = [
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

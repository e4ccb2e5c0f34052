// Mistakes in the update of weights and biases.

import type { Formula, Values } from "../formulas.js";
import { matrix, rowSums, turn, zip } from "../matrix.js";
import { last, type Mistake } from "./row.js";

// What is done with a weight and its gradient.
export function updates(w: "W" | "b"): Mistake[] {
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

// A row of the tables of mistakes, and what their formulas share.

import { log64 } from "../../math.js";
import { activated, FORMULAS, type Formula, type Kind, type Values } from "../formulas.js";
import { type Matrix, map, matrix, product, times, zip } from "../matrix.js";

export interface Mistake {
  /** A stable name. */
  readonly id: string;
  readonly gives: Formula;
  /** What it is, after "it is", with the values' names as inWords has them. */
  readonly says: string;
  /** What to do where it is not to write the right line. */
  readonly advice?: string;
}

export const last = (v: Values) => v.about.activations.length;
export const read = (v: Values, l: number) => (l === 1 ? v.get("A0") : v.get("A", l - 1));
export const isRelu = (v: Values, l: number) => v.about.activations[l - 1] === "relu";
export const right = (kind: Kind): Formula => FORMULAS[kind]![0]!;
export const sigmoid = (v: Values, l: number, z: Matrix) => activated(v, l, z, "sigmoid");
export const multiply = (a: Matrix, b: Matrix) => zip(a, b, (x, y) => x * y);

/** Z without its bias, of other matrices than W and A. */
export const weighed = (w: Matrix, x: Matrix, b: Matrix): Matrix | null => {
  const z = product(w, x);
  return z && b.rows === z.rows ? map(z, (value, i) => value + b.data[Math.floor(i / z.columns)]!) : null;
};

// Outputs and labels whose shapes make a table of all pairs of examples.
export function ofAllPairs(v: Values, f: (a: number, y: number) => number): Matrix | null {
  const [a, y] = [v.get("A", last(v)), v.get("Y")];
  if (a.rows !== 1) return null;
  return matrix(v.m, v.m, (r, c) => f(a.data[r]!, y.data[c]!));
}

export const pairLoss = (p: number, y: number) => -(y && y * log64(p)) - (1 - y && (1 - y) * log64(1 - p));
export const BROADCAST =
  "labels of shape (m,) beside outputs of shape (m, 1) make a table (m, m) of all pairs of examples";

// What is wrong with how much there is of a right value.
export function factors(
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

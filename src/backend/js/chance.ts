// Chance by place: the twin of assembly/chance.ts.

import * as c from "../../../assembly/constants.js";
import type { Arithmetic } from "./arithmetic.js";

export const UNIT = 0x9e3779b9 | 0;

/** What the bits of a layer in a step are drawn from. */
export function keyOf(seed: number, step: number, layer: number): number {
  return mix(mix(seed + Math.imul(UNIT, step)) + layer);
}

/** 32 bits from 32 bits. */
export function mix(value: number): number {
  let x = value | 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return x ^ (x >>> 16);
}

const A = [
  ...[c.NORMAL_A7, c.NORMAL_A6, c.NORMAL_A5, c.NORMAL_A4],
  ...[c.NORMAL_A3, c.NORMAL_A2, c.NORMAL_A1, c.NORMAL_A0],
];
const B = [c.NORMAL_B7, c.NORMAL_B6, c.NORMAL_B5, c.NORMAL_B4, c.NORMAL_B3, c.NORMAL_B2, c.NORMAL_B1, 1];
const C = [
  ...[c.NORMAL_C7, c.NORMAL_C6, c.NORMAL_C5, c.NORMAL_C4],
  ...[c.NORMAL_C3, c.NORMAL_C2, c.NORMAL_C1, c.NORMAL_C0],
];
const D = [c.NORMAL_D7, c.NORMAL_D6, c.NORMAL_D5, c.NORMAL_D4, c.NORMAL_D3, c.NORMAL_D2, c.NORMAL_D1, 1];

const polynomial = (coefficients: readonly number[], r: number) => coefficients.reduce((sum, c) => sum * r + c);

/** The normal number that 32 bits stand for: the inverse of the distribution function at (bits + ½)/2³². */
export function normalOf(bits: number, log: Arithmetic["logDouble"]): number {
  const p = ((bits >>> 0) + 0.5) * c.TO_SHARE;
  const q = p - 0.5;
  if (Math.abs(q) <= c.NORMAL_MIDDLE) {
    const r = c.NORMAL_MIDDLE * c.NORMAL_MIDDLE - q * q;
    return (q * polynomial(A, r)) / polynomial(B, r);
  }
  const r = Math.sqrt(-log(q < 0 ? p : 1 - p)) - c.NORMAL_TAIL;
  const value = polynomial(C, r) / polynomial(D, r);
  return q < 0 ? -value : value;
}

// The three products of a dense layer, as in assembly/dense.ts and giving its bits: one sum per output element, in
// ascending order. Positions are elements of `heap`.

import { LANES } from "../../../assembly/program.js";
import type { Numbers } from "./numbers.js";

/** z (np, 8) = scale · w (n, k) · x (k, 8) + b (n), one panel. */
export function denseForward(
  t: Numbers,
  z: number,
  x: number,
  w: number,
  b: number,
  k: number,
  kp: number,
  np: number,
  scale: number,
): void {
  t.heap.fill(0, z, z + np * LANES);
  t.multiplyAdd(z, LANES, w, kp, 1, x, np, k);
  for (let u = 0; u < np; u++) {
    for (let i = z + u * LANES; i < z + (u + 1) * LANES; i++) {
      t.heap[i] = t.round(t.round(t.heap[i]! * scale) + t.heap[b + u]!);
    }
  }
}

/** da (kp4, 8) = wᵀ (k, n) · dz (n, 8), one panel. */
export function denseBackwardInput(
  t: Numbers,
  da: number,
  dz: number,
  w: number,
  kp: number,
  n: number,
  kp4: number,
): void {
  t.heap.fill(0, da, da + kp4 * LANES);
  t.multiplyAdd(da, LANES, w, 1, kp, dz, kp4, n);
}

/** rows[unit][panel · 8 …] = dz[unit][…] */
export function storeRows(t: Numbers, rows: number, dz: number, np: number, mp: number): void {
  for (let u = 0; u < np; u++) t.heap.copyWithin(rows + u * mp, dz + u * LANES, dz + (u + 1) * LANES);
}

/** dw (np, 8) += rows (np, count) · tile (count, 8) */
export function denseBackwardWeights(
  t: Numbers,
  dw: number,
  rows: number,
  tile: number,
  count: number,
  kp: number,
  np: number,
  mp: number,
): void {
  t.multiplyAdd(dw, kp, rows, mp, 1, tile, np, count);
}

/** db (np) = Σ rows (np, mp) over the batch: 8 sums folded as ((0+1)+(2+3))+((4+5)+(6+7)). */
export function denseBackwardBias(t: Numbers, db: number, rows: number, np: number, mp: number, panels: number): void {
  const { heap, round } = t;
  const sums = new Float64Array(LANES);
  for (let u = 0; u < np; u++) {
    sums.fill(0);
    for (let i = 0; i < panels * LANES; i++) sums[i % LANES] = round(sums[i % LANES]! + heap[rows + u * mp + i]!);
    const [s0, s1, s2, s3, s4, s5, s6, s7] = sums as unknown as number[];
    const low = round(round(s0! + s1!) + round(s2! + s3!));
    const high = round(round(s4! + s5!) + round(s6! + s7!));
    heap[db + u] = low + high;
  }
}

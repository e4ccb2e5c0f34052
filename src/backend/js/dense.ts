// The three products of a dense layer, as in assembly/dense.ts and giving its bits: one sum per output element, in
// ascending order. Positions are elements of `heap`.

import { COLUMNS, LANES } from "../../../assembly/program.js";
import type { Numbers } from "./numbers.js";

/** z (np, 8) = scale · z + b (np), one panel. */
export function scaleAndBias(t: Numbers, z: number, b: number, np: number, scale: number): void {
  for (let u = 0; u < np; u++) {
    for (let i = z + u * LANES; i < z + (u + 1) * LANES; i++) {
      t.heap[i] = t.round(t.round(t.heap[i]! * scale) + t.heap[b + u]!);
    }
  }
}

/** da (kp, 8) = wᵀ (k, n) · dz (n, 8), one panel, strip by strip. */
export function denseBackwardInput(
  t: Numbers,
  da: number,
  dz: number,
  w: number,
  kp: number,
  n: number,
  np: number,
): void {
  t.heap.fill(0, da, da + kp * LANES);
  for (let first = 0; first < kp; first += COLUMNS) {
    const width = Math.min(COLUMNS, kp - first);
    t.multiplyAdd(da + first * LANES, LANES, w + first * np, 1, width, dz, width, n);
  }
}

/** rows[unit][panel · 8 …] = dz[unit][…] */
export function storeRows(t: Numbers, rows: number, dz: number, np: number, mp: number): void {
  for (let u = 0; u < np; u++) t.heap.copyWithin(rows + u * mp, dz + u * LANES, dz + (u + 1) * LANES);
}

/** dw (rows, 8 of width) += dz (rows, count) · tile (count, 8) */
export function denseBackwardWeights(
  t: Numbers,
  dw: number,
  dz: number,
  tile: number,
  width: number,
  count: number,
  rows: number,
  mp: number,
): void {
  t.multiplyAdd(dw, width, dz, mp, 1, tile, rows, count);
}

/** dw (rows, width), 0 on entry: dw[u][order[i]] = dz[u][i] where order[i] is one of first … first + width. */
export function scatterRows(
  t: Numbers,
  dw: number,
  dz: number,
  first: number,
  width: number,
  words: Int32Array,
  order: number,
  m: number,
  rows: number,
  mp: number,
): void {
  for (let i = 0; i < m; i++) {
    const column = words[order + i]! - first;
    if (column < 0 || column >= width) continue;
    for (let u = 0; u < rows; u++) t.heap[dw + u * width + column] = t.heap[dz + u * mp + i]!;
  }
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

// The three products of a dense layer, as in assembly/dense.ts and giving its bits: one sum per output element, in
// ascending order. Positions are elements of `heap`.

import { LANES, TILE } from "../../../assembly/program.js";
import type { Arithmetic } from "./arithmetic.js";

/**
 * z (np, 8) += w (np, count) · x (count, 8) with a strip of the weights, `width` wide; without the old z when `fresh`.
 */
export function denseForward(
  t: Arithmetic,
  z: number,
  x: number,
  w: number,
  width: number,
  count: number,
  np: number,
  fresh: boolean,
): void {
  if (fresh) t.heap.fill(0, z, z + np * LANES);
  t.multiplyAdd(z, LANES, w, width, 1, x, np, count);
}

/** z (np, 8) = scale · z + b (np), one panel. */
export function scaleAndBias(t: Arithmetic, z: number, b: number, np: number, scale: number): void {
  for (let u = 0; u < np; u++) {
    for (let i = z + u * LANES; i < z + (u + 1) * LANES; i++) {
      t.heap[i] = t.madd(t.heap[i]!, scale, t.heap[b + u]!);
    }
  }
}

/** da (width, 8) = wᵀ (width, n) · dz (n, 8), one panel, the inputs of one strip. */
export function denseBackwardInput(t: Arithmetic, da: number, dz: number, w: number, width: number, n: number): void {
  t.heap.fill(0, da, da + width * LANES);
  t.multiplyAdd(da, LANES, w, 1, width, dz, width, n);
}

/** Puts dz of one panel beside that of the others: rows[unit][0 … 7] = dz[unit][0 … 7]; rows are mp apart. */
export function storeRows(t: Arithmetic, rows: number, dz: number, np: number, mp: number): void {
  for (let u = 0; u < np; u++) t.heap.copyWithin(rows + u * mp, dz + u * LANES, dz + (u + 1) * LANES);
}

/** dw (rows, width) += dz (rows, count) · tile (width / 8, count, 8); without the old dw when `fresh`. */
export function denseBackwardWeights(
  t: Arithmetic,
  dw: number,
  dz: number,
  tile: number,
  width: number,
  count: number,
  rows: number,
  mp: number,
  fresh: boolean,
): void {
  if (fresh) t.heap.fill(0, dw, dw + rows * width);
  for (let column = 0; column < width; column += LANES, tile += TILE) {
    t.multiplyAdd(dw + column, width, dz, mp, 1, tile, rows, count);
  }
}

/**
 * dw (rows, width) of the inputs first to first + width − 1, where input j of example j is 1 and all else is 0:
 * dw[u][order[i] − first] = dz[u][i], 0 elsewhere. dz's rows are mp apart.
 */
export function scatterRows(
  t: Arithmetic,
  dw: number,
  dz: number,
  first: number,
  width: number,
  order: number,
  m: number,
  rows: number,
  mp: number,
): void {
  t.heap.fill(0, dw, dw + rows * width);
  for (let i = 0; i < m; i++) {
    const column = t.words[order + i]! - first;
    if (column < 0 || column >= width) continue;
    for (let u = 0; u < rows; u++) t.heap[dw + u * width + column] = t.heap[dz + u * mp + i]!;
  }
}

/** sums (np) = Σ rows (np, mp) over the batch. */
export function sumRows(t: Arithmetic, sums: number, rows: number, np: number, mp: number, panels: number): void {
  for (let u = 0; u < np; u++) t.heap[sums + u] = sumRow(t, rows + u * mp, panels);
}

/** Σ of a row of `panels` panels: 8 sums, one for each place in a panel, folded as ((0+1)+(2+3))+((4+5)+(6+7)). */
export function sumRow({ heap, round }: Arithmetic, row: number, panels: number): number {
  const sums = new Float64Array(LANES);
  for (let i = 0; i < panels * LANES; i++) sums[i % LANES] = round(sums[i % LANES]! + heap[row + i]!);
  const [s0, s1, s2, s3, s4, s5, s6, s7] = sums as unknown as number[];
  const low = round(round(s0! + s1!) + round(s2! + s3!));
  const high = round(round(s4! + s5!) + round(s6! + s7!));
  return round(low + high);
}

/** rows = dz ∘ x, or dz ∘ min(x, 0), as storeRows puts dz. */
export function storeProducts(
  { heap }: Arithmetic,
  rows: number,
  dz: number,
  x: number,
  np: number,
  mp: number,
  below: boolean,
): void {
  for (let i = 0; i < np * LANES; i++) {
    const value = heap[x + i]!;
    heap[rows + Math.floor(i / LANES) * mp + (i % LANES)] = heap[dz + i]! * (below && value > 0 ? 0 : value);
  }
}

/** out (rows, 8) = a + b */
export function addRows({ heap }: Arithmetic, out: number, a: number, b: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) heap[out + i] = heap[a + i]! + heap[b + i]!;
}

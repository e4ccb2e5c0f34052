// Rows into panels and tiles, as in assembly/pack.ts. `rows` is the data set in its own type; positions are elements.

import { LANES } from "../../../assembly/program.js";
import type { Numbers } from "./numbers.js";

export type Rows = Uint8Array | Float32Array | Float64Array;

/** out[feature][8] = 8 rows of `rows` (·, k): those that order names, and the first of them again where there are fewer. */
export function gatherRows(
  t: Numbers,
  out: number,
  rows: Rows,
  x: number,
  k: number,
  words: Int32Array,
  order: number,
  count: number,
): void {
  for (let lane = 0; lane < LANES; lane++) {
    const row = x + words[order + (lane < count ? lane : 0)]! * k;
    for (let j = 0; j < k; j++) t.heap[out + j * LANES + lane] = rows[row + j]!;
  }
}

/** y[n][8] from class indices: the index itself where n = 1, else one-hot. */
export function gatherLabels(
  t: Numbers,
  y: number,
  words: Int32Array,
  labels: number,
  n: number,
  order: number,
  count: number,
): void {
  t.heap.fill(0, y, y + n * LANES);
  for (let lane = 0; lane < count; lane++) {
    const label = words[labels + words[order + lane]!]!;
    if (n === 1) t.heap[y + lane] = label;
    else t.heap[y + label * LANES + lane] = 1;
  }
}

/** tile[i][8] = inputs first … first + 7 of `count` examples, from rows of the data set, times `scale`. */
export function packRows(
  t: Numbers,
  tile: number,
  rows: Rows,
  x: number,
  k: number,
  first: number,
  words: Int32Array,
  order: number,
  count: number,
  scale: number,
): void {
  const there = Math.min(LANES, k - first);
  for (let i = 0; i < count; i++) {
    const row = x + words[order + i]! * k + first;
    for (let c = 0; c < LANES; c++) t.heap[tile + i * LANES + c] = c < there ? t.round(rows[row + c]!) * scale : 0;
  }
}

/** tile[i][8] = units first … first + 7 of `count` examples, from panels that are `stride` apart. */
export function packPanels(
  t: Numbers,
  tile: number,
  source: number,
  stride: number,
  k: number,
  first: number,
  count: number,
): void {
  const there = Math.min(LANES, k - first);
  for (let i = 0; i < Math.ceil(count / LANES) * LANES; i++) {
    const panel = source + Math.floor(i / LANES) * stride + (i % LANES);
    for (let c = 0; c < LANES; c++) {
      t.heap[tile + i * LANES + c] = c < there ? t.heap[panel + (first + c) * LANES]! : 0;
    }
  }
}

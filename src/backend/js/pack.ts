// Rows into panels and tiles: the twin of assembly/pack.ts. Positions are elements: of `heap`, of the data set's own
// type, of the memory's 32-bit words.

import { LANES, Source, TILE } from "../../../assembly/program.js";
import type { Arithmetic, Rows } from "./arithmetic.js";

const BYTES = [1, 4, 8]; // of a number, by Source

/** Position of the strip that begins at input `first` of a data set at address x, `count` examples in a strip. */
export function stripOf(x: number, type: number, count: number, first: number): number {
  return (x >>> 0) / BYTES[type]! + first * count;
}

/** out[feature][8] = 8 rows of x (·, k): those that order names, and the first of them again where there are fewer. */
export function gatherInputs(
  t: Arithmetic,
  out: number,
  x: number,
  type: number,
  k: number,
  order: number,
  examples: number,
): void {
  gather(t, out, t.sources[type]!, x, k, k, order, examples);
}

/** The same of rows of the network's type, of which x is the first number wanted and which lie `stride` numbers apart. */
export function gatherRows(
  t: Arithmetic,
  out: number,
  x: number,
  stride: number,
  k: number,
  order: number,
  examples: number,
): void {
  gather(t, out, t.heap, x, stride, k, order, examples);
}

function gather(
  { heap, words }: Arithmetic,
  out: number,
  rows: Rows,
  x: number,
  stride: number,
  k: number,
  order: number,
  examples: number,
): void {
  for (let lane = 0; lane < LANES; lane++) {
    const row = x + words[order + (lane < examples ? lane : 0)]! * stride;
    for (let j = 0; j < k; j++) heap[out + j * LANES + lane] = rows[row + j]!;
  }
}

/** y[n][8] from class indices: the index itself where n = 1, else one-hot. */
export function gatherLabels(
  { heap, words }: Arithmetic,
  y: number,
  labels: number,
  n: number,
  order: number,
  examples: number,
  off: number,
  on: number,
): void {
  heap.fill(off, y, y + n * LANES);
  for (let lane = 0; lane < examples; lane++) {
    const label = words[labels + words[order + lane]!]!;
    if (n > 1) heap[y + label * LANES + lane] = on;
    else if (label === 1) heap[y + lane] = on;
  }
}

/** y[n][8] from rows of targets (·, n); lanes after the last example repeat the first. */
export function gatherTargets(
  t: Arithmetic,
  y: number,
  targets: number,
  n: number,
  order: number,
  examples: number,
): void {
  gather(t, y, t.heap, targets, n, n, order, examples);
}

/**
 * tile[t][i][8] = inputs 8t … 8t + 7 of `count` examples; 0 where there is no such input. The tiles are TILE numbers
 * apart. The source is rows (·, k), named by order and multiplied by `scale`, or panels of activations, `stride` apart.
 */
export function packTiles(
  t: Arithmetic,
  tile: number,
  source: number,
  type: number,
  stride: number,
  k: number,
  order: number,
  count: number,
  scale: number,
): void {
  for (let first = 0; first < k; first += LANES, tile += TILE) {
    if (type === Source.panels) packPanels(t, tile, source, stride, k, first, count);
    else packRows(t, tile, t.sources[type]!, source, k, first, order, count, scale);
  }
}

function packRows(
  { heap, words, round }: Arithmetic,
  tile: number,
  rows: Rows,
  x: number,
  k: number,
  first: number,
  order: number,
  count: number,
  scale: number,
): void {
  const there = Math.min(LANES, k - first);
  for (let i = 0; i < count; i++) {
    const row = x + words[order + i]! * k + first;
    for (let c = 0; c < LANES; c++) heap[tile + i * LANES + c] = c < there ? round(rows[row + c]!) * scale : 0;
  }
}

function packPanels(
  { heap }: Arithmetic,
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
      heap[tile + i * LANES + c] = c < there ? heap[panel + (first + c) * LANES]! : 0;
    }
  }
}

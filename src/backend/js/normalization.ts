// Layer and batch normalisation: the twin of assembly/normalization.ts.

import { LANES } from "../../../assembly/program.js";
import type { Arithmetic } from "./arithmetic.js";
import { sumRow } from "./dense.js";

/** out (n, 8) = gamma·x + beta with the mean and variance of each example over the n units. */
export function layerNormForward(
  { heap, round, madd }: Arithmetic,
  out: number,
  z: number,
  n: number,
  np: number,
  gamma: number,
  beta: number,
  epsilon: number,
): void {
  for (let lane = 0; lane < LANES; lane++) {
    let sum = 0;
    for (let u = 0, i = z + lane; u < n; u++, i += LANES) sum = round(sum + heap[i]!);
    const mean = round(sum / n);
    let squares = 0;
    for (let u = 0, i = z + lane; u < n; u++, i += LANES) {
      const x = round(heap[i]! - mean);
      heap[i] = x;
      squares = madd(x, x, squares);
    }
    const inverse = inverseOf(round, round(squares / n), epsilon);
    heap[z + np * LANES + lane] = inverse;
    for (let u = 0, i = lane; u < n; u++, i += LANES) {
      const x = round(heap[z + i]! * inverse);
      heap[z + i] = x;
      heap[out + i] = madd(x, heap[gamma + u]!, heap[beta + u]!);
    }
  }
}

/** dz = (dx − mean(dx) − x·mean(dx·x)) / √(variance + epsilon) over the units, where dx = gamma·dz. */
export function layerNormBackward(
  { heap, round, madd }: Arithmetic,
  dz: number,
  x: number,
  n: number,
  np: number,
  gamma: number,
): void {
  for (let lane = 0; lane < LANES; lane++) {
    let sum = 0;
    let products = 0;
    for (let u = 0, i = lane; u < n; u++, i += LANES) {
      const dx = round(heap[dz + i]! * heap[gamma + u]!);
      heap[dz + i] = dx;
      sum = round(sum + dx);
      products = madd(dx, heap[x + i]!, products);
    }
    const mean = round(sum / n);
    const slope = round(products / n);
    const inverse = heap[x + np * LANES + lane]!;
    for (let u = 0, i = lane; u < n; u++, i += LANES) {
      heap[dz + i] = round(round(heap[dz + i]! - mean) - round(heap[x + i]! * slope)) * inverse;
    }
  }
}

/** out (n, 8) = gamma·x + beta with the mean and variance of each unit. */
export function batchNormForward(
  { heap, round, madd }: Arithmetic,
  out: number,
  z: number,
  n: number,
  gamma: number,
  beta: number,
  mean: number,
  variance: number,
  epsilon: number,
): void {
  for (let u = 0; u < n; u++) {
    const inverse = inverseOf(round, heap[variance + u]!, epsilon);
    for (let i = u * LANES; i < (u + 1) * LANES; i++) {
      const x = round(round(heap[z + i]! - heap[mean + u]!) * inverse);
      heap[z + i] = x;
      heap[out + i] = madd(x, heap[gamma + u]!, heap[beta + u]!);
    }
  }
}

/** dz (n, 8) = gamma/√(variance + epsilon)·(dy − dbeta/m − x·dgamma/m), 0 beyond the batch. dy's rows are mp apart. */
export function batchNormBackward(
  { heap, round }: Arithmetic,
  dz: number,
  x: number,
  n: number,
  mp: number,
  dy: number,
  gamma: number,
  variance: number,
  dgamma: number,
  dbeta: number,
  epsilon: number,
  m: number,
  examples: number,
): void {
  for (let u = 0; u < n; u++) {
    const factor = round(heap[gamma + u]! * inverseOf(round, heap[variance + u]!, epsilon));
    const mean = round(heap[dbeta + u]! / m);
    const slope = round(heap[dgamma + u]! / m);
    for (let lane = 0; lane < LANES; lane++) {
      const i = u * LANES + lane;
      const rest = round(round(heap[dy + u * mp + lane]! - mean) - round(heap[x + i]! * slope));
      heap[dz + i] = lane < examples ? rest * factor : 0;
    }
  }
}

/** mean (n) and variance (n) of the first m numbers of rows (n, mp), which are overwritten. */
export function moments(
  t: Arithmetic,
  rows: number,
  n: number,
  mp: number,
  m: number,
  mean: number,
  variance: number,
): void {
  const { heap, round } = t;
  const panels = Math.ceil(m / LANES);
  for (let u = 0; u < n; u++) {
    const row = rows + u * mp;
    heap.fill(0, row + m, row + panels * LANES);
    const center = round(sumRow(t, row, panels) / m);
    heap[mean + u] = center;
    for (let i = row; i < row + m; i++) {
      const x = round(heap[i]! - center);
      heap[i] = x * x;
    }
    heap[variance + u] = sumRow(t, row, panels) / m;
  }
}

/** running (n) = (1 − momentum)·running + momentum·factor·batch */
export function runStatistics(
  { heap, round }: Arithmetic,
  running: number,
  batch: number,
  n: number,
  momentum: number,
  factor: number,
): void {
  const rest = round(1 - momentum);
  for (let u = 0; u < n; u++) {
    heap[running + u] = round(heap[running + u]! * rest) + round(round(heap[batch + u]! * factor) * momentum);
  }
}

function inverseOf(round: (value: number) => number, variance: number, epsilon: number): number {
  return round(1 / round(Math.sqrt(round(variance + epsilon))));
}

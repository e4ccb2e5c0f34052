// What is done to gradients and weights beside an optimizer's update: the twin of assembly/gradient.ts.

import type { Arithmetic } from "./arithmetic.js";

/** average = share·average + (1 − share)·w */
export function averageWeights(
  { heap, round, madd }: Arithmetic,
  average: number,
  w: number,
  count: number,
  share: number,
): void {
  const [kept, rest] = [round(share), round(1 - share)];
  for (let i = 0; i < count; i++) heap[average + i] = madd(kept, heap[average + i]!, round(rest * heap[w + i]!));
}

/** g = max(−most, min(g, most)) */
export function limitGradient({ heap }: Arithmetic, g: number, count: number, most: number): void {
  for (let i = g; i < g + count; i++) {
    if (heap[i]! > most) heap[i] = most;
    else if (heap[i]! < -most) heap[i] = -most;
  }
}

/** g = g + λ₁·sign(w), sign(0) = 0 */
export function addSigns({ heap }: Arithmetic, g: number, w: number, count: number, l1: number): void {
  for (let i = 0; i < count; i++) {
    const old = heap[w + i]!;
    heap[g + i] = heap[g + i]! + ((old > 0 ? l1 : 0) - (old < 0 ? l1 : 0));
  }
}

/** g = scale·g */
export function scaleGradient({ heap }: Arithmetic, g: number, count: number, scale: number): void {
  for (let i = g; i < g + count; i++) heap[i] = heap[i]! * scale;
}

/** Σ g² in double: four sums, one for each place modulo 4, folded as (0 + 1) + (2 + 3). `count` is a multiple of 4. */
export function squaredNorm({ heap }: Arithmetic, g: number, count: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i = g; i < g + count; i += 4) {
    s0 += heap[i]! * heap[i]!;
    s1 += heap[i + 1]! * heap[i + 1]!;
    s2 += heap[i + 2]! * heap[i + 2]!;
    s3 += heap[i + 3]! * heap[i + 3]!;
  }
  return s0 + s1 + (s2 + s3);
}

// Losses of classes over one panel: the twin of assembly/class-loss.ts.

import { LANES } from "../../../assembly/program.js";
import type { Arithmetic } from "./arithmetic.js";
import { maximum, sumOfExponentials } from "./softmax.js";

/** Logits z: loss = (1/n) Σ max(z, 0) − z·y + log(1 + e^−|z|), dz = (σ(z) − y)/(m·n). */
export function binaryCrossEntropy(
  t: Arithmetic,
  dz: number,
  losses: number,
  z: number,
  y: number,
  n: number,
  left: number,
  inverse: number,
): void {
  const { heap, round } = t;
  const share = round(1 / n);
  const scale = round(inverse / n);
  for (let lane = 0; lane < LANES; lane++) {
    let loss = 0;
    for (let i = lane; i < lane + n * LANES; i += LANES) {
      const logit = heap[z + i]!;
      const target = heap[y + i]!;
      const tail = t.log1p(t.exp(-Math.abs(logit)));
      const hinge = round((logit < 0 ? 0 : logit) - round(logit * target));
      loss = round(loss + round(hinge + tail));
      heap[dz + i] = lane < left ? round(t.sigmoid(logit) - target) * scale : 0;
    }
    heap[losses + lane] = lane < left ? loss * share : 0;
  }
}

/** Logits z, y one-hot: loss = max z + log Σ e^(z − max z) − Σ z·y, dz = (softmax(z) − y)/m. */
export function categoricalCrossEntropy(
  t: Arithmetic,
  dz: number,
  losses: number,
  z: number,
  y: number,
  n: number,
  left: number,
  inverse: number,
): void {
  const { heap, round } = t;
  for (let lane = 0; lane < LANES; lane++) {
    const most = maximum(t, z + lane, n);
    const sum = sumOfExponentials(t, z + lane, n, most);
    let right = 0;
    for (let i = lane; i < lane + n * LANES; i += LANES) {
      const logit = heap[z + i]!;
      const target = heap[y + i]!;
      right = round(round(logit * target) + right);
      const error = round(round(t.exp(round(logit - most)) / sum) - target);
      heap[dz + i] = lane < left ? error * inverse : 0;
    }
    heap[losses + lane] = lane < left ? round(round(most + t.log(sum)) - right) : 0;
  }
}

/** Outputs a, s = 2y − 1: loss = (1/n) Σ max(0, 1 − s·a), dz = (s·a < 1 ? −s : 0)/(m·n). */
export function hinge(
  t: Arithmetic,
  dz: number,
  losses: number,
  a: number,
  y: number,
  n: number,
  left: number,
  inverse: number,
): void {
  const { heap, round } = t;
  const share = round(1 / n);
  const scale = round(inverse / n);
  for (let lane = 0; lane < LANES; lane++) {
    let sum = 0;
    for (let i = lane; i < lane + n * LANES; i += LANES) {
      const target = heap[y + i]!;
      const sign = round(round(target + target) - 1);
      const short = round(1 - round(sign * heap[a + i]!));
      sum = round(sum + (short < 0 ? 0 : short));
      const slope = short > 0 ? -sign : 0;
      heap[dz + i] = lane < left ? slope * scale : 0;
    }
    heap[losses + lane] = lane < left ? sum * share : 0;
  }
}

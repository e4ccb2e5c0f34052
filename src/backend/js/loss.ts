// Losses of one panel and their gradients, as in assembly/loss.ts. Lanes without an example get 0.
//
// dz (n, 8), z (n, 8), y (n, 8), losses (8); `left` = examples in this panel and after it; `inverse` = 1/m.

import { LANES, Loss } from "../../../assembly/program.js";
import { maximum, sumOfExponentials } from "./activation.js";
import type { Arithmetic } from "./arithmetic.js";
import { unknown } from "./records.js";

/** Losses and dz of the loss that `which` names. */
export function lossAndGradient(
  t: Arithmetic,
  which: number,
  dz: number,
  losses: number,
  z: number,
  y: number,
  n: number,
  left: number,
  inverse: number,
): void {
  switch (which) {
    case Loss.binaryCrossEntropy:
      binaryCrossEntropy(t, dz, losses, z, y, n, left, inverse);
      return;
    case Loss.categoricalCrossEntropy:
      categoricalCrossEntropy(t, dz, losses, z, y, n, left, inverse);
      return;
    case Loss.meanSquaredError:
      meanSquaredError(t, dz, losses, z, y, n, left, inverse);
      return;
    case Loss.huber:
      huber(t, dz, losses, z, y, n, left, inverse);
      return;
    default:
      unknown("loss", which);
  }
}

/** Logits z: loss = Σ max(z, 0) − z·y + log(1 + e^−|z|) over the outputs, dz = (σ(z) − y)/m. */
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
  for (let lane = 0; lane < LANES; lane++) {
    let loss = 0;
    for (let i = lane; i < lane + n * LANES; i += LANES) {
      const logit = heap[z + i]!;
      const target = heap[y + i]!;
      const tail = t.log1p(t.exp(-Math.abs(logit)));
      const hinge = round((logit < 0 ? 0 : logit) - round(logit * target));
      loss = round(loss + round(hinge + tail));
      heap[dz + i] = lane < left ? round(t.sigmoid(logit) - target) * inverse : 0;
    }
    heap[losses + lane] = lane < left ? loss : 0;
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

/** Outputs a: loss = (1/n) Σ (a − y)², dz = 2(a − y)/(m·n). */
export function meanSquaredError(
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
  const scale = round(round(2 * inverse) / n);
  for (let lane = 0; lane < LANES; lane++) {
    let sum = 0;
    for (let i = lane; i < lane + n * LANES; i += LANES) {
      const error = round(heap[a + i]! - heap[y + i]!);
      sum = round(round(error * error) + sum);
      heap[dz + i] = lane < left ? error * scale : 0;
    }
    heap[losses + lane] = lane < left ? sum * share : 0;
  }
}

/** Outputs a, error e = a − y: loss = (1/n) Σ (|e| ≤ 1 ? e²/2 : |e| − 1/2), dz = max(−1, min(e, 1))/(m·n). */
export function huber(
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
      const error = round(heap[a + i]! - heap[y + i]!);
      const cut = Math.max(-1, Math.min(error, 1));
      sum = round(round(cut * round(error - round(0.5 * cut))) + sum);
      heap[dz + i] = lane < left ? cut * scale : 0;
    }
    heap[losses + lane] = lane < left ? sum * share : 0;
  }
}

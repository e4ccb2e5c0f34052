// Losses of numbers over one panel: the twin of assembly/number-loss.ts.

import { LN2 } from "../../../assembly/constants.js";
import { LANES } from "../../../assembly/program.js";
import type { Arithmetic } from "./arithmetic.js";

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

/** Outputs a: loss = (1/n) Σ |a − y|, dz = sign(a − y)/(m·n), 0 where a = y. */
export function meanAbsoluteError(
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
      sum = round(sum + Math.abs(error));
      const slope = (error > 0 ? 1 : 0) - (error < 0 ? 1 : 0);
      heap[dz + i] = lane < left ? slope * scale : 0;
    }
    heap[losses + lane] = lane < left ? sum * share : 0;
  }
}

/** Outputs a, error e = a − y: loss = (1/n) Σ (|e| ≤ δ ? e²/2 : δ·(|e| − δ/2)), dz = max(−δ, min(e, δ))/(m·n). */
export function huber(
  t: Arithmetic,
  dz: number,
  losses: number,
  a: number,
  y: number,
  n: number,
  left: number,
  inverse: number,
  delta: number,
): void {
  const { heap, round } = t;
  const share = round(1 / n);
  const scale = round(inverse / n);
  const most = round(delta);
  for (let lane = 0; lane < LANES; lane++) {
    let sum = 0;
    for (let i = lane; i < lane + n * LANES; i += LANES) {
      const error = round(heap[a + i]! - heap[y + i]!);
      const cut = Math.max(-most, Math.min(error, most));
      sum = round(round(cut * round(error - round(0.5 * cut))) + sum);
      heap[dz + i] = lane < left ? cut * scale : 0;
    }
    heap[losses + lane] = lane < left ? sum * share : 0;
  }
}

/** Outputs a, error e = a − y: loss = (1/n) Σ log(cosh e) = |e| + log(1 + e^−2|e|) − log 2, dz = tanh(e)/(m·n). */
export function logCosh(
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
  const ln2 = round(LN2);
  for (let lane = 0; lane < LANES; lane++) {
    let sum = 0;
    for (let i = lane; i < lane + n * LANES; i += LANES) {
      const error = round(heap[a + i]! - heap[y + i]!);
      const size = Math.abs(error);
      const tail = t.log1p(t.exp(-round(size + size)));
      sum = round(sum + round(size + round(tail - ln2)));
      const slope = t.tanh(error);
      heap[dz + i] = lane < left ? slope * scale : 0;
    }
    heap[losses + lane] = lane < left ? sum * share : 0;
  }
}

/** Outputs a, error e = y − a: loss = (1/n) Σ max(q·e, (q − 1)·e), dz = (e > 0 ? −q : e < 0 ? 1 − q : 0)/(m·n). */
export function quantile(
  t: Arithmetic,
  dz: number,
  losses: number,
  a: number,
  y: number,
  n: number,
  left: number,
  inverse: number,
  q: number,
): void {
  const { heap, round } = t;
  const share = round(1 / n);
  const scale = round(inverse / n);
  const [share1, share0] = [round(q), round(1 - q)];
  for (let lane = 0; lane < LANES; lane++) {
    let sum = 0;
    for (let i = lane; i < lane + n * LANES; i += LANES) {
      const error = round(heap[y + i]! - heap[a + i]!);
      const slope = round((error < 0 ? share0 : 0) - (error > 0 ? share1 : 0));
      sum = round(sum - round(slope * error));
      heap[dz + i] = lane < left ? slope * scale : 0;
    }
    heap[losses + lane] = lane < left ? sum * share : 0;
  }
}

/** Logits z, the logarithms of the outputs: loss = (1/n) Σ e^z − y·z, dz = (e^z − y)/(m·n). */
export function poisson(
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
    let sum = 0;
    for (let i = lane; i < lane + n * LANES; i += LANES) {
      const logit = heap[z + i]!;
      const target = heap[y + i]!;
      const rate = t.exp(logit);
      sum = round(sum + round(rate - round(target * logit)));
      const slope = round(rate - target);
      heap[dz + i] = lane < left ? slope * scale : 0;
    }
    heap[losses + lane] = lane < left ? sum * share : 0;
  }
}

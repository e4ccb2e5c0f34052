// Activations of one panel, in place, in forward/backward pairs, as in assembly/activation.ts. Positions are elements
// of `heap`; backward takes dz with da in it. NaN passes through every forward.

import { LANES } from "../../../assembly/program.js";
import type { Numbers } from "./numbers.js";

/** a = max(z, 0) */
export function reluForward({ heap }: Numbers, a: number, rows: number): void {
  for (let i = a; i < a + rows * LANES; i++) heap[i] = heap[i]! < 0 ? 0 : heap[i]!;
}

/** dz = a > 0 ? da : 0 */
export function reluBackward({ heap }: Numbers, dz: number, a: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) heap[dz + i] = heap[a + i]! > 0 ? heap[dz + i]! : 0;
}

/** a = z < 0 ? 0.01·z : z */
export function leakyReluForward({ heap, round }: Numbers, a: number, rows: number): void {
  const leak = round(0.01);
  for (let i = a; i < a + rows * LANES; i++) heap[i] = heap[i]! < 0 ? leak * heap[i]! : heap[i]!;
}

/** dz = a > 0 ? da : 0.01·da */
export function leakyReluBackward({ heap, round }: Numbers, dz: number, a: number, rows: number): void {
  const leak = round(0.01);
  for (let i = 0; i < rows * LANES; i++) heap[dz + i] = heap[a + i]! > 0 ? heap[dz + i]! : leak * heap[dz + i]!;
}

/** a = tanh(z) */
export function tanhForward({ heap, tanh }: Numbers, a: number, rows: number): void {
  for (let i = a; i < a + rows * LANES; i++) heap[i] = tanh(heap[i]!);
}

/** dz = da·(1 − a²) */
export function tanhBackward({ heap, round }: Numbers, dz: number, a: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) {
    const y = heap[a + i]!;
    heap[dz + i] = heap[dz + i]! * round(1 - round(y * y));
  }
}

/** a = 1 / (1 + e^−z) */
export function sigmoidForward({ heap, sigmoid }: Numbers, a: number, rows: number): void {
  for (let i = a; i < a + rows * LANES; i++) heap[i] = sigmoid(heap[i]!);
}

/** dz = da·a·(1 − a) */
export function sigmoidBackward({ heap, round }: Numbers, dz: number, a: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) {
    const y = heap[a + i]!;
    heap[dz + i] = heap[dz + i]! * round(y * round(1 - y));
  }
}

/** a[u] = e^(z[u] − max z) / Σ e^(z − max z), over the first n rows. */
export function softmaxForward(t: Numbers, a: number, n: number): void {
  const { heap, round, exp } = t;
  for (let lane = a; lane < a + LANES; lane++) {
    const most = maximum(t, lane, n);
    let sum = 0;
    for (let i = lane; i < lane + n * LANES; i += LANES) {
      heap[i] = exp(round(heap[i]! - most));
      sum = round(sum + heap[i]!);
    }
    for (let i = lane; i < lane + n * LANES; i += LANES) heap[i] = heap[i]! / sum;
  }
}

/** Largest of n numbers a panel row apart; NaN wins. */
export function maximum({ heap }: Numbers, first: number, n: number): number {
  let most = heap[first]!;
  for (let i = first + LANES; i < first + n * LANES; i += LANES) most = Math.max(most, heap[i]!);
  return most;
}

/** Σ e^(z − most) of n numbers a panel row apart. */
export function sumOfExponentials(t: Numbers, first: number, n: number, most: number): number {
  let sum = 0;
  for (let i = first; i < first + n * LANES; i += LANES) sum = t.round(sum + t.exp(t.round(t.heap[i]! - most)));
  return sum;
}

// Softmax over the rows of one panel, and what the loss of its logits shares with it: the twin of assembly/softmax.ts.

import { LANES } from "../../../assembly/program.js";
import type { Arithmetic } from "./arithmetic.js";

/** a[u] = e^(z[u] − max z) / Σ e^(z − max z), over n rows. */
export function softmaxForward(t: Arithmetic, a: number, z: number, n: number): void {
  const { heap, round, exp } = t;
  for (let lane = 0; lane < LANES; lane++) {
    const most = maximum(t, z + lane, n);
    let sum = 0;
    for (let i = lane; i < lane + n * LANES; i += LANES) {
      heap[a + i] = exp(round(heap[z + i]! - most));
      sum = round(sum + heap[a + i]!);
    }
    for (let i = a + lane; i < a + lane + n * LANES; i += LANES) heap[i] = heap[i]! / sum;
  }
}

/** Largest of n numbers a panel row apart; NaN wins. */
export function maximum({ heap }: Arithmetic, first: number, n: number): number {
  let most = heap[first]!;
  for (let i = first + LANES; i < first + n * LANES; i += LANES) most = Math.max(most, heap[i]!);
  return most;
}

/** Σ e^(z − most) of n numbers a panel row apart. */
export function sumOfExponentials(t: Arithmetic, first: number, n: number, most: number): number {
  let sum = 0;
  for (let i = first; i < first + n * LANES; i += LANES) sum = t.round(sum + t.exp(t.round(t.heap[i]! - most)));
  return sum;
}

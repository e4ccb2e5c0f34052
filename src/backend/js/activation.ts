// Activations of one panel in forward/backward pairs, and the choice among them: the twin of assembly/activation.ts.
// Positions are elements of `heap`; a and z may be the same, dz holds da on entry.

import { GELU_CUBE, GELU_SCALE, LEAK } from "../../../assembly/constants.js";
import { Activation, LANES } from "../../../assembly/program.js";
import type { Arithmetic } from "./arithmetic.js";
import { unknown } from "./records.js";

/** a = g(z) of the activation that `which` names. */
export function activationForward(t: Arithmetic, which: number, a: number, z: number, rows: number): void {
  switch (which) {
    case Activation.relu:
      reluForward(t, a, z, rows);
      return;
    case Activation.leakyRelu:
      leakyReluForward(t, a, z, rows);
      return;
    case Activation.tanh:
      tanhForward(t, a, z, rows);
      return;
    case Activation.sigmoid:
      sigmoidForward(t, a, z, rows);
      return;
    case Activation.softmax:
      softmaxForward(t, a, z, rows);
      return;
    case Activation.gelu:
      geluForward(t, a, z, rows);
      return;
    case Activation.geluTanh:
      geluTanhForward(t, a, z, rows);
      return;
    default:
      unknown("activation", which);
  }
}

/** dz = da ∘ g′(z) of the activation that `which` names. */
export function activationBackward(t: Arithmetic, which: number, dz: number, kept: number, rows: number): void {
  switch (which) {
    case Activation.relu:
      reluBackward(t, dz, kept, rows);
      return;
    case Activation.leakyRelu:
      leakyReluBackward(t, dz, kept, rows);
      return;
    case Activation.tanh:
      tanhBackward(t, dz, kept, rows);
      return;
    case Activation.sigmoid:
      sigmoidBackward(t, dz, kept, rows);
      return;
    case Activation.gelu:
      geluBackward(t, dz, kept, rows);
      return;
    case Activation.geluTanh:
      geluTanhBackward(t, dz, kept, rows);
      return;
    default:
      unknown("activation with a backward pass", which);
  }
}

/** a = max(z, 0) */
export function reluForward({ heap }: Arithmetic, a: number, z: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) heap[a + i] = heap[z + i]! < 0 ? 0 : heap[z + i]!;
}

/** dz = a > 0 ? da : 0 */
export function reluBackward({ heap }: Arithmetic, dz: number, a: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) heap[dz + i] = heap[a + i]! > 0 ? heap[dz + i]! : 0;
}

/** a = z < 0 ? 0.01·z : z */
export function leakyReluForward({ heap, round }: Arithmetic, a: number, z: number, rows: number): void {
  const leak = round(LEAK);
  for (let i = 0; i < rows * LANES; i++) heap[a + i] = heap[z + i]! < 0 ? leak * heap[z + i]! : heap[z + i]!;
}

/** dz = a > 0 ? da : 0.01·da */
export function leakyReluBackward({ heap, round }: Arithmetic, dz: number, a: number, rows: number): void {
  const leak = round(LEAK);
  for (let i = 0; i < rows * LANES; i++) heap[dz + i] = heap[a + i]! > 0 ? heap[dz + i]! : leak * heap[dz + i]!;
}

/** a = tanh(z) */
export function tanhForward({ heap, tanh }: Arithmetic, a: number, z: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) heap[a + i] = tanh(heap[z + i]!);
}

/** dz = da·(1 − a²) */
export function tanhBackward({ heap, round }: Arithmetic, dz: number, a: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) {
    const y = heap[a + i]!;
    heap[dz + i] = heap[dz + i]! * round(1 - round(y * y));
  }
}

/** a = 1 / (1 + e^−z) */
export function sigmoidForward({ heap, sigmoid }: Arithmetic, a: number, z: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) heap[a + i] = sigmoid(heap[z + i]!);
}

/** dz = da·a·(1 − a) */
export function sigmoidBackward({ heap, round }: Arithmetic, dz: number, a: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) {
    const y = heap[a + i]!;
    heap[dz + i] = heap[dz + i]! * round(y * round(1 - y));
  }
}

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

/** a = z·Φ(z) */
export function geluForward({ heap, normalCdf }: Arithmetic, a: number, z: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) {
    const x = heap[z + i]!;
    heap[a + i] = x * normalCdf(x);
  }
}

/** dz = da·(Φ(z) + z·φ(z)) */
export function geluBackward(
  { heap, round, normalDensity, normalCdf }: Arithmetic,
  dz: number,
  z: number,
  rows: number,
): void {
  for (let i = 0; i < rows * LANES; i++) {
    const x = heap[z + i]!;
    const slope = round(round(x * normalDensity(x)) + normalCdf(x));
    heap[dz + i] = heap[dz + i]! * slope;
  }
}

/** a = ½·z·(1 + tanh(√(2/π)·(z + 0.044715·z³))) */
export function geluTanhForward({ heap, round, tanh }: Arithmetic, a: number, z: number, rows: number): void {
  const scale = round(GELU_SCALE);
  const cube = round(GELU_SCALE * GELU_CUBE);
  for (let i = 0; i < rows * LANES; i++) {
    const x = heap[z + i]!;
    const y = tanh(round(x * round(round(round(x * x) * cube) + scale)));
    heap[a + i] = round(0.5 * x) * round(1 + y);
  }
}

/** dz = da·½·(1 + t + z·(1 − t²)·√(2/π)·(1 + 3·0.044715·z²)), t = tanh(√(2/π)·(z + 0.044715·z³)) */
export function geluTanhBackward({ heap, round, tanh }: Arithmetic, dz: number, z: number, rows: number): void {
  const scale = round(GELU_SCALE);
  const cube = round(GELU_SCALE * GELU_CUBE);
  const slope = round(3 * GELU_SCALE * GELU_CUBE);
  for (let i = 0; i < rows * LANES; i++) {
    const x = heap[z + i]!;
    const square = round(x * x);
    const y = tanh(round(x * round(round(square * cube) + scale)));
    const inner = round(x * round(round(square * slope) + scale));
    const steep = round(inner * round(1 - round(y * y)));
    heap[dz + i] = heap[dz + i]! * round(0.5 * round(round(1 + y) + steep));
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

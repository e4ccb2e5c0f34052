// Activations of straight pieces: the twin of assembly/piecewise.ts.

import { SIXTH, THIRD } from "../../../assembly/constants.js";
import { LANES } from "../../../assembly/program.js";
import type { Arithmetic } from "./arithmetic.js";

/** a = max(z, 0) */
export function reluForward({ heap }: Arithmetic, a: number, z: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) heap[a + i] = heap[z + i]! < 0 ? 0 : heap[z + i]!;
}

/** dz = a > 0 ? da : 0 */
export function reluBackward({ heap }: Arithmetic, dz: number, a: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) heap[dz + i] = heap[a + i]! > 0 ? heap[dz + i]! : 0;
}

/** a = z < 0 ? slope·z : z */
export function leakyReluForward({ heap, round }: Arithmetic, a: number, z: number, rows: number, slope: number): void {
  const leak = round(slope);
  for (let i = 0; i < rows * LANES; i++) heap[a + i] = heap[z + i]! < 0 ? leak * heap[z + i]! : heap[z + i]!;
}

/** dz = a > 0 ? da : slope·da */
export function leakyReluBackward(
  { heap, round }: Arithmetic,
  dz: number,
  a: number,
  rows: number,
  slope: number,
): void {
  const leak = round(slope);
  for (let i = 0; i < rows * LANES; i++) heap[dz + i] = heap[a + i]! > 0 ? heap[dz + i]! : leak * heap[dz + i]!;
}

/** a = z < 0 ? slopes[unit]·z : z */
export function preluForward({ heap }: Arithmetic, a: number, z: number, rows: number, slopes: number): void {
  for (let i = 0; i < rows * LANES; i++) {
    const x = heap[z + i]!;
    heap[a + i] = x < 0 ? heap[slopes + Math.floor(i / LANES)]! * x : x;
  }
}

/** dz = z > 0 ? da : slopes[unit]·da */
export function preluBackward({ heap }: Arithmetic, dz: number, z: number, rows: number, slopes: number): void {
  for (let i = 0; i < rows * LANES; i++) {
    if (!(heap[z + i]! > 0)) heap[dz + i] = heap[slopes + Math.floor(i / LANES)]! * heap[dz + i]!;
  }
}

/** a = max(0, min(z/6 + ½, 1)) */
export function hardSigmoidForward({ heap, round, madd }: Arithmetic, a: number, z: number, rows: number): void {
  const sixth = round(SIXTH);
  for (let i = 0; i < rows * LANES; i++) heap[a + i] = cut(madd(heap[z + i]!, sixth, 0.5));
}

/** dz = −3 < z < 3 ? da/6 : 0 */
export function hardSigmoidBackward({ heap, round }: Arithmetic, dz: number, z: number, rows: number): void {
  const sixth = round(SIXTH);
  for (let i = 0; i < rows * LANES; i++) heap[dz + i] = Math.abs(heap[z + i]!) < 3 ? heap[dz + i]! * sixth : 0;
}

/** a = z·max(0, min(z/6 + ½, 1)) */
export function hardSwishForward({ heap, round, madd }: Arithmetic, a: number, z: number, rows: number): void {
  const sixth = round(SIXTH);
  for (let i = 0; i < rows * LANES; i++) {
    const x = heap[z + i]!;
    heap[a + i] = x * cut(madd(x, sixth, 0.5));
  }
}

/** dz = z ≤ −3 ? 0 : z < 3 ? da·(z/3 + ½) : da */
export function hardSwishBackward({ heap, round, madd }: Arithmetic, dz: number, z: number, rows: number): void {
  const third = round(THIRD);
  for (let i = 0; i < rows * LANES; i++) {
    const x = heap[z + i]!;
    const da = heap[dz + i]!;
    heap[dz + i] = !(x > -3) ? 0 : x < 3 ? da * madd(x, third, 0.5) : da;
  }
}

// to [0, 1]; NaN stays
const cut = (y: number) => (y < 0 ? 0 : y > 1 ? 1 : y);

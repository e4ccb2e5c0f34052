// Dropout of one panel: the twin of assembly/dropout.ts.

import { LANES } from "../../../assembly/program.js";
import type { Arithmetic } from "./arithmetic.js";
import { mix, UNIT } from "./chance.js";

/** out (rows, 8) = kept ? factor·a + shift : instead */
export function dropoutForward(
  { heap, words, madd }: Arithmetic,
  out: number,
  a: number,
  rows: number,
  order: number,
  key: number,
  threshold: number,
  factor: number,
  shift: number,
  instead: number,
): void {
  for (let lane = 0; lane < LANES; lane++) {
    const own = mix(key + words[order + lane]!);
    for (let u = 0, i = lane; u < rows; u++, i += LANES) {
      const kept = mix(own + Math.imul(UNIT, u)) >>> 0 >= threshold;
      heap[out + i] = kept ? madd(heap[a + i]!, factor, shift) : instead;
    }
  }
}

/** dz (rows, 8) = kept ? factor·dz : 0, for the same ones. */
export function dropoutBackward(
  { heap, words }: Arithmetic,
  dz: number,
  rows: number,
  order: number,
  key: number,
  threshold: number,
  factor: number,
): void {
  for (let lane = 0; lane < LANES; lane++) {
    const own = mix(key + words[order + lane]!);
    for (let u = 0, i = dz + lane; u < rows; u++, i += LANES) {
      const kept = mix(own + Math.imul(UNIT, u)) >>> 0 >= threshold;
      heap[i] = kept ? heap[i]! * factor : 0;
    }
  }
}

// Noise of the inputs: the twin of assembly/noise.ts.

import { LANES } from "../../../assembly/program.js";
import type { Arithmetic } from "./arithmetic.js";
import { keyOf, mix, normalOf, UNIT } from "./chance.js";

/** What the noise of a step is drawn from. */
export const noiseKey = (seed: number, step: number): number => keyOf(seed, step, -1);

/** x (count, 8) = scale·x + deviation·e, for the inputs from `first` on. */
export function addNoise(
  { heap, words, round, logDouble }: Arithmetic,
  x: number,
  count: number,
  first: number,
  order: number,
  examples: number,
  key: number,
  scale: number,
  deviation: number,
): void {
  for (let lane = 0; lane < LANES; lane++) {
    const own = mix(key + words[order + (lane < examples ? lane : 0)]!);
    for (let j = 0; j < count; j++) {
      const i = x + j * LANES + lane;
      const e = normalOf(mix(own + Math.imul(UNIT, first + j)), logDouble);
      heap[i] = round(round(heap[i]! * scale) + round(deviation * e));
    }
  }
}

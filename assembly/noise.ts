// Noise of the inputs: normal numbers by place (chance.ts), added to a panel.

import { keyOf, mix, normalOf, UNIT } from "./chance";
import { at } from "./lanes";
import { LANES } from "./program";

/** What the noise of a step is drawn from. */
export function noiseKey(seed: i32, step: i32): i32 {
  return keyOf(seed, step, -1); // the inputs are before layer 0
}

/**
 * x (count, 8) = scale·x + deviation·e, for the inputs from `first` on; order names the panel's examples, and the first
 * of them again where there are fewer than 8.
 */
export function addNoise<T>(
  x: usize,
  count: i32,
  first: i32,
  order: usize,
  examples: i32,
  key: i32,
  scale: T,
  deviation: f64,
): void {
  for (let lane = 0; lane < LANES; lane++) {
    const own = mix(key + load<i32>(at<i32>(order, lane < examples ? lane : 0)));
    for (let j = 0; j < count; j++) {
      const p = at<T>(x, j * LANES + lane);
      const e = normalOf(mix(own + UNIT * (first + j)));
      store<T>(p, load<T>(p) * scale + <T>(deviation * e));
    }
  }
}

// The product of a dense layer for a prediction, as in assembly/predict.ts and giving its bits. Positions are elements of
// `heap`.

import { LANES, UNITS } from "../../../assembly/program.js";
import type { Arithmetic } from "./arithmetic.js";

/**
 * z (np, 8) += w (np, count) · x (count, 8), one panel, with some of the inputs, of which w is the first one's; without the
 * old z when `fresh`. Few examples take the same way as a full panel.
 */
export function unitsForward(
  t: Arithmetic,
  z: number,
  x: number,
  w: number,
  k: number,
  count: number,
  np: number,
  fresh: boolean,
): void {
  if (fresh) t.heap.fill(0, z, z + np * LANES);
  for (let u = 0; u < np; u += UNITS) {
    t.multiplyAdd(z + u * LANES, LANES, w + u * k, 1, UNITS, x, Math.min(UNITS, np - u), count);
  }
}

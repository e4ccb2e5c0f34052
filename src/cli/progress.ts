// The bar on stderr while a network trains: how far, cost, rate, time left. One line, at most 80 columns.

import type { Progress } from "../history.js";
import { cost } from "../text.js";
import { bar, duration } from "./text.js";

/** The line for a state of the training. */
export function progressLine({ iteration, iterations, cost: now, seconds }: Progress): string {
  const share = iterations === 0 ? 1 : iteration / iterations;
  const rate = seconds > 0 ? iteration / seconds : 0;
  const left = rate > 0 ? duration((iterations - iteration) / rate) : "?";
  return `${bar(share)} ${iteration}/${iterations}  cost ${cost(now)}  ${rate.toFixed(0)}/s  ${left} left`.slice(0, 79);
}

// The line on stderr while a network trains: how far, cost, rate, time left; and while a large file is looked through. At
// most 80 columns.

import { basename } from "node:path";
import type { Progress } from "../history.js";
import { cost, percent } from "../text.js";
import type { Io } from "./io.js";
import { bar, duration } from "./text.js";

/** The line for a state of the training. */
export function progressLine({ iteration, iterations, cost: now, seconds }: Progress): string {
  const share = iterations === 0 ? 1 : iteration / iterations;
  const rate = seconds > 0 ? iteration / seconds : 0;
  const left = rate > 0 ? duration((iterations - iteration) / rate) : "?";
  return `${bar(share)} ${iteration}/${iterations}  cost ${cost(now)}  ${rate.toFixed(0)}/s  ${left} left`.slice(0, 79);
}

/** Shows how much of a table has been looked through; what is done in no time is not shown. */
export function readingLine(path: string, io: Io): (share: number) => void {
  const begun = performance.now();
  return (share) => {
    if (share === 1) io.status("");
    else if (performance.now() - begun > 300) io.status(`looking through ${basename(path)}: ${percent(share)}`);
  };
}

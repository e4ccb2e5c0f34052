// Words for a terminal: bars, durations, lines of a width. Numbers and tables, which the page has too, are
// src/text.ts's.

import type { Scaling } from "../catalogue.js";
import { digits } from "../text.js";

/** A bar of 20 characters in brackets, of which `share` (0 to 1) is filled. */
export function bar(share: number): string {
  const filled = Math.round(20 * share);
  return `[${"#".repeat(filled)}${"-".repeat(20 - filled)}]`;
}

/** Seconds as "0.42 s", "13.1 s" or "2:05 min". */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")} min`;
}

/** Text broken at spaces into lines of at most `width`, the lines after the first indented by `indent`. */
export function wrap(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length > width && line !== "") {
      lines.push(line);
      line = indent + word;
    } else line = longer;
  }
  return [...lines, line];
}

/** A scale as a person writes it: 1/255. */
export function scaleInWords(scale: number): string {
  const over = Math.round(1 / scale);
  return over > 1 && scale === 1 / over ? `1/${over}` : digits(scale, 6);
}

const SCALED: Readonly<Record<Scaling, string>> = {
  standard: "columns standardised",
  minmax: "columns brought to 0 … 1",
  standardAll: "all columns standardised as one",
  minmaxAll: "all columns brought to 0 … 1 as one",
};

/** What is done to the columns, to the end of a list of facts: ", columns standardised"; empty where nothing is. */
export const scalingInWords = (scaling: Scaling | "none"): string => (scaling === "none" ? "" : `, ${SCALED[scaling]}`);

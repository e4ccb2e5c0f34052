// All programs, and which of them are left out and why.

import { CONTROLS } from "./controls.js";
import { DEEPFD } from "./deepfd.js";
import { DEEPMUFL } from "./deepmufl.js";
import type { Program } from "./program.js";
import { SEEDED } from "./seeded.js";

const from = (source: Program["source"], rows: readonly Omit<Program, "source">[]): Program[] =>
  rows.map((row) => ({ ...row, source }));

export const PROGRAMS: readonly Program[] = [
  ...from("DeepFD", DEEPFD),
  ...from("deepmufl", DEEPMUFL),
  ...from("TheDeepChecker", SEEDED),
  ...from("AUTOTRAINER", CONTROLS),
];

export const LEFT_OUT: Readonly<Record<string, string>> = {
  "cars, flipped sign": "a gradient that is climbed: no option says it",
  "cars, broadcast loss": "a loss over shapes that do not fit: no option says it",
};

/** Odd numbers are for tuning, even ones are held out; of names, every other one. */
export function isOdd(program: Program): boolean {
  const number = Number(program.id);
  return (
    (Number.isNaN(number) ? PROGRAMS.filter((one) => Number.isNaN(Number(one.id))).indexOf(program) : number) % 2 === 1
  );
}

/** Right causes named by published tools, of the deepmufl's 61 by group: of how many; DeepDiagnosis, DeepLocalize, NeuraLint, UMLAUT, deepmufl. */
export const BY_CAUSE: Readonly<Record<string, readonly number[]>> = {
  A: [10, 4, 5, 7, 2, 7],
  B: [5, 0, 3, 0, 0, 0],
  C: [8, 4, 0, 0, 2, 3],
  D: [7, 0, 0, 1, 0, 3],
  E: [6, 5, 0, 0, 3, 6],
  F: [3, 0, 0, 0, 1, 1],
  G: [4, 2, 3, 3, 1, 3],
  H: [2, 0, 1, 1, 0, 1],
  I: [3, 1, 1, 0, 0, 1],
  J: [2, 0, 0, 0, 0, 2],
  K: [11, 5, 4, 1, 0, 6],
};

// Cells from values that a binary file stores: what numbers of 64 bits become in a table, which has doubles and text.

import type { Cell, Column } from "./types.js";

const MOST = BigInt(2 ** 53);

/** Whole numbers of 64 bits: numbers where all are exact, else text of their digits, as tables of text have them. */
export function wholeCells(values: readonly (bigint | null)[]): Cell[] {
  const exact = values.every((value) => value === null || (value <= MOST && value >= -MOST));
  const read = exact ? Number : String;
  return values.map((value) => (value === null ? null : read(value)));
}

/** Cells as a column has them: numbers without holes as doubles. */
export function asColumn(cells: readonly Cell[]): Column["values"] {
  return cells.every((cell) => typeof cell === "number") ? Float64Array.from(cells) : cells;
}

/** The millisecond in which a moment lies, of so many parts of a millisecond since 1970. */
export function dateOf(value: bigint, parts: bigint): Date {
  const whole = value / parts;
  return new Date(Number(value % parts < 0n ? whole - 1n : whole));
}

export const isDate = (date: Date) => !Number.isNaN(date.getTime());

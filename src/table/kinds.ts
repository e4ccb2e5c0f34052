// What the columns of a table hold: numbers, yes or no, categories, dates, text. Told by their cells alone, so that the
// same column is the same kind in every file that has the same kinds of cells. What is seen of them is profile.ts's.

import { digits } from "../text.js";
import type { Cell } from "./types.js";

export type ColumnKind = "number" | "boolean" | "category" | "date" | "text" | "empty" | "unreadable";

/** What a column is seen to hold. */
export interface ColumnFacts {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Cells without a value. */
  readonly missing: number;
  /** Different values. */
  readonly distinct: number;
  /** Of numbers and dates; null for others. */
  readonly range: readonly [least: number, most: number] | null;
  /** Why a column of text is none of numbers, where most of it is, or why one could not be read; else null. */
  readonly trouble: string | null;
}

// What pandas reads as a missing value, and the "?" of old collections.
const MISSING: ReadonlySet<string> = new Set([
  ...["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A"],
  ...["NA", "NULL", "NaN", "None", "n/a", "nan", "null", "?"],
]);
/** Text of a number. */
export const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const DATE = /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;
const LIKE_NUMBER = /^[$€£¥]?\s?[+-]?\d[\d.,' ]*([^\d.,']{0,6})$/; // with a sign of money, separators or a unit
const DAY = 86_400_000; // milliseconds

/** Different values up to which text is a category: this many, or this share of its rows. Judgements. */
const FEW = { values: 20, share: 0.05, most: 1000 };

/** Whether text of so many cells holds few enough different values for a category. */
export const areFew = (distinct: number, cells: number): boolean =>
  (distinct <= FEW.values ? 2 * distinct <= cells : distinct <= FEW.share * cells) && distinct <= FEW.most;

/** What is neither digits nor separators at the end of text that begins like a number; null for other text. */
export const unitIn = (cell: Cell): string | null =>
  typeof cell === "string" ? (LIKE_NUMBER.exec(cell)?.[1]?.trim() ?? null) : null;

/** Whether a cell has no value. */
export function isMissing(cell: Cell | undefined): boolean {
  if (cell === null || cell === undefined) return true;
  if (typeof cell === "string") return MISSING.has(cell);
  return typeof cell === "number" ? Number.isNaN(cell) : cell instanceof Date && Number.isNaN(cell.getTime());
}

/** A cell as text, the same for 1, "1" and "1.0". */
export function textOf(cell: Cell): string {
  if (cell instanceof Date) return cell.toISOString();
  const number = numberIn(cell);
  return Number.isNaN(number) ? String(cell) : String(number);
}

/** The number in a cell; NaN where it holds none. */
export function numberIn(cell: Cell): number {
  if (typeof cell === "string") return NUMBER.test(cell) ? Number(cell) : Number.NaN;
  return typeof cell === "number" || typeof cell === "bigint" ? Number(cell) : Number.NaN;
}

/** 1 or 0 for a yes or no; NaN for anything else. */
function flagIn(cell: Cell): number {
  if (typeof cell === "boolean") return Number(cell);
  if (typeof cell !== "string" || !/^(true|false)$/i.test(cell)) return Number.NaN;
  return Number(/^t/i.test(cell));
}

/** Days since 1970-01-01 in UTC; NaN for what is no date. A time without a zone is UTC's. */
function daysIn(cell: Cell): number {
  if (cell instanceof Date) return cell.getTime() / DAY;
  if (typeof cell !== "string" || !DATE.test(cell)) return Number.NaN;
  const zoned = /[T ]/.test(cell) && !/(Z|[+-]\d\d:?\d\d)$/.test(cell);
  return Date.parse(`${cell.replace(" ", "T")}${zoned ? "Z" : ""}`) / DAY;
}

/** How the values of each kind are read from cells. */
export const READS = { number: numberIn, boolean: flagIn, date: daysIn } as const;

/** The range of a column in words: of dates as dates. */
export function rangeInWords({ kind, range }: ColumnFacts): string {
  if (range === null) return "";
  const [least, most] = range.map((value) =>
    kind === "date" ? new Date(value * DAY).toISOString().slice(0, 10) : digits(value, 6),
  );
  return `${least} to ${most}`;
}

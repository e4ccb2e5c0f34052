// What the columns of a table hold: numbers, yes or no, categories, dates, text. Told by their cells alone, so that the
// same column is the same kind in every file that has the same kinds of cells.

import { digits } from "../text.js";
import type { Cell, Column } from "./types.js";

export type ColumnKind = "number" | "boolean" | "category" | "date" | "text" | "empty";

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
  /** Why a column of text is none of numbers, where most of it is; else null. */
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
const MOSTLY = 0.9; // of a column: the rest are slips

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

/** What a column holds, from all its cells. */
export function factsOf({ name, values }: Column): ColumnFacts {
  const present = Array.from(values as ArrayLike<Cell>).filter((cell) => !isMissing(cell));
  const missing = values.length - present.length;
  const distinct = new Set(present.map(textOf)).size;
  const is = (read: (cell: Cell) => number) => present.every((cell) => !Number.isNaN(read(cell)));
  const kind = (): ColumnKind => {
    if (present.length === 0) return "empty";
    for (const one of ["number", "boolean", "date"] as const) if (is(READS[one])) return one;
    const few = distinct <= FEW.values ? 2 * distinct <= present.length : distinct <= FEW.share * present.length;
    return few && distinct <= FEW.most ? "category" : "text";
  };
  const found = kind();
  const trouble = found === "text" || found === "category" ? troubleWith(values, present) : null;
  const read = found === "number" || found === "date" ? READS[found] : null;
  return {
    ...{ name, missing, distinct, trouble },
    kind: trouble === null ? found : "text",
    range:
      read &&
      present.reduce<[number, number]>(
        ([least, most], cell) => [Math.min(least, read(cell)), Math.max(most, read(cell))],
        [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      ),
  };
}

// What keeps a column of numbers from being one.
function troubleWith(values: Column["values"], present: readonly Cell[]): string | null {
  const numbers = present.filter((cell) => !Number.isNaN(numberIn(cell))).length;
  const show = (cell: Cell) => JSON.stringify(String(cell));
  if (numbers >= MOSTLY * present.length) {
    const row = Array.from(values as ArrayLike<Cell>).findIndex(
      (cell) => !isMissing(cell) && Number.isNaN(numberIn(cell)),
    );
    return `holds numbers, but ${show(values[row]!)} in row ${row + 1}`;
  }
  const like = present.filter((cell) => typeof cell === "string" && LIKE_NUMBER.test(cell));
  const units = new Set(like.map((cell) => LIKE_NUMBER.exec(cell as string)![1]!.trim()));
  if (like.length < MOSTLY * present.length || units.size > 1 || new Set(like).size <= 2) return null;
  const such = like.find((cell) => Number.isNaN(numberIn(cell)))!;
  return `holds numbers with separators or units, such as ${show(such)}`;
}

/** The range of a column in words: of dates as dates. */
export function rangeInWords({ kind, range }: ColumnFacts): string {
  if (range === null) return "";
  const [least, most] = range.map((value) =>
    kind === "date" ? new Date(value * DAY).toISOString().slice(0, 10) : digits(value, 6),
  );
  return `${least} to ${most}`;
}

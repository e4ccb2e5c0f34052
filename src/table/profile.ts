// What is seen of a column while its cells go by, in one pass: what kind it is, how many rows each value has, and numbers
// for a median. Of a table in memory all is kept; of one that is larger as much as there is room for.

import { areFew, type ColumnFacts, type ColumnKind, isMissing, READS, textOf, unitIn } from "./kinds.js";
import type { Cell, Column } from "./types.js";

/** A cell, and its row, counted from 1. */
interface Seen {
  readonly cell: Cell;
  readonly row: number;
}

export interface Profile {
  readonly name: string;
  /** Why it could not be read, where that is so. */
  readonly unreadable?: string | undefined;
  /** Goes on with the cells of further rows. */
  add(cells: Column["values"]): void;
  facts(): ColumnFacts;
  /** Rows so far. */
  readonly rows: number;
  /** Rows of each value, as text, null for none; empty where there were too many to be kept. */
  readonly counts: ReadonlyMap<string | null, number>;
  /** Whether all are whole numbers, and no two the same. */
  readonly areIds: boolean;
  /** Numbers, days or flags in the column: all, or those in evenly spaced rows. */
  readonly numbers: readonly number[];
  readonly first: Cell;
  /** The first row without a value; 0 where all have one. */
  readonly missing: number;
  /** The first row with the least number. */
  readonly leastRow: number;
  /** The first value that is no finite number of the column's kind; null where all are. */
  strangerTo(kind: keyof typeof READS): Seen | null;
}

/** What a column in memory holds. */
export const factsOf = (column: Column): ColumnFacts => profileOf(column).facts();

/** Of a column in memory: from all its cells. */
export function profileOf({ name, values, unreadable }: Column): Profile {
  const profile = createProfile(name);
  profile.add(values);
  if (unreadable === undefined) return profile;
  const facts = { ...profile.facts(), kind: "unreadable", trouble: unreadable } as const;
  return { ...profile, unreadable, facts: () => facts };
}

const MOSTLY = 0.9; // of a column: the rest are slips
const KINDS = ["number", "boolean", "date"] as const;

/** Keeps at most `most` different values, and as many numbers. */
export function createProfile(name: string, most = Number.POSITIVE_INFINITY): Profile {
  let [rows, missing, firstMissing] = [0, 0, 0];
  let counts: Map<string | number | null, number> | null = new Map(); // numbers as such, which is faster
  let first: Cell = null;
  const fits = { number: 0, boolean: 0, date: 0 }; // cells that are of this kind
  const stranger: { [K in (typeof KINDS)[number]]: Seen | null } = { number: null, boolean: null, date: null };
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let leastRow = 0;
  let numbers: number[] = [];
  let every = 1;
  let [integers, rising, last] = [true, true, Number.NEGATIVE_INFINITY];
  // text that only looks like a number
  let like = 0;
  const units = new Set<string>();
  const likes = new Set<Cell>();
  let firstLike: Cell = null;

  function count(value: string | number | null): void {
    if (counts === null) return;
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size > most) counts = null;
  }

  function see(cell: Cell): void {
    rows++;
    if (rows === 1) first = cell;
    if (isMissing(cell)) {
      missing++;
      firstMissing ||= rows;
      count(null);
      return;
    }
    let value = READS.number(cell);
    const isNumber = !Number.isNaN(value);
    count(isNumber ? value : textOf(cell));
    for (const kind of KINDS) {
      const own = kind === "number" ? value : isNumber ? Number.NaN : READS[kind](cell); // of one kind at most
      if (!Number.isFinite(own)) stranger[kind] ??= { cell, row: rows };
      if (Number.isNaN(own)) continue;
      fits[kind]++;
      value = own;
    }
    const unit = unitIn(cell);
    if (unit !== null) {
      like++;
      if (units.size < 2) units.add(unit);
      if (likes.size < 3) likes.add(cell);
      if (Number.isNaN(value)) firstLike ??= cell;
    }
    integers &&= Number.isInteger(value);
    rising &&= value > last;
    last = value;
    if (Number.isNaN(value)) return;
    if (value < least) [least, leastRow] = [value, rows];
    largest = Math.max(largest, value);
    if (rows % every === 0) numbers.push(value);
    if (numbers.length <= most) return;
    every *= 2;
    numbers = numbers.filter((_, i) => i % 2 === 1);
  }

  const present = () => rows - missing;
  const distinct = () => (counts === null ? Number.POSITIVE_INFINITY : counts.size - Number(counts.has(null)));

  function kindOf(): ColumnKind {
    if (present() === 0) return "empty";
    for (const kind of KINDS) if (fits[kind] === present()) return kind;
    return areFew(distinct(), present()) ? "category" : "text";
  }

  // What keeps a column of numbers from being one.
  function trouble(): string | null {
    const show = (cell: Cell) => JSON.stringify(String(cell));
    const { number: other } = stranger;
    if (fits.number >= MOSTLY * present() && other) return `holds numbers, but ${show(other.cell)} in row ${other.row}`;
    if (like < MOSTLY * present() || units.size > 1 || likes.size <= 2) return null;
    return `holds numbers with separators or units, such as ${show(firstLike)}`;
  }

  return {
    name,
    add(cells) {
      for (let i = 0; i < cells.length; i++) see(cells[i]!);
    },
    facts() {
      const kind = kindOf();
      const why = kind === "text" || kind === "category" ? trouble() : null;
      return {
        ...{ name, missing, distinct: distinct(), trouble: why },
        kind: why === null ? kind : "text",
        range: kind === "number" || kind === "date" ? [least, largest] : null,
      };
    },
    get rows() {
      return rows;
    },
    get counts() {
      return new Map(Array.from(counts ?? [], ([value, n]) => [value === null ? null : String(value), n]));
    },
    get areIds() {
      return integers && fits.number === rows && (rising || distinct() === rows);
    },
    get numbers() {
      return numbers;
    },
    get first() {
      return first;
    },
    get missing() {
      return firstMissing;
    },
    get leastRow() {
      return leastRow;
    },
    strangerTo: (kind) => stranger[kind],
  };
}

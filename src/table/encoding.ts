// How the columns of a table become numbers: fitted on the rows that are trained on, then plain data that travel with
// the network and do the same to every other table, whatever the order of its columns.

import { InputError } from "../errors.js";
import { logOnePlus64 } from "../math.js";
import { show } from "../options/check.js";
import { shellWord } from "../text.js";
import { columnOf, listed, readableOf } from "./check.js";
import { type ColumnFacts, isMissing, READS, textOf } from "./kinds.js";
import { type Profile, profileOf } from "./profile.js";
import type { Cell, Column, Table } from "./types.js";

/** How one column becomes one or more numbers of an example. */
export type Feature =
  /** The number, log(1 + v) of it with `log1p`, days since 1970 of a date, 1 or 0 of yes or no; `fill` where it is empty. */
  | {
      readonly name: string;
      readonly kind: "number" | "date" | "boolean";
      readonly fill: number;
      /** Whether a second number tells with 1 that the cell is empty. */
      readonly missing: boolean;
      readonly log1p?: boolean;
    }
  /** For each value a number, which is 1 for that value and else 0; the last one for all `other` values, where there is one. */
  | {
      readonly name: string;
      readonly kind: "category";
      /** null is an empty cell. */
      readonly values: readonly (string | null)[];
      /** Values that were too rare for a number of their own, and share one. */
      readonly other: readonly (string | null)[];
    };

/** What is predicted: the class that a column holds, or the numbers in some columns. */
export type Target =
  | { readonly names: readonly [string]; readonly classes: readonly string[] }
  | { readonly names: readonly string[]; readonly classes: null };

/** How a table becomes a data set. Plain data, which travel in a model file. */
export interface Encoding {
  readonly features: readonly Feature[];
  readonly target: Target;
}

export interface EncodingOptions {
  /** Columns that become inputs, in this order. @default all that are neither target, id nor dropped */
  features?: readonly string[] | undefined;
  /** Columns to leave out. @default none */
  drop?: readonly string[] | undefined;
  /** Column that names the rows, and is no input. @default one called id or the like, whose whole numbers all differ */
  id?: string | undefined;
  /** Columns that are categories whatever they hold, such as numbers that name something. @default none */
  categories?: readonly string[] | undefined;
  /** Columns of dates that become days since 1970. @default none: dates are refused */
  dates?: readonly string[] | undefined;
  /** Columns of numbers v above −1 that become log(1 + v). @default none */
  log1p?: readonly string[] | undefined;
  /** Most values of a category with a number of their own; the rarer ones share one. @default 50 */
  mostCategories?: number | undefined;
}

const MOST_CATEGORIES = 50; // a judgement
const ID = /^(id|index|row|unnamed: 0|.*[_ ]id|.*[a-z]I[dD])$|^ID$/;

/** The column that names the rows: the one that is asked for, or one that is called so; null where there is none. */
export function idColumn(table: Table, id: string | undefined): string | null {
  const called = table.columns.filter(({ name }) => ID.test(name.trim()) || name === "" || name === id);
  return idAmong({ columns: called.map(profileOf) }, id);
}

function idAmong(table: Profiles, id: string | undefined): string | null {
  if (id !== undefined) return readableOf("createTableDataset", table, id).name;
  const found = table.columns.find(({ name, areIds }) => (ID.test(name.trim()) || name === "") && areIds);
  return found?.name ?? null;
}

/** What is seen of each column of a table. */
export interface Profiles {
  readonly columns: readonly Profile[];
}

/** What names each row: the column of ids, else its number from 1 on. Throws E_TABLE for a column that is not there. */
export function rowNames(table: Table, id?: string): string[] {
  const own = idColumn(table, id);
  const column = table.columns.find(({ name }) => name === own);
  return Array.from({ length: table.count }, (_, i) => String(column ? column.values[i] : i + 1));
}

/** How the columns of `table`, but for those of `target`, become numbers. Throws E_TABLE, naming columns that cannot. */
export function fitFeatures(
  who: string,
  table: Profiles,
  target: readonly string[],
  options: EncodingOptions,
): Feature[] {
  const { features, drop = [], id, categories = [], dates = [], log1p = [] } = options;
  const { mostCategories = MOST_CATEGORIES } = options;
  for (const name of [...drop, ...categories, ...dates, ...log1p]) columnOf(who, table, name);
  const aside = new Set([...target, ...drop, ...(features ? [] : [idAmong(table, id)])]);
  const columns = features
    ? features.map((name) => columnOf(who, table, name))
    : table.columns.filter(({ name }) => !aside.has(name));
  if (features) refuseBoth(who, features, target);
  const stray = log1p.find((name) => !columns.some((column) => column.name === name));
  if (stray !== undefined)
    throw new InputError("E_TABLE", `${who}: column ${show(stray)} is no input; log1p is for those.`);
  if (columns.length === 0)
    throw new InputError(
      "E_TABLE",
      `${who}: no column is left to predict from; the table has ${listed(table.columns.map(({ name }) => name))}.`,
    );
  const facts = columns.map((column): ColumnFacts => {
    const found = column.facts();
    const asked = categories.includes(column.name) && found.kind !== "empty" && found.kind !== "unreadable";
    return asked ? { ...found, kind: "category", range: null, trouble: null } : found;
  });
  refuseColumns(who, facts, dates);
  return columns.map((column, c) => fitFeature(who, column, facts[c]!, log1p.includes(column.name), mostCategories));
}

/** Throws E_TABLE for a column that is both an input and to be predicted. */
export function refuseBoth(who: string, features: readonly string[], target: readonly string[]): void {
  const both = features.find((name) => target.includes(name));
  if (both === undefined) return;
  throw new InputError("E_TABLE", `${who}: column ${show(both)} is to be predicted and an input; leave it out of one.`);
}

// All columns that cannot be used, in one sentence, with what to do.
function refuseColumns(who: string, facts: readonly ColumnFacts[], dates: readonly string[]): void {
  const why = ({ name, kind, distinct, trouble }: ColumnFacts): string | null => {
    if (trouble !== null) return trouble;
    if (kind === "text") return `is text (${distinct} different values)`;
    if (kind === "empty") return "is empty";
    return kind === "date" && !dates.includes(name) ? "holds dates (--dates, dates: [name], makes days of them)" : null;
  };
  const bad = facts.flatMap((one) => {
    const reason = why(one);
    return reason === null ? [] : [{ name: one.name, reason }];
  });
  if (bad.length === 0) return;
  const list = bad
    .slice(0, 6)
    .map(({ name, reason }) => `column ${show(name)} ${reason}`)
    .join(", ");
  const more = bad.length > 6 ? ` and ${bad.length - 6} more` : "";
  const names = bad.map(({ name }) => name);
  throw new InputError(
    "E_TABLE",
    `${who}: ${list}${more}; mend or leave out what is no number and no category: drop: ${JSON.stringify(names)}, on the command line --drop ${shellWord(names.join(","))}.`,
  );
}

function fitFeature(who: string, profile: Profile, facts: ColumnFacts, log: boolean, most: number): Feature {
  const { name, counts, numbers } = profile;
  const kind = facts.kind as Feature["kind"];
  const missing = facts.missing > 0;
  if (log && kind !== "number")
    throw new InputError("E_TABLE", `${who}: column ${show(name)} is no column of numbers; log1p is for those.`);
  if (kind === "category") {
    if (counts.size > 0) return { name, kind, ...categoriesOf(counts, most) };
    throw new InputError(
      "E_TABLE",
      `${who}: column ${show(name)} has too many different values for a category; drop it.`,
    );
  }
  refuseStranger(who, name, kind, profile.strangerTo(kind));
  if (log && facts.range![0] <= -1) {
    throw new InputError(
      "E_TABLE",
      `${who}: log(1 + v) of column ${show(name)} wants numbers above −1, and row ${profile.leastRow} has ${facts.range![0]}; leave it out of log1p.`,
    );
  }
  const fill = medianOf(Float64Array.from(numbers));
  return { name, kind, fill: kind === "boolean" ? Math.floor(fill) : fill, missing, ...(log && { log1p: true }) };
}

/** The middle of the values; of two in the middle their mean, as NumPy's median. */
function medianOf(values: Float64Array): number {
  const sorted = values.slice().sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

// The values of a category, sorted, an empty cell last; the rarest beyond `most` apart, of equally frequent ones the later.
function categoriesOf(
  counts: Profile["counts"],
  most: number,
): { values: (string | null)[]; other: (string | null)[] } {
  const order = (a: string | null, b: string | null) => (a === null ? 1 : b === null ? -1 : a < b ? -1 : a > b ? 1 : 0);
  const sorted = [...counts.keys()].sort(order);
  if (sorted.length <= most) return { values: sorted, other: [] };
  const frequent = new Set([...sorted].sort((a, b) => counts.get(b)! - counts.get(a)!).slice(0, most));
  return { values: sorted.filter((v) => frequent.has(v)), other: sorted.filter((v) => !frequent.has(v)) };
}

const WANTED = { number: "a number", boolean: "true or false", date: "a date such as 2024-05-31" } as const;

/** The numbers in a column's cells, NaN where one is empty. Throws E_TABLE for a cell that is of another kind. */
export function numbersOf(who: string, name: string, kind: keyof typeof READS, values: Column["values"]): Float64Array {
  if (values instanceof Float64Array && kind === "number") return values;
  const read = READS[kind];
  return Float64Array.from(values as ArrayLike<Cell>, (cell, row) => {
    if (isMissing(cell)) return Number.NaN;
    const value = read(cell);
    if (!Number.isFinite(value)) refuseStranger(who, name, kind, { cell, row: row + 1 });
    return value;
  });
}

/** Throws E_TABLE for a cell that is of another kind than its column. */
export function refuseStranger(
  who: string,
  name: string,
  kind: keyof typeof READS,
  stranger: ReturnType<Profile["strangerTo"]>,
): void {
  if (stranger === null) return;
  const { cell, row } = stranger;
  throw new InputError(
    "E_TABLE",
    `${who}: column ${show(name)} has ${show(String(cell))} in row ${row}; it wants ${WANTED[kind]}, or nothing.`,
  );
}

/** Numbers that a column becomes. */
const widthOf = (feature: Feature): number =>
  feature.kind === "category" ? feature.values.length + (feature.other.length > 0 ? 1 : 0) : feature.missing ? 2 : 1;

/** Names of all inputs: "age", "age missing", "port = S". */
export function inputNames({ features }: Encoding): string[] {
  return features.flatMap((feature) => {
    const { name } = feature;
    if (feature.kind !== "category") return [name, ...(feature.missing ? [`${name} missing`] : [])];
    const names = feature.values.map((value) => `${name} ${value === null ? "missing" : `= ${value}`}`);
    return feature.other.length > 0 ? [...names, `${name} other`] : names;
  });
}

/** Which inputs are 1 or 0 and mean yes or no, so that they are left as they are where others are standardised. */
export function flagsOf({ features }: Encoding): boolean[] {
  return features.flatMap((feature) =>
    feature.kind === "number" || feature.kind === "date"
      ? [false, true].slice(0, widthOf(feature))
      : new Array<boolean>(widthOf(feature)).fill(true),
  );
}

/** Values of categories that the encoding has not seen, whose numbers are all 0. */
export interface Unseen {
  readonly name: string;
  readonly values: readonly string[];
  /** Rows that have one. */
  readonly rows: number;
}

/**
 * The inputs, (count, inputs) row-major, and what was not seen before. Throws E_TABLE for a table without one of the
 * columns, and for cells that are of another kind than the column.
 */
export function encodeFeatures(
  who: string,
  table: Table,
  encoding: Encoding,
): { x: Float64Array; width: number; unseen: Unseen[] } {
  const { features } = encoding;
  const absent = features.filter(({ name }) => !table.columns.some((column) => column.name === name));
  if (absent.length > 0) {
    const [names, own] = [absent, table.columns].map((list) => listed(list.map(({ name }) => show(name))));
    throw new InputError(
      "E_TABLE",
      `${who}: the table has no column ${names}, which the model was trained with; it has ${own}.`,
    );
  }
  const width = features.reduce((sum, feature) => sum + widthOf(feature), 0);
  const x = new Float64Array(table.count * width);
  const unseen: Unseen[] = [];
  let first = 0;
  for (const feature of features) {
    const { values } = readableOf(who, table, feature.name);
    if (feature.kind === "category") {
      const found = encodeCategory(feature, values, x, first, width);
      if (found !== null) unseen.push(found);
    } else encodeNumber(who, feature, values, x, first, width);
    first += widthOf(feature);
  }
  return { x, width, unseen };
}

function encodeNumber(
  who: string,
  { name, kind, fill, missing, log1p }: Exclude<Feature, { kind: "category" }>,
  values: Column["values"],
  x: Float64Array,
  first: number,
  width: number,
): void {
  numbersOf(who, name, kind, values).forEach((found, row) => {
    const empty = Number.isNaN(found);
    const value = empty ? fill : found;
    if (log1p && value <= -1) {
      throw new InputError(
        "E_TABLE",
        `${who}: column ${show(name)} has ${value} in row ${row + 1}; log(1 + v) wants numbers above −1.`,
      );
    }
    x[row * width + first] = log1p ? logOnePlus64(value) : value;
    if (missing) x[row * width + first + 1] = empty ? 1 : 0;
  });
}

function encodeCategory(
  { name, values: known, other }: Extract<Feature, { kind: "category" }>,
  values: Column["values"],
  x: Float64Array,
  first: number,
  width: number,
): Unseen | null {
  const places = new Map<string | null, number>([
    ...known.map((value, c) => [value, c] as const),
    ...other.map((value) => [value, known.length] as const),
  ]);
  const strangers = new Set<string>();
  let rows = 0;
  Array.from(values as ArrayLike<Cell>).forEach((cell, row) => {
    const value = isMissing(cell) ? null : textOf(cell);
    const place = places.get(value);
    if (place !== undefined) x[row * width + first + place] = 1;
    else {
      rows++;
      strangers.add(value ?? "(empty)");
    }
  });
  return rows === 0 ? null : { name, values: [...strangers], rows };
}

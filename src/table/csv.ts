// CSV and its kin (TSV, semicolons, pipes) as tables of text. Rows are csv-parse's work; what is found out here is the
// encoding, the separator, whether there is a header, and decimal commas.

import { CsvError, parse } from "csv-parse/browser/esm/sync";
import { InputError } from "../errors.js";
import { tableOf } from "./columns.js";
import { checkText } from "./content.js";
import { NUMBER } from "./kinds.js";
import type { Column, Table } from "./types.js";

export interface CsvOptions {
  /** Name of the file, for messages. */
  name?: string | undefined;
  /** One character between cells. @default the one of tab, semicolon, pipe and comma that the first rows have alike */
  separator?: string | undefined;
  /**
   * Whether the first row has the names of the columns. @default whether it holds text above a column of numbers; without
   * any number, whether its cells are all different
   */
  header?: boolean | undefined;
}

/** A cell of a text file; null where it is empty. */
export type Text = string | null;

// where two of them part all rows alike, the first is taken: commas are also in numbers and prose
const SEPARATORS = ["\t", ";", "|", ","];
const LOOKED_AT = 2 ** 16; // characters from which the separator is told

/**
 * A table from text: a row a line, cells between separators, in quotes where they hold one. Cells are text, trimmed
 * outside of quotes; an empty one is null. Columns without names are "1", "2", … A byte order mark, lines that begin with
 * # before the first row, and empty lines are passed over. Between semicolons 1,5 is read as 1.5 where a whole column is
 * of such numbers.
 *
 * Throws E_TABLE, naming the line, for rows of several lengths, quotes that are not closed or stand within a cell, names
 * of columns that come twice, no rows, and a file that is not text.
 * Source: https://www.rfc-editor.org/rfc/rfc4180
 */
export function readCsv(bytes: Uint8Array, options: CsvOptions = {}): Table {
  const who = options.name ?? "the table";
  const { form, body } = formOf(who, checkText(who, bytes, "a CSV file"), options);
  const columns = form.names.map((name, c): Column => {
    const values = body.map((row) => row[c]!);
    return { name, values: mayHaveCommas(form) && haveCommas(values) ? values.map(withPoint) : values };
  });
  return tableOf(who, body.length, columns);
}

/** How the rows of a file are written, as its beginning tells. */
export interface CsvForm {
  readonly separator: string;
  /** Whether the first row has the names of the columns. */
  readonly named: boolean;
  readonly names: readonly string[];
}

/** The form of a text, or of the beginning of one, and its rows below the names. Throws E_TABLE. */
export function formOf(who: string, whole: string, options: CsvOptions): { form: CsvForm; body: Text[][] } {
  const { rows: text, before, declared } = afterRemarks(whole);
  const separator = options.separator ?? declared ?? findSeparator(text);
  const rows = parseRows(who, text, separator, before);
  const [first] = rows;
  if (!first) throw new InputError("E_TABLE", `${who} has no rows; pass a table with at least one.`);
  const named = options.header ?? isHeader(rows, separator === ";");
  const names = first.map((cell, c) => (named && cell) || String(c + 1));
  return { form: { separator, named, names }, body: named ? rows.slice(1) : rows };
}

/** The rows of a piece of a file, whose first piece begins with remarks and names; `before` lines come before it. */
export function rowsOfPiece(who: string, text: string, form: CsvForm, before: number, isFirst: boolean): Text[][] {
  const { separator, names, named } = form;
  const own = isFirst ? afterRemarks(text) : { rows: text, before };
  const rows = parseRows(who, own.rows, separator, own.before, names.length);
  return isFirst && named ? rows.slice(1) : rows;
}

/** Whether a column of the file may have decimal commas. */
export const mayHaveCommas = ({ separator }: CsvForm) => separator === ";";

const LINE_END = /\r\n|\r|\n|$/g;

/** The rows, and how many lines come before them; the separator that Excel may write before them. */
function afterRemarks(text: string): { rows: string; before: number; declared: string | undefined } {
  let before = 0;
  for (let at = 0; ; before++) {
    LINE_END.lastIndex = at;
    const { index, 0: ending } = LINE_END.exec(text)!;
    const line = text.slice(at, index).trim();
    const declared = /^sep=(.)$/.exec(line)?.[1];
    const next = index + ending.length;
    if (declared) return { rows: text.slice(next), before: before + 1, declared };
    const remark = line === "" || line.startsWith("#");
    if (!remark || at === text.length) return { rows: text.slice(at), before, declared };
    at = next;
  }
}

function findSeparator(text: string): string {
  const counts = SEPARATORS.map((separator) => countCells(text, separator));
  const alike = counts.findIndex((cells) => cells[0]! > 1 && cells.every((count) => count === cells[0]));
  if (alike >= 0) return SEPARATORS[alike]!;
  // rows of several lengths: the one that parts the first row most is named in what is said of them
  const most = Math.max(...counts.map(([first]) => first!));
  return SEPARATORS[most > 1 ? counts.findIndex(([first]) => first === most) : SEPARATORS.length - 1]!;
}

/** Cells in each of the first rows, were this the separator; the last row may be cut and is left out of several. */
function countCells(text: string, separator: string): number[] {
  const counts: number[] = [];
  let cells = 1;
  let quoted = false;
  let empty = true;
  const end = Math.min(text.length, LOOKED_AT);
  for (let i = 0; i < end; i++) {
    const letter = text[i]!;
    if (letter === '"') quoted = !quoted;
    if (quoted || (letter !== "\n" && letter !== "\r")) {
      if (letter === separator && !quoted) cells++;
      if (letter.trim() !== "" || letter === separator) empty = false;
      continue;
    }
    if (!empty) counts.push(cells);
    cells = 1;
    empty = true;
  }
  if (!empty && (end === text.length || counts.length === 0)) counts.push(cells);
  return counts.length > 0 ? counts : [1];
}

/** The rows in a text, each of as many cells as the first, or `width`; `before` lines come before it in the file. */
export function parseRows(who: string, text: string, separator: string, before: number, width?: number): Text[][] {
  const rows = text.includes('"') ? rowsWithQuotes(who, text, separator, before) : plainRows(text, separator);
  const wanted = width ?? rows[0]?.length;
  const uneven = rows.findIndex((row) => row.length !== wanted);
  if (uneven < 0) return rows;
  const line = before + lineOf(text, separator, uneven);
  throw new InputError("E_TABLE", `${who}: ${unevenRow(line, rows[uneven]!.length, wanted!)}.`);
}

// Without quotes a line is a row and a separator is one: the same rows in a third of the time.
function plainRows(text: string, separator: string): Text[][] {
  return linesOf(text).flatMap((line) => (isRow(line, separator) ? [line.split(separator).map(cellOf)] : []));
}

const linesOf = (text: string) => (text.includes("\r") ? text.split(/\r\n|\r|\n/) : text.split("\n"));
const isRow = (line: string, separator: string) => line.includes(separator) || line.trim() !== "";
const cellOf = (cell: string): Text => cell.trim() || null;

// The line of a row, counted from 1, where no row has several.
function lineOf(text: string, separator: string, row: number): number {
  let left = row;
  return 1 + linesOf(text).findIndex((line) => isRow(line, separator) && left-- === 0);
}

const unevenRow = (line: number, got: number | string | undefined, wanted: number | string | undefined) =>
  `the row that ends in line ${line} has ${got} cells, the first row has ${wanted}; make them equal, or name another separator`;

function rowsWithQuotes(who: string, text: string, separator: string, before: number): Text[][] {
  try {
    const rows: Text[][] = parse(text, {
      ...{ delimiter: separator, record_delimiter: ["\r\n", "\n", "\r"], trim: true, skip_empty_lines: true },
    });
    // not by the parser's option cast, which makes it ten times as slow
    for (const row of rows) for (let c = 0; c < row.length; c++) if (row[c] === "") row[c] = null;
    return rows;
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new InputError("E_TABLE", `${who}: ${problemOf(cause, before)}.`, { cause });
  }
}

function problemOf(error: CsvError, before: number): string {
  const line = before + Number(error.lines);
  const [wanted, got] = /expect (\d+), got (\d+)/.exec(error.message)?.slice(1) ?? [];
  switch (error.code as string) {
    case "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH":
      return unevenRow(line, got, wanted);
    case "CSV_QUOTE_NOT_CLOSED":
      return `a quote is opened and never closed, up to the last line, ${line}; close it`;
    default:
      return `line ${line} has a quote within a cell; put the cell in quotes and write "" for the one in it`;
  }
}

const COMMA_NUMBER = /^[+-]?(\d+(,\d*)?|,\d+)(e[+-]?\d+)?$/i;
const NONE = /^(na|n\/a|nan|null|none|inf|-inf|infinity|-infinity|\?|-)$/i; // stands in columns of numbers

/** Whether the first row looks like names of what is below it. */
function isHeader([first, ...below]: readonly Text[][], commas: boolean): boolean {
  const isNumber = (cell: Text) => NUMBER.test(cell ?? "") || (commas && COMMA_NUMBER.test(cell ?? ""));
  const says = (cell: Text) => cell !== null && !NONE.test(cell);
  const aboveNumbers = first!.some((cell, c) => {
    if (!says(cell) || isNumber(cell)) return false;
    const cells = below.map((row) => row[c]!).filter(says);
    return cells.length > 0 && cells.every(isNumber);
  });
  const words = first!.every((cell) => says(cell) && !isNumber(cell));
  return aboveNumbers || (words && new Set(first).size === first!.length);
}

/** Whether the cells, but for those that say nothing, are all numbers, and whether some have a decimal comma. */
export function commasIn(values: readonly Text[]): { all: boolean; some: boolean } {
  const cells = values.filter((cell) => cell !== null && !NONE.test(cell)) as string[];
  return { all: cells.every((cell) => COMMA_NUMBER.test(cell)), some: cells.some((cell) => cell.includes(",")) };
}

function haveCommas(values: readonly Text[]): boolean {
  const { all, some } = commasIn(values);
  return all && some;
}

/** A number with a point for its decimal comma. */
export const withPoint = (cell: Text): Text => cell?.replace(",", ".") ?? null;

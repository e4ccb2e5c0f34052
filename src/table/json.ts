// JSON as tables: an array of objects, an object of columns, or an object a line. Rows of numbers without names are
// src/dataset/rows.ts's.

import { InputError } from "../errors.js";
import { show } from "../options/check.js";
import { tableOf } from "./columns.js";
import { checkText } from "./content.js";
import type { Cell, Column, Table } from "./types.js";

const WANTED = 'pass JSON such as [{"a": 1, "b": "x"}], an object of columns, or an object a line';

type Row = Readonly<Record<string, unknown>>;

/**
 * A table from JSON: [{"a": 1}, {"a": 2}], {"a": [1, 2]}, {"a": {"0": 1, "1": 2}} as pandas
 * writes it, or a line {"a": 1} for each row. The columns are the names in
 * the order in which they first come; what a row has not is null. Numbers, text, true and false are as they are.
 *
 * Throws E_TABLE for what is no JSON, no such table, has a value that is itself a list or an object, columns of several
 * lengths, or no rows.
 * Source: https://www.rfc-editor.org/rfc/rfc8259, https://jsonlines.org
 */
export function readJson(bytes: Uint8Array, { name }: { name?: string | undefined } = {}): Table {
  const who = name ?? "the table";
  const text = checkText(who, bytes, "a JSON file");
  const value = parseJson(who, text);
  if (Array.isArray(value)) return fromRows(who, value);
  if (isObject(value)) {
    const lists = Object.entries(value).map(([key, list]) => [key, isObject(list) ? Object.values(list) : list]);
    const some = lists.some(([, list]) => Array.isArray(list));
    return some ? fromColumns(who, Object.fromEntries(lists)) : fromRows(who, [value]);
  }
  throw new InputError("E_TABLE", `${who} is the JSON value ${show(value)}; ${WANTED}.`);
}

/** One value, or a list of those on each line. */
function parseJson(who: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const lines = text.split("\n").map((line, i) => ({ line: line.trim(), number: i + 1 }));
    const said = lines.filter(({ line }) => line !== "");
    if (said.length < 2 || !isJson(said[0]!.line)) throw noJson(who, cause);
    return said.map(({ line, number }) => {
      try {
        return JSON.parse(line);
      } catch (cause) {
        throw noJson(`${who}: line ${number}`, cause);
      }
    });
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const noJson = (who: string, cause: unknown) => {
  const reason = (cause as Error).message.replace(/\s+/g, " ");
  return new InputError("E_TABLE", `${who} is no JSON (${reason}); ${WANTED}.`, { cause });
};

const isObject = (value: unknown): value is Row => typeof value === "object" && value !== null && !Array.isArray(value);

function fromRows(who: string, rows: readonly unknown[]): Table {
  const columns = new Map<string, Cell[]>();
  rows.forEach((row, i) => {
    if (!isObject(row)) {
      throw new InputError("E_TABLE", `${who}: row ${i + 1} is ${show(row)} rather than an object; ${WANTED}.`);
    }
    for (const [name, value] of Object.entries(row)) {
      const values = columns.get(name) ?? new Array<Cell>(rows.length).fill(null);
      values[i] = cellOf(who, i, name, value);
      columns.set(name, values);
    }
  });
  return tableOf(
    who,
    rows.length,
    Array.from(columns, ([name, values]): Column => ({ name, values })),
  );
}

function fromColumns(who: string, lists: Row): Table {
  const [[firstName, first] = ["", []], ...others] = Object.entries(lists);
  const count = Array.isArray(first) ? first.length : 0;
  for (const [name, list] of [[firstName, first] as const, ...others]) {
    if (!Array.isArray(list)) {
      throw new InputError("E_TABLE", `${who}: column ${show(name)} is ${show(list)} rather than a list; ${WANTED}.`);
    }
    if (list.length !== count) {
      throw new InputError(
        "E_TABLE",
        `${who}: column ${show(name)} has ${list.length} values, column ${show(firstName)} has ${count}; make them equal.`,
      );
    }
  }
  const columns = Object.entries(lists).map(([name, list]) => ({
    name,
    values: (list as unknown[]).map((value, i) => cellOf(who, i, name, value)),
  }));
  return tableOf(who, count, columns);
}

/** Throws E_TABLE for a list or an object; empty text is null, as in every table. */
function cellOf(who: string, row: number, name: string, value: unknown): Cell {
  if (typeof value === "object" && value !== null) {
    const kind = Array.isArray(value) ? "a list" : "an object";
    throw new InputError(
      "E_TABLE",
      `${who}: row ${row + 1} has ${kind} in ${show(name)}; give each of its values a column of its own.`,
    );
  }
  return value === "" ? null : (value as Cell);
}

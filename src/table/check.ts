// Whether something is a table, and which of its columns has a name.

import { InputError } from "../errors.js";
import { show } from "../options/check.js";
import { nearest } from "../text.js";
import type { Column, Table } from "./types.js";

/** Whether `value` is meant for a table, right or wrong. */
export const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && "columns" in value;

/** Throws E_TABLE unless each column of the table has a name of its own and as many cells as there are rows. */
export function checkTable(who: string, table: Table): void {
  const fail = (what: string): never => {
    throw new InputError("E_TABLE", `${who}: ${what}; pass a table, such as readTable gives.`);
  };
  if (!isTable(table) || !Array.isArray(table.columns)) fail(`the table is ${show(table)}`);
  const names = new Set<string>();
  for (const column of table.columns as readonly Partial<Column>[]) {
    const { name, values } = column ?? {};
    if (typeof name !== "string") fail(`the name of column ${names.size + 1} is ${show(name)}`);
    if (names.has(name!)) fail(`two columns are called ${show(name)}`);
    names.add(name!);
    if (!Array.isArray(values) && !(values instanceof Float64Array)) fail(`column ${show(name)} is ${show(values)}`);
    if (values!.length !== table.count)
      fail(`column ${show(name)} has ${values!.length} cells, and count is ${table.count}`);
  }
  if (table.columns.length === 0 || table.count === 0) {
    throw new InputError(
      "E_EMPTY",
      `${who}: the table has ${table.count} rows of ${table.columns.length} columns; pass at least one.`,
    );
  }
}

/** The column of that name. Throws E_TABLE where there is none, with the one that was probably meant. */
export function columnOf<C extends Pick<Column, "name">>(
  who: string,
  { columns }: { readonly columns: readonly C[] },
  name: string,
): C {
  const column = columns.find((one) => one.name === name);
  if (column) return column;
  const names = columns.map((one) => one.name);
  const meant = nearest(name, names);
  const what = meant === undefined ? `there are ${listed(names)}` : `did you mean ${show(meant)}?`;
  throw new InputError("E_TABLE", `${who}: there is no column ${show(name)}; ${what}${meant === undefined ? "." : ""}`);
}

/** The same, to be used. Throws E_TABLE for one that could not be read, too. */
export function readableOf<C extends Pick<Column, "name" | "unreadable">>(
  who: string,
  table: { readonly columns: readonly C[] },
  name: string,
): C {
  const column = columnOf(who, table, name);
  if (column.unreadable === undefined) return column;
  throw new InputError("E_TABLE", `${who}: column ${show(name)} ${column.unreadable}; do without it.`);
}

const SHOWN = 12;

/** Names, the first of many. */
export function listed(names: readonly string[]): string {
  const more = names.length > SHOWN ? [`… (${names.length} in all)`] : [];
  return [...names.slice(0, SHOWN), ...more].join(", ");
}

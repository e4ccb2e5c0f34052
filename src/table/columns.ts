// What every reader of tables makes of the columns that it read.

import { InputError } from "../errors.js";
import { show } from "../options/check.js";
import type { Cell, Column, Table } from "./types.js";

/** A column that could not be read; its cells follow once the rows are known. */
export const unreadableColumn = (name: string, unreadable: string): Column => ({ name, unreadable, values: [] });

/** The table of these columns. Throws E_TABLE without rows or columns, and for a name that comes twice. */
export function tableOf(who: string, count: number, columns: readonly Column[]): Table {
  if (count === 0 || columns.length === 0) {
    const [what, missing] = columns.length === 0 ? ["columns", ""] : ["rows", " below the names of its columns"];
    throw new InputError("E_TABLE", `${who} has no ${what}${missing}; pass a table with at least one.`);
  }
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name)) {
      throw new InputError("E_TABLE", `${who} has two columns of the name ${show(name)}; give each its own.`);
    }
    seen.add(name);
  }
  const nothing: readonly Cell[] = columns.some(isUnreadable) ? new Array(count).fill(null) : [];
  return { count, columns: columns.map((one) => (isUnreadable(one) ? { ...one, values: nothing } : one)) };
}

export const isUnreadable = ({ unreadable }: Column) => unreadable !== undefined;

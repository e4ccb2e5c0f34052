// What every reader of tables makes of the columns that it read.

import { InputError } from "../errors.js";
import { show } from "../options/check.js";
import type { Column, Table } from "./types.js";

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
  return { count, columns };
}

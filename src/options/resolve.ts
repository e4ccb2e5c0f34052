// Options of a call: each checked, each gap filled from the table.

import { type Call, OPTIONS, type Row, type Table } from "../options.js";
import { check, checkOptions } from "./check.js";
import type { Facts } from "./usual.js";

/**
 * What was passed, checked, with the default of every other option that `call` takes. Defaults may follow from other
 * options and from `facts`. Throws E_OPTION.
 */
export function resolve(who: string, call: Call, options: object, facts: Facts = {}): Record<string, unknown> {
  const rows = rowsOf(call);
  checkOptions(who, Object.fromEntries(rows.map(([name, { type }]) => [name, type])), options);
  const given = options as Readonly<Record<string, unknown>>;
  const resolved: Record<string, unknown> = { ...facts, ...given };
  for (const [name, row] of rows) {
    const value = given[name] ?? defaultOf(row, resolved);
    if (value === undefined && row.required) check(who, name, row.type, value);
    resolved[name] = value;
  }
  return resolved;
}

/** Names and rows of the options that a call takes. */
export function rowsOf(call: Call, table: Table = OPTIONS): [string, Row][] {
  return Object.entries(table).filter(([, { code }]) => code?.includes(call));
}

/** What an option is where it is not passed; undefined where there is no default, or it is not known yet. */
export function defaultOf({ default: usual }: Row, facts: Facts): unknown {
  return typeof usual === "function" ? usual(facts) : usual;
}

/** Those of a command's options that `call` takes and that were passed. */
export function optionsFor(call: Call, options: object, table: Table = OPTIONS): Record<string, unknown> {
  const taken = new Set(rowsOf(call, table).map(([name]) => name));
  return Object.fromEntries(Object.entries(options).filter(([name, value]) => taken.has(name) && value !== undefined));
}

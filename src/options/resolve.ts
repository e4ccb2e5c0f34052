// Options of a call: each checked, each gap filled from the table.

import { InputError } from "../errors.js";
import { type Call, OPTIONS, type Row, type Table, type UsedBy } from "../options.js";
import { check, checkOptions, show } from "./check.js";
import type { Facts } from "./usual.js";

/**
 * What was passed, checked, with the default of every other option that `call` takes. Defaults may follow from other
 * options and from `facts`. Throws E_OPTION, also for what nothing uses, unless it is 0 or false and asks for nothing.
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
  for (const [name, { usedBy }] of rows) {
    const asks = given[name] !== undefined && given[name] !== 0 && given[name] !== false;
    if (!asks || !usedBy || isUsed(usedBy, resolved)) continue;
    throw new InputError("E_OPTION", `${who}: ${name} is ${show(given[name])}, which ${unused(usedBy, resolved)}.`);
  }
  return resolved;
}

/** What was passed, less what nothing uses: for options of another call. */
export function onlyUsed<O extends object>(call: Call, options: O): O {
  const given = options as Readonly<Record<string, unknown>>;
  const resolved: Record<string, unknown> = { ...given };
  for (const [name, row] of rowsOf(call)) resolved[name] = given[name] ?? defaultOf(row, resolved);
  const isIdle = (name: string) => {
    const usedBy = (OPTIONS as Table)[name]?.usedBy; // an unknown one is refused later
    return usedBy !== undefined && !isUsed(usedBy, resolved);
  };
  return Object.fromEntries(Object.entries(options).filter(([name]) => !isIdle(name))) as O;
}

function isUsed({ option, values, among }: UsedBy, resolved: Readonly<Record<string, unknown>>): boolean {
  const found = among?.(resolved) ?? [resolved[option]];
  return found.some((value) => (values ? (values as readonly unknown[]).includes(value) : value !== 0));
}

// Why it does nothing, and what to do.
function unused({ option, values }: UsedBy, resolved: Readonly<Record<string, unknown>>): string {
  if (!values) return `does nothing without ${option}; leave it out, or pass ${option}, too`;
  const words = values.map(show);
  const instead = [words.slice(0, -1).join(", "), words.at(-1)].filter(Boolean).join(" or ");
  return `does nothing with ${option} ${show(resolved[option])}; leave it out, or use ${option} ${instead}`;
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

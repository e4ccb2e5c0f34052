// Parts of a table: some of its rows, and a part to test on.

import { SPLIT, splitPositions } from "../dataset/subset.js";
import { InputError } from "../errors.js";
import { checkOptions } from "../options/check.js";
import { text } from "../options/type.js";
import { checkTable, readableOf } from "./check.js";
import { isMissing, textOf } from "./kinds.js";
import type { Cell, Table } from "./types.js";

/** The rows at these positions, counted from 0, as a table of its own. */
export function rowsOf(table: Table, positions: ArrayLike<number>): Table {
  const columns = table.columns.map(({ values, ...column }) => ({
    ...column,
    values:
      values instanceof Float64Array
        ? Float64Array.from(positions, (at) => values[at]!)
        : Array.from(positions, (at) => values[at]!),
  }));
  return { count: positions.length, columns };
}

export interface SplitTableOptions {
  /** Share of the rows in `test`, above 0 and below 1; rounded to whole rows, at least one. @default 0.25 */
  test?: number | undefined;
  /** Whether the rows are drawn; else the last ones are `test`. @default true */
  shuffle?: boolean | undefined;
  /** Seed of the order, which is numpy.random.permutation's. @default 1 */
  seed?: number | undefined;
  /** Column each value of which has its share in both parts, such as the one to predict. @default none */
  stratify?: string | undefined;
  /** Column whose rows of one value stay together, in one of the parts: a patient, a household. @default none */
  group?: string | undefined;
}

const TYPES = { ...SPLIT, stratify: text, group: text };

/**
 * Two tables that share no row: `test` has round(test·count) of the rows, with `group` about as many, `train` the others.
 * Fit on `train` alone, so that nothing of `test` is known. Throws E_OPTION, E_TABLE.
 *
 * @example const { train, test } = splitTable(table, { test: 0.2, stratify: "species" });
 */
export function splitTable(table: Table, options: SplitTableOptions = {}): { train: Table; test: Table } {
  checkTable("splitTable", table);
  checkOptions("splitTable", TYPES, options);
  const { stratify, group } = options;
  if (group !== undefined && stratify !== undefined) {
    throw new InputError("E_OPTION", "splitTable: rows are kept together or spread evenly; pass group or stratify.");
  }
  if (group !== undefined) return splitGroups(table, group, options);
  const labels = stratify === undefined ? null : keysOf(table, stratify).of;
  const { train, test } = splitPositions("splitTable", table.count, labels, options);
  return { train: rowsOf(table, train), test: rowsOf(table, test) };
}

// Each value of a column as a whole number, in the order in which they come, and how many there are.
function keysOf(table: Table, name: string): { of: Int32Array; count: number } {
  const { values } = readableOf("splitTable", table, name);
  const keys = new Map<string | null, number>();
  const of = Int32Array.from(values as ArrayLike<Cell>, (cell) => {
    const key = isMissing(cell) ? null : textOf(cell);
    if (!keys.has(key)) keys.set(key, keys.size);
    return keys.get(key)!;
  });
  return { of, count: keys.size };
}

// The groups, drawn like rows, that have the wanted share of the rows together, to within half of the last one's.
function splitGroups(table: Table, name: string, options: SplitTableOptions): { train: Table; test: Table } {
  const { of, count } = keysOf(table, name);
  const { train, test } = splitPositions("splitTable", count, null, { ...options, test: 0.5 });
  const sizes = new Float64Array(count);
  for (const key of of) sizes[key]!++;
  const wanted = (options.test ?? 0.25) * table.count;
  const tested = new Set<number>();
  let rows = 0;
  for (const key of [...train, ...test].reverse()) {
    if (tested.size > 0 && (rows + sizes[key]! / 2 > wanted || tested.size === count - 1)) break;
    tested.add(key);
    rows += sizes[key]!;
  }
  const positions = Int32Array.from({ length: table.count }, (_, i) => i);
  return {
    train: rowsOf(
      table,
      positions.filter((i) => !tested.has(of[i]!)),
    ),
    test: rowsOf(
      table,
      positions.filter((i) => tested.has(of[i]!)),
    ),
  };
}

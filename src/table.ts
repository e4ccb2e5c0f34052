// Tables as data sets: columns become inputs and what is to be predicted (table/encoding.ts), and the data set says how,
// so that a network which is trained on it takes tables itself.

import { checkExamples } from "./dataset/check.js";
import { looksLikeNumbers, TASKS, toLabels } from "./dataset/labels.js";
import type { Dataset, Examples, Task } from "./dataset/types.js";
import { InputError } from "./errors.js";
import { checkOptions, show } from "./options/check.js";
import { choice, names, number, object, type Type, text, whole } from "./options/type.js";
import { checkTable, columnOf, listed, readableOf } from "./table/check.js";
import {
  type Encoding,
  type EncodingOptions,
  encodeFeatures,
  fitFeatures,
  numbersOf,
  type Profiles,
  refuseStranger,
  type Target,
  type Unseen,
} from "./table/encoding.js";
import { ENCODING } from "./table/foreign.js";
import { isMissing, textOf } from "./table/kinds.js";
import { profileOf } from "./table/profile.js";
import type { Cell, Column, Table } from "./table/types.js";

export { checkTable, isTable, listed } from "./table/check.js";
export {
  type Encoding,
  type EncodingOptions,
  encodeFeatures,
  type Feature,
  flagsOf,
  idColumn,
  inputNames,
  refuseBoth,
  rowNames,
  type Target,
  type Unseen,
} from "./table/encoding.js";
export { type ReadTableOptions, readTable } from "./table/file.js";
export { ENCODING, isEncoding } from "./table/foreign.js";
export { type ColumnFacts, type ColumnKind, isMissing, rangeInWords } from "./table/kinds.js";
export { factsOf } from "./table/profile.js";
export { rowsOf, type SplitTableOptions, splitTable } from "./table/rows.js";
export type * from "./table/types.js";

export interface TableDatasetOptions extends EncodingOptions {
  /**
   * Column to predict, or several of numbers.
   * @default the only one that is called target, label, class, y or the like
   */
  target?: string | readonly string[] | undefined;
  /**
   * Whether the target is a class or numbers; "auto" takes text, yes or no and up to 20 different whole numbers from 0
   * for classes. @default "auto"
   */
  task?: Task | undefined;
  /** How another table was encoded, which this one is to be like; goes with no other option. @default fitted on this table */
  encoding?: Encoding | undefined;
}

const WHO = "createTableDataset";
/** Types of how a table becomes a data set. */
export const ENCODED: Readonly<Record<keyof TableDatasetOptions, Type>> = {
  target: object("the name of a column, or a list of names", (value) => typeof value === "string" || isNames(value)),
  task: choice(TASKS),
  encoding: ENCODING,
  features: names,
  drop: names,
  id: text,
  categories: names,
  dates: names,
  log1p: names,
  mostCategories: number(whole(1)),
};

const isNames = (value: unknown) =>
  Array.isArray(value) && value.length > 0 && Array.from(value).every((name) => typeof name === "string");

/**
 * A data set from a table. Numbers stay numbers: an empty cell becomes the median of its column, and a second input
 * tells with 1 that it was empty, where the table has such cells. Yes or no becomes 1 or 0. Text of few different values
 * becomes an input for each value. Other text, dates that are not asked for and empty columns are refused by name. `x`
 * is (count, inputs), `encoding` tells how it was made: fitted on this table, or the one that is passed.
 *
 * Throws E_OPTION; E_EMPTY; E_TABLE for a column that cannot be used or is not there; E_LABELS for a target that is empty
 * in some row or no class; E_SINGLE_CLASS.
 *
 * @example const data = createTableDataset(await readTable(bytes), { target: "species" });
 */
export function createTableDataset(
  table: Table,
  options: TableDatasetOptions = {},
): Dataset & { readonly encoding: Encoding } {
  checkOptions(WHO, ENCODED, options);
  checkTable(WHO, table);
  const { encoding: given } = options;
  if (given) {
    const other = Object.entries(options).find(([name, value]) => name !== "encoding" && value !== undefined);
    if (other)
      throw new InputError(
        "E_OPTION",
        `${WHO}: ${other[0]} is passed beside encoding, which has decided that; leave one of them out.`,
      );
    return { ...encodeTable(WHO, table, given).examples, ...targetsOf(table, given.target) };
  }
  const encoding = fitEncoding(table, options);
  return { ...encodeTable(WHO, table, encoding).examples, ...targetsOf(table, encoding.target) };
}

/** How a table becomes a data set where nobody has decided that. Throws E_TABLE, E_LABELS, E_SINGLE_CLASS. */
export function fitEncoding(table: Table, options: Omit<TableDatasetOptions, "encoding">): Encoding {
  return encodingOf({ columns: table.columns.map(profileOf) }, options, (name) => labelsOf(columnOf(WHO, table, name)));
}

/** The same from what was seen of the columns; `labels` gives those of a column, by which messages tell its row. */
export function encodingOf(
  seen: Profiles,
  { target, task, ...more }: Omit<TableDatasetOptions, "encoding">,
  labels?: (name: string) => readonly string[],
): Encoding {
  const fitted = targetAmong(seen, { target, task }, labels);
  return { features: fitFeatures(WHO, seen, fitted.names, more), target: fitted };
}

/**
 * Examples from a table whose columns are found by name, and what was not seen before; the columns to predict need not be
 * there. Throws E_TABLE.
 */
export function encodeTable(
  who: string,
  table: Table,
  encoding: Encoding,
): { readonly examples: Examples & { readonly encoding: Encoding }; readonly unseen: readonly Unseen[] } {
  checkTable(who, table);
  const { x, width, unseen } = encodeFeatures(who, table, encoding);
  const examples = { x, count: table.count, features: width, shape: [width], scale: 1 };
  return { examples: { ...checkExamples(who, examples), encoding }, unseen };
}

const USUAL = ["target", "label", "labels", "class", "y", "outcome"];

/** The column that is predicted where nobody says: the only one called target, label or so; null where there is none. */
export function usualTarget({ columns }: { readonly columns: readonly { readonly name: string }[] }): string | null {
  const found = columns.filter(({ name }) => USUAL.includes(name.toLowerCase()));
  return found.length === 1 ? found[0]!.name : null;
}

function guessTarget(table: Profiles): string {
  const found = usualTarget(table);
  if (found !== null) return found;
  const own = table.columns.map(({ name }) => name);
  throw new InputError(
    "E_TABLE",
    `${WHO}: which column is to be predicted is not said; name it with target, on the command line --target: ${listed(own)}.`,
  );
}

/**
 * What of a table is predicted, by all its rows: the columns, and which classes there are. Throws E_TABLE, E_LABELS,
 * E_SINGLE_CLASS.
 */
export function fitTarget(table: Table, options: Pick<TableDatasetOptions, "target" | "task">): Target {
  const { target } = options;
  const wanted = typeof target === "string" ? [target] : target;
  const columns = wanted?.map((name) => columnOf(WHO, table, name)) ?? table.columns;
  return targetAmong({ columns: columns.map(profileOf) }, options, (name) => labelsOf(columnOf(WHO, table, name)));
}

function targetAmong(
  seen: Profiles,
  { target, task = "auto" }: Pick<TableDatasetOptions, "target" | "task">,
  labels?: (name: string) => readonly string[],
): Target {
  const targets = target === undefined ? [guessTarget(seen)] : typeof target === "string" ? [target] : [...target];
  const columns = targets.map((name) => readableOf(WHO, seen, name));
  for (const { name, missing } of columns) refuseMissing(name, missing);
  const facts = columns.map((column) => column.facts());
  const one = columns[0]!;
  const count = one.rows;
  const constant = columns[facts.findIndex(({ distinct }) => distinct === 1)];
  if (constant) {
    throw new InputError(
      "E_SINGLE_CLASS",
      `${WHO}: column ${show(constant.name)} is ${show(String(constant.first))} in all ${count} rows; there is nothing to learn, predict another.`,
    );
  }
  const values = [...one.counts.keys()] as string[]; // none where there are too many, which are numbers then
  const numeric = facts.every(({ kind }) => kind === "number");
  const many = columns.length > 1 || values.length === 0 || looksLikeNumbers(values.map(Number));
  const regression = task === "auto" ? numeric && many : task === "regression";
  if (regression) {
    for (const column of columns) refuseStranger(WHO, column.name, "number", column.strangerTo("number"));
    return { names: targets, classes: null };
  }
  if (columns.length > 1) {
    throw new InputError(
      "E_TABLE",
      `${WHO}: ${targets.length} columns are to be predicted, and ${show(targets[facts.findIndex(({ kind }) => kind !== "number")] ?? targets[0])} holds classes; several can be predicted where all are numbers.`,
    );
  }
  const { distinct, kind } = facts[0]!;
  if (distinct === count && kind === "text") {
    throw new InputError(
      "E_LABELS",
      `${WHO}: column ${show(one.name)} is to be predicted and different in all ${count} rows; there is nothing to learn, predict another.`,
    );
  }
  if (values.length === 0) {
    throw new InputError(
      "E_LABELS",
      `${WHO}: column ${show(one.name)} has too many different values for classes; predict another.`,
    );
  }
  return { names: [one.name], classes: toLabels(WHO, labels?.(one.name) ?? values, null).classes };
}

// The columns to predict, which have a value in each row.
function targetColumns(table: Table, targets: readonly string[]): Column[] {
  return targets.map((target) => {
    const column = readableOf(WHO, table, target);
    refuseMissing(target, 1 + Array.from(column.values as ArrayLike<Cell>).findIndex(isMissing));
    return column;
  });
}

function refuseMissing(name: string, row: number): void {
  if (row === 0) return;
  throw new InputError(
    "E_LABELS",
    `${WHO}: column ${show(name)} is to be predicted and empty in row ${row}; leave out rows without it.`,
  );
}

const labelsOf = ({ values }: Column) => Array.from(values as ArrayLike<Cell>, textOf);

function targetsOf(table: Table, { names: targets, classes }: Target) {
  const columns = targetColumns(table, targets);
  if (classes !== null) return { ...toLabels(WHO, labelsOf(columns[0]!), classes), classes };
  const y = new Float64Array(table.count * columns.length);
  columns.forEach(({ name, values }, c) => {
    numbersOf(WHO, name, "number", values).forEach((value, row) => {
      y[row * columns.length + c] = value;
    });
  });
  return { y, outputs: columns.length, classes: null };
}

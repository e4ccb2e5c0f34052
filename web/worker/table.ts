// Tables in the worker: what their columns hold, as the page shows it, data sets as they are planned, answers to rows.

import { answersOf, cellsOf, csvLines, namesOf, unseenInWords } from "../../src/answers.js";
import { classifies } from "../../src/catalogue.js";
import { InputError, type Network } from "../../src/index.js";
import { type Profile, profileOf } from "../../src/table/profile.js";
import {
  type Cell,
  type Column,
  type ColumnFacts,
  createTableDataset,
  type Encoding,
  encodeTable,
  fitEncoding,
  fitTarget,
  idColumn,
  rangeInWords,
  rowNames,
  rowsOf,
  splitTable,
  type Table,
  usualTarget,
} from "../../src/table.js";
import type { Answers, Bar, ColumnSummary, Plan, Reading, TableSummary } from "../protocol.js";
import type { Data, NamedSet } from "./data.js";
import { saidOnPage } from "./words.js";

const SHOWN = { rows: 6, values: 4, answers: 12 };
const BARS = 12;
const TEST = 0.2; // share of the rows, where nobody says

export interface NamedTable {
  readonly name: string;
  readonly table: Table;
}

/** A table that is open, and what is made of it. */
export interface OpenTable extends NamedTable {
  readonly columns: readonly ColumnSummary[];
  /** Another one to test on. */
  readonly test: NamedTable | null;
  readonly plan: Plan;
}

/**
 * A table, planned as usual: all columns that can be used as they are, to predict the one that is called so, or else the
 * one that `model` predicts.
 */
export function planTable({ name, table }: NamedTable, model: Encoding | null = null): OpenTable {
  const id = idColumn(table, undefined);
  const columns = table.columns.map((column) => describeColumn(column, column.name === id));
  const target = usualTarget(table) ?? columns.find((column) => column.name === model?.target.names[0])?.name ?? null;
  const inputs = columns
    .filter((column) => column.name !== target && ["number", "boolean", "category"].includes(column.kind))
    .map((column) => ({ name: column.name, as: column.readings[0]! }));
  return { name, table, columns, test: null, plan: { target, task: "auto", inputs, test: TEST } };
}

export function summariseTable({ name, table, columns, test, plan }: OpenTable): TableSummary {
  const rows = Array.from({ length: Math.min(SHOWN.rows, table.count) }, (_, i) =>
    table.columns.map(({ values }) => shown(values[i]!)),
  );
  return { name, count: table.count, columns, rows, plan, tested: test !== null };
}

const shown = (cell: Cell) => (cell === null ? "" : cell instanceof Date ? cell.toISOString() : String(cell));

function describeColumn(column: Column, id: boolean): ColumnSummary {
  const { values } = column;
  const profile = profileOf(column);
  const facts = profile.facts();
  const { name, kind, missing, distinct, trouble, range } = facts;
  const first = Array.from({ length: Math.min(SHOWN.values, values.length) }, (_, i) => shown(values[i]!));
  return {
    ...{ name, missing, distinct, trouble, first },
    kind: id ? "id" : kind,
    range: rangeInWords(facts),
    bars: id || (kind === "text" && distinct === values.length - missing) ? [] : barsOf(profile, facts),
    readings: readingsOf(kind, range),
  };
}

function readingsOf(kind: ColumnFacts["kind"], range: ColumnFacts["range"]): Reading[] {
  if (kind === "number") return ["number", ...(range![0] > -1 ? (["log1p"] as const) : []), "category"];
  if (kind === "boolean" || kind === "date") return [kind];
  return kind === "empty" || kind === "unreadable" ? [] : ["category"];
}

function barsOf({ counts, numbers }: Profile, { kind, range, distinct }: ColumnFacts): Bar[] {
  if (range !== null && distinct > BARS) return rangesOf(numbers, kind as "number" | "date", range);
  const bars = Array.from(counts).flatMap(([name, count]) => (name === null ? [] : { name, count }));
  if (kind === "number") return bars.sort((a, b) => Number(a.name) - Number(b.name));
  bars.sort((a, b) => b.count - a.count);
  if (bars.length <= BARS) return bars;
  const others = bars.slice(BARS - 1);
  const count = others.reduce((sum, bar) => sum + bar.count, 0);
  return [...bars.slice(0, BARS - 1), { name: `${others.length} others`, count }];
}

// Ranges of equal width from the least value to the most.
function rangesOf(values: readonly number[], kind: "number" | "date", [least, most]: readonly [number, number]): Bar[] {
  const counts = new Array<number>(BARS).fill(0);
  const width = most / BARS - least / BARS; // the difference itself may be beyond any number
  for (const value of values) {
    const place = Math.floor(value / width - least / width);
    counts[Math.min(BARS - 1, Math.max(0, place))]!++;
  }
  const name = (from: number) =>
    rangeInWords({ name: "", kind, missing: 0, distinct: 0, trouble: null, range: [from, from + width] });
  return counts.map((count, b) => ({ name: name(least + b * width), count }));
}

/**
 * The data sets of a table: by its plan, or as `model` reads its columns. The rows to test on are taken before columns
 * are looked at. Throws E_TABLE, E_LABELS, E_SINGLE_CLASS.
 */
export function setsOf({ name, table, columns, test, plan }: OpenTable, seed: number, model: Encoding | null): Data {
  return saidOnPage(() => {
    const target = model?.target ?? fitTarget(table, { target: plan.target!, task: plan.task });
    const parts = test || plan.test === 0 ? null : drawn(table, plan.test, seed, target.classes && target.names[0]);
    const train = parts ? rowsOf(table, parts.train) : table;
    const features = model?.features ?? fitEncoding(train, { target: target.names, ...readingsFor(plan) }).features;
    const named = (own: string, rows: Table, positions: ArrayLike<number> | null): NamedSet => ({
      name: own,
      set: createTableDataset(rows, { encoding: { features, target } }),
      rows: namesOfRows(own === test?.name ? rows : table, positions, columns),
    });
    return {
      train: named(name, train, parts?.train ?? null),
      test: test
        ? named(test.name, test.table, null)
        : parts && named(`${name}, held out`, rowsOf(table, parts.test), parts.test),
    };
  });
}

// Positions of the rows, drawn as splitTable draws them: by their number, the seed and the classes alone.
function drawn(table: Table, share: number, seed: number, classes: string | null) {
  const row = Float64Array.from({ length: table.count }, (_, i) => i);
  const labels = classes === null ? [] : table.columns.filter(({ name }) => name === classes);
  const numbered = {
    count: table.count,
    columns: [...labels.map(({ values }) => ({ name: "class", values })), { name: "row", values: row }],
  };
  const { train, test } = splitTable(numbered, { test: share, seed, ...(labels.length && { stratify: "class" }) });
  const [of, held] = [train, test].map(({ columns }) => columns.at(-1)!.values as Float64Array);
  return { train: of!, test: held! };
}

function readingsFor({ inputs }: Plan) {
  const read = (...as: Reading[]) => inputs.filter((one) => as.includes(one.as)).map(({ name }) => name);
  return {
    features: inputs.map(({ name }) => name),
    ...{ categories: read("category"), dates: read("date"), log1p: read("log1p") },
  };
}

function namesOfRows(table: Table, positions: ArrayLike<number> | null, columns: OpenTable["columns"]): string[] {
  const what = columns.find(({ kind }) => kind === "id")?.name ?? "row";
  const names = rowNames(table);
  return Array.from(positions ?? names.keys(), (position) => `${what} ${names[position]}`);
}

/** Whether the table is one to be answered to: it has what the network predicts from, and not what it predicts. */
export function asksFor({ columns }: Table, { features, target }: Encoding): boolean {
  const names = new Set(columns.map(({ name }) => name));
  return features.every(({ name }) => names.has(name)) && !target.names.every((name) => names.has(name));
}

/** What the network says of each row. Throws E_TABLE for columns that it does not know, or a network that knows none. */
export async function answerRows({ name, table }: NamedTable, network: Network): Promise<Answers> {
  const { encoding } = network;
  if (!encoding) {
    throw new InputError(
      "E_TABLE",
      `${name} is a table, and the network was not trained on one; train it on a table first.`,
    );
  }
  const { examples, unseen } = encodeTable(name, table, encoding);
  const answers = answersOf(await network.predict(examples), rowNames(table), network);
  const names = namesOf(network);
  return {
    ...{ name, count: table.count, remarks: unseen.map(unseenInWords) },
    head: [idColumn(table, undefined) ?? "row", ...(classifies(network) ? ["class", "probability"] : names)],
    rows: answers.slice(0, SHOWN.answers).map(cellsOf),
    csv: new Blob([`${csvLines(answers, names).join("\n")}\n`], { type: "text/csv" }),
  };
}

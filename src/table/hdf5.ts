// Tables in HDF5 files: records of a compound dataset, as h5py and PyTables write them, frames of pandas, and groups with
// a dataset for each column. Which of them is meant is found out here; how the file is opened is dataset/hdf5-file.ts's.

import { type Hdf5File, withHdf5File } from "../dataset/hdf5-file.js";
import { USUAL_BYTES } from "../dataset/hdf5-limits.js";
import type { Hdf5Value } from "../dataset/hdf5-records.js";
import type { StoredArray, StoredEntry } from "../dataset/store.js";
import { InputError } from "../errors.js";
import { show } from "../options/check.js";
import { product } from "../shape.js";
import { listed } from "./check.js";
import { isUnreadable, tableOf, unreadableColumn } from "./columns.js";
import { frameCandidate } from "./hdf5-pandas.js";
import { asColumn, wholeCells } from "./stored.js";
import type { Cell, Column, Table } from "./types.js";

/** What is said of a table in an HDF5 file besides the file. */
export interface Hdf5TableOptions {
  readonly name?: string | undefined;
  /** Path of the records, or of the group of columns. @default the only table, or the only one with the targets */
  readonly path?: string | undefined;
  /** Columns that it has. */
  readonly target?: readonly string[] | undefined;
}

/** A table that a file has, before it is read. */
export interface Candidate {
  readonly path: string;
  readonly names: readonly string[];
  read(): Column[];
}

const MOST_WIDTH = 1000; // columns of one array; more are pictures or the like

/**
 * The table in an HDF5 file: the records of a compound dataset, a frame that pandas wrote, or the datasets of a group that
 * have a value a row. An array in each record becomes a column for each of its values, "a.0", "a.1", … Columns of types that
 * tables have none of are `unreadable`, and say why.
 *
 * Throws E_HDF5_MISSING where there is none, or several and `path` and `target` do not tell which; E_TABLE where no column
 * can be read; and what readHdf5 throws of files.
 */
export async function readHdf5Table(bytes: Uint8Array, options: Hdf5TableOptions = {}): Promise<Table> {
  const who = options.name ?? "the table";
  return withHdf5File(bytes, { who, maxBytes: USUAL_BYTES }, (file) => {
    const columns = chosen(file, who, options).read();
    const readable = columns.find((column) => !isUnreadable(column));
    const [first] = columns;
    if (!readable && first) {
      throw new InputError(
        "E_TABLE",
        `${who}: column ${show(first.name)} ${first.unreadable}; write the file without it.`,
      );
    }
    return tableOf(who, readable?.values.length ?? 0, columns);
  });
}

function chosen(file: Hdf5File, who: string, { path, target = [] }: Hdf5TableOptions): Candidate {
  const all = candidatesOf(file, who, target);
  const wanted = path?.split("/").filter(Boolean).join("/");
  const found = all.filter(
    (one) => (wanted === undefined || one.path === wanted) && target.every((name) => one.names.includes(name)),
  );
  const [only] = found;
  if (only && found.length === 1) return only;
  const tables = (found.length > 0 ? found : all).map((one) => `${show(one.path || "/")} (${listed(one.names)})`);
  const what = wanted === undefined ? "" : ` at ${show(wanted)}`;
  const having = target.length > 0 ? ` with ${target.map(show).join(" and ")}` : "";
  const problem = found.length > 0 ? `has ${found.length} tables${what}${having}` : `has no table${what}${having}`;
  const instead =
    found.length > 0
      ? "say which with path, on the command line --x"
      : "pass records (a compound dataset), a frame of pandas, or a group with a dataset for each column";
  throw new InputError(
    "E_HDF5_MISSING",
    `${who} ${problem}${tables.length ? `: ${tables.join("; ")}` : ""}; ${instead}.`,
  );
}

function candidatesOf(file: Hdf5File, who: string, target: readonly string[]): Candidate[] {
  const groups = new Map<string, StoredEntry[]>();
  for (const entry of file.list()) {
    const group = folderOf(entry.path);
    groups.set(group, [...(groups.get(group) ?? []), entry]);
  }
  const frames: Candidate[] = [];
  const inner: string[] = []; // groups that belong to a frame
  for (const group of groups.keys()) {
    if (inner.some((one) => group.startsWith(one))) continue;
    const frame = frameCandidate(file, who, group);
    if (frame) frames.push(frame);
    if (frame) inner.push(`${group}/`);
  }
  const free = [...groups].filter(
    ([group]) =>
      !inner.some((one) => `${group}/`.startsWith(one)) &&
      file.attribute(group, "CLASS") !== "TINDEX" &&
      !/(^|\/)_i_/.test(group),
  );
  const records = free.flatMap(([, entries]) =>
    entries.filter(({ type }) => type === "compound").map(({ path }) => recordsCandidate(file, path)),
  );
  const columns = free.flatMap(([group, entries]) => {
    const plain = entries.filter(({ type }) => type !== "compound");
    return plain.length > 1 ? (columnsCandidate(file, group, plain, target) ?? []) : [];
  });
  return [...frames, ...records, ...columns];
}

const folderOf = (path: string) => path.split("/").slice(0, -1).join("/");
const nameOf = (path: string) => path.split("/").at(-1)!;

function recordsCandidate(file: Hdf5File, path: string): Candidate {
  const records = file.records(path)!;
  const names = records.fields.flatMap(({ name, width }) => namesOf(name, width));
  return {
    ...{ path, names },
    read: () =>
      records.read().flatMap((values, i) => {
        const { name, type, width } = records.fields[i]!;
        if (values === null) return unreadableColumn(name, `is of type ${type}`);
        return columnsFrom(name, width, values);
      }),
  };
}

/** Names of the columns that a value or an array in each row becomes. */
export const namesOf = (name: string, width: number) =>
  width === 1 ? [name] : Array.from({ length: Math.min(width, MOST_WIDTH) }, (_, i) => `${name}.${i}`);

/** Columns from `width` values a row; `cells` makes them from those of one. */
export function columnsFrom(
  name: string,
  width: number,
  values: ArrayLike<Hdf5Value>,
  { names = namesOf(name, width), cells = cellsOf }: { names?: readonly string[]; cells?: typeof cellsOf } = {},
): Column[] {
  if (width !== names.length) return [unreadableColumn(name, `has ${width} values a row, the most is ${MOST_WIDTH}`)];
  const count = values.length / width;
  return names.map((own, c) => {
    const one = Array.from({ length: count }, (_, row) => values[row * width + c]!);
    return { name: own, values: asColumn(cells(one)) };
  });
}

/** Cells from what a file has: text without its end of blanks, null where that is empty. */
export function cellsOf(values: readonly Hdf5Value[]): readonly Cell[] {
  if (values.some((value) => typeof value === "bigint")) return wholeCells(values as bigint[]);
  return values.map((value) => (typeof value === "string" ? value.trimEnd() || null : value));
}

/** A group with a dataset for each column: those of one length that has the targets, else all it has, which then must agree. */
function columnsCandidate(
  file: Hdf5File,
  group: string,
  entries: readonly StoredEntry[],
  target: readonly string[],
): Candidate | null {
  const named = target.map((name) => entries.find(({ path }) => nameOf(path) === name));
  const rows = (named[0] ?? entries[0]!).shape[0];
  const columns = entries.filter(({ shape }) => shape[0] === rows && shape.length <= 2);
  const all =
    target.length > 0 ? named.every((one) => one && columns.includes(one)) : columns.length === entries.length;
  if (!all || columns.length < 2 || rows === undefined) return null;
  const widthOf = ({ shape }: StoredEntry) => product(shape.slice(1));
  return {
    path: group,
    names: columns.flatMap((entry) => namesOf(nameOf(entry.path), widthOf(entry))),
    read: () =>
      columns.flatMap((entry) => {
        const array = file.open(entry.path);
        const name = nameOf(entry.path);
        if (!array || array.typeClass === "other") return unreadableColumn(name, `is of type ${entry.type}`);
        return columnsFrom(name, widthOf(entry), valuesOf(array));
      }),
  };
}

/** Values of an array: yes or no of booleans, the names of an enumeration where it has some. */
export function valuesOf({ typeClass, names, read }: StoredArray): ArrayLike<Hdf5Value> {
  const values = read();
  if (typeClass === "bool") return Array.from(values as ArrayLike<number>, Boolean);
  return names === null ? values : Array.from(values, (value) => names[Number(value)] ?? String(value));
}

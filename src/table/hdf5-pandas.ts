// Frames as pandas writes them into HDF5 files: format="table", records of PyTables whose fields are blocks of columns, and
// format="fixed", an array for each block. Names of columns are told by attributes, some of them pickles, which are never
// run: a list of names in the oldest form is plain text, and read as such; anything else is refused.

import type { Hdf5File } from "../dataset/hdf5-file.js";
import type { Hdf5Value } from "../dataset/hdf5-records.js";
import { InputError } from "../errors.js";
import { unreadableColumn } from "./columns.js";
import { type Candidate, cellsOf, columnsFrom, valuesOf } from "./hdf5.js";
import { dateOf, isDate } from "./stored.js";
import type { Cell, Column } from "./types.js";

type Cells = typeof cellsOf;

/** The frame in a group; null where there is none. */
export function frameCandidate(file: Hdf5File, who: string, group: string): Candidate | null {
  const type = file.attribute(group, "pandas_type");
  if (type === "frame_table") return tableCandidate(file, who, group);
  return type === "frame" ? fixedCandidate(file, group) : null;
}

function tableCandidate(file: Hdf5File, who: string, group: string): Candidate | null {
  const path = `${group}/table`;
  const records = file.records(path);
  if (!records) return null;
  const said = (field: string, what: string) => file.attribute(path, `${field}_${what}`);
  const blocks = records.fields.map(({ name, width }) => {
    if (name === "index") return null; // numbers of rows
    const names = pickledNames(said(name, "kind"));
    if (names?.length === width) return { names };
    throw new InputError(
      "E_TABLE",
      `${who}: the names of the columns in "${name}" are a Python pickle, which is not run; write it with to_hdf(…, format="table", data_columns=True).`,
    );
  });
  return {
    path: group,
    names: blocks.flatMap((block) => block?.names ?? []),
    read: () => {
      const values = records.read();
      return records.fields.flatMap(({ name, type, width }, i) => {
        const names = blocks[i]?.names;
        if (!names) return [];
        const own = values[i];
        if (!own) return names.map((one) => unreadableColumn(one, `is of type ${type}`));
        const cells =
          said(name, "meta") === "category"
            ? namedBy(categories(file, `${group}/meta/${name}/meta/table`))
            : cellsBy(said(name, "dtype"));
        return columnsFrom(names[0]!, width, own, { names, cells });
      });
    },
  };
}

function fixedCandidate(file: Hdf5File, group: string): Candidate {
  const textsAt = (path: string) => Array.from(file.open(path)?.read() ?? [], String);
  const names = textsAt(`${group}/axis0`);
  return {
    ...{ path: group, names },
    read: () => {
      const columns = new Map<string, Column>();
      for (let block = 0; block < Number(file.attribute(group, "nblocks")); block++) {
        const path = `${group}/block${block}_values`;
        const own = textsAt(`${group}/block${block}_items`);
        const values = file.open(path);
        if (!values || own.length === 0) throw new Error(`block ${block} is missing`);
        if (values.typeClass === "other" || values.shape[1] !== own.length) {
          const why = 'is a Python pickle, which is not run (to_hdf(…, format="table") makes none)';
          for (const name of own) columns.set(name, unreadableColumn(name, why));
          continue;
        }
        const cells = cellsBy(file.attribute(path, "value_type"));
        const read = columnsFrom(own[0]!, own.length, valuesOf(values), { names: own, cells });
        for (const column of read) columns.set(column.name, column);
      }
      // a name that comes twice is the table's to refuse
      return names.flatMap((name) => columns.get(name) ?? []);
    },
  };
}

const NONE = -(2n ** 63n); // no moment, NaT

/** Cells of a type of pandas', where that is not seen from the file's own. */
function cellsBy(type: string | number | null): Cells {
  if (type === "datetime64" || String(type).startsWith("datetime64[")) {
    return (values) =>
      values.map((value) => {
        const date = value === NONE ? null : dateOf(BigInt(value as bigint), 1_000_000n);
        return date && isDate(date) ? date : null;
      });
  }
  return cellsOf;
}

/** The categories of a column, by their numbers. */
function categories(file: Hdf5File, path: string): readonly Cell[] {
  const records = file.records(path);
  const place = records?.fields.findIndex(({ name }) => name === "values") ?? -1;
  const values = place < 0 ? null : records!.read()[place];
  if (!values) throw new Error(`the categories at "${path}" are missing`);
  return cellsOf(values);
}

const namedBy =
  (names: readonly Cell[]): Cells =>
  (values: readonly Hdf5Value[]) =>
    values.map((value) => names[Number(value)] ?? null);

/** A list of names as Python's first pickle protocol writes it: text of known words alone. Null for anything else. */
export function pickledNames(pickle: string | number | null): string[] | null {
  if (typeof pickle !== "string" || !/^\(lp\d+\n(?:(?:V[^\n]*\np\d+|I\d+)\na)*\.$/.test(pickle)) return null;
  return Array.from(pickle.matchAll(/^a?(?:V(.*)|I(\d+))$/gm), ([, text, number]) => number ?? unescaped(text!));
}

// Python's raw-unicode-escape: all but \u and \U stands for itself.
const unescaped = (text: string) =>
  text.replace(/\\u([0-9a-f]{4})|\\U([0-9a-f]{8})/g, (_, short, long) =>
    String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(short ?? long, 16))),
  );

// Tables from the bytes of a file, as anybody calls for them. Apart from read.ts, whose types of formats are nobody's
// business outside.

import { asBytes } from "../dataset/arrays.js";
import { recogniseFile } from "../dataset/formats.js";
import { unpacked } from "../dataset/unpack.js";
import { checkOptions } from "../options/check.js";
import { flag, number, object, signal, type Type, text } from "../options/type.js";
import type { CsvOptions } from "./csv.js";
import { tableFrom } from "./read.js";
import type { Table } from "./types.js";

/** How a table is read; all is found out where nobody says. */
export interface ReadTableOptions extends CsvOptions {
  /** Where in an HDF5 file of several tables it lies: records, a frame, a group of columns. @default the only one */
  path?: string | undefined;
  /**
   * Seconds after which reading a Parquet or HDF5 file is given up, where it has a thread of its own. @default 6, and 2 for each
   * megabyte of the file
   */
  maxSeconds?: number | undefined;
  /** Aborting ends the reading of a Parquet or HDF5 file and rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** Types of how a table of text is read. */
export const TEXT_OPTIONS: Readonly<Record<keyof ReadTableOptions, Type>> = {
  name: text,
  separator: object("one character, such as ;", (value) => typeof value === "string" && /^[^"\r\n]$/.test(value)),
  header: flag,
  path: text,
  maxSeconds: number({ above: 0 }),
  signal,
};

/**
 * Reads a table, whichever format it has: CSV and its kin (tabs, semicolons, pipes; UTF-8, UTF-16, Latin-1), JSON as an
 * array of objects, an object of columns, or an object a line; Parquet; tables in HDF5; in gzip or alone in a zip, too. Cells are what
 * the file has: text in CSV, text, numbers and booleans in JSON, dates besides in Parquet, null where they are empty. What
 * a column means is not found out. A Parquet file is read in a thread of its own, on a copy of the bytes; where none can
 * be started, on the caller's.
 *
 * Rejects with E_TABLE for what is no table: rows or columns of several lengths, a name that comes twice, no rows, quotes
 * that are not closed, lists and objects in cells, a file of another format, a Parquet file that is damaged, ends its
 * thread or keeps it busy for longer than `maxSeconds`; with E_FILE_READ for a damaged package, E_TOO_LARGE, E_OPTION, and
 * the signal's reason.
 * Source: https://www.rfc-editor.org/rfc/rfc4180 (CSV), https://www.rfc-editor.org/rfc/rfc8259 (JSON),
 * https://parquet.apache.org/docs/file-format/
 *
 * @example await readTable(await readFile("iris.csv"), { name: "iris.csv" })
 */
export async function readTable(bytes: Uint8Array | ArrayBuffer, options: ReadTableOptions = {}): Promise<Table> {
  checkOptions("readTable", TEXT_OPTIONS, options);
  const { name, ...more } = options;
  const who = name ? `readTable: ${name}` : "readTable: the file";
  const file = recogniseFile({ name: who, bytes: asBytes("readTable", "E_TABLE", bytes) });
  return tableFrom(await unpacked(file), more);
}

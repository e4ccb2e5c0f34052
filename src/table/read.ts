// Which reader of tables a format has. Each is loaded when it is first wanted.

import { asBytes } from "../dataset/arrays.js";
import { type FormatName, type RecognisedFile, recogniseFile, refuseFormat } from "../dataset/formats.js";
import { checkOptions } from "../options/check.js";
import { flag, text } from "../options/type.js";
import type { CsvOptions } from "./csv.js";
import type { Table } from "./types.js";

/** How text is read, where it does not tell by itself. */
export type TableOptions = Pick<CsvOptions, "separator" | "header">;

/** How a table is read, where the file does not tell by itself. */
export type ReadTableOptions = CsvOptions;

/**
 * The table in a file's bytes: CSV and its kin with the separator that fits, JSON of objects, or an object a line. Cells
 * stay what they are in the file, text in CSV; an empty one is null. What they mean is createTableDataset's to say.
 *
 * Rejects with E_TABLE for a file that gives none, rows of several lengths, names of columns that come twice; E_OPTION.
 * Source: https://www.rfc-editor.org/rfc/rfc4180
 *
 * @example const table = await readTable(await readFile("titanic.csv"));
 */
export async function readTable(bytes: Uint8Array | ArrayBuffer, options: ReadTableOptions = {}): Promise<Table> {
  checkOptions("readTable", { name: text, separator: text, header: flag }, options);
  const { name = "the table", ...how } = options;
  return tableFrom(recogniseFile({ name, bytes: asBytes("readTable", "E_TABLE", bytes) }), how);
}

type Read = (bytes: Uint8Array, options: CsvOptions) => Promise<Table>;

const READERS: { readonly [N in FormatName]?: Read } = {
  text: async (bytes, options) => (await import("./csv.js")).readCsv(bytes, options),
  json: async (bytes, { name }) => (await import("./json.js")).readJson(bytes, { name }),
};

/** The table in a file. Throws what the reader of its format throws, E_TABLE for a file of a format that has none. */
export async function tableFrom(file: RecognisedFile, { separator, header }: TableOptions = {}): Promise<Table> {
  const read = READERS[file.format.name] ?? refuseFormat(file, "table");
  return read(file.bytes, { name: file.name, separator, header });
}

// Which reader of tables a format has. Each is loaded when it is first wanted.

import { type FormatName, type RecognisedFile, refuseFormat } from "../dataset/formats.js";
import { readApart } from "../reader/embedded.js";
import type { ReadTableOptions } from "./file.js";
import type { Table } from "./types.js";

/** How text is read, where it does not tell by itself, and what ends the reading of a foreign format. */
export type TableOptions = Omit<ReadTableOptions, "name">;

type Read = (bytes: Uint8Array, options: ReadTableOptions & { name: string }) => Promise<Table>;

const READERS: { readonly [N in FormatName]?: Read } = {
  text: async (bytes, options) => (await import("./csv.js")).readCsv(bytes, options),
  json: async (bytes, { name }) => (await import("./json.js")).readJson(bytes, { name }),
  parquet: (bytes, { name, maxSeconds, signal }) =>
    readApart("readParquet", bytes, [{ name }], { who: name, damaged: "E_TABLE", maxSeconds, signal }),
};

/** The table in a file. Throws what the reader of its format throws, E_TABLE for a file of a format that has none. */
export async function tableFrom(file: RecognisedFile, options: TableOptions = {}): Promise<Table> {
  const read = READERS[file.format.name] ?? refuseFormat(file, "table");
  return read(file.bytes, { ...options, name: file.name });
}

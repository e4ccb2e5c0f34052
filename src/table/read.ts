// Which reader of tables a format has. Each is loaded when it is first wanted.

import { type FormatName, type RecognisedFile, refuseFormat } from "../dataset/formats.js";
import { readApart } from "../reader/embedded.js";
import type { ReadTableOptions } from "./file.js";
import type { Table } from "./types.js";

/** How text is read, where it does not tell by itself, which table of several it is, what ends the reading. */
export interface TableOptions extends Omit<ReadTableOptions, "name"> {
  /** Columns that it has, where a file has several tables. */
  target?: readonly string[] | undefined;
}

type Read = (bytes: Uint8Array, options: TableOptions & { name: string }) => Promise<Table>;

const READERS: { readonly [N in FormatName]?: Read } = {
  text: async (bytes, options) => (await import("./csv.js")).readCsv(bytes, options),
  json: async (bytes, { name }) => (await import("./json.js")).readJson(bytes, { name }),
  hdf5: (bytes, { name, path, target, maxSeconds, signal }) =>
    readApart("readHdf5Table", bytes, [{ name, path, target }], {
      ...{ who: name, damaged: "E_HDF5_DAMAGED", maxSeconds, signal },
    }),
  parquet: (bytes, { name, maxSeconds, signal }) =>
    readApart("readParquet", bytes, [{ name }], { who: name, damaged: "E_TABLE", maxSeconds, signal }),
};

/** The table in a file. Throws what the reader of its format throws, E_TABLE for a file of a format that has none. */
export async function tableFrom(file: RecognisedFile, options: TableOptions = {}): Promise<Table> {
  const read = READERS[file.format.name] ?? refuseFormat(file, "table");
  return read(file.bytes, { ...options, name: file.name });
}

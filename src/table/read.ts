// Which reader of tables a format has. Each is loaded when it is first wanted.

import { type FormatName, type RecognisedFile, refuseFormat } from "../dataset/formats.js";
import type { CsvOptions } from "./csv.js";
import type { Table } from "./types.js";

/** How text is read, where it does not tell by itself. */
export type TableOptions = Pick<CsvOptions, "separator" | "header">;

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

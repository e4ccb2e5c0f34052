// Tables larger than memory, as anybody calls for them; the reader, table-source.ts, is loaded when it is first wanted.

import { type ReadableFile, slicesOf } from "../dataset/file-slices.js";
import type { DataSource } from "../dataset/source.js";
import { checkOptions } from "../options/check.js";
import { number, type Type, whole } from "../options/type.js";
import { ENCODED, type TableDatasetOptions } from "../table.js";
import type { Encoding } from "./encoding.js";
import { type ReadTableOptions, TEXT_OPTIONS } from "./file.js";

/** How a table is read part by part, and becomes examples. */
export interface OpenTableOptions extends TableDatasetOptions, ReadTableOptions {
  /** Share of the parts that are held out: nothing but their place is known to the encoding. @default none */
  test?: number | undefined;
  /** Seed of which they are. @default 1 */
  seed?: number | undefined;
  /** MiB that the examples which are held at a time may take. @default 64 */
  memory?: number | undefined;
}

/** A source of the rows of a table. */
export interface TableSource extends DataSource {
  /** How its columns become numbers. */
  readonly encoding: Encoding;
  /** What is held out; null where nothing is. */
  readonly test: DataSource | null;
}

const OPTIONS: Readonly<Record<keyof OpenTableOptions, Type>> = {
  ...ENCODED,
  ...TEXT_OPTIONS,
  test: number({ above: 0, below: 1 }),
  seed: number(whole(0, 2 ** 32 - 1)),
  memory: number({ above: 0 }),
};

/**
 * A source of the rows of a CSV file, for tables that do not fit into memory: what createTableDataset makes of a table,
 * part by part. The file is a Blob, such as a page's File, or what Node's fs.promises.open gives; it is gone through once at
 * the start, for what its columns hold, and then again in each epoch. A median is that of all rows where there are up to
 * 65,536, else of as many that are evenly spaced. The first rows tell whether there is a header.
 *
 * Rejects with E_TABLE, E_LABELS, E_SINGLE_CLASS, E_OPTION.
 *
 * @example await openTable(await open("trips.csv"), { target: "tip", test: 0.1 })
 */
export async function openTable(file: ReadableFile, options: OpenTableOptions = {}): Promise<TableSource> {
  checkOptions("openTable", OPTIONS, options);
  const slices = await slicesOf("openTable", "E_TABLE", file);
  const who = options.name ? `openTable: ${options.name}` : "openTable: the file";
  return (await import("./table-source.js")).tableSource(who, slices, options);
}

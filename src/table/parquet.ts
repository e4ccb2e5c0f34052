// Parquet files as tables: their columns, by what the file says of them, which is compared with its size before a page is
// opened. Pages are parquet-pages.ts's, what the values mean parquet-cells.ts's. Reading it apart, under limits, is
// src/reader.ts's.

import { parquetMetadata } from "hyparquet/src/metadata.js";
import type { ColumnChunk, FileMetaData } from "hyparquet/src/types.js";
import { mostDeclared } from "../dataset/hdf5-file.js";
import { USUAL_BYTES } from "../dataset/hdf5-limits.js";
import { InputError } from "../errors.js";
import { show } from "../options/check.js";
import { tableOf } from "./columns.js";
import { type Meaning, meaningOf } from "./parquet-cells.js";
import { type Chunk, CODECS, listPages, readPages } from "./parquet-pages.js";
import type { Column, Table } from "./types.js";

const CELL = 8; // bytes that a cell takes at least
const MOST_ROWS = 2 ** 26; // engines end at arrays of twice as many
const OF_PANDAS = /^__index_level_\d+__$/; // the numbers of its rows

/** A column of the file, flat, with what its values mean. */
interface ParquetColumn {
  readonly name: string;
  readonly element: Chunk["element"];
  readonly meaning: Meaning;
}

/**
 * A table from a Parquet file: numbers, booleans, text, and dates to the millisecond; null where there is no value. Whole
 * numbers beyond 2⁵³ are text of their digits, where a column has one; decimals are the nearest numbers, times of day
 * seconds. Row numbers that pandas kept as a column are left out.
 *
 * Throws E_TABLE, naming the column, for nested ones, encrypted ones, bytes that are no text, a compression that is not
 * known; E_TABLE for a file that is damaged; E_TOO_LARGE where it declares more than such a file can hold.
 * Source: https://parquet.apache.org/docs/file-format/
 */
export function readParquet(bytes: Uint8Array, { name }: { name?: string | undefined } = {}): Table {
  const who = name ?? "the table";
  const metadata = guarded(who, () => parquetMetadata(bytes, { geoparquet: false }));
  const all = columnsOf(who, metadata);
  const columns = all.some((one) => !OF_PANDAS.test(one.name)) ? all.filter((one) => !OF_PANDAS.test(one.name)) : all;
  const groups = metadata.row_groups.map(({ num_rows: rows }) => Number(rows));
  const count = groups.reduce((sum, rows) => sum + rows, 0);
  if (!groups.every((rows) => rows >= 0) || count !== Number(metadata.num_rows)) {
    throw damaged(who, `its parts have ${count} rows, it says ${metadata.num_rows}`);
  }
  if (count > MOST_ROWS) {
    throw new InputError(
      "E_TOO_LARGE",
      `${who} says it has ${count} rows, the limit is ${MOST_ROWS}; pass a part of it.`,
    );
  }
  const limit = Math.min(USUAL_BYTES, mostDeclared(bytes.length));
  checkSize(who, CELL * count * all.length, bytes.length, limit);
  let unpacked = 0;
  const read = columns.map((column): Column => {
    const place = all.indexOf(column);
    const parts = metadata.row_groups.flatMap(({ columns: chunks }, group) => {
      const chunk = chunkOf(who, chunks[place], column, groups[group]!, bytes);
      const listed = guarded(who, () => listPages(chunk));
      unpacked += listed.unpacked;
      checkSize(who, unpacked, bytes.length, limit);
      return guarded(who, () => readPages(chunk, listed.pages, limit));
    });
    return { name: column.name, values: column.meaning(`${who}: column ${show(column.name)}`, parts) };
  });
  return tableOf(who, count, read);
}

/** The columns of a file that has no others than flat ones. */
function columnsOf(who: string, { schema }: FileMetaData): ParquetColumn[] {
  return schema.slice(1).map((element) => {
    const { name, type, num_children: children, repetition_type: repetition } = element;
    const refuse = (what: string): never => {
      throw new InputError(
        "E_TABLE",
        `${who}: column ${show(name)} ${what}; write the file without it, or its values as columns of their own.`,
      );
    };
    if (children || repetition === "REPEATED") refuse("is nested, a list or an object in each row");
    if (!type) throw damaged(who, `column ${show(name)} has no type`);
    const meaning = meaningOf(element);
    // what the values mean is ours, so that nothing of it is lost on the way
    const bare = { name, type, type_length: element.type_length, repetition_type: repetition } as Chunk["element"];
    return { name, element: bare, meaning: typeof meaning === "string" ? refuse(`holds ${meaning}`) : meaning };
  });
}

function chunkOf(
  who: string,
  chunk: ColumnChunk | undefined,
  { name, element }: ParquetColumn,
  rows: number,
  bytes: Uint8Array,
): Chunk {
  const refuse = (what: string, instead: string): never => {
    throw new InputError("E_TABLE", `${who}: column ${show(name)} ${what}; ${instead}.`);
  };
  if (chunk?.crypto_metadata) refuse("is encrypted", "write the file without encryption");
  if (chunk?.file_path) refuse("lies in another file", "pass a file that holds its own data");
  const meta = chunk?.meta_data;
  if (!meta) throw damaged(who, `column ${show(name)} is not in all its parts`);
  const { codec, type, num_values: values, path_in_schema: path } = meta;
  if (!CODECS.has(codec)) {
    const called = codec === undefined ? "a compression that is not known" : `the compression ${codec}`;
    refuse(`has ${called}`, "write the file with snappy, gzip, zstd, brotli or lz4, or without compression");
  }
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const end = start + Number(meta.total_compressed_size);
  const fits = start >= 4 && start <= end && end <= bytes.length;
  if (type !== element.type || path.length !== 1 || path[0] !== name || Number(values) !== rows || !fits) {
    throw damaged(who, `what it says of column ${show(name)} does not fit`);
  }
  return { bytes: bytes.subarray(start, end), codec, rows, element };
}

function checkSize(who: string, declared: number, size: number, limit: number): void {
  if (declared <= limit) return;
  throw new InputError(
    "E_TOO_LARGE",
    `${who} says it holds ${declared} bytes in a file of ${size}, the limit is ${limit}; pass a smaller file.`,
  );
}

function damaged(who: string, reason: string, cause?: unknown): InputError {
  return new InputError("E_TABLE", `${who} is damaged or cut (${reason}); get the file again.`, { cause });
}

/** Whatever the decoder stumbles over is the file's fault. */
function guarded<T>(who: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw damaged(who, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

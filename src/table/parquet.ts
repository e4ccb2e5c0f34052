// Parquet files as tables: their columns, by what the file says of them, which is compared with its size before a page is
// opened. Pages are parquet-pages.ts's, what the values mean parquet-cells.ts's. Reading it apart, under limits, is
// src/reader.ts's.

import { parquetMetadata } from "hyparquet/src/metadata.js";
import type { ColumnChunk, FileMetaData } from "hyparquet/src/types.js";
import { mostDeclared } from "../dataset/hdf5-file.js";
import { USUAL_BYTES } from "../dataset/hdf5-limits.js";
import { InputError } from "../errors.js";
import { show } from "../options/check.js";
import { tableOf, unreadableColumn } from "./columns.js";
import { type Meaning, meaningOf, UnreadableCell } from "./parquet-cells.js";
import { type Chunk, CODECS, listPages, readPages } from "./parquet-pages.js";
import type { Column, Table } from "./types.js";

const CELL = 8; // bytes that a cell takes at least
const MOST_ROWS = 2 ** 26; // engines end at arrays of twice as many
const OF_PANDAS = /^__index_level_\d+__$/; // the numbers of its rows

/** A column of the file, with what its values mean, or why they cannot be read; its chunk stands at `place`. */
interface ParquetColumn {
  readonly name: string;
  readonly element: Chunk["element"];
  readonly meaning: Meaning | string;
  readonly place: number;
}

/**
 * A table from a Parquet file: numbers, booleans, text, and dates to the millisecond; null where there is no value. Whole
 * numbers beyond 2⁵³ are text of their digits, where a column has one; decimals are the nearest numbers, times of day
 * seconds. Row numbers that pandas kept as a column are left out. Columns that are nested or encrypted, of bytes that are no
 * text or of a compression that is not known are `unreadable`, and say why.
 *
 * Throws E_TABLE for a file that is damaged; E_TOO_LARGE where it declares more than such a file can hold.
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
    const { name, meaning, place } = column;
    if (typeof meaning === "string") return unreadableColumn(name, meaning);
    const chunks = metadata.row_groups.map((group) => group.columns[place]);
    const closed = chunks.map(whyClosed).find((why) => why !== null);
    if (closed) return unreadableColumn(name, closed);
    const parts = chunks.flatMap((one, group) => {
      const chunk = chunkOf(who, one, column, groups[group]!, bytes);
      const listed = guarded(who, () => listPages(chunk));
      unpacked += listed.unpacked;
      checkSize(who, unpacked, bytes.length, limit);
      return guarded(who, () => readPages(chunk, listed.pages, limit));
    });
    try {
      return { name, values: meaning(`${who}: column ${show(name)}`, parts) };
    } catch (problem) {
      if (problem instanceof UnreadableCell) return unreadableColumn(name, problem.message);
      throw problem;
    }
  });
  return tableOf(who, count, read);
}

/** The columns of a file. What is nested stands in the schema with its parts behind it, each of which has a chunk. */
function columnsOf(who: string, { schema }: FileMetaData): ParquetColumn[] {
  const columns: ParquetColumn[] = [];
  let place = 0;
  for (let at = 1; at < schema.length; ) {
    const element = schema[at]!;
    const { name, type, num_children: children, repetition_type: repetition } = element;
    // what the values mean is ours, so that nothing of it is lost on the way
    const bare = { name, type, type_length: element.type_length, repetition_type: repetition } as Chunk["element"];
    const nested = Boolean(children) || repetition === "REPEATED";
    if (!type && !nested) throw damaged(who, `column ${show(name)} has no type`);
    const meaning = nested ? "is nested, a list or an object in each row" : meaningOf(element);
    columns.push({ name, element: bare, meaning, place });
    // all of it: each part that has parts of its own adds those to what is to come
    for (let left = 1; left > 0; left--, at++) {
      const part = schema[at];
      if (!part) throw damaged(who, `column ${show(name)} has less parts than it says`);
      if (part.num_children) left += part.num_children;
      else place++;
    }
  }
  return columns;
}

/** Why a chunk cannot be opened; null where nothing is in the way. */
function whyClosed(chunk: ColumnChunk | undefined): string | null {
  if (chunk?.crypto_metadata) return "is encrypted";
  if (chunk?.file_path) return "lies in another file";
  if (!chunk?.meta_data || CODECS.has(chunk.meta_data.codec)) return null;
  const { codec } = chunk.meta_data;
  const called = codec === undefined ? "a compression that is not known" : `the compression ${codec}`;
  return `has ${called}, which is none of snappy, gzip, zstd, brotli and lz4`;
}

function chunkOf(
  who: string,
  chunk: ColumnChunk | undefined,
  { name, element }: ParquetColumn,
  rows: number,
  bytes: Uint8Array,
): Chunk {
  const meta = chunk?.meta_data;
  if (!meta) throw damaged(who, `column ${show(name)} is not in all its parts`);
  const { codec, type, num_values: values, path_in_schema: path } = meta;
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

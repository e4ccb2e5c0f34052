// The pages of a column in a row group of a Parquet file: unpacked, checked, then decoded by hyparquet, which believes
// what it reads. A run of more values than its page has would end the whole process, not only the thread that reads it:
// what a page says of itself is checked before it is believed.

import { parquetHeader, readPage } from "hyparquet/src/column.js";
import { convert } from "hyparquet/src/convert.js";
import { decompressPage } from "hyparquet/src/datapage.js";
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { readRleBitPackedHybrid } from "hyparquet/src/encoding.js";
import type {
  ColumnDecoder,
  Compressors,
  DataReader,
  DecodedArray,
  PageHeader,
  SchemaElement,
} from "hyparquet/src/types.js";
import {
  decompressBrotli,
  decompressGzip,
  decompressLz4,
  decompressLz4Raw,
  decompressZstd,
} from "hyparquet-compressors";
import type { Stored } from "./parquet-cells.js";

// snappy is hyparquet's own
const COMPRESSORS: Compressors = {
  GZIP: decompressGzip,
  BROTLI: decompressBrotli,
  ZSTD: (packed, length) => decompressZstd(packed, new Uint8Array(length)),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
};
/** What can be unpacked. */
export const CODECS: ReadonlySet<string> = new Set(["UNCOMPRESSED", "SNAPPY", ...Object.keys(COMPRESSORS)]);

const DICTIONARIES: readonly unknown[] = ["PLAIN_DICTIONARY", "RLE_DICTIONARY"];
const DELTAS = ["DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"];
const ENCODINGS: readonly unknown[] = [...DICTIONARIES, ...DELTAS, "PLAIN", "RLE", "BYTE_STREAM_SPLIT"];

/** A column in a row group: its bytes, how they are packed, how many rows it has. */
export interface Chunk {
  readonly bytes: Uint8Array;
  readonly codec: ColumnDecoder["codec"];
  readonly rows: number;
  /** Without annotations: values are wanted as they are stored. */
  readonly element: SchemaElement & { readonly type: ColumnDecoder["type"] };
}

/** A page as its header says it is. */
interface Page {
  readonly header: PageHeader;
  /** Values, with those that are missing; 0 of a dictionary. */
  readonly values: number;
  readonly packed: Uint8Array;
}

const readerOf = (bytes: Uint8Array): DataReader => ({
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  offset: 0,
});

/**
 * The pages of a chunk, by their headers alone, and how many bytes they are unpacked. Throws where they do not lie in it
 * one after the other, or have not as many values as there are rows.
 */
export function listPages({ bytes, codec, rows, element }: Chunk): { pages: Page[]; unpacked: number } {
  const reader = readerOf(bytes);
  const pages: Page[] = [];
  let found = 0;
  let unpacked = 0;
  while (found < rows) {
    const header = parquetHeader(reader);
    const { compressed_page_size: packed, uncompressed_page_size: size } = header;
    if (!isSize(packed) || !isSize(size) || packed > bytes.length - reader.offset) throw new Error("a page is cut");
    // as it is, it can hold no more than it has
    if (codec === "UNCOMPRESSED" && size > packed) throw new Error("a page is smaller than it says");
    const values = header.type === "DICTIONARY_PAGE" ? 0 : valuesOf(header);
    checkEncoding(header, element.type, pages.length > 0 && pages[0]!.header.type === "DICTIONARY_PAGE");
    pages.push({ header, values, packed: bytes.subarray(reader.offset, reader.offset + packed) });
    reader.offset += packed;
    unpacked += size;
    found += values;
  }
  if (found !== rows) throw new Error(`${found} values for ${rows} rows`);
  return { pages, unpacked };
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function valuesOf({ type, data_page_header: first, data_page_header_v2: second, ...sizes }: PageHeader): number {
  const values = type === "DATA_PAGE" ? first?.num_values : type === "DATA_PAGE_V2" ? second?.num_values : undefined;
  if (!isSize(values)) throw new Error("a page has no number of values");
  if (type === "DATA_PAGE") return values;
  const { num_nulls: nulls, num_rows: rows } = second!;
  const { definition_levels_byte_length: defined, repetition_levels_byte_length: repeated } = second!;
  const levels = defined + repeated;
  if (![nulls, defined, repeated].every(isSize) || nulls > values || rows !== values)
    throw new Error("a page has more missing values than values");
  if (levels > sizes.compressed_page_size || levels > sizes.uncompressed_page_size) throw new Error("a page is cut");
  return values;
}

function checkEncoding(header: PageHeader, type: ColumnDecoder["type"], dictionary: boolean): void {
  const { num_values: entries } = header.dictionary_page_header ?? {};
  if (header.type === "DICTIONARY_PAGE") {
    // an entry takes a byte at least
    const fits = isSize(entries) && entries <= header.uncompressed_page_size;
    if (!fits || dictionary || type === "BOOLEAN") throw new Error("a dictionary does not fit");
    return;
  }
  const { encoding } = (header.data_page_header ?? header.data_page_header_v2)!;
  if (!ENCODINGS.includes(encoding) || (encoding === "RLE" && type !== "BOOLEAN"))
    throw new Error(`the encoding ${encoding} is not known`);
  if (DICTIONARIES.includes(encoding) && !dictionary) throw new Error("a page has no dictionary");
}

/** The values of a chunk's pages, as they are stored. `most` is how many bytes texts may take together. */
export function readPages({ element, codec, rows }: Chunk, pages: readonly Page[], most: number): Stored[] {
  const leaf = { element, children: [], count: 1, path: [element.name] };
  const root = { element: { name: "" }, children: [leaf], count: 2, path: [] };
  const decoder: ColumnDecoder = {
    ...{ pathInSchema: leaf.path, element, schemaPath: [root, leaf], codec: "UNCOMPRESSED", type: element.type },
    ...{ utf8: false, parsers: { timestampFromNanoseconds: (value: bigint) => value } as ColumnDecoder["parsers"] },
  };
  const parts: DecodedArray[] = [];
  let dictionary: DecodedArray | undefined;
  for (const page of pages) {
    const bytes = unpack(page, codec);
    if (page.values > 0) checkRuns(page, bytes, element, most);
    const { data_page_header_v2: second } = page.header;
    const header = {
      ...{ ...page.header, compressed_page_size: bytes.length, uncompressed_page_size: bytes.length },
      data_page_header_v2: second && { ...second, is_compressed: false },
    };
    const { data } = readPage(readerOf(bytes), header, decoder, dictionary, undefined, 0);
    if (header.type === "DICTIONARY_PAGE") dictionary = convert(data!, decoder);
    else if (data?.length === page.values) parts.push(data);
    else throw new Error(`a page holds ${data?.length} of ${page.values} values`);
  }
  if (parts.reduce((sum, { length }) => sum + length, 0) !== rows) throw new Error("values are missing");
  return parts as Stored[];
}

/** A page's levels and values, nothing of it packed. */
function unpack({ header, packed }: Page, codec: ColumnDecoder["codec"]): Uint8Array {
  const { data_page_header_v2: second, uncompressed_page_size: size } = header;
  if (!second) return decompressPage(packed, size, codec, COMPRESSORS);
  const levels = second.definition_levels_byte_length + second.repetition_levels_byte_length;
  if (second.is_compressed === false || size === levels) return packed;
  const whole = new Uint8Array(size);
  whole.set(packed.subarray(0, levels));
  whole.set(decompressPage(packed.subarray(levels), size - levels, codec, COMPRESSORS), levels);
  return whole;
}

/** Throws where a run of levels or values is longer than its page, or texts grow beyond `most` bytes. */
function checkRuns(
  { header, values }: Page,
  bytes: Uint8Array,
  { type, repetition_type: repetition }: SchemaElement,
  most: number,
) {
  const reader = readerOf(bytes);
  const { data_page_header: first, data_page_header_v2: second } = header;
  const { encoding } = (first ?? second)!;
  let there = second ? values - second.num_nulls : values;
  if (second) {
    const { definition_levels_byte_length: defined, repetition_levels_byte_length: repeated } = second;
    if (repetition === "OPTIONAL") checkHybrid(bytes.subarray(repeated, repeated + defined), 1, values);
    reader.offset = repeated + defined;
  } else if (repetition === "OPTIONAL") {
    const length = reader.view.getUint32(0, true);
    checkHybrid(bytes.subarray(4, 4 + length), 1, values);
    const levels = new Array<number>(values);
    readRleBitPackedHybrid(reader, 1, levels);
    there = levels.reduce((sum, level) => sum + level, 0);
  }
  if (there === 0) return;
  if (encoding === "RLE") checkHybrid(bytes.subarray(reader.offset + 4), 1, values);
  if (DICTIONARIES.includes(encoding)) checkHybrid(bytes.subarray(reader.offset + 1), bytes[reader.offset]!, values);
  if (encoding === "DELTA_BYTE_ARRAY" && type !== undefined) checkPrefixes(reader, there, most);
}

/** Walks over runs of numbers of `width` bits, each repeated or packed. */
function checkHybrid(bytes: Uint8Array, width: number, values: number): void {
  if (!(width <= 31)) throw new Error(`numbers of ${width} bits`);
  let at = 0;
  for (let seen = 0; seen < values && at < bytes.length; ) {
    let head = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] ?? 0;
      head += (byte & 127) * shift;
      if (byte < 128) break;
    }
    const packed = head % 2 === 1;
    const count = packed ? 8 * Math.floor(head / 2) : head / 2;
    // the last group of eight may be padded, as some writers do with whole runs
    if (count > values - seen + (packed ? 511 : 0)) throw new Error("a run is longer than its page");
    at += packed ? (width * count) / 8 : Math.ceil(width / 8);
    seen += count;
  }
}

/** Texts that begin as the one before can be far larger than the file. */
function checkPrefixes(reader: DataReader, count: number, most: number): void {
  const [prefixes, suffixes] = [new Int32Array(count), new Int32Array(count)];
  deltaBinaryUnpack(reader, count, prefixes);
  deltaBinaryUnpack(reader, count, suffixes);
  let total = 0;
  let before = 0;
  for (let i = 0; i < count; i++) {
    if (prefixes[i]! < 0 || suffixes[i]! < 0 || prefixes[i]! > before) throw new Error("a text begins as none before");
    before = prefixes[i]! + suffixes[i]!;
    total += before;
    if (total > most) throw new Error("its texts grow beyond all bounds");
  }
}

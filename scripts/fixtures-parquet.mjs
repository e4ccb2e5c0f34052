// Makes test/fixtures/*.parquet and test/golden/parquet.json: small tables of every type of column that readTable takes,
// written by arrow-rs in each compression and encoding, and some that it must refuse. Run by hand where the packages
// parquet-wasm 0.8.0 and apache-arrow 21.2.0 are installed, which are none of the package's own:
// node scripts/fixtures-parquet.mjs. The files are committed. What the cells are is said here, not read from a file.

import { writeFileSync } from "node:fs";
import * as arrow from "apache-arrow";
import * as parquet from "parquet-wasm/node";

const { Compression, Encoding, WriterVersion } = parquet;
const COUNT = 37; // rows: a prime, so that no row group, page or byte of flags ends where the table does
const rows = Array.from({ length: COUNT }, (_, i) => i);
/** Without a value in some rows, the first and the last among them. */
const holes = (value) => rows.map((i) => (i % 5 === 0 || i === COUNT - 1 ? null : value(i)));

const DAY = 86_400_000;
const LETTERS = ["setosa", "bée", "", "x\ty", "日本"];
const EDGES = [0, -1, 1, 127, -128, 32767, -32768, 2147483647, -2147483648];
const within = (bits) => (i) => Number(BigInt.asIntN(bits, BigInt(EDGES[i % EDGES.length])));
const unsigned = (bits) => (i) => Number(BigInt.asUintN(bits, BigInt(EDGES[i % EDGES.length])));
const wide = (i) => [2n ** 53n, -(2n ** 53n), 0n, 7n][i % 4];
const floats = [0, -0, 1.5, 1e-40, 3.4028234663852886e38, -0.1, 1 / 3, Number.MIN_VALUE, Number.MAX_VALUE];
const finest = (i) => BigInt(i) * 86_399_999_999_999n - 10n ** 18n; // nanoseconds, on both sides of 1970

/** Name, type as Arrow has it, cells as Arrow takes them, cells as readTable gives them. */
const columns = [
  ...[8, 16, 32].map((bits) => [`int${bits}`, new arrow.Int(true, bits), rows.map(within(bits))]),
  ...[8, 16, 32].map((bits) => [`uint${bits}`, new arrow.Int(false, bits), rows.map(unsigned(bits))]),
  ["int64", new arrow.Int64(), rows.map(wide), rows.map((i) => Number(wide(i)))],
  ["beyond", new arrow.Int64(), rows.map((i) => 2n ** 53n + BigInt(i)), rows.map((i) => String(2n ** 53n + BigInt(i)))],
  [
    "uint64",
    new arrow.Uint64(),
    rows.map((i) => 2n ** 64n - 1n - BigInt(i % 3)),
    rows.map((i) => String(2n ** 64n - 1n - BigInt(i % 3))),
  ],
  ["float16", new arrow.Float16(), rows.map((i) => [0, -1.5, 65504, 2 ** -24][i % 4])],
  ["float32", new arrow.Float32(), rows.map((i) => Math.fround(floats[i % 7]))],
  ["float64", new arrow.Float64(), rows.map((i) => floats[i % 9])],
  ["bool", new arrow.Bool(), rows.map((i) => i % 3 === 0)],
  ["text", new arrow.Utf8(), rows.map((i) => LETTERS[i % 5]), rows.map((i) => LETTERS[i % 5] || null)],
  ["own", new arrow.Utf8(), rows.map((i) => `row ${i}`)],
  ["category", new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()), rows.map((i) => LETTERS[i % 2])],
  [
    "day",
    new arrow.DateDay(),
    rows.map((i) => new Date((i - 9) * 1000 * DAY)),
    rows.map((i) => date((i - 9) * 1000 * DAY)),
  ],
  [
    "milli",
    new arrow.TimestampMillisecond(),
    rows.map((i) => i * 86_399_999 - 1e9),
    rows.map((i) => date(i * 86_399_999 - 1e9)),
  ],
  [
    "micro",
    new arrow.TimestampMicrosecond(),
    rows.map((i) => finest(i) / 1000n),
    rows.map((i) => date(down(finest(i) / 1000n, 1000n))),
  ],
  ["nano", new arrow.TimestampNanosecond("UTC"), rows.map(finest), rows.map((i) => date(down(finest(i), 1_000_000n)))],
  ["time", new arrow.TimeMillisecond(), rows.map((i) => i * 1234), rows.map((i) => (i * 1234) / 1000)],
  [
    "decimal",
    new arrow.Decimal(2, 9, 128),
    rows.map((i) => words(BigInt(i) * 1001n - 5005n)),
    rows.map((i) => (i * 1001 - 5005) / 100),
  ],
  ["long", new arrow.Decimal(10, 38, 128), rows.map((i) => words(digits(i))), rows.map((i) => point(digits(i), 10))],
  ["int32?", new arrow.Int32(), holes((i) => i * 3 - 50)],
  ["int64?", new arrow.Int64(), holes((i) => BigInt(i)), holes((i) => i)],
  ["float64?", new arrow.Float64(), holes((i) => i / 3)],
  ["bool?", new arrow.Bool(), holes((i) => i % 2 === 0)],
  ["text?", new arrow.Utf8(), holes((i) => LETTERS[i % 2])],
  ["nano?", new arrow.TimestampNanosecond(), holes(finest), holes((i) => date(down(finest(i), 1_000_000n)))],
  ["decimal?", new arrow.Decimal(2, 9, 128), holes((i) => words(BigInt(i))), holes((i) => i / 100)],
  ["none", new arrow.Int32(), rows.map(() => null)],
];

function date(time) {
  return { date: new Date(time).toISOString() };
}
function down(value, unit) {
  return Number(value / unit - (value % unit < 0n ? 1n : 0n));
}
function digits(i) {
  return BigInt(`${i % 2 ? "-" : ""}12345678901234567890123456${String(i).padStart(2, "0")}`);
}
/** The nearest double to a decimal: JavaScript rounds what it reads once. */
function point(value, scale) {
  const text = String(value).padStart(scale + 2, "0");
  return Number(`${text.slice(0, -scale)}.${text.slice(-scale)}`);
}
/** A whole number as Arrow's four words of 32 bits. */
function words(value) {
  return Uint32Array.from({ length: 4 }, (_, i) =>
    Number(BigInt.asUintN(32, BigInt.asUintN(128, value) >> BigInt(32 * i))),
  );
}

function tableOf(list) {
  const vectors = list.map(([name, type, cells]) => [name, vectorOf(type, cells)]);
  return new arrow.Table(Object.fromEntries(vectors));
}
function vectorOf(type, cells) {
  if (arrow.DataType.isTimestamp(type)) return timesOf(type, cells);
  const builder = arrow.makeBuilder({ type, nullValues: [null] });
  for (const cell of cells) builder.append(cell);
  return builder.finish().toVector();
}

/** Moments in the type's own unit, for which Arrow's builder takes milliseconds. */
function timesOf(type, cells) {
  const there = new Uint8Array(64);
  cells.forEach((cell, i) => {
    if (cell !== null) there[i >> 3] |= 1 << (i & 7);
  });
  const data = BigInt64Array.from(cells, (cell) => BigInt(cell ?? 0));
  const nullCount = cells.filter((cell) => cell === null).length;
  return arrow.makeVector(arrow.makeData({ type, data, length: cells.length, nullCount, nullBitmap: there }));
}

function bytesOf(table, { more = (writer) => writer, ...settings } = {}) {
  const {
    compression = Compression.UNCOMPRESSED,
    group = 1_000_000,
    dictionary = true,
    version = WriterVersion.V1,
  } = settings;
  const own = parquet.Table.fromIPCStream(arrow.tableToIPC(table, "stream"));
  const writer = new parquet.WriterPropertiesBuilder()
    .setCompression(compression)
    .setMaxRowGroupSize(group)
    .setDictionaryEnabled(dictionary)
    .setWriterVersion(version)
    .setCreatedBy("arrow-rs, by scripts/fixtures-parquet.mjs");
  return parquet.writeParquet(own, more(writer).build());
}
const write = (name, bytes) => writeFileSync(new URL(`../test/fixtures/${name}.parquet`, import.meta.url), bytes);

const all = tableOf(columns);
write("kinds", bytesOf(all));
write("kinds-plain", bytesOf(all, { dictionary: false, version: WriterVersion.V2, group: 10 }));

// Each compression, with several row groups and pages; V2 leaves the levels unpacked.
const some = tableOf(
  columns.filter(([name]) => ["int32", "float64", "own", "category", "bool", "text?", "int64?"].includes(name)),
);
for (const name of ["SNAPPY", "GZIP", "BROTLI", "ZSTD", "LZ4_RAW", "LZ4"]) {
  const pages = (writer) => writer.setDataPageSizeLimit(64);
  write(`packed-${name.toLowerCase()}`, bytesOf(some, { compression: Compression[name], group: 16, more: pages }));
}
write("packed-v2", bytesOf(some, { compression: Compression.SNAPPY, group: 16, version: WriterVersion.V2 }));
const delta = (writer) =>
  writer
    .setColumnEncoding("int32", Encoding.DELTA_BINARY_PACKED)
    .setColumnEncoding("int64?", Encoding.DELTA_BINARY_PACKED)
    .setColumnEncoding("own", Encoding.DELTA_BYTE_ARRAY)
    .setColumnEncoding("text?", Encoding.DELTA_LENGTH_BYTE_ARRAY)
    .setColumnEncoding("float64", Encoding.BYTE_STREAM_SPLIT);
write("encodings", bytesOf(some, { dictionary: false, version: WriterVersion.V2, more: delta }));

// As pandas writes a frame whose rows were taken from another.
write(
  "pandas",
  bytesOf(tableOf([columns[0], ["__index_level_0__", new arrow.Int64(), rows.map((i) => BigInt(9 * i))]])),
);

// What is refused: nested columns, bytes that are no text, no rows.
const list = new arrow.List(new arrow.Field("item", new arrow.Int32(), true));
write("list", bytesOf(tableOf([columns[0], ["words", list, rows.map((i) => [i, i + 1])]])));
const pair = new arrow.Struct([new arrow.Field("a", new arrow.Int32(), true)]);
write("struct", bytesOf(tableOf([columns[0], ["pair", pair, rows.map((i) => ({ a: i }))]])));
write(
  "bytes",
  bytesOf(tableOf([columns[0], ["picture", new arrow.Binary(), rows.map(() => Uint8Array.of(0xff, 0xd8))]])),
);
write(
  "no-rows",
  bytesOf(
    new arrow.Table(
      all.schema,
      all.batches.map((batch) => batch.slice(0, 0)),
    ),
  ),
);

const told = Object.fromEntries(columns.map(([name, , cells, given = cells]) => [name, given]));
const minus = (_, value) => (Object.is(value, -0) ? "-0" : value);
writeFileSync(new URL("../test/golden/parquet.json", import.meta.url), `${JSON.stringify(told, minus)}\n`);

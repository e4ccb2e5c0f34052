// Parquet files as tables. The files under fixtures were written by arrow-rs, what is in them is said by
// scripts/fixtures-parquet.mjs; files with lies in them are handmade (parquet.ts).

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { InputError } from "../src/errors.js";
import { readParquet } from "../src/table/parquet.js";
import type { Cell, Table } from "../src/table/types.js";
import { createTableDataset, factsOf, readTable, splitTable } from "../src/table.js";
import { type HandColumn, handmade, struct } from "./parquet.js";

const file = (name: string) => new Uint8Array(readFileSync(new URL(`fixtures/${name}.parquet`, import.meta.url)));
const golden: Record<string, unknown[]> = JSON.parse(
  readFileSync(new URL("golden/parquet.json", import.meta.url), "utf8"),
);

/** A golden cell as a table has it. */
function cellOf(told: unknown): Cell {
  if (told === "-0") return -0;
  if (typeof told === "object" && told !== null) return new Date((told as { date: string }).date);
  return told as Cell;
}
const cells = ({ columns }: Table) =>
  Object.fromEntries(columns.map(({ name, values }) => [name, Array.from(values as ArrayLike<Cell>)]));
const wanted = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, golden[name]!.map(cellOf)]));

describe("what arrow-rs writes is read to the bit:", () => {
  const some = ["int32", "float64", "bool", "own", "category", "int64?", "text?"];
  test.each([
    ["kinds", Object.keys(golden)],
    ["kinds-plain", Object.keys(golden)],
    ...["snappy", "gzip", "brotli", "zstd", "lz4", "lz4_raw", "v2"].map((codec): [string, string[]] => [
      `packed-${codec}`,
      some,
    ]),
    ["encodings", some],
  ])("%s", (name, names) => {
    const table = readParquet(file(name));
    expect(table.columns.map((column) => column.name)).toEqual(names);
    expect(cells(table)).toStrictEqual(wanted(names)); // Object.is: −0 is not 0
  });

  test("numbers without holes are doubles, also when they come from another thread", async () => {
    const { columns } = await readTable(file("kinds"));
    const doubles = columns.filter(({ values }) => values instanceof Float64Array).map(({ name }) => name);
    expect(doubles).toEqual([
      ...["int8", "int16", "int32", "uint8", "uint16", "uint32", "int64", "float16", "float32", "float64"],
      ...["time", "decimal", "long"],
    ]);
    expect(cells({ count: 37, columns })).toStrictEqual(wanted(Object.keys(golden)));
  });

  test("row numbers of pandas are left out, unless there is nothing else", () => {
    expect(readParquet(file("pandas")).columns.map(({ name }) => name)).toEqual(["int8"]);
    const alone = handmade(1, [{ name: "__index_level_0__", type: 1, data: [1, 0, 0, 0] }]);
    expect(cells(readParquet(alone))).toEqual({ __index_level_0__: [1] });
  });

  test("a data set is made of one: categories, dates that are asked for, holes", async () => {
    const { columns, count } = await readTable(file("kinds"));
    const data = createTableDataset(
      { count, columns: columns.filter(({ name }) => ["int32", "category", "day", "bool?", "int64?"].includes(name)) },
      { target: "category", dates: ["day"] },
    );
    expect(data.classes).toEqual(["bée", "setosa"]);
    expect(data.features).toBe(6); // int64? and bool? have holes
    expect(data.x[1]).toBe(-9000);
  });
});

const int = (data: readonly number[] = [1, 0, 0, 0]): HandColumn => ({ name: "a", type: 1, data });
const bytes = (value: bigint, width = 8) =>
  Array.from({ length: width }, (_, i) => Number(BigInt.asUintN(8, value >> BigInt(8 * i))));

describe("types of older writers:", () => {
  const MAY = Date.UTC(2024, 4, 31, 10, 0, 0, 1);
  test.each<[string, Omit<HandColumn, "name">, Cell]>([
    [
      "int96, Spark's and Impala's",
      { type: 3, data: [...bytes(36_000_001_999_999n), ...bytes(2_460_462n, 4)] },
      new Date(MAY),
    ],
    ["milliseconds", { type: 2, converted: 9, data: bytes(BigInt(MAY)) }, new Date(MAY)],
    ["microseconds before 1970", { type: 2, converted: 10, data: bytes(-1n) }, new Date(-1)],
    ["time in microseconds", { type: 2, converted: 8, data: bytes(1_500_000n) }, 1.5],
    ["bytes without a word, as text", { type: 6, data: [3, 0, 0, 0, 0x62, 0xc3, 0xa9] }, "bé"],
    ["decimal in int32", { type: 1, converted: 5, scale: 1, data: bytes(-3n, 4) }, -0.3],
    ["decimal in int64", { type: 2, converted: 5, scale: 3, data: bytes(-12_345_678_901n) }, -12345678.901],
    ["decimal in bytes", { type: 6, converted: 5, scale: 2, data: [2, 0, 0, 0, 0xff, 0x7f] }, -1.29],
    [
      "uuid",
      { type: 7, length: 16, logical: struct({ 14: struct({}) }), data: [...Array(16).keys()] },
      "00010203-0405-0607-0809-0a0b0c0d0e0f",
    ],
  ])("%s", (_, column, cell) => {
    expect(cells(readParquet(handmade(1, [{ name: "a", ...column }]))).a).toStrictEqual([cell]);
  });
});

describe("a column that cannot be read says why, and the others are read:", () => {
  const nested = "is nested, a list or an object in each row";
  test.each<[string, HandColumn, string]>([
    ["a repeated column", { ...int(), repetition: 2 }, nested],
    [
      "the compression LZO",
      { ...int(), codec: 3 },
      "has the compression LZO, which is none of snappy, gzip, zstd, brotli and lz4",
    ],
    [
      "one that is not known",
      { ...int(), codec: 99 },
      "has a compression that is not known, which is none of snappy, gzip, zstd, brotli and lz4",
    ],
    ["encryption", { ...int(), encrypted: true }, "is encrypted"],
    ["another file", { ...int(), file: "/etc/passwd" }, "lies in another file"],
    ["an interval", { name: "a", type: 7, length: 12, converted: 21, data: Array(12).fill(0) }, "holds interval"],
    ["BSON", { name: "a", type: 6, converted: 20, data: [0, 0, 0, 0] }, "holds bson"],
    ["bare bytes", { name: "a", type: 7, length: 2, data: [0, 0] }, "holds raw bytes"],
    [
      "bytes that are no text",
      { name: "a", type: 6, converted: 0, data: [1, 0, 0, 0, 0xff] },
      "holds bytes that are no text in row 1",
    ],
    ["a date out of range", { ...int([0, 0, 0, 0x7f]), converted: 6 }, "has a date beyond the year 275760 in row 1"],
  ])("%s", (_, column, why) => {
    const table = readParquet(
      handmade(1, [{ ...int([5, 0, 0, 0]), name: "b" }, column, { ...int([7, 0, 0, 0]), name: "c" }]),
    );
    const [b, a, c] = table.columns;
    expect(a).toEqual({ name: "a", values: [null], unreadable: why });
    expect([b, c]).toEqual([
      { name: "b", values: Float64Array.of(5) },
      { name: "c", values: Float64Array.of(7) },
    ]);
    expect(factsOf(a!)).toMatchObject({ kind: "unreadable", trouble: why });
  });

  test("lists and objects, whose parts stand between the others", () => {
    for (const [name, column] of [
      ["list", "words"],
      ["struct", "pair"],
    ] as const) {
      const { columns } = readParquet(file(name));
      expect(columns.filter((one) => one.unreadable)).toMatchObject([{ name: column, unreadable: nested }]);
      expect(columns.filter((one) => !one.unreadable).flatMap(({ values }) => [...values])).not.toContain(null);
    }
  });

  test("and is refused where it is used: as an input, to predict, to group by, by a model", () => {
    const values = (i: number) => Float64Array.from({ length: 6 }, (_, row) => (row * i) % 5);
    const a = { name: "a", values: Array(6).fill(null), unreadable: "is encrypted" };
    const table = { count: 6, columns: [{ name: "b", values: values(2) }, a, { name: "y", values: values(1) }] };
    const sentence = /column "a" is encrypted; /;
    expect(() => createTableDataset(table, { target: "y" })).toThrow(/column "a" is encrypted; .*drop: \["a"\]/);
    expect(() => createTableDataset(table, { target: "y", categories: ["a"] })).toThrow(sentence);
    expect(() => createTableDataset(table, { target: "y", features: ["a"] })).toThrow(sentence);
    expect(() => createTableDataset(table, { target: "y", id: "a" })).toThrow(sentence);
    expect(() => createTableDataset(table, { target: "a" })).toThrow(sentence);
    expect(() => splitTable(table, { group: "a" })).toThrow(sentence);
    const data = createTableDataset(table, { target: "y", drop: ["a"] });
    expect(data.features).toBe(1);
    const { train } = splitTable(table, { test: 0.5 });
    expect(train.columns[1]).toEqual({ name: "a", values: [null, null, null], unreadable: "is encrypted" });
    const readable = {
      ...table,
      columns: table.columns.map((one) => (one === a ? { name: "a", values: values(3) } : one)),
    };
    const { encoding } = createTableDataset(readable, { target: "y" });
    expect(() => createTableDataset(table, { encoding })).toThrow(sentence);
  });
});

describe("what cannot be read is refused in a sentence:", () => {
  const refused = (input: Uint8Array) => {
    try {
      readParquet(input, { name: "t.parquet" });
    } catch (error) {
      if (error instanceof InputError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return null;
  };
  test.each<[string, Uint8Array, string | RegExp]>([
    [
      "no rows",
      file("no-rows"),
      "E_TABLE: t.parquet has no rows below the names of its columns; pass a table with at least one.",
    ],
    ["a type that there is not", handmade(1, [{ ...int(), type: 9 }]), /"a" has no type\)/],
    [
      "a name that comes twice",
      handmade(1, [int(), int()]),
      'E_TABLE: t.parquet has two columns of the name "a"; give each its own.',
    ],
  ])("%s", (_, input, said) => {
    expect(refused(input)).toEqual(typeof said === "string" ? said : expect.stringMatching(said));
  });

  const ROWS = 2 ** 28;
  test.each<[string, Uint8Array, RegExp]>([
    [
      "more rows than there can be",
      handmade(2 ** 40, [int()]),
      /^E_TOO_LARGE: t\.parquet says it has 1099511627776 rows, the limit is 67108864; pass a part of it\.$/,
    ],
    [
      "more rows than there is room for",
      handmade(2 ** 26, [int()]),
      /^E_TOO_LARGE: t\.parquet says it holds 536870912 bytes in a file of \d+, the limit is 67108864; pass a smaller file\.$/,
    ],
    ["fewer than no rows", handmade(-1, [int()]), /its parts have -1 rows/],
    ["other rows than its parts", handmade(1, [int()], 2), /its parts have 1 rows, it says 2/],
    [
      "a page that unpacks to gigabytes",
      handmade(1, [{ ...int(), codec: 2, unpacked: 2 ** 30 }]),
      /^E_TOO_LARGE: .* holds 1073741824 bytes/,
    ],
    ["a page larger than itself", handmade(1, [{ ...int(), unpacked: 5 }]), /a page is smaller than it says/],
    ["a page beyond the file", handmade(1, [{ ...int(), packed: 5 }]), /a page is cut/],
    ["a page of fewer than no bytes", handmade(1, [{ ...int(), packed: -5 }]), /a page is cut/],
    ["more values than rows", handmade(1, [{ ...int(), values: ROWS }]), /268435456 values for 1 rows/],
    ["fewer than no values", handmade(1, [{ ...int(), values: -1 }]), /a page has no number of values/],
    ["fewer values than rows", handmade(2, [{ ...int(), values: 1 }]), /a page is cut|damaged/],
    ["a place outside", handmade(1, [{ ...int(), offset: 9999 }]), /what it says of column "a" does not fit/],
    ["an encoding that is not known", handmade(1, [{ ...int(), encoding: 99 }]), /the encoding undefined is not known/],
    ["indices without a dictionary", handmade(1, [{ ...int([1, 2, 0]), encoding: 8 }]), /a page has no dictionary/],
  ])("%s", (_, input, said) => {
    expect(refused(input)).toMatch(said);
  });

  test("a file that is cut, anywhere", () => {
    const whole = file("packed-snappy");
    for (let length = 4; length < whole.length; length += 13) {
      expect(refused(whole.subarray(0, length)), `${length} bytes`).toMatch(
        /^E_TABLE: t\.parquet is damaged or cut \(.*\); get the file again\.$/,
      );
    }
  });

  // Where these were believed, arrays would grow until the engine ends the process.
  const RUN = [0xfe, 0xff, 0xff, 0xff, 0x0f]; // 2³¹ − 1 times
  const long = (data: readonly number[]) => [...bytes(BigInt(data.length), 4), ...data];
  test.each<[string, HandColumn, RegExp]>([
    ["levels", { ...int([...long([...RUN, 1]), 1, 0, 0, 0]), repetition: 1 }, /a run is longer than its page/],
    ["booleans", { name: "a", type: 0, data: long([...RUN, 1]), encoding: 3 }, /a run is longer than its page/],
    ["indices", { ...int([1, ...RUN, 0]), encoding: 8, dictionary: [1, 0, 0, 0] }, /a run is longer than its page/],
    ["packed", { ...int([1, 0xff, 0xff, 0x03, 0]), encoding: 8, dictionary: [1, 0, 0, 0] }, /a run is longer/],
    ["wide indices", { ...int([255, 2, 0]), encoding: 8, dictionary: [1, 0, 0, 0] }, /numbers of 255 bits/],
  ])("runs beyond the page: %s", (_, column, said) => {
    expect(refused(handmade(1, [column]))).toMatch(said);
  });

  test("an index beyond the dictionary", () => {
    const beyond = { ...int([8, 2, 9]), encoding: 8, dictionary: [1, 0, 0, 0] };
    expect(refused(handmade(1, [beyond]))).toBe(
      'E_TABLE: t.parquet: column "a": row 1 points at nothing; get the file again.',
    );
  });

  test("texts of gigabytes, each as the one before with a letter more", () => {
    const COUNT = 20_000;
    // blocks of 128 numbers that all differ by as much from the one before
    const line = (first: number, step: number) => [
      ...[0x80, 1, 4, 0xa0, 0x9c, 1, 2 * first],
      ...Array.from({ length: Math.ceil((COUNT - 1) / 128) }, () => [2 * step, 0, 0, 0, 0]).flat(),
    ];
    const data = [...line(0, 1), ...line(1, 0), ...Array(COUNT).fill(0x61)];
    const texts = { name: "a", type: 6, converted: 0, data, encoding: 7 };
    expect(refused(handmade(COUNT, [texts]))).toMatch(/its texts grow beyond all bounds/);
    const same = { ...texts, data: [...line(0, 0), ...line(1, 0), ...Array(COUNT).fill(0x61)] };
    expect(cells(readParquet(handmade(COUNT, [same]))).a).toEqual(Array(COUNT).fill("a"));
  });

  test("a signal ends the reading", async () => {
    const reason = new Error("enough");
    await expect(readTable(file("kinds"), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(readTable(file("kinds"), { maxSeconds: 0 })).rejects.toMatchObject({ code: "E_OPTION" });
  });
});

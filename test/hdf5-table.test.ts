// Tables in HDF5 files: what h5py, PyTables and pandas wrote, by scripts/fixtures-tables.py, which says what is in them.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readHdf5Table } from "../src/table/hdf5.js";
import { pickledNames } from "../src/table/hdf5-pandas.js";
import type { Cell, Table } from "../src/table/types.js";
import { readTable } from "../src/table.js";

const file = (name: string) => new Uint8Array(readFileSync(new URL(`fixtures/tables/${name}.h5`, import.meta.url)));
const golden: Record<string, Record<string, unknown[]>> = JSON.parse(
  readFileSync(new URL("golden/hdf5-tables.json", import.meta.url), "utf8"),
);
const cellOf = (told: unknown): Cell =>
  typeof told === "object" && told !== null ? new Date((told as { date: string }).date) : (told as Cell);
const missing = (cell: Cell) => (Number.isNaN(cell) ? null : cell); // floats have NaN for it
const cells = ({ columns }: Table) =>
  Object.fromEntries(columns.map(({ name, values }) => [name, Array.from(values as ArrayLike<Cell>, missing)]));
const wanted = (name: string) =>
  Object.fromEntries(Object.entries(golden[name]!).map(([column, told]) => [column, told.map(cellOf)]));

describe("is read to the bit:", () => {
  test.each(["records", "packed", "pytables", "pandas-table", "pandas-columns", "pandas-fixed"])("%s", async (name) => {
    expect(cells(await readHdf5Table(file(name)))).toStrictEqual(wanted(name));
  });

  test("a group with a dataset for each column, which a target or a path names", async () => {
    expect(cells(await readHdf5Table(file("columns"), { target: ["alive"] }))).toStrictEqual(wanted("columns"));
    const refused = readHdf5Table(file("columns"), { name: "c.h5" });
    await expect(refused).rejects.toMatchObject({
      code: "E_HDF5_MISSING",
      message: expect.stringMatching(/^c\.h5 has no table; pass records /),
    });
  });

  test("as anybody calls for it, in a thread of its own", async () => {
    expect(cells(await readTable(file("pandas-table")))).toStrictEqual(wanted("pandas-table"));
    expect(cells(await readTable(file("records"), { path: "/deep/people" }))).toStrictEqual(wanted("records"));
  });

  test("one of several, by its path or by its columns", async () => {
    expect(cells(await readHdf5Table(file("two"), { path: "second" }))).toEqual({ b: [1, 2], z: [2.5, 3.5] });
    expect(cells(await readHdf5Table(file("two"), { target: ["y"] }))).toEqual({ a: [1, 2], y: [2.5, 3.5] });
  });
});

test.each([
  ["nested", "inner", "is of type compound"],
  ["complex", "wave", "is of type compound"],
])("a column that cannot be read says why, and the others are read: %s", async (name, column, why) => {
  const { columns, count } = await readHdf5Table(file(name), { name: "t" });
  expect(columns.filter((one) => one.unreadable)).toEqual([
    { name: column, unreadable: why, values: new Array(count).fill(null) },
  ]);
  expect(columns.length).toBeGreaterThan(1);
  for (const one of columns.filter((other) => !other.unreadable)) expect(one.values.length).toBe(count);
});

describe("is refused in a sentence:", () => {
  test.each([
    [
      "two",
      "E_HDF5_MISSING",
      't has 2 tables: "first" (a, y); "second" (b, z); say which with path, on the command line --x.',
    ],
    [
      "blosc",
      "E_HDF5_REFUSED",
      't: "t" is packed with filter 32001 (blosc); write it with gzip or without compression.',
    ],
    [
      "pandas-pickle", // which has no other column
      "E_TABLE",
      't: column "sé" is a Python pickle, which is not run (to_hdf(…, format="table") makes none); write the file without it.',
    ],
    [
      "pandas-tuples",
      "E_TABLE",
      't: the names of the columns in "values_block_0" are a Python pickle, which is not run; write it with to_hdf(…, format="table", data_columns=True).',
    ],
  ])("%s", async (name, code, message) => {
    await expect(readHdf5Table(file(name), { name: "t" })).rejects.toMatchObject({ code, message });
  });

  test("a table that is not there", async () => {
    await expect(readHdf5Table(file("two"), { name: "t", target: ["q"] })).rejects.toMatchObject({
      code: "E_HDF5_MISSING",
      message: expect.stringMatching(/^t has no table with "q": "first" \(a, y\); "second" \(b, z\); pass records /),
    });
  });

  test("records that declare more than the file can hold", async () => {
    await expect(readHdf5Table(file("huge"), { name: "t" })).rejects.toMatchObject({
      code: "E_TOO_LARGE",
      message: expect.stringMatching(/^t: "t" says it holds 25769803776 bytes, the limit is 2147483648; /),
    });
  });
});

describe("names that are pickled", () => {
  test.each<[string, string[] | null]>([
    ["(lp0\nVa\np1\naVb c\np2\na.", ["a", "b c"]],
    ["(lp0\nV\\u65e5\\U0001f600\np1\na.", ["日😀"]],
    ["(lp0\nI0\naI12\na.", ["0", "12"]],
    ["(lp0\n.", []],
    ["(lp0\ncos\nsystem\np1\n(S'ls'\ntR.", null], // would run a program
    ["(lp0\nVa\np1\na.Vb\n", null],
    ["(lp0\n(I1\nVx\np1\ntp2\na.", null],
    ["\u0080\u0005]q\u0000.", null],
  ])("%j", (pickle, names) => {
    expect(pickledNames(pickle)).toEqual(names);
  });
});

// Files that come packed, and readTable, which takes them: what is unpacked, what is left to others.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { recogniseFile } from "../src/dataset/formats.js";
import { unpacked } from "../src/dataset/unpack.js";
import { openFile, readExamples, readTable as readTableFile } from "../src/node/formats.js";
import { readTable } from "../src/table.js";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const csv = bytesOf("a,b\n1,x\n2,y\n");
const columns = [
  { name: "a", values: ["1", "2"] },
  { name: "b", values: ["x", "y"] },
];
const npy = new Uint8Array(readFileSync(new URL("fixtures/version-1.npy", import.meta.url)));

test.each([
  ["plain", csv],
  ["gzip", gzipSync(csv)],
  ["zip", zipSync({ "data/a.csv": csv })],
  ["zip, stored", zipSync({ "a.csv": csv }, { level: 0 })],
  ["zip of a Mac", zipSync({ "a.csv": csv, "__MACOSX/._a.csv": csv, ".DS_Store": csv })],
  ["zip with folders", zipSync({ data: { "a.csv": csv }, empty: {} })],
  ["an ArrayBuffer", csv.slice().buffer],
])("readTable reads CSV, %s", async (_, bytes) => {
  expect(await readTable(bytes)).toEqual({ count: 2, columns });
});

test("readTable reads JSON lines in gzip, and long text", async () => {
  const line = '{"a": "1", "b": "x"}\n';
  expect(await readTable(gzipSync(line))).toEqual({
    count: 1,
    columns: columns.map((one) => ({ ...one, values: [one.values[0]] })),
  });
  expect((await readTable(gzipSync(line.repeat(1e5)))).count).toBe(1e5);
});

test("readTable takes what is said of separator and header", async () => {
  const table = await readTable(bytesOf("a;b,c\n1;2,3\n"), { name: "a.csv", separator: ",", header: false });
  expect(table.columns).toEqual([
    { name: "1", values: ["a;b", "1;2"] },
    { name: "2", values: ["c", "3"] },
  ]);
});

test.each<[string, Uint8Array, string, RegExp]>([
  [
    "several files",
    zipSync({ "a.csv": csv, "b.csv": csv }),
    "E_TABLE",
    /^readTable: a is a zip archive; pass an HDF5 file, a Parquet file, a JSON file of objects or a CSV file\.$/,
  ],
  ["a file that is none", zipSync({ "a.png": Uint8Array.of(0x89, 0x50, 0x4e, 0x47) }), "E_TABLE", /is a zip archive;/],
  ["gzip of gzip", gzipSync(gzipSync(csv)), "E_TABLE", /is a gzip file;/],
  [
    "cut gzip",
    gzipSync(csv).subarray(0, -9),
    "E_FILE_READ",
    /^readTable: a is damaged or cut gzip data \(.+\); get the file again\.$/,
  ],
  [
    "gzip with a wrong checksum",
    Uint8Array.from(gzipSync(csv)).fill(1, -8, -4),
    "E_FILE_READ",
    /damaged or cut gzip data/,
  ],
  ["cut zip", zipSync({ "a.csv": csv }).subarray(0, -2), "E_FILE_READ", /^readTable: a is damaged or cut \(/],
  [
    "a workbook",
    zipSync({ "[Content_Types].xml": csv }),
    "E_TABLE",
    /is an Office document \(save the sheet as CSV\);/,
  ],
  ["ragged rows", bytesOf("a,b\n1\n"), "E_TABLE", /^readTable: a: the row that ends in line 2 has 1 cells/],
])("readTable refuses %s", async (_, bytes, code, message) => {
  await expect(readTable(bytes, { name: "a" })).rejects.toMatchObject({ name: "InputError", code });
  await expect(readTable(bytes, { name: "a" })).rejects.toThrow(message);
});

test("readTable refuses more than a text can hold before it makes one", async () => {
  const most = new Uint8Array(2 ** 29).fill(0x61, 0, 600);
  await expect(readTable(most)).rejects.toThrow(/has 536870912 bytes, the limit is 536870888; pass a part of it\.$/);
});

test("what others read is left to them", async () => {
  const idx = recogniseFile({ name: "a", bytes: gzipSync(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7)) });
  expect(await unpacked(idx)).toBe(idx);
  const damaged = recogniseFile({
    name: "a",
    bytes: gzipSync(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7)).subarray(0, -5),
  });
  expect(await unpacked(damaged)).toBe(damaged);
});

test("the command's files are unpacked when they are opened", async () => {
  const folder = mkdtempSync(join(tmpdir(), "wasmlp-unpack-"));
  try {
    writeFileSync(join(folder, "a.csv.gz"), gzipSync(csv));
    writeFileSync(join(folder, "a.npy.gz"), gzipSync(npy));
    const open = (name: string) => openFile(join(folder, name));
    expect(await readTableFile(await open("a.csv.gz"))).toEqual({ count: 2, columns });
    const { x } = await readExamples(await open("a.npy.gz"), {}, { shape: [3], scale: 1 });
    expect([...x.subarray(0, 2)]).toEqual([0.5, 1.5]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

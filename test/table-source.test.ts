// Tables read part by part: the examples that createTableDataset makes of the whole table.

import { expect, test } from "vitest";
import type { DataSource } from "../src/dataset/source.js";
import type { Dataset } from "../src/dataset.js";
import { Network } from "../src/network.js";
import { Random } from "../src/random.js";
import { type OpenTableOptions, openTable } from "../src/table/open.js";
import { createTableDataset, readTable } from "../src/table.js";
import { hashOf } from "./data.js";

const PORTS = ["Cherbourg", "Queenstown", "Southampton", 'The "other", of\ntwo lines'];

/** A table of so many rows, about 60 bytes each: parts of 256 KiB have some 4000 of them. */
function tableText(rows: number, { separator = ",", commas = false, eol = "\n" } = {}): string {
  const random = new Random(6);
  const cell = (value: string) => (/["\n,;]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const number = (value: number) => (commas ? value.toFixed(3).replace(".", ",") : value.toFixed(3));
  const lines = Array.from({ length: rows }, (_, i) => {
    const age = random.integer(9) === 0 ? "" : String(random.integer(90));
    const port = random.integer(20) === 0 ? "" : PORTS[random.integer(3)]!;
    const fare = 30 + 20 * random.normal();
    const cells = [
      String(i + 1),
      age,
      port,
      commas ? cell(number(fare)) : number(fare),
      random.integer(1) ? "true" : "false",
    ];
    return [...cells, fare + random.normal() > 30 ? "yes" : "no"]
      .map((one) => (one.startsWith('"') ? one : cell(one)))
      .join(separator);
  });
  return [["id", "age", "port", "fare", "cabin", "survived"].join(separator), ...lines, ""].join(eol);
}

async function whole(source: DataSource): Promise<{ x: number[]; y: number[] }> {
  const parts: Dataset[] = [];
  for (let part = 0; part < source.parts.length; part++) parts.push(await source.read(part));
  return { x: parts.flatMap(({ x }) => Array.from(x)), y: parts.flatMap(({ y }) => Array.from(y)) };
}

const FORMS = {
  "plain commas": { separator: "," },
  "semicolons and decimal commas": { separator: ";", commas: true },
  "tabs and Windows' lines": { separator: "\t", eol: "\r\n" },
  "lines of old Macs": { separator: ",", eol: "\r" },
};

test.each(Object.entries(FORMS))("%s: the encoding, the inputs and the labels are those in memory", async (_, form) => {
  const text = `\ufeff# of 1912\n${tableText(15_000, form)}`;
  const file = new Blob([text]);
  for (const options of [
    { target: "survived" },
    { target: "fare", drop: ["survived"], log1p: ["age"], categories: ["cabin"] },
  ]) {
    const source = await openTable(file, options);
    const data = createTableDataset(await readTable(await file.arrayBuffer()), options);
    expect(source.parts.length).toBeGreaterThan(2);
    expect(source).toMatchObject({
      encoding: data.encoding,
      count: 15_000,
      classes: data.classes,
      features: data.features,
    });
    expect(await whole(source)).toEqual({ x: Array.from(data.x), y: Array.from(data.y) });
  }
});

test("a network is trained on it to the bits of the same rows in memory, and knows its columns", async () => {
  const file = new Blob([tableText(9000)]);
  const source = await openTable(file, { target: "survived", memory: 0.3 });
  const data = createTableDataset(await readTable(await file.arrayBuffer()), { target: "survived" });
  const make = () => new Network({ inputs: data.features, layers: [6, 1], standardize: true, seed: 3 });
  const fit = { epochs: 2, batchSize: 32, shuffle: false } as const;
  const [own, like] = [make(), make()];
  await own.fit(source, fit);
  await like.fit(data, fit);
  expect(hashOf(own)).toBe(hashOf(like));
  expect(await own.fingerprint()).toBe(await like.fingerprint());
  expect(own.encoding).toEqual(data.encoding);
  const some = {
    count: 1,
    columns: [
      { name: "fare", values: [99] },
      { name: "age", values: [null] },
    ],
  };
  const columns = [...some.columns, { name: "port", values: ["Oslo"] }, { name: "cabin", values: [true] }];
  expect(await own.classify({ count: 1, columns })).toEqual(await like.classify({ count: 1, columns }));
  const { count, cost } = await own.evaluate(source);
  expect({ count, cost }).toEqual({ count: 9000, cost: (await own.evaluate(data)).cost });
});

test("what is held out shares no row with the rest and is not looked at", async () => {
  const count = 60_000;
  const cells = Array.from({ length: count }, (_, i) => String(100_000 + ((i * 7919) % count)));
  const open = (values: string[]) => {
    const rows = values.map((value, i) => `${value},${i % 97 ? "x" : ""},${i % 3 ? "a" : "b"}`);
    return openTable(new Blob([`v,gap,y\n${rows.join("\n")}`]), { target: "y", test: 0.4, seed: 5, drop: ["gap"] });
  };
  const train = await open(cells);
  const [a, b] = [await whole(train), await whole(train.test!)];
  expect(new Set([...a.x, ...b.x]).size).toBe(count);
  expect(b.x.length).toBeGreaterThan(5000);
  const held = new Set(b.x.map(String));
  const changed = await open(cells.map((cell) => (held.has(cell) ? "999999" : cell)));
  expect(changed.encoding).toEqual(train.encoding);
  expect(await whole(changed)).toEqual(a);
  expect(new Set((await whole(changed.test!)).x)).toEqual(new Set([999_999]));
  const seen = await open(cells.map((cell) => (held.has(cell) ? cell : "999999")));
  expect(seen.encoding).not.toEqual(train.encoding);
});

test("beyond what is kept of a column the median is that of evenly spaced rows, and many numbers are still numbers", async () => {
  const count = 200_000;
  const text = `id,v,w,y\n${Array.from({ length: count }, (_, i) => `${i},${(i * 7919) % count},${i},${i % 2 ? "a" : "b"}`).join("\n")}`;
  const { encoding, count: rows } = await openTable(new Blob([text]), { target: "y" });
  expect(rows).toBe(count);
  expect(encoding.features.map(({ name }) => name)).toEqual(["v", "w"]); // id rises from row to row, and is none
  for (const feature of encoding.features) {
    expect(Math.abs((feature as { fill: number }).fill - count / 2)).toBeLessThan(0.01 * count);
  }
});

test("bad rows are told by their line, and what cannot be read from the middle is refused", async () => {
  const good = tableText(9000);
  const cases: [string | Uint8Array, OpenTableOptions, string, RegExp][] = [
    [
      `${good}1,2,3\n`,
      { target: "survived" },
      "E_TABLE",
      new RegExp(`line ${good.split("\n").length} has 3 cells, the first row has 6`),
    ],
    [`${good}1,2,"open,3\n${"5,5,5,5,5,5\n".repeat(2e6)}`, { target: "survived" }, "E_TABLE", /never closed/],
    [
      `${good}9001,12,Cherbourg,cheap,true,yes\n`,
      { target: "survived" },
      "E_TABLE",
      /"fare" holds numbers, but "cheap" in row 9001/,
    ],
    [
      `${good}9001,12,Cherbourg,3,true,\n`,
      { target: "survived" },
      "E_LABELS",
      /"survived" is to be predicted and empty in row 9001/,
    ],
    [good.replaceAll("yes", "no"), { target: "survived" }, "E_SINGLE_CLASS", /"no" in all 9000 rows/],
    [good, { target: "survive" }, "E_TABLE", /did you mean "survived"/],
    [good.replace("age", "id"), { target: "survived" }, "E_TABLE", /two columns of the name "id"/],
    ["", { target: "y" }, "E_TABLE", /no rows|empty/],
    ["a,b\n", { target: "b" }, "E_TABLE", /no rows/],
    [Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2), { target: "y" }, "E_TABLE", /gzip.*readTable/],
    [Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x0a, 0), { target: "y" }, "E_TABLE", /UTF-16/],
    [tableText(50), { target: "survived", test: 0.2 }, "E_OPTION", /leaves one side empty/],
    [good, { target: "survived", test: 2 }, "E_OPTION", /test/],
    [good, { targets: "survived" } as OpenTableOptions, "E_OPTION", /targets/],
  ];
  for (const [text, options, code, message] of cases) {
    const error = await openTable(new Blob([text as BlobPart]), { name: "t.csv", ...options }).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect([String(message), error]).toEqual([String(message), expect.objectContaining({ code })]);
    expect((error as Error).message).toMatch(message);
  }
});

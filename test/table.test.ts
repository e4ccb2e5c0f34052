// Tables as data sets: scikit-learn's numbers, what columns are taken for, what is refused, and networks that take the
// tables themselves.

import { describe, expect, test } from "vitest";
import { createDataset } from "../src/dataset.js";
import { InputError } from "../src/errors.js";
import { fitStandardization, standardizeDataset } from "../src/network/standardize.js";
import { Network } from "../src/network.js";
import { Random } from "../src/random.js";
import {
  type Cell,
  createTableDataset,
  encodeFeatures,
  factsOf,
  inputNames,
  isEncoding,
  splitTable,
  type Table,
  type TableDatasetOptions,
} from "../src/table.js";
import { readJson } from "./files.js";

type Columns = Readonly<Record<string, readonly Cell[]>>;

function tableOf(columns: Columns): Table {
  const list = Object.entries(columns).map(([name, values]) => ({ name, values }));
  return { count: list[0]?.values.length ?? 0, columns: list };
}

/** The columns as a text file has them. */
const asText = (columns: Columns): Columns =>
  Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [name, values.map((cell) => (cell === null ? "" : String(cell)))]),
  );

// made with scikit-learn 1.2 by scripts/golden-table.py
const golden = readJson<{ train: Columns; other: Columns; options: TableDatasetOptions; encoded: number[][][] }>(
  new URL("golden/table.json", import.meta.url).pathname,
);
const target = { y: golden.train.age!.map((_, i) => (i % 3 === 0 ? "yes" : "no")) };

describe.each([
  ["cells with types", (columns: Columns) => columns],
  ["cells of text", asText],
])("scikit-learn's numbers, %s", (_, written) => {
  const train = createTableDataset(tableOf({ ...written(golden.train), ...target }), {
    target: "y",
    ...golden.options,
  });
  const fitted = fitStandardization(train, "standard", false);

  test("of the rows that were fitted on, and of others", () => {
    const other = tableOf(written(golden.other));
    const { x, width } = encodeFeatures("predict", other, train.encoding);
    const examples = { x, count: other.count, features: width, shape: [width], scale: 1 };
    const both = [train, { ...examples, y: new Int32Array(other.count), classes: ["no", "yes"] }];
    for (const [part, data] of both.entries()) {
      const { x: encoded } = standardizeDataset(fitted, data, "float64");
      const wanted = golden.encoded[part]!.flat();
      expect(encoded.length).toBe(wanted.length);
      const away = Math.max(...wanted.map((value, i) => Math.abs(encoded[i]! - value)));
      expect(away).toBeLessThan(1e-12);
    }
  });

  test("a category that was not seen is all zeros, and is told", () => {
    const { unseen } = encodeFeatures("predict", tableOf(written(golden.other)), train.encoding);
    const rows = golden.other.port!.filter((port) => port === "X").length;
    expect(rows).toBeGreaterThan(3);
    expect(unseen).toEqual([{ name: "port", values: ["X"], rows }]);
  });
});

describe("what a column holds", () => {
  const many = (n: number, value: (i: number) => Cell) => Array.from({ length: n }, (_, i) => value(i));
  test.each<[string, readonly Cell[], string]>([
    ["numbers as text", ["1", "-2.5", "+3e4", ".5", "", "NA"], "number"],
    ["numbers", [1, 2n, Number.NaN, null], "number"],
    ["yes or no", ["true", "False", "TRUE", "?"], "boolean"],
    ["dates", ["2024-05-31", "2024-05-31 12:00", "2024-05-31T12:00:00Z"], "date"],
    ["few words", ["a", "b", "a", "b", "b", "None"], "category"],
    ["a word in each row", ["a", "b", "c", "d"], "text"],
    ["21 words, twice each", many(42, (i) => `w${i % 21}`), "text"],
    ["21 words, of 5 % of the rows", many(421, (i) => `w${i % 21}`), "category"],
    ["no value at all", ["", null, "NA"], "empty"],
    ["hexadecimal and infinity", ["0x10", "inf", "0x10", "inf"], "category"],
  ])("%s", (_, values, kind) => {
    expect(factsOf({ name: "c", values }).kind).toBe(kind);
  });

  test("counts, and the range of numbers and dates", () => {
    expect(factsOf({ name: "c", values: ["1", "1.0", "", "7"] })).toEqual({
      ...{ name: "c", kind: "number", missing: 1, distinct: 2, range: [1, 7], trouble: null },
    });
    expect(factsOf({ name: "c", values: ["1970-01-02", "1970-01-11 12:00"] }).range).toEqual([1, 10.5]);
    expect(factsOf({ name: "c", values: Float64Array.of(3, Number.NaN, -1) })).toMatchObject({
      missing: 1,
      range: [-1, 3],
    });
  });
});

const LABELS = ["no", "yes", "no", "yes", "no", "yes"];

describe("refused", () => {
  const six = (...values: Cell[]) => values;
  const numbers = six("1", "2", "3", "4", "5", "6");
  test.each<[string, Columns, TableDatasetOptions, RegExp]>([
    [
      "text and dates, all of them, and how to go on",
      {
        n: numbers,
        who: six("a", "b", "c", "d", "e", "f"),
        on: six(...Array<string>(6).fill("2024-01-01")),
        y: LABELS,
      },
      {},
      /^createTableDataset: column "who" is text \(6 different values\), column "on" holds dates .*drop: \["who","on"\], on the command line --drop who,on\.$/,
    ],
    ["an empty column", { n: numbers, e: six("", "", "", "", "", ""), y: LABELS }, {}, /column "e" is empty; /],
    [
      "thousands separators",
      { n: six("1,234", "2,500", "900", "1,000", "3,100", "7,000"), y: LABELS },
      {},
      /"n" holds numbers with separators or units, such as "1,234"; /,
    ],
    ["units", { n: six("12 km", "3 km", "4 km", "50 km", "6 km", "7 km"), y: LABELS }, {}, /such as "12 km"/],
    [
      "a slip among numbers",
      { n: [...Array.from({ length: 11 }, (_, i) => String(i)), "l2"], y: [...LABELS, ...LABELS] },
      {},
      /"n" holds numbers, but "l2" in row 12; /,
    ],
    [
      "no target named",
      { a: numbers, b: numbers },
      {},
      /which column is to be predicted is not said; .* --target: a, b\.$/,
    ],
    [
      "an unknown target",
      { species: LABELS, n: numbers },
      { target: "specis" },
      /no column "specis"; did you mean "species"\?$/,
    ],
    [
      "a target with a hole",
      { n: numbers, y: six("a", "b", "", "a", "b", "a") },
      {},
      /"y" is to be predicted and empty in row 3; /,
    ],
    [
      "a target that is always the same",
      { n: numbers, y: six("a", "a", "a", "a", "a", "a") },
      {},
      /"y" is "a" in all 6 rows; /,
    ],
    [
      "a target that differs in each row",
      { n: numbers, y: six("a", "b", "c", "d", "e", "f") },
      {},
      /different in all 6 rows; /,
    ],
    [
      "several targets with classes",
      { n: numbers, a: numbers, b: LABELS },
      { target: ["a", "b"] },
      /2 columns are to be predicted, and "b" holds classes; /,
    ],
    [
      "a target that is a feature",
      { n: numbers, y: LABELS },
      { features: ["n", "y"] },
      /"y" is to be predicted and an input; /,
    ],
    ["nothing to predict from", { y: LABELS }, {}, /no column is left to predict from; /],
    [
      "log of what is too small",
      { n: six("3", "2", "-1", "4", "-1", "6"), y: LABELS },
      { log1p: ["n"] },
      /"n" wants numbers above −1, and row 3 has -1; /,
    ],
    [
      "log of a category",
      { n: numbers, c: LABELS, y: LABELS },
      { target: "y", log1p: ["c"] },
      /"c" is no column of numbers; log1p is for those/,
    ],
    [
      "log of what is predicted",
      { n: numbers, y: numbers },
      { target: "y", log1p: ["y"] },
      /"y" is no input; log1p is for those/,
    ],
    [
      "a dropped column that is not there",
      { n: numbers, y: LABELS },
      { drop: ["m"] },
      /no column "m"; there are n, y\.$/,
    ],
  ])("%s", (_, columns, options, message) => {
    const make = () => createTableDataset(tableOf(columns), options);
    expect(make).toThrow(InputError);
    expect(make).toThrow(message);
  });

  test.each<[unknown, RegExp]>([
    [{ count: 2, columns: [{ name: "a", values: ["1"] }] }, /column "a" has 1 cells, and count is 2; /],
    [
      {
        count: 1,
        columns: [
          { name: "a", values: ["1"] },
          { name: "a", values: ["1"] },
        ],
      },
      /two columns are called "a"; /,
    ],
    [{ count: 1, columns: [{ name: 7, values: ["1"] }] }, /the name of column 1 is 7; /],
    [{ count: 1, columns: [{ name: "a", values: "1" }] }, /column "a" is "1"; /],
    [{ count: 0, columns: [] }, /0 rows of 0 columns; /],
    [[["1"]], /the table is \[/],
  ])("what is no table: %j", (table, message) => {
    expect(() => createTableDataset(table as Table)).toThrow(message);
  });
});

describe("targets", () => {
  const n = LABELS.map((_, i) => i);
  test.each<[string, readonly Cell[], TableDatasetOptions, object]>([
    ["text", ["b", "a", "b", "a", "b", "a"], {}, { classes: ["a", "b"], y: Int32Array.of(1, 0, 1, 0, 1, 0) }],
    [
      "whole numbers as text",
      ["10", "9", "10", "9", "9", "9"],
      {},
      { classes: ["9", "10"], y: Int32Array.of(1, 0, 1, 0, 0, 0) },
    ],
    ["0.0 and 1.0", ["0.0", "1.0", "0.0", "1.0", "1.0", "1.0"], {}, { classes: ["0", "1"] }],
    ["yes or no", [true, false, true, false, true, true], {}, { classes: ["false", "true"] }],
    [
      "fractions",
      ["0.5", "1.5", "2.5", "1", "2", "3"],
      {},
      { classes: null, outputs: 1, y: Float64Array.of(0.5, 1.5, 2.5, 1, 2, 3) },
    ],
    ["whole numbers as numbers", [1, 2, 1, 2, 1, 2], { task: "regression" }, { classes: null, outputs: 1 }],
  ])("%s", (_, y, options, wanted) => {
    expect(createTableDataset(tableOf({ n, y }), options)).toMatchObject(wanted);
  });

  test("several columns of numbers, row by row", () => {
    const data = createTableDataset(tableOf({ n, a: [1, 2, 3, 4, 5, 6], b: [7, 8, 9, 10, 11, 12] }), {
      target: ["a", "b"],
    });
    expect(data).toMatchObject({ outputs: 2, y: Float64Array.of(1, 7, 2, 8, 3, 9, 4, 10, 5, 11, 6, 12) });
  });

  test("numbers and text are categories where that is asked for", () => {
    const table = tableOf({ n, ward: [3, 1, 3, 2, 1, 3], who: ["a", "b", "c", "d", "e", "f"], y: LABELS });
    const { encoding } = createTableDataset(table, { target: "y", categories: ["ward", "who"], mostCategories: 3 });
    expect(inputNames(encoding)).toEqual([
      ...["n", "ward = 1", "ward = 2", "ward = 3"],
      ...["who = a", "who = b", "who = c", "who other"],
    ]);
  });

  test("whole numbers that name rows are no input, unless they are asked for", () => {
    const table = tableOf({ PassengerId: [1, 2, 3, 4, 5, 6], n, y: LABELS });
    expect(inputNames(createTableDataset(table).encoding)).toEqual(["n"]);
    expect(inputNames(createTableDataset(table, { features: ["n", "PassengerId"] }).encoding)).toEqual([
      "n",
      "PassengerId",
    ]);
    const key = tableOf({ key: ["a", "b", "c", "d", "e", "f"], n, y: LABELS });
    expect(inputNames(createTableDataset(key, { id: "key" }).encoding)).toEqual(["n"]);
  });
});

describe("a network that was trained on a table", () => {
  const random = new Random(3);
  const count = 80;
  const columns = {
    size: Array.from({ length: count }, () => String(random.normal())),
    port: Array.from({ length: count }, (_, i) => ["S", "C", ""][i % 3]!),
  };
  const table = tableOf({
    ...columns,
    kind: columns.size.map((size, i) => (Number(size) > 0 !== (i % 3 === 1) ? "up" : "down")),
  });
  const trained = async () => {
    const data = createTableDataset(table, { target: "kind" });
    const network = new Network({ inputs: data.features, layers: [8, 1], standardize: true });
    await network.fit(data, { iterations: 30, optimizer: "adam", learningRate: 0.05 });
    return { network, data };
  };

  test("takes tables, in its file, too: columns in another order, without the target", async () => {
    const { network, data } = await trained();
    const wanted = await network.predict(data);
    const loaded = Network.load(network.save());
    const asked = tableOf({ more: columns.port, port: columns.port, size: columns.size });
    for (const one of [network, loaded]) {
      expect(await one.predict(asked)).toEqual(wanted);
      expect((await one.classify(asked))[0]).toMatchObject({ name: expect.stringMatching(/^(up|down)$/) });
      expect(await one.evaluate(table)).toEqual(await network.evaluate(data));
    }
    expect(loaded.encoding).toEqual(data.encoding);
    expect(isEncoding(loaded.encoding)).toBe(true);
  });

  test("leaves inputs that mean yes or no as they are", async () => {
    const { network } = await trained();
    const { mean, deviation } = network.standardization!.inputs;
    expect([...mean.slice(1), ...deviation.slice(1)]).toEqual([0, 0, 0, 1, 1, 1]);
    expect(mean[0]).not.toBe(0);
  });

  test("refuses a table without a column, cells of another kind, and a data set that was encoded by itself", async () => {
    const { network, data } = await trained();
    await expect(network.predict(tableOf({ size: columns.size }))).rejects.toThrow(
      'predict: the table has no column "port", which the model was trained with; it has "size".',
    );
    const words = tableOf({ ...columns, size: columns.size.map((size, i) => (i === 4 ? "big" : size)) });
    await expect(network.predict(words)).rejects.toThrow(
      'column "size" has "big" in row 5; it wants a number, or nothing.',
    );
    const own = createTableDataset(
      tableOf({ ...columns, size: columns.port, kind: table.columns[2]!.values as Cell[] }),
      { target: "kind" },
    );
    await expect(network.evaluate(own)).rejects.toMatchObject({ code: "E_FEATURES" });
    const port = columns.port.map((name) => (name === "C" ? "D" : name)); // as many inputs, which mean others
    const others = createTableDataset(tableOf({ ...columns, port, kind: table.columns[2]!.values as Cell[] }), {
      target: "kind",
    });
    await expect(network.evaluate(others)).rejects.toThrow(/^evaluate: the table was encoded in another way/);
    await expect(network.fit(others, { iterations: 1 })).rejects.toMatchObject({ code: "E_TABLE" });
    const again = createTableDataset(table, { encoding: data.encoding });
    expect((await network.evaluate(again)).accuracy).toBe((await network.evaluate(data)).accuracy);
    const plain = new Network({ inputs: 2, layers: [1] });
    await expect(plain.predict(table)).rejects.toThrow("the network was not trained on a table");
  });

  test("a class that the training did not have is refused by name", async () => {
    const { network } = await trained();
    const kind = columns.size.map((_, i) => (i === 9 ? "sideways" : "up"));
    await expect(network.evaluate(tableOf({ ...columns, kind }))).rejects.toThrow(/"sideways"/);
  });

  test("of numbers alone says nothing of columns", async () => {
    const network = new Network({ inputs: 1, layers: [1] });
    await network.fit(createDataset({ x: [[0], [1]], y: [0, 1] }), { iterations: 1 });
    expect(network.encoding).toBe(null);
  });
});

describe("splitTable", () => {
  const table = tableOf({
    n: Array.from({ length: 50 }, (_, i) => i),
    g: Array.from({ length: 50 }, (_, i) => `g${i % 7}`),
    y: Array.from({ length: 50 }, (_, i) => (i % 5 ? "a" : "b")),
  });
  const cells = ({ columns }: Table, c: number) => Array.from(columns[c]!.values);

  test("has each row once, by the seed, and keeps rows whole", () => {
    const { train, test: held } = splitTable(table, { test: 0.2, seed: 3 });
    expect([train.count, held.count]).toEqual([40, 10]);
    expect([...cells(train, 0), ...cells(held, 0)].sort((a, b) => Number(a) - Number(b))).toEqual(cells(table, 0));
    for (const part of [train, held]) expect(cells(part, 1)).toEqual(cells(part, 0).map((n) => `g${Number(n) % 7}`));
    expect(splitTable(table, { test: 0.2, seed: 3 })).toEqual({ train, test: held });
    expect(cells(splitTable(table, { test: 0.2, shuffle: false }).test, 0)).toEqual(cells(table, 0).slice(40));
  });

  test("gives each class its share, and keeps groups together", () => {
    expect(cells(splitTable(table, { test: 0.2, stratify: "y" }).test, 2).filter((y) => y === "b")).toHaveLength(2);
    for (const seed of [1, 2, 3]) {
      const { train, test: held } = splitTable(table, { test: 0.3, group: "g", seed });
      const own = new Set(cells(held, 1));
      expect(cells(train, 1).some((g) => own.has(g))).toBe(false);
      expect(held.count).toBeGreaterThanOrEqual(12);
      expect(held.count).toBeLessThanOrEqual(18);
    }
  });

  test("refuses both at once, and columns that are not there", () => {
    expect(() => splitTable(table, { group: "g", stratify: "y" })).toThrow(InputError);
    expect(() => splitTable(table, { group: "h" })).toThrow(/no column "h"/);
  });
});

test.each([
  null,
  {},
  { features: [], target: { names: ["y"], classes: null } },
  {
    features: [{ name: "a", kind: "number", fill: Number.NaN, missing: false }],
    target: { names: ["y"], classes: null },
  },
  {
    features: [{ name: "a", kind: "category", values: ["b", "b"], other: [] }],
    target: { names: ["y"], classes: null },
  },
  { features: [{ name: "a", kind: "number", fill: 0, missing: false }], target: { names: ["a"], classes: null } },
  {
    features: [{ name: "a", kind: "number", fill: 0, missing: false }],
    target: { names: ["y", "z"], classes: ["b", "c"] },
  },
  { features: [{ name: "a", kind: "word", fill: 0, missing: false }], target: { names: ["y"], classes: null } },
])("%j is no encoding", (value) => expect(isEncoding(value)).toBe(false));

// Data sets from arrays: what createDataset takes and refuses, and what is read off a data set.

import { describe, expect, test } from "vitest";
import {
  baseRateEntropy,
  checkSameKind,
  classCounts,
  createDataset,
  type DataInput,
  outputsFor,
  remarkOnLabels,
  withClasses,
} from "../src/dataset.js";
import { InputError } from "../src/errors.js";
import { Network } from "../src/network.js";

const rows = [
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
  [10, 11, 12],
];

function refusal(input: DataInput): InputError {
  try {
    createDataset(input);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

describe("createDataset", () => {
  test("takes rows and whole labels", () => {
    const data = createDataset({ x: rows, y: [0, 2, 1, 2] });
    expect(data).toEqual({
      x: Float64Array.from({ length: 12 }, (_, i) => i + 1),
      y: Int32Array.of(0, 2, 1, 2),
      count: 4,
      features: 3,
      shape: [3],
      scale: 1,
      classes: ["0", "1", "2"],
    });
  });

  test("takes typed arrays as they are, bytes with scale 1/255", () => {
    const bytes = new Uint8Array(24).fill(2);
    const data = createDataset({ x: bytes, y: Int8Array.of(1, 0), shape: [2, 2, 3] });
    expect(data.x.buffer).toBe(bytes.buffer);
    expect(data).toMatchObject({ count: 2, features: 12, shape: [2, 2, 3], scale: 1 / 255 });
    const floats = new Float32Array(24);
    expect(createDataset({ x: floats, y: [1, 0], shape: [12] })).toMatchObject({ scale: 1 });
    expect(createDataset({ x: floats, y: [1, 0], shape: [12], scale: 0.5 }).scale).toBe(0.5);
  });

  test("takes more labels than a call takes arguments (F2)", () => {
    const count = 200_000;
    const y = Int32Array.from({ length: count }, (_, i) => i % 3);
    expect(createDataset({ x: new Uint8Array(count), y, shape: [1] }).classes).toEqual(["0", "1", "2"]);
  });

  test("sees through a Buffer, whose slice does not copy", () => {
    const { x } = createDataset({ x: Buffer.from([1, 2, 3, 4]), y: [0, 1], shape: [2] });
    expect(x.constructor).toBe(Uint8Array);
    expect([...x]).toEqual([1, 2, 3, 4]);
  });

  test.each<[string, DataInput["y"], readonly string[] | undefined, number[], string[]]>([
    ["booleans", [true, false, true, true], undefined, [1, 0, 1, 1], ["0", "1"]],
    ["64-bit integers", BigInt64Array.of(0n, 1n, 1n, 0n), undefined, [0, 1, 1, 0], ["0", "1"]],
    ["whole floats", Float32Array.of(0, 2, 1, 0), undefined, [0, 2, 1, 0], ["0", "1", "2"]],
    ["whole numbers with gaps (E1)", [20, 0, 10, 0], undefined, [2, 0, 1, 0], ["0", "10", "20"]],
    ["text of digits, by value", ["10", "2", "2", "0"], undefined, [2, 1, 1, 0], ["0", "2", "10"]],
    ["a column", [[0], [1], [1], [0]], undefined, [0, 1, 1, 0], ["0", "1"]],
    [
      "one-hot rows",
      [
        [0, 1],
        [1, 0],
        [1, 0],
        [0, 1],
      ],
      undefined,
      [1, 0, 0, 1],
      ["0", "1"],
    ],
    [
      "one-hot rows with a column that no example has",
      [
        [0, 0, 1],
        [1, 0, 0],
        [1, 0, 0],
        [0, 0, 1],
      ],
      undefined,
      [2, 0, 0, 2],
      ["0", "1", "2"],
    ],
    ["-1 and 1", [-1, 1, 1, -1], undefined, [0, 1, 1, 0], ["-1", "1"]],
    ["1 to 3", [1, 3, 2, 1], undefined, [0, 2, 1, 0], ["1", "2", "3"]],
    ["names, in sorted order", ["dog", "cat", "eel", "cat"], undefined, [1, 0, 2, 0], ["cat", "dog", "eel"]],
    ["names in a given order", ["dog", "cat", "dog", "cat"], ["dog", "cat"], [0, 1, 0, 1], ["dog", "cat"]],
    ["numbers with names", [1, 0, 0, 1], ["dog", "cat"], [1, 0, 0, 1], ["dog", "cat"]],
    ["names that are digits", ["7", "3", "3", "7"], ["3", "7"], [1, 0, 0, 1], ["3", "7"]],
    ["digits that are not the names", ["1", "0", "0", "1"], ["3", "7"], [1, 0, 0, 1], ["3", "7"]],
    [
      "names of Object's own",
      ["__proto__", "toString", "a", "a"],
      undefined,
      [0, 2, 1, 1],
      ["__proto__", "a", "toString"],
    ],
  ])("takes labels that are %s", (_, y, classes, indices, names) => {
    const data = createDataset({ x: rows, y, ...(classes && { classes }) });
    expect([...data.y]).toEqual(indices);
    expect(data.classes).toEqual(names);
  });

  test.each<[string, Partial<DataInput>, string, RegExp]>([
    ["too few labels", { y: [0, 1, 1] }, "E_COUNT", /4 examples and y 3 labels/],
    ["too many labels", { y: [0, 1, 1, 0, 0, 1, 1, 0] }, "E_COUNT", /4 examples and y 8 labels/],
    ["no labels", { y: [] }, "E_COUNT", /y 0 labels/],
    ["a label that is NaN", { y: [0, 1, Number.NaN, 1] }, "E_LABELS", /row 2 is NaN.*whole number from 0 to 65535/],
    ["a label that is a fraction", { y: [0, 1, 1, 1.5] }, "E_LABELS", /row 3 is 1\.5/],
    ["a label that is negative", { y: [0, -1, 1, -2] }, "E_LABELS", /row 1 is -1/],
    ["a label that is infinite", { y: [0, 1, 1, Number.POSITIVE_INFINITY] }, "E_LABELS", /row 3 is Infinity/],
    ["a label beyond all classes", { y: [0, 1, 1, 65_536] }, "E_LABELS", /row 3 is 65536/],
    [
      "a label without a name",
      { y: [0, 1, 2, 1], classes: ["a", "b"] },
      "E_LABELS",
      /row 2 is 2.*0 to 1, as there are 2 class names/,
    ],
    ["a name that is unknown", { y: ["a", "b", "c", "a"], classes: ["a", "b"] }, "E_LABELS", /row 2 is "c".*"a", "b"/],
    ["a name that is empty", { y: ["a", "", "b", "a"] }, "E_LABELS", /row 1 is ""/],
    ["text among numbers", { y: [0, "1", 1, 0] }, "E_LABELS", /row 1 is "1"/],
    ["a label that is null", { y: [0, 1, null, 0] as never }, "E_LABELS", /row 2 is null/],
    [
      "rows with two 1",
      {
        y: [
          [1, 1, 0],
          [0, 1, 0],
          [0, 0, 1],
          [1, 0, 0],
        ],
      },
      "E_LABELS",
      /row 0 of y is \[1, 1, 0\]; .*regression: true/,
    ],
    ["numbers to predict", { y: [0.5, 1, 2, 3] }, "E_LABELS", /row 0 is 0\.5; .*regression: true/],
    [
      "text for numbers",
      {
        x: [
          ["5.1", 1],
          [1, 1],
          [1, 1],
          [1, 1],
        ] as never,
      },
      "E_NOT_FINITE_DATA",
      /row 0 of x has "5\.1"/,
    ],
    ["a single class", { y: [1, 1, 1, 1] }, "E_SINGLE_CLASS", /all 4 labels are 1/],
    ["a single name", { y: ["a", "a", "a", "a"] }, "E_SINGLE_CLASS", /all 4 labels are "a"/],
    ["class names that come twice", { y: [0, 1, 1, 0], classes: ["a", "a"] }, "E_LABELS", /2 class names, 1 of them/],
    ["a single class name", { y: [0, 0, 0, 0], classes: ["a"] }, "E_LABELS", /1 class names/],
    ["no rows", { x: [], y: [] }, "E_EMPTY", /0 rows/],
    ["empty rows", { x: [[], []], y: [0, 1] }, "E_EMPTY", /2 rows of 0 numbers/],
    [
      "rows of different lengths",
      { x: [[1, 2], [3], [4, 5], [6, 7]] },
      "E_FEATURES",
      /row 1 of x has 1 numbers, row 0 has 2/,
    ],
    ["NaN in a row", { x: [[1], [2], [Number.NaN], [Number.NaN]] }, "E_NOT_FINITE_DATA", /row 2 of x has NaN/],
    ["null in a row", { x: [[1], [null], [3], [4]] as never }, "E_NOT_FINITE_DATA", /row 1 of x has null/],
    [
      "infinity in a typed array",
      { x: Float32Array.of(1, 2, 3, 4, 5, 6, 7, -1 / 0), shape: [2] },
      "E_NOT_FINITE_DATA",
      /row 3 of x has -Infinity/,
    ],
    ["a canvas's bytes", { x: new Uint8ClampedArray(12) as never, shape: [3] }, "E_ROWS", /of type Uint8ClampedArray/],
    ["a typed array of another kind", { x: new Int32Array(12) as never, shape: [3] }, "E_ROWS", /of type Int32Array/],
    ["a typed array without a shape", { x: new Uint8Array(12) }, "E_FEATURES", /12 numbers and no shape/],
    ["a shape that does not divide", { x: new Uint8Array(12), shape: [5] }, "E_FEATURES", /12 numbers and shape 5/],
    ["a shape of negative sides", { x: new Uint8Array(12), shape: [-1, -3] }, "E_FEATURES", /shape -1x-3/],
    ["a shape that is not the row's", { shape: [2, 2] }, "E_FEATURES", /3 numbers and shape 2x2/],
    [
      "a shape of part of a row",
      {
        x: [
          [1, 2],
          [3, 4],
          [5, 6],
          [7, 8],
        ],
        shape: [1],
      },
      "E_FEATURES",
      /2 numbers and shape 1/,
    ],
    ["a scale of NaN", { scale: Number.NaN }, "E_OPTION", /scale is NaN/],
    ["a scale of 0", { scale: 0 }, "E_OPTION", /scale is 0/],
  ])("refuses %s", (_, change, code, message) => {
    const error = refusal({ x: rows, y: [0, 1, 1, 0], ...change });
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^createDataset: /);
    expect(error.code).toBe(code);
  });

  test("takes numbers to predict: one, several, or in one array row after row", () => {
    const one = createDataset({ x: rows, y: [0.5, -1, 2, 3], regression: true });
    expect(one).toMatchObject({ y: Float64Array.of(0.5, -1, 2, 3), outputs: 1, classes: null });
    const two = createDataset({
      x: rows,
      y: [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ],
      regression: true,
    });
    expect(two).toMatchObject({ y: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8), outputs: 2 });
    const flat = createDataset({ x: rows, y: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), regression: true });
    expect(flat).toEqual(two);
  });

  test.each<[string, DataInput["y"], string, RegExp]>([
    ["of another count", [1, 2, 3], "E_COUNT", /4 examples and y 3 targets/],
    [
      "of another count of rows",
      [
        [1, 2],
        [3, 4],
      ],
      "E_COUNT",
      /y 2 targets/,
    ],
    ["that are missing", [], "E_COUNT", /y 0 targets/],
    [
      "in rows of different lengths",
      [[1, 2], [3], [4, 5, 6], [7, 8]],
      "E_FEATURES",
      /row 1 of y has 1 numbers, row 0 has 2/,
    ],
    ["in empty rows", [[], [], [], []], "E_EMPTY", /rows of y are empty/],
    ["that are NaN", [1, 2, Number.NaN, 4], "E_NOT_FINITE_DATA", /row 2 of y has NaN/],
    [
      "that are infinite",
      [
        [1, 2],
        [3, 1 / 0],
        [5, 6],
        [7, 8],
      ],
      "E_NOT_FINITE_DATA",
      /row 1 of y has Infinity/,
    ],
  ])("refuses numbers to predict %s", (_, y, code, message) => {
    const error = refusal({ x: rows, y, regression: true });
    expect(error.message).toMatch(message);
    expect(error.code).toBe(code);
  });
});

describe("a data set's classes", () => {
  const of = (y: number[], classes: string[]) => createDataset({ x: y.map(() => [1]), y, classes });

  test("are counted, also those without an example", () => {
    expect(classCounts(of([2, 0, 2, 2], ["a", "b", "c"]))).toEqual([1, 0, 3]);
  });

  test("are told apart by one output if they are two, else by one each", () => {
    expect([2, 3, 10].map((classes) => outputsFor(classes))).toEqual([1, 3, 10]);
  });

  test("have the entropy of their shares", () => {
    // NumPy: -(p*np.log(p)).sum()
    const cats = of(
      Array.from({ length: 209 }, (_, i) => (i < 72 ? 1 : 0)),
      ["non-cat", "cat"],
    );
    expect(baseRateEntropy(cats)).toBeCloseTo(0.6439737380528058, 14);
    expect(baseRateEntropy(of([0, 1, 2, 3], [..."abcde"]))).toBeCloseTo(1.3862943611198906, 14);
  });

  test("must be those of the training set", () => {
    const train = of([0, 1, 2], ["a", "b", "c"]);
    expect(() => checkSameKind(train, of([2, 1], ["a", "b", "c"]))).not.toThrow();
    expect(() => checkSameKind(train, of([0, 1], ["a", "x", "c"]))).toThrow(
      /classes a, x, c, the training set a, b, c/,
    );
    expect(() => checkSameKind(train, of([0, 1], ["a", "b", "c", "d"]))).toThrow(InputError);
    const digits = createDataset({ x: [[1], [2], [3]], y: [0, 7, 9] });
    expect(() => checkSameKind(digits, createDataset({ x: [[1], [2]], y: [0, 9] }))).not.toThrow();
    expect(() => checkSameKind(digits, createDataset({ x: [[1], [2]], y: [0, 8] }))).toThrow(/classes 0, 8/);
  });

  test("go by name where another set has some of them, or another order", () => {
    const few = of([0, 1, 1], ["c", "a"]);
    expect(withClasses(few, ["a", "b", "c"])).toEqual({ ...few, y: Int32Array.of(2, 0, 0), classes: ["a", "b", "c"] });
    expect(withClasses(few, ["a", "b"])).toBeNull();
  });

  test("may all be one, to be judged by who knows the others, which is remarked (B11)", async () => {
    const one = createDataset({ x: rows, y: [1, 1, 1, 1], classes: ["a", "b"] });
    expect(remarkOnLabels(one)).toMatch(/^All 4 examples are of the class b: there is nothing to tell apart\.$/);
    const { confusion } = await new Network({ inputs: 3, layers: [1], classes: ["a", "b"] }).evaluate(one);
    expect(confusion[0]).toEqual([0, 0]);
    expect(confusion[1]![0]! + confusion[1]![1]!).toBe(4);
  });

  test("that look like numbers to predict are remarked (E2)", () => {
    const many = (different: number, count: number, name: (c: number) => string = String) =>
      of(
        Array.from({ length: count }, (_, i) => i % different),
        Array.from({ length: different }, (_, c) => name(c)),
      );
    expect(remarkOnLabels(many(200, 400))).toMatch(/200 different whole numbers in 400 examples.*numbers to predict/);
    expect(remarkOnLabels(many(200, 600))).toBeNull(); // three of each
    expect(remarkOnLabels(many(20, 40))).toBeNull();
    expect(remarkOnLabels(many(200, 400, (c) => `face ${c}`))).toBeNull();
  });

  test("and features and targets must be those of the training set", () => {
    const train = createDataset({ x: rows, y: [0, 1, 1, 0] });
    const narrow = createDataset({ x: [[1], [2]], y: [0, 1] });
    expect(() => checkSameKind(train, narrow)).toThrow(/test set has 1 features, the training set 3/);
    const targets = createDataset({ x: rows, y: [1, 2, 3, 4], regression: true });
    const more = createDataset({
      x: rows,
      y: [
        [1, 1],
        [2, 2],
        [3, 3],
        [4, 4],
      ],
      regression: true,
    });
    expect(() => checkSameKind(targets, targets)).not.toThrow();
    expect(() => checkSameKind(targets, more)).toThrow(/2 numbers to predict, the training set 1/);
    expect(() => checkSameKind(train, targets)).toThrow(/labels, the other numbers/);
    expect(() => checkSameKind(targets, train)).toThrow(/labels, the other numbers/);
  });
});

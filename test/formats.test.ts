// The table of formats: what is told by the first bytes, who reads it, what is said where nobody does. Each file is read
// once: the command as it is built reads from pipes, which can be opened only once.

import { execFile, execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import {
  type Content,
  companionOf,
  FORMATS,
  type FormatName,
  type Readers,
  recogniseFile,
  refuseFormat,
} from "../src/dataset/formats.js";
import { InputError } from "../src/errors.js";
import { Network } from "../src/network.js";
import { READERS, type Reads } from "../src/node/formats.js";

const bytesOf = (content: string | number[]) =>
  Uint8Array.from(typeof content === "string" ? content : String.fromCharCode(...content), (letter) =>
    letter.charCodeAt(0),
  );
const file = (name: string, content: string | number[] | Uint8Array) =>
  recogniseFile({ name, bytes: content instanceof Uint8Array ? content : bytesOf(content) });

const EXAMPLES: [FormatName, string, string | number[]][] = [
  ["empty", "an empty file", ""],
  ["html", "an HTML page", "\n <!DOCTYPE html><html>"],
  ["html", "an HTML page", "\u00ef\u00bb\u00bf<html lang=en>"],
  ["lfs", "a Git LFS pointer (run git lfs pull)", "version https://git-lfs.github.com/spec/v1\noid sha256:00"],
  ["xml", "an XML file", '<?xml version="1.0"?>'],
  ["pickle", expect.stringMatching(/^a Python pickle, .*savez/), "\x80\x04\x95"],
  ["matlab5", "a MATLAB file", "MATLAB 5.0 MAT-file, Platform"],
  ["parquet", "a Parquet file", "PAR1\x15\x04"],
  ["tfjs", "a TensorFlow.js model", '{"format": "layers-model", "modelTopology": {}}'],
  ["libsvm", expect.stringMatching(/^a LIBSVM file/), "+1 1:0.5 3:1\n-1 2:0.1\n"],
  ["keras", "a Keras model", `PK\x03\x04${"\0".repeat(22)}\x0d\0\0\0metadata.json`],
  [
    "pytorch",
    expect.stringMatching(/^a PyTorch file.*save_file/),
    `PK\x03\x04${"\0".repeat(22)}\x10\0\0\0archive/data.pkl`,
  ],
  ["pytorch", expect.stringMatching(/^a PyTorch file/), "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9 j"],
  ["onnx", "an ONNX model", "\x08\x08\x12\x07pytorch"],
  ["onnx", "an ONNX model", "\x08\x07:\x10"],
  ["zip", "a zip archive", "PK\x03\x04\x14"],
  ["empty-zip", "an empty zip archive", "PK\x05\x06"],
  ["gzip", "a gzip file", [0x1f, 0x8b, 8]],
  ["png", "a PNG picture", "\x89PNG\r\n\x1a\n"],
  ["jpeg", "a JPEG picture", [0xff, 0xd8, 0xff, 0xe0]],
  ["webp", "a WebP picture", "RIFF\x10\0\0\0WEBPVP8L"],
  ["unknown", "unknown binary data", "RIFF\x10\0\0\0WAVEfmt "],
  ["gif", "a GIF picture", "GIF89a"],
  ["pdf", "a PDF document", "%PDF-1.7"],
  ["npz", "an NPZ file", `PK\x03\x04${"\0".repeat(22)}\x05\0\0\0x.npy`],
  ["office", "an Office document (save the sheet as CSV)", `PK\x03\x04${"\0".repeat(22)}\x13\0\0\0[Content_Types].xml`],
  ["numpy", "a NumPy array", "\x93NUMPY\x01\x00"],
  ["idx", "an idx file", [0, 0, 8, 3, 0, 0]],
  ["idx", "an idx file", [0, 0, 8, 1, 0, 0]],
  ["idx", "an idx file", [0, 0, 14, 2, 0, 0]],
  ["unknown", "unknown binary data", [0, 0, 10, 2, 0, 0]],
  ["hdf5", "an HDF5 file", "\x89HDF\r\n\x1a\n"],
  ["hdf5", "an HDF5 file", `${"\0".repeat(1024)}\x89HDF\r\n\x1a\n`],
  ["unknown", "unknown binary data", `${"\0".repeat(1000)}\x89HDF\r\n\x1a\n`],
  ["safetensors", "a safetensors model", `\x02${"\0".repeat(7)}{}`],
  ["safetensors", "a safetensors model", `\x1f\x8b${"\0".repeat(6)}{`], // a header of 35615 bytes, no gzip
  ["text", "a text file", "1,2,3\r\n\t4"],
  ["text", "a text file", "\xff\xfea\0,\0b\0"],
  ["text", "a text file", "\xfe\xff\0a\0,\0b"],
  ["json", "a JSON file", " \n[[1, 2]]"],
  ["json", "a JSON file", '\u00ef\u00bb\u00bf{"a": 1}'],
  ["unknown", "unknown binary data", [1, 2, 3]],
];

describe("the table", () => {
  test.each(EXAMPLES)("recognises %s, %s", (name, called, content) => {
    expect(file("a", content).format).toMatchObject({ name, called });
  });

  test("has no format that the examples above lack, and each name once", () => {
    const names = FORMATS.map(({ name }) => name);
    expect(new Set(names)).toEqual(new Set(EXAMPLES.map(([name]) => name)));
    expect(new Set(names).size).toBe(names.length);
  });

  test("has a reader in Node for all that its formats give, and no other", () => {
    const table = FORMATS.filter(({ gives }) => gives.length > 0).map(({ name, gives }) => [name, [...gives].sort()]);
    const readers = Object.entries(READERS).map(([name, reads]) => [name, Object.keys(reads).sort()]);
    expect(Object.fromEntries(readers)).toEqual(Object.fromEntries(table));
  });

  test("makes a reader that is missing a type error", () => {
    const { hdf5, ...others } = READERS;
    // @ts-expect-error: no reader for HDF5 files
    const format: Readers<Reads> = others;
    // @ts-expect-error: HDF5 files give examples, too
    const content: Readers<Reads> = { ...others, hdf5: { dataset: hdf5.dataset } };
    const all: Readers<Reads> = { ...others, hdf5 }; // and this is none
    expect([format, content, all]).toHaveLength(3);
  });
});

describe("a refusal says what the file is and what would do", () => {
  const DATA = "an HDF5 file, an idx file, an NPZ file, a NumPy array or a MATLAB file";
  test.each<[string | number[], Content[], string, string]>([
    ["", ["dataset"], "E_NOT_HDF5", `is an empty file; pass ${DATA}.`],
    [
      "%PDF",
      ["table"],
      "E_TABLE",
      "is a PDF document; pass an HDF5 file, a Parquet file, a JSON file of objects or a CSV file.",
    ],
    ["%PDF", ["model"], "E_MODEL", "is a PDF document; pass a model that wasmlp saved."],
    ["GIF8", ["picture"], "E_IMAGE", "is a GIF picture; pass a JPEG picture, a PNG picture or a WebP picture."],
    [
      "PK\x03\x04",
      ["dataset", "model"],
      "E_FILE_TYPE",
      "; pass an HDF5 file, an idx file, an NPZ file, a NumPy array, a MATLAB file or a model that wasmlp saved.",
    ],
    [
      "GIF8",
      ["picture", "examples"],
      "E_IMAGE",
      "pass a JPEG picture, a PNG picture, a WebP picture, an HDF5 file, an idx file, an NPZ file, a NumPy array, a MATLAB file or JSON rows.",
    ],
  ])("%j, wanted: %j", (content, wanted, code, message) => {
    const refuse = () => refuseFormat(file("a.b", content), ...wanted);
    expect(refuse).toThrow(InputError);
    expect(refuse).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
    expect(refuse).toThrow(/^a\.b is an? .*; pass an? .*\.$/);
  });
});

describe("companionOf", () => {
  const pictures = [0, 0, 8, 3];
  test.each([
    ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"],
    ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"],
    ["train-images.idx3-ubyte", "train-labels.idx1-ubyte"],
    ["images-idx2-float", "labels-idx1-float"],
    ["my-images-idx3/train-images-idx3-ubyte", "my-images-idx3/train-labels-idx1-ubyte"],
  ])("finds the labels of %s", (name, expected) => {
    expect(companionOf(file(name, pictures))).toBe(expected);
    expect(companionOf(file(name, gzipSync("")))).toBe(expected);
  });

  test.each(["train-labels-idx1-ubyte", "images-idx3/train.bin", "pictures.h5"])("finds none for %s", (name) => {
    const refused = expect.objectContaining({ code: "E_FILE_TYPE" });
    expect(() => companionOf(file(name, pictures))).toThrow(refused);
    expect(() => companionOf(file(name, pictures))).toThrow(/ is an idx file, but .*; name it like train-images/);
    // a gzip file may be anything, and is not told to take another name
    expect(() => companionOf(file(name, gzipSync("")))).toThrow(refused);
    expect(() => companionOf(file(name, gzipSync("")))).toThrow(/ is a gzip file, .*; unpack it\.$/);
  });

  test("wants none for a format that is one file", () => {
    expect(companionOf(file("train-images-idx3-ubyte", "\x89HDF\r\n\x1a\n"))).toBeNull();
  });
});

describe.skipIf(process.platform === "win32")("each file is opened once:", () => {
  const folder = mkdtempSync(join(tmpdir(), "wasmlp-formats-"));
  const at = (...names: string[]) => join(folder, ...names);
  const cli = fileURLToPath(new URL("../build/dist/cli.js", import.meta.url));
  for (const name of ["files", "pipes"]) mkdirSync(at(name));
  copyFileSync(fileURLToPath(new URL("fixtures/course.h5", import.meta.url)), at("files/course.h5"));
  writeFileSync(
    at("files/a.safetensors"),
    new Network({ inputs: 12, layers: [1], shape: [2, 2, 3], classes: ["non-cat", "cat"] }).save(),
  );
  const idx = (...numbers: number[]) => [0, 0, 8, numbers.length, ...numbers.flatMap((side) => [0, 0, 0, side])];
  const [images, labels] = ["t-images-idx3-ubyte", "t-labels-idx1-ubyte"];
  writeFileSync(at("files", images), Uint8Array.of(...idx(2, 3, 4), ...Array(24).keys()));
  writeFileSync(at("files", labels), Uint8Array.of(...idx(2), 0, 1));
  writeFileSync(at("files/rows.json"), JSON.stringify([Array(12).fill(1)]));
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (where: string, args: readonly string[]) =>
    new Promise<{ stdout: string; stderr: string; code: unknown }>((resolve) => {
      const options = { cwd: at(where), timeout: 50_000 };
      execFile(process.execPath, [cli, ...args], options, (error, stdout, stderr) => {
        resolve({ stdout: stdout.replace(/ in .* ms each/, ""), stderr, code: error?.code ?? error?.signal ?? 0 });
      });
    });

  test.each([
    ["inspect", "course.h5"],
    ["inspect", "a.safetensors"],
    ["inspect", images, labels],
    ["evaluate", "a.safetensors", "course.h5"],
    ["predict", "a.safetensors", "course.h5"],
    ["predict", "a.safetensors", "rows.json"],
    ["predict", "a.safetensors", images],
    ["train", "course.h5"],
    ["train", images, labels],
  ])("%s %s %s", async (command, ...files) => {
    const args = [command, ...files.filter((name) => name !== labels)];
    if (command === "train") args.push("--layers", "2", "--iterations", "1", "--quiet");
    const writers = files.map((name) => {
      const pipe = at("pipes", basename(name));
      execFileSync("mkfifo", [pipe]);
      return { pipe, process: spawn("sh", ["-c", 'cat "$0" > "$1"', at("files", name), pipe]) };
    });
    try {
      const [plain, piped] = [await run("files", args), await run("pipes", args)];
      expect(piped).toEqual(plain);
      expect(plain.code).toBe(0);
    } finally {
      for (const { pipe, process } of writers) {
        process.kill();
        rmSync(pipe);
      }
    }
  });
});

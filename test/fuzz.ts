// Mutants of files: for each format some good files and the inputs that were found, ways to change them, and what a
// reader may do with one. Used by fuzz.test.ts, and by scripts/fuzz.ts for any number of them.

import { readdirSync, readFileSync } from "node:fs";
import { crc32, deflateSync, gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { unzipSync, zipSync } from "fflate";
import jpeg from "jpeg-js";
import { inspectHdf5, readHdf5, readHdf5Examples, readHdf5Model } from "../src/dataset/hdf5.js";
import { readIdx, readIdxExamples } from "../src/dataset/idx.js";
import { readMat } from "../src/dataset/mat.js";
import { openNpy } from "../src/dataset/npy-source.js";
import { readNpz, readNpzExamples } from "../src/dataset/npz.js";
import { decodePicture, readPicture } from "../src/dataset/picture.js";
import { readRows } from "../src/dataset/rows.js";
import { wholeOf } from "../src/dataset/source.js";
import type { Dataset } from "../src/dataset.js";
import { InputError } from "../src/errors.js";
import { importWith } from "../src/exchange/import.js";
import { networkToOnnx } from "../src/exchange/onnx-write.js";
import type { ImportFile, ImportOptions } from "../src/exchange/options.js";
import { Network } from "../src/network.js";
import { Random } from "../src/random.js";
import { readCsv } from "../src/table/csv.js";
import { readHdf5Table } from "../src/table/hdf5.js";
import { readJson } from "../src/table/json.js";
import { readParquet } from "../src/table/parquet.js";
import { tableSource } from "../src/table/table-source.js";
import type { Table } from "../src/table/types.js";
import { createTableDataset, readTable } from "../src/table.js";

export interface FuzzedFormat {
  readonly name: string;
  /** Good files and those that were found. */
  readonly seeds: readonly Uint8Array[];
  /** Those among them that took a thread when they were found. */
  readonly traps?: readonly Uint8Array[];
  /** Makes a mutant of a seed whole again, so that more than its checksums is tried. */
  mend?(bytes: Uint8Array, random: Random): Uint8Array;
  /** Reads a file and uses what it holds. Throws InputError for one that cannot be used. */
  read(bytes: Uint8Array): unknown;
}

const file = (name: string) => new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
const fixture = (name: string) => file(`${name}.h5`);
const parquet = (...names: string[]) => names.map((name) => file(`${name}.parquet`));

function found(format: string): Uint8Array[] {
  const folder = new URL(`corpus/${format}/`, import.meta.url);
  return readdirSync(folder).map((name) => new Uint8Array(readFileSync(new URL(name, folder))));
}

function finite(values: ArrayLike<number>, what: string): void {
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i])) throw new Error(`${what} ${i} is ${values[i]}`);
}

function useDataset(data: Dataset): void {
  if (!(data.x instanceof Uint8Array)) finite(data.x, "x");
  if (data.x.length !== data.count * data.features) throw new Error("x is not count examples of features");
  if (data.classes && data.y.some((label) => !(label >= 0 && label < data.classes!.length)))
    throw new Error("no class");
}

const model = new Network({ inputs: 4, layers: [3, 2], shape: [2, 2], classes: ["a", "b"] });
const other = new Network({ inputs: 2, layers: [1], dtype: "float64", activation: "tanh" });
const asker = new Network({ inputs: 3, layers: [4, 2] });

async function useModel(bytes: Uint8Array): Promise<void> {
  const network = Network.load(bytes);
  network.summary();
  if (network.parameters > 1e6) return;
  finite(await network.predict([new Float64Array(network.inputs).fill(0.5)]), "output");
  Network.load(network.save());
}

async function useImported(files: ImportFile[], options: ImportOptions = {}): Promise<void> {
  // this thread is one that can be ended
  const network = await importWith((name, bytes) => readHdf5Model(bytes, { name }), files, options);
  network.summary();
  if (network.parameters > 1e6) return;
  finite(await network.predict([new Float64Array(network.inputs).fill(0.5)]), "output");
  Network.load(network.save());
}

const exchanged = (name: string) => file(`exchange/${name}`);
const named = (name: string) => (bytes: Uint8Array) => ({ name, bytes });
const archives = ["keras3.keras", "keras3-functional.keras"].map((name) => unzipSync(exchanged(name)));
const shards = ["group1-shard1of2.bin", "group1-shard2of2.bin"].map((name) => named(name)(exchanged(name)));
const asked = { activation: "relu", place: "before" } as const;

async function useRows(bytes: Uint8Array): Promise<void> {
  const rows = readRows(bytes, "rows");
  finite(rows.x, "x");
  if (rows.features === 3) finite(await asker.predict(rows), "output");
}

function useTable({ count, columns }: Table): void {
  if (count === 0 || columns.length === 0) throw new Error("an empty table");
  for (const { name, values } of columns) {
    if (values.length !== count) throw new Error(`column ${name} has ${values.length} of ${count} rows`);
    if (Array.from(values as ArrayLike<unknown>).some((cell) => cell === undefined || cell === ""))
      throw new Error(`a hole in ${name}`);
  }
}

// Read in parts of some bytes a table is what it is as a whole, or is refused for what only parts cannot be.
async function useTableParts(bytes: Uint8Array): Promise<void> {
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  const parts = tableSource("parts", blob, { dates: [] }, 8).then(wholeOf);
  const whole = readTable(bytes).then((table) => createTableDataset(table));
  const [own, like] = await Promise.allSettled([parts, whole]);
  if (own.status === "rejected") throw own.reason;
  useDataset(own.value);
  // the first rows alone tell whether there is a header, and in which encoding text is
  if (like.status === "rejected" || own.value.count !== like.value.count) return;
  const same = JSON.stringify([own.value.x, own.value.y]) === JSON.stringify([like.value.x, like.value.y]);
  if (!same && own.value.features === like.value.features) throw new Error("other numbers than as a whole");
}

async function useNpyParts(bytes: Uint8Array): Promise<void> {
  const [count] =
    /\((\d+)/
      .exec(new TextDecoder("latin1").decode(bytes.subarray(0, 128)))
      ?.slice(1)
      .map(Number) ?? [];
  const rows = Math.min(count ?? 1, 1000);
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${rows},), }`.padEnd(117);
  const head = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0);
  const y = new Blob([head, `${header}\n`, Uint8Array.from({ length: rows }, (_, i) => i % 2)]);
  const data = await wholeOf(await openNpy(new Blob([bytes as Uint8Array<ArrayBuffer>]), y, { partRows: 2 }));
  useDataset(data);
  const like = readNpzExamples(bytes);
  if (JSON.stringify(data.x) !== JSON.stringify(like.x)) throw new Error("other numbers than as a whole");
}

const texts = (...all: string[]) => all.map((text) => new TextEncoder().encode(text));

function idx(shape: number[], bytes: number[]): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint32(0, 0x0800 + shape.length);
  shape.forEach((side, i) => {
    header.setUint32(4 + 4 * i, side);
  });
  return new Uint8Array([...new Uint8Array(header.buffer), ...bytes]);
}
const traps = { hdf5: found("hdf5"), jpeg: found("jpeg") };
const images = idx(
  [4, 2, 3],
  Array.from({ length: 24 }, (_, i) => i * 10),
);
const labels = idx([4], [0, 1, 1, 0]);
const floats = idx([4, 1], [0x3f, 0x80, 0, 0, 0, 0, 0, 0, 0xbf, 0x80, 0, 0, 0x40, 0x49, 0x0f, 0xdb]).fill(13, 2, 3);

async function useIdx(bytes: Uint8Array): Promise<void> {
  await readIdxExamples(bytes);
  useDataset(await readIdx(bytes, labels));
}

async function useHdf5(bytes: Uint8Array): Promise<void> {
  // all three, whatever one of them says
  const results = await Promise.allSettled([inspectHdf5(bytes), readHdf5(bytes), readHdf5Examples(bytes)]);
  if (results[1].status === "fulfilled") useDataset(results[1].value);
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

function useExamples(bytes: Uint8Array): void {
  const { x, count, features } = readNpzExamples(bytes);
  if (!(x instanceof Uint8Array)) finite(x, "x");
  if (x.length !== count * features) throw new Error("x is not count examples of features");
}

const arrays = ["little-f2", "big-i8", "fortran", "bool", "labels-wide", "labels-bytes", "structured", "object"].map(
  (name) => unzipSync(file("kinds.npz"))[`${name}.npy`]!,
);

const pixels = (width: number, height: number, channels: 1 | 3 | 4) => ({
  ...{ width, height, channels, depth: 8 as const },
  data: Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37) % 256),
});

/** Sets the checksums of a PNG's chunks, as far as its lengths lead. */
function mendPng(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > bytes.length) break;
    view.setUint32(end, crc32(bytes.subarray(at + 4, end)));
    at = end + 4;
  }
  return bytes;
}

export const FORMATS: readonly FuzzedFormat[] = [
  { name: "safetensors", seeds: [model.save(), other.save(), ...found("safetensors")], read: useModel },
  {
    name: "rows",
    seeds: [
      ...["[[1, -2.5, 3e3], [0.5, 0, 1]]", "[1,2,3]"].map((text) => new TextEncoder().encode(text)),
      ...found("rows"),
    ],
    read: useRows,
  },
  {
    name: "csv",
    seeds: [
      ...texts(
        "# a remark\nlength,kind\n5.1,setosa\n,virginica\n",
        '\ufeffa;b\r\n1,5;"x ""y""; z"\r\n2,5; u \r\n',
        "1\t2\n3\t4",
        "sep=|\na|b\n1|2\n",
      ),
      Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x2c, 0, 0x62, 0, 0x0a, 0, 0x31, 0, 0x2c, 0, 0x32, 0),
    ],
    read: (bytes) => useTable(readCsv(bytes)),
  },
  {
    name: "csv-parts",
    seeds: texts(
      "# a remark\nlength,kind,y\n5.1,setosa,a\n,virginica,b\n4,setosa,a\n,setosa,b\n",
      '\ufeffa;b;y\r\n1,5;"x ""y""; z";1\r\n2,5; u ;2,5\r\n3,5;u;1,5\r\n4;u;3\r\n',
      "1\ta\t3\r2\ta\t4\r3\tb\t5\r4\tb\t5",
    ),
    read: useTableParts,
  },
  {
    name: "json",
    seeds: texts(
      '[{"a": 1, "b": "x"}, {"a": 2.5, "b": null}]',
      '{"a": [1, 2.5], "b": ["x", ""]}',
      '{"a": {"0": 1, "1": 2.5}}',
      '{"a": 1, "b": "x"}\n{"a": 2.5, "c": false}\n',
    ),
    read: (bytes) => useTable(readJson(bytes)),
  },
  {
    name: "parquet",
    seeds: parquet(
      "pandas",
      "packed-snappy",
      "packed-zstd",
      "packed-gzip",
      "packed-brotli",
      "packed-v2",
      "encodings",
      "kinds",
    ),
    read: (bytes) => useTable(readParquet(bytes)),
  },
  {
    name: "packed",
    seeds: texts("a,b\n1,x\n2,y\n", '{"a": 1}\n{"a": 2}\n'),
    mend: (bytes, random) => {
      const packed = random.integer(1) ? zipSync({ a: bytes }) : new Uint8Array(gzipSync(bytes));
      return random.integer(1) ? packed : change(packed, [packed], random);
    },
    read: async (bytes) => useTable(await readTable(bytes)),
  },
  {
    name: "onnx",
    seeds: [
      ...["torch-9", "torch-13", "torch-17", "torch-residual", "torch-picture"].map((name) =>
        exchanged(`${name}.onnx`),
      ),
      networkToOnnx(new Network({ inputs: 3, layers: [4, 4, 2], normalization: "batch", activation: "geluTanh" })),
    ],
    read: (bytes) => useImported([named("a.onnx")(bytes)]),
  },
  {
    name: "torch",
    seeds: ["sequential", "named", "half"].map((name) => exchanged(`torch-${name}.safetensors`)),
    read: (bytes) => useImported([named("a.safetensors")(bytes)], asked),
  },
  {
    name: "tfjs",
    seeds: [exchanged("tfjs.json")],
    read: (bytes) => useImported([named("model.json")(bytes), ...shards]),
  },
  {
    name: "keras-config", // in an archive with weights that are whole
    seeds: archives.map((members) => members["config.json"]!),
    mend: (bytes, random) => zipSync({ ...archives[random.integer(1)]!, "config.json": bytes }, { level: 0 }),
    read: (bytes) => useImported([named("a.keras")(bytes)]),
  },
  {
    name: "keras-h5",
    seeds: ["keras2", "keras2-functional", "keras2-weights", "keras3", "keras3.weights"].map((name) =>
      exchanged(`${name}.h5`),
    ),
    read: async (bytes) => {
      const files = [named("a.h5")(bytes)];
      // of weights alone it is to be said what is between them
      await useImported(files).catch((error: unknown) => {
        if (!(error instanceof InputError)) throw error;
        return useImported(files, asked);
      });
    },
  },
  { name: "idx", seeds: [images, labels, floats], read: useIdx },
  {
    name: "idx.gz",
    seeds: [images, labels, floats],
    mend: (bytes, random) => {
      const packed = new Uint8Array(gzipSync(bytes));
      return random.integer(1) ? packed : change(packed, [packed], random);
    },
    read: useIdx,
  },
  { name: "npy", seeds: [...arrays, ...[1, 2, 3].map((version) => file(`version-${version}.npy`))], read: useExamples },
  { name: "npy-parts", seeds: [...arrays.slice(0, 4), file("version-2.npy")], read: useNpyParts },
  {
    name: "mat",
    seeds: ["kinds", "kinds-packed", "columns"].map((name) => file(`${name}.mat`)),
    read: (bytes) => {
      const x = ["X", "wide", "bytes", "data", "flags"][bytes.length % 5]!;
      useDataset(readMat(bytes, { x, y: ["y", "names", "letters", "labels"][bytes[200]! % 4], task: "auto" }));
    },
  },
  {
    name: "npz",
    seeds: [
      ...["parts.npz", "names.npz"].map(file),
      zipSync({ "x.npy": arrays[0]!, "y.npy": arrays[4]! }, { level: 0 }),
      ...arrays.slice(0, 6),
    ],
    // an array that was changed, whole in an archive beside labels
    mend: (bytes) => (bytes[0] === 0x93 ? zipSync({ "x.npy": bytes, "y.npy": arrays[4]! }) : bytes),
    read: (bytes) => {
      useDataset(readNpz(bytes, { task: "auto" }));
      useExamples(bytes);
    },
  },
  {
    name: "hdf5",
    seeds: [...["course", "course-latest", "upper", "labels", "both", "text"].map(fixture), ...traps.hdf5],
    traps: traps.hdf5,
    read: useHdf5,
  },
  {
    name: "hdf5-table",
    seeds: ["records", "packed", "columns", "pytables", "two", "pandas-fixed"].map((name) => file(`tables/${name}.h5`)),
    read: async (bytes) => {
      const options = [{}, { path: "first" }, { target: ["alive"] }];
      const tables = await Promise.allSettled(options.map((one) => readHdf5Table(bytes, one)));
      for (const table of tables) if (table.status === "fulfilled") useTable(table.value);
      for (const table of tables)
        if (table.status === "rejected" && !(table.reason instanceof InputError)) throw table.reason;
    },
  },
  {
    name: "png",
    seeds: [
      encode(pixels(5, 4, 3)),
      encode(pixels(9, 7, 4), { interlace: "Adam7" }),
      encode({ ...pixels(6, 3, 1), text: { Title: "a" } } as never),
      new Uint8Array(deflateSync(pixels(3, 3, 1).data)),
    ],
    mend: (bytes, random) => (random.integer(3) ? mendPng(bytes) : bytes),
    read: (bytes) => decodePicture(bytes, "a.png"),
  },
  {
    name: "webp",
    seeds: ["lossless", "lossy", "alpha", "moving"].map((name) => file(`${name}.webp`)),
    read: (bytes) => readPicture(bytes, "a.webp"),
  },
  {
    name: "jpeg",
    seeds: [
      ...[17, 8].map(
        (side) =>
          new Uint8Array(jpeg.encode({ ...pixels(side, 16, 4), data: Buffer.from(pixels(side, 16, 4).data) }, 60).data),
      ),
      ...traps.jpeg,
    ],
    traps: traps.jpeg,
    read: (bytes) => decodePicture(bytes, "a.jpg"),
  },
];

const VALUES = [0, 1, 0x7f, 0x80, 0xff];
const WORDS = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x10000, 0xffff];
const TOKENS = ["1e999", "-1", "[", "]", "{}", "null", '"', "\\u0000", "9".repeat(20), "[".repeat(300), "0.5", "true"];

/** A changed copy: one to four changes of bits, bytes, words, ranges, or pieces of text. */
function change(bytes: Uint8Array, seeds: readonly Uint8Array[], random: Random): Uint8Array {
  let now: Uint8Array = bytes.slice();
  for (let changes = 1 + random.integer(3); changes > 0; changes--) {
    if (now.length < 4) return now;
    const at = random.integer(now.length - 1);
    const length = 1 + random.integer(Math.min(64, now.length - at) - 1);
    switch (random.integer(8)) {
      case 0:
        now[at]! ^= 1 << random.integer(7);
        break;
      case 1:
        now[at] = random.integer(255);
        break;
      case 2:
        now[at] = VALUES[random.integer(VALUES.length - 1)]!;
        break;
      case 3: {
        const little = random.integer(1) === 1;
        new DataView(now.buffer, now.byteOffset, now.byteLength).setUint32(
          Math.min(at, now.length - 4),
          WORDS[random.integer(WORDS.length - 1)]!,
          little,
        );
        break;
      }
      case 4: // cut out
        now = splice(now, at, length, new Uint8Array(0));
        break;
      case 5: // doubled
        now = splice(now, at, 0, now.slice(at, at + length));
        break;
      case 6: // the end is gone
        now = now.slice(0, at + 1);
        break;
      case 7: {
        const seed = seeds[random.integer(seeds.length - 1)]!;
        const from = random.integer(seed.length - 1);
        now = splice(now, at, length, seed.slice(from, from + length));
        break;
      }
      default:
        now = splice(
          now,
          at,
          random.integer(1) * length,
          new TextEncoder().encode(TOKENS[random.integer(TOKENS.length - 1)]!),
        );
    }
  }
  return now;
}

function splice(bytes: Uint8Array, at: number, gone: number, put: Uint8Array): Uint8Array {
  return new Uint8Array([...bytes.subarray(0, at), ...put, ...bytes.subarray(at + gone)]);
}

/** Mutant number `index` of a format. */
export function mutant({ seeds, mend }: FuzzedFormat, index: number): Uint8Array {
  const random = new Random(index);
  const changed = change(seeds[random.integer(seeds.length - 1)]!, seeds, random);
  return mend ? mend(changed, random) : changed;
}

/** What is wrong with how a file is read; null where all is well: it is read, or refused in a sentence. */
export async function problemOf({ read }: FuzzedFormat, bytes: Uint8Array): Promise<string | null> {
  try {
    await read(bytes);
    return null;
  } catch (error) {
    if (error instanceof InputError) return /[.?]$/.test(error.message) ? null : `no sentence: ${error.message}`;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

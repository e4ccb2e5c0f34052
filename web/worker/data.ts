// Files to a training and a test set, in the worker: what they are for is told by their names, what they hold by
// formats.ts.

import { type RecognisedFile, recogniseFile } from "../../src/dataset/formats.js";
import { checkSameKind, classCounts, remarkOnLabels, withClasses } from "../../src/dataset.js";
import { baseRateEntropy, InputError, type LabelledDataset } from "../../src/index.js";
import { product } from "../../src/shape.js";
import { pixelsOf } from "../pixels.js";
import type { Left, NamedFile, SetSummary } from "../protocol.js";
import { readSets } from "./formats.js";

interface NamedSet {
  readonly name: string;
  readonly set: LabelledDataset;
  /** Whether it came with the page. */
  readonly embedded?: boolean;
}

export interface Data {
  readonly train: NamedSet;
  readonly test: NamedSet | null;
}

const SHOWN = 10; // pictures of each set

let embedded: Promise<Data> | null = null; // they come once

/** The pictures that come with the page. Throws E_FILE_READ where they cannot be had. */
export function readEmbedded(): Promise<Data> {
  embedded ??= fetchEmbedded().catch((cause) => {
    embedded = null;
    const message = `the embedded pictures could not be had (${cause.message}); drop a file instead.`;
    throw new InputError("E_FILE_READ", message, { cause });
  });
  return embedded;
}

// A line of JSON, then x and y of both sets, all in one gzip file.
async function fetchEmbedded(): Promise<Data> {
  const response = await fetch(new URL("pictures.bin.gz", self.location.href));
  if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
  const unpacked = new Response(response.body.pipeThrough(new DecompressionStream("gzip")));
  const bytes = new Uint8Array(await unpacked.arrayBuffer());
  const end = bytes.indexOf(10);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as {
    shape: number[];
    classes: string[];
    counts: [number, number];
  };
  const features = product(header.shape);
  let at = end + 1;
  const [train, test] = header.counts.map((count): LabelledDataset => {
    const x = bytes.slice(at, at + count * features);
    const y = Int32Array.from(bytes.subarray(at + count * features, at + count * (features + 1)));
    at += count * (features + 1);
    return { x, y, count, features, shape: header.shape, scale: 1 / 255, classes: header.classes };
  });
  return {
    train: { name: "the embedded training pictures", set: train!, embedded: true },
    test: { name: "the embedded test pictures", set: test!, embedded: true },
  };
}

/**
 * The data with new files for the training or the test set. With role "any" a name with "test", "valid" or "t10k" in it
 * makes a test set. A new training set has no test set yet.
 */
export async function readFiles(
  old: Data | null,
  files: readonly NamedFile[],
  role: "train" | "test" | "any",
): Promise<Data> {
  let data = old;
  const read = [];
  const all = files.map(recogniseFile);
  for (const file of all.filter((one) => !isCompanion(one, all))) {
    for (const { part, set } of await readSets(file, all)) {
      if (part && role !== "any" && part !== role) continue;
      const test = part ? part === "test" : role === "test" || (role === "any" && /test|t10k|valid/i.test(file.name));
      read.push({ test, name: part ? `${file.name}, ${part}_set` : file.name, set });
    }
  }
  // the training set first: the test set is checked against it
  for (const { test, name, set } of read.sort((a, b) => Number(a.test) - Number(b.test))) {
    if (!test) data = { train: { name, set }, test: null };
    else if (data) {
      checkSameKind(data.train.set, set);
      data = { train: data.train, test: { name, set: withClasses(set, data.train.set.classes)! } };
    } else throw new InputError("E_EMPTY", `${name} is a test set, but there is no training set; open that first.`);
  }
  if (!data)
    throw new InputError(
      "E_EMPTY",
      "there was no file to read; drop an HDF5 file, an NPZ file or a pair of idx files.",
    );
  return data;
}

// Labels of idx pictures that are there too are read with them.
function isCompanion(file: RecognisedFile, files: readonly RecognisedFile[]): boolean {
  return files.some(({ name, format }) => format.companion?.nameOf(name) === file.name);
}

/** Names of the sets that there are, and whether all came with the page. */
export function namesOf({ train, test }: Data): Pick<Left, "sets" | "embedded"> {
  const sets = test ? [train, test] : [train];
  return { sets: sets.map(({ name }) => name), embedded: sets.every(({ embedded }) => embedded) };
}

/** A set as the page shows it. */
export function summarise({ name, set, embedded = false }: NamedSet): SetSummary {
  const shown = Array.from({ length: Math.min(SHOWN, set.count) }, (_, i) => i);
  return {
    ...{ name, embedded },
    counts: classCounts(set),
    count: set.count,
    features: set.features,
    shape: set.shape,
    classes: set.classes,
    entropy: baseRateEntropy(set),
    remark: remarkOnLabels(set),
    pictures: pixelsOf(set, shown),
    labels: shown.map((i) => set.y[i]!),
  };
}

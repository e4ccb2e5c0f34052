// Files to data sets, in the worker: what they are is told by their bytes, what they are for by their names.

import type { Hdf5Set } from "../src/dataset/hdf5.js";
import { type ReadReply, type ReadRequest, resultOf } from "../src/dataset/hdf5-task.js";
import { idxLabelsName, readIdx } from "../src/dataset/idx.js";
import { describeBytes } from "../src/dataset/sniff.js";
import { checkSameKind } from "../src/dataset.js";
import { baseRateEntropy, InputError, type LabelledDataset } from "../src/index.js";
import { pixelsOf } from "./pixels.js";
import type { NamedFile, SetSummary } from "./protocol.js";

export interface Data {
  readonly train: { readonly name: string; readonly set: LabelledDataset };
  readonly test: { readonly name: string; readonly set: LabelledDataset } | null;
}

const SHOWN = 10; // pictures of each set

/** The pictures that come with the page: a line of JSON, then x and y of both sets, all in one gzip file. */
export async function readEmbedded(): Promise<Data> {
  const response = await fetch(new URL("pictures.bin.gz", self.location.href));
  if (!response.ok || !response.body) {
    throw new InputError(
      "E_FILE_READ",
      `the embedded pictures are not there (${response.status}); drop a file instead.`,
    );
  }
  const unpacked = new Response(response.body.pipeThrough(new DecompressionStream("gzip")));
  const bytes = new Uint8Array(await unpacked.arrayBuffer());
  const end = bytes.indexOf(10);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as {
    shape: number[];
    classes: string[];
    counts: [number, number];
  };
  const features = header.shape.reduce((product, side) => product * side, 1);
  let at = end + 1;
  const [train, test] = header.counts.map((count): LabelledDataset => {
    const x = bytes.slice(at, at + count * features);
    const y = Int32Array.from(bytes.subarray(at + count * features, at + count * (features + 1)));
    at += count * (features + 1);
    return { x, y, count, features, shape: header.shape, scale: 1 / 255, classes: header.classes };
  });
  return {
    train: { name: "the embedded training pictures", set: train! },
    test: { name: "the embedded test pictures", set: test! },
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
  for (const file of files.filter((one) => !isLabels(one, files))) {
    for (const { part, set } of await readParts(file, files)) {
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
      data = { train: data.train, test: { name, set } };
    } else throw new InputError("E_EMPTY", `${name} is a test set, but there is no training set; open that first.`);
  }
  if (!data) throw new InputError("E_EMPTY", "there was no file to read; drop an HDF5 file or a pair of idx files.");
  return data;
}

// Labels of idx pictures that are there too are read with them.
function isLabels(file: NamedFile, files: readonly NamedFile[]): boolean {
  return files.some(({ name }) => idxLabelsName(name) === file.name);
}

async function readParts(file: NamedFile, files: readonly NamedFile[]): Promise<readonly Hdf5Set[]> {
  const { name, bytes } = file;
  const kind = describeBytes(bytes);
  if (kind === "an idx file" || kind === "a gzip file") {
    const wanted = idxLabelsName(name);
    const labels = files.find((other) => other.name === wanted);
    if (labels) return [{ part: null, set: await readIdx(bytes, labels.bytes, { name }) }];
    throw new InputError(
      "E_FILE_TYPE",
      wanted === null
        ? `${name} is ${kind}, but its name does not say where its labels are; name it like train-images-idx3-ubyte.`
        : `${name} is ${kind}; drop its labels, ${wanted}, together with it.`,
    );
  }
  return inReader(file);
}

// HDF5 is read in a worker that is thrown away, since the library's state outlives a bad file.
async function inReader({ name, bytes }: NamedFile): Promise<readonly Hdf5Set[]> {
  const reader = new Worker(new URL("reader.js", self.location.href), { type: "module", name: "reader" });
  const reply = await new Promise<ReadReply>((resolve, reject) => {
    reader.onmessage = ({ data }) => resolve(data);
    reader.onerror = (event) => reject(new Error(event.message || "the reader could not be started"));
    reader.postMessage({ task: "readHdf5Sets", bytes, options: { name } } satisfies ReadRequest);
  }).finally(() => reader.terminate());
  return resultOf<"readHdf5Sets">(reply);
}

/** A set as the page shows it. */
export function summarise(name: string, set: LabelledDataset): SetSummary {
  const counts = new Array<number>(set.classes.length).fill(0);
  for (const label of set.y) counts[label]!++;
  const shown = Array.from({ length: Math.min(SHOWN, set.count) }, (_, i) => i);
  return {
    ...{ name, counts, count: set.count, features: set.features, shape: set.shape, classes: set.classes },
    ...{ scale: set.scale, entropy: baseRateEntropy(set) },
    pictures: pixelsOf(set, shown),
    labels: shown.map((i) => set.y[i]!),
  };
}

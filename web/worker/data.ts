// Files to a training and a test set, in the worker: what they are for is told by their names, what they hold by
// formats.ts.

import { choose } from "../../src/auto.js";
import type { RecognisedFile } from "../../src/dataset/formats.js";
import { taskOfSet } from "../../src/dataset/labels.js";
import { remarkOnTargets, spreadsOf } from "../../src/dataset/targets.js";
import { checkSameKind, classCounts, outputsOf, remarkOnLabels, withClasses } from "../../src/dataset.js";
import { baseRateEntropy, type Dataset, InputError, type LabelledDataset, type Task } from "../../src/index.js";
import { product } from "../../src/shape.js";
import { digits } from "../../src/text.js";
import { pixelsOf } from "../pixels.js";
import type { DataSummary, Left, Role, SetSummary } from "../protocol.js";
import { readSets } from "./formats.js";
import { inPageWords } from "./words.js";

export interface NamedSet {
  readonly name: string;
  readonly set: Dataset;
  /** Whether it came with the page. */
  readonly embedded?: boolean;
  /** Names of the examples, where they are rows of a table. */
  readonly rows?: readonly string[];
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

/** Whether a file is to test on: with role "any" one whose name has "test", "valid" or "t10k" in it. */
export const isTest = (name: string, role: Role) =>
  role === "test" || (role === "any" && /test|t10k|valid/i.test(name));

/**
 * The data with new files for the training or the test set. A new training set has no test set yet. What labels are is
 * `task` of those to train on, which say it for those to test on.
 */
export async function readFiles(
  old: Data | null,
  all: readonly RecognisedFile[],
  role: Role,
  task: Task,
): Promise<Data> {
  let data = old;
  const read = [];
  let trained = old?.train.set ?? null;
  const files = all.filter((one) => !isCompanion(one, all));
  for (const file of sorted(files, ({ name }) => isTest(name, role))) {
    const as = isTest(file.name, role) && trained ? taskOfSet(trained) : task;
    for (const { part, set } of await readSets(file, all, as)) {
      if (part && role !== "any" && part !== role) continue;
      const test = part ? part === "test" : isTest(file.name, role);
      if (!test) trained = set;
      read.push({ test, name: part ? `${file.name}, ${part}_set` : file.name, set });
    }
  }
  // the training set first: the test set is checked against it
  for (const { test, name, set } of sorted(read, (one) => one.test)) {
    if (!test) data = { train: { name, set }, test: null };
    else if (data) {
      const { classes } = data.train.set;
      checkSameKind(data.train.set, set);
      data = { train: data.train, test: { name, set: classes && set.classes ? withClasses(set, classes)! : set } };
    } else throw new InputError("E_EMPTY", `${name} is a test set, but there is no training set; open that first.`);
  }
  if (!data)
    throw new InputError(
      "E_EMPTY",
      "there was no file to read; drop a CSV file, an HDF5 file, an NPZ file or a pair of idx files.",
    );
  return data;
}

// Those that are not so come first.
const sorted = <T>(all: readonly T[], is: (one: T) => boolean) =>
  [...all].sort((a, b) => Number(is(a)) - Number(is(b)));

// Labels of idx pictures that are there too are read with them.
function isCompanion(file: RecognisedFile, files: readonly RecognisedFile[]): boolean {
  return files.some(({ name, format }) => format.companion?.nameOf(name) === file.name);
}

/** Names of the sets that there are, and whether all came with the page. */
export function namesOf({ train, test }: Data): Pick<Left, "sets" | "embedded"> {
  const sets = test ? [train, test] : [train];
  return { sets: sets.map(({ name }) => name), embedded: sets.every(({ embedded }) => embedded) };
}

/** Data as the page shows them. */
export async function summarise({ train, test }: Data, seed: number): Promise<DataSummary> {
  // that epochs are passed spares the trials that find them
  const { network, fit } = await choose(train.set, { epochs: 1, seed, auto: true });
  const { init, standardize } = network;
  const { optimizer, weightDecay, batchSize } = fit;
  const scaling = standardize ? "standard" : "auto";
  const own = { init, scaling, optimizer, weightDecay, batchSize, layers: network.layers.slice(0, -1) };
  const chosen = { ...own, iterations: "auto" } as DataSummary["chosen"];
  return { train: summariseSet(train), test: test && summariseSet(test), chosen };
}

function summariseSet({ name, set, embedded = false }: NamedSet): SetSummary {
  const shown = Array.from({ length: Math.min(SHOWN, set.count) }, (_, i) => i);
  const { count, features, shape } = set;
  const own = { name, embedded, count, features, shape, outputs: outputsOf(set), pictures: pixelsOf(set, shown) };
  if (set.classes === null) {
    const names = set.encoding?.target.names;
    const numbers = spreadsOf(set).map((spread, j) => ({ name: names?.[j] ?? String(j), ...spread }));
    const labels = shown.map((i) => digits(set.y[i * set.outputs]!));
    const remark = set.encoding ? null : inPageWords(remarkOnTargets(set) ?? "");
    return { ...own, classes: null, numbers, base: 1, remark: remark || null, labels };
  }
  const { y, classes } = set;
  return {
    ...own,
    classes: classCounts(set).map((examples, c) => ({ name: classes[c]!, count: examples })),
    numbers: null,
    base: baseRateEntropy(set),
    remark: remarkOnLabels(set),
    labels: shown.map((i) => classes[y[i]!]!),
  };
}

// What a training trains, validates and tests on: files, or shares of one. Of a table the shares are taken before its
// columns are looked at, so that nothing of them is known to the training.

import { partsOf, USUAL_SIZE } from "../dataset/picture-folders.js";
import type { Part } from "../dataset/picture-types.js";
import { scaledLike } from "../dataset/scale.js";
import { type DataSource, isSource, sampleOf } from "../dataset/source.js";
import { checkSameKind, type Dataset, split } from "../dataset.js";
import { InputError } from "../errors.js";
import type { Network } from "../network.js";
import { filesIn, isFolder } from "../node/folders.js";
import {
  isTable,
  type OpenFile,
  openFile,
  readDataset,
  readFolder,
  readTableOf,
  tableOptions,
} from "../node/formats.js";
import { openSource, type SourceNames } from "../node/sources.js";
import { createTableDataset, fitEncoding, fitTarget, refuseBoth, splitTable, type Table } from "../table.js";
import { EMBEDDED, remarksOnSkipped, sizeOf, taskOf } from "./data.js";
import type { Io } from "./io.js";
import { readingLine } from "./progress.js";

export interface SetOptions extends SourceNames {
  readonly validation?: number | undefined;
  /** Column of a table whose rows of one value stay in one part. */
  readonly group?: string;
  readonly newHead?: boolean;
}

/** What is trained on, and what is held out. `validation` is a share where fit is to hold it out itself. */
export interface Sets {
  readonly data: Dataset | DataSource;
  readonly test: Dataset | DataSource | null;
  readonly validation: Dataset | number | undefined;
  /** The data, or examples of the source. */
  readonly some: Dataset;
  /** What is to be said of how they were read. */
  readonly remarks: readonly string[];
}

type SetsInMemory = Omit<Sets, "some"> & { readonly data: Dataset };

/**
 * The sets in these files, none for the embedded pictures: one to train on, one to test on where there are two or a share
 * is asked for. What the model that is trained on has decided of them holds. Throws E_OPTION for both, and what readDataset throws.
 */
export async function readSets(
  paths: readonly string[],
  options: SetOptions,
  start: Network | null,
  io: Io,
): Promise<Sets> {
  const [trainPath, testPath] = paths.length === 0 ? [EMBEDDED.train, EMBEDDED.test] : paths;
  if (options.test !== undefined && testPath !== undefined) {
    throw new InputError(
      "E_OPTION",
      "train: --test is a share of the training file, and there is a test set; leave one of them out.",
    );
  }
  const opened = await setsOfSource(trainPath!, testPath, options, start, io);
  if (opened) return opened;
  const sets = await setsInMemory(trainPath!, testPath, options, start);
  return { ...sets, some: sets.data };
}

// Of files that are read part by part; null for others.
async function setsOfSource(
  path: string,
  testPath: string | undefined,
  options: SetOptions,
  start: Network | null,
  io: Io,
): Promise<Sets | null> {
  const model = options.newHead ? null : start;
  const like = model && { task: taskOf(model), encoding: model.encoding ?? undefined, scale: model.scale };
  const opened = await openSource(path, { ...options, ...like }, readingLine(path, io));
  if (opened === null) return null;
  const { data, test } = opened;
  if (options.group !== undefined) {
    throw new InputError(
      "E_OPTION",
      "train: --group wants the whole table in memory, and it is read part by part; leave it out.",
    );
  }
  const own = {
    encoding: data.encoding,
    scale: data.scale,
    task: data.classes === null ? "regression" : "classification",
  } as const;
  const { y: _, test: __, ...others } = options;
  const some = await sampleOf(data);
  const sets = { data, some, validation: options.validation, remarks: [] };
  if (testPath === undefined) return { ...sets, test };
  const names = { ...others, ...own };
  const tested =
    (await openSource(testPath, names, readingLine(testPath, io)))?.data ??
    (await readDataset(await openFile(testPath), names));
  checkSameKind(some, isSource(tested) ? await sampleOf(tested) : tested);
  return { ...sets, test: tested };
}

async function setsInMemory(
  trainPath: string,
  testPath: string | undefined,
  options: SetOptions,
  start: Network | null,
): Promise<SetsInMemory> {
  const { test: share, group, validation } = options;
  if (await isFolder(trainPath)) return setsOfFolder(trainPath, testPath, options, start);
  const file = await openFile(trainPath);
  const known = trainPath === EMBEDDED.train; // pictures and labels: both files can be read at once
  if (!known && (await isTable(file, { ...options, encoding: start?.encoding ?? undefined })))
    return setsOfTable(file, testPath, options, start);
  if (group !== undefined)
    throw new InputError("E_OPTION", "train: --group is of tables, which have columns; leave it out.");
  const [own, embedded] = await Promise.all([
    readDataset(file, { ...(start && !options.newHead && { task: taskOf(start) }), ...options }),
    known && testPath !== undefined ? openFile(testPath).then((other) => readDataset(other, {})) : null,
  ]);
  const all = start && options.scale === undefined ? scaledLike(start.scale, own) : own;
  if (testPath !== undefined) {
    // of the same numbers the same task and scale
    const like = { ...options, task: all.classes === null ? ("regression" as const) : ("classification" as const) };
    const test = scaledLike(all.scale, embedded ?? (await readDataset(await openFile(testPath), like)));
    checkSameKind(all, test);
    return { data: all, test, validation, remarks: [] };
  }
  return { ...sharedOut(all, share, options.seed), validation, remarks: [] };
}

function sharedOut(all: Dataset, share: number | undefined, seed: number | undefined) {
  if (share === undefined) return { data: all, test: null };
  const { train, test } = split(all, { test: share, seed, stratify: all.classes !== null });
  return { data: train, test };
}

/** Pictures in folders: of a training and a test folder, or of folders train, test and validation in one. */
async function setsOfFolder(
  path: string,
  testPath: string | undefined,
  options: SetOptions,
  start: Network | null,
): Promise<SetsInMemory> {
  const { test: share, group, validation: held, seed, newHead } = options;
  if (group !== undefined)
    throw new InputError("E_OPTION", "train: --group is of tables, which have columns; leave it out.");
  const size = options.size ?? (start ? sizeOf(start) : undefined);
  const known = start && !newHead ? (start.classes ?? undefined) : undefined;
  const all = await readFolder(path, { ...options, size }, { classes: known });
  const like = { ...options, size: `${all.shape[1]}x${all.shape[0]}` };
  const parts = partsOf((await filesIn(path)).map(({ name }) => name));
  const read = (from: string, part: Part) => readFolder(from, like, { part, classes: all.classes });
  const inside = testPath === undefined && parts.includes("test");
  if (inside && share !== undefined) {
    throw new InputError(
      "E_OPTION",
      `train: --test is a share of the training pictures, and ${path} has a folder of test pictures; leave one of them out.`,
    );
  }
  const test = testPath !== undefined ? await read(testPath, "test") : inside ? await read(path, "test") : null;
  const validation = held === undefined && parts.includes("validation") ? await read(path, "validation") : held;
  const said =
    options.size === undefined && size === undefined
      ? [`Pictures are brought to ${USUAL_SIZE}; --size says otherwise.`]
      : [];
  const sets = [all, test, validation].filter((set) => typeof set === "object" && set !== null);
  return {
    ...(test ? { data: all, test } : sharedOut(all, share, seed)),
    validation,
    remarks: [...said, ...sets.flatMap(remarksOnSkipped)],
  };
}

async function setsOfTable(
  file: OpenFile,
  testPath: string | undefined,
  options: SetOptions,
  start: Network | null,
): Promise<SetsInMemory> {
  const { test: share, validation: held, group, seed } = options;
  const whole = await readTableOf(file, options);
  const model = start?.encoding ?? null;
  const target = model && !options.newHead ? model.target : fitTarget(whole, options);
  if (model)
    refuseBoth(
      "train",
      model.features.map(({ name }) => name),
      target.names,
    );
  const parts = (table: Table, test: number) => {
    const stratify = target.classes !== null && group === undefined ? target.names[0] : undefined;
    return splitTable(table, { test, seed, group, stratify });
  };
  const outer = share === undefined ? { train: whole, test: null } : parts(whole, share);
  const inner = typeof held === "number" ? parts(outer.train, held) : { train: outer.train, test: null };
  const { features } = model ?? fitEncoding(inner.train, tableOptions(options));
  const encoded = (table: Table) => createTableDataset(table, { encoding: { features, target } });
  const test = testPath === undefined ? outer.test : await readTableOf(await openFile(testPath), options);
  return {
    data: encoded(inner.train),
    test: test && encoded(test),
    validation: inner.test ? encoded(inner.test) : held,
    remarks: [],
  };
}

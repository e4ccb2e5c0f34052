// NumPy's archives, .npz: a zip of .npy files, each of which is an array of its name. What the arrays mean is store.ts's.

import { InputError } from "../errors.js";
import { checkOptions } from "../options/check.js";
import { choice, number, type Type, text, whole } from "../options/type.js";
import { asBytes } from "./arrays.js";
import { recognise } from "./formats.js";
import type { FileSet } from "./hdf5.js";
import type { Hdf5Options } from "./hdf5-options.js";
import { TASKS, taskOfSet } from "./labels.js";
import { NPY_CODES, NPY_HEAD, npyExamples, parseNpy, parseNpyHeader } from "./npy.js";
import { scaledLike } from "./scale.js";
import { findPairs } from "./set-names.js";
import { datasetFrom, examplesFrom, type Store, type StoredArray } from "./store.js";
import type { DatasetOf, Examples, Task, TaskOption } from "./types.js";
import { listZip } from "./zip.js";

/** What is said of an .npz file besides its bytes; arrays are called as in Python, without ".npy". */
export type NpzOptions = Pick<Hdf5Options, "x" | "y" | "classes" | "name" | "maxBytes" | "scale">;

const OPTIONS: Readonly<Record<keyof (NpzOptions & TaskOption), Type>> = {
  ...{ x: text, y: text, classes: text, name: text, task: choice(TASKS) },
  ...{ maxBytes: number(whole(1)), scale: number({ but: 0 }) },
};

/** Reads a data set from an .npz file, as readNpz of src/npz.ts describes. */
export function readNpz<T extends Task = "classification">(
  bytes: Uint8Array | ArrayBuffer,
  options: NpzOptions & TaskOption<T> = {},
): DatasetOf<T> {
  checkOptions("readNpz", OPTIONS, options);
  return datasetFrom(openNpz(bytes, options), options) as DatasetOf<T>;
}

/** Examples without labels: x of an .npz file as readNpz reads it, or the array of a .npy file. */
export function readNpzExamples(bytes: Uint8Array | ArrayBuffer, options: NpzOptions = {}): Examples {
  checkOptions("readNpz", OPTIONS, options);
  const who = whoOf(options);
  const file = asBytes(who, "E_NPY", bytes);
  if (recognise(file).name !== "numpy") return examplesFrom(openNpz(file, options), options);
  return npyExamples(who, options.name ?? "the array", file, options.scale);
}

const PARTS = ["train", "test"] as const;

/**
 * All sets of a file: a training and a test set where it has both by their names, else the one that readNpz finds. With
 * task "auto" the training set says what both are.
 */
export function readNpzSets<T extends Task = "classification">(
  bytes: Uint8Array,
  options: Pick<NpzOptions, "name"> & TaskOption<T> = {},
): FileSet<DatasetOf<T>>[] {
  const pairs = findPairs(openNpz(bytes, options).list());
  const [train, test] = PARTS.map((part) => pairs.filter((pair) => pair.part === part && pair.y !== null));
  const [first, second] = [train!, test!].map((found) => (found.length === 1 ? found[0] : undefined));
  if (!first || !second) return [{ part: null, set: readNpz(bytes, options) }];
  const trained = readNpz(bytes, { ...options, x: first.x, y: first.y! });
  const held = readNpz(bytes, { ...options, task: taskOfSet(trained), x: second.x, y: second.y! }) as DatasetOf<T>;
  return [
    { part: "train", set: trained },
    { part: "test", set: scaledLike(trained.scale, held) },
  ];
}

/** All arrays of an archive, by name, as they are. Throws E_NPY, E_TOO_LARGE. */
export function arraysOfNpz(who: string, bytes: Uint8Array): Map<string, StoredArray> {
  const store = openArchive(who, bytes);
  return new Map(store.list().map(({ path }) => [path, store.open(path)!]));
}

const whoOf = ({ name }: NpzOptions) => `readNpz: ${name ?? "the file"}`;

function openNpz(file: Uint8Array | ArrayBuffer, options: NpzOptions): Store {
  return openArchive(whoOf(options), file, options.maxBytes);
}

function openArchive(who: string, file: Uint8Array | ArrayBuffer, maxBytes = 2 ** 31): Store {
  const bytes = asBytes(who, "E_NPY", file);
  const format = recognise(bytes);
  if (format.name !== "npz") {
    throw new InputError("E_NPY", `${who} is ${format.called}; pass an archive that numpy.savez wrote.`);
  }
  const arrays = new Map(
    listZip(who, "E_NPY", bytes, maxBytes)
      .filter((member) => member.name.endsWith(".npy"))
      .map((member) => [member.name.slice(0, -4), member]),
  );
  return {
    ...{ who, matlab: false, codes: NPY_CODES },
    list: () =>
      Array.from(arrays, ([path, member]) => parseNpyHeader(`${who}: "${path}"`, path, member.head(NPY_HEAD))),
    open(path) {
      const member = arrays.get(path);
      return member ? parseNpy(`${who}: "${path}"`, path, member.read()) : null;
    },
  };
}

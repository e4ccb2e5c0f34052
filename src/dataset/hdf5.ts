// HDF5 files as data sets. How a file is opened and what is refused is hdf5-file.ts, what its arrays mean is store.ts. The
// library's state outlives a bad file: src/reader.ts gives each file an instance of its own.

import { InputError } from "../errors.js";
import type { Numbers } from "../session/layout.js";
import { product } from "../shape.js";
import { type Hdf5Entry, withHdf5File } from "./hdf5-file.js";
import { USUAL_BYTES } from "./hdf5-limits.js";
import { checkHdf5Options, type Hdf5Options } from "./hdf5-options.js";
import { taskOfSet } from "./labels.js";
import { scaledLike } from "./scale.js";
import { datasetFrom, examplesFrom } from "./store.js";
import type { Dataset, DatasetOf, Examples, Task, TaskOption } from "./types.js";

export type { Hdf5Entry } from "./hdf5-file.js";

/** Reads a data set from an HDF5 file, as readHdf5 of src/reader/hdf5.ts describes, on the caller's thread. */
export async function readHdf5<T extends Task = "classification">(
  bytes: Uint8Array | ArrayBuffer,
  options: Hdf5Options & TaskOption<T> = {},
): Promise<DatasetOf<T>> {
  checkHdf5Options("readHdf5", options);
  options.signal?.throwIfAborted();
  const limits = { name: options.name, maxBytes: options.maxBytes ?? USUAL_BYTES };
  return withHdf5File(bytes, limits, (file) => datasetFrom(file, options)) as Promise<DatasetOf<T>>;
}

/**
 * Reads examples without labels, to be classified: x as readHdf5 reads it, by the same names.
 *
 * Rejects with what readHdf5 rejects with because of x.
 */
export async function readHdf5Examples(bytes: Uint8Array | ArrayBuffer, options: Hdf5Options = {}): Promise<Examples> {
  checkHdf5Options("readHdf5Examples", options);
  options.signal?.throwIfAborted();
  const limits = { name: options.name, maxBytes: options.maxBytes ?? USUAL_BYTES };
  return withHdf5File(bytes, limits, (file) => examplesFrom(file, options));
}

const PARTS = ["train", "test"] as const;

/** A set of a file, and which of the two it is where the file has both. */
export interface FileSet<D extends Dataset = Dataset> {
  readonly part: (typeof PARTS)[number] | null;
  readonly set: D;
}

/**
 * All sets of a file: a training and a test set where there are train_set_x and test_set_x, else the one that readHdf5
 * finds. With task "auto" the training set says what both are. Throws what readHdf5 throws.
 */
export async function readHdf5Sets<T extends Task = "classification">(
  bytes: Uint8Array | ArrayBuffer,
  { name, task }: Pick<Hdf5Options, "name"> & TaskOption<T> = {},
): Promise<FileSet<DatasetOf<T>>[]> {
  const read = async (part: FileSet["part"], as: Task | undefined): Promise<FileSet<DatasetOf<T>>> => {
    const which = part && { x: `${part}_set_x`, y: `${part}_set_y` };
    return { part, set: (await readHdf5(bytes, { name, task: as, ...which })) as DatasetOf<T> };
  };
  const paths = (await inspectHdf5(bytes, { name })).map(({ path }) => path);
  const both = PARTS.every((part) => paths.includes(`${part}_set_x`));
  if (!both) return [await read(null, task)];
  const train = await read("train", task);
  const test = await read("test", taskOfSet(train.set));
  return [train, { ...test, set: scaledLike(train.set.scale, test.set) }];
}

/** The numbers in a file by their paths, and the texts of some groups, as models have them. */
export interface Hdf5Model {
  readonly arrays: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Numbers }>>;
  /** By group, then by name. */
  readonly texts: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const MODEL_GROUPS = ["", "model_weights"];
const MODEL_TEXTS = ["model_config", "training_config", "keras_version", "layer_names"];

/** Reads all numbers but those of an optimizer. Throws what readHdf5 throws. */
export async function readHdf5Model(
  bytes: Uint8Array | ArrayBuffer,
  { name, maxBytes = USUAL_BYTES }: Pick<Hdf5Options, "name" | "maxBytes"> = {},
): Promise<Hdf5Model> {
  return withHdf5File(bytes, { name, maxBytes }, (file) => {
    const arrays: Record<string, { shape: readonly number[]; data: Numbers }> = Object.create(null);
    let left = maxBytes;
    for (const { path } of file.list()) {
      if (/^(optimizer|optimizer_weights)\//.test(path)) continue;
      const array = file.open(path);
      if (!array || (array.typeClass !== "float" && array.typeClass !== "integer")) continue;
      left -= 8 * product(array.shape);
      if (left < 0) {
        throw new InputError("E_TOO_LARGE", `${file.who} holds more than ${maxBytes} bytes; pass a larger maxBytes.`);
      }
      const values = array.read() as ArrayLike<number | bigint>;
      const data = values instanceof Float32Array ? values : Float64Array.from(values as ArrayLike<number>, Number);
      arrays[path] = { shape: array.shape, data };
    }
    const texts = MODEL_GROUPS.map((group) => [group, file.texts(group, MODEL_TEXTS)]);
    return { arrays: { ...arrays }, texts: Object.fromEntries(texts) };
  });
}

/**
 * Lists the datasets of a file, the outermost first, at most 1000; none is read. Throws E_NOT_HDF5, E_HDF5_DAMAGED,
 * E_TOO_LARGE.
 */
export async function inspectHdf5(
  bytes: Uint8Array | ArrayBuffer,
  options: Pick<Hdf5Options, "name"> = {},
): Promise<Hdf5Entry[]> {
  return withHdf5File(bytes, { name: options.name, maxBytes: USUAL_BYTES }, (file) => file.list());
}

// NumPy's files, .npz and .npy, as anybody calls for them: the readers, src/dataset/npz.ts and npy-source.ts, are loaded
// when they are first wanted.

import type { ReadableFile } from "./dataset/file-slices.js";
import type { NpySourceOptions } from "./dataset/npy-source.js";
import type { NpzOptions } from "./dataset/npz.js";
import type { DataSource } from "./dataset/source.js";
import type { DatasetOf, Examples, Task, TaskOption } from "./dataset.js";

/**
 * Reads a data set from an .npz file of NumPy's: examples and labels, found by their names (x and y, x_train and y_train,
 * data and target, …) or named. x (count, …) and labels may have any rank and type that readHdf5 takes, in either order
 * of bytes and of dimensions. Nothing in a file is run: arrays of Python objects are refused.
 *
 * Rejects with E_NPY for a file that is none, is damaged, or has no such arrays or ones of another type, E_TOO_LARGE,
 * E_COUNT, E_EMPTY, E_LABELS, E_SINGLE_CLASS, E_NOT_FINITE_DATA, E_OPTION.
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @example await readNpz(await readFile("mnist.npz"), { name: "mnist.npz" })
 */
export async function readNpz<T extends Task = "classification">(
  bytes: Uint8Array | ArrayBuffer,
  options: NpzOptions & TaskOption<T> = {},
): Promise<DatasetOf<T>> {
  return (await import("./dataset/npz.js")).readNpz(bytes, options);
}

/**
 * Reads examples without labels, to be classified: x of an .npz file as readNpz reads it, or the one array of a .npy
 * file. Rejects with what readNpz rejects with because of x.
 */
export async function readNpzExamples(bytes: Uint8Array | ArrayBuffer, options: NpzOptions = {}): Promise<Examples> {
  return (await import("./dataset/npz.js")).readNpzExamples(bytes, options);
}

/**
 * A source of the rows of two .npy files, for data that do not fit into memory: x (count, …) of any numbers, and labels
 * or numbers to predict, one or a row for each example. Files are Blobs, such as a page's File, or what Node's
 * fs.promises.open gives; rows are read when they are wanted. All labels are looked at once at the start.
 *
 * Rejects with E_NPY, E_COUNT, E_EMPTY, E_LABELS, E_SINGLE_CLASS, E_OPTION.
 *
 * @example await openNpy(await open("x.npy"), await open("y.npy"), { memory: 200 })
 */
export async function openNpy(x: ReadableFile, y: ReadableFile, options: NpySourceOptions = {}): Promise<DataSource> {
  return (await import("./dataset/npy-source.js")).openNpy(x, y, options);
}

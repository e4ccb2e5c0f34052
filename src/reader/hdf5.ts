// HDF5 read apart (src/reader.ts): in a thread that is thrown away, since the library's state outlives a bad file. The
// reading itself is src/dataset/hdf5.ts.

import { asBytes } from "../dataset/arrays.js";
import type { Hdf5Entry } from "../dataset/hdf5.js";
import { checkHdf5Options, type Hdf5Options } from "../dataset/hdf5-options.js";
import type { DatasetOf, Examples, Task, TaskOption } from "../dataset.js";
import { readApart } from "./embedded.js";
import type { TaskResult } from "./tasks.js";

/**
 * Reads a data set from an HDF5 file: examples and labels, found by their names or named. It is read in a thread of its
 * own, on a copy of the bytes; where none can be started (node --permission, a service worker, a page whose policy
 * forbids blob: workers), on the caller's.
 *
 * x (count, …) may have any rank: the first dimension counts the examples, the others are the shape of one. Unsigned
 * bytes and booleans are bytes; other integers and floats become the narrowest float array that holds them exactly
 * (64-bit integers up to 2⁵³). Labels may be integers, whole floats, booleans, an enumeration, whose names are the
 * classes', text of digits or class names, as (count), (count, 1), (1, count) or one-hot (count, classes). In a file of
 * MATLAB the order of dimensions is MATLAB's, unless only the file's own has as many examples as labels.
 *
 * Rejects with E_NOT_HDF5, E_HDF5_REFUSED, E_HDF5_MISSING, E_HDF5_TYPE, E_TOO_LARGE, E_COUNT, E_EMPTY, E_LABELS,
 * E_SINGLE_CLASS, E_NOT_FINITE_DATA, E_OPTION for an option that is none or of another type, E_HDF5_DAMAGED also for a
 * file that ends its thread or keeps it busy for longer than `maxSeconds`, and with the signal's reason.
 * Source: https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
 */
export function readHdf5<T extends Task = "classification">(
  bytes: Uint8Array | ArrayBuffer,
  options: Hdf5Options & TaskOption<T> = {},
): Promise<DatasetOf<T>> {
  return read("readHdf5", bytes, options) as Promise<DatasetOf<T>>;
}

/**
 * Reads examples without labels, to be classified: x as readHdf5 reads it, by the same names.
 *
 * Rejects with what readHdf5 rejects with because of x.
 */
export function readHdf5Examples(bytes: Uint8Array | ArrayBuffer, options: Hdf5Options = {}): Promise<Examples> {
  return read("readHdf5Examples", bytes, options);
}

/** Lists the datasets of a file, the outermost first, at most 1000; none is read. Rejects as readHdf5 does. */
export function inspectHdf5(bytes: Uint8Array | ArrayBuffer, options: Hdf5Options = {}): Promise<Hdf5Entry[]> {
  return read("inspectHdf5", bytes, options);
}

async function read<T extends "readHdf5" | "readHdf5Examples" | "inspectHdf5">(
  task: T,
  file: Uint8Array | ArrayBuffer,
  passed: Hdf5Options,
): Promise<TaskResult<T>> {
  checkHdf5Options(task, passed);
  const bytes = asBytes(task, "E_NOT_HDF5", file);
  const { signal, maxSeconds, ...options } = passed;
  const who = `readHdf5: ${options.name ?? "the file"}`;
  return readApart(task, bytes, [options], { who, damaged: "E_HDF5_DAMAGED", maxSeconds, signal });
}

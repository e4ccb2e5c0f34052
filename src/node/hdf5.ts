// HDF5 in Node: each file is read in a worker thread that is thrown away (src/node/reader.ts), since the library's state
// outlives a bad file. The reading itself is src/dataset/hdf5.ts.

import { asBytes } from "../dataset/arrays.js";
import { checkHdf5Options, type Hdf5Entry, type Hdf5Options } from "../dataset/hdf5.js";
import type { DatasetOf, Examples, Task, TaskOption } from "../dataset.js";
import { readApart } from "./reader.js";
import type { TaskResult } from "./reader-tasks.js";

/**
 * Reads a data set from an HDF5 file, as readHdf5 of src/dataset/hdf5.ts does, in a worker thread on a copy of the
 * bytes.
 *
 * Rejects with what that rejects with, with E_HDF5_DAMAGED for a file that ends the thread or keeps it busy for longer
 * than `maxSeconds`, and with the signal's reason.
 */
export function readHdf5<T extends Task = "classification">(
  bytes: Uint8Array | ArrayBuffer,
  options: Hdf5Options & TaskOption<T> = {},
): Promise<DatasetOf<T>> {
  return read("readHdf5", bytes, options) as Promise<DatasetOf<T>>;
}

/**
 * Reads examples without labels, as readHdf5Examples of src/dataset/hdf5.ts does, in a worker thread as readHdf5 does.
 */
export function readHdf5Examples(bytes: Uint8Array | ArrayBuffer, options: Hdf5Options = {}): Promise<Examples> {
  return read("readHdf5Examples", bytes, options);
}

/** Lists the datasets of a file, as inspectHdf5 of src/dataset/hdf5.ts does, in a worker thread as readHdf5 does. */
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

// MATLAB's files before 7.3, as anybody calls for them: the reader, src/dataset/mat.ts, is loaded when it is first wanted.

import type { MatOptions } from "./dataset/mat.js";
import type { DatasetOf, Examples, Task, TaskOption } from "./dataset.js";

/**
 * Reads a data set from a MATLAB file before version 7.3, as MATLAB (save -v7, -v6) and scipy.io.savemat write it:
 * examples and labels, found by their names (X and y, data and labels, …) or named; examples may be rows or columns.
 * Labels may be numbers, logical, letters or cells of text. MATLAB 7.3's files are HDF5: readHdf5. Nothing in a file is
 * run.
 *
 * Rejects with E_MAT for a file that is none, is damaged, or has no such arrays or ones of another type, E_TOO_LARGE,
 * E_COUNT, E_EMPTY, E_LABELS, E_SINGLE_CLASS, E_NOT_FINITE_DATA, E_OPTION.
 * Source: https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf
 *
 * @example await readMat(await readFile("digits.mat"), { name: "digits.mat" })
 */
export async function readMat<T extends Task = "classification">(
  bytes: Uint8Array | ArrayBuffer,
  options: MatOptions & TaskOption<T> = {},
): Promise<DatasetOf<T>> {
  return (await import("./dataset/mat.js")).readMat(bytes, options);
}

/** Reads examples without labels, to be classified: x as readMat reads it. Rejects as readMat does because of x. */
export async function readMatExamples(bytes: Uint8Array | ArrayBuffer, options: MatOptions = {}): Promise<Examples> {
  return (await import("./dataset/mat.js")).readMatExamples(bytes, options);
}

// From a path to a data set, by what the file holds and not by its name.

import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { idxLabelsName, readIdx, readIdxExamples } from "../dataset/idx.js";
import { describeBytes } from "../dataset/sniff.js";
import type { Examples, LabelledDataset } from "../dataset.js";
import { InputError } from "../errors.js";
import { readFileBytes } from "../node/files.js";
import { readHdf5, readHdf5Examples } from "../node/hdf5.js";

/** Names of the datasets in an HDF5 file. */
export interface Names {
  readonly x?: string;
  readonly y?: string;
}

/** The pictures that come with the package. */
export const EMBEDDED = {
  train: fileURLToPath(new URL("./pictures-train.h5", import.meta.url)),
  test: fileURLToPath(new URL("./pictures-test.h5", import.meta.url)),
};

/** Examples with labels: an HDF5 file, or idx pictures with their labels' file beside them. */
export async function readDataset(path: string, names: Names = {}): Promise<LabelledDataset> {
  const bytes = await readFileBytes(path);
  const name = basename(path);
  const kind = describeBytes(bytes);
  if (kind === "an idx file" || kind === "a gzip file") {
    const labels = idxLabelsName(name);
    if (labels === null) {
      throw new InputError(
        "E_FILE_TYPE",
        `${name} is ${kind}, but its name does not say where its labels are; name it like train-images-idx3-ubyte.`,
      );
    }
    return readIdx(bytes, await readFileBytes(join(dirname(path), labels)), { name });
  }
  return readHdf5(bytes, { ...names, name });
}

/** Examples without labels: an HDF5 file or idx pictures. */
export async function readExamples(bytes: Uint8Array, name: string, names: Names = {}): Promise<Examples> {
  const kind = describeBytes(bytes);
  if (kind === "an idx file" || kind === "a gzip file") return readIdxExamples(bytes, { name });
  return readHdf5Examples(bytes, { ...names, name });
}

// The pictures that come with the package. How files are read is src/node/formats.ts.

import { fileURLToPath } from "node:url";
import type { LabelledDataset } from "../dataset.js";
import { type Names, openFile, readDataset as readOpen } from "../node/formats.js";

export type { Names } from "../node/formats.js";

/** Paths of the training and the test set. */
export const EMBEDDED = {
  train: fileURLToPath(new URL("./pictures-train.h5", import.meta.url)),
  test: fileURLToPath(new URL("./pictures-test.h5", import.meta.url)),
};

/** Opens a file and reads the data set in it. */
export async function readDataset(path: string, names: Names = {}): Promise<LabelledDataset> {
  return readOpen(await openFile(path), names);
}

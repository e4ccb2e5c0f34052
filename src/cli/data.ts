// The pictures that come with the package. How files are read is src/node/formats.ts.

import { fileURLToPath } from "node:url";

/** Paths of the training and the test set. */
export const EMBEDDED = {
  train: fileURLToPath(new URL("./pictures-train.h5", import.meta.url)),
  test: fileURLToPath(new URL("./pictures-test.h5", import.meta.url)),
};

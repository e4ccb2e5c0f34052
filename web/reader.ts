// A worker that reads one HDF5 file: a set, or a training and a test set where both are in it.

import { inspectHdf5, readHdf5 } from "../src/dataset/hdf5.js";
import { InputError, type LabelledDataset } from "../src/index.js";
import type { NamedFile } from "./protocol.js";

const PARTS = ["train", "test"] as const;

/** A set of a file, and which of the two it is where the file has both. */
export interface Part {
  readonly part: (typeof PARTS)[number] | null;
  readonly set: LabelledDataset;
}

self.onmessage = async ({ data }: MessageEvent<NamedFile>) => {
  try {
    const { name, bytes } = data;
    const read = async (part: Part["part"]): Promise<Part> => {
      const which = part && { x: `${part}_set_x`, y: `${part}_set_y` };
      return { part, set: await readHdf5(bytes, { name, ...which }) };
    };
    const paths = (await inspectHdf5(bytes, { name })).map(({ path }) => path);
    const both = PARTS.every((part) => paths.includes(`${part}_set_x`));
    const parts = await Promise.all(both ? PARTS.map(read) : [read(null)]);
    const transfer = parts.flatMap(({ set: { x, y } }) => [x.buffer as ArrayBuffer, y.buffer as ArrayBuffer]);
    self.postMessage({ parts }, { transfer });
  } catch (error) {
    const code = error instanceof InputError ? error.code : null;
    self.postMessage({ code, message: error instanceof Error ? error.message : String(error) });
  }
};

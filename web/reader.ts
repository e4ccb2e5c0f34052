// A worker that reads one HDF5 file.

import { InputError, readHdf5 } from "../src/index.js";
import type { NamedFile } from "./protocol.js";

self.onmessage = async ({ data }: MessageEvent<NamedFile>) => {
  try {
    const set = await readHdf5(data.bytes, { name: data.name });
    self.postMessage({ set }, { transfer: [set.x.buffer as ArrayBuffer, set.y.buffer as ArrayBuffer] });
  } catch (error) {
    const code = error instanceof InputError ? error.code : null;
    self.postMessage({ code, message: error instanceof Error ? error.message : String(error) });
  }
};

// The page's worker that reads one HDF5 file; formats.ts starts it and ends it.

import { readHdf5Sets } from "../src/dataset/hdf5.js";
import type { ReadRequest } from "../src/dataset/reading.js";
import { buffersOf, replyTo } from "../src/dataset/reading-reply.js";

self.onmessage = async ({ data }: MessageEvent<ReadRequest>) => {
  self.postMessage({ begins: true });
  const reply = await replyTo({ readHdf5Sets }, data);
  self.postMessage(reply, { transfer: buffersOf(reply) });
};

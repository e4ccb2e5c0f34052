// The page's worker that reads one HDF5 file; formats.ts starts it and ends it.

import { buffersOf, replyTo } from "../src/dataset/hdf5-reply.js";
import type { ReadRequest } from "../src/dataset/hdf5-task.js";

self.onmessage = async ({ data }: MessageEvent<ReadRequest>) => {
  const reply = await replyTo(data);
  self.postMessage(reply, { transfer: buffersOf(reply) });
};

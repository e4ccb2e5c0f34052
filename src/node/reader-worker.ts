// The worker thread behind src/node/reader.ts: reads one file and ends. Built by scripts/build.ts to a text inside the
// package, as bundles of other programs have no file of ours.

import { parentPort, workerData } from "node:worker_threads";
import type { ReadRequest } from "../dataset/reading.js";
import { buffersOf, replyTo } from "../dataset/reading-reply.js";
import { TASKS } from "./reader-tasks.js";

const { request, mostMemory } = workerData as { request: ReadRequest; mostMemory: number };

// The HDF5 library asks for whatever memory a damaged file makes it believe it needs; it is told that there is no more.
const { grow } = WebAssembly.Memory.prototype;
WebAssembly.Memory.prototype.grow = function (pages) {
  if (this.buffer.byteLength + pages * 65536 > mostMemory) throw new RangeError("the file wants too much memory");
  return grow.call(this, pages);
};

parentPort!.postMessage({ begins: true });
const reply = replyTo(TASKS, request);
reply.then((last) => parentPort!.postMessage(last, buffersOf(last)));

// The worker thread behind src/node/hdf5.ts: reads one file and ends.

import { parentPort, workerData } from "node:worker_threads";
import { buffersOf, replyTo } from "../dataset/hdf5-reply.js";
import type { ReadRequest } from "../dataset/hdf5-task.js";

const reply = await replyTo(workerData as ReadRequest);
parentPort?.postMessage(reply, buffersOf(reply));

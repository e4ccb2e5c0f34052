// The worker thread behind src/node/reader.ts: reads one file and ends. Built by scripts/build.ts to a text inside the
// package, as bundles of other programs have no file of ours.

import { parentPort, workerData } from "node:worker_threads";
import type { ReadRequest } from "../dataset/reading.js";
import { buffersOf, replyTo } from "../dataset/reading-reply.js";
import { limitMemory } from "./reader-memory.js";
import { TASKS } from "./reader-tasks.js";

const { request, memory } = workerData as { request: ReadRequest; memory: number };
limitMemory(memory);
parentPort!.postMessage({ begins: true });
const reply = replyTo(TASKS, request);
reply.then((last) => parentPort!.postMessage(last, buffersOf(last)));

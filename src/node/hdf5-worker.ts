// The worker thread behind src/node/hdf5.ts: reads one file and ends.

import { parentPort, workerData } from "node:worker_threads";
import { inspectHdf5, readHdf5, readHdf5Examples } from "../dataset/hdf5.js";
import { InputError } from "../errors.js";
import type { Answer, Request } from "./hdf5.js";

const TASKS = { readHdf5, readHdf5Examples, inspectHdf5 };

async function answer({ task, bytes, options }: Request): Promise<Answer> {
  try {
    return { result: await TASKS[task](bytes, options) };
  } catch (error) {
    if (error instanceof InputError) return { code: error.code, message: error.message };
    return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

const message = await answer(workerData as Request);
const values = "result" in message ? Object.values(message.result) : [];
// arrays of numbers move to the caller, the rest is copied
const moved = values.flatMap((value) => (ArrayBuffer.isView(value) ? [value.buffer as ArrayBuffer] : []));
parentPort?.postMessage(message, moved);

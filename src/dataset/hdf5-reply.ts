// The work of the worker that reads an HDF5 file, in Node (src/node/hdf5-worker.ts) and on the page (web/reader.ts).
// Each worker reads one file and is thrown away, since the library's state outlives a bad file.

import { InputError } from "../errors.js";
import { inspectHdf5, readHdf5, readHdf5Examples, readHdf5Sets } from "./hdf5.js";
import type { ReadReply, ReadRequest } from "./hdf5-task.js";

const TASKS = { readHdf5, readHdf5Examples, readHdf5Sets, inspectHdf5 };

/** The reply to a request. An error is one, too. */
export async function replyTo({ task, bytes, options }: ReadRequest): Promise<ReadReply> {
  try {
    return { result: await TASKS[task](bytes, options) };
  } catch (error) {
    if (error instanceof InputError) return { code: error.code, message: error.message };
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { bug: message, stack };
  }
}

/** The memory of all arrays of numbers in a reply, which moves to whoever asked; the rest is copied. */
export function buffersOf(reply: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(reply)) return [reply.buffer as ArrayBuffer];
  return typeof reply === "object" && reply !== null ? Object.values(reply).flatMap(buffersOf) : [];
}

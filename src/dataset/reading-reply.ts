// The work of a worker that reads one foreign file, in Node (src/node/reader-worker.ts) and on the page (web/reader.ts).
// Each worker reads one file and is thrown away, since the HDF5 library's state outlives a bad file.

import { InputError } from "../errors.js";
import type { ReadReply, ReadRequest } from "./reading.js";

/** What can be asked for. */
export type Tasks = Readonly<Record<string, (...args: never[]) => unknown>>;

/** The reply to a request. An error is one, too. */
export async function replyTo(tasks: Tasks, { task, args }: ReadRequest): Promise<ReadReply> {
  try {
    return { result: await tasks[task]!(...(args as never[])) };
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

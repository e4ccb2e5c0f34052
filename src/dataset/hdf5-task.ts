// What the worker that reads an HDF5 file is asked and what it replies: the same for Node's worker thread
// (src/node/hdf5.ts) and the page's worker (web/worker/formats.ts). The work itself is hdf5-reply.ts, so that whoever
// asks need not load it.

import { type ErrorCode, InputError } from "../errors.js";
import type * as hdf5 from "./hdf5.js";

/** The function of hdf5.ts that is wanted. */
export type ReadTask = "readHdf5" | "readHdf5Examples" | "readHdf5Sets" | "inspectHdf5";
export type ReadResult<T extends ReadTask> = Awaited<ReturnType<(typeof hdf5)[T]>>;

export interface ReadRequest {
  readonly task: ReadTask;
  readonly bytes: Uint8Array;
  readonly options: hdf5.Hdf5Options;
}

export type ReadReply =
  | { readonly result: ReadResult<ReadTask> }
  | { readonly code: ErrorCode; readonly message: string }
  | { readonly bug: string; readonly stack: string | undefined };

/** The result in a reply; throws the error that is there instead. */
export function resultOf<T extends ReadTask>(reply: ReadReply): ReadResult<T> {
  if ("result" in reply) return reply.result as ReadResult<T>;
  if ("code" in reply) throw new InputError(reply.code, reply.message);
  throw Object.assign(new Error(reply.bug), { stack: reply.stack });
}

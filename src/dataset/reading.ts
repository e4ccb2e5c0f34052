// Reading a foreign file where it can be ended: what a worker that reads one file is asked and what it replies, and how
// long it may take. The same for Node's worker thread (src/node/reader.ts) and the page's worker (web/worker/formats.ts).
// The worker's side is reading-reply.ts, so that whoever asks need not load the readers.

import { type ErrorCode, InputError } from "../errors.js";
import { digits } from "../text.js";

/** Bytes that a byte of deflate can hold, at most. */
export const MOST_INFLATED = 1032;

/** The name of a task that the worker knows, and its arguments. */
export interface ReadRequest {
  readonly task: string;
  readonly args: readonly unknown[];
}

/** First that it begins, so that its own start does not count; then what came of it. */
export type ReadReply =
  | { readonly begins: true }
  | { readonly result: unknown }
  | { readonly code: ErrorCode; readonly message: string }
  | { readonly bug: string; readonly stack: string | undefined };

/** The result in a last reply; throws the error that is there instead. */
export function resultOf(reply: ReadReply): unknown {
  if ("result" in reply) return reply.result;
  if ("code" in reply) throw new InputError(reply.code, reply.message);
  if ("bug" in reply) throw Object.assign(new Error(reply.bug), { stack: reply.stack });
  throw new Error("the reader has not ended");
}

/**
 * Seconds that reading a file may take where nobody says: 6, and two for each megabyte. A judgement: some twenty times of
 * what good files take, as a damaged file can keep a decoder busy for ever.
 */
export function usualSeconds(bytes: number): number {
  return 6 + bytes / 5e5;
}

/** What is said of a file whose reader had to be ended after that time. */
export function tooSlow(who: string, code: ErrorCode, seconds: number): InputError {
  return new InputError(
    code,
    `${who} keeps its reader busy for more than ${digits(seconds, 2)} s; get the file again.`,
  );
}

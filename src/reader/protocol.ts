// What a thread that reads one foreign file is asked and what it replies, and how long it may take.

import { type ErrorCode, InputError } from "../errors.js";
import { digits } from "../text.js";

/** The name of a task that the thread knows, its arguments, and the most bytes that a decoder's memory may have. */
export interface ReadRequest {
  readonly task: string;
  readonly args: readonly unknown[];
  readonly memory: number;
}

/** First that it begins, so that its own start does not count; then what came of it. */
export type ReadReply =
  | { readonly begins: true }
  | { readonly result: unknown }
  | { readonly code: ErrorCode; readonly message: string }
  | { readonly bug: string; readonly stack: string | undefined };

/** What can be asked for. */
export type Tasks = Readonly<Record<string, (...args: never[]) => unknown>>;

/** The reply to a request. An error is one, too. */
export async function replyTo(tasks: Tasks, { task, args }: Pick<ReadRequest, "task" | "args">): Promise<ReadReply> {
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

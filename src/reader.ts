// Foreign files, HDF5 and pictures, are read in a thread of their own each, under a limit of time and of memory and with
// a signal: whatever a damaged file does to its decoder ends with the thread.

import { type ErrorCode, InputError } from "./errors.js";
import { startThread, type Thread } from "./host.js";
import { mostMemory } from "./reader/memory.js";
import { type ReadReply, resultOf, tooSlow, usualSeconds } from "./reader/protocol.js";
import type { TaskName, TaskResult } from "./reader/tasks.js";

/** How a file is read. */
export interface Reading {
  /** Begins every message: "readHdf5: train.h5". */
  readonly who: string;
  /** Code of what is said of a file that takes the thread down, or too long. */
  readonly damaged: ErrorCode;
  /** @default usualSeconds of the file's size */
  readonly maxSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a reader is made of. */
export interface ReaderParts {
  /** Text of the thread's script, or its address. */
  script(): Promise<string | URL>;
  /** What reads a file without limits where no thread can be started, as under node --permission. */
  inPlace<T extends TaskName>(task: T, args: readonly unknown[]): Promise<TaskResult<T>>;
}

/** Does a task on a copy of the file's bytes; `more` are its further arguments. */
export type ReadApart = <T extends TaskName>(
  task: T,
  file: Uint8Array,
  more: readonly unknown[],
  reading: Reading,
) => Promise<TaskResult<T>>;

const NO_THREAD = Symbol("no thread could be started");

/**
 * A reader of foreign files. It rejects with what the task throws, with the code `damaged` for a file that takes the
 * thread down or longer than `maxSeconds`, and with the signal's reason.
 */
export function createReader({ script, inPlace }: ReaderParts): ReadApart {
  return async <T extends TaskName>(
    task: T,
    file: Uint8Array,
    more: readonly unknown[],
    reading: Reading,
  ): Promise<TaskResult<T>> => {
    reading.signal?.throwIfAborted();
    // a copy to give away: a view would drag the whole buffer behind it along
    const request = () => ({ task, args: [new Uint8Array(file), ...more], memory: mostMemory(file.length) });
    const reply = await askThread(await script(), request(), file.length, reading);
    if (reply === NO_THREAD) return inPlace(task, request().args);
    return resultOf(reply) as TaskResult<T>;
  };
}

/** What a thread replies, or that there is none: it was refused, or ended before it began. */
async function askThread(
  script: string | URL,
  request: { args: unknown[] },
  size: number,
  { who, damaged, signal, maxSeconds = usualSeconds(size) }: Reading,
): Promise<ReadReply | typeof NO_THREAD> {
  let end = () => {};
  try {
    return await new Promise((resolve, reject) => {
      let begun = false;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const hear = (message: unknown) => {
        const reply = message as ReadReply;
        if (!("begins" in reply)) return resolve(reply);
        begun = true;
        timer = setTimeout(() => reject(tooSlow(who, damaged, maxSeconds)), 1000 * maxSeconds);
      };
      const ended = (reason: string) => {
        if (!begun) return resolve(NO_THREAD);
        const [why] = reason.split("\n");
        reject(new InputError(damaged, `${who} brings its reader down (${why}); get the file again.`));
      };
      const thread = tryThread(script, hear, ended, { heapMegabytes: 1024 + Math.ceil(size / 5e4) });
      if (thread === null) return resolve(NO_THREAD);
      const abort = () => reject(signal!.reason);
      signal?.addEventListener("abort", abort);
      end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        thread.end();
      };
      thread.post(request, [(request.args[0] as Uint8Array<ArrayBuffer>).buffer]);
    });
  } finally {
    end();
  }
}

function tryThread(...args: Parameters<typeof startThread>): Thread | null {
  try {
    return startThread(...args);
  } catch {
    return null; // node --permission, a service worker
  }
}

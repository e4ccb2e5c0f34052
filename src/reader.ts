// Foreign files, HDF5 and pictures, are read in a thread of their own each, under a limit of time and of memory and with
// a signal: whatever a damaged file does to its decoder ends with the thread. A thread that told what is in a file waits
// a moment, as that is most often read next, and to start another takes longer than to read most files.

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

// Tasks that another one follows, and the milliseconds that the thread waits for it.
const FOLLOWED: ReadonlySet<TaskName> = new Set(["inspectHdf5"]);
const WAIT = 100;
// Bytes of a file above which it does not: the copy of the file that it has had might still take memory.
const MOST_BYTES = 2 ** 26;

/**
 * A reader of foreign files. It rejects with what the task throws, with the code `damaged` for a file that takes the
 * thread down or longer than `maxSeconds`, and with the signal's reason.
 */
export function createReader({ script, inPlace }: ReaderParts): ReadApart {
  let waiting: { readonly file: Uint8Array; readonly thread: FileThread } | null = null;

  function threadOf(file: Uint8Array, text: string | URL): FileThread | null {
    if (waiting?.file !== file) return startFileThread(text, file.length);
    const { thread } = waiting;
    waiting = null;
    return thread;
  }

  function wait(file: Uint8Array, thread: FileThread): void {
    waiting?.thread.end();
    waiting = { file, thread };
    thread.wait(WAIT, () => {
      if (waiting?.thread === thread) waiting = null;
    });
  }

  return async <T extends TaskName>(
    task: T,
    file: Uint8Array,
    more: readonly unknown[],
    reading: Reading,
  ): Promise<TaskResult<T>> => {
    reading.signal?.throwIfAborted();
    // a copy to give away: a view would drag the whole buffer behind it along
    const request = () => ({ task, args: [new Uint8Array(file), ...more], memory: mostMemory(file.length) });
    const thread = threadOf(file, await script());
    let reply: ReadReply | typeof NO_THREAD = NO_THREAD;
    try {
      if (thread) reply = await thread.ask(request(), reading);
    } finally {
      const well = reply !== NO_THREAD && "result" in reply;
      if (thread && well && FOLLOWED.has(task) && file.length <= MOST_BYTES) wait(file, thread);
      else thread?.end();
    }
    if (reply === NO_THREAD) return inPlace(task, request().args);
    return resultOf(reply) as TaskResult<T>;
  };
}

/** A thread for the tasks on one file, one at a time. */
interface FileThread {
  /** What it replies, or that there is none: it was refused, or ended before it began. Rejects as a reader does. */
  ask(request: { args: unknown[] }, reading: Reading): Promise<ReadReply | typeof NO_THREAD>;
  /** Ends it after some milliseconds without a further task, and calls back; no process stays alive for it. */
  wait(milliseconds: number, ended: () => void): void;
  end(): void;
}

/** Starts one; null where none can be started. */
function startFileThread(script: string | URL, size: number): FileThread | null {
  let hear = (_: ReadReply) => {};
  let fail = (_: string) => {};
  let idle: ReturnType<typeof setTimeout> | undefined;
  let begun = false;
  const thread = tryThread(
    script,
    (message) => hear(message as ReadReply),
    (reason) => fail(reason),
    { heapMegabytes: 1024 + Math.ceil(size / 5e4) },
  );
  if (thread === null) return null;
  return {
    async ask(request, { who, damaged, signal, maxSeconds = usualSeconds(size) }) {
      clearTimeout(idle);
      thread.hold(true);
      let timer: ReturnType<typeof setTimeout> | undefined;
      let abort = () => {};
      try {
        return await new Promise((resolve, reject) => {
          hear = (reply) => {
            if (!("begins" in reply)) return resolve(reply);
            begun = true;
            timer = setTimeout(() => reject(tooSlow(who, damaged, maxSeconds)), 1000 * maxSeconds);
          };
          fail = (reason) => {
            if (!begun) return resolve(NO_THREAD);
            const [why] = reason.split("\n");
            reject(new InputError(damaged, `${who} brings its reader down (${why}); get the file again.`));
          };
          abort = () => reject(signal!.reason);
          signal?.addEventListener("abort", abort);
          thread.post(request, [(request.args[0] as Uint8Array<ArrayBuffer>).buffer]);
        });
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
      }
    },
    wait(milliseconds, ended) {
      fail = ended; // by itself
      thread.hold(false);
      idle = setTimeout(() => {
        thread.end();
        ended();
      }, milliseconds);
      (idle as { unref?: () => void }).unref?.();
    },
    end() {
      clearTimeout(idle);
      thread.end();
    },
  };
}

function tryThread(...args: Parameters<typeof startThread>): Thread | null {
  try {
    return startThread(...args);
  } catch {
    return null; // node --permission, a service worker
  }
}

// Foreign files, HDF5 and pictures, are read in a worker thread of their own each, under a limit of time and of memory
// and with a signal: whatever a damaged file does to its decoder ends with the thread. Where a process may start no
// threads they are read in place, without limits.

import { Worker } from "node:worker_threads";
import { type ReadReply, resultOf, tooSlow, usualSeconds } from "../dataset/reading.js";
import { type ErrorCode, InputError } from "../errors.js";
import { mostMemory } from "./reader-memory.js";
import type { TaskName, TaskResult } from "./reader-tasks.js";

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

/**
 * Does a task on a copy of the file's bytes; `more` are its further arguments.
 *
 * Rejects with what the task throws, with the code `damaged` for a file that takes the thread down or longer than
 * `maxSeconds`, and with the signal's reason.
 */
export async function readApart<T extends TaskName>(
  task: T,
  file: Uint8Array,
  more: readonly unknown[],
  { who, damaged, signal, maxSeconds = usualSeconds(file.byteLength) }: Reading,
): Promise<TaskResult<T>> {
  signal?.throwIfAborted();
  // a copy to give away: a view would drag the whole buffer behind it along
  const bytes = new Uint8Array(file);
  const request = { task, args: [bytes, ...more] };
  const { script } = await import("../../build/reader.js"); // megabytes: the HDF5 library is in it
  const worker = start(script, { request, memory: mostMemory(bytes.length) }, bytes.buffer);
  if (worker === null) {
    const { TASKS } = await import("./reader-tasks.js");
    return (TASKS[task] as (...args: unknown[]) => TaskResult<T>)(...request.args);
  }
  let timer: NodeJS.Timeout | undefined;
  let abort = () => {};
  const refuse = (what: string, cause?: unknown) =>
    new InputError(damaged, `${who} ${what}; get the file again.`, { cause });
  try {
    const reply = await new Promise<ReadReply>((resolve, reject) => {
      worker.on("message", (message: ReadReply) => {
        if (!("begins" in message)) resolve(message);
        else {
          timer = setTimeout(() => reject(tooSlow(who, damaged, maxSeconds)), 1000 * maxSeconds);
        }
      });
      worker.once("messageerror", reject);
      worker.once("error", (cause) => reject(refuse(`brings its reader down (${firstLine(cause)})`, cause)));
      worker.once("exit", (code) => reject(refuse(`ends its reader with code ${code}`)));
      abort = () => reject(signal!.reason);
      signal?.addEventListener("abort", abort);
    });
    return resultOf(reply) as TaskResult<T>;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    await worker.terminate();
  }
}

function start(script: string, workerData: object, buffer: ArrayBuffer): Worker | null {
  try {
    const worker = new Worker(script, {
      ...{ eval: true, workerData, transferList: [buffer], name: "wasmlp reader" },
      ...{ execArgv: [], env: {} }, // the caller's flags, such as --input-type, are not for this script
      ...{ resourceLimits: { maxOldGenerationSizeMb: 1024 + Math.ceil(buffer.byteLength / 5e4) } },
      ...{ stderr: true, stdout: true }, // the library writes its own diagnosis there, which is not for the user
    });
    worker.stderr.resume();
    worker.stdout.resume();
    return worker;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_ACCESS_DENIED") return null; // node --permission
    throw error;
  }
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split("\n")[0];

// Runs mutants of a format in a thread of their own. One that keeps the thread busy, or takes it down, is read again as
// the library reads it, where it must end in time with a sentence.

import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { InputError } from "../src/errors.js";
import { readApart } from "../src/reader/embedded.js";
import type { TaskName } from "../src/reader/tasks.js";
import { FORMATS, mutant } from "./fuzz.js";

const PATIENCE = 1500; // milliseconds for one mutant
const TASKS: Readonly<Record<string, TaskName>> = {
  ...{ hdf5: "readHdf5", "keras-h5": "readHdf5Model", "hdf5-table": "readHdf5Table", parquet: "readParquet" },
  ...{ png: "decodePicture", jpeg: "decodePicture", webp: "decodePicture" },
};

export interface Findings {
  /** What went wrong, by the mutant's number. */
  readonly problems: ReadonlyMap<number, string>;
  /** Mutants that had to be ended, or took the thread down, and were refused in the end. */
  readonly ended: readonly number[];
}

const THREAD = fileURLToPath(new URL("../build/fuzz-thread.mjs", import.meta.url));

let built: Promise<unknown> | undefined;
function buildThread(): Promise<unknown> {
  built ??= build({
    entryPoints: [fileURLToPath(new URL("fuzz-thread.ts", import.meta.url))],
    outfile: THREAD,
    ...{ bundle: true, format: "esm", platform: "node", packages: "external", logLevel: "silent" },
    define: { "import.meta.url": JSON.stringify(import.meta.url) }, // the fixtures lie beside the source
  });
  return built;
}

/** Reads mutants `from` to `to` of a format. */
export async function fuzz(name: string, from: number, to: number): Promise<Findings> {
  const problems = new Map<number, string>();
  const ended: number[] = [];
  for (let next = from; next < to; ) {
    const stuck = await runThread(name, next, to, problems);
    if (stuck === null) break;
    next = stuck + 1;
    const problem = await again(name, stuck);
    if (problem === null) ended.push(stuck);
    else problems.set(stuck, problem);
  }
  return { problems, ended };
}

/**
 * What is wrong with how a file that may take its thread is read; null where it is read, or refused for what it is
 * rather than for the time it takes.
 */
export async function problemApart(name: string, bytes: Uint8Array): Promise<string | null> {
  const refused = await readAsLibrary(TASKS[name]!, bytes, 4).catch((error: unknown) => error);
  if (!(refused instanceof Error)) return null;
  return refused instanceof InputError && !/ its reader /.test(refused.message) ? null : String(refused.stack);
}

function readAsLibrary(task: TaskName, bytes: Uint8Array, maxSeconds?: number) {
  const reading = { who: "fuzz", damaged: "E_HDF5_DAMAGED", maxSeconds } as const;
  return readApart(task, bytes, task === "decodePicture" ? ["a"] : [{}], reading);
}

// Returns the number of the mutant that the thread did not come back from; null where it came to its end.
async function runThread(
  name: string,
  from: number,
  to: number,
  problems: Map<number, string>,
): Promise<number | null> {
  await buildThread();
  const worker = new Worker(THREAD, {
    ...{ workerData: { name, from, to }, stdout: true, stderr: true, execArgv: [] },
    resourceLimits: { maxOldGenerationSizeMb: 1024 },
  });
  worker.stdout.resume();
  worker.stderr.resume();
  let at = from;
  return new Promise<number | null>((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    worker.on("message", (message: { begins: number } | { index: number; problem: string } | { over: true }) => {
      if ("begins" in message) {
        at = message.begins;
        clearTimeout(timer);
        timer = setTimeout(() => resolve(at), PATIENCE);
      } else if ("problem" in message && TASKS[name]) {
        resolve(message.index); // what the mutants before it left behind may be the cause
      } else if ("problem" in message) problems.set(message.index, message.problem);
      else resolve(null);
    });
    worker.on("error", () => resolve(at));
    worker.on("exit", () => resolve(at));
  }).finally(() => worker.terminate());
}

async function again(name: string, index: number): Promise<string | null> {
  const format = FORMATS.find((one) => one.name === name)!;
  const task = TASKS[name];
  if (!task) return "it does not end, or takes the thread down";
  const began = performance.now();
  const refused = await readAsLibrary(task, mutant(format, index)).catch((error: unknown) => error);
  const seconds = (performance.now() - began) / 1000;
  if (seconds > 10) return `it takes ${seconds} s`;
  return refused instanceof Error && !(refused instanceof InputError) ? String(refused.stack) : null;
}

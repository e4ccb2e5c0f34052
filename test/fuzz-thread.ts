// A thread that reads mutants one after the other and tells of each that it begins, so that whoever started it sees one
// that does not end. Bundled by fuzz-run.ts.

import { parentPort, workerData } from "node:worker_threads";
import { limitMemory, mostMemory } from "../src/reader/memory.js";
import { FORMATS, mutant, problemOf } from "./fuzz.js";

limitMemory(mostMemory(100_000)); // as the reader does; no mutant is larger
const { name, from, to } = workerData as { name: string; from: number; to: number };
const format = FORMATS.find((one) => one.name === name)!;
for (let index = from; index < to; index++) {
  parentPort!.postMessage({ begins: index });
  const problem = await problemOf(format, mutant(format, index));
  if (problem !== null) parentPort!.postMessage({ index, problem });
}
parentPort!.postMessage({ over: true });

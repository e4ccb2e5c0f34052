// Whether threads: "auto" is right: whole trainings, with the starting of threads, on one thread, on two and on as many as
// are chosen, in turns; a network and a batch a row. What others took of the processor meanwhile is counted, and a turn in
// which that was more than a little is taken again.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import type { Worker } from "node:worker_threads";
import { median } from "../src/statistics.js";
import { dataOf, networkOf, type Work } from "./works.js";

const COUNT = 2048;
const SHAPES = [
  [2, 8, 1],
  [64, 64, 32, 10],
  [784, 32, 10],
  [784, 256, 128, 10],
  [256, 256, 256, 256],
  [784, 1024, 1024, 10],
  [1024, 2048, 2048, 10],
];
const FEW = [SHAPES[1]!, SHAPES[3]!, SHAPES[5]!];

/** Networks, batches and optimizers that are measured; `few`: a smaller grid. */
export function grid(few: boolean): Work[] {
  const batches = few ? [64, COUNT] : [16, 64, 256, 1024, COUNT];
  return (few ? FEW : SHAPES).flatMap((layers) =>
    batches.flatMap((batch) =>
      (few ? (["adam"] as const) : (["sgd", "adam"] as const)).map((optimizer) => {
        return {
          name: `${layers.join("-")} ${batch} ${optimizer}`,
          layers,
          count: COUNT,
          batch,
          optimizer,
          rate: 1e-4,
        };
      }),
    ),
  );
}

export interface Row {
  readonly work: string;
  /** Milliseconds of a whole training on one thread, and of one of its steps. */
  readonly one: number;
  readonly step: number;
  /** Of two threads, and of "auto", over one thread. */
  readonly two: number;
  readonly auto: number;
  /** Of "auto" over the better of both: whole trainings, and their steps alone. */
  readonly loss: number;
  readonly stepLoss: number;
  readonly threads: number;
}

const MOST_OTHERS = 0.15; // cores that others may have in a turn
const PAUSE = 30; // milliseconds in which threads end
const TRIES = 6; // turns in which they had more
const WAYS = [1, 2, "auto"] as const;

/** Measures a work in trainings of `milliseconds` on one thread. Null where others never left the processor alone. */
export async function measureThreads(
  work: Work,
  milliseconds: number,
  turns: number,
  busy: number,
): Promise<Row | null> {
  const network = networkOf(work);
  const data = dataOf(work);
  const { batch, optimizer, rate } = work;
  const train = (iterations: number, threads: (typeof WAYS)[number]) =>
    network.fit(data, {
      ...{ iterations, batchSize: batch, optimizer, learningRate: rate, shuffle: false },
      ...{ threads, firstLayer: "direct", logEvery: 100 },
    });
  let { millisecondsPerIteration } = await train(1, 1);
  for (const long of [30, 100]) {
    ({ millisecondsPerIteration } = await train(Math.max(1, Math.ceil(long / millisecondsPerIteration)), 1));
  }
  const iterations = Math.max(1, Math.round(milliseconds / millisecondsPerIteration));
  const taken: { times: number[]; steps: number[]; threads: number }[] = [];
  for (let tries = 0; taken.length < turns && tries < TRIES + turns; tries++) {
    const times: number[] = [];
    const steps: number[] = [];
    let threads = 1;
    let others = -usage();
    const began = performance.now();
    for (const way of WAYS) {
      await endThreads();
      const start = performance.now();
      const history = await train(iterations, way);
      times.push(performance.now() - start);
      steps.push(history.millisecondsPerIteration);
      threads = history.threads; // of the last, which is "auto"
    }
    others = (others + usage()) / (performance.now() - began);
    if (others <= MOST_OTHERS + busy) taken.push({ times, steps, threads });
  }
  if (taken.length < turns) return null;
  const of = (value: (turn: (typeof taken)[number]) => number) => median(taken.map(value));
  const ratio = (what: "times" | "steps", way: number, other: number) =>
    of((turn) => turn[what][way]! / turn[what][other]!);
  return {
    work: work.name,
    one: of(({ times }) => times[0]!),
    step: of(({ steps }) => steps[0]!),
    two: ratio("times", 1, 0),
    auto: ratio("times", 2, 0),
    loss: Math.max(ratio("times", 2, 0), ratio("times", 2, 1)),
    stepLoss: Math.max(ratio("steps", 2, 0), ratio("steps", 2, 1)),
    threads: of(({ threads }) => threads),
  };
}

// Milliseconds that all cores were busy with others than this process.
function usage(): number {
  const all = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  const { user, system } = process.cpuUsage();
  return all - (user + system) / 1000;
}

// Every training starts its threads: those of the one before are ended.
const workers = new Set<Worker>();
const threads = process.getBuiltinModule("node:worker_threads");
threads.Worker = class extends threads.Worker {
  constructor(...how: ConstructorParameters<typeof Worker>) {
    super(...how);
    workers.add(this);
  }
};
async function endThreads(): Promise<void> {
  const ended = Promise.all([...workers].map((worker) => worker.terminate()));
  workers.clear();
  await new Promise((resolve) => setTimeout(resolve, PAUSE)); // which keeps the process alive, as threads do not
  await ended;
}

/** A busy loop in another process. */
export async function beginBusy(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["-e", 'console.log("busy"); for (;;) Math.sqrt(2);'], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout!, "data");
  return child;
}

// Training in a worker: what fit gives here it gives there, to the bit; errors, aborts and callbacks come through.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { NotFiniteError } from "../src/diagnose.js";
import type { CostRecord } from "../src/history.js";
import { Network } from "../src/network.js";
import type { FitOptions } from "../src/train/options.js";
import { hashOf, randomData } from "./data.js";

// what runs beside the tests keeps no threads from being started
vi.spyOn(process.getBuiltinModule("node:os"), "cpus").mockReturnValue([]);

const data = randomData(300, 60);
const make = (options: Partial<ConstructorParameters<typeof Network>[0]> = {}) =>
  new Network({ inputs: 300, layers: [9, 1], ...options });

/** What a training tells, without times. */
async function told(network: Network, options: FitOptions) {
  const events: unknown[] = [];
  const { seconds, millisecondsPerIteration, ...history } = await network.fit(data, {
    ...options,
    onStart: (strategy) => events.push(strategy),
    onCost: (record) => events.push(record),
    onDiagnosis: (finding) => events.push(finding),
  });
  expect(seconds).toBeGreaterThan(0);
  expect(millisecondsPerIteration).toBeGreaterThan(0);
  return { events, history, weights: hashOf(network), classes: network.classes, scale: network.scale };
}

const CASES: [string, Partial<ConstructorParameters<typeof Network>[0]>, FitOptions][] = [
  ["the defaults", {}, { iterations: 40, logEvery: 10 }],
  [
    "float64, two threads, validation",
    { dtype: "float64" },
    { iterations: 30, threads: 2, validation: data, accuracy: true },
  ],
  ["mini-batches on js", { backend: "js", seed: 4 }, { epochs: 3, batchSize: 16, optimizer: "adam", threads: "auto" }],
  ["a run that is stuck", { layers: [9, 9, 9, 1], init: 0.001 }, { iterations: 500, learningRate: 1e-4 }],
];

test.each(CASES)("%s: the same news, history and weights", async (_, options, fit) => {
  const here = await told(make(options), fit);
  const there = await told(make(options), { ...fit, worker: true });
  expect(there).toEqual(here);
  expect(here.events.length).toBeGreaterThan(1);
});

test.each([false, true])(
  "a checkpoint written there or here is taken up by the other, to the same bits, news and history (standardize %s)",
  async (standardize) => {
    const training: FitOptions = { iterations: 40, logEvery: 5, batchSize: 16, optimizer: "adam" };
    const dropout = { dropout: 0.3, standardize };
    const saved: Uint8Array[] = [];
    const checkpoint = { every: 12, save: (bytes: Uint8Array) => void saved.push(bytes) };
    const whole = await told(make(dropout), { ...training, checkpoint, worker: true });
    expect(saved).toHaveLength(3); // after 12, 24 and 36 updates
    expect(await told(make(dropout), { ...training, checkpoint })).toEqual(whole);
    const records = (events: unknown[]) =>
      events.filter((event) => Object.hasOwn(event as object, "cost")) as CostRecord[];
    for (const [resumeFrom, worker] of [
      [saved[1]!, true],
      [saved[1]!, false],
      [saved[4]!, true],
    ] as const) {
      const rest = await told(make(dropout), { ...training, resumeFrom, worker });
      expect({ ...rest, events: [] }).toEqual({ ...whole, events: [] });
      expect(records(rest.events)).toEqual(records(whole.events).filter(({ iteration }) => iteration >= 24));
    }
    const other = make(dropout).fit(data, { ...training, seed: 9, resumeFrom: saved[1]!, worker: true });
    await expect(other).rejects.toMatchObject({ code: "E_CHECKPOINT", message: /has seed 1, this training 9/ });
  },
);

test("a second training goes on from the first one's weights; a URL may name the script", async () => {
  const [here, there] = [make(), make()];
  const script = new URL("../build/dist/worker.js", import.meta.url);
  for (const worker of [true, script, script.href]) {
    await here.fit(data, { iterations: 10, optimizer: "momentum" });
    await there.fit(data, { iterations: 10, optimizer: "momentum", worker });
    expect(hashOf(there)).toBe(hashOf(here));
  }
});

test("aborting keeps the weights of the last finished iteration", async () => {
  const network = make();
  const stop = new AbortController();
  const running = network.fit(data, {
    ...{ iterations: 10_000_000, worker: true, signal: stop.signal },
    onProgress: ({ iteration }) => iteration > 50 && stop.abort("enough"),
  });
  await expect(running).rejects.toBe("enough");
  expect(hashOf(network)).not.toBe(hashOf(make()));
  await network.fit(data, { iterations: 1, worker: true });
  const before = hashOf(network);
  await expect(network.fit(data, { iterations: 5, worker: true, signal: stop.signal })).rejects.toBe("enough");
  expect(hashOf(network)).toBe(before);
});

test("errors are those of fit", async () => {
  const bad = await make()
    .fit(data, { iterations: 50, learningRate: 1e30, worker: true })
    .catch((error) => error);
  expect(bad).toBeInstanceOf(NotFiniteError);
  expect(bad.diagnosis.code).toBe("not-finite");
  expect(bad.history.costs.length).toBeGreaterThan(0);
  const wrong = make().fit(data, { iterations: 5, learningRate: -1, worker: true });
  await expect(wrong).rejects.toMatchObject({ code: "E_OPTION", message: /learningRate is -1/ });
  const own = new Error("from a callback");
  const thrown = make().fit(data, {
    ...{ iterations: 10_000_000, worker: true },
    onCost: () => {
      throw own;
    },
  });
  await expect(thrown).rejects.toBe(own);
});

describe("a worker that ends", () => {
  const { getBuiltinModule } = process as unknown as { getBuiltinModule(name: string): { Worker: WorkerClass } };
  type WorkerClass = typeof import("node:worker_threads").Worker;
  const threads = getBuiltinModule("node:worker_threads");
  const original = threads.Worker;
  afterEach(() => {
    threads.Worker = original;
  });

  test("is an error, the weights stay, and the next fit works", async () => {
    let worker: InstanceType<WorkerClass> | undefined;
    threads.Worker = class extends original {
      constructor(...args: ConstructorParameters<WorkerClass>) {
        super(...args);
        worker = this;
      }
    };
    const network = make();
    const before = hashOf(network);
    const running = network.fit(data, { iterations: 10_000_000, worker: true, onCost: () => void worker!.terminate() });
    await expect(running).rejects.toMatchObject({ code: "E_WORKER", message: /without worker/ });
    expect(hashOf(network)).toBe(before);
    await network.fit(data, { iterations: 3, worker: true });
    expect(hashOf(network)).not.toBe(before);
  });

  test("by dispose says so", async () => {
    const network = make();
    const options = { iterations: 10_000_000, worker: true, onCost: () => network.dispose() };
    await expect(network.fit(data, options)).rejects.toMatchObject({ code: "E_DISPOSED" });
  });

  test("before it began is an error; threads that nobody asked for are done without", async () => {
    threads.Worker = class extends original {
      constructor() {
        super("process.exit(7)", { eval: true });
      }
    };
    await expect(make().fit(data, { iterations: 3, worker: true })).rejects.toMatchObject({ code: "E_WORKER" });
    const wide = randomData(4000, 200);
    const network = new Network({ inputs: 4000, layers: [64, 1] });
    const options: FitOptions = { iterations: 200, firstLayer: "direct" };
    const { threads: taken, why } = await network.fit(wide, options);
    expect([taken, why]).toEqual([1, "threads could not be started"]);
    await expect(network.fit(wide, { ...options, threads: 2 })).rejects.toMatchObject({ code: "E_WORKER" });
  });
});

test("where no thread can even be made, fit says so, or does without (G9)", async () => {
  const threads = process.getBuiltinModule("node:worker_threads");
  const refuse = vi.spyOn(threads, "Worker").mockImplementation(
    class {
      constructor() {
        throw new TypeError("access to this API has been restricted");
      }
    } as never,
  );
  try {
    const worker = make().fit(data, { iterations: 3, worker: true });
    await expect(worker).rejects.toMatchObject({ code: "E_WORKER", message: /restricted\); run fit without worker/ });
    vi.resetModules(); // no threads of before
    const { Network } = await import("../src/network.js");
    const network = new Network({ inputs: 4000, layers: [64, 1] });
    const options: FitOptions = { iterations: 200, firstLayer: "direct" };
    const wide = randomData(4000, 200);
    expect(await network.fit(wide, options)).toMatchObject({ threads: 1, why: "threads could not be started" });
    await expect(network.fit(wide, { ...options, threads: 2 })).rejects.toMatchObject({ code: "E_WORKER" });
    expect(refuse).toHaveBeenCalled();
  } finally {
    refuse.mockRestore();
  }
});

test("the process ends by itself afterwards", async () => {
  const script = `
    import { createDataset, Network } from "wasmlp";
    const rows = Array.from({ length: 64 }, (_, i) => [i % 2, i % 3]);
    const data = createDataset({ x: rows, y: rows.map(([a]) => a) });
    const network = new Network({ inputs: 2, layers: [8, 1] });
    console.log((await network.fit(data, { iterations: 50, worker: true })).iterations);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
    cwd: new URL("..", import.meta.url),
    timeout: 50_000,
  });
  expect(stdout.trim()).toBe("50");
});

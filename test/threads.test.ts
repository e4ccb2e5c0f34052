// Threads: the same bits with any number of them, errors instead of hangs, nothing left behind.

import { execFile } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import type { Worker } from "node:worker_threads";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Architecture } from "../src/architecture.js";
import { openTeam, type Team } from "../src/backend/team.js";
import { loadBackend } from "../src/backend.js";
import type { LabelledDataset } from "../src/dataset.js";
import { NotFiniteError } from "../src/diagnose.js";
import type { NetworkOptions } from "../src/network/options.js";
import { Network } from "../src/network.js";
import { createPace } from "../src/pace.js";
import { Random } from "../src/random.js";
import { openTraining } from "../src/session.js";
import { createDispatcher } from "../src/train/dispatch.js";
import { type FitOptions, resolveFitOptions } from "../src/train/options.js";
import { beginTraining } from "../src/train/state.js";
import { hashOf, randomData } from "./data.js";

// More and fewer panels and blocks than threads, odd ones, a last batch of one example.
const CASES: [string, NetworkOptions, FitOptions, LabelledDataset][] = [
  ["one panel", { inputs: 3, layers: [4, 1] }, { batchSize: 5 }, randomData(3, 11)],
  ["a full batch", { inputs: 700, layers: [20, 7, 1] }, { optimizer: "momentum" }, randomData(700, 209)],
  [
    "mini-batches, Adam",
    { inputs: 300, layers: [70, 33, 10] },
    { optimizer: "adam", batchSize: 64 },
    randomData(300, 257, "bytes", 10),
  ],
  [
    "more examples than are packed at a time",
    { inputs: 20, layers: [140, 3], activation: "tanh" },
    { optimizer: "nesterov", weightDecay: 0.01 },
    randomData(20, 600, "float64", 3),
  ],
  ["the Gram form", { inputs: 900, layers: [12, 1] }, { firstLayer: "gram" }, randomData(900, 75)],
];

describe.each(["float32", "float64"] as const)("the same bits in %s", (dtype) => {
  test.each(CASES)("%s: 1, 2, 3, 4 and 8 threads", async (_, options, fit, data) => {
    const hashes = new Map<number, string>();
    for (const threads of [1, 2, 3, 4, 8]) {
      const network = new Network({ ...options, dtype });
      const history = await network.fit(data, { firstLayer: "direct", ...fit, iterations: 25, threads });
      expect(history.threads).toBe(threads);
      hashes.set(threads, hashOf(network));
      network.dispose();
    }
    expect([...hashes.values()]).toEqual(Array(5).fill(hashes.get(1)));
  });
});

test.each(["float32", "float64"] as const)("the same bits in %s, whoever does which steps", async (dtype) => {
  const data = randomData(50, 209, "bytes", 3);
  const architecture: Architecture = {
    layers: [
      { inputs: 50, units: 33, activation: "tanh" },
      { inputs: 33, units: 3, activation: "softmax" },
    ],
    ...{ loss: "categoricalCrossEntropy", dtype },
  };
  const openFor = async (threads: number) => {
    const backend = await loadBackend("wasm", "strict", threads > 1);
    const session = openTraining(backend, architecture, data, { batch: 64, optimizer: "adam", threads });
    const random = new Random(1);
    for (let i = 0; i < session.parameters.length; i++) session.parameters[i] = random.uniform() - 0.5;
    beginTraining(session, {
      ...resolveFitOptions({ optimizer: "adam", iterations: 1 }, data.count, 1, () => null, 2),
    });
    return session;
  };
  const [one, several] = [await openFor(1), await openFor(4)];
  const team = await openTeam(several.machine.shared!, several.plan, 4);
  const taken = new Set<number>([1]);
  const spied: Team = {
    ...team,
    run: (count, some) => {
      taken.add(some!);
      return team.run(count, some);
    },
  };
  // a clock that makes now one, now another number of threads look faster
  const random = new Random(2);
  const pace = { ...createPace(), busy: () => 12 * (1 + random.integer(7)) };
  const choice = { start: async () => spied, ready: () => true, free: () => Number.NaN, left: () => 1e6, step: 10 };
  const dispatcher = createDispatcher(several, null, pace, choice);
  for (let i = 0; i < 300; i++) {
    const { done } = await dispatcher.run(3);
    one.steps(done);
    expect(several.parameters).toEqual(one.parameters);
  }
  expect([...taken].sort()).toEqual([1, 2, 3, 4]);
  team.close();
});

describe("failures", () => {
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const post = Worker.prototype.postMessage;
  afterEach(() => {
    Worker.prototype.postMessage = post;
    vi.unstubAllGlobals();
  });

  /** Threads by their number, as they get a plan from now on; `change` may change what they are told. */
  function catchThreads(change = (order: Order) => order): Worker[] {
    const caught: Worker[] = [];
    Worker.prototype.postMessage = function (message: { request: number; order: Order }) {
      if (message.order.thread !== undefined) caught[message.order.thread] = this;
      post.call(this, { ...message, order: change(message.order) });
    };
    return caught;
  }
  type Order = { readonly thread?: number; readonly program?: number; readonly steps?: number };

  const data = randomData(3000, 200);
  const long: FitOptions = { iterations: 1_000_000, learningRate: 0.001, threads: 3, firstLayer: "direct" };

  test("a thread that is terminated is an error within two seconds; the weights stay, the next fit works", async () => {
    const workers = catchThreads();
    const network = new Network({ inputs: 3000, layers: [40, 1] });
    const before = hashOf(network);
    let ended = Number.NaN;
    const failing = network.fit(data, {
      ...long,
      onCost: ({ iteration }) => {
        if (iteration !== 100) return;
        ended = performance.now();
        void workers[1]!.terminate();
      },
    });
    await expect(failing).rejects.toMatchObject({ code: "E_WORKER", message: /thread 2 of \d.*threads: 1/ });
    expect(performance.now() - ended).toBeLessThan(2000);
    expect(hashOf(network)).toBe(before);
    await network.fit(data, { ...long, iterations: 3 });
    expect(hashOf(network)).not.toBe(before);
    network.dispose();
  });

  test("a thread that traps is an error, too", async () => {
    // the third thread looks for its program behind the memory's end
    catchThreads((order) => (order.thread === 2 ? { ...order, program: 2 ** 31 } : order));
    const network = new Network({ inputs: 3000, layers: [40, 1] });
    await expect(network.fit(data, long)).rejects.toMatchObject({
      code: "E_WORKER",
      message: /thread 3 of 3: RuntimeError/,
    });
  });

  test("a thread that dies just after its answer, while others still compute, is an error, too (F11)", async () => {
    const workers = catchThreads();
    const network = new Network({ inputs: 3000, layers: [40, 1] });
    let dying = false;
    const failing = network.fit(data, {
      ...long,
      onCost: ({ iteration }) => {
        if (iteration !== 100 || dying) return;
        dying = true;
        // its answer is there, and it is gone before the others have theirs
        const [first, second] = workers as [Worker, Worker];
        const listeners = second.listeners("message");
        second.removeAllListeners("message");
        first.prependOnceListener("message", () => void first.terminate());
        setTimeout(() => {
          for (const listen of listeners) second.on("message", listen as () => void);
        }, 1000);
      },
    });
    await expect(failing).rejects.toMatchObject({ code: "E_WORKER" });
    await network.fit(data, { ...long, iterations: 3 });
  });

  test("dispose in the middle of a training ends it with an error", async () => {
    const network = new Network({ inputs: 3000, layers: [40, 1] });
    const failing = network.fit(data, { ...long, onCost: ({ iteration }) => iteration === 100 && network.dispose() });
    await expect(failing).rejects.toMatchObject({ code: "E_DISPOSED" });
  });

  test("aborting keeps the weights of the iteration it tells", async () => {
    const network = new Network({ inputs: 3000, layers: [40, 1] });
    const stop = new AbortController();
    let iteration = 0;
    const running = network.fit(data, {
      ...long,
      signal: stop.signal,
      onProgress: (progress) => {
        iteration = progress.iteration;
        if (iteration > 50) stop.abort("enough");
      },
    });
    await expect(running).rejects.toBe("enough");
    const again = new Network({ inputs: 3000, layers: [40, 1] });
    await again.fit(data, { ...long, iterations: iteration, threads: 1 });
    expect(hashOf(network)).toBe(hashOf(again));
    network.dispose();
  });

  test("a cost that is not finite stops all threads", async () => {
    const network = new Network({ inputs: 3000, layers: [40, 1] });
    await expect(network.fit(data, { ...long, learningRate: 1e30 })).rejects.toThrow(NotFiniteError);
    network.dispose();
  });

  test("threads that cannot be had are refused with the reason; auto goes on with one", async () => {
    const js = new Network({ inputs: 3000, layers: [1], backend: "js" });
    const two = js.fit(data, { iterations: 1, threads: 2 });
    await expect(two).rejects.toMatchObject({ code: "E_THREADS", message: /backend js runs on one thread/ });
    vi.stubGlobal("SharedArrayBuffer", undefined);
    const network = new Network({ inputs: 3000, layers: [40, 1] });
    let why = "";
    await network.fit(data, { iterations: 1, onStart: (strategy) => (why = strategy.why) });
    expect(why).toMatch(/not cross-origin isolated/);
    const wanted = network.fit(data, { iterations: 1, threads: 2 });
    await expect(wanted).rejects.toMatchObject({ code: "E_THREADS", message: /not cross-origin isolated/ });
  });
});

describe("what is left behind", () => {
  test("trainings share their threads, and these end when nobody trains, without dispose (F11b, G1)", async () => {
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    const post = vi.spyOn(Worker.prototype, "postMessage");
    vi.resetModules(); // no threads of other tests
    const fresh = await import("../src/network.js");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      for (let i = 0; i < 4; i++) {
        const network = new fresh.Network({ inputs: 20, layers: [9, 1] });
        await network.fit(randomData(20, 40), { iterations: 3, threads: 2 });
      }
      const workers = [...new Set(post.mock.contexts as Worker[])];
      expect(workers.length).toBe(2);
      const ended = workers.map((worker) => once(worker, "exit"));
      vi.advanceTimersByTime(60_000);
      await Promise.all(ended);
    } finally {
      vi.useRealTimers();
      post.mockRestore();
    }
  }, 20_000);

  const script = (end: string) => `
    import { createDataset, Network } from "wasmlp";
    const rows = Array.from({ length: 64 }, (_, i) => [i % 2, i % 3]);
    const data = createDataset({ x: rows, y: rows.map(([a]) => a) });
    const network = new Network({ inputs: 2, layers: [8, 1] });
    await network.fit(data, { iterations: 50, threads: 2 });
    ${end}`;
  const run = (end: string) =>
    promisify(execFile)(process.execPath, ["--input-type=module", "-e", script(end)], {
      cwd: new URL("..", import.meta.url),
      timeout: 50_000,
    });

  test("the process ends by itself, with and without dispose", async () => {
    await run("network.dispose();");
    await run("");
  });

  test("waiting threads use no processor time", async () => {
    const { stdout } = await run(`
      const before = process.cpuUsage();
      await new Promise((resolve) => setTimeout(resolve, 500));
      const { user, system } = process.cpuUsage(before);
      console.log((user + system) / 1000);`);
    expect(Number(stdout)).toBeLessThan(50);
  });
});

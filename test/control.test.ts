// What callbacks may do to a training: end it in order, change its rate. In every mode, to the bit; a rate that changes
// is held against a schedule that is a function, which is another way through the code.

import { describe, expect, test } from "vitest";
import { NotFiniteError } from "../src/diagnose.js";
import type { NetworkOptions } from "../src/network/options.js";
import { Network } from "../src/network.js";
import { onlyUsed } from "../src/options/resolve.js";
import type { TrainingControl } from "../src/train/control.js";
import type { FitOptions } from "../src/train/options.js";
import { hashOf, randomData } from "./data.js";

const data = randomData(90, 41);
const make = (options: Partial<NetworkOptions> = {}) => new Network({ inputs: 90, layers: [9, 1], ...options });
const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

const MODES: readonly [string, Partial<NetworkOptions>, Partial<FitOptions>][] = [
  ["one thread", {}, { threads: 1, firstLayer: "direct" }],
  ["three threads", {}, { threads: 3, firstLayer: "direct" }],
  ["plain TypeScript", { backend: "js" }, { firstLayer: "direct" }],
  ["the Gram form", {}, { firstLayer: "gram" }],
  ["a worker", {}, { worker: true, threads: 1, firstLayer: "direct" }],
  ["a worker with threads", {}, { worker: true, threads: 2, firstLayer: "direct" }],
];
const BASE: FitOptions = { iterations: 60, batchSize: 16, optimizer: "momentum", learningRate: 0.02, logEvery: 7 };

/** Weights and records of a training. */
async function run(options: Partial<NetworkOptions>, fit: FitOptions) {
  const network = make(options);
  const history = await network.fit(data, fit);
  return { network, history, hash: hashOf(network) };
}

describe.each(MODES)("in %s", (_, options, mode) => {
  const fit = { ...BASE, ...mode };

  test("a stop in onCost ends it after that record, with the weights of then", async () => {
    const stopped = await run(options, {
      ...fit,
      onCost: ({ iteration }, training) => iteration === 21 && training.stop(),
    });
    expect(stopped.history).toMatchObject({ ended: "callback", iterations: 22 });
    expect(stopped.history.costs.at(-1)!.iteration).toBe(21);
    expect(stopped.network.init).toBeNull();
    expect(stopped.hash).toBe((await run(options, { ...fit, iterations: 22, worker: false })).hash);
  });

  test("a rate that onCost sets, at once or later, holds from the next update on", async () => {
    const schedule = (i: number) => (i <= 14 ? 0.02 : i <= 35 ? 0.003 : 0.05);
    const wanted = await run(options, { ...fit, worker: false, schedule });
    const changed = await run(options, {
      ...fit,
      async onCost({ iteration }, training) {
        if (iteration === 14) training.learningRate = 0.003;
        await wait(1);
        if (iteration === 35) training.learningRate = 0.05;
        expect(training.learningRate).toBe(schedule(iteration + 1));
      },
    });
    expect(changed.hash).toBe(wanted.hash);
    expect(changed.history.costs).toEqual(wanted.history.costs);
    expect(changed.history.costs.map(({ learningRate }) => learningRate)).toContain(0.003);
  });

  test.each(["onProgress", "onDiagnosis"] as const)("a stop in %s ends it in order", async (name) => {
    // all weights alike, which is diagnosed at once
    const network = make({ ...options, init: 0 });
    const stop = (_: unknown, training: TrainingControl) => training.stop();
    const { ended, iterations } = await network.fit(data, { ...fit, iterations: 10_000_000, [name]: stop });
    expect(ended).toBe("callback");
    expect(iterations).toBeLessThan(10_000_000);
  });
});

test.each<FitOptions>([
  { schedule: "cosine", warmup: 5, cycles: 2, leastRate: 0.001 },
  { schedule: "plateau", decayEvery: 2, decayFactor: 0.5 },
  { schedule: "exponential" },
])("a schedule goes on from the new rate: %j", async (more) => {
  const fit = { ...BASE, ...more, logEvery: 1 };
  const ratesWith = async (learningRate: number) =>
    (await run({}, { ...fit, learningRate })).history.costs.map(({ learningRate }) => learningRate);
  // a plateau hangs on the costs: these fall throughout
  const [before, after] = [await ratesWith(0.02), await ratesWith(0.005)];
  const changed = await run(
    {},
    {
      ...fit,
      onCost({ iteration }, training) {
        if (iteration === 30) training.learningRate = 0.005;
      },
    },
  );
  const rates = changed.history.costs.map(({ learningRate }) => learningRate);
  if (more.schedule !== "plateau") expect(rates).toEqual(before.map((rate, i) => (i <= 30 ? rate : after[i])));
  else expect([rates[30], rates[31]]).toEqual([before[30], before[30]! / 4]);
  const again = await run({}, onlyUsed("fit", { ...fit, schedule: (i: number) => rates[i]! }));
  expect(again.hash).toBe(changed.hash);
});

test("lbfgs takes the rate, too", async () => {
  const fit: FitOptions = { iterations: 6, optimizer: "lbfgs", logEvery: 1 };
  const onCost: FitOptions["onCost"] = (_, training) => {
    training.learningRate = 0.1;
  };
  const [plain, slow] = [await run({}, fit), await run({}, { ...fit, onCost })];
  expect(slow.hash).not.toBe(plain.hash);
  expect(slow.history.costs.map(({ learningRate }) => learningRate).slice(0, 2)).toEqual([1, 0.1]);
});

test("a checkpoint keeps the rate that was set, whatever rate a training without it would have", async () => {
  const onCost: FitOptions["onCost"] = ({ iteration }, training) => {
    if (iteration === 14) training.learningRate = 0.1;
  };
  const saved: Uint8Array[] = [];
  const fit: FitOptions = { ...BASE, threads: 1 };
  const whole = await run({}, { ...fit, onCost, checkpoint: { every: 10, save: (bytes) => saved.push(bytes) } });
  for (const [i, resumeFrom] of saved.entries()) {
    // what was set before the checkpoint is not set again
    const again = await run({}, { ...fit, threads: 1 + (i % 2), resumeFrom, ...(i === 0 && { onCost }) });
    expect(again.hash, `from ${10 * (i + 1)}`).toBe(whole.hash);
    expect(again.history.costs).toEqual(whole.history.costs);
  }
  const resumeFrom = saved[1]!;
  const other = await run({}, { ...fit, resumeFrom, resumeAnyway: true, learningRate: 0.3 });
  expect(other.history.costs.at(-1)!.learningRate).toBe(0.3);
});

test("a training with patience that is stopped leaves the weights of its best record", async () => {
  const held = { ...data, y: data.y.map((y) => 1 - y) }; // what is learnt is wrong for it
  const fit: FitOptions = { ...BASE, validation: held, patience: 100 };
  const { history, hash } = await run({}, { ...fit, onCost: ({ iteration }, { stop }) => iteration === 42 && stop() });
  expect(history.ended).toBe("callback");
  expect(history.best!.iteration).toBeLessThan(42);
  expect(hash).toBe((await run({}, { ...BASE, iterations: history.best!.iteration })).hash);
});

test("a diagnosis speaks of the rate that is", async () => {
  const onCost: FitOptions["onCost"] = (_, training) => {
    training.learningRate = 1e30;
  };
  const error = await make()
    .fit(data, { ...BASE, onCost })
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(NotFiniteError);
  expect((error as NotFiniteError).diagnosis.evidence.learningRate).toBe(1e30);
});

describe("what is refused", () => {
  const set = (learningRate: number) => (_: unknown, training: TrainingControl) => {
    training.learningRate = learningRate;
  };
  test.each<[string, FitOptions, RegExp]>([
    ["no rate", { onCost: set(-1) }, /^onCost: learningRate is -1; pass/],
    ["outside of onCost", { onProgress: set(0.1) }, /^learningRate: it is set outside of onCost; set it there/],
    ["beside a function", { schedule: () => 0.1, onCost: set(0.1) }, /^learningRate: schedule is a function/],
    ["a function in a worker", { schedule: () => 0.1, worker: true }, /^fit: schedule is a function, which no worker/],
  ])("%s", async (_, more, message) => {
    for (const worker of more.schedule ? [more.worker] : [false, true]) {
      const running = make().fit(data, { ...BASE, ...more, worker });
      await expect(running).rejects.toMatchObject({ code: "E_OPTION", message: expect.stringMatching(message) });
    }
  });

  test("later than onCost", async () => {
    const heard: TrainingControl[] = [];
    await make().fit(data, { ...BASE, onCost: (_, training) => heard.push(training) });
    expect(() => set(0.1)(null, heard[0]!)).toThrow(/outside of onCost/);
  });
});

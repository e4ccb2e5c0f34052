// A training as its records: `for await` gets what onCost gets, the training waits for the loop, and whatever ends one
// ends the other.

import { describe, expect, test } from "vitest";
import { NotFiniteError } from "../src/diagnose.js";
import type { CostRecord } from "../src/history.js";
import { Network } from "../src/network.js";
import type { FitOptions } from "../src/train/options.js";
import { hashOf, randomData } from "./data.js";

const data = randomData(90, 41);
const make = () => new Network({ inputs: 90, layers: [9, 1] });
const BASE: FitOptions = { iterations: 40, batchSize: 16, learningRate: 0.02, logEvery: 7 };
const MODES: readonly [string, Partial<FitOptions>][] = [
  ["one thread", { threads: 1 }],
  ["three threads", { threads: 3 }],
  ["a worker", { worker: true }],
];
const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

describe.each(MODES)("in %s", (_, mode) => {
  const fit = { ...BASE, ...mode };

  test("it gives fit's records, history and weights", async () => {
    const [here, there] = [make(), make()];
    const { costs, iterations } = await there.fit(data, BASE);
    const records: CostRecord[] = [];
    const heard: CostRecord[] = [];
    const run = here.train(data, { ...fit, onCost: (record) => heard.push(record) });
    for await (const record of run) records.push(record);
    expect(records).toEqual(costs);
    expect(heard).toEqual(costs);
    expect(run.history).toMatchObject({ costs, iterations, ended: "iterations" });
    expect(hashOf(here)).toBe(hashOf(there));
  });

  test("leaving the loop ends it in order, with the weights of then", async () => {
    const [here, there] = [make(), make()];
    const run = here.train(data, { ...fit, iterations: 10_000_000 });
    for await (const { iteration } of run) if (iteration === 14) break;
    expect(run.history).toMatchObject({ ended: "callback", iterations: 15 });
    await there.fit(data, { ...BASE, iterations: 15 });
    expect(hashOf(here)).toBe(hashOf(there));
    await here.fit(data, fit); // it is free again
  });

  test("its rate is set in the loop", async () => {
    const [here, there] = [make(), make()];
    await there.fit(data, { ...BASE, schedule: (i) => (i <= 14 ? 0.02 : 0.001) });
    const run = here.train(data, fit);
    for await (const { iteration } of run) if (iteration === 14) run.learningRate = 0.001;
    expect(hashOf(here)).toBe(hashOf(there));
  });

  test("an abort, and numbers that are not finite, are thrown where the next record is asked for", async () => {
    const abort = new AbortController();
    const reason = new Error("enough");
    const network = make();
    const seen: number[] = [];
    const loop = async (more: FitOptions, after: () => unknown) => {
      for await (const { iteration } of network.train(data, { ...fit, ...more })) {
        seen.push(iteration);
        if (iteration === 7) await after();
      }
    };
    const endless = { iterations: 10_000_000, signal: abort.signal };
    const aborted = async () => {
      abort.abort(reason);
      await wait(20); // the training has ended, and nobody has asked
    };
    await expect(loop(endless, aborted)).rejects.toBe(reason);
    expect(seen).toEqual([0, 7]);
    await expect(loop({ learningRate: 1e30 }, () => {})).rejects.toBeInstanceOf(NotFiniteError);
    const own = new Error("of the loop");
    const thrown = loop({ iterations: 10_000_000 }, () => {
      throw own;
    });
    await expect(thrown).rejects.toBe(own);
    await network.fit(data, fit);
  });
});

test("the training waits for the loop, whose body sees the weights of then", async () => {
  const network = make();
  let reported = 0;
  const fit: FitOptions = {
    ...BASE,
    logEvery: 1,
    iterations: 6,
    onProgress: ({ iteration }) => (reported = iteration),
  };
  for await (const { iteration } of network.train(data, fit)) {
    const before = hashOf(network);
    await wait(60); // longer than from progress to progress
    expect(reported).toBeLessThanOrEqual(iteration + 1);
    expect(hashOf(network)).toBe(before);
    const other = make();
    await other.fit(data, { ...BASE, iterations: iteration + 1 });
    expect(before).toBe(hashOf(other));
  }
});

test("the generator returns the history", async () => {
  const run = make().train(data, { ...BASE, iterations: 1 });
  expect((await run.next()).value).toMatchObject({ iteration: 0 });
  expect(await run.next()).toEqual({ done: true, value: run.history });
});

test("what is asked too early or too late is refused, and wrong options when it begins", async () => {
  const run = make().train(data, BASE);
  expect(() => run.history).toThrow(expect.objectContaining({ code: "E_OPTION" }));
  expect(() => run.stop()).toThrow(/not under way/);
  for await (const _ of run) run.stop();
  expect(run.history.iterations).toBe(1);
  expect(() => run.learningRate).toThrow(/not under way/);
  await expect(
    make()
      .train(data, { ...BASE, learningRate: -1 })
      .next(),
  ).rejects.toMatchObject({ code: "E_OPTION" });
});

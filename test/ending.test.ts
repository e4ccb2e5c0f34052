// Early stopping, limits and held-out shares: when a training ends, and which weights it leaves.

import { describe, expect, test } from "vitest";
import { createDataset, kFold, split, subset } from "../src/dataset.js";
import { Network } from "../src/network.js";
import { Random } from "../src/random.js";
import type { FitOptions } from "../src/train/options.js";
import { hashOf, randomData } from "./data.js";

// noise with labels by chance: what is learnt of one half does not hold for the other
const noise = randomData(20, 60, "float64", 2);
const [train, held] = [0, 1].map((half) =>
  subset(
    noise,
    Array.from({ length: 30 }, (_, i) => 2 * i + half),
  ),
) as [typeof noise, typeof noise];
const chance = new Random(9);
const shuffled = { ...train, y: train.y.map(() => Number(chance.uniform() < 0.5)) };
const run = async (fit: FitOptions, data = shuffled) => {
  const network = new Network({ inputs: 20, layers: [16, 1], dtype: "float64" });
  const records: { iteration: number; hash: string }[] = [];
  const history = await network.fit(data, {
    ...{ iterations: 400, learningRate: 0.3, logEvery: 10, validation: held },
    onCost: ({ iteration }) => records.push({ iteration, hash: "" }),
    ...fit,
  });
  return { network, history, records };
};

describe.each(["direct", "gram"] as const)("patience, %s", (firstLayer) => {
  test("ends after records without a better cost, with the weights of the best", async () => {
    const { network, history } = await run({ patience: 5, firstLayer });
    const values = history.costs.map(({ validation }) => validation!.cost);
    const best = values.indexOf(Math.min(...values));
    expect(history.ended).toBe("patience");
    expect(values.length).toBe(best + 1 + 5);
    expect(history.best).toEqual({ iteration: 10 * best, value: values[best] });
    expect((await network.evaluate(held)).cost).toBeCloseTo(values[best]!, 12);
    // the weights are those of a training that ends there
    const short = await run({ iterations: 10 * best, firstLayer });
    expect(hashOf(network)).toBe(hashOf(short.network));
  });

  test("leaves the last weights where they are asked for", async () => {
    const { network, history } = await run({ patience: 5, restoreBest: false, firstLayer });
    const short = await run({ iterations: history.iterations, firstLayer });
    expect(hashOf(network)).toBe(hashOf(short.network));
  });
});

test("a gain below minDelta is none, and accuracy may be watched", async () => {
  expect((await run({ patience: 1, minDelta: 10 })).history.iterations).toBe(11);
  const { history } = await run({ patience: 3, monitor: "accuracy" });
  const values = history.costs.map(({ validation }) => validation!.accuracy);
  expect(history.best!.value).toBe(Math.max(...values));
  expect(history.ended).toBe("patience");
});

test("ends at a cost, at a time, and else when its iterations are done", async () => {
  const plain = { validation: undefined };
  const low = (await run({ ...plain, costLimit: 0.4 })).history;
  expect([low.ended, low.costs.at(-1)!.cost <= 0.4, low.costs.at(-2)!.cost > 0.4]).toEqual(["cost", true, true]);
  const late = (await run({ ...plain, timeLimit: 1e-9 })).history;
  expect([late.ended, late.costs.length]).toEqual(["time", 1]);
  expect((await run({ ...plain, iterations: 20 })).history).toMatchObject({ ended: "iterations", iterations: 20 });
});

test("accuracy that no record has is refused", async () => {
  await expect(run({ patience: 1, monitor: "accuracy", validation: undefined })).rejects.toMatchObject({
    ...{ code: "E_OPTION", message: expect.stringMatching(/no record has one; pass validation, or accuracy: true/) },
  });
});

test("in a worker it ends the same way", async () => {
  const { network, history } = await run({ patience: 5 });
  const apart = await run({ patience: 5, worker: true });
  expect(hashOf(apart.network)).toBe(hashOf(network));
  expect([apart.history.ended, apart.history.best]).toEqual([history.ended, history.best]);
});

describe("a share held out", () => {
  test("is drawn from the seed, of each class its share, and is not trained on", async () => {
    const data = randomData(5, 100, "float64", 4);
    const fit = { iterations: 20, logEvery: 10, seed: 4 };
    const network = new Network({ inputs: 5, layers: [4], output: "softmax" });
    const history = await network.fit(data, { ...fit, validation: 0.2 });
    const parts = split(data, { test: 0.2, seed: 4, stratify: true });
    expect([...parts.test.y].sort()).toEqual([0, 1, 2, 3].flatMap((label) => Array(5).fill(label)));
    const other = new Network({ inputs: 5, layers: [4], output: "softmax" });
    expect((await other.fit(parts.train, { ...fit, validation: parts.test })).costs).toEqual(history.costs);
    expect(hashOf(other)).toBe(hashOf(network));
  });

  test.each([0, 1, -0.5, Number.NaN])("%d is refused", async (validation) => {
    await expect(run({ validation })).rejects.toMatchObject({ code: "E_OPTION" });
  });

  test("beside weights of examples is refused", async () => {
    const message = expect.stringMatching(/sampleWeights.*pass a data set/);
    await expect(run({ validation: 0.2, sampleWeights: Array(30).fill(1) })).rejects.toMatchObject({ message });
  });
});

describe("stratified", () => {
  const data = createDataset({
    x: Array.from({ length: 50 }, (_, i) => [i]),
    y: Array.from({ length: 50 }, (_, i) => (i < 40 ? "many" : i < 47 ? "some" : "few")),
  });
  const counts = (y: Int32Array) => [0, 1, 2].map((label) => y.filter((one) => one === label).length);

  test("folds have of each class their share, and each example once", () => {
    const folds = kFold(data, 3, { stratify: true });
    for (const { train, validation } of folds) {
      expect(counts(validation.y)[0]).toBe(1); // of the three few
      expect([13, 14]).toContain(counts(validation.y)[1]);
      expect(train.count + validation.count).toBe(50);
    }
    expect(folds.flatMap(({ validation }) => [...validation.x]).sort((a, b) => a - b)).toEqual([...Array(50).keys()]);
  });

  test.each([50, 1000])("number j of the n of a class comes at (j + ½)/n of the way, of %i", (count) => {
    const y = Array.from({ length: count }, (_, i) => ((i * i) % 37) % 11); // eleven classes of unlike sizes
    const all = createDataset({ x: y.map((_, i) => [i]), y });
    const { train, test } = split(all, { test: 0.3, seed: 2, stratify: true });
    const order = [...train.y, ...test.y];
    const sizes = order.map((label) => order.filter((other) => other === label).length);
    const way = order.map(
      (label, i) => (order.slice(0, i).filter((other) => other === label).length + 0.5) / sizes[i]!,
    );
    expect(way).toEqual([...way].sort((a, b) => a - b));
    expect([...train.x, ...test.x].sort((a, b) => a - b)).toEqual([...y.keys()]);
  });

  test("is refused for numbers to predict", () => {
    const numbers = createDataset({ x: [[1], [2], [3]], y: [1, 2, 3], regression: true });
    for (const call of [() => split(numbers, { stratify: true }), () => kFold(numbers, 2, { stratify: true })]) {
      expect(call).toThrow(/numbers to predict; leave it out/);
    }
  });
});

// Cross-validation and the learning-rate range test: copies are trained, the network stays as it is.

import { describe, expect, test } from "vitest";
import { createDataset, kFold } from "../src/dataset.js";
import { Network } from "../src/network.js";
import { Random } from "../src/random.js";
import { hashOf } from "./data.js";

const random = new Random(4);
const x = Array.from({ length: 120 }, () => [random.normal(), random.normal()]);
const data = createDataset({ x, y: x.map(([a, b]) => Number(a! + b! > 0)) });
const make = (options: object = {}) => new Network({ inputs: 2, layers: [8, 1], seed: 3, ...options });
const FIT = { iterations: 60, learningRate: 0.3 };

describe("crossValidate", () => {
  test("evaluates each fold by a network that was trained on the others", async () => {
    const network = make();
    const before = hashOf(network);
    const result = await network.crossValidate(data, FIT, { folds: 4, metrics: ["f1"] });
    expect(hashOf(network)).toBe(before);
    expect([network.init, result.folds.length]).toEqual(["lecun", 4]);
    const folds = kFold(data, 4, { stratify: true });
    for (const [f, { train, validation }] of folds.entries()) {
      const one = make();
      await one.fit(train, FIT);
      expect(result.folds[f]!.evaluation).toEqual(await one.evaluate(validation, { metrics: ["f1"] }));
    }
    const values = result.folds.map(({ evaluation }) => evaluation.metrics.f1!);
    const mean = values.reduce((a, b) => a + b, 0) / 4;
    expect(result.metrics.f1!.mean).toBeCloseTo(mean, 14);
    expect(result.metrics.f1!.deviation).toBeCloseTo(
      Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3),
      14,
    );
    expect(result.accuracy.mean).toBeGreaterThan(0.9);
  });

  test("goes on from weights that were trained, and predicts numbers, too", async () => {
    const trained = make();
    await trained.fit(data, { ...FIT, iterations: 600 });
    const [first] = (await trained.crossValidate(data, { ...FIT, iterations: 1 }, { folds: 2 })).folds;
    expect(first!.history.costs[0]!.cost).toBeLessThan(0.2);
    const numbers = createDataset({ x, y: x.map(([a, b]) => a! * b!), regression: true });
    const network = make({ loss: "meanSquaredError" });
    const { accuracy, metrics } = await network.crossValidate(numbers, FIT, { folds: 3, metrics: ["r2"] });
    expect(accuracy.mean).toBeNaN();
    expect(metrics.r2!.mean).toBeLessThan(1);
  });

  test.each([{ folds: 1 }, { folds: 121 }, { fold: 3 } as object, { stratify: 1 } as object])(
    "refuses %j",
    async (options) => {
      await expect(make().crossValidate(data, FIT, options)).rejects.toMatchObject({ code: "E_OPTION" });
    },
  );
});

describe("findLearningRate", () => {
  test.each([
    ["sgd", 0.05, 5],
    ["adam", 0.001, 0.5],
  ] as const)("names a rate that %s trains well with, and stays below what harms", async (optimizer, least, most) => {
    const network = make();
    const before = hashOf(network);
    const { rate, reason, curve } = await network.findLearningRate(data, { optimizer, batchSize: 16 }, { to: 1000 });
    expect(hashOf(network)).toBe(before);
    expect(rate).toBeGreaterThan(least);
    expect(rate).toBeLessThan(most);
    expect(reason).toMatch(/falls from .* and rises beyond; this is 0.3 of it/);
    expect(curve.length).toBeLessThan(200);
    for (const [i, point] of curve.slice(1).entries()) {
      expect(point.rate / curve[i]!.rate).toBeCloseTo(10 ** (9 / 199), 10);
    }
    await network.fit(data, { optimizer, batchSize: 16, epochs: 20, learningRate: rate });
    expect((await network.evaluate(data)).accuracy).toBeGreaterThan(0.95);
  });

  test("says so where no rate helps", async () => {
    const zero = make({ init: "zeros" });
    const balanced = createDataset({
      x: [
        [0, 0],
        [0, 0],
      ],
      y: [0, 1],
    });
    const { reason } = await zero.findLearningRate(balanced);
    expect(reason).toMatch(/no rate made the cost fall/);
  });

  test.each([{ from: 1, to: 0.1 }, { iterations: 5 }, { from: 0 }, { start: 1 } as object])(
    "refuses %j",
    async (options) => {
      await expect(make().findLearningRate(data, {}, options)).rejects.toMatchObject({ code: "E_OPTION" });
    },
  );
});

// The running average of the weights: its formula, what is evaluated and left, in both forms of the first layer.

import { describe, expect, test } from "vitest";
import { Network } from "../src/network.js";
import type { FitOptions } from "../src/train/options.js";
import { randomData } from "./data.js";

const data = randomData(60, 24, "float64", 3);
const held = randomData(60, 9, "float64", 3);
const D = 0.9;
const make = () => new Network({ inputs: 60, layers: [7, 3], dtype: "float64" });

describe.each(["direct", "gram"] as const)("%s", (firstLayer) => {
  const fit: FitOptions = { learningRate: 0.2, firstLayer, threads: 1, logEvery: 1 };
  // averages of the weights of a training that keeps none, after each update
  const averages = async (iterations: number) => {
    const plain = make();
    const all = [plain.weights];
    for (let i = 1; i <= iterations; i++) {
      const one = make();
      await one.fit(data, { ...fit, iterations: i });
      all.push(
        one.weights.map(({ weight, bias }, l) => {
          const before = all[i - 1]![l]!;
          const mix = (now: ArrayLike<number>, old: ArrayLike<number>) =>
            Float64Array.from(now, (value, k) => D * old[k]! + (1 - D) * value);
          return { weight: mix(weight, before.weight), bias: mix(bias, before.bias) };
        }),
      );
    }
    return all;
  };

  test("is what the training leaves and what records are evaluated with", async () => {
    const wanted = await averages(8);
    const network = make();
    const { costs } = await network.fit(data, { ...fit, iterations: 8, ema: D, validation: held });
    network.weights.forEach(({ weight, bias }, l) => {
      for (const [got, want] of [
        [weight, wanted[8]![l]!.weight],
        [bias, wanted[8]![l]!.bias],
      ] as const) {
        got.forEach((value, i) => {
          expect(value).toBeCloseTo(want[i]!, 10);
        });
      }
    });
    for (const { iteration, validation } of costs) {
      const one = make();
      one.weights = wanted[iteration]!;
      expect(validation!.cost).toBeCloseTo((await one.evaluate(held)).cost, 10);
    }
  });

  test("is what early stopping keeps, and what an abort leaves", async () => {
    const network = make();
    const { best } = await network.fit(data, {
      ...fit,
      iterations: 60,
      ema: D,
      validation: held,
      patience: 3,
      minDelta: 1e-3,
    });
    expect((await network.evaluate(held)).cost).toBeCloseTo(best!.value, 10);
    const stopped = make();
    const controller = new AbortController();
    const aborted = stopped.fit(data, {
      ...{ ...fit, iterations: 1e6, ema: D, signal: controller.signal },
      onCost: ({ iteration }) => iteration === 4 && controller.abort(),
    });
    await expect(aborted).rejects.toThrow();
    const wanted = await averages(5);
    stopped.weights[1]!.weight.forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[5]![1]!.weight[i]!, 10);
    });
  });
});

// Weights of classes and examples: an example of weight 2 counts as two, and what cannot be a weight is refused.

import { describe, expect, test } from "vitest";
import { createDataset, subset } from "../src/dataset.js";
import { InputError } from "../src/errors.js";
import { Network } from "../src/network.js";
import { type ClassWeights, exampleWeights } from "../src/train/weights.js";
import { randomData } from "./data.js";

const data = createDataset({ x: [[1], [2], [3], [4], [5]], y: ["b", "a", "b", "b", "c"] });
const numbers = createDataset({ x: [[1], [2]], y: [1, 2], regression: true });

test.each<[string, ClassWeights, number[]]>([
  // scikit-learn: compute_class_weight("balanced", …) gives 5/3, 5/9, 5/3
  ["balanced", "balanced", [5 / 9, 5 / 3, 5 / 9, 5 / 9, 5 / 3]],
  ["in the order of the classes", [1, 2, 3], [2, 1, 2, 2, 3]],
  ["by name, 1 for the others", { c: 4 }, [1, 1, 1, 1, 4]],
])("of classes, %s", (_, classWeights, weights) => {
  const got = exampleWeights(data, { classWeights })!;
  got.forEach((weight, i) => {
    expect(weight).toBeCloseTo(weights[i]!, 15);
  });
});

test("of classes and examples are multiplied", () => {
  expect(exampleWeights(data, {})).toBeNull();
  expect([...exampleWeights(data, { classWeights: { a: 2 }, sampleWeights: [1, 3, 0, 1, 0.5] })!]).toEqual([
    1, 6, 0, 1, 0.5,
  ]);
});

test.each<[string, Parameters<typeof exampleWeights>[1], RegExp]>([
  ["a negative weight of a class", { classWeights: [1, -1, 1] }, /classWeights: the weight of 1 is -1; pass numbers/],
  ["a weight that is not finite", { sampleWeights: [1, 1, Number.NaN, 1, 1] }, /sampleWeights: the weight of 2 is NaN/],
  ["too few weights of classes", { classWeights: [1, 1] }, /2 numbers for 3 classes/],
  ["too many weights of examples", { sampleWeights: [1, 1, 1, 1, 1, 1] }, /6 numbers for 5 examples/],
  ["a name that is no class", { classWeights: { d: 1 } }, /"d" is no class; pass weights for some of a, b, c/],
  ["weights that are all 0", { sampleWeights: [0, 0, 0, 0, 0] }, /all weights are 0/],
])("%s is refused", (_, options, message) => {
  expect(() => exampleWeights(data, options)).toThrow(message);
  expect(() => exampleWeights(data, options)).toThrow(InputError);
});

test("weights of classes are refused for numbers to predict", () => {
  expect(() => exampleWeights(numbers, { classWeights: "balanced" })).toThrow(/numbers to predict; use sampleWeights/);
});

describe.each(["direct", "gram"] as const)("in a training, %s", (firstLayer) => {
  test("weight 2 is as an example that is there twice, weight 0 as one that is not there", async () => {
    const all = randomData(30, 12, "float64", 3);
    const kept = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    const twice = [1, 4];
    const train = async (set: typeof all, sampleWeights?: number[]) => {
      const network = new Network({ inputs: 30, layers: [6, 3], dtype: "float64" });
      const { costs } = await network.fit(set, { iterations: 20, learningRate: 0.1, firstLayer, sampleWeights });
      return { cost: costs[0]!.cost, weights: network.weights };
    };
    const repeated = await train(subset(all, [...kept, ...twice]));
    const weighted = await train(
      all,
      Array.from({ length: 12 }, (_, i) => (twice.includes(i) ? 2 : Number(kept.includes(i)))),
    );
    expect(weighted.cost).toBeCloseTo(repeated.cost, 14);
    weighted.weights.forEach(({ weight }, l) => {
      weight.forEach((value, i) => {
        expect(value).toBeCloseTo(repeated.weights[l]!.weight[i]!, 10);
      });
    });
  });
});

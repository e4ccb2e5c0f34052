// The promise of equal bits: the same training gives the same weights in plain TypeScript and in WebAssembly.

import { describe, expect, test } from "vitest";
import { type BackendName, type DType, losses } from "../src/catalogue.js";
import type { Dataset } from "../src/dataset.js";
import type { NetworkOptions } from "../src/network/options.js";
import { Network } from "../src/network.js";
import { Random } from "../src/random.js";
import type { FitOptions } from "../src/train/options.js";
import { hashOf, type Kind, randomData } from "./data.js";

interface Case {
  network: NetworkOptions;
  fit: FitOptions;
  count: number;
  x: Kind;
}

// Widths from 1 to 33, every activation, loss and optimizer, full batches and mini-batches with a smaller last one.
const CASES: Case[] = [
  { network: { inputs: 1, layers: [1] }, fit: { optimizer: "sgd" }, count: 3, x: "float64" },
  {
    network: { inputs: 5, layers: [3, 1], activation: "relu" },
    fit: { optimizer: "momentum" },
    count: 8,
    x: "float32",
  },
  {
    network: { inputs: 8, layers: [4, 3], activation: "tanh" },
    fit: { optimizer: "nesterov", batchSize: 4 },
    count: 18,
    x: "bytes",
  },
  {
    network: { inputs: 33, layers: [17, 9, 4], activation: "leakyRelu" },
    fit: { optimizer: "adam", batchSize: 16 },
    count: 41,
    x: "bytes",
  },
  {
    network: { inputs: 32, layers: [8, 8, 2], activation: "sigmoid" },
    fit: { optimizer: "rmsprop", batchSize: 7 },
    count: 25,
    x: "float32",
  },
  {
    network: { inputs: 31, layers: [33, 1], activation: "linear" },
    fit: { optimizer: "adamw" },
    count: 9,
    x: "float64",
  },
  {
    network: { inputs: 7, layers: [2, 5], loss: "meanSquaredError", activation: "tanh" },
    fit: { optimizer: "sgd", batchSize: 1 },
    count: 5,
    x: "float32",
  },
  {
    network: { inputs: 9, layers: [12, 3], loss: "meanSquaredError", output: "tanh", activation: "relu" },
    fit: { optimizer: "adam" },
    count: 16,
    x: "float64",
  },
  {
    network: { inputs: 64, layers: [6, 1], loss: "meanSquaredError", output: "sigmoid" },
    fit: { optimizer: "momentum", weightDecay: 0.1 },
    count: 17,
    x: "bytes",
  },
  {
    network: { inputs: 13, layers: [7, 5, 3, 10] },
    fit: { optimizer: "sgd", batchSize: 33, weightDecay: 0.01 },
    count: 100,
    x: "bytes",
  },
  {
    network: { inputs: 3, layers: [1, 1, 1], activation: "tanh" },
    fit: { optimizer: "rmsprop" },
    count: 300,
    x: "float32",
  },
  {
    network: { inputs: 65, layers: [20, 7, 5, 1], init: "lecun" },
    fit: { optimizer: "adamw", batchSize: 257 },
    count: 520,
    x: "bytes",
  },
  {
    network: { inputs: 12, layers: [15, 11], loss: "meanSquaredError", output: "leakyRelu", activation: "sigmoid" },
    fit: { optimizer: "nesterov", batchSize: 10 },
    count: 31,
    x: "float32",
  },
  {
    network: { inputs: 40, layers: [5, 4], loss: "meanSquaredError", output: "relu" },
    fit: { optimizer: "sgd" },
    count: 24,
    x: "float64",
  },
  {
    network: { inputs: 21, layers: [300, 9, 3], activation: "gelu" },
    fit: { optimizer: "adam", batchSize: 8 },
    count: 30,
    x: "float32",
  },
  {
    network: { inputs: 6, layers: [13, 2], loss: "huber", output: "geluTanh", activation: "geluTanh" },
    fit: { optimizer: "momentum" },
    count: 19,
    x: "float64",
  },
];

function dataOf({ network, count, x }: Case): Dataset {
  const { inputs, layers } = network;
  const outputs = layers[layers.length - 1]!;
  const data = randomData(inputs, count, x, Math.max(2, outputs));
  if (losses[network.loss ?? "binaryCrossEntropy"].targets === "labels" || outputs === 1) return data;
  const random = new Random(7);
  const y = Float64Array.from({ length: count * outputs }, () => random.normal());
  return { ...data, y, outputs, classes: null };
}

async function hashAfter50(testCase: Case, dtype: DType, backend: BackendName): Promise<string> {
  const network = new Network({ ...testCase.network, dtype, backend });
  const before = network.weights;
  await network.fit(dataOf(testCase), { iterations: 50, learningRate: 0.05, ...testCase.fit });
  let moved = false;
  network.weights.forEach(({ weight, bias }, l) => {
    moved ||= weight.some((value, i) => value !== before[l]!.weight[i]);
    for (const array of [weight, bias]) expect(array.every(Number.isFinite)).toBe(true);
  });
  expect(moved, "training moves the weights").toBe(true);
  return hashOf(network);
}

describe.each(["float32", "float64"] as const)("%s", (dtype) => {
  test.each(
    CASES.map(
      (testCase) => [JSON.stringify([testCase.network, testCase.fit, testCase.count, testCase.x]), testCase] as const,
    ),
  )("js and wasm give the same weights after 50 steps for %s", async (_, testCase) => {
    expect(await hashAfter50(testCase, dtype, "wasm")).toBe(await hashAfter50(testCase, dtype, "js"));
  });
});

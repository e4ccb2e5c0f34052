// Gradient clipping by global norm: PyTorch's trajectory, the same bits everywhere, and no clipping where the gradient is
// short.

import { describe, expect, test } from "vitest";
import type { Activation, BackendName, DType, Loss, OptimizerName } from "../src/catalogue.js";
import { createDataset } from "../src/dataset.js";
import { Network } from "../src/network.js";
import type { FitOptions } from "../src/train/options.js";
import { hashOf, randomData } from "./data.js";
import { readJson } from "./files.js";

interface Golden {
  readonly name: string;
  readonly inputs: number;
  readonly layers: number[];
  readonly activation: Activation;
  readonly loss: Loss;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly clipNorm: number;
  readonly x: number[][];
  readonly y: number[] | number[][];
  readonly start: { weight: number[]; bias: number[] }[];
  readonly costs: number[];
  readonly norms: number[];
  readonly end: { weight: number[]; bias: number[] }[];
}
// made with PyTorch 1.13 by scripts/golden-clipping.py
const { cases } = readJson<{ cases: Golden[] }>(new URL("golden/clipping.json", import.meta.url).pathname);

test.each(cases)("PyTorch's costs and weights over 50 steps in float64: $name", async (golden) => {
  const { inputs, layers, activation, loss, optimizer, learningRate, clipNorm } = golden;
  expect(golden.norms.some((norm) => norm > clipNorm)).toBe(true);
  const network = new Network({ inputs, layers, activation, loss, dtype: "float64" });
  network.weights = golden.start;
  const { x, y } = golden;
  const data = Array.isArray(y[0])
    ? createDataset({ x, y: y as number[][], regression: true })
    : createDataset({ x, y: y as number[] });
  const fit = { iterations: golden.costs.length, logEvery: 1, optimizer, learningRate, clipNorm };
  const { costs } = await network.fit(data, fit);
  // sums of at most 25 terms, fifty times over
  costs.forEach(({ cost }, i) => {
    expect(Math.abs(cost / golden.costs[i]! - 1), `cost ${i}`).toBeLessThan(1e-10);
  });
  network.weights.forEach(({ weight, bias }, l) => {
    const wanted = [...golden.end[l]!.weight, ...golden.end[l]!.bias];
    [...weight, ...bias].forEach((value, i) => {
      expect(Math.abs(value - wanted[i]!), `layer ${l + 1}, parameter ${i}`).toBeLessThan(1e-10);
    });
  });
});

// Several strips and blocks, a last batch that is smaller, more examples than are packed at a time.
const BITS: [string, number[], FitOptions, number][] = [
  ["mini-batches, Adam", [300, 70, 10], { optimizer: "adam", batchSize: 16 }, 41],
  ["a full batch", [20, 140, 3], { optimizer: "nesterov", weightDecay: 0.01 }, 600],
  ["one panel", [3, 4, 2], { optimizer: "sgd" }, 5],
];

describe.each(["float32", "float64"] as const)("the same bits in %s", (dtype: DType) => {
  test.each(BITS)("plain TypeScript and 1, 2, 3 and 8 threads: %s", async (_, [inputs, ...layers], fit, count) => {
    const data = randomData(inputs!, count, "bytes", layers[layers.length - 1]!);
    const hash = async (backend: BackendName, threads: number, clipNorm = 0.05) => {
      const network = new Network({ inputs: inputs!, layers, dtype, backend });
      await network.fit(data, { ...fit, iterations: 20, learningRate: 0.05, threads, clipNorm });
      const result = hashOf(network);
      network.dispose();
      return result;
    };
    const js = await hash("js", 1);
    for (const threads of [1, 2, 3, 8]) expect(await hash("wasm", threads), `${threads} threads`).toBe(js);
    expect(await hash("wasm", 1, 0), "without clipping").not.toBe(js);
    expect(await hash("wasm", 1, 1e9), "a limit that is never reached").toBe(await hash("wasm", 1, 0));
  });
});

test("the Gram form, which never has the first layer's gradient, is refused with it and not chosen", async () => {
  const data = randomData(900, 30);
  const network = new Network({ inputs: 900, layers: [12, 1] });
  const gram = network.fit(data, { iterations: 1, clipNorm: 1, firstLayer: "gram" });
  await expect(gram).rejects.toMatchObject({ code: "E_OPTION", message: expect.stringContaining("clipNorm") });
  expect((await network.fit(data, { iterations: 3000, clipNorm: 1 })).firstLayer).toBe("direct");
});

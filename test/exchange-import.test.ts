// Models of Keras, TensorFlow.js, PyTorch and PyTorch's ONNX exporter: the files and what NumPy makes of them are from
// scripts/golden-exchange.py. What is relative is relative to the largest answer: weights and sums are float32.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createDataset, type ImportOptions, importNetwork, Network } from "../src/index.js";
import golden from "./golden/exchange.json" with { type: "json" };
import { deviation } from "./onnx.js";

interface Golden {
  readonly x: number[][];
  readonly y: number[][];
  readonly files?: string[];
  readonly options?: ImportOptions;
  readonly loss?: string;
  readonly output: string;
  readonly layers: number[];
  readonly shape?: number[];
}

const file = (name: string) => ({
  name,
  bytes: new Uint8Array(readFileSync(new URL(`fixtures/exchange/${name}`, import.meta.url))),
});
const rows = Object.entries(golden) as unknown as [string, Golden][];

const load = (name: string, { files = [name], options = {} }: Partial<Golden> = {}, more: ImportOptions = {}) =>
  importNetwork(files.map(file), { ...options, ...more });

describe("a model of others", () => {
  test.each(rows)("answers as NumPy says: %s", async (name, row) => {
    const network = await load(name, row);
    expect(deviation(await network.predict(row.x), row.y.flat())).toBeLessThan(1e-6);
    expect([network.output, network.layers]).toEqual([row.output, row.layers]);
    if (row.loss) expect(network.loss).toBe(row.loss);
    expect(network.shape).toEqual(row.shape ?? [row.layers[0]]);
  });

  test.each(rows)("is saved, loaded and trained on: %s", async (name, row) => {
    const network = await load(name, row);
    const again = Network.load(network.save());
    expect(await again.predict(row.x)).toEqual(await network.predict(row.x));
    const outputs = row.layers.at(-1)!;
    const numbers = network.loss.startsWith("mean") || network.loss === "huber";
    const data = numbers
      ? createDataset({
          x: row.x,
          y: row.x.map((_, i) => Array.from({ length: outputs }, () => i / 4)),
          regression: true,
        })
      : createDataset({ x: row.x, y: row.x.map((_, i) => i % Math.max(2, outputs)) });
    const { costs } = await again.fit(
      { ...data, shape: network.shape, scale: network.scale },
      { iterations: 30, learningRate: 0.003, logEvery: 29 },
    );
    expect(costs.at(-1)!.cost).toBeLessThan(costs[0]!.cost);
  });
});

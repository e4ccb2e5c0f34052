// Models of Keras, TensorFlow.js, PyTorch and PyTorch's ONNX exporter: the files and what NumPy makes of them are from
// scripts/golden-exchange.py. What is relative is relative to the largest answer: weights and sums are float32.

import { readFileSync } from "node:fs";
import { unzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { ACTIVATIONS } from "../src/catalogue.js";
import { inspectHdf5 } from "../src/dataset/hdf5.js";
import {
  createDataset,
  type ImportOptions,
  importNetwork,
  Network,
  type NetworkOptions,
  networkToKeras,
} from "../src/index.js";
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

describe("networkToKeras", () => {
  const networks: NetworkOptions[] = [
    ...ACTIVATIONS.filter((name) => name !== "geluTanh").map((activation) => ({
      inputs: 5,
      layers: [6, 3],
      activation,
    })),
    { inputs: 4, layers: [6, 6, 1], normalization: "batch", dropout: 0.2, normMomentum: 0.03 },
    { inputs: 4, layers: [6, 6, 1], normalization: "layer", normEpsilon: 0.01, activation: "selu", inputNoise: 0.1 },
    { inputs: 12, layers: [3, 2], shape: [2, 2, 3], scale: 1 / 255, dropout: 0.5, activation: "selu" },
  ];

  test.each(networks)("is read to the same answers: %j", async (options) => {
    const network = new Network({ ...options, seed: 2, biasInit: 0.3 });
    const again = await importNetwork({ name: "a.keras", bytes: await networkToKeras(network) });
    const x = Float32Array.from({ length: 6 * network.inputs }, (_, i) => ((i * 37) % 23) / 7 - 1.5);
    expect(deviation(await again.predict(x), await network.predict(x))).toBeLessThan(1e-6);
    expect([again.layers, again.output, again.shape]).toEqual([network.layers, network.output, network.shape]);
    const { scale, summary } = again;
    expect([scale, summary.call(again)]).toEqual([network.scale, network.summary()]);
  });

  test("has what standardises, and the unit of what is predicted", async () => {
    const x = Array.from({ length: 30 }, (_, i) => [1000 + i, i % 7]);
    const data = createDataset({ x, y: x.map(([a, b]) => 5 * a! - 90 * b!), regression: true });
    const network = new Network({ inputs: 2, layers: [5, 1], output: "linear", standardize: true });
    await network.fit(data, { iterations: 20 });
    const again = await importNetwork({ name: "a.keras", bytes: await networkToKeras(network) });
    expect(deviation(await again.predict(x), await network.predict(x))).toBeLessThan(1e-6);
    expect(again.standardization!.targets!.mean[0]).toBeCloseTo(network.standardization!.targets!.mean[0]!, 6);
    const bare = await importNetwork({ name: "a.keras", bytes: await networkToKeras(network, { bare: true }) });
    expect(bare.standardization).toBeNull();
  });

  test("has Keras's members and variables", async () => {
    const network = new Network({ inputs: 3, layers: [4, 4, 2], normalization: "batch", dropout: 0.1 });
    const members = unzipSync(await networkToKeras(network));
    expect(Object.keys(members)).toEqual(["metadata.json", "config.json", "model.weights.h5"]);
    const entries = await inspectHdf5(members["model.weights.h5"]!);
    const listed = Object.fromEntries(entries.map(({ path, shape, type }) => [path, `${type} ${shape.join("x")}`]));
    expect(listed).toMatchObject({
      "layers/dense/vars/0": "float32 3x4",
      "layers/dense/vars/1": "float32 4",
      "layers/batch_normalization_1/vars/3": "float32 4",
      "layers/dropout/seed_generator/vars/0": "uint32 2",
      "layers/dense_2/vars/0": "float32 4x2",
    });
    expect(entries).toHaveLength(3 * 2 + 2 * 4 + 2);
  });

  test.each<[string, NetworkOptions]>([
    ["layer 2 adds its inputs", { inputs: 2, layers: [4, 4, 1], residual: true }],
    ["layer 1 has activation geluTanh", { inputs: 2, layers: [4, 1], activation: "geluTanh" }],
  ])("refuses what Keras has not: %s", async (message, options) => {
    await expect(networkToKeras(new Network(options))).rejects.toMatchObject({
      code: "E_OPTION",
      message: expect.stringContaining(message),
    });
  });
});

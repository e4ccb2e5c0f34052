// Permutation importance and partial dependence: scikit-learn's numbers, and their definitions over network.predict.

import { describe, expect, test } from "vitest";
import { createDataset, type Dataset } from "../src/dataset.js";
import { type ImportanceOptions, partialDependence, permutationImportance } from "../src/explain.js";
import type { MetricName } from "../src/metrics.js";
import { Network } from "../src/network.js";
import { randomData } from "./data.js";
import { readJson } from "./files.js";

interface Golden {
  readonly name: string;
  readonly seed: number;
  readonly metric: MetricName;
  readonly score: number | null;
  readonly weights: { weight: number[]; bias: number[] }[];
  readonly widths: [number, number, number];
  readonly x: number[][];
  readonly y: number[];
  readonly losses: number[][];
  readonly mean: number[];
  readonly deviation: number[];
  readonly dependence: Record<string, { grid: number; values: number[]; outputs: number[][] }>;
}
// made with scikit-learn 1.2 by scripts/golden-explain.py
const { cases } = readJson<{ cases: Golden[] }>(new URL("golden/explain.json", import.meta.url).pathname);

function networkOf({ widths: [inputs, ...layers], weights, metric }: Golden): Network {
  const numbers = metric === "r2" || metric === "mse";
  const network = new Network({
    ...{ inputs, layers, activation: "tanh", dtype: "float64" },
    ...(numbers && { output: "linear", loss: "meanSquaredError" }),
  });
  network.weights = weights;
  return network;
}
function dataOf({ x, y, metric }: Golden): Dataset {
  const numbers = metric === "r2" || metric === "mse";
  return numbers ? createDataset({ x, y: y.map((value) => [value]), regression: true }) : createDataset({ x, y });
}
const near = (got: number, wanted: number, what: string) =>
  expect(Math.abs(got - wanted), what).toBeLessThan(1e-11 * Math.max(1, Math.abs(wanted))); // sums of at most 61 terms

describe.each(cases)("scikit-learn's numbers: $name", (golden) => {
  const [network, data] = [networkOf(golden), dataOf(golden)];

  test("permutation importance, with its own orders", async () => {
    const { metric, seed } = golden;
    const { score, features } = await permutationImportance(network, data, { metric, seed, repeats: 4 });
    if (golden.score !== null) near(score, golden.score, "score");
    expect(features.map(({ feature }) => feature)).toEqual(golden.mean.map((_, j) => j));
    for (const { feature, losses, mean, deviation } of features) {
      losses.forEach((loss, r) => {
        near(loss, golden.losses[feature]![r]!, `feature ${feature}, repeat ${r}`);
      });
      near(mean, golden.mean[feature]!, `mean of ${feature}`);
      near(deviation, golden.deviation[feature]!, `deviation of ${feature}`);
    }
  });

  test.each(Object.entries(golden.dependence))("partial dependence on feature %s", async (name, wanted) => {
    const points = await partialDependence(network, data, { feature: Number(name), grid: wanted.grid });
    expect(points.length).toBe(wanted.values.length);
    points.forEach(({ value, outputs }, i) => {
      near(value, wanted.values[i]!, `value ${i}`);
      outputs.forEach((output, c) => {
        near(output, wanted.outputs[i]![c]!, `output ${c} at value ${i}`);
      });
    });
  });
});

describe("bytes, in float32", () => {
  const data = randomData(9, 21, "bytes", 3);
  const network = new Network({ inputs: 9, layers: [5, 3] });

  test("a feature set to a value, by hand", async () => {
    const values = [0, 127.5, 300];
    const points = await partialDependence(network, data, { feature: 4, values });
    for (const [v, { value, outputs }] of points.entries()) {
      expect(value).toBe(values[v]);
      const x = Float64Array.from(data.x, (old, i) => (i % 9 === 4 ? value : old));
      const answers = Array.from(await network.predict({ ...data, x }));
      const sums = [0, 1, 2].map((c) => answers.filter((_, i) => i % 3 === c).reduce((sum, p) => sum + p, 0));
      outputs.forEach((output, c) => {
        expect(output).toBeCloseTo(sums[c]! / 21, 6);
      });
    }
  });

  test("some features, in the order they are asked for; the data stay as they are", async () => {
    const before = data.x.slice();
    const shares: number[] = [];
    const options: ImportanceOptions = { metric: "logLoss", repeats: 2, onProgress: (share) => shares.push(share) };
    const all = await permutationImportance(network, data, options);
    expect(shares).toEqual(Array.from({ length: 9 }, (_, j) => (j + 1) / 9));
    const some = await permutationImportance(network, data, { ...options, features: [7, 2] });
    expect(some.features).toEqual([all.features[7], all.features[2]]);
    expect(data.x).toEqual(before);
    const { cost } = await network.evaluate(data);
    expect(all.score).toBeCloseTo(cost, 6); // the same sum in float32 and in double
  });

  test("more rows than are asked for at a time give the mean of all", async () => {
    // 3 rows of 400,000 numbers are two chunks
    const wide = randomData(400_000, 3, "bytes");
    const line = new Network({ inputs: 400_000, layers: [1] });
    const [point] = await partialDependence(line, wide, { feature: 399_999, values: [7] });
    const x = wide.x.slice() as Uint8Array;
    for (let i = 1; i <= 3; i++) x[400_000 * i - 1] = 7;
    const answers = await line.predict({ ...wide, x });
    expect(point!.outputs[0]).toBeCloseTo((answers[0]! + answers[1]! + answers[2]!) / 3, 7);
  });

  test("an abort is heard, and mistakes are told in a sentence", async () => {
    const reason = new Error("enough");
    const stop = new AbortController();
    const onProgress = () => stop.abort(reason);
    await expect(permutationImportance(network, data, { signal: stop.signal, onProgress })).rejects.toBe(reason);
    const refused = (action: Promise<unknown>, message: string) =>
      expect(action).rejects.toMatchObject({ message: expect.stringContaining(message) });
    await refused(permutationImportance(network, data, { metric: "r2" }), "metric r2 is of numbers, the data set has");
    await refused(permutationImportance(network, data, { features: [9] }), "features is 9; pass a whole number from 0");
    await refused(permutationImportance(network, data, { repeats: 0 }), "repeats is 0");
    await refused(partialDependence(network, data, { feature: 9 }), "feature is 9; pass a whole number from 0 to 8.");
    await refused(partialDependence(network, data, {} as never), "feature is undefined");
    const most = createDataset({ x: Array.from({ length: 200 }, (_, i) => [i < 195 ? 5 : i]), y: Array(200).fill(0).fill(1, 7) }); // biome-ignore format: one set
    await refused(
      partialDependence(new Network({ inputs: 1, layers: [1] }), most, { feature: 0, grid: 5 }),
      "pass values",
    );
  });
});

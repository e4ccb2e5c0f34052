// Standardising: fitted on what is trained on, kept with the network, undone in what it answers.

import { describe, expect, test } from "vitest";
import { createDataset, type Dataset, kFold, split, subset } from "../src/dataset.js";
import { readSafetensors, writeSafetensors } from "../src/network/safetensors.js";
import { fitStandardization } from "../src/network/standardize.js";
import { Network } from "../src/network.js";
import { Random } from "../src/random.js";
import { hashOf } from "./data.js";

// 61 houses: area in m², year, and always 3; their price in two currencies
const random = new Random(8);
const houses = Array.from({ length: 61 }, () => [80 + 25 * random.normal(), 1970 + 20 * random.normal(), 3]);
const prices = houses.map(([area, year]) => [3000 * area! + 100 * (year! - 1900), (area! * (year! - 1900)) / 4]);
const numbers = createDataset({ x: houses, y: prices, regression: true });
const labels = createDataset({ x: houses, y: houses.map(([area, year]) => Number(area! > year! - 1890)) });
const FIT = { epochs: 30, batchSize: 16, optimizer: "adam", learningRate: 0.01 } as const;
const make = (options: object = {}) =>
  new Network({ inputs: 3, layers: [7, 2], output: "linear", seed: 5, standardize: true, ...options });
const classifier = (options: object = {}) =>
  new Network({ inputs: 3, layers: [7, 1], seed: 5, standardize: true, ...options });

/** (v − mean) / deviation of each column, by Welford's recurrence, M₁ = v₁, Mₙ = Mₙ₋₁ + (vₙ − Mₙ₋₁)/n. */
function byHand(rows: number[][], like = rows): number[][] {
  return rows.map((row) =>
    row.map((value, j) => {
      const column = like.map((other) => other[j]!);
      const means = [0];
      for (const [i, v] of column.entries()) means.push(means[i]! + (v - means[i]!) / (i + 1));
      const mean = means[column.length]!;
      const squares = column.reduce((sum, v, i) => sum + (v - means[i]!) * (v - means[i + 1]!), 0);
      const deviation = Math.sqrt(squares / column.length);
      return (value - mean) / (deviation || 1);
    }),
  );
}

test("mean and deviation are those of scikit-learn's StandardScaler, 1 for a constant column", () => {
  // StandardScaler().fit(x) of scikit-learn 1.2: mean_, scale_. The last column is 0.1 + 0.2 and 0.3, alike but for rounding.
  const x = [
    [1, 5, 100, 0.1 + 0.2],
    [2, 5, -300, 0.3],
    [4, 5, 250, 0.3],
  ];
  const { inputs, targets } = fitStandardization(createDataset({ x, y: [0, 1, 0] }), "standard", true);
  const want = SKLEARN;
  for (const [j, mean] of want.mean.entries()) expect(inputs.mean[j]).toBeCloseTo(mean, 13);
  for (const [j, deviation] of want.scale.entries()) expect(inputs.deviation[j]).toBeCloseTo(deviation, 11);
  expect(targets).toBeNull(); // labels have none
});
const SKLEARN = { mean: [7 / 3, 5, 50 / 3, 0.3], scale: [1.247219128924647, 1, 232.13980461973534, 1] };

test("numbers that have no mean are refused by their column", async () => {
  const huge = createDataset({
    x: [
      [1, 1e308, 1],
      [2, -1e308, 2],
    ],
    y: [
      [1, 2],
      [3, 4],
    ],
    regression: true,
  });
  await expect(make({ dtype: "float64" }).fit(huge, FIT)).rejects.toMatchObject({
    ...{ code: "E_NOT_FINITE_DATA", message: expect.stringMatching(/column 1 of x/) },
  });
});

describe.each(["wasm", "js"] as const)("on %s", (backend) => {
  test("a training is that on columns standardised by hand, to the bit, and answers in the targets' unit", async () => {
    const network = make({ backend, dtype: "float64" });
    const { costs } = await network.fit(numbers, FIT);
    const plain = make({ standardize: false, backend, dtype: "float64" });
    const x = byHand(houses);
    const own = await plain.fit(createDataset({ x, y: byHand(prices), regression: true }), FIT);
    expect(costs).toEqual(own.costs);
    expect(hashOf(network)).toBe(hashOf(plain));

    const answers = await network.predict(houses.slice(0, 9));
    const raw = await plain.predict(x.slice(0, 9));
    const { mean, deviation } = network.standardization!.targets!;
    expect([...answers]).toEqual([...raw].map((value, i) => value * deviation[i % 2]! + mean[i % 2]!));

    const { cost, metrics } = await network.evaluate(numbers, { metrics: ["rmse", "mae", "r2"] });
    const standard = await plain.evaluate(createDataset({ x, y: byHand(prices), regression: true }));
    expect(cost).toBe(standard.cost);
    const all = await network.predict(houses);
    const errors = [...all].map((value, i) => value - prices[i >> 1]![i % 2]!);
    expect(metrics.mae).toBeCloseTo(errors.reduce((sum, e) => sum + Math.abs(e), 0) / errors.length, 6);
    expect(metrics.mae).toBeGreaterThan(100); // of currencies, not of deviations
    expect(metrics.r2).toBeGreaterThan(0.8);
  });
});

test("both backends and a worker give the same bits, in float32 and in Gram form, too", async () => {
  for (const [data, one] of [
    [numbers, make],
    [labels, classifier],
  ] as const) {
    const networks = [one(), one({ backend: "js" }), one(), one({ seed: 6 })];
    for (const [i, network] of networks.entries()) await network.fit(data as Dataset, { ...FIT, worker: i === 2 });
    const bits = await Promise.all(networks.map((network) => network.fingerprint()));
    expect(bits[1]).toBe(bits[0]);
    expect(bits[2]).toBe(bits[0]);
    expect(bits[3]).not.toBe(bits[0]);
    const answers = await Promise.all(networks.map((network) => network.predict(houses)));
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  }
  const [direct, gram] = [make({ dtype: "float64" }), make({ dtype: "float64" })];
  const sgd = { iterations: 40, learningRate: 0.05 };
  await direct.fit(numbers, { ...sgd, firstLayer: "direct" });
  await gram.fit(numbers, { ...sgd, firstLayer: "gram" });
  const [a, b] = await Promise.all([direct.predict(houses), gram.predict(houses)]);
  for (const [i, value] of a.entries()) expect(b[i]! / value).toBeCloseTo(1, 10);
});

test("what is held out is not looked at", async () => {
  const network = make();
  await network.fit(numbers, { ...FIT, validation: 0.25, metrics: ["mae"], seed: 3 });
  const { train } = split(numbers, { test: 0.25, seed: 3 });
  expect(network.standardization).toEqual(fitStandardization(train, "standard", true));
  expect(network.standardization).not.toEqual(fitStandardization(numbers, "standard", true));
});

test("metrics of records are in the targets' unit, in a worker, too", async () => {
  for (const worker of [false, true]) {
    const network = make();
    const { costs } = await network.fit(numbers, { ...FIT, validation: numbers, metrics: ["mae"], worker });
    expect(costs[0]!.validation!.metrics!.mae).toBeGreaterThan(10_000);
    expect(costs[0]!.validation!.cost).toBeLessThan(10);
  }
});

test("bytes are standardised after their scale, so that scaled copies of them are the same examples", async () => {
  const bytes = Uint8Array.from({ length: 40 * 3 }, () => random.integer(255));
  const y = Array.from({ length: 40 }, (_, i) => i % 2);
  const network = classifier({ dtype: "float64" });
  await network.fit(createDataset({ x: bytes, shape: [3], y, scale: 1 / 255 }), FIT);
  expect(network.scale).toBe(1 / 255);
  expect(Math.abs(network.standardization!.inputs.mean[0]! - 0.5)).toBeLessThan(0.2);
  const raw = await network.predict(bytes);
  const scaled = Float64Array.from(bytes, (byte) => byte * (1 / 255));
  expect(await network.predict({ x: scaled, count: 40, features: 3, shape: [3], scale: 1 })).toEqual(raw);
});

test("targets stay as they are where the output is not linear", async () => {
  const counts = createDataset({ x: houses, y: houses.map(([area]) => Math.round(area! / 40)), regression: true });
  const network = new Network({ inputs: 3, layers: [4, 1], loss: "poisson", standardize: true });
  await network.fit(counts, FIT);
  expect(network.standardization!.targets).toBeNull();
});

test("a later training keeps what the weights were trained with; one that never began does not", async () => {
  const network = make();
  await network.fit(numbers, FIT);
  const first = network.standardization;
  await network.fit(subset(numbers, [0, 1, 2, 3, 4, 5]), FIT);
  expect(network.standardization).toEqual(first);
  const untrained = make();
  await untrained.fit(subset(numbers, [0, 1, 2, 3, 4, 5]), { ...FIT, epochs: 0 });
  await untrained.fit(numbers, FIT);
  expect(untrained.standardization).toEqual(first);
});

describe("a file", () => {
  test("brings it along, in a layout that older readers refuse", async () => {
    const network = make();
    await network.fit(numbers, FIT);
    const file = network.save();
    const { tensors, metadata } = readSafetensors(file);
    expect(JSON.parse(metadata.wasmlp!)).toMatchObject({ version: 2, standardize: true });
    expect([...tensors.keys()].slice(-4)).toEqual([
      ...["standardize.inputs.mean", "standardize.inputs.deviation"],
      ...["standardize.targets.mean", "standardize.targets.deviation"],
    ]);
    const loaded = Network.load(file);
    expect(loaded.standardization).toEqual(network.standardization);
    expect(await loaded.predict(houses)).toEqual(await network.predict(houses));
    expect(loaded.save()).toEqual(file);
    const plain = make({ standardize: false });
    expect(JSON.parse(readSafetensors(plain.save()).metadata.wasmlp!)).toMatchObject({ version: 1 });
  });

  test.each<[string, (name: string, data: Float64Array) => Float64Array | null, RegExp]>([
    ["another mean", (name, data) => (/inputs.mean/.test(name) ? data.map((v) => v + 1) : data), /changed since/],
    ["no deviation", (name, data) => (/inputs.dev/.test(name) ? null : data), /not those of its columns/],
    ["a deviation of 0", (name, data) => (/inputs.dev/.test(name) ? data.map(() => 0) : data), /not those of its/],
    ["a column less", (name, data) => (/inputs.mean/.test(name) ? data.slice(1) : data), /not those of its columns/],
    ["half of the targets'", (name, data) => (/targets.mean/.test(name) ? null : data), /7 tensors instead of 6/],
  ])("with %s is refused", async (_, change, message) => {
    const network = make();
    await network.fit(numbers, FIT);
    const { tensors, metadata } = readSafetensors(network.save());
    const changed = [...tensors.values()].flatMap((tensor) => {
      const data = tensor.name.startsWith("standardize")
        ? change(tensor.name, tensor.data as Float64Array)
        : tensor.data;
      return data ? [{ ...tensor, data, ...(data.length < tensor.data.length && { shape: [data.length] }) }] : [];
    });
    const load = () => Network.load(writeSafetensors(changed, metadata));
    expect(load).toThrow(expect.objectContaining({ code: "E_MODEL", message: expect.stringMatching(message) }));
  });
});

test("a checkpoint keeps it: resumed to the same bits, and on other data still by the first", async () => {
  const saved: Uint8Array[] = [];
  const whole = make();
  const checkpoint = { every: 40, save: (bytes: Uint8Array) => saved.push(bytes) };
  await whole.fit(numbers, { ...FIT, checkpoint });
  const resumed = make();
  await resumed.fit(numbers, { ...FIT, resumeFrom: saved[0]! });
  expect(await resumed.fingerprint()).toBe(await whole.fingerprint());
  const elsewhere = make();
  const others = subset(numbers, [...Array(61).keys()].reverse());
  const moved = { ...others, x: others.x.map((value) => value + 1) };
  await elsewhere.fit(moved, { ...FIT, resumeFrom: saved[0]!, resumeAnyway: true });
  expect(elsewhere.standardization).toEqual(whole.standardization);
  const plain = make({ standardize: false });
  await expect(plain.fit(numbers, { ...FIT, resumeFrom: saved[0]!, resumeAnyway: true })).rejects.toMatchObject({
    ...{ code: "E_CHECKPOINT", message: expect.stringMatching(/scaling "standard"/) },
  });
});

test("each part of a cross-validation is standardised by what it is trained on", async () => {
  const network = make();
  const { folds } = await network.crossValidate(numbers, FIT, { folds: 3, metrics: ["mae"] });
  for (const [f, { train, validation }] of kFold(numbers, 3).entries()) {
    const one = make();
    await one.fit(train, FIT);
    expect(folds[f]!.evaluation).toEqual(await one.evaluate(validation, { metrics: ["mae"] }));
  }
});

test("gradients are checked as they would be trained, before and after", async () => {
  const network = make({ activation: "tanh" });
  const before = await network.checkGradients(numbers);
  expect(before.every(({ passed }) => passed)).toBe(true);
  expect(before[0]!.norm).toBeLessThan(10); // of raw numbers it is some 10⁸
  await network.fit(numbers, FIT);
  expect((await network.checkGradients(numbers)).every(({ passed }) => passed)).toBe(true);
});

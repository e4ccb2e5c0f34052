// The doctor who tries: the cure it names was seen to help, it gives up what does not, and it leaves the network as it was.

import { describe, expect, test } from "vitest";
import { createDataset, type Dataset, split } from "../src/dataset.js";
import type { Change } from "../src/history.js";
import { Network } from "../src/network.js";
import { Random } from "../src/random.js";

/** Points in a ring and in its middle, or numbers to predict: their squared distance. */
function rings({ count = 300, regression = false, factor = 1, seed = 4 } = {}): { train: Dataset; test: Dataset } {
  const random = new Random(seed);
  const x = Array.from({ length: count }, () => [random.normal(), random.normal()]);
  const size = x.map(([a, b]) => a! * a! + b! * b!);
  const rows = x.map((row) => row.map((value) => factor * value));
  const all = regression
    ? createDataset({ x: rows, y: size.map((s) => [s]), regression: true })
    : createDataset({ x: rows, y: size.map((s) => (s > 1.4 ? "out" : "in")) });
  return split(all, { test: 0.3, seed: 2 });
}

const FIT = { iterations: 600, optimizer: "adam", learningRate: 0.01, threads: 1 } as const;

describe("names what helps, with the scores before and after", () => {
  test.each([
    ["weights too small", { init: 1e-4, layers: [16, 8, 8, 1] }, { optimizer: "sgd", learningRate: 0.1 }, "init"],
    ["a rate too small", {}, { learningRate: 1e-6 }, "learningRate"],
    ["a rate too large", {}, { learningRate: 3 }, "learningRate"],
    ["no hidden layer", { layers: [1] }, {}, "layers"],
    ["linear layers", { activation: "linear" }, {}, "activation"],
    ["decay", {}, { weightDecay: 1 }, "weightDecay"],
    ["dropout", { dropout: 0.95 }, {}, "dropout"],
  ] as const)("%s", async (_, options, fit, name) => {
    const { train, test } = rings();
    const network = new Network({ inputs: 2, layers: [16, 8, 1], ...options });
    const { findings, score, measure, trials } = await network.diagnose(train, { ...FIT, ...fit, validation: test });
    expect(measure).toBe("accuracy");
    expect(score).toBeLessThan(0.8);
    const [first] = findings;
    expect(Object.keys(first!.change)).toContain(name);
    expect(first!.before).toBe(score);
    expect(first!.after).toBeGreaterThan(0.9);
    expect(trials).toContainEqual({ change: first!.change, score: first!.after });
    expect(first!.confidence).not.toBe("possible");
  });

  test("numbers to predict, by R²", async () => {
    const { train, test } = rings({ regression: true, factor: 200 });
    const network = new Network({ inputs: 2, layers: [16, 8, 1], output: "linear" });
    const { findings, measure } = await network.diagnose(train, {
      ...{ iterations: 500, learningRate: 0.01, threads: 1 },
      validation: test,
    });
    expect(measure).toBe("r2");
    expect(findings[0]!.change).toEqual({ standardize: true });
    expect(findings[0]!.after).toBeGreaterThan(0.8);
    expect(findings[0]!.before).toBeNaN();
  });
});

test("a healthy training has no finding", async () => {
  const { train, test } = rings();
  const { findings, score } = await new Network({ inputs: 2, layers: [16, 8, 1] }).diagnose(train, {
    ...FIT,
    validation: test,
  });
  expect(findings).toEqual([]);
  expect(score).toBeGreaterThan(0.9);
});

test("a rate that is good only where it falls: a schedule is the cure", async () => {
  const { train, test } = rings({ regression: true, count: 600 });
  const network = new Network({ inputs: 2, layers: [16, 8, 1], output: "linear" });
  const fit = {
    epochs: 60,
    batchSize: 4,
    optimizer: "adam",
    learningRate: 0.03,
    threads: 1,
    validation: test,
  } as const;
  const { trials, score } = await network.diagnose(train, fit);
  const falling = trials.find(({ change }) => change.schedule === "cosine")!;
  expect(falling.score).toBeGreaterThan(score);
  const { trials: others } = await network.diagnose(train, { ...fit, epochs: 2, schedule: "exponential" });
  expect(others.map(({ change }) => change.schedule)).not.toContain("cosine");
});

test("the narrow layer of an autoencoder is not widened", async () => {
  const random = new Random(3);
  const x = Array.from({ length: 120 }, () => {
    const [a, b] = [random.normal(), random.normal()];
    return [a, b, a + b, a - b, a * b, b * b - 1];
  });
  const network = new Network({ inputs: 6, layers: [4, 6], output: "linear" });
  const fit = { iterations: 200, optimizer: "adam", learningRate: 0.01, threads: 1 } as const;
  const widths = async (y: number[][]) =>
    (await network.diagnose(createDataset({ x, y, regression: true }), fit)).trials.map(({ change }) => change.layers);
  expect((await widths(x)).some(Boolean)).toBe(false);
  const other = new Network({ inputs: 6, layers: [4, 5], output: "linear" });
  const { trials } = await other.diagnose(createDataset({ x, y: x.map((row) => row.slice(1)), regression: true }), fit);
  expect(trials.some(({ change }) => change.layers)).toBe(true);
});

test("what is sure stands, though no training shows it", async () => {
  const { train, test } = rings();
  const both = { ...test, x: train.x.slice(0, test.x.length), y: train.y.slice(0, test.count) } as Dataset;
  const { findings } = await new Network({ inputs: 2, layers: [16, 8, 1] }).diagnose(train, {
    ...FIT,
    validation: both,
  });
  expect(findings[0]).toMatchObject({ code: "duplicate-rows", confidence: "sure" });
});

test("a fifth is held out where nothing was passed, the network stays, and the report comes again", async () => {
  const { train } = rings();
  const network = new Network({ inputs: 2, layers: [16, 8, 1], init: 1e-3 });
  const before = await network.fingerprint();
  const tried: [Change | null, number, number][] = [];
  const fit = { ...FIT, iterations: 100 };
  const first = await network.diagnose(train, fit, { onTrial: (...trial) => tried.push(trial) });
  const count = first.trials.length;
  expect(tried.slice(0, count + 1)).toEqual([
    [null, 0, 0],
    ...first.trials.map(({ change }, i) => [change, i + 1, count]),
  ]);
  expect(await network.fingerprint()).toBe(before);
  expect(network.init).toBe(1e-3);
  const { seconds: _, ...again } = await network.diagnose(train, fit);
  expect({ ...first, seconds: undefined }).toEqual({ ...again, seconds: undefined });
});

test("weights that were set stay with changes that have nothing to do with them, and go with others", async () => {
  const { train, test } = rings();
  const network = new Network({ inputs: 2, layers: [16, 1] });
  const weights = network.weights;
  weights[0]!.bias.fill(-100);
  network.weights = weights;
  const { findings } = await network.diagnose(train, { ...FIT, learningRate: 0.001, validation: test });
  expect(findings[0]).toMatchObject({ code: "dead-units", change: { init: "lecun" } });
  expect(findings[0]!.after).toBeGreaterThan(findings[0]!.before + 0.1);
});

test("no trial begins when the time is up", async () => {
  const { train } = rings();
  const network = new Network({ inputs: 2, layers: [16, 8, 1], init: 1e-4 });
  const { left, trials } = await network.diagnose(train, { ...FIT, iterations: 50 }, { maxSeconds: 1e-9 });
  expect(trials).toEqual([]);
  expect(left).toBeGreaterThan(5);
});

test("other options than its own are refused", async () => {
  const { train } = rings();
  const network = new Network({ inputs: 2, layers: [1] });
  await expect(network.diagnose(train, FIT, { maxSeconds: 0 })).rejects.toMatchObject({ code: "E_OPTION" });
  await expect(network.diagnose(train, {} as never)).rejects.toMatchObject({ code: "E_OPTION" });
});

// L-BFGS: on a quadratic, to its tolerance, the same everywhere, taken up again; that its trajectory is PyTorch's is
// optimizers.test.ts's.

import { describe, expect, test } from "vitest";
import { createDataset } from "../src/dataset.js";
import type { NetworkOptions } from "../src/network/options.js";
import { Network } from "../src/network.js";
import { Random } from "../src/random.js";
import { type Point, searchLine } from "../src/train/line-search.js";
import type { FitOptions } from "../src/train/options.js";
import { randomData } from "./data.js";

const random = new Random(4);
const x = Array.from({ length: 40 }, () => Array.from({ length: 5 }, () => random.normal()));
// a plane with an offset: what a linear layer can find exactly
const plane = createDataset({ x, y: x.map((row) => [row[0]! * 2 - row[3]! + 0.5]), regression: true });
const classes = randomData(9, 60, "float32", 3);
const make = (options: Partial<NetworkOptions> = {}) =>
  new Network({ inputs: 9, layers: [7, 3], activation: "tanh", seed: 3, ...options });
const fit: FitOptions = { optimizer: "lbfgs", iterations: 25, threads: 1, logEvery: 1 };

test("a plane is found to the last digits, and the training ends there", async () => {
  const network = new Network({ inputs: 5, layers: [1], output: "linear", dtype: "float64" });
  const history = await network.fit(plane, { ...fit, iterations: 500 });
  expect(history.ended).toBe("tolerance");
  expect(history.iterations).toBeLessThan(30);
  const [{ weight, bias }] = network.weights as [{ weight: Float64Array; bias: Float64Array }];
  [2, 0, 0, -1, 0].forEach((value, k) => {
    expect(weight[k]).toBeCloseTo(value, 4);
  });
  expect(bias[0]).toBeCloseTo(0.5, 4);
  // at the minimum nothing is left to do
  const again = await network.fit(plane, { ...fit, tolerance: 1e-3 });
  expect([again.ended, again.iterations]).toEqual(["tolerance", 1]);
});

test("with a decay the minimum is that of cost + ½·λ·‖w‖²", async () => {
  const network = new Network({ inputs: 5, layers: [1], output: "linear", dtype: "float64" });
  const decay = 0.3;
  await network.fit(plane, { ...fit, iterations: 500, weightDecay: decay });
  const [{ weight, bias }] = network.weights as [{ weight: Float64Array; bias: Float64Array }];
  // there the gradient 2/m·Σ(w·x + b − y)·x + λ·w is 0, and that of the bias without a decay
  const errors = x.map((row, i) => row.reduce((sum, value, k) => sum + weight[k]! * value, bias[0]!) - plane.y[i]!);
  for (let k = 0; k < 5; k++) {
    const slope = errors.reduce((sum, error, i) => sum + (2 / 40) * error * x[i]![k]!, decay * weight[k]!);
    expect(slope).toBeCloseTo(0, 4);
  }
  expect(errors.reduce((a, b) => a + b, 0) / 40).toBeCloseTo(0, 4);
});

test.each(["float32", "float64"] as const)(
  "%s: the same bits in js and wasm, on 1, 2, 3 and 8 threads",
  async (dtype) => {
    const prints = new Set<string>();
    for (const [backend, threads] of [
      ["js", 1],
      ["wasm", 1],
      ["wasm", 2],
      ["wasm", 3],
      ["wasm", 8],
    ] as const) {
      const network = make({ backend, dtype, normalization: "layer", layers: [7, { units: 7, residual: true }, 3] });
      const { costs } = await network.fit(classes, { ...fit, threads, weightDecay: 0.01 });
      expect(costs[24]!.cost).toBeLessThan(costs[0]!.cost / 2);
      prints.add(`${await network.fingerprint()} ${costs.map(({ cost }) => cost)}`);
    }
    expect(prints.size).toBe(1);
  },
);

test("taken up from any iteration, and on other threads, it ends at the same bits", async () => {
  const whole = make();
  const saved: Uint8Array[] = [];
  await whole.fit(classes, { ...fit, checkpoint: { every: 1, save: (bytes) => void saved.push(bytes) } });
  for (const at of [0, 3, 12, 23]) {
    const resumed = make({ backend: at === 3 ? "js" : "wasm" });
    const { costs } = await resumed.fit(classes, { ...fit, threads: at === 12 ? 2 : 1, resumeFrom: saved[at] });
    expect(costs).toHaveLength(25);
    expect(await resumed.fingerprint()).toBe(await whole.fingerprint());
  }
});

test("an abort within an iteration leaves the weights of the last finished one", async () => {
  const controller = new AbortController();
  const network = make();
  const running = network.fit(classes, {
    ...{ ...fit, iterations: 1000, tolerance: 0, signal: controller.signal },
    onCost: ({ iteration }) => iteration === 4 && controller.abort(),
  });
  await expect(running).rejects.toThrow(/abort/i);
  const five = make();
  await five.fit(classes, { ...fit, iterations: 5 });
  expect(await network.fingerprint()).toBe(await five.fingerprint());
});

describe("what does not go with it is refused by name", () => {
  test.each([
    ["batchSize", { batchSize: 8 }, {}],
    ["schedule", { schedule: "cosine" }, {}],
    ["l1", { l1: 0.1 }, {}],
    ["clipNorm", { clipNorm: 1 }, {}],
    ["ema", { ema: 0.9 }, {}],
    ["dropout", {}, { dropout: 0.5 }],
    ["inputNoise", {}, { inputNoise: 0.5 }],
    ['normalization "batch"', {}, { normalization: "batch" }],
  ] as const)("%s", async (name, more, options) => {
    await expect(make(options).fit(classes, { ...fit, ...more })).rejects.toMatchObject({
      code: "E_OPTION",
      message: expect.stringContaining(`${name} does not go with lbfgs`),
    });
  });
});

describe("a line search meets both Wolfe conditions", () => {
  const FUNCTIONS: [string, (t: number) => [number, number]][] = [
    ["a parabola", (t) => [(t - 3) ** 2, 2 * (t - 3)]],
    ["a steep wall", (t) => [-t + Math.exp(20 * (t - 1)), -1 + 20 * Math.exp(20 * (t - 1))]],
    ["waves", (t) => [-t - 0.6 * Math.sin(5 * t), -1 - 3 * Math.cos(5 * t)]],
    [
      "no number beyond 0.2",
      (t) => (t > 0.2 ? [Number.POSITIVE_INFINITY, Number.NaN] : [(t - 0.1) ** 2, 2 * (t - 0.1)]),
    ],
  ];
  test.each(FUNCTIONS)("of %s", async (_, f) => {
    for (const first of [1e-4, 0.05, 1, 100]) {
      const at = async (t: number): Promise<Point<null>> => ({ t, f: f(t)[0], slope: f(t)[1], gradient: null });
      const start = await at(0);
      const { t, f: value, slope } = await searchLine(at, start, first, 1);
      expect(value).toBeLessThanOrEqual(start.f + 1e-4 * t * start.slope);
      // a function that falls for ever beyond the points tried has no flat place
      if (t < 50) expect(Math.abs(slope)).toBeLessThanOrEqual(0.9 * Math.abs(start.slope));
    }
  });
});

test.each([1, 2])("an abort in the middle of an iteration leaves the one before, on %i threads", async (threads) => {
  const wide = randomData(784, 3000, "float32", 10);
  const large = () => new Network({ inputs: 784, layers: [128, 10], activation: "tanh", seed: 3 });
  const controller = new AbortController();
  const network = large();
  let iterations = 0;
  const running = network.fit(wide, {
    ...{ ...fit, threads, iterations: 1000, tolerance: 0, signal: controller.signal },
    onCost: ({ iteration }) => {
      iterations = iteration + 1;
      if (iteration === 2) setTimeout(() => controller.abort(), 5); // while the next one is computed
    },
  });
  await expect(running).rejects.toThrow(/abort/i);
  const again = large();
  await again.fit(wide, { ...fit, iterations });
  expect(await network.fingerprint()).toBe(await again.fingerprint());
});

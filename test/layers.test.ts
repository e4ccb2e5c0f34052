// Normalisations, prelu, what passes layers by and noise, as a user meets them. That gradients are right is
// gradient.test.ts's, that bits are equal bits.test.ts's, what each record does conformance.ts's.

import { describe, expect, test } from "vitest";
import type { NetworkOptions } from "../src/network/options.js";
import { Network } from "../src/network.js";
import type { Numbers } from "../src/session/layout.js";
import type { FitOptions } from "../src/train/options.js";
import { randomData } from "./data.js";

const data = randomData(6, 24, "float64", 3);
const fit: FitOptions = { iterations: 12, batchSize: 8, learningRate: 0.1, optimizer: "momentum", threads: 1 };
const make = (options: Partial<NetworkOptions> = {}) =>
  new Network({ inputs: 6, layers: [5, 5, 3], dtype: "float64", activation: "tanh", ...options });
const row = (i: number) => Array.from(data.x.subarray(i * 6, i * 6 + 6), (value) => value * data.scale);

/** w·x + b of a layer for one example. */
const dense = ({ weight, bias }: { weight: Numbers; bias: Numbers }, x: readonly number[]) =>
  Array.from(bias, (b, u) => x.reduce((sum, value, k) => sum + weight[u * x.length + k]! * value, b));
const softmax = (z: readonly number[]) => {
  const powers = z.map(Math.exp);
  return powers.map((power) => power / powers.reduce((a, b) => a + b, 0));
};

test("after a training a batch normalisation goes by its running mean and variance", async () => {
  const network = make({ normalization: "batch", normEpsilon: 0.01 });
  await network.fit(data, fit);
  const [first, second, last] = network.weights;
  const hidden = (own: typeof first, x: readonly number[]) =>
    dense(own!, x).map((z, u) => {
      const normal = (z - own!.mean![u]!) / Math.sqrt(own!.variance![u]! + 0.01);
      return Math.tanh(own!.gamma![u]! * normal + own!.beta![u]!);
    });
  for (const i of [0, 7]) {
    const want = softmax(dense(last!, hidden(second, hidden(first, row(i)))));
    const got = await network.predict([Array.from(data.x.subarray(i * 6, i * 6 + 6))]);
    want.forEach((value, u) => {
      expect(got[u]).toBeCloseTo(value, 12);
    });
  }
  // and these are those of the batches: after many steps without learning, the data's own
  const still = make({ normalization: "batch" });
  await still.fit(data, { ...fit, iterations: 300, batchSize: "full", learningRate: 1e-12, optimizer: "sgd" });
  const [own] = still.weights;
  const z = Array.from({ length: 24 }, (_, i) => dense(own!, row(i)));
  for (let u = 0; u < 5; u++) {
    const values = z.map((units) => units[u]!);
    const mean = values.reduce((a, b) => a + b, 0) / 24;
    expect(own!.mean![u]).toBeCloseTo(mean, 8);
    expect(own!.variance![u]).toBeCloseTo(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 23, 8);
  }
});

test("outputs of a layer normalisation and of what passes by, for one example", async () => {
  const network = make({ normalization: "layer", residual: true });
  await network.fit(data, fit);
  const [first, second, last] = network.weights;
  const normal = (z: number[], own: typeof first) => {
    const mean = z.reduce((a, b) => a + b, 0) / z.length;
    const variance = z.reduce((sum, v) => sum + (v - mean) ** 2, 0) / z.length;
    return z.map((v, u) => Math.tanh((own!.gamma![u]! * (v - mean)) / Math.sqrt(variance + 1e-5) + own!.beta![u]!));
  };
  const a = normal(dense(first!, row(3)), first);
  const b = normal(dense(second!, a), second).map((value, u) => value + a[u]!);
  const got = await network.predict([Array.from(data.x.subarray(18, 24))]);
  softmax(dense(last!, b)).forEach((value, u) => {
    expect(got[u]).toBeCloseTo(value, 12);
  });
});

describe.each(["batch", "layer"] as const)("%s normalisation with prelu", (normalization) => {
  const options = { normalization, activation: "prelu", slope: 0.3, residual: true, inputNoise: 0.1 } as const;
  const vectors = normalization === "batch" ? 5 : 4;

  test("what is learnt is counted, starts where it should, moves, and comes back from a file", async () => {
    const network = make(options);
    expect(network.parameters).toBe(5 * (6 + 4) + 5 * (5 + 4) + 3 * (5 + 1));
    const [before] = network.weights;
    expect([...before!.gamma!, ...before!.beta!, ...before!.slope!]).toEqual([
      ...Array(5).fill(1),
      ...Array(5).fill(0),
      ...Array(5).fill(0.3),
    ]);
    await network.fit(data, { ...fit, weightDecay: 0.1, clipNorm: 1, l1: 0.01, clipValue: 0.5 });
    const [after] = network.weights;
    for (const name of ["gamma", "beta", "slope"] as const) {
      expect(after![name]!.filter((value, u) => value !== before![name]![u]).length, name).toBeGreaterThan(2);
    }
    const loaded = Network.load(network.save());
    expect(await loaded.fingerprint()).toBe(await network.fingerprint());
    expect(await loaded.predict(data)).toEqual(await network.predict(data));
    expect(Object.keys(loaded.weights[0]!)).toHaveLength(vectors + (normalization === "batch" ? 2 : 1));
    // and is trained on as the one that was saved
    await Promise.all([network.fit(data, fit), loaded.fit(data, fit)]);
    expect(await loaded.fingerprint()).toBe(await network.fingerprint());
  });

  test("in a worker the same weights", async () => {
    const [here, there] = [make(options), make(options)];
    await here.fit(data, fit);
    await there.fit(data, { ...fit, worker: true });
    expect(await there.fingerprint()).toBe(await here.fingerprint());
  });

  test("checkGradients passes, learnt vectors among the parameters", async () => {
    const network = make(options);
    await network.fit(data, fit);
    // a short step, as a kink of prelu lies near
    const checked = await network.checkGradients(data, { samples: 1000, step: 1e-7 });
    expect(checked.map(({ parameters }) => parameters)).toEqual([50, 45, 18]);
    expect(checked.filter(({ passed }) => !passed)).toEqual([]);
  });

  test("the Gram form gives what the direct one gives", async () => {
    const rest = { iterations: 20, learningRate: 0.1, threads: 1 };
    const [direct, gram] = [make({ ...options, inputNoise: 0 }), make({ ...options, inputNoise: 0 })];
    await direct.fit(data, { ...rest, firstLayer: "direct", validation: data });
    const { costs } = await gram.fit(data, { ...rest, firstLayer: "gram", validation: data });
    expect(costs[0]!.validation!.cost).toBeGreaterThan(0);
    const [a, b] = await Promise.all([direct.predict(data), gram.predict(data)]);
    a.forEach((value, i) => {
      expect(b[i]).toBeCloseTo(value, 10);
    });
  });
});

test("noise is of training alone, another in each update, and none without inputNoise", async () => {
  const [plain, noisy] = [make(), make({ inputNoise: 0.5 })];
  expect(await noisy.evaluate(data)).toEqual(await plain.evaluate(data));
  await Promise.all([plain.fit(data, fit), noisy.fit(data, fit)]);
  expect(await noisy.fingerprint()).not.toBe(await plain.fingerprint());
  const { costs } = await make({ inputNoise: 0.5 }).fit(data, {
    ...{ iterations: 3, batchSize: "full", learningRate: 1e-300, logEvery: 1, firstLayer: "auto" },
  });
  expect(new Set(costs.map(({ cost }) => cost)).size).toBe(3);
});

test.each([
  [
    "a residual layer of another width",
    { layers: [5, { units: 4, residual: true }, 3] },
    "layer 2 is residual, has 4 units and reads 5",
  ],
  ["a residual first layer", { layers: [{ units: 6, residual: true }, 3] }, "layer 1 is residual"],
  ["a residual last layer", { layers: [3, { units: 3, residual: true }] }, "layer 2 is residual"],
  ["another normalisation", { layers: [{ units: 3, normalization: "group" }, 3] }, 'normalization is "group"'],
])("refused: %s", (_, options, message) => {
  expect(() => make(options as Partial<NetworkOptions>)).toThrow(message);
});

test("the network's residual is of those layers that can be", () => {
  const summary = make({ layers: [6, 6, 5, 5, 5], residual: true, output: "softmax" });
  expect(summary.parameters).toBe(6 * 7 + 6 * 7 + 5 * 7 + 5 * 6 + 5 * 6);
});

test.each([
  ["inputNoise", { inputNoise: 0.1 }, { firstLayer: "gram", batchSize: "full" }, "inputNoise"],
  ["a batch of one with batch normalisation", { normalization: "batch" }, { batchSize: 1 }, "larger batchSize"],
] as const)("refused by fit: %s", async (_, options, more, message) => {
  await expect(make(options).fit(data, { ...fit, ...more })).rejects.toThrow(message);
});

test.each(["clipValue", "l1", "maxNorm"] as const)("the Gram form is not chosen with %s, and refused", async (name) => {
  const wide = randomData(4000, 20, "bytes", 2);
  const network = () => new Network({ inputs: 4000, layers: [5, 1] });
  const options = { iterations: 200, [name]: 0.01 };
  expect((await network().fit(wide, { iterations: 200 })).firstLayer).toBe("gram");
  expect((await network().fit(wide, options)).firstLayer).toBe("direct");
  await expect(network().fit(wide, { ...options, firstLayer: "gram" })).rejects.toThrow(name);
});

test("weights without what a normalised layer has are refused by name", () => {
  const network = make({ normalization: "layer" });
  const [first, ...rest] = network.weights;
  expect(() => {
    network.weights = [{ weight: first!.weight, bias: first!.bias }, ...rest];
  }).toThrow("gamma of layer 1 has no numbers; it wants 5");
});

test("a largest norm holds for every unit, and accumulated batches are a larger batch", async () => {
  const network = make({ layers: [7, 3] });
  await network.fit(data, { ...fit, maxNorm: 0.8, learningRate: 1 });
  for (const { weight, bias } of network.weights) {
    const k = weight.length / bias.length;
    bias.forEach((_, u) => {
      const own = Array.from(weight.subarray(u * k, (u + 1) * k));
      const norm = Math.sqrt(own.reduce((sum, w) => sum + w * w, 0));
      expect(norm).toBeLessThanOrEqual(0.8);
    });
  }
  const [small, large] = [make(), make()];
  await small.fit(data, { ...fit, batchSize: 4, accumulate: 3 });
  await large.fit(data, { ...fit, batchSize: 12 });
  expect(await small.fingerprint()).toBe(await large.fingerprint());
});

test("weights averaged from an update on are the mean of those weights", async () => {
  const after = async (iterations: number) => {
    const network = make();
    await network.fit(data, { ...fit, iterations });
    return network.weights;
  };
  const swa = make();
  await swa.fit(data, { ...fit, iterations: 9, swaStart: 4, swaEvery: 2 });
  const each = await Promise.all([4, 6, 8].map(after));
  swa.weights.forEach(({ weight }, l) => {
    weight.forEach((value, i) => {
      expect(value).toBeCloseTo(each.reduce((sum, one) => sum + one[l]!.weight[i]!, 0) / 3, 12);
    });
  });
  await expect(make().fit(data, { ...fit, ema: 0.9, swaStart: 1 })).rejects.toThrow("pass one of them");
});

// The Gram form of the first layer: the same training as the direct form, up to rounding, and the same bits on both
// backends.

import { describe, expect, test } from "vitest";
import { loadBackend } from "../src/backend.js";
import type { BackendName } from "../src/catalogue.js";
import { type LabelledDataset, subset } from "../src/dataset.js";
import { createProbe } from "../src/diagnose/probe.js";
import type { NetworkOptions } from "../src/network/options.js";
import { Network } from "../src/network.js";
import { Random } from "../src/random.js";
import { openGram } from "../src/session/gram.js";
import { copyRows, setWeights } from "../src/session/layout.js";
import { open, openTraining } from "../src/session.js";
import type { FitOptions } from "../src/train/options.js";
import { hashOf, randomData } from "./data.js";

const HYPER = {
  momentum: 0,
  beta1: 0,
  beta2: 0,
  epsilon: 1,
  weightDecay: 0,
  clipNorm: 0,
  clipValue: 0,
  l1: 0,
  ema: 0,
  swaStart: 0,
  swaEvery: 1,
  maxNorm: 0,
};

// Optimizers that are linear in the gradients, both kinds of batch, all kinds of data, sizes around strip and panel.
const CASES: [string, Omit<NetworkOptions, "inputs">, FitOptions, LabelledDataset][] = [
  ["sgd, bytes", { layers: [20, 7, 5, 1] }, { optimizer: "sgd" }, randomData(600, 41, "bytes")],
  ["sgd, one layer", { layers: [1] }, { optimizer: "sgd" }, randomData(300, 20, "float64")],
  ["sgd, weight decay", { layers: [9, 1] }, { optimizer: "sgd", weightDecay: 0.1 }, randomData(257, 33, "bytes")],
  ["sgd, mini-batches", { layers: [9, 1] }, { optimizer: "sgd", batchSize: 8 }, randomData(257, 33, "float32")],
  ["momentum", { layers: [12, 3] }, { optimizer: "momentum" }, randomData(255, 17, "float64", 3)],
  [
    "momentum, decay, mini-batches",
    { layers: [12, 3], activation: "tanh" },
    { optimizer: "momentum", weightDecay: 0.05, batchSize: 7 },
    randomData(512, 30, "bytes", 3),
  ],
  ["nesterov", { layers: [5, 4, 2], activation: "sigmoid" }, { optimizer: "nesterov" }, randomData(400, 24, "float32")],
  [
    "nesterov, decay, batches in order",
    { layers: [8, 1], activation: "leakyRelu" },
    { optimizer: "nesterov", weightDecay: 0.02, batchSize: 16, shuffle: false },
    randomData(1030, 50, "bytes"),
  ],
  [
    "squared error",
    { layers: [6, 1], loss: "meanSquaredError", output: "linear" },
    { optimizer: "sgd", batchSize: 1 },
    randomData(100, 10, "float64"),
  ],
  ["more examples than inputs", { layers: [10, 1] }, { optimizer: "sgd" }, randomData(20, 300, "bytes")],
  ["he", { layers: [33, 10], init: "he" }, { optimizer: "momentum", momentum: 0.5 }, randomData(770, 64, "bytes", 10)],
];

const rounded = (fit: FitOptions): FitOptions => ({ learningRate: 0.02, logEvery: 20, ...fit, iterations: 101 });

test.each(CASES)(
  "%s: costs within 1e-9 and weights within 1e-8 of the direct form after 100 iterations",
  async (...c) => {
    const [, options, fit, data] = c;
    const run = async (firstLayer: "direct" | "gram") => {
      const network = new Network({ inputs: data.features, dtype: "float64", ...options });
      const validation = subset(data, [...Array(Math.ceil(data.count / 2)).keys()]);
      const history = await network.fit(data, { ...rounded(fit), firstLayer, accuracy: true, validation });
      return { network, history };
    };
    const direct = await run("direct");
    const gram = await run("gram");
    expect([direct.history.firstLayer, gram.history.firstLayer]).toEqual(["direct", "gram"]);
    gram.history.costs.forEach(({ cost, accuracy, validation }, i) => {
      const wanted = direct.history.costs[i]!;
      expect([accuracy, validation!.accuracy]).toEqual([wanted.accuracy, wanted.validation!.accuracy]);
      expect(Math.abs(cost / wanted.cost - 1)).toBeLessThan(1e-9);
      expect(Math.abs(validation!.cost / wanted.validation!.cost - 1)).toBeLessThan(1e-9);
    });
    const norm = (values: ArrayLike<number>) =>
      Math.sqrt(Array.from(values).reduce((sum, value) => sum + value ** 2, 0));
    direct.network.weights.forEach(({ weight }, l) => {
      const got = gram.network.weights[l]!.weight;
      expect(norm(weight.map((value, i) => value - got[i]!)) / norm(weight)).toBeLessThan(1e-8);
    });
  },
);

describe.each(["float32", "float64"] as const)("%s", (dtype) => {
  test.each(CASES)("%s: the same bits in wasm and js", async (_, options, fit, data) => {
    const validation = subset(data, [0, 1, 2]);
    const run = async (backend: BackendName) => {
      const network = new Network({ inputs: data.features, dtype, backend, ...options });
      const how = { iterations: 30, firstLayer: "gram", validation } as const;
      const { costs } = await network.fit(data, { ...rounded(fit), ...how });
      return [hashOf(network), costs];
    };
    expect(await run("wasm")).toEqual(await run("js"));
  });

  test("more examples to validate with than to train with are read themselves", async () => {
    const data = randomData(300, 20, "bytes");
    const more = randomData(300, 50, "bytes");
    const network = new Network({ inputs: 300, layers: [4, 1], dtype });
    let before = Number.NaN;
    const { costs } = await network.fit(data, {
      ...{ iterations: 1, firstLayer: "gram", validation: more },
      onStart: async () => {
        before = (await network.evaluate(more)).cost;
      },
    });
    expect(costs[0]!.validation!.cost).toBe(before);
  });
});

test.each(["wasm", "js"] as const)("products of bytes are exact integers (%s)", async (backend) => {
  const [count, inputs] = [19, 40_001]; // more inputs than one 32-bit sum of 255² holds
  const x = new Uint8Array(count * inputs).fill(255);
  const random = new Random(3);
  for (let i = inputs; i < x.length; i++) x[i] = random.integer(255);
  const data = { ...randomData(1, count, "bytes"), x, features: inputs, shape: [inputs] };
  const session = open(await loadBackend(backend), {
    purpose: "products",
    architecture: {
      layers: [{ inputs, units: 1, activation: "linear" }],
      loss: "meanSquaredError",
      dtype: "float64",
    },
    ...{ x: "uint8", y: null, count, batch: count },
  });
  copyRows(session, data, 0, count);
  session.run("products");
  const { offset, length } = session.plan.products;
  const products = new Float64Array(session.machine.memory, offset, length);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      let wanted = 0;
      for (let k = 0; k < inputs; k++) wanted += x[i * inputs + k]! * x[j * inputs + k]!;
      expect(products[i * count + j]).toBe(wanted);
    }
  }
});

test.each([
  ["full batch", 41, 41],
  ["mini-batches", 8, 41],
  ["more examples than the probe set has", 600, 600],
])("a look at the weights gives the same numbers in both forms: %s", async (_, batch, count) => {
  const data = randomData(600, count, "bytes");
  const layers = [
    { inputs: 600, units: 9, activation: "tanh" as const },
    { inputs: 9, units: 1, activation: "sigmoid" as const },
  ];
  const architecture = { layers, loss: "binaryCrossEntropy" as const, dtype: "float64" as const };
  const { weights } = new Network({ inputs: 600, layers: [9, 1], dtype: "float64" });
  const backend = await loadBackend("wasm");
  const form = { batch, optimizer: "sgd" as const };
  const direct = { session: openTraining(backend, architecture, data, form), data };
  setWeights(direct.session, weights);
  const gram = await openGram(backend, architecture, data, form, weights);
  for (const steps of [0, 3]) {
    const looks = [];
    for (const training of [direct, gram]) {
      training.session.setHyperparameters({ ...HYPER, learningRate: 0.1 });
      training.session.steps(steps);
      looks.push(await createProbe(backend, training)(true));
    }
    const [wanted, got] = looks.map(({ gradient, signal, answer, deviation }) => [
      ...[gradient!, signal, deviation],
      ...answer,
    ]);
    expect(wanted!.every((value) => value > 0)).toBe(true);
    for (const [i, value] of wanted!.entries()) expect(Math.abs(got![i]! / value - 1)).toBeLessThan(1e-9);
  }
});

describe("the choice", () => {
  const chosen = async (data: LabelledDataset, fit: FitOptions, layers = [20, 1]) => {
    const network = new Network({ inputs: data.features, layers });
    const { firstLayer } = await network.fit(data, { iterations: 0, ...fit, onStart: () => {} });
    return firstLayer;
  };
  const pictures = randomData(2000, 100, "bytes");

  test("is the Gram form for few examples of many inputs, when there are steps enough to pay for it", async () => {
    let seen = "";
    const network = new Network({ inputs: 2000, layers: [20, 1] });
    await network.fit(pictures, { iterations: 500, onStart: ({ firstLayer }) => (seen = firstLayer) });
    expect(seen).toBe("gram");
    expect(await chosen(pictures, { iterations: 2 })).toBe("direct");
    expect(await chosen(randomData(20, 300, "bytes"), { iterations: 100 })).toBe("direct");
    expect(await chosen(pictures, { iterations: 20, optimizer: "adam" })).toBe("direct");
  });

  test("is refused where it cannot be", async () => {
    const adam = chosen(pictures, { optimizer: "adam", firstLayer: "gram" });
    await expect(adam).rejects.toMatchObject({
      code: "E_OPTION",
      message: /sgd, momentum and nesterov, not with adam/,
    });
    const many = chosen(randomData(1, 5000, "bytes"), { firstLayer: "gram" });
    await expect(many).rejects.toMatchObject({ code: "E_OPTION", message: /at most 4096 examples, got 5000/ });
  });
});

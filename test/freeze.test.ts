// Frozen layers: their weights to the bit, what the others learn beside them, and what is no longer computed. The layers
// above frozen first ones must learn what a network of their own learns from those layers' outputs.

import { describe, expect, test } from "vitest";
import * as P from "../assembly/program.js";
import { countFlops } from "../src/architecture.js";
import type { BackendName } from "../src/catalogue.js";
import { createDataset } from "../src/dataset.js";
import type { LayerOptions, NetworkOptions } from "../src/network/options.js";
import { Network } from "../src/network.js";
import { compile, type PlanRequest } from "../src/plan.js";
import { arraysOf, type LayerWeights } from "../src/session/layout.js";
import type { FitOptions } from "../src/train/options.js";
import { hashOf, randomData } from "./data.js";

// Several strips and blocks, a last batch that is smaller, activations that keep z, all kinds of layers.
const OPTIONS: NetworkOptions = {
  inputs: 300,
  layers: [
    { units: 37, activation: "gelu", dropout: 0.2, normalization: "layer" },
    { units: 70, activation: "prelu", normalization: "batch" },
    { units: 70, activation: "silu", normalization: "batch", residual: true },
    3,
  ],
  biasInit: 0.1,
};
const data = randomData(300, 41, "bytes", 3);
const FITS: [string, FitOptions][] = [
  ["sgd, L1 and L2", { l1: 1e-3, weightDecay: 0.01 }],
  ["momentum and a running average", { optimizer: "momentum", ema: 0.9 }],
  ["adamw, clipped", { optimizer: "adamw", learningRate: 0.01, clipNorm: 0.01, clipValue: 0.005 }],
  ["lion, limited units and averaged weights", { optimizer: "lion", learningRate: 0.01, maxNorm: 0.5, swaStart: 3 }],
  [
    "amsgrad, early stopping",
    { optimizer: "amsgrad", learningRate: 0.01, patience: 2, logEvery: 2, restoreBest: false },
  ],
];

const FROZEN = [[1], [2, 4], [1, 2], [2, 3], [3]];

test.each(FROZEN.map((freeze, i) => [freeze, ...FITS[i]!] as const))(
  "frozen %j keep their weights, on any threads the same bits, with %s",
  async (freeze, _, fit) => {
    const hash = async (backend: BackendName, threads: number) => {
      const network = new Network({ ...OPTIONS, backend });
      const before = network.weights;
      await network.fit(data, { iterations: 12, batchSize: 16, threads, ...fit, freeze });
      network.weights.forEach((layer, l) => {
        const frozen = freeze.includes(l + 1);
        for (const [name, values] of arraysOf(layer)) {
          const same = values.every((value, i) => Object.is(value, before[l]![name]![i]));
          // others may stay, too: biases below a normalisation have no gradient
          if (frozen || name === "weight") expect(same, `${name} of layer ${l + 1}`).toBe(frozen);
        }
      });
      return network.fingerprint();
    };
    const js = await hash("js", 1);
    for (const threads of [1, 2, 3, 8]) expect(await hash("wasm", threads), `${threads} threads`).toBe(js);
  },
);

const LBFGS: [string, FitOptions] = ["lbfgs", { optimizer: "lbfgs", batchSize: "full", weightDecay: 0.01 }];

test.each([...FITS, LBFGS])(
  "the layers above learn what they learn alone from the outputs below, with %s",
  async (_, fit) => {
    // one strip of inputs, so that the sums of the outputs below go over the same parts
    const below = new Network({ inputs: 20, layers: [13], output: "tanh", seed: 3 });
    const head = new Network({ inputs: 13, layers: [6, 3], activation: "gelu", seed: 4 });
    const whole = new Network({ inputs: 20, layers: [{ units: 13, activation: "tanh" }, 6, 3], activation: "gelu" });
    whole.weights = [...below.weights, ...head.weights];
    const set = randomData(20, 41, "float32", 3);
    const outputs = await below.predict(set.x);
    const all: FitOptions = { iterations: 12, batchSize: 16, seed: 1, ...fit };
    await whole.fit(set, { ...all, freeze: 1 });
    await head.fit({ ...set, x: outputs as Float32Array, features: 13, shape: [13] }, all);
    expect(hashOf({ weights: whole.weights.slice(1) })).toBe(hashOf(head));
  },
);

describe("a frozen batch normalisation takes its running statistics", () => {
  const set = randomData(20, 41, "float64", 3);
  const layers: LayerOptions[] = [
    { units: 13, activation: "tanh", normalization: "batch" },
    { units: 6 },
    { units: 3 },
  ];
  const fit: FitOptions = { iterations: 12, batchSize: 16, learningRate: 0.1, threads: 1, firstLayer: "direct" };
  const trained = async (...all: LayerOptions[]) => {
    const network = new Network({ inputs: 20, layers: all, dtype: "float64" });
    await network.fit(set, { ...fit, learningRate: 0.5 });
    return network;
  };
  // the same layer without one: w·γ/√(σ² + ε), (b − μ)·γ/√(σ² + ε) + β
  const folded = ({ weight, bias, gamma, beta, mean, variance }: LayerWeights): LayerWeights => {
    const factor = gamma!.map((g, u) => g / Math.sqrt(variance![u]! + 1e-5));
    const inputs = weight.length / bias.length;
    return {
      weight: weight.map((w, i) => w * factor[Math.floor(i / inputs)]!) as Float64Array,
      bias: bias.map((b, u) => (b - mean![u]!) * factor[u]! + beta![u]!) as Float64Array,
    };
  };

  test.each([
    ["at the bottom", 0, layers],
    ["in the middle, with the gradient that goes through it", 1, [{ units: 9 }, ...layers]],
  ] as const)("%s", async (_, place, all) => {
    const network = await trained(...all);
    const plain = new Network({
      ...{ inputs: 20, dtype: "float64" },
      layers: all.map((layer) => ({ ...layer, normalization: "none" as const })),
    });
    plain.weights = network.weights.map((layer, l) => (l === place ? folded(layer) : layer));
    for (const one of [network, plain]) await one.fit(set, { ...fit, freeze: [place + 1] });
    network.weights.forEach(({ weight, bias }, l) => {
      if (l === place) return;
      weight.forEach((value, i) => {
        expect(value).toBeCloseTo(plain.weights[l]!.weight[i]!, 11); // rounding of 20 terms over 12 updates
      });
      bias.forEach((value, i) => {
        expect(value).toBeCloseTo(plain.weights[l]!.bias[i]!, 11);
      });
    });
  });
});

test("batches of one example train what is not normalised over them", async () => {
  const set = randomData(4, 9, "float64", 2);
  const layers = [{ units: 3, normalization: "batch" as const }, { units: 3, normalization: "batch" as const }, 1];
  const network = new Network({ inputs: 4, layers });
  const fit: FitOptions = { iterations: 5, batchSize: 1 };
  const before = hashOf({ weights: network.weights.slice(2) });
  await network.fit(set, { ...fit, freeze: 2 });
  expect(hashOf({ weights: network.weights.slice(2) })).not.toBe(before);
  expect(network.weights.flatMap(({ weight }) => [...weight]).every(Number.isFinite)).toBe(true);
  await expect(network.fit(set, { ...fit, freeze: 1 })).rejects.toThrow("a batch of 1 example has no deviation");
});

test("a frozen layer in the middle changes nothing of the first update of the others", async () => {
  // over the batch it would be normalised otherwise
  const layers = OPTIONS.layers.map((layer) =>
    typeof layer === "number" ? layer : { ...layer, normalization: "layer" as const },
  );
  const [free, held] = [0, 0].map(() => new Network({ ...OPTIONS, layers })) as [Network, Network];
  await free.fit(data, { iterations: 1, firstLayer: "direct" });
  await held.fit(data, { iterations: 1, firstLayer: "direct", freeze: [2] });
  const without = ({ weights }: Network) => weights.filter((_, l) => l !== 1);
  expect(without(held)).toEqual(without(free));
});

test("a number is that of the first layers, and a list may be in any order", async () => {
  const hash = async (freeze: number | number[]) => {
    const network = new Network(OPTIONS);
    await network.fit(data, { iterations: 3, freeze });
    return hashOf(network);
  };
  const two = await hash(2);
  expect(await hash([2, 1, 2])).toBe(two);
  expect(await hash(1)).not.toBe(two);
});

test("what is frozen has no moments, no gradient and no blocks, and the pass back does not reach it", () => {
  const layers = [
    { inputs: 300, units: 40, activation: "gelu" as const },
    { inputs: 40, units: 8, activation: "tanh" as const },
    { inputs: 8, units: 3, activation: "softmax" as const },
  ];
  const request: PlanRequest = {
    ...{ purpose: "train", x: "uint8", y: "labels", count: 20, batch: 20, optimizer: "adam", clip: true },
    architecture: { layers, loss: "categoricalCrossEntropy", dtype: "float32" },
  };
  const plans = [[], [0], [0, 1], [1]].map((frozen) => compile({ ...request, frozen }));
  // units rounded up to 4 times inputs rounded up to 8, and the bias rounded up to 16
  const sizes = [40 * 304 + 48, 8 * 40 + 16, 4 * 8 + 16];
  const trained = [[0, 1, 2], [1, 2], [2], [0, 2]].map((own) => own.reduce((sum, l) => sum + sizes[l]!, 0));
  for (const region of ["v", "s", "gradient"] as const) expect(plans.map((p) => p[region].length)).toEqual(trained);
  // two strips of inputs in two runs of at most 32 units; one; one
  expect(plans.map(({ blocks }) => blocks)).toEqual([6, 2, 1, 5]);
  expect(plans.map((plan) => plan.layers.map(({ rows }) => rows.length > 0))).toEqual([
    ...[
      [true, true, true],
      [false, true, true],
      [false, false, true],
      [true, false, true],
    ],
  ]);
  const kept = (plan: (typeof plans)[0]) => plan.layers[0]!.z !== plan.layers[0]!.activations;
  expect(plans.map(kept)).toEqual([true, false, false, true]);
  const passesBack = ({ image }: (typeof plans)[0]) => {
    const records = new Int32Array(image.buffer, P.RECORDS);
    return records.filter((word, i) => i % P.RECORD === 0 && word === P.Kind.denseBackwardInput).length;
  };
  expect(plans.map(passesBack)).toEqual([2, 1, 0, 2]);
  // multiplications forward, for weight gradients, for gradients of inputs
  const [a, b, c] = [300 * 40, 40 * 8, 8 * 3] as [number, number, number];
  const flops = (freeze: number[]) => countFlops([300, 40, 8, 3], 20, freeze) / 40;
  expect(flops([1, 2])).toBe(a + b + c + c);
  expect(flops([2])).toBe(a + b + c + (a + c) + (b + c));
  expect(flops([1])).toBe(a + b + c + (b + c) + c);
});

test("freezing all layers, or one that is not there, is refused in a sentence", async () => {
  const network = new Network(OPTIONS);
  const refused = (fit: object, message: RegExp) =>
    expect(network.fit(data, { iterations: 1, ...fit })).rejects.toMatchObject({
      code: "E_OPTION",
      message: expect.stringMatching(message),
    });
  await refused({ freeze: 4 }, /freeze is 4, all layers, so nothing is left to train\./);
  await refused({ freeze: [4, 2, 1, 3] }, /nothing is left to train/);
  await refused({ freeze: [5] }, /freeze is \[5\]; the network has 4 layers/);
  await refused({ freeze: 1e15 }, /the network has 4 layers/);
  await refused({ freeze: 1, firstLayer: "gram" }, /firstLayer is "gram", which trains the first layer/);
});

test("the first layer in Gram form trains below frozen ones; frozen, it is never in that form", async () => {
  const few = randomData(900, 30);
  const long = { iterations: 300, threads: 1 };
  const [gram, direct] = [0, 0].map(() => new Network({ inputs: 900, layers: [12, 5, 1], dtype: "float64" }));
  const history = await gram!.fit(few, { ...long, freeze: [2] });
  expect(history.firstLayer).toBe("gram");
  await direct!.fit(few, { ...long, freeze: [2], firstLayer: "direct" });
  direct!.weights.forEach(({ weight }, l) => {
    weight.forEach((value, i) => {
      expect(gram!.weights[l]!.weight[i]).toBeCloseTo(value, 10); // rounding of 900 terms, over 300 updates
    });
  });
  expect((await gram!.fit(few, { ...long, freeze: 1 })).firstLayer).toBe("direct");
});

test("a checkpoint goes on with the same layers frozen to the same bits, and is refused with others", async () => {
  const fit: FitOptions = { iterations: 20, batchSize: 16, optimizer: "adam", freeze: 2, ema: 0.5 };
  const whole = new Network(OPTIONS);
  let half: Uint8Array | undefined;
  await whole.fit(data, {
    ...fit,
    checkpoint: { every: 10, save: (bytes) => { half ??= bytes; } }, // biome-ignore format: one thought
  });
  const other = new Network({ ...OPTIONS, backend: "js" });
  await other.fit(data, { ...fit, freeze: [1, 2], resumeFrom: half });
  expect(await other.fingerprint()).toBe(await whole.fingerprint());
  const wrong = new Network(OPTIONS).fit(data, { ...fit, freeze: 1, resumeFrom: half, resumeAnyway: true });
  await expect(wrong).rejects.toMatchObject({
    code: "E_CHECKPOINT",
    message: expect.stringContaining("has freeze [1, 2], this training [1]"),
  });
});

test("a training on numbers goes on from frozen layers in a worker", async () => {
  const network = new Network({ inputs: 2, layers: [4, 1], loss: "meanSquaredError" });
  const set = createDataset({ x: [[0, 1], [1, 0], [1, 1]], y: [[1], [2], [3]], regression: true }); // biome-ignore format: rows
  const before = network.weights;
  await network.fit(set, { iterations: 5, freeze: 1, worker: true });
  expect(network.weights[0]).toEqual(before[0]);
  expect(network.weights[1]).not.toEqual(before[1]);
});

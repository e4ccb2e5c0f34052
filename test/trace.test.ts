// Traces of a step: its weights are those of the trainer, and its formulas give its update.

import { describe, expect, test } from "vitest";
import { readNpzExamples } from "../src/dataset/npz.js";
import type { NetworkOptions } from "../src/network/options.js";
import { Network } from "../src/network.js";
import type { Trace } from "../src/trace/types.js";
import { traceToNpz } from "../src/trace.js";
import type { FitOptions } from "../src/train/options.js";
import { randomData } from "./data.js";

const data = randomData(5, 37);
const many = randomData(5, 37, "float64", 4);
const course = { inputs: 5, layers: [4, 3, 1], seed: 2 } satisfies NetworkOptions;

const numbersOf = (trace: Trace, name: string) => trace.arrays[name]!.data as Float64Array;

async function weightsAfter(options: NetworkOptions, set: typeof data, fit: FitOptions, iterations: number) {
  const network = new Network({ ...options, dtype: options.dtype ?? "float64" });
  const { schedule: _, ...others } = fit;
  await network.fit(set, { ...others, iterations });
  return network.weights;
}

const sameBits = (a: ArrayLike<number>, b: ArrayLike<number>) => expect(Array.from(a)).toEqual(Array.from(b));

describe("a trace's weights are the trainer's to the bit, and W − α·dW is its update", () => {
  const trainings: readonly (readonly [string, NetworkOptions, typeof data, FitOptions])[] = [
    ["the course's", course, data, {}],
    ["in mini-batches, shuffled", course, data, { batchSize: 10 }],
    ["tanh, softmax of four", { ...course, layers: [6, 4], activation: "tanh" }, many, { batchSize: 16 }],
    ["gelu", { ...course, activation: "gelu" }, data, {}],
    ["in plain TypeScript", { ...course, backend: "js" }, data, {}],
    ["on two threads", course, data, { threads: 2 }],
    ["squared error", { ...course, loss: "meanSquaredError" }, data, {}],
  ];
  test.each(trainings.flatMap((one) => [0, 1, 9].map((n) => [...one, n] as const)))(
    "%s",
    async (_, options, set, fit, iteration) => {
      const network = new Network(options);
      const trace = await network.trace(set, { ...fit, iterations: 20, learningRate: 0.1 }, { iteration });
      const before = await weightsAfter(options, set, { ...fit, learningRate: 0.1 }, iteration);
      const after = await weightsAfter(options, set, { ...fit, learningRate: 0.1 }, iteration + 1);
      before.forEach(({ weight, bias }, l) => {
        sameBits(numbersOf(trace, `W${l + 1}`), weight);
        sameBits(numbersOf(trace, `b${l + 1}`), bias);
        sameBits(numbersOf(trace, `W${l + 1}_after`), after[l]!.weight);
        sameBits(numbersOf(trace, `b${l + 1}_after`), after[l]!.bias);
        const [dw, db] = [numbersOf(trace, `dW${l + 1}`), numbersOf(trace, `db${l + 1}`)];
        sameBits(
          weight.map((w, i) => w - 0.1 * dw[i]!),
          after[l]!.weight,
        );
        sameBits(
          bias.map((b, i) => b - 0.1 * db[i]!),
          after[l]!.bias,
        );
      });
    },
  );
});

describe("a trace", () => {
  const network = new Network(course);
  const fit: FitOptions = { iterations: 20, learningRate: 0.1 };

  test("has its forward pass in the trainer's order of sums", async () => {
    const trace = await network.trace(data, fit, { iteration: 3 });
    const copy = new Network({ ...course, dtype: "float64" });
    await copy.fit(data, { ...fit, iterations: 3 });
    sameBits(numbersOf(trace, "A3"), await copy.predict(data.x));
    sameBits(numbersOf(trace, "A1"), await transposed(copy, 1));
    expect(trace.arrays.cost!.data[0]).toBe((await costAt(3)).cost);
  });
  const transposed = async (copy: Network, layer: number) => {
    const rows = await copy.upTo(layer).predict(data.x);
    const n = copy.layers[layer]!;
    return Array.from({ length: rows.length }, (_, i) => rows[(i % 37) * n + Math.floor(i / 37)]!);
  };
  const costAt = async (iteration: number) => {
    const copy = new Network({ ...course, dtype: "float64" });
    const { costs } = await copy.fit(data, { ...fit, logEvery: 1 });
    return costs[iteration]!;
  };

  test("takes the learning rate of its place in the schedule", async () => {
    const { about, arrays } = await network.trace(data, { ...fit, schedule: "cosine" }, { iteration: 10 });
    expect(about.learningRate).toBeCloseTo(0.1 * 0.5 * (1 + Math.cos((Math.PI * 10) / 20)), 3);
    const [before, after, dw] = ["W1", "W1_after", "dW1"].map((name) => arrays[name]!.data);
    sameBits(
      Array.from(before!, (w, i) => w - about.learningRate * dw![i]!),
      after!,
    );
  });

  test("of a training in Gram form agrees with its update to 1e-12", async () => {
    const { arrays } = await network.trace(data, { ...fit, firstLayer: "gram" }, { iteration: 5 });
    const [before, after, dw] = ["W1", "W1_after", "dW1"].map((name) => arrays[name]!.data);
    before!.forEach((w, i) => {
      expect(Math.abs(w - 0.1 * dw![i]! - after![i]!)).toBeLessThan(1e-12);
    });
  });

  test("leaves the network as it is, and what would end the training aside", async () => {
    const before = await network.fingerprint();
    const long = { ...fit, patience: 1, minDelta: 9, logEvery: 1, costLimit: 5 };
    expect((await network.trace(data, long, { iteration: 15 })).about.iteration).toBe(15);
    expect(await network.fingerprint()).toBe(before);
    expect(network.init).toBe("lecun");
  });

  test("says of other optimizers what the weights were and are", async () => {
    const { about, arrays } = await network.trace(data, { iterations: 9, optimizer: "adam" }, { iteration: 4 });
    expect(about.isPlain).toBe(false);
    expect(arrays.W1!.data).not.toEqual(arrays.W1_after!.data);
  });

  test("is an .npz file that this package's reader, too, reads", async () => {
    const trace = await network.trace(data, { ...fit, batchSize: 8 });
    const file = await traceToNpz(trace);
    const { x, count, features } = readNpzExamples(file, { x: "Z1" });
    expect({ count, features }).toEqual({ count: 4, features: 8 });
    sameBits(x, numbersOf(trace, "Z1"));
    expect(await traceToNpz(trace)).toEqual(file);
  });

  const refused: readonly (readonly [string, object, object])[] = [
    ["dropout", { dropout: 0.2 }, {}],
    ["normalization", { normalization: "batch" }, {}],
    ["residual", { layers: [5, 5, 1], residual: true }, {}],
    ["inputNoise", { inputNoise: 0.1 }, {}],
    ["prelu", { activation: "prelu" }, {}],
    ["lbfgs", {}, { optimizer: "lbfgs" }],
    ["freeze", {}, { freeze: 1 }],
    ["classWeights", {}, { classWeights: "balanced" }],
    ["ema", {}, { ema: 0.9 }],
    ["worker", {}, { worker: true }],
    ["iteration is 20; the training's last one is 19", {}, {}],
  ];
  test.each(refused)("of %s is refused", async (words, own, more) => {
    const other = new Network({ ...course, ...own });
    const iteration = words.startsWith("iteration") ? 20 : 0;
    await expect(other.trace(data, { iterations: 20, ...more }, { iteration })).rejects.toThrow(
      expect.objectContaining({ code: "E_OPTION", message: expect.stringContaining(words) }),
    );
  });

  test("of a training that a callback stops is refused", async () => {
    const stopped = network.trace(data, { ...fit, logEvery: 1, onCost: (_, run) => run.stop() }, { iteration: 5 });
    await expect(stopped).rejects.toThrow(/^trace: the training was stopped before iteration 5; let it run on\.$/);
  });
});

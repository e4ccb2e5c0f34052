// Dropout: which outputs are dropped, by their share and by their place; the gradient with them dropped; and that
// nothing is dropped but in training.

import { describe, expect, test } from "vitest";
import type { Architecture } from "../src/architecture.js";
import { keyOf } from "../src/backend/js/chance.js";
import { loadBackend } from "../src/backend.js";
import type { Activation } from "../src/catalogue.js";
import { createDataset } from "../src/dataset.js";
import { Network } from "../src/network.js";
import { panelOf, viewOf } from "../src/plan.js";
import { Random } from "../src/random.js";
import { getGradient, setWeights } from "../src/session/layout.js";
import { openTraining } from "../src/session.js";
import { hashOf, randomData } from "./data.js";
import * as reference from "./reference.js";

const [SEED, P] = [5, 0.3];

/** A layer of a network that is trained, and what it put out and then dropped in its first step. */
async function firstStep(activation: Activation, dtype: "float32" | "float64", count = 50, units = 64, seed = SEED) {
  const alphaDropout = activation === "selu";
  const architecture: Architecture = {
    layers: [
      { inputs: 3, units, activation, dropout: P, alphaDropout },
      { inputs: units, units: 1, activation: "linear" },
    ],
    ...{ loss: "meanSquaredError", dtype },
  };
  const random = new Random(1);
  const x = Array.from({ length: count }, () => [random.normal(), random.normal(), random.normal()]);
  const data = createDataset({ x, y: x.map(([a]) => a! * a!), regression: true });
  const network = new Network({ inputs: 3, layers: [units, 1], dtype, loss: "meanSquaredError" });
  const session = openTraining(await loadBackend("wasm"), architecture, data, {
    batch: count,
    optimizer: "sgd",
    seed,
    clip: true,
  });
  setWeights(session, network.weights);
  session.run("passes");
  session.run("gradients");
  const [layer] = session.plan.layers;
  const read = (region: "activations" | "outputs") => {
    const panels = viewOf(session.plan, session.machine.memory, layer![region]);
    return Array.from({ length: count }, (_, i) =>
      Array.from({ length: units }, (_, u) => panels[Math.floor(i / 8) * panelOf(layer!.np) + u * 8 + (i % 8)]!),
    );
  };
  return {
    architecture,
    data,
    x,
    weights: network.weights,
    session,
    before: read("activations"),
    after: read("outputs"),
  };
}

test("a share of p is dropped, by no pattern of units or examples", async () => {
  const { after } = await firstStep("sigmoid", "float32", 400, 128);
  const share = (values: number[]) => values.filter((value) => value === 0).length / values.length;
  const bound = (n: number) => 5 * Math.sqrt((P * (1 - P)) / n);
  expect(Math.abs(share(after.flat()) - P)).toBeLessThan(bound(400 * 128));
  for (const row of after) expect(Math.abs(share(row) - P)).toBeLessThan(bound(128));
  for (let u = 0; u < 128; u++) expect(Math.abs(share(after.map((row) => row[u]!)) - P)).toBeLessThan(bound(400));
  // neighbours fall together as often as chance has it
  const both = after.flatMap((row) => row.slice(1).map((value, u) => Number(value === 0 && row[u] === 0)));
  expect(Math.abs(both.reduce((a, b) => a + b, 0) / both.length - P * P)).toBeLessThan(bound(both.length));
});

test("another seed, step or layer drops others", () => {
  const keys = [keyOf(1, 0, 0), keyOf(2, 0, 0), keyOf(1, 1, 0), keyOf(1, 0, 1)];
  expect(new Set(keys).size).toBe(4);
});

describe.each(["float32", "float64"] as const)("%s", (dtype) => {
  test("what is kept grows by 1/(1 − p)", async () => {
    const { before, after } = await firstStep("sigmoid", dtype);
    for (const [i, row] of after.entries()) {
      for (const [u, value] of row.entries()) {
        if (value !== 0) expect(value / before[i]![u]!).toBeCloseTo(1 / (1 - P), dtype === "float32" ? 5 : 12);
      }
    }
  });

  test("alpha dropout keeps the mean and the variance of normal numbers", async () => {
    const { after } = await firstStep("selu", dtype, 2000, 64);
    const least = Math.min(...after.map((row) => Math.min(...row)));
    const dropped = after.flat().filter((value) => value === least).length / (2000 * 64);
    expect(Math.abs(dropped - P)).toBeLessThan(0.01);
    // for values of mean 0 and variance 1: factor²·(1 − p) + what the dropped ones add is 1
    const edge = 1.7580993408473766;
    const factor = 1 / Math.sqrt((1 - P) * (1 + P * edge ** 2));
    expect(least).toBeCloseTo(factor * P * edge - factor * edge, dtype === "float32" ? 5 : 12);
    expect((1 - P) * (factor * P * edge) + P * least).toBeCloseTo(0, 6);
  });
});

test.each(["tanh", "relu", "selu", "gelu"] as const)(
  "the gradient with outputs of %s dropped equals dual numbers",
  async (activation) => {
    const { architecture, data, x, weights, session, before, after } = await firstStep(activation, "float64", 9, 12);
    const factor = activation === "selu" ? 1 / Math.sqrt((1 - P) * (1 + P * 1.7580993408473766 ** 2)) : 1 / (1 - P);
    const shift = activation === "selu" ? factor * P * 1.7580993408473766 : 0;
    const change = (l: number, i: number, u: number, value: reference.Dual): reference.Dual => {
      if (l > 0) return value;
      const kept = Math.abs(after[i]![u]! - (factor * before[i]![u]! + shift)) < 1e-12;
      return kept ? [factor * value[0] + shift, factor * value[1]] : [after[i]![u]!, 0];
    };
    const y = Array.from({ length: data.count }, (_, i) => [data.y[i]!]);
    const plain = weights.map(({ weight, bias }) => ({ weight: [...weight], bias: [...bias] }));
    const want = reference.gradient(architecture, plain, x, y, change);
    const got = getGradient(session).flatMap(({ weight, bias }) => [...weight, ...bias]);
    const norm = (values: number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    expect(norm(got.map((value, i) => value - want[i]!)) / norm(want)).toBeLessThan(1e-12);
  },
);

test("nothing is dropped but in training, and pauses and threads change nothing", async () => {
  const data = randomData(30, 60, "float32", 3);
  const train = async (fit: object) => {
    const network = new Network({ inputs: 30, layers: [{ units: 40, dropout: 0.5 }, 20, 3], dropout: 0.2 });
    const plain = new Network({ inputs: 30, layers: [40, 20, 3] });
    expect(await network.predict(data.x)).toEqual(await plain.predict(data.x));
    await network.fit(data, { iterations: 30, batchSize: 16, optimizer: "adam", ...fit });
    return hashOf(network);
  };
  const hash = await train({ threads: 1 });
  expect(await train({ threads: 3, onProgress: () => new Promise((resolve) => setTimeout(resolve, 1)) })).toBe(hash);
  expect(await train({ threads: 1, seed: 2, shuffle: false })).not.toBe(hash);
});

test("the share travels with the model", () => {
  const network = new Network({ inputs: 2, layers: [{ units: 3, dropout: 0.1 }, 4, 1], dropout: 0.25 });
  const text = new TextDecoder().decode(network.save());
  expect(text).toContain('\\"dropout\\":0.25');
  expect(text).toContain('\\"dropout\\":0.1');
  expect(Network.load(network.save()).summary()).toBe(network.summary());
});

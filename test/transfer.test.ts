// Networks of another one's layers: embeddings are the layer's outputs by their formula, kept weights are the same bits,
// new ones those of a network of their own.

import { describe, expect, test } from "vitest";
import { createDataset } from "../src/dataset.js";
import { Network } from "../src/network.js";
import { hashOf, randomData } from "./data.js";

const LAYERS = [
  { units: 7, activation: "tanh" as const, dropout: 0.3 },
  { units: 5, slope: 0.3 },
  { units: 4, activation: "sigmoid" as const },
];
const make = () =>
  new Network({
    ...{ inputs: 6, layers: [...LAYERS, 3], activation: "leakyRelu", slope: 0.1, dropout: 0.1, biasInit: 0.2 },
    ...{ dtype: "float64", shape: [1, 2, 3], scale: 0.5, classes: ["a", "b", "c"], seed: 7 },
  });
const x = Float64Array.from({ length: 11 * 6 }, (_, i) => ((i * 37) % 19) - 9);

// outputs of each layer by their formula
function outputsOf({ weights }: Network): number[][][] {
  const g = [Math.tanh, (z: number) => (z > 0 ? z : 0.3 * z), (z: number) => 1 / (1 + Math.exp(-z))];
  let rows = Array.from({ length: 11 }, (_, i) => Array.from(x.subarray(6 * i, 6 * i + 6), (value) => value * 0.5));
  return g.map((activation, l) => {
    const { weight, bias } = weights[l]!;
    rows = rows.map((row) =>
      Array.from(bias, (b, u) => activation(row.reduce((sum, v, k) => sum + v * weight[u * row.length + k]!, b))),
    );
    return rows;
  });
}

describe("upTo", () => {
  test.each([1, 2, 3])("%i predicts that layer's outputs, also once saved", async (layer) => {
    const network = make();
    const cut = network.upTo(layer);
    const wanted = outputsOf(network)[layer - 1]!.flat();
    for (const one of [cut, Network.load(cut.save())]) {
      const outputs = await one.predict(x);
      expect(outputs.length).toBe(wanted.length);
      outputs.forEach((value, i) => {
        expect(value).toBeCloseTo(wanted[i]!, 13); // sums of at most 8 terms
      });
    }
    expect(cut).toMatchObject({
      shape: [1, 2, 3],
      scale: 0.5,
      classes: null,
      loss: "meanSquaredError",
      dtype: "float64",
    });
    expect(cut.layers).toEqual([6, 7, 5, 4].slice(0, layer + 1));
  });

  test("normalised, residual and prelu layers come along with all they have, from the network's options, too", async () => {
    const own = { activation: "prelu", normalization: "batch", residual: true } as const;
    const network = new Network({ inputs: 6, layers: [5, 5, 4, 3], ...own, normEpsilon: 0.01, dtype: "float64" });
    const data = randomData(6, 20, "float64", 3);
    await network.fit(data, { iterations: 5 });
    const cut = network.upTo(3);
    expect(cut.weights).toEqual(network.weights.slice(0, 3));
    // the last layer over the outputs of the cut is the whole network
    const last = new Network({ inputs: 4, layers: [3], dtype: "float64" });
    last.weights = network.weights.slice(3);
    expect(await last.predict(await cut.predict(data.x))).toEqual(await network.predict(data.x));
    const head = network.withHead([4, 2], { seed: 5 });
    expect(head.weights.slice(0, 3)).toEqual(network.weights.slice(0, 3));
    expect(Object.keys(head.weights[3]!).sort()).toEqual(Object.keys(network.weights[2]!).sort());
    expect(() => network.upTo(2)).toThrow(/layer 2 is residual/);
  });

  test("the last layer is the whole network", () => {
    expect(make().upTo(4).save()).toEqual(make().save());
  });

  test("leaves the network as it was, and takes copies", async () => {
    const network = make();
    const before = hashOf(network);
    const cut = network.upTo(2);
    const y = Array.from({ length: 11 }, (_, i) => [1, 2, 3, 4, i]);
    const data = createDataset({ x, y, shape: [1, 2, 3], regression: true });
    await cut.fit(data, { iterations: 3 });
    expect(hashOf(network)).toBe(before);
    expect(hashOf(cut)).not.toBe(hashOf(network.upTo(2)));
  });

  test.each([0, 5, 1.5, -1])("layer %d is refused", (layer) => {
    expect(() => make().upTo(layer)).toThrow("upTo: layer is");
  });

  test("what was trained is taken in a callback, too", async () => {
    const network = new Network({ inputs: 6, layers: [4, 3] });
    const cuts: string[] = [];
    const onCost = () => cuts.push(hashOf(network.upTo(1)));
    await network.fit(randomData(6, 9, "float64", 3), { iterations: 3, logEvery: 1, threads: 1, onCost });
    expect(new Set(cuts).size).toBe(3);
    expect(cuts[2]).toBe(hashOf(network.upTo(1)));
  });
});

describe("withHead", () => {
  test("keeps all layers but the last, and draws the new ones as a network of their own", () => {
    const network = make();
    const other = network.withHead([{ units: 3, activation: "elu" }, 5], { seed: 3, classes: [..."vwxyz"] });
    expect(other.layers).toEqual([6, 7, 5, 4, 3, 5]);
    expect(other).toMatchObject({ classes: [..."vwxyz"], output: "softmax", shape: [1, 2, 3], scale: 0.5, seed: 3 });
    expect(other.weights.slice(0, 3)).toEqual(network.weights.slice(0, 3));
    expect(other.weights.slice(3)).toEqual(
      new Network({ inputs: 4, layers: [3, 5], dtype: "float64", seed: 3 }).weights,
    );
    // slopes and dropout of the kept layers stay, too
    const again = network.withHead([5], { seed: 3 }).upTo(3);
    expect(again.save()).toEqual(other.upTo(3).save());
    expect(new TextDecoder().decode(again.save())).toContain('dropout\\":0.3');
  });

  test("keeps so many layers, or all of them", () => {
    const network = make();
    expect(network.withHead([2], { keep: 1 }).layers).toEqual([6, 7, 2]);
    const cut = network.upTo(2);
    const on = cut.withHead([1], { keep: 2, loss: "huber", delta: 2, init: "zeros", biasInit: 3 });
    expect(on).toMatchObject({ layers: [6, 7, 5, 1], loss: "huber", output: "linear", seed: 7 });
    expect(on.weights[2]).toEqual({ weight: new Float64Array(5), bias: Float64Array.of(3) });
    expect(network.withHead([3], { keep: 0 }).layers).toEqual([6, 3]);
  });

  test("learns other classes with the kept layers frozen", async () => {
    const data = randomData(6, 30, "float64", 5);
    const network = make();
    const other = network.withHead([5]);
    const { costs } = await other.fit(data, { iterations: 60, learningRate: 0.5, logEvery: 59, freeze: 3 });
    expect(costs.at(-1)!.cost).toBeLessThan(costs[0]!.cost);
    expect(other.weights.slice(0, 3)).toEqual(network.weights.slice(0, 3));
    expect(other.classes).toEqual(data.classes);
  });

  test("mistakes are told in a sentence", () => {
    expect(() => make().withHead([5], { keep: 5 })).toThrow("withHead: keep is 5; the network has 4 layers.");
    expect(() => make().withHead([5], { keep: 4 })).toThrow(/layer 4 is hidden and has activation "softmax"/);
    expect(() => make().withHead(5 as never)).toThrow("withHead: layers is 5");
    expect(() => make().withHead([5], { classes: ["a"] })).toThrow("got 1 classes for 5 outputs");
    expect(() => make().withHead([5], { activation: "relu" } as never)).toThrow('"activation" is no option');
  });
});

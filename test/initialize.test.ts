// The ways of drawing first weights: their moments, their limits, orthogonality, layers of their own, biases.

import { describe, expect, test } from "vitest";
import { INITS, type Init } from "../src/catalogue.js";
import { Network } from "../src/network.js";

const [K, N] = [300, 200];
const layerOf = (init: Init, inputs = K, units = N) =>
  new Network({ inputs, layers: [units], init, dtype: "float64", output: "linear", loss: "meanSquaredError" })
    .weights[0]!;

function moments(values: ArrayLike<number>) {
  const all = Array.from(values);
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  const deviation = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length);
  return { mean, deviation, most: all.reduce((a, b) => Math.max(a, Math.abs(b)), 0) };
}

// k inputs, n units: deviation, and the largest size where there is one
const WANTED: [Init, number, number][] = [
  ["lecun", Math.sqrt(1 / K), Number.POSITIVE_INFINITY],
  ["he", Math.sqrt(2 / K), Number.POSITIVE_INFINITY],
  ["glorot", Math.sqrt(2 / (K + N)), Number.POSITIVE_INFINITY],
  ["lecunTruncated", Math.sqrt(1 / K), (2 * Math.sqrt(1 / K)) / 0.8796256610342398],
  ["heTruncated", Math.sqrt(2 / K), (2 * Math.sqrt(2 / K)) / 0.8796256610342398],
  ["glorotTruncated", Math.sqrt(2 / (K + N)), (2 * Math.sqrt(2 / (K + N))) / 0.8796256610342398],
  ["lecunUniform", Math.sqrt(1 / K), Math.sqrt(3 / K)],
  ["heUniform", Math.sqrt(2 / K), Math.sqrt(6 / K)],
  ["glorotUniform", Math.sqrt(2 / (K + N)), Math.sqrt(6 / (K + N))],
  ["pytorch", Math.sqrt(1 / (3 * K)), Math.sqrt(1 / K)],
  [0.3, 0.3, Number.POSITIVE_INFINITY],
  [{ normal: 0.3 }, 0.3, Number.POSITIVE_INFINITY],
  [{ truncatedNormal: 0.3 }, 0.3 * 0.8796256610342398, 0.6],
  [{ uniform: 0.3 }, 0.3 / Math.sqrt(3), 0.3],
];

test.each(WANTED)("%j has its mean, deviation and limit", (init, deviation, limit) => {
  const got = moments(layerOf(init).weight);
  expect(Math.abs(got.mean)).toBeLessThan((4 * deviation) / Math.sqrt(K * N));
  expect(Math.abs(got.deviation / deviation - 1)).toBeLessThan(0.02);
  expect(got.most).toBeLessThanOrEqual(limit);
  if (Number.isFinite(limit)) expect(got.most).toBeGreaterThan(0.99 * limit);
});

test("normal numbers are NumPy's after seed(1), uniform ones too", () => {
  // numpy.random.seed(1); randn() is 1.62434536, 1 − 2·(1 − random_sample()) is −0.16595599
  expect(layerOf({ normal: 1 }).weight[0]).toBeCloseTo(1.62434536, 8);
  expect(layerOf({ uniform: 1 }).weight[0]).toBeCloseTo(-0.16595599, 8);
});

test("constants", () => {
  expect(new Set(layerOf("zeros").weight)).toEqual(new Set([0]));
  expect(new Set(layerOf("ones").weight)).toEqual(new Set([1]));
  expect(new Set(layerOf({ constant: -2 }).weight)).toEqual(new Set([-2]));
  expect([...layerOf("identity", 3, 2).weight]).toEqual([1, 0, 0, 0, 1, 0]);
  expect([...layerOf("identity", 2, 3).weight]).toEqual([1, 0, 0, 1, 0, 0]);
});

describe.each([
  [20, 20],
  [30, 7],
  [7, 30],
  [1, 5],
])("orthogonal, %i inputs and %i units", (inputs, units) => {
  test("rows or columns are orthonormal", () => {
    const { weight } = layerOf("orthogonal", inputs, units);
    const at = (u: number, k: number) => weight[u * inputs + k]!;
    const [count, length] = units <= inputs ? [units, inputs] : [inputs, units];
    const vector = (v: number, i: number) => (units <= inputs ? at(v, i) : at(i, v));
    for (let a = 0; a < count; a++) {
      for (let b = 0; b <= a; b++) {
        let sum = 0;
        for (let i = 0; i < length; i++) sum += vector(a, i) * vector(b, i);
        expect(sum).toBeCloseTo(Number(a === b), 13);
      }
    }
  });
});

test("biases start at 0, at a number, or as PyTorch's; a layer may have ways of its own", () => {
  const biases = (options: object) =>
    new Network({ inputs: 4, layers: [3, 2], ...options }).weights.map(({ bias }) => [...bias]);
  expect(biases({})).toEqual([
    [0, 0, 0],
    [0, 0],
  ]);
  expect(biases({ biasInit: 0.5 })).toEqual([
    [0.5, 0.5, 0.5],
    [0.5, 0.5],
  ]);
  expect(biases({ layers: [{ units: 3, biasInit: 1 }, 2] })).toEqual([
    [1, 1, 1],
    [0, 0],
  ]);
  const drawn = biases({ init: "pytorch" }).flat();
  expect(new Set(drawn).size).toBe(5);
  expect(moments(drawn.slice(0, 3)).most).toBeLessThanOrEqual(0.5);
  const own = new Network({ inputs: 2, layers: [{ units: 2, init: "identity" }, { units: 2, init: "ones" }, 1] });
  expect(own.weights.slice(0, 2).map(({ weight }) => [...weight])).toEqual([
    [1, 0, 0, 1],
    [1, 1, 1, 1],
  ]);
  expect(own.init).toBe("lecun");
  const loaded = Network.load(own.save());
  expect(loaded.weights).toEqual(own.weights);
});

test.each(INITS)("%s draws the same twice, and finite numbers", (init) => {
  const draw = () => new Network({ inputs: 9, layers: [5, 1], init, seed: 3 }).weights;
  expect(draw()).toEqual(draw());
  for (const { weight, bias } of draw()) expect([...weight, ...bias].every(Number.isFinite)).toBe(true);
});

// ONNX models of networks, judged by onnxruntime: relative to the largest output, float32 of other exps and another order
// of sums leaves some 1e-7.

import { describe, expect, test } from "vitest";
import { ACTIVATIONS, SCALINGS } from "../src/catalogue.js";
import { networkToOnnx } from "../src/exchange/onnx-write.js";
import {
  createDataset,
  createTableDataset,
  importNetwork,
  Network,
  type NetworkOptions,
  networkToKeras,
} from "../src/index.js";
import { Random } from "../src/random.js";
import { deviation, runOnnx } from "./onnx.js";

const CLOSE = 1e-6;
const random = new Random(7);
const drawn = (count: number, scale = 1, shift = 0) =>
  Float32Array.from({ length: count }, () => scale * random.normal() + shift);

/** A network whose every array is drawn, so that none is at its usual 0 or 1. */
function network(options: NetworkOptions): Network {
  const made = new Network({ seed: 3, ...options });
  made.weights = made.weights.map((layer) =>
    Object.fromEntries(
      Object.entries(layer).map(([name, values]) => {
        if (name === "weight") return [name, values];
        const size = name === "variance" ? 0.3 : 0.5;
        return [name, drawn(values.length, size, name === "gamma" || name === "variance" ? 1.5 : 0)];
      }),
    ),
  ) as never;
  return made;
}

async function away(made: Network, count = 9, scale = 1, shape = made.shape): Promise<number> {
  const x = drawn(count * made.inputs, scale);
  const found = await runOnnx(networkToOnnx(made), { input: { data: x, shape: [count, ...shape] } });
  return deviation(found, await made.predict(x));
}

const hidden: [string, NetworkOptions][] = ACTIVATIONS.map((activation) => [
  `hidden ${activation}`,
  { inputs: 7, layers: [13, 5, 3], activation },
]);
const outputs: [string, NetworkOptions][] = ACTIVATIONS.map((output) => [
  `output ${output}`,
  { inputs: 5, layers: [4, 3], output },
]);
const others: [string, NetworkOptions][] = [
  ["one softmax of many", { inputs: 33, layers: [65, 10], output: "softmax" }],
  ["one sigmoid", { inputs: 3, layers: [1] }],
  ["leakyRelu of its own slope", { inputs: 4, layers: [6, 2], activation: "leakyRelu", slope: 0.3 }],
  [
    "layers of different activations",
    { inputs: 4, layers: [{ units: 6, activation: "tanh" }, 5, 2], activation: "elu" },
  ],
  ["batch normalisation", { inputs: 4, layers: [8, 8, 2], normalization: "batch", normEpsilon: 1e-3 }],
  ["layer normalisation", { inputs: 4, layers: [8, 8, 2], normalization: "layer" }],
  ["a normalised last layer", { inputs: 4, layers: [8, { units: 2, normalization: "batch" }], output: "linear" }],
  ["residual layers", { inputs: 6, layers: [6, 6, 6, 2], residual: true, activation: "silu" }],
  [
    "all of it",
    { inputs: 6, layers: [6, 6, 3], residual: true, normalization: "layer", activation: "prelu", dropout: 0.2 },
  ],
  ["float64", { inputs: 9, layers: [20, 2], dtype: "float64", activation: "gelu" }],
];

describe("onnxruntime gives what predict gives", () => {
  test.each([...hidden, ...outputs, ...others])("%s", async (_, options) => {
    expect(await away(network(options))).toBeLessThan(CLOSE);
  });

  test("pictures of bytes, in their shape, times their scale", async () => {
    const made = network({ inputs: 48, layers: [5, 2], shape: [4, 4, 3], scale: 1 / 255 });
    expect(await away(made, 3, 100)).toBeLessThan(CLOSE);
  });

  test("standardised columns far from 0, and targets in their own unit", async () => {
    const count = 40;
    const rows = Array.from({ length: count }, () => [19_000.3 + random.normal(), 1e-3 * random.normal(), 5]);
    const y = rows.map(([a, b]) => 250 + 30 * (a! - 19_000) + 1e4 * b!);
    const data = createDataset({ x: rows, y, regression: true, scale: 2 });
    const made = new Network({ inputs: 3, layers: [8, 1], output: "linear", standardize: true });
    await made.fit(data, { iterations: 50 });
    const x = Float32Array.from(rows.flat());
    const found = await runOnnx(networkToOnnx(made), { input: { data: x, shape: [count, 3] } });
    expect(deviation(found, await made.predict(x))).toBeLessThan(CLOSE);
    const bare = await runOnnx(networkToOnnx(made, { bare: true }), { input: { data: x, shape: [count, 3] } });
    expect(deviation(bare, await made.predict(x))).toBeGreaterThan(0.1);
  });

  test.each(SCALINGS)("columns that are scaled by %s, and so does Keras's file", async (scaling) => {
    const count = 40;
    const rows = Array.from({ length: count }, () => [30 + random.normal(), 5 * random.normal(), 5]);
    const y = rows.map(([a, b]) => 250 + 30 * (a! - 30) + b!);
    const made = new Network({ inputs: 3, layers: [8, 1], output: "linear", scaling });
    await made.fit(createDataset({ x: rows, y, regression: true }), { iterations: 50 });
    const x = Float32Array.from(rows.flat(), (value) => 2 * value); // beyond what was fitted on
    const found = await runOnnx(networkToOnnx(made), { input: { data: x, shape: [count, 3] } });
    expect(deviation(found, await made.predict(x))).toBeLessThan(CLOSE);
    const again = await importNetwork({ name: "a.keras", bytes: await networkToKeras(made) });
    expect(deviation(await again.predict(x), await made.predict(x))).toBeLessThan(CLOSE);
  });

  test("a table's columns by their names, with holes, values never seen, and rare ones", async () => {
    const values = ["red", "green", "blue", "gold", null];
    const count = 60;
    const columns = [
      { name: "size", values: Float64Array.from({ length: count }, (_, i) => (i % 7 === 0 ? Number.NaN : 1e3 + i)) },
      { name: "/colour", values: Array.from({ length: count }, (_, i) => values[(i * i) % 5]!) },
      { name: "income", values: Float64Array.from({ length: count }, (_, i) => i * i) },
      { name: "kind", values: Array.from({ length: count }, (_, i) => (i % 3 ? "a" : "b")) },
    ];
    const data = createTableDataset({ count, columns }, { target: "kind", log1p: ["income"], mostCategories: 2 });
    const made = new Network({ inputs: data.features, layers: [6, 1], standardize: true });
    await made.fit(data, { iterations: 30 });
    const found = await runOnnx(networkToOnnx(made), {
      size: { data: Float32Array.from(columns[0]!.values as Float64Array), shape: [count, 1] },
      "/colour": {
        data: Array.from(columns[1]!.values as (string | null)[], (value) => value ?? ""),
        shape: [count, 1],
      },
      income: { data: Float32Array.from(columns[2]!.values as Float64Array), shape: [count, 1] },
    });
    expect(deviation(found, await made.predict({ count, columns: columns.slice(0, 3) }))).toBeLessThan(CLOSE);
    const unseen = await runOnnx(networkToOnnx(made), {
      size: { data: Float32Array.of(1010), shape: [1, 1] },
      "/colour": { data: ["mauve"], shape: [1, 1] },
      income: { data: Float32Array.of(4), shape: [1, 1] },
    });
    const row = { size: 1010, "/colour": "mauve", income: 4 };
    const one = Object.entries(row).map(([name, value]) => ({ name, values: [value] }));
    expect(deviation(unseen, await made.predict({ count: 1, columns: one }))).toBeLessThan(CLOSE);
  });
});

describe("an ONNX model that is imported", () => {
  test.each([...hidden, ...outputs, ...others])("predicts the same: %s", async (_, options) => {
    const made = network(options);
    const again = await importNetwork({ name: "a.onnx", bytes: networkToOnnx(made) });
    const x = drawn(9 * made.inputs);
    expect(deviation(await again.predict(x), await made.predict(x))).toBeLessThan(CLOSE);
    expect([again.output, again.loss, again.layers]).toEqual([made.output, made.loss, made.layers]);
  });
});

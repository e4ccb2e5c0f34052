// Optimizers, schedules, losses, decays, weights of classes, and layers of other kinds against PyTorch: 50 steps of the
// same network on the same data, in float64.

import { expect, test } from "vitest";
import { createDataset } from "../src/dataset.js";
import type { NetworkOptions } from "../src/network/options.js";
import { Network } from "../src/network.js";
import type { LayerWeights } from "../src/session/layout.js";
import type { FitOptions } from "../src/train/options.js";
import { resolveFitOptions } from "../src/train/options.js";
import { beginSchedule, rateAt } from "../src/train/schedule.js";
import { readJson } from "./files.js";

interface Plain {
  weight: number[];
  bias: number[];
}
interface Golden {
  name: string;
  network: Partial<NetworkOptions>;
  fit: FitOptions;
  y: number[] | number[][];
  costs: number[];
  rates: number[];
  end: Plain[];
}
/** One of layers of other kinds, on the labels. */
interface GoldenLayers extends Omit<Golden, "y" | "rates"> {
  widths: number[];
  start: { weight: number[][]; bias: number[] }[];
}
const golden = readJson<{
  widths: number[];
  x: number[][];
  labels: number[];
  start: Plain[];
  cases: Golden[];
  layers: GoldenLayers[];
}>(new URL("golden/optimizers.json", import.meta.url).pathname);
const LIMIT = 1e-10; // relative
const norm = (values: ArrayLike<number>) => Math.sqrt(Array.from(values).reduce((sum, value) => sum + value ** 2, 0));

/** ‖a − b‖/‖b‖ over all that b has. */
function distance(a: readonly LayerWeights[], b: readonly Plain[]): number {
  const flat = (layers: readonly object[]) =>
    layers.flatMap((layer, l) =>
      Object.keys(b[l]!).flatMap((name) => Array.from((layer as Record<string, ArrayLike<number>>)[name]!)),
    );
  const [one, other] = [flat(a), flat(b)];
  return norm(one.map((value, i) => value - other[i]!)) / norm(other);
}

test.each(golden.cases.map((one) => [one.name, one] as const))(
  "%s",
  async (_, { network: options, fit, y, costs, rates, end }) => {
    const { widths, x, start } = golden;
    const network = new Network({
      ...{ inputs: widths[0]!, layers: widths.slice(1), activation: "tanh", dtype: "float64" },
      ...options,
    });
    network.weights = start;
    const data = Array.isArray(y[0])
      ? createDataset({ x, y: y as number[][], regression: true })
      : createDataset({ x, y: y as number[] });
    const settings: FitOptions = { ...fit, iterations: costs.length, logEvery: 1 };
    const history = await network.fit(data, settings);
    for (const [i, { cost }] of history.costs.entries()) {
      expect(Math.abs(cost / costs[i]! - 1), `step ${i}`).toBeLessThan(LIMIT);
    }
    expect(distance(network.weights, end)).toBeLessThan(LIMIT);
    const resolved = resolveFitOptions(settings, data.count, 1);
    rates.forEach((rate, i) => {
      expect(Math.abs(rateAt(resolved, i, beginSchedule()) - rate) / rates[0]!, `rate ${i}`).toBeLessThan(LIMIT);
    });
  },
);

test.each(golden.layers.map((one) => [one.name, one] as const))(
  "%s",
  async (_, { widths, start, network: options, fit, costs, end }) => {
    const network = new Network({ inputs: widths[0]!, layers: widths.slice(1), dtype: "float64", ...options });
    network.weights = network.weights.map((own, l) => ({
      ...own,
      ...{ weight: start[l]!.weight.flat(), bias: start[l]!.bias },
    }));
    const data = createDataset({ x: golden.x, y: golden.labels });
    const history = await network.fit(data, { ...fit, iterations: costs.length, logEvery: 1 });
    for (const [i, { cost }] of history.costs.entries()) {
      expect(Math.abs(cost / costs[i]! - 1), `step ${i}`).toBeLessThan(LIMIT);
    }
    expect(distance(network.weights, end)).toBeLessThan(LIMIT);
  },
);

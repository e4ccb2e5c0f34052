// The trainings that are measured: networks, batches and data from one seed, the same for everyone.

import { Network, type NetworkOptions, Random } from "wasmlp";
import { countFlops } from "../src/architecture.js";

export interface Work {
  readonly name: string;
  /** Widths of all layers, the inputs first. */
  readonly layers: readonly number[];
  readonly count: number;
  readonly batch: number;
  readonly optimizer: "sgd" | "adam";
  readonly rate: number;
}

export const COURSE: Work = {
  name: "course",
  layers: [12288, 20, 7, 5, 1],
  count: 209,
  batch: 209,
  optimizer: "sgd",
  rate: 0.0075,
};
export const MNIST: Work = {
  name: "mnist",
  layers: [784, 256, 128, 10],
  count: 2048,
  batch: 128,
  optimizer: "adam",
  rate: 0.001,
};

/** Data of the sizes wanted: bytes, and about a third of them in class 1, or ten classes by turns. */
export function dataOf({ layers, count }: Pick<Work, "layers" | "count">) {
  const random = new Random(1);
  const features = layers[0]!;
  const classes = Math.max(2, layers[layers.length - 1]!);
  const x = Uint8Array.from({ length: count * features }, () => random.integer(255));
  const y = Int32Array.from({ length: count }, (_, i) => (classes === 2 ? Number(i % 3 === 0) : i % classes));
  const names = Array.from({ length: classes }, (_, c) => String(c));
  return { x, y, count, features, shape: [features], scale: 1 / 255, classes: names };
}

export function networkOf({ layers }: Pick<Work, "layers">, options: Partial<NetworkOptions> = {}): Network {
  return new Network({ inputs: layers[0]!, layers: layers.slice(1), init: "lecun", seed: 1, ...options });
}

/** Floating-point operations of a step in direct form. */
export const flopsOf = ({ layers, batch }: Pick<Work, "layers" | "batch">) => countFlops(layers, batch);

export interface Ours {
  readonly backend?: "wasm" | "js";
  readonly numerics?: "strict" | "fused";
  readonly dtype?: "float32" | "float64";
  readonly threads?: number;
  readonly firstLayer?: "direct" | "gram";
}

/** Trains for some iterations at a time, always on the same network; `run` returns the seconds of one iteration. */
export function trainer(work: Work, how: Ours, iterations: number) {
  const { backend = "wasm", numerics = "strict", dtype = "float32", threads = 1, firstLayer = "direct" } = how;
  const network = networkOf(work, { backend, numerics, dtype });
  const data = dataOf(work);
  const { batch, optimizer, rate } = work;
  const train = (steps: number, logEvery: number) =>
    network.fit(data, {
      ...{ iterations: steps, batchSize: batch, optimizer, learningRate: rate, shuffle: false },
      ...{ threads, firstLayer, logEvery },
    });
  return {
    network,
    /** Costs of the first steps, for comparison with others. */
    costs: async (steps: number) => (await train(steps, 1)).costs.map(({ cost }) => cost),
    run: async () => (await train(iterations, iterations + 1)).millisecondsPerIteration / 1000,
  };
}

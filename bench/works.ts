// The trainings that are measured: networks, batches and data from one seed, the same for everyone.

import { type FitOptions, Network, type NetworkOptions, Random } from "wasmlp";
import { countFlops, type LayerShape } from "../src/architecture.js";
import { loadBackend } from "../src/backend.js";
import { copyRows, setWeights } from "../src/session/layout.js";
import { open } from "../src/session.js";

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

export const WIDE: Work = {
  name: "wide",
  layers: [784, 1024, 1024, 10],
  count: 1024,
  batch: 256,
  optimizer: "adam",
  rate: 0.0005,
};
export const WIDER: Work = {
  name: "wider",
  layers: [3072, 4096, 4096, 10],
  count: 1024,
  batch: 512,
  optimizer: "adam",
  rate: 0.0001,
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
  readonly vectors?: 128 | 256;
  readonly dtype?: "float32" | "float64";
  readonly threads?: number;
  readonly firstLayer?: "direct" | "gram";
}

/**
 * Trains on and on, the same network in the same memory, and waits between two runs; `run` goes on for some iterations,
 * and returns the seconds of one.
 */
export function trainer(work: Work, how: Ours, iterations: number) {
  const { backend = "wasm", numerics = "strict", dtype = "float32", ...others } = how;
  const network = networkOf(work, { backend, numerics, dtype });
  const data = dataOf(work);
  const { batch, optimizer, rate } = work;
  const train = (options: FitOptions) =>
    network.fit(data, {
      ...{ batchSize: batch, optimizer, learningRate: rate, shuffle: false },
      ...{ threads: 1, firstLayer: "direct", vectors: 128, ...others, ...options },
    });
  let waiting = true;
  let [iteration, seconds] = [0, 0]; // when it was woken
  let [took, failed] = [(_: number) => {}, (_: unknown) => {}];
  let goOn: (() => void) | null = null;
  let stop = () => {};
  const onProgress: FitOptions["onProgress"] = (now, training) => {
    stop = () => training.stop();
    if (waiting) {
      // woken: what others left in the caches is gone, and threads are awake
      waiting = false;
      ({ iteration, seconds } = now);
      return;
    }
    const done = now.iteration - iteration;
    if (done < iterations) return;
    took((now.seconds - seconds) / done);
    waiting = true;
    return new Promise<void>((resolve) => {
      goOn = resolve;
    });
  };
  return {
    network,
    /** Costs of the first steps, for comparison with others. To be asked before anything is run. */
    costs: async (steps: number) => (await train({ iterations: steps, logEvery: 1 })).costs.map(({ cost }) => cost),
    run: () =>
      new Promise<number>((resolve, reject) => {
        [took, failed] = [resolve, reject];
        if (goOn) goOn();
        else train({ iterations: ENDLESS, logEvery: ENDLESS, onProgress }).catch((error) => failed(error));
      }),
    /** Lets go of its memory and its threads. */
    end() {
      stop();
      goOn?.();
    },
  };
}
const ENDLESS = 1e9;

/** Examples that MNIST's network is asked at a time. */
export const ASKED = [1, 64, 10_000] as const;

/** Floating-point operations of an answer. */
export const flopsOfAnswer = (layers: readonly number[]) =>
  layers.slice(1).reduce((sum, units, l) => sum + 2 * units * layers[l]!, 0);

/** Rows of numbers from 0 to 1 for MNIST's network. */
export function rowsOf(count: number): Float32Array {
  const random = new Random(3);
  return Float32Array.from({ length: count * MNIST.layers[0]! }, () => random.uniform());
}

/** A training's forward pass of MNIST's network over one batch that lies in its memory. */
export async function forwardOf(dtype: "float32" | "float64"): Promise<() => void> {
  const { layers: widths, batch } = MNIST;
  const layers = widths.slice(1).map((units, l): LayerShape => {
    return { inputs: widths[l]!, units, activation: l < widths.length - 2 ? "relu" : "softmax" };
  });
  const session = open(await loadBackend("wasm"), {
    ...{ purpose: "infer", architecture: { layers, loss: "categoricalCrossEntropy", dtype } },
    ...{ x: "uint8", y: null, count: batch, batch },
  });
  setWeights(session, networkOf(MNIST, { dtype }).weights);
  copyRows(session, dataOf({ layers: widths, count: batch }), 0, batch);
  session.setScale(1 / 255);
  return () => session.run("forward");
}

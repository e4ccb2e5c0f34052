// The rate of each of a training step's kernels against the size of the layers and of the batch: forward pass, gradient of
// the inputs, gradient of the weights with the update right behind it. Of two equal layers, on one thread.

import { type Backend, loadBackend } from "../src/backend.js";
import type { Numerics } from "../src/catalogue.js";
import { Random } from "../src/random.js";
import { copyRows, copyTargets, setWeights } from "../src/session/layout.js";
import { open } from "../src/session.js";
import { median } from "../src/statistics.js";

export type Dtype = "float32" | "float64";

/** What a step is made of. */
export const KERNELS = ["forward", "input gradient", "weight gradient and update"] as const;

/** Seconds of each kernel, and of a step; medians. */
export interface Shape {
  readonly width: number;
  readonly batch: number;
  readonly seconds: Readonly<Record<(typeof KERNELS)[number] | "step", number>>;
  /** Floating-point operations of a product of all layers, as forward pass and gradient of the weights have it. */
  readonly flops: number;
}

/** Measures a network width-width-width with Adam over batches of `batch`, for `seconds`. */
export async function measureShape(numerics: Numerics, dtype: Dtype, width: number, batch: number, seconds: number) {
  const backend = await loadBackend("wasm", numerics);
  const train = sessionOf(backend, dtype, width, batch, "train");
  const infer = sessionOf(backend, dtype, width, batch, "infer");
  const flops = 4 * batch * width * width;
  const times = Math.max(1, Math.round(4e7 / flops));
  const once = (run: () => void) => {
    const start = performance.now();
    for (let i = 0; i < times; i++) run();
    return (performance.now() - start) / times / 1000;
  };
  const taken: Shape["seconds"][] = [];
  const start = performance.now();
  for (let turn = 0; turn < 4 || performance.now() - start < 1000 * seconds; turn++) {
    const forward = once(() => infer.run("forward"));
    const passes = once(() => train.run("passes"));
    const updates = once(() => train.run("updates"));
    if (turn === 0) continue;
    taken.push({
      ...{ forward, "input gradient": passes - forward, "weight gradient and update": updates },
      step: passes + updates,
    });
  }
  const names = [...KERNELS, "step"] as const;
  const medians = Object.fromEntries(names.map((kernel) => [kernel, median(taken.map((one) => one[kernel]))]));
  return { width, batch, flops, seconds: medians } as unknown as Shape;
}

function sessionOf(backend: Backend, dtype: Dtype, width: number, batch: number, purpose: "train" | "infer") {
  const layers = [0, 1].map(() => ({ inputs: width, units: width, activation: "relu" as const }));
  const session = open(backend, {
    ...{ purpose, architecture: { layers, loss: "meanSquaredError", dtype }, x: dtype, count: batch, batch },
    ...{ y: purpose === "infer" ? null : "numbers", optimizer: "adam" },
  });
  const random = new Random(1);
  const numbers = (length: number, size: number) =>
    Float64Array.from({ length }, () => size * (random.uniform() - 0.5));
  const x = numbers(batch * width, 1);
  const data = { x, count: batch, features: width, shape: [width], scale: 1, y: x, classes: null, outputs: width };
  copyRows(session, data, 0, batch);
  if (purpose !== "infer") copyTargets(session, data, 0, batch);
  const weight = numbers(width * width, 2 / Math.sqrt(width));
  setWeights(
    session,
    [0, 1].map(() => ({ weight, bias: numbers(width, 0) })),
  );
  session.setHyperparameters({
    ...{
      learningRate: 1e-9,
      momentum: 0,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
      clipNorm: 0,
      clipValue: 0,
    },
    ...{ l1: 0, ema: 0, swaStart: 0, swaEvery: 0, maxNorm: 0 },
  });
  return session;
}

/** GFLOP/s of each kernel, and of a step. */
export function ratesOf({ flops, seconds }: Shape): Readonly<Record<(typeof KERNELS)[number] | "step", number>> {
  return {
    forward: flops / seconds.forward / 1e9,
    "input gradient": flops / 2 / seconds["input gradient"] / 1e9, // of one layer: the inputs' own is never needed
    "weight gradient and update": flops / seconds["weight gradient and update"] / 1e9,
    step: (2.5 * flops) / seconds.step / 1e9,
  };
}

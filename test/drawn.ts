// Trainings drawn from a seed, over all options of networks and fits: what is promised of every training is tried on
// many of these.

import {
  ACTIVATIONS,
  type Activation,
  INITS,
  LOSSES,
  type Loss,
  losses,
  NORMALIZATIONS,
  type OutputActivation,
  SCHEDULES,
  STEP_NAMES,
} from "../src/catalogue.js";
import type { Dataset } from "../src/dataset.js";
import type { LayerOptions, NetworkOptions } from "../src/network/options.js";
import { onlyUsed } from "../src/options/resolve.js";
import { Random } from "../src/random.js";
import type { FitOptions } from "../src/train/options.js";
import { type Kind, randomData } from "./data.js";

export interface Drawn {
  readonly network: NetworkOptions;
  readonly fit: FitOptions;
  readonly data: Dataset;
}

const WIDTHS = [1, 2, 3, 5, 8, 9, 20, 33, 64, 70, 257];

/** A training of `iterations` updates. Every activation, loss and optimizer comes once in as many seeds as there are. */
export function drawTraining(seed: number, iterations: number): Drawn {
  const random = new Random(seed);
  const chance = (share: number) => random.uniform() < share;
  const one = <T>(values: readonly T[]): T => values[random.integer(values.length - 1)]!;
  const byTurns = <T>(values: readonly T[]): T => values[seed % values.length]!;

  const loss: Loss = byTurns(LOSSES);
  const { targets, outputs: heads, least: fewest } = losses[loss];
  const outputs = Math.max(fewest, one([1, 1, 2, 3, 10]));
  const output: OutputActivation = heads.includes("gelu") ? one(["linear", "linear", "tanh", "sigmoid"]) : one(heads);
  const activation: Activation = byTurns(ACTIVATIONS);
  const layerOf = (units: number): number | LayerOptions => {
    if (chance(0.5)) return units;
    return {
      units,
      ...(chance(0.7) && { activation: one(ACTIVATIONS) }),
      ...(chance(0.3) && { slope: 0.2, dropout: 0.3 }),
      ...(chance(0.3) && { normalization: one(["none", ...NORMALIZATIONS] as const) }),
    };
  };
  const widths = Array.from({ length: random.integer(3) }, () => one(WIDTHS));
  if (chance(0.4)) widths.fill(widths[0]!); // what a layer can be passed by wants
  const hidden = widths.map(layerOf);
  const inputs = one([1, 3, 7, 8, 31, 64, 100, 300]);
  const network: NetworkOptions = {
    ...{ inputs, layers: [...hidden, outputs], activation, output, loss, seed },
    ...(chance(0.3) && { init: one([...INITS.filter((init) => init !== "zeros"), 0.1, { uniform: 0.2 }]) }),
    ...(chance(0.4) && { dropout: one([0.2, 0.5]) }),
    ...(chance(0.4) && { normalization: one(NORMALIZATIONS), normMomentum: 0.3 }),
    ...(chance(0.4) && { residual: true }),
    ...(activation === "exponential" && { init: 0.01 }), // or it explodes
    ...(chance(0.2) && { inputNoise: 0.1 }),
    ...(loss === "huber" && { delta: 0.5 }),
    ...(loss === "quantile" && { quantile: 0.9 }),
    ...(targets === "labels" && chance(0.3) && { labelSmoothing: 0.1 }),
  };

  const kind: Kind = one(["bytes", "float32", "float64"]);
  const count = one([3, 9, 24, 41, 150]);
  const labelled = randomData(inputs, count, kind, Math.max(2, outputs));
  const asNumbers = targets === "numbers" || chance(0.2);
  const positive = losses[loss].numbers?.least === 0;
  const target = () => (targets === "labels" ? random.uniform() : positive ? random.integer(5) : random.normal());
  const y = Float64Array.from({ length: count * outputs }, target);
  const data: Dataset = asNumbers ? { ...labelled, y, outputs, classes: null } : labelled;

  const optimizer = byTurns(STEP_NAMES);
  const least = JSON.stringify(network).includes('"batch"') ? 4 : 1; // of what is normalised over the batch
  const fit: FitOptions = {
    ...{ iterations, optimizer, learningRate: 0.003, logEvery: one([1, 7, 100]), seed },
    ...(chance(0.6) && { batchSize: Math.max(least, one([1, 4, 7, 16, 33])) }),
    ...(chance(0.3) && { weightDecay: 0.05 }),
    ...(chance(0.3) && { clipNorm: 0.5 }),
    ...(chance(0.2) && { clipValue: 0.1 }),
    ...(chance(0.2) && { l1: 0.01 }),
    ...(chance(0.2) && one([{ ema: 0.8 }, { swaStart: 4, swaEvery: 3 }])),
    ...(chance(0.2) && { maxNorm: 0.4 }),
    ...(chance(0.2) && { accumulate: 3 }),
    ...(chance(0.2) && { shuffle: false }),
    ...(chance(0.4) && onlyUsed("fit", { schedule: one(SCHEDULES), decayEvery: 2 })),
    ...(chance(0.2) && { warmup: 5 }),
    ...(data.classes && chance(0.3) && { classWeights: "balanced" as const }),
    ...(chance(0.2) && { sampleWeights: Array.from({ length: count }, () => random.uniform()) }),
    firstLayer: one(["direct", "auto"]),
  };
  return { network, fit, data };
}

/** The same, in words. */
export const called = ({ network, fit, data }: Drawn) =>
  JSON.stringify([network, fit, data.count, data.x.constructor.name, data.classes === null ? "numbers" : "labels"]);

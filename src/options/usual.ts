// Defaults that follow from other options.

import {
  LOSSES,
  type Loss,
  losses,
  type Numerics,
  OPTIMIZERS,
  type OptimizerName,
  type OutputActivation,
  optimizers,
  type Scaling,
} from "../catalogue.js";
import { unitsOf } from "./check.js";

/** Slope of leakyRelu below 0. */
export const LEAK = 0.01;

/** What a default may follow from: options that come earlier in the table, and the number of examples. */
export interface Facts {
  readonly layers?: readonly (
    | number
    | { readonly units: number; readonly activation?: OutputActivation | undefined }
  )[];
  readonly activation?: OutputActivation;
  readonly output?: OutputActivation;
  readonly loss?: Loss;
  readonly optimizer?: OptimizerName;
  readonly batchSize?: number | "full";
  readonly count?: number;
  readonly standardize?: boolean | undefined;
  readonly backend?: string;
}

/** A default that follows from the optimizer's row: its value, and all of them in words. */
export function byOptimizer(column: "learningRate" | "beta2" | "epsilon" | "weightDecay") {
  const values = [...new Set(OPTIMIZERS.map((name) => optimizers[name][column]))];
  const inWords = values.map((value, v) => {
    const names = OPTIMIZERS.filter((name) => optimizers[name][column] === value);
    return v === 0 ? String(value) : `${value} for ${names.join(", ")}`;
  });
  return { default: ({ optimizer = "sgd" }: Facts) => optimizers[optimizer][column], usually: inWords.join("; ") };
}

/** The activations of all layers, as far as they are said. */
export function activationsIn({ layers = [], activation, output }: Facts): unknown[] {
  return [activation, output, ...layers.map((layer) => (typeof layer === "object" ? layer.activation : undefined))];
}

export function usualOutput({ layers = [], loss }: Facts): OutputActivation {
  const last = layers[layers.length - 1];
  const own = typeof last === "object" ? last?.activation : undefined;
  if (own !== undefined) return own;
  const several = unitsOf(last) !== 1;
  const row = loss === undefined ? undefined : losses[loss]; // an unknown one is refused later
  const usual = several ? "softmax" : "sigmoid";
  return row && (row.targets === "numbers" || !row.outputs.includes(usual)) ? row.outputs[0]! : usual;
}

export function usualLoss({ output }: Facts): Loss {
  // a loss of its own has an output whose logits it takes
  const own = LOSSES.find((loss) => losses[loss].takes === "logits" && losses[loss].outputs[0] === output);
  return own ?? "meanSquaredError";
}

/** `standardize` is the short form of one scaling. */
export const usualScaling = ({ standardize = false }: Facts): Scaling | "none" => (standardize ? "standard" : "none");

/** The backend "relaxed" was what fused numerics are. */
export const usualNumerics = ({ backend }: Facts): Numerics => (backend === "relaxed" ? "fused" : "strict");

export function usualLogEvery({ batchSize = "full", count }: Facts): number | undefined {
  if (batchSize === "full") return 100;
  return count === undefined ? undefined : batchSize >= count ? 100 : Math.ceil(count / batchSize);
}

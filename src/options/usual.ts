// Defaults that follow from other options.

import { type Loss, OPTIMIZERS, type OptimizerName, type OutputActivation } from "../catalogue.js";

/** What a default may follow from: options that come earlier in the table, and the number of examples. */
export interface Facts {
  readonly layers?: readonly number[];
  readonly output?: OutputActivation;
  readonly loss?: Loss;
  readonly optimizer?: OptimizerName;
  readonly batchSize?: number | "full";
  readonly count?: number;
}

/** What is usual for each optimizer. */
const USUAL: Readonly<Record<OptimizerName, { learningRate: number; beta2?: number; weightDecay?: number }>> = {
  sgd: { learningRate: 0.0075 },
  momentum: { learningRate: 0.0075 },
  nesterov: { learningRate: 0.0075 },
  rmsprop: { learningRate: 0.001, beta2: 0.9 },
  adam: { learningRate: 0.001 },
  adamw: { learningRate: 0.001, weightDecay: 0.01 },
};

/** A default that follows from the optimizer: the column's value in its row, else `otherwise`. */
export function byOptimizer(column: "learningRate" | "beta2" | "weightDecay", otherwise: number) {
  const usual = (optimizer: OptimizerName) => USUAL[optimizer][column] ?? otherwise;
  const values = [...new Set(OPTIMIZERS.map(usual))];
  const inWords = values.map((value, v) => {
    const optimizers = OPTIMIZERS.filter((name) => usual(name) === value);
    return v === 0 ? String(value) : `${value} for ${optimizers.join(", ")}`;
  });
  return { default: ({ optimizer = "sgd" }: Facts) => usual(optimizer), usually: inWords.join("; ") };
}

export function usualOutput({ layers = [], loss }: Facts): OutputActivation {
  if (loss === "meanSquaredError") return "linear";
  return layers[layers.length - 1] === 1 ? "sigmoid" : "softmax";
}

export function usualLoss({ output }: Facts): Loss {
  if (output === "softmax") return "categoricalCrossEntropy";
  return output === "sigmoid" ? "binaryCrossEntropy" : "meanSquaredError";
}

export function usualLogEvery({ batchSize = "full", count }: Facts): number | undefined {
  if (batchSize === "full") return 100;
  return count === undefined ? undefined : batchSize >= count ? 100 : Math.ceil(count / batchSize);
}

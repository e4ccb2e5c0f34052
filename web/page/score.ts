// What tells how good a network is: the accuracy of classes, the R² of numbers.

import type { CostRecord } from "../../src/index.js";
import { percent } from "../../src/text.js";

export interface Score {
  readonly name: string;
  /** What makes the cost of classes, and that of always the same answer. */
  readonly cost: string;
  readonly base: string;
  /** Of the training examples, in a record that may have it. */
  of(record: Pick<CostRecord, "accuracy" | "metrics">): number | undefined;
  inWords(value: number | undefined): string;
}

const ACCURACY: Score = {
  ...{ name: "accuracy", cost: "cost, nats", base: "base rate" },
  of: ({ accuracy }) => accuracy,
  inWords: (value) => percent(value),
};

const R2: Score = {
  ...{ name: "R²", cost: "cost, squared error", base: "mean" },
  of: ({ metrics }) => metrics?.r2,
  inWords: (value = Number.NaN) => (Number.isNaN(value) ? "–" : value.toFixed(4)),
};

/** That of classes, or of numbers where those are predicted. */
export const scoreOf = (numbers: boolean): Score => (numbers ? R2 : ACCURACY);

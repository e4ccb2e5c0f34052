// What is read off numbers to predict: where they lie, and a remark where they might have been meant as classes.

import { spreadOf } from "../statistics.js";
import type { RegressionDataset } from "./types.js";

/** Where the numbers of one column lie. */
export interface Spread {
  readonly least: number;
  readonly mean: number;
  readonly most: number;
  /** √(Σ (v − mean)² / n): the error, RMSE, of a network that answers the mean to every example. */
  readonly deviation: number;
}

/** Where the numbers of each output lie. */
export function spreadsOf({ y, count, outputs }: RegressionDataset): Spread[] {
  return Array.from({ length: outputs }, (_, j) => {
    const values = Array.from({ length: count }, (_, i) => y[i * outputs + j]!);
    const [least, most] = values.reduce(
      ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
      [values[0]!, values[0]!],
    );
    return { least, most, ...spreadOf(values) };
  });
}

/** A sentence where whole numbers were taken for numbers to predict, which classes are, too. Else null. */
export function remarkOnTargets({ y, outputs }: RegressionDataset): string | null {
  if (outputs > 1 || !y.every(Number.isInteger)) return null;
  return `The labels are ${new Set(y).size} different whole numbers and are read as numbers to predict; --task classification reads them as classes.`;
}

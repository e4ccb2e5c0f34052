// Cross-validation: how good a network is on examples that it was not trained on, as a mean over parts of the data, each
// of which is left out once.

import { type Dataset, type Fold, kFold, type SplitOptions } from "./dataset.js";
import type { Evaluation } from "./evaluate.js";
import type { History } from "./history.js";
import type { MetricName } from "./metrics.js";
import { checkMetrics } from "./network/validate.js";
import type { Network } from "./network.js";
import { checkOptions } from "./options/check.js";
import { flag, number, type Type, whole } from "./options/type.js";
import { OPTIONS } from "./options.js";
import { spreadOf } from "./statistics.js";
import type { FitOptions } from "./train/options.js";

export interface CrossValidationOptions extends Omit<SplitOptions, "test"> {
  /** Parts. @default 5 */
  folds?: number | undefined;
  /** What else to measure. @default none */
  metrics?: readonly MetricName[] | undefined;
}

/** Mean and standard deviation (dividing by the number of folds less 1) of a value over the folds. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

export interface CrossValidation {
  /** Of each fold: its training, and the evaluation on what was left out. */
  readonly folds: readonly { readonly history: History; readonly evaluation: Evaluation }[];
  readonly cost: Spread;
  /** NaN for regression. */
  readonly accuracy: Spread;
  readonly metrics: Readonly<Partial<Record<MetricName, Spread>>>;
}

const TYPES: Readonly<Record<keyof CrossValidationOptions, Type>> = {
  ...{ folds: number(whole(2)), shuffle: flag, seed: OPTIONS.seed.type, stratify: flag },
  metrics: OPTIONS.metrics.type,
};

/** Trains a network of its own from `make` on each fold, and evaluates it on what was left out. */
export async function crossValidateWith(
  make: () => Network,
  data: Dataset,
  fit: FitOptions,
  options: CrossValidationOptions,
): Promise<CrossValidation> {
  checkOptions("crossValidate", TYPES, options);
  const { folds = 5, metrics = [], ...order } = options;
  checkMetrics("crossValidate", metrics, data, make().loss);
  const parts: Fold[] = kFold(data, folds, { stratify: data.classes !== null, ...order });
  const results: { history: History; evaluation: Evaluation }[] = [];
  for (const { train, validation } of parts) {
    const network = make();
    const history = await network.fit(train, fit);
    results.push({ history, evaluation: await network.evaluate(validation, { metrics }) });
  }
  const spread = (value: (evaluation: Evaluation) => number) =>
    spreadOf(
      results.map((one) => value(one.evaluation)),
      1,
    );
  return {
    folds: results,
    cost: spread(({ cost }) => cost),
    accuracy: spread(({ accuracy }) => accuracy),
    metrics: Object.fromEntries(metrics.map((name) => [name, spread((one) => one.metrics[name]!)])),
  };
}

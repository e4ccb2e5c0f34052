// Whether a training suits its network and its data, beyond what each option is checked for by itself.

import { type Architecture, hasBatchNorm } from "../architecture.js";
import { type DataSource, isSource, splitSource } from "../dataset/source.js";
import { splitting } from "../dataset/subset.js";
import type { Dataset } from "../dataset.js";
import { InputError } from "../errors.js";
import { check } from "../options/check.js";
import { OPTIONS } from "../options.js";
import type { FitOptions, TrainingOptions } from "../train/options.js";
import { checkData, checkMetrics, checkSource, type Wants } from "./validate.js";

/**
 * The data to train on and to validate with: a set of one's own, or a share of the data. Yields now and then. Throws what
 * checkData throws, E_OPTION for a share beside sampleWeights.
 */
export function* heldOut(
  data: Dataset | DataSource,
  { validation, sampleWeights, seed }: FitOptions,
  network: Wants & { seed: number },
): Generator<void, { data: Dataset | DataSource; validation: Dataset | DataSource | undefined }> {
  if (validation === undefined) return { data, validation: undefined };
  if (isSource(validation)) {
    return { data, validation: checkSource("fit (validation)", network, validation, data.classes) };
  }
  if (typeof validation !== "number") {
    return { data, validation: checkData("fit (validation)", network, validation, data.classes) };
  }
  check("fit", "validation", OPTIONS.validation.type, validation);
  if (sampleWeights !== undefined) {
    throw new InputError(
      "E_OPTION",
      "fit: validation is a share and there are sampleWeights, which would be of other examples; pass a data set for validation.",
    );
  }
  if (isSource(data)) {
    const { train, test } = splitSource("fit: validation", data, validation, seed ?? network.seed);
    return { data: train, validation: test };
  }
  const parts = yield* splitting(data, {
    test: validation,
    seed: seed ?? network.seed,
    stratify: data.classes !== null,
  });
  return { data: parts.train, validation: parts.test };
}

/** Throws E_OPTION for options of fit that do not go with a source, to train on or only to validate with. */
export function refuseSource(passed: FitOptions, trained: boolean): void {
  const wants: readonly (readonly [name: string, is: boolean, instead: string])[] = [
    ["worker", Boolean(passed.worker), "leave it out, or call fit in a worker of your own"],
    ["sampleWeights", passed.sampleWeights !== undefined, "use classWeights"],
    ['classWeights "balanced"', passed.classWeights === "balanced", "pass a number for each class"],
    ['firstLayer "gram"', passed.firstLayer === "gram", "leave it out"],
    ['optimizer "lbfgs"', passed.optimizer === "lbfgs", 'use "adam"'],
  ];
  const found = wants.slice(0, trained ? wants.length : 1).find(([, is]) => is);
  if (found)
    throw new InputError("E_OPTION", `fit: ${found[0]} is for data in memory, and this is a source; ${found[2]}.`);
}

/** Throws E_OPTION for options that the network or the data cannot be trained with. */
export function checkFit(
  architecture: Architecture,
  options: TrainingOptions,
  data: Dataset,
  validation: Dataset | undefined,
): void {
  checkMetrics("fit", options.metrics, data, architecture.loss);
  if (validation) checkMetrics("fit (validation)", options.metrics, validation, architecture.loss);
  checkMonitor(options, validation !== undefined);
  if (architecture.dtype === "float32" && Math.fround(options.epsilon) === 0) {
    throw new InputError(
      "E_OPTION",
      `fit: epsilon is ${options.epsilon}, which is 0 in float32; pass at least 1e-45, or use dtype "float64".`,
    );
  }
  if (trainsBatchNorm(architecture, options.freeze) && options.batch === 1) {
    throw new InputError(
      "E_OPTION",
      'fit: a batch of 1 example has no deviation to normalise by; use a larger batchSize, or normalization "layer".',
    );
  }
  if (options.optimizer === "lbfgs") refuseChance(architecture);
}

// A frozen layer takes its running statistics.
const trainsBatchNorm = ({ layers }: Architecture, freeze: readonly number[]): boolean =>
  layers.some(({ normalization }, l) => normalization === "batch" && !freeze.includes(l + 1));

// Whether records have what patience watches.
function checkMonitor({ patience, monitor, accuracy }: TrainingOptions, validated: boolean): void {
  if (patience === 0 || monitor === "cost" || validated || accuracy) return;
  throw new InputError(
    "E_OPTION",
    `fit: monitor is "${monitor}", and no record has one; pass validation, or accuracy: true.`,
  );
}

// A line search wants the same cost each time, and a cost of training that is that of the network.
function refuseChance(architecture: Architecture): void {
  const other = [
    ...(architecture.layers.some(({ dropout }) => dropout) ? ["dropout"] : []),
    ...(architecture.inputNoise ? ["inputNoise"] : []),
    ...(hasBatchNorm(architecture) ? ['normalization "batch"'] : []),
  ][0];
  if (other === undefined) return;
  throw new InputError("E_OPTION", `fit: ${other} does not go with lbfgs; use optimizer "adam", or leave it out.`);
}

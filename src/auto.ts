// One call from data to a trained network. Where nobody decides, a policy does: written down in docs/auto.md, measured
// there, and nothing but options that anybody could pass. It looks at shapes and at trials on the data, never at the
// machine, so that the same data give the same choice, and the same bits, everywhere.

import { countFlops } from "./architecture.js";
import { asDataset } from "./dataset/check.js";
import { isPicture } from "./dataset/scale.js";
import { type DataSource, isSource } from "./dataset/source.js";
import { type Dataset, kFold, outputsOf, split } from "./dataset.js";
import { InputError } from "./errors.js";
import type { History } from "./history.js";
import type { NetworkOptions } from "./network/options.js";
import { Network } from "./network.js";
import { checkOptions, unitsOf } from "./options/check.js";
import { onlyUsed, rowsOf } from "./options/resolve.js";
import { callback, flag, type Type } from "./options/type.js";
import { OPTIONS } from "./options.js";
import type { FitOptions } from "./train/options.js";

/** Options of new Network and of fit, none of which must be passed. */
export interface AutoOptions extends Omit<NetworkOptions, "inputs" | "layers">, FitOptions {
  /** As in new Network, the output layer included. */
  layers?: NetworkOptions["layers"] | undefined;
  /**
   * Whether the policy chooses what is not passed. @default true where no option is passed that it would choose, else
   * false: the fixed defaults hold
   */
  auto?: boolean | undefined;
  /** Called before each of the trainings that find the number of epochs, with its number from 1 on and how many there are. */
  onTrial?: ((trial: number, trials: number) => void) | undefined;
}

/** What is trained, as options: new Network(network) and fit(data, fit) do the same again, to the bit. */
export interface Chosen {
  /** Whether the policy chose what was not passed, or the fixed defaults hold. */
  readonly by: "auto" | "defaults";
  readonly network: NetworkOptions;
  readonly fit: FitOptions;
  /** How the number of epochs was found, in words; "" where it was passed. */
  readonly reason: string;
}

// Options that leave open what is trained: they say where and how it is computed and what is told of it.
const ASIDE: ReadonlySet<string> = new Set([
  ...[
    "seed",
    "dtype",
    "backend",
    "numerics",
    "threads",
    "vectors",
    "firstLayer",
    "worker",
    "scale",
    "shape",
    "classes",
    "encoding",
  ],
  "validation",
  ...["metrics", "accuracy", "logEvery", "checkpoint", "resumeFrom", "resumeAnyway"],
  ...["signal", "onStart", "onCost", "onProgress", "onDiagnosis"],
]);
const ROWS = { network: rowsOf("network"), fit: rowsOf("fit") };

/** Whether passing this option decides what is trained, so that the fixed defaults hold for all others. */
export const decides = (name: string): boolean =>
  !ASIDE.has(name) && [...ROWS.network, ...ROWS.fit].some(([known]) => known === name);

// The policy's numbers; docs/auto.md says what they were measured on.
const WIDTHS = [64, 32];
const BATCH = 32;
const DECAY = { classes: 0.3, numbers: 1 };
const LARGE = { inputs: 256, count: 5000, widths: [256, 128], batch: 128 }; // many examples of many inputs
const UPDATES = 4000;
const EPOCHS = { least: 5, most: 300 };
const WORK = 2e11; // floating-point operations of all trainings together: some 10 s on one core
const FOLDS = { count: 5, most: 1000 }; // examples up to which folds are worth their time
const HELD = 0.15;
const LOOKS = 60; // at what is left out, in each trial
const RECORDS = 20; // of the cost curve

/**
 * Trains a network on the data: what is passed is kept, and all else follows from the data where `auto` holds, else from
 * the fixed defaults. Rejects with what new Network and fit throw.
 *
 * @example const { network, history, chosen } = await train(data);
 */
export async function train(
  data: Dataset | DataSource,
  options: AutoOptions = {},
): Promise<{ network: Network; history: History; chosen: Chosen }> {
  const chosen = await choose(data, options);
  const network = new Network(chosen.network);
  return { network, history: await network.fit(data, chosen.fit), chosen };
}

const OWN: Readonly<Record<string, Type>> = { auto: flag, onTrial: callback };

/** The options that train trains with. Rejects with what new Network and fit throw. */
export async function choose(set: Dataset | DataSource, options: AutoOptions): Promise<Chosen> {
  const types = Object.fromEntries([...ROWS.network, ...ROWS.fit].map(([name, { type }]) => [name, type]));
  const data = isSource(set) ? set : asDataset("train", set);
  checkOptions("train", { ...types, ...OWN }, options);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as AutoOptions;
  const auto = given.auto ?? !Object.keys(given).some(decides);
  const taken = (call: "network" | "fit") =>
    Object.fromEntries(
      ROWS[call].flatMap(([name]) => (name in given ? [[name, given[name as keyof AutoOptions]]] : [])),
    );
  const numbers = data.classes === null;
  const loss = given.loss ?? (numbers ? ("meanSquaredError" as const) : undefined);
  const { features: inputs, count } = data;
  const large = inputs >= LARGE.inputs && count >= LARGE.count;
  const hidden = auto ? (large ? LARGE.widths : WIDTHS) : OPTIONS.layers.default;
  const network: NetworkOptions = {
    ...{ inputs, layers: [...hidden, outputsOf(data, loss)] },
    ...(given.scaling === undefined && { standardize: numbers || (auto && !isPicture(data.scale)) }),
    ...(auto && { init: "he" as const }),
    ...(loss && { loss }),
    ...taken("network"),
  };
  const length = given.epochs ?? given.iterations;
  if (!auto) {
    const usual = length === undefined ? { iterations: OPTIONS.iterations.default } : {};
    return { by: "defaults", network, fit: { ...usual, ...taken("fit") }, reason: "" };
  }
  const optimizer = given.optimizer ?? "adamw";
  const fit: FitOptions = {
    ...{ optimizer, batchSize: large || isSource(data) ? LARGE.batch : BATCH },
    ...(optimizer === "adamw" && { weightDecay: DECAY[numbers ? "numbers" : "classes"] }),
    ...taken("fit"),
  };
  if (length !== undefined) return { by: "auto", network, fit, reason: "" };
  if (given.sampleWeights !== undefined) {
    const message = "train: the number of epochs is found on parts of the data, which sampleWeights do not go with";
    throw new InputError("E_OPTION", `${message}; pass epochs or iterations, too.`);
  }
  const { epochs, reason } = isSource(data)
    ? enoughEpochs(stepsOf(fit, count))
    : await findEpochs(data, network, fit, given.onTrial);
  const steps = stepsOf(fit, count);
  const records = isSource(data) ? Math.ceil((steps * epochs) / RECORDS) : steps * Math.ceil(epochs / RECORDS);
  const logEvery = given.logEvery ?? records;
  return { by: "auto", network, fit: { ...fit, epochs, logEvery }, reason };
}

const stepsOf = ({ batchSize = "full" }: FitOptions, count: number) =>
  batchSize === "full" ? 1 : Math.ceil(count / batchSize);

// Of a source, which may take long to go through, no trial is made.
function enoughEpochs(steps: number) {
  const epochs = Math.min(EPOCHS.most, Math.ceil(UPDATES / steps));
  return {
    epochs,
    reason: `${epochs} ${epochs === 1 ? "epoch" : "epochs"}: at least ${UPDATES} updates, without trials`,
  };
}

// The number of epochs after which the cost on what was left out is least, as a mean over the trials.
async function findEpochs(data: Dataset, network: NetworkOptions, fit: FitOptions, onTrial: AutoOptions["onTrial"]) {
  const { count } = data;
  const inFolds = count <= FOLDS.most;
  const widths = [network.inputs, ...network.layers.map((layer) => unitsOf(layer) as number)];
  const passes = inFolds ? FOLDS.count : 2; // over the data in an epoch of all trainings
  const afforded = Math.min(UPDATES / stepsOf(fit, count), WORK / (passes * countFlops(widths, count)));
  const most = Math.round(Math.min(EPOCHS.most, Math.max(EPOCHS.least, afforded)));
  if (count < 2 * FOLDS.count) return { epochs: most, reason: `too few examples to leave some out: ${most} epochs` };
  const order = { stratify: data.classes !== null, seed: fit.seed ?? network.seed };
  const parts = inFolds
    ? kFold(data, FOLDS.count, order)
    : [split(data, { ...order, test: HELD })].map(({ train, test }) => ({ train, validation: test }));
  const every = Math.ceil(most / LOOKS); // epochs from one look to the next
  const sums = new Float64Array(Math.ceil(most / every));
  for (const [i, { train, validation }] of parts.entries()) {
    onTrial?.(i + 1, parts.length);
    const { costs } = await new Network(network).fit(train, {
      ...forTrial(fit),
      ...{ epochs: most, validation, logEvery: every * stepsOf(fit, train.count) },
    });
    for (const [look, record] of costs.entries()) sums[look]! += record.validation!.cost;
  }
  const least = sums.reduce((best, sum, look) => (sum < sums[best]! ? look : best), 0);
  // at the last look it may still be falling
  const epochs = least === sums.length - 1 ? most : Math.max(1, every * least);
  const where = inFolds ? `${FOLDS.count} folds` : `${Math.round(100 * HELD)} % that were held out`;
  return { epochs, reason: `${epochs} epochs of at most ${most}: where the cost on ${where} was least` };
}

// A trial runs through, and is nobody's to hear of or to take up.
function forTrial(fit: FitOptions): FitOptions {
  return onlyUsed("fit", Object.fromEntries(Object.entries(fit).filter(([name]) => !NOT_TRIED.has(name))));
}
const NOT_TRIED: ReadonlySet<string> = new Set([
  ...["checkpoint", "resumeFrom", "resumeAnyway", "onStart", "onCost", "onProgress", "onDiagnosis"],
  ...["metrics", "accuracy", "monitor", "patience", "costLimit", "timeLimit"],
]);

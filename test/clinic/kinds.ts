// The kinds of illness, and which findings name each: the judge, which is not the doctor. A finding names a kind by its
// code, or by what it advises. A refusal (an error's code and message) is judged as a finding too.

import type { FitOptions } from "../../src/index.js";

export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly change: Readonly<Record<string, unknown>>;
  readonly confidence?: string;
}

/** What the ill training was asked for. */
export interface Context {
  readonly fit: FitOptions;
  readonly rate: number;
}

interface KindRow {
  /** What is wrong, in words. */
  readonly is: string;
  readonly codes: readonly string[];
  /** Whether what it advises names the illness, whatever it is called. */
  readonly also?: (finding: Finding, context: Context) => boolean;
  /** Whether a cost says the same with the illness as without it. @default true */
  readonly sameCost?: boolean;
}

const rate = ({ change }: Finding) => change.learningRate as number | undefined;
const slower = (finding: Finding, context: Context) => rate(finding)! < context.rate;
const faster = (finding: Finding, context: Context) => rate(finding)! > context.rate;
const longer = ({ change }: Finding, { fit }: Context) =>
  (change.iterations as number) > (fit.iterations ?? Number.POSITIVE_INFINITY) ||
  (change.epochs as number) > (fit.epochs ?? Number.POSITIVE_INFINITY);
const sets =
  (...names: string[]) =>
  ({ change }: Finding) =>
    names.some((name) => change[name] !== undefined);
const says = (words: RegExp) => (finding: Finding) => words.test(`${finding.message} ${finding.hint}`);
const any =
  (...ways: NonNullable<KindRow["also"]>[]) =>
  (finding: Finding, context: Context) =>
    ways.some((way) => way(finding, context));
const redraws = sets("init", "biasInit", "normalization");
const scales = any(sets("scale", "standardize"), says(/^Scale the inputs/));

export const KINDS = {
  "weights-too-small": { is: "first weights too small", codes: ["weights-too-small", "faded-signal"], also: redraws },
  "weights-too-large": {
    is: "first weights too large",
    codes: ["weights-too-large", "saturated-units", "exploding-activations", "exploding-gradients"],
    also: redraws,
  },
  "zero-init": { is: "first weights 0", codes: ["symmetric-units", "zero-init", "zero-weights"] },
  "equal-init": { is: "first weights alike", codes: ["symmetric-units", "equal-weights"] },
  "rate-too-low": {
    is: "learning rate too small",
    codes: ["learning-rate-too-low", "too-few-iterations", "too-slow", "barely-moving"],
    also: faster,
  },
  "rate-too-high": {
    is: "learning rate too large",
    codes: ["learning-rate-too-high", "diverging", "oscillating", "not-finite", "E_NOT_FINITE"],
    also: slower,
  },
  "rate-far-too-high": {
    is: "learning rate far too large",
    codes: ["learning-rate-too-high", "diverging", "not-finite", "E_NOT_FINITE"],
    also: slower,
  },
  "momentum-too-high": {
    is: "momentum too high for the rate",
    codes: ["momentum-too-high", "learning-rate-too-high", "diverging", "oscillating", "not-finite", "E_NOT_FINITE"],
    also: any(slower, sets("momentum")),
  },
  "dead-relus": { is: "ReLU units that answer 0 to all", codes: ["dead-units"], also: redraws },
  "saturated-units": {
    is: "units at the flat ends of their function",
    codes: ["saturated-units"],
    also: any(redraws, scales),
  },
  "vanishing-gradients": {
    is: "gradients that vanish on their way",
    codes: ["vanishing-gradients", "faded-signal"],
    also: any(sets("activation", "residual"), redraws),
  },
  "exploding-gradients": {
    is: "gradients that grow on their way",
    codes: ["exploding-gradients", "exploding-activations", "weights-too-large"],
    also: any(sets("clipNorm", "clipValue"), redraws),
  },
  "linear-hidden": {
    is: "no activation between layers",
    codes: ["linear-hidden", "no-nonlinearity", "linear-layers"],
    also: sets("activation"),
  },
  "softmax-of-one": {
    is: "softmax of a single unit",
    codes: ["wrong-output", "constant-output"],
    also: any(sets("output"), says(/single softmax output/)),
  },
  "output-and-loss": {
    is: "a loss that does not judge such outputs",
    codes: ["wrong-output", "wrong-loss"],
    also: any(sets("output", "loss"), says(/does not go with/)),
  },
  "independent-classes": {
    is: "sigmoids for classes that exclude one another",
    codes: ["wrong-output", "exclusive-classes", "wrong-loss"],
    also: sets("output"),
    sameCost: false,
  },
  "squashed-regression": {
    is: "an output that cannot reach the targets",
    codes: ["output-range", "wrong-output", "targets-out-of-range"],
    also: any(sets("output"), says(/does not go with|cannot reach/)),
  },
  "targets-out-of-range": {
    is: "targets outside what the loss or output takes",
    codes: ["output-range", "targets-out-of-range", "unscaled-targets", "wrong-loss", "wrong-output", "E_LABELS"],
    also: any(sets("output", "loss"), says(/between 0 and 1|at least 0|negative/)),
    sameCost: false,
  },
  "squared-error-of-classes": {
    is: "squared error for classes",
    codes: ["wrong-loss", "loss-for-classes"],
    also: any(sets("loss", "output"), says(/does not go with/)),
    sameCost: false,
  },
  "wrong-task": {
    is: "classes as numbers, or numbers as classes",
    codes: ["wrong-task", "targets-are-classes", "many-classes"],
    also: says(/regression/),
    sameCost: false,
  },
  "unscaled-inputs": {
    is: "inputs of any size",
    codes: ["unscaled-inputs", "one-huge-feature", "feature-scales"],
    also: scales,
  },
  "one-huge-feature": {
    is: "one column much larger than the others",
    codes: ["one-huge-feature", "unscaled-inputs", "feature-scales"],
    also: scales,
  },
  "constant-features": { is: "columns that say nothing", codes: ["constant-features", "constant-inputs"] },
  "duplicated-features": {
    is: "columns that say the same",
    codes: ["duplicated-features", "duplicate-features", "collinear-features"],
  },
  "sentinel-values": {
    is: "a number that stands for a missing one",
    codes: ["sentinel-values", "missing-values", "outliers"],
  },
  "test-scaled-otherwise": {
    is: "the test scaled in another way",
    codes: ["test-scale", "test-scaled-otherwise", "test-distribution", "distribution-shift", "shifted-test"],
  },
  "test-elsewhere": {
    is: "a test of another kind than the training",
    codes: [
      "test-distribution",
      "distribution-shift",
      "shifted-test",
      "test-scale",
      "test-labels",
      "E_FEATURES",
      "E_CLASSES",
    ],
    sameCost: true,
  },
  "shared-rows": {
    is: "rows of the training in the test",
    codes: ["shared-rows", "duplicate-rows", "test-in-train", "leak"],
  },
  "leaking-feature": { is: "a column that tells the answer", codes: ["leaking-feature", "leak"] },
  "shuffled-labels": {
    is: "answers that belong to other examples",
    codes: ["labels-unrelated", "shuffled-labels", "no-signal", "label-noise", "noisy-labels"],
    also: says(/labels and examples belong together/),
  },
  "label-noise": { is: "many wrong labels", codes: ["label-noise", "noisy-labels", "overfitting"] },
  "labels-off": {
    is: "labels that do not start at 0, or have gaps",
    codes: ["empty-class", "labels-from-one", "E_LABELS", "E_CLASSES"],
    also: says(/from 0|start at 1|class 0 has no/),
  },
  "class-missing": {
    is: "a class that is only in one part",
    codes: ["class-missing", "empty-class", "E_CLASSES", "E_LABELS"],
  },
  "one-class": {
    is: "examples of one class alone",
    codes: ["one-class", "class-missing", "empty-class", "E_SINGLE_CLASS", "E_CLASSES"],
  },
  imbalance: {
    is: "classes too rare to be learnt",
    codes: ["class-imbalance", "imbalanced-classes", "majority-only", "class-never-predicted"],
    also: sets("classWeights"),
  },
  "sorted-no-shuffle": {
    is: "sorted examples in their order",
    codes: ["sorted-examples", "unshuffled", "sorted-data"],
    also: sets("shuffle"),
  },
  "batch-too-large": {
    is: "so large a batch that there are few updates",
    codes: ["batch-too-large", "few-updates", "too-few-iterations"],
    also: any(sets("batchSize"), longer),
  },
  "too-few-examples": {
    is: "too few examples",
    codes: ["too-few-examples", "few-examples", "overfitting", "E_SINGLE_CLASS", "E_EMPTY"],
  },
  "underfit-short": {
    is: "ended too early",
    codes: [
      "too-few-iterations",
      "still-improving",
      "stopped-early",
      "underfitting",
      "too-slow",
      "learning-rate-too-low",
    ],
    also: any(faster, longer),
  },
  "underfit-small": {
    is: "a network too small",
    codes: ["underfitting", "network-too-small", "too-small"],
    also: sets("layers"),
  },
  overfitting: { is: "learnt by heart", codes: ["overfitting", "too-few-examples", "label-noise", "noisy-labels"] },
  "decay-too-strong": {
    is: "weight decay too strong",
    codes: ["decay-too-strong", "weight-decay", "regularization-too-strong"],
    also: sets("weightDecay"),
  },
  "l1-too-strong": {
    is: "L1 too strong",
    codes: ["l1-too-strong", "decay-too-strong", "regularization-too-strong"],
    also: sets("l1"),
  },
  "dropout-too-high": {
    is: "too much dropped",
    codes: ["dropout-too-high", "regularization-too-strong"],
    also: sets("dropout"),
  },
  "unscaled-targets": {
    is: "targets of any size",
    codes: ["unscaled-targets", "target-scale"],
    also: sets("standardize"),
    sameCost: false,
  },
  "float32-digits": {
    is: "numbers with more digits than float32 has",
    codes: ["float32-digits", "precision", "out-of-digits", "unscaled-inputs", "unscaled-targets"],
    also: sets("dtype", "standardize"),
  },
  "needs-schedule": {
    is: "a cost that only a falling rate brings down",
    codes: ["needs-schedule", "plateau", "oscillating", "learning-rate-too-high"],
    also: any(slower, sets("schedule", "ema", "batchSize")),
  },
} satisfies Readonly<Record<string, KindRow>>;

export type Kind = keyof typeof KINDS;

/** Whether a finding names the kind. */
export function isNamedBy(kind: Kind, finding: Finding, context: Context): boolean {
  const { codes, also }: KindRow = KINDS[kind];
  return codes.includes(finding.code) || (also?.(finding, context) ?? false);
}

export const hasSameCost = (kind: Kind): boolean => (KINDS[kind] as KindRow).sameCost ?? true;

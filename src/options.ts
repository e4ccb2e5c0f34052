// The one table of options: what each may be, what it is when nobody says, where it goes. The checks of new Network and
// fit, the command's options and help, the page's fields and the README's table are made from it. What types of values
// there are is options/type.ts's; the public types with their docstrings are network/options.ts's and
// train/options.ts's.

import {
  ACTIVATIONS,
  BACKENDS,
  DTYPES,
  FIRST_LAYERS,
  INITS,
  LOSSES,
  losses,
  NORMALIZATIONS,
  NUMERICS,
  OPTIMIZERS,
  type OptimizerName,
  OUTPUT_ACTIVATIONS,
  optimizers,
  SCALINGS,
  SCHEDULES,
  VECTORS,
} from "./catalogue.js";
import { TASKS } from "./dataset/labels.js";
import { METRIC_NAMES } from "./metrics.js";
import { show } from "./options/check.js";
import {
  alsoInCode,
  callback,
  choice,
  either,
  flag,
  layers,
  list,
  names,
  number,
  object,
  signal,
  someOf,
  type Type,
  text,
  whole,
} from "./options/type.js";
import {
  activationsIn,
  byOptimizer,
  type Facts,
  LEAK,
  usualLogEvery,
  usualLoss,
  usualNumerics,
  usualOutput,
  usualScaling,
} from "./options/usual.js";
import { ENCODING } from "./table/foreign.js";
import { nearest } from "./text.js";

/** A call that takes options. */
export type Call = "network" | "fit";
export type CommandName =
  | "train"
  | "find-rate"
  | "doctor"
  | "predict"
  | "evaluate"
  | "explain"
  | "inspect"
  | "check"
  | "trace"
  | "compare"
  | "export"
  | "import"
  | "bench"
  | "serve";
export type Value = string | number | boolean | readonly number[];

/** Another option with one of these values; with any but 0 where there are none. */
export interface UsedBy {
  readonly option: string;
  readonly values?: readonly Value[];
  /** All that has such a value. @default the option alone */
  readonly among?: (facts: Facts) => readonly unknown[];
}

export interface Row {
  readonly type: Type;
  /** What it is, for the command's help and the README. */
  readonly help: string;
  /** What the README says instead, where code differs from the command line. */
  readonly doc?: string;
  /** Its value where none is passed; a function where that follows from others, undefined where those are not known. */
  readonly default?: Value | ((facts: Facts) => Value | undefined);
  /** The default in words, where it is no single value. */
  readonly usually?: string;
  /** Calls in code that take it. */
  readonly code?: readonly Call[];
  /** What alone uses it: passed without that it is refused. */
  readonly usedBy?: UsedBy;
  /** Whether code must pass it, whatever the default is elsewhere. */
  readonly required?: boolean;
  /** Commands that take it, as --its-name. */
  readonly commands?: readonly CommandName[];
  /** Those among them in which there is no default, as a file may say it. */
  readonly told?: readonly CommandName[];
  /** What stands for the value in the command's help. */
  readonly value?: string;
  /** Options of commands beside which it makes no sense. */
  readonly not?: readonly string[];
  /** Its field on the page; type and default where they differ there. */
  readonly page?: { readonly label: string; readonly type?: Type; readonly default?: Value };
}

const isBytes = (value: unknown) => Object.prototype.toString.call(value) === "[object Uint8Array]";

const INIT_NUMBERS = ["normal", "truncatedNormal", "uniform", "constant"];

function isInitNumbers(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && wrongInitNumbers(value) === null;
}

// What is wrong with an object of first weights.
function wrongInitNumbers(value: unknown): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  const stranger = entries.find(([name]) => !INIT_NUMBERS.includes(name))?.[0];
  if (stranger !== undefined) {
    const meant = nearest(stranger, INIT_NUMBERS);
    const instead = meant === undefined ? `pass one of ${INIT_NUMBERS.join(", ")}.` : `did you mean ${meant}?`;
    return `has ${show(stranger)}; ${instead}`;
  }
  const names = entries.map(([name]) => name).join(" and ") || "none of them";
  if (entries.length !== 1) return `has ${names}; pass one of ${INIT_NUMBERS.join(", ")}.`;
  const [name, one] = entries[0]!;
  return Number.isFinite(one) ? null : `has ${name} ${show(one)}; pass a finite number.`;
}

/** Used by the optimizers whose row says so. */
const ofOptimizers = (name: (typeof optimizers)[OptimizerName]["uses"][number]): UsedBy => ({
  option: "optimizer",
  values: OPTIMIZERS.filter((one) => optimizers[one].uses.includes(name)),
});

const isLayers = (value: unknown) =>
  Array.isArray(value) && Array.from(value).every((layer) => Number.isSafeInteger(layer) && layer > 0);

export type Table = Readonly<Record<string, Row>>;

const READERS: readonly CommandName[] = [
  ...(["train", "evaluate", "explain", "inspect", "check", "find-rate", "doctor", "trace"] as const),
];
const NETWORKS: readonly CommandName[] = ["train", "check", "find-rate", "doctor", "trace"];
const TRAINERS: readonly CommandName[] = ["train", "find-rate", "doctor", "trace"];
/** What takes the steps of a training as it is said to, and what trains wholly so. */
const STEPPERS: readonly CommandName[] = ["train", "doctor", "trace"];
const TRAININGS: readonly CommandName[] = ["train", "doctor"];
/** What makes a data set of a table; of a model's it is known. */
const TABLES: readonly CommandName[] = ["train", "check", "find-rate", "doctor", "trace"];

/** What a model has decided. */
const OF_MODEL = [
  ...["layers", "activation", "loss", "slope", "dropout", "delta", "quantile", "labelSmoothing", "init", "biasInit"],
  ...[
    "normalization",
    "residual",
    "inputNoise",
    "standardize",
    "scaling",
    "dtype",
    "backend",
    "numerics",
    "auto",
    "preset",
  ],
  ...["features", "drop", "categories", "dates", "log1p", "mostCategories"],
];

/** In the order of the command's help and of the page's form; a row comes after those that its default follows from. */
export const OPTIONS = {
  inputs: { type: number(whole(1)), help: "numbers in an example", code: ["network"], required: true },
  layers: {
    type: layers(whole(1), "20,7,5"),
    help: "hidden widths, or none; the output layer follows from the labels",
    doc: 'hidden widths; in code the output layer\'s too, `[20, 7, 5, 1]`, and a layer may be an object, `{ units: 20, activation: "tanh" }`',
    default: [20, 7, 5],
    code: ["network"],
    required: true,
    commands: NETWORKS,
    value: "widths",
    page: { label: "hidden widths, such as 20,7,5; empty for none" },
  },
  activation: {
    type: choice(ACTIVATIONS),
    help: "of the hidden layers",
    default: "relu",
    code: ["network"],
    commands: [...NETWORKS, "import"],
    told: ["import"],
    value: "name",
    page: { label: "activation" },
  },
  output: {
    type: choice(OUTPUT_ACTIVATIONS),
    help: "activation of the output layer",
    default: usualOutput,
    usually: "sigmoid for one output, softmax for more; the loss's own where that takes another",
    code: ["network"],
    commands: ["import"],
    told: ["import"],
    value: "name",
  },
  loss: {
    type: choice(LOSSES),
    help: "what is made small",
    default: usualLoss,
    usually:
      "binaryCrossEntropy with sigmoid, categoricalCrossEntropy with softmax, poisson with exponential, else meanSquaredError",
    code: ["network"],
    commands: [...TRAINERS, "import"],
    told: ["import"],
    value: "name",
  },
  slope: {
    type: number({ least: 0 }),
    help: "of leakyRelu below 0; what prelu starts with",
    default: LEAK,
    usedBy: { option: "activation", values: ["leakyRelu", "prelu"], among: activationsIn },
    code: ["network"],
    commands: [...NETWORKS, "import"],
    value: "s",
  },
  dropout: {
    type: number({ least: 0, below: 1 }),
    help: "share of the hidden outputs that a step drops",
    default: 0,
    code: ["network"],
    commands: NETWORKS,
    value: "p",
    page: { label: "dropout" },
  },
  normalization: {
    type: choice(["none", ...NORMALIZATIONS]),
    help: "before the activations: of each example (layer) or unit (batch)",
    default: "none",
    code: ["network"],
    commands: NETWORKS,
    value: "how",
    page: { label: "normalisation" },
  },
  normEpsilon: {
    type: number({ above: 0 }),
    help: "ε that joins a variance",
    default: 1e-5,
    code: ["network"],
    commands: ["import"],
    told: ["import"],
    value: "e",
  },
  normMomentum: {
    type: number({ above: 0, most: 1 }),
    help: "share of the running mean and variance that a step replaces",
    default: 0.1,
    code: ["network"],
  },
  residual: {
    type: flag,
    help: "add what a hidden layer reads to its outputs, where it has as many",
    default: false,
    code: ["network"],
    commands: NETWORKS,
  },
  inputNoise: {
    type: number({ least: 0 }),
    help: "deviation of the noise that a training adds to inputs",
    default: 0,
    code: ["network"],
    commands: NETWORKS,
    value: "d",
  },
  delta: {
    type: number({ above: 0 }),
    help: "where huber turns from squares to sizes",
    default: 1,
    usedBy: { option: "loss", values: ["huber"] },
    code: ["network"],
    commands: TRAINERS,
    value: "d",
  },
  quantile: {
    type: number({ above: 0, below: 1 }),
    help: "what the loss quantile looks for",
    default: 0.5,
    usedBy: { option: "loss", values: ["quantile"] },
    code: ["network"],
    commands: TRAINERS,
    value: "q",
  },
  labelSmoothing: {
    type: number({ least: 0, below: 1 }),
    help: "share of a label's target that all classes get alike",
    default: 0,
    usedBy: { option: "loss", values: LOSSES.filter((loss) => losses[loss].targets === "labels") },
    code: ["network"],
    commands: TRAINERS,
    value: "s",
  },
  init: {
    type: alsoInCode(
      either(INITS, { least: 0 }),
      "an object such as { uniform: 0.1 }",
      isInitNumbers,
      wrongInitNumbers,
    ),
    help: "how weights are drawn, or their standard deviation",
    default: "lecun",
    code: ["network"],
    commands: NETWORKS,
    value: "how",
    page: { label: "initial weights" },
  },
  biasInit: {
    type: number({}),
    help: "what biases start at",
    usually: "0; drawn by pytorch",
    code: ["network"],
    commands: NETWORKS,
    value: "b",
  },
  optimizer: {
    type: choice(OPTIMIZERS),
    help: "how weights follow their gradient",
    default: "sgd",
    code: ["fit"],
    commands: TRAINERS,
    value: "name",
    page: { label: "optimizer" },
  },
  learningRate: {
    type: number({ above: 0 }),
    help: "size of a step",
    ...byOptimizer("learningRate"),
    code: ["fit"],
    commands: STEPPERS,
    value: "r",
    page: { label: "learning rate" },
  },
  schedule: {
    type: object("a function of the iteration", (value) => typeof value === "function", SCHEDULES),
    help: "how the learning rate goes over the iterations",
    default: "constant",
    code: ["fit"],
    commands: STEPPERS,
    value: "name",
    page: { label: "schedule", type: choice(SCHEDULES) },
  },
  warmup: {
    type: number(whole(0)),
    help: "iterations in which the rate rises at the start",
    default: 0,
    usedBy: { option: "schedule", values: SCHEDULES },
    code: ["fit"],
    commands: STEPPERS,
    value: "n",
  },
  decayFactor: {
    type: number({ above: 0, below: 1 }),
    help: "what step, exponential and plateau multiply the rate by",
    default: 0.1,
    usedBy: { option: "schedule", values: ["step", "exponential", "plateau"] },
    code: ["fit"],
    commands: STEPPERS,
    value: "f",
  },
  decayEvery: {
    type: number(whole(1)),
    help: "iterations from decay to decay; of plateau, records",
    usually: "a third of the iterations for step, all for exponential, 10 for plateau",
    usedBy: { option: "schedule", values: ["step", "exponential", "plateau"] },
    code: ["fit"],
    commands: STEPPERS,
    value: "n",
  },
  decayPower: {
    type: number({ above: 0 }),
    help: "power of polynomial",
    default: 1,
    usedBy: { option: "schedule", values: ["polynomial"] },
    code: ["fit"],
    commands: STEPPERS,
    value: "p",
  },
  leastRate: {
    type: number({ least: 0 }),
    help: "least learning rate of a schedule",
    default: 0,
    usedBy: { option: "schedule", values: ["step", "exponential", "polynomial", "cosine", "plateau"] },
    code: ["fit"],
    commands: STEPPERS,
    value: "r",
  },
  cycles: {
    type: number(whole(1)),
    help: "times that cosine starts anew",
    default: 1,
    usedBy: { option: "schedule", values: ["cosine"] },
    code: ["fit"],
    commands: STEPPERS,
    value: "n",
  },
  momentum: {
    type: number({ least: 0, below: 1 }),
    help: "μ of momentum and nesterov",
    default: 0.9,
    usedBy: ofOptimizers("momentum"),
    code: ["fit"],
  },
  beta1: {
    type: number({ least: 0, below: 1 }),
    help: "β₁ of the adams and lion",
    default: 0.9,
    usedBy: ofOptimizers("beta1"),
    code: ["fit"],
  },
  beta2: {
    type: number({ least: 0, below: 1 }),
    help: "β₂ of the adams and lion, decay of rmsprop's and adadelta's mean square",
    ...byOptimizer("beta2"),
    usedBy: ofOptimizers("beta2"),
    code: ["fit"],
  },
  epsilon: {
    type: number({ above: 0 }),
    help: "ε beside the root of a mean square",
    ...byOptimizer("epsilon"),
    usedBy: ofOptimizers("epsilon"),
    code: ["fit"],
  },
  weightDecay: {
    type: number({ least: 0 }),
    help: "L2 decay of the weights, 0 for none",
    ...byOptimizer("weightDecay"),
    code: ["fit"],
    commands: TRAINERS,
    value: "r",
    page: { label: "weight decay" },
  },
  clipNorm: {
    type: number({ least: 0 }),
    help: "largest norm of the gradient, 0 for no clipping",
    default: 0,
    code: ["fit"],
    commands: TRAINERS,
    value: "r",
  },
  clipValue: {
    type: number({ least: 0 }),
    help: "largest size of an element of the gradient, 0 for no clipping",
    default: 0,
    code: ["fit"],
    commands: TRAINERS,
    value: "r",
  },
  l1: {
    type: number({ least: 0 }),
    help: "L1 decay of the weights, 0 for none",
    default: 0,
    code: ["fit"],
    commands: TRAINERS,
    value: "r",
  },
  ema: {
    type: number({ least: 0, below: 1 }),
    help: "decay of a running average of the weights, which it leaves; 0 for none",
    default: 0,
    code: ["fit"],
    commands: TRAININGS,
    value: "d",
  },
  swaStart: {
    type: number(whole(0)),
    help: "update from which weights are averaged, all alike; 0 for never",
    default: 0,
    code: ["fit"],
    commands: TRAININGS,
    value: "n",
  },
  swaEvery: {
    type: number(whole(1)),
    help: "updates from one of these to the next",
    default: 1,
    usedBy: { option: "swaStart" },
    code: ["fit"],
    commands: TRAININGS,
    value: "n",
  },
  maxNorm: {
    type: number({ least: 0 }),
    help: "largest norm of a unit's weights, 0 for any",
    default: 0,
    code: ["fit"],
    commands: TRAINERS,
    value: "r",
  },
  tolerance: {
    type: number({ least: 0 }),
    help: "largest element of the gradient at which lbfgs ends",
    default: 1e-7,
    usedBy: ofOptimizers("tolerance"),
    code: ["fit"],
    commands: TRAININGS,
    value: "g",
  },
  freeze: {
    type: alsoInCode(number(whole(0)), "a list of layers such as [2]", isLayers),
    help: "the first layers, so many of which keep their weights",
    doc: "layers that keep their weights: how many of the first, or a list, counted from 1",
    default: 0,
    code: ["fit"],
    commands: TRAININGS,
    value: "n",
  },
  batchSize: {
    type: either(["full"], whole(1)),
    help: "examples in a batch",
    default: "full",
    code: ["fit"],
    commands: TRAINERS,
    value: "n",
    page: { label: "batch size" },
  },
  accumulate: {
    type: number(whole(1)),
    help: "batches whose mean gradient makes one update",
    default: 1,
    code: ["fit"],
    commands: TRAINERS,
    value: "n",
  },
  classWeights: {
    type: object("numbers by class", (value) => typeof value === "object" && value !== null, ["balanced"]),
    help: "balanced: rare classes weigh more",
    doc: "what losses are multiplied by, by class; balanced: rare ones weigh more",
    code: ["fit"],
    commands: TRAINERS,
    value: "how",
  },
  sampleWeights: {
    type: object("a number for each example"),
    help: "what the loss of each example is multiplied by",
    code: ["fit"],
  },
  shuffle: {
    type: flag,
    help: "whether mini-batches are drawn in a new order each epoch",
    default: true,
    code: ["fit"],
  },
  iterations: {
    type: number(whole(0)),
    help: "parameter updates",
    doc: "parameter updates; code passes this or `epochs`",
    default: 2500,
    code: ["fit"],
    commands: STEPPERS,
    value: "n",
    not: ["epochs"],
    page: { label: "iterations", type: either(["auto"], whole(1)) },
  },
  epochs: {
    type: number(whole(0)),
    help: "passes over the data, instead of iterations",
    code: ["fit"],
    commands: STEPPERS,
    value: "n",
  },
  logEvery: {
    type: number(whole(1)),
    help: "iterations from cost to cost",
    default: usualLogEvery,
    usually: "100, or an epoch",
    code: ["fit"],
    commands: TRAININGS,
    value: "n",
    page: { label: "log every" },
  },
  seed: {
    type: number(whole(0, 2 ** 32 - 1)),
    help: "of weights and shuffling",
    doc: "of weights and shuffling; `fit` takes the network's where none is passed",
    default: 1,
    code: ["network", "fit"],
    commands: [...NETWORKS, "explain"],
    value: "n",
    page: { label: "seed" },
  },
  dtype: {
    type: choice(DTYPES),
    help: "of weights and arithmetic",
    default: "float32",
    code: ["network"],
    commands: [...TRAINERS, "import"],
    told: ["import", "trace"],
    value: "type",
    page: { label: "precision" },
  },
  backend: {
    type: choice([...BACKENDS, "relaxed"]),
    help: "wasm and js give the same bits; relaxed is wasm with fused numerics",
    doc: "what computes; wasm and js give the same bits. relaxed, for one release more, is wasm with fused numerics",
    default: "wasm",
    code: ["network"],
    commands: NETWORKS,
    value: "name",
    page: { label: "backend", type: choice(BACKENDS) },
  },
  numerics: {
    type: choice(NUMERICS),
    help: "strict rounds a product and its sum, fused rounds once; each has its own bits, the same everywhere",
    default: usualNumerics,
    usually: "strict; fused with backend relaxed",
    code: ["network"],
    commands: ["train", "check", "find-rate", "doctor"],
    value: "name",
    page: { label: "numerics", default: "strict" },
  },
  threads: {
    type: either(["auto"], whole(1, 64)),
    help: "threads to share the work, or auto",
    default: "auto",
    code: ["fit"],
    commands: TRAINERS,
    value: "n",
    page: { label: "threads" },
  },
  vectors: {
    type: number({ whole: true, among: VECTORS }),
    help: "bits of the vectors: 256 switches on an experiment of V8's from Node 24 on, for the whole process; the same bits",
    default: 128,
    code: ["fit"],
    commands: TRAINERS,
    value: "bits",
  },
  firstLayer: {
    type: choice(FIRST_LAYERS),
    help: "auto takes the cheaper",
    doc: "form of the first layer; auto takes the cheaper",
    default: "auto",
    code: ["fit"],
    commands: STEPPERS,
    value: "form",
  },
  scale: {
    type: number({ but: 0 }),
    help: "what raw numbers are multiplied by",
    usually: "that of the data",
    code: ["network"],
    commands: [...READERS, "predict", "import"],
    told: ["import"],
    value: "s",
    page: { label: "input scale", type: either(["data"], { above: 0 }), default: "data" },
  },
  standardize: {
    type: flag,
    help: "bring columns to mean 0 and deviation 1, targets too: --scaling standard",
    doc: 'whether columns are brought to mean 0 and deviation 1: short for `scaling: "standard"`',
    default: false,
    code: ["network"],
    commands: NETWORKS,
  },
  scaling: {
    type: choice(["none", ...SCALINGS]),
    help: "what columns are brought to: mean 0 and deviation 1, or 0 to 1, each or All as one",
    doc: 'what columns are brought to, by what is fitted on the training data and kept in the model: `"standard"` to mean 0 and deviation 1, `"minmax"` to 0 … 1, each column for itself or with `All` by one shift and one factor; with any, targets of a regression to mean 0 and deviation 1',
    default: usualScaling,
    usually: "none; standard with standardize, and on the command line for regression",
    code: ["network"],
    commands: NETWORKS,
    value: "how",
    page: { label: "scaling of columns", type: choice(["auto", ...SCALINGS]), default: "auto" },
  },
  shape: {
    type: list(whole(1), "[64, 64, 3]"),
    help: "of an example, for pictures height, width, channels",
    usually: "that of the data",
    code: ["network"],
    commands: ["import"],
    told: ["import"],
    value: "sides",
  },
  classes: {
    type: names,
    help: "names of the classes",
    usually: "those of the data",
    code: ["network"],
    commands: ["import"],
    told: ["import"],
    value: "names",
  },
  encoding: {
    type: ENCODING,
    help: "how the columns of a table become inputs",
    usually: "that of the data",
    code: ["network"],
  },
  accuracy: { type: flag, help: "whether records have the training accuracy", default: false, code: ["fit"] },
  validation: {
    type: alsoInCode(
      number({ above: 0, below: 1 }),
      "a data set",
      (value) => typeof value === "object" && value !== null,
    ),
    help: "share of the data held out, evaluated at each record",
    doc: "a data set, or the share that is held out, evaluated at each record",
    code: ["fit"],
    commands: TRAININGS,
    value: "share",
  },
  patience: {
    type: number(whole(0)),
    help: "records without a better value before it ends, 0 for no end",
    default: 0,
    code: ["fit"],
    commands: TRAININGS,
    value: "n",
  },
  minDelta: {
    type: number({ least: 0 }),
    help: "what a value must gain to be better",
    default: 0,
    usedBy: { option: "patience" },
    code: ["fit"],
    commands: TRAININGS,
    value: "d",
  },
  metrics: {
    type: someOf(METRIC_NAMES),
    help: "measured at each record besides cost and accuracy",
    usually: "none",
    code: ["fit"],
    commands: TRAININGS,
    value: "names",
  },
  monitor: {
    type: choice(["cost", ...METRIC_NAMES]),
    help: "the value that patience watches",
    default: "cost",
    usedBy: { option: "patience" },
    code: ["fit"],
    commands: TRAININGS,
    value: "what",
  },
  restoreBest: {
    type: flag,
    help: "whether patience leaves the best weights rather than the last",
    default: true,
    usedBy: { option: "patience" },
    code: ["fit"],
  },
  costLimit: {
    type: number({ least: 0 }),
    help: "cost at which it ends",
    code: ["fit"],
    commands: TRAININGS,
    value: "c",
  },
  timeLimit: {
    type: number({ above: 0 }),
    help: "seconds of computing after which it ends",
    code: ["fit"],
    commands: TRAININGS,
    value: "s",
  },
  worker: {
    type: object(
      "true, false or a script's URL",
      (value) => ["boolean", "string"].includes(typeof value) || value instanceof URL,
    ),
    help: "whether to train in a worker",
    default: false,
    code: ["fit"],
  },
  checkpoint: {
    type: object("an object with save, a function, and every or seconds", (value) => {
      return typeof value === "object" && value !== null && typeof (value as { save?: unknown }).save === "function";
    }),
    help: "how often the whole training is written, and where to",
    code: ["fit"],
  },
  resumeFrom: { type: object("a Uint8Array", isBytes), help: "a checkpoint to go on from", code: ["fit"] },
  resumeAnyway: {
    type: flag,
    help: "whether the checkpoint may be of other options or data",
    default: false,
    code: ["fit"],
  },
  signal: { type: signal, help: "stops the training", code: ["fit"] },
  onStart: { type: callback, help: "hears how the training is carried out", code: ["fit"] },
  onCost: { type: callback, help: "hears each record", code: ["fit"] },
  onProgress: { type: callback, help: "hears where the training is, about every 50 ms", code: ["fit"] },
  onDiagnosis: { type: callback, help: "hears each finding once it is sure", code: ["fit"] },
  metric: {
    type: choice(METRIC_NAMES),
    help: "what is lost when a feature is shuffled",
    usually: "accuracy; r2 of numbers",
    commands: ["explain"],
    value: "name",
  },
  repeats: {
    type: number(whole(1)),
    help: "times that each feature is shuffled",
    default: 5,
    commands: ["explain"],
    value: "n",
  },
  feature: {
    type: number(whole(0)),
    help: "show how the mean answer goes with this feature, counted from 0",
    commands: ["explain"],
    value: "j",
  },
  samples: {
    type: number(whole(1)),
    help: "parameters to check in each layer",
    default: 50,
    commands: ["check"],
    value: "n",
  },
  iteration: {
    type: number(whole(0)),
    help: "the iteration that is traced, counted from 0",
    default: 0,
    commands: ["trace"],
    value: "n",
  },
  names: {
    type: names,
    help: "what values are called: theirs=ours, such as weights_1=W1",
    commands: ["compare"],
    value: "pairs",
  },
  x: {
    type: text,
    help: "the examples in an HDF5 file, or which table where it has several",
    usually: "*_set_x, x, data …",
    commands: [...READERS, "predict"],
    value: "path",
  },
  y: {
    type: text,
    help: "the labels in an HDF5 file",
    usually: "*_set_y, y, label …",
    commands: READERS,
    value: "path",
  },
  size: {
    type: text,
    help: "width and height that pictures in folders are brought to",
    usually: "64x64, or the model's",
    commands: READERS,
    value: "WxH",
  },
  skipBroken: {
    type: flag,
    help: "leave out pictures in folders that cannot be decoded, and name them",
    commands: READERS,
  },
  separator: {
    type: text,
    help: "one character between the cells of a table, or tab",
    usually: "found in its first rows",
    commands: [...READERS, "predict"],
    value: "c",
  },
  header: {
    type: flag,
    help: "the first row of a table has the names of its columns",
    commands: [...READERS, "predict"],
  },
  noHeader: {
    type: flag,
    help: 'it has none: they are called "1", "2", …',
    commands: [...READERS, "predict"],
  },
  target: {
    type: names,
    help: "column of a table to predict, or several of numbers",
    usually: "the one called target, label, class or y",
    commands: TABLES,
    value: "names",
  },
  features: { type: names, help: "columns to predict from", usually: "all others", commands: TABLES, value: "names" },
  drop: { type: names, help: "columns to leave out", commands: TABLES, value: "names" },
  id: {
    type: text,
    help: "column that names the rows, to leave out",
    usually: "one called id or so, whose numbers all differ",
    commands: [...TABLES, "predict"],
    value: "name",
  },
  categories: {
    type: names,
    help: "columns that are categories, such as numbers that name",
    commands: TABLES,
    value: "names",
  },
  dates: { type: names, help: "columns of dates that become days since 1970", commands: TABLES, value: "names" },
  log1p: { type: names, help: "columns of numbers v that become log(1 + v)", commands: TABLES, value: "names" },
  mostCategories: {
    type: number(whole(1)),
    help: "values of a category with an input each; the rarer share one",
    usually: "50",
    commands: TABLES,
    value: "n",
  },
  folds: {
    type: number(whole(2)),
    help: "parts of the data, each left out of a training once and tested on; nothing is saved",
    commands: ["train"],
    value: "k",
    not: ["test", "validation", "group", "from", "save", "plot", "log", "checkpointTo", "resume"],
  },
  test: {
    type: number({ above: 0, below: 1 }),
    help: "share of the examples to test on",
    commands: TRAININGS,
    value: "share",
  },
  memory: {
    type: number({ above: 0 }),
    help: "MiB of a CSV or NumPy file in memory at a time",
    commands: ["train", "evaluate"],
    value: "MiB",
  },
  group: {
    type: text,
    help: "column whose rows of one value stay in one part",
    commands: TRAININGS,
    value: "name",
  },
  task: {
    type: choice(TASKS),
    help: "whether the labels are classes or numbers to predict",
    usually: "numbers where they are fractions or more than 20 whole ones",
    commands: READERS,
    value: "name",
  },
  from: {
    type: text,
    help: "start from a saved model's network and weights",
    commands: ["train"],
    value: "model",
    not: OF_MODEL,
  },
  newHead: { type: flag, help: "with --from: draw a new last layer, for other classes", commands: ["train"] },
  save: { type: text, help: "save the model (safetensors)", commands: ["train"], value: "file" },
  plot: { type: text, help: "save the cost curve (SVG)", commands: ["train"], value: "file" },
  log: {
    type: text,
    help: "write each record (.csv, .jsonl, .tfevents)",
    commands: ["train"],
    value: "file",
  },
  order: {
    type: names,
    help: "layers of weights alone, where their shapes do not tell their order",
    commands: ["import"],
    value: "names",
  },
  place: {
    type: choice(["before", "behind"]),
    help: "where weights alone have normalisations: before or behind activations",
    commands: ["import"],
    value: "where",
  },
  bare: {
    type: flag,
    help: "the network alone: without scale, standardisation and a table's columns",
    commands: ["export"],
  },
  out: {
    type: text,
    help: "write the answers (.csv, .jsonl), the imported model (.safetensors), or the trace (.npz)",
    commands: ["predict", "import", "trace"],
    value: "file",
  },
  csv: { type: flag, help: "print the answers as CSV, with all probabilities", commands: ["predict"], not: ["json"] },
  curves: {
    type: text,
    help: "save ROC, precision-recall and calibration curves (SVG)",
    commands: ["evaluate"],
    value: "file",
  },
  seconds: {
    type: number({ above: 0 }),
    help: "for each of three networks",
    default: 3,
    commands: ["bench"],
    value: "n",
  },
  port: {
    type: number(whole(0, 65535)),
    help: "port to listen on, 0 for any free one",
    default: 8040,
    commands: ["serve"],
    value: "n",
  },
  open: { type: flag, help: "open it in the browser", commands: ["serve"] },
  json: { type: flag, help: "print JSON, one object a line", commands: [...READERS, "compare", "predict", "bench"] },
  checkpointTo: { type: text, help: "write the whole training down there", commands: ["train"], value: "file" },
  checkpointEvery: {
    type: number(whole(1)),
    help: "iterations from one checkpoint to the next",
    usually: "1000, unless seconds are said",
    commands: ["train"],
    value: "n",
  },
  checkpointSeconds: {
    type: number({ above: 0 }),
    help: "seconds from one checkpoint to the next",
    commands: ["train"],
    value: "n",
  },
  resume: { type: flag, help: "go on from --checkpoint-to, if it is there", commands: ["train"] },
  fix: {
    type: flag,
    help: "follow what is found as long as it helps, and print the command that results",
    commands: ["doctor"],
  },
  maxSeconds: {
    type: number({ above: 0 }),
    help: "seconds after which nothing more is tried",
    default: 60,
    commands: ["doctor"],
    value: "s",
  },
  auto: {
    type: flag,
    help: "choose from the data what is not passed; usual for files without an option",
    commands: TRAININGS,
    not: ["preset"],
  },
  preset: {
    type: choice(["course"]),
    help: "the course's network: all defaults; usual without files",
    commands: TRAININGS,
    value: "name",
  },
  quiet: { type: flag, help: "print only the end", commands: ["train"] },
  force: {
    type: flag,
    help: "overwrite existing files",
    commands: ["train", "evaluate", "predict", "trace", "export", "import"],
  },
} satisfies Table;

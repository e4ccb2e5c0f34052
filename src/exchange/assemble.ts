// Steps of a model of others made into a network. What stands before the first dense step becomes scale and
// standardisation of the inputs; a batch normalisation in the place of ours stays one; every other column-by-column
// multiple and sum is folded into the weights next to it, which changes no answer. What has no place is refused by name.

import { LOSSES, type Loss, losses, type OutputActivation } from "../catalogue.js";
import { InputError } from "../errors.js";
import { type ModelOptions, writeModel } from "../network/model-file.js";
import type { LayerOptions } from "../network/options.js";
import type { Columns, Standardization } from "../network/standardize.js";
import { Network } from "../network.js";
import { usualLoss } from "../options/usual.js";
import { type LayerWeights, type Numbers, numbers } from "../session/layout.js";
import { product } from "../shape.js";
import { type Affine, affineOf, both, foldColumns, spread } from "./affine.js";
import type { ImportOptions } from "./options.js";
import { type Foreign, type Refuse, type Remark, type Step, type StepOf, zeros } from "./steps.js";

/** A layer that is being put together. */
interface Draft {
  readonly called: string;
  readonly inputs: number;
  readonly units: number;
  weight: Float64Array;
  bias: Float64Array;
  /** What is done to W·x + b before anything else. */
  rows: Affine | null;
  norm: StepOf<"batch"> | StepOf<"layer"> | null;
  activation: StepOf<"activation"> | null;
  dropout: number;
  residual: boolean;
  /** Whether its weights have taken over what was done to its inputs, which are then others than the file's. */
  readonly folded: boolean;
  /** What is done to its outputs. */
  after: (Affine & { readonly called: string }) | null;
}

const USUAL_EPSILON = 1e-5;

/** The network. Throws E_MODEL, E_OPTION, E_NOT_FINITE. */
export function assemble(
  file: string,
  { steps, shape, loss, classes, tellsActivations }: Foreign,
  options: ImportOptions,
  refuse: Refuse,
  remark: Remark,
): Network {
  if (tellsActivations) refuseUnused(options, refuse);
  const before: Step[] = [];
  const drafts: Draft[] = [];
  let noise = 0;
  for (const step of steps) {
    const last = drafts.at(-1);
    if (step.does === "dense") {
      if (last && last.units !== step.inputs) {
        refuse(`${step.called} with ${step.inputs} inputs behind ${last.called} with ${last.units} units`);
      }
      drafts.push(draftOf(step, last, refuse));
    } else if (step.does === "noise") {
      if (!last && noise === 0) noise = step.deviation;
      else remark(`The noise of ${step.called} is left out: only inputs can have some.`);
    } else if (last) addTo(last, step, refuse, remark);
    else if (step.does === "affine") before.push(step);
    else if (step.does === "batch") {
      before.push(step);
      remark(`${step.called} before the first layer is part of how inputs are standardised; it learns no more.`);
    } else if (step.does === "dropout") remark(`${step.called} drops inputs, which no training here does.`);
    else if (step.does !== "activation" || step.activation !== "linear") {
      refuse(`${step.called} before its first dense layer`);
    }
  }
  const [first] = drafts;
  const last = drafts.at(-1);
  if (!first || !last) return refuse("no dense layer");
  const inputs = first.inputs;
  const own = options.shape ?? shape ?? [inputs];
  if (product(own) !== inputs) refuse(`inputs of shape ${own.join("x")} before ${first.called}, which has ${inputs}`);
  if (last.after) refuse(`${last.after.called} behind its last activation`);
  if (last.residual) refuse(`${last.called}, its last layer, whose inputs are added to its outputs`);
  if (last.dropout > 0) remark(`The dropout behind the last layer, ${last.called}, is left out.`);

  const output = outputOf(last, options, tellsActivations, refuse, remark);
  const judge = lossOf(output, last.units, options.loss ?? loss, options.loss !== undefined, refuse);
  if (output === "linear" && loss && losses[loss].takes === "logits") {
    const probable = losses[loss].outputs[0];
    remark(`It was trained with ${loss} of its linear outputs; with output ${probable} it gives probabilities.`);
  }
  const leading = leadingOf(before, first, options.scale, inputs, refuse);
  const targets = unitOf(last, output, judge);
  for (const draft of drafts) foldRows(draft);
  const epsilon = settleNorms(drafts, refuse, remark);
  const momentum = drafts.find(({ norm }) => norm?.does === "batch" && norm.momentum !== null)?.norm as
    | StepOf<"batch">
    | undefined;

  const standardization: Standardization | null =
    leading.columns || targets
      ? { inputs: leading.columns ?? { mean: new Float64Array(inputs), deviation: ones64(inputs) }, targets }
      : null;
  const double = steps.some((step) => step.does === "dense" && step.weight instanceof Float64Array);
  const dtype = options.dtype ?? (double ? "float64" : "float32");
  const names = options.classes ?? classes;
  const hidden = drafts.slice(0, -1);
  const wanted: ModelOptions = {
    ...{ inputs, layers: drafts.map((draft, l) => layerOf(draft, l === drafts.length - 1)), output, loss: judge },
    activation: (hidden[0]?.activation?.activation ?? "linear") as ModelOptions["activation"],
    ...{ dtype, seed: 1, shape: own, scale: leading.scale },
    ...(names && { classes: names }),
    ...(standardization && { standardize: true }),
    ...(drafts.some(({ norm }) => norm) && { normEpsilon: epsilon, normMomentum: momentum?.momentum ?? 0.1 }),
    ...(noise > 0 && { inputNoise: noise }),
  };
  const weights = drafts.map((draft) => weightsOf(draft, dtype, refuse));
  return load(writeModel(wanted, weights, standardization), file);
}

// What is said of weights alone, where the file says it itself.
function refuseUnused(options: ImportOptions, refuse: Refuse): void {
  const unused = (["activation", "slope", "order", "place", "normEpsilon"] as const).find(
    (name) => options[name] !== undefined,
  );
  if (unused !== undefined) refuse(`all its layers described, and ${unused} is passed`, `leave ${unused} out`);
}

// A model file is the one way to make a network with its standardisation; its reader checks all of it again.
function load(bytes: Uint8Array, file: string): Network {
  try {
    return Network.load(bytes, file);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError("E_MODEL", error.message.replace(/^load: /, "importNetwork: "), { cause: error });
  }
}

const ones64 = (length: number) => new Float64Array(length).fill(1);

// What was done to the outputs of the layer before is done in the columns of the weights instead.
function draftOf(
  { called, inputs, units, weight, bias }: StepOf<"dense">,
  last: Draft | undefined,
  refuse: Refuse,
): Draft {
  if (weight.length !== inputs * units || (bias && bias.length !== units)) {
    refuse(
      `${called} with ${weight.length} weights and ${bias?.length ?? 0} biases for ${inputs} inputs and ${units} units`,
    );
  }
  const draft: Draft = {
    ...{ called, inputs, units, weight: Float64Array.from(weight), bias: Float64Array.from(bias ?? zeros(units)) },
    ...{ rows: null, norm: null, activation: null, dropout: 0, residual: false, after: null },
    folded: Boolean(last?.after),
  };
  if (last?.after) foldColumns(draft, last.after);
  return draft;
}

function foldRows(draft: Draft): void {
  const { rows, inputs } = draft;
  if (rows === null) return;
  draft.weight = draft.weight.map((w, at) => w * rows.scale[Math.floor(at / inputs)]!);
  draft.bias = draft.bias.map((b, u) => b * rows.scale[u]! + rows.shift[u]!);
  draft.rows = null;
}

function addTo(
  draft: Draft,
  step: Exclude<Step, StepOf<"dense"> | StepOf<"noise">>,
  refuse: Refuse,
  remark: Remark,
): void {
  const { called } = step;
  const { units } = draft;
  const fresh = !draft.activation && !draft.residual && !draft.after;
  switch (step.does) {
    case "affine": {
      const affine = affineOf(step, units, refuse);
      if (fresh && !draft.norm) draft.rows = both(draft.rows, affine);
      else draft.after = { ...both(draft.after, affine), called };
      return;
    }
    case "batch":
      if (fresh && !draft.norm && draft.dropout === 0) {
        const of = (values: Numbers) => spread(values, units, called, refuse);
        affineOf(step, units, refuse); // for its checks
        draft.norm = {
          ...step,
          ...{ gamma: of(step.gamma), beta: of(step.beta), mean: of(step.mean), variance: of(step.variance) },
        };
      } else {
        draft.after = { ...both(draft.after, affineOf(step, units, refuse)), called };
        remark(`${called} behind an activation is folded into the weights of the next layer; it learns no more.`);
      }
      return;
    case "layer": {
      if (!fresh || draft.norm || draft.dropout > 0) {
        refuse(`${called} in another place than between a dense layer and its activation`);
      }
      const of = (values: Numbers) => spread(values, units, called, refuse);
      draft.norm = { ...step, gamma: of(step.gamma), beta: of(step.beta) };
      return;
    }
    case "activation":
      if (step.activation === "linear") return;
      if (!fresh) refuse(`${called} behind another activation, or behind what follows one`);
      draft.activation = step;
      return;
    case "dropout":
      draft.dropout = draft.dropout === 0 ? step.rate : 1 - (1 - draft.dropout) * (1 - step.rate);
      return;
    case "residual":
      if (draft.residual || draft.after || draft.folded || draft.inputs !== units) {
        refuse(`${called} that adds the inputs of ${draft.called} to something else than its outputs`);
      }
      draft.residual = true;
      return;
    default:
      step satisfies never;
  }
}

/** The activation of the last layer: the file's, or what is asked for where it has none. */
function outputOf(
  last: Draft,
  { output }: ImportOptions,
  tellsActivations: boolean,
  refuse: Refuse,
  remark: Remark,
): OutputActivation {
  const found = last.activation?.activation ?? "linear";
  if (output === undefined) {
    if (!tellsActivations)
      remark(
        "The last layer is taken as linear, as nothing is said of it; with output softmax or sigmoid it gives classes.",
      );
    return found;
  }
  if (found !== "linear" && found !== output) {
    refuse(`${found} behind its last layer, ${last.called}, and ${output} is asked for`, "leave output out");
  }
  if (output === "prelu") refuse("no slopes for the prelu that is asked for", "pass another output");
  return output;
}

function lossOf(
  output: OutputActivation,
  units: number,
  wanted: Loss | undefined,
  asked: boolean,
  refuse: Refuse,
): Loss {
  const suits = (one: Loss) => {
    const { least, most, outputs } = losses[one];
    return units >= least && units <= most && outputs.includes(output);
  };
  if (wanted !== undefined && suits(wanted)) return wanted;
  const could = LOSSES.filter(suits).join(", ");
  if (asked) refuse(`${units} ${output} outputs, which loss ${wanted} does not go with`, `pass one of ${could}`);
  const usual = usualLoss({ output });
  return suits(usual)
    ? usual
    : refuse(`one softmax output, which is always 1`, "pass a model with an output for each class");
}

/**
 * What stands before the first layer: a scale of all numbers, and a mean and a deviation of each column. A column that is
 * turned round has that in its weights, one that is multiplied by 0 in the bias.
 */
function leadingOf(
  before: readonly Step[],
  first: Draft,
  asked: number | undefined,
  inputs: number,
  refuse: Refuse,
): { scale: number; columns: Columns | null } {
  const affines = before.map((step) => affineOf(step as StepOf<"affine"> | StepOf<"batch">, inputs, refuse));
  const isScale = ({ scale, shift }: Affine) =>
    scale[0] !== 0 && scale.every((s) => s === scale[0]) && shift.every((t) => t === 0);
  const scaled = affines[0] && isScale(affines[0]) ? affines.shift()!.scale[0]! : 1;
  if (asked !== undefined && scaled !== 1) {
    refuse(`inputs that are multiplied by ${scaled}, and scale ${asked} is asked for`, "leave scale out");
  }
  const scale = asked ?? scaled;
  if (affines.length === 0) return { scale, columns: null };
  const all = affines.reduce(both, null as never as Affine);
  if (![...all.scale, ...all.shift].every(Number.isFinite))
    refuse(`${before[0]!.called} with numbers that are not finite`);
  const sign: Affine = {
    scale: all.scale.map(Math.sign),
    shift: all.shift.map((t, j) => (all.scale[j] === 0 ? t : 0)),
  };
  foldColumns(first, sign);
  return {
    scale,
    columns: {
      mean: all.shift.map((t, j) => (all.scale[j] === 0 ? 0 : -t / all.scale[j]!)),
      deviation: all.scale.map((s) => (s === 0 ? 1 : 1 / Math.abs(s))),
    },
  };
}

/** Numbers to predict that are brought to their unit at the end: standardised targets, where they can be. */
function unitOf(last: Draft, output: OutputActivation, loss: Loss): Columns | null {
  const { rows, norm } = last;
  if (rows === null || norm || output !== "linear" || losses[loss].targets !== "numbers") return null;
  if (!rows.scale.every((s) => s > 0)) return null;
  last.rows = null;
  return { mean: rows.shift, deviation: rows.scale };
}

/**
 * The one ε of all normalisations. A batch normalisation with another is folded into the weights of its layer. Throws for
 * layer normalisations of several.
 */
function settleNorms(drafts: readonly Draft[], refuse: Refuse, remark: Remark): number {
  const norms = drafts.flatMap(({ norm }) => (norm ? [norm] : []));
  const epsilon = (norms.find(({ does }) => does === "layer") ?? norms[0])?.epsilon ?? USUAL_EPSILON;
  for (const draft of drafts) {
    const { norm, units } = draft;
    if (!norm || (norm.epsilon === epsilon && epsilon > 0)) continue;
    if (norm.does === "layer") refuse(`${norm.called} with epsilon ${norm.epsilon} and another one with ${epsilon}`);
    else {
      draft.rows = affineOf(norm, units, refuse);
      foldRows(draft);
      draft.norm = null;
      remark(
        `${norm.called} has another epsilon than those before it, and is folded into ${draft.called}; it learns no more.`,
      );
    }
  }
  return epsilon > 0 ? epsilon : USUAL_EPSILON;
}

function layerOf({ units, norm, activation, dropout, residual }: Draft, isLast: boolean): LayerOptions {
  return {
    units,
    ...(!isLast && { activation: activation?.activation ?? "linear" }),
    ...(activation?.slope !== undefined && { slope: activation.slope }),
    ...(!isLast && dropout > 0 && { dropout }),
    ...(norm && { normalization: norm.does }),
    ...(residual && { residual }),
  };
}

function weightsOf(draft: Draft, dtype: "float32" | "float64", refuse: Refuse): LayerWeights {
  const { called, units, weight, bias, norm, activation } = draft;
  const arrays: [keyof LayerWeights, Numbers][] = [
    ...([
      ["weight", weight],
      ["bias", bias],
    ] as const),
    ...(norm
      ? ([
          ["gamma", norm.gamma],
          ["beta", norm.beta],
        ] as const)
      : []),
    ...(activation?.slopes ? ([["slope", spread(activation.slopes, units, activation.called, refuse)]] as const) : []),
    ...(norm?.does === "batch"
      ? ([
          ["mean", norm.mean],
          ["variance", norm.variance],
        ] as const)
      : []),
  ].map(([name, values]) => [name, values as Numbers]);
  return Object.fromEntries(
    arrays.map(([name, values]) => {
      const own = numbers({ dtype }, values.length);
      own.set(values);
      if (!own.every(Number.isFinite))
        refuse(`numbers in ${called} that are not finite${dtype === "float32" ? " floats" : ""}`);
      return [name, own];
    }),
  ) as unknown as LayerWeights;
}

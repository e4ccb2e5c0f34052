// What the doctor knows: a row for each finding, in the order of causes before effects. A rule looks at the run and
// says what is wrong in one sentence, with the number that shows it and what to change; or null. It measures nothing
// itself.

import type { Architecture } from "../architecture.js";
import { type Init, losses } from "../catalogue.js";
import { baseRateEntropy, type Dataset } from "../dataset.js";
import type { Change, CostRecord, Diagnosis, DiagnosisCode } from "../history.js";
import { initialDeviation } from "../network/initialize.js";
import type { LayerWeights } from "../session/layout.js";
import { digits } from "../text.js";
import { findSymmetricLayer, type Measurement } from "./probe.js";

/** What is known of a run before it begins. */
export interface Patient {
  readonly architecture: Architecture;
  readonly data: Dataset;
  /** How the weights were drawn; null when they come from a file or an earlier training. */
  readonly init: Init | null;
  /** As it is now. */
  readonly learningRate: number;
  /** Whether the examples have weights, so that no entropy is a cost to compare with. */
  readonly weighted?: boolean;
}

/** A run so far. */
export interface Run extends Patient {
  moment: "start" | "training" | "end";
  /** Range and root mean square of the inputs as the network sees them. */
  readonly inputs: { readonly rms: number; readonly least: number; readonly most: number };
  /** Least cost of a network that answers the same to every example; NaN where it is not known. */
  readonly baseline: number;
  /** The same where it is an entropy of classes; NaN elsewhere. */
  readonly entropy: number;
  readonly records: CostRecord[];
  /** Least cost of the records. */
  least: number;
  /** A measurement of the weights of each record. */
  readonly looks: Measurement[];
  weights(): readonly LayerWeights[];
  countDeadUnits(): Promise<number[]>;
  /** Whether the finding of that code was made before. */
  has(code: DiagnosisCode): boolean;
}

type Finding = Omit<Diagnosis, "code">;

interface Rule {
  readonly code: DiagnosisCode;
  look(run: Run): Finding | null | Promise<Finding | null>;
}

// Thresholds, each with its reason.
const NEAR = 0.01; // a cost within 1 % of the base-rate entropy has learnt next to nothing
const CONSTANT = 0.02; // deviation of the probabilities below which all examples get the same answer
const SURE = 3; // records in a row before a finding is told while training goes on: one may be chance
const LARGE = 8; // root mean square of the inputs; standardised inputs have 1
const DEAD = 0.5; // share of a layer's units; some dead ReLU units are normal
const RISEN = 1.5; // times the least cost so far; a judgement: smaller rises may be noise of mini-batches
const FADED = 0.05; // logits over first activations at the start; a sound initialisation keeps them alike
const LEARNT = 0.9; // share of the base cost below which a run has learnt something

/** The rules; not-finite is told by the training itself, in the step that met it. */
export const RULES: readonly Rule[] = [
  { code: "unscaled-inputs", look: unscaledInputs },
  { code: "symmetric-units", look: symmetricUnits },
  { code: "diverging", look: diverging },
  { code: "dead-units", look: deadUnits },
  { code: "stuck-at-base-rate", look: stuckAtBaseRate },
];

function unscaledInputs(run: Run): Finding | null {
  const { rms, least, most } = run.inputs;
  if (rms <= LARGE || !(isRising(run) || isUnlearnt(run))) return null;
  const bytes = areBytes(run);
  return {
    message: `The inputs are large: they lie between ${digits(least)} and ${digits(most)}, with a root mean square of ${digits(rms)}.`,
    hint: bytes
      ? "Scale them to 0 … 1: scale 1/255."
      : 'Bring each column to mean 0 and deviation 1: scaling "standard".',
    change: bytes ? { scale: 1 / 255 } : { scaling: "standard" },
    evidence: { ...run.inputs },
  };
}

function symmetricUnits(run: Run): Finding | null {
  if (run.moment !== "start") return null;
  const layer = findSymmetricLayer(run.architecture, run.weights());
  if (layer === null) return null;
  return {
    message: `All ${layer.units} units of layer ${layer.layer} start with the same weights (${digits(layer.weight)} is the first of each), so they learn the same and stay one unit.`,
    hint: 'Draw the weights at random: init "lecun".',
    change: { init: "lecun" },
    evidence: layer,
  };
}

function diverging(run: Run): Finding | null {
  if (!isRising(run)) return null;
  const { records, least, learningRate } = run;
  const [start, now] = [records[0]!.cost, records[records.length - 1]!.cost];
  return {
    message: `The cost rises: it was ${digits(start)} at the start, ${digits(least)} at best, and is ${digits(now)} now.`,
    ...slower(run),
    evidence: { firstCost: start, leastCost: least, cost: now, learningRate },
  };
}

async function deadUnits(run: Run): Promise<Finding | null> {
  // units that a faded signal never woke are its effect
  if (!isUnlearnt(run) || ((isStuck(run) || run.has("stuck-at-base-rate")) && isFaded(run))) return null;
  const dead = await run.countDeadUnits();
  for (const [l, { units, activation }] of run.architecture.layers.slice(0, -1).entries()) {
    if (activation !== "relu" || dead[l]! < DEAD * units) continue;
    const { hint, change } = slower(run);
    return {
      message: `${dead[l]} of the ${units} ReLU units of layer ${l + 1} answer 0 to every example, so they no longer learn.`,
      // units that a faded signal never woke, before the cost has settled
      ...(isFaded(run)
        ? redraw(run)
        : {
            hint: `${hint} Activation "leakyRelu" keeps units alive.`,
            change: { ...change, activation: "leakyRelu" },
          }),
      evidence: { layer: l + 1, units, dead: dead[l]! },
    };
  }
  return null;
}

function stuckAtBaseRate(run: Run): Finding | null {
  if (!isStuck(run)) return null;
  const { architecture, data, init, learningRate, entropy, records, looks } = run;
  const { cost } = records[records.length - 1]!;
  const { answer, deviation, gradient } = looks[looks.length - 1]!;
  const { layers } = architecture;
  const scale = init === null ? Number.NaN : initialDeviation(init, layers[0]!);
  const share = answer.length === 1 ? answer[0]! : Math.max(...answer);
  const name = data.classes?.[answer.length === 1 ? 1 : answer.indexOf(share)];
  const larger = {
    hint: `Check that labels and examples belong together, then try a larger learning rate than ${digits(learningRate)}.`,
    change: { learningRate: Number(digits(10 * learningRate)) },
  };
  const nothingArrives = { ...slower(run), hint: `Nothing reaches the first layer any more. ${slower(run).hint}` };
  return {
    message:
      `The cost ${cost.toFixed(5)} sits at the entropy of the labels' base rate, ${entropy.toFixed(5)}: the network answers ` +
      `"${Math.round(100 * share)} % ${name}" to every example, ` +
      (isFaded(run)
        ? `because weights drawn with a standard deviation of ${digits(scale)} let no signal through ${layers.length} layers ` +
          `(norm of the first layer's gradient: ${digits(gradient)}).`
        : `and the norm of the first layer's gradient is ${digits(gradient)}.`),
    ...(isFaded(run) ? redraw(run) : gradient === 0 ? nothingArrives : larger),
    evidence: {
      entropy,
      cost,
      outputDeviation: deviation,
      firstLayerGradientNorm: gradient,
      firstLayerGradientNormAtStart: looks[0]!.gradient,
      signalAtStart: looks[0]!.signal,
      ...(init !== null && { initialScale: scale }),
    },
  };
}

/** NaN or infinity, first met in `where` in that iteration. */
export function notFinite(run: Run, iteration: number, where: string): Finding {
  const { inputs, learningRate } = run;
  const { hint, change } = slower(run);
  const large = inputs.rms > LARGE;
  return {
    message: `NaN or infinity in iteration ${iteration}, first in ${where}.`,
    hint: large ? `Scale the inputs (root mean square ${digits(inputs.rms)}), then: ${hint}` : hint,
    change: large && areBytes(run) ? { ...change, scale: 1 / 255 } : change,
    evidence: { iteration, where, learningRate, inputRms: inputs.rms },
  };
}

/** The least cost of a network that answers the same to every example; NaN where the loss has no such formula. */
export function baselineOf(architecture: Architecture, data: Dataset): number {
  const { loss, layers } = architecture;
  const { baseline } = losses[loss];
  if (baseline === null) return Number.NaN;
  if (baseline === "entropy")
    return isEntropyOfClasses(architecture) && data.classes ? baseRateEntropy(data) : Number.NaN;
  // variance of the targets about their means, averaged over the outputs; labels are 0 and 1, or one-hot
  const outputs = layers[layers.length - 1]!.units;
  const target = (i: number, u: number) => {
    if (data.classes === null) return data.y[i * outputs + u]!;
    return outputs === 1 ? data.y[i]! : Number(data.y[i] === u);
  };
  let sum = 0;
  for (let u = 0; u < outputs; u++) {
    let mean = 0;
    for (let i = 0; i < data.count; i++) mean += target(i, u) / data.count;
    for (let i = 0; i < data.count; i++) sum += (target(i, u) - mean) ** 2 / data.count;
  }
  return sum / outputs;
}

/** Whether the least cost of a constant answer is the entropy of the classes. */
export function isEntropyOfClasses({ loss, layers, labelSmoothing = 0 }: Architecture): boolean {
  const outputs = layers[layers.length - 1]!.units;
  if (losses[loss].baseline !== "entropy" || labelSmoothing > 0) return false;
  return loss === "categoricalCrossEntropy" || outputs === 1;
}

// How many of the last records, counted back from the end and up to `most`, satisfy `is` without a break.
function lastOnes({ records }: Run, most: number, is: (record: CostRecord, i: number) => boolean): number {
  let ones = 0;
  while (ones < Math.min(most, records.length)) {
    const i = records.length - 1 - ones;
    if (!is(records[i]!, i)) break;
    ones++;
  }
  return ones;
}

// Whether the cost has risen: during training in several records in a row; at the end the last one is enough.
function isRising(run: Run): boolean {
  const least = run.moment === "end" ? 1 : SURE;
  const start = run.records[0]?.cost ?? Number.NaN;
  return lastOnes(run, least, ({ cost }) => cost > RISEN * run.least && cost > start) === least;
}

// Whether the cost stays at the entropy. The first record of any run is near it, so one record more is needed.
function isStuck(run: Run): boolean {
  const least = run.moment === "end" ? 2 : SURE + 1;
  const { entropy, looks } = run;
  const near = ({ cost }: CostRecord, i: number) =>
    Math.abs(cost - entropy) < NEAR * entropy && looks[i]!.deviation < CONSTANT;
  return lastOnes(run, least, near) === least;
}

// Whether the first weights were too small for the signal to reach the outputs.
function isFaded({ architecture, init, looks }: Run): boolean {
  return architecture.layers.length > 1 && init !== null && looks.length > 0 && looks[0]!.signal < FADED;
}

function isUnlearnt({ moment, records, baseline }: Run): boolean {
  if (moment !== "end" || records.length === 0) return false;
  const base = Number.isNaN(baseline) ? records[0]!.cost : baseline;
  return !(records[records.length - 1]!.cost < LEARNT * base);
}

const areBytes = ({ inputs }: Run) => inputs.least >= 0 && inputs.most <= 255;

function slower({ learningRate }: Run): { hint: string; change: Change } {
  const smaller = digits(learningRate / 10);
  return {
    hint: `Use a smaller learning rate than ${digits(learningRate)}, for instance ${smaller}.`,
    change: { learningRate: Number(smaller) },
  };
}

function redraw({ init }: Run): { hint: string; change: Change } {
  return {
    hint: `Draw the weights by the layers' widths: init "lecun" instead of ${JSON.stringify(init)}.`,
    change: { init: "lecun" },
  };
}

// What the course of the cost tells: too large steps, too small ones, too few, too many.

import type { CostRecord, Diagnosis } from "../../history.js";
import { initialDeviation } from "../../network/initialize.js";
import { atOnce } from "../../pace.js";
import { digits } from "../../text.js";
import { baselineOf, type Finding, isPowerOfTwo, outcomeOf, type Rule, type Run, STILL_FALLS } from "../run.js";
import { faster, longer, percent, redraw, slower } from "./words.js";

// Thresholds, each with its reason.
const NEAR = 0.01; // a cost within 1 % of the base-rate entropy has learnt next to nothing
const CONSTANT = 0.02; // deviation of the probabilities below which all examples get the same answer
const SURE = 3; // records in a row before a finding is told while training goes on: one may be chance
const RISEN = 1.5; // times the least cost so far; a judgement: smaller rises may be noise of mini-batches
const FADED = 0.05; // logits over first activations at the start; a sound initialisation keeps them alike
const JUMPED = 2; // times the first cost
const JUMPED_MEAN = 1.4; // the same, of the mean over a 64th of the training
const JUMPED_EARLY = 2.5; // the same, of a single batch among the first
const BARELY = 0.1; // share of the first cost that is gone
const SURER = 1.5; // times the least held-out cost
const LEARNT = 0.95; // of the first held-out cost
const LONG = 100; // iterations: a shorter training has hardly a level
const LEVEL = 0.02; // share of its fall that the last quarter brings to a cost that stays where it is
const UNSTEADY = 0.15; // share of the late steps that raise the cost, of a full batch

export const COURSE_RULES: readonly Rule[] = [
  { code: "diverging", look: diverging, passing: true },
  { code: "learning-rate-too-high", look: rateTooHigh },
  { code: "learning-rate-too-low", look: rateTooLow },
  { code: "too-few-iterations", look: tooFewIterations },
  { code: "plateau", look: plateau },
  { code: "overfitting", look: overfitting },
  { code: "overconfident", look: overconfident },
];

function diverging(run: Run): Finding | null {
  if (!isRising(run) || (run.moment === "end" && outcomeOf(run).own > 0.97)) return null;
  const { records, least, learningRate } = run;
  const [start, now] = [records[0]!.cost, records[records.length - 1]!.cost];
  return {
    confidence: "likely",
    message: `The cost rises: it was ${digits(start)} at the start, ${digits(least)} at best, and is ${digits(now)} now.`,
    ...slower(run),
    evidence: { firstCost: start, leastCost: least, cost: now, learningRate },
  };
}

function rateTooHigh(run: Run): Finding | null {
  const { moment, curve, options, data, learningRate } = run;
  if (moment !== "end" || run.has("diverging")) return null;
  const { own, held, poor, highest } = outcomeOf(run);
  const whole = options.batch === data.count;
  // single batches differ, so that of those the mean of some must rise
  const start = Math.max(curve.first, Number.isNaN(run.baseline) ? 0 : run.baseline);
  const early = curve.peakAt < 0.02 * options.iterations && curve.peak > JUMPED_EARLY * start;
  const jumped = curve.peakAt > 0 && (whole ? curve.peak > JUMPED * start : highest > JUMPED_MEAN * start || early);
  const unsteady = whole && curve.late > 20 && curve.rises > UNSTEADY * curve.late && own < 0.9;
  if (!jumped && !unsteady) return null;
  const harmful = unsteady || poor || own < 0.97 || own - held > 0.05;
  return {
    confidence: harmful ? "likely" : "possible",
    message: jumped
      ? `The steps are too large: the cost jumped from ${digits(curve.first)} to ${digits(curve.peak)} in iteration ${curve.peakAt}, and the network ended with ${percent(Math.max(0, own))} of what there is to know.`
      : `The steps are too large: of the last ${curve.late} steps ${curve.rises} made the cost larger.`,
    ...slower(run),
    evidence: { first: curve.first, peak: curve.peak, peakAt: curve.peakAt, rises: curve.rises, learningRate },
  };
}

function rateTooLow(run: Run): Finding | null {
  const { moment, curve, learningRate, options } = run;
  if (moment !== "end" || run.has("stuck-at-base-rate")) return null;
  const { late, poor } = outcomeOf(run);
  if (!poor || options.iterations < 50 || run.looks.length < 2) return null;
  // measured on the same examples: batches differ by more than such a run learns
  const [start, end] = [run.looks[0]!.cost, run.looks[run.looks.length - 1]!.cost];
  const fallen = (start - end) / Math.abs(start);
  if (!(fallen < BARELY && fallen > 1e-7) || !isSteady(run)) return null;
  return {
    confidence: "likely",
    message: `The cost hardly moves: in ${options.iterations} iterations it went from ${digits(curve.first)} to ${digits(curve.last)}, and it was still falling.`,
    ...faster(run),
    evidence: { first: curve.first, last: curve.last, late, learningRate },
  };
}

// Whether the cost fell about as fast in the second half of the training as in the first.
function isSteady({ looks }: Run): boolean {
  const end = looks[looks.length - 1]!;
  const middle = looks.reduce((near, look) =>
    Math.abs(look.iteration - end.iteration / 2) < Math.abs(near.iteration - end.iteration / 2) ? look : near,
  );
  const [first] = looks;
  if (middle === first || middle === end) return true;
  const early = (first!.cost - middle.cost) / (middle.iteration - first!.iteration);
  const late = (middle.cost - end.cost) / (end.iteration - middle.iteration);
  return late > 0.2 * early;
}

function tooFewIterations(run: Run): Finding | null {
  const { moment, curve, options } = run;
  if (moment !== "end") return null;
  const { late, own, held, poor, fallen } = outcomeOf(run);
  if (!(late > STILL_FALLS) || (own > 0.5 && held < own - 0.3)) return null;
  if (!(poor && own < 0.95) && !(late > 0.1 && fallen > 0.2)) return null;
  const { words, change } = longer(run, 8);
  return {
    confidence: poor ? "likely" : "possible",
    message: `It ended while the cost was still falling: the last quarter of ${options.iterations} iterations brought ${percent(late)} of the fall from ${digits(curve.first)} to ${digits(curve.last)}.`,
    hint: `Train for longer, for instance ${words}.`,
    change,
    evidence: { late, first: curve.first, last: curve.last },
  };
}

// A cost that stays up: single batches, or steps across a valley, keep it there until the rate falls.
function plateau(run: Run): Finding | null {
  const { moment, options, curve } = run;
  if (moment !== "end" || options.schedule !== "constant" || options.iterations < LONG) return null;
  const { own, poor, late } = outcomeOf(run);
  if (!poor || !(late < LEVEL) || !(own < 0.95) || curve.rises < UNSTEADY * curve.late) return null;
  return {
    confidence: "possible",
    message: `The cost goes up and down at a level: ${curve.rises} of the last ${curve.late} steps made it larger.`,
    hint: 'Let the learning rate fall towards the end: schedule "cosine".',
    change: { schedule: "cosine" },
    evidence: { late, rises: curve.rises, steps: curve.late },
  };
}

function overfitting(run: Run): Finding | null {
  const { moment, records } = run;
  if (moment !== "end" || run.validation === null) return null;
  const { own, held } = outcomeOf(run);
  const costs = records.flatMap(({ validation, iteration }) =>
    validation ? [{ cost: validation.cost, iteration }] : [],
  );
  if (costs.length < 3) return null;
  const best = costs.reduce((least, record) => (record.cost < least.cost ? record : least));
  const last = costs[costs.length - 1]!;
  const gap = own - held;
  // what was lost since, as a share of right answers or of the variance
  const accuracies = records.flatMap(({ validation }) => (validation ? [validation.accuracy] : []));
  const base = atOnce(baselineOf(run.architecture, run.validation));
  const lost =
    run.data.classes === null
      ? (last.cost - best.cost) / (Number.isNaN(base) ? costs[0]!.cost : base)
      : Math.max(...accuracies) - accuracies[accuracies.length - 1]!;
  const worse = last.cost > 1.15 * best.cost && ((gap > 0.3 && lost > 0.005) || (gap > 0.15 && lost > 0.02));
  if (!(worse || gap > 0.5) || !(best.iteration < 0.8 * last.iteration)) return null;
  if (!(best.cost < LEARNT * costs[0]!.cost)) return null; // it never learnt what it could forget
  return {
    confidence: "likely",
    message: `It learns its examples by heart: the cost of what is held out was least, ${digits(best.cost)}, in iteration ${best.iteration}, and is ${digits(last.cost)} now.`,
    hint: "Stop where the held-out cost was least: patience 5; more examples, dropout or decay help, too.",
    change: { patience: 5 },
    evidence: { iteration: best.iteration, least: best.cost, last: last.cost, own, held },
  };
}

// The cost of what is held out rises while the share of right answers does not fall: few wrong answers, surely given.
function overconfident(run: Run): Finding | null {
  if (run.moment !== "end" || run.data.classes === null || run.has("overfitting")) return null;
  const held = run.records.flatMap(({ validation, iteration }) => (validation ? [{ ...validation, iteration }] : []));
  if (held.length < 3) return null;
  const best = held.reduce((least, record) => (record.cost < least.cost ? record : least));
  const last = held[held.length - 1]!;
  if (!(last.cost > SURER * best.cost) || last.accuracy < best.accuracy) return null;
  return {
    confidence: "possible",
    message: `The cost of what is held out rises, from ${digits(best.cost)} in iteration ${best.iteration} to ${digits(last.cost)}, though as many answers are right: the wrong ones are given ever more surely.`,
    hint: "Where probabilities matter, stop where it was least: patience 5; or take decay, or labelSmoothing 0.1.",
    change: { patience: 5 },
    evidence: { iteration: best.iteration, least: best.cost, last: last.cost, accuracy: last.accuracy },
  };
}

/** The network answers the base rate to everything. */
export async function stuckAtBaseRate(run: Run): Promise<Finding | null> {
  if (!isStuck(run)) return null;
  const { architecture, data, init, learningRate, entropy, records, curve, looks } = run;
  const near = lastOnes(run, Number.POSITIVE_INFINITY, ({ cost }) => Math.abs(cost - entropy) < NEAR * entropy);
  if (run.moment !== "end" && !isPowerOfTwo(near)) return null;
  const seen = run.moment === "end" ? looks[looks.length - 1]! : await run.see();
  const { answer, deviation, gradient } = seen;
  if (!(deviation < CONSTANT)) return null;
  const cost = records[records.length - 1]?.cost ?? curve.last;
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
    confidence: "likely",
    message:
      `The cost ${cost.toFixed(5)} sits at the entropy of the labels' base rate, ${entropy.toFixed(5)}: the network answers ` +
      `"${Math.round(100 * share)} % ${name}" to every example, ` +
      (isFaded(run)
        ? `because weights drawn with a standard deviation of ${digits(scale)} let no signal through ${layers.length} layers ` +
          `(norm of the first layer's gradient: ${digits(gradient!)}).`
        : `and the norm of the first layer's gradient is ${digits(gradient!)}.`),
    ...(isFaded(run) ? redraw(run) : gradient === 0 ? nothingArrives : larger),
    symptom: !isFaded(run),
    evidence: {
      entropy,
      cost,
      outputDeviation: deviation,
      firstLayerGradientNorm: gradient!,
      firstLayerGradientNormAtStart: looks[0]!.gradient!,
      signalAtStart: looks[0]!.signal,
      ...(init !== null && { initialScale: scale }),
    },
  };
}

// How many of the last records, counted back from the end and up to `most`, satisfy `is` without a break.
function lastOnes({ records }: Run, most: number, is: (record: CostRecord) => boolean): number {
  let ones = 0;
  while (ones < Math.min(most, records.length)) {
    if (!is(records[records.length - 1 - ones]!)) break;
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

/** Whether the cost stays at the entropy. The first record of any run is near it, so one record more is needed. */
export function isStuck(run: Run): boolean {
  const least = run.moment === "end" ? 2 : SURE + 1;
  const { entropy } = run;
  return lastOnes(run, least, ({ cost }) => Math.abs(cost - entropy) < NEAR * entropy) === least;
}

/** Whether the first weights were too small for the signal to reach the outputs. */
export function isFaded({ architecture, init, looks }: Run): boolean {
  return architecture.layers.length > 1 && init !== null && looks.length > 0 && looks[0]!.signal < FADED;
}

/** NaN or infinity, first met in `where` in that iteration; the advice is that of its cause, where one was found. */
export function notFinite(run: Run, iteration: number, where: string, cause?: Diagnosis): Finding {
  const { learningRate } = run;
  const { hint, change } = slower(run);
  return {
    confidence: "sure",
    message: `NaN or infinity in iteration ${iteration}, first in ${where}.`,
    hint: cause ? `${cause.message} ${cause.hint} Or: ${hint}` : hint,
    change: cause && Object.keys(cause.change).length ? cause.change : change,
    evidence: { iteration, where, learningRate, inputRms: run.columns().whole.rms },
  };
}

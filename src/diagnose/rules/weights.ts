// What is wrong with the first weights, or became wrong with the units.

import { digits } from "../../text.js";
import { type Finding, outcomeOf, type Rule, type Run } from "../run.js";
import { isFaded, isStuck, stuckAtBaseRate } from "./course.js";
import { percent, redraw, slower } from "./words.js";

// Thresholds, each with its reason.
const FADED_GAIN = 0.3; // of a layer: five such let 1/400 of a signal through
const LARGE_GAIN = 3; // of a layer: he's is 1.4
const LOUD = 3; // times the cost of knowing nothing: answers that are surely wrong
const DEAD = 0.5; // share of a layer's units; some dead ReLU units are normal
const AT_ENDS = 0.6; // share of the answers at an end of their range
const VANISHED = 0.02; // of the last layer's errors that reach the first

export const SYMMETRY_RULES: readonly Rule[] = [{ code: "symmetric-units", look: symmetricUnits }];

export const WEIGHT_RULES: readonly Rule[] = [
  { code: "stuck-at-base-rate", look: stuckAtBaseRate, passing: true },
  { code: "weights-too-small", look: weightsTooSmall },
  { code: "exploding-gradients", look: explodingGradients },
  { code: "weights-too-large", look: weightsTooLarge },
  { code: "dead-units", look: deadUnits },
  { code: "saturated-units", look: saturatedUnits },
  { code: "vanishing-gradients", look: vanishingGradients },
];

function symmetricUnits(run: Run): Finding | null {
  const layer = run.moment === "start" ? run.first.symmetric : null;
  if (layer === null) return null;
  return {
    confidence: "sure",
    message: `All ${layer.units} units of layer ${layer.layer} start with the same weights (${digits(layer.weight)} is the first of each), so they learn the same and stay one unit.`,
    hint: 'Draw the weights at random: init "lecun".',
    change: { init: "lecun" },
    evidence: layer,
  };
}

const isNormalised = ({ architecture }: Run): boolean =>
  architecture.layers.some(({ normalization, residual }) => normalization !== undefined || residual === true);

function weightsTooSmall(run: Run): Finding | null {
  const { moment, first, architecture } = run;
  if (moment !== "end" || run.has("stuck-at-base-rate") || isNormalised(run) || first.gains.length < 2) return null;
  const hidden = first.gains.slice(0, -1);
  const product = first.gains.reduce((all, gain) => all * gain, 1);
  if (!(product < FADED_GAIN ** 2) || !isFaded(run)) return null;
  const outcome = outcomeOf(run);
  if (!(outcome.unlearnt || outcome.behind || outcome.own < 0.5)) return null;
  const least = Math.min(...hidden);
  return {
    confidence: "likely",
    message: `The first weights are small: they make a signal ${digits(1 / product)} times weaker through ${architecture.layers.length} layers, so that the network gave almost the same answer to every example and learnt ${percent(Math.max(0, outcome.own))} of what there is to know.`,
    ...redraw(run),
    evidence: { product, least, own: outcome.own },
  };
}

function weightsTooLarge(run: Run): Finding | null {
  const { moment, first, init } = run;
  if (moment !== "end" || isNormalised(run) || first.gains.length < 2) return null;
  const most = Math.max(...first.gains);
  if (!(most > LARGE_GAIN) || init === null) return null;
  const outcome = outcomeOf(run);
  if (!isLoud(run) && !outcome.poor) return null;
  return {
    confidence: isLoud(run) || outcome.poor ? "likely" : "possible",
    message: `The first weights are large: a layer's answers are ${digits(most)} times as large as what it reads, where 1 keeps them, and the first cost is ${digits(run.curve.first)}${Number.isNaN(run.baseline) ? "" : ` instead of ${digits(run.baseline)}`}.`,
    ...redraw(run),
    evidence: { gain: most, firstCost: run.curve.first, baseline: run.baseline },
  };
}

// Whether the first answers were not only wrong, but surely so.
const isLoud = ({ curve, baseline, looks }: Run): boolean =>
  Math.max(curve.first, looks[0]?.cost ?? 0) > LOUD * (Number.isNaN(baseline) ? Number.POSITIVE_INFINITY : baseline);

function explodingGradients(run: Run): Finding | null {
  const { moment, first, looks, architecture } = run;
  if (moment !== "end" || isNormalised(run) || architecture.layers.length < 6 || looks.length === 0) return null;
  const product = first.gains.reduce((all, gain) => all * gain, 1);
  const { errors } = looks[0]!;
  const growth = errors[0]! / errors[errors.length - 1]!;
  if (!(growth > 30) || !(product > 1000)) return null;
  return {
    confidence: "likely",
    message: `Gradients explode on their way back: those of layer 1 are ${digits(growth)} times as large as those of layer ${errors.length}, as each layer makes what it reads up to ${digits(Math.max(...first.gains))} times larger.`,
    ...redraw(run),
    evidence: { growth, product },
  };
}

function saturatedUnits(run: Run): Finding | null {
  const { moment, looks, architecture } = run;
  if (moment !== "end" || looks.length === 0 || !outcomeOf(run).poor) return null;
  const share = Math.max(0, ...looks[0]!.saturated);
  const l = looks[0]!.saturated.indexOf(share);
  if (!(share > AT_ENDS)) return null;
  return {
    confidence: "likely",
    message: `${percent(share)} of the answers of layer ${l + 1} were at an end of ${architecture.layers[l]!.activation}'s range before the first step, where its slope is almost 0: they hardly learn.`,
    ...redraw(run),
    evidence: { layer: l + 1, share },
  };
}

function vanishingGradients(run: Run): Finding | null {
  const { moment, looks, architecture } = run;
  const hidden = architecture.layers.slice(0, -1);
  if (moment !== "end" || hidden.length < 3 || looks.length === 0 || isNormalised(run)) return null;
  const { errors } = looks[0]!;
  const left = errors[0]! / errors[errors.length - 1]!;
  if (!(left < VANISHED) || !(outcomeOf(run).poor || outcomeOf(run).own < 0.5)) return null;
  const squash = hidden.some(({ activation }) => activation === "sigmoid" || activation === "tanh");
  return {
    confidence: "likely",
    message: `Gradients vanish on their way back through ${errors.length} layers: ${percent(left)} of the last layer's errors reach the first.`,
    hint: squash ? 'Take activation "relu" with init "he", or fewer layers.' : redraw(run).hint,
    change: squash ? { activation: "relu", init: "he" } : redraw(run).change,
    evidence: { left, layers: errors.length },
  };
}

async function deadUnits(run: Run): Promise<Finding | null> {
  const { moment, looks, architecture, curve } = run;
  if (moment !== "end" || looks.length === 0) return null;
  const outcome = outcomeOf(run);
  const { silent } = looks[looks.length - 1]!;
  const suspect = architecture.layers
    .slice(0, -1)
    .findIndex(({ activation }, l) => activation === "relu" && silent[l]! >= DEAD && architecture.layers[l]!.units > 3);
  if (suspect < 0 || run.failed || !(outcome.own < 0.8)) return null;
  // units that a faded signal never woke are its effect
  if (isFaded(run) && (isStuck(run) || run.has("stuck-at-base-rate"))) return null;
  const dead = await run.countDeadUnits();
  const l = architecture.layers
    .slice(0, -1)
    .findIndex(({ activation, units }, l) => activation === "relu" && dead[l]! >= DEAD * units);
  if (l < 0) return null;
  const { units } = architecture.layers[l]!;
  const born = looks[0]!.silent[l]! >= DEAD;
  const { hint, change } = slower(run);
  const advice =
    born || isFaded(run)
      ? redraw(run)
      : {
          hint: `${hint} Activation "leakyRelu" keeps units alive.`,
          change: { ...change, activation: "leakyRelu" as const },
        };
  return {
    confidence: "likely",
    message: `${dead[l]} of the ${units} ReLU units of layer ${l + 1} answer 0 to every example${born ? ", and did before the first step" : curve.peak > 3 * curve.first ? `, since the cost jumped to ${digits(curve.peak)} in iteration ${curve.peakAt}` : ""}: they no longer learn.`,
    ...advice,
    evidence: { layer: l + 1, units, dead: dead[l]! },
  };
}

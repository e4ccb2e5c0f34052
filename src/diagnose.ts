// Why a training fails: at most a handful of findings in words, each with the number that shows it and what to change.
// A healthy run gets none. Judges what diagnose/probe.ts measured; changes nothing.

import type { LayerShape } from "./architecture.js";
import type { Init } from "./catalogue.js";
import { baseRateEntropy, type Dataset } from "./dataset.js";
import {
  countDeadUnits,
  findSymmetricLayer,
  locateNotFinite,
  type Measurement,
  measure,
  measureInputs,
} from "./diagnose/probe.js";
import { InputError } from "./errors.js";
import type { Change, CostRecord, Diagnosis, DiagnosisCode, History } from "./history.js";
import { initialDeviation } from "./network/initialize.js";
import type { Session } from "./session.js";

/** Training met NaN or infinity; code E_NOT_FINITE. */
export class NotFiniteError extends InputError {
  readonly diagnosis: Diagnosis;
  readonly history: History;

  constructor(diagnosis: Diagnosis, history: History) {
    super("E_NOT_FINITE", `fit: ${diagnosis.message} ${diagnosis.hint}`);
    this.diagnosis = diagnosis;
    this.history = history;
  }
}

/** What is known of a run before it begins. */
export interface Patient {
  readonly data: Dataset;
  readonly layers: readonly LayerShape[];
  /** How the weights were drawn; null when they come from a file or an earlier training. */
  readonly init: Init | null;
  readonly learningRate: number;
}

/** Watches one run. Each finding is returned once, when it becomes sure. */
export interface Doctor {
  /** Before the first step. */
  begin(session: Session): Diagnosis[];
  /** After the step whose cost was recorded. */
  watch(session: Session, record: CostRecord): Diagnosis[];
  /** After the last step. */
  end(session: Session): Promise<Diagnosis[]>;
  /** After the step that met NaN or infinity. */
  notFinite(session: Session, iteration: number): Diagnosis;
  /** All findings so far, causes before effects. */
  findings(): readonly Diagnosis[];
}

// Thresholds, each with its reason.
const NEAR = 0.01; // a cost within 1 % of the base-rate entropy has learnt next to nothing
const CONSTANT = 0.02; // deviation of the probabilities below which all examples get the same answer
const SURE = 3; // records in a row before a finding is told while training goes on
const LARGE = 8; // root mean square of the inputs; standardised data have 1
const DEAD = 0.5; // share of a layer's units; some dead ReLU units are normal
const RISEN = 1.5; // times the least cost so far
const FADED = 0.05; // logits over first activations at the start; a sound initialisation keeps them alike
const LEARNT = 0.9; // share of the base cost below which a run has learnt something

const ORDER: readonly DiagnosisCode[] = [
  "not-finite",
  "unscaled-inputs",
  "symmetric-units",
  "diverging",
  "dead-units",
  "stuck-at-base-rate",
];

export function createDoctor({ data, layers, init, learningRate }: Patient): Doctor {
  const found = new Map<DiagnosisCode, Diagnosis>();
  const entropy = data.classes === null ? Number.NaN : baseRateEntropy(data);
  const inputs = measureInputs(data);
  const slower = `Use a smaller learning rate than ${short(learningRate)}, for instance ${short(learningRate / 10)}.`;
  const slow: Change = { learningRate: Number(short(learningRate / 10)) };
  const large = inputs.rms > LARGE;
  const bytes = inputs.least >= 0 && inputs.most <= 255;
  let first: { record: CostRecord; look: Measurement } | undefined;
  let last: { record: CostRecord; look: Measurement } | undefined;
  let least = Number.POSITIVE_INFINITY;
  let stuckFor = 0; // records in a row
  let risenFor = 0;

  const tell = (...diagnoses: (Diagnosis | null)[]): Diagnosis[] => {
    const fresh = diagnoses.filter((d): d is Diagnosis => d !== null && !found.has(d.code));
    for (const d of fresh) found.set(d.code, d);
    return fresh;
  };

  function unscaledInputs(): Diagnosis | null {
    if (!large) return null;
    return {
      code: "unscaled-inputs",
      message: `The inputs are large: they lie between ${short(inputs.least)} and ${short(inputs.most)}, with a root mean square of ${short(inputs.rms)}.`,
      hint: bytes ? "Scale them to 0 … 1: scale 1/255." : "Bring each feature to mean 0 and deviation 1.",
      change: bytes ? { scale: 1 / 255 } : {},
      evidence: { ...inputs },
    };
  }

  function symmetricUnits(session: Session): Diagnosis | null {
    const layer = findSymmetricLayer(session);
    if (layer === null) return null;
    return {
      code: "symmetric-units",
      message: `All ${layer.units} units of layer ${layer.layer} start with the same weights (${short(layer.weight)} is the first of each), so they learn the same and stay one unit.`,
      hint: 'Draw the weights at random: init "lecun".',
      change: { init: "lecun" },
      evidence: layer,
    };
  }

  function diverging(): Diagnosis {
    const [start, now] = [first!.record.cost, last!.record.cost];
    return {
      code: "diverging",
      message: `The cost rises: it was ${short(start)} at the start, ${short(least)} at best, and is ${short(now)} now.`,
      hint: slower,
      change: slow,
      evidence: { firstCost: start, leastCost: least, cost: now, learningRate },
    };
  }

  // whether the first weights were too small for the signal to reach the outputs
  const faded = () => layers.length > 1 && init !== null && first!.look.signal < FADED;

  const redraw = () => `Draw the weights by the layers' widths: init "lecun" instead of ${JSON.stringify(init)}.`;

  function stuckAtBaseRate(): Diagnosis {
    const { cost } = last!.record;
    const { answer, deviation, gradient } = last!.look;
    const scale = init === null ? Number.NaN : initialDeviation(init, layers[0]!);
    const share = data.classes !== null && answer.length === 1 ? answer[0]! : Math.max(...answer);
    const name = data.classes?.[answer.length === 1 ? 1 : answer.indexOf(share)];
    return {
      code: "stuck-at-base-rate",
      message:
        `The cost ${cost.toFixed(5)} sits at the entropy of the labels' base rate, ${entropy.toFixed(5)}: the network answers ` +
        `"${Math.round(100 * share)} % ${name}" to every example, ` +
        (faded()
          ? `because weights drawn with a standard deviation of ${short(scale)} let no signal through ${layers.length} layers ` +
            `(norm of the first layer's gradient: ${short(gradient)}).`
          : `and the norm of the first layer's gradient is ${short(gradient)}.`),
      hint: faded()
        ? redraw()
        : gradient === 0
          ? `Nothing reaches the first layer any more. ${slower}`
          : `Check that labels and examples belong together, then try a larger learning rate than ${short(learningRate)}.`,
      change: faded() ? { init: "lecun" } : gradient === 0 ? slow : { learningRate: Number(short(10 * learningRate)) },
      evidence: {
        entropy,
        cost,
        outputDeviation: deviation,
        firstLayerGradientNorm: gradient,
        firstLayerGradientNormAtStart: first!.look.gradient,
        signalAtStart: first!.look.signal,
        ...(init !== null && { initialScale: scale }),
      },
    };
  }

  async function deadUnits(session: Session): Promise<Diagnosis | null> {
    const dead = await countDeadUnits(session);
    for (const [l, { units, activation }] of layers.slice(0, -1).entries()) {
      if (activation !== "relu" || dead[l]! < DEAD * units) continue;
      return {
        code: "dead-units",
        message: `${dead[l]} of the ${units} ReLU units of layer ${l + 1} answer 0 to every example, so they no longer learn.`,
        // units that a faded signal never woke, before the cost has settled
        hint: faded() ? redraw() : `${slower} Activation "leakyRelu" keeps units alive.`,
        change: faded() ? { init: "lecun" } : { ...slow, activation: "leakyRelu" },
        evidence: { layer: l + 1, units, dead: dead[l]! },
      };
    }
    return null;
  }

  return {
    begin: (session) => tell(symmetricUnits(session)),

    watch(session, record) {
      last = { record, look: measure(session) };
      first ??= last;
      least = Math.min(least, record.cost);
      const near = Math.abs(record.cost - entropy) < NEAR * entropy && last.look.deviation < CONSTANT;
      stuckFor = near ? stuckFor + 1 : 0;
      risenFor = record.cost > RISEN * least && record.cost > first.record.cost ? risenFor + 1 : 0;
      const news = risenFor >= SURE ? tell(unscaledInputs(), diverging()) : [];
      // the first records of any run are near the entropy: it takes a while to be sure
      return stuckFor > SURE ? [...news, ...tell(stuckAtBaseRate())] : news;
    },

    async end(session) {
      if (!first || !last) return [];
      const news = risenFor > 0 ? tell(unscaledInputs(), diverging()) : [];
      if (stuckFor > 1) {
        news.push(...tell(stuckAtBaseRate()));
        found.set("stuck-at-base-rate", stuckAtBaseRate()); // with the last numbers, where it was told before
      }
      const base = Number.isNaN(entropy) ? first.record.cost : entropy;
      if (last.record.cost < LEARNT * base) return news;
      // units that a faded signal never woke are its effect
      const asleep = found.has("stuck-at-base-rate") && faded();
      return [...news, ...tell(unscaledInputs(), asleep ? null : await deadUnits(session))];
    },

    notFinite(session, iteration) {
      const where = locateNotFinite(session);
      const diagnosis: Diagnosis = {
        code: "not-finite",
        message: `NaN or infinity in iteration ${iteration}, first in ${where}.`,
        hint: large ? `Scale the inputs (root mean square ${short(inputs.rms)}), then: ${slower}` : slower,
        change: large && bytes ? { ...slow, scale: 1 / 255 } : slow,
        evidence: { iteration, where, learningRate, inputRms: inputs.rms },
      };
      tell(diagnosis);
      return diagnosis;
    },

    findings: () => [...found.values()].sort((a, b) => ORDER.indexOf(a.code) - ORDER.indexOf(b.code)),
  };
}

/** A number in at most four digits. */
function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

// What is wrong with the network or the settings: things that can be read off them, told where the run fared badly.

import { losses } from "../../catalogue.js";
import { digits } from "../../text.js";
import { type Finding, outcomeOf, type Rule, type Run, STILL_FALLS } from "../run.js";
import { isAutoencoder } from "../sample.js";
import { percent } from "./words.js";

// Thresholds, each with its reason.
const STRONG_DECAY = 0.02; // λ of a gradient: that of a mean over examples is seldom larger
const HEAVY_DROPOUT = 0.6; // share that is dropped; 0.5 is the usual most
const FEW_UPDATES = 150; // of a training in mini-batches
const EXTREME_MOMENTUM = 0.98; // 50 times
const HIGH_MOMENTUM = 0.95; // steps are 1 / (1 − μ) times as long: 20 times

export const DESIGN_RULES: readonly Rule[] = [
  { code: "linear-hidden", look: linearHidden },
  { code: "decay-too-strong", look: decayTooStrong },
  { code: "dropout-too-high", look: dropoutTooHigh },
  { code: "momentum-too-high", look: momentumTooHigh },
  { code: "network-too-small", look: networkTooSmall },
  { code: "batch-too-large", look: batchTooLarge },
];

/** What no training can mend; before what is wrong with the data. */
export const OUTPUT_RULES: readonly Rule[] = [{ code: "output-range", look: outputRange }];

/** Those that are named when no cause was found. */
export const LATE_DESIGN_RULES: readonly Rule[] = [{ code: "wrong-loss", look: wrongLoss }];

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  sigmoid: [0, 1],
  hardSigmoid: [0, 1],
  tanh: [-1, 1],
  softsign: [-1, 1],
  relu: [0, Number.POSITIVE_INFINITY],
  softplus: [0, Number.POSITIVE_INFINITY],
  exponential: [0, Number.POSITIVE_INFINITY],
};

function outputRange(run: Run): Finding | null {
  const { architecture, data, moment } = run;
  const { activation } = architecture.layers[architecture.layers.length - 1]!;
  const range = RANGES[activation];
  if (moment !== "start" || !range || data.classes !== null || losses[architecture.loss].targets === "labels")
    return null;
  let [outside, least, most] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data.y) {
    if (value < range[0] || value > range[1]) outside++;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const share = outside / data.y.length;
  if (share < 0.02) return null;
  return {
    confidence: "sure",
    message: `${percent(share)} of the targets cannot be answered: a ${activation} output gives ${words(range)}, and they lie between ${digits(least)} and ${digits(most)}.`,
    hint: 'Take a linear output for numbers: output "linear".',
    change: { output: "linear" },
    evidence: { outside: share, least, most },
  };
}

const words = ([least, most]: readonly [number, number]): string =>
  most === Number.POSITIVE_INFINITY ? `nothing below ${least}` : `${least} to ${most}`;

function linearHidden(run: Run): Finding | null {
  const { architecture, moment } = run;
  const hidden = architecture.layers.slice(0, -1);
  if (moment !== "end" || hidden.length === 0 || hidden.some(({ activation }) => activation !== "linear")) return null;
  if (!outcomeOf(run).behind) return null;
  return {
    confidence: "likely",
    message: `All hidden layers are linear, so ${hidden.length + 1} layers can say no more than one: the network knows ${skills(run)}.`,
    hint: 'Put a bend between the layers: activation "relu".',
    change: { activation: "relu" },
    evidence: { own: outcomeOf(run).own, neighbours: run.neighbours().own },
  };
}

// What the network and what neighbours know of the training examples.
function skills(run: Run): string {
  return `${percent(Math.max(0, outcomeOf(run).own))} of what there is to know of the training examples, their neighbours ${percent(Math.max(0, run.neighbours().own))}`;
}

function decayTooStrong(run: Run): Finding | null {
  const { options, moment } = run;
  const { weightDecay, l1, optimizer } = options;
  if (moment !== "end" || (weightDecay === 0 && l1 === 0)) return null;
  const apart = optimizer === "adamw" || optimizer === "lion";
  // what decays apart from the gradient shrinks the weights by lr·λ in each update
  const strong = apart ? options.learningRate * weightDecay > 0.01 : weightDecay > STRONG_DECAY || l1 > 0.005;
  const outcome = outcomeOf(run);
  if (!strong || !(outcome.own < 0.9)) return null;
  const name = l1 > 0.005 && !(weightDecay > STRONG_DECAY) ? "l1" : "weightDecay";
  return {
    confidence: "likely",
    message: `${name === "l1" ? `The L1 decay of ${digits(l1)}` : `The decay of ${digits(weightDecay)}`} pulls the weights to 0 harder than the data pull them away: the network knows ${percent(Math.max(0, outcome.own))} of what there is to know of the training examples.`,
    hint: `Take it away, or far less: ${name} 0.`,
    change: { [name]: 0 },
    evidence: { [name]: options[name], own: outcome.own },
  };
}

function dropoutTooHigh(run: Run): Finding | null {
  const { architecture, moment } = run;
  const most = Math.max(0, ...architecture.layers.map(({ dropout = 0 }) => dropout));
  if (moment !== "end" || most < HEAVY_DROPOUT) return null;
  const { poor } = outcomeOf(run);
  return {
    confidence: poor ? "likely" : "possible",
    message: `Dropout takes ${percent(most)} of a layer's outputs away in each step${poor ? `, and the network learns little: ${skills(run)}` : ", which is seldom of use"}.`,
    hint: "Drop less: dropout 0.2.",
    change: { dropout: 0.2 },
    evidence: { dropout: most },
  };
}

function momentumTooHigh(run: Run): Finding | null {
  const { options, moment, curve } = run;
  const { momentum, optimizer } = options;
  if (moment !== "end" || momentum < HIGH_MOMENTUM || (optimizer !== "momentum" && optimizer !== "nesterov"))
    return null;
  const wild = curve.peak > 2 * curve.first || curve.rises > 0.2 * curve.late;
  if (!wild && momentum < EXTREME_MOMENTUM) return null;
  const steps = `With momentum ${digits(momentum)} a step goes on for ${digits(1 / (1 - momentum))} more`;
  return {
    confidence: wild && outcomeOf(run).own < 0.97 ? "likely" : "possible",
    message: wild
      ? `${steps}, and at rate ${digits(options.learningRate)} the cost is thrown about: it was ${digits(curve.first)} at first, ${digits(curve.peak)} at worst and ${digits(curve.last)} at last.`
      : `${steps}, which is seldom needed and makes weights large.`,
    hint: "Take momentum 0.9, or a smaller learning rate.",
    change: { momentum: 0.9 },
    evidence: { momentum, first: curve.first, peak: curve.peak, last: curve.last },
  };
}

function batchTooLarge(run: Run): Finding | null {
  const { options, moment, data, inEpochs } = run;
  const { batch, iterations } = options;
  if (moment !== "end" || !inEpochs || iterations > FEW_UPDATES || batch < data.count / 4 || data.count < 64)
    return null;
  const epochs = Math.round(iterations / options.stepsPerEpoch);
  if (epochs < 5) return null; // too few epochs whatever the batch
  const { late, own, behind } = outcomeOf(run);
  if (!(late > STILL_FALLS) || !(own < 0.97 || behind)) return null;
  return {
    confidence: "likely",
    message: `${epochs} epochs in batches of ${batch} are ${iterations} updates, and the cost was still falling: the last quarter brought ${percent(late)} of its fall.`,
    hint: "Take smaller batches, which make more updates of the same work: batchSize 32.",
    change: { batchSize: Math.min(32, Math.max(1, Math.floor(data.count / 8))) },
    evidence: { batch, iterations, late },
  };
}

function networkTooSmall(run: Run): Finding | null {
  const { architecture, moment } = run;
  if (moment !== "end") return null;
  const { own, behind, late, fallen } = outcomeOf(run);
  const hidden = architecture.layers.slice(0, -1).map(({ units }) => units);
  const outputs = architecture.layers[architecture.layers.length - 1]!.units;
  const narrow = Math.min(...hidden, Number.POSITIVE_INFINITY);
  // what is to give its inputs back has a narrow layer on purpose
  const least = isAutoencoder(run.data) ? 3 : Math.min(8, Math.max(3, outputs / 2));
  const few = hidden.length === 0 || narrow < least;
  if (!few || !(fallen > 0.02) || !(own > -0.1) || !(behind || own < 0.9)) return null;
  const near = run.neighbours();
  if (!(near.own - Math.max(0, own) > 0.1)) return null;
  const wide = Math.max(32, Math.min(128, 4 * outputs));
  return {
    confidence: late > 0.2 ? "possible" : "likely",
    message:
      hidden.length === 0
        ? `Without a hidden layer the network can draw straight borders only: it knows ${skills(run)}.`
        : `A layer of ${narrow} ${narrow === 1 ? "unit" : "units"} lets too little through: the network knows ${skills(run)}.`,
    hint: `Make it larger, for instance with hidden layers of ${wide} and ${wide} units.`,
    change: { layers: [wide, wide, outputs] },
    evidence: { narrowest: hidden.length ? narrow : 0, own, neighbours: near.own },
  };
}

function wrongLoss(run: Run): Finding | null {
  const { architecture, data, moment } = run;
  const { loss, layers } = architecture;
  if (moment !== "end" || data.classes === null) return null;
  const { activation, units } = layers[layers.length - 1]!;
  const { own } = outcomeOf(run);
  if (loss === "binaryCrossEntropy" && units > 2 && own < 0.95) {
    return {
      confidence: "likely",
      message: `The classes exclude one another, and ${units} sigmoids answer as if an example could be of none or of several: the network knows ${percent(Math.max(0, own))} of the training examples.`,
      hint: 'Let the outputs share one probability: output "softmax", loss "categoricalCrossEntropy".',
      change: { output: "softmax", loss: "categoricalCrossEntropy" },
      evidence: { units, own },
    };
  }
  if (losses[loss].targets === "labels") return null;
  const poor = own < 0.9;
  const better = units === 1 ? "binaryCrossEntropy" : "categoricalCrossEntropy";
  const output = units === 1 ? "sigmoid" : "softmax";
  return {
    confidence: poor ? "likely" : "possible",
    message: `The loss is ${loss} and the labels are classes: its gradient fades where a ${activation} output is surely wrong${poor ? `, and the network knows ${percent(Math.max(0, own))} of the training examples` : ""}.`,
    hint: `Take the loss made for classes: loss "${better}", output "${output}".`,
    change: { loss: better, output },
    evidence: { own },
  };
}

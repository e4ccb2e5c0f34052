// What is wrong with columns and targets by themselves: told only where it is sure by itself, or where the run fared
// badly.

import { losses } from "../../catalogue.js";
import { digits } from "../../text.js";
import { type Finding, outcomeOf, type Rule, type Run } from "../run.js";
import { areBytes, isTable, momentsOf, spread } from "../sample.js";
import { columnsInWords } from "./words.js";

// Thresholds, each with its reason.
const LARGE = 8; // root mean square of the inputs; standardised data have 1
const HUGE = 30; // the same: told of any run that did not turn out well
const GOOD = 0.9; // share of what there is to know
const ALMOST = 0.97; // the same, where it is surely not as good as it could be
const MANY_COPIES = 20; // of a column: steps are as many times as long
const TINY = 0.01; // the same: signals that small make steps as small
const SHIFTED = 20; // mean of a column in deviations: what tells examples apart is lost beside it
const UNEVEN = 50; // deviation of a column over the median of all: one step size cannot suit both
const FLOAT32 = 1e5; // a column's size over its deviation: float32 has 7 digits
const APART = 10; // deviations of the rest that a repeated extreme value lies away from them

export const COLUMN_RULES: readonly Rule[] = [
  { code: "sentinel-values", look: sentinelValues },
  { code: "float32-digits", look: float32Digits },
  { code: "constant-features", look: constantFeatures },
  { code: "one-huge-feature", look: oneHugeFeature },
  { code: "unscaled-inputs", look: unscaledInputs, passing: true },
  { code: "unscaled-targets", look: unscaledTargets },
];

/** Told where neither the columns' sizes nor the labels explain the run. */
export const COPY_RULES: readonly Rule[] = [{ code: "duplicated-features", look: duplicatedFeatures }];

const isWorse = (run: Run): boolean => run.moment === "end" && (outcomeOf(run).poor || isRisen(run));
const isRisen = ({ curve }: Run): boolean =>
  curve.steps > 1 && curve.peak > 3 * curve.first && curve.last > curve.first;

function sentinelValues(run: Run): Finding | null {
  const { data, moment } = run;
  if (moment !== "start" || !isTable(run.data)) return null;
  const places = spread(data, 1000);
  const { x, features, scale } = data;
  const found: { column: number; value: number; count: number }[] = [];
  for (let j = 0; j < features; j++) {
    const values = places.map((i) => x[i * features + j]! * scale);
    for (const value of [Math.min(...values), Math.max(...values)]) {
      const rest = values.filter((other) => other !== value);
      const count = values.length - rest.length;
      if (count < 2 || rest.length < values.length / 2 || new Set(rest).size < 5) continue;
      const { mean, deviation } = momentsOf(rest);
      const edge = value < mean ? Math.min(...rest) : Math.max(...rest);
      const gap = Math.abs(value - edge);
      const range = Math.max(...rest) - Math.min(...rest);
      if (Math.abs(value - mean) > APART * deviation && gap > range) found.push({ column: j, value, count });
    }
  }
  if (found.length === 0) return null;
  const columns = [...new Set(found.map(({ column }) => column))];
  const { value } = found[0]!;
  const count = found.reduce((sum, one) => sum + one.count, 0);
  return {
    confidence: "likely",
    message: `${digits(value)} stands ${count} times in ${columnsInWords(columns)}, far away from all other values there: it seems to mean "missing".`,
    hint: "Put the column's median in its place, or leave such rows out; in a table, leave the cells empty.",
    change: {},
    evidence: { value, count, columns: columns.map((column) => column + 1), rows: places.length },
  };
}

function float32Digits(run: Run): Finding | null {
  if (run.moment !== "start" || run.architecture.dtype !== "float32" || areBytes(run.data)) return null;
  const { mean, deviation } = run.columns();
  const lost = [...mean.keys()].filter((j) => deviation[j]! > 0 && Math.abs(mean[j]!) > FLOAT32 * deviation[j]!);
  const { data } = run;
  const targets = data.classes === null ? momentsOf(data.y) : null;
  const inTargets = targets !== null && targets.deviation > 0 && targets.largest > FLOAT32 * targets.deviation;
  if (lost.length === 0 && !inTargets) return null;
  const what = lost.length ? `The values of ${columnsInWords(lost)}` : "The targets";
  const [size, wide] = lost.length ? [mean[lost[0]!]!, deviation[lost[0]!]!] : [targets!.mean, targets!.deviation];
  return {
    confidence: "sure",
    message: `${what} lie about ${digits(size)} and differ by ${digits(wide)}: float32 has 7 digits, which leaves few for the difference.`,
    hint: 'Bring each column to mean 0 and deviation 1: standardize true; or dtype "float64".',
    change: { standardize: true },
    evidence: { columns: lost.map((j) => j + 1), mean: size, deviation: wide },
  };
}

function constantFeatures(run: Run): Finding | null {
  const { moment } = run;
  if (moment === "training" || !isTable(run.data)) return null;
  const { least, most } = run.columns();
  const constant = [...least.keys()].filter((j) => least[j] === most[j]);
  if (constant.length === 0) return null;
  const share = constant.length / least.length;
  const size = Math.max(...constant.map((j) => Math.abs(least[j]!)));
  if (moment === "start" && share < 1) return null;
  if (moment === "end" && !(share > 0.5 ? outcomeOf(run).own < GOOD : size > LARGE && isWorse(run))) return null;
  return {
    confidence: share === 1 ? "sure" : "likely",
    message:
      share === 1
        ? "All columns are constant: no example differs from another."
        : `${constant.length} of ${least.length} columns are constant (${columnsInWords(constant)}), the largest at ${digits(size)}: they tell nothing and act as a bias${size > LARGE ? " that drowns the others" : ""}.`,
    hint:
      share === 1
        ? "Look at how the inputs were made."
        : "Leave them out, or bring the columns to mean 0: standardize true.",
    change: share === 1 ? {} : { standardize: true },
    evidence: { constant: constant.length, columns: least.length, size },
  };
}

function oneHugeFeature(run: Run): Finding | null {
  if (run.moment !== "end" || !isTable(run.data) || run.data.features < 2) return null;
  const { deviation } = run.columns();
  const sorted = [...deviation].filter((value) => value > 0).sort((a, b) => a - b);
  if (sorted.length < 2) return null;
  const middle = sorted[Math.floor((sorted.length - 1) / 2)]!;
  const huge = [...deviation.keys()].filter((j) => deviation[j]! > UNEVEN * middle);
  if (huge.length === 0 || huge.length > deviation.length / 3 + 1 || !isWorse(run)) return null;
  const j = huge.reduce((most, k) => (deviation[k]! > deviation[most]! ? k : most));
  return {
    confidence: "likely",
    message: `${huge.length === 1 ? `Column ${j + 1} is` : `${columnsInWords(huge)[0]!.toUpperCase()}${columnsInWords(huge).slice(1)} are`} on a scale of ${huge.length === 1 ? "its" : "their"} own: a deviation of ${digits(deviation[j]!)}, where that of the columns is ${digits(middle)} in the middle.`,
    hint: "Bring each column to mean 0 and deviation 1: standardize true.",
    change: { standardize: true },
    evidence: { column: j + 1, deviation: deviation[j]!, median: middle },
  };
}

function unscaledInputs(run: Run): Finding | null {
  if (run.moment === "start" || (run.moment === "training" && !isRisingNow(run))) return null;
  if (areBytes(run.data) && 255 * Math.abs(run.data.scale) <= LARGE) return null; // pictures as they should be
  const { whole, mean, deviation } = run.columns();
  const { rms, least, most } = whole;
  const isShifted = (j: number) => deviation[j]! > 0 && Math.abs(mean[j]!) > SHIFTED * deviation[j]!;
  const off = !areBytes(run.data) && rms > 1 && [...mean.keys()].filter(isShifted).length > mean.length / 3;
  const normalised = run.architecture.layers[0]!.normalization === "batch";
  if (normalised || !(rms > LARGE || rms < TINY || off)) return null;
  const { own, held } = run.moment === "end" ? outcomeOf(run) : { own: 1, held: 1 };
  const unsaid = rms > HUGE && !(own > 0.95 && !(held < GOOD));
  const bad = run.moment === "training" || isWorse(run) || unsaid;
  if (!bad && !(run.moment === "end" && rms > HUGE)) return null;
  const bytes = areBytes(run.data);
  const problem = rms < TINY ? "small" : rms > LARGE ? "large" : "far from 0";
  return {
    confidence: bad ? "likely" : "possible",
    message: `The inputs are ${problem}: they lie between ${digits(least)} and ${digits(most)}, with a root mean square of ${digits(rms)}.`,
    hint: bytes
      ? "Scale them to 0 … 1: scale 1/255."
      : "Bring each column to mean 0 and deviation 1: standardize true.",
    change: bytes ? { scale: 1 / 255 } : { standardize: true },
    evidence: { rms, least, most },
  };
}

// Whether the last three records stand above all before them.
function isRisingNow({ records, least }: Run): boolean {
  const start = records[0]!.cost;
  return records.length > 3 && records.slice(-3).every(({ cost }) => cost > 1.5 * least && cost > start);
}

function unscaledTargets(run: Run): Finding | null {
  const { data, architecture, moment } = run;
  if (moment !== "end" || data.classes !== null || losses[architecture.loss].targets === "labels") return null;
  const { outputs, y } = data;
  const columns = Array.from({ length: outputs }, (_, u) => momentsOf(y.filter((_, i) => i % outputs === u)));
  const wide = columns.map(({ deviation }) => deviation);
  const size = Math.max(...columns.map(({ mean, deviation }) => Math.hypot(mean, deviation)));
  const [low, high] = [Math.min(...wide.filter((value) => value > 0)), Math.max(...wide)];
  const uneven = high > UNEVEN * low;
  const small = high < TINY;
  const far = columns.some(({ mean, deviation }) => Math.abs(mean) > SHIFTED * deviation && deviation > 0);
  if (!(size > LARGE || small || uneven || far)) return null;
  const { own, poor } = outcomeOf(run);
  const bad = poor || own < 0.5 || own < run.neighbours().own - 0.02;
  if (!bad && own > 0.95) return null;
  return {
    confidence: bad ? "likely" : "possible",
    message: uneven
      ? `The targets are on scales of their own: their deviations lie between ${digits(low)} and ${digits(high)}, so the largest decide alone.`
      : `The targets are ${small ? "small" : "large"}: mean ${digits(columns[0]!.mean)}, deviation ${digits(wide[0]!)}, where a network begins with answers about 0 and 1.`,
    hint: "Bring the targets to mean 0 and deviation 1, with the inputs: standardize true. Answers come back in their own unit.",
    change: { standardize: true },
    evidence: { mean: columns[0]!.mean, least: low, most: high },
  };
}

function duplicatedFeatures(run: Run): Finding | null {
  const { data, moment } = run;
  if (moment !== "end" || !isTable(data) || data.features < 3) return null;
  const places = spread(data, 50);
  const groups = new Map<string, number[]>();
  const { deviation } = run.columns();
  for (let j = 0; j < data.features; j++) {
    if (deviation[j] === 0) continue;
    const key = places.map((i) => data.x[i * data.features + j]).join();
    groups.set(key, [...(groups.get(key) ?? []), j]);
  }
  const most = [...groups.values()].reduce((a, b) => (b.length > a.length ? b : a), []);
  const surplus = data.features - groups.size;
  const { own } = outcomeOf(run);
  if (surplus < 0.5 * data.features || !(own < (most.length > MANY_COPIES ? ALMOST : GOOD))) return null;
  return {
    confidence: "likely",
    message: `${surplus} of ${data.features} columns are copies of others (column ${most[0]! + 1} stands there ${most.length} times), so what they say counts as often.`,
    hint: "Keep one column of each.",
    change: {},
    evidence: { surplus, columns: data.features, times: most.length },
  };
}

// What is wrong with the data: known before the first step, but told only where it is sure by itself, or where the run
// fared badly.

import { checksum } from "../../bytes.js";
import { losses } from "../../catalogue.js";
import { classCounts, type Dataset } from "../../dataset.js";
import { digits } from "../../text.js";
import { type Finding, majority, outcomeOf, type Rule, type Run } from "../run.js";
import { type Columns, spread } from "../sample.js";
import { columnsInWords, percent } from "./words.js";

// Thresholds, each with its reason.
const LARGE = 8; // root mean square of the inputs; standardised data have 1
const HUGE = 30; // the same: told of any run that did not turn out well
const GOOD = 0.9; // share of what there is to know
const TINY = 0.01; // the same: signals that small make steps as small
const SHIFTED = 20; // mean of a column in deviations: what tells examples apart is lost beside it
const UNEVEN = 50; // deviation of a column over the median of all: one step size cannot suit both
const FLOAT32 = 1e5; // a column's size over its deviation: float32 has 7 digits
const APART = 10; // deviations of the rest that a repeated extreme value lies away from them
const SHARED = 0.1; // share of the held-out rows that are training rows, too
const MOVED = 1; // deviations that the columns of the held-out data lie away, in the root mean square
const FAR = 10; // deviations at which a column counts no further
const LEAK = 0.85; // share of the target that one column explains
const MOST_COLUMNS = 2000; // beyond, columns are pixels or words, which may be constant or alike
const FEW = 150; // training examples
const VERY_FEW = 60;

export const DATA_RULES: readonly Rule[] = [
  { code: "empty-class", look: emptyClass },
  { code: "duplicate-rows", look: duplicateRows },
  { code: "leaking-feature", look: leakingFeature },
  { code: "test-distribution", look: testDistribution },
  { code: "sorted-data", look: sortedData },
  { code: "sentinel-values", look: sentinelValues },
  { code: "float32-digits", look: float32Digits },
  { code: "constant-features", look: constantFeatures },
  { code: "one-huge-feature", look: oneHugeFeature },
  { code: "unscaled-inputs", look: unscaledInputs, passing: true },
  { code: "unscaled-targets", look: unscaledTargets },
  { code: "shuffled-labels", look: shuffledLabels },
  { code: "label-noise", look: labelNoise },
  { code: "duplicated-features", look: duplicatedFeatures },
];

/** Told where neither data nor weights explain that a class is not found. */
export const IMBALANCE_RULES: readonly Rule[] = [
  { code: "class-imbalance", look: classImbalance },
  { code: "too-few-examples", look: hardlyAnyExamples },
];

/** Rules that look at what the run left of the data's promise; after all causes. */
export const LATE_DATA_RULES: readonly Rule[] = [
  { code: "targets-are-classes", look: targetsAreClasses },
  { code: "too-few-examples", look: tooFewExamples },
];

const areBytes = ({ data }: Run): boolean => data.x instanceof Uint8Array;
/** Whether columns mean something each, as those of a table do. */
const isTable = ({ data }: Run): boolean => !(data.x instanceof Uint8Array) && data.features <= MOST_COLUMNS;
const isWorse = (run: Run): boolean => run.moment === "end" && (outcomeOf(run).poor || isRisen(run));
const isRisen = ({ curve }: Run): boolean =>
  curve.steps > 1 && curve.peak > 3 * curve.first && curve.last > curve.first;

function emptyClass(run: Run): Finding | null {
  const { data, validation, moment } = run;
  if (moment !== "start" || data.classes === null) return null;
  const counts = classCounts(data);
  const empty = counts.flatMap((count, c) => (count === 0 ? [c] : []));
  const names = data.classes;
  if (empty.length === 0) {
    if (validation === null || validation.classes === null || validation.count < 10 * names.length) return null;
    const there = classCounts(validation);
    const missing = there.flatMap((count, c) => (count === 0 && c < names.length ? [c] : []));
    const rare = missing.filter((c) => counts[c]! >= data.count / (3 * names.length));
    if (rare.length === 0) return null;
    return {
      confidence: "likely",
      message: `No held-out example is of class ${list(rare.map((c) => names[c]!))}, though ${percent(counts[rare[0]!]! / data.count)} of the training examples are.`,
      hint: "Split the examples so that every class is in both parts, for instance with validation: 0.2.",
      change: {},
      evidence: { missing: rare, counts: there },
    };
  }
  const fromOne = empty.length === 1 && empty[0] === 0 && names[0] === "0";
  const message = fromOne
    ? `Class 0 has no example: the labels start at 1 and go to ${names.length - 1}, so ${names.length} classes were made of ${names.length - 1}.`
    : `No training example is of class ${list(empty.map((c) => names[c]!))}.`;
  return {
    confidence: "sure",
    message,
    hint: fromOne
      ? "Number the labels from 0, or pass names of classes as labels."
      : "Add examples of it, or leave the class out; where labels have gaps, pass them as names.",
    change: {},
    evidence: { empty, counts },
  };
}

const list = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(", ")} …` : names.join(", ");

function duplicateRows(run: Run): Finding | null {
  const { data, validation, moment } = run;
  if (moment !== "start" || validation === null) return null;
  const places = spread(validation, 500);
  const known = new Set<string>();
  const own = spread(data, 20_000);
  let twice = 0;
  for (const i of own) {
    const key = hashOf(data, i);
    if (known.has(key)) twice++;
    known.add(key);
  }
  const shared = places.filter((i) => known.has(hashOf(validation, i))).length / places.length;
  const usual = twice / own.length; // what repeats by itself, as rows of few discrete columns do
  if (shared < SHARED || shared < 3 * usual) return null;
  return {
    confidence: "sure",
    message: `${percent(shared)} of the held-out rows are in the training data, too, so what is measured on them is no proof of anything.`,
    hint: "Take the rows out of one of the two.",
    change: {},
    evidence: { shared, repeated: usual },
  };
}

// What tells a row from others: its numbers in the 7 digits of float32, of long ones some.
function hashOf({ x, features, scale }: Dataset, row: number): string {
  const step = Math.max(1, Math.floor(features / 64));
  const some = new Float32Array(Math.ceil(features / step));
  for (let j = 0; j < some.length; j++) some[j] = x[row * features + j * step]! * scale + 0; // no -0
  return checksum(new Uint8Array(some.buffer));
}

function testDistribution(run: Run): Finding | null {
  const { validation, data, moment } = run;
  if (validation === null || moment === "training") return null;
  const ours = run.columns();
  const theirs = run.heldColumns()!;
  const fewest = Math.min(ours.rows, theirs.rows);
  if (fewest < 8) return null;
  const finding = (why: string, evidence: Finding["evidence"]): Finding => ({
    confidence: moment === "end" ? "likely" : "sure",
    message: `The held-out data are of another kind than the training data: ${why}.`,
    hint: "Prepare both in the same way: the same scale, columns in the same order, the same unit, the same labels.",
    change: {},
    evidence,
  });
  if (moment === "start") {
    const ratio = theirs.whole.rms / ours.whole.rms;
    if (ratio > 5 || ratio < 0.2) {
      return finding(
        `their numbers have a root mean square of ${digits(theirs.whole.rms)}, those of training ${digits(ours.whole.rms)}`,
        { rms: ours.whole.rms, heldOutRms: theirs.whole.rms },
      );
    }
    const moved = movedBy(ours, theirs);
    if (moved > MOVED + 3 / Math.sqrt(fewest)) {
      return finding(`their columns lie ${digits(moved)} deviations away on average`, { moved });
    }
    const targets = targetsMoved(data, validation);
    if (targets && (targets.away > 5 || targets.ratio > 5 || targets.ratio < 0.2)) {
      return finding(
        `their targets have mean ${digits(targets.mean)} and deviation ${digits(targets.deviation)}, those of training ${digits(targets.ownMean)} and ${digits(targets.ownDeviation)}`,
        targets,
      );
    }
    return null;
  }
  // the same inputs with other labels: neighbours within each part agree, those of the other part do not
  const outcome = outcomeOf(run);
  if (!(outcome.own > 0.5) || !(outcome.held < 0.6 * outcome.own)) return null;
  const near = run.neighbours();
  if (near.others > 0.4 && near.across < 0.5 * near.others && near.own > 0.4) {
    return finding(
      `examples beside one another have the same labels within each part, but not across them (agreement ${digits(near.own)}, ${digits(near.others)} and ${digits(near.across)})`,
      { own: near.own, heldOut: near.others, across: near.across },
    );
  }
  return null;
}

// Root mean square over the columns of how far their means lie apart, in deviations of both parts.
function movedBy(ours: Columns, theirs: Columns): number {
  let [sum, columns] = [0, 0];
  for (let j = 0; j < ours.mean.length; j++) {
    const apart = Math.abs(theirs.mean[j]! - ours.mean[j]!);
    const wide = Math.sqrt((ours.deviation[j]! ** 2 + theirs.deviation[j]! ** 2) / 2);
    if (wide === 0 && apart === 0) continue;
    sum += Math.min(FAR, apart / wide) ** 2;
    columns++;
  }
  return columns ? Math.sqrt(sum / columns) : 0;
}

function targetsMoved(data: Dataset, validation: Dataset) {
  if (data.classes !== null || validation.classes !== null) return null;
  const [own, others] = [momentsOf(data.y), momentsOf(validation.y)];
  return {
    ...{ mean: others.mean, deviation: others.deviation, ownMean: own.mean, ownDeviation: own.deviation },
    away: Math.abs(others.mean - own.mean) / own.deviation,
    ratio: others.deviation / own.deviation,
  };
}

function momentsOf(values: ArrayLike<number>): { mean: number; deviation: number; largest: number } {
  let [mean, square, largest] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) mean += values[i]! / values.length;
  for (let i = 0; i < values.length; i++) {
    square += (values[i]! - mean) ** 2 / values.length;
    largest = Math.max(largest, Math.abs(values[i]!));
  }
  return { mean, deviation: Math.sqrt(square), largest };
}

function leakingFeature(run: Run): Finding | null {
  const { data, validation, moment } = run;
  if (moment !== "start" || !isTable(run) || data.features < 3 || data.count < 30) return null;
  if (validation === null || validation.count < 20) return null; // without others a good column is no leak
  if (data.classes === null && data.outputs === data.features) return null; // an autoencoder's columns are its targets
  const known = explainedBy(data);
  const best = known.reduce((most, value, j) => (value > known[most]! ? j : most), 0);
  const others = known.filter((_, j) => j !== best);
  const share = known[best]!;
  const next = Math.max(0, ...others);
  if (share < LEAK || next > 0.8 * share) return null;
  const held = explainedBy(validation)[best]!;
  if (!(held < 0.5 * share)) return null;
  return {
    confidence: "sure",
    message: `Column ${best + 1} alone tells ${percent(share)} of the target in training (the next one ${percent(next)}) and ${percent(held)} of it in the held-out data: it holds the answer, or the order of the rows.`,
    hint: `Leave column ${best + 1} out.`,
    change: {},
    evidence: { column: best + 1, explained: share, heldOut: held, next },
  };
}

// Share of the targets' variance (of labels: one-hot) that groups of rows with like values of a column explain, less what
// so many groups explain by chance.
function explainedBy(data: Dataset): number[] {
  const places = spread(data, 600);
  const { x, y, features, classes } = data;
  const outputs = classes === null ? data.outputs : 0;
  const n = places.length;
  const groups = Math.max(2, Math.min(20, Math.floor(n / 15)));
  const target = (i: number): number => (outputs === 0 ? y[places[i]!]! : y[places[i]! * outputs]!);
  const values = Array.from({ length: n }, (_, i) => target(i));
  const names = outputs === 0 ? [...new Set(values)] : [];
  const all = outputs === 0 ? giniOf(values, names) : momentsOf(values).deviation ** 2;
  return Array.from({ length: features }, (_, j) => {
    const order = Array.from({ length: n }, (_, i) => i).sort(
      (a, b) => x[places[a]! * features + j]! - x[places[b]! * features + j]! || a - b,
    );
    const at = (k: number) => x[places[order[k]!]! * features + j]!;
    let [left, from, used] = [0, 0, 0];
    for (let g = 0; g < groups; g++) {
      let to = Math.max(from + 1, Math.round(((g + 1) * n) / groups));
      while (to < n && at(to) === at(to - 1)) to++;
      if (from >= n) break;
      const part = order.slice(from, to).map((i) => values[i]!);
      left += (part.length / n) * (outputs === 0 ? giniOf(part, names) : momentsOf(part).deviation ** 2);
      used++;
      from = to;
    }
    if (used < 2 || all === 0) return 0;
    const raw = 1 - left / all;
    const chance = (used - 1) / (n - 1);
    return Math.max(0, (raw - chance) / (1 - chance));
  });
}

function giniOf(values: readonly number[], names: readonly number[]): number {
  const counts = new Map<number, number>(names.map((name) => [name, 0]));
  for (const value of values) counts.set(value, counts.get(value)! + 1);
  let sum = 1;
  for (const count of counts.values()) sum -= (count / values.length) ** 2;
  return sum;
}

function sortedData(run: Run): Finding | null {
  const { data, options, moment } = run;
  if (moment !== "start" || options.shuffle || options.batch >= data.count || data.count < 20) return null;
  const { y, count, classes } = data;
  const outputs = classes === null ? data.outputs : 1;
  let changes = 0;
  let [own, all] = [0, 0];
  const { mean } = momentsOf(y);
  for (let i = 1; i < count; i++) {
    const [here, before] = [y[i * outputs]!, y[(i - 1) * outputs]!];
    if (here !== before) changes++;
    own += (here - before) ** 2;
    all += 2 * (here - mean) ** 2;
  }
  const shares = classes === null ? [] : classCounts(data).map((n) => n / count);
  const expected = classes === null ? 1 : (count - 1) * (1 - shares.reduce((sum, share) => sum + share * share, 0));
  const sorted = classes === null ? own < 0.2 * all : changes < 0.3 * expected;
  if (!sorted) return null;
  return {
    confidence: "sure",
    message:
      classes === null
        ? `The examples are in the order of their targets and are not shuffled, so each batch of ${options.batch} has only like ones.`
        : `The examples are sorted by class (${changes} changes of class from row to row, ${Math.round(expected)} by chance) and are not shuffled, so most batches of ${options.batch} have one class.`,
    hint: "Let them be shuffled: shuffle true.",
    change: { shuffle: true },
    evidence: { changes, expected, batch: options.batch },
  };
}

function sentinelValues(run: Run): Finding | null {
  const { data, moment } = run;
  if (moment !== "start" || !isTable(run)) return null;
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
  if (run.moment !== "start" || run.architecture.dtype !== "float32" || areBytes(run)) return null;
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
  if (moment === "training" || !isTable(run)) return null;
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
  if (run.moment !== "end" || !isTable(run) || run.data.features < 2) return null;
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
  if (areBytes(run) && 255 * Math.abs(run.data.scale) <= LARGE) return null; // pictures as they should be
  const { whole, mean, deviation } = run.columns();
  const { rms, least, most } = whole;
  const isShifted = (j: number) => deviation[j]! > 0 && Math.abs(mean[j]!) > SHIFTED * deviation[j]!;
  const off = !areBytes(run) && rms > 1 && [...mean.keys()].filter(isShifted).length > mean.length / 3;
  const normalised = run.architecture.layers[0]!.normalization === "batch";
  if (normalised || !(rms > LARGE || rms < TINY || off)) return null;
  const { own, held } = run.moment === "end" ? outcomeOf(run) : { own: 1, held: 1 };
  const unsaid = rms > HUGE && !(own > 0.95 && !(held < GOOD));
  const bad = run.moment === "training" || isWorse(run) || unsaid;
  if (!bad && !(run.moment === "end" && rms > HUGE)) return null;
  const bytes = areBytes(run);
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
  const outcome = outcomeOf(run);
  const near = run.neighbours();
  if (!(outcome.poor || outcome.own < near.own - 0.02 || outcome.own < 0.5)) return null;
  return {
    confidence: "likely",
    message: uneven
      ? `The targets are on scales of their own: their deviations lie between ${digits(low)} and ${digits(high)}, so the largest decide alone.`
      : `The targets are ${small ? "small" : "large"}: mean ${digits(columns[0]!.mean)}, deviation ${digits(wide[0]!)}, where a network begins with answers about 0 and 1.`,
    hint: "Bring the targets to mean 0 and deviation 1, with the inputs: standardize true. Answers come back in their own unit.",
    change: { standardize: true },
    evidence: { mean: columns[0]!.mean, least: low, most: high },
  };
}

// Whether neighbours can tell so: where enough is held out, with classes in the same shares, of a run that is not good.
function mayBeMislabelled(run: Run): boolean {
  const { data, validation, moment } = run;
  if (moment !== "end" || run.failed || validation === null || data.count < 30 || validation.count < 20) return false;
  if (data.classes && Math.abs(majority(data) - majority(validation)) > 0.15) return false;
  const { own, held } = outcomeOf(run);
  return !(own > GOOD && held > GOOD);
}

function shuffledLabels(run: Run): Finding | null {
  if (!mayBeMislabelled(run)) return null;
  const near = run.neighbours();
  if (!(near.own < 0.15 && near.others > 0.3 && near.across < 0.35 * near.others)) return null;
  return {
    confidence: "likely",
    message: `The training labels do not go with their examples: neighbours know ${percent(Math.max(0, near.own))} of them, while those of the held-out data know ${percent(near.others)} of theirs.`,
    hint: "Check that labels and examples belong together: the same order, sorted or shuffled together, no row left out of one.",
    change: {},
    evidence: { own: near.own, heldOut: near.others, across: near.across },
  };
}

function labelNoise(run: Run): Finding | null {
  if (!mayBeMislabelled(run) || run.has("shuffled-labels")) return null;
  const near = run.neighbours();
  if (!(near.others > 0.4 && near.others - Math.max(0, near.own) > 0.3 && near.own < 0.6 * near.others)) return null;
  return {
    confidence: "likely",
    message: `Many training labels seem wrong: neighbours know ${percent(Math.max(0, near.own))} of them, those of the held-out data ${percent(near.others)} of theirs.`,
    hint: "Look at how the labels were made; until then train for less long: patience 5.",
    change: { patience: 5 },
    evidence: { own: near.own, heldOut: near.others },
  };
}

async function classImbalance(run: Run): Promise<Finding | null> {
  const { data, moment, options } = run;
  if (moment !== "end" || data.classes === null || options.weights !== null) return null;
  const counts = classCounts(data);
  const least = Math.min(...counts.filter((count) => count > 0));
  const rare = counts.indexOf(least);
  const share = least / data.count;
  if (share * data.classes.length > 0.25) return null;
  const recall = await run.recalls();
  const found = recall[rare] ?? Number.NaN;
  const others = recall.filter((_, c) => c !== rare && counts[c]! > 0);
  if (!(found < 0.6 && Math.max(...others) > 0.8)) return null;
  return {
    confidence: "likely",
    message: `Class ${data.classes[rare]} is rare, ${percent(share)} of the examples, and the network finds ${percent(found)} of it: ${percent(majority(data))} right comes from naming the most frequent class.`,
    hint: 'Let rare classes weigh more: classWeights "balanced"; and judge by the metric balancedAccuracy.',
    change: { classWeights: "balanced" },
    evidence: { class: data.classes[rare]!, share, found },
  };
}

function duplicatedFeatures(run: Run): Finding | null {
  const { data, moment } = run;
  if (moment !== "end" || !isTable(run) || data.features < 3 || !(outcomeOf(run).own < GOOD)) return null;
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
  if (surplus < 0.5 * data.features) return null;
  return {
    confidence: "likely",
    message: `${surplus} of ${data.features} columns are copies of others (column ${most[0]! + 1} stands there ${most.length} times), so what they say counts as often.`,
    hint: "Keep one column of each.",
    change: {},
    evidence: { surplus, columns: data.features, times: most.length },
  };
}

function targetsAreClasses(run: Run): Finding | null {
  const { data, moment } = run;
  if (moment !== "end" || data.classes !== null || data.outputs !== 1) return null;
  const values = new Set<number>();
  for (const value of data.y) {
    if (!Number.isInteger(value) || values.size > 20) return null;
    values.add(value);
  }
  const names = [...values].sort((a, b) => a - b);
  if (names.length < 3 || names[0] !== 0 || names[names.length - 1] !== names.length - 1) return null;
  return {
    confidence: "likely",
    message: `The numbers to predict are ${names.length} whole numbers, 0 to ${names.length - 1}: they look like classes, and as numbers class 1 lies between 0 and 2.`,
    hint: "Pass them as labels, without regression.",
    change: {},
    evidence: { values: names.length },
  };
}

// So few that nothing else needs to be wrong.
function hardlyAnyExamples(run: Run): Finding | null {
  const { data } = run;
  return data.count <= Math.max(12, 3 * (data.classes?.length ?? 0)) ? tooFewExamples(run) : null;
}

function tooFewExamples(run: Run): Finding | null {
  const { data, moment } = run;
  if (moment !== "end" || data.count > FEW) return null;
  const { own, held } = outcomeOf(run);
  if (!(own - held > 0.15)) return null;
  return {
    confidence: data.count <= VERY_FEW || own - held > 0.3 ? "likely" : "possible",
    message: `${data.count} examples are few: the network knows ${percent(Math.max(0, own))} of what there is to know of them, and ${percent(Math.max(0, held))} of those held out.`,
    hint: "Get more examples, or take a smaller network and stronger decay.",
    change: {},
    evidence: { count: data.count, own, held },
  };
}

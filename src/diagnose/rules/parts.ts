// What is wrong between the training data and what is held out: rows in both, other distributions, a column that tells the
// answer in one of them.

import type { Dataset } from "../../dataset.js";
import { digits } from "../../text.js";
import { type Finding, outcomeOf, type Rule, type Run } from "../run.js";
import { type Columns, isAutoencoder, isTable, momentsOf, spread } from "../sample.js";
import { percent } from "./words.js";

// Thresholds, each with its reason.
const TRUTH_TABLE = 20; // rows: so few may be all that there are, to be learnt by heart
const SOME = 64; // columns by which rows are told apart
const SHARED = 0.1; // share of the held-out rows that are training rows, too
const MOVED = 1; // deviations that the columns of the held-out data lie away, in the root mean square
const FEW = 8; // examples of a part: fewer have no distribution
const ENOUGH = 40; // the same, for neighbours to be near
const WIDER = 1.5; // times the distance of neighbours; that of another sample is 1
const ALL = 0.98; // share of the target that one column explains in both parts: nothing is left to learn
const FAR = 10; // deviations at which a column counts no further
const LEAK = 0.85; // share of the target that one column explains

export const PART_RULES: readonly Rule[] = [
  { code: "duplicate-rows", look: duplicateRows },
  { code: "leaking-feature", look: leakingFeature },
  { code: "test-distribution", look: testDistribution },
];

function duplicateRows(run: Run): Finding | null {
  const { data, validation, moment } = run;
  if (moment !== "start" || validation === null) return null;
  const places = spread(validation, 500);
  const known = new Set<number>();
  const own = spread(data, 20_000);
  const [ofOurs, ofTheirs] = [hasherOf(data), hasherOf(validation)];
  let twice = 0;
  for (const i of own) {
    const key = ofOurs(i);
    if (known.has(key)) twice++;
    known.add(key);
  }
  const shared = places.filter((i) => known.has(ofTheirs(i))).length / places.length;
  const usual = twice / own.length; // what repeats by itself, as rows of few discrete columns do
  if (shared < SHARED || shared < 3 * usual) return null;
  return {
    confidence: data.count < TRUTH_TABLE ? "possible" : "sure",
    message: `${percent(shared)} of the held-out rows are in the training data, too, so what is measured on them is no proof of anything.`,
    hint: "Take the rows out of one of the two.",
    change: {},
    evidence: { shared, repeated: usual },
  };
}

// What tells a row from others: some of its numbers in the 7 digits of float32, mixed to 32 bits. Two of a million pairs
// of other rows may have the same, which says nothing of a tenth of them.
function hasherOf({ x, features, scale }: Dataset): (row: number) => number {
  const step = Math.max(1, Math.floor(features / SOME));
  const number = new Float32Array(1);
  const bits = new Int32Array(number.buffer);
  return (row) => {
    let hash = 0;
    for (let j = 0; j < features; j += step) {
      number[0] = x[row * features + j]! * scale + 0; // no -0
      hash = Math.imul(hash ^ bits[0]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash;
  };
}

function testDistribution(run: Run): Finding | null {
  const { validation, data, moment } = run;
  if (validation === null || moment === "training") return null;
  const ours = run.columns();
  const theirs = run.heldColumns()!;
  const fewest = Math.min(ours.rows, theirs.rows);
  if (fewest < FEW) return null;
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
  const outcome = outcomeOf(run);
  if (fewest < ENOUGH || !(outcome.own > 0.5) || !(outcome.held < 0.6 * outcome.own)) return null;
  const near = run.neighbours();
  if (near.apart > WIDER) {
    return finding(
      `its examples lie ${digits(near.apart)} times as far from those of training as these from each other`,
      { apart: near.apart },
    );
  }
  // the same inputs with other labels: neighbours within each part agree, those of the other part do not
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

function leakingFeature(run: Run): Finding | null {
  const { data, validation, moment } = run;
  if (moment !== "start" || !isTable(run.data) || data.features < 3 || data.count < 30) return null;
  if (validation === null || validation.count < 20) return null; // without others a good column is no leak
  if (isAutoencoder(data)) return null; // whose columns are its targets
  const known = explainedBy(data);
  const best = known.reduce((most, value, j) => (value > known[most]! ? j : most), 0);
  const others = known.filter((_, j) => j !== best);
  const share = known[best]!;
  const next = Math.max(0, ...others);
  if (share < LEAK || next > 0.8 * share) return null;
  const held = explainedBy(validation)[best]!;
  if (Math.min(share, held) > ALL) {
    return {
      confidence: "possible",
      message: `Column ${best + 1} alone tells ${percent(share)} of the target, here and in what is held out: is it known before the answer is?`,
      hint: `Leave column ${best + 1} out if it is only known afterwards.`,
      change: {},
      evidence: { column: best + 1, explained: share, heldOut: held, next },
    };
  }
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

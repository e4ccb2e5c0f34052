// What is wrong with labels and examples: classes that are missing or rare, labels in an order or of other examples, too
// few of them.

import { classCounts } from "../../dataset.js";
import { type Finding, majority, outcomeOf, type Rule, type Run } from "../run.js";
import { momentsOf } from "../sample.js";
import { percent } from "./words.js";

// Thresholds, each with its reason.
const GOOD = 0.9; // share of what there is to know
const RARE = 0.25; // of its even share: a class that accuracy does not see
const FEW = 150; // training examples
const VERY_FEW = 60;

export const CLASS_RULES: readonly Rule[] = [{ code: "empty-class", look: emptyClass }];
export const ORDER_RULES: readonly Rule[] = [{ code: "sorted-data", look: sortedData }];

/** Told by neighbours, who know what labels should be. */
export const LABEL_RULES: readonly Rule[] = [
  { code: "shuffled-labels", look: shuffledLabels },
  { code: "label-noise", look: labelNoise },
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
  const isRare = (count: number) => count > 0 && count * counts.length <= RARE * data.count;
  if (!counts.some(isRare)) return null;
  const recall = await run.recalls();
  const rare = counts.reduce((worst, count, c) => (isRare(count) && !(recall[c]! >= recall[worst]!) ? c : worst), -1);
  const found = recall[rare] ?? Number.NaN;
  if (Number.isNaN(found)) return null;
  const share = counts[rare]! / data.count;
  const others = recall.filter((_, c) => !isRare(counts[c]!) && counts[c]! > 0);
  const missed = found < 0.6 && Math.max(...others) > 0.8;
  if (!missed && outcomeOf(run).held > 0.95) return null;
  return {
    confidence: missed ? "likely" : "possible",
    message: `Class ${data.classes[rare]} is rare, ${percent(share)} of the examples, and the network finds ${percent(found)} of it: ${percent(majority(data))} right comes from naming the most frequent class.`,
    hint: 'Let rare classes weigh more: classWeights "balanced"; and judge by the metric balancedAccuracy.',
    change: { classWeights: "balanced" },
    evidence: { class: data.classes[rare]!, share, found },
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

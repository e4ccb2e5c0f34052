// How good answers are, in the numbers that people compare: one row each, with what it is for and which way is better.
// The definitions are scikit-learn's, and the values are its to 1e-12; docs/metrics.md has the formulas. All sums go over
// the examples in order.

import type { Loss } from "./catalogue.js";
import type { Dataset } from "./dataset/types.js";
import { log64 } from "./math.js";

/** Answers of a network beside the truth. */
export interface Answers {
  readonly count: number;
  /** (count, width): probabilities of the classes, or of class 1 alone where width is 1; or predicted numbers. */
  readonly outputs: ArrayLike<number>;
  readonly width: number;
  /** (count): true classes; null where there are numbers to predict. */
  readonly labels: Int32Array | null;
  /** (count): classes that the network gave; null where it predicts numbers. */
  readonly predicted: Int32Array | null;
  /** (count, width): numbers to predict; null where there are classes. */
  readonly targets: Float64Array | null;
  /** How many classes there are; 0 where there are numbers to predict. */
  readonly classes: number;
  /** Whether the targets are rows of 0 and 1, and the outputs the probabilities of the ones. @default false */
  readonly several?: boolean;
}

/** What answers are of: one class each; several labels, each of which is there or not (rows of 0 and 1); numbers. */
export type AnswerKind = "classes" | "several" | "numbers";

/** What a network with this loss answers to a data set. */
export function kindOf(data: Dataset, loss: Loss): AnswerKind {
  if (data.classes !== null) return "classes";
  const several = loss === "binaryCrossEntropy" && data.outputs > 1;
  return several && data.y.every((value) => value === 0 || value === 1) ? "several" : "numbers";
}

interface MetricRow {
  readonly of: "classes" | "numbers";
  /** Whether less of it is better. */
  readonly less: boolean;
  readonly value: (answers: Answers) => number;
  /** The same of several labels, each of which is answers of two classes. */
  readonly ofLabels?: (labels: readonly Answers[]) => number;
}

const ofClasses = (value: MetricRow["value"], less = false): MetricRow => ({ of: "classes", less, value });
const alsoOfLabels = (row: MetricRow, ofLabels: NonNullable<MetricRow["ofLabels"]>): MetricRow => ({
  ...row,
  ofLabels,
});
const ofNumbers = (value: MetricRow["value"], less = true): MetricRow => ({ of: "numbers", less, value });

/**
 * For classes: accuracy; balancedAccuracy, the mean recall of the classes; top3Accuracy and top5Accuracy; precision,
 * recall and f1 of class 1 of two, of more the mean over the classes, which is also …Macro, with …Micro over all
 * examples and …Weighted by the classes' shares; rocAuc and prAuc (average precision) of two classes, of more the mean
 * of each against the rest; logLoss in nats; brier, the mean square of the error of the probabilities; kappa (Cohen's);
 * matthews; calibrationError in 15 bins of confidence; hammingLoss, the share that is wrong. For several labels (rows of
 * 0 and 1): accuracy, of whole rows; hammingLoss, of single labels; precision, recall and f1, rocAuc and prAuc, means
 * over the labels, …Micro over all and …Weighted by the labels' shares. For numbers, the mean over the outputs: r2, mae, mse, rmse, mape,
 * explainedVariance.
 */
export type MetricName = keyof typeof METRICS;

// Over all examples, precision, recall and F1 are the accuracy.
const accuracy = ofClasses(({ labels, predicted, count }) => {
  let right = 0;
  for (let i = 0; i < count; i++) right += Number(labels![i] === predicted![i]);
  return right / count;
});

export const METRICS = {
  accuracy: alsoOfLabels(accuracy, (labels) => {
    const wrong = Array.from({ length: labels[0]!.count }, (_, i) =>
      labels.some((one) => one.labels![i] !== one.predicted![i]),
    );
    return 1 - wrong.filter(Boolean).length / wrong.length;
  }),
  hammingLoss: alsoOfLabels(
    ofClasses((answers) => 1 - accuracy.value(answers), true),
    (labels) => mean(labels.map((one) => 1 - accuracy.value(one))),
  ),
  balancedAccuracy: ofClasses((answers) => {
    const present = perClass(answers).filter(({ support }) => support > 0);
    return mean(present.map(({ recall }) => recall));
  }),
  top3Accuracy: ofClasses((answers) => topAccuracy(answers, 3)),
  top5Accuracy: ofClasses((answers) => topAccuracy(answers, 5)),
  ...averaged("precision"),
  ...averaged("recall"),
  ...averaged("f1"),
  rocAuc: alsoOfLabels(
    ofClasses((answers) => againstRest(answers, rocAuc)),
    (labels) => mean(labels.map((one) => againstRest(one, rocAuc))),
  ),
  prAuc: alsoOfLabels(
    ofClasses((answers) => againstRest(answers, averagePrecision)),
    (labels) => mean(labels.map((one) => againstRest(one, averagePrecision))),
  ),
  logLoss: ofClasses((answers) => {
    let sum = 0;
    for (let i = 0; i < answers.count; i++) {
      const p = probabilityOf(answers, i, answers.labels![i]!);
      sum -= log64(Math.min(1 - LEAST, Math.max(LEAST, p)));
    }
    return sum / answers.count;
  }, true),
  brier: ofClasses((answers) => {
    const { count, labels, classes } = answers;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      if (classes === 2) sum += (probabilityOf(answers, i, 1) - labels![i]!) ** 2;
      else for (let c = 0; c < classes; c++) sum += (probabilityOf(answers, i, c) - Number(labels![i] === c)) ** 2;
    }
    return sum / count;
  }, true),
  kappa: ofClasses((answers) => {
    const { rows, columns, right, count } = margins(answers);
    const expected = rows.reduce((sum, n, c) => sum + n * columns[c]!, 0) / count ** 2;
    return (right / count - expected) / (1 - expected);
  }),
  matthews: ofClasses((answers) => {
    const { rows, columns, right, count } = margins(answers);
    const squares = (counts: number[]) => counts.reduce((sum, n) => sum + n * n, 0);
    const both = right * count - rows.reduce((sum, n, c) => sum + n * columns[c]!, 0);
    const size = (count ** 2 - squares(columns)) * (count ** 2 - squares(rows));
    return size === 0 ? 0 : both / Math.sqrt(size);
  }),
  calibrationError: ofClasses((answers) => {
    const bins = calibration(answers);
    return bins.reduce((sum, { count, confidence, accuracy }) => {
      return count === 0 ? sum : sum + (count / answers.count) * Math.abs(accuracy - confidence);
    }, 0);
  }, true),
  r2: ofNumbers(
    (answers) => overOutputs(answers, ({ errors, spread }) => shareExplained(squareSum(errors), spread)),
    false,
  ),
  mae: ofNumbers((answers) => overOutputs(answers, ({ errors }) => mean(errors.map(Math.abs)))),
  mse: ofNumbers((answers) => overOutputs(answers, ({ errors }) => squareSum(errors) / errors.length)),
  rmse: ofNumbers((answers) => overOutputs(answers, ({ errors }) => Math.sqrt(squareSum(errors) / errors.length))),
  mape: ofNumbers((answers) =>
    overOutputs(answers, ({ errors, targets }) =>
      mean(errors.map((error, i) => Math.abs(error) / Math.max(Math.abs(targets[i]!), LEAST))),
    ),
  ),
  explainedVariance: ofNumbers(
    (answers) =>
      overOutputs(answers, ({ errors, spread }) => {
        const middle = mean(errors);
        return shareExplained(squareSum(errors.map((error) => error - middle)), spread);
      }),
    false,
  ),
} satisfies Readonly<Record<string, MetricRow>>;

export const METRIC_NAMES = Object.keys(METRICS) as MetricName[];
const ROWS: Readonly<Record<MetricName, MetricRow>> = METRICS;

/** Whether less of a metric is better. */
export const lessIsBetter = (name: MetricName): boolean => ROWS[name].less;
/** Whether a metric is for answers with classes, or for predicted numbers. */
export const metricIsOf = (name: MetricName): "classes" | "numbers" => ROWS[name].of;
/** Whether a metric has a value for answers of a kind. Several labels are numbers, too. */
export const metricSuits = (name: MetricName, kind: AnswerKind): boolean => {
  const { of, ofLabels } = ROWS[name];
  return kind === "several" ? of === "numbers" || ofLabels !== undefined : of === kind;
};

/** The named metrics of the answers; NaN where one is for other answers, or is not defined for these. */
export function metricsOf(answers: Answers, names: readonly MetricName[]): Partial<Record<MetricName, number>> {
  const kind = answers.labels ? "classes" : answers.several ? "several" : "numbers";
  const labels = kind === "several" ? labelsOf(answers) : [];
  const measured = (name: MetricName) => {
    const { of, value, ofLabels } = ROWS[name];
    if (!metricSuits(name, kind)) return Number.NaN;
    return kind === "several" && of === "classes" ? ofLabels!(labels) : value(answers);
  };
  return Object.fromEntries(names.map((name) => [name, measured(name)]));
}

// Each of several labels by itself: whether it is there is a question of two classes.
function labelsOf({ outputs, targets, width, count }: Answers): Answers[] {
  return Array.from({ length: width }, (_, u) => {
    const own = Float64Array.from({ length: count }, (_, i) => outputs[i * width + u]!);
    return {
      ...{ count, outputs: own, width: 1, targets: null, classes: 2 },
      labels: Int32Array.from(own, (_, i) => targets![i * width + u]!),
      predicted: Int32Array.from(own, (p) => Number(p > 0.5)),
    };
  });
}

/** Precision, recall and F1 of a class, 0 where they are not defined, and how many examples it has. */
export interface ClassScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
}

/** Scores of each class. */
export function perClass(answers: Answers): ClassScore[] {
  const { rows, columns, hits } = margins(answers);
  return hits.map((hit, c) => {
    return { ...scoresOf(hit, columns[c]!, rows[c]!), support: rows[c]! };
  });
}

const scoresOf = (hits: number, given: number, examples: number) => ({
  precision: ratio(hits, given),
  recall: ratio(hits, examples),
  f1: ratio(2 * hits, examples + given),
});

type Score = "precision" | "recall" | "f1";

function averaged<S extends Score>(score: S): Record<S | `${S}Macro` | `${S}Micro` | `${S}Weighted`, MetricRow> {
  const macro = (answers: Answers) => {
    // classes that are neither there nor given say nothing
    const { columns } = margins(answers);
    return mean(
      perClass(answers)
        .filter(({ support }, c) => support + columns[c]! > 0)
        .map((one) => one[score]),
    );
  };
  // of each label the examples that have it
  const ofEach = (labels: readonly Answers[]) => labels.map((one) => perClass(one)[1]!);
  const macroOfLabels = (labels: readonly Answers[]) => mean(ofEach(labels).map((one) => one[score]));
  const microOfLabels = (labels: readonly Answers[]) => {
    const sums = labels.map(margins).reduce((sum, { rows, columns, hits }) => {
      return { rows: sum.rows + rows[1]!, columns: sum.columns + columns[1]!, hits: sum.hits + hits[1]! };
    }, NONE);
    return scoresOf(sums.hits, sums.columns, sums.rows)[score];
  };
  const weightedOfLabels = (labels: readonly Answers[]) => {
    const each = ofEach(labels);
    const all = each.reduce((sum, { support }) => sum + support, 0);
    return ratio(
      each.reduce((sum, one) => sum + one[score] * one.support, 0),
      all,
    );
  };
  const weighted = ofClasses((answers) => {
    return perClass(answers).reduce((sum, one) => sum + (one[score] * one.support) / answers.count, 0);
  });
  const usual = ofClasses((answers) => (answers.classes === 2 ? perClass(answers)[1]![score] : macro(answers)));
  return {
    [score]: alsoOfLabels(usual, macroOfLabels),
    [`${score}Macro`]: alsoOfLabels(ofClasses(macro), macroOfLabels),
    [`${score}Micro`]: alsoOfLabels(accuracy, microOfLabels),
    [`${score}Weighted`]: alsoOfLabels(weighted, weightedOfLabels),
  } as Record<S | `${S}Macro` | `${S}Micro` | `${S}Weighted`, MetricRow>;
}

const NONE = { rows: 0, columns: 0, hits: 0 };
const LEAST = 2 ** -52; // of a probability in a logarithm, and of what is divided by

const ratio = (a: number, b: number) => (b === 0 ? 0 : a / b);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const squareSum = (values: readonly number[]) => values.reduce((sum, value) => sum + value * value, 0);

/** Probability of class c for example i. */
function probabilityOf({ outputs, width }: Answers, i: number, c: number): number {
  if (width > 1) return outputs[i * width + c]!;
  return c === 1 ? outputs[i]! : 1 - outputs[i]!;
}

/** Examples of each class, how often it was given, how often rightly. */
function margins({ labels, predicted, classes, count }: Answers) {
  const [rows, columns, hits] = [0, 1, 2].map(() => new Array<number>(classes).fill(0)) as [
    number[],
    number[],
    number[],
  ];
  let right = 0;
  for (let i = 0; i < count; i++) {
    rows[labels![i]!]!++;
    columns[predicted![i]!]!++;
    if (labels![i] !== predicted![i]) continue;
    hits[labels![i]!]!++;
    right++;
  }
  return { rows, columns, hits, right, count };
}

function topAccuracy(answers: Answers, k: number): number {
  const { count, labels, classes } = answers;
  let right = 0;
  for (let i = 0; i < count; i++) {
    const own = probabilityOf(answers, i, labels![i]!);
    let better = 0; // classes before it; of equal ones the later first, as scikit-learn has it
    for (let c = 0; c < classes; c++) {
      const p = probabilityOf(answers, i, c);
      if (p > own || (p === own && c > labels![i]!)) better++;
    }
    right += Number(better < k);
  }
  return right / count;
}

/** A measure of two classes; of more, its mean over the classes, each against the rest. */
function againstRest(answers: Answers, measure: (scores: Ranked) => number): number {
  if (answers.classes === 2) return measure(rank(answers, 1));
  return mean(Array.from({ length: answers.classes }, (_, c) => measure(rank(answers, c))));
}

/** Examples by falling probability of a class: how many of the class and of others have at least each threshold. */
export interface Ranked {
  readonly thresholds: readonly number[];
  readonly hits: readonly number[];
  readonly others: readonly number[];
}

/** Ranks the examples by the probability of class c. */
export function rank(answers: Answers, c: number): Ranked {
  const { count, labels } = answers;
  const scores = Float64Array.from({ length: count }, (_, i) => probabilityOf(answers, i, c));
  const order = Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b);
  const thresholds: number[] = [];
  const hits: number[] = [];
  const others: number[] = [];
  let [hit, other] = [0, 0];
  order.forEach((i, place) => {
    if (labels![i] === c) hit++;
    else other++;
    if (place + 1 < count && scores[order[place + 1]!] === scores[i]) return; // equal ones count together
    thresholds.push(scores[i]!);
    hits.push(hit);
    others.push(other);
  });
  return { thresholds, hits, others };
}

// Area under hits over others, by trapezoids; NaN without examples of both kinds.
export function rocAuc({ hits, others }: Ranked): number {
  const [positives, negatives] = [hits.at(-1)!, others.at(-1)!];
  if (positives === 0 || negatives === 0) return Number.NaN;
  let area = 0;
  hits.forEach((hit, i) => {
    area += ((hit + (hits[i - 1] ?? 0)) / 2) * (others[i]! - (others[i - 1] ?? 0));
  });
  return area / positives / negatives;
}

// Mean precision over the examples of the class, in steps.
export function averagePrecision({ hits, others }: Ranked): number {
  const positives = hits.at(-1)!;
  if (positives === 0) return Number.NaN;
  return hits.reduce((sum, hit, i) => {
    return sum + ((hit - (hits[i - 1] ?? 0)) / positives) * (hit / (hit + others[i]!));
  }, 0);
}

/** A bin of confidence: how many examples, their mean confidence, and the share of them that is right. */
export interface CalibrationBin {
  readonly count: number;
  readonly confidence: number;
  readonly accuracy: number;
}

/**
 * Examples by the probability of the class that was given, in bins of equal width; NaN in bins without any.
 * Source: https://arxiv.org/abs/1706.04599
 */
export function calibration(answers: Answers, bins = 15): CalibrationBin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (let i = 0; i < answers.count; i++) {
    const given = answers.predicted![i]!;
    const p = probabilityOf(answers, i, given);
    const bin = sums[Math.min(bins - 1, Math.max(0, Math.ceil(p * bins) - 1))]!; // (0, 1/bins], (1/bins, 2/bins], …
    bin.count++;
    bin.confidence += p;
    bin.right += Number(answers.labels![i] === given);
  }
  return sums.map(({ count, confidence, right }) => {
    return { count, confidence: confidence / count, accuracy: right / count };
  });
}

interface Output {
  readonly targets: number[];
  readonly errors: number[];
  /** Σ (target − mean)². */
  readonly spread: number;
}

/** The mean of a measure over the outputs. */
function overOutputs({ outputs, targets, width, count }: Answers, measure: (output: Output) => number): number {
  return mean(
    Array.from({ length: width }, (_, u) => {
      const own = Array.from({ length: count }, (_, i) => targets![i * width + u]!);
      const middle = mean(own);
      const errors = own.map((target, i) => target - outputs[i * width + u]!);
      return measure({ targets: own, errors, spread: squareSum(own.map((target) => target - middle)) });
    }),
  );
}

// 1 − error/spread; where nothing varies, 1 for no error and 0 for any.
function shareExplained(error: number, spread: number): number {
  if (spread === 0) return error === 0 ? 1 : 0;
  return 1 - error / spread;
}

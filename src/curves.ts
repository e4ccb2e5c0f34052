// How good probabilities are at every threshold, as curves: ROC, precision and recall, calibration. The definitions are
// scikit-learn's (roc_curve without drop_intermediate, precision_recall_curve, calibration_curve), and so are the
// numbers. Single numbers are metrics.ts's, pictures curves-plot.ts's.

import { InputError } from "./errors.js";
import { type Answers, averagePrecision, type Ranked, rank, rocAuc } from "./metrics.js";

/** Points by falling threshold: an example counts as positive where its probability is at least the threshold. */
export interface RocCurve {
  /** Share of the negatives that count as positive. */
  readonly falsePositiveRate: readonly number[];
  /** Share of the positives that do. */
  readonly truePositiveRate: readonly number[];
  /** The first is Infinity, where none does. */
  readonly thresholds: readonly number[];
  /** Area under the curve; NaN without examples of both kinds. */
  readonly auc: number;
}

/** Points by rising threshold, and a last one with precision 1 and recall 0, which has none. */
export interface PrecisionRecallCurve {
  /** Share of those that count as positive, that are. */
  readonly precision: readonly number[];
  /** Share of the positives that count as positive. */
  readonly recall: readonly number[];
  readonly thresholds: readonly number[];
  /** Σ (recallₖ − recallₖ₋₁)·precisionₖ; NaN without positives. */
  readonly averagePrecision: number;
}

/** A point for each bin that has examples: (0, 1/bins], (1/bins, 2/bins], …, with 0 in the first. */
export interface CalibrationCurve {
  /** Mean probability of the examples in the bin. */
  readonly meanProbability: readonly number[];
  /** Share of them that is positive. */
  readonly shareTrue: readonly number[];
  /** How many there are. */
  readonly counts: readonly number[];
}

/**
 * ROC curve of the probabilities of class 1 for examples of labels 0 and 1. Throws E_COUNT, E_LABELS, E_OPTION for what
 * is no probability.
 */
export function rocCurve(probabilities: ArrayLike<number>, labels: ArrayLike<number>): RocCurve {
  const ranked = rankedOf("rocCurve", probabilities, labels);
  const { thresholds, hits, others } = ranked;
  const [positives, negatives] = [hits.at(-1) ?? 0, others.at(-1) ?? 0];
  return {
    falsePositiveRate: [0, ...others.map((other) => other / negatives)],
    truePositiveRate: [0, ...hits.map((hit) => hit / positives)],
    thresholds: [Number.POSITIVE_INFINITY, ...thresholds],
    auc: rocAuc(ranked),
  };
}

/** Precision and recall at every threshold, of the same. Throws as rocCurve. */
export function precisionRecallCurve(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
): PrecisionRecallCurve {
  const ranked = rankedOf("precisionRecallCurve", probabilities, labels);
  const { thresholds, hits, others } = ranked;
  return {
    precision: [...hits.map((hit, i) => hit / (hit + others[i]!)).reverse(), 1],
    recall: [...hits.map((hit) => hit / (hits.at(-1) ?? 0)).reverse(), 0],
    thresholds: [...thresholds].reverse(),
    averagePrecision: averagePrecision(ranked),
  };
}

/** Share of positives over probability, of the same, in `bins` of equal width. Throws as rocCurve. */
export function calibrationCurve(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  bins = 10,
): CalibrationCurve {
  checkAnswers("calibrationCurve", probabilities, labels);
  const all = Array.from({ length: bins }, () => ({ count: 0, sum: 0, positives: 0 }));
  for (let i = 0; i < labels.length; i++) {
    const bin = all[Math.max(0, Math.ceil(probabilities[i]! * bins) - 1)]!;
    bin.count++;
    bin.sum += probabilities[i]!;
    bin.positives += labels[i]!;
  }
  const used = all.filter(({ count }) => count > 0);
  return {
    meanProbability: used.map(({ sum, count }) => sum / count),
    shareTrue: used.map(({ positives, count }) => positives / count),
    counts: used.map(({ count }) => count),
  };
}

function rankedOf(who: string, probabilities: ArrayLike<number>, labels: ArrayLike<number>): Ranked {
  checkAnswers(who, probabilities, labels);
  const answers: Answers = {
    ...{ count: labels.length, outputs: probabilities, width: 1, classes: 2, predicted: null, targets: null },
    labels: Int32Array.from(labels),
  };
  return rank(answers, 1);
}

function checkAnswers(who: string, probabilities: ArrayLike<number>, labels: ArrayLike<number>): void {
  const { length: count } = labels;
  if (count === 0 || probabilities.length !== count) {
    throw new InputError(
      "E_COUNT",
      `${who}: there are ${probabilities.length} probabilities and ${count} labels; pass one of each for every example.`,
    );
  }
  for (let i = 0; i < count; i++) {
    const [p, label] = [probabilities[i]!, labels[i]!];
    if (!(p >= 0 && p <= 1)) {
      throw new InputError(
        "E_OPTION",
        `${who}: number ${i} is ${p}, which is no probability; pass numbers from 0 to 1.`,
      );
    }
    if (label !== 0 && label !== 1) {
      throw new InputError(
        "E_LABELS",
        `${who}: label ${i} is ${label}; pass 1 for examples of the class, 0 for others.`,
      );
    }
  }
}

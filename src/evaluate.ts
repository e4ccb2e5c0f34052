// How good a network is on a data set: cost, accuracy, confusion matrix, wrong examples.

import { losses } from "./catalogue.js";
import { type DataSource, isSource, piecesOf, roomFor } from "./dataset/source.js";
import type { Dataset } from "./dataset.js";
import { type Answers, type ClassScore, kindOf, type MetricName, metricsOf, perClass } from "./metrics.js";
import { restoreUnit, type Standardized } from "./network/standardize.js";
import type { Numbers } from "./session/layout.js";
import { infer, type Session } from "./session.js";

export interface Evaluation {
  /** (1/count) Σ loss over the examples, in nats for cross-entropies; of standardised targets where those are. */
  readonly cost: number;
  /** correct / count; NaN for regression. */
  readonly accuracy: number;
  /** Number of examples. */
  readonly count: number;
  /** Number of examples that got their class; 0 for regression. */
  readonly correct: number;
  /** (classes, classes): examples of each true class (row) by the class they got (column). Empty for regression. */
  readonly confusion: readonly (readonly number[])[];
  /** (count): the class each example got. Empty for regression. */
  readonly predictions: Int32Array;
  /** Precision, recall, F1 and number of examples of each class. Empty for regression. */
  readonly perClass: readonly ClassScore[];
  /** The metrics that were asked for, by name, in the targets' own unit; NaN where one is not defined for these answers. */
  readonly metrics: Readonly<Partial<Record<MetricName, number>>>;
  /** Examples that got another class than theirs, by position in the data set; `probability` is that of `predicted`. */
  readonly wrong: readonly { index: number; label: number; predicted: number; probability: number }[];
}

/**
 * Runs the session's network over `data`, of a source piece by piece: what is kept of each example is its class or
 * target, and what it got. Rejects with the signal's reason when aborted.
 */
export async function evaluateWith(
  session: Session,
  data: Standardized | DataSource,
  signal?: AbortSignal,
  names: readonly MetricName[] = [],
): Promise<Evaluation> {
  const { layers, request } = session.plan;
  const { boundary } = losses[request.architecture.loss];
  const outputs = layers[layers.length - 1]!.units;
  const classes = data.classes === null ? 0 : Math.max(2, outputs); // also those that only the network knows
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const predictions = new Int32Array(data.classes === null ? 0 : data.count);
  const wrong: { index: number; label: number; predicted: number; probability: number }[] = [];
  const all = new Float64Array(names.length ? data.count * outputs : 0);
  let loss = 0;
  let whole: Standardized | null = isSource(data) ? null : data;
  for await (const { first, piece } of piecesOf(data, request.batch)) {
    whole ??= truthOf(piece, data.count);
    if (whole.y !== piece.y) whole.y.set(piece.y, first * (piece.y.length / piece.count));
    for await (const batch of infer(session, piece, signal)) {
      loss += batch.loss;
      if (all.length) all.set(batch.outputs, (first + batch.first) * outputs);
      if (piece.classes === null) continue;
      for (let i = 0; i < batch.count; i++) {
        const index = first + batch.first + i;
        const label = piece.y[batch.first + i]!;
        const { label: predicted, probability } = mostProbable(
          batch.outputs.subarray(i * outputs, (i + 1) * outputs),
          boundary,
        );
        predictions[index] = predicted;
        confusion[label]![predicted]!++;
        if (predicted !== label) wrong.push({ index, label, predicted, probability });
      }
    }
  }
  if (whole === null) throw new Error("a source without examples");
  const correct = predictions.length - wrong.length;
  const accuracy = data.classes === null ? Number.NaN : correct / data.count;
  const several = names.length > 0 && kindOf(whole, request.architecture.loss) === "several";
  const answers = { ...answersOf(inUnit(whole, all), all, outputs, predictions), several };
  return {
    ...{ cost: loss / data.count, accuracy, count: data.count, correct, confusion, predictions, wrong },
    perClass: data.classes === null ? [] : perClass(answers),
    metrics: metricsOf(answers, names),
  };
}

// The labels or targets of all of a source, whose examples are nobody's any more; filled piece by piece.
function truthOf(like: Standardized, count: number): Standardized {
  const { y } = roomFor({ ...like, x: like.x.subarray(0, 0), features: 0 }, count);
  return { ...like, y, count } as Standardized;
}

/** Outputs (count, width) for all of `data`, and the classes they stand for, beside the truth. */
export function answersOf(
  { count, classes, y }: Dataset,
  outputs: ArrayLike<number>,
  width: number,
  predicted: Int32Array,
): Answers {
  if (classes === null) return { count, outputs, width, classes: 0, labels: null, predicted: null, targets: y };
  return { count, outputs, width, classes: Math.max(2, width), labels: y, predicted, targets: null };
}

// The data with their targets in their own unit, into which the answers are brought, too.
function inUnit(data: Standardized, answers: Float64Array): Dataset {
  const unit = data.by?.targets;
  if (!unit || data.classes !== null) return data;
  restoreUnit(answers, unit);
  return { ...data, y: restoreUnit(data.y.slice(), unit) };
}

/**
 * Index and probability of the most probable class. One output stands for class 1 where it is above `boundary`: 0.5 of
 * a probability; 0 of what is none, whose probability is NaN.
 */
export function mostProbable(row: Numbers, boundary: number): { label: number; probability: number } {
  const probable = boundary > 0;
  if (row.length === 1) {
    const label = Number(row[0]! > boundary);
    return { label, probability: probable ? (label === 1 ? row[0]! : 1 - row[0]!) : Number.NaN };
  }
  let label = 0;
  for (let c = 1; c < row.length; c++) if (row[c]! > row[label]!) label = c;
  return { label, probability: probable ? row[label]! : Number.NaN };
}

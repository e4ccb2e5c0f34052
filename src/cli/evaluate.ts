// wasmlp evaluate: cost, accuracy, confusion matrix and wrong examples of a model on labelled data; cost and errors on
// numbers to predict.

import { basename } from "node:path";
import { precisionRecallCurve, rocCurve } from "../curves.js";
import { curvesPlot } from "../curves-plot.js";
import { scaledLike } from "../dataset/scale.js";
import { isSource, sampleOf } from "../dataset/source.js";
import { InputError } from "../errors.js";
import { kindOf, METRIC_NAMES, metricSuits } from "../metrics.js";
import { saveFile } from "../node/files.js";
import { openFile, readData, readModel } from "../node/formats.js";
import { openSource, type SourceNames } from "../node/sources.js";
import { cost, digits, percent, table } from "../text.js";
import { heldOut, sizeOf, taskOf } from "./data.js";
import type { Io } from "./io.js";
import { checkTargets } from "./keep.js";
import { remarkOnNumerics } from "./numerics.js";
import { readingLine } from "./progress.js";
import { wrap } from "./text.js";

const MOST_WRONG = 20;
const SHOWN = ["balancedAccuracy", "f1Macro", "rocAuc", "logLoss", "matthews"] as const;

export async function evaluate(
  model: string,
  path: string,
  options: Omit<SourceNames, "test"> & { json?: boolean; curves?: string; force?: boolean },
  io: Io,
): Promise<number> {
  const { curves, force = false } = options;
  if (curves !== undefined) await checkTargets([{ option: "--curves", path: curves }], [path, model], force);
  const network = readModel(await openFile(model));
  await remarkOnNumerics(network, io);
  const names = {
    ...{ task: taskOf(network), encoding: network.encoding ?? undefined, size: sizeOf(network) },
    ...options,
  };
  const source = await openSource(path, { scale: network.scale, ...names }, readingLine(path, io));
  if (curves !== undefined && source) {
    throw new InputError(
      "E_OPTION",
      "evaluate: --curves are of data in memory, and this file is read part by part; leave it out.",
    );
  }
  const read = source ? source.data : await readData(path, names, heldOut(network));
  const data = options.scale === undefined && !isSource(read) ? scaledLike(network.scale, read) : read;
  const some = isSource(data) ? await sampleOf(data) : data;
  const own = METRIC_NAMES.filter((name) => metricSuits(name, kindOf(some, network.loss)));
  const asked = options.json || data.classes === null ? own : SHOWN;
  const evaluation = await network.evaluate(data, { metrics: asked });
  const { cost: value, accuracy, correct, count, confusion, perClass, metrics, wrong } = evaluation;
  if (data.classes === null) {
    if (curves !== undefined) {
      throw new InputError("E_OPTION", "evaluate: --curves are of classes, the model predicts numbers; leave it out.");
    }
    if (options.json) io.out(JSON.stringify({ cost: value, count, metrics }));
    else {
      io.out(`cost ${cost(value)} (${count} examples)`);
      const rows = own.map((name) => [name, digits(metrics[name]!, 6)]);
      for (const line of table(rows, [1])) io.out(line);
    }
    return 0;
  }
  const classes = network.classes ?? data.classes;
  // what the network calls the labels, in whose order its outputs are
  const labels = evaluation.predictions.slice();
  for (const { index, label } of wrong) labels[index] = label;
  if (curves !== undefined) {
    const title = `${basename(model)} on ${basename(path)}: ${count} examples`;
    await saveFile(curves, curvesPlot(await network.predict(some), labels, classes, title), { force });
    io.err(`saved the curves to ${curves}`);
  }
  if (options.json) {
    // of what is read part by part no answers are kept
    const areas =
      own.includes("logLoss") && !source ? areasOf(await network.predict(some), labels, classes.length) : [];
    io.out(
      JSON.stringify({ cost: value, accuracy, correct, count, classes, metrics, perClass, areas, confusion, wrong }),
    );
    return 0;
  }
  io.out(`cost ${cost(value)}  accuracy ${percent(accuracy)} (${correct} of ${count})`);
  const shown = SHOWN.map((name) => `${name} ${metrics[name]!.toFixed(4)}`).join("  ");
  for (const line of wrap(shown, io.columns)) io.out(line);
  io.out("");
  const scores = perClass.map(({ precision, recall, f1, support }, c) => {
    return [classes[c]!, ...[precision, recall, f1].map((score) => score.toFixed(4)), String(support)];
  });
  for (const line of table([["class", "precision", "recall", "f1", "examples"], ...scores], [1, 2, 3, 4])) io.out(line);
  io.out("");
  const columns = classes.map((_, c) => c + 1);
  io.out("rows: true class, columns: class the model gave");
  for (const line of table(
    [["", ...classes], ...confusion.map((row, c) => [classes[c]!, ...row.map(String)])],
    columns,
  )) {
    io.out(line);
  }
  if (wrong.length === 0) return 0;
  io.out("");
  const rows = wrong
    .slice(0, MOST_WRONG)
    .map(({ index, label, predicted, probability }) => [
      ...[String(index), classes[label]!, classes[predicted]!, probability.toFixed(4)],
    ]);
  for (const line of table([["wrong example", "true", "given", "probability"], ...rows], [0, 3])) io.out(line);
  if (wrong.length > MOST_WRONG) io.err(`${wrong.length - MOST_WRONG} more; --json lists all`);
  return 0;
}

/** Areas under the curves of each class against the rest; null where a class has no example, or all have it. */
function areasOf(probabilities: ArrayLike<number>, labels: Int32Array, classes: number) {
  const width = probabilities.length / labels.length;
  return Array.from({ length: classes }, (_, c) => {
    const own = Array.from({ length: labels.length }, (_, i) => {
      if (width > 1) return probabilities[i * width + c]!;
      return c === 1 ? probabilities[i]! : 1 - probabilities[i]!;
    });
    const hits = labels.map((label) => Number(label === c));
    return { rocAuc: rocCurve(own, hits).auc, averagePrecision: precisionRecallCurve(own, hits).averagePrecision };
  });
}

// wasmlp evaluate: cost, accuracy, confusion matrix and wrong examples of a model on labelled data.

import { scaledLike } from "../dataset/scale.js";
import { type Names, openFile, readDataset, readModel } from "../node/formats.js";
import { cost, percent, table } from "../text.js";
import type { Io } from "./io.js";

const MOST_WRONG = 20;

export async function evaluate(
  model: string,
  path: string,
  options: Names & { json?: boolean },
  io: Io,
): Promise<number> {
  const network = readModel(await openFile(model));
  const read = await readDataset(await openFile(path), options);
  const data = options.scale === undefined ? scaledLike(network.scale, read) : read;
  const { cost: value, accuracy, correct, count, confusion, wrong } = await network.evaluate(data);
  const classes = network.classes ?? data.classes;
  if (options.json) {
    io.out(JSON.stringify({ cost: value, accuracy, correct, count, classes, confusion, wrong }));
    return 0;
  }
  io.out(`cost ${cost(value)}  accuracy ${percent(accuracy)} (${correct} of ${count})`);
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
  const shown = wrong.slice(0, MOST_WRONG);
  const rows = shown.map(({ index, label, predicted, probability }) => [
    ...[String(index), classes[label]!, classes[predicted]!, probability.toFixed(4)],
  ]);
  for (const line of table([["wrong example", "true", "given", "probability"], ...rows], [0, 3])) io.out(line);
  if (wrong.length > MOST_WRONG) io.err(`${wrong.length - MOST_WRONG} more; --json lists all`);
  return 0;
}

// wasmlp train --folds: how good such a training is on examples that it was not trained on, as a mean over parts of the
// data, each left out once. How columns of a table become inputs is found anew from the rows of each training.

import { basename } from "node:path";
import { type Dataset, kFold } from "../dataset.js";
import { InputError } from "../errors.js";
import type { Evaluation } from "../evaluate.js";
import { Network } from "../network.js";
import { isFolder } from "../node/folders.js";
import { isTable, openFile, readData, readTableOf, tableOptions } from "../node/formats.js";
import { optionsFor } from "../options/resolve.js";
import { spreadOf } from "../statistics.js";
import { createTableDataset, fitEncoding, fitTarget, rowsOf, type Table } from "../table.js";
import { cost, digits, percent } from "../text.js";
import type { FitOptions } from "../train/options.js";
import { EMBEDDED, networkFor } from "./data.js";
import type { Io } from "./io.js";
import { remarkOnNumerics } from "./numerics.js";
import { chooseFor, isAuto } from "./policy.js";
import type { TrainOptions } from "./train.js";

/** What is trained on and what is left out. */
interface Part {
  readonly train: Dataset;
  readonly validation: Dataset;
}

/** Trains a network of its own on each fold, prints how good it is on what was left out, and returns 0. */
export async function crossValidate(
  paths: readonly string[],
  options: TrainOptions & { folds: number },
  passed: readonly string[],
  io: Io,
): Promise<number> {
  if (paths.length > 1) {
    throw new InputError("E_OPTION", "train: --folds parts the training file, and there is a test set; leave one out.");
  }
  const parts = await partsOf(paths[0] ?? EMBEDDED.train, options);
  const auto = isAuto(paths, options, passed);
  await remarkOnNumerics(options, io);
  const evaluations: Evaluation[] = [];
  for (const [fold, { train, validation }] of parts.entries()) {
    io.status(`fold ${fold + 1} of ${parts.length}`);
    const chosen = auto ? await chooseFor(train, options, passed, { onTrial: () => {} }) : null;
    const network = chosen ? new Network(chosen.network) : networkFor(train, options);
    await network.fit(train, chosen?.fit ?? fitOf(options));
    const metrics = [...(options.metrics ?? []), ...(train.classes === null ? (["r2", "rmse"] as const) : [])];
    const evaluation = await network.evaluate(validation, { metrics: [...new Set(metrics)] });
    evaluations.push(evaluation);
    io.status("");
    if (options.json) {
      io.out(JSON.stringify({ event: "fold", fold: fold + 1, count: validation.count, ...numbersOf(evaluation) }));
    } else if (!options.quiet) io.out(`fold ${fold + 1}  ${inWords(evaluation)} (${validation.count} examples)`);
  }
  const names = Object.keys(numbersOf(evaluations[0]!));
  const spreads = Object.fromEntries(
    names.map((name) => [
      name,
      spreadOf(
        evaluations.map((one) => numbersOf(one)[name]!),
        1,
      ),
    ]),
  );
  if (options.json) {
    io.out(JSON.stringify({ event: "end", folds: parts.length, ...spreads }));
    return 0;
  }
  const name = paths[0] === undefined ? "the embedded pictures" : basename(paths[0]);
  io.out(`Mean over ${parts.length} folds of ${name}, ± the deviation:`);
  for (const [what, { mean, deviation }] of Object.entries(spreads)) {
    io.out(`${what.padEnd(9)} ${digits(mean, 5)} ± ${digits(deviation, 2)}`);
  }
  return 0;
}

function fitOf(options: TrainOptions): FitOptions {
  return {
    ...optionsFor("fit", options),
    iterations: options.epochs === undefined ? options.iterations : undefined,
  };
}

/** What is measured, by name; accuracy of classes alone. */
function numbersOf({ cost: value, accuracy, metrics }: Evaluation): Record<string, number> {
  return { cost: value, ...(!Number.isNaN(accuracy) && { accuracy }), ...metrics };
}

function inWords(evaluation: Evaluation): string {
  const { r2, rmse } = evaluation.metrics;
  const how =
    r2 === undefined ? `accuracy ${percent(evaluation.accuracy)}` : `R² ${r2.toFixed(4)}  RMSE ${digits(rmse!, 4)}`;
  return `cost ${cost(evaluation.cost)}  ${how}`;
}

async function partsOf(path: string, options: TrainOptions & { folds: number }): Promise<Part[]> {
  const { folds, seed } = options;
  if (!(await isFolder(path))) {
    const file = await openFile(path);
    if (await isTable(file, options)) return partsOfTable(await readTableOf(file, options), options);
  }
  const data = await readData(path, path === EMBEDDED.train ? {} : options);
  return kFold(data, folds, { seed, stratify: data.classes !== null });
}

/** Parts of a table: what is predicted is told by all rows, the rest by those that are trained on. */
export function partsOfTable(table: Table, options: TrainOptions & { folds: number }): Part[] {
  const target = fitTarget(table, options);
  const own = tableOptions(options);
  const whole = createTableDataset(table, { encoding: { features: fitEncoding(table, own).features, target } });
  // the rows by their numbers, so that a fold tells which it has
  const rows = { ...whole, x: Float64Array.from({ length: table.count }, (_, row) => row), features: 1, shape: [1] };
  const parts = kFold(rows, options.folds, { seed: options.seed, stratify: whole.classes !== null });
  return parts.map(({ train, validation }) => {
    const trained = rowsOf(table, train.x);
    const { features } = fitEncoding(trained, own);
    const encoded = (part: Table) => createTableDataset(part, { encoding: { features, target } });
    return { train: encoded(trained), validation: encoded(rowsOf(table, validation.x)) };
  });
}

// train(data) without an option beside scikit-learn without one: the same tables, the same splits, mean accuracy or R² on
// what is held out. Prints the table of docs/auto.md; with a second path, writes the scores there.
//
//   python3 scripts/compare-sklearn.py reported build/compare.json
//   npx tsx scripts/compare-sklearn.ts build/compare.json [scores.json]

import { readFileSync, writeFileSync } from "node:fs";
import { createDataset, type Dataset, subset, train } from "../src/index.js";

interface Table {
  readonly task: "classification" | "regression";
  readonly x: number[][];
  readonly y: number[];
  readonly splits: readonly { readonly train: number[]; readonly test: number[] }[];
  /** scikit-learn's, by how it was used. */
  readonly scores: Readonly<Record<string, readonly number[]>>;
}

const [from, to] = process.argv.slice(2);
const { sklearn, tables } = JSON.parse(readFileSync(from!, "utf8")) as {
  sklearn: string;
  tables: Readonly<Record<string, Table>>;
};
const mean = (values: readonly number[] = []) => values.reduce((sum, value) => sum + value, 0) / values.length;

console.log("| table | examples | score | scikit-learn | with standardised targets | wasmlp | epochs | seconds |");
console.log("|---|---|---|---|---|---|---|---|");
const results: Record<string, object> = {};
for (const [name, { task, x, y, splits, scores }] of Object.entries(tables)) {
  const regression = task === "regression";
  const data: Dataset = createDataset({ x, y, regression });
  const own: number[] = [];
  const epochs: number[] = [];
  const begun = performance.now();
  for (const [seed, { train: rows, test }] of splits.entries()) {
    const { network, chosen } = await train(subset(data, rows), { seed, threads: 1 });
    const { accuracy, metrics } = await network.evaluate(subset(data, test), { metrics: regression ? ["r2"] : [] });
    own.push(regression ? metrics.r2! : accuracy);
    epochs.push(chosen.fit.epochs!);
  }
  const seconds = (performance.now() - begun) / 1000 / splits.length;
  const all = [scores.default, scores["standardised targets"], own];
  const cells = all.map((values) => (values ? mean(values).toFixed(4) : ""));
  const cost = [`${Math.min(...epochs)} to ${Math.max(...epochs)}`, seconds.toFixed(1)];
  console.log(`| ${[name, x.length, regression ? "R²" : "accuracy", ...cells, ...cost].join(" | ")} |`);
  results[name] = { sklearn: scores, wasmlp: own };
}
if (to) writeFileSync(to, `${JSON.stringify({ sklearn, results }, null, 2)}\n`);

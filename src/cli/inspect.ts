// wasmlp inspect: what a data or model file holds.

import { classifies } from "../catalogue.js";
import { refuseFormat } from "../dataset/formats.js";
import { partsOf, sizesInWords } from "../dataset/picture-folders.js";
import type { Part } from "../dataset/picture-types.js";
import { spreadsOf } from "../dataset/targets.js";
import {
  baseRateEntropy,
  classCounts,
  type Dataset,
  type LabelledDataset,
  type RegressionDataset,
} from "../dataset.js";
import { InputError } from "../errors.js";
import type { Network } from "../network.js";
import { filesIn, isFolder } from "../node/folders.js";
import {
  isTable,
  type Names,
  type OpenFile,
  openFile,
  readDataset,
  readFolder,
  readModel,
  readTableOf,
} from "../node/formats.js";
import { inspectHdf5 } from "../reader/hdf5.js";
import type { PictureDataset } from "../reader/pictures.js";
import { type Cell, factsOf, isMissing, listed, rangeInWords, type Table } from "../table.js";
import { digits, percent, table } from "../text.js";
import { remarkOn, remarksOnSkipped } from "./data.js";
import { inspectArray, isWithoutLabels } from "./inspect-array.js";
import type { Io } from "./io.js";
import { scaleInWords, scalingInWords, wrap } from "./text.js";

export async function inspect(path: string, options: Names & { json?: boolean }, io: Io): Promise<number> {
  if (await isFolder(path)) return inspectFolder(path, options, io);
  const file = await openFile(path);
  const { name, gives } = file.format;
  if (await isTable(file, options)) inspectTable(await readTableOf(file, options), file.name, options, io);
  else if (gives.includes("model")) inspectModel(readModel(file), file.name, options, io);
  else if (name === "hdf5") await inspectH5(file, options, io);
  else if (name === "numpy" && isWithoutLabels(file, options)) inspectArray(file, options, io);
  else if (gives.includes("dataset")) showData(await readDataset(file, options), options, io);
  else refuseFormat(file, "dataset", "table", "model");
  return 0;
}

/** Pictures in folders: what they would be read as, and which cannot be. */
async function inspectFolder(path: string, options: Names & { json?: boolean }, io: Io): Promise<number> {
  const parts = partsOf((await filesIn(path)).map(({ name }) => name));
  const sets: [Part | null, PictureDataset][] = [];
  for (const part of parts.length > 0 ? parts : [null]) {
    const classes = sets[0]?.[1].classes;
    sets.push([part, await readFolder(path, { ...options, skipBroken: true }, { part: part ?? undefined, classes })]);
  }
  for (const [part, set] of sets) {
    if (options.json) {
      io.out(
        JSON.stringify({
          kind: "data",
          ...(part && { part }),
          ...factsOfData(set),
          sizes: set.sizes,
          skipped: set.skipped,
        }),
      );
      continue;
    }
    const of = [...(part ? [part] : []), sizesInWords(set.sizes)].join(", ");
    io.out(`${path}: pictures in folders, ${of}`);
    io.out("");
    showData(set, options, io);
    for (const remark of remarksOnSkipped(set)) for (const line of wrap(remark, io.columns)) io.out(line);
    if (part !== sets.at(-1)![0]) io.out("");
  }
  return 0;
}

function inspectModel(network: Network, name: string, { json }: { json?: boolean }, io: Io): void {
  const { layers, activation, output, loss, dtype, numerics, parameters, seed, shape, scale, scaling, classes } =
    network;
  const { encoding } = network;
  if (json) {
    io.out(
      JSON.stringify({
        kind: "model",
        layers,
        activation,
        output,
        loss,
        dtype,
        numerics,
        parameters,
        seed,
        shape,
        scale,
        scaling,
        classes,
        ...(encoding && { encoding }),
      }),
    );
    return;
  }
  io.out(`${name}: a network saved by wasmlp`);
  io.out("");
  for (const line of network.summary().split("\n")) io.out(line);
  io.out("");
  const facts = [
    ["inputs", `${shape.join("x")}, multiplied by ${scaleInWords(scale)}${scalingInWords(scaling)}`],
    classifies(network)
      ? ["classes", classes?.join(", ") ?? "none"]
      : ["predicts", `${layers.at(-1)} number${layers.at(-1) === 1 ? "" : "s"}`],
    ["seed", String(seed)],
    ...(encoding ? [["columns", listed(encoding.features.map(({ name: column }) => column))]] : []),
    ...(encoding ? [["target", encoding.target.names.join(", ")]] : []),
  ];
  for (const line of table(facts)) io.out(line);
}

const FIRST = { values: 3, width: 24 }; // of a column, as they are shown

function shownCell(cell: Cell): string {
  if (cell instanceof Date) return cell.toISOString().replace("T00:00:00.000Z", "");
  return isMissing(cell) ? "" : String(cell);
}

function inspectTable(rows: Table, name: string, { json }: { json?: boolean }, io: Io): void {
  const columns = rows.columns.map((column) => {
    const facts = factsOf(column);
    const first = Array.from({ length: Math.min(FIRST.values, rows.count) }, (_, i) => column.values[i]!);
    return { ...facts, first: first.map(shownCell) };
  });
  if (json) {
    io.out(JSON.stringify({ kind: "table", rows: rows.count, columns }));
    return;
  }
  io.out(`${name}: a table of ${rows.count} rows and ${rows.columns.length} columns`);
  io.out("");
  const lines = rows.columns.map((column, c) => {
    const { kind, missing, distinct, first } = columns[c]!;
    const range = rangeInWords(columns[c]!);
    const shown = first.join(", ");
    const cut = shown.length > FIRST.width ? `${shown.slice(0, FIRST.width - 1)}…` : shown;
    return [column.name, kind, String(missing), String(distinct), range, cut];
  });
  const head = ["column", "holds", "missing", "different", "range", "first values"];
  for (const line of table([head, ...lines], [2, 3])) io.out(line);
  for (const { name: column, trouble } of columns) {
    if (trouble) for (const line of wrap(`Column "${column}" ${trouble}.`, io.columns)) io.out(line);
  }
  io.out("");
  const how = `To train on it: wasmlp train ${name} --target COLUMN. Text and dates are left out by --drop, dates made days by --dates.`;
  for (const line of wrap(how, io.columns)) io.out(line);
}

async function inspectH5(file: OpenFile, options: Names & { json?: boolean }, io: Io): Promise<void> {
  const { bytes, name } = file;
  const entries = await inspectHdf5(bytes, { name });
  // a file that is no data set is still worth a list
  const data = await readDataset(file, options).catch((error: unknown) => {
    if (error instanceof InputError) return error;
    throw error;
  });
  if (options.json) {
    const read =
      data instanceof InputError ? { problem: { code: data.code, message: data.message } } : factsOfData(data);
    io.out(JSON.stringify({ kind: "data", datasets: entries, ...read }));
    return;
  }
  io.out(`${name}: an HDF5 file`);
  io.out("");
  const rows = entries.map(({ path, shape, type, filters }) => [
    path,
    shape.join("x") || "one value",
    type,
    filters.join(", "),
  ]);
  for (const line of table([["dataset", "shape", "type", "filters"], ...rows])) io.out(line);
  io.out("");
  if (data instanceof InputError) io.out(data.message);
  else showData(data, { ...options, json: false }, io);
}

function factsOfData(data: Dataset) {
  const { count, features, shape, scale } = data;
  const type = data.x.constructor.name.replace("Array", "").toLowerCase();
  const own =
    data.classes === null
      ? { outputs: data.outputs, targets: spreadsOf(data) }
      : { classes: data.classes, counts: classCounts(data), baseRateEntropy: baseRateEntropy(data) };
  return { count, features, shape, type, scale, ...own };
}

function showData(data: Dataset, { json, task }: Names & { json?: boolean }, io: Io): void {
  const facts = factsOfData(data);
  if (json) {
    io.out(JSON.stringify({ kind: "data", ...facts }));
    return;
  }
  const say = (text: string) => {
    for (const line of wrap(text, io.columns)) io.out(line);
  };
  const scaled = `${facts.type}, multiplied by ${scaleInWords(facts.scale)}`;
  say(`read as ${facts.count} examples of ${facts.shape.join("x")} = ${facts.features} inputs (${scaled})`);
  io.out("");
  const rows = data.classes === null ? targetRows(data) : classRows(data);
  for (const line of table(rows, [1, 2, 3, 4])) io.out(line);
  io.out("");
  if (data.classes !== null) {
    const entropy = baseRateEntropy(data).toFixed(5);
    say(`base-rate entropy ${entropy} nats: the cost of a network that has learnt these shares alone`);
  }
  const remark = remarkOn(data, task);
  if (remark) say(remark);
}

function classRows(data: LabelledDataset): string[][] {
  const rows = classCounts(data).map((count, c) => [data.classes[c]!, String(count), percent(count / data.count)]);
  return [["class", "examples", "share"], ...rows];
}

function targetRows(data: RegressionDataset): string[][] {
  const rows = spreadsOf(data).map(({ least, mean, most, deviation }, j) => [
    ...[String(j), ...[least, mean, most, deviation].map((value) => digits(value, 6))],
  ]);
  return [["to predict", "least", "mean", "most", "deviation"], ...rows];
}

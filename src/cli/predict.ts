// wasmlp predict: pictures, rows or tables to classes with probabilities, or to numbers.

import { join } from "node:path";
import { classifies, losses } from "../catalogue.js";
import { type RecognisedFile, recogniseFile } from "../dataset/formats.js";
import { picturesIn } from "../dataset/picture-folders.js";
import { InputError } from "../errors.js";
import { mostProbable } from "../evaluate.js";
import type { Network } from "../network.js";
import { saveFile } from "../node/files.js";
import { filesIn, isFolder } from "../node/folders.js";
import { openFile, readExamples, readModel, readTableOf } from "../node/formats.js";
import { encodeTable, idColumn, type Table } from "../table.js";
import { digits, table } from "../text.js";
import type { Io } from "./io.js";
import { checkTargets } from "./keep.js";
import { wrap } from "./text.js";

export interface PredictOptions {
  x?: string;
  scale?: number;
  separator?: string;
  header?: boolean;
  id?: string;
  json?: boolean;
  csv?: boolean;
  out?: string;
  force?: boolean;
}

/** What a network says of one example. */
interface Answer {
  /** File and place, or what names the row of a table. */
  readonly input: string;
  /** Of a network that classifies: its class and the probability of that, and of all classes; none after the loss hinge. */
  readonly class?: string;
  readonly probability?: number;
  readonly probabilities?: readonly number[];
  /** Of a regression. */
  readonly values?: readonly number[];
}

/** Prints a line for each example: name, class and probability, or what a regression predicts. */
export async function predict(
  model: string,
  inputs: readonly string[],
  options: PredictOptions,
  io: Io,
): Promise<number> {
  const { out, force = false, json, csv } = options;
  if (out !== undefined) {
    if (!/\.(csv|jsonl)$/i.test(out)) {
      throw new InputError("E_OPTION", `predict: --out is "${out}"; name a file that ends in .csv or .jsonl.`);
    }
    const files = inputs.filter((input) => input !== "-");
    await checkTargets([{ option: "--out", path: out }], [model, ...files], force);
  }
  const network = readModel(await openFile(model));
  const answers: Answer[] = [];
  for (const input of inputs) {
    for await (const file of filesOf(input, io)) answers.push(...(await answersTo(file, network, options, io)));
  }
  const names = namesOf(network);
  if (out !== undefined) {
    const lines = /\.csv$/i.test(out) ? csvLines(answers, names) : jsonLines(answers, names);
    await saveFile(out, `${lines.join("\n")}\n`, { force });
    io.err(`saved ${answers.length} answers to ${out}`);
    return 0;
  }
  const lines = csv ? csvLines(answers, names) : json ? jsonLines(answers, names) : table(answers.map(cellsOf));
  for (const line of lines) io.out(line);
  return 0;
}

/** The file of an input, or all pictures in a folder and those in it, by their paths from it on. */
async function* filesOf(input: string, io: Io): AsyncGenerator<RecognisedFile> {
  if (input === "-") yield recogniseFile({ name: "stdin", bytes: await io.stdin() });
  else if (await isFolder(input)) {
    const paths = picturesIn((await filesIn(input)).map(({ name }) => name));
    if (paths.length === 0) throw new InputError("E_EMPTY", `predict: there are no pictures in ${input}; pass others.`);
    for (const name of paths) yield { ...(await openFile(join(input, name))), name };
  } else yield await openFile(input);
}

async function answersTo(file: RecognisedFile, network: Network, options: PredictOptions, io: Io): Promise<Answer[]> {
  const { encoding, inputs } = network;
  const { x, separator, header } = options;
  if (encoding && file.format.gives.includes("table")) {
    const rows = await readTableOf(file, { x, separator, header, encoding });
    const { examples, unseen } = encodeTable(file.name, rows, encoding);
    for (const { name, values, rows: count } of unseen) {
      const some = values
        .slice(0, 5)
        .map((value) => JSON.stringify(value))
        .join(", ");
      const what = `Column "${name}" has ${count} rows with values that the training did not have (${some}); their inputs are all 0.`;
      for (const line of wrap(what, io.columns)) io.err(line);
    }
    const outputs = await network.predict(examples);
    return answersOf(outputs, rowNames(rows, options.id), network);
  }
  const { name } = file;
  const examples = await readExamples(file, { x: options.x, scale: options.scale }, network);
  if (examples.features !== inputs) {
    throw new InputError(
      "E_FEATURES",
      `${name}: the examples have ${examples.features} numbers, the model wants ${inputs}; pass some like those it was trained on.`,
    );
  }
  const names = Array.from({ length: examples.count }, (_, i) => (examples.count === 1 ? name : `${name}[${i}]`));
  return answersOf(await network.predict(examples), names, network);
}

// What names the rows of a table: its column of ids, else their numbers from 1 on.
function rowNames(rows: Table, id: string | undefined): string[] {
  const own = idColumn(rows, id);
  const column = rows.columns.find(({ name }) => name === own);
  return Array.from({ length: rows.count }, (_, i) => String(column ? column.values[i] : i + 1));
}

function answersOf(outputs: ArrayLike<number>, inputs: readonly string[], network: Network): Answer[] {
  const width = outputs.length / inputs.length;
  const classed = classifies(network);
  const names = namesOf(network);
  return inputs.map((input, i) => {
    const row = Float64Array.from({ length: width }, (_, j) => outputs[i * width + j]!);
    if (!classed) return { input, values: [...row] };
    const { label, probability } = mostProbable(row, losses[network.loss].boundary);
    const both = width === 1 ? [1 - row[0]!, row[0]!] : [...row];
    return { input, class: names[label]!, probability, probabilities: Number.isNaN(probability) ? [] : both };
  });
}

/** Names of the classes, or of what is predicted. */
function namesOf({ classes, encoding, layers }: Network): readonly string[] {
  const outputs = layers.at(-1)!;
  if (classes) return classes;
  const columns = encoding?.target.names;
  if (columns?.length === outputs) return columns;
  return Array.from({ length: outputs }, (_, c) => String(c));
}

const cellsOf = ({ input, class: name, probability, values }: Answer): string[] =>
  values ? [input, ...values.map((value) => digits(value, 6))] : [input, name!, probability!.toFixed(4)];

function jsonLines(answers: readonly Answer[], names: readonly string[]): string[] {
  return answers.map(({ input, class: name, probability, probabilities, values }) => {
    const of = (numbers: readonly number[]) => Object.fromEntries(numbers.map((value, c) => [names[c], value]));
    return JSON.stringify(
      values ? { input, values } : { input, class: name, probability, probabilities: of(probabilities!) },
    );
  });
}

/** A row of names, then one for each example: id, class and all probabilities, or id and all values. */
function csvLines(answers: readonly Answer[], names: readonly string[]): string[] {
  const classed = answers[0]?.values === undefined;
  const probabilities = answers[0]?.probabilities?.length;
  const head = classed
    ? ["id", "class", ...names.slice(0, probabilities).map((name) => `p(${name})`)]
    : ["id", ...names];
  const rows = answers.map(({ input, class: name, probabilities, values }) =>
    values ? [input, ...values] : [input, name!, ...probabilities!],
  );
  return [head, ...rows].map((row) => row.map((cell) => csvCell(String(cell))).join(","));
}

const csvCell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

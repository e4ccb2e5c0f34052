// wasmlp predict: pictures, rows or tables to classes with probabilities, or to numbers.

import { join } from "node:path";
import { type Answer, answersOf, cellsOf, csvLines, jsonLines, namesOf, unseenInWords } from "../answers.js";
import { type RecognisedFile, recogniseFile } from "../dataset/formats.js";
import { picturesIn } from "../dataset/picture-folders.js";
import { InputError } from "../errors.js";
import type { Network } from "../network.js";
import { saveFile } from "../node/files.js";
import { filesIn, isFolder } from "../node/folders.js";
import { openFile, readExamples, readModel, readTableOf } from "../node/formats.js";
import { encodeTable, rowNames } from "../table.js";
import { table } from "../text.js";
import type { Io } from "./io.js";
import { checkTargets } from "./keep.js";
import { remarkOnNumerics } from "./numerics.js";
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
  await remarkOnNumerics(network, io);
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
    for (const one of unseen) for (const line of wrap(unseenInWords(one), io.columns)) io.err(line);
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

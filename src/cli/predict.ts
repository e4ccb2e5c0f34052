// wasmlp predict: pictures or rows to classes with probabilities.

import { classifies } from "../catalogue.js";
import { recogniseFile } from "../dataset/formats.js";
import type { Examples } from "../dataset.js";
import { InputError } from "../errors.js";
import type { Network } from "../network.js";
import { openFile, readExamples, readModel } from "../node/formats.js";
import { digits, table } from "../text.js";
import type { Io } from "./io.js";

export interface PredictOptions {
  x?: string;
  scale?: number;
  json?: boolean;
}

/** Prints a line for each example: name, class and probability, or what a regression predicts. */
export async function predict(
  model: string,
  inputs: readonly string[],
  options: PredictOptions,
  io: Io,
): Promise<number> {
  const network = readModel(await openFile(model));
  const answers: Answer[] = [];
  for (const input of inputs) {
    const file = input === "-" ? recogniseFile({ name: "stdin", bytes: await io.stdin() }) : await openFile(input);
    const { name } = file;
    const examples = await readExamples(file, { x: options.x, scale: options.scale }, network);
    if (examples.features !== network.inputs) {
      throw new InputError(
        "E_FEATURES",
        `${name}: the examples have ${examples.features} numbers, the model wants ${network.inputs}; pass some like those it was trained on.`,
      );
    }
    const found = await answersTo(examples, network);
    found.forEach((answer, i) => {
      answers.push({ input: found.length === 1 ? name : `${name}[${i}]`, ...answer });
    });
  }
  if (options.json) for (const answer of answers) io.out(JSON.stringify(answer));
  else for (const line of table(answers.map(cellsOf))) io.out(line);
  return 0;
}

type Answer = { input: string } & ({ class: string; probability: number } | { values: number[] });

async function answersTo(examples: Examples, network: Network) {
  if (classifies(network)) {
    return (await network.classify(examples)).map(({ name, probability }) => ({ class: name, probability }));
  }
  const outputs = await network.predict(examples);
  const width = outputs.length / examples.count;
  return Array.from({ length: examples.count }, (_, i) => ({
    values: [...outputs.subarray(i * width, (i + 1) * width)],
  }));
}

const cellsOf = (answer: Answer): string[] =>
  "values" in answer
    ? [answer.input, ...answer.values.map((value) => digits(value, 6))]
    : [answer.input, answer.class, answer.probability.toFixed(4)];

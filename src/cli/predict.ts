// wasmlp predict: pictures or rows to classes with probabilities.

import { recogniseFile } from "../dataset/formats.js";
import { InputError } from "../errors.js";
import { openFile, readExamples, readModel } from "../node/formats.js";
import { table } from "../text.js";
import type { Io } from "./io.js";

export interface PredictOptions {
  x?: string;
  scale?: number;
  json?: boolean;
}

/** Prints a line for each example: name, class, probability. */
export async function predict(
  model: string,
  inputs: readonly string[],
  options: PredictOptions,
  io: Io,
): Promise<number> {
  const network = readModel(await openFile(model));
  const predictions: { input: string; class: string; probability: number }[] = [];
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
    const found = await network.classify(examples);
    found.forEach(({ name: label, probability }, i) => {
      predictions.push({ input: found.length === 1 ? name : `${name}[${i}]`, class: label, probability });
    });
  }
  if (options.json) for (const prediction of predictions) io.out(JSON.stringify(prediction));
  else {
    const rows = predictions.map(({ input, class: label, probability }) => [input, label, probability.toFixed(4)]);
    for (const line of table(rows)) io.out(line);
  }
  return 0;
}

// What a network answers, as cells and lines: the same from the command and from the page.

import { classifies, losses } from "./catalogue.js";
import { mostProbable } from "./evaluate.js";
import type { Network } from "./network.js";
import type { Unseen } from "./table.js";
import { digits } from "./text.js";

/** What a network says of one example. */
export interface Answer {
  /** File and place, or what names the row of a table. */
  readonly input: string;
  /** Of a network that classifies: its class and the probability of that, and of all classes; none after the loss hinge. */
  readonly class?: string;
  readonly probability?: number;
  readonly probabilities?: readonly number[];
  /** Of a regression. */
  readonly values?: readonly number[];
}

/** An answer for each example: `outputs` (count, width) are what the network predicts, `inputs` (count) name the examples. */
export function answersOf(outputs: ArrayLike<number>, inputs: readonly string[], network: Network): Answer[] {
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
export function namesOf({ classes, encoding, layers }: Network): readonly string[] {
  const outputs = layers.at(-1)!;
  if (classes) return classes;
  const columns = encoding?.target.names;
  if (columns?.length === outputs) return columns;
  return Array.from({ length: outputs }, (_, c) => String(c));
}

/** What is shown of an answer: its name, then class and probability, or values. */
export const cellsOf = ({ input, class: name, probability, values }: Answer): string[] =>
  values ? [input, ...values.map((value) => digits(value, 6))] : [input, name!, probability!.toFixed(4)];

/** A JSON object for each example. */
export function jsonLines(answers: readonly Answer[], names: readonly string[]): string[] {
  return answers.map(({ input, class: name, probability, probabilities, values }) => {
    const of = (numbers: readonly number[]) => Object.fromEntries(numbers.map((value, c) => [names[c], value]));
    return JSON.stringify(
      values ? { input, values } : { input, class: name, probability, probabilities: of(probabilities!) },
    );
  });
}

/** A row of names, then one for each example: id, class and all probabilities, or id and all values. */
export function csvLines(answers: readonly Answer[], names: readonly string[]): string[] {
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

/** What is said of values that the training did not have. */
export function unseenInWords({ name, values, rows }: Unseen): string {
  const some = values
    .slice(0, 5)
    .map((value) => JSON.stringify(value))
    .join(", ");
  return `Column "${name}" has ${rows} rows with values that the training did not have (${some}); their inputs are all 0.`;
}

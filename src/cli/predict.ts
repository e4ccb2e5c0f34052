// wasmlp predict: pictures or rows to classes with probabilities.

import { basename } from "node:path";
import { pictureToExample } from "../dataset/image.js";
import { describeBytes } from "../dataset/sniff.js";
import type { Examples } from "../dataset.js";
import { InputError } from "../errors.js";
import { Network } from "../network.js";
import { readFileBytes } from "../node/files.js";
import { decodePicture } from "../node/picture.js";
import { readExamples } from "./data.js";
import type { Io } from "./io.js";
import { table } from "./text.js";

export interface PredictOptions {
  x?: string;
  json?: boolean;
}

/** Prints a line for each example: name, class, probability. */
export async function predict(
  model: string,
  inputs: readonly string[],
  options: PredictOptions,
  io: Io,
): Promise<number> {
  const network = Network.load(await readFileBytes(model), basename(model));
  const rows: { input: string; class: string; probability: number }[] = [];
  for (const input of inputs) {
    const bytes = input === "-" ? await io.stdin() : await readFileBytes(input);
    const name = input === "-" ? "stdin" : basename(input);
    const examples = await toExamples(network, bytes, name, options);
    const found = await network.classify(examples);
    found.forEach(({ name: label, probability }, i) => {
      rows.push({ input: found.length === 1 ? name : `${name}[${i}]`, class: label, probability });
    });
  }
  if (options.json) for (const row of rows) io.out(JSON.stringify(row));
  else for (const line of table(rows.map((row) => [row.input, row.class, row.probability.toFixed(4)]))) io.out(line);
  return 0;
}

async function toExamples(
  network: Network,
  bytes: Uint8Array,
  name: string,
  options: PredictOptions,
): Promise<Examples> {
  const { inputs: features, shape, scale } = network;
  const kind = describeBytes(bytes);
  if (kind.endsWith("picture")) {
    const x = pictureToExample(decodePicture(bytes, name), shape);
    return { x, count: 1, features, shape, scale };
  }
  if (kind === "an HDF5 file" || kind === "an idx file" || kind === "a gzip file")
    return readExamples(bytes, name, options);
  if (kind !== "a text file") {
    throw new InputError(
      "E_FILE_TYPE",
      `${name} is ${kind}; pass a JPEG or PNG picture, an HDF5 or idx file, or JSON rows.`,
    );
  }
  const rows = parseRows(bytes, name);
  const bad = rows.findIndex((row) => row.length !== features);
  if (bad >= 0) {
    throw new InputError(
      "E_FEATURES",
      `${name}: row ${bad} has ${rows[bad]!.length} numbers, the model wants ${features}.`,
    );
  }
  return { x: Float64Array.from(rows.flat()), count: rows.length, features, shape, scale };
}

/** JSON: rows of numbers, or one row. */
function parseRows(bytes: Uint8Array, name: string): number[][] {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new InputError(
      "E_ROWS",
      `${name} is a text file but no JSON (${(cause as Error).message}); pass rows such as [[1, 2], [3, 4]].`,
      { cause },
    );
  }
  const rows =
    Array.isArray(value) && value.length > 0 && value.every((row) => typeof row === "number") ? [value] : value;
  const isRow = (row: unknown): row is number[] => Array.isArray(row) && row.every((v) => typeof v === "number");
  if (Array.isArray(rows) && rows.length > 0 && rows.every(isRow)) return rows;
  throw new InputError("E_ROWS", `${name} holds no rows of numbers; pass JSON such as [[1, 2], [3, 4]].`);
}

// wasmlp import: a model of Keras, TensorFlow.js, PyTorch or in ONNX to a model of wasmlp.

import { basename, dirname, join } from "node:path";
import { recogniseFile } from "../dataset/formats.js";
import { InputError } from "../errors.js";
import { weightFilesOf } from "../exchange/tfjs-files.js";
import { type ImportOptions, importNetwork } from "../exchange.js";
import { readFileBytes, saveFile } from "../node/files.js";
import type { Io } from "./io.js";
import { checkTargets } from "./keep.js";
import { wrap } from "./text.js";

export interface ImportCommand extends Omit<ImportOptions, "onRemark"> {
  out?: string;
  force?: boolean;
}

/** Saves the model in these files; those that a model.json names are found beside it. */
export async function importModel(paths: readonly string[], options: ImportCommand, io: Io): Promise<number> {
  const { out, force = false, ...own } = options;
  if (out === undefined) {
    throw new InputError("E_OPTION", "import: nothing says where the model goes; pass --out model.safetensors.");
  }
  await checkTargets([{ option: "--out", path: out }], paths, force);
  const files = await Promise.all(paths.map(readModelFile));
  for (const { path, bytes } of [...files]) {
    if (recogniseFile({ name: path, bytes }).format.name !== "tfjs") continue;
    const beside = weightFilesOf(bytes).map((name) => join(dirname(path), name));
    const wanted = beside.filter((one) => !files.some(({ name }) => name === basename(one)));
    files.push(...(await Promise.all(wanted.map(readModelFile))));
  }
  const say = (text: string) => {
    for (const line of wrap(text, io.columns)) io.err(line);
  };
  const network = await importNetwork(files, { ...own, onRemark: say });
  await saveFile(out, network.save(), { force });
  const { layers, output, loss, parameters } = network;
  say(`Network ${layers.join("-")} (${output}): ${parameters} parameters; trained on it would make ${loss} small.`);
  io.err(`saved the model to ${out}`);
  return 0;
}

async function readModelFile(path: string) {
  return { path, name: basename(path), bytes: await readFileBytes(path) };
}

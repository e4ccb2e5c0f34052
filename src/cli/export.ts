// wasmlp export: a model as ONNX or as Keras's, by the ending of the file.

import { extname } from "node:path";
import { InputError } from "../errors.js";
import { networkToKeras, networkToOnnx, type OnnxOptions } from "../exchange.js";
import type { Bytes } from "../globals.js";
import type { Network } from "../network.js";
import { saveFile } from "../node/files.js";
import { openFile, readModel } from "../node/formats.js";
import type { Io } from "./io.js";
import { checkTargets } from "./keep.js";

export interface ExportCommand extends OnnxOptions {
  force?: boolean;
}

interface Format {
  /** What was written, for the line at the end. */
  readonly called: string;
  write(network: Network, options: OnnxOptions): Bytes | Promise<Bytes>;
}

const FORMATS: Readonly<Record<string, Format>> = {
  ".onnx": { called: "ONNX, opset 17", write: networkToOnnx },
  ".keras": { called: "a model of Keras 3", write: networkToKeras },
};

export async function exportModel(model: string, out: string, options: ExportCommand, io: Io): Promise<number> {
  const { force = false, bare } = options;
  const ending = extname(out).toLowerCase();
  const format = Object.hasOwn(FORMATS, ending) ? FORMATS[ending]! : null;
  if (format === null) {
    const endings = Object.keys(FORMATS).join(" or ");
    throw new InputError(
      "E_OPTION",
      `export: "${out}" does not say which format; name a file that ends in ${endings}.`,
    );
  }
  await checkTargets([{ option: "the exported file", path: out }], [model], force);
  const network = readModel(await openFile(model));
  await saveFile(out, await format.write(network, { bare }), { force });
  io.err(`saved the model to ${out} (${format.called})`);
  return 0;
}

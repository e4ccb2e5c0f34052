// wasmlp trace: every value of one iteration of a training, as an .npz file to hold one's own program against.

import { InputError } from "../errors.js";
import type { NetworkOptions } from "../network/options.js";
import { saveFile } from "../node/files.js";
import { type Names, readData } from "../node/formats.js";
import { optionsFor } from "../options/resolve.js";
import { cost } from "../text.js";
import { traceToNpz } from "../trace.js";
import type { FitOptions } from "../train/options.js";
import { EMBEDDED, networkFor } from "./data.js";
import type { Io } from "./io.js";
import { checkTargets } from "./keep.js";
import { wrap } from "./text.js";

export interface TraceCommand extends Omit<NetworkOptions, "inputs" | "scale" | "encoding">, FitOptions, Names {
  iteration: number;
  out?: string;
  force?: boolean;
  json?: boolean;
}

/** Traces an iteration of the training that these options ask for, and saves it. */
export async function trace(path: string | undefined, options: TraceCommand, io: Io): Promise<number> {
  const { out, iteration, dtype = "float64", force = false } = options;
  if (out === undefined) {
    throw new InputError("E_OPTION", "trace: nothing says where the trace goes; pass --out trace.npz.");
  }
  await checkTargets([{ option: "--out", path: out }], path === undefined ? [] : [path], force);
  const data = await readData(path ?? EMBEDDED.train, path === undefined ? {} : options);
  const network = networkFor(data, { ...options, dtype });
  const iterations = options.epochs === undefined ? options.iterations : undefined;
  const fit: FitOptions = { ...optionsFor("fit", options), iterations };
  const traced = await network.trace(data, fit, { iteration, dtype });
  await saveFile(out, await traceToNpz(traced), { force });
  const { learningRate, optimizer, layers } = traced.about;
  const value = traced.arrays.cost!.data[0]!;
  const count = traced.arrays.A0!.shape[1]!;
  if (options.json) {
    const names = Object.keys(traced.arrays);
    io.out(JSON.stringify({ ...traced.about, examples: count, cost: value, names }));
    return 0;
  }
  const step = `Iteration ${iteration} of ${layers.join("-")} on ${count} examples, ${dtype}, ${optimizer} with learning rate ${learningRate}: cost ${cost(value)}.`;
  for (const line of wrap(step, io.columns)) io.out(line);
  const next = `Save your program's values with numpy.savez, then: wasmlp compare ${out} yours.npz`;
  for (const line of wrap(next, io.columns)) io.out(line);
  return 0;
}

// A trace in the worker: every value of one iteration, as an .npz file.

import { type Dataset, Network, traceToNpz } from "../../src/index.js";
import type { RunSettings, TraceFile } from "../protocol.js";
import { type Control, unlessStopped } from "./control.js";
import { networkOptions } from "./network.js";
import { fitOptions, type Tell } from "./train.js";

/** The trace of an iteration, in float64 as NumPy has it; null when it was stopped. */
export async function trace(
  settings: RunSettings,
  set: Dataset,
  iteration: number,
  { signal }: Control,
  tell: Tell,
): Promise<TraceFile | null> {
  const network = new Network(networkOptions(settings, set));
  const onProgress = ({ iteration: done }: { iteration: number }) => tell("done", done / (iteration + 1));
  return unlessStopped(signal, async () => {
    const traced = await network.trace(set, { ...fitOptions(settings), signal, onProgress }, { iteration });
    const { layers } = traced.about;
    const { cost, A0 } = traced.arrays;
    return { bytes: await traceToNpz(traced), layers, examples: A0!.shape[1]!, cost: cost!.data[0]! };
  });
}

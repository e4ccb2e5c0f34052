// A diagnosis in the worker: the trainings are src/doctor.ts's, and told as events.

import { Network, type Report } from "../../src/index.js";
import type { RunSettings } from "../protocol.js";
import { type Control, unlessStopped } from "./control.js";
import type { Data } from "./data.js";
import { networkOptions } from "./network.js";
import { fitOptions, type Tell } from "./train.js";

/** What is wrong with these settings, by the test set or a fifth that is held out; null when it was stopped. */
export async function diagnose(
  settings: RunSettings,
  { train: { set }, test }: Data,
  maxSeconds: number,
  { signal }: Control,
  tell: Tell,
): Promise<Report | null> {
  const network = new Network(networkOptions(settings, set));
  const fit = { ...fitOptions(settings), ...(test && { validation: test.set }), signal };
  return unlessStopped(signal, () =>
    network.diagnose(set, fit, {
      maxSeconds,
      onTrial: (change, trial, trials) => tell("trying", { change, trial, trials }),
    }),
  );
}

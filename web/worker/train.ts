// A training in the worker: fit, with its callbacks told as events, and its ends as a result; before it, if need be, the
// trainings that find how long it is to be.

import { choose } from "../../src/auto.js";
import {
  type CostRecord,
  type Dataset,
  type Diagnosis,
  type FitOptions,
  InputError,
  Network,
  NotFiniteError,
} from "../../src/index.js";
import { countStepFlops } from "../../src/train/strategy.js";
import type { Events, Found, RunSettings, Settings, TrainResult } from "../protocol.js";
import { type Control, unlessStopped } from "./control.js";
import type { Data } from "./data.js";
import type { Kept, Standing } from "./keep.js";
import { networkOptions } from "./network.js";

// Seconds from one checkpoint to the next, and of how many parameters each takes one more: a large network takes long to
// write.
const KEEP_SECONDS = 3;
const KEEP_PARAMETERS = 1e6;

/** Tells the page of an event. */
export type Tell = <E extends keyof Events>(event: E, value: Events[E]) => void;

/** The options of fit that settings say. */
export function fitOptions({ iterations, ...settings }: RunSettings): FitOptions {
  const { batchSize, optimizer, learningRate, weightDecay, schedule, logEvery, threads } = settings;
  return {
    ...{ iterations, batchSize, optimizer, learningRate, weightDecay, schedule, logEvery },
    // where no threads can be had, a link from where they could be still trains
    threads: self.crossOriginIsolated || threads === 1 ? threads : "auto",
  };
}

/** The number of iterations that the policy finds for these settings; null when it was stopped. */
export async function findLength(
  settings: Settings,
  set: Dataset,
  { signal }: Control,
  tell: Tell,
): Promise<Found | null> {
  const { inputs, ...network } = networkOptions(settings, set);
  const { batchSize, optimizer, learningRate, weightDecay, schedule, seed } = settings;
  const fit = { batchSize, optimizer, learningRate, weightDecay, schedule, seed };
  const onTrial = (trial: number, trials: number) => tell("trial", { trial, trials });
  return unlessStopped(signal, async () => {
    const { fit: found, reason } = await choose(set, { ...network, ...fit, auto: true, signal, onTrial });
    const steps = batchSize === "full" ? 1 : Math.ceil(set.count / batchSize);
    return { iterations: found.epochs! * steps, logEvery: found.logEvery!, reason };
  });
}

/** How a training ended, with the network that it left. */
export interface Trained extends Omit<TrainResult, "network"> {
  readonly network: Network;
}

/** What is to be trained. */
export interface Wanted {
  readonly settings: RunSettings;
  /** Null for a new network. */
  readonly from: Network | null;
  readonly data: Data;
  /** Where it was left, if it was. */
  readonly left: Kept | null;
  /** Takes how far it is, every few seconds; null where it cannot be kept. */
  readonly keep: ((standing: Standing) => Promise<unknown>) | null;
}

/**
 * Trains. Null when it was stopped before it began; throws what fit throws, but for numbers that are not finite, which
 * are an end like others.
 */
export async function train(
  { settings, from, data, left, keep }: Wanted,
  control: Control,
  tell: Tell,
): Promise<Trained | null> {
  const { set } = data.train;
  const network = from ?? new Network(networkOptions(settings, set));
  const start = performance.now() - 1000 * (left?.wallSeconds ?? 0);
  const costs: CostRecord[] = [];
  const diagnoses: Diagnosis[] = [];
  let begun = false;
  let iterations = 0;
  let seconds = 0;
  const wallSeconds = () => (performance.now() - start) / 1000;
  const take = (record: CostRecord) => {
    costs.push(record);
    tell("cost", record);
  };
  const find = (diagnosis: Diagnosis) => {
    diagnoses.push(diagnosis);
    tell("diagnosis", diagnosis);
  };
  const end = (
    stopped: TrainResult["stopped"],
    found: readonly Diagnosis[],
    suspicions: readonly Diagnosis[] = [],
  ): Trained => {
    return { network, diagnoses: found, suspicions, iterations, seconds, wallSeconds: wallSeconds(), stopped };
  };
  try {
    const history = await network.fit(set, {
      ...fitOptions(settings),
      accuracy: true, // also wanted for metrics of the training set
      ...(set.classes === null && { metrics: ["r2"] as const }),
      ...(data.test && { validation: data.test.set }),
      signal: control.signal,
      ...(left && { resumeFrom: left.checkpoint }),
      ...(keep && {
        checkpoint: {
          seconds: KEEP_SECONDS + network.parameters / KEEP_PARAMETERS,
          save(checkpoint) {
            const share = iterations / settings.iterations;
            return keep({
              checkpoint,
              costs: [...costs],
              diagnoses: [...diagnoses],
              share,
              wallSeconds: wallSeconds(),
            });
          },
        },
      }),
      onStart: (strategy) => {
        begun = true;
        const batch = settings.batchSize === "full" ? set.count : Math.min(settings.batchSize, set.count);
        const flops = countStepFlops(network.layers, batch, set.count, strategy.firstLayer);
        tell("start", { ...strategy, backend: network.backend, flops });
        left?.costs.forEach(take);
        left?.diagnoses.forEach(find);
      },
      onCost: take,
      onProgress: (progress) => {
        ({ iteration: iterations, seconds } = progress);
        tell("progress", progress);
        return control.paused();
      },
      onDiagnosis: find,
    });
    return end(null, history.diagnoses, history.suspicions);
  } catch (error) {
    const stopped = control.signal.aborted && error === control.signal.reason;
    if (stopped && begun) return end("user", diagnoses);
    if (error instanceof NotFiniteError) {
      ({ iterations, seconds } = error.history);
      return end("not-finite", [error.diagnosis, ...diagnoses], error.history.suspicions);
    }
    if (stopped) return null;
    if (left && error instanceof InputError && error.code.startsWith("E_CHECKPOINT")) throw refusalOf(left, error);
    throw error;
  }
}

// Why a training cannot go on where it was left, in the page's words.
function refusalOf({ sets }: Kept, { code, message }: InputError): InputError {
  const why = message.replace(/^fit: the checkpoint |; [^;]*$/g, "");
  return new InputError(
    code,
    `The training that was left ${why}; open ${sets.join(" and ")} as before, or discard it.`,
  );
}

// A training in the worker: fit, with its callbacks told as events, and its ends as a result.

import { type Diagnosis, type Network, NotFiniteError } from "../../src/index.js";
import { countStepFlops } from "../../src/train/strategy.js";
import type { Events, Settings, TrainResult } from "../protocol.js";
import type { Control } from "./control.js";
import { networkFor, type Sets } from "./network.js";

/** How a training ended, with the network that it left. */
export interface Trained extends Omit<TrainResult, "network"> {
  readonly network: Network;
}

/**
 * Trains a new network, or `from` on. Null when it was stopped before it began; throws what fit throws, but for numbers that are not
 * finite, which are an end like others.
 */
export async function train(
  settings: Settings,
  from: Network | null,
  { train, test }: Sets,
  control: Control,
  tell: <E extends keyof Events>(event: E, value: Events[E]) => void,
): Promise<Trained | null> {
  const network = from ?? networkFor(settings, train);
  const start = performance.now();
  const diagnoses: Diagnosis[] = [];
  let begun = false;
  let iterations = 0;
  let seconds = 0;
  const end = (stopped: TrainResult["stopped"], found: readonly Diagnosis[]): Trained => {
    const wallSeconds = (performance.now() - start) / 1000;
    return { network, diagnoses: found, iterations, seconds, wallSeconds, stopped };
  };
  try {
    const history = await network.fit(train, {
      iterations: settings.iterations,
      batchSize: settings.batchSize,
      optimizer: settings.optimizer,
      learningRate: settings.learningRate,
      schedule: settings.schedule,
      // where no threads can be had, a link from where they could be still trains
      threads: self.crossOriginIsolated || settings.threads === 1 ? settings.threads : "auto",
      logEvery: settings.logEvery,
      accuracy: true,
      ...(test && { validation: test }),
      signal: control.signal,
      onStart: (strategy) => {
        begun = true;
        const batch = settings.batchSize === "full" ? train.count : Math.min(settings.batchSize, train.count);
        const flops = countStepFlops(network.layers, batch, train.count, strategy.firstLayer);
        tell("start", { ...strategy, backend: network.backend, flops });
      },
      onCost: (record) => tell("cost", record),
      onProgress: (progress) => {
        ({ iteration: iterations, seconds } = progress);
        tell("progress", progress);
        return control.paused();
      },
      onDiagnosis: (diagnosis) => {
        diagnoses.push(diagnosis);
        tell("diagnosis", diagnosis);
      },
    });
    return end(null, history.diagnoses);
  } catch (error) {
    const stopped = control.signal.aborted && error === control.signal.reason;
    if (stopped && begun) return end("user", diagnoses);
    if (error instanceof NotFiniteError) return end("not-finite", [error.diagnosis, ...diagnoses]);
    if (stopped) return null;
    throw error;
  }
}

// The training loop: batches, steps, costs, measurements, and a pause for the event loop every few milliseconds.
// The arithmetic is the session's; what the numbers mean is diagnose.ts's.

import * as P from "../assembly/program.js";
import type { Team } from "./backend/team.js";
import type { BackendName } from "./catalogue.js";
import { type Doctor, NotFiniteError } from "./diagnose.js";
import type { CostRecord, History, Strategy } from "./history.js";
import { createPace, type Pace, SLICE } from "./pace.js";
import { batchCost, beginBatch, beginUpdate, endBatch } from "./plan/header.js";
import { MOST_STEPS } from "./plan.js";
import { Random } from "./random.js";
import type { Session } from "./session.js";
import type { FitOptions, TrainingOptions } from "./train/options.js";

/** What a training is carried out with. */
export interface Means extends Strategy {
  readonly backend: BackendName;
  readonly team: Team | null;
}

/** Writes the hyperparameters into the session. */
export function setHyper({ control: { hyper } }: Session, schedule: TrainingOptions): void {
  hyper[P.LEARNING_RATE] = schedule.learningRate;
  hyper[P.MOMENTUM] = schedule.momentum;
  hyper[P.BETA1] = schedule.beta1;
  hyper[P.BETA2] = schedule.beta2;
  hyper[P.EPSILON] = schedule.epsilon;
  hyper[P.WEIGHT_DECAY] = schedule.weightDecay;
  hyper[P.BETA1_POWER] = 1;
  hyper[P.BETA2_POWER] = 1;
}

/** Gives cost and accuracy of the current weights on some data. */
export type Judge = () => Promise<{ cost: number; accuracy: number }>;

/**
 * Trains the session's weights, on the team's threads where there is one. `judges` look at each record's weights;
 * `doctor` watches.
 *
 * Rejects with the signal's reason when aborted, and with NotFiniteError when a cost or a weight is not finite; in
 * both cases the session holds the weights of the last finished iteration.
 */
export async function train(
  session: Session,
  schedule: TrainingOptions,
  options: FitOptions,
  doctor: Doctor,
  { backend, threads, firstLayer, team }: Means,
  judges: { readonly training?: Judge | undefined; readonly validation?: Judge | undefined } = {},
): Promise<History> {
  const { iterations, batch, stepsPerEpoch, logEvery } = schedule;
  const { control, costs, order } = session;
  const count = session.plan.request.count;
  const random = new Random(schedule.seed);
  const pace = createPace(options.signal);
  const records: CostRecord[] = [];
  let seconds = 0;
  let stepTime = Number.POSITIVE_INFINITY; // milliseconds of a step; unknown at first, so the first one is sliced
  let sum = 0; // of costs and examples since the last record
  let examples = 0;
  let told = 0; // when progress was last reported

  const history = (iteration: number): History => ({
    costs: records,
    iterations: iteration,
    epochs: iteration / stepsPerEpoch,
    seconds,
    millisecondsPerIteration: iteration ? (1000 * seconds) / iteration : 0,
    ...{ backend, threads, firstLayer },
    diagnoses: doctor.findings(),
  });

  let iteration = 0;
  let cost = Number.NaN; // of the last finished step
  const report = () => {
    told = performance.now();
    return options.onProgress?.({ iteration, iterations, epoch: Math.floor(iteration / stepsPerEpoch), cost, seconds });
  };

  setHyper(session, schedule);
  options.signal?.throwIfAborted();
  for (const finding of doctor.begin(session)) options.onDiagnosis?.(finding);
  try {
    while (iteration < iterations) {
      if (schedule.shuffle && iteration % stepsPerEpoch === 0) order.set(random.permutation(count));
      const recording = iteration % logEvery === 0;
      const accuracy = recording ? (await judges.training?.())?.accuracy : undefined;
      const validation = recording ? await judges.validation?.() : undefined;

      // Steps of one dispatch: up to the next record or the next order, and no longer than a slice. A record's own step
      // goes alone, so that its cost and its measurements belong together.
      const untilRecord = recording ? 1 : logEvery - (iteration % logEvery);
      const untilShuffle = schedule.shuffle ? stepsPerEpoch - (iteration % stepsPerEpoch) : iterations;
      const fitting = Math.max(1, Math.floor((team ? TEAM_SLICE : SLICE) / stepTime));
      const wanted = Math.min(iterations - iteration, untilRecord, untilShuffle, fitting, MOST_STEPS);
      control.header[P.KEEP] = recording ? 1 : 0; // the doctor looks at gradients
      const started = performance.now();
      let done: number;
      if (team) {
        // a team's step can be long: an abort ends it between two panels
        done = await stoppable(options.signal, team, wanted);
        const elapsed = performance.now() - started;
        pace.add(elapsed);
        if (done > 0) stepTime = elapsed / done;
      } else if (stepTime > SLICE) {
        done = await slicedStep(session, pace);
        stepTime = pace.busy();
      } else {
        done = session.machine.steps(wanted);
        const elapsed = performance.now() - started;
        pace.add(elapsed);
        if (done > 0) stepTime = elapsed / done;
      }
      seconds += pace.busy() / 1000;
      pace.reset();

      for (let i = 0; i < done; i++) {
        const size = batchSizeAt(iteration + i, stepsPerEpoch, batch, count);
        sum += costs[i]! * size;
        examples += size;
      }
      if (team && done < wanted && options.signal?.aborted && !control.header[P.BAD_UPDATE]) {
        iteration += done;
        throw options.signal.reason;
      }
      if (done < wanted || control.header[P.BAD_UPDATE]) {
        const diagnosis = doctor.notFinite(session, iteration + done);
        throw new NotFiniteError(diagnosis, history(iteration + done));
      }
      if (recording) {
        const mean = batch === count ? costs[0]! : sum / examples;
        const record = {
          iteration,
          epoch: Math.floor(iteration / stepsPerEpoch),
          cost: mean,
          ...(accuracy !== undefined && { accuracy }),
          ...(validation && { validation }),
        };
        sum = 0;
        examples = 0;
        records.push(record);
        options.onCost?.(record);
        for (const finding of doctor.watch(session, record)) options.onDiagnosis?.(finding);
      }
      iteration += done;
      cost = costs[done - 1]!;
      if (performance.now() - told > PROGRESS) await report();
      await pace.breathe();
    }
  } finally {
    await report(); // also where it stopped
  }
  for (const finding of await doctor.end(session)) options.onDiagnosis?.(finding);
  return history(iterations);
}

const PROGRESS = 50; // milliseconds between two reports of progress
const TEAM_SLICE = 40; // milliseconds of a team's dispatch, which leaves this thread free

function stoppable(signal: AbortSignal | undefined, team: Team, count: number): Promise<number> {
  if (!signal) return team.run(count);
  signal.addEventListener("abort", team.stop, { once: true });
  return team.run(count).finally(() => signal.removeEventListener("abort", team.stop));
}

/** One step in pieces, for steps that are longer than a slice. Returns the number of finished steps, 0 or 1. */
async function slicedStep({ plan, machine, control, costs }: Session, pace: Pace): Promise<number> {
  pace.start();
  const panels = beginBatch(control);
  for (let p = 0; p < panels; p++) {
    machine.passes(p, p + 1);
    await pace.breathe();
  }
  costs[0] = batchCost(control);
  if (!Number.isFinite(costs[0])) {
    pace.stop();
    return 0;
  }
  beginUpdate(control);
  for (let b = 0; b < plan.blocks; b++) {
    machine.blocks(b, b + 1);
    // no abort from here on: a half-updated network is nobody's
    await pace.breathe(false);
  }
  endBatch(control);
  pace.stop();
  return 1;
}

function batchSizeAt(iteration: number, stepsPerEpoch: number, batch: number, count: number): number {
  return iteration % stepsPerEpoch === stepsPerEpoch - 1 ? count - batch * (stepsPerEpoch - 1) : batch;
}

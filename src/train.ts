// The training loop: orders, dispatches of steps, records of the cost, and a pause for the event loop every few
// milliseconds. The arithmetic is the session's; what the numbers mean is diagnose.ts's; what a training is between two
// steps, from which it can be taken up again, is train/state.ts's.

import type { Team } from "./backend/team.js";
import { type Doctor, NotFiniteError } from "./diagnose.js";
import type { CostRecord, Diagnosis, History } from "./history.js";
import { createPace, type Pace, SLICE } from "./pace.js";
import { MOST_STEPS } from "./plan.js";
import type { FitOptions, TrainingOptions } from "./train/options.js";
import type { TrainingState } from "./train/state.js";

/** Cost and accuracy, on some data, of the weights as they are when it is called. */
export type Evaluator = () => Promise<{ cost: number; accuracy: number }>;

/** A training and all that it is carried out with. */
export interface Training {
  readonly state: TrainingState;
  readonly options: TrainingOptions;
  readonly doctor: Doctor;
  /** Threads that have the plan; null for this one alone. */
  readonly team: Team | null;
  /** How it is carried out, for the history. */
  readonly how: Pick<History, "backend" | "threads" | "firstLayer">;
  /** What evaluates the weights at each record. */
  readonly evaluators: { readonly training?: Evaluator | undefined; readonly validation?: Evaluator | undefined };
  readonly listeners: Pick<FitOptions, "signal" | "onCost" | "onProgress" | "onDiagnosis">;
}

const PROGRESS = 50; // milliseconds between two reports of progress
const TEAM_SLICE = 40; // milliseconds of a team's dispatch, which leaves this thread free

/**
 * Trains on from the state to `options.iterations`, and leaves the state there.
 *
 * Rejects with the signal's reason when aborted, and with NotFiniteError when a cost or a weight is not finite; in
 * both cases the state is that after the last finished iteration.
 */
export async function train(training: Training): Promise<History> {
  const { state, options, doctor, listeners } = training;
  const { iterations, stepsPerEpoch, logEvery } = options;
  const { signal } = listeners;
  const pace = createPace(signal);
  let stepTime = Number.POSITIVE_INFINITY; // milliseconds; unknown at first, so the first step is done in pieces
  let reported = 0; // when progress was last reported
  const report = () => {
    reported = performance.now();
    const { iteration, cost, seconds } = state;
    const epoch = Math.floor(iteration / stepsPerEpoch);
    return listeners.onProgress?.({ iteration, iterations, epoch, cost, seconds });
  };
  const tell = (findings: readonly Diagnosis[]) => {
    for (const finding of findings) listeners.onDiagnosis?.(finding);
  };

  signal?.throwIfAborted();
  if (state.iteration === 0) tell(await doctor.begin());
  try {
    while (state.iteration < iterations) {
      beginEpoch(state, options);
      const recording = state.iteration % logEvery === 0;
      const evaluated = recording ? await evaluate(training) : {};
      if (recording) await doctor.look();
      const wanted = recording ? 1 : stepsAtOnce(training, stepTime);
      const done = await dispatch(training, wanted, stepTime, pace);
      const time = pace.busy();
      if (done > 0) stepTime = time / done;
      state.seconds += time / 1000;
      pace.reset();
      const mean = count(state, options, done);
      if (state.session.hasBadWeight()) throw fail(training, state.iteration - 1);
      if (done < wanted) {
        if (signal?.aborted) throw signal.reason;
        throw fail(training, state.iteration);
      }
      if (recording) {
        const iteration = state.iteration - 1;
        const record = { iteration, epoch: Math.floor(iteration / stepsPerEpoch), cost: mean, ...evaluated };
        state.since = { cost: 0, examples: 0 };
        state.costs.push(record);
        listeners.onCost?.(record);
        tell(await doctor.watch(record));
      }
      if (performance.now() - reported > PROGRESS) await report();
      await pace.breathe();
    }
  } finally {
    await report(); // also where it stopped
  }
  tell(await doctor.end());
  return historyOf(training);
}

/** What a training leaves behind, so far. */
function historyOf({ state, options, doctor, how }: Training): History {
  const { iteration, seconds, costs } = state;
  return {
    costs,
    iterations: iteration,
    epochs: iteration / options.stepsPerEpoch,
    seconds,
    millisecondsPerIteration: iteration ? (1000 * seconds) / iteration : 0,
    ...how,
    diagnoses: doctor.findings(),
  };
}

function fail(training: Training, iteration: number): NotFiniteError {
  const diagnosis = training.doctor.notFinite(iteration);
  return new NotFiniteError(diagnosis, historyOf(training));
}

// A new order of the examples, where an epoch begins and has one of its own.
function beginEpoch({ session, iteration, random }: TrainingState, { shuffle, stepsPerEpoch }: TrainingOptions): void {
  if (shuffle && iteration % stepsPerEpoch === 0) session.order.set(random.permutation(session.plan.request.count));
}

// What a record says of the weights besides their cost.
async function evaluate({ evaluators }: Training): Promise<Pick<CostRecord, "accuracy" | "validation">> {
  const accuracy = (await evaluators.training?.())?.accuracy;
  const validation = await evaluators.validation?.();
  return { ...(accuracy !== undefined && { accuracy }), ...(validation && { validation }) };
}

// Steps of one dispatch: up to the next record or the next order, and no longer than a slice. A record's own step goes
// alone, so that its cost and what was measured before it belong together.
function stepsAtOnce({ state, options, team }: Training, stepTime: number): number {
  const { iteration } = state;
  const { iterations, logEvery, stepsPerEpoch, shuffle } = options;
  const untilRecord = logEvery - (iteration % logEvery);
  const untilOrder = shuffle ? stepsPerEpoch - (iteration % stepsPerEpoch) : iterations;
  const fitting = Math.max(1, Math.floor((team ? TEAM_SLICE : SLICE) / stepTime));
  return Math.min(iterations - iteration, untilRecord, untilOrder, fitting, MOST_STEPS);
}

// Up to `wanted` steps: by the team, whose step an abort ends between two panels; one step in pieces, where steps are
// longer than a slice; or all at once. Returns how many were finished.
async function dispatch({ state, team, listeners }: Training, wanted: number, stepTime: number, pace: Pace) {
  const { signal } = listeners;
  if (!team && stepTime > SLICE) return state.session.stepPaced(pace);
  pace.start();
  try {
    if (!team) return state.session.steps(wanted);
    signal?.addEventListener("abort", team.stop, { once: true });
    return await team.run(wanted);
  } finally {
    if (team) signal?.removeEventListener("abort", team.stop);
    pace.stop();
  }
}

// Counts the steps that were finished. Returns the cost to record: that of the weights before the update for a full
// batch, else the mean over the examples of all batches since the record before.
function count(state: TrainingState, { batch, stepsPerEpoch }: TrainingOptions, done: number): number {
  const { session, since } = state;
  const { count: examples } = session.plan.request;
  for (let i = 0; i < done; i++, state.iteration++) {
    const last = state.iteration % stepsPerEpoch === stepsPerEpoch - 1;
    const size = last ? examples - batch * (stepsPerEpoch - 1) : batch;
    state.cost = session.costs[i]!;
    since.cost += state.cost * size;
    since.examples += size;
  }
  return batch === examples ? state.cost : since.cost / since.examples;
}

// The training loop: orders, dispatches of steps, records of the cost, and a pause for the event loop every few
// milliseconds. The arithmetic is the session's; what the numbers mean is diagnose.ts's; what a training is between two
// steps, from which it can be taken up again, is train/state.ts's.

import { type Doctor, NotFiniteError } from "./diagnose.js";
import type { CostRecord, Diagnosis, Ended, History, Metrics } from "./history.js";
import { createPace, type Pace, paced } from "./pace.js";
import { cloning, copying, type Numbers } from "./session/layout.js";
import { valuesOf } from "./session.js";
import { createControl } from "./train/control.js";
import type { Dispatcher } from "./train/dispatch.js";
import { endOf } from "./train/ending.js";
import type { Feed } from "./train/feed.js";
import type { FitOptions, TrainingOptions } from "./train/options.js";
import type { Rates } from "./train/schedule.js";
import type { TrainingState } from "./train/state.js";
import type { Stop } from "./train/stop.js";

/** Cost and accuracy, on some data, of the weights as they are when it is called. */
export type Evaluator = () => Promise<{ cost: number; accuracy: number; metrics?: Metrics }>;

/** What writes a training down, every so many iterations or seconds. */
export interface Writer {
  readonly every: number | undefined;
  readonly seconds: number | undefined;
  /** Writes it down between two of its steps, and gives what saves that. Yields now and then. */
  writing(training: Training): Generator<void, () => unknown>;
}

/** A training and all that it is carried out with. */
export interface Training {
  readonly state: TrainingState;
  readonly options: TrainingOptions;
  readonly doctor: Doctor;
  /** Its learning rate, from update to update. */
  readonly rates: Rates;
  /** Null where it is not written down. */
  readonly writer: Writer | null;
  /** What brings its examples in. */
  readonly feed: Feed;
  /** What runs its steps. */
  readonly dispatcher: Dispatcher;
  readonly pace: Pace;
  readonly stop: Stop;
  /** How it is carried out, for the history. */
  readonly how: Pick<History, "backend" | "numerics" | "firstLayer" | "why">;
  /** What evaluates the weights at each record. */
  readonly evaluators: { readonly training?: Evaluator | undefined; readonly validation?: Evaluator | undefined };
  readonly listeners: Pick<FitOptions, "onCost" | "onProgress" | "onDiagnosis">;
}

const PROGRESS = 50; // milliseconds between two reports of progress

/**
 * Trains on from the state to `options.iterations`, and leaves the state there.
 *
 * Rejects with the reason of its stop, when the state is that after the last finished iteration, and with NotFiniteError
 * when a cost or a weight is not finite, when its weights are those before the step of the last record.
 */
export async function train(training: Training): Promise<History> {
  const { state, options, doctor, listeners, rates, feed, dispatcher, pace, stop } = training;
  const { iterations, stepsPerEpoch, logEvery } = options;
  const control = createControl(rates, stop, options.schedule);
  let reported = 0; // when progress was last reported
  const report = () => {
    reported = performance.now();
    const { iteration, cost, seconds } = state;
    const epoch = Math.floor(iteration / stepsPerEpoch);
    return stop.tell(listeners.onProgress, { iteration, iterations, epoch, cost, seconds }, control.training);
  };
  const tell = (findings: readonly Diagnosis[]) => {
    for (const finding of findings) stop.tell(listeners.onDiagnosis, finding, control.training);
    stop.signal.throwIfAborted();
  };

  const checkpoint = checkpoints(training);
  let ended: Ended | null = null;
  stop.signal.throwIfAborted();
  if (state.iteration === 0) tell(await doctor.begin());
  try {
    while (state.iteration < iterations && !control.stopped) {
      await checkpoint.write();
      await feed.prepare(state);
      const recording = state.iteration % logEvery === 0;
      const evaluated = recording ? await evaluate(training) : {};
      if (recording) await doctor.look(state.iteration);
      const keeping = recording ? await keep(training) : null;
      const values = recording ? await keptValues(training, keeping!.parameters) : null;
      state.kept ??= keeping;
      const most = rates.prepare(
        state.iteration,
        recording ? 1 : Math.min(stepsAhead(training), checkpoint.stepsAhead()),
      );
      const { wanted, done, milliseconds, ended: tolerated = false } = await dispatcher.run(most);
      state.seconds += milliseconds / 1000;
      const mean = count(training, done);
      if (state.session.hasBadWeight()) throw await fail(training, state.iteration - 1);
      if (done < wanted) {
        stop.signal.throwIfAborted();
        throw await fail(training, state.iteration);
      }
      if (recording) {
        const iteration = state.iteration - 1;
        const epoch = Math.floor(iteration / stepsPerEpoch);
        const record = { iteration, epoch, cost: mean, learningRate: rates.at(iteration), ...evaluated };
        state.since = { cost: 0, examples: 0 };
        state.costs.push(record);
        rates.tell(record.validation?.cost ?? record.cost);
        state.kept = keeping!;
        await control.record(listeners.onCost, record);
        tell(await doctor.watch(record));
        ended = endOf(record, values!, state.seconds, options, state.ending);
        if (ended) break;
      }
      if (tolerated) {
        ended = "tolerance";
        break;
      }
      if (performance.now() - reported > PROGRESS) await stop.during(report());
      stop.signal.throwIfAborted();
      await pace.breathe();
    }
  } finally {
    const told = report(); // also where it stopped
    if (!stop.signal.aborted) await stop.during(told);
  }
  await leave(training, (options.patience > 0 && state.ending.best?.parameters) || valuesOf(state.session));
  tell(await doctor.end(state.iteration, training.evaluators.validation));
  await checkpoint.finish();
  return historyOf(training, ended ?? (state.iteration < iterations ? "callback" : "iterations"));
}

// A copy of the parameters before a step.
async function keep({ state, pace }: Training) {
  return { iteration: state.iteration, parameters: await paced(cloning(state.session.parameters), pace) };
}

// What a record is of: the parameters, which are a copy already, or a copy of their average.
const keptValues = ({ state: { session }, pace }: Training, parameters: Numbers) =>
  session.average.length ? paced(cloning(session.average), pace) : parameters;

// Makes these the parameters that the training leaves.
async function leave({ state: { session } }: Training, values: Numbers): Promise<void> {
  const { parameters, average } = session;
  const pace = createPace(); // no abort stops it half-way
  if (values !== parameters) await paced(copying(values, parameters), pace);
  if (values !== average) await paced(copying(values.subarray(0, average.length), average), pace);
}

// Writes the training down when it is time. One is saved while the training goes on; the next waits for it.
function checkpoints(training: Training) {
  const { writer, state, stop, pace } = training;
  const first = state.iteration; // there is a checkpoint of it, or nothing to write yet
  let last = performance.now();
  let saving: unknown;
  const every = writer?.every ?? Number.POSITIVE_INFINITY;
  const isDue = () =>
    state.iteration > first &&
    (state.iteration % every === 0 || performance.now() - last >= 1000 * (writer?.seconds ?? Number.POSITIVE_INFINITY));
  return {
    stepsAhead: () => every - (state.iteration % every),
    async write() {
      if (!writer || !isDue()) return;
      await stop.during(saving);
      last = performance.now();
      saving = stop.tell(await paced(writer.writing(training), pace));
      stop.signal.throwIfAborted();
    },
    finish: () => stop.during(saving),
  };
}

/** What a training leaves behind, so far. */
function historyOf({ state, options, doctor, dispatcher, how }: Training, ended: Ended = "iterations"): History {
  const { iteration, seconds, costs, ending } = state;
  const best = ending.best && { iteration: ending.best.iteration, value: ending.best.value };
  return {
    ...{ ended, best },
    costs,
    iterations: iteration,
    epochs: iteration / options.stepsPerEpoch,
    seconds,
    millisecondsPerIteration: iteration ? (1000 * seconds) / iteration : 0,
    ...how,
    threads: dispatcher.threads,
    why: how.why || dispatcher.why,
    diagnoses: doctor.findings(),
    suspicions: doctor.suspicions(),
  };
}

// What is thrown where a step gave no finite numbers. The state goes back to the last record, whose cost was finite.
async function fail(training: Training, iteration: number): Promise<NotFiniteError> {
  const { state } = training;
  const diagnosis = await training.doctor.notFinite(iteration);
  const error = new NotFiniteError(diagnosis, historyOf(training));
  const { iteration: last, parameters } = state.kept!;
  await leave(training, parameters);
  state.iteration = last;
  return error;
}

// What a record says of the weights besides their cost.
async function evaluate({ evaluators }: Training): Promise<Pick<CostRecord, "accuracy" | "metrics" | "validation">> {
  const own = await evaluators.training?.();
  const validation = await evaluators.validation?.();
  return {
    ...(own && { accuracy: own.accuracy, ...(own.metrics && { metrics: own.metrics }) }),
    ...(validation && { validation }),
  };
}

// Steps up to the next record, or to what has to be made ready. A record's own step goes alone, so that its cost and what was measured
// before it belong together.
function stepsAhead({ state, options, feed }: Training): number {
  const { iteration } = state;
  const { iterations, logEvery } = options;
  const untilRecord = logEvery - (iteration % logEvery);
  return Math.min(iterations - iteration, untilRecord, feed.stepsAhead(iteration));
}

// Counts the steps that were finished. Returns the cost to record: that of the weights before the update for a full
// batch, else the mean over the examples of all batches since the record before.
function count({ state, options, feed, doctor }: Training, done: number): number {
  const { session, since } = state;
  const { batch, stepsPerEpoch } = options;
  const { count: examples } = feed;
  for (let i = 0; i < done; i++, state.iteration++) {
    const last = state.iteration % stepsPerEpoch === stepsPerEpoch - 1;
    const size = last ? examples - batch * (stepsPerEpoch - 1) : batch;
    state.cost = session.costs[i]!;
    doctor.step(state.iteration, state.cost);
    since.cost += state.cost * size;
    since.examples += size;
  }
  return batch === examples ? state.cost : since.cost / since.examples;
}

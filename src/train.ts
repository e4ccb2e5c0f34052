// The training loop: batches, steps, costs, measurements, and a pause for the event loop every few milliseconds.
// The arithmetic is the session's; what the numbers mean is diagnose.ts's.

import * as P from "../assembly/program.js";
import type { Team } from "./backend/team.js";
import { batchCost, beginBatch, beginUpdate, endBatch } from "./batch.js";
import type { BackendName, FirstLayer, OptimizerName } from "./config.js";
import { checkChoice, checkNumber, checkWhole, OPTIMIZERS } from "./config.js";
import type { Dataset } from "./dataset.js";
import { type Diagnosis, type Doctor, NotFiniteError } from "./diagnose.js";
import { InputError } from "./errors.js";
import { createPace, type Pace, SLICE } from "./pace.js";
import { MOST_STEPS } from "./plan.js";
import { Random } from "./random.js";
import type { Session } from "./session.js";
import type { Strategy } from "./strategy.js";

/** A point of the cost curve. */
export interface CostRecord {
  /** Parameter updates done before this cost was taken. */
  readonly iteration: number;
  /** Passes over the data finished by then. */
  readonly epoch: number;
  /**
   * Full batch: cost of the weights before update number `iteration`. Mini-batches: mean over the examples of all
   * batches since the record before, each with the weights before its own update.
   */
  readonly cost: number;
  /** Share of the training examples that the weights before update number `iteration` get right, if asked for. */
  readonly accuracy?: number;
  /** Cost and accuracy on the validation set, of the weights before update number `iteration`. */
  readonly validation?: { readonly cost: number; readonly accuracy: number };
}

/** Where a training is; comes about every 50 ms. */
export interface Progress {
  readonly iteration: number;
  readonly iterations: number;
  readonly epoch: number;
  /** Cost of the last finished step. */
  readonly cost: number;
  /** Seconds of computing so far. */
  readonly seconds: number;
}

export interface FitOptions {
  /** Parameter updates to do; this or `epochs`. */
  iterations?: number;
  /** Passes over the data to do; this or `iterations`. */
  epochs?: number;
  /** Examples in a batch; "full" takes all of them, in their order. @default "full" */
  batchSize?: number | "full";
  /** @default 0.01 for sgd, momentum and nesterov, 0.001 for rmsprop, adam and adamw */
  learningRate?: number;
  /** @default "sgd" */
  optimizer?: OptimizerName;
  /** μ of momentum and nesterov. @default 0.9 */
  momentum?: number;
  /** β₁ of adam and adamw. @default 0.9 */
  beta1?: number;
  /** β₂ of adam and adamw, decay of rmsprop's mean square. @default 0.999, rmsprop 0.9 */
  beta2?: number;
  /** ε of rmsprop, adam and adamw. @default 1e-8 */
  epsilon?: number;
  /** L2 decay λ: λ·w joins the gradient of the weights, not of the biases; adamw shrinks the weights instead. @default 0, adamw 0.01 */
  weightDecay?: number;
  /** Whether mini-batches are drawn in a new order each epoch. @default true */
  shuffle?: boolean;
  /** Seed of that order. @default the network's seed */
  seed?: number;
  /**
   * Threads that share the work; "auto" takes one for each core where that pays. The weights are the same bits with any
   * number. @default "auto"
   */
  threads?: number | "auto";
  /**
   * How the first layer is computed. "gram" trains it through the products of the examples with one another, which is
   * less work for few examples of many inputs; for sgd, momentum and nesterov. The same up to rounding.
   * @default "auto"
   */
  firstLayer?: FirstLayer | "auto";
  /** Evaluated at each record. */
  validation?: Dataset;
  /** Whether each record has the accuracy on the training data too, which takes a forward pass over them. @default false */
  accuracy?: boolean;
  /** Iterations from record to record. @default 100 for a full batch, else one epoch */
  logEvery?: number;
  /** Once, before the first step: how the training is carried out. */
  onStart?(strategy: Strategy): void;
  onCost?(record: CostRecord): void;
  /** Where the training is, about every 50 ms. A promise is waited for (not from a worker): so a training is paused. */
  onProgress?(progress: Progress): unknown;
  /** A finding, as soon as it is sure; each comes once. */
  onDiagnosis?(diagnosis: Diagnosis): void;
  /**
   * Trains in a worker, so that the calling thread only hears of it. A URL says where the worker's script lies
   * (wasmlp/worker.js), for pages whose policy forbids workers from text. The data are copied.
   * @default false
   */
  worker?: boolean | string | URL;
  /** Aborting rejects with the signal's reason; the network keeps the weights of the last finished iteration. */
  signal?: AbortSignal;
}

/** What a training leaves behind. */
export interface History {
  readonly costs: readonly CostRecord[];
  readonly iterations: number;
  readonly epochs: number;
  /** Seconds of computing, without validation and callbacks. */
  readonly seconds: number;
  readonly millisecondsPerIteration: number;
  /** How it was carried out. */
  readonly backend: BackendName;
  readonly threads: number;
  readonly firstLayer: FirstLayer;
  /** What is wrong with the run, most important first; empty for a healthy one. */
  readonly diagnoses: readonly Diagnosis[];
}

/** What a training is carried out with. */
export interface Means extends Strategy {
  readonly backend: BackendName;
  readonly team: Team | null;
}

/** Options with every default filled in. */
export interface Schedule {
  readonly iterations: number;
  readonly batch: number;
  readonly stepsPerEpoch: number;
  readonly logEvery: number;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly momentum: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly shuffle: boolean;
  readonly seed: number;
}

/** Checks the options of fit and fills in the defaults. Throws E_OPTION. */
export function scheduleOf(options: FitOptions, count: number, seed: number): Schedule {
  const optimizer = checkChoice("fit", "optimizer", options.optimizer ?? "sgd", OPTIMIZERS);
  const wanted = options.batchSize ?? "full";
  const batch = wanted === "full" ? count : Math.min(checkWhole("fit", "batchSize", wanted, 1), count);
  const stepsPerEpoch = Math.ceil(count / batch);
  if ((options.iterations === undefined) === (options.epochs === undefined)) {
    const got = options.epochs === undefined ? "neither" : "both";
    throw new InputError("E_OPTION", `fit: got ${got} of iterations and epochs; pass one of them.`);
  }
  const iterations =
    options.iterations === undefined
      ? checkWhole("fit", "epochs", options.epochs!, 0) * stepsPerEpoch
      : checkWhole("fit", "iterations", options.iterations, 0);
  const adaptive = optimizer === "adam" || optimizer === "adamw" || optimizer === "rmsprop";
  const below1 = { most: 1 - Number.EPSILON };
  return {
    iterations,
    batch,
    stepsPerEpoch,
    logEvery: checkWhole("fit", "logEvery", options.logEvery ?? (batch === count ? 100 : stepsPerEpoch), 1),
    optimizer,
    learningRate: checkNumber("fit", "learningRate", options.learningRate ?? (adaptive ? 0.001 : 0.01), {
      exclusive: true,
    }),
    momentum: checkNumber("fit", "momentum", options.momentum ?? 0.9, below1),
    beta1: checkNumber("fit", "beta1", options.beta1 ?? 0.9, below1),
    beta2: checkNumber("fit", "beta2", options.beta2 ?? (optimizer === "rmsprop" ? 0.9 : 0.999), below1),
    epsilon: checkNumber("fit", "epsilon", options.epsilon ?? 1e-8, { exclusive: true }),
    weightDecay: checkNumber("fit", "weightDecay", options.weightDecay ?? (optimizer === "adamw" ? 0.01 : 0)),
    shuffle: (options.shuffle ?? true) && batch < count,
    seed: checkWhole("fit", "seed", options.seed ?? seed, 0),
  };
}

/** Writes the hyperparameters into the session. */
export function setHyper({ control: { hyper } }: Session, schedule: Schedule): void {
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
  schedule: Schedule,
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

// All that a training is between two of its steps. The loop (train.ts) goes on from it and keeps it up to date.

import type { CostRecord } from "../history.js";
import { atOnce } from "../pace.js";
import { Random } from "../random.js";
import { copying, type Numbers } from "../session/layout.js";
import type { Session } from "../session.js";
import { beginEnding, type EndingState } from "./ending.js";
import type { PairMemory } from "./lbfgs.js";
import type { TrainingOptions } from "./options.js";
import { beginSchedule, type ScheduleState } from "./schedule.js";

export interface TrainingState {
  /**
   * In its memory: the weights, the optimizer's moments, the powers of its betas, the order of the examples and the
   * place in it, which is the place in the epoch.
   */
  readonly session: Session;
  /** Parameter updates done. */
  iteration: number;
  /** Draws the orders of the epochs. */
  readonly random: Random;
  /** The order of a source's parts in this epoch; empty where they keep their own. */
  parts: Int32Array;
  /** Costs and examples of the batches since the last record, added up. */
  since: { cost: number; examples: number };
  /** Where the learning rate has got to. */
  readonly schedule: ScheduleState;
  /** Where early stopping is. */
  readonly ending: EndingState;
  /** What lbfgs remembers of its last iterations. */
  readonly pairs: PairMemory;
  /** Cost of the last finished step; NaN before the first. */
  cost: number;
  readonly costs: CostRecord[];
  /**
   * The parameters before the step of the last record, to go back to where a later one gives no finite numbers; null
   * before the first.
   */
  kept: { readonly iteration: number; readonly parameters: Numbers } | null;
  /** Seconds of computing. */
  seconds: number;
}

/** A training before its first step, on a session that holds the first weights. Yields now and then. */
export function* beginningTraining(session: Session, options: TrainingOptions): Generator<void, TrainingState> {
  session.setHyperparameters({
    learningRate: options.learningRate,
    momentum: options.momentum,
    beta1: options.beta1,
    beta2: options.beta2,
    epsilon: options.epsilon,
    weightDecay: options.weightDecay,
    clipNorm: options.clipNorm,
    clipValue: options.clipValue,
    l1: options.l1,
    ema: options.ema,
    swaStart: options.swaStart,
    swaEvery: options.swaEvery,
    maxNorm: options.maxNorm,
  });
  yield* copying(session.parameters.subarray(0, session.average.length), session.average);
  return {
    session,
    iteration: 0,
    random: new Random(options.seed),
    parts: new Int32Array(0),
    since: { cost: 0, examples: 0 },
    schedule: beginSchedule(),
    ending: beginEnding(),
    pairs: [],
    cost: Number.NaN,
    costs: [],
    kept: null,
    seconds: 0,
  };
}

/** The same at once. */
export const beginTraining = (...wanted: Parameters<typeof beginningTraining>): TrainingState =>
  atOnce(beginningTraining(...wanted));

// The learning rate over a training. Rates are computed ahead, for a window of iterations, into the plan's memory, where
// a dispatch reads them without coming back. Only the plateau follows from what was measured.

import * as P from "../../assembly/program.js";
import { InputError } from "../errors.js";
import { cosPi, exp64, log64 } from "../math.js";
import { show } from "../options/check.js";
import type { Session } from "../session.js";
import type { TrainingOptions } from "./options.js";

/** How a scheduled rate goes on; part of the state of a training. */
export interface ScheduleState {
  /** Plateau: what the rate is multiplied by now, the least cost so far, and records since then. */
  factor: number;
  best: number;
  waited: number;
  /** α, once it is another than the option's. */
  learningRate: number | null;
}

export const beginSchedule = (): ScheduleState => ({
  ...{ factor: 1, best: Number.POSITIVE_INFINITY, waited: 0, learningRate: null },
});

type Settings = Pick<
  TrainingOptions,
  | "schedule"
  | "learningRate"
  | "warmup"
  | "decayFactor"
  | "decayEvery"
  | "decayPower"
  | "leastRate"
  | "cycles"
  | "iterations"
>;

/** Whether the rate may differ from iteration to iteration. */
export const isScheduled = ({ schedule, warmup }: Pick<Settings, "schedule" | "warmup">) =>
  schedule !== "constant" || warmup > 0;

function checkedRate(rate: number, iteration: number): number {
  if (Number.isFinite(rate) && rate >= 0) return rate;
  throw new InputError(
    "E_OPTION",
    `fit: schedule gives ${show(rate)} as the rate of update ${iteration}; let it return a number of at least 0.`,
  );
}

/**
 * The rate of update number `iteration`, counted from 0: the schedule's formula, which docs/training.md has, after a
 * warm-up from rate/warmup to the whole rate.
 */
export function rateAt(settings: Settings, iteration: number, state: ScheduleState): number {
  const { schedule, warmup, iterations, leastRate } = settings;
  const learningRate = state.learningRate ?? settings.learningRate;
  if (typeof schedule === "function") return checkedRate(schedule(iteration, iterations), iteration);
  if (iteration < warmup) return (learningRate * (iteration + 1)) / warmup;
  const t = iteration - warmup;
  const all = Math.max(1, iterations - warmup);
  const every = settings.decayEvery ?? (schedule === "step" ? Math.max(1, Math.ceil(all / 3)) : all);
  switch (schedule) {
    case "constant":
      return learningRate;
    case "step":
      return Math.max(leastRate, learningRate * power(settings.decayFactor, Math.floor(t / every)));
    case "exponential":
      return Math.max(leastRate, learningRate * power(settings.decayFactor, t / every));
    case "polynomial":
      return leastRate + (learningRate - leastRate) * power(1 - t / all, settings.decayPower);
    case "cosine": {
      const cycle = all / settings.cycles;
      return leastRate + (learningRate - leastRate) * cosine((t % cycle) / cycle);
    }
    case "oneCycle":
      return oneCycle(learningRate, t, all);
    case "plateau":
      return Math.max(leastRate, learningRate * state.factor);
    default:
      return schedule satisfies never;
  }
}

const RISE = 0.3; // share of a cycle in which the rate rises
const FIRST = 1 / 25; // of the rate, where a cycle begins
const LAST = 1e-4; // of the first, where it ends

// PyTorch's OneCycleLR with its defaults: up from rate/25 to the rate, and down to rate/250,000, both as a cosine.
function oneCycle(rate: number, t: number, all: number): number {
  const peak = RISE * all - 1;
  const last = all - 1;
  const first = rate * FIRST;
  if (t <= peak) return rate + (first - rate) * cosine(t / peak);
  return first * LAST + (rate - first * LAST) * cosine((t - peak) / (last - peak));
}

// From 1 to 0 as x goes from 0 to 1.
const cosine = (x: number) => (1 + cosPi(x)) / 2;

// base^exponent for a base from [0, 1]; our own, as engines differ in theirs.
function power(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  if (Number.isInteger(exponent) && exponent <= 64) {
    let product = 1;
    for (let i = 0; i < exponent; i++) product *= base;
    return product;
  }
  return base === 0 ? 0 : exp64(exponent * log64(base));
}

const BETTER = 1e-4; // of the least cost: a cost must fall by this share to count, as in PyTorch's ReduceLROnPlateau

export interface Rates {
  /** α. Another one holds from the next dispatch on. */
  learningRate: number;
  /** The rate of an update. */
  at(iteration: number): number;
  /** Before a dispatch of up to `most` steps from `iteration` on: returns of how many the rates are there. */
  prepare(iteration: number, most: number): number;
  /** After a record. */
  tell(cost: number): void;
}

/** The rates of a training, which its session reads from memory where its plan is scheduled. */
export function createRates(session: Session, settings: Settings, state: ScheduleState): Rates {
  const { rates, hyper } = session;
  let [from, to] = [0, 0]; // iterations whose rates lie in memory
  return {
    get learningRate() {
      return state.learningRate ?? settings.learningRate;
    },
    set learningRate(rate) {
      if (rate === this.learningRate) return;
      state.learningRate = rate;
      to = from; // what lies in memory is no longer right
    },
    at: (iteration) => rateAt(settings, iteration, state),
    prepare(iteration, most) {
      if (rates.length === 0) {
        hyper[P.Hyper.learningRate] = this.learningRate;
        return most;
      }
      if (iteration < from || iteration >= to) {
        from = iteration;
        to = Math.min(settings.iterations, from + rates.length);
        for (let i = from; i < to; i++) rates[i - from] = rateAt(settings, i, state);
      }
      session.setRates(iteration - from);
      return Math.min(most, to - iteration);
    },
    tell(cost) {
      if (settings.schedule !== "plateau") return;
      if (cost < state.best * (1 - BETTER)) {
        state.best = cost;
        state.waited = 0;
        return;
      }
      state.waited++;
      if (state.waited < (settings.decayEvery ?? PATIENCE)) return;
      state.factor *= settings.decayFactor;
      state.waited = 0;
      to = from;
    },
  };
}

const PATIENCE = 10; // records without a better cost

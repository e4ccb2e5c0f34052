// L-BFGS over the whole batch: directions from the last steps and changes of the gradient, a line search along each. The
// session computes costs and gradients, with all its threads; what is done with them is done here, in double and in the
// order of memory, so that bits are those of the gradients. Source: Nocedal and Wright, "Numerical Optimization" (2006),
// algorithm 7.4; tolerances and the first step are those of PyTorch's LBFGS.

import type { Team } from "../backend/team.js";
import { type Pace, paced } from "../pace.js";
import type { Session } from "../session.js";
import { type Dispatcher, dispatching } from "./dispatch.js";
import { type Point, searchLine } from "./line-search.js";
import type { TrainingOptions } from "./options.js";

/** What is remembered of a step: its change of the parameters, and that of the gradient. */
export interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** step·change */
  readonly curvature: number;
}
/** The last pairs, the oldest first. */
export type PairMemory = Pair[];

const PAIRS = 10; // remembered, as by SciPy
const LEAST_CURVATURE = 1e-10; // step·change of a pair that is remembered
const LEAST = 1e-9; // of a slope, of a change of parameters or of the cost, below which nothing is to be gained

/** Runs iterations in place of a dispatcher's steps; `pairs` are those of the iterations so far, and go on. */
export function createLbfgs(
  session: Session,
  team: Team | null,
  { weightDecay, tolerance }: TrainingOptions,
  rates: { readonly learningRate: number },
  pairs: PairMemory,
  pace: Pace,
  signal: AbortSignal,
): Dispatcher {
  const { parameters, gradient, plan } = session;
  const { length } = parameters;
  const x = new Float64Array(length);
  let now: { f: number; cost: number; gradient: Float64Array } | null = null; // at the parameters as they are

  // Objective and gradient at the parameters as they are: cost + ½·λ·‖w‖² over the weights.
  async function evaluate(): Promise<{ f: number; cost: number; gradient: Float64Array }> {
    if (team) {
      await team.run(1);
      signal.throwIfAborted(); // what a stopped team has computed is of no use
    } else {
      await paced(session.running("passes"), pace);
      await paced(session.running("gradients"), pace);
    }
    const cost = session.sumOfLosses() / plan.request.count;
    const g = new Float64Array(length); // 0 where a layer is frozen
    let squares = 0;
    for (const { weight, np, kp, learnt, trained, moment } of plan.layers) {
      if (!trained) continue;
      g.set(gradient.subarray(moment, moment + np * kp + learnt), weight);
      if (weightDecay > 0) {
        for (let i = weight; i < weight + np * kp; i++) {
          squares += parameters[i]! * parameters[i]!;
          g[i]! += weightDecay * parameters[i]!;
        }
      }
    }
    const f = cost + (weightDecay * squares) / 2;
    return { f: Number.isFinite(f) ? f : Number.POSITIVE_INFINITY, cost, gradient: g };
  }

  async function iterate(): Promise<{ done: number; ended: boolean }> {
    x.set(parameters);
    now ??= await evaluate();
    session.costs[0] = now.cost;
    if (!Number.isFinite(now.cost)) return { done: 0, ended: false };
    if (largestOf(now.gradient) <= tolerance) return { done: 1, ended: true };
    const direction = directionOf(now.gradient, pairs);
    const slope = dot(now.gradient, direction);
    if (slope > -LEAST) return { done: 1, ended: true };
    const first = pairs.length === 0 ? Math.min(1, 1 / sumOfSizes(now.gradient)) : 1;
    const at = async (t: number): Promise<Point<typeof now>> => {
      for (let i = 0; i < length; i++) parameters[i] = x[i]! + t * direction[i]!;
      const value = await evaluate();
      return { t, f: value.f, slope: dot(value.gradient, direction), gradient: value };
    };
    const start = { t: 0, f: now.f, slope, gradient: now };
    const largest = largestOf(direction);
    const before = now;
    try {
      const { t, gradient: after } = await searchLine(at, start, first * rates.learningRate, largest);
      for (let i = 0; i < length; i++) parameters[i] = x[i]! + t * direction[i]!;
      now = after!;
      const step = direction.map((value) => t * value);
      const change = now.gradient.map((value, i) => value - before.gradient[i]!);
      const pair = pairOf(step, change);
      if (pair.curvature > LEAST_CURVATURE) {
        if (pairs.length === PAIRS) pairs.shift();
        pairs.push(pair);
      }
      const ended = largestOf(now.gradient) <= tolerance || t * largest <= LEAST || Math.abs(now.f - before.f) < LEAST;
      return { done: 1, ended };
    } catch (error) {
      parameters.set(x); // an abort leaves the last finished iteration
      throw error;
    }
  }

  const how = () => ({ threads: team ? plan.request.threads! : 1, why: "" });
  return dispatching(async () => {
    pace.reset();
    pace.start();
    try {
      const { done, ended } = await iterate();
      return { wanted: 1, done, milliseconds: pace.busy(), ended };
    } finally {
      pace.stop();
    }
  }, how);
}

// −H·g, with the inverse Hessian H that the pairs stand for.
function directionOf(g: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = g.map((value) => -value);
  const shares = new Float64Array(pairs.length);
  for (let p = pairs.length - 1; p >= 0; p--) {
    const { step, change, curvature } = pairs[p]!;
    shares[p] = dot(step, direction) * (1 / curvature);
    for (let i = 0; i < direction.length; i++) direction[i]! -= shares[p]! * change[i]!;
  }
  const last = pairs[pairs.length - 1];
  const scale = last ? last.curvature / dot(last.change, last.change) : 1;
  for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  for (const [p, { step, change, curvature }] of pairs.entries()) {
    const share = shares[p]! - dot(change, direction) * (1 / curvature);
    for (let i = 0; i < direction.length; i++) direction[i]! += share * step[i]!;
  }
  return direction;
}

/** A pair of a step and a change of the gradient. */
export const pairOf = (step: Float64Array, change: Float64Array): Pair => {
  return { step, change, curvature: dot(step, change) };
};

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

const sumOfSizes = (values: Float64Array) => values.reduce((sum, value) => sum + Math.abs(value), 0);
const largestOf = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

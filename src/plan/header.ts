// The few numbers that change between steps, as a plan keeps them in its memory: which batch it is, and the powers of
// Adam's betas. Twins of the functions of the same names in assembly/run.ts.

import * as P from "../../assembly/program.js";
import { type Plan, viewOf } from "../plan.js";

/** Views of a plan's memory for whoever drives it step by step. */
export interface Control {
  readonly header: Int32Array;
  readonly hyper: Float64Array;
  readonly losses: Float32Array | Float64Array;
}

export function controlOf(plan: Plan, memory: ArrayBufferLike): Control {
  return {
    header: new Int32Array(memory, plan.program, P.HYPER / 4),
    hyper: new Float64Array(memory, plan.program + P.HYPER, 16),
    losses: viewOf(plan, memory, plan.losses),
  };
}

/** Sets m for the batch at START and returns its number of panels. */
export function beginBatch({ header }: Control): number {
  header[P.EXAMPLES] = Math.min(header[P.COUNT]! - header[P.START]!, header[P.BATCH]!);
  return Math.ceil(header[P.EXAMPLES]! / P.LANES);
}

/** Mean loss over the current batch, summed in double in the order of the examples. */
export function batchCost({ header, losses }: Control): number {
  const m = header[P.EXAMPLES]!;
  let sum = 0;
  for (let i = 0; i < m; i++) sum += losses[i]!;
  return sum / m;
}

/** Advances the powers of β₁ and β₂: once an update, before its blocks. */
export function beginUpdate({ hyper }: Control): void {
  hyper[P.BETA1_POWER]! *= hyper[P.BETA1]!;
  hyper[P.BETA2_POWER]! *= hyper[P.BETA2]!;
}

/** Moves START to the next batch; behind the last example it begins anew. */
export function endBatch({ header }: Control): void {
  const next = header[P.START]! + header[P.EXAMPLES]!;
  header[P.START] = next < header[P.COUNT]! ? next : 0;
}

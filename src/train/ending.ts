// When a training ends before its iterations are done: its cost has stopped falling, is low enough, or its time is up.

import type { CostRecord, Ended } from "../history.js";
import { lessIsBetter } from "../metrics.js";
import type { Numbers } from "../session/layout.js";
import type { TrainingOptions } from "./options.js";

/** Where early stopping is; part of the state of a training. */
export interface EndingState {
  /** The best value so far, the iteration it was measured at, and the parameters then, where they are to be restored. */
  best: { readonly value: number; readonly iteration: number; readonly parameters: Numbers | null } | null;
  /** Records since then. */
  waited: number;
}

export const beginEnding = (): EndingState => ({ best: null, waited: 0 });

type Settings = Pick<TrainingOptions, "patience" | "minDelta" | "monitor" | "restoreBest" | "costLimit" | "timeLimit">;

/**
 * The value of a record that is watched, and whether less of it is better: of the validation set where there is one.
 */
function watched(
  { cost, metrics, validation }: CostRecord,
  monitor: Settings["monitor"],
): [value: number, less: boolean] {
  if (monitor === "cost") return [validation?.cost ?? cost, true];
  return [(validation?.metrics ?? metrics)?.[monitor] ?? Number.NaN, lessIsBetter(monitor)];
}

/**
 * After a record, which was measured on `parameters`, a copy that nobody changes: why the training ends, or null. A better value is one by more than
 * minDelta.
 */
export function endOf(
  record: CostRecord,
  parameters: Numbers,
  seconds: number,
  settings: Settings,
  state: EndingState,
): Ended | null {
  const { patience, minDelta, monitor, restoreBest, costLimit, timeLimit } = settings;
  const [value, less] = watched(record, monitor);
  const gain = state.best === null ? Number.POSITIVE_INFINITY : (less ? -1 : 1) * (value - state.best.value);
  if (gain > minDelta) {
    const kept = patience > 0 && restoreBest ? parameters : null;
    state.best = { value, iteration: record.iteration, parameters: kept };
    state.waited = 0;
  } else state.waited++;
  if (costLimit !== undefined && (record.validation?.cost ?? record.cost) <= costLimit) return "cost";
  if (timeLimit !== undefined && seconds >= timeLimit) return "time";
  return patience > 0 && state.waited >= patience ? "patience" : null;
}

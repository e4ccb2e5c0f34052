// The network's outputs for any number of rows, over and over: a plan that is loaded once for a block of rows, with the
// weights in the order in which one example wants them. What rows may be and what is said of them is predictor.ts's.

import * as P from "../../assembly/program.js";
import type { Architecture } from "../architecture.js";
import type { Backend } from "../backend.js";
import type { Examples } from "../dataset.js";
import { type PlanRequest, viewOf } from "../plan.js";
import { type LayerWeights, type Numbers, rowsOf, setWeights } from "../session/layout.js";
import { open } from "../session.js";
import { type Columns, restoreUnit, type Standardization, standardizeRows } from "./standardize.js";

export interface Prediction {
  /** Size of its memory. */
  readonly bytes: number;
  setWeights(weights: readonly LayerWeights[]): void;
  /**
   * Writes the outputs of the examples from `first` on, of a block at most, to their place in (count, outputs), and returns
   * the first that is left. Between two calls it may answer others.
   */
  answer(examples: Examples, by: Standardization | null, outputs: Numbers, first: number): number;
}

// Inputs of a block, at most, but for the two panels that a product takes at a time. A judgement: 4 MiB in float32.
const ROOM = 2 ** 20;

/** Loads a network's plan. Throws E_MEMORY. */
export function openPrediction(backend: Backend, architecture: Architecture): Prediction {
  const session = open(backend, requestOf(architecture));
  const { plan, machine } = session;
  const { batch } = plan.request;
  const width = plan.layers[0]!.inputs;
  const last = plan.layers[plan.layers.length - 1]!;
  const inputs = viewOf(plan, machine.memory, plan.x);
  const activations = viewOf(plan, machine.memory, last.activations);

  // The rows from `first` on, scaled where columns are.
  function fill({ x, scale }: Examples, columns: Columns | null, first: number, count: number): void {
    const rows = count * width === x.length ? x : x.subarray(first * width, (first + count) * width);
    if (columns) standardizeRows(rows, scale, columns, inputs);
    else inputs.set(rows);
  }

  return {
    bytes: plan.bytes,
    setWeights: (weights) => setWeights(session, weights),
    answer(examples, by, outputs, first) {
      const count = Math.min(batch, examples.count - first);
      fill(examples, by?.inputs ?? null, first, count);
      session.setScale(by ? 1 : examples.scale);
      session.setBatch(count);
      machine.run(0, 0, Math.ceil(count / P.LANES));
      const place = first * last.units;
      rowsOf(activations, last, count, outputs, place);
      if (by?.targets) restoreUnit(outputs.subarray(place, place + count * last.units), by.targets);
      return first + count;
    },
  };
}

/** Panels of up to about 20 million multiplications, a group at most: a judgement, some milliseconds. */
function panelsAtOnce({ layers }: Architecture): number {
  const products = layers.reduce((sum, { inputs, units }) => sum + inputs * units, 0);
  return Math.min(P.GROUP, Math.floor(2e7 / products / P.LANES));
}

// A block is what is run between two looks at the clock, in pairs of panels, as products take them.
function requestOf(architecture: Architecture): PlanRequest {
  const { inputs } = architecture.layers[0]!;
  const most = Math.min(panelsAtOnce(architecture), Math.floor(ROOM / inputs / P.LANES));
  const batch = Math.max(2, most - (most % 2)) * P.LANES;
  return { purpose: "predict", architecture, x: "rows", y: null, count: batch, batch };
}

// The network's outputs for any number of rows, over and over: a plan that is loaded once for a block of rows, with the
// weights in the order in which one example wants them. What rows may be and what is said of them is predictor.ts's.

import * as P from "../../assembly/program.js";
import type { Architecture } from "../architecture.js";
import type { Backend } from "../backend.js";
import type { Examples } from "../dataset.js";
import { keepApart, type Pace, paced } from "../pace.js";
import { type PlanRequest, viewOf } from "../plan.js";
import { type LayerWeights, type Numbers, rowsOf, settingWeights } from "../session/layout.js";
import { open } from "../session.js";
import { type Columns, restoreUnit, type Standardization, standardizeRows } from "./standardize.js";

export interface Prediction {
  /** Size of its memory. */
  readonly bytes: number;
  /** Yields now and then. */
  settingWeights(weights: readonly LayerWeights[]): Generator<void>;
  /** Writes the outputs of the examples to (count, outputs). */
  answer(examples: Examples, by: Standardization | null, outputs: Numbers): void;
  /** The same with pauses for the event loop, in which it may answer others. */
  answerPaced(examples: Examples, by: Standardization | null, outputs: Numbers, pace: Pace): Promise<void>;
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

  // Of a block of the examples, from `first` on: before the network has run, and after.
  function begin(examples: Examples, by: Standardization | null, first: number): number {
    const count = Math.min(batch, examples.count - first);
    fill(examples, by?.inputs ?? null, first, count);
    session.setScale(by ? 1 : examples.scale);
    session.setBatch(count);
    return count;
  }
  function end(by: Standardization | null, outputs: Numbers, first: number, count: number): void {
    const place = first * last.units;
    rowsOf(activations, last, count, outputs, place);
    if (by?.targets) restoreUnit(outputs.subarray(place, place + count * last.units), by.targets);
  }

  const { apart, finish } = keepApart();
  function block(examples: Examples, by: Standardization | null, outputs: Numbers, first: number): void {
    finish();
    const count = begin(examples, by, first);
    machine.run(0, 0, Math.ceil(count / P.LANES));
    end(by, outputs, first, count);
  }
  function* inPieces(examples: Examples, by: Standardization | null, outputs: Numbers, first: number) {
    const count = begin(examples, by, first);
    yield* session.running("forward");
    end(by, outputs, first, count);
  }

  const long = batch * productsOf(architecture) > MOST_PRODUCTS;
  let free: Promise<unknown> = Promise.resolve(); // for the next block in pieces
  return {
    bytes: plan.bytes,
    settingWeights: (weights) => settingWeights(session, weights),
    answer(examples, by, outputs) {
      for (let first = 0; first < examples.count; first += batch) block(examples, by, outputs, first);
    },
    async answerPaced(examples, by, outputs, pace) {
      for (let first = 0; first < examples.count; first += batch) {
        if (first > 0) await pace.breathe();
        if (long) {
          const answered = free.then(() => paced(apart(inPieces(examples, by, outputs, first)), pace));
          free = answered.catch(() => {});
          await answered;
        } else block(examples, by, outputs, first);
      }
    },
  };
}

// Multiplications between two looks at the clock, about: a judgement, some milliseconds.
const MOST_PRODUCTS = 2e7;

/** Multiplications of an example. */
const productsOf = ({ layers }: Architecture): number =>
  layers.reduce((sum, { inputs, units }) => sum + inputs * units, 0);

// A block is what is run between two looks at the clock, a group of panels at most, in pairs, as products take them. Of a
// wide network it is run in pieces.
function requestOf(architecture: Architecture): PlanRequest {
  const { inputs } = architecture.layers[0]!;
  const panels = Math.min(MOST_PRODUCTS / productsOf(architecture), ROOM / inputs) / P.LANES;
  const most = Math.min(P.GROUP, Math.floor(panels));
  const batch = Math.max(2, most - (most % 2)) * P.LANES;
  return { purpose: "predict", architecture, x: "rows", y: null, count: batch, batch };
}

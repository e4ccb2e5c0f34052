// Measurements of a training for the rules to judge: a fixed set of examples goes through a session of its own with the
// weights as they are, so that batches and threads play no part. Changes nothing in the training.

import { type Architecture, countParameters } from "../architecture.js";
import type { Backend } from "../backend.js";
import { type Loss, losses, type OutputActivation } from "../catalogue.js";
import { classCounts, type Dataset, subset } from "../dataset.js";
import { InputError } from "../errors.js";
import { evaluateWith, mostProbable } from "../evaluate.js";
import { createPace, paced } from "../pace.js";
import { viewOf } from "../plan.js";
import {
  arraysOf,
  copying,
  copyingWeights,
  type LayerWeights,
  type LoadedParameters,
  type Numbers,
  panelsToRows,
} from "../session/layout.js";
import { infer, openInference, openProbe, type Session } from "../session.js";
import type { Feed } from "../train/feed.js";
import { explanation, skillOf } from "./neighbours.js";
import { spread } from "./sample.js";

/** A measurement of the weights as they are, over the fixed set of examples. */
export interface Measurement {
  /** Norm of the first layer's gradient, weights and biases; where it was asked for. */
  readonly gradient?: number;
  /** Root mean square of what the loss takes of the last layer, over that of the first layer's activations. */
  readonly signal: number;
  /** Mean of each output over the examples: probabilities where there are classes. */
  readonly answer: readonly number[];
  /** Largest standard deviation of an output over the examples. */
  readonly deviation: number;
  /** Cost of the examples. */
  readonly cost: number;
  /** What the outputs know of the examples: skillOf of their accuracy, or R² of numbers. */
  readonly skill: number;
  /** Of each hidden layer: share of its units that answer 0 or less to every example. */
  readonly silent: readonly number[];
  /** Of each hidden layer with tanh or sigmoid: share of its answers that are at an end of their range; else 0. */
  readonly saturated: readonly number[];
  /** Of each layer: root mean square of the cost's derivative by its units' inputs, over the examples. */
  readonly errors: readonly number[];
}

/** What is needed to measure a training. */
export interface Probed {
  readonly session: Session;
  /** The data as the session trains on them: in Gram form these are products, of a source some examples. */
  readonly data: Dataset;
  readonly feed: Pick<Feed, "rowAt">;
}

const MOST_EXAMPLES = 128;
// Of a network of more than a million parameters fewer, so that a look takes little of a training of a few dozen steps.
const LEAST_EXAMPLES = 32;
const MOST_PRODUCTS = 2 ** 27; // of parameters and examples
const UNKNOWN: Measurement = {
  ...{ gradient: Number.NaN, signal: Number.NaN, answer: [], deviation: Number.NaN, cost: Number.NaN },
  ...{ skill: Number.NaN, silent: [], saturated: [], errors: [] },
};
/** How near an answer is to the ends of an activation's range to count as saturated; both derivatives are below 0.02. */
const ENDS: Partial<Record<OutputActivation, readonly [number, number]>> = {
  tanh: [-0.99, 0.99],
  sigmoid: [0.02, 0.98],
};

/**
 * What measures the weights that `training` has at the moment of each call, with its gradient where that is asked for; all NaN where there is no memory for it.
 */
export function createProbe(
  backend: Backend,
  { session, data }: Omit<Probed, "feed">,
  signal?: AbortSignal,
): (steep: boolean) => Promise<Measurement> {
  const { architecture, gram = false } = session.plan.request;
  const affordable = Math.floor(MOST_PRODUCTS / countParameters(architecture.layers));
  const places = spread(data, Math.max(LEAST_EXAMPLES, Math.min(MOST_EXAMPLES, affordable)));
  let examples = data; // those of the places, when they are needed
  let probe: Session | null | undefined; // opened when it is needed
  return async (steep) => {
    if (probe === undefined) {
      if (places.length < data.count) examples = subset(data, places);
      probe = openIfThereIsMemory(() => openProbe(backend, architecture, examples));
    }
    if (probe === null) return UNKNOWN;
    const pace = createPace(signal);
    await paced(copying(session.parameters, probe.parameters), pace);
    await paced(probe.running("passes"), pace);
    const { layers } = probe.plan;
    const output = layers[layers.length - 1]!;
    const answers = layers.map((layer) => panelsToRows(probe!, layer, examples.count));
    const strength = rms(answers[layers.length - 1]!) / rms(answers[0]!);
    const cost = probe.sumOfLosses() / examples.count;
    const errors = layers.map(({ rows }) => rms(viewOf(probe!.plan, probe!.machine.memory, rows)));
    let gradient: number | undefined;
    if (steep && gram) gradient = normInGramForm(probe, examples, places);
    else if (steep) {
      await paced(probe.running("gradients", 0, layers[0]!.blocks), pace);
      gradient = Math.sqrt(sum(probe.norms.subarray(0, layers[0]!.blocks)));
    }
    await paced(probe.running("outputs"), pace);
    const outputs = panelsToRows(probe, output, examples.count);
    return {
      ...(gradient !== undefined && { gradient }),
      ...{ signal: strength, cost, errors },
      ...spreadOf(outputs, output.units),
      skill: skillOfAnswers(architecture.loss, examples, outputs, output.units),
      silent: layers.slice(0, -1).map(({ units }, l) => shareSilent(answers[l]!, units)),
      saturated: layers.slice(0, -1).map((_, l) => shareAtEnds(answers[l]!, ENDS[architecture.layers[l]!.activation])),
    };
  };
}

// Share of the units that answer 0 or less in each of the rows (·, units).
function shareSilent(rows: Numbers, units: number): number {
  let silent = 0;
  for (let u = 0; u < units; u++) {
    let i = u;
    while (i < rows.length && !(rows[i]! > 0)) i += units;
    if (i >= rows.length) silent++;
  }
  return silent / units;
}

function shareAtEnds(rows: Numbers, ends: readonly [number, number] | undefined): number {
  if (!ends) return 0;
  let at = 0;
  for (const value of rows) if (value < ends[0] || value > ends[1]) at++;
  return at / rows.length;
}

// What outputs (·, units) know of the examples.
function skillOfAnswers(loss: Loss, data: Dataset, outputs: Numbers, units: number): number {
  const { y, count, classes } = data;
  if (classes !== null) {
    const counts = classCounts(data);
    let right = 0;
    for (let i = 0; i < count; i++) {
      const { label } = mostProbable(outputs.subarray(i * units, (i + 1) * units), losses[loss].boundary);
      if (label === y[i]) right++;
    }
    return skillOf(right / count, Math.max(...counts) / count);
  }
  const shares = explanation(units);
  for (let u = 0; u < units; u++) {
    let mean = 0;
    for (let i = 0; i < count; i++) mean += y[i * units + u]! / count;
    let [left, all] = [0, 0];
    for (let i = 0; i < count; i++) {
      left += (y[i * units + u]! - outputs[i * units + u]!) ** 2;
      all += (y[i * units + u]! - mean) ** 2;
    }
    shares.add(left, all);
  }
  return shares.explained();
}

// A diagnosis must not fail a training that has all the memory it needs itself.
function openIfThereIsMemory(openIt: () => Session): Session | null {
  try {
    return openIt();
  } catch (error) {
    if (error instanceof InputError && error.code === "E_MEMORY") return null;
    throw error;
  }
}

// Mean and largest standard deviation of the columns of rows (·, units).
function spreadOf(rows: Numbers, units: number): Pick<Measurement, "answer" | "deviation"> {
  const m = rows.length / units;
  const answer: number[] = [];
  let deviation = 0;
  for (let u = 0; u < units; u++) {
    let mean = 0;
    for (let i = 0; i < m; i++) mean += rows[i * units + u]! / m;
    let square = 0;
    for (let i = 0; i < m; i++) square += (rows[i * units + u]! - mean) ** 2 / m;
    answer.push(mean);
    deviation = Math.max(deviation, Math.sqrt(square));
  }
  return { answer, deviation };
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

function rms(values: Numbers): number {
  let square = 0;
  for (const value of values) square += value * value;
  return Math.sqrt(square / values.length);
}

// ‖dW‖² = Σ dz·(scale²·X·Xᵀ)·dzᵀ over the units: each row of the data begins with the products of its example with all
// others. The bias's gradient, Σ dz, is included, as in the norms of the blocks.
function normInGramForm(
  { plan, machine }: Session,
  { x, features, count }: Dataset,
  places: readonly number[],
): number {
  const { rows, np, units } = plan.layers[0]!;
  const stride = rows.length / np;
  const dz = viewOf(plan, machine.memory, rows);
  let square = 0;
  for (let u = 0; u < units; u++) {
    let bias = 0;
    // the products are symmetric: those left of the diagonal count twice
    for (let i = 0; i < count; i++) {
      bias += dz[u * stride + i]!;
      let half = (x[i * features + places[i]!]! * dz[u * stride + i]!) / 2;
      for (let j = 0; j < i; j++) half += x[i * features + places[j]!]! * dz[u * stride + j]!;
      square += 2 * dz[u * stride + i]! * half;
    }
    square += bias * bias;
  }
  return Math.sqrt(Math.max(0, square));
}

/** Units of each layer that answer 0 or less to every example of the whole data set. */
export async function countDeadUnits(
  backend: Backend,
  architecture: Architecture,
  training: LoadedParameters,
  { x, count, features, shape, scale }: Dataset,
  signal?: AbortSignal,
): Promise<number[]> {
  const examples = { x, count, features, shape, scale };
  const session = openInference(backend, architecture, examples);
  const pace = createPace(signal);
  await paced(copyingWeights(training, session), pace);
  const { layers } = session.plan;
  const alive = layers.map((layer) => new Uint8Array(layer.units));
  for await (const { count } of infer(session, examples, signal)) {
    for (const [l, layer] of layers.entries()) {
      markAlive(alive[l]!, panelsToRows(session, layer, count));
      await pace.breathe();
    }
  }
  return alive.map((units) => units.reduce((dead, unit) => dead + 1 - unit, 0));
}

// Marks the units that answer more than 0 in one of the rows.
function markAlive(alive: Uint8Array, rows: Numbers): void {
  for (let i = 0; i < rows.length; ) for (let u = 0; u < alive.length; u++, i++) if (rows[i]! > 0) alive[u] = 1;
}

const MOST_OF_CLASS = 50;

/**
 * Share that is found of each class: of examples that are held out, where there are at least 5 of each class, else of the
 * training's. NaN for a class without examples.
 */
export async function recallsOf(
  backend: Backend,
  architecture: Architecture,
  training: LoadedParameters,
  { data, validation }: { data: Dataset; validation: Dataset | null },
  signal?: AbortSignal,
): Promise<number[]> {
  const enough = validation?.classes && classCounts(validation).every((count) => count >= 5);
  const from = enough ? validation : data;
  if (from.classes === null) return [];
  const taken = from.classes.map(() => 0);
  const places: number[] = [];
  for (let i = 0; i < from.count; i++) if (taken[from.y[i]!]!++ < MOST_OF_CLASS) places.push(i);
  const session = openInference(backend, architecture, { ...from, count: places.length });
  await paced(copyingWeights(training, session), createPace(signal));
  const { confusion } = await evaluateWith(session, subset(from, places), signal);
  return confusion.map((row, c) => row[c]! / row.reduce((sum, count) => sum + count, 0));
}

/** Names the first tensor with NaN or infinity, in the order of the computation, after a step that met one. */
export function locateNotFinite({ session, feed }: Probed, weights: readonly LayerWeights[]): string {
  const bad = (values: Numbers) => values.findIndex((value) => !Number.isFinite(value));
  if (session.hasBadWeight()) {
    const l = weights.findIndex((layer) => arraysOf(layer).some(([, values]) => bad(values) >= 0));
    return `the weights of layer ${l + 1} after their update`;
  }
  const { first, count } = session.batch();
  for (const [l, layer] of session.plan.layers.entries()) {
    const i = bad(panelsToRows(session, layer, count));
    if (i < 0) continue;
    const example = feed.rowAt(session.order[first + Math.floor(i / layer.units)]!);
    return `the outputs of layer ${l + 1} (unit ${(i % layer.units) + 1}, example ${example})`;
  }
  return "the cost (the outputs are finite, their errors too large)";
}

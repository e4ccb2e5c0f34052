// Measurements of a training for the rules to judge: a fixed set of examples goes through a session of its own with the
// weights as they are, so that batches and threads play no part. Changes nothing in the training.

import type { Architecture } from "../architecture.js";
import type { Backend } from "../backend.js";
import { type Dataset, subset } from "../dataset.js";
import { InputError } from "../errors.js";
import { createPace } from "../pace.js";
import { viewOf } from "../plan.js";
import { arraysOf, type LayerWeights, type Numbers, panelsToRows, setWeights } from "../session/layout.js";
import { infer, openInference, openProbe, type Session } from "../session.js";
import type { Feed } from "../train/feed.js";

/** A measurement of the weights as they are, over the fixed set of examples. */
export interface Measurement {
  /** Norm of the first layer's gradient, weights and biases. */
  readonly gradient: number;
  /** Root mean square of what the loss takes of the last layer, over that of the first layer's activations. */
  readonly signal: number;
  /** Mean of each output over the examples: probabilities where there are classes. */
  readonly answer: readonly number[];
  /** Largest standard deviation of an output over the examples. */
  readonly deviation: number;
}

/** What is needed to measure a training. */
export interface Probed {
  readonly session: Session;
  /** The data as the session trains on them: in Gram form these are products, of a source some examples. */
  readonly data: Dataset;
  readonly feed: Pick<Feed, "rowAt">;
}

const MOST_EXAMPLES = 256;
const UNKNOWN: Measurement = { gradient: Number.NaN, signal: Number.NaN, answer: [], deviation: Number.NaN };

/**
 * What measures the weights that `training` has at the moment of each call; all NaN where there is no memory for it.
 */
export function createProbe(
  backend: Backend,
  { session, data }: Omit<Probed, "feed">,
  signal?: AbortSignal,
): () => Promise<Measurement> {
  const { architecture, gram = false } = session.plan.request;
  const places = spread(data, MOST_EXAMPLES);
  const examples = places.length === data.count ? data : subset(data, places);
  let probe: Session | null | undefined; // opened when it is needed
  return async () => {
    if (probe === undefined) probe = openIfThereIsMemory(() => openProbe(backend, architecture, examples));
    if (probe === null) return UNKNOWN;
    probe.parameters.set(session.parameters);
    const pace = createPace(signal);
    await probe.runPaced("passes", pace);
    const { layers } = probe.plan;
    const output = layers[layers.length - 1]!;
    const strength =
      rms(panelsToRows(probe, output, examples.count)) / rms(panelsToRows(probe, layers[0]!, examples.count));
    let gradient: number;
    if (gram) gradient = normInGramForm(probe, examples, places);
    else {
      probe.run("gradients", 0, layers[0]!.blocks);
      gradient = Math.sqrt(sum(probe.norms.subarray(0, layers[0]!.blocks)));
    }
    probe.run("outputs");
    return { gradient, signal: strength, ...spreadOf(panelsToRows(probe, output, examples.count), output.units) };
  };
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

/** At most `most` places in a data set, in order: spread evenly over it, and over the classes by their shares. */
export function spread(data: Dataset, most: number): number[] {
  const all = Array.from({ length: data.count }, (_, i) => i);
  if (data.count <= most) return all;
  const { y, classes } = data;
  const sorted = classes === null ? all : all.sort((a, b) => y[a]! - y[b]! || a - b);
  const places = Array.from({ length: most }, (_, i) => sorted[Math.floor(((i + 0.5) * data.count) / most)]!);
  return places.sort((a, b) => a - b);
}

/** Range and root mean square of the inputs as the network sees them, from at most 1,000,000 of them. */
export function measureInputs({ x, scale, features }: Dataset): { rms: number; least: number; most: number } {
  let step = Math.max(1, Math.floor(x.length / 1_000_000));
  while (commonDivisor(step, features) > 1) step++; // or some features would never be seen
  let [square, count, least, most] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < x.length; i += step) {
    const value = x[i]! * scale;
    square += value * value;
    count++;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return { rms: Math.sqrt(square / count), least, most };
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));

/** Units of each layer that answer 0 or less to every example of the whole data set. */
export async function countDeadUnits(
  backend: Backend,
  architecture: Architecture,
  weights: readonly LayerWeights[],
  { x, count, features, shape, scale }: Dataset,
  signal?: AbortSignal,
): Promise<number[]> {
  const examples = { x, count, features, shape, scale };
  const session = openInference(backend, architecture, examples);
  setWeights(session, weights);
  const { layers } = session.plan;
  const alive = layers.map((layer) => new Uint8Array(layer.units));
  for await (const batch of infer(session, examples, signal)) {
    layers.forEach((layer, l) => {
      panelsToRows(session, layer, batch.count).forEach((value, i) => {
        if (value > 0) alive[l]![i % layer.units] = 1;
      });
    });
  }
  return alive.map((units) => units.reduce((dead, unit) => dead + 1 - unit, 0));
}

/** The first hidden layer whose units all have the same weights, and the first of these; null when there is none. */
export function findSymmetricLayer(
  { layers }: Architecture,
  weights: readonly LayerWeights[],
): { layer: number; units: number; weight: number } | null {
  for (let l = 0; l < layers.length - 1; l++) {
    const { inputs, units } = layers[l]!;
    const { weight } = weights[l]!;
    if (units > 1 && weight.every((value, i) => i < inputs || value === weight[i - inputs])) {
      return { layer: l + 1, units, weight: weight[0]! };
    }
  }
  return null;
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

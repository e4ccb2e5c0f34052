// Numbers taken from a session while it trains, for diagnose.ts to judge. Cheap: one look at the last step's
// activations and at the first layer's gradient for each record of the cost.

import * as P from "../../assembly/program.js";
import type { Dataset } from "../dataset.js";
import { createPace } from "../pace.js";
import { getWeights, type Numbers, panelsToRows } from "../session/layout.js";
import type { Session } from "../session.js";

/** One look at the last finished step. */
export interface Measurement {
  /** Norm of the first layer's weight gradient. */
  readonly gradient: number;
  /** Root mean square of the last layer's values before its activation, over that of the first layer's activations. */
  readonly signal: number;
  /** Mean of each output over the examples: probabilities where there are classes. */
  readonly answer: readonly number[];
  /** Largest standard deviation of an output over the examples. */
  readonly deviation: number;
}

/** Measures the last step. Turns the session's logits into probabilities; the next step writes them anew. */
export function measure(session: Session): Measurement {
  const { layers } = session.plan;
  const m = session.control.header[P.EXAMPLES]!;
  const outputs = layers[layers.length - 1]!;
  const signal = rms(panelsToRows(session, outputs, m)) / rms(panelsToRows(session, layers[0]!, m));
  session.machine.panels(P.OUTPUT, 0, Math.ceil(m / P.LANES));
  const rows = panelsToRows(session, outputs, m);
  const answer: number[] = [];
  let deviation = 0;
  for (let u = 0; u < outputs.units; u++) {
    let mean = 0;
    for (let i = 0; i < m; i++) mean += rows[i * outputs.units + u]! / m;
    let square = 0;
    for (let i = 0; i < m; i++) square += (rows[i * outputs.units + u]! - mean) ** 2 / m;
    answer.push(mean);
    deviation = Math.max(deviation, Math.sqrt(square));
  }
  return { gradient: gradientNorm(session), signal, answer, deviation };
}

function rms(values: Numbers): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / values.length);
}

function gradientNorm({ plan, gradient, firstGradientNorm }: Session): number {
  if (firstGradientNorm) return firstGradientNorm();
  const { weight, bias } = plan.layers[0]!;
  let sum = 0;
  for (let i = weight; i < bias; i++) sum += gradient[i]! * gradient[i]!;
  return Math.sqrt(sum);
}

/** Range and root mean square of the inputs as the network sees them, from at most 1,000,000 of them. */
export function measureInputs({ x, scale }: Dataset): { rms: number; least: number; most: number } {
  const step = Math.max(1, Math.floor(x.length / 1_000_000));
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

/** Units of each layer that answer 0 or less to every example, by forward passes over the whole data set. */
export async function countDeadUnits(session: Session): Promise<number[]> {
  const { plan, machine, control } = session;
  const { header } = control;
  const pace = createPace();
  const alive = plan.layers.map((layer) => new Uint8Array(layer.units));
  // one panel at a time, as a batch of its own at the start of the buffers
  for (let first = 0; first < plan.request.count; first += P.LANES) {
    header[P.START] = first;
    header[P.EXAMPLES] = Math.min(P.LANES, plan.request.count - first);
    machine.panels(P.FORWARD, 0, 1);
    plan.layers.forEach((layer, l) => {
      panelsToRows(session, layer, header[P.EXAMPLES]!).forEach((value, i) => {
        if (value > 0) alive[l]![i % layer.units] = 1;
      });
    });
    await pace.breathe();
  }
  header[P.START] = 0;
  return alive.map((units) => units.reduce((dead, unit) => dead + 1 - unit, 0));
}

/** Layer in which all units have the same weights, and their first weight; null when there is none. */
export function findSymmetricLayer(session: Session): { layer: number; units: number; weight: number } | null {
  const weights = getWeights(session);
  const { layers } = session.plan;
  for (let l = 0; l < layers.length - 1; l++) {
    const { inputs, units } = layers[l]!;
    const { weight } = weights[l]!;
    if (units > 1 && weight.every((value, i) => i < inputs || value === weight[i - inputs])) {
      return { layer: l + 1, units, weight: weight[0]! };
    }
  }
  return null;
}

/** Names the first tensor with NaN or infinity, in the order of the computation. */
export function locateNotFinite(session: Session): string {
  const { plan, control, order } = session;
  const bad = (values: Numbers) => values.findIndex((value) => !Number.isFinite(value));
  if (control.header[P.BAD_UPDATE]) {
    const l = getWeights(session).findIndex(({ weight, bias }) => bad(weight) >= 0 || bad(bias) >= 0);
    return `the weights of layer ${l + 1} after their update`;
  }
  for (const [l, layer] of plan.layers.entries()) {
    const i = bad(panelsToRows(session, layer, control.header[P.EXAMPLES]!));
    if (i < 0) continue;
    const example = order[control.header[P.START]! + Math.floor(i / layer.units)];
    return `the outputs of layer ${l + 1} (unit ${(i % layer.units) + 1}, example ${example})`;
  }
  return "the cost (the outputs are finite, their errors too large)";
}

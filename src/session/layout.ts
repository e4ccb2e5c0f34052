// Between the user's arrays and a plan's memory: rows into strips or panels, weights into strips, and back.

import * as P from "../../assembly/program.js";
import { type Architecture, LEARNT, STATISTICS, vectorsOf } from "../architecture.js";
import type { Machine } from "../backend.js";
import { losses } from "../catalogue.js";
import type { Dataset, Examples } from "../dataset.js";
import { InputError } from "../errors.js";
import { show } from "../options/check.js";
import { atOnce, inParts } from "../pace.js";
import { type Plan, type PlannedLayer, type PlanRequest, panelOf, viewOf, weightAt } from "../plan.js";

/** Numbers in a network's own type. */
export type Numbers = Float32Array | Float64Array;

/** Weights of a layer as the user sees them: weight (units, inputs) row-major, and vectors (units). */
export interface LayerWeights {
  readonly weight: Numbers;
  readonly bias: Numbers;
  /** Of a normalised layer: what its units are multiplied by, and what is added then. */
  readonly gamma?: Numbers;
  readonly beta?: Numbers;
  /** Of a layer with prelu: slopes below 0. */
  readonly slope?: Numbers;
  /** Of a layer that is normalised over the batch: running mean and variance. */
  readonly mean?: Numbers;
  readonly variance?: Numbers;
}

/** The same as it is handed in. */
export type GivenWeights = { readonly [Name in keyof LayerWeights]: ArrayLike<number> };

/** The arrays of a layer's weights by name, in the order of files and fingerprints. */
export const arraysOf = (weights: LayerWeights): [name: keyof LayerWeights, values: Numbers][] =>
  (["weight", ...LEARNT, ...STATISTICS] as const).flatMap((name) => (weights[name] ? [[name, weights[name]]] : []));

/** A copy of a layer's weights. */
export const cloneOf = (weights: LayerWeights): LayerWeights =>
  Object.fromEntries(arraysOf(weights).map(([name, values]) => [name, values.slice()])) as unknown as LayerWeights;

/** A plan in a backend's memory. */
export interface Loaded {
  readonly plan: Plan;
  readonly machine: Machine;
}

/** The parameters of a loaded plan, and their gradient where it keeps one. */
export interface LoadedParameters extends Loaded {
  readonly parameters: Numbers;
  readonly gradient: Numbers;
  /** Weights (units, inputs) of the first layer, where the plan has them in another form (gram.ts). */
  readonly firstWeight?: (values: Numbers) => Generator<void, Numbers>;
}

/** An empty array of the architecture's type. */
export function numbers({ dtype }: Pick<Architecture, "dtype">, length: number): Numbers {
  return dtype === "float64" ? new Float64Array(length) : new Float32Array(length);
}

/** A copy of a network's weights in its own type. Throws E_OPTION for other layers than its own, and for
 * NaN and infinity. */
export function copyOf(architecture: Architecture, values: readonly GivenWeights[]): LayerWeights[] {
  const { layers } = architecture;
  const refuse = (problem: string): never => {
    throw new InputError("E_OPTION", `weights: ${problem}.`);
  };
  if (!Array.isArray(values) || values.length !== layers.length) {
    const got = Array.isArray(values) ? `${values.length} layers` : show(values);
    refuse(`got ${got}; pass a list of ${layers.length}, each with weight and bias`);
  }
  return layers.map((layer, l) => {
    const { inputs, units } = layer;
    const take = (name: keyof LayerWeights, length: number): Numbers => {
      const given: ArrayLike<number> | undefined = values[l]?.[name];
      if (given?.length !== length) {
        return refuse(`${name} of layer ${l + 1} has ${given?.length ?? "no"} numbers; it wants ${length}`);
      }
      const copy = numbers(architecture, length);
      for (let i = 0; i < length; i++) {
        const value: unknown = given[i];
        if (typeof value !== "number" || !Number.isFinite(value)) {
          refuse(`${name} of layer ${l + 1} has ${show(value)} at ${i}; every number must be finite`);
        }
        copy[i] = value as number;
      }
      return copy;
    };
    const vectors = vectorsOf(layer).map((name) => [name, take(name, units)]);
    return { weight: take("weight", inputs * units), ...Object.fromEntries(vectors) } as LayerWeights;
  });
}

/** Activations of a layer for the first `count` examples of the batch, as rows (count, units). */
export function panelsToRows(session: Loaded, layer: PlannedLayer, count: number): Numbers {
  const panels = viewOf(session.plan, session.machine.memory, layer.activations);
  const rows = numbers(session.plan.request.architecture, count * layer.units);
  rowsOf(panels, layer, count, rows, 0);
  return rows;
}

/** The first `count` examples of panels as rows, from element `to` of `rows` on. */
export function rowsOf(
  panels: Numbers,
  { np, units }: Pick<PlannedLayer, "np" | "units">,
  count: number,
  rows: Numbers,
  to: number,
): void {
  for (let i = 0; i < count; i++) {
    const panel = placeInPanels(i, np);
    for (let u = 0; u < units; u++) rows[to++] = panels[panel + u * P.LANES]!;
  }
}

// The first number of example i in panels of so many rows; its others are LANES apart.
const placeInPanels = (i: number, rows: number) => Math.floor(i / P.LANES) * panelOf(rows) + (i % P.LANES);

/** Writes weights into the session's parameters. Yields now and then, as there can be very many. */
export function* settingWeights(session: LoadedParameters, weights: readonly LayerWeights[]): Generator<void> {
  const { parameters } = session;
  for (const [l, layer] of session.plan.layers.entries()) {
    const { weight } = weights[l]!;
    if (layer.strips === "units") {
      yield* inParts(Math.ceil(layer.units / P.UNITS), P.UNITS * layer.inputs, (from, to) => {
        for (let strip = from; strip < to; strip++) setStrip(parameters, layer, weight, strip * P.UNITS);
      });
    } else {
      yield* inRuns(layer, (from, place, length) => {
        parameters.set(weight.subarray(from, from + length), layer.weight + place);
      });
    }
    for (const [name, place] of layer.vectors) parameters.set(weights[l]![name]!, place);
  }
}

/** The same at once. */
export const setWeights = (...wanted: Parameters<typeof settingWeights>): void => atOnce(settingWeights(...wanted));

// The strip of the units from `first` on, input by input: it has no runs of the user's rows.
function setStrip(parameters: Numbers, layer: PlannedLayer, weight: Numbers, first: number): void {
  const { inputs, units } = layer;
  const rows = Math.min(P.UNITS, units - first);
  let place = layer.weight + weightAt(layer, first, 0);
  for (let k = 0; k < inputs; k++, place += P.UNITS) {
    for (let u = 0; u < rows; u++) parameters[place + u] = weight[(first + u) * inputs + k]!;
  }
}

/** Reads weights out of a session into arrays of the user's layout. Yields now and then. */
export const readingWeights = (
  session: LoadedParameters,
  values = session.parameters,
): Generator<void, LayerWeights[]> => readingLayers(session, values, session.firstWeight);

/** The same at once. */
export const getWeights = (...wanted: Parameters<typeof readingWeights>): LayerWeights[] =>
  atOnce(readingWeights(...wanted));

/** Reads the gradient of the weights out of a session that keeps it. Yields now and then. */
export const readingGradient = (session: LoadedParameters): Generator<void, LayerWeights[]> =>
  readingLayers(session, session.gradient);

/** The same at once. */
export const getGradient = (session: LoadedParameters): LayerWeights[] => atOnce(readingGradient(session));

function* readingLayers(
  { plan }: Loaded,
  values: Numbers,
  firstWeight?: LoadedParameters["firstWeight"],
): Generator<void, LayerWeights[]> {
  const read: LayerWeights[] = [];
  for (const [l, layer] of plan.layers.entries()) {
    const vectors = Object.fromEntries(
      [...layer.vectors].map(([name, place]) => [name, values.slice(place, place + layer.units)]),
    ) as Record<"bias", Numbers>;
    if (l === 0 && firstWeight) {
      read.push({ weight: yield* firstWeight(values), ...vectors });
      continue;
    }
    const weight = numbers(plan.request.architecture, layer.units * layer.inputs);
    yield* inRuns(layer, (from, place, length) => {
      const start = layer.weight + place;
      weight.set(values.subarray(start, start + length), from);
    });
    read.push({ weight, ...vectors });
  }
  return read;
}

/** Gives one session the weights of another of the same network. Yields now and then. */
export function* copyingWeights(
  from: LoadedParameters,
  to: LoadedParameters,
  values = from.parameters,
): Generator<void> {
  if (from.firstWeight) yield* settingWeights(to, yield* readingWeights(from, values));
  else yield* copying(values, to.parameters);
}

/** The same at once. */
export const copyWeights = (...wanted: Parameters<typeof copyingWeights>): void => atOnce(copyingWeights(...wanted));

/** Copies numbers to the start of others, which it returns. Yields now and then. */
export function* copying<A extends Numbers>(from: Numbers, to: A): Generator<void, A> {
  yield* inParts(from.length, 1, (first, last) => to.set(from.subarray(first, last), first));
  return to;
}

/** A copy of numbers. Yields now and then. */
export const cloning = (values: Numbers): Generator<void, Numbers> =>
  copying(values, new (values.constructor as new (length: number) => Numbers)(values.length));

// Runs of weights that lie together in the user's rows (from element `from` on) and in the plan's strips (`place`).
const inRuns = (layer: PlannedLayer, visit: (from: number, place: number, length: number) => void): Generator<void> =>
  inParts(layer.units, layer.inputs, (first, last) => forRuns(layer, first, last, visit));

// The same of the units [first, last).
function forRuns(
  layer: PlannedLayer,
  first: number,
  last: number,
  visit: (from: number, place: number, length: number) => void,
): void {
  for (let u = first; u < last; u++) {
    for (let k = 0; k < layer.inputs; k += P.COLUMNS) {
      visit(u * layer.inputs + k, weightAt(layer, u, k), Math.min(P.COLUMNS, layer.inputs - k));
    }
  }
}

/** How a plan holds inputs and targets: labels as class indices, or as numbers where the loss wants numbers. */
export function heldAs({ loss }: Architecture, data: Examples | Dataset): Pick<PlanRequest, "x" | "y"> {
  const x = data.x instanceof Uint8Array ? "uint8" : data.x instanceof Float32Array ? "float32" : "float64";
  if (!("y" in data)) return { x, y: null };
  return { x, y: data.classes !== null && losses[loss].targets === "labels" ? "labels" : "numbers" };
}

/**
 * Copies `count` examples from `first` on into the plan's strips, from place `to` on, each of which holds COLUMNS features
 * of every example the plan has room for; or into its panels, where it has those.
 */
export function copyRows(
  { plan, machine }: Loaded,
  { x, features }: Examples,
  first: number,
  count: number,
  to = 0,
): void {
  const { offset, length } = plan.x;
  const { memory } = machine;
  if (plan.request.x === "panels") {
    const panels = viewOf(plan, memory, plan.x);
    const { kp } = plan.layers[0]!;
    for (let i = 0; i < count; i++) {
      const panel = placeInPanels(to + i, kp);
      for (let j = 0, q = (first + i) * features; j < features; j++) panels[panel + j * P.LANES] = x[q + j]!;
    }
    return;
  }
  const strips =
    plan.request.x === "uint8"
      ? new Uint8Array(memory, offset, length)
      : plan.request.x === "float32"
        ? new Float32Array(memory, offset, length)
        : new Float64Array(memory, offset, length);
  for (let k = 0; k < features; k += P.COLUMNS) {
    const width = Math.min(P.COLUMNS, features - k);
    const strip = k * plan.request.count;
    for (let i = 0; i < count; i++) {
      const from = (first + i) * features + k;
      strips.set(x.subarray(from, from + width), strip + (to + i) * width);
    }
  }
}

/** Copies the targets of `count` examples from `first` on into the plan's memory, from place `to` on. */
export function copyTargets({ plan, machine }: Loaded, data: Dataset, first: number, count: number, to = 0): void {
  if (plan.request.y === "labels") {
    new Int32Array(machine.memory, plan.y.offset, plan.y.length).set(data.y.subarray(first, first + count), to);
    return;
  }
  const outputs = plan.layers[plan.layers.length - 1]!.units;
  const targets = viewOf(plan, machine.memory, plan.y);
  if (data.classes === null) {
    targets.set(data.y.subarray(first * outputs, (first + count) * outputs), to * outputs);
    return;
  }
  // classes as numbers: 0 and 1 for one output, else one-hot
  targets.fill(0, to * outputs, (to + count) * outputs);
  for (let i = 0; i < count; i++) {
    const label = data.y[first + i]!;
    if (outputs === 1) targets[to + i] = label;
    else targets[(to + i) * outputs + label] = 1;
  }
}

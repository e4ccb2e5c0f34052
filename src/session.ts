// A plan loaded into a backend, with named views of its memory: sets and reads weights, brings examples in, runs
// steps or forward passes. Knows nothing of costs over time, logs or files.

import * as P from "../assembly/program.js";
import type { Backend, Machine } from "./backend.js";
import { batchCost, beginBatch, type Control, controlOf } from "./batch.js";
import type { Architecture, OptimizerName } from "./config.js";
import type { Dataset, Examples } from "./dataset.js";
import { createPace } from "./pace.js";
import { compile, type Plan, type PlannedLayer, type PlanRequest, viewOf, weightAt } from "./plan.js";

/** Numbers in a network's own type. */
export type Numbers = Float32Array | Float64Array;

/** Weights of a layer as the user sees them: weight (units, inputs) row-major, bias (units). */
export interface LayerWeights {
  readonly weight: Numbers;
  readonly bias: Numbers;
}

/** An empty array of the architecture's type. */
export function numbers(architecture: Architecture, length: number): Numbers {
  return architecture.dtype === "float64" ? new Float64Array(length) : new Float32Array(length);
}

export interface Session {
  readonly plan: Plan;
  readonly machine: Machine;
  readonly control: Control;
  readonly costs: Float64Array;
  readonly order: Int32Array;
  readonly parameters: Numbers;
  /** Complete after a step with KEEP set, and in a plan without an optimizer. */
  readonly gradient: Numbers;
  /** Weights (units, inputs) of the first layer, or their gradient, where the plan has it in another form (gram.ts). */
  readonly expand?: (source: "parameters" | "gradient") => Numbers;
  /** Norm of that gradient, without forming it. */
  readonly firstGradientNorm?: () => number;
}

/** Loads a plan for `request` into `backend`; the examples' order is that of the data. Throws E_MEMORY. */
export function open(backend: Backend, request: PlanRequest): Session {
  const plan = compile(request);
  const machine = backend.load(plan);
  const order = new Int32Array(machine.memory, plan.order.offset, plan.order.length);
  for (let i = 0; i < request.count; i++) order[i] = i;
  return {
    plan,
    machine,
    control: controlOf(plan, machine.memory),
    costs: new Float64Array(machine.memory, plan.costs.offset, plan.costs.length),
    order,
    parameters: viewOf(plan, machine.memory, plan.parameters),
    gradient: viewOf(plan, machine.memory, plan.gradient),
  };
}

/** What a plan for training on `data` is compiled from. */
export function trainingRequest(
  architecture: Architecture,
  data: Dataset,
  batch: number,
  optimizer: OptimizerName | null,
  form: Partial<Pick<PlanRequest, "threads" | "gram" | "x">> = {},
): PlanRequest {
  return { architecture, count: data.count, batch, optimizer, train: true, ...kindOf(architecture, data), ...form };
}

/** A session that trains on `data`, whose rows are copied into its memory as they are. */
export function openTraining(backend: Backend, ...what: Parameters<typeof trainingRequest>): Session {
  const [, data] = what;
  const session = open(backend, trainingRequest(...what));
  session.control.hyper[P.INPUT_SCALE] = data.scale;
  copyRows(session, data, 0, data.count);
  copyTargets(session, data, 0, data.count);
  return session;
}

/** Examples that a forward pass takes at a time: a panel or more, up to about 20 million multiplications. */
function stageOf({ layers }: Architecture, count: number): number {
  const products = layers.reduce((sum, { inputs, units }) => sum + inputs * units, 0);
  const panels = Math.min(32, Math.max(1, Math.floor(2e7 / products / P.LANES)));
  return Math.min(panels * P.LANES, count);
}

/** A session for forward passes over batches that are brought in one after the other. */
export function openForward(backend: Backend, architecture: Architecture, data: Examples | Dataset): Session {
  const batch = stageOf(architecture, data.count);
  const kind = "y" in data ? kindOf(architecture, data) : { x: typeOf(data.x), labels: true };
  const session = open(backend, { architecture, count: batch, batch, optimizer: null, train: false, ...kind });
  session.control.hyper[P.INPUT_SCALE] = data.scale;
  return session;
}

/** What a forward pass over one batch gave. */
export interface ForwardBatch {
  /** Position of the batch's first example in the data set. */
  readonly first: number;
  readonly count: number;
  /** Sum of the batch's losses; NaN without targets. */
  readonly loss: number;
  /** (count, outputs), row-major. */
  readonly outputs: Numbers;
}

/** Runs the network over all of `data`, batch by batch, with pauses for the event loop. */
export async function* forward(session: Session, data: Examples | Dataset): AsyncGenerator<ForwardBatch> {
  const { plan, machine, control } = session;
  const stage = plan.request.batch;
  const pace = createPace();
  const targets = "y" in data;
  for (let first = 0; first < data.count; first += stage) {
    const count = Math.min(stage, data.count - first);
    control.header[P.COUNT] = count;
    copyRows(session, data, first, count);
    if (targets) copyTargets(session, data, first, count);
    const panels = beginBatch(control);
    for (let p = 0; p < panels; p += P.GROUP) {
      const end = Math.min(p + P.GROUP, panels);
      machine.panels(P.FORWARD, p, end);
      if (targets) machine.panels(P.LOSS, p, end);
      machine.panels(P.OUTPUT, p, end);
    }
    const last = plan.layers[plan.layers.length - 1]!;
    const loss = targets ? batchCost(control) * count : Number.NaN;
    yield { first, count, loss, outputs: panelsToRows(session, last, count) };
    await pace.breathe();
  }
}

/** Activations of a layer for the first `count` examples of the batch, as rows (count, units). */
export function panelsToRows(session: Session, layer: PlannedLayer, count: number): Numbers {
  const panels = viewOf(session.plan, session.machine.memory, layer.activations);
  const rows = numbers(session.plan.request.architecture, count * layer.units);
  for (let i = 0; i < count; i++) {
    const panel = Math.floor(i / P.LANES) * layer.np * P.LANES + (i % P.LANES);
    for (let u = 0; u < layer.units; u++) rows[i * layer.units + u] = panels[panel + u * P.LANES]!;
  }
  return rows;
}

/** Writes weights into the session's parameters. */
export function setWeights(session: Session, weights: readonly LayerWeights[]): void {
  session.plan.layers.forEach((layer, l) => {
    const { weight, bias } = weights[l]!;
    forRuns(layer, (from, place, length) => {
      session.parameters.set(weight.subarray(from, from + length), layer.weight + place);
    });
    session.parameters.set(bias, layer.bias);
  });
}

/** Reads weights, or their gradient, out of a session into arrays of the user's layout. */
export function getWeights(session: Session, source: "parameters" | "gradient" = "parameters"): LayerWeights[] {
  const { architecture } = session.plan.request;
  const values = session[source];
  return session.plan.layers.map((layer, l) => {
    const bias = values.slice(layer.bias, layer.bias + layer.units);
    if (l === 0 && session.expand) return { weight: session.expand(source), bias };
    const weight = numbers(architecture, layer.units * layer.inputs);
    forRuns(layer, (from, place, length) => {
      const start = layer.weight + place;
      weight.set(values.subarray(start, start + length), from);
    });
    return { weight, bias };
  });
}

// Runs of weights that lie together in the user's rows (from element `from` on) and in the plan's strips (`place`).
function forRuns(layer: PlannedLayer, visit: (from: number, place: number, length: number) => void): void {
  for (let u = 0; u < layer.units; u++) {
    for (let k = 0; k < layer.inputs; k += P.COLUMNS) {
      visit(u * layer.inputs + k, weightAt(layer, u, k), Math.min(P.COLUMNS, layer.inputs - k));
    }
  }
}

function typeOf(x: Examples["x"]): PlanRequest["x"] {
  if (x instanceof Uint8Array) return "uint8";
  return x instanceof Float32Array ? "float32" : "float64";
}

/** How a plan holds inputs and targets: class indices go into the cross-entropies; the squared error wants numbers. */
export function kindOf(architecture: Architecture, data: Dataset): Pick<PlanRequest, "x" | "labels"> {
  return { x: typeOf(data.x), labels: data.classes !== null && architecture.loss !== "meanSquaredError" };
}

// Rows go into the plan's strips, each of which holds COLUMNS features of every example the plan has room for, or, where
// it has them, into panels.
export function copyRows({ plan, machine }: Session, { x, features }: Examples, first: number, count: number): void {
  const { offset, length } = plan.x;
  const { memory } = machine;
  if (plan.request.x === "panels") {
    const panels = viewOf(plan, memory, plan.x);
    const { kp } = plan.layers[0]!;
    for (let i = 0; i < count; i++) {
      const panel = Math.floor(i / P.LANES) * kp * P.LANES + (i % P.LANES);
      for (let j = 0; j < features; j++) panels[panel + j * P.LANES] = x[i * features + j]!;
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
      strips.set(x.subarray(from, from + width), strip + i * width);
    }
  }
}

function copyTargets(session: Session, data: Dataset, first: number, count: number): void {
  const { plan, machine } = session;
  if (plan.request.labels) {
    new Int32Array(machine.memory, plan.y.offset, count).set(data.y.subarray(first, first + count));
    return;
  }
  const outputs = plan.layers[plan.layers.length - 1]!.units;
  const targets = viewOf(plan, machine.memory, plan.y);
  if (data.classes === null) {
    targets.set(data.y.subarray(first * outputs, (first + count) * outputs));
    return;
  }
  // classes as numbers: 0 and 1 for one output, else one-hot
  targets.fill(0);
  for (let i = 0; i < count; i++) {
    const label = data.y[first + i]!;
    if (outputs === 1) targets[i] = label;
    else targets[i * outputs + label] = 1;
  }
}

// A plan loaded into a backend, with named views of its memory: sets and reads weights, brings examples in, runs
// steps or forward passes. Knows nothing of costs over time, logs or files.

import * as P from "../assembly/program.js";
import type { Architecture } from "./architecture.js";
import type { Backend } from "./backend.js";
import type { OptimizerName } from "./catalogue.js";
import type { Dataset, Examples } from "./dataset.js";
import { createPace } from "./pace.js";
import { batchCost, beginBatch, type Control, controlOf } from "./plan/header.js";
import { compile, type PlanRequest, viewOf } from "./plan.js";
import { copyRows, copyTargets, kindOf, type Loaded, type Numbers, panelsToRows, typeOf } from "./session/layout.js";

export interface Session extends Loaded {
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

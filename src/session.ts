// A plan loaded into a backend, with named views of its memory: brings examples in, runs phases, whole steps, or the
// network over a data set. Knows nothing of costs over time, logs or files. What lies where is session/layout.ts's.

import * as P from "../assembly/program.js";
import type { Architecture } from "./architecture.js";
import { beginDispatch, panelsOf, phaseInPieces, stepInPieces } from "./backend/step.js";
import type { Backend } from "./backend.js";
import type { StepName } from "./catalogue.js";
import type { Dataset, Examples } from "./dataset.js";
import { atOnce, createPace, inParts, type Pace, paced } from "./pace.js";
import { compile, type PhaseName, type PlanRequest, type Purpose, phasesOf, viewOf } from "./plan.js";
import { copyRows, copyTargets, heldAs, type LoadedParameters, type Numbers, panelsToRows } from "./session/layout.js";

/** Hyperparameters of an update. */
export interface Hyperparameters {
  readonly learningRate: number;
  readonly momentum: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Largest norm of a gradient, and largest size of its elements; 0 for any. */
  readonly clipNorm: number;
  readonly clipValue: number;
  readonly l1: number;
  readonly ema: number;
  readonly swaStart: number;
  readonly swaEvery: number;
  readonly maxNorm: number;
}

export interface Session extends LoadedParameters {
  /** costs[i]: the cost before update i of the last dispatch, or of the step that could not be finished. */
  readonly costs: Float64Array;
  /** Running average of the parameters, in a plan that keeps one. */
  readonly average: Numbers;
  /** Rates of the next iterations, in a plan that is scheduled; empty in others. */
  readonly rates: Float64Array;
  /** Sum of squares of each block's gradient, in a plan that has them. */
  readonly norms: Float64Array;
  /** Hyperparameters and what follows from the updates so far, as the plan has them. */
  readonly hyper: Float64Array;
  /** The order in which the examples are visited. */
  readonly order: Int32Array;
  /** The current batch: the one of the next step, or of the step that could not be finished. */
  batch(): { readonly first: number; readonly count: number };
  /** Sum of the batch's losses, in the order of the examples. */
  sumOfLosses(): number;
  /** Whether an update gave a weight that is not finite. */
  hasBadWeight(): boolean;
  setHyperparameters(values: Hyperparameters): void;
  /** Takes those that are options, not states, from other hyperparameters. */
  setOptions(hyper: Float64Array): void;
  /** Makes the batch that of `count` examples from place `first` of the order on. */
  goTo(first: number, count: number): void;
  /** The next dispatch begins with number `first` of the rates. */
  setRates(first: number): void;
  /** What raw numbers are multiplied by. @default 1 */
  setScale(scale: number): void;
  /** Makes the first `count` examples in memory all there are, and the batch one of the usual size from place `first` on. */
  setStage(count: number, first?: number): void;
  /** Makes the first `count` examples in memory the batch, as if there were no others. */
  setBatch(count: number): void;
  /** Runs a phase over [from, to) of its panels or blocks, all of them if not said; where it is in parts, all these. */
  run(phase: PhaseName, from?: number, to?: number): void;
  /** The same in pieces: yields after each. */
  running(phase: PhaseName, from?: number, to?: number): Generator<void>;
  /** Up to `count` whole steps at once, on this thread; returns how many were finished. */
  steps(count: number): number;
  /** One step with pauses in it. An abort is heard until weights change, and leaves the step undone. Returns 0 or 1. */
  stepPaced(pace: Pace): Promise<number>;
}

/** Hyperparameters that a training changes itself. */
const STATES: ReadonlySet<string> = new Set<keyof typeof P.Hyper>([
  "beta1Power",
  "beta2Power",
  "updates",
  "nadamPower",
  "nadamProduct",
  "gradientScale",
  "averageShare",
]);

/** Loads a plan for `request` into `backend`; the examples' order is that of the data. Throws E_MEMORY. */
export function open(backend: Backend, request: PlanRequest): Session {
  const plan = compile(request);
  const machine = backend.load(plan);
  const { memory } = machine;
  const header = new Int32Array(memory, plan.program, P.HYPER / 4);
  const hyper = new Float64Array(memory, plan.program + P.HYPER, (P.RECORDS - P.HYPER) / 8);
  const order = new Int32Array(memory, plan.order.offset, plan.order.length);
  for (let i = 0; i < request.count; i++) order[i] = i;
  const losses = viewOf(plan, memory, plan.losses);
  const sizeOf = (phase: number) => {
    const { over, blocks } = plan.phases[phase]!;
    return over === "panels" ? panelsOf(header) : blocks;
  };
  hyper[P.Hyper.inputScale] = 1;
  return {
    plan,
    machine,
    ...{ order, hyper },
    costs: new Float64Array(memory, plan.costs.offset, plan.costs.length),
    average: viewOf(plan, memory, plan.average),
    rates: new Float64Array(memory, plan.rates.offset, plan.rates.length),
    norms: new Float64Array(memory, plan.norms.offset, plan.norms.length),
    parameters: viewOf(plan, memory, plan.parameters),
    gradient: viewOf(plan, memory, plan.gradient),
    batch: () => ({ first: header[P.Header.start]!, count: header[P.Header.examples]! }),
    sumOfLosses() {
      let sum = 0;
      for (let i = 0; i < header[P.Header.examples]!; i++) sum += losses[i]!;
      return sum;
    },
    hasBadWeight: () => header[P.Header.badUpdate] !== 0,
    setHyperparameters(values) {
      for (const [name, value] of Object.entries(values)) hyper[P.Hyper[name as keyof Hyperparameters]] = value;
      for (const power of [P.Hyper.beta1Power, P.Hyper.beta2Power, P.Hyper.nadamPower, P.Hyper.nadamProduct]) {
        hyper[power] = 1;
      }
      hyper[P.Hyper.updates] = 0;
    },
    setOptions(other) {
      for (const [name, place] of Object.entries(P.Hyper)) {
        if (typeof place === "number" && !STATES.has(name)) hyper[place] = other[place]!;
      }
    },
    goTo(first, count) {
      header[P.Header.start] = first;
      header[P.Header.examples] = count;
    },
    setRates(first) {
      header[P.Header.rates] = plan.rates.offset + 8 * first;
    },
    setScale(scale) {
      hyper[P.Hyper.inputScale] = scale;
    },
    setStage(count, first = 0) {
      header[P.Header.count] = count;
      header[P.Header.start] = first;
      header[P.Header.examples] = Math.min(request.batch, count - first);
    },
    setBatch(count) {
      header[P.Header.count] = count;
      header[P.Header.start] = 0;
      header[P.Header.examples] = count;
    },
    run(name, from = 0, to) {
      for (const phase of phasesOf(plan, name)) {
        if (plan.phases[phase]!.over === "once") machine.once(phase);
        else machine.run(phase, from, to ?? sizeOf(phase));
      }
    },
    *running(name, from = 0, to) {
      for (const phase of phasesOf(plan, name)) {
        const { over } = plan.phases[phase]!;
        if (over === "once") machine.once(phase);
        else for (const _ of phaseInPieces(machine, phase, over, to ?? sizeOf(phase), from)) yield;
      }
    },
    steps(count) {
      header[P.Header.threads] = 1;
      return machine.steps(count);
    },
    async stepPaced(pace) {
      header[P.Header.threads] = 1;
      beginDispatch(header);
      pace.start();
      const step = stepInPieces(plan.phases, machine, header);
      for (let piece = step.next(); !piece.done; piece = step.next()) {
        // a half-updated network is of no use: once weights change there is no abort
        await pace.breathe(piece.value === "panels");
      }
      pace.stop();
      return header[P.Header.done]!;
    },
  };
}

/** What a training gives: its running average, where it keeps one, else its parameters. */
export const valuesOf = ({ average, parameters }: Session): Numbers => (average.length ? average : parameters);

/** What a training is compiled from, besides the data. */
export interface TrainingForm {
  readonly batch: number;
  /** What updates the weights; without one their gradient is kept, for the host to do so. */
  readonly optimizer?: StepName;
  readonly clip?: boolean;
  readonly limit?: boolean;
  readonly l1?: boolean;
  readonly weighted?: boolean;
  readonly average?: boolean;
  readonly maxNorm?: boolean;
  readonly seed?: number;
  readonly scheduled?: boolean;
  readonly threads?: number;
  readonly frozen?: readonly number[];
  readonly gram?: boolean;
  readonly x?: PlanRequest["x"];
}

/** What a plan for training on `data` is compiled from. */
export function trainingRequest(architecture: Architecture, data: Dataset, form: TrainingForm): PlanRequest {
  const purpose = form.optimizer ? "train" : "gradient";
  return { purpose, architecture, count: data.count, ...heldAs(architecture, data), ...form };
}

/**
 * A session that trains on `data`, whose rows are copied into its memory as they are, with a weight for each example
 * where there are `weights`. Yields now and then, as `filling` does.
 */
export function* openingTraining(
  backend: Backend,
  architecture: Architecture,
  data: Dataset,
  form: TrainingForm,
  weights: Float64Array | null = null,
): Generator<void, Session> {
  const request = trainingRequest(architecture, data, { ...form, ...(weights && { weighted: true }) });
  const session = open(backend, request);
  yield* filling(session, data);
  if (weights) viewOf(session.plan, session.machine.memory, session.plan.weights).set(weights);
  return session;
}

/** The same at once. */
export const openTraining = (...wanted: Parameters<typeof openingTraining>): Session =>
  atOnce(openingTraining(...wanted));

/** A session that computes the gradient of the cost over all of `data` and keeps it. */
export function openGradient(backend: Backend, architecture: Architecture, data: Dataset): Session {
  return openWhole("gradient", backend, architecture, data);
}

/** A session that computes the norms of the gradient of the cost over all of `data`, block by block. */
export function openProbe(backend: Backend, architecture: Architecture, data: Dataset): Session {
  return openWhole("probe", backend, architecture, data);
}

/** A session that computes outputs and losses of all of `data` at once. */
export function openCost(backend: Backend, architecture: Architecture, data: Dataset): Session {
  return openWhole("infer", backend, architecture, data);
}

function openWhole(purpose: Purpose, backend: Backend, architecture: Architecture, data: Dataset): Session {
  const { count } = data;
  return fill(open(backend, { purpose, architecture, count, batch: count, ...heldAs(architecture, data) }), data);
}

/** Brings all of a data set in, and its scale; yields now and then, as there can be very much of it. */
export function* filling(session: Session, data: Examples | Dataset): Generator<void> {
  session.setScale(data.scale);
  yield* bringing(session, data, 0, data.count);
}

// Brings `count` examples from `first` on to the start of the memory.
function* bringing(session: Session, data: Examples | Dataset, first: number, count: number): Generator<void> {
  if ("y" in data) {
    const width = data.classes === null ? data.outputs : 1;
    yield* inParts(count, width, (from, to) => copyTargets(session, data, first + from, to - from, from));
  }
  yield* inParts(count, data.features, (from, to) => copyRows(session, data, first + from, to - from, from));
}

/** The same at once. */
export function fill(session: Session, data: Examples | Dataset): Session {
  atOnce(filling(session, data));
  return session;
}

/** A session that runs the network forward over batches that are brought in one after the other. */
export function openInference(backend: Backend, architecture: Architecture, data: Examples | Dataset): Session {
  const panels = Math.min(P.GROUP, Math.ceil(data.count / P.LANES));
  const batch = panels * P.LANES; // it fills its panels
  return open(backend, { purpose: "infer", architecture, count: batch, batch, ...heldAs(architecture, data) });
}

/** What the network computed for one batch. */
export interface InferredBatch {
  /** Position of the batch's first example in the data set. */
  readonly first: number;
  readonly count: number;
  /** Sum of the batch's losses, in the order of the examples; NaN without targets. */
  readonly loss: number;
  /** (count, outputs), row-major. */
  readonly outputs: Numbers;
}

/**
 * Runs the network over all of `data`, batch by batch, with pauses for the event loop, in which an abort of `signal` is
 * heard.
 */
export async function* infer(
  session: Session,
  data: Examples | Dataset,
  signal?: AbortSignal,
): AsyncGenerator<InferredBatch> {
  const { plan } = session;
  const stage = plan.request.batch;
  session.setScale(data.scale);
  const pace = createPace(signal);
  const last = plan.layers[plan.layers.length - 1]!;
  const targets = "y" in data;
  for (let first = 0; first < data.count; first += stage) {
    const count = Math.min(stage, data.count - first);
    await paced(bringing(session, data, first, count), pace);
    session.setBatch(count);
    await paced(session.running("forward"), pace);
    const loss = targets ? session.sumOfLosses() : Number.NaN;
    yield { first, count, loss, outputs: panelsToRows(session, last, count) };
    await pace.breathe();
  }
}

// Traces one step of a training: the trainer itself takes it, weights before and after and every dz are read from its
// memory, and what the memory does not keep is computed again with sums in the same order. Values have the names and
// shapes of a well-known course: columns are examples.
//
// m = examples in the batch, k = inputs of a layer, n = its units; matrices are row-major.

import * as P from "../../assembly/program.js";
import type { Architecture, LayerShape } from "../architecture.js";
import { float32, float64 } from "../backend/js/arithmetic.js";
import { sumRow } from "../backend/js/dense.js";
import { losses } from "../catalogue.js";
import type { Dataset } from "../dataset.js";
import { InputError } from "../errors.js";
import type { History } from "../history.js";
import { LEAK } from "../options/usual.js";
import { viewOf } from "../plan.js";
import { getWeights, type LayerWeights, type Numbers, numbers, readingWeights } from "../session/layout.js";
import type { FitOptions, TrainingOptions } from "../train/options.js";
import { type Training, train } from "../train.js";
import { activate } from "./activation.js";
import type { Trace, TraceAbout, TracedArray } from "./types.js";

/** What is traced, besides the training. */
export interface Traced {
  readonly architecture: Architecture;
  /** What is trained on, standardised where the network does that. */
  readonly data: Dataset;
  readonly iteration: number;
  readonly init: TraceAbout["init"];
  readonly seed: number;
}

/** Options of a training that would end it before its time, or write it down. */
const ENDINGS = [
  ...(["patience", "minDelta", "monitor", "restoreBest", "costLimit", "timeLimit"] as const),
  ...(["checkpoint", "resumeFrom", "resumeAnyway"] as const),
];

/** The options of a training whose step is traced, without those. Throws E_OPTION for what cannot be traced. */
export function traceable(architecture: Architecture, passed: FitOptions): FitOptions {
  const { layers, inputNoise = 0 } = architecture;
  const some = (holds: (layer: LayerShape) => unknown) => layers.some((layer) => holds(layer));
  const untraced: readonly (readonly [name: string, is: boolean])[] = [
    ["dropout", some(({ dropout = 0 }) => dropout > 0)],
    ["normalization", some(({ normalization }) => normalization)],
    ["residual", some(({ residual }) => residual)],
    ["inputNoise", inputNoise > 0],
    ['activation "prelu"', some(({ activation }) => activation === "prelu")],
    ['optimizer "lbfgs"', passed.optimizer === "lbfgs"],
    ["freeze", passed.freeze !== undefined && passed.freeze !== 0],
    ["classWeights", passed.classWeights !== undefined],
    ["sampleWeights", passed.sampleWeights !== undefined],
    ["ema", (passed.ema ?? 0) > 0],
    ["swaStart", (passed.swaStart ?? 0) > 0],
    ["worker", Boolean(passed.worker)],
  ];
  const found = untraced.find(([, is]) => is);
  if (found) {
    throw new InputError("E_OPTION", `trace: ${found[0]} has no place in the course's formulas; leave it out.`);
  }
  const others: ReadonlySet<string> = new Set(ENDINGS);
  return Object.fromEntries(Object.entries(passed).filter(([name]) => !others.has(name)));
}

/**
 * Trains up to the iteration, takes its step, and gives the trace. Throws E_OPTION where the training ends before it,
 * and what train throws.
 */
export async function traceStep(training: Training, what: Traced): Promise<{ history: History; trace: Trace }> {
  const { state, options } = training;
  const { iteration } = what;
  if (iteration >= options.iterations) {
    const last = options.iterations - 1;
    throw new InputError("E_OPTION", `trace: iteration is ${iteration}; the training's last one is ${last}.`);
  }
  let before = getWeights(state.session);
  const writing = function* (now: Training): Generator<void, () => void> {
    if (now.state.iteration === iteration) before = yield* readingWeights(now.state.session);
    return () => {};
  };
  const history = await train({
    ...{ ...training, options: { ...options, iterations: iteration + 1 } },
    writer: iteration === 0 ? null : { every: iteration, seconds: undefined, writing },
  });
  if (state.iteration !== iteration + 1) {
    throw new InputError("E_OPTION", `trace: the training was stopped before iteration ${iteration}; let it run on.`);
  }
  return { history, trace: traceOf(training, what, before, getWeights(state.session)) };
}

function traceOf(
  { state, options, rates }: Training,
  { architecture, data, iteration, init, seed }: Traced,
  before: readonly LayerWeights[],
  after: readonly LayerWeights[],
): Trace {
  const { layers } = architecture;
  const first = (iteration % options.stepsPerEpoch) * options.batch;
  const examples = state.session.order.slice(first, first + Math.min(options.batch, data.count - first));
  const m = examples.length;
  const arrays: Record<string, TracedArray> = {};
  const put = (name: string, data: Numbers, ...shape: number[]) => {
    arrays[name] = { shape, data };
  };
  const [first0, last] = [layers[0]!, layers.length];
  const raw = inputsOf(data, examples);
  const round = roundingOf(architecture);
  const scale = round(data.scale);
  const inputs = numbers(architecture, raw.length);
  for (let i = 0; i < raw.length; i++) inputs[i] = raw[i]! * scale;
  put("A0", inputs, first0.inputs, m);
  put("Y", targetsOf(architecture, data, examples), layers[last - 1]!.units, m);

  const activations: Numbers[] = [inputs];
  layers.forEach((layer, l) => {
    const { inputs: k, units: n } = layer;
    const { weight, bias } = before[l]!;
    put(`W${l + 1}`, weight, n, k);
    put(`b${l + 1}`, bias, n, 1);
    const z = forward(architecture, weight, bias, l === 0 ? raw : activations[l]!, k, n, m, l === 0 ? scale : 1);
    const a = activate(layer.activation, z, n, layer.slope);
    put(`Z${l + 1}`, z, n, m);
    put(`A${l + 1}`, a, n, m);
    activations.push(a);
  });
  put("cost", Float64Array.of(state.cost));

  const da = outputGradient(architecture, activations[last]!, arrays.Y!.data as Numbers);
  if (da) put(`dA${last}`, da, layers[last - 1]!.units, m);
  for (let l = last - 1; l >= 0; l--) {
    const { inputs: k, units: n } = layers[l]!;
    const dz = meanGradient(state.session, l, m); // 1/m is in it
    const times = (values: Numbers) => values.map((value) => value * m);
    put(`dZ${l + 1}`, times(dz), n, m);
    put(`dW${l + 1}`, weightGradient(architecture, dz, activations[l]!, n, k, m), n, k);
    put(`db${l + 1}`, biasGradient(architecture, dz, n, m), n, 1);
    if (l > 0) put(`dA${l}`, times(inputGradient(architecture, before[l]!.weight, dz, n, k, m)), k, m);
  }
  layers.forEach(({ inputs: k, units: n }, l) => {
    put(`W${l + 1}_after`, after[l]!.weight, n, k);
    put(`b${l + 1}_after`, after[l]!.bias, n, 1);
  });
  const learningRate = rates.at(iteration);
  put("learning_rate", Float64Array.of(learningRate));
  arrays.examples = { shape: [m], data: examples };
  return { about: aboutOf(architecture, options, { iteration, learningRate, init, seed }), arrays };
}

function aboutOf(
  { layers, loss, dtype }: Architecture,
  options: TrainingOptions,
  { iteration, learningRate, init, seed }: Pick<TraceAbout, "iteration" | "learningRate" | "init" | "seed">,
): TraceAbout {
  const { optimizer, weightDecay, clipNorm, clipValue, l1, maxNorm } = options;
  const isPlain = optimizer === "sgd" && weightDecay + clipNorm + clipValue + l1 + maxNorm === 0;
  return {
    ...{ format: "wasmlp trace", version: 1 },
    layers: [layers[0]!.inputs, ...layers.map(({ units }) => units)],
    activations: layers.map(({ activation }) => activation),
    slopes: layers.map(({ slope = LEAK }) => slope),
    ...{ loss, dtype, optimizer, isPlain, iteration, learningRate, init, seed },
  };
}

const roundingOf = ({ dtype }: Architecture): ((value: number) => number) =>
  dtype === "float32" ? Math.fround : (value) => value;

// Raw inputs of the examples, (features, m).
function inputsOf({ x, features }: Dataset, examples: Int32Array): Float64Array {
  const m = examples.length;
  const columns = new Float64Array(features * m);
  examples.forEach((example, i) => {
    for (let j = 0; j < features; j++) columns[j * m + i] = x[example * features + j]!;
  });
  return columns;
}

// Targets as the loss takes them, (outputs, m): a class is 0 or 1, or one-hot.
function targetsOf(architecture: Architecture, { y, classes }: Dataset, examples: Int32Array): Numbers {
  const n = architecture.layers.at(-1)!.units;
  const m = examples.length;
  const targets = numbers(architecture, n * m);
  const smoothing = losses[architecture.loss].targets === "labels" ? (architecture.labelSmoothing ?? 0) : 0;
  const off = smoothing / Math.max(n, 2);
  for (let u = 0; u < n; u++) {
    for (let i = 0; i < m; i++) {
      const value = classes === null ? y[examples[i]! * n + u]! : Number(y[examples[i]!] === (n === 1 ? 1 : u));
      targets[u * m + i] = classes === null ? value : (1 - smoothing) * value + off;
    }
  }
  return targets;
}

/** z (n, m) = scale · (w (n, k) · x (k, m)) + b (n), each sum in ascending order. */
function forward(
  architecture: Architecture,
  w: Numbers,
  b: Numbers,
  x: ArrayLike<number>,
  k: number,
  n: number,
  m: number,
  scale: number,
): Numbers {
  const round = roundingOf(architecture);
  const z = product(architecture, n, k, m, (u, j) => w[u * k + j]!, x);
  for (let u = 0; u < n; u++) for (let i = u * m; i < (u + 1) * m; i++) z[i] = round(z[i]! * scale) + b[u]!;
  return z;
}

/** out (rows, columns) = left (rows, count) · right (count, columns), one sum for each element, in ascending order. */
function product(
  architecture: Architecture,
  rows: number,
  count: number,
  columns: number,
  left: (row: number, j: number) => number,
  right: ArrayLike<number>,
): Numbers {
  const out = numbers(architecture, rows * columns);
  const round = roundingOf(architecture);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < count; j++) {
      const value = left(r, j);
      for (let c = 0; c < columns; c++) {
        out[r * columns + c] = out[r * columns + c]! + round(value * right[j * columns + c]!);
      }
    }
  }
  return out;
}

// dz (n, m) of the step that the session took last, as it has it: of the mean over the batch.
function meanGradient({ plan, machine }: Training["state"]["session"], l: number, m: number): Numbers {
  const { rows, units } = plan.layers[l]!;
  const all = viewOf(plan, machine.memory, rows);
  const stride = plan.panels * P.LANES;
  const dz = numbers(plan.request.architecture, units * m);
  for (let u = 0; u < units; u++) dz.set(all.subarray(u * stride, u * stride + m), u * m);
  return dz;
}

/** dw (n, k) = dz (n, m) · xᵀ, x (k, m). */
function weightGradient(architecture: Architecture, dz: Numbers, x: Numbers, n: number, k: number, m: number): Numbers {
  const turned = numbers(architecture, k * m);
  for (let j = 0; j < k; j++) for (let i = 0; i < m; i++) turned[i * k + j] = x[j * m + i]!;
  return product(architecture, n, m, k, (u, i) => dz[u * m + i]!, turned);
}

/** db (n) = Σ dz (n, m), folded as the kernel folds it. */
function biasGradient(architecture: Architecture, dz: Numbers, n: number, m: number): Numbers {
  const panels = Math.ceil(m / P.LANES);
  const t = (architecture.dtype === "float64" ? float64 : float32)(
    new ArrayBuffer(panels * P.LANES * dz.BYTES_PER_ELEMENT),
  );
  const db = numbers(architecture, n);
  for (let u = 0; u < n; u++) {
    t.heap.set(dz.subarray(u * m, (u + 1) * m));
    db[u] = sumRow(t, 0, panels);
  }
  return db;
}

/** da (k, m) = wᵀ · dz, w (n, k), dz (n, m). */
function inputGradient(architecture: Architecture, w: Numbers, dz: Numbers, n: number, k: number, m: number): Numbers {
  return product(architecture, k, n, m, (j, u) => w[u * k + j]!, dz);
}

// The loss's derivative by the outputs, (n, m), where the course has it: dA = −(Y/A − (1 − Y)/(1 − A)), or that of the
// squared error.
function outputGradient(architecture: Architecture, a: Numbers, y: Numbers): Numbers | null {
  const n = architecture.layers.at(-1)!.units;
  switch (architecture.loss) {
    case "binaryCrossEntropy":
      return a.map((p, i) => -(y[i]! / p - (1 - y[i]!) / (1 - p)) / n);
    case "meanSquaredError":
      return a.map((p, i) => (2 * (p - y[i]!)) / n);
    default:
      return null;
  }
}

// The first layer in Gram form. Plain gradient descent moves its weights only along the examples: W = c·W⁰ + scale·A·X,
// with a number c for the decay of the first weights W⁰, and A (units, count) with a coefficient for each unit and
// example. So the layer can be trained without its inputs X (count, inputs):
//
//   z = scale·X·Wᵀ + b = [scale²·X·Xᵀ | scale·X·W⁰ᵀ] · [A | c·I]ᵀ + b
//
// which is a dense layer with count + units inputs, weights [A | c·I] that start at [0 | I], and the gradient of A
// being dz itself. Exact in exact arithmetic for optimizers that are linear in the gradients: SGD, momentum, Nesterov,
// with or without L2 decay, in full and in mini-batches. W is formed when it is asked for.

import type { Architecture } from "../architecture.js";
import type { Backend } from "../backend.js";
import type { Dataset } from "../dataset.js";
import { createPace, inParts, keepApart, paced } from "../pace.js";
import { viewOf, weightAt } from "../plan.js";
import { filling, infer, open, openInference, openingTraining, type Session, type TrainingForm } from "../session.js";
import {
  copying,
  heldAs,
  type LayerWeights,
  type Numbers,
  numbers,
  panelsToRows,
  readingGradient,
  settingWeights,
} from "./layout.js";

/** A session that trains without reading the inputs again, and the data it trains on instead. */
export interface GramTraining {
  readonly session: Session;
  /** Rows [scale²·x·Xᵀ | scale·x·W⁰ᵀ], one for each example x. */
  readonly data: Dataset;
  /** Such rows for other examples, with which the session's network can be evaluated. Rejects as openGram does. */
  rowsOf(others: Dataset): Promise<Dataset>;
}

/**
 * Opens a training of `architecture` on `data`, from `weights`, in Gram form, with weights `ofExamples`, if there are any. Rejects with E_MEMORY, and with the
 * signal's reason when aborted.
 */
export async function openGram(
  backend: Backend,
  architecture: Architecture,
  data: Dataset,
  form: TrainingForm,
  weights: readonly LayerWeights[],
  ofExamples: Float64Array | null = null,
  signal?: AbortSignal,
): Promise<GramTraining> {
  const { count } = data;
  const first = architecture.layers[0]!;
  const { units } = first;
  const pace = createPace(signal);
  const inputs = await paced(openingInputs(backend, architecture, data, weights[0]!), pace);
  await paced(inputs.running("forward"), pace);
  const atStart = panelsToRows(inputs, inputs.plan.layers[0]!, count);
  await paced(inputs.running("products"), pace);
  const { offset, length } = inputs.plan.products;
  const products = new Float64Array(inputs.machine.memory, offset, length);
  const width = count + units;
  const x = numbers(architecture, count * width);
  const join = (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      for (let j = 0; j <= i; j++) {
        const product = products[i * count + j]! * data.scale * data.scale;
        x[i * width + j] = product;
        x[j * width + i] = product;
      }
      x.set(atStart.subarray(i * units, (i + 1) * units), i * width + count);
    }
  };
  await paced(inParts(count, width, join), pace);

  const layers = [{ ...first, inputs: width }, ...architecture.layers.slice(1)];
  const rows: Dataset = { ...data, x, features: width, shape: [width], scale: 1 };
  // a full batch is always the same examples in the same order
  const panels = form.batch === count && ({ x: "panels" } as const);
  const whole = { ...form, gram: true, ...panels };
  const session = await paced(openingTraining(backend, { ...architecture, layers }, rows, whole, ofExamples), pace);
  const identity = numbers(architecture, units * width);
  for (let u = 0; u < units; u++) identity[u * width + count + u] = 1;
  await paced(settingWeights(session, [{ ...weights[0]!, weight: identity }, ...weights.slice(1)]), pace);
  const held = weights[0]!.weight;
  const { apart } = keepApart();
  return {
    data: rows,
    session: { ...session, firstWeight: (values) => apart(firstWeight(session, values, inputs, held)) },
    rowsOf: (others) => rowsOf(others, backend, architecture, data, held, signal),
  };
}

// A linear layer with the weights [scale·X; W⁰], over the others.
async function rowsOf(
  others: Dataset,
  backend: Backend,
  architecture: Architecture,
  { x, count, features, scale }: Dataset,
  held: Numbers,
  signal?: AbortSignal,
): Promise<Dataset> {
  const { units } = architecture.layers[0]!;
  const width = count + units;
  const weight = numbers(architecture, width * features);
  const pace = createPace(signal);
  const take = (from: number, to: number) => {
    for (let i = from; i < to; i++) weight[i] = x[i]! * scale;
  };
  await paced(inParts(count * features, 1, take), pace);
  await paced(copying(held, weight.subarray(count * features)), pace);
  const layers = [{ inputs: features, units: width, activation: "linear" as const }];
  const linear: Architecture = { layers, loss: "meanSquaredError", dtype: architecture.dtype };
  const examples = { x: others.x, count: others.count, features, shape: others.shape, scale: others.scale };
  const session = openInference(backend, linear, examples);
  await paced(settingWeights(session, [{ weight, bias: numbers(architecture, width) }]), pace);
  const rows = numbers(architecture, others.count * width);
  for await (const batch of infer(session, examples, signal)) rows.set(batch.outputs, batch.first * width);
  return { ...others, x: rows, features: width, shape: [width], scale: 1 };
}

// The inputs with one linear layer, W⁰, over them: its outputs, and what it computes as its weight gradient (A in the
// place of dz), are all that is needed of the inputs.
function* openingInputs(
  backend: Backend,
  architecture: Architecture,
  data: Dataset,
  { weight, bias }: LayerWeights,
): Generator<void, Session> {
  const { count, scale, x, features, shape } = data;
  const { inputs: width, units } = architecture.layers[0]!;
  const layers = [{ inputs: width, units, activation: "linear" as const }];
  const linear: Architecture = { layers, loss: "meanSquaredError", dtype: architecture.dtype };
  const examples = { x, count, features, shape, scale };
  const held = heldAs(linear, examples);
  const inputs = open(backend, { purpose: "products", architecture: linear, ...held, count, batch: count });
  yield* settingWeights(inputs, [{ weight, bias: bias.slice().fill(0) }]);
  yield* filling(inputs, examples);
  return inputs;
}

// W = c·W⁰ + scale·A·X from the weights [A | c·I], as rows (units, inputs).
function* firstWeight(
  { plan }: Session,
  parameters: Numbers,
  inputs: Session,
  held: Numbers,
): Generator<void, Numbers> {
  const layer = plan.layers[0]!;
  const count = inputs.plan.request.count;
  const { units, inputs: features, rows, np } = inputs.plan.layers[0]!;
  const stride = rows.length / np;
  const coefficients = viewOf(inputs.plan, inputs.machine.memory, rows);
  for (let u = 0; u < units; u++) {
    for (let i = 0; i < count; i++) coefficients[u * stride + i] = parameters[layer.weight + weightAt(layer, u, i)]!;
  }
  yield* inputs.running("gradients");
  const { weight } = (yield* readingGradient(inputs))[0]!;
  yield* inParts(units, features, (from, to) => {
    for (let u = from; u < to; u++) {
      const c = parameters[layer.weight + weightAt(layer, u, count + u)]!;
      for (let i = u * features; i < (u + 1) * features; i++) weight[i] = weight[i]! + c * held[i]!;
    }
  });
  return weight;
}

// The first layer in Gram form. Plain gradient descent moves its weights only along the examples: W = c·W⁰ + scale·A·X,
// with one coefficient for each unit and example in A (units, count). So the layer can be trained without its inputs:
//
//   z = scale·X·Wᵀ + b = [scale²·X·Xᵀ | scale·X·W⁰ᵀ] · [A | c·I]ᵀ + b
//
// which is a dense layer with count + units inputs, weights [A | c·I] that start at [0 | I], and the gradient of A being
// dz itself. Exact in exact arithmetic for optimizers that are linear in the gradients: SGD, momentum, Nesterov, with or
// without L2 decay, in full and in mini-batches. W is formed when somebody asks for it.

import * as P from "../../assembly/program.js";
import type { Architecture } from "../architecture.js";
import type { Backend } from "../backend.js";
import type { OptimizerName } from "../catalogue.js";
import type { Dataset } from "../dataset.js";
import { createPace } from "../pace.js";
import { beginBatch } from "../plan/header.js";
import { viewOf, weightAt } from "../plan.js";
import { open, openTraining, type Session } from "../session.js";
import {
  copyRows,
  getWeights,
  kindOf,
  type LayerWeights,
  type Numbers,
  numbers,
  panelsToRows,
  setWeights,
} from "./layout.js";

/** A session that trains `architecture` on `data`, from `weights`, without reading the inputs again. */
export async function openGram(
  backend: Backend,
  architecture: Architecture,
  data: Dataset,
  batch: number,
  optimizer: OptimizerName,
  threads: number,
  weights: readonly LayerWeights[],
): Promise<Session> {
  const { count } = data;
  const first = architecture.layers[0]!;
  const { units } = first;
  const inputs = openInputs(backend, architecture, data, weights[0]!);
  const pace = createPace();
  for (let p = 0; p < inputs.plan.panels; p += P.GROUP) {
    inputs.machine.panels(P.FORWARD, p, Math.min(p + P.GROUP, inputs.plan.panels));
    await pace.breathe();
  }
  const atStart = panelsToRows(inputs, inputs.plan.layers[0]!, count);
  for (let i = 0; i < count; i++) {
    inputs.machine.products(i, i + 1);
    await pace.breathe();
  }
  const { offset, length } = inputs.plan.products;
  const products = new Float64Array(inputs.machine.memory, offset, length);
  const width = count + units;
  const x = numbers(architecture, count * width);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      const product = products[i * count + j]! * data.scale * data.scale;
      x[i * width + j] = product;
      x[j * width + i] = product;
    }
    x.set(atStart.subarray(i * units, (i + 1) * units), i * width + count);
  }

  const layers = [{ ...first, inputs: width }, ...architecture.layers.slice(1)];
  const session = openTraining(
    backend,
    { ...architecture, layers },
    { ...data, x, features: width, shape: [width], scale: 1 },
    batch,
    optimizer,
    // a full batch is always the same examples in the same order
    { gram: true, threads, ...(batch === count && { x: "panels" as const }) },
  );
  const identity = numbers(architecture, units * width);
  for (let u = 0; u < units; u++) identity[u * width + count + u] = 1;
  setWeights(session, [{ weight: identity, bias: weights[0]!.bias }, ...weights.slice(1)]);
  const held = weights[0]!.weight;
  return {
    ...session,
    expand: (source) => expand(session, inputs, source, source === "parameters" ? held : null),
    firstGradientNorm: () => gradientNorm(session, x, count),
  };
}

// The inputs with a linear layer over them: W⁰, whose outputs and whose "weight gradient" are all that is needed.
function openInputs(
  backend: Backend,
  architecture: Architecture,
  data: Dataset,
  { weight, bias }: LayerWeights,
): Session {
  const { count, scale } = data;
  const layers = [{ ...architecture.layers[0]!, activation: "linear" as const }];
  const { x } = kindOf(architecture, data);
  const session = open(backend, {
    architecture: { layers, loss: "meanSquaredError", dtype: architecture.dtype },
    ...{ x, labels: true, count, batch: count, optimizer: null, train: true, products: true },
  });
  session.control.hyper[P.INPUT_SCALE] = scale;
  copyRows(session, data, 0, count);
  setWeights(session, [{ weight, bias: bias.slice().fill(0) }]);
  beginBatch(session.control);
  return session;
}

// W = c·W⁰ + scale·A·X from the weights [A | c·I], or dW = scale·dA·X from their gradient, as rows (units, inputs).
function expand(session: Session, inputs: Session, source: "parameters" | "gradient", held: Numbers | null): Numbers {
  const layer = session.plan.layers[0]!;
  const from = session[source];
  const count = inputs.plan.request.count;
  const { units, inputs: features } = inputs.plan.layers[0]!;
  const { rows } = inputs.plan.layers[0]!;
  const stride = rows.length / inputs.plan.layers[0]!.np;
  const coefficients = viewOf(inputs.plan, inputs.machine.memory, rows);
  for (let u = 0; u < units; u++) {
    for (let i = 0; i < count; i++) coefficients[u * stride + i] = from[layer.weight + weightAt(layer, u, i)]!;
  }
  inputs.machine.blocks(0, inputs.plan.blocks);
  const result = getWeights(inputs, "gradient")[0]!.weight;
  if (!held) return result;
  for (let u = 0; u < units; u++) {
    const c = from[layer.weight + weightAt(layer, u, count + u)]!;
    for (let i = u * features; i < (u + 1) * features; i++) result[i] = result[i]! + c * held[i]!;
  }
  return result;
}

// ‖dW‖² = Σ dA·(scale²·X·Xᵀ)·dAᵀ over the units: `products` (count, ·) begins each row with those of scale²·X·Xᵀ.
function gradientNorm({ plan, gradient }: Session, products: Numbers, count: number): number {
  const layer = plan.layers[0]!;
  const row = new Float64Array(count);
  let square = 0;
  for (let u = 0; u < layer.units; u++) {
    for (let i = 0; i < count; i++) row[i] = gradient[layer.weight + weightAt(layer, u, i)]!;
    // the products are symmetric: those left of the diagonal count twice
    for (let i = 0; i < count; i++) {
      const first = i * layer.inputs;
      let sum = (products[first + i]! * row[i]!) / 2;
      for (let j = 0; j < i; j++) sum += products[first + j]! * row[j]!;
      square += 2 * row[i]! * sum;
    }
  }
  return Math.sqrt(Math.max(0, square));
}

// The plan: a network, a data set's shape and an optimizer compiled once into one memory layout and one flat list of
// operations (assembly/program.ts draws the records). Backends run it and know nothing else. No arithmetic here.
//
//   kernels' constants | program | costs | order | x | y | parameters | gradient | moments v, s |
//   activations of each layer | dz rows of each layer | losses | scratch of each thread: inputs, targets, dz, da, tiles
//
// m = examples in the batch, k = inputs of a layer, n = its outputs. Users hand in rows (m, k); inside, activations lie
// in panels of 8 examples, a[panel][unit][8], which is the order the next product reads.

import * as P from "../assembly/program.js";
import type { Architecture, LayerShape } from "./architecture.js";
import type { OptimizerName } from "./catalogue.js";
import { InputError } from "./errors.js";

/** `length` numbers from byte `offset` of the memory on. */
export interface Region {
  readonly offset: number;
  readonly length: number;
}

/** Where a layer's numbers are. Weights are (np, kp) in strips of COLUMNS inputs; the bias (np8) follows them. */
export interface PlannedLayer extends LayerShape {
  readonly kp: number;
  readonly np: number;
  /** Elements from the start of `parameters` (and of the gradient and the moments) to the weights, and to the bias. */
  readonly weight: number;
  readonly bias: number;
  /** Activations, [panel][np][8]. */
  readonly activations: Region;
  /** dz, (np, panels · 8); empty in a plan without training. */
  readonly rows: Region;
}

export interface PlanRequest {
  readonly architecture: Architecture;
  /** Inputs as they lie in memory: rows of a type, or panels of the network's, for a batch that is all of them in order. */
  readonly x: "uint8" | "float32" | "float64" | "panels";
  /** Whether targets are class indices (else rows of numbers). */
  readonly labels: boolean;
  /** Examples held in memory. */
  readonly count: number;
  /** Examples in a batch. */
  readonly batch: number;
  /** What updates the weights; null for gradients alone, "none" of the backward pass when `train` is false. */
  readonly optimizer: OptimizerName | null;
  /** Whether there is a backward pass. */
  readonly train: boolean;
  /** Threads that run the plan; each has scratch of its own. @default 1 */
  readonly threads?: number;
  /** Whether input j of example i stands for the product of examples i and j: the Gram form of the first layer. */
  readonly gram?: boolean;
  /** Whether the products of the examples with one another are wanted. */
  readonly products?: boolean;
}

export interface Plan {
  readonly request: PlanRequest;
  /** Size of the memory. */
  readonly bytes: number;
  /** Header, hyperparameters and records; to be copied to `program`. */
  readonly image: Uint8Array;
  readonly program: number;
  readonly costs: Region;
  readonly order: Region;
  readonly x: Region;
  readonly y: Region;
  readonly losses: Region;
  readonly parameters: Region;
  readonly gradient: Region;
  readonly v: Region;
  readonly s: Region;
  /** (count, count), filled left of the diagonal and on it; empty unless it was asked for. */
  readonly products: Region;
  readonly layers: readonly PlannedLayer[];
  /** Panels of a whole batch. */
  readonly panels: number;
  /** Blocks of the update section. */
  readonly blocks: number;
}

/** Costs a dispatch can return, so the most steps it can do. */
export const MOST_STEPS = 4096;
/** A 32-bit memory ends here. */
export const MOST_BYTES = 65536 * 65536 - 65536;
const ALIGN = 64; // a cache line

const up = (value: number, to: number) => Math.ceil(value / to) * to;

const FORWARD_KINDS = {
  relu: P.RELU_FORWARD,
  leakyRelu: P.LEAKY_RELU_FORWARD,
  tanh: P.TANH_FORWARD,
  sigmoid: P.SIGMOID_FORWARD,
  softmax: P.SOFTMAX_FORWARD,
  linear: 0,
} as const;
const BACKWARD_KINDS = {
  relu: P.RELU_BACKWARD,
  leakyRelu: P.LEAKY_RELU_BACKWARD,
  tanh: P.TANH_BACKWARD,
  sigmoid: P.SIGMOID_BACKWARD,
  softmax: 0, // part of the loss
  linear: 0,
} as const;
const LOSS_KINDS = {
  binaryCrossEntropy: P.BINARY_CROSS_ENTROPY,
  categoricalCrossEntropy: P.CATEGORICAL_CROSS_ENTROPY,
  meanSquaredError: P.MEAN_SQUARED_ERROR,
} as const;
const UPDATE_KINDS = {
  sgd: P.SGD_UPDATE,
  momentum: P.MOMENTUM_UPDATE,
  nesterov: P.NESTEROV_UPDATE,
  rmsprop: P.RMSPROP_UPDATE,
  adam: P.ADAM_UPDATE,
  adamw: P.ADAMW_UPDATE,
} as const;
const TYPES = { uint8: P.UINT8, float32: P.FLOAT32, float64: P.FLOAT64, panels: P.PANELS } as const;
/** Bytes of a number. */
export const BYTES = { uint8: 1, float32: 4, float64: 8 } as const;
/** Whether an optimizer keeps a first (v) and a second (s) moment. */
const MOMENTS: Record<OptimizerName, { v: boolean; s: boolean }> = {
  sgd: { v: false, s: false },
  momentum: { v: true, s: false },
  nesterov: { v: true, s: false },
  rmsprop: { v: false, s: true },
  adam: { v: true, s: true },
  adamw: { v: true, s: true },
};

/**
 * Compiles a network for `count` examples in batches of `batch`.
 *
 * Throws E_MEMORY when the whole is larger than a 32-bit memory.
 */
export function compile(request: PlanRequest): Plan {
  const { architecture, count, train, optimizer } = request;
  const batch = Math.min(request.batch, count);
  const size = BYTES[architecture.dtype];
  const panels = Math.ceil(batch / P.LANES);
  const mp = panels * P.LANES;
  const last = architecture.layers.length - 1;
  const outputs = architecture.layers[last]!.units;
  const inputs = architecture.layers[0]!.inputs;

  let top = P.RESERVED;
  const region = (length: number, bytes: number): Region => {
    const offset = top;
    top = up(top + length * bytes, ALIGN);
    return { offset, length };
  };

  const mostRecords = 4 + architecture.layers.length * 8;
  const program = region(P.RECORDS + mostRecords * P.RECORD * 4, 1);
  const costs = region(MOST_STEPS, 8);
  const order = region(count + P.LANES, 4);
  const inputPanel = up(inputs, 8) * P.LANES; // numbers
  const x = request.x === "panels" ? region(panels * inputPanel, size) : region(count * inputs, BYTES[request.x]);
  const y = request.labels ? region(count, 4) : region(count * outputs, size);

  let elements = 0;
  const shapes = architecture.layers.map((layer) => {
    const kp = up(layer.inputs, 8);
    const np = up(layer.units, 4);
    const weight = elements;
    const bias = weight + np * kp;
    elements = bias + up(np, 16);
    return { ...layer, kp, np, weight, bias };
  });
  const moments = optimizer && train ? MOMENTS[optimizer] : { v: false, s: false };
  const parameters = region(elements, size);
  const gradient = region(train ? elements : 0, size);
  const v = region(moments.v ? elements : 0, size);
  const s = region(moments.s ? elements : 0, size);
  const layers: PlannedLayer[] = shapes.map((layer) => ({
    ...layer,
    activations: region(panels * layer.np * P.LANES, size),
    rows: region(train ? layer.np * mp : 0, size),
  }));
  const products = region(request.products ? count * count : 0, 8);
  const losses = region(mp, size);

  const threads = request.threads ?? 1;
  // rows of a panel of dz: those of the widest layer, or of the output alone where nothing goes back
  const widest = train ? Math.max(...layers.map(({ np, kp }, l) => (l === 0 ? np : Math.max(np, kp)))) : up(outputs, 4);
  const group = Math.min(P.GROUP, panels);
  const scratch = top;
  region(P.TAKEN + ALIGN, 1);
  const inputPanels = region(group * P.COLUMNS * P.LANES, size);
  const targetPanels = region(group * up(outputs, 4) * P.LANES, size);
  const dz = region(group * widest * P.LANES, size);
  const da = region(train ? group * widest * P.LANES : 0, size);
  const tile = region(train ? (P.COLUMNS / P.LANES) * P.TILE : 0, size);
  // packed inputs serve all blocks of a strip, unless the batch has more examples than can be packed at a time
  const height = batch > P.CHUNK ? 128 : 32;
  const block = region(train ? height * P.COLUMNS : 0, size);
  const scratchStride = top - scratch;
  top += scratchStride * (threads - 1);

  if (top > MOST_BYTES) {
    throw new InputError(
      "E_MEMORY",
      `fit: this network, batch and data set need ${top} bytes in one memory, which holds at most ${MOST_BYTES}; ` +
        "use narrower layers, a smaller batch size, fewer examples or float32.",
    );
  }

  // The program. Records are appended section by section.
  const image = new Uint8Array(program.length);
  const words = new Int32Array(image.buffer);
  words[P.BATCH] = batch;
  words[P.COUNT] = count;
  words[P.EXAMPLES] = batch;
  words[P.ORDER] = order.offset;
  words[P.LOSSES] = losses.offset;
  words[P.COSTS] = costs.offset;
  words[P.SCRATCH_STRIDE] = scratchStride;
  words[P.SCRATCH] = scratch;
  words[P.THREADS] = threads;
  let records = 0;
  const emit = (...record: number[]) => words.set(record, P.RECORDS / 4 + P.RECORD * records++);
  const section = (which: number, body: () => void) => {
    words[P.SECTIONS + 2 * which] = records;
    body();
    words[P.SECTIONS + 2 * which + 1] = records;
  };
  const stride = (layer: PlannedLayer) => layer.np * P.LANES * size;
  const output = layers[last]!;
  const fromLogits = architecture.loss !== "meanSquaredError";
  const panel = widest * P.LANES * size; // of dz and da
  const targetPanel = up(outputs, 4) * P.LANES * size;
  // what a layer reads: panels of the layer before, or the data set's rows
  const source = (l: number) => {
    if (l > 0) return [layers[l - 1]!.activations.offset, P.PANELS, stride(layers[l - 1]!)];
    return [x.offset, TYPES[request.x], request.x === "panels" ? inputPanel * size : count];
  };

  section(P.FORWARD, () => {
    layers.forEach((layer, l) => {
      const a = layer.activations.offset;
      emit(
        P.DENSE_FORWARD,
        ...[a, stride(layer), ...source(l), layer.inputs, layer.kp, layer.np],
        ...[parameters.offset + layer.weight * size, parameters.offset + layer.bias * size],
        ...[l === 0 ? 1 : 0, inputPanels.offset],
      );
      const kind = FORWARD_KINDS[layer.activation];
      if (kind && !(l === last && fromLogits)) emit(kind, a, stride(layer), layer.np);
    });
  });
  section(P.LOSS, () => {
    const y0 = targetPanels.offset;
    emit(request.labels ? P.GATHER_LABELS : P.GATHER_TARGETS, y0, targetPanel, y.offset, outputs);
    const a = output.activations.offset;
    emit(LOSS_KINDS[architecture.loss], dz.offset, panel, a, stride(output), y0, targetPanel, outputs, output.np);
  });
  section(P.BACKWARD, () => {
    if (!train) return;
    let now = dz.offset;
    let next = da.offset;
    for (let l = last; l >= 0; l--) {
      const layer = layers[l]!;
      const kind = BACKWARD_KINDS[layer.activation];
      if (kind && !(l === last && fromLogits)) {
        emit(kind, now, panel, layer.activations.offset, stride(layer), layer.np);
      }
      emit(P.STORE_ROWS, layer.rows.offset, now, panel, layer.np, mp);
      // the inputs' own gradient is never needed
      if (l > 0) {
        const w = parameters.offset + layer.weight * size;
        emit(P.DENSE_BACKWARD_INPUT, next, now, panel, w, layer.kp, layer.units, layer.np);
        [now, next] = [next, now];
      }
    }
  });
  section(P.OUTPUT, () => {
    const kind = FORWARD_KINDS[output.activation];
    if (!fromLogits || !kind) return;
    const rowsUsed = output.activation === "softmax" ? outputs : output.np;
    emit(kind, output.activations.offset, stride(output), rowsUsed);
  });
  let blocks = 0;
  section(P.UPDATE, () => {
    if (!train) return;
    layers.forEach((layer, l) => {
      const at = (base: Region, element: number) => base.offset + element * size;
      const count = Math.ceil(layer.kp / P.COLUMNS) * Math.ceil(layer.np / height);
      blocks += count;
      emit(
        P.DENSE_BACKWARD_WEIGHTS,
        ...[at(gradient, layer.weight), at(gradient, layer.bias), layer.rows.offset],
        ...(l === 0 && request.gram ? [0, P.EXAMPLES_THEMSELVES, 0] : source(l)),
        ...[
          layer.inputs,
          layer.kp,
          layer.np,
          mp,
          tile.offset,
          l === 0 && !request.gram ? 1 : 0,
          count,
          height,
          block.offset,
        ],
      );
      const kind = optimizer ? UPDATE_KINDS[optimizer] : 0;
      const w = layer.weight;
      emit(kind, at(parameters, w), at(v, w), at(s, w), up(layer.np, 8));
    });
  });
  words[P.BLOCKS] = blocks;
  section(P.PRODUCTS, () => emit(P.GRAM, products.offset, x.offset, TYPES[request.x], count, inputs));

  return {
    ...{ request: { ...request, batch }, bytes: top, image, program: program.offset },
    ...{ costs, order, x, y, losses, parameters, gradient, v, s, products, layers, panels, blocks },
  };
}

/** Elements from a layer's first weight to the one of unit u and input k. */
export function weightAt({ np, kp }: PlannedLayer, u: number, k: number): number {
  const first = k - (k % P.COLUMNS);
  return first * np + u * Math.min(P.COLUMNS, kp - first) + (k - first);
}

/** A region of the plan's memory as numbers of the network's type. */
export function viewOf(plan: Plan, memory: ArrayBufferLike, { offset, length }: Region): Float32Array | Float64Array {
  const double = plan.request.architecture.dtype === "float64";
  return double ? new Float64Array(memory, offset, length) : new Float32Array(memory, offset, length);
}

// The plan: a network, a data set's shape and an optimizer compiled once into one memory layout and one flat list of
// operations (assembly/program.ts draws the records). Backends run it and know nothing else. No arithmetic here.
//
//   kernels' constants | program | costs | order | x | y | parameters | gradient | moments v, s |
//   activations of each layer | dz rows of each layer | losses | scratch: input panel, target panel, dz, da, tiles
//
// m = examples in the batch, k = inputs of a layer, n = its outputs. Users hand in rows (m, k); inside, activations lie
// in panels of 8 examples, a[panel][unit][8], which is the order the next product reads.

import * as P from "../assembly/program.js";
import type { Architecture, LayerShape, OptimizerName } from "./config.js";
import { InputError } from "./errors.js";

/** `length` numbers from byte `offset` of the memory on. */
export interface Region {
  readonly offset: number;
  readonly length: number;
}

/** Where a layer's numbers are. Weights are (np, kp), padded with zeros; the bias (np8) follows them. */
export interface PlannedLayer extends LayerShape {
  readonly kp: number;
  readonly np: number;
  /** Elements from the start of `parameters` (and of the gradient and the moments) to the weights, and to the bias. */
  readonly weight: number;
  readonly bias: number;
  /** Activations, [panel][np][8]; in a plan without training only the last layer keeps every panel. */
  readonly activations: Region;
  /** Elements from panel to panel of `activations`; 0 where all panels share one place. */
  readonly panelStride: number;
}

export interface PlanRequest {
  readonly architecture: Architecture;
  /** Type of the inputs as they lie in memory. */
  readonly x: "uint8" | "float32" | "float64";
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
  readonly layers: readonly PlannedLayer[];
  /** Panels of a whole batch. */
  readonly panels: number;
  /** Blocks of the update section. */
  readonly blocks: number;
  /** Multiplications and additions of one whole step. */
  readonly flops: number;
}

/** Costs a dispatch can return, so the most steps it can do. */
export const MOST_STEPS = 4096;
/** A 32-bit memory ends here. */
const MOST_BYTES = 65536 * 65536 - 65536;
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
const TYPES = { uint8: P.UINT8, float32: P.FLOAT32, float64: P.FLOAT64 } as const;
const BYTES = { uint8: 1, float32: 4, float64: 8 } as const;
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

  const mostRecords = 3 + architecture.layers.length * 8;
  const program = region(P.RECORDS + mostRecords * P.RECORD * 4, 1);
  const costs = region(MOST_STEPS, 8);
  const order = region(count + P.LANES, 4);
  const x = region(count * inputs, BYTES[request.x]);
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
  const layers: PlannedLayer[] = shapes.map((layer, l) => {
    const keep = train || l === last;
    const activations = region((keep ? panels : 1) * layer.np * P.LANES, size);
    return { ...layer, activations, panelStride: keep ? layer.np * P.LANES : 0 };
  });
  const rows = layers.map((layer) => region(train ? layer.np * mp : 0, size));
  const losses = region(mp, size);
  const widest = Math.max(
    ...layers.map((layer) => Math.max(layer.np, up(layer.inputs, 4) * (layer === layers[0] ? 0 : 1))),
  );
  const inputPanel = region(layers[0]!.kp * P.LANES, size);
  const targetPanel = region(up(outputs, 4) * P.LANES, size);
  const dz = region(widest * P.LANES, size);
  const da = region(widest * P.LANES, size);
  const tile = region(train ? (P.BLOCK / P.LANES) * P.CHUNK * P.LANES : 0, size);

  if (top > MOST_BYTES) {
    throw new InputError(
      "E_MEMORY",
      `fit: this network, batch and data set need ${top} bytes in one memory, which holds at most ${MOST_BYTES}; ` +
        "use a smaller batch size, fewer examples or float32.",
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
  let records = 0;
  const emit = (...record: number[]) => words.set(record, P.RECORDS / 4 + P.RECORD * records++);
  const section = (which: number, body: () => void) => {
    words[P.SECTIONS + 2 * which] = records;
    body();
    words[P.SECTIONS + 2 * which + 1] = records;
  };
  const stride = (layer: PlannedLayer) => layer.panelStride * size;
  const output = layers[last]!;
  const fromLogits = architecture.loss !== "meanSquaredError";

  section(P.FORWARD, () => {
    emit(P.GATHER_INPUTS, inputPanel.offset, x.offset, TYPES[request.x], inputs);
    layers.forEach((layer, l) => {
      const before = layers[l - 1];
      const source = before?.activations ?? inputPanel;
      const w = parameters.offset + layer.weight * size;
      const b = parameters.offset + layer.bias * size;
      const a = layer.activations.offset;
      emit(
        P.DENSE_FORWARD,
        ...[a, stride(layer), source.offset, before ? stride(before) : 0],
        ...[w, b, layer.inputs, layer.kp, layer.np, l === 0 ? 1 : 0],
      );
      const kind = FORWARD_KINDS[layer.activation];
      if (kind && !(l === last && fromLogits)) emit(kind, a, stride(layer), layer.np);
    });
  });
  section(P.LOSS, () => {
    emit(request.labels ? P.GATHER_LABELS : P.GATHER_TARGETS, targetPanel.offset, y.offset, outputs);
    const a = output.activations.offset;
    emit(LOSS_KINDS[architecture.loss], dz.offset, a, stride(output), targetPanel.offset, outputs, output.np);
  });
  section(P.BACKWARD, () => {
    if (!train) return;
    let now = dz.offset;
    let next = da.offset;
    for (let l = last; l >= 0; l--) {
      const layer = layers[l]!;
      const kind = BACKWARD_KINDS[layer.activation];
      if (kind && !(l === last && fromLogits)) emit(kind, now, layer.activations.offset, stride(layer), layer.np);
      emit(P.STORE_ROWS, rows[l]!.offset, now, layer.np, mp);
      // the inputs' own gradient is never needed
      if (l > 0) {
        const w = parameters.offset + layer.weight * size;
        emit(P.DENSE_BACKWARD_INPUT, next, now, w, layer.kp, layer.units, up(layer.inputs, 4));
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
      const before = layers[l - 1];
      const count = Math.ceil(layer.kp / P.BLOCK);
      blocks += count;
      emit(
        P.DENSE_BACKWARD_WEIGHTS,
        ...[at(gradient, layer.weight), at(gradient, layer.bias), rows[l]!.offset],
        ...(before ? [before.activations.offset, P.PANELS, stride(before)] : [x.offset, TYPES[request.x], 0]),
        ...[layer.inputs, layer.kp, layer.np, mp, tile.offset, l === 0 ? 1 : 0, count],
      );
      const kind = optimizer ? UPDATE_KINDS[optimizer] : 0;
      const w = layer.weight;
      emit(
        kind,
        ...[at(parameters, w), at(gradient, w), at(v, w), at(s, w)],
        ...[layer.kp, layer.np, layer.bias - w, up(layer.np, 8)],
      );
    });
  });

  const products = layers.reduce(
    (sum, layer, l) => sum + layer.inputs * layer.units * (train ? (l === 0 ? 2 : 3) : 1),
    0,
  );
  const flops = 2 * batch * products;
  return {
    ...{ request: { ...request, batch }, bytes: top, image, program: program.offset },
    ...{ costs, order, x, y, losses, parameters, gradient, v, s, layers, panels, blocks, flops },
  };
}

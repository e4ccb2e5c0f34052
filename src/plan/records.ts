// The records of a network: which operations a pass forward, the loss, a pass back and an update are made of.

import { SELU_EDGE } from "../../assembly/constants.js";
import * as P from "../../assembly/program.js";
import { activations, losses } from "../catalogue.js";
import { LEAK } from "../options/usual.js";
import { BYTES, type Memory, type PlannedLayer, type Region } from "./memory.js";
import type { createProgram } from "./program.js";
import type { PlanRequest } from "./request.js";

/** What records are written from, and where to. */
export interface Context {
  readonly request: PlanRequest;
  readonly memory: Memory;
  readonly program: ReturnType<typeof createProgram>;
}

/** What is done on each block of the weights. */
export type BlockOperation = "gradient" | "limit" | "signs" | "norm" | "scale" | "update" | "average";

/** Whether the loss takes the output layer's logits, so that a training does not compute its activation. */
const takesLogits = ({ architecture }: PlanRequest) => losses[architecture.loss].takes === "logits";

const sizeOf = ({ architecture }: PlanRequest) => BYTES[architecture.dtype];
const outputOf = ({ layers }: Memory) => layers[layers.length - 1]!;
// bytes from panel to panel of a layer's activations
const strideOf = (request: PlanRequest, { np }: PlannedLayer) => np * P.LANES * sizeOf(request);

const slopeOf = ({ slope = LEAK }: PlannedLayer) => slope;

/** What a layer reads: panels of the layer before, or the data set. */
function sourceOf({ request, memory }: Context, l: number) {
  if (l > 0) {
    const before = memory.layers[l - 1]!;
    return { x: before.outputs.offset, xType: P.Source.panels, xStride: strideOf(request, before) };
  }
  const panels = request.x === "panels";
  const xStride = panels ? memory.layers[0]!.kp * P.LANES * sizeOf(request) : request.count;
  return { x: memory.x.offset, xType: P.Source[request.x], xStride };
}

/** All layers, up to the outputs, or to the logits where the loss takes these. */
export function emitForward(context: Context): void {
  const { request, memory, program } = context;
  const size = sizeOf(request);
  memory.layers.forEach((layer, l) => {
    program.emit("denseForward", {
      ...{ z: layer.z.offset, zStride: strideOf(request, layer), ...sourceOf(context, l) },
      ...{ k: layer.inputs, kp: layer.kp, np: layer.np },
      ...{ w: memory.parameters.offset + layer.weight * size, b: memory.parameters.offset + layer.bias * size },
      ...{ scaled: l === 0 ? 1 : 0, panels: memory.scratch.inputs.offset },
    });
    if (l < memory.layers.length - 1 || !takesLogits(request)) emitActivation(context, layer);
    if (layer.outputs !== layer.activations) emitDropout(context, layer, l);
  });
}

/** The outputs, where the pass forward ended with logits. */
export function emitOutputs(context: Context): void {
  if (takesLogits(context.request)) emitActivation(context, outputOf(context.memory));
}

function emitActivation({ request, program }: Context, layer: PlannedLayer): void {
  if (layer.activation === "linear") return;
  program.emit("activationForward", {
    which: P.Activation[layer.activation],
    ...{ a: layer.activations.offset, z: layer.z.offset, stride: strideOf(request, layer), rows: layer.units },
    slope: slopeOf(layer),
  });
}

function emitDropout({ request, program }: Context, layer: PlannedLayer, l: number): void {
  program.emit("dropoutForward", {
    ...{ out: layer.outputs.offset, a: layer.activations.offset, stride: strideOf(request, layer), rows: layer.units },
    ...{ layer: l, seed: request.seed ?? 0, ...dropped(layer) },
  });
}

// Kept outputs grow by 1/(1 − p), so that their mean stays. Alpha dropout sets the others to selu's least value instead,
// and moves all so that mean 0 and variance 1 stay.
function dropped({ dropout: p = 0, alphaDropout = false }: PlannedLayer) {
  const threshold = Math.round(p * 2 ** 32);
  if (!alphaDropout) return { threshold, factor: 1 / (1 - p), shift: 0, instead: 0 };
  const factor = 1 / Math.sqrt((1 - p) * (1 + p * SELU_EDGE ** 2));
  const shift = factor * p * SELU_EDGE;
  return { threshold, factor, shift, instead: shift - factor * SELU_EDGE };
}

/** Losses, and dz of the output layer. */
export function emitLoss({ request, memory, program }: Context): void {
  const size = sizeOf(request);
  const { scratch, y: targets } = memory;
  const output = outputOf(memory);
  const n = output.units;
  const y = { y: scratch.targets.offset, yStride: scratch.targetPanel * size };
  if (request.y === "labels")
    program.emit("gatherLabels", { ...y, labels: targets.offset, n, ...smoothed(request, n) });
  else program.emit("gatherTargets", { ...y, targets: targets.offset, n });
  program.emit("lossAndGradient", {
    which: P.Loss[request.architecture.loss],
    ...{ dz: scratch.dz.offset, dzStride: scratch.panel * size },
    ...{ z: output.activations.offset, zStride: strideOf(request, output), ...y, n, np: output.np },
    parameter: request.architecture.lossParameter ?? 0,
  });
  if (request.weighted) {
    const dz = { dz: scratch.dz.offset, dzStride: scratch.panel * size };
    program.emit("weighLosses", { ...dz, n, weights: memory.weights.offset });
  }
}

// Targets of the class and of the others: 1 and 0, of which smoothing gives a share to all alike.
function smoothed({ architecture }: PlanRequest, n: number): { on: number; off: number } {
  const { labelSmoothing = 0 } = architecture;
  const share = labelSmoothing / Math.max(2, n);
  return { on: 1 - labelSmoothing + share, off: share };
}

/** From dz of the output layer to dz of the first. The inputs' own gradient is never needed. */
export function emitBackward({ request, memory, program }: Context): void {
  const { layers, scratch, panels, parameters } = memory;
  const size = sizeOf(request);
  const dzStride = scratch.panel * size;
  let now = scratch.dz.offset;
  let next = scratch.da.offset;
  for (let l = layers.length - 1; l >= 0; l--) {
    const layer = layers[l]!;
    if (layer.outputs !== layer.activations) {
      const { threshold, factor } = dropped(layer);
      const drawn = { layer: l, seed: request.seed ?? 0, threshold, factor };
      program.emit("dropoutBackward", { dz: now, dzStride, rows: layer.units, ...drawn });
    }
    const { keeps } = activations[layer.activation];
    if (keeps && (l < layers.length - 1 || !takesLogits(request))) {
      const kept = (keeps === "z" ? layer.z : layer.activations).offset;
      program.emit("activationBackward", {
        which: P.Activation[layer.activation],
        ...{ dz: now, dzStride, kept, keptStride: strideOf(request, layer), rows: layer.np },
        slope: slopeOf(layer),
      });
    }
    const rows = layer.rows.offset;
    program.emit("storeRows", { rows, dz: now, dzStride, np: layer.np, mp: panels * P.LANES });
    if (l === 0) return;
    const w = parameters.offset + layer.weight * size;
    program.emit("denseBackwardInput", {
      ...{ da: next, dz: now, stride: dzStride, w, kp: layer.kp, n: layer.units, np: layer.np },
    });
    [now, next] = [next, now];
  }
}

/** Operations on each block of each layer's weights. */
export function emitBlocks(context: Context, operations: readonly BlockOperation[]): void {
  const { request, memory, program } = context;
  const { scratch, gradient, parameters, v, s, u, panels, height } = memory;
  const at = (base: Region, element: number) => base.offset + element * sizeOf(request);
  memory.layers.forEach((layer, l) => {
    program.emit("layerBlocks", {
      ...{ operations: operations.length, blocks: layer.blocks, kp: layer.kp, np: layer.np, height },
      dw: gradient.length > 0 ? at(gradient, layer.weight) : 0,
      ...{ db: layer.biasGradient.offset, block: scratch.block.offset },
    });
    for (const operation of operations) {
      switch (operation) {
        case "gradient": {
          const examples = l === 0 && request.gram === true;
          program.emit("denseBackwardWeights", {
            rows: layer.rows.offset,
            ...(examples ? { x: 0, xType: P.Source.examples, xStride: 0 } : sourceOf(context, l)),
            ...{
              k: layer.inputs,
              mp: panels * P.LANES,
              tile: scratch.tile.offset,
              scaled: l === 0 && !examples ? 1 : 0,
            },
          });
          break;
        }
        case "limit":
          program.emit("limitGradient", {});
          break;
        case "signs":
          program.emit("addSigns", { w: at(parameters, layer.weight) });
          break;
        case "norm":
          program.emit("squaredNorm", { first: layer.firstBlock });
          break;
        case "scale":
          program.emit("scaleGradient", {});
          break;
        case "update":
          program.emit("update", {
            which: P.Optimizer[request.optimizer!],
            ...{ w: at(parameters, layer.weight), v: at(v, layer.weight), s: at(s, layer.weight) },
            u: at(u, layer.weight),
            biasLength: Math.ceil(layer.np / 8) * 8,
          });
          break;
        case "average":
          program.emit("average", {
            ...{ w: at(parameters, layer.weight), average: at(memory.average, layer.weight) },
            biasLength: Math.ceil(layer.np / 8) * 8,
          });
          break;
        default:
          operation satisfies never;
      }
    }
  });
}

/** Products of the examples with one another. */
export function emitProducts({ request, memory, program }: Context): void {
  const { inputs } = memory.layers[0]!;
  program.emit("products", {
    ...{ blocks: request.count, products: memory.products.offset },
    ...{ x: memory.x.offset, xType: P.Source[request.x], k: inputs },
  });
}

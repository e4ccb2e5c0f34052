// The records of a network: which operations a pass forward, the loss, a pass back and an update are made of.

import { SELU_EDGE } from "../../assembly/constants.js";
import * as P from "../../assembly/program.js";
import type { VectorName } from "../architecture.js";
import { activations, losses } from "../catalogue.js";
import { LEAK } from "../options/usual.js";
import { BYTES, type Memory, type PlannedLayer, panelOf, type Region } from "./memory.js";
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

/** Whether units are normalised over the batch as it is, not by the running statistics, as a frozen layer's are. */
const overBatch = ({ statistics }: PlannedLayer) => statistics.length > 0;

/** Whether the loss takes the output layer's logits, so that a training does not compute its activation. */
const takesLogits = ({ architecture }: PlanRequest) => losses[architecture.loss].takes === "logits";

const sizeOf = ({ architecture }: PlanRequest) => BYTES[architecture.dtype];
const outputOf = ({ layers }: Memory) => layers[layers.length - 1]!;
// bytes from panel to panel of a layer's activations
const strideOf = (request: PlanRequest, { np }: PlannedLayer) => panelOf(np) * sizeOf(request);

const slopeOf = ({ slope = LEAK }: PlannedLayer) => slope;

/** What a layer reads: panels of the layer before, or the data set. */
function sourceOf({ request, memory }: Context, l: number) {
  if (l > 0) {
    const before = memory.layers[l - 1]!;
    return { x: before.outputs.offset, xType: P.Source.panels, xStride: strideOf(request, before) };
  }
  if (memory.noisy.length > 0) {
    const xStride = panelOf(memory.layers[0]!.kp) * sizeOf(request);
    return { x: memory.noisy.offset, xType: P.Source.panels, xStride };
  }
  const panels = request.x === "panels";
  const xStride = panels ? panelOf(memory.layers[0]!.kp) * sizeOf(request) : request.count;
  return { x: memory.x.offset, xType: P.Source[typeOf(request)], xStride };
}

function typeOf({ x }: PlanRequest): Exclude<PlanRequest["x"], "rows"> {
  if (x === "rows") throw new RangeError("rows as they come are for a prediction");
  return x;
}

/** All layers, up to the outputs, or to the logits where the loss takes these. */
export function emitForward(context: Context): void {
  const { request, memory, program } = context;
  const size = sizeOf(request);
  if (memory.noisy.length > 0) emitNoise(context);
  memory.layers.forEach((layer, l) => {
    const product = {
      ...{ z: layer.raw.offset, zStride: rawStride(request, layer), k: layer.inputs, np: layer.np },
      ...{ w: memory.parameters.offset + layer.weight * size, b: vectorAt(context, layer, "bias") },
      ...{ scaled: isScaled(context, l), panels: memory.scratch.inputs.offset },
    };
    if (layer.strips === "inputs") program.emit("denseForward", { ...product, ...sourceOf(context, l), kp: layer.kp });
    else if (l === 0) program.emit("predictForward", { ...product, x: memory.x.offset, xStride: 0 });
    else {
      const { x, xStride } = sourceOf(context, l);
      program.emit("predictForward", { ...product, x, xStride });
    }
    if (layer.normalization) emitNormalization(context, layer);
    if (l < memory.layers.length - 1 || !takesLogits(request)) emitActivation(context, layer);
    if (dropsIn(request, layer)) emitDropout(context, layer, l);
    if (layer.residual) {
      const [from, before] = [dropsIn(request, layer) ? layer.outputs : layer.activations, memory.layers[l - 1]!];
      program.emit("addForward", {
        ...{ out: layer.outputs.offset, a: from.offset, stride: strideOf(request, layer), rows: layer.units },
        ...{ x: before.outputs.offset, xStride: strideOf(request, before) },
      });
    }
  });
}

const dropsIn = ({ purpose }: PlanRequest, { dropout = 0 }: PlannedLayer) => purpose === "train" && dropout > 0;
const rawStride = (request: PlanRequest, layer: PlannedLayer) =>
  layer.normalization ? panelOf(layer.np + 4) * sizeOf(request) : strideOf(request, layer);
// inputs with noise are scaled already
const isScaled = ({ memory }: Context, l: number) => (l === 0 && memory.noisy.length === 0 ? 1 : 0);

/** Address of a layer's vector; 0 where it has none of that name. */
function vectorAt({ request, memory }: Context, { vectors }: PlannedLayer, name: VectorName): number {
  const place = vectors.get(name);
  return place === undefined ? 0 : memory.parameters.offset + place * sizeOf(request);
}

// The inputs with noise, for the forward pass and the weight gradient alike.
function emitNoise({ request, memory, program }: Context): void {
  const { inputs, kp } = memory.layers[0]!;
  program.emit("gatherNoisy", {
    ...{ out: memory.noisy.offset, outStride: panelOf(kp) * sizeOf(request) },
    ...{ x: memory.x.offset, xType: P.Source[typeOf(request)], xStride: request.count, k: inputs },
    ...{ seed: request.seed ?? 0, deviation: request.architecture.inputNoise! },
  });
}

// Over the batch, the passes are cut in two, and between them the moments of the whole batch are found.
function emitNormalization(context: Context, layer: PlannedLayer): void {
  const { request, memory, program } = context;
  const z = { z: layer.raw.offset, zStride: rawStride(request, layer), n: layer.units };
  const out = { out: layer.z.offset, stride: strideOf(request, layer) };
  const learnt = { gamma: vectorAt(context, layer, "gamma"), beta: vectorAt(context, layer, "beta") };
  const epsilon = request.architecture.normEpsilon!;
  if (layer.normalization === "layer") {
    program.emit("layerNormForward", { ...out, ...z, np: layer.np, ...learnt, epsilon });
    return;
  }
  const batch = { mean: layer.statistics.offset, variance: varianceOf(request, layer) };
  const running = { mean: vectorAt(context, layer, "mean"), variance: vectorAt(context, layer, "variance") };
  if (overBatch(layer)) {
    const mp = memory.panels * P.LANES;
    program.emit("storePanels", { rows: layer.rows.offset, x: z.z, xStride: z.zStride, np: layer.np, mp });
    program.phase("batch", "once");
    program.emit("moments", { rows: layer.rows.offset, n: layer.units, mp, ...batch });
    program.phase("passes", "panels");
  }
  program.emit("batchNormForward", {
    ...{ ...out, ...z, ...learnt, ...(overBatch(layer) ? batch : running), epsilon },
  });
}

const varianceOf = (request: PlanRequest, { statistics }: PlannedLayer) =>
  statistics.offset + (statistics.length / 2) * sizeOf(request);

/** The outputs, where the pass forward ended with logits. */
export function emitOutputs(context: Context): void {
  if (takesLogits(context.request)) emitActivation(context, outputOf(context.memory));
}

function emitActivation(context: Context, layer: PlannedLayer): void {
  const { request, program } = context;
  if (layer.activation === "linear") return;
  program.emit("activationForward", {
    which: P.Activation[layer.activation],
    ...{ a: layer.activations.offset, z: layer.z.offset, stride: strideOf(request, layer), rows: layer.units },
    ...{ slope: slopeOf(layer), slopes: vectorAt(context, layer, "slope") },
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

/** From dz of the output layer to dz of the lowest that is trained. The inputs' own gradient is never needed. */
export function emitBackward(context: Context): void {
  const { request, memory, program } = context;
  const { layers, scratch, panels, parameters } = memory;
  const size = sizeOf(request);
  const dzStride = scratch.panel * size;
  let now = scratch.dz.offset;
  let next = scratch.da.offset;
  const lowest = layers.findIndex(({ trained }) => trained);
  for (let l = layers.length - 1; l >= lowest; l--) {
    const layer = layers[l]!;
    const rest = { dzStride, np: layer.np, mp: panels * P.LANES };
    const passed = { kept: layer.passed.offset, keptStride: strideOf(request, layer), dzStride, rows: layer.units };
    if (layer.residual) program.emit("keepGradient", { ...passed, dz: now });
    if (dropsIn(request, layer)) {
      const { threshold, factor } = dropped(layer);
      const drawn = { layer: l, seed: request.seed ?? 0, threshold, factor };
      program.emit("dropoutBackward", { dz: now, dzStride, rows: layer.units, ...drawn });
    }
    const { keeps } = activations[layer.activation];
    if (keeps && (l < layers.length - 1 || !takesLogits(request))) {
      const kept = (keeps === "z" ? layer.z : layer.activations).offset;
      const keptStride = strideOf(request, layer);
      const slopes = layer.terms.get("slope");
      if (slopes) {
        program.emit("storeProducts", {
          rows: slopes.offset,
          dz: now,
          x: kept,
          xStride: keptStride,
          ...rest,
          below: 1,
        });
      }
      program.emit("activationBackward", {
        which: P.Activation[layer.activation],
        ...{ dz: now, dzStride, kept, keptStride, rows: layer.np },
        ...{ slope: slopeOf(layer), slopes: vectorAt(context, layer, "slope") },
      });
    }
    if (layer.normalization) emitNormalizationBackward(context, layer, now);
    if (layer.trained) program.emit("storeRows", { rows: layer.rows.offset, dz: now, ...rest });
    if (l === lowest) return;
    const w = parameters.offset + layer.weight * size;
    program.emit("denseBackwardInput", {
      ...{ da: next, dz: now, stride: dzStride, w, kp: layer.kp, n: layer.units, np: layer.np },
      some: memory.scratch.some.offset,
    });
    if (layer.residual) program.emit("addGradient", { ...passed, dz: next });
    [now, next] = [next, now];
  }
}

function emitNormalizationBackward(context: Context, layer: PlannedLayer, dz: number): void {
  const { request, memory, program } = context;
  const mp = memory.panels * P.LANES;
  const place = { dz, dzStride: memory.scratch.panel * sizeOf(request) };
  const x = { x: layer.raw.offset, xStride: rawStride(request, layer) };
  const [gammas, betas] = [layer.terms.get("gamma"), layer.terms.get("beta")];
  const gamma = vectorAt(context, layer, "gamma");
  if (gammas) program.emit("storeProducts", { rows: gammas.offset, ...place, ...x, np: layer.np, mp, below: 0 });
  if (betas) program.emit("storeRows", { rows: betas.offset, ...place, np: layer.np, mp });
  if (layer.normalization === "layer") {
    program.emit("layerNormBackward", { ...place, ...x, n: layer.units, np: layer.np, gamma });
    return;
  }
  if (overBatch(layer)) {
    program.phase("batch", "once");
    emitSums(context, layer, ["gamma", "beta"]);
    program.phase("passes", "panels");
  }
  const variance = overBatch(layer) ? varianceOf(request, layer) : vectorAt(context, layer, "variance");
  const [dgamma, dbeta] = [gradientAt(context, layer, "gamma"), gradientAt(context, layer, "beta")];
  program.emit("batchNormBackward", {
    ...{ ...place, ...x, n: layer.units, mp, dy: betas!.offset, gamma, variance, dgamma, dbeta },
    epsilon: request.architecture.normEpsilon!,
  });
}

/** Address of the gradient of a layer's vector. */
function gradientAt({ request }: Context, { vectors, vectorGradient }: PlannedLayer, name: VectorName): number {
  return vectorGradient.offset + (vectors.get(name)! - vectors.get("bias")!) * sizeOf(request);
}

// Gradients of vectors, summed over the batch.
function emitSums(context: Context, layer: PlannedLayer, names: readonly VectorName[]): void {
  for (const name of names) {
    context.program.emit("sumRows", {
      ...{ sums: gradientAt(context, layer, name), rows: layer.terms.get(name)!.offset, np: layer.np },
      mp: context.memory.panels * P.LANES,
    });
  }
}

/** Operations on each block of the weights that are trained. */
export function emitBlocks(context: Context, operations: readonly BlockOperation[]): void {
  const { request, memory, program } = context;
  const { scratch, gradient, parameters, v, s, u, panels, height } = memory;
  const at = (base: Region, element: number) => base.offset + element * sizeOf(request);
  memory.layers.forEach((layer, l) => {
    if (!layer.trained) return;
    // those of a batch normalisation were summed in the passes
    const sums = [...layer.terms.keys()].filter((name) => name === "slope" || layer.normalization === "layer");
    const runs = layer.normalization === "batch" && operations.includes("update");
    const more = (operations.includes("gradient") ? sums.length : 0) + (runs ? 1 : 0);
    program.emit("layerBlocks", {
      ...{ operations: operations.length + more, blocks: layer.blocks, kp: layer.kp, np: layer.np, height },
      dw: gradient.length > 0 ? at(gradient, layer.moment) : 0,
      ...{ db: layer.vectorGradient.offset, vectors: layer.learnt, block: scratch.block.offset },
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
              scaled: examples ? 0 : isScaled(context, l),
            },
          });
          emitSums(context, layer, sums);
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
            ...{ w: at(parameters, layer.weight), v: at(v, layer.moment), s: at(s, layer.moment) },
            u: at(u, layer.moment),
          });
          if (runs) {
            program.emit("runStatistics", {
              ...{ running: vectorAt(context, layer, "mean"), batch: layer.statistics.offset },
              ...{ np8: layer.statistics.length / 2, momentum: request.architecture.normMomentum! },
            });
          }
          break;
        case "average":
          program.emit("average", {
            ...{ w: at(parameters, layer.weight), average: at(memory.average, layer.weight) },
            vectors: layer.all,
          });
          break;
        default:
          operation satisfies never;
      }
    }
  });
}

/** The norms of all units' weights that are trained. */
export function emitLimits({ request, memory, program }: Context): void {
  for (const { units, weight, kp, np, trained } of memory.layers) {
    if (!trained) continue;
    const w = memory.parameters.offset + weight * sizeOf(request);
    program.emit("limitRows", { blocks: units, w, kp, np });
  }
}

/** Products of the examples with one another. */
export function emitProducts({ request, memory, program }: Context): void {
  const { inputs } = memory.layers[0]!;
  program.emit("products", {
    ...{ blocks: request.count, products: memory.products.offset },
    ...{ x: memory.x.offset, xType: P.Source[typeOf(request)], k: inputs },
  });
}

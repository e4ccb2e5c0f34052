// The interpreter of a program, over panels: the twin of assembly/run.ts. Panels come one at a time, so each finds its
// scratch at the start.

import * as P from "../../../assembly/program.js";
import { activationBackward, activationForward } from "./activation.js";
import { runBlocks } from "./blocks.js";
import { keyOf } from "./chance.js";
import { addRows, denseBackwardInput, denseForward, scaleAndBias, storeProducts, storeRows } from "./dense.js";
import { dropoutBackward, dropoutForward } from "./dropout.js";
import { lossAndGradient, weighLosses } from "./loss.js";
import { addNoise, noiseKey } from "./noise.js";
import { batchNormBackward, batchNormForward, layerNormBackward, layerNormForward } from "./normalization.js";
import { gatherInputs, gatherLabels, gatherRows, gatherTargets, stripOf } from "./pack.js";
import { unitsForward } from "./predict.js";
import { type Context, examplesFrom, kindOf, orderOf, phaseWord, recordsOf, unknown } from "./records.js";

/** Runs a phase over the panels, or over the blocks, [from, to). */
export function runPhase(context: Context, phase: number, from: number, to: number): void {
  if (phaseWord(context, phase, P.Phase.over) === P.Over.blocks) {
    runBlocks(context, phase, from, to);
    return;
  }
  for (let p = from; p < to; p++) for (const r of recordsOf(context, phase)) runPanel(context, r, p);
}

function runPanel(context: Context, r: number, p: number): void {
  const { t, word, real, element, index } = context;
  const order = orderOf(context, p);
  const examples = Math.min(examplesFrom(context, p), P.LANES);
  // an operand whose first panel is the first of the batch
  const operand = (address: number, stride: number) => element(r, address) + p * element(r, stride);
  const kind = kindOf(context, r);
  switch (kind) {
    case P.Kind.gatherLabels: {
      const y = element(r, P.GatherLabels.y);
      const [off, on] = [real(r, P.GatherLabels.off), real(r, P.GatherLabels.on)];
      gatherLabels(t, y, index(r, P.GatherLabels.labels), word(r, P.GatherLabels.n), order, examples, off, on);
      return;
    }
    case P.Kind.gatherTargets: {
      const y = element(r, P.GatherTargets.y);
      gatherTargets(t, y, element(r, P.GatherTargets.targets), word(r, P.GatherTargets.n), order, examples);
      return;
    }
    case P.Kind.gatherNoisy:
      noisy(context, r, p, order, examples);
      return;
    case P.Kind.denseForward:
      forward(context, r, p, order, examples);
      return;
    case P.Kind.predictForward:
      predict(context, r, p, order, examples);
      return;
    case P.Kind.activationForward: {
      const a = operand(P.ActivationForward.a, P.ActivationForward.stride);
      const z = operand(P.ActivationForward.z, P.ActivationForward.stride);
      const slope = real(r, P.ActivationForward.slope);
      const slopes = element(r, P.ActivationForward.slopes);
      activationForward(t, word(r, P.ActivationForward.which), a, z, word(r, P.ActivationForward.rows), slope, slopes);
      return;
    }
    case P.Kind.dropoutForward: {
      const W = P.DropoutForward;
      const key = keyOf(word(r, W.seed), context.hyper[P.Hyper.updates]!, word(r, W.layer));
      const [out, a] = [operand(W.out, W.stride), operand(W.a, W.stride)];
      const [factor, shift, instead] = [W.factor, W.shift, W.instead].map((place) => t.round(real(r, place)));
      const threshold = word(r, W.threshold) >>> 0;
      dropoutForward(t, out, a, word(r, W.rows), order, key, threshold, factor!, shift!, instead!);
      return;
    }
    case P.Kind.layerNormForward: {
      const W = P.LayerNormForward;
      const [out, z] = [operand(W.out, W.stride), operand(W.z, W.zStride)];
      const [gamma, beta, epsilon] = [element(r, W.gamma), element(r, W.beta), t.round(real(r, W.epsilon))];
      layerNormForward(t, out, z, word(r, W.n), word(r, W.np), gamma, beta, epsilon);
      return;
    }
    case P.Kind.batchNormForward: {
      const W = P.BatchNormForward;
      const [out, z] = [operand(W.out, W.stride), operand(W.z, W.zStride)];
      const [gamma, beta, mean, variance] = [W.gamma, W.beta, W.mean, W.variance].map((place) => element(r, place));
      batchNormForward(t, out, z, word(r, W.n), gamma!, beta!, mean!, variance!, t.round(real(r, W.epsilon)));
      return;
    }
    case P.Kind.addForward: {
      const W = P.AddForward;
      addRows(t, operand(W.out, W.stride), operand(W.a, W.stride), operand(W.x, W.xStride), word(r, W.rows));
      return;
    }
    case P.Kind.lossAndGradient:
      loss(context, r, p);
      return;
    case P.Kind.weighLosses: {
      const dz = element(r, P.WeighLosses.dz);
      const weights = element(r, P.WeighLosses.weights);
      const losses = (context.header[P.Header.losses]! >>> 0) / t.heap.BYTES_PER_ELEMENT + p * P.LANES;
      weighLosses(t, dz, losses, word(r, P.WeighLosses.n), weights, order, examples);
      return;
    }
    case P.Kind.activationBackward: {
      const dz = element(r, P.ActivationBackward.dz);
      const kept = operand(P.ActivationBackward.kept, P.ActivationBackward.keptStride);
      const slope = real(r, P.ActivationBackward.slope);
      const [rows, slopes] = [word(r, P.ActivationBackward.rows), element(r, P.ActivationBackward.slopes)];
      activationBackward(t, word(r, P.ActivationBackward.which), dz, kept, rows, slope, slopes);
      return;
    }
    case P.Kind.dropoutBackward: {
      const W = P.DropoutBackward;
      const key = keyOf(word(r, W.seed), context.hyper[P.Hyper.updates]!, word(r, W.layer));
      const factor = t.round(real(r, W.factor));
      dropoutBackward(t, element(r, W.dz), word(r, W.rows), order, key, word(r, W.threshold) >>> 0, factor);
      return;
    }
    case P.Kind.layerNormBackward: {
      const W = P.LayerNormBackward;
      const [dz, x] = [element(r, W.dz), operand(W.x, W.xStride)];
      layerNormBackward(t, dz, x, word(r, W.n), word(r, W.np), element(r, W.gamma));
      return;
    }
    case P.Kind.batchNormBackward: {
      const W = P.BatchNormBackward;
      const [dz, x, dy] = [element(r, W.dz), operand(W.x, W.xStride), element(r, W.dy) + p * P.LANES];
      const [gamma, variance, dgamma, dbeta] = [W.gamma, W.variance, W.dgamma, W.dbeta].map((i) => element(r, i));
      const [n, mp, epsilon] = [word(r, W.n), word(r, W.mp), t.round(real(r, W.epsilon))];
      const m = context.header[P.Header.examples]!;
      batchNormBackward(t, dz, x, n, mp, dy, gamma!, variance!, dgamma!, dbeta!, epsilon, m, examples);
      return;
    }
    case P.Kind.keepGradient: {
      const W = P.KeepGradient;
      const dz = element(r, W.dz);
      t.heap.copyWithin(operand(W.kept, W.keptStride), dz, dz + word(r, W.rows) * P.LANES);
      return;
    }
    case P.Kind.addGradient: {
      const W = P.AddGradient;
      const dz = element(r, W.dz);
      addRows(t, dz, dz, operand(W.kept, W.keptStride), word(r, W.rows));
      return;
    }
    case P.Kind.denseBackwardInput:
      backwardInput(context, r);
      return;
    case P.Kind.storeRows: {
      const rows = element(r, P.StoreRows.rows) + p * P.LANES;
      storeRows(t, rows, element(r, P.StoreRows.dz), word(r, P.StoreRows.np), word(r, P.StoreRows.mp));
      return;
    }
    case P.Kind.storePanels: {
      const W = P.StorePanels;
      storeRows(t, element(r, W.rows) + p * P.LANES, operand(W.x, W.xStride), word(r, W.np), word(r, W.mp));
      return;
    }
    case P.Kind.storeProducts: {
      const W = P.StoreProducts;
      const [rows, dz, x] = [element(r, W.rows) + p * P.LANES, element(r, W.dz), operand(W.x, W.xStride)];
      storeProducts(t, rows, dz, x, word(r, W.np), word(r, W.mp), word(r, W.below) !== 0);
      return;
    }
    default:
      unknown("record over panels", kind);
  }
}

// The inputs of a panel with noise, strip by strip.
function noisy(context: Context, r: number, p: number, order: number, examples: number): void {
  const { t, hyper, word, real, element } = context;
  const W = P.GatherNoisy;
  const [type, k] = [word(r, W.xType), word(r, W.k)];
  const key = noiseKey(word(r, W.seed), hyper[P.Hyper.updates]!);
  const scale = t.round(hyper[P.Hyper.inputScale]!);
  for (let first = 0; first < k; first += P.COLUMNS) {
    const inputs = Math.min(P.COLUMNS, k - first);
    const rows = stripOf(word(r, W.x), type, word(r, W.xStride), first);
    const out = element(r, W.out) + p * element(r, W.outStride) + first * P.LANES;
    gatherInputs(t, out, rows, type, inputs, order, examples);
    addNoise(t, out, inputs, first, order, examples, key, scale, real(r, W.deviation));
  }
}

// z = w · x + b of one layer, strip by strip. The inputs of the first layer are gathered and converted on the way.
function forward({ t, hyper, word, element }: Context, r: number, p: number, order: number, examples: number): void {
  const z = element(r, P.DenseForward.z) + p * element(r, P.DenseForward.zStride);
  const type = word(r, P.DenseForward.xType);
  const k = word(r, P.DenseForward.k);
  const kp = word(r, P.DenseForward.kp);
  const np = word(r, P.DenseForward.np);
  for (let first = 0; first < k; first += P.COLUMNS) {
    const inputs = Math.min(P.COLUMNS, k - first);
    let x = element(r, P.DenseForward.panels);
    if (type === P.Source.panels) {
      x = element(r, P.DenseForward.x) + p * element(r, P.DenseForward.xStride) + first * P.LANES;
    } else {
      const rows = stripOf(word(r, P.DenseForward.x), type, word(r, P.DenseForward.xStride), first);
      gatherInputs(t, x, rows, type, inputs, order, examples);
    }
    const w = element(r, P.DenseForward.w) + first * np;
    denseForward(t, z, x, w, Math.min(P.COLUMNS, kp - first), inputs, np, first === 0);
  }
  const scale = word(r, P.DenseForward.scaled) ? t.round(hyper[P.Hyper.inputScale]!) : 1;
  scaleAndBias(t, z, element(r, P.DenseForward.b), np, scale);
}

// The same of a layer that only predicts.
function predict({ t, hyper, word, element }: Context, r: number, p: number, order: number, examples: number): void {
  const W = P.PredictForward;
  const z = element(r, W.z) + p * element(r, W.zStride);
  const [k, np] = [word(r, W.k), word(r, W.np)];
  const xStride = element(r, W.xStride);
  for (let first = 0; first < k; first += P.COLUMNS) {
    const inputs = Math.min(P.COLUMNS, k - first);
    let x = element(r, W.panels);
    if (xStride) x = element(r, W.x) + p * xStride + first * P.LANES;
    else gatherRows(t, x, element(r, W.x) + first, k, inputs, order, examples);
    unitsForward(t, z, x, element(r, W.w) + first * P.UNITS, k, inputs, np, first === 0);
  }
  scaleAndBias(t, z, element(r, W.b), np, word(r, W.scaled) ? t.round(hyper[P.Hyper.inputScale]!) : 1);
}

// da = wᵀ · dz of one layer, strip by strip.
function backwardInput({ t, word, element }: Context, r: number): void {
  const kp = word(r, P.DenseBackwardInput.kp);
  const np = word(r, P.DenseBackwardInput.np);
  const dz = element(r, P.DenseBackwardInput.dz);
  for (let first = 0; first < kp; first += P.COLUMNS) {
    const da = element(r, P.DenseBackwardInput.da) + first * P.LANES;
    const w = element(r, P.DenseBackwardInput.w) + first * np;
    denseBackwardInput(t, da, dz, w, Math.min(P.COLUMNS, kp - first), word(r, P.DenseBackwardInput.n));
  }
}

// The losses of the examples of a panel and their derivatives.
function loss(context: Context, r: number, p: number): void {
  const { t, header, word, real, element } = context;
  const dz = element(r, P.LossAndGradient.dz);
  const z = element(r, P.LossAndGradient.z) + p * element(r, P.LossAndGradient.zStride);
  const y = element(r, P.LossAndGradient.y);
  const n = word(r, P.LossAndGradient.n);
  const inverse = t.round(1 / header[P.Header.examples]!);
  const losses = (header[P.Header.losses]! >>> 0) / t.heap.BYTES_PER_ELEMENT + p * P.LANES;
  // the scratch held another layer's gradient: rows that no output owns must be 0
  t.heap.fill(0, dz + n * P.LANES, dz + word(r, P.LossAndGradient.np) * P.LANES);
  const [which, parameter] = [word(r, P.LossAndGradient.which), real(r, P.LossAndGradient.parameter)];
  lossAndGradient(t, which, dz, losses, z, y, n, examplesFrom(context, p), inverse, parameter);
}

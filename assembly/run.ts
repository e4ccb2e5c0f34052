// The interpreter of a program: runs the records of a phase that src/plan/ laid out and calls the kernels. It owns no
// memory and knows no network; src/backend/js/run.ts is its twin in plain TypeScript and must do the same in the same
// order. Here are the records over panels; those over blocks are blocks.ts's, what is done once is once.ts's.

import { activationBackward, activationForward } from "./activation";
import { runBlocks } from "./blocks";
import { keyOf } from "./chance";
import { addRows, denseBackwardInput, denseForward, scaleAndBias, storeProducts, storeRows } from "./dense";
import { dropoutBackward, dropoutForward } from "./dropout";
import { at, bytesOf } from "./lanes";
import { lossAndGradient, weighLosses } from "./loss";
import { addNoise, noiseKey } from "./noise";
import { batchNormBackward, batchNormForward, layerNormBackward, layerNormForward } from "./normalization";
import { gatherInputs, gatherLabels, gatherRows, gatherTargets } from "./pack";
import { exampleForward, exampleUnits, unitsForward } from "./predict";
import {
  ActivationBackward,
  ActivationForward,
  AddForward,
  AddGradient,
  BatchNormBackward,
  BatchNormForward,
  CACHE,
  COLUMNS,
  DenseBackwardInput,
  DenseForward,
  DropoutBackward,
  DropoutForward,
  GatherLabels,
  GatherNoisy,
  GatherTargets,
  GROUP,
  Header,
  Hyper,
  KeepGradient,
  Kind,
  LANES,
  LayerNormBackward,
  LayerNormForward,
  LossAndGradient,
  Over,
  Phase,
  PredictForward,
  Source,
  StorePanels,
  StoreProducts,
  StoreRows,
  UNITS,
  WeighLosses,
} from "./program";
import {
  address,
  double,
  examplesOf,
  forgetPacked,
  hyper,
  kindOf,
  orderOf,
  overOf,
  phaseWord,
  recordAt,
  stripOf,
  word,
} from "./records";

// A layer of at most so many units reads its inputs once or twice (dense.ts takes 32 rows of weights at a time): a pair
// of panels, 16 KiB in float32, is gathered and used while it is in the first-level cache. Wider layers gather a whole
// group first.
const FEW_UNITS: i32 = 64;

// Up to so many examples are faster one by one than as a panel of eight.
const FEW_EXAMPLES: i32 = 4;

/** Runs a phase over the panels, or over the blocks, [from, to). */
export function runPhase<T>(program: usize, phase: i32, from: i32, to: i32, scratch: usize): void {
  if (overOf(program, phase) == Over.blocks) {
    runBlocks<T>(program, phase, from, to, scratch);
    return;
  }
  forgetPacked(program, scratch);
  const first = phaseWord(program, phase, Phase.first);
  const last = phaseWord(program, phase, Phase.last);
  // a group of panels goes through the phase record by record, so that a layer's weights serve them all
  for (let p = from; p < to; p += GROUP) {
    const end = min(p + GROUP, to);
    for (let i = first; i < last; i++) {
      const r = recordAt(program, i);
      runPanels<T>(program, r, p, end, scratch, 0, stripsOf(r));
    }
  }
}

/** In how many pieces a phase over panels can be run: records one by one, products of a dense layer strip by strip. */
export function piecesOf(program: usize, phase: i32): i32 {
  let pieces = 0;
  const last = phaseWord(program, phase, Phase.last);
  for (let i = phaseWord(program, phase, Phase.first); i < last; i++) pieces += stripsOf(recordAt(program, i));
  return pieces;
}

/** Runs one of these pieces over the panels [from, to), at most a group of them, after all those before it. */
export function runPiece<T>(program: usize, phase: i32, piece: i32, from: i32, to: i32, scratch: usize): void {
  if (piece == 0) forgetPacked(program, scratch);
  for (let i = phaseWord(program, phase, Phase.first); ; i++) {
    const r = recordAt(program, i);
    const strips = stripsOf(r);
    if (piece < strips) {
      runPanels<T>(program, r, from, to, scratch, piece, piece + 1);
      return;
    }
    piece -= strips;
  }
}

// Strips of the weights that a record goes through one after the other; 1 where it has none.
function stripsOf(r: usize): i32 {
  switch (kindOf(r)) {
    case Kind.denseForward:
      return (word(r, DenseForward.k) + COLUMNS - 1) / COLUMNS;
    case Kind.predictForward:
      return (word(r, PredictForward.k) + COLUMNS - 1) / COLUMNS;
    case Kind.denseBackwardInput:
      return (word(r, DenseBackwardInput.kp) + COLUMNS - 1) / COLUMNS;
    default:
      return 1;
  }
}

// One record over the panels [from, to); of its strips [strip, last).
function runPanels<T>(
  program: usize,
  r: usize,
  from: i32,
  to: i32,
  scratch: usize,
  strip: i32,
  last: i32,
): void {
  switch (kindOf(r)) {
    case Kind.gatherLabels: {
      const stride = address(r, GatherLabels.yStride);
      let y = address(r, GatherLabels.y) + scratch;
      for (let p = from; p < to; p++, y += stride) {
        const order = orderOf(program, p);
        const labels = address(r, GatherLabels.labels);
        const n = word(r, GatherLabels.n);
        const examples = examplesOf(program, p);
        gatherLabels<T>(y, labels, n, order, examples, double(r, GatherLabels.off), double(r, GatherLabels.on));
      }
      return;
    }
    case Kind.gatherTargets: {
      const stride = address(r, GatherTargets.yStride);
      let y = address(r, GatherTargets.y) + scratch;
      for (let p = from; p < to; p++, y += stride) {
        const order = orderOf(program, p);
        const targets = address(r, GatherTargets.targets);
        gatherTargets<T>(y, targets, word(r, GatherTargets.n), order, examplesOf(program, p));
      }
      return;
    }
    case Kind.gatherNoisy:
      noisy<T>(program, r, from, to);
      return;
    case Kind.denseForward:
      forward<T>(program, r, from, to, scratch, strip, last);
      return;
    case Kind.predictForward:
      predict<T>(program, r, from, to, scratch, strip, last);
      return;
    case Kind.activationForward: {
      const stride = address(r, ActivationForward.stride);
      let a = address(r, ActivationForward.a) + <usize>from * stride;
      let z = address(r, ActivationForward.z) + <usize>from * stride;
      const which = word(r, ActivationForward.which);
      const slope = double(r, ActivationForward.slope);
      const slopes = address(r, ActivationForward.slopes);
      for (let p = from; p < to; p++, a += stride, z += stride) {
        activationForward<T>(which, a, z, word(r, ActivationForward.rows), slope, slopes);
      }
      return;
    }
    case Kind.dropoutForward: {
      const stride = address(r, DropoutForward.stride);
      let out = address(r, DropoutForward.out) + <usize>from * stride;
      let a = address(r, DropoutForward.a) + <usize>from * stride;
      const step = <i32>hyper(program, Hyper.updates);
      const key = keyOf(word(r, DropoutForward.seed), step, word(r, DropoutForward.layer));
      const threshold = word(r, DropoutForward.threshold);
      const factor = <T>double(r, DropoutForward.factor);
      const shift = <T>double(r, DropoutForward.shift);
      const instead = <T>double(r, DropoutForward.instead);
      for (let p = from; p < to; p++, out += stride, a += stride) {
        const order = orderOf(program, p);
        dropoutForward<T>(out, a, word(r, DropoutForward.rows), order, key, threshold, factor, shift, instead);
      }
      return;
    }
    case Kind.layerNormForward: {
      const stride = address(r, LayerNormForward.stride);
      const zStride = address(r, LayerNormForward.zStride);
      let out = address(r, LayerNormForward.out) + <usize>from * stride;
      let z = address(r, LayerNormForward.z) + <usize>from * zStride;
      const n = word(r, LayerNormForward.n);
      const np = word(r, LayerNormForward.np);
      const gamma = address(r, LayerNormForward.gamma);
      const beta = address(r, LayerNormForward.beta);
      const epsilon = <T>double(r, LayerNormForward.epsilon);
      for (let p = from; p < to; p++, out += stride, z += zStride) {
        layerNormForward<T>(out, z, n, np, gamma, beta, epsilon);
      }
      return;
    }
    case Kind.batchNormForward: {
      const stride = address(r, BatchNormForward.stride);
      const zStride = address(r, BatchNormForward.zStride);
      let out = address(r, BatchNormForward.out) + <usize>from * stride;
      let z = address(r, BatchNormForward.z) + <usize>from * zStride;
      const n = word(r, BatchNormForward.n);
      const gamma = address(r, BatchNormForward.gamma);
      const beta = address(r, BatchNormForward.beta);
      const mean = address(r, BatchNormForward.mean);
      const variance = address(r, BatchNormForward.variance);
      const epsilon = <T>double(r, BatchNormForward.epsilon);
      for (let p = from; p < to; p++, out += stride, z += zStride) {
        batchNormForward<T>(out, z, n, gamma, beta, mean, variance, epsilon);
      }
      return;
    }
    case Kind.addForward: {
      const stride = address(r, AddForward.stride);
      const xStride = address(r, AddForward.xStride);
      let out = address(r, AddForward.out) + <usize>from * stride;
      let a = address(r, AddForward.a) + <usize>from * stride;
      let x = address(r, AddForward.x) + <usize>from * xStride;
      for (let p = from; p < to; p++, out += stride, a += stride, x += xStride) {
        addRows<T>(out, a, x, word(r, AddForward.rows));
      }
      return;
    }
    case Kind.lossAndGradient:
      loss<T>(program, r, from, to, scratch);
      return;
    case Kind.weighLosses: {
      const stride = address(r, WeighLosses.dzStride);
      const weights = address(r, WeighLosses.weights);
      let dz = address(r, WeighLosses.dz) + scratch;
      for (let p = from; p < to; p++, dz += stride) {
        const losses = at<T>(address(program, Header.losses), p * LANES);
        const examples = examplesOf(program, p);
        weighLosses<T>(dz, losses, word(r, WeighLosses.n), weights, orderOf(program, p), examples);
      }
      return;
    }
    case Kind.activationBackward: {
      const stride = address(r, ActivationBackward.dzStride);
      const keptStride = address(r, ActivationBackward.keptStride);
      let dz = address(r, ActivationBackward.dz) + scratch;
      let kept = address(r, ActivationBackward.kept) + <usize>from * keptStride;
      const which = word(r, ActivationBackward.which);
      const slope = double(r, ActivationBackward.slope);
      const slopes = address(r, ActivationBackward.slopes);
      for (let p = from; p < to; p++, dz += stride, kept += keptStride) {
        activationBackward<T>(which, dz, kept, word(r, ActivationBackward.rows), slope, slopes);
      }
      return;
    }
    case Kind.dropoutBackward: {
      const stride = address(r, DropoutBackward.dzStride);
      let dz = address(r, DropoutBackward.dz) + scratch;
      const step = <i32>hyper(program, Hyper.updates);
      const key = keyOf(word(r, DropoutBackward.seed), step, word(r, DropoutBackward.layer));
      const threshold = word(r, DropoutBackward.threshold);
      const factor = <T>double(r, DropoutBackward.factor);
      for (let p = from; p < to; p++, dz += stride) {
        dropoutBackward<T>(dz, word(r, DropoutBackward.rows), orderOf(program, p), key, threshold, factor);
      }
      return;
    }
    case Kind.layerNormBackward: {
      const stride = address(r, LayerNormBackward.dzStride);
      const xStride = address(r, LayerNormBackward.xStride);
      let dz = address(r, LayerNormBackward.dz) + scratch;
      let x = address(r, LayerNormBackward.x) + <usize>from * xStride;
      const n = word(r, LayerNormBackward.n);
      const np = word(r, LayerNormBackward.np);
      for (let p = from; p < to; p++, dz += stride, x += xStride) {
        layerNormBackward<T>(dz, x, n, np, address(r, LayerNormBackward.gamma));
      }
      return;
    }
    case Kind.batchNormBackward: {
      const stride = address(r, BatchNormBackward.dzStride);
      const xStride = address(r, BatchNormBackward.xStride);
      let dz = address(r, BatchNormBackward.dz) + scratch;
      let x = address(r, BatchNormBackward.x) + <usize>from * xStride;
      const n = word(r, BatchNormBackward.n);
      const mp = word(r, BatchNormBackward.mp);
      const gamma = address(r, BatchNormBackward.gamma);
      const variance = address(r, BatchNormBackward.variance);
      const dgamma = address(r, BatchNormBackward.dgamma);
      const dbeta = address(r, BatchNormBackward.dbeta);
      const epsilon = <T>double(r, BatchNormBackward.epsilon);
      const m = word(program, Header.examples);
      for (let p = from; p < to; p++, dz += stride, x += xStride) {
        const dy = at<T>(address(r, BatchNormBackward.dy), p * LANES);
        batchNormBackward<T>(dz, x, n, mp, dy, gamma, variance, dgamma, dbeta, epsilon, m, examplesOf(program, p));
      }
      return;
    }
    case Kind.keepGradient: {
      const stride = address(r, KeepGradient.dzStride);
      const keptStride = address(r, KeepGradient.keptStride);
      let dz = address(r, KeepGradient.dz) + scratch;
      let kept = address(r, KeepGradient.kept) + <usize>from * keptStride;
      for (let p = from; p < to; p++, dz += stride, kept += keptStride) {
        memory.copy(kept, dz, bytesOf<T>(word(r, KeepGradient.rows) * LANES));
      }
      return;
    }
    case Kind.addGradient: {
      const stride = address(r, AddGradient.dzStride);
      const keptStride = address(r, AddGradient.keptStride);
      let dz = address(r, AddGradient.dz) + scratch;
      let kept = address(r, AddGradient.kept) + <usize>from * keptStride;
      for (let p = from; p < to; p++, dz += stride, kept += keptStride) {
        addRows<T>(dz, dz, kept, word(r, AddGradient.rows));
      }
      return;
    }
    case Kind.denseBackwardInput:
      backwardInput<T>(r, to - from, scratch, strip, last);
      return;
    case Kind.storeRows: {
      const stride = address(r, StoreRows.dzStride);
      let dz = address(r, StoreRows.dz) + scratch;
      for (let p = from; p < to; p++, dz += stride) {
        storeRows<T>(at<T>(address(r, StoreRows.rows), p * LANES), dz, word(r, StoreRows.np), word(r, StoreRows.mp));
      }
      return;
    }
    case Kind.storePanels: {
      const stride = address(r, StorePanels.xStride);
      let x = address(r, StorePanels.x) + <usize>from * stride;
      for (let p = from; p < to; p++, x += stride) {
        storeRows<T>(at<T>(address(r, StorePanels.rows), p * LANES), x, word(r, StorePanels.np), word(r, StorePanels.mp));
      }
      return;
    }
    case Kind.storeProducts: {
      const stride = address(r, StoreProducts.dzStride);
      const xStride = address(r, StoreProducts.xStride);
      let dz = address(r, StoreProducts.dz) + scratch;
      let x = address(r, StoreProducts.x) + <usize>from * xStride;
      const np = word(r, StoreProducts.np);
      const mp = word(r, StoreProducts.mp);
      const below = word(r, StoreProducts.below) != 0;
      for (let p = from; p < to; p++, dz += stride, x += xStride) {
        storeProducts<T>(at<T>(address(r, StoreProducts.rows), p * LANES), dz, x, np, mp, below);
      }
      return;
    }
    default:
      unreachable();
  }
}

// The inputs of some panels with noise, strip by strip.
function noisy<T>(program: usize, r: usize, from: i32, to: i32): void {
  const stride = address(r, GatherNoisy.outStride);
  const type = word(r, GatherNoisy.xType);
  const k = word(r, GatherNoisy.k);
  const key = noiseKey(word(r, GatherNoisy.seed), <i32>hyper(program, Hyper.updates));
  const scale = <T>hyper(program, Hyper.inputScale);
  const deviation = double(r, GatherNoisy.deviation);
  for (let first = 0; first < k; first += COLUMNS) {
    const inputs = min(COLUMNS, k - first);
    const rows = stripOf(address(r, GatherNoisy.x), type, word(r, GatherNoisy.xStride), first);
    for (let p = from; p < to; p++) {
      const out = at<T>(address(r, GatherNoisy.out) + <usize>p * stride, first * LANES);
      const order = orderOf(program, p);
      const examples = examplesOf(program, p);
      gatherInputs<T>(out, rows, type, inputs, order, examples);
      addNoise<T>(out, inputs, first, order, examples, key, scale, deviation);
    }
  }
}

// z = w · x + b of one layer, strip by strip. The inputs of the first layer are gathered and converted on the way.
function forward<T>(program: usize, r: usize, from: i32, to: i32, scratch: usize, strip: i32, last: i32): void {
  const stride = address(r, DenseForward.zStride);
  const z = address(r, DenseForward.z) + <usize>from * stride;
  const type = word(r, DenseForward.xType);
  const k = word(r, DenseForward.k);
  const kp = word(r, DenseForward.kp);
  const np = word(r, DenseForward.np);
  const count = to - from;
  const end = min(k, last * COLUMNS);
  for (let first = strip * COLUMNS; first < end; first += COLUMNS) {
    const inputs = min(COLUMNS, k - first);
    const w = at<T>(address(r, DenseForward.w), first * np);
    const width = min(COLUMNS, kp - first);
    if (type == Source.panels) {
      const xPanel = address(r, DenseForward.xStride);
      const x = at<T>(address(r, DenseForward.x) + <usize>from * xPanel, first * LANES);
      denseForward<T>(z, stride, x, xPanel, count, w, width, inputs, np, first == 0);
      continue;
    }
    const some = np <= FEW_UNITS ? 2 : count;
    const xPanel = bytesOf<T>(COLUMNS * LANES);
    const x = address(r, DenseForward.panels) + scratch;
    const rows = stripOf(address(r, DenseForward.x), type, word(r, DenseForward.xStride), first);
    for (let p = 0; p < count; p += some) {
      const panels = min(some, count - p);
      for (let i = 0; i < panels; i++) {
        const panel = from + p + i;
        const out = x + <usize>i * xPanel;
        gatherInputs<T>(out, rows, type, inputs, orderOf(program, panel), examplesOf(program, panel));
      }
      denseForward<T>(z + <usize>p * stride, stride, x, xPanel, panels, w, width, inputs, np, first == 0);
    }
  }
  if (end < k) return;
  const scale = word(r, DenseForward.scaled) ? <T>hyper(program, Hyper.inputScale) : <T>1;
  const b = address(r, DenseForward.b);
  for (let p = 0; p < count; p++) scaleAndBias<T>(z + <usize>p * stride, b, np, scale);
}

// The same of a layer that only predicts. A panel that would go through the tile by itself, with few examples in it, goes
// example by example, with a share of the units for each strip of the inputs.
function predict<T>(program: usize, r: usize, from: i32, to: i32, scratch: usize, strip: i32, last: i32): void {
  const stride = address(r, PredictForward.zStride);
  const z = address(r, PredictForward.z) + <usize>from * stride;
  const rows = address(r, PredictForward.x);
  const xStride = address(r, PredictForward.xStride);
  const k = word(r, PredictForward.k);
  const np = word(r, PredictForward.np);
  const w = address(r, PredictForward.w);
  const count = to - from;
  const alone = sizeof<T>() == 8 || (count & 1) == 1;
  const few = alone && examplesOf(program, to - 1) <= FEW_EXAMPLES;
  const full = few ? count - 1 : count;
  const end = min(k, last * COLUMNS);
  for (let first = strip * COLUMNS; full > 0 && first < end; first += COLUMNS) {
    const inputs = min(COLUMNS, k - first);
    const own = at<T>(w, first * UNITS);
    if (xStride) {
      const x = at<T>(rows + <usize>from * xStride, first * LANES);
      unitsForward<T>(z, stride, x, xStride, full, own, k, inputs, np, first == 0);
      continue;
    }
    const some = np <= FEW_UNITS ? 2 : full;
    const xPanel = bytesOf<T>(COLUMNS * LANES);
    const x = address(r, PredictForward.panels) + scratch;
    for (let p = 0; p < full; p += some) {
      const panels = min(some, full - p);
      for (let i = 0; i < panels; i++) {
        const panel = from + p + i;
        const out = x + <usize>i * xPanel;
        gatherRows<T>(out, at<T>(rows, first), k, inputs, orderOf(program, panel), examplesOf(program, panel));
      }
      unitsForward<T>(z + <usize>p * stride, stride, x, xPanel, panels, own, k, inputs, np, first == 0);
    }
  }
  if (few) {
    const order = orderOf(program, to - 1);
    const examples = examplesOf(program, to - 1);
    const panel = z + <usize>full * stride;
    const unit = shareOf<T>(r, strip);
    const units = shareOf<T>(r, last) - unit;
    const step = bytesOf<T>(xStride ? LANES : 1);
    const sums = address(r, PredictForward.panels) + scratch;
    for (let i = 0; i < examples; i++) {
      const x = xStride
        ? at<T>(rows + <usize>(to - 1) * xStride, i)
        : rows + <usize>load<i32>(at<i32>(order, i)) * bytesOf<T>(k);
      exampleForward<T>(at<T>(panel, unit * LANES + i), x, step, at<T>(w, unit * k), k, units, i == 0, sums);
    }
  }
  if (end < k) return;
  const scale = word(r, PredictForward.scaled) ? <T>hyper(program, Hyper.inputScale) : <T>1;
  const b = address(r, PredictForward.b);
  for (let p = 0; p < count; p++) scaleAndBias<T>(z + <usize>p * stride, b, np, scale);
}

// Units that go with the strips before this one where examples go one by one: even shares, in whole turns.
function shareOf<T>(r: usize, strip: i32): i32 {
  const np = word(r, PredictForward.np);
  const some = exampleUnits<T>();
  return min(np, (((np + some - 1) / some) * strip) / stripsOf(r) * some);
}

// da = wᵀ · dz of one layer for the panels of a group, strip by strip.
function backwardInput<T>(r: usize, count: i32, scratch: usize, strip: i32, last: i32): void {
  const kp = word(r, DenseBackwardInput.kp);
  const np = word(r, DenseBackwardInput.np);
  const n = word(r, DenseBackwardInput.n);
  const dz = address(r, DenseBackwardInput.dz) + scratch;
  const some = address(r, DenseBackwardInput.some) + scratch;
  const stride = address(r, DenseBackwardInput.stride);
  const far = bytesOf<T>(kp) * np > <usize>CACHE;
  const end = min(kp, last * COLUMNS);
  for (let first = strip * COLUMNS; first < end; first += COLUMNS) {
    const width = min(COLUMNS, kp - first);
    const da = at<T>(address(r, DenseBackwardInput.da) + scratch, first * LANES);
    const w = at<T>(address(r, DenseBackwardInput.w), first * np);
    denseBackwardInput<T>(da, dz, stride, count, w, width, n, some, far);
  }
}

// The losses of the examples of some panels and their derivatives.
function loss<T>(program: usize, r: usize, from: i32, to: i32, scratch: usize): void {
  const stride = address(r, LossAndGradient.dzStride);
  const zStride = address(r, LossAndGradient.zStride);
  const yStride = address(r, LossAndGradient.yStride);
  let dz = address(r, LossAndGradient.dz) + scratch;
  let z = address(r, LossAndGradient.z) + <usize>from * zStride;
  let y = address(r, LossAndGradient.y) + scratch;
  const n = word(r, LossAndGradient.n);
  const m = word(program, Header.examples);
  const inverse = <T>(1 / <f64>m);
  const which = word(r, LossAndGradient.which);
  const parameter = double(r, LossAndGradient.parameter);
  for (let p = from; p < to; p++, dz += stride, z += zStride, y += yStride) {
    const losses = at<T>(address(program, Header.losses), p * LANES);
    // the scratch held another layer's gradient: rows that no output owns must be 0
    memory.fill(at<T>(dz, n * LANES), 0, bytesOf<T>((word(r, LossAndGradient.np) - n) * LANES));
    lossAndGradient<T>(which, dz, losses, z, y, n, m - p * LANES, inverse, parameter);
  }
}

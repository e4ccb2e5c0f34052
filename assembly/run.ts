// The interpreter: walks the records that src/plan.ts laid out and calls the kernels. It owns no memory and knows no
// network; src/backend/js.ts is its twin in plain TypeScript and must do the same in the same order.

import {
  leakyReluBackward,
  leakyReluForward,
  reluBackward,
  reluForward,
  sigmoidBackward,
  sigmoidForward,
  softmaxForward,
  tanhBackward,
  tanhForward,
} from "./activation";
import {
  denseBackwardBias,
  denseBackwardInput,
  denseBackwardWeights,
  denseForward,
  storeRows,
} from "./dense";
import { at } from "./lanes";
import { binaryCrossEntropy, categoricalCrossEntropy, meanSquaredError } from "./loss";
import { adamUpdate, momentumUpdate, nesterovUpdate, rmspropUpdate, sgdUpdate } from "./optimizer";
import { gatherInputs, gatherLabels, gatherTargets, packTiles } from "./pack";
import * as P from "./program";

// Word i of a record or of the header.
// @ts-ignore: decorator
@inline
function word(record: usize, i: i32): i32 {
  return load<i32>(at<i32>(record, i));
}

// Word i as an address.
// @ts-ignore: decorator
@inline
function address(record: usize, i: i32): usize {
  return <usize>load<u32>(at<i32>(record, i));
}

// @ts-ignore: decorator
@inline
function hyper(program: usize, i: i32): f64 {
  return load<f64>(at<f64>(program + P.HYPER, i));
}

// Address of record i.
// @ts-ignore: decorator
@inline
function recordAt(program: usize, i: i32): usize {
  return at<i32>(program + P.RECORDS, i * P.RECORD);
}

// Operand i of a panel record, for panel p: an address and the bytes from panel to panel.
// @ts-ignore: decorator
@inline
function operand(record: usize, i: i32, p: i32): usize {
  return address(record, i) + <usize>p * address(record, i + 1);
}

/** Runs one section over the panels [from, to) of the current batch. */
export function panels<T>(program: usize, section: i32, from: i32, to: i32): void {
  const first = word(program, P.SECTIONS + 2 * section);
  const last = word(program, P.SECTIONS + 2 * section + 1);
  for (let p = from; p < to; p++) {
    for (let i = first; i < last; i++) runPanel<T>(program, recordAt(program, i), p);
  }
}

/** Runs forward, loss and backward over the panels [from, to): panel by panel, so that a panel stays in the cache. */
export function passes<T>(program: usize, from: i32, to: i32): void {
  for (let p = from; p < to; p++) {
    panels<T>(program, P.FORWARD, p, p + 1);
    panels<T>(program, P.LOSS, p, p + 1);
    panels<T>(program, P.BACKWARD, p, p + 1);
  }
}

function runPanel<T>(program: usize, r: usize, p: i32): void {
  const m = word(program, P.EXAMPLES);
  const left = m - p * P.LANES; // examples in this panel and after it
  const order = at<i32>(address(program, P.ORDER), word(program, P.START) + p * P.LANES);
  const losses = at<T>(address(program, P.LOSSES), p * P.LANES);
  const inverse = <T>(1 / <f64>m);
  switch (word(r, 0)) {
    case P.GATHER_INPUTS:
      gatherInputs<T>(address(r, 1), address(r, 2), word(r, 3), word(r, 4), order, min(left, P.LANES));
      break;
    case P.GATHER_LABELS:
      gatherLabels<T>(address(r, 1), address(r, 2), word(r, 3), order, min(left, P.LANES));
      break;
    case P.GATHER_TARGETS:
      gatherTargets<T>(address(r, 1), address(r, 2), word(r, 3), order, min(left, P.LANES));
      break;
    case P.DENSE_FORWARD: {
      const scale = word(r, 10) ? <T>hyper(program, P.INPUT_SCALE) : <T>1;
      const x = operand(r, 3, p);
      denseForward<T>(operand(r, 1, p), x, address(r, 5), address(r, 6), word(r, 7), word(r, 8), word(r, 9), scale);
      break;
    }
    case P.RELU_FORWARD:
      reluForward<T>(operand(r, 1, p), word(r, 3));
      break;
    case P.LEAKY_RELU_FORWARD:
      leakyReluForward<T>(operand(r, 1, p), word(r, 3));
      break;
    case P.TANH_FORWARD:
      tanhForward<T>(operand(r, 1, p), word(r, 3));
      break;
    case P.SIGMOID_FORWARD:
      sigmoidForward<T>(operand(r, 1, p), word(r, 3));
      break;
    case P.SOFTMAX_FORWARD:
      softmaxForward<T>(operand(r, 1, p), word(r, 3));
      break;
    case P.RELU_BACKWARD:
      reluBackward<T>(address(r, 1), operand(r, 2, p), word(r, 4));
      break;
    case P.LEAKY_RELU_BACKWARD:
      leakyReluBackward<T>(address(r, 1), operand(r, 2, p), word(r, 4));
      break;
    case P.TANH_BACKWARD:
      tanhBackward<T>(address(r, 1), operand(r, 2, p), word(r, 4));
      break;
    case P.SIGMOID_BACKWARD:
      sigmoidBackward<T>(address(r, 1), operand(r, 2, p), word(r, 4));
      break;
    case P.BINARY_CROSS_ENTROPY:
      clearPadding<T>(r);
      binaryCrossEntropy<T>(address(r, 1), losses, operand(r, 2, p), address(r, 4), word(r, 5), left, inverse);
      break;
    case P.CATEGORICAL_CROSS_ENTROPY:
      clearPadding<T>(r);
      categoricalCrossEntropy<T>(address(r, 1), losses, operand(r, 2, p), address(r, 4), word(r, 5), left, inverse);
      break;
    case P.MEAN_SQUARED_ERROR:
      clearPadding<T>(r);
      meanSquaredError<T>(address(r, 1), losses, operand(r, 2, p), address(r, 4), word(r, 5), left, inverse);
      break;
    case P.DENSE_BACKWARD_INPUT:
      denseBackwardInput<T>(address(r, 1), address(r, 2), address(r, 3), word(r, 4), word(r, 5), word(r, 6));
      break;
    case P.STORE_ROWS:
      storeRows<T>(at<T>(address(r, 1), p * P.LANES), address(r, 2), word(r, 3), word(r, 4));
      break;
  }
}

// Sets the rows of dz that no output owns to 0: the scratch held another layer's gradient.
function clearPadding<T>(loss: usize): void {
  const n = word(loss, 5);
  const np = word(loss, 6);
  memory.fill(at<T>(address(loss, 1), n * P.LANES), 0, at<T>(0, (np - n) * P.LANES));
}

/**
 * Runs blocks [from, to) of the update section. Its records come in pairs, one pair a layer: the weight gradient and
 * the optimizer. Blocks are numbered through all layers; each is BLOCK columns of a layer's weights.
 */
export function blocks<T>(program: usize, from: i32, to: i32): void {
  const last = word(program, P.SECTIONS + 2 * P.UPDATE + 1);
  let block = 0; // number of the layer's first block
  for (let i = word(program, P.SECTIONS + 2 * P.UPDATE); i < last; i += 2) {
    const gradient = recordAt(program, i);
    const count = word(gradient, 13);
    const end = min(count, to - block);
    for (let b = max(0, from - block); b < end; b++) {
      weightGradient<T>(program, gradient, b);
      update<T>(program, recordAt(program, i + 1), b);
    }
    block += count;
  }
}

function weightGradient<T>(program: usize, r: usize, block: i32): void {
  const m = word(program, P.EXAMPLES);
  const dw = address(r, 1);
  const rows = address(r, 3);
  const kp = word(r, 8);
  const np = word(r, 9);
  const mp = word(r, 10);
  const tile = address(r, 11);
  const first = block * P.BLOCK;
  const width = min(P.BLOCK, kp - first);
  for (let u = 0; u < np; u++) memory.fill(at<T>(dw, u * kp + first), 0, at<T>(0, width));
  for (let s = 0; s < m; s += P.CHUNK) {
    const count = min(P.CHUNK, m - s);
    const order = at<i32>(address(program, P.ORDER), word(program, P.START) + s);
    const stride = word(r, 6);
    const source = address(r, 4) + (word(r, 5) == P.PANELS ? <usize>(s / P.LANES) * <usize>stride : 0);
    packTiles<T>(tile, width / P.LANES, source, word(r, 5), stride, word(r, 7), first, order, count);
    denseBackwardWeights<T>(at<T>(dw, first), at<T>(rows, s), tile, width / P.LANES, count, kp, np, mp);
  }
  if (word(r, 12)) {
    const scale = v128.splat<T>(<T>hyper(program, P.INPUT_SCALE));
    for (let u = 0; u < np; u++) {
      const end = at<T>(dw, u * kp + first + width);
      for (let p = at<T>(dw, u * kp + first); p < end; p += 16) v128.store(p, v128.mul<T>(v128.load(p), scale));
    }
  }
  if (block == 0) denseBackwardBias<T>(address(r, 2), rows, np, mp, (m + P.LANES - 1) / P.LANES);
}

function update<T>(program: usize, r: usize, block: i32): void {
  if (word(r, 0) == 0) return;
  const kp = word(r, 5);
  const np = word(r, 6);
  const first = block * P.BLOCK;
  const width = min(P.BLOCK, kp - first);
  let bad = v128.splat<T>(0);
  for (let u = 0; u < np; u++) {
    bad = v128.add<T>(bad, updateRun<T>(program, r, u * kp + first, width, hyper(program, P.WEIGHT_DECAY)));
  }
  if (block == 0) bad = v128.add<T>(bad, updateRun<T>(program, r, word(r, 7), word(r, 8), 0)); // no decay of biases
  if (v128.any_true(v128.ne<T>(bad, bad))) store<i32>(at<i32>(program, P.BAD_UPDATE), 1);
}

// Updates `count` parameters from element `first` of the layer's block on.
function updateRun<T>(program: usize, r: usize, first: i32, count: i32, decay: f64): v128 {
  const w = at<T>(address(r, 1), first);
  const dw = at<T>(address(r, 2), first);
  const v = at<T>(address(r, 3), first);
  const s = at<T>(address(r, 4), first);
  const rate = hyper(program, P.LEARNING_RATE);
  const momentum = <T>hyper(program, P.MOMENTUM);
  const beta1 = hyper(program, P.BETA1);
  const beta2 = hyper(program, P.BETA2);
  const epsilon = <T>hyper(program, P.EPSILON);
  const kind = word(r, 0);
  switch (kind) {
    case P.SGD_UPDATE:
      return sgdUpdate<T>(w, dw, count, <T>rate, <T>decay);
    case P.MOMENTUM_UPDATE:
      return momentumUpdate<T>(w, dw, v, count, <T>rate, <T>decay, momentum);
    case P.NESTEROV_UPDATE:
      return nesterovUpdate<T>(w, dw, v, count, <T>rate, <T>decay, momentum);
    case P.RMSPROP_UPDATE:
      return rmspropUpdate<T>(w, dw, s, count, <T>rate, <T>decay, <T>beta2, <T>(1 - beta2), epsilon);
    default: {
      const corrected = rate / (1 - hyper(program, P.BETA1_POWER));
      const root = 1 / Math.sqrt(1 - hyper(program, P.BETA2_POWER));
      const decoupled = kind == P.ADAMW_UPDATE;
      return adamUpdate<T>(
        w,
        dw,
        v,
        s,
        count,
        <T>corrected,
        <T>root,
        decoupled ? <T>0 : <T>decay,
        decoupled ? <T>(1 - rate * decay) : <T>1,
        <T>beta1,
        <T>(1 - beta1),
        <T>beta2,
        <T>(1 - beta2),
        epsilon,
      );
    }
  }
}

/** Mean loss over the current batch, summed in double in the order of the examples. */
export function batchCost<T>(program: usize): f64 {
  const m = word(program, P.EXAMPLES);
  const losses = address(program, P.LOSSES);
  let sum: f64 = 0;
  for (let i = 0; i < m; i++) sum += <f64>load<T>(at<T>(losses, i));
  return sum / <f64>m;
}

/** Sets m for the batch at START. */
export function beginBatch(program: usize): void {
  const left = word(program, P.COUNT) - word(program, P.START);
  store<i32>(at<i32>(program, P.EXAMPLES), min(left, word(program, P.BATCH)));
}

/** Advances the powers of β₁ and β₂: once an update, before its blocks. */
export function beginUpdate(program: usize): void {
  const powers = at<f64>(program + P.HYPER, P.BETA1_POWER);
  store<f64>(powers, load<f64>(powers) * hyper(program, P.BETA1));
  store<f64>(at<f64>(powers, 1), load<f64>(at<f64>(powers, 1)) * hyper(program, P.BETA2));
}

/** Moves START to the next batch; behind the last example it begins anew. */
export function endBatch(program: usize): void {
  const next = word(program, P.START) + word(program, P.EXAMPLES);
  store<i32>(at<i32>(program, P.START), next < word(program, P.COUNT) ? next : 0);
}

/**
 * Runs up to `count` whole steps and returns how many were finished; costs[i] is the cost before update i. It stops
 * short before an update whose cost is not finite (costs[returned] says it), and after one that set BAD_UPDATE.
 */
export function steps<T>(program: usize, count: i32, allBlocks: i32): i32 {
  const costs = address(program, P.COSTS);
  for (let i = 0; i < count; i++) {
    beginBatch(program);
    passes<T>(program, 0, (word(program, P.EXAMPLES) + P.LANES - 1) / P.LANES);
    const cost = batchCost<T>(program);
    store<f64>(at<f64>(costs, i), cost);
    if (!isFinite(cost)) return i;
    beginUpdate(program);
    blocks<T>(program, 0, allBlocks);
    endBatch(program);
    if (word(program, P.BAD_UPDATE)) return i + 1;
  }
  return count;
}

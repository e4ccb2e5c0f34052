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
import { denseBackwardInput, denseForward, scaleAndBias, storeRows } from "./dense";
import { gramRows } from "./gram";
import { at } from "./lanes";
import { binaryCrossEntropy, categoricalCrossEntropy, meanSquaredError } from "./loss";
import { gatherInputs, gatherLabels, gatherTargets } from "./pack";
import * as P from "./program";
import { address, examplesOf, hyper, orderOf, panelsOf, recordAt, stripOf, word } from "./records";
import { blocks, forgetPacked } from "./update";

const FEW: i32 = 64; // units

/** Runs FORWARD, LOSS and BACKWARD over the panels [from, to). */
export function passes<T>(program: usize, from: i32, to: i32, scratch: usize): void {
  forgetPacked(program, scratch);
  for (let p = from; p < to; p += P.GROUP) {
    const end = min(p + P.GROUP, to);
    group<T>(program, P.FORWARD, p, end, scratch);
    group<T>(program, P.LOSS, p, end, scratch);
    group<T>(program, P.BACKWARD, p, end, scratch);
  }
}

/** Runs one section over the panels [from, to) of the current batch. */
export function panels<T>(program: usize, section: i32, from: i32, to: i32, scratch: usize): void {
  for (let p = from; p < to; p += P.GROUP) group<T>(program, section, p, min(p + P.GROUP, to), scratch);
}

// A group of panels goes through a section record by record, so that a layer's weights serve them all.
function group<T>(program: usize, section: i32, from: i32, to: i32, scratch: usize): void {
  const last = word(program, P.SECTIONS + 2 * section + 1);
  for (let i = word(program, P.SECTIONS + 2 * section); i < last; i++) {
    run<T>(program, recordAt(program, i), from, to, scratch);
  }
}

// One record over the panels [from, to).
function run<T>(program: usize, r: usize, from: i32, to: i32, scratch: usize): void {
  const kind = word(r, 0);
  if (kind == P.DENSE_FORWARD) {
    forward<T>(program, r, from, to, scratch);
    return;
  }
  if (kind == P.DENSE_BACKWARD_INPUT) {
    backwardInput<T>(r, to - from, scratch);
    return;
  }
  const step = address(r, 2);
  if (kind >= P.RELU_FORWARD && kind <= P.SOFTMAX_FORWARD) {
    let a = address(r, 1) + <usize>from * step;
    for (let p = from; p < to; p++, a += step) activate<T>(kind, a, word(r, 3));
    return;
  }
  if (kind == P.STORE_ROWS) {
    let dz = address(r, 2) + scratch;
    for (let p = from; p < to; p++, dz += address(r, 3)) {
      storeRows<T>(at<T>(address(r, 1), p * P.LANES), dz, word(r, 4), word(r, 5));
    }
    return;
  }
  // what is left begins with an operand in scratch
  let out = address(r, 1) + scratch;
  if (kind == P.GATHER_LABELS || kind == P.GATHER_TARGETS) {
    const values = address(r, 3);
    const n = word(r, 4);
    for (let p = from; p < to; p++, out += step) {
      const order = orderOf(program, p);
      if (kind == P.GATHER_LABELS) gatherLabels<T>(out, values, n, order, examplesOf(program, p));
      else gatherTargets<T>(out, values, n, order, examplesOf(program, p));
    }
    return;
  }
  let a = address(r, 3) + <usize>from * address(r, 4);
  if (kind >= P.RELU_BACKWARD && kind <= P.SIGMOID_BACKWARD) {
    for (let p = from; p < to; p++, out += step, a += address(r, 4)) derive<T>(kind, out, a, word(r, 5));
    return;
  }
  let y = address(r, 5) + scratch;
  for (let p = from; p < to; p++, out += step, a += address(r, 4), y += address(r, 6)) {
    lose<T>(program, r, p, out, a, y);
  }
}

// z = w · x + b of one layer, strip by strip. The inputs of the first layer are gathered and converted on the way.
function forward<T>(program: usize, r: usize, from: i32, to: i32, scratch: usize): void {
  const stride = address(r, 2);
  const z = address(r, 1) + <usize>from * stride;
  const type = word(r, 4);
  const k = word(r, 6);
  const kp = word(r, 7);
  const np = word(r, 8);
  const count = to - from;
  for (let first = 0; first < k; first += P.COLUMNS) {
    const inputs = min(P.COLUMNS, k - first);
    const w = at<T>(address(r, 9), first * np);
    const width = min(P.COLUMNS, kp - first);
    if (type == P.PANELS) {
      const xPanel = address(r, 5);
      const x = at<T>(address(r, 3) + <usize>from * xPanel, first * P.LANES);
      denseForward<T>(z, stride, x, xPanel, count, w, width, inputs, np, first == 0);
      continue;
    }
    // few units read their inputs once or twice: a pair of panels at a time stays in the first-level cache
    const few = np <= FEW ? 2 : count;
    const xPanel = at<T>(0, P.COLUMNS * P.LANES);
    const x = address(r, 12) + scratch;
    const rows = stripOf(r, 3, type, first);
    for (let p = 0; p < count; p += few) {
      const some = min(few, count - p);
      for (let i = 0; i < some; i++) {
        const panel = from + p + i;
        const out = x + <usize>i * xPanel;
        gatherInputs<T>(out, rows, type, inputs, orderOf(program, panel), examplesOf(program, panel));
      }
      denseForward<T>(z + <usize>p * stride, stride, x, xPanel, some, w, width, inputs, np, first == 0);
    }
  }
  const scale = word(r, 11) ? <T>hyper(program, P.INPUT_SCALE) : <T>1;
  for (let p = 0; p < count; p++) scaleAndBias<T>(z + <usize>p * stride, address(r, 10), np, scale);
}

// da = wᵀ · dz of one layer for the panels of a group, strip by strip.
function backwardInput<T>(r: usize, count: i32, scratch: usize): void {
  const kp = word(r, 5);
  const np = word(r, 7);
  for (let first = 0; first < kp; first += P.COLUMNS) {
    const width = min(P.COLUMNS, kp - first);
    const da = at<T>(address(r, 1) + scratch, first * P.LANES);
    const w = at<T>(address(r, 4), first * np);
    denseBackwardInput<T>(da, address(r, 2) + scratch, address(r, 3), count, w, width, width, word(r, 6));
  }
}

function activate<T>(kind: i32, a: usize, rows: i32): void {
  switch (kind) {
    case P.RELU_FORWARD:
      reluForward<T>(a, rows);
      break;
    case P.LEAKY_RELU_FORWARD:
      leakyReluForward<T>(a, rows);
      break;
    case P.TANH_FORWARD:
      tanhForward<T>(a, rows);
      break;
    case P.SIGMOID_FORWARD:
      sigmoidForward<T>(a, rows);
      break;
    case P.SOFTMAX_FORWARD:
      softmaxForward<T>(a, rows);
      break;
  }
}

function derive<T>(kind: i32, dz: usize, a: usize, rows: i32): void {
  switch (kind) {
    case P.RELU_BACKWARD:
      reluBackward<T>(dz, a, rows);
      break;
    case P.LEAKY_RELU_BACKWARD:
      leakyReluBackward<T>(dz, a, rows);
      break;
    case P.TANH_BACKWARD:
      tanhBackward<T>(dz, a, rows);
      break;
    case P.SIGMOID_BACKWARD:
      sigmoidBackward<T>(dz, a, rows);
      break;
  }
}

// The loss of one panel and its derivative.
function lose<T>(program: usize, r: usize, p: i32, dz: usize, z: usize, y: usize): void {
  const n = word(r, 7);
  const m = word(program, P.EXAMPLES);
  const left = m - p * P.LANES; // examples in this panel and after it
  const losses = at<T>(address(program, P.LOSSES), p * P.LANES);
  const inverse = <T>(1 / <f64>m);
  // the scratch held another layer's gradient: rows that no output owns must be 0
  memory.fill(at<T>(dz, n * P.LANES), 0, at<T>(0, (word(r, 8) - n) * P.LANES));
  switch (word(r, 0)) {
    case P.BINARY_CROSS_ENTROPY:
      binaryCrossEntropy<T>(dz, losses, z, y, n, left, inverse);
      break;
    case P.CATEGORICAL_CROSS_ENTROPY:
      categoricalCrossEntropy<T>(dz, losses, z, y, n, left, inverse);
      break;
    case P.MEAN_SQUARED_ERROR:
      meanSquaredError<T>(dz, losses, z, y, n, left, inverse);
      break;
  }
}

/** Products of the examples [from, to) with one another and with all before them. */
export function products(program: usize, from: i32, to: i32): void {
  const r = recordAt(program, word(program, P.SECTIONS + 2 * P.PRODUCTS));
  gramRows(address(r, 1), address(r, 2), word(r, 3), word(r, 4), word(r, 5), from, to);
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
export function steps<T>(program: usize, count: i32): i32 {
  const costs = address(program, P.COSTS);
  for (let i = 0; i < count; i++) {
    beginBatch(program);
    passes<T>(program, 0, panelsOf(program), 0);
    const cost = batchCost<T>(program);
    store<f64>(at<f64>(costs, i), cost);
    if (!isFinite(cost)) return i;
    beginUpdate(program);
    blocks<T>(program, 0, word(program, P.BLOCKS), 0);
    endBatch(program);
    if (word(program, P.BAD_UPDATE)) return i + 1;
  }
  return count;
}

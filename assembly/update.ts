// The update section of the interpreter: weight gradients, and the optimizer right behind them.

import { denseBackwardBias, denseBackwardWeights, scatterRows } from "./dense";
import { at } from "./lanes";
import * as optimizer from "./optimizer";
import { adamUpdate, momentumUpdate, nesterovUpdate, rmspropUpdate, sgdUpdate } from "./optimizer";
import { packTiles } from "./pack";
import * as P from "./program";
import { address, hyper, orderOf, panelsOf, recordAt, stripOf, word } from "./records";

/**
 * Runs blocks [from, to) of the update section. Its records come in pairs, one pair a layer: the weight gradient and
 * the optimizer. Blocks are numbered through all layers; each is some rows of a strip of a layer's weights, the first
 * of a layer also its bias.
 */
export function blocks<T>(program: usize, from: i32, to: i32, scratch: usize): void {
  const last = word(program, P.SECTIONS + 2 * P.UPDATE + 1);
  let block = 0; // number of the layer's first block
  for (let i = word(program, P.SECTIONS + 2 * P.UPDATE); i < last; i += 2) {
    const gradient = recordAt(program, i);
    const updates = recordAt(program, i + 1);
    const kp = word(gradient, 8);
    const np = word(gradient, 9);
    const count = word(gradient, 13);
    const height = word(gradient, 14);
    const blocksOfStrip = (np + height - 1) / height;
    const end = min(count, to - block);
    for (let b = max(0, from - block); b < end; b++) {
      const first = (b / blocksOfStrip) * P.COLUMNS;
      const width = min(P.COLUMNS, kp - first);
      const u = (b % blocksOfStrip) * height;
      const rows = min(height, np - u);
      const place = first * np + u * width;
      // a gradient that nobody will look at stays in the cache
      const kept = word(program, P.KEEP) || word(updates, 0) == 0;
      const dw = kept ? at<T>(address(gradient, 1), place) : address(gradient, 15) + scratch;
      weightGradient<T>(program, gradient, dw, first, width, u, rows, scratch);
      update<T>(program, updates, place, dw, rows * width, hyper(program, P.WEIGHT_DECAY), scratch);
      if (b > 0) continue;
      const db = address(gradient, 2);
      denseBackwardBias<T>(db, address(gradient, 3), np, word(gradient, 10), panelsOf(program));
      update<T>(program, updates, np * kp, db, word(updates, 4), 0, scratch); // no decay of biases
    }
    block += count;
  }
}

// The gradient of rows u … u + rows of the strip that begins at input `first`, `width` inputs wide. The inputs of the
// strip, once packed, serve its other blocks too.
function weightGradient<T>(
  program: usize,
  r: usize,
  dw: usize,
  first: i32,
  width: i32,
  u: i32,
  rows: i32,
  scratch: usize,
): void {
  const m = word(program, P.EXAMPLES);
  const type = word(r, 5);
  const stride = word(r, 6);
  const mp = word(r, 10);
  const tile = address(r, 11) + scratch;
  const dz = at<T>(address(r, 3), u * mp);
  const order = orderOf(program, 0);
  if (type == P.EXAMPLES_THEMSELVES) {
    scatterRows<T>(dw, dz, first, width, order, m, rows, mp);
    return;
  }
  const scale = word(r, 12) ? <T>hyper(program, P.INPUT_SCALE) : <T>1;
  const note = address(program, P.SCRATCH) + scratch;
  const packed = load<u32>(note) == <u32>r && load<i32>(note, 4) == first && m <= P.CHUNK;
  store<u32>(note, <u32>r);
  store<i32>(note, first, 4);
  for (let s = 0; s < m; s += P.CHUNK) {
    const count = min(P.CHUNK, m - s);
    if (!packed) {
      const source =
        type == P.PANELS
          ? at<T>(address(r, 4), first * P.LANES) + <usize>(s / P.LANES) * <usize>stride
          : stripOf(r, 4, type, first);
      packTiles<T>(tile, source, type, stride, min(P.COLUMNS, word(r, 7) - first), at<i32>(order, s), count, scale);
    }
    denseBackwardWeights<T>(dw, at<T>(dz, s), tile, width, count, rows, mp, s == 0);
  }
}

// Updates `count` parameters from element `first` of the layer's on, whose gradient lies at dw.
function update<T>(program: usize, r: usize, first: i32, dw: usize, count: i32, decay: f64, scratch: usize): void {
  const kind = word(r, 0);
  if (kind == 0) return; // a plan for gradients alone
  const h = address(program, P.SCRATCH) + scratch + P.HYPERS;
  prepare<T>(program, kind, decay, h);
  const w = at<T>(address(r, 1), first);
  const v = at<T>(address(r, 2), first);
  const s = at<T>(address(r, 3), first);
  let bad: v128;
  switch (kind) {
    case P.SGD_UPDATE:
      bad = sgdUpdate<T>(w, dw, count, h);
      break;
    case P.MOMENTUM_UPDATE:
      bad = momentumUpdate<T>(w, dw, v, count, h);
      break;
    case P.NESTEROV_UPDATE:
      bad = nesterovUpdate<T>(w, dw, v, count, h);
      break;
    case P.RMSPROP_UPDATE:
      bad = rmspropUpdate<T>(w, dw, s, count, h);
      break;
    default:
      bad = adamUpdate<T>(w, dw, v, s, count, h);
  }
  if (v128.any_true(v128.ne<T>(bad, bad))) store<i32>(at<i32>(program, P.BAD_UPDATE), 1);
}

// The hyperparameters of an update, rounded to T, as optimizer.ts wants them.
function prepare<T>(program: usize, kind: i32, decay: f64, h: usize): void {
  let rate = hyper(program, P.LEARNING_RATE);
  const beta1 = hyper(program, P.BETA1);
  const beta2 = hyper(program, P.BETA2);
  let shrink: f64 = 1;
  if (kind == P.ADAMW_UPDATE) {
    shrink = 1 - rate * decay;
    decay = 0;
  }
  if (kind == P.ADAM_UPDATE || kind == P.ADAMW_UPDATE) rate /= 1 - hyper(program, P.BETA1_POWER);
  store<T>(at<T>(h, optimizer.STEP), <T>-rate);
  store<T>(at<T>(h, optimizer.DECAY), <T>decay);
  store<T>(at<T>(h, optimizer.MOMENTUM), <T>hyper(program, P.MOMENTUM));
  store<T>(at<T>(h, optimizer.BETA1), <T>beta1);
  store<T>(at<T>(h, optimizer.REST1), <T>(1 - beta1));
  store<T>(at<T>(h, optimizer.BETA2), <T>beta2);
  store<T>(at<T>(h, optimizer.REST2), <T>(1 - beta2));
  store<T>(at<T>(h, optimizer.EPSILON), <T>hyper(program, P.EPSILON));
  store<T>(at<T>(h, optimizer.ROOT), <T>(1 / Math.sqrt(1 - hyper(program, P.BETA2_POWER))));
  store<T>(at<T>(h, optimizer.SHRINK), <T>shrink);
  store<T>(at<T>(h, optimizer.TINY), <T>(sizeof<T>() == 4 ? 1e-30 : 1e-300));
}

/** What lies packed for a weight gradient is of another step. */
export function forgetPacked(program: usize, scratch: usize): void {
  store<u32>(address(program, P.SCRATCH) + scratch, 0);
}

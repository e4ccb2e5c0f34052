// Brings examples into the order the products want: rows into panels for the forward pass, eight columns at a time
// for the weight gradient. Numbers are converted here and nowhere else; scaling is left to the products.

import { at } from "./lanes";
import { CHUNK, FLOAT32, FLOAT64, LANES, PANELS, UINT8 } from "./program";

/**
 * out[feature][8] = up to 8 rows of x (·, k), those that order[0 … count) names; the other lanes are 0.
 * `type` is the type of x's numbers.
 */
export function gatherInputs<T>(out: usize, x: usize, type: i32, k: i32, order: usize, count: i32): void {
  if (type == UINT8) {
    if (count == LANES) gatherBytes<T>(out, x, k, order);
    else gatherRows<T, u8>(out, x, k, order, count, 0);
  } else if (type == FLOAT32) gatherRows<T, f32>(out, x, k, order, count, 0);
  else gatherRows<T, f64>(out, x, k, order, count, 0);
}

function gatherRows<T, X>(out: usize, x: usize, k: i32, order: usize, count: i32, first: i32): void {
  for (let lane = 0; lane < LANES; lane++) {
    let p = at<T>(out, first * LANES + lane);
    const end = at<T>(out, k * LANES + lane);
    if (lane < count) {
      let q = row<X>(x, order, lane, k, first);
      while (p < end) {
        store<T>(p, <T>load<X>(q));
        p = at<T>(p, LANES);
        q = at<X>(q, 1);
      }
    } else {
      while (p < end) {
        store<T>(p, 0);
        p = at<T>(p, LANES);
      }
    }
  }
}

// Full panels of bytes: blocks of 8 x 8 are transposed as bytes, then widened.
function gatherBytes<T>(out: usize, x: usize, k: i32, order: usize): void {
  let q0 = row<u8>(x, order, 0, k, 0);
  let q1 = row<u8>(x, order, 1, k, 0);
  let q2 = row<u8>(x, order, 2, k, 0);
  let q3 = row<u8>(x, order, 3, k, 0);
  let q4 = row<u8>(x, order, 4, k, 0);
  let q5 = row<u8>(x, order, 5, k, 0);
  let q6 = row<u8>(x, order, 6, k, 0);
  let q7 = row<u8>(x, order, 7, k, 0);
  const whole = k & ~7;
  let p = out;
  for (let j = 0; j < whole; j += 8) {
    // [r0 r1] byte by byte, then pairs, then fours: each step doubles the run that belongs to one feature
    const a0 = bytes2(v128.load64_zero(q0), v128.load64_zero(q1));
    const a1 = bytes2(v128.load64_zero(q2), v128.load64_zero(q3));
    const a2 = bytes2(v128.load64_zero(q4), v128.load64_zero(q5));
    const a3 = bytes2(v128.load64_zero(q6), v128.load64_zero(q7));
    const b0 = i16x8.shuffle(a0, a1, 0, 8, 1, 9, 2, 10, 3, 11);
    const b1 = i16x8.shuffle(a0, a1, 4, 12, 5, 13, 6, 14, 7, 15);
    const b2 = i16x8.shuffle(a2, a3, 0, 8, 1, 9, 2, 10, 3, 11);
    const b3 = i16x8.shuffle(a2, a3, 4, 12, 5, 13, 6, 14, 7, 15);
    // two features of 8 examples in each vector
    p = widen<T>(p, i32x4.shuffle(b0, b2, 0, 4, 1, 5));
    p = widen<T>(p, i32x4.shuffle(b0, b2, 2, 6, 3, 7));
    p = widen<T>(p, i32x4.shuffle(b1, b3, 0, 4, 1, 5));
    p = widen<T>(p, i32x4.shuffle(b1, b3, 2, 6, 3, 7));
    q0 += 8;
    q1 += 8;
    q2 += 8;
    q3 += 8;
    q4 += 8;
    q5 += 8;
    q6 += 8;
    q7 += 8;
  }
  if (whole < k) gatherRows<T, u8>(out, x, k, order, LANES, whole);
}

// @ts-ignore: decorator
@inline
function bytes2(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// Stores 16 bytes as 16 numbers; returns the address after them.
// @ts-ignore: decorator
@inline
function widen<T>(p: usize, bytes: v128): usize {
  widen8<T>(p, i16x8.extend_low_i8x16_u(bytes));
  widen8<T>(at<T>(p, 8), i16x8.extend_high_i8x16_u(bytes));
  return at<T>(p, 16);
}

// @ts-ignore: decorator
@inline
function widen8<T>(p: usize, halves: v128): void {
  const low = i32x4.extend_low_i16x8_u(halves);
  const high = i32x4.extend_high_i16x8_u(halves);
  if (sizeof<T>() == 4) {
    v128.store(p, f32x4.convert_i32x4_s(low));
    v128.store(p, f32x4.convert_i32x4_s(high), 16);
  } else {
    v128.store(p, f64x2.convert_low_i32x4_s(low));
    v128.store(p, f64x2.convert_low_i32x4_s(i32x4.shuffle(low, low, 2, 3, 2, 3)), 16);
    v128.store(p, f64x2.convert_low_i32x4_s(high), 32);
    v128.store(p, f64x2.convert_low_i32x4_s(i32x4.shuffle(high, high, 2, 3, 2, 3)), 48);
  }
}

// Address of feature `first` in the row of x (·, k) that order[i] names.
// @ts-ignore: decorator
@inline
function row<X>(x: usize, order: usize, i: i32, k: i32, first: i32): usize {
  return at<X>(x, first) + <usize>load<i32>(at<i32>(order, i)) * at<X>(0, k);
}

/** y[n][8] from class indices: one row holds the index itself (n = 1), more rows are one-hot. Other lanes are 0. */
export function gatherLabels<T>(y: usize, labels: usize, n: i32, order: usize, count: i32): void {
  memory.fill(y, 0, at<T>(0, n * LANES));
  for (let lane = 0; lane < count; lane++) {
    const label = load<i32>(at<i32>(labels, load<i32>(at<i32>(order, lane))));
    if (n == 1) store<T>(at<T>(y, lane), <T>label);
    else store<T>(at<T>(y, label * LANES + lane), 1);
  }
}

/** y[n][8] from rows of targets (·, n). Other lanes are 0. */
export function gatherTargets<T>(y: usize, targets: usize, n: i32, order: usize, count: i32): void {
  gatherRows<T, T>(y, targets, n, order, count, 0);
}

/**
 * tile[t][i][8] = inputs first + 8t … first + 8t + 7 of `count` examples; 0 where there is no such input.
 * The tiles are CHUNK examples apart. The source is rows of the data set, named by order, or panels of activations.
 */
export function packTiles<T>(
  tile: usize,
  tiles: i32,
  source: usize,
  type: i32,
  stride: i32,
  k: i32,
  first: i32,
  order: usize,
  count: i32,
): void {
  if (type == PANELS) packPanels<T>(tile, tiles, source, stride, k, first, count);
  else if (type == UINT8) packRows<T, u8>(tile, tiles, source, k, first, order, count);
  else if (type == FLOAT32) packRows<T, f32>(tile, tiles, source, k, first, order, count);
  else if (type == FLOAT64) packRows<T, f64>(tile, tiles, source, k, first, order, count);
}

function packRows<T, X>(tile: usize, tiles: i32, x: usize, k: i32, first: i32, order: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const q = row<X>(x, order, i, k, first);
    for (let t = 0; t < tiles; t++) {
      const p = at<T>(tile, (t * CHUNK + i) * LANES);
      const there = min(LANES, k - first - t * LANES);
      if (there == LANES) pack8<T, X>(p, at<X>(q, t * LANES));
      else {
        memory.fill(p, 0, at<T>(0, LANES));
        for (let c = 0; c < there; c++) store<T>(at<T>(p, c), <T>load<X>(at<X>(q, t * LANES + c)));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function pack8<T, X>(p: usize, q: usize): void {
  if (sizeof<X>() == 1) widen8<T>(p, v128.load8x8_u(q));
  else if (sizeof<X>() == sizeof<T>()) memory.copy(p, q, at<T>(0, LANES));
  else for (let c = 0; c < LANES; c++) store<T>(at<T>(p, c), <T>load<X>(at<X>(q, c)));
}

function packPanels<T>(tile: usize, tiles: i32, source: usize, stride: i32, k: i32, first: i32, count: i32): void {
  for (let i = 0; i < count; i += LANES) {
    const panel = source + <usize>(i >> 3) * <usize>stride;
    for (let t = 0; t < tiles; t++) {
      const p = at<T>(tile, (t * CHUNK + i) * LANES);
      const q = at<T>(panel, (first + t * LANES) * LANES);
      const there = min(LANES, k - first - t * LANES);
      if (there < LANES) memory.fill(p, 0, at<T>(0, LANES * LANES));
      for (let c = 0; c < there; c++) {
        for (let lane = 0; lane < LANES; lane++) {
          store<T>(at<T>(p, lane * LANES + c), load<T>(at<T>(q, c * LANES + lane)));
        }
      }
    }
  }
}

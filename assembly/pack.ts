// Brings examples into the order the products want: rows into panels for the forward pass, eight columns at a time for
// the weight gradient. Inputs become numbers of the network's type here and nowhere else. The forward pass scales what
// it has summed (scaleAndBias in dense.ts); for the weight gradient the inputs are scaled as they are packed.

import { at, bytesOf } from "./lanes";
import { LANES, Source, TILE } from "./program";

/**
 * out[feature][8] = 8 rows of x (·, k): those that order[0] to order[examples − 1] name, and the first of them again
 * where there are fewer than 8. `type` is the type of x's numbers, one of Source.
 */
export function gatherInputs<T>(out: usize, x: usize, type: i32, k: i32, order: usize, examples: i32): void {
  if (type == Source.uint8) gatherBytes<T>(out, x, k, order, examples);
  else if (type == Source.float32) gatherNumbers<T, f32>(out, x, k, k, order, examples);
  else gatherNumbers<T, f64>(out, x, k, k, order, examples);
}

/** The same of rows of the network's type, of which x is the first number wanted and which lie `stride` numbers apart. */
export function gatherRows<T>(out: usize, x: usize, stride: i32, k: i32, order: usize, examples: i32): void {
  gatherNumbers<T, T>(out, x, stride, k, order, examples);
}

// Address of the row of x (·, k) that order[i] names; past the last example, of the one that order[0] names.
// @ts-ignore: decorator
@inline
function row<X>(x: usize, order: usize, i: i32, examples: i32, k: i32): usize {
  return x + <usize>load<i32>(at<i32>(order, i < examples ? i : 0)) * bytesOf<X>(k);
}

// Blocks of 8 x 8 are transposed as bytes, then widened.
function gatherBytes<T>(out: usize, x: usize, k: i32, order: usize, examples: i32): void {
  let q0 = row<u8>(x, order, 0, examples, k);
  let q1 = row<u8>(x, order, 1, examples, k);
  let q2 = row<u8>(x, order, 2, examples, k);
  let q3 = row<u8>(x, order, 3, examples, k);
  let q4 = row<u8>(x, order, 4, examples, k);
  let q5 = row<u8>(x, order, 5, examples, k);
  let q6 = row<u8>(x, order, 6, examples, k);
  let q7 = row<u8>(x, order, 7, examples, k);
  const whole = q0 + <usize>(k & ~7);
  let p = out;
  while (q0 < whole) {
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
  gatherRest<T, u8>(p, x, k, k, order, examples, k & ~7);
}

// Blocks of 4 x 4 (float32) or 2 x 2 (float64) are transposed in registers.
function gatherNumbers<T, X>(out: usize, x: usize, stride: i32, k: i32, order: usize, examples: i32): void {
  const width = 16 / sizeof<T>();
  const whole = k & ~(i32(width) - 1);
  for (let lane = 0; lane < LANES; lane += i32(width)) {
    let q0 = row<X>(x, order, lane, examples, stride);
    let q1 = row<X>(x, order, lane + 1, examples, stride);
    let p = at<T>(out, lane);
    const end = at<X>(q0, whole);
    if (sizeof<T>() == 4) {
      let q2 = row<X>(x, order, lane + 2, examples, stride);
      let q3 = row<X>(x, order, lane + 3, examples, stride);
      while (q0 < end) {
        const r0 = convert<T, X>(q0);
        const r1 = convert<T, X>(q1);
        const r2 = convert<T, X>(q2);
        const r3 = convert<T, X>(q3);
        transpose4(p, bytesOf<T>(LANES), r0, r1, r2, r3);
        p = at<T>(p, 4 * LANES);
        q0 = at<X>(q0, 4);
        q1 = at<X>(q1, 4);
        q2 = at<X>(q2, 4);
        q3 = at<X>(q3, 4);
      }
    } else {
      while (q0 < end) {
        transpose2(p, bytesOf<T>(LANES), convert<T, X>(q0), convert<T, X>(q1));
        p = at<T>(p, 2 * LANES);
        q0 = at<X>(q0, 2);
        q1 = at<X>(q1, 2);
      }
    }
  }
  gatherRest<T, X>(at<T>(out, whole * LANES), x, stride, k, order, examples, whole);
}

// The features of a panel that do not fill a block: `from` and those after it.
function gatherRest<T, X>(
  out: usize,
  x: usize,
  stride: i32,
  k: i32,
  order: usize,
  examples: i32,
  from: i32,
): void {
  for (let lane = 0; lane < LANES; lane++) {
    let p = at<T>(out, lane);
    let q = at<X>(row<X>(x, order, lane, examples, stride), from);
    for (let j = from; j < k; j++) {
      store<T>(p, <T>load<X>(q));
      p = at<T>(p, LANES);
      q = at<X>(q, 1);
    }
  }
}

// A vector of T from the floating-point numbers at q.
// @ts-ignore: decorator
@inline
function convert<T, X>(q: usize): v128 {
  if (sizeof<T>() == sizeof<X>()) return v128.load(q);
  if (sizeof<T>() == 8) return f64x2.promote_low_f32x4(v128.load64_zero(q));
  const low = f32x4.demote_f64x2_zero(v128.load(q));
  const high = f32x4.demote_f64x2_zero(v128.load(q, 16));
  return i64x2.shuffle(low, high, 0, 2);
}

// Stores the columns of the 4 x 4 matrix with rows r0 … r3, `step` bytes apart.
// @ts-ignore: decorator
@inline
function transpose4(p: usize, step: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const low01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
  const low23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
  const high01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
  const high23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
  v128.store(p, i64x2.shuffle(low01, low23, 0, 2));
  v128.store(p + step, i64x2.shuffle(low01, low23, 1, 3));
  v128.store(p + 2 * step, i64x2.shuffle(high01, high23, 0, 2));
  v128.store(p + 3 * step, i64x2.shuffle(high01, high23, 1, 3));
}

// Stores the columns of the 2 x 2 matrix with rows r0 and r1, `step` bytes apart.
// @ts-ignore: decorator
@inline
function transpose2(p: usize, step: usize, r0: v128, r1: v128): void {
  v128.store(p, i64x2.shuffle(r0, r1, 0, 2));
  v128.store(p + step, i64x2.shuffle(r0, r1, 1, 3));
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
  const low = i16x8.extend_low_i8x16_u(bytes);
  const high = i16x8.extend_high_i8x16_u(bytes);
  const half = at<T>(p, 8);
  v128.store(p, numbersOf<T>(low, 0));
  v128.store(p, numbersOf<T>(low, 1), 16);
  if (sizeof<T>() == 8) {
    v128.store(p, numbersOf<T>(low, 2), 32);
    v128.store(p, numbersOf<T>(low, 3), 48);
  }
  v128.store(half, numbersOf<T>(high, 0));
  v128.store(half, numbersOf<T>(high, 1), 16);
  if (sizeof<T>() == 8) {
    v128.store(half, numbersOf<T>(high, 2), 32);
    v128.store(half, numbersOf<T>(high, 3), 48);
  }
  return at<T>(p, 16);
}

// Vector i of the numbers of T that 8 whole numbers of 16 bits are: one of two in float32, of four in float64.
// @ts-ignore: decorator
@inline
function numbersOf<T>(halves: v128, i: i32): v128 {
  const second = sizeof<T>() == 4 ? i == 1 : i >= 2;
  const four = second ? i32x4.extend_high_i16x8_u(halves) : i32x4.extend_low_i16x8_u(halves);
  if (sizeof<T>() == 4) return f32x4.convert_i32x4_s(four);
  return f64x2.convert_low_i32x4_s(i & 1 ? i64x2.shuffle(four, four, 1, 1) : four);
}

/** y[n][8] from class indices: one row holds the index itself (n = 1), more rows are one-hot. Other lanes are 0. */
export function gatherLabels<T>(
  y: usize,
  labels: usize,
  n: i32,
  order: usize,
  examples: i32,
  off: f64,
  on: f64,
): void {
  for (let i = 0; i < n * LANES; i++) store<T>(at<T>(y, i), <T>off);
  for (let lane = 0; lane < examples; lane++) {
    const label = load<i32>(at<i32>(labels, load<i32>(at<i32>(order, lane))));
    if (n > 1) store<T>(at<T>(y, label * LANES + lane), <T>on);
    else if (label == 1) store<T>(at<T>(y, lane), <T>on);
  }
}

/** y[n][8] from rows of targets (·, n); lanes after the last example repeat the first. */
export function gatherTargets<T>(y: usize, targets: usize, n: i32, order: usize, examples: i32): void {
  gatherNumbers<T, T>(y, targets, n, n, order, examples);
}

/**
 * tile[t][i][8] = inputs 8t … 8t + 7 of `count` examples; 0 where there is no such input. The tiles are TILE numbers
 * apart. The source is rows (·, k), named by order and multiplied by `scale`, or panels of activations, `stride` bytes
 * apart.
 */
export function packTiles<T>(
  tile: usize,
  source: usize,
  type: i32,
  stride: i32,
  k: i32,
  order: usize,
  count: i32,
  scale: T,
): void {
  if (type == Source.panels) packPanels<T>(tile, source, stride, k, count);
  else if (type == Source.uint8) packRows<T, u8>(tile, source, k, order, count, scale);
  else if (type == Source.float32) packRows<T, f32>(tile, source, k, order, count, scale);
  else packRows<T, f64>(tile, source, k, order, count, scale);
}

function packRows<T, X>(tile: usize, x: usize, k: i32, order: usize, count: i32, scale: T): void {
  const scales = v128.splat<T>(scale);
  const next = bytesOf<T>(TILE);
  const whole = k / LANES;
  const there = k % LANES;
  for (let i = 0; i < count; i++) {
    let q = row<X>(x, order, i, count, k);
    let p = at<T>(tile, i * LANES);
    for (let t = 0; t < whole; t++) {
      pack8<T, X>(p, q, scales);
      p += next;
      q = at<X>(q, LANES);
    }
    if (there) {
      for (let c = 0; c < LANES; c++) store<T>(at<T>(p, c), c < there ? <T>load<X>(at<X>(q, c)) * scale : 0);
    }
  }
}

// 8 numbers at q, multiplied by `scales`, to p.
// @ts-ignore: decorator
@inline
function pack8<T, X>(p: usize, q: usize, scales: v128): void {
  if (sizeof<X>() == 1) {
    const halves = v128.load8x8_u(q);
    v128.store(p, v128.mul<T>(numbersOf<T>(halves, 0), scales));
    v128.store(p, v128.mul<T>(numbersOf<T>(halves, 1), scales), 16);
    if (sizeof<T>() == 8) {
      v128.store(p, v128.mul<T>(numbersOf<T>(halves, 2), scales), 32);
      v128.store(p, v128.mul<T>(numbersOf<T>(halves, 3), scales), 48);
    }
  } else {
    const width = i32(16 / sizeof<T>());
    for (let c = 0; c < LANES; c += width) {
      v128.store(at<T>(p, c), v128.mul<T>(convert<T, X>(at<X>(q, c)), scales));
    }
  }
}

function packPanels<T>(tile: usize, source: usize, stride: i32, k: i32, count: i32): void {
  for (let i = 0; i < count; i += LANES) {
    for (let t = 0; t * LANES < k; t++) {
      const p = at<T>(tile, t * TILE + i * LANES);
      const q = at<T>(source, t * LANES * LANES);
      const there = k - t * LANES;
      if (there >= LANES) transpose8<T>(p, q);
      else {
        memory.fill(p, 0, bytesOf<T>(LANES * LANES));
        for (let c = 0; c < there; c++) {
          for (let lane = 0; lane < LANES; lane++) {
            store<T>(at<T>(p, lane * LANES + c), load<T>(at<T>(q, c * LANES + lane)));
          }
        }
      }
    }
    source += <usize>stride;
  }
}

// p (8, 8) = transpose of q (8, 8), in blocks of 16 bytes by 16 bytes
// @ts-ignore: decorator
@inline
function transpose8<T>(p: usize, q: usize): void {
  const row = bytesOf<T>(LANES);
  for (let i: usize = 0; i < row; i += 16) {
    for (let j: usize = 0; j < row; j += 16) {
      const from = q + i + (j >> alignof<T>()) * row;
      const to = p + j + (i >> alignof<T>()) * row;
      if (sizeof<T>() == 4) {
        transpose4(to, row, v128.load(from), v128.load(from, 32), v128.load(from, 64), v128.load(from, 96));
      } else {
        transpose2(to, row, v128.load(from), v128.load(from, 64));
      }
    }
  }
}

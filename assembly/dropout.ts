// Dropout of one panel. Whether a number is dropped follows from its place alone: see chance.ts.
//
// Source: https://arxiv.org/abs/1207.0580 (dropout), https://arxiv.org/abs/1706.02515 (alpha dropout)

import { mixLanes, UNIT } from "./chance";
import { madd } from "./lanes";

/**
 * out (rows, 8) = kept ? factor·a + shift : instead. Kept are those whose 32 bits are at least `threshold`; `key` is
 * that of seed, step and layer (keyOf of chance.ts), and order names the panel's examples.
 */
export function dropoutForward<T>(
  out: usize,
  a: usize,
  rows: i32,
  order: usize,
  key: i32,
  threshold: i32,
  factor: T,
  shift: T,
  instead: T,
): void {
  const factors = v128.splat<T>(factor);
  const shifts = v128.splat<T>(shift);
  const others = v128.splat<T>(instead);
  const limit = i32x4.splat(threshold);
  const low = keysOf(key, order);
  const high = keysOf(key, order + 16);
  for (let u = 0, offset = 0; u < rows; u++, offset += UNIT) {
    const unit = i32x4.splat(offset);
    for (let half = 0; half < 2; half++) {
      const kept = i32x4.ge_u(mixLanes(i32x4.add(half == 0 ? low : high, unit)), limit);
      if (sizeof<T>() == 4) {
        v128.store(out, v128.bitselect(madd<T>(v128.load(a), factors, shifts), others, kept));
        out += 16;
        a += 16;
      } else {
        const first = i64x2.extend_low_i32x4_s(kept);
        const second = i64x2.extend_high_i32x4_s(kept);
        v128.store(out, v128.bitselect(madd<T>(v128.load(a), factors, shifts), others, first));
        v128.store(out, v128.bitselect(madd<T>(v128.load(a, 16), factors, shifts), others, second), 16);
        out += 32;
        a += 32;
      }
    }
  }
}

/** dz (rows, 8) = kept ? factor·dz : 0, for the same ones. */
export function dropoutBackward<T>(
  dz: usize,
  rows: i32,
  order: usize,
  key: i32,
  threshold: i32,
  factor: T,
): void {
  const factors = v128.splat<T>(factor);
  const limit = i32x4.splat(threshold);
  const low = keysOf(key, order);
  const high = keysOf(key, order + 16);
  for (let u = 0, offset = 0; u < rows; u++, offset += UNIT) {
    const unit = i32x4.splat(offset);
    for (let half = 0; half < 2; half++) {
      const kept = i32x4.ge_u(mixLanes(i32x4.add(half == 0 ? low : high, unit)), limit);
      if (sizeof<T>() == 4) {
        v128.store(dz, v128.and(v128.mul<T>(v128.load(dz), factors), kept));
        dz += 16;
      } else {
        const first = i64x2.extend_low_i32x4_s(kept);
        const second = i64x2.extend_high_i32x4_s(kept);
        v128.store(dz, v128.and(v128.mul<T>(v128.load(dz), factors), first));
        v128.store(dz, v128.and(v128.mul<T>(v128.load(dz, 16), factors), second), 16);
        dz += 32;
      }
    }
  }
}

// Keys of the four examples that the order names from `order` on.
// @ts-ignore: decorator
@inline
function keysOf(key: i32, order: usize): v128 {
  return mixLanes(i32x4.add(i32x4.splat(key), v128.load(order)));
}

// The three matrix products of a dense layer. All are the same register tile, multiplyAdd, with other strides:
// one accumulator per output element, continued in ascending order over the inner dimension, so no tile, block or
// thread changes a bit.
//
// m = examples in the batch, k = inputs of the layer, n = outputs of the layer.
// A panel holds 8 examples, unit by unit: a[unit][8]. Weights are (n, k) row-major, rows padded to kp and np.

import { at, madd } from "./lanes";
import { CHUNK, LANES } from "./program";

// c (4, 8) += a (4, count) · b (count, 8)
// a's element (i, j) lies at a + i·aRow + j·aColumn, c's rows are cRow apart (bytes); b's rows follow one another.
// @ts-ignore: decorator
@inline
function multiplyAdd<T>(c: usize, cRow: usize, a: usize, aRow: usize, aColumn: usize, b: usize, count: i32): void {
  const bRow = at<T>(0, LANES);
  const aRow2 = aRow + aRow;
  const aRow3 = aRow2 + aRow;
  // 8 lanes are two vectors in float32; in float64 the tile is done in two halves of two vectors
  for (let half: usize = 0; half < bRow; half += 32) {
    const r0 = c + half;
    const r1 = r0 + cRow;
    const r2 = r1 + cRow;
    const r3 = r2 + cRow;
    let c00 = v128.load(r0);
    let c01 = v128.load(r0, 16);
    let c10 = v128.load(r1);
    let c11 = v128.load(r1, 16);
    let c20 = v128.load(r2);
    let c21 = v128.load(r2, 16);
    let c30 = v128.load(r3);
    let c31 = v128.load(r3, 16);
    let p = a;
    let q = b + half;
    const end = q + at<T>(0, LANES * count);
    while (q < end) {
      const b0 = v128.load(q);
      const b1 = v128.load(q, 16);
      // each row is one broadcast that feeds two accumulators
      const a0 = v128.load_splat<T>(p);
      c00 = madd<T>(a0, b0, c00);
      c01 = madd<T>(a0, b1, c01);
      const a1 = v128.load_splat<T>(p + aRow);
      c10 = madd<T>(a1, b0, c10);
      c11 = madd<T>(a1, b1, c11);
      const a2 = v128.load_splat<T>(p + aRow2);
      c20 = madd<T>(a2, b0, c20);
      c21 = madd<T>(a2, b1, c21);
      const a3 = v128.load_splat<T>(p + aRow3);
      c30 = madd<T>(a3, b0, c30);
      c31 = madd<T>(a3, b1, c31);
      p += aColumn;
      q += bRow;
    }
    v128.store(r0, c00);
    v128.store(r0, c01, 16);
    v128.store(r1, c10);
    v128.store(r1, c11, 16);
    v128.store(r2, c20);
    v128.store(r2, c21, 16);
    v128.store(r3, c30);
    v128.store(r3, c31, 16);
  }
}

/** z (np, 8) = scale · w (np, k) · x (k, 8) + b (np), one panel. */
export function denseForward<T>(z: usize, x: usize, w: usize, b: usize, k: i32, kp: i32, np: i32, scale: T): void {
  const row = at<T>(0, LANES);
  const wRow = at<T>(0, kp);
  memory.fill(z, 0, at<T>(0, np * LANES));
  // the inner dimension in chunks, so that a chunk of x stays in the first-level cache for all units
  for (let j = 0; j < k; j += CHUNK) {
    const count = min(CHUNK, k - j);
    for (let u = 0; u < np; u += 4) {
      multiplyAdd<T>(at<T>(z, u * LANES), row, at<T>(w, u * kp + j), wRow, at<T>(0, 1), at<T>(x, j * LANES), count);
    }
  }
  const scales = v128.splat<T>(scale);
  for (let u = 0; u < np; u++) {
    const bias = v128.load_splat<T>(at<T>(b, u));
    const end = at<T>(z, (u + 1) * LANES);
    for (let p = at<T>(z, u * LANES); p < end; p += 16) v128.store(p, madd<T>(v128.load(p), scales, bias));
  }
}

/** da (kp4, 8) = wᵀ (k, n) · dz (n, 8), one panel; kp4 is k rounded up to 4. */
export function denseBackwardInput<T>(da: usize, dz: usize, w: usize, kp: i32, n: i32, kp4: i32): void {
  const row = at<T>(0, LANES);
  memory.fill(da, 0, at<T>(0, kp4 * LANES));
  for (let i = 0; i < kp4; i += 4) {
    multiplyAdd<T>(at<T>(da, i * LANES), row, at<T>(w, i), at<T>(0, 1), at<T>(0, kp), dz, n);
  }
}

/** dz of one panel beside the other panels', unit by unit: rows[unit][panel · 8 …] = dz[unit][…]. */
export function storeRows<T>(rows: usize, dz: usize, np: i32, mp: i32): void {
  const bytes = at<T>(0, LANES);
  for (let u = 0; u < np; u++) memory.copy(at<T>(rows, u * mp), at<T>(dz, u * LANES), bytes);
}

/**
 * dw (np, tiles · 8) += rows (np, count) · tile (tiles, count, 8): the weight gradient of `tiles` · 8 inputs over
 * `count` examples, the inputs packed 8 by 8.
 */
export function denseBackwardWeights<T>(
  dw: usize,
  rows: usize,
  tile: usize,
  tiles: i32,
  count: i32,
  kp: i32,
  np: i32,
  mp: i32,
): void {
  const dwRow = at<T>(0, kp);
  const rowsRow = at<T>(0, mp);
  for (let t = 0; t < tiles; t++) {
    const b = at<T>(tile, t * CHUNK * LANES);
    for (let u = 0; u < np; u += 4) {
      multiplyAdd<T>(at<T>(dw, u * kp + t * LANES), dwRow, at<T>(rows, u * mp), rowsRow, at<T>(0, 1), b, count);
    }
  }
}

/**
 * db (np) = Σ over the batch of rows (np, mp): 8 sums, one for each place in a panel, folded as
 * ((0+1)+(2+3))+((4+5)+(6+7)).
 */
export function denseBackwardBias<T>(db: usize, rows: usize, np: i32, mp: i32, panels: i32): void {
  for (let u = 0; u < np; u++) {
    const row = at<T>(rows, u * mp);
    const end = at<T>(row, panels * LANES);
    if (sizeof<T>() == 4) {
      let low = f32x4.splat(0);
      let high = low;
      for (let p = row; p < end; p += 32) {
        low = f32x4.add(low, v128.load(p));
        high = f32x4.add(high, v128.load(p, 16));
      }
      store<f32>(at<f32>(db, u), fold4(low) + fold4(high));
    } else {
      let s0 = f64x2.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      for (let p = row; p < end; p += 64) {
        s0 = f64x2.add(s0, v128.load(p));
        s1 = f64x2.add(s1, v128.load(p, 16));
        s2 = f64x2.add(s2, v128.load(p, 32));
        s3 = f64x2.add(s3, v128.load(p, 48));
      }
      store<f64>(at<f64>(db, u), fold2(s0) + fold2(s1) + (fold2(s2) + fold2(s3)));
    }
  }
}

// @ts-ignore: decorator
@inline
function fold4(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

// @ts-ignore: decorator
@inline
function fold2(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

// The three matrix products of a dense layer. All are the same register tile with other strides: one accumulator per
// output element, continued in ascending order over the inner dimension, so no tile, block or thread changes a bit.
//
// m = examples in the batch, k = inputs of the layer, n = outputs of the layer.
// A panel holds 8 examples, unit by unit: a[unit][8]. Weights are (n, k) row-major, rows padded to kp and np.

import { at, madd } from "./lanes";
import { CHUNK, LANES } from "./program";

const ROWS: i32 = 32; // rows of the left matrix that stay in the cache while the panels pass by

// Whether the engine joins adjacent vectors to one of 256 bits, so that a tile of 4 x 4 vectors fits its registers.
let joins = false;

/** Tells that the engine joins vectors; only the relaxed build cares. */
export function joinVectors(): void {
  joins = true;
}

/**
 * c[panel] (rows, 8) += a (rows, count) · b[panel] (count, 8), or without the old c when `fresh`.
 *
 * a's element (i, j) lies at a + i·aRow + j·aColumn, c's rows are cRow apart, panels cPanel and bPanel (all in bytes);
 * b's rows follow one another. `rows` is a multiple of 4.
 */
function multiplyAdd<T>(
  c: usize,
  cPanel: usize,
  cRow: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bPanel: usize,
  panels: i32,
  rows: i32,
  count: i32,
  fresh: bool,
): void {
  const bytes = at<T>(0, LANES * count);
  // four vectors a row: two panels in float32, one in float64
  const pairs = sizeof<T>() == 4 ? panels >> 1 : panels;
  const cNext = sizeof<T>() == 4 ? cPanel : 32;
  const bNext = sizeof<T>() == 4 ? bPanel : 32;
  const step: usize = ASC_FEATURE_RELAXED_SIMD && joins ? 4 : 2;
  const last = a + <usize>rows * aRow;
  for (let p = 0; p < pairs; p++) {
    for (let ai = a, ci = c; ai < last; ai += step * aRow, ci += step * cRow) {
      if (ASC_FEATURE_RELAXED_SIMD && joins) tile4x4<T>(ci, cNext, cRow, ai, aRow, aColumn, b, bNext, bytes, fresh);
      else tile2x4<T>(ci, cNext, cRow, ai, aRow, aColumn, b, bNext, bytes, fresh);
    }
    c += sizeof<T>() == 4 ? cPanel + cPanel : cPanel;
    b += sizeof<T>() == 4 ? bPanel + bPanel : bPanel;
  }
  if (sizeof<T>() == 4 && panels & 1) {
    for (let ai = a, ci = c; ai < last; ai += 4 * aRow, ci += 4 * cRow) {
      tile4x2<T>(ci, cRow, ai, aRow, aColumn, b, bytes, fresh);
    }
  }
}

// 2 rows of 4 vectors: two pairs, cNext and bNext bytes apart. Two steps a turn with a way out between them: V8 then
// neither unrolls the loop nor holds the operands of both steps at once, and the tile stays in registers.
// @ts-ignore: decorator
@inline
function tile2x4<T>(
  c: usize,
  cNext: usize,
  cRow: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bNext: usize,
  bytes: usize,
  fresh: bool,
): void {
  const bRow = at<T>(0, LANES);
  const r1 = c + cRow;
  const s0 = c + cNext;
  const s1 = r1 + cNext;
  let c00 = v128.splat<T>(0);
  let c01 = c00;
  let c02 = c00;
  let c03 = c00;
  let c10 = c00;
  let c11 = c00;
  let c12 = c00;
  let c13 = c00;
  if (!fresh) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c02 = v128.load(s0);
    c03 = v128.load(s0, 16);
    c10 = v128.load(r1);
    c11 = v128.load(r1, 16);
    c12 = v128.load(s1);
    c13 = v128.load(s1, 16);
  }
  let p0 = a;
  let p1 = a + aRow;
  let q = b + bNext;
  const end = b + bytes;
  const last = end - bRow;
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(q);
    const b3 = v128.load(q, 16);
    const a0 = v128.load_splat<T>(p0);
    c00 = madd<T>(a0, b0, c00);
    c01 = madd<T>(a0, b1, c01);
    c02 = madd<T>(a0, b2, c02);
    c03 = madd<T>(a0, b3, c03);
    const a1 = v128.load_splat<T>(p1);
    c10 = madd<T>(a1, b0, c10);
    c11 = madd<T>(a1, b1, c11);
    c12 = madd<T>(a1, b2, c12);
    c13 = madd<T>(a1, b3, c13);
    if (b == last) break;
    const e0 = v128.load(b, sizeof<T>() * 8);
    const e1 = v128.load(b, sizeof<T>() * 8 + 16);
    const e2 = v128.load(q, sizeof<T>() * 8);
    const e3 = v128.load(q, sizeof<T>() * 8 + 16);
    const d0 = v128.load_splat<T>(p0 + aColumn);
    c00 = madd<T>(d0, e0, c00);
    c01 = madd<T>(d0, e1, c01);
    c02 = madd<T>(d0, e2, c02);
    c03 = madd<T>(d0, e3, c03);
    const d1 = v128.load_splat<T>(p1 + aColumn);
    c10 = madd<T>(d1, e0, c10);
    c11 = madd<T>(d1, e1, c11);
    c12 = madd<T>(d1, e2, c12);
    c13 = madd<T>(d1, e3, c13);
    p0 += aColumn + aColumn;
    p1 += aColumn + aColumn;
    b += bRow + bRow;
    q += bRow + bRow;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(s0, c02);
  v128.store(s0, c03, 16);
  v128.store(r1, c10);
  v128.store(r1, c11, 16);
  v128.store(s1, c12);
  v128.store(s1, c13, 16);
}

// 4 rows of 2 vectors, for the last of an odd number of panels.
// @ts-ignore: decorator
@inline
function tile4x2<T>(
  c: usize,
  cRow: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bytes: usize,
  fresh: bool,
): void {
  const bRow = at<T>(0, LANES);
  const r1 = c + cRow;
  const r2 = r1 + cRow;
  const r3 = r2 + cRow;
  let c00 = v128.splat<T>(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  if (!fresh) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c10 = v128.load(r1);
    c11 = v128.load(r1, 16);
    c20 = v128.load(r2);
    c21 = v128.load(r2, 16);
    c30 = v128.load(r3);
    c31 = v128.load(r3, 16);
  }
  let p0 = a;
  let p1 = p0 + aRow;
  let p2 = p1 + aRow;
  let p3 = p2 + aRow;
  const twoColumns = aColumn + aColumn;
  const end = b + bytes;
  const last = end - bRow;
  while (b < end) {
    // each row is one broadcast that feeds two accumulators
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load_splat<T>(p0);
    c00 = madd<T>(a0, b0, c00);
    c01 = madd<T>(a0, b1, c01);
    const a1 = v128.load_splat<T>(p1);
    c10 = madd<T>(a1, b0, c10);
    c11 = madd<T>(a1, b1, c11);
    const a2 = v128.load_splat<T>(p2);
    c20 = madd<T>(a2, b0, c20);
    c21 = madd<T>(a2, b1, c21);
    const a3 = v128.load_splat<T>(p3);
    c30 = madd<T>(a3, b0, c30);
    c31 = madd<T>(a3, b1, c31);
    if (b == last) break;
    const e0 = v128.load(b, sizeof<T>() * 8);
    const e1 = v128.load(b, sizeof<T>() * 8 + 16);
    const d0 = v128.load_splat<T>(p0 + aColumn);
    c00 = madd<T>(d0, e0, c00);
    c01 = madd<T>(d0, e1, c01);
    const d1 = v128.load_splat<T>(p1 + aColumn);
    c10 = madd<T>(d1, e0, c10);
    c11 = madd<T>(d1, e1, c11);
    const d2 = v128.load_splat<T>(p2 + aColumn);
    c20 = madd<T>(d2, e0, c20);
    c21 = madd<T>(d2, e1, c21);
    const d3 = v128.load_splat<T>(p3 + aColumn);
    c30 = madd<T>(d3, e0, c30);
    c31 = madd<T>(d3, e1, c31);
    p0 += twoColumns;
    p1 += twoColumns;
    p2 += twoColumns;
    p3 += twoColumns;
    b += bRow + bRow;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(r1, c10);
  v128.store(r1, c11, 16);
  v128.store(r2, c20);
  v128.store(r2, c21, 16);
  v128.store(r3, c30);
  v128.store(r3, c31, 16);
}

// 4 rows of 4 vectors: too many registers, unless the engine joins adjacent vectors to one of 256 bits.
// @ts-ignore: decorator
@inline
function tile4x4<T>(
  c: usize,
  cNext: usize,
  cRow: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bNext: usize,
  bytes: usize,
  fresh: bool,
): void {
  const bRow = at<T>(0, LANES);
  const r1 = c + cRow;
  const r2 = r1 + cRow;
  const r3 = r2 + cRow;
  const s0 = c + cNext;
  const s1 = r1 + cNext;
  const s2 = r2 + cNext;
  const s3 = r3 + cNext;
  let c00 = v128.splat<T>(0);
  let c01 = c00;
  let c02 = c00;
  let c03 = c00;
  let c10 = c00;
  let c11 = c00;
  let c12 = c00;
  let c13 = c00;
  let c20 = c00;
  let c21 = c00;
  let c22 = c00;
  let c23 = c00;
  let c30 = c00;
  let c31 = c00;
  let c32 = c00;
  let c33 = c00;
  if (!fresh) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c02 = v128.load(s0);
    c03 = v128.load(s0, 16);
    c10 = v128.load(r1);
    c11 = v128.load(r1, 16);
    c12 = v128.load(s1);
    c13 = v128.load(s1, 16);
    c20 = v128.load(r2);
    c21 = v128.load(r2, 16);
    c22 = v128.load(s2);
    c23 = v128.load(s2, 16);
    c30 = v128.load(r3);
    c31 = v128.load(r3, 16);
    c32 = v128.load(s3);
    c33 = v128.load(s3, 16);
  }
  let p0 = a;
  let p1 = p0 + aRow;
  let p2 = p1 + aRow;
  let p3 = p2 + aRow;
  let q = b + bNext;
  const end = b + bytes;
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(q);
    const b3 = v128.load(q, 16);
    const a0 = v128.load_splat<T>(p0);
    c00 = madd<T>(a0, b0, c00);
    c01 = madd<T>(a0, b1, c01);
    c02 = madd<T>(a0, b2, c02);
    c03 = madd<T>(a0, b3, c03);
    const a1 = v128.load_splat<T>(p1);
    c10 = madd<T>(a1, b0, c10);
    c11 = madd<T>(a1, b1, c11);
    c12 = madd<T>(a1, b2, c12);
    c13 = madd<T>(a1, b3, c13);
    const a2 = v128.load_splat<T>(p2);
    c20 = madd<T>(a2, b0, c20);
    c21 = madd<T>(a2, b1, c21);
    c22 = madd<T>(a2, b2, c22);
    c23 = madd<T>(a2, b3, c23);
    const a3 = v128.load_splat<T>(p3);
    c30 = madd<T>(a3, b0, c30);
    c31 = madd<T>(a3, b1, c31);
    c32 = madd<T>(a3, b2, c32);
    c33 = madd<T>(a3, b3, c33);
    p0 += aColumn;
    p1 += aColumn;
    p2 += aColumn;
    p3 += aColumn;
    b += bRow;
    q += bRow;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(s0, c02);
  v128.store(s0, c03, 16);
  v128.store(r1, c10);
  v128.store(r1, c11, 16);
  v128.store(s1, c12);
  v128.store(s1, c13, 16);
  v128.store(r2, c20);
  v128.store(r2, c21, 16);
  v128.store(s2, c22);
  v128.store(s2, c23, 16);
  v128.store(r3, c30);
  v128.store(r3, c31, 16);
  v128.store(s3, c32);
  v128.store(s3, c33, 16);
}

/** z[panel] (np, 8) += w (np, count) · x[panel] (count, 8) with a strip of the weights; without the old z when `fresh`. */
export function denseForward<T>(
  z: usize,
  zPanel: usize,
  x: usize,
  xPanel: usize,
  panels: i32,
  w: usize,
  width: i32,
  count: i32,
  np: i32,
  fresh: bool,
): void {
  const wRow = at<T>(0, width);
  const row = at<T>(0, LANES);
  for (let u = 0; u < np; u += ROWS) {
    const rows = min(ROWS, np - u);
    const c = at<T>(z, u * LANES);
    multiplyAdd<T>(c, zPanel, row, at<T>(w, u * width), wRow, at<T>(0, 1), x, xPanel, panels, rows, count, fresh);
  }
}

/** z (np, 8) = scale · z + b (np), one panel. */
export function scaleAndBias<T>(z: usize, b: usize, np: i32, scale: T): void {
  const scales = v128.splat<T>(scale);
  const row = at<T>(0, LANES);
  const end = at<T>(b, np);
  for (; b < end; b = at<T>(b, 1), z += row) {
    const bias = v128.load_splat<T>(b);
    v128.store(z, madd<T>(v128.load(z), scales, bias));
    v128.store(z, madd<T>(v128.load(z, 16), scales, bias), 16);
    if (sizeof<T>() == 8) {
      v128.store(z, madd<T>(v128.load(z, 32), scales, bias), 32);
      v128.store(z, madd<T>(v128.load(z, 48), scales, bias), 48);
    }
  }
}

/** da[panel] (width, 8) = wᵀ (width, n) · dz[panel] (n, 8), the inputs of one strip. `inputs` is a multiple of 4. */
export function denseBackwardInput<T>(
  da: usize,
  dz: usize,
  panel: usize,
  panels: i32,
  w: usize,
  width: i32,
  inputs: i32,
  n: i32,
): void {
  const row = at<T>(0, LANES);
  for (let i = 0; i < inputs; i += ROWS) {
    const rows = min(ROWS, inputs - i);
    const c = at<T>(da, i * LANES);
    multiplyAdd<T>(c, panel, row, at<T>(w, i), at<T>(0, 1), at<T>(0, width), dz, panel, panels, rows, n, true);
  }
}

/** dz of one panel beside the other panels', unit by unit: rows[unit][panel · 8 …] = dz[unit][…]. */
export function storeRows<T>(rows: usize, dz: usize, np: i32, mp: i32): void {
  const step = at<T>(0, mp);
  const end = at<T>(dz, np * LANES);
  for (; dz < end; dz += at<T>(0, LANES), rows += step) {
    v128.store(rows, v128.load(dz));
    v128.store(rows, v128.load(dz, 16), 16);
    if (sizeof<T>() == 8) {
      v128.store(rows, v128.load(dz, 32), 32);
      v128.store(rows, v128.load(dz, 48), 48);
    }
  }
}

/**
 * dw (block, width) += dz (block, count) · tile (width / 8, count, 8): the weight gradient of a block over `count`
 * examples, the inputs packed 8 by 8; without the old dw when `fresh`. dz's rows are mp apart.
 */
export function denseBackwardWeights<T>(
  dw: usize,
  dz: usize,
  tile: usize,
  width: i32,
  count: i32,
  rows: i32,
  mp: i32,
  fresh: bool,
): void {
  const next = at<T>(0, LANES);
  const tiles = at<T>(0, CHUNK * LANES);
  multiplyAdd<T>(
    dw, next, at<T>(0, width), dz, at<T>(0, mp), at<T>(0, 1), tile, tiles, width / LANES, rows, count, fresh,
  );
}

/**
 * dw (block, width) of the inputs first … first + width when example j's only input is input j: dw[u][order[i]] is
 * dz[u][i], all else is 0.
 */
export function scatterRows<T>(
  dw: usize,
  dz: usize,
  first: i32,
  width: i32,
  order: usize,
  m: i32,
  rows: i32,
  mp: i32,
): void {
  memory.fill(dw, 0, at<T>(0, rows * width));
  for (let i = 0; i < m; i++) {
    const column = load<i32>(at<i32>(order, i)) - first;
    if (column < 0 || column >= width) continue;
    for (let u = 0; u < rows; u++) store<T>(at<T>(dw, u * width + column), load<T>(at<T>(dz, u * mp + i)));
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

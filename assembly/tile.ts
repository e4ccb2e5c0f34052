// The register tile that every matrix product of a dense layer is made of: one accumulator per output element, continued
// in ascending order over the inner dimension, so no tile, block or thread changes a bit.

import { at, madd } from "./lanes";
import { LANES } from "./program";

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
export function multiplyAdd<T>(
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

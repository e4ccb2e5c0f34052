// The register tile that every matrix product of a dense layer is made of: one accumulator per output element,
// continued in ascending order over the inner dimension, so no tile, block or thread changes a bit.

import { at, madd } from "./lanes";
import { LANES } from "./program";

// Whether the engine joins adjacent vectors to one of 256 bits, so that a tile of 4 x 4 vectors fits its registers.
let joins = false;

/** Tells that the engine joins vectors. */
export function joinVectors(): void {
  joins = true;
}

/**
 * c[panel] (rows, 8) += a (rows, count) · b[panel] (count, 8), or without the old c when `fresh`.
 *
 * a's element (i, j) lies at a + ⌊i/4⌋·aFour + (i mod 4)·aRow + j·aColumn, c's rows are cRow apart, panels cPanel and
 * bPanel (all in bytes); b's rows follow one another. `rows` is a multiple of 4.
 */
export function multiplyAdd<T>(
  c: usize,
  cPanel: usize,
  cRow: usize,
  a: usize,
  aFour: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bPanel: usize,
  panels: i32,
  rows: i32,
  count: i32,
  fresh: bool,
): void {
  const kept = i32x4.splat(fresh ? 0 : -1);
  // four vectors a row: two panels in float32, one in float64
  const pairs = sizeof<T>() == 4 ? panels >> 1 : panels;
  const cNext = sizeof<T>() == 4 ? cPanel : 32;
  const bNext = sizeof<T>() == 4 ? bPanel : 32;
  const last = a + <usize>(rows >> 2) * aFour;
  for (let p = 0; p < pairs; p++) {
    if (joins) {
      for (let ai = a, ci = c; ai < last; ai += aFour, ci += 4 * cRow) {
        tile4x4<T>(ci, cNext, cRow, ai, aRow, aColumn, b, bNext, count, kept);
      }
    } else {
      let next = aRow + aRow; // to the other two of four rows, then to the next four
      for (let ai = a, ci = c; ai < last; ai += next, next = aFour - next, ci += 2 * cRow) {
        tile2x4<T>(ci, cNext, cRow, ai, aRow, aColumn, b, bNext, count, kept);
      }
    }
    c += sizeof<T>() == 4 ? cPanel + cPanel : cPanel;
    b += sizeof<T>() == 4 ? bPanel + bPanel : bPanel;
  }
  if (sizeof<T>() == 4 && panels & 1) {
    for (let ai = a, ci = c; ai < last; ai += aFour, ci += 4 * cRow) {
      tile4x2<T>(ci, cRow, ai, aRow, aColumn, b, count, kept);
    }
  }
}

// The tiles. `kept` masks the old c. One turn of the loop does several steps, with a way out between them: past a
// branch V8 neither unrolls the loop nor holds the operands of two steps at once, so the tile stays in registers, and
// the steps share what a turn itself costs.

// 2 rows of 4 vectors: two pairs, cNext bytes apart in c and bNext bytes apart in b.
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
  count: i32,
  kept: v128,
): void {
  const r1 = c + cRow;
  const s0 = c + cNext;
  const s1 = r1 + cNext;
  let c00 = v128.and(v128.load(c), kept);
  let c01 = v128.and(v128.load(c, 16), kept);
  let c02 = v128.and(v128.load(s0), kept);
  let c03 = v128.and(v128.load(s0, 16), kept);
  let c10 = v128.and(v128.load(r1), kept);
  let c11 = v128.and(v128.load(r1, 16), kept);
  let c12 = v128.and(v128.load(s1), kept);
  let c13 = v128.and(v128.load(s1, 16), kept);
  const row: usize = LANES * sizeof<T>();
  let p0 = a;
  let p1 = a + aRow;
  let q = b + bNext;
  let n = count;
  do {
    let b0 = v128.load(b);
    let b1 = v128.load(b, 16);
    let b2 = v128.load(q);
    let b3 = v128.load(q, 16);
    let a0 = v128.load_splat<T>(p0);
    c00 = madd<T>(a0, b0, c00);
    c01 = madd<T>(a0, b1, c01);
    c02 = madd<T>(a0, b2, c02);
    c03 = madd<T>(a0, b3, c03);
    let a1 = v128.load_splat<T>(p1);
    c10 = madd<T>(a1, b0, c10);
    c11 = madd<T>(a1, b1, c11);
    c12 = madd<T>(a1, b2, c12);
    c13 = madd<T>(a1, b3, c13);
    p0 += aColumn;
    p1 += aColumn;
    if (n == 1) break;
    b0 = v128.load(b, row);
    b1 = v128.load(b, row + 16);
    b2 = v128.load(q, row);
    b3 = v128.load(q, row + 16);
    a0 = v128.load_splat<T>(p0);
    c00 = madd<T>(a0, b0, c00);
    c01 = madd<T>(a0, b1, c01);
    c02 = madd<T>(a0, b2, c02);
    c03 = madd<T>(a0, b3, c03);
    a1 = v128.load_splat<T>(p1);
    c10 = madd<T>(a1, b0, c10);
    c11 = madd<T>(a1, b1, c11);
    c12 = madd<T>(a1, b2, c12);
    c13 = madd<T>(a1, b3, c13);
    p0 += aColumn;
    p1 += aColumn;
    if (n == 2) break;
    b0 = v128.load(b, 2 * row);
    b1 = v128.load(b, 2 * row + 16);
    b2 = v128.load(q, 2 * row);
    b3 = v128.load(q, 2 * row + 16);
    a0 = v128.load_splat<T>(p0);
    c00 = madd<T>(a0, b0, c00);
    c01 = madd<T>(a0, b1, c01);
    c02 = madd<T>(a0, b2, c02);
    c03 = madd<T>(a0, b3, c03);
    a1 = v128.load_splat<T>(p1);
    c10 = madd<T>(a1, b0, c10);
    c11 = madd<T>(a1, b1, c11);
    c12 = madd<T>(a1, b2, c12);
    c13 = madd<T>(a1, b3, c13);
    p0 += aColumn;
    p1 += aColumn;
    if (n == 3) break;
    b0 = v128.load(b, 3 * row);
    b1 = v128.load(b, 3 * row + 16);
    b2 = v128.load(q, 3 * row);
    b3 = v128.load(q, 3 * row + 16);
    a0 = v128.load_splat<T>(p0);
    c00 = madd<T>(a0, b0, c00);
    c01 = madd<T>(a0, b1, c01);
    c02 = madd<T>(a0, b2, c02);
    c03 = madd<T>(a0, b3, c03);
    a1 = v128.load_splat<T>(p1);
    c10 = madd<T>(a1, b0, c10);
    c11 = madd<T>(a1, b1, c11);
    c12 = madd<T>(a1, b2, c12);
    c13 = madd<T>(a1, b3, c13);
    p0 += aColumn;
    p1 += aColumn;
    if (n == 4) break;
    b0 = v128.load(b, 4 * row);
    b1 = v128.load(b, 4 * row + 16);
    b2 = v128.load(q, 4 * row);
    b3 = v128.load(q, 4 * row + 16);
    a0 = v128.load_splat<T>(p0);
    c00 = madd<T>(a0, b0, c00);
    c01 = madd<T>(a0, b1, c01);
    c02 = madd<T>(a0, b2, c02);
    c03 = madd<T>(a0, b3, c03);
    a1 = v128.load_splat<T>(p1);
    c10 = madd<T>(a1, b0, c10);
    c11 = madd<T>(a1, b1, c11);
    c12 = madd<T>(a1, b2, c12);
    c13 = madd<T>(a1, b3, c13);
    p0 += aColumn;
    p1 += aColumn;
    if (n == 5) break;
    b0 = v128.load(b, 5 * row);
    b1 = v128.load(b, 5 * row + 16);
    b2 = v128.load(q, 5 * row);
    b3 = v128.load(q, 5 * row + 16);
    a0 = v128.load_splat<T>(p0);
    c00 = madd<T>(a0, b0, c00);
    c01 = madd<T>(a0, b1, c01);
    c02 = madd<T>(a0, b2, c02);
    c03 = madd<T>(a0, b3, c03);
    a1 = v128.load_splat<T>(p1);
    c10 = madd<T>(a1, b0, c10);
    c11 = madd<T>(a1, b1, c11);
    c12 = madd<T>(a1, b2, c12);
    c13 = madd<T>(a1, b3, c13);
    p0 += aColumn;
    p1 += aColumn;
    if (n == 6) break;
    b0 = v128.load(b, 6 * row);
    b1 = v128.load(b, 6 * row + 16);
    b2 = v128.load(q, 6 * row);
    b3 = v128.load(q, 6 * row + 16);
    a0 = v128.load_splat<T>(p0);
    c00 = madd<T>(a0, b0, c00);
    c01 = madd<T>(a0, b1, c01);
    c02 = madd<T>(a0, b2, c02);
    c03 = madd<T>(a0, b3, c03);
    a1 = v128.load_splat<T>(p1);
    c10 = madd<T>(a1, b0, c10);
    c11 = madd<T>(a1, b1, c11);
    c12 = madd<T>(a1, b2, c12);
    c13 = madd<T>(a1, b3, c13);
    p0 += aColumn;
    p1 += aColumn;
    if (n == 7) break;
    b0 = v128.load(b, 7 * row);
    b1 = v128.load(b, 7 * row + 16);
    b2 = v128.load(q, 7 * row);
    b3 = v128.load(q, 7 * row + 16);
    a0 = v128.load_splat<T>(p0);
    c00 = madd<T>(a0, b0, c00);
    c01 = madd<T>(a0, b1, c01);
    c02 = madd<T>(a0, b2, c02);
    c03 = madd<T>(a0, b3, c03);
    a1 = v128.load_splat<T>(p1);
    c10 = madd<T>(a1, b0, c10);
    c11 = madd<T>(a1, b1, c11);
    c12 = madd<T>(a1, b2, c12);
    c13 = madd<T>(a1, b3, c13);
    p0 += aColumn;
    p1 += aColumn;
    b += 8 * row;
    q += 8 * row;
    n -= 8;
  } while (n > 0);
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
  count: i32,
  kept: v128,
): void {
  const r1 = c + cRow;
  const r2 = r1 + cRow;
  const r3 = r2 + cRow;
  let c00 = v128.and(v128.load(c), kept);
  let c01 = v128.and(v128.load(c, 16), kept);
  let c10 = v128.and(v128.load(r1), kept);
  let c11 = v128.and(v128.load(r1, 16), kept);
  let c20 = v128.and(v128.load(r2), kept);
  let c21 = v128.and(v128.load(r2, 16), kept);
  let c30 = v128.and(v128.load(r3), kept);
  let c31 = v128.and(v128.load(r3, 16), kept);
  const row: usize = LANES * sizeof<T>();
  let p0 = a;
  let p1 = p0 + aRow;
  let p2 = p1 + aRow;
  let p3 = p2 + aRow;
  const twoColumns = aColumn + aColumn;
  let n = count;
  while (n > 0) {
    let b0 = v128.load(b);
    let b1 = v128.load(b, 16);
    let a0 = v128.load_splat<T>(p0);
    c00 = madd<T>(a0, b0, c00);
    c01 = madd<T>(a0, b1, c01);
    let a1 = v128.load_splat<T>(p1);
    c10 = madd<T>(a1, b0, c10);
    c11 = madd<T>(a1, b1, c11);
    let a2 = v128.load_splat<T>(p2);
    c20 = madd<T>(a2, b0, c20);
    c21 = madd<T>(a2, b1, c21);
    let a3 = v128.load_splat<T>(p3);
    c30 = madd<T>(a3, b0, c30);
    c31 = madd<T>(a3, b1, c31);
    if (n == 1) break;
    b0 = v128.load(b, row);
    b1 = v128.load(b, row + 16);
    a0 = v128.load_splat<T>(p0 + aColumn);
    c00 = madd<T>(a0, b0, c00);
    c01 = madd<T>(a0, b1, c01);
    a1 = v128.load_splat<T>(p1 + aColumn);
    c10 = madd<T>(a1, b0, c10);
    c11 = madd<T>(a1, b1, c11);
    a2 = v128.load_splat<T>(p2 + aColumn);
    c20 = madd<T>(a2, b0, c20);
    c21 = madd<T>(a2, b1, c21);
    a3 = v128.load_splat<T>(p3 + aColumn);
    c30 = madd<T>(a3, b0, c30);
    c31 = madd<T>(a3, b1, c31);
    p0 += twoColumns;
    p1 += twoColumns;
    p2 += twoColumns;
    p3 += twoColumns;
    b += 2 * row;
    n -= 2;
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
  count: i32,
  kept: v128,
): void {
  const r1 = c + cRow;
  const r2 = r1 + cRow;
  const r3 = r2 + cRow;
  const s0 = c + cNext;
  const s1 = r1 + cNext;
  const s2 = r2 + cNext;
  const s3 = r3 + cNext;
  let c00 = v128.and(v128.load(c), kept);
  let c01 = v128.and(v128.load(c, 16), kept);
  let c02 = v128.and(v128.load(s0), kept);
  let c03 = v128.and(v128.load(s0, 16), kept);
  let c10 = v128.and(v128.load(r1), kept);
  let c11 = v128.and(v128.load(r1, 16), kept);
  let c12 = v128.and(v128.load(s1), kept);
  let c13 = v128.and(v128.load(s1, 16), kept);
  let c20 = v128.and(v128.load(r2), kept);
  let c21 = v128.and(v128.load(r2, 16), kept);
  let c22 = v128.and(v128.load(s2), kept);
  let c23 = v128.and(v128.load(s2, 16), kept);
  let c30 = v128.and(v128.load(r3), kept);
  let c31 = v128.and(v128.load(r3, 16), kept);
  let c32 = v128.and(v128.load(s3), kept);
  let c33 = v128.and(v128.load(s3, 16), kept);
  const row: usize = LANES * sizeof<T>();
  let p0 = a;
  let p1 = p0 + aRow;
  let p2 = p1 + aRow;
  let p3 = p2 + aRow;
  let q = b + bNext;
  let n = count;
  do {
    let b0 = v128.load(b);
    let b1 = v128.load(b, 16);
    let b2 = v128.load(q);
    let b3 = v128.load(q, 16);
    let a0 = v128.load_splat<T>(p0);
    c00 = madd<T>(a0, b0, c00);
    c01 = madd<T>(a0, b1, c01);
    c02 = madd<T>(a0, b2, c02);
    c03 = madd<T>(a0, b3, c03);
    let a1 = v128.load_splat<T>(p1);
    c10 = madd<T>(a1, b0, c10);
    c11 = madd<T>(a1, b1, c11);
    c12 = madd<T>(a1, b2, c12);
    c13 = madd<T>(a1, b3, c13);
    let a2 = v128.load_splat<T>(p2);
    c20 = madd<T>(a2, b0, c20);
    c21 = madd<T>(a2, b1, c21);
    c22 = madd<T>(a2, b2, c22);
    c23 = madd<T>(a2, b3, c23);
    let a3 = v128.load_splat<T>(p3);
    c30 = madd<T>(a3, b0, c30);
    c31 = madd<T>(a3, b1, c31);
    c32 = madd<T>(a3, b2, c32);
    c33 = madd<T>(a3, b3, c33);
    p0 += aColumn;
    p1 += aColumn;
    p2 += aColumn;
    p3 += aColumn;
    if (n == 1) break;
    b0 = v128.load(b, row);
    b1 = v128.load(b, row + 16);
    b2 = v128.load(q, row);
    b3 = v128.load(q, row + 16);
    a0 = v128.load_splat<T>(p0);
    c00 = madd<T>(a0, b0, c00);
    c01 = madd<T>(a0, b1, c01);
    c02 = madd<T>(a0, b2, c02);
    c03 = madd<T>(a0, b3, c03);
    a1 = v128.load_splat<T>(p1);
    c10 = madd<T>(a1, b0, c10);
    c11 = madd<T>(a1, b1, c11);
    c12 = madd<T>(a1, b2, c12);
    c13 = madd<T>(a1, b3, c13);
    a2 = v128.load_splat<T>(p2);
    c20 = madd<T>(a2, b0, c20);
    c21 = madd<T>(a2, b1, c21);
    c22 = madd<T>(a2, b2, c22);
    c23 = madd<T>(a2, b3, c23);
    a3 = v128.load_splat<T>(p3);
    c30 = madd<T>(a3, b0, c30);
    c31 = madd<T>(a3, b1, c31);
    c32 = madd<T>(a3, b2, c32);
    c33 = madd<T>(a3, b3, c33);
    p0 += aColumn;
    p1 += aColumn;
    p2 += aColumn;
    p3 += aColumn;
    b += 2 * row;
    q += 2 * row;
    n -= 2;
  } while (n > 0);
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

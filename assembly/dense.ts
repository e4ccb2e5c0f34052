// The three matrix products of a dense layer: the same register tile (tile.ts) with other strides.
//
// m = examples in the batch, k = inputs of the layer, n = outputs of the layer.
// A panel holds 8 examples, unit by unit: a[unit][8]. Weights are (n, k) row-major, rows padded to kp and np.

import { at, bytesOf, madd } from "./lanes";
import { prefetch, prefetchPages } from "./prefetch";
import { COLUMNS, FOUR, LANES, ROWS, TILE } from "./program";
import { multiplyAdd } from "./tile";

/**
 * z[panel] (np, 8) += w (np, count) · x[panel] (count, 8) with a strip of the weights, `width` wide; without the old z
 * when `fresh`.
 */
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
  const wRow = bytesOf<T>(width);
  const row = bytesOf<T>(LANES);
  for (let u = 0; u < np; u += ROWS) {
    const rows = min(ROWS, np - u);
    const c = at<T>(z, u * LANES);
    prefetchPages(at<T>(w, (u + rows) * width), at<T>(w, min(np, u + rows + ROWS) * width));
    multiplyAdd<T>(c, zPanel, row, at<T>(w, u * width), 4 * wRow, wRow, bytesOf<T>(1), x, xPanel, panels, rows, count, fresh);
  }
}

/** z (np, 8) = scale · z + b (np), one panel. */
export function scaleAndBias<T>(z: usize, b: usize, np: i32, scale: T): void {
  const scales = v128.splat<T>(scale);
  const row = bytesOf<T>(LANES);
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

/**
 * da[panel] (width, 8) = wᵀ (width, n) · dz[panel] (n, 8), the inputs of one strip. `width` is a multiple of 4.
 *
 * ROWS inputs and COLUMNS outputs at a time, whose weights are copied to `some`, T[ROWS / 4][COLUMNS][4], so that what a
 * tile reads of them lies together. Where they are `far`, in no cache, they are read in the order they lie in before.
 */
export function denseBackwardInput<T>(
  da: usize,
  dz: usize,
  panel: usize,
  panels: i32,
  w: usize,
  width: i32,
  n: i32,
  some: usize,
  far: bool,
): void {
  const row = bytesOf<T>(LANES);
  const one = bytesOf<T>(1);
  const next = bytesOf<T>(4);
  const four = bytesOf<T>(FOUR);
  for (let j = 0; j < n; j += COLUMNS) {
    const count = min(COLUMNS, n - j);
    const b = at<T>(dz, j * LANES);
    for (let u = j; far && u < j + count; u += ROWS) {
      prefetch(at<T>(w, u * width), at<T>(w, min(u + ROWS, j + count) * width));
    }
    for (let i = 0; i < width; i += ROWS) {
      const rows = min(ROWS, width - i);
      copyFours<T>(some, at<T>(w, j * width + i), width, rows, count);
      multiplyAdd<T>(at<T>(da, i * LANES), panel, row, some, four, one, next, b, panel, panels, rows, count, j == 0);
    }
  }
}

// some[i / 4][j][i % 4] = w[j][i] of the `rows` numbers i (a multiple of 4) of `count` rows j of w, which are `width` apart.
// @ts-ignore: decorator
@inline
function copyFours<T>(some: usize, w: usize, width: i32, rows: i32, count: i32): void {
  for (let j = 0; j < count; j++, some += bytesOf<T>(4), w += bytesOf<T>(width)) {
    const last = at<T>(w, rows);
    for (let q = w, p = some; q < last; q += bytesOf<T>(4), p += bytesOf<T>(FOUR)) {
      v128.store(p, v128.load(q));
      if (sizeof<T>() == 8) v128.store(p, v128.load(q, 16), 16);
    }
  }
}

/**
 * Puts dz of one panel beside that of the others, unit by unit: rows[unit][0 … 7] = dz[unit][0 … 7]; rows are mp apart.
 */
export function storeRows<T>(rows: usize, dz: usize, np: i32, mp: i32): void {
  const step = bytesOf<T>(mp);
  const end = at<T>(dz, np * LANES);
  for (; dz < end; dz += bytesOf<T>(LANES), rows += step) {
    v128.store(rows, v128.load(dz));
    v128.store(rows, v128.load(dz, 16), 16);
    if (sizeof<T>() == 8) {
      v128.store(rows, v128.load(dz, 32), 32);
      v128.store(rows, v128.load(dz, 48), 48);
    }
  }
}

/**
 * dw (rows, width) += dz (rows, count) · tile (width / 8, count, 8): the weight gradient of a block over `count`
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
  const next = bytesOf<T>(LANES);
  const tiles = bytesOf<T>(TILE);
  multiplyAdd<T>(
    dw, next, bytesOf<T>(width), dz, bytesOf<T>(4 * mp), bytesOf<T>(mp), bytesOf<T>(1), tile, tiles, width / LANES, rows, count, fresh,
  );
}

/**
 * dw (rows, width) of the inputs first to first + width − 1, where input j of example j is 1 and all else is 0:
 * dw[u][order[i] − first] = dz[u][i], 0 elsewhere. dz's rows are mp apart.
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
  memory.fill(dw, 0, bytesOf<T>(rows * width));
  for (let i = 0; i < m; i++) {
    const column = load<i32>(at<i32>(order, i)) - first;
    if (column < 0 || column >= width) continue;
    for (let u = 0; u < rows; u++) store<T>(at<T>(dw, u * width + column), load<T>(at<T>(dz, u * mp + i)));
  }
}

/** sums (np) = Σ over the batch of rows (np, mp). */
export function sumRows<T>(sums: usize, rows: usize, np: i32, mp: i32, panels: i32): void {
  for (let u = 0; u < np; u++) store<T>(at<T>(sums, u), sumRow<T>(at<T>(rows, u * mp), panels));
}

/** Σ of a row of `panels` panels: 8 sums, one for each place in a panel, folded as ((0+1)+(2+3))+((4+5)+(6+7)). */
export function sumRow<T>(row: usize, panels: i32): T {
  const end = at<T>(row, panels * LANES);
  if (sizeof<T>() == 4) {
    let low = f32x4.splat(0);
    let high = low;
    for (let p = row; p < end; p += 32) {
      low = f32x4.add(low, v128.load(p));
      high = f32x4.add(high, v128.load(p, 16));
    }
    return <T>(fold4(low) + fold4(high));
  }
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
  return <T>(fold2(s0) + fold2(s1) + (fold2(s2) + fold2(s3)));
}

/** rows = dz ∘ x, or dz ∘ min(x, 0), as storeRows puts dz. */
export function storeProducts<T>(rows: usize, dz: usize, x: usize, np: i32, mp: i32, below: bool): void {
  const most = v128.splat<T>(below ? <T>0 : <T>Infinity);
  const row = bytesOf<T>(LANES);
  const step = bytesOf<T>(mp);
  const end = at<T>(dz, np * LANES);
  for (; dz < end; dz += row, x += row, rows += step) {
    for (let i: usize = 0; i < row; i += 16) {
      v128.store(rows + i, v128.mul<T>(v128.load(dz + i), v128.pmin<T>(v128.load(x + i), most)));
    }
  }
}

/** out (rows, 8) = a + b */
export function addRows<T>(out: usize, a: usize, b: usize, rows: i32): void {
  const end = at<T>(out, rows * LANES);
  for (; out < end; out += 16, a += 16, b += 16) v128.store(out, v128.add<T>(v128.load(a), v128.load(b)));
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

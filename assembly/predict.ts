// The product of a dense layer for a prediction, whose weights lie in strips of UNITS units, input by input: a few
// examples go through them one by one, with the units of a strip side by side in the lanes; full panels take the tile
// (tile.ts) like any other product. One sum per output element in ascending order either way: the same bits.
//
// k = inputs of the layer, n = outputs of the layer, np = n rounded up to 4; w[strip][k][UNITS], where what is beyond n
// is 0.

import { at, bytesOf, madd } from "./lanes";
import { LANES, UNITS } from "./program";
import { multiplyAdd } from "./tile";

const ROWS: i32 = 32; // rows of the weights that stay in the cache while the panels pass by

/**
 * z[panel] (np, 8) += w (np, count) · x[panel] (count, 8) with some of the inputs, of which w is the first one's; without
 * the old z when `fresh`.
 */
export function unitsForward<T>(
  z: usize,
  zPanel: usize,
  x: usize,
  xPanel: usize,
  panels: i32,
  w: usize,
  k: i32,
  count: i32,
  np: i32,
  fresh: bool,
): void {
  const one = bytesOf<T>(1);
  const input = bytesOf<T>(UNITS);
  const row = bytesOf<T>(LANES);
  for (let u = 0; u < np; u += ROWS) {
    const last = min(u + ROWS, np);
    // two panels at a time, as the tile takes them
    for (let p = 0; p < panels; p += 2) {
      const zp = z + <usize>p * zPanel;
      const xp = x + <usize>p * xPanel;
      const two = min(2, panels - p);
      for (let v = u; v < last; v += UNITS) {
        const c = at<T>(zp, v * LANES);
        multiplyAdd<T>(c, zPanel, row, at<T>(w, v * k), one, input, xp, xPanel, two, min(UNITS, last - v), count, fresh);
      }
    }
  }
}

/**
 * z (np, 8) = w (np, k) · x (k) for one example, whose numbers are `xStep` bytes apart: in one lane of z, or in all eight
 * where it is the `first` of its panel, as gatherInputs repeats it.
 */
export function exampleForward<T>(z: usize, x: usize, xStep: usize, w: usize, k: i32, np: i32, first: bool): void {
  const strip = bytesOf<T>(UNITS * k);
  const row = bytesOf<T>(LANES);
  // eight vectors at a time: four strips in float32, two in float64; a strip that is not there is another's once more
  const strips: i32 = sizeof<T>() == 4 ? 4 : 2;
  for (let u = 0; u < np; u += strips * UNITS, w += <usize>strips * strip) {
    const left = (np - u + UNITS - 1) / UNITS;
    let p1: usize;
    let p2: usize;
    let p3: usize;
    if (sizeof<T>() == 4) {
      p1 = left > 1 ? w + strip : w;
      p2 = left > 2 ? w + 2 * strip : w;
      p3 = left > 3 ? w + 3 * strip : w;
    } else {
      p1 = w + 32;
      p2 = left > 1 ? w + strip : w;
      p3 = p2 + 32;
    }
    units<T>(at<T>(z, u * LANES), row, np - u, x, xStep, w, p1, p2, p3, k, first);
  }
}

// The sums of eight vectors of units, two from each of the addresses on.
// @ts-ignore: decorator
@inline
function units<T>(
  z: usize,
  row: usize,
  n: i32,
  x: usize,
  xStep: usize,
  p0: usize,
  p1: usize,
  p2: usize,
  p3: usize,
  k: i32,
  first: bool,
): void {
  const step = bytesOf<T>(UNITS);
  let s0 = v128.splat<T>(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  for (let j = 0; j < k; j++) {
    const v = v128.load_splat<T>(x);
    s0 = madd<T>(v128.load(p0), v, s0);
    s1 = madd<T>(v128.load(p0, 16), v, s1);
    s2 = madd<T>(v128.load(p1), v, s2);
    s3 = madd<T>(v128.load(p1, 16), v, s3);
    s4 = madd<T>(v128.load(p2), v, s4);
    s5 = madd<T>(v128.load(p2, 16), v, s5);
    s6 = madd<T>(v128.load(p3), v, s6);
    s7 = madd<T>(v128.load(p3, 16), v, s7);
    x += xStep;
    p0 += step;
    p1 += step;
    p2 += step;
    p3 += step;
  }
  const some = <i32>(16 / sizeof<T>());
  z = spread<T>(z, row, s0, n, first);
  z = spread<T>(z, row, s1, n - some, first);
  z = spread<T>(z, row, s2, n - 2 * some, first);
  z = spread<T>(z, row, s3, n - 3 * some, first);
  z = spread<T>(z, row, s4, n - 4 * some, first);
  z = spread<T>(z, row, s5, n - 5 * some, first);
  z = spread<T>(z, row, s6, n - 6 * some, first);
  spread<T>(z, row, s7, n - 7 * some, first);
}

// A vector of units to their rows of z, if there are such; returns the address of the next row.
// @ts-ignore: decorator
@inline
function spread<T>(z: usize, row: usize, sums: v128, n: i32, first: bool): usize {
  if (n <= 0) return z;
  z = put<T>(z, row, v128.extract_lane<T>(sums, 0), first);
  z = put<T>(z, row, v128.extract_lane<T>(sums, 1), first);
  if (sizeof<T>() == 4) {
    z = put<T>(z, row, v128.extract_lane<T>(sums, 2), first);
    z = put<T>(z, row, v128.extract_lane<T>(sums, 3), first);
  }
  return z;
}

// @ts-ignore: decorator
@inline
function put<T>(z: usize, row: usize, sum: T, first: bool): usize {
  if (first) {
    const all = v128.splat<T>(sum);
    for (let i: usize = 0; i < row; i += 16) v128.store(z + i, all);
  } else store<T>(z, sum);
  return z + row;
}

// The product of a dense layer for a prediction, whose weights lie in strips of UNITS units, input by input: a few
// examples go through them one by one, with the units of a strip side by side in the lanes; full panels take the tile
// (tile.ts) like any other product. One sum per output element in ascending order either way: the same bits.
//
// k = inputs of the layer, n = outputs of the layer, np = n rounded up to 4; w[strip][k][UNITS], where what is beyond n
// is 0.

import { at, bytesOf, madd } from "./lanes";
import { LANES, ROWS, UNITS } from "./program";
import { multiplyAdd } from "./tile";

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
        multiplyAdd<T>(c, zPanel, row, at<T>(w, v * k), 4 * one, one, input, xp, xPanel, two, min(UNITS, last - v), count, fresh);
      }
    }
  }
}

/** Units that exampleForward takes at a time, in eight vectors: four strips of them in float32, two in float64. */
// @ts-ignore: decorator
@inline
export function exampleUnits<T>(): i32 {
  return sizeof<T>() == 4 ? 4 * UNITS : 2 * UNITS;
}

/**
 * z (np, 8) = w (np, k) · x (k) for one example, whose numbers are `xStep` bytes apart: in one lane of z, or in all eight
 * where it is the `first` of its panel, as gatherInputs repeats it. `sums` is room for eight vectors.
 */
export function exampleForward<T>(
  z: usize,
  x: usize,
  xStep: usize,
  w: usize,
  k: i32,
  np: i32,
  first: bool,
  sums: usize,
): void {
  const strip = bytesOf<T>(UNITS * k);
  const row = bytesOf<T>(LANES);
  // a strip that is not there is another's once more
  const some = exampleUnits<T>();
  for (let u = 0; u < np; u += some, w += bytesOf<T>(some * k)) {
    const strips = (np - u + UNITS - 1) / UNITS;
    const next = strips > 1 ? w + strip : w;
    if (sizeof<T>() == 4) {
      unitSums<T>(sums, x, xStep, w, next, strips > 2 ? next + strip : w, strips > 3 ? next + 2 * strip : w, k);
    } else unitSums<T>(sums, x, xStep, w, w + 32, next, next + 32, k);
    const last = at<T>(sums, min(some, np - u));
    for (let sum = sums; sum < last; sum = at<T>(sum, 1), z += row) {
      if (!first) {
        store<T>(z, load<T>(sum));
        continue;
      }
      const all = v128.load_splat<T>(sum);
      for (let i: usize = 0; i < row; i += 16) v128.store(z + i, all);
    }
  }
}

// The sums of eight vectors of units, two from each address on. A turn of the loop has a way out between two steps, as
// the tiles have, and the sums go to memory at once: either way V8 would keep less in registers.
// @ts-ignore: decorator
@inline
function unitSums<T>(
  sums: usize,
  x: usize,
  xStep: usize,
  p0: usize,
  p1: usize,
  p2: usize,
  p3: usize,
  k: i32,
): void {
  let s0 = v128.splat<T>(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  const input: usize = UNITS * sizeof<T>();
  let n = k;
  do {
    let v = v128.load_splat<T>(x);
    s0 = madd<T>(v128.load(p0), v, s0);
    s1 = madd<T>(v128.load(p0, 16), v, s1);
    s2 = madd<T>(v128.load(p1), v, s2);
    s3 = madd<T>(v128.load(p1, 16), v, s3);
    s4 = madd<T>(v128.load(p2), v, s4);
    s5 = madd<T>(v128.load(p2, 16), v, s5);
    s6 = madd<T>(v128.load(p3), v, s6);
    s7 = madd<T>(v128.load(p3, 16), v, s7);
    x += xStep;
    if (n == 1) break;
    v = v128.load_splat<T>(x);
    s0 = madd<T>(v128.load(p0, input), v, s0);
    s1 = madd<T>(v128.load(p0, input + 16), v, s1);
    s2 = madd<T>(v128.load(p1, input), v, s2);
    s3 = madd<T>(v128.load(p1, input + 16), v, s3);
    s4 = madd<T>(v128.load(p2, input), v, s4);
    s5 = madd<T>(v128.load(p2, input + 16), v, s5);
    s6 = madd<T>(v128.load(p3, input), v, s6);
    s7 = madd<T>(v128.load(p3, input + 16), v, s7);
    x += xStep;
    p0 += 2 * input;
    p1 += 2 * input;
    p2 += 2 * input;
    p3 += 2 * input;
    n -= 2;
  } while (n > 0);
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, s4, 64);
  v128.store(sums, s5, 80);
  v128.store(sums, s6, 96);
  v128.store(sums, s7, 112);
}

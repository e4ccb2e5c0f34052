// Activations of one panel, in place, in forward/backward pairs. Backward takes dz with da in it and the activations
// the forward pass left: dz = da ∘ g′(z). NaN passes through every forward.

import { at, madd } from "./lanes";
import { vexp, vsigmoid, vtanh } from "./math";
import { LANES } from "./program";

const LEAK = 0.01; // slope of leakyRelu for negative z

/** a = max(z, 0) */
export function reluForward<T>(a: usize, rows: i32): void {
  const zero = v128.splat<T>(0);
  const end = at<T>(a, rows * LANES);
  // pmax(z, 0) is z < 0 ? 0 : z, so NaN stays
  for (let p = a; p < end; p += 16) v128.store(p, v128.pmax<T>(v128.load(p), zero));
}

/** dz = a > 0 ? da : 0, so the derivative at 0 is 0. */
export function reluBackward<T>(dz: usize, a: usize, rows: i32): void {
  const zero = v128.splat<T>(0);
  const end = at<T>(dz, rows * LANES);
  for (let p = dz, q = a; p < end; p += 16, q += 16) {
    v128.store(p, v128.and(v128.load(p), v128.gt<T>(v128.load(q), zero)));
  }
}

/** a = z < 0 ? 0.01·z : z */
export function leakyReluForward<T>(a: usize, rows: i32): void {
  const zero = v128.splat<T>(0);
  const leak = v128.splat<T>(<T>LEAK);
  const end = at<T>(a, rows * LANES);
  for (let p = a; p < end; p += 16) {
    const z = v128.load(p);
    v128.store(p, v128.bitselect(v128.mul<T>(leak, z), z, v128.lt<T>(z, zero)));
  }
}

/** dz = a > 0 ? da : 0.01·da */
export function leakyReluBackward<T>(dz: usize, a: usize, rows: i32): void {
  const zero = v128.splat<T>(0);
  const leak = v128.splat<T>(<T>LEAK);
  const end = at<T>(dz, rows * LANES);
  for (let p = dz, q = a; p < end; p += 16, q += 16) {
    const da = v128.load(p);
    v128.store(p, v128.bitselect(da, v128.mul<T>(leak, da), v128.gt<T>(v128.load(q), zero)));
  }
}

/** a = tanh(z) */
export function tanhForward<T>(a: usize, rows: i32): void {
  const end = at<T>(a, rows * LANES);
  for (let p = a; p < end; p += 16) v128.store(p, vtanh<T>(v128.load(p)));
}

/** dz = da·(1 − a²) */
export function tanhBackward<T>(dz: usize, a: usize, rows: i32): void {
  const one = v128.splat<T>(1);
  const end = at<T>(dz, rows * LANES);
  for (let p = dz, q = a; p < end; p += 16, q += 16) {
    const y = v128.load(q);
    v128.store(p, v128.mul<T>(v128.load(p), v128.sub<T>(one, v128.mul<T>(y, y))));
  }
}

/** a = 1 / (1 + e^−z) */
export function sigmoidForward<T>(a: usize, rows: i32): void {
  const end = at<T>(a, rows * LANES);
  for (let p = a; p < end; p += 16) v128.store(p, vsigmoid<T>(v128.load(p)));
}

/** dz = da·a·(1 − a) */
export function sigmoidBackward<T>(dz: usize, a: usize, rows: i32): void {
  const one = v128.splat<T>(1);
  const end = at<T>(dz, rows * LANES);
  for (let p = dz, q = a; p < end; p += 16, q += 16) {
    const y = v128.load(q);
    v128.store(p, v128.mul<T>(v128.load(p), v128.mul<T>(y, v128.sub<T>(one, y))));
  }
}

/** a[u] = e^(z[u] − max z) / Σ e^(z − max z), over the first n rows. Its backward is part of the loss. */
export function softmaxForward<T>(a: usize, n: i32): void {
  const row = at<T>(0, LANES);
  const end = at<T>(a, n * LANES);
  for (let lanes: usize = 0; lanes < row; lanes += 16) {
    const top = a + lanes;
    const most = maximum<T>(top, end);
    let sum = v128.splat<T>(0);
    for (let p = top; p < end; p += row) {
      const e = vexp<T>(v128.sub<T>(v128.load(p), most));
      v128.store(p, e);
      sum = v128.add<T>(sum, e);
    }
    for (let p = top; p < end; p += row) v128.store(p, v128.div<T>(v128.load(p), sum));
  }
}

/** Largest of a column of vectors, a panel row apart; NaN wins. */
export function maximum<T>(first: usize, end: usize): v128 {
  const row = at<T>(0, LANES);
  let most = v128.load(first);
  for (let p = first + row; p < end; p += row) most = v128.max<T>(most, v128.load(p));
  return most;
}

/** log Σ e^z over a column of vectors: max + log Σ e^(z − max). */
export function sumOfExponentials<T>(first: usize, end: usize, most: v128): v128 {
  const row = at<T>(0, LANES);
  let sum = v128.splat<T>(0);
  for (let p = first; p < end; p += row) sum = v128.add<T>(sum, vexp<T>(v128.sub<T>(v128.load(p), most)));
  return sum;
}

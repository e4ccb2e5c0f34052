// Activations of straight pieces, in forward/backward pairs over one panel: see activation.ts.

import { SIXTH, THIRD } from "./constants";
import { at, bytesOf, madd } from "./lanes";
import { LANES } from "./program";

/** a = max(z, 0) */
export function reluForward<T>(a: usize, z: usize, rows: i32): void {
  const zero = v128.splat<T>(0);
  const end = at<T>(a, rows * LANES);
  // pmax(z, 0) is z < 0 ? 0 : z, so NaN stays
  for (; a < end; a += 16, z += 16) v128.store(a, v128.pmax<T>(v128.load(z), zero));
}

/** dz = a > 0 ? da : 0, so the derivative at 0 is 0. */
export function reluBackward<T>(dz: usize, a: usize, rows: i32): void {
  const zero = v128.splat<T>(0);
  const end = at<T>(dz, rows * LANES);
  for (let p = dz, q = a; p < end; p += 16, q += 16) {
    v128.store(p, v128.and(v128.load(p), v128.gt<T>(v128.load(q), zero)));
  }
}

/** a = z < 0 ? slope·z : z */
export function leakyReluForward<T>(a: usize, z: usize, rows: i32, slope: f64): void {
  const zero = v128.splat<T>(0);
  const slopes = v128.splat<T>(<T>slope);
  const end = at<T>(a, rows * LANES);
  for (; a < end; a += 16, z += 16) {
    const x = v128.load(z);
    v128.store(a, v128.bitselect(v128.mul<T>(slopes, x), x, v128.lt<T>(x, zero)));
  }
}

/** dz = a > 0 ? da : slope·da */
export function leakyReluBackward<T>(dz: usize, a: usize, rows: i32, slope: f64): void {
  const zero = v128.splat<T>(0);
  const slopes = v128.splat<T>(<T>slope);
  const end = at<T>(dz, rows * LANES);
  for (let p = dz, q = a; p < end; p += 16, q += 16) {
    const da = v128.load(p);
    v128.store(p, v128.bitselect(da, v128.mul<T>(slopes, da), v128.gt<T>(v128.load(q), zero)));
  }
}

/** a = z < 0 ? slopes[unit]·z : z */
export function preluForward<T>(a: usize, z: usize, rows: i32, slopes: usize): void {
  const zero = v128.splat<T>(0);
  const row = bytesOf<T>(LANES);
  for (const end = at<T>(slopes, rows); slopes < end; slopes = at<T>(slopes, 1), a += row, z += row) {
    const slope = v128.load_splat<T>(slopes);
    for (let i: usize = 0; i < row; i += 16) {
      const x = v128.load(z + i);
      v128.store(a + i, v128.bitselect(v128.mul<T>(slope, x), x, v128.lt<T>(x, zero)));
    }
  }
}

/** dz = z > 0 ? da : slopes[unit]·da */
export function preluBackward<T>(dz: usize, z: usize, rows: i32, slopes: usize): void {
  const zero = v128.splat<T>(0);
  const row = bytesOf<T>(LANES);
  for (const end = at<T>(slopes, rows); slopes < end; slopes = at<T>(slopes, 1), dz += row, z += row) {
    const slope = v128.load_splat<T>(slopes);
    for (let i: usize = 0; i < row; i += 16) {
      const da = v128.load(dz + i);
      v128.store(dz + i, v128.bitselect(da, v128.mul<T>(slope, da), v128.gt<T>(v128.load(z + i), zero)));
    }
  }
}

/** a = max(0, min(z/6 + ½, 1)) */
export function hardSigmoidForward<T>(a: usize, z: usize, rows: i32): void {
  const zero = v128.splat<T>(0);
  const half = v128.splat<T>(0.5);
  const one = v128.splat<T>(1);
  const sixth = v128.splat<T>(<T>SIXTH);
  const end = at<T>(a, rows * LANES);
  for (; a < end; a += 16, z += 16) {
    const y = madd<T>(v128.load(z), sixth, half);
    v128.store(a, v128.pmin<T>(v128.pmax<T>(y, zero), one)); // keeps NaN
  }
}

/** dz = −3 < z < 3 ? da/6 : 0 */
export function hardSigmoidBackward<T>(dz: usize, z: usize, rows: i32): void {
  const three = v128.splat<T>(3);
  const sixth = v128.splat<T>(<T>SIXTH);
  const end = at<T>(dz, rows * LANES);
  for (; dz < end; dz += 16, z += 16) {
    const inside = v128.lt<T>(v128.abs<T>(v128.load(z)), three);
    v128.store(dz, v128.and(v128.mul<T>(v128.load(dz), sixth), inside));
  }
}

/** a = z·max(0, min(z/6 + ½, 1)) */
export function hardSwishForward<T>(a: usize, z: usize, rows: i32): void {
  const zero = v128.splat<T>(0);
  const half = v128.splat<T>(0.5);
  const one = v128.splat<T>(1);
  const sixth = v128.splat<T>(<T>SIXTH);
  const end = at<T>(a, rows * LANES);
  for (; a < end; a += 16, z += 16) {
    const x = v128.load(z);
    const gate = v128.pmin<T>(v128.pmax<T>(madd<T>(x, sixth, half), zero), one);
    v128.store(a, v128.mul<T>(x, gate));
  }
}

/** dz = z ≤ −3 ? 0 : z < 3 ? da·(z/3 + ½) : da */
export function hardSwishBackward<T>(dz: usize, z: usize, rows: i32): void {
  const three = v128.splat<T>(3);
  const minus = v128.splat<T>(-3);
  const half = v128.splat<T>(0.5);
  const third = v128.splat<T>(<T>THIRD);
  const end = at<T>(dz, rows * LANES);
  for (; dz < end; dz += 16, z += 16) {
    const x = v128.load(z);
    const da = v128.load(dz);
    const inside = v128.mul<T>(da, madd<T>(x, third, half));
    v128.store(dz, v128.and(v128.bitselect(inside, da, v128.lt<T>(x, three)), v128.gt<T>(x, minus)));
  }
}

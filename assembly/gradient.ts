// What is done to gradients and weights beside an optimizer's update: limits, signs, norms, scales, an average. Flat loops
// over `count` numbers (a multiple of 4). The update itself is optimizer.ts's.

import { at, madd } from "./lanes";

/** average = share·average + (1 − share)·w */
export function averageWeights<T>(average: usize, w: usize, count: i32, share: f64): void {
  const kept = v128.splat<T>(<T>share);
  const rest = v128.splat<T>(<T>(1 - share));
  for (const end = at<T>(w, count); w < end; w += 16, average += 16) {
    v128.store(average, madd<T>(kept, v128.load(average), v128.mul<T>(rest, v128.load(w))));
  }
}

/** g = max(−most, min(g, most)) */
export function limitGradient<T>(g: usize, count: i32, most: T): void {
  const above = v128.splat<T>(most);
  const below = v128.splat<T>(-most);
  for (const end = at<T>(g, count); g < end; g += 16) {
    v128.store(g, v128.pmax<T>(v128.pmin<T>(v128.load(g), above), below)); // keeps NaN
  }
}

/** g = g + λ₁·sign(w), sign(0) = 0 */
export function addSigns<T>(g: usize, w: usize, count: i32, l1: T): void {
  const share = v128.splat<T>(l1);
  const zero = v128.splat<T>(0);
  for (const end = at<T>(g, count); g < end; g += 16, w += 16) {
    const old = v128.load(w);
    const up = v128.and(share, v128.gt<T>(old, zero));
    const down = v128.and(share, v128.lt<T>(old, zero));
    v128.store(g, v128.add<T>(v128.load(g), v128.sub<T>(up, down)));
  }
}

/** g = scale·g */
export function scaleGradient<T>(g: usize, count: i32, scale: T): void {
  const scales = v128.splat<T>(scale);
  for (const end = at<T>(g, count); g < end; g += 16) v128.store(g, v128.mul<T>(v128.load(g), scales));
}

/** Σ g² in double: four sums, one for each place modulo 4, folded as (0 + 1) + (2 + 3). `count` is a multiple of 4. */
export function squaredNorm<T>(g: usize, count: i32): f64 {
  let s01 = f64x2.splat(0);
  let s23 = s01;
  for (const end = at<T>(g, count); g < end; g = at<T>(g, 4)) {
    let g01: v128;
    let g23: v128;
    if (sizeof<T>() == 4) {
      const all = v128.load(g);
      g01 = f64x2.promote_low_f32x4(all);
      g23 = f64x2.promote_low_f32x4(i64x2.shuffle(all, all, 1, 1));
    } else {
      g01 = v128.load(g);
      g23 = v128.load(g, 16);
    }
    s01 = f64x2.add(s01, f64x2.mul(g01, g01));
    s23 = f64x2.add(s23, f64x2.mul(g23, g23));
  }
  return (
    f64x2.extract_lane(s01, 0) + f64x2.extract_lane(s01, 1) + (f64x2.extract_lane(s23, 0) + f64x2.extract_lane(s23, 1))
  );
}

// Parameter updates: one flat loop each, over `count` parameters (a multiple of 8). w parameters, dw gradient,
// v and s the optimizer's moments, h its hyperparameters. Each returns Σ 0·w: 0, or NaN when a new weight is not finite.
//
// L2 decay λ adds λ·w to the gradient (AdamW shrinks w instead). Moments below TINY are set to 0, so that they never
// decay into the slow range of subnormal numbers.

import { at, madd } from "./lanes";

// h, as numbers of T. In memory, because V8 keeps in a register what was loaded before a loop, but splats a number that
// was computed, or a constant, anew each time round.
export const STEP = 0; // −α; Adam's with its bias correction, −α/(1 − β₁ᵗ)
export const DECAY = 1; // λ
export const MOMENTUM = 2; // μ
export const BETA1 = 3;
export const REST1 = 4; // 1 − β₁
export const BETA2 = 5;
export const REST2 = 6; // 1 − β₂
export const EPSILON = 7;
export const ROOT = 8; // 1/√(1 − β₂ᵗ)
export const SHRINK = 9; // what a weight is multiplied with: 1, for AdamW 1 − α·λ
export const TINY = 10;

// @ts-ignore: decorator
@inline
function splat<T>(h: usize, i: i32): v128 {
  return v128.load_splat<T>(at<T>(h, i));
}

// Keeps NaN: it is not below anything.
// @ts-ignore: decorator
@inline
function flush<T>(moment: v128, tiny: v128): v128 {
  return v128.andnot(moment, v128.lt<T>(v128.abs<T>(moment), tiny));
}

// The same for what is a sum of squares.
// @ts-ignore: decorator
@inline
function flushSquare<T>(moment: v128, tiny: v128): v128 {
  return v128.andnot(moment, v128.lt<T>(moment, tiny));
}

/** g = dw + λ·w; w = w − α·g */
export function sgdUpdate<T>(w: usize, dw: usize, count: i32, h: usize): v128 {
  const step = splat<T>(h, STEP);
  const lambda = splat<T>(h, DECAY);
  const zero = v128.splat<T>(0);
  let bad = zero;
  const end = at<T>(w, count);
  for (; w < end; w += 16, dw += 16) {
    const old = v128.load(w);
    const g = madd<T>(lambda, old, v128.load(dw));
    const now = madd<T>(step, g, old);
    bad = madd<T>(now, zero, bad);
    v128.store(w, now);
  }
  return bad;
}

/** v = μ·v + g; w = w − α·v */
export function momentumUpdate<T>(w: usize, dw: usize, v: usize, count: i32, h: usize): v128 {
  const step = splat<T>(h, STEP);
  const lambda = splat<T>(h, DECAY);
  const mu = splat<T>(h, MOMENTUM);
  const tiny = splat<T>(h, TINY);
  const zero = v128.splat<T>(0);
  let bad = zero;
  const end = at<T>(w, count);
  for (; w < end; w += 16, dw += 16, v += 16) {
    const old = v128.load(w);
    const g = madd<T>(lambda, old, v128.load(dw));
    const velocity = flush<T>(madd<T>(mu, v128.load(v), g), tiny);
    const now = madd<T>(step, velocity, old);
    bad = madd<T>(now, zero, bad);
    v128.store(v, velocity);
    v128.store(w, now);
  }
  return bad;
}

/** v = μ·v + g; w = w − α·(g + μ·v) */
export function nesterovUpdate<T>(w: usize, dw: usize, v: usize, count: i32, h: usize): v128 {
  const step = splat<T>(h, STEP);
  const lambda = splat<T>(h, DECAY);
  const mu = splat<T>(h, MOMENTUM);
  const tiny = splat<T>(h, TINY);
  const zero = v128.splat<T>(0);
  let bad = zero;
  const end = at<T>(w, count);
  for (; w < end; w += 16, dw += 16, v += 16) {
    const old = v128.load(w);
    const g = madd<T>(lambda, old, v128.load(dw));
    const velocity = flush<T>(madd<T>(mu, v128.load(v), g), tiny);
    const now = madd<T>(step, madd<T>(mu, velocity, g), old);
    bad = madd<T>(now, zero, bad);
    v128.store(v, velocity);
    v128.store(w, now);
  }
  return bad;
}

/** s = β₂·s + (1 − β₂)·g²; w = w − α·g / (√s + ε) */
export function rmspropUpdate<T>(w: usize, dw: usize, s: usize, count: i32, h: usize): v128 {
  const step = splat<T>(h, STEP);
  const lambda = splat<T>(h, DECAY);
  const beta2 = splat<T>(h, BETA2);
  const rest2 = splat<T>(h, REST2);
  const epsilon = splat<T>(h, EPSILON);
  const tiny = splat<T>(h, TINY);
  const zero = v128.splat<T>(0);
  let bad = zero;
  const end = at<T>(w, count);
  for (; w < end; w += 16, dw += 16, s += 16) {
    const old = v128.load(w);
    const g = madd<T>(lambda, old, v128.load(dw));
    const square = flushSquare<T>(madd<T>(beta2, v128.load(s), v128.mul<T>(rest2, v128.mul<T>(g, g))), tiny);
    const root = v128.add<T>(v128.sqrt<T>(square), epsilon);
    const now = v128.add<T>(old, v128.div<T>(v128.mul<T>(step, g), root));
    bad = madd<T>(now, zero, bad);
    v128.store(s, square);
    v128.store(w, now);
  }
  return bad;
}

/** v = β₁·v + (1 − β₁)·g; s = β₂·s + (1 − β₂)·g²; w = w·shrink − α/(1 − β₁ᵗ) · v / (√s·1/√(1 − β₂ᵗ) + ε) */
export function adamUpdate<T>(w: usize, dw: usize, v: usize, s: usize, count: i32, h: usize): v128 {
  const step = splat<T>(h, STEP);
  const lambda = splat<T>(h, DECAY);
  const beta1 = splat<T>(h, BETA1);
  const rest1 = splat<T>(h, REST1);
  const beta2 = splat<T>(h, BETA2);
  const rest2 = splat<T>(h, REST2);
  const epsilon = splat<T>(h, EPSILON);
  const correction = splat<T>(h, ROOT);
  const shrink = splat<T>(h, SHRINK);
  const tiny = splat<T>(h, TINY);
  const zero = v128.splat<T>(0);
  let bad = zero;
  const end = at<T>(w, count);
  for (; w < end; w += 16, dw += 16, v += 16, s += 16) {
    const old = v128.load(w);
    const g = madd<T>(lambda, old, v128.load(dw));
    const mean = flush<T>(madd<T>(beta1, v128.load(v), v128.mul<T>(rest1, g)), tiny);
    const square = flushSquare<T>(madd<T>(beta2, v128.load(s), v128.mul<T>(rest2, v128.mul<T>(g, g))), tiny);
    const divisor = madd<T>(v128.sqrt<T>(square), correction, epsilon);
    const now = v128.add<T>(v128.mul<T>(old, shrink), v128.div<T>(v128.mul<T>(step, mean), divisor));
    bad = madd<T>(now, zero, bad);
    v128.store(v, mean);
    v128.store(s, square);
    v128.store(w, now);
  }
  return bad;
}

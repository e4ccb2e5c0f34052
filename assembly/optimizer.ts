// Parameter updates: one flat loop each, over `count` parameters (a multiple of 8). w parameters, dw gradient,
// v and s the optimizer's moments. Each returns Σ 0·w: 0, or NaN when a new weight is not finite.
//
// L2 decay λ adds λ·w to the gradient (AdamW shrinks w instead). Moments below TINY are set to 0, so that they never
// decay into the slow range of subnormal numbers.

import { at, madd } from "./lanes";

// @ts-ignore: decorator
@inline
function tiny<T>(): v128 {
  return sizeof<T>() == 4 ? v128.splat<T>(<T>1e-30) : v128.splat<T>(<T>1e-300);
}

// Keeps NaN: it is not below anything.
// @ts-ignore: decorator
@inline
function flush<T>(moment: v128, limit: v128): v128 {
  return v128.andnot(moment, v128.lt<T>(v128.abs<T>(moment), limit));
}

/** g = dw + λ·w; w = w − α·g */
export function sgdUpdate<T>(w: usize, dw: usize, count: i32, rate: T, decay: T): v128 {
  const step = v128.splat<T>(-rate);
  const lambda = v128.splat<T>(decay);
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
export function momentumUpdate<T>(w: usize, dw: usize, v: usize, count: i32, rate: T, decay: T, momentum: T): v128 {
  const step = v128.splat<T>(-rate);
  const lambda = v128.splat<T>(decay);
  const mu = v128.splat<T>(momentum);
  const limit = tiny<T>();
  const zero = v128.splat<T>(0);
  let bad = zero;
  const end = at<T>(w, count);
  for (; w < end; w += 16, dw += 16, v += 16) {
    const old = v128.load(w);
    const g = madd<T>(lambda, old, v128.load(dw));
    const velocity = flush<T>(madd<T>(mu, v128.load(v), g), limit);
    const now = madd<T>(step, velocity, old);
    bad = madd<T>(now, zero, bad);
    v128.store(v, velocity);
    v128.store(w, now);
  }
  return bad;
}

/** v = μ·v + g; w = w − α·(g + μ·v) */
export function nesterovUpdate<T>(w: usize, dw: usize, v: usize, count: i32, rate: T, decay: T, momentum: T): v128 {
  const step = v128.splat<T>(-rate);
  const lambda = v128.splat<T>(decay);
  const mu = v128.splat<T>(momentum);
  const limit = tiny<T>();
  const zero = v128.splat<T>(0);
  let bad = zero;
  const end = at<T>(w, count);
  for (; w < end; w += 16, dw += 16, v += 16) {
    const old = v128.load(w);
    const g = madd<T>(lambda, old, v128.load(dw));
    const velocity = flush<T>(madd<T>(mu, v128.load(v), g), limit);
    const now = madd<T>(step, madd<T>(mu, velocity, g), old);
    bad = madd<T>(now, zero, bad);
    v128.store(v, velocity);
    v128.store(w, now);
  }
  return bad;
}

/** s = β₂·s + (1 − β₂)·g²; w = w − α·g / (√s + ε) */
export function rmspropUpdate<T>(
  w: usize,
  dw: usize,
  s: usize,
  count: i32,
  rate: T,
  decay: T,
  beta2: T,
  rest2: T,
  epsilon: T,
): v128 {
  const step = v128.splat<T>(rate);
  const lambda = v128.splat<T>(decay);
  const b2 = v128.splat<T>(beta2);
  const c2 = v128.splat<T>(rest2);
  const eps = v128.splat<T>(epsilon);
  const limit = tiny<T>();
  const zero = v128.splat<T>(0);
  let bad = zero;
  const end = at<T>(w, count);
  for (; w < end; w += 16, dw += 16, s += 16) {
    const old = v128.load(w);
    const g = madd<T>(lambda, old, v128.load(dw));
    const square = flush<T>(madd<T>(b2, v128.load(s), v128.mul<T>(c2, v128.mul<T>(g, g))), limit);
    const root = v128.add<T>(v128.sqrt<T>(square), eps);
    const now = v128.sub<T>(old, v128.div<T>(v128.mul<T>(step, g), root));
    bad = madd<T>(now, zero, bad);
    v128.store(s, square);
    v128.store(w, now);
  }
  return bad;
}

/**
 * v = β₁·v + (1 − β₁)·g; s = β₂·s + (1 − β₂)·g²; w = w·shrink − α/(1 − β₁ᵗ) · v / (√s·1/√(1 − β₂ᵗ) + ε)
 *
 * `rate` and `root` come with their bias corrections; shrink is 1 for Adam and 1 − α·λ for AdamW, whose decay is 0.
 */
export function adamUpdate<T>(
  w: usize,
  dw: usize,
  v: usize,
  s: usize,
  count: i32,
  rate: T,
  root: T,
  decay: T,
  shrink: T,
  beta1: T,
  rest1: T,
  beta2: T,
  rest2: T,
  epsilon: T,
): v128 {
  const step = v128.splat<T>(rate);
  const correction = v128.splat<T>(root);
  const lambda = v128.splat<T>(decay);
  const keep = v128.splat<T>(shrink);
  const b1 = v128.splat<T>(beta1);
  const c1 = v128.splat<T>(rest1);
  const b2 = v128.splat<T>(beta2);
  const c2 = v128.splat<T>(rest2);
  const eps = v128.splat<T>(epsilon);
  const limit = tiny<T>();
  const zero = v128.splat<T>(0);
  let bad = zero;
  const end = at<T>(w, count);
  for (; w < end; w += 16, dw += 16, v += 16, s += 16) {
    const old = v128.load(w);
    const g = madd<T>(lambda, old, v128.load(dw));
    const mean = flush<T>(madd<T>(b1, v128.load(v), v128.mul<T>(c1, g)), limit);
    const square = flush<T>(madd<T>(b2, v128.load(s), v128.mul<T>(c2, v128.mul<T>(g, g))), limit);
    const divisor = madd<T>(v128.sqrt<T>(square), correction, eps);
    const now = v128.sub<T>(v128.mul<T>(old, keep), v128.div<T>(v128.mul<T>(step, mean), divisor));
    bad = madd<T>(now, zero, bad);
    v128.store(v, mean);
    v128.store(s, square);
    v128.store(w, now);
  }
  return bad;
}

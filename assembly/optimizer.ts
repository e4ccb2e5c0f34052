// Parameter updates: one flat loop each, over `count` parameters (a multiple of 8). w parameters, dw gradient, v, s and u
// the optimizer's moments, h its hyperparameters. Each returns Σ 0·w, lane by lane: 0, or NaN when a new weight is not
// finite. The formulas are those of PyTorch's torch.optim.
//
// L2 decay λ adds λ·w to the gradient (AdamW and Lion shrink w instead). Moments below `tiny` are set to 0, so that they never
// decay into the slow range of subnormal numbers.

import { NADAM_DECAY, TINY_32, TINY_64 } from "./constants";
import { at, madd } from "./lanes";
import { Hyper, Optimizer } from "./program";
import { hyper } from "./records";

/**
 * What h holds, as numbers of T. In memory, because V8 keeps in a register what was loaded before a loop, but splats a
 * computed number or a constant anew in every turn.
 */
enum H {
  step, // −α
  corrected, // −α/(1 − β₁ᵗ): Adam's, with its bias correction
  decay, // λ
  shrink, // 1 − α·λ: what AdamW multiplies a weight by
  momentum, // μ
  beta1,
  rest1, // 1 − β₁
  beta2,
  rest2, // 1 − β₂
  epsilon,
  root, // 1/√(1 − β₂ᵗ)
  tiny,
  zero,
  one,
  adaptive, // RAdam's step and divisor √s·adaptiveRoot + adaptiveEpsilon, which are √s + ε once it adapts, before 1
  adaptiveRoot,
  adaptiveEpsilon,
  ahead, // −α·μₜ₊₁/(1 − μ₁·…·μₜ₊₁): Nadam's, of the mean
  now, // −α·(1 − μₜ)/(1 − μ₁·…·μₜ): of the gradient
}

/** h = the program's hyperparameters rounded to T, with λ = `decay`. */
export function roundHyper<T>(h: usize, program: usize, decay: f64): void {
  const rate = hyper(program, Hyper.learningRate);
  const beta1 = hyper(program, Hyper.beta1);
  const beta2 = hyper(program, Hyper.beta2);
  store<T>(at<T>(h, H.step), <T>-rate);
  store<T>(at<T>(h, H.corrected), <T>-(rate / (1 - hyper(program, Hyper.beta1Power))));
  store<T>(at<T>(h, H.decay), <T>decay);
  store<T>(at<T>(h, H.shrink), <T>(1 - rate * decay));
  store<T>(at<T>(h, H.momentum), <T>hyper(program, Hyper.momentum));
  store<T>(at<T>(h, H.beta1), <T>beta1);
  store<T>(at<T>(h, H.rest1), <T>(1 - beta1));
  store<T>(at<T>(h, H.beta2), <T>beta2);
  store<T>(at<T>(h, H.rest2), <T>(1 - beta2));
  store<T>(at<T>(h, H.epsilon), <T>hyper(program, Hyper.epsilon));
  store<T>(at<T>(h, H.root), <T>(1 / Math.sqrt(1 - hyper(program, Hyper.beta2Power))));
  store<T>(at<T>(h, H.tiny), <T>(sizeof<T>() == 4 ? TINY_32 : TINY_64));
  store<T>(at<T>(h, H.zero), 0);
  store<T>(at<T>(h, H.one), 1);
  adaptive<T>(h, program, rate);
  nadamSteps<T>(h, program, rate);
}

// RAdam adapts once the variance of its second moment is tractable, from about its fifth update on.
function adaptive<T>(h: usize, program: usize, rate: f64): void {
  const beta2 = hyper(program, Hyper.beta2);
  const power = hyper(program, Hyper.beta2Power);
  const corrected = rate / (1 - hyper(program, Hyper.beta1Power));
  const most = 2 / (1 - beta2) - 1;
  const length = most - (2 * hyper(program, Hyper.updates) * power) / (1 - power);
  const adapts = length > 5;
  const share = ((length - 4) * (length - 2) * most) / ((most - 4) * (most - 2) * length);
  store<T>(at<T>(h, H.adaptive), <T>(adapts ? -corrected * Math.sqrt(share) * Math.sqrt(1 - power) : -corrected));
  store<T>(at<T>(h, H.adaptiveRoot), <T>(adapts ? 1.0 : 0.0));
  store<T>(at<T>(h, H.adaptiveEpsilon), <T>(adapts ? hyper(program, Hyper.epsilon) : 1));
}

function nadamSteps<T>(h: usize, program: usize, rate: f64): void {
  const beta1 = hyper(program, Hyper.beta1);
  const power = hyper(program, Hyper.nadamPower);
  const product = hyper(program, Hyper.nadamProduct);
  const momentum = beta1 * (1 - 0.5 * power);
  const next = beta1 * (1 - 0.5 * power * NADAM_DECAY);
  store<T>(at<T>(h, H.ahead), <T>((-rate * next) / (1 - product * next)));
  store<T>(at<T>(h, H.now), <T>((-rate * (1 - momentum)) / (1 - product)));
}

/** The update of the optimizer that `which` names. */
export function optimizerUpdate<T>(
  which: i32,
  w: usize,
  dw: usize,
  v: usize,
  s: usize,
  u: usize,
  count: i32,
  h: usize,
): v128 {
  switch (which) {
    case Optimizer.sgd:
      return sgdUpdate<T>(w, dw, count, h);
    case Optimizer.momentum:
      return momentumUpdate<T>(w, dw, v, count, h);
    case Optimizer.nesterov:
      return nesterovUpdate<T>(w, dw, v, count, h);
    case Optimizer.rmsprop:
      return rmspropUpdate<T>(w, dw, s, count, h);
    case Optimizer.adam:
      return adam<T>(w, dw, v, s, count, h, H.decay, H.one, H.corrected, H.root, H.epsilon);
    case Optimizer.adamw:
      return adam<T>(w, dw, v, s, count, h, H.zero, H.shrink, H.corrected, H.root, H.epsilon);
    case Optimizer.radam:
      return adam<T>(w, dw, v, s, count, h, H.decay, H.one, H.adaptive, H.adaptiveRoot, H.adaptiveEpsilon);
    case Optimizer.rmspropCentered:
      return rmspropCenteredUpdate<T>(w, dw, v, s, count, h);
    case Optimizer.adagrad:
      return adagradUpdate<T>(w, dw, s, count, h);
    case Optimizer.adadelta:
      return adadeltaUpdate<T>(w, dw, v, s, count, h);
    case Optimizer.amsgrad:
      return amsgradUpdate<T>(w, dw, v, s, u, count, h);
    case Optimizer.nadam:
      return nadamUpdate<T>(w, dw, v, s, count, h);
    case Optimizer.lion:
      return lionUpdate<T>(w, dw, v, count, h);
    default:
      return unreachable();
  }
}

// @ts-ignore: decorator
@inline
function splat<T>(h: usize, i: i32): v128 {
  return v128.load_splat<T>(at<T>(h, i));
}

// 0 where |moment| < tiny. Keeps NaN: it is not below anything.
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
  const step = splat<T>(h, H.step);
  const lambda = splat<T>(h, H.decay);
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
  const step = splat<T>(h, H.step);
  const lambda = splat<T>(h, H.decay);
  const mu = splat<T>(h, H.momentum);
  const tiny = splat<T>(h, H.tiny);
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
  const step = splat<T>(h, H.step);
  const lambda = splat<T>(h, H.decay);
  const mu = splat<T>(h, H.momentum);
  const tiny = splat<T>(h, H.tiny);
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
  const step = splat<T>(h, H.step);
  const lambda = splat<T>(h, H.decay);
  const beta2 = splat<T>(h, H.beta2);
  const rest2 = splat<T>(h, H.rest2);
  const epsilon = splat<T>(h, H.epsilon);
  const tiny = splat<T>(h, H.tiny);
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

/**
 * g = dw + λ·w; v = β₁·v + (1 − β₁)·g; s = β₂·s + (1 − β₂)·g²; w = shrink·w − α/(1 − β₁ᵗ) · v / (√s·1/√(1 − β₂ᵗ) + ε)
 *
 * Adam has λ and does not shrink w, AdamW shrinks w and has no λ, RAdam has another step and divisor: `decay`, `shrink`,
 * `size`, `root` and `least` say where in h these lie. Sources: https://arxiv.org/abs/1412.6980 (Adam),
 * https://arxiv.org/abs/1711.05101 (AdamW), https://arxiv.org/abs/1908.03265 (RAdam)
 */
function adam<T>(
  w: usize,
  dw: usize,
  v: usize,
  s: usize,
  count: i32,
  h: usize,
  decay: i32,
  shrink: i32,
  size: i32,
  root: i32,
  least: i32,
): v128 {
  const step = splat<T>(h, size);
  const lambda = splat<T>(h, decay);
  const beta1 = splat<T>(h, H.beta1);
  const rest1 = splat<T>(h, H.rest1);
  const beta2 = splat<T>(h, H.beta2);
  const rest2 = splat<T>(h, H.rest2);
  const epsilon = splat<T>(h, least);
  const correction = splat<T>(h, root);
  const kept = splat<T>(h, shrink);
  const tiny = splat<T>(h, H.tiny);
  const zero = v128.splat<T>(0);
  let bad = zero;
  const end = at<T>(w, count);
  for (; w < end; w += 16, dw += 16, v += 16, s += 16) {
    const old = v128.load(w);
    const g = madd<T>(lambda, old, v128.load(dw));
    const mean = flush<T>(madd<T>(beta1, v128.load(v), v128.mul<T>(rest1, g)), tiny);
    const square = flushSquare<T>(madd<T>(beta2, v128.load(s), v128.mul<T>(rest2, v128.mul<T>(g, g))), tiny);
    const divisor = madd<T>(v128.sqrt<T>(square), correction, epsilon);
    const now = v128.add<T>(v128.mul<T>(old, kept), v128.div<T>(v128.mul<T>(step, mean), divisor));
    bad = madd<T>(now, zero, bad);
    v128.store(v, mean);
    v128.store(s, square);
    v128.store(w, now);
  }
  return bad;
}

/** v = β₂·v + (1 − β₂)·g; s = β₂·s + (1 − β₂)·g²; w = w − α·g / (√(s − v²) + ε) */
export function rmspropCenteredUpdate<T>(w: usize, dw: usize, v: usize, s: usize, count: i32, h: usize): v128 {
  const step = splat<T>(h, H.step);
  const lambda = splat<T>(h, H.decay);
  const beta2 = splat<T>(h, H.beta2);
  const rest2 = splat<T>(h, H.rest2);
  const epsilon = splat<T>(h, H.epsilon);
  const tiny = splat<T>(h, H.tiny);
  const zero = v128.splat<T>(0);
  let bad = zero;
  const end = at<T>(w, count);
  for (; w < end; w += 16, dw += 16, v += 16, s += 16) {
    const old = v128.load(w);
    const g = madd<T>(lambda, old, v128.load(dw));
    const square = flushSquare<T>(madd<T>(beta2, v128.load(s), v128.mul<T>(rest2, v128.mul<T>(g, g))), tiny);
    const mean = flush<T>(madd<T>(beta2, v128.load(v), v128.mul<T>(rest2, g)), tiny);
    // rounding may leave a little less than 0
    const variance = v128.pmax<T>(v128.sub<T>(square, v128.mul<T>(mean, mean)), zero);
    const root = v128.add<T>(v128.sqrt<T>(variance), epsilon);
    const now = v128.add<T>(old, v128.div<T>(v128.mul<T>(step, g), root));
    bad = madd<T>(now, zero, bad);
    v128.store(v, mean);
    v128.store(s, square);
    v128.store(w, now);
  }
  return bad;
}

/** s = s + g²; w = w − α·g / (√s + ε). Source: https://jmlr.org/papers/v12/duchi11a.html */
export function adagradUpdate<T>(w: usize, dw: usize, s: usize, count: i32, h: usize): v128 {
  const step = splat<T>(h, H.step);
  const lambda = splat<T>(h, H.decay);
  const epsilon = splat<T>(h, H.epsilon);
  const zero = v128.splat<T>(0);
  let bad = zero;
  const end = at<T>(w, count);
  for (; w < end; w += 16, dw += 16, s += 16) {
    const old = v128.load(w);
    const g = madd<T>(lambda, old, v128.load(dw));
    const square = madd<T>(g, g, v128.load(s));
    const root = v128.add<T>(v128.sqrt<T>(square), epsilon);
    const now = v128.add<T>(old, v128.div<T>(v128.mul<T>(step, g), root));
    bad = madd<T>(now, zero, bad);
    v128.store(s, square);
    v128.store(w, now);
  }
  return bad;
}

/**
 * s = β₂·s + (1 − β₂)·g²; d = √(v + ε) / √(s + ε) · g; v = β₂·v + (1 − β₂)·d²; w = w − α·d.
 * Source: https://arxiv.org/abs/1212.5701
 */
export function adadeltaUpdate<T>(w: usize, dw: usize, v: usize, s: usize, count: i32, h: usize): v128 {
  const step = splat<T>(h, H.step);
  const lambda = splat<T>(h, H.decay);
  const beta2 = splat<T>(h, H.beta2);
  const rest2 = splat<T>(h, H.rest2);
  const epsilon = splat<T>(h, H.epsilon);
  const tiny = splat<T>(h, H.tiny);
  const zero = v128.splat<T>(0);
  let bad = zero;
  const end = at<T>(w, count);
  for (; w < end; w += 16, dw += 16, v += 16, s += 16) {
    const old = v128.load(w);
    const g = madd<T>(lambda, old, v128.load(dw));
    const square = flushSquare<T>(madd<T>(beta2, v128.load(s), v128.mul<T>(rest2, v128.mul<T>(g, g))), tiny);
    const moved = v128.load(v);
    const root = v128.div<T>(v128.sqrt<T>(v128.add<T>(moved, epsilon)), v128.sqrt<T>(v128.add<T>(square, epsilon)));
    const d = v128.mul<T>(root, g);
    const now = madd<T>(step, d, old);
    bad = madd<T>(now, zero, bad);
    v128.store(v, flushSquare<T>(madd<T>(beta2, moved, v128.mul<T>(rest2, v128.mul<T>(d, d))), tiny));
    v128.store(s, square);
    v128.store(w, now);
  }
  return bad;
}

/**
 * Adam's v and s; u = max(u, s); w = w − α/(1 − β₁ᵗ) · v / (√u·1/√(1 − β₂ᵗ) + ε).
 * Source: https://openreview.net/forum?id=ryQu7f-RZ
 */
export function amsgradUpdate<T>(w: usize, dw: usize, v: usize, s: usize, u: usize, count: i32, h: usize): v128 {
  const step = splat<T>(h, H.corrected);
  const lambda = splat<T>(h, H.decay);
  const beta1 = splat<T>(h, H.beta1);
  const rest1 = splat<T>(h, H.rest1);
  const beta2 = splat<T>(h, H.beta2);
  const rest2 = splat<T>(h, H.rest2);
  const epsilon = splat<T>(h, H.epsilon);
  const correction = splat<T>(h, H.root);
  const tiny = splat<T>(h, H.tiny);
  const zero = v128.splat<T>(0);
  let bad = zero;
  const end = at<T>(w, count);
  for (; w < end; w += 16, dw += 16, v += 16, s += 16, u += 16) {
    const old = v128.load(w);
    const g = madd<T>(lambda, old, v128.load(dw));
    const mean = flush<T>(madd<T>(beta1, v128.load(v), v128.mul<T>(rest1, g)), tiny);
    const square = flushSquare<T>(madd<T>(beta2, v128.load(s), v128.mul<T>(rest2, v128.mul<T>(g, g))), tiny);
    const most = v128.max<T>(v128.load(u), square);
    const divisor = madd<T>(v128.sqrt<T>(most), correction, epsilon);
    const now = v128.add<T>(old, v128.div<T>(v128.mul<T>(step, mean), divisor));
    bad = madd<T>(now, zero, bad);
    v128.store(v, mean);
    v128.store(s, square);
    v128.store(u, most);
    v128.store(w, now);
  }
  return bad;
}

/**
 * Adam's v and s, d = √s·1/√(1 − β₂ᵗ) + ε and μₜ = β₁·(1 − ½·0.96^(0.004·t)):
 * w = w − α·((1 − μₜ)/(1 − μ₁·…·μₜ)·g + μₜ₊₁/(1 − μ₁·…·μₜ₊₁)·v) / d.
 * Source: https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ
 */
export function nadamUpdate<T>(w: usize, dw: usize, v: usize, s: usize, count: i32, h: usize): v128 {
  const nowStep = splat<T>(h, H.now);
  const aheadStep = splat<T>(h, H.ahead);
  const lambda = splat<T>(h, H.decay);
  const beta1 = splat<T>(h, H.beta1);
  const rest1 = splat<T>(h, H.rest1);
  const beta2 = splat<T>(h, H.beta2);
  const rest2 = splat<T>(h, H.rest2);
  const epsilon = splat<T>(h, H.epsilon);
  const correction = splat<T>(h, H.root);
  const tiny = splat<T>(h, H.tiny);
  const zero = v128.splat<T>(0);
  let bad = zero;
  const end = at<T>(w, count);
  for (; w < end; w += 16, dw += 16, v += 16, s += 16) {
    const old = v128.load(w);
    const g = madd<T>(lambda, old, v128.load(dw));
    const mean = flush<T>(madd<T>(beta1, v128.load(v), v128.mul<T>(rest1, g)), tiny);
    const square = flushSquare<T>(madd<T>(beta2, v128.load(s), v128.mul<T>(rest2, v128.mul<T>(g, g))), tiny);
    const divisor = madd<T>(v128.sqrt<T>(square), correction, epsilon);
    const move = madd<T>(nowStep, g, v128.mul<T>(aheadStep, mean));
    const now = v128.add<T>(old, v128.div<T>(move, divisor));
    bad = madd<T>(now, zero, bad);
    v128.store(v, mean);
    v128.store(s, square);
    v128.store(w, now);
  }
  return bad;
}

/**
 * c = β₁·v + (1 − β₁)·g; w = (1 − α·λ)·w − α·sign(c); v = β₂·v + (1 − β₂)·g, for g without decay.
 * Source: https://arxiv.org/abs/2302.06675
 */
export function lionUpdate<T>(w: usize, dw: usize, v: usize, count: i32, h: usize): v128 {
  const step = splat<T>(h, H.step);
  const kept = splat<T>(h, H.shrink);
  const beta1 = splat<T>(h, H.beta1);
  const rest1 = splat<T>(h, H.rest1);
  const beta2 = splat<T>(h, H.beta2);
  const rest2 = splat<T>(h, H.rest2);
  const tiny = splat<T>(h, H.tiny);
  const zero = v128.splat<T>(0);
  let bad = zero;
  const end = at<T>(w, count);
  for (; w < end; w += 16, dw += 16, v += 16) {
    const g = v128.load(dw);
    const mean = v128.load(v);
    const c = madd<T>(beta1, mean, v128.mul<T>(rest1, g));
    const up = v128.and(step, v128.gt<T>(c, zero));
    const down = v128.and(step, v128.lt<T>(c, zero));
    const now = v128.add<T>(v128.mul<T>(v128.load(w), kept), v128.sub<T>(up, down));
    // a gradient that is not finite has a sign, or none
    bad = madd<T>(now, zero, madd<T>(g, zero, bad));
    v128.store(v, flush<T>(madd<T>(beta2, mean, v128.mul<T>(rest2, g)), tiny));
    v128.store(w, now);
  }
  return bad;
}

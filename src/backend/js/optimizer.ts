// Parameter updates over `count` parameters, as in assembly/optimizer.ts. w parameters, dw gradient, v, s and u
// moments, as elements of `heap`. All return whether every new weight is finite.

import { NADAM_DECAY } from "../../../assembly/constants.js";
import * as P from "../../../assembly/program.js";
import type { Arithmetic } from "./arithmetic.js";
import { unknown } from "./records.js";

/** Hyperparameters of an update, rounded to the type of the weights. */
export interface Hyper {
  readonly rate: number;
  readonly decay: number;
  readonly momentum: number;
  readonly beta1: number;
  readonly rest1: number;
  readonly beta2: number;
  readonly rest2: number;
  readonly epsilon: number;
  /** Adam: the learning rate over 1 − β₁ᵗ, and 1/√(1 − β₂ᵗ). */
  readonly corrected: number;
  readonly root: number;
  /** AdamW: what a weight is multiplied by, 1 − α·λ. */
  readonly shrink: number;
  /** RAdam: its step, and its divisor √s·adaptiveRoot + adaptiveEpsilon. */
  readonly adaptive: number;
  readonly adaptiveRoot: number;
  readonly adaptiveEpsilon: number;
  /** Nadam: steps of the mean and of the gradient. */
  readonly ahead: number;
  readonly now: number;
}

/** The program's hyperparameters rounded, with λ = `decay`. */
export function roundHyper({ round }: Arithmetic, hyper: Float64Array, decay: number): Hyper {
  const rate = hyper[P.Hyper.learningRate]!;
  const beta1 = hyper[P.Hyper.beta1]!;
  const beta2 = hyper[P.Hyper.beta2]!;
  return {
    rate: round(rate),
    corrected: round(rate / (1 - hyper[P.Hyper.beta1Power]!)),
    decay: round(decay),
    shrink: round(1 - rate * decay),
    momentum: round(hyper[P.Hyper.momentum]!),
    beta1: round(beta1),
    rest1: round(1 - beta1),
    beta2: round(beta2),
    rest2: round(1 - beta2),
    epsilon: round(hyper[P.Hyper.epsilon]!),
    root: round(1 / Math.sqrt(1 - hyper[P.Hyper.beta2Power]!)),
    ...adaptiveSteps(round, hyper, rate),
    ...nadamSteps(round, hyper, rate),
  };
}

// RAdam adapts once the variance of its second moment is tractable, from about its fifth update on.
function adaptiveSteps(round: Arithmetic["round"], hyper: Float64Array, rate: number) {
  const beta2 = hyper[P.Hyper.beta2]!;
  const power = hyper[P.Hyper.beta2Power]!;
  const corrected = rate / (1 - hyper[P.Hyper.beta1Power]!);
  const most = 2 / (1 - beta2) - 1;
  const length = most - (2 * hyper[P.Hyper.updates]! * power) / (1 - power);
  const adapts = length > 5;
  const share = ((length - 4) * (length - 2) * most) / ((most - 4) * (most - 2) * length);
  return {
    adaptive: round(adapts ? -corrected * Math.sqrt(share) * Math.sqrt(1 - power) : -corrected),
    adaptiveRoot: adapts ? 1 : 0,
    adaptiveEpsilon: round(adapts ? hyper[P.Hyper.epsilon]! : 1),
  };
}

function nadamSteps(round: Arithmetic["round"], hyper: Float64Array, rate: number) {
  const beta1 = hyper[P.Hyper.beta1]!;
  const power = hyper[P.Hyper.nadamPower]!;
  const product = hyper[P.Hyper.nadamProduct]!;
  const momentum = beta1 * (1 - 0.5 * power);
  const next = beta1 * (1 - 0.5 * power * NADAM_DECAY);
  return {
    ahead: round((-rate * next) / (1 - product * next)),
    now: round((-rate * (1 - momentum)) / (1 - product)),
  };
}

/** The update of the optimizer that `which` names. */
export function optimizerUpdate(
  t: Arithmetic,
  which: number,
  w: number,
  dw: number,
  v: number,
  s: number,
  u: number,
  count: number,
  h: Hyper,
): boolean {
  switch (which) {
    case P.Optimizer.sgd:
      return sgdUpdate(t, w, dw, count, h);
    case P.Optimizer.momentum:
      return momentumUpdate(t, w, dw, v, count, h);
    case P.Optimizer.nesterov:
      return nesterovUpdate(t, w, dw, v, count, h);
    case P.Optimizer.rmsprop:
      return rmspropUpdate(t, w, dw, s, count, h);
    case P.Optimizer.adam:
      return adam(t, w, dw, v, s, count, { ...h, shrink: 1 });
    case P.Optimizer.adamw:
      return adam(t, w, dw, v, s, count, { ...h, decay: 0 });
    case P.Optimizer.radam: {
      const { adaptive, adaptiveRoot, adaptiveEpsilon } = h;
      const own = { corrected: -adaptive, root: adaptiveRoot, epsilon: adaptiveEpsilon, shrink: 1 };
      return adam(t, w, dw, v, s, count, { ...h, ...own });
    }
    case P.Optimizer.rmspropCentered:
      return rmspropCenteredUpdate(t, w, dw, v, s, count, h);
    case P.Optimizer.adagrad:
      return adagradUpdate(t, w, dw, s, count, h);
    case P.Optimizer.adadelta:
      return adadeltaUpdate(t, w, dw, v, s, count, h);
    case P.Optimizer.amsgrad:
      return amsgradUpdate(t, w, dw, v, s, u, count, h);
    case P.Optimizer.nadam:
      return nadamUpdate(t, w, dw, v, s, count, h);
    case P.Optimizer.lion:
      return lionUpdate(t, w, dw, v, count, h);
    default:
      return unknown("optimizer", which);
  }
}

/** g = dw + λ·w; w = w − α·g */
export function sgdUpdate({ heap, madd }: Arithmetic, w: number, dw: number, count: number, h: Hyper): boolean {
  let finite = true;
  for (let i = 0; i < count; i++) {
    const old = heap[w + i]!;
    const g = madd(h.decay, old, heap[dw + i]!);
    heap[w + i] = madd(-h.rate, g, old);
    finite &&= Number.isFinite(heap[w + i]!);
  }
  return finite;
}

/** v = μ·v + g; w = w − α·v */
export function momentumUpdate(t: Arithmetic, w: number, dw: number, v: number, count: number, h: Hyper): boolean {
  const { heap, madd } = t;
  let finite = true;
  for (let i = 0; i < count; i++) {
    const old = heap[w + i]!;
    const g = madd(h.decay, old, heap[dw + i]!);
    const velocity = flush(t, madd(h.momentum, heap[v + i]!, g));
    heap[v + i] = velocity;
    heap[w + i] = madd(-h.rate, velocity, old);
    finite &&= Number.isFinite(heap[w + i]!);
  }
  return finite;
}

/** v = μ·v + g; w = w − α·(g + μ·v) */
export function nesterovUpdate(t: Arithmetic, w: number, dw: number, v: number, count: number, h: Hyper): boolean {
  const { heap, madd } = t;
  let finite = true;
  for (let i = 0; i < count; i++) {
    const old = heap[w + i]!;
    const g = madd(h.decay, old, heap[dw + i]!);
    const velocity = flush(t, madd(h.momentum, heap[v + i]!, g));
    heap[v + i] = velocity;
    heap[w + i] = madd(-h.rate, madd(h.momentum, velocity, g), old);
    finite &&= Number.isFinite(heap[w + i]!);
  }
  return finite;
}

/** s = β₂·s + (1 − β₂)·g²; w = w − α·g / (√s + ε) */
export function rmspropUpdate(t: Arithmetic, w: number, dw: number, s: number, count: number, h: Hyper): boolean {
  const { heap, round, madd } = t;
  let finite = true;
  for (let i = 0; i < count; i++) {
    const old = heap[w + i]!;
    const g = madd(h.decay, old, heap[dw + i]!);
    const square = flush(t, madd(h.beta2, heap[s + i]!, round(h.rest2 * round(g * g))));
    const root = round(round(Math.sqrt(square)) + h.epsilon);
    heap[s + i] = square;
    heap[w + i] = old - round(round(h.rate * g) / root);
    finite &&= Number.isFinite(heap[w + i]!);
  }
  return finite;
}

/** g = dw + λ·w; v = β₁·v + (1 − β₁)·g; s = β₂·s + (1 − β₂)·g²; w = shrink·w − corrected·v / (√s·root + ε) */
function adam(t: Arithmetic, w: number, dw: number, v: number, s: number, count: number, h: Hyper): boolean {
  const { heap, round, madd } = t;
  let finite = true;
  for (let i = 0; i < count; i++) {
    const old = heap[w + i]!;
    const g = madd(h.decay, old, heap[dw + i]!);
    const mean = flush(t, madd(h.beta1, heap[v + i]!, round(h.rest1 * g)));
    const square = flush(t, madd(h.beta2, heap[s + i]!, round(h.rest2 * round(g * g))));
    const divisor = madd(round(Math.sqrt(square)), h.root, h.epsilon);
    heap[v + i] = mean;
    heap[s + i] = square;
    heap[w + i] = round(old * h.shrink) - round(round(h.corrected * mean) / divisor);
    finite &&= Number.isFinite(heap[w + i]!);
  }
  return finite;
}

/** v = β₂·v + (1 − β₂)·g; s = β₂·s + (1 − β₂)·g²; w = w − α·g / (√(s − v²) + ε) */
export function rmspropCenteredUpdate(
  t: Arithmetic,
  w: number,
  dw: number,
  v: number,
  s: number,
  count: number,
  h: Hyper,
): boolean {
  const { heap, round, madd } = t;
  let finite = true;
  for (let i = 0; i < count; i++) {
    const old = heap[w + i]!;
    const g = madd(h.decay, old, heap[dw + i]!);
    const square = flush(t, madd(h.beta2, heap[s + i]!, round(h.rest2 * round(g * g))));
    const mean = flush(t, madd(h.beta2, heap[v + i]!, round(h.rest2 * g)));
    const variance = round(square - round(mean * mean));
    const root = round(round(Math.sqrt(variance < 0 ? 0 : variance)) + h.epsilon);
    heap[v + i] = mean;
    heap[s + i] = square;
    heap[w + i] = old - round(round(h.rate * g) / root);
    finite &&= Number.isFinite(heap[w + i]!);
  }
  return finite;
}

/** s = s + g²; w = w − α·g / (√s + ε) */
export function adagradUpdate(t: Arithmetic, w: number, dw: number, s: number, count: number, h: Hyper): boolean {
  const { heap, round, madd } = t;
  let finite = true;
  for (let i = 0; i < count; i++) {
    const old = heap[w + i]!;
    const g = madd(h.decay, old, heap[dw + i]!);
    const square = madd(g, g, heap[s + i]!);
    const root = round(round(Math.sqrt(square)) + h.epsilon);
    heap[s + i] = square;
    heap[w + i] = old - round(round(h.rate * g) / root);
    finite &&= Number.isFinite(heap[w + i]!);
  }
  return finite;
}

/** s = β₂·s + (1 − β₂)·g²; d = √(v + ε) / √(s + ε) · g; v = β₂·v + (1 − β₂)·d²; w = w − α·d */
export function adadeltaUpdate(
  t: Arithmetic,
  w: number,
  dw: number,
  v: number,
  s: number,
  count: number,
  h: Hyper,
): boolean {
  const { heap, round, madd } = t;
  let finite = true;
  for (let i = 0; i < count; i++) {
    const old = heap[w + i]!;
    const g = madd(h.decay, old, heap[dw + i]!);
    const square = flush(t, madd(h.beta2, heap[s + i]!, round(h.rest2 * round(g * g))));
    const moved = heap[v + i]!;
    const root = round(round(Math.sqrt(round(moved + h.epsilon))) / round(Math.sqrt(round(square + h.epsilon))));
    const d = round(root * g);
    heap[v + i] = flush(t, madd(h.beta2, moved, round(h.rest2 * round(d * d))));
    heap[s + i] = square;
    heap[w + i] = madd(-h.rate, d, old);
    finite &&= Number.isFinite(heap[w + i]!);
  }
  return finite;
}

/** Adam's v and s; u = max(u, s); w = w − corrected·v / (√u·root + ε) */
export function amsgradUpdate(
  t: Arithmetic,
  w: number,
  dw: number,
  v: number,
  s: number,
  u: number,
  count: number,
  h: Hyper,
): boolean {
  const { heap, round, madd } = t;
  let finite = true;
  for (let i = 0; i < count; i++) {
    const old = heap[w + i]!;
    const g = madd(h.decay, old, heap[dw + i]!);
    const mean = flush(t, madd(h.beta1, heap[v + i]!, round(h.rest1 * g)));
    const square = flush(t, madd(h.beta2, heap[s + i]!, round(h.rest2 * round(g * g))));
    const most = Math.max(heap[u + i]!, square);
    const divisor = madd(round(Math.sqrt(most)), h.root, h.epsilon);
    heap[v + i] = mean;
    heap[s + i] = square;
    heap[u + i] = most;
    heap[w + i] = old - round(round(h.corrected * mean) / divisor);
    finite &&= Number.isFinite(heap[w + i]!);
  }
  return finite;
}

/** Adam's v and s; w = w + (now·g + ahead·v) / (√s·root + ε) */
export function nadamUpdate(
  t: Arithmetic,
  w: number,
  dw: number,
  v: number,
  s: number,
  count: number,
  h: Hyper,
): boolean {
  const { heap, round, madd } = t;
  let finite = true;
  for (let i = 0; i < count; i++) {
    const old = heap[w + i]!;
    const g = madd(h.decay, old, heap[dw + i]!);
    const mean = flush(t, madd(h.beta1, heap[v + i]!, round(h.rest1 * g)));
    const square = flush(t, madd(h.beta2, heap[s + i]!, round(h.rest2 * round(g * g))));
    const divisor = madd(round(Math.sqrt(square)), h.root, h.epsilon);
    const move = madd(h.now, g, round(h.ahead * mean));
    heap[v + i] = mean;
    heap[s + i] = square;
    heap[w + i] = old + round(move / divisor);
    finite &&= Number.isFinite(heap[w + i]!);
  }
  return finite;
}

/** c = β₁·v + (1 − β₁)·g; w = shrink·w − α·sign(c); v = β₂·v + (1 − β₂)·g */
export function lionUpdate(t: Arithmetic, w: number, dw: number, v: number, count: number, h: Hyper): boolean {
  const { heap, round, madd } = t;
  let finite = true;
  for (let i = 0; i < count; i++) {
    const g = heap[dw + i]!;
    const mean = heap[v + i]!;
    const c = madd(h.beta1, mean, round(h.rest1 * g));
    const move = (c > 0 ? -h.rate : 0) - (c < 0 ? -h.rate : 0);
    heap[v + i] = flush(t, madd(h.beta2, mean, round(h.rest2 * g)));
    heap[w + i] = round(heap[w + i]! * h.shrink) + move;
    finite &&= Number.isFinite(heap[w + i]!) && Number.isFinite(g);
  }
  return finite;
}

function flush(t: Arithmetic, moment: number): number {
  return Math.abs(moment) < t.tiny ? 0 : moment;
}

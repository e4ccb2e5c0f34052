// Parameter updates over `count` parameters, as in assembly/optimizer.ts. w parameters, dw gradient, v and s moments,
// as elements of `heap`. All return whether every new weight is finite.

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
    default:
      return unknown("optimizer", which);
  }
}

/** g = dw + λ·w; w = w − α·g */
export function sgdUpdate({ heap, round }: Arithmetic, w: number, dw: number, count: number, h: Hyper): boolean {
  let finite = true;
  for (let i = 0; i < count; i++) {
    const old = heap[w + i]!;
    const g = round(round(h.decay * old) + heap[dw + i]!);
    heap[w + i] = round(-h.rate * g) + old;
    finite &&= Number.isFinite(heap[w + i]!);
  }
  return finite;
}

/** v = μ·v + g; w = w − α·v */
export function momentumUpdate(t: Arithmetic, w: number, dw: number, v: number, count: number, h: Hyper): boolean {
  const { heap, round } = t;
  let finite = true;
  for (let i = 0; i < count; i++) {
    const old = heap[w + i]!;
    const g = round(round(h.decay * old) + heap[dw + i]!);
    const velocity = flush(t, round(round(h.momentum * heap[v + i]!) + g));
    heap[v + i] = velocity;
    heap[w + i] = round(-h.rate * velocity) + old;
    finite &&= Number.isFinite(heap[w + i]!);
  }
  return finite;
}

/** v = μ·v + g; w = w − α·(g + μ·v) */
export function nesterovUpdate(t: Arithmetic, w: number, dw: number, v: number, count: number, h: Hyper): boolean {
  const { heap, round } = t;
  let finite = true;
  for (let i = 0; i < count; i++) {
    const old = heap[w + i]!;
    const g = round(round(h.decay * old) + heap[dw + i]!);
    const velocity = flush(t, round(round(h.momentum * heap[v + i]!) + g));
    heap[v + i] = velocity;
    heap[w + i] = round(-h.rate * round(round(h.momentum * velocity) + g)) + old;
    finite &&= Number.isFinite(heap[w + i]!);
  }
  return finite;
}

/** s = β₂·s + (1 − β₂)·g²; w = w − α·g / (√s + ε) */
export function rmspropUpdate(t: Arithmetic, w: number, dw: number, s: number, count: number, h: Hyper): boolean {
  const { heap, round } = t;
  let finite = true;
  for (let i = 0; i < count; i++) {
    const old = heap[w + i]!;
    const g = round(round(h.decay * old) + heap[dw + i]!);
    const square = flush(t, round(round(h.beta2 * heap[s + i]!) + round(h.rest2 * round(g * g))));
    const root = round(round(Math.sqrt(square)) + h.epsilon);
    heap[s + i] = square;
    heap[w + i] = old - round(round(h.rate * g) / root);
    finite &&= Number.isFinite(heap[w + i]!);
  }
  return finite;
}

/** g = dw + λ·w; v = β₁·v + (1 − β₁)·g; s = β₂·s + (1 − β₂)·g²; w = shrink·w − corrected·v / (√s·root + ε) */
function adam(t: Arithmetic, w: number, dw: number, v: number, s: number, count: number, h: Hyper): boolean {
  const { heap, round } = t;
  let finite = true;
  for (let i = 0; i < count; i++) {
    const old = heap[w + i]!;
    const g = round(round(h.decay * old) + heap[dw + i]!);
    const mean = flush(t, round(round(h.beta1 * heap[v + i]!) + round(h.rest1 * g)));
    const square = flush(t, round(round(h.beta2 * heap[s + i]!) + round(h.rest2 * round(g * g))));
    const divisor = round(round(round(Math.sqrt(square)) * h.root) + h.epsilon);
    heap[v + i] = mean;
    heap[s + i] = square;
    heap[w + i] = round(old * h.shrink) - round(round(h.corrected * mean) / divisor);
    finite &&= Number.isFinite(heap[w + i]!);
  }
  return finite;
}

function flush(t: Arithmetic, moment: number): number {
  return Math.abs(moment) < t.tiny ? 0 : moment;
}

/** g = scale·g */
export function scaleGradient({ heap }: Arithmetic, g: number, count: number, scale: number): void {
  for (let i = g; i < g + count; i++) heap[i] = heap[i]! * scale;
}

/** Σ g² in double: four sums, one for each place modulo 4, folded as (0 + 1) + (2 + 3). `count` is a multiple of 4. */
export function squaredNorm({ heap }: Arithmetic, g: number, count: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i = g; i < g + count; i += 4) {
    s0 += heap[i]! * heap[i]!;
    s1 += heap[i + 1]! * heap[i + 1]!;
    s2 += heap[i + 2]! * heap[i + 2]!;
    s3 += heap[i + 3]! * heap[i + 3]!;
  }
  return s0 + s1 + (s2 + s3);
}

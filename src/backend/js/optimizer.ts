// Parameter updates over `count` parameters, as in assembly/optimizer.ts. w parameters, dw gradient, v and s moments,
// as elements of `heap`. All take the same arguments and return whether every new weight is finite.

import * as P from "../../../assembly/program.js";
import type { Numbers } from "./numbers.js";

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
  /** AdamW: what a weight is multiplied with, 1 − α·λ. */
  readonly shrink: number;
}

export function roundHyper({ round }: Numbers, hyper: Float64Array): Hyper {
  const rate = hyper[P.LEARNING_RATE]!;
  const decay = hyper[P.WEIGHT_DECAY]!;
  const beta1 = hyper[P.BETA1]!;
  const beta2 = hyper[P.BETA2]!;
  return {
    rate: round(rate),
    decay: round(decay),
    momentum: round(hyper[P.MOMENTUM]!),
    beta1: round(beta1),
    rest1: round(1 - beta1),
    beta2: round(beta2),
    rest2: round(1 - beta2),
    epsilon: round(hyper[P.EPSILON]!),
    corrected: round(rate / (1 - hyper[P.BETA1_POWER]!)),
    root: round(1 / Math.sqrt(1 - hyper[P.BETA2_POWER]!)),
    shrink: round(1 - rate * decay),
  };
}

/** What every update takes: outputs and inputs as elements of the heap, then sizes, then hyperparameters. */
type Update = (t: Numbers, w: number, dw: number, v: number, s: number, count: number, h: Hyper) => boolean;

/** g = dw + λ·w; w = w − α·g */
export const sgdUpdate: Update = ({ heap, round }, w, dw, _v, _s, count, h) => {
  let finite = true;
  for (let i = 0; i < count; i++) {
    const old = heap[w + i]!;
    const g = round(round(h.decay * old) + heap[dw + i]!);
    heap[w + i] = round(-h.rate * g) + old;
    finite &&= Number.isFinite(heap[w + i]!);
  }
  return finite;
};

/** v = μ·v + g; w = w − α·v */
export const momentumUpdate: Update = (t, w, dw, v, _s, count, h) => {
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
};

/** v = μ·v + g; w = w − α·(g + μ·v) */
export const nesterovUpdate: Update = (t, w, dw, v, _s, count, h) => {
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
};

/** s = β₂·s + (1 − β₂)·g²; w = w − α·g / (√s + ε) */
export const rmspropUpdate: Update = (t, w, dw, _v, s, count, h) => {
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
};

/** adamwUpdate without the shrinking of the weights. */
export const adamUpdate: Update = (t, w, dw, v, s, count, h) => adam(t, w, dw, v, s, count, { ...h, shrink: 1 });

/** adam with λ shrinking the weights instead of joining the gradient. */
export const adamwUpdate: Update = (t, w, dw, v, s, count, h) => adam(t, w, dw, v, s, count, { ...h, decay: 0 });

// v = β₁·v + (1 − β₁)·g; s = β₂·s + (1 − β₂)·g²; w = w·shrink − corrected·v / (√s·root + ε)
const adam: Update = (t, w, dw, v, s, count, h) => {
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
};

function flush(t: Numbers, moment: number): number {
  return Math.abs(moment) < t.tiny ? 0 : moment;
}

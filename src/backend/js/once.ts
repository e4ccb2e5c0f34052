// What is done once in a step: the twin of assembly/once.ts.

import { CLIP_EPSILON, NADAM_DECAY } from "../../../assembly/constants.js";
import * as P from "../../../assembly/program.js";
import { type Context, kindOf, recordsOf, unknown } from "./records.js";

/** Runs a phase that is done once. False when the step, or with it the training, is not to go on. */
export function runOnce(context: Context, phase: number): boolean {
  const { header, word } = context;
  for (const r of recordsOf(context, phase)) {
    switch (kindOf(context, r)) {
      case P.Kind.cost:
        if (!cost(context)) return false;
        break;
      case P.Kind.clip:
        clip(context, word(r, P.Clip.blocks));
        break;
      case P.Kind.beginUpdate:
        beginUpdate(context);
        break;
      case P.Kind.nextBatch:
        nextBatch(context);
        if (header[P.Header.badUpdate]) return false;
        break;
      default:
        unknown("record that is done once", kindOf(context, r));
    }
  }
  return true;
}

// Mean loss over the batch, summed in double in the order of the examples. False when it is not finite.
function cost({ t, header }: Context): boolean {
  const m = header[P.Header.examples]!;
  const losses = (header[P.Header.losses]! >>> 0) / t.heap.BYTES_PER_ELEMENT;
  let sum = 0;
  for (let i = 0; i < m; i++) sum += t.heap[losses + i]!;
  const mean = sum / m;
  t.doubles[(header[P.Header.costs]! >>> 0) / 8 + header[P.Header.done]!] = mean;
  return Number.isFinite(mean);
}

// gradientScale = min(1, clipNorm / (‖g‖ + 10⁻⁶)), ‖g‖² summed in the order of the blocks.
function clip({ t, header, hyper }: Context, blocks: number): void {
  const norms = (header[P.Header.norms]! >>> 0) / 8;
  let sum = 0;
  for (let b = 0; b < blocks; b++) sum += t.doubles[norms + b]!;
  hyper[P.Hyper.gradientScale] = Math.min(1, hyper[P.Hyper.clipNorm]! / (Math.sqrt(sum) + CLIP_EPSILON));
}

// The learning rate of update t, counted from 1, and what optimizers want of t: β₁ᵗ, β₂ᵗ, Nadam's μₜ and their product.
function beginUpdate({ t, header, hyper }: Context): void {
  const rates = header[P.Header.rates]! >>> 0;
  if (rates) hyper[P.Hyper.learningRate] = t.doubles[rates / 8 + header[P.Header.done]!]!;
  hyper[P.Hyper.updates]! += 1;
  hyper[P.Hyper.beta1Power]! *= hyper[P.Hyper.beta1]!;
  hyper[P.Hyper.beta2Power]! *= hyper[P.Hyper.beta2]!;
  hyper[P.Hyper.nadamPower]! *= NADAM_DECAY;
  hyper[P.Hyper.nadamProduct]! *= hyper[P.Hyper.beta1]! * (1 - 0.5 * hyper[P.Hyper.nadamPower]!);
}

// The step is finished: moves on to the next batch, after the last example back to the first.
function nextBatch({ header }: Context): void {
  const count = header[P.Header.count]!;
  const next = header[P.Header.start]! + header[P.Header.examples]!;
  const start = next < count ? next : 0;
  header[P.Header.done]!++;
  header[P.Header.start] = start;
  header[P.Header.examples] = Math.min(count - start, header[P.Header.batch]!);
}

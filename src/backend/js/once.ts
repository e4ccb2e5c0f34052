// What is done once in a step: the twin of assembly/once.ts.

import { CLIP_EPSILON, NADAM_DECAY } from "../../../assembly/constants.js";
import * as P from "../../../assembly/program.js";
import { sumRows } from "./dense.js";
import { moments } from "./normalization.js";
import { type Context, kindOf, recordsOf, unknown } from "./records.js";

/** Runs a phase that is done once. False when the step, or with it the training, is not to go on. */
export function runOnce(context: Context, phase: number): boolean {
  const { t, header, word, element } = context;
  for (const r of recordsOf(context, phase)) {
    switch (kindOf(context, r)) {
      case P.Kind.moments: {
        const [rows, mean] = [element(r, P.Moments.rows), element(r, P.Moments.mean)];
        const m = header[P.Header.examples]!;
        moments(t, rows, word(r, P.Moments.n), word(r, P.Moments.mp), m, mean, element(r, P.Moments.variance));
        break;
      }
      case P.Kind.sumRows: {
        const panels = Math.ceil(header[P.Header.examples]! / P.LANES);
        const [sums, rows] = [element(r, P.SumRows.sums), element(r, P.SumRows.rows)];
        sumRows(t, sums, rows, word(r, P.SumRows.np), word(r, P.SumRows.mp), panels);
        break;
      }
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

// The learning rate of update t, counted from 1, and what optimizers want of t: β₁ᵗ, β₂ᵗ, Nadam's μₜ and their product;
// what an average of the weights wants.
function beginUpdate({ t, header, hyper }: Context): void {
  const rates = header[P.Header.rates]! >>> 0;
  if (rates) hyper[P.Hyper.learningRate] = t.doubles[rates / 8 + header[P.Header.done]!]!;
  hyper[P.Hyper.updates]! += 1;
  hyper[P.Hyper.beta1Power]! *= hyper[P.Hyper.beta1]!;
  hyper[P.Hyper.beta2Power]! *= hyper[P.Hyper.beta2]!;
  hyper[P.Hyper.nadamPower]! *= NADAM_DECAY;
  hyper[P.Hyper.nadamProduct]! *= hyper[P.Hyper.beta1]! * (1 - 0.5 * hyper[P.Hyper.nadamPower]!);
  hyper[P.Hyper.averageShare] = averageShare(hyper);
}

// Share of the average that this update leaves: ema, or that of an average of all alike.
function averageShare(hyper: Float64Array): number {
  const start = hyper[P.Hyper.swaStart]!;
  if (start === 0) return hyper[P.Hyper.ema]!;
  const since = hyper[P.Hyper.updates]! - start;
  if (since < 0) return 0;
  const n = Math.floor(since / hyper[P.Hyper.swaEvery]!);
  return n * hyper[P.Hyper.swaEvery]! === since ? n / (n + 1) : 1;
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

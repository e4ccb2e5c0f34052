// Losses of one panel and their gradients, and the weights of its examples: the twin of assembly/loss.ts, class-loss.ts
// and number-loss.ts. Lanes without an example get 0.
//
// dz (n, 8), z (n, 8), y (n, 8), losses (8); `left` = examples in this panel and after it; `inverse` = 1/m.

import { LN2 } from "../../../assembly/constants.js";
import { LANES, Loss } from "../../../assembly/program.js";
import type { Arithmetic } from "./arithmetic.js";
import { unknown } from "./records.js";
import { maximum, sumOfExponentials } from "./softmax.js";

/** What a loss makes of one output, or logit, and its target: two factors of the loss, and its derivative. */
type Judge = (output: number, target: number) => readonly [loss: number, factor: number, slope: number];

// All but the categorical cross-entropy are means over the outputs. `parameter` is huber's δ, quantile's q.
const JUDGES: Readonly<Partial<Record<Loss, (t: Arithmetic, parameter: number) => Judge>>> = {
  [Loss.binaryCrossEntropy]: (t) => (logit, target) => {
    const tail = t.log1p(t.exp(-Math.abs(logit)));
    const hinge = t.round((logit < 0 ? 0 : logit) - t.round(logit * target));
    return [t.round(hinge + tail), 1, t.round(t.sigmoid(logit) - target)];
  },
  // s = 2y − 1: max(0, 1 − s·a)
  [Loss.hinge]:
    ({ round }) =>
    (output, target) => {
      const sign = round(round(target + target) - 1);
      const short = round(1 - round(sign * output));
      return [short < 0 ? 0 : short, 1, short > 0 ? -sign : 0];
    },
  [Loss.meanSquaredError]:
    ({ round }) =>
    (output, target) => {
      const error = round(output - target);
      return [error, error, 2 * error];
    },
  [Loss.meanAbsoluteError]:
    ({ round }) =>
    (output, target) => {
      const error = round(output - target);
      return [Math.abs(error), 1, (error > 0 ? 1 : 0) - (error < 0 ? 1 : 0)];
    },
  // with c the error cut to [−δ, δ], both cases are c·(e − c/2)
  [Loss.huber]: ({ round }, delta) => {
    const most = round(delta);
    return (output, target) => {
      const error = round(output - target);
      const cut = Math.max(-most, Math.min(error, most));
      return [cut, round(error - round(0.5 * cut)), cut];
    };
  },
  // log(cosh e) = |e| + log(1 + e^−2|e|) − log 2
  [Loss.logCosh]: (t) => {
    const ln2 = t.round(LN2);
    return (output, target) => {
      const error = t.round(output - target);
      const size = Math.abs(error);
      const tail = t.log1p(t.exp(-t.round(size + size)));
      return [t.round(size + t.round(tail - ln2)), 1, t.tanh(error)];
    };
  },
  [Loss.quantile]: ({ round }, q) => {
    const [above, below] = [round(q), round(1 - q)];
    return (output, target) => {
      const error = round(target - output);
      const slope = round((error < 0 ? below : 0) - (error > 0 ? above : 0));
      return [-round(slope * error), 1, slope];
    };
  },
  [Loss.poisson]: (t) => (logit, target) => {
    const rate = t.exp(logit);
    return [t.round(rate - t.round(target * logit)), 1, t.round(rate - target)];
  },
};

/** Losses and dz of the loss that `which` names; `parameter` is huber's δ, quantile's q. */
export function lossAndGradient(
  t: Arithmetic,
  which: number,
  dz: number,
  losses: number,
  z: number,
  y: number,
  n: number,
  left: number,
  inverse: number,
  parameter: number,
): void {
  if (which === Loss.categoricalCrossEntropy) {
    categoricalCrossEntropy(t, dz, losses, z, y, n, left, inverse);
    return;
  }
  const judge = (JUDGES[which as Loss] ?? unknown("loss", which))(t, parameter);
  const { heap, round, madd } = t;
  const share = round(1 / n);
  const scale = round(inverse / n);
  for (let lane = 0; lane < LANES; lane++) {
    let sum = 0;
    for (let i = lane; i < lane + n * LANES; i += LANES) {
      const [loss, factor, slope] = judge(heap[z + i]!, heap[y + i]!);
      sum = madd(loss, factor, sum);
      heap[dz + i] = lane < left ? slope * scale : 0;
    }
    heap[losses + lane] = lane < left ? sum * share : 0;
  }
}

/** Logits z, y one-hot: loss = max z + log Σ e^(z − max z) − Σ z·y, dz = (softmax(z) − y)/m. */
function categoricalCrossEntropy(
  t: Arithmetic,
  dz: number,
  losses: number,
  z: number,
  y: number,
  n: number,
  left: number,
  inverse: number,
): void {
  const { heap, round, madd } = t;
  for (let lane = 0; lane < LANES; lane++) {
    const most = maximum(t, z + lane, n);
    const sum = sumOfExponentials(t, z + lane, n, most);
    let right = 0;
    for (let i = lane; i < lane + n * LANES; i += LANES) {
      const logit = heap[z + i]!;
      const target = heap[y + i]!;
      right = madd(logit, target, right);
      const error = round(round(t.exp(round(logit - most)) / sum) - target);
      heap[dz + i] = lane < left ? error * inverse : 0;
    }
    heap[losses + lane] = lane < left ? round(round(most + t.log(sum)) - right) : 0;
  }
}

/** Multiplies the losses and dz (n, 8) of a panel by the weights (·) of its examples, which `order` names. */
export function weighLosses(
  { heap, words }: Arithmetic,
  dz: number,
  losses: number,
  n: number,
  weights: number,
  order: number,
  examples: number,
): void {
  for (let lane = 0; lane < examples; lane++) {
    const weight = heap[weights + words[order + lane]!]!;
    heap[losses + lane] = heap[losses + lane]! * weight;
    for (let i = dz + lane; i < dz + lane + n * LANES; i += LANES) heap[i] = heap[i]! * weight;
  }
}

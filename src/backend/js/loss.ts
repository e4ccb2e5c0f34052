// The choice among the losses of one panel, and the weights of its examples: the twin of assembly/loss.ts.

import { LANES, Loss } from "../../../assembly/program.js";
import type { Arithmetic } from "./arithmetic.js";
import { binaryCrossEntropy, categoricalCrossEntropy, hinge } from "./class-loss.js";
import { huber, logCosh, meanAbsoluteError, meanSquaredError, poisson, quantile } from "./number-loss.js";
import { unknown } from "./records.js";

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
  switch (which) {
    case Loss.binaryCrossEntropy:
      binaryCrossEntropy(t, dz, losses, z, y, n, left, inverse);
      return;
    case Loss.categoricalCrossEntropy:
      categoricalCrossEntropy(t, dz, losses, z, y, n, left, inverse);
      return;
    case Loss.meanSquaredError:
      meanSquaredError(t, dz, losses, z, y, n, left, inverse);
      return;
    case Loss.huber:
      huber(t, dz, losses, z, y, n, left, inverse, parameter);
      return;
    case Loss.meanAbsoluteError:
      meanAbsoluteError(t, dz, losses, z, y, n, left, inverse);
      return;
    case Loss.logCosh:
      logCosh(t, dz, losses, z, y, n, left, inverse);
      return;
    case Loss.quantile:
      quantile(t, dz, losses, z, y, n, left, inverse, parameter);
      return;
    case Loss.poisson:
      poisson(t, dz, losses, z, y, n, left, inverse);
      return;
    case Loss.hinge:
      hinge(t, dz, losses, z, y, n, left, inverse);
      return;
    default:
      unknown("loss", which);
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

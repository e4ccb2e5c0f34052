// The choice among the losses of one panel: each example's loss, and dz from targets y in the panel's layout.
// cost = (1/m) Σ losses, so dz carries the 1/m. Lanes without an example get a loss and dz of 0.
//
// dz (n, 8), z (n, 8), y (n, 8), losses (8); `left` = examples in this panel and after it; `inverse` = 1/m. z are the
// logits of the output layer, and dz = ∂cost/∂z; or, where the loss's row of src/catalogue.ts says so, the outputs a, and
// dz = ∂cost/∂a, after which an activation's backward may follow.

import { binaryCrossEntropy, categoricalCrossEntropy, hinge } from "./class-loss";
import { at, bytesOf } from "./lanes";
import { huber, logCosh, meanAbsoluteError, meanSquaredError, poisson, quantile } from "./number-loss";
import { LANES, Loss } from "./program";

/** Losses and dz of the loss that `which` names; `parameter` is huber's δ, quantile's q. */
export function lossAndGradient<T>(
  which: i32,
  dz: usize,
  losses: usize,
  z: usize,
  y: usize,
  n: i32,
  left: i32,
  inverse: T,
  parameter: f64,
): void {
  switch (which) {
    case Loss.binaryCrossEntropy:
      binaryCrossEntropy<T>(dz, losses, z, y, n, left, inverse);
      return;
    case Loss.categoricalCrossEntropy:
      categoricalCrossEntropy<T>(dz, losses, z, y, n, left, inverse);
      return;
    case Loss.meanSquaredError:
      meanSquaredError<T>(dz, losses, z, y, n, left, inverse);
      return;
    case Loss.huber:
      huber<T>(dz, losses, z, y, n, left, inverse, parameter);
      return;
    case Loss.meanAbsoluteError:
      meanAbsoluteError<T>(dz, losses, z, y, n, left, inverse);
      return;
    case Loss.logCosh:
      logCosh<T>(dz, losses, z, y, n, left, inverse);
      return;
    case Loss.quantile:
      quantile<T>(dz, losses, z, y, n, left, inverse, parameter);
      return;
    case Loss.poisson:
      poisson<T>(dz, losses, z, y, n, left, inverse);
      return;
    case Loss.hinge:
      hinge<T>(dz, losses, z, y, n, left, inverse);
      return;
    default:
      unreachable();
  }
}

/** Multiplies the losses and dz (n, 8) of a panel by the weights (·) of its examples, which `order` names. */
export function weighLosses<T>(dz: usize, losses: usize, n: i32, weights: usize, order: usize, examples: i32): void {
  for (let lane = 0; lane < examples; lane++) {
    const weight = load<T>(at<T>(weights, load<i32>(at<i32>(order, lane))));
    const loss = at<T>(losses, lane);
    store<T>(loss, load<T>(loss) * weight);
    for (let p = at<T>(dz, lane), end = p + bytesOf<T>(n * LANES); p < end; p += bytesOf<T>(LANES)) {
      store<T>(p, load<T>(p) * weight);
    }
  }
}

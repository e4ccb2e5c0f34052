// Losses of one panel: each example's loss, and dz = ∂cost/∂z of the last layer, from targets y in the panel's layout.
// cost = (1/m) Σ losses, so dz carries the 1/m. Lanes without an example get a loss and dz of 0.
//
// dz (n, 8), z (n, 8), y (n, 8), losses (8); `left` = examples in this panel and after it; `inverse` = 1/m. Whether
// a loss takes logits z or outputs a is said in its row of src/catalogue.ts.

import { maximum, sumOfExponentials } from "./activation";
import { bytesOf, madd } from "./lanes";
import { vexp, vlog, vlog1p, vsigmoid } from "./math";
import { LANES, Loss } from "./program";

const LANE_INDEX_32 = memory.data<f32>([0, 1, 2, 3, 4, 5, 6, 7]);
const LANE_INDEX_64 = memory.data<f64>([0, 1, 2, 3, 4, 5, 6, 7]);

// All ones in the lanes that hold an example; `lanes` = bytes from the start of the row.
// @ts-ignore: decorator
@inline
function present<T>(lanes: usize, left: i32): v128 {
  const index = v128.load((sizeof<T>() == 4 ? LANE_INDEX_32 : LANE_INDEX_64) + lanes);
  return v128.lt<T>(index, v128.splat<T>(<T>left));
}

/** Losses and dz of the loss that `which` names. */
export function lossAndGradient<T>(
  which: i32,
  dz: usize,
  losses: usize,
  z: usize,
  y: usize,
  n: i32,
  left: i32,
  inverse: T,
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
      huber<T>(dz, losses, z, y, n, left, inverse);
      return;
    default:
      unreachable();
  }
}

/**
 * Logits z: loss = Σ max(z, 0) − z·y + log(1 + e^−|z|) over the n outputs, dz = (σ(z) − y)/m.
 */
export function binaryCrossEntropy<T>(
  dz: usize,
  losses: usize,
  z: usize,
  y: usize,
  n: i32,
  left: i32,
  inverse: T,
): void {
  const row = bytesOf<T>(LANES);
  const zero = v128.splat<T>(0);
  const scale = v128.splat<T>(inverse);
  for (let lanes: usize = 0; lanes < row; lanes += 16) {
    const mask = present<T>(lanes, left);
    let loss = zero;
    for (let i = lanes, end = lanes + bytesOf<T>(n * LANES); i < end; i += row) {
      const logit = v128.load(z + i);
      const target = v128.load(y + i);
      const tail = vlog1p<T>(vexp<T>(v128.neg<T>(v128.abs<T>(logit))));
      const hinge = v128.sub<T>(v128.pmax<T>(logit, zero), v128.mul<T>(logit, target));
      loss = v128.add<T>(loss, v128.add<T>(hinge, tail));
      const error = v128.sub<T>(vsigmoid<T>(logit), target);
      v128.store(dz + i, v128.and(v128.mul<T>(error, scale), mask));
    }
    v128.store(losses + lanes, v128.and(loss, mask));
  }
}

/**
 * Logits z, y one-hot: loss = max z + log Σ e^(z − max z) − Σ z·y, dz = (softmax(z) − y)/m.
 */
export function categoricalCrossEntropy<T>(
  dz: usize,
  losses: usize,
  z: usize,
  y: usize,
  n: i32,
  left: i32,
  inverse: T,
): void {
  const row = bytesOf<T>(LANES);
  const scale = v128.splat<T>(inverse);
  for (let lanes: usize = 0; lanes < row; lanes += 16) {
    const mask = present<T>(lanes, left);
    const end = z + bytesOf<T>(n * LANES);
    const most = maximum<T>(z + lanes, end);
    const sum = sumOfExponentials<T>(z + lanes, end, most);
    let right = v128.splat<T>(0);
    for (let i = lanes, stop = lanes + bytesOf<T>(n * LANES); i < stop; i += row) {
      const logit = v128.load(z + i);
      const target = v128.load(y + i);
      right = madd<T>(logit, target, right);
      const error = v128.sub<T>(v128.div<T>(vexp<T>(v128.sub<T>(logit, most)), sum), target);
      v128.store(dz + i, v128.and(v128.mul<T>(error, scale), mask));
    }
    const loss = v128.sub<T>(v128.add<T>(most, vlog<T>(sum)), right);
    v128.store(losses + lanes, v128.and(loss, mask));
  }
}

/**
 * Outputs a: loss = (1/n) Σ (a − y)², dz = 2(a − y)/(m·n), the derivative with respect to a; an activation's
 * backward may follow.
 */
export function meanSquaredError<T>(dz: usize, losses: usize, a: usize, y: usize, n: i32, left: i32, inverse: T): void {
  const row = bytesOf<T>(LANES);
  const share = v128.splat<T>(<T>1 / <T>n);
  const scale = v128.splat<T>((<T>2 * inverse) / <T>n);
  for (let lanes: usize = 0; lanes < row; lanes += 16) {
    const mask = present<T>(lanes, left);
    let sum = v128.splat<T>(0);
    for (let i = lanes, end = lanes + bytesOf<T>(n * LANES); i < end; i += row) {
      const error = v128.sub<T>(v128.load(a + i), v128.load(y + i));
      sum = madd<T>(error, error, sum);
      v128.store(dz + i, v128.and(v128.mul<T>(error, scale), mask));
    }
    v128.store(losses + lanes, v128.and(v128.mul<T>(sum, share), mask));
  }
}

/**
 * Outputs a, error e = a − y: loss = (1/n) Σ (|e| ≤ 1 ? e²/2 : |e| − 1/2), dz = max(−1, min(e, 1))/(m·n),
 * the derivative with respect to a. Source: https://doi.org/10.1214/aoms/1177703732
 */
export function huber<T>(dz: usize, losses: usize, a: usize, y: usize, n: i32, left: i32, inverse: T): void {
  const row = bytesOf<T>(LANES);
  const one = v128.splat<T>(1);
  const minus = v128.splat<T>(-1);
  const half = v128.splat<T>(0.5);
  const share = v128.splat<T>(<T>1 / <T>n);
  const scale = v128.splat<T>(inverse / <T>n);
  for (let lanes: usize = 0; lanes < row; lanes += 16) {
    const mask = present<T>(lanes, left);
    let sum = v128.splat<T>(0);
    for (let i = lanes, end = lanes + bytesOf<T>(n * LANES); i < end; i += row) {
      const error = v128.sub<T>(v128.load(a + i), v128.load(y + i));
      // with c the error cut to [−1, 1], both cases are c·(e − c/2)
      const cut = v128.max<T>(minus, v128.min<T>(error, one));
      sum = madd<T>(cut, v128.sub<T>(error, v128.mul<T>(half, cut)), sum);
      v128.store(dz + i, v128.and(v128.mul<T>(cut, scale), mask));
    }
    v128.store(losses + lanes, v128.and(v128.mul<T>(sum, share), mask));
  }
}

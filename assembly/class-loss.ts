// Losses of classes over one panel: see loss.ts. y is 1 for the class and 0 for others, or what smoothing made of these.

import { bytesOf, madd } from "./lanes";
import { vexp, vlog, vlog1p, vsigmoid } from "./math";
import { present } from "./present";
import { LANES } from "./program";
import { maximum, sumOfExponentials } from "./softmax";

/**
 * Logits z: loss = (1/n) Σ max(z, 0) − z·y + log(1 + e^−|z|), dz = (σ(z) − y)/(m·n).
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
  const share = v128.splat<T>(<T>1 / <T>n);
  const scale = v128.splat<T>(inverse / <T>n);
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
    v128.store(losses + lanes, v128.and(v128.mul<T>(loss, share), mask));
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
 * Outputs a, and s = 2y − 1, which is 1 for the class and −1 for the others: loss = (1/n) Σ max(0, 1 − s·a),
 * dz = (s·a < 1 ? −s : 0)/(m·n).
 */
export function hinge<T>(dz: usize, losses: usize, a: usize, y: usize, n: i32, left: i32, inverse: T): void {
  const row = bytesOf<T>(LANES);
  const zero = v128.splat<T>(0);
  const one = v128.splat<T>(1);
  const share = v128.splat<T>(<T>1 / <T>n);
  const scale = v128.splat<T>(inverse / <T>n);
  for (let lanes: usize = 0; lanes < row; lanes += 16) {
    const mask = present<T>(lanes, left);
    let sum = v128.splat<T>(0);
    for (let i = lanes, end = lanes + bytesOf<T>(n * LANES); i < end; i += row) {
      const target = v128.load(y + i);
      const sign = v128.sub<T>(v128.add<T>(target, target), one);
      const short = v128.sub<T>(one, v128.mul<T>(sign, v128.load(a + i)));
      const wrong = v128.gt<T>(short, zero);
      sum = v128.add<T>(sum, v128.pmax<T>(short, zero)); // keeps NaN
      const slope = v128.and(v128.neg<T>(sign), wrong);
      v128.store(dz + i, v128.and(v128.mul<T>(slope, scale), mask));
    }
    v128.store(losses + lanes, v128.and(v128.mul<T>(sum, share), mask));
  }
}

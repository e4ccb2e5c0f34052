// Losses of numbers over one panel: see loss.ts.

import { LN2 } from "./constants";
import { bytesOf, madd } from "./lanes";
import { vexp, vlog1p, vtanh } from "./math";
import { present } from "./present";
import { LANES } from "./program";

/**
 * Outputs a: loss = (1/n) Σ (a − y)², dz = 2(a − y)/(m·n).
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

/** Outputs a: loss = (1/n) Σ |a − y|, dz = sign(a − y)/(m·n), 0 where a = y. */
export function meanAbsoluteError<T>(dz: usize, losses: usize, a: usize, y: usize, n: i32, left: i32, inverse: T): void {
  const row = bytesOf<T>(LANES);
  const zero = v128.splat<T>(0);
  const one = v128.splat<T>(1);
  const share = v128.splat<T>(<T>1 / <T>n);
  const scale = v128.splat<T>(inverse / <T>n);
  for (let lanes: usize = 0; lanes < row; lanes += 16) {
    const mask = present<T>(lanes, left);
    let sum = v128.splat<T>(0);
    for (let i = lanes, end = lanes + bytesOf<T>(n * LANES); i < end; i += row) {
      const error = v128.sub<T>(v128.load(a + i), v128.load(y + i));
      sum = v128.add<T>(sum, v128.abs<T>(error));
      const above = v128.and(one, v128.gt<T>(error, zero));
      const below = v128.and(one, v128.lt<T>(error, zero));
      const slope = v128.sub<T>(above, below);
      v128.store(dz + i, v128.and(v128.mul<T>(slope, scale), mask));
    }
    v128.store(losses + lanes, v128.and(v128.mul<T>(sum, share), mask));
  }
}

/**
 * Outputs a, error e = a − y: loss = (1/n) Σ (|e| ≤ δ ? e²/2 : δ·(|e| − δ/2)), dz = max(−δ, min(e, δ))/(m·n).
 * Source: https://doi.org/10.1214/aoms/1177703732
 */
export function huber<T>(dz: usize, losses: usize, a: usize, y: usize, n: i32, left: i32, inverse: T, delta: f64): void {
  const row = bytesOf<T>(LANES);
  const most = v128.splat<T>(<T>delta);
  const least = v128.splat<T>(<T>-delta);
  const half = v128.splat<T>(0.5);
  const share = v128.splat<T>(<T>1 / <T>n);
  const scale = v128.splat<T>(inverse / <T>n);
  for (let lanes: usize = 0; lanes < row; lanes += 16) {
    const mask = present<T>(lanes, left);
    let sum = v128.splat<T>(0);
    for (let i = lanes, end = lanes + bytesOf<T>(n * LANES); i < end; i += row) {
      const error = v128.sub<T>(v128.load(a + i), v128.load(y + i));
      // with c the error cut to [−δ, δ], both cases are c·(e − c/2)
      const cut = v128.max<T>(least, v128.min<T>(error, most));
      sum = madd<T>(cut, v128.sub<T>(error, v128.mul<T>(half, cut)), sum);
      v128.store(dz + i, v128.and(v128.mul<T>(cut, scale), mask));
    }
    v128.store(losses + lanes, v128.and(v128.mul<T>(sum, share), mask));
  }
}

/** Outputs a, error e = a − y: loss = (1/n) Σ log(cosh e) = |e| + log(1 + e^−2|e|) − log 2, dz = tanh(e)/(m·n). */
export function logCosh<T>(dz: usize, losses: usize, a: usize, y: usize, n: i32, left: i32, inverse: T): void {
  const row = bytesOf<T>(LANES);
  const ln2 = v128.splat<T>(<T>LN2);
  const share = v128.splat<T>(<T>1 / <T>n);
  const scale = v128.splat<T>(inverse / <T>n);
  for (let lanes: usize = 0; lanes < row; lanes += 16) {
    const mask = present<T>(lanes, left);
    let sum = v128.splat<T>(0);
    for (let i = lanes, end = lanes + bytesOf<T>(n * LANES); i < end; i += row) {
      const error = v128.sub<T>(v128.load(a + i), v128.load(y + i));
      const size = v128.abs<T>(error);
      const tail = vlog1p<T>(vexp<T>(v128.neg<T>(v128.add<T>(size, size))));
      sum = v128.add<T>(sum, v128.add<T>(size, v128.sub<T>(tail, ln2)));
      const slope = vtanh<T>(error);
      v128.store(dz + i, v128.and(v128.mul<T>(slope, scale), mask));
    }
    v128.store(losses + lanes, v128.and(v128.mul<T>(sum, share), mask));
  }
}

/**
 * Outputs a, error e = y − a: loss = (1/n) Σ max(q·e, (q − 1)·e), least where a is the quantile q of the targets; dz =
 * (e > 0 ? −q : e < 0 ? 1 − q : 0)/(m·n). Source: https://doi.org/10.2307/1913643
 */
export function quantile<T>(dz: usize, losses: usize, a: usize, y: usize, n: i32, left: i32, inverse: T, q: f64): void {
  const row = bytesOf<T>(LANES);
  const zero = v128.splat<T>(0);
  const share1 = v128.splat<T>(<T>q);
  const share0 = v128.splat<T>(<T>(1 - q));
  const share = v128.splat<T>(<T>1 / <T>n);
  const scale = v128.splat<T>(inverse / <T>n);
  for (let lanes: usize = 0; lanes < row; lanes += 16) {
    const mask = present<T>(lanes, left);
    let sum = v128.splat<T>(0);
    for (let i = lanes, end = lanes + bytesOf<T>(n * LANES); i < end; i += row) {
      const error = v128.sub<T>(v128.load(y + i), v128.load(a + i));
      const above = v128.and(share1, v128.gt<T>(error, zero));
      const below = v128.and(share0, v128.lt<T>(error, zero));
      const slope = v128.sub<T>(below, above);
      sum = v128.sub<T>(sum, v128.mul<T>(slope, error));
      v128.store(dz + i, v128.and(v128.mul<T>(slope, scale), mask));
    }
    v128.store(losses + lanes, v128.and(v128.mul<T>(sum, share), mask));
  }
}

/**
 * Logits z, the logarithms of the outputs: loss = (1/n) Σ e^z − y·z, dz = (e^z − y)/(m·n). The log-likelihood of counts y
 * without its term log(y!).
 */
export function poisson<T>(dz: usize, losses: usize, z: usize, y: usize, n: i32, left: i32, inverse: T): void {
  const row = bytesOf<T>(LANES);
  const share = v128.splat<T>(<T>1 / <T>n);
  const scale = v128.splat<T>(inverse / <T>n);
  for (let lanes: usize = 0; lanes < row; lanes += 16) {
    const mask = present<T>(lanes, left);
    let sum = v128.splat<T>(0);
    for (let i = lanes, end = lanes + bytesOf<T>(n * LANES); i < end; i += row) {
      const logit = v128.load(z + i);
      const target = v128.load(y + i);
      const rate = vexp<T>(logit);
      sum = v128.add<T>(sum, v128.sub<T>(rate, v128.mul<T>(target, logit)));
      const slope = v128.sub<T>(rate, target);
      v128.store(dz + i, v128.and(v128.mul<T>(slope, scale), mask));
    }
    v128.store(losses + lanes, v128.and(v128.mul<T>(sum, share), mask));
  }
}

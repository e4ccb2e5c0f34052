// Layer and batch normalisation of one panel, in forward/backward pairs, and the moments of a batch. x is z with mean 0
// and variance 1; it takes the place of z, as the backward pass wants it. Rows are units, 8 examples each; sums over
// units are in their order, sums over the batch one for each place in a panel, folded as in dense.ts.
//
// Sources: https://arxiv.org/abs/1607.06450 (layer), https://arxiv.org/abs/1502.03167 (batch)

import { sumRow } from "./dense";
import { at, madd } from "./lanes";
import { LANES } from "./program";

/**
 * out (n, 8) = gamma·x + beta with the mean and variance of each example over the n units. 1/√(variance + epsilon) is
 * kept in row np of z.
 */
export function layerNormForward<T>(
  out: usize,
  z: usize,
  n: i32,
  np: i32,
  gamma: usize,
  beta: usize,
  epsilon: T,
): void {
  const units = v128.splat<T>(<T>n);
  // the 8 examples of a panel, a vector of them at a time
  for (let lane = 0; lane < LANES; lane += 16 / sizeof<T>()) {
    const first = at<T>(z, lane);
    const end = at<T>(first, n * LANES);
    let sum = v128.splat<T>(0);
    for (let p = first; p < end; p = at<T>(p, LANES)) sum = v128.add<T>(sum, v128.load(p));
    const mean = v128.div<T>(sum, units);
    let squares = v128.splat<T>(0);
    for (let p = first; p < end; p = at<T>(p, LANES)) {
      const x = v128.sub<T>(v128.load(p), mean);
      v128.store(p, x);
      squares = madd<T>(x, x, squares);
    }
    const variance = v128.div<T>(squares, units);
    const inverse = v128.div<T>(
      v128.splat<T>(1),
      v128.sqrt<T>(v128.add<T>(variance, v128.splat<T>(epsilon))),
    );
    v128.store(at<T>(first, np * LANES), inverse);
    for (let p = first, q = at<T>(out, lane), g = gamma, b = beta; p < end; p = at<T>(p, LANES)) {
      const x = v128.mul<T>(v128.load(p), inverse);
      v128.store(p, x);
      v128.store(q, madd<T>(x, v128.load_splat<T>(g), v128.load_splat<T>(b)));
      q = at<T>(q, LANES);
      g = at<T>(g, 1);
      b = at<T>(b, 1);
    }
  }
}

/** dz = (dx − mean(dx) − x·mean(dx·x)) / √(variance + epsilon) over the units, where dx = gamma·dz. */
export function layerNormBackward<T>(dz: usize, x: usize, n: i32, np: i32, gamma: usize): void {
  const units = v128.splat<T>(<T>n);
  for (let lane = 0; lane < LANES; lane += 16 / sizeof<T>()) {
    const first = at<T>(dz, lane);
    const end = at<T>(first, n * LANES);
    let sum = v128.splat<T>(0);
    let products = v128.splat<T>(0);
    for (let p = first, q = at<T>(x, lane), g = gamma; p < end; p = at<T>(p, LANES)) {
      const dx = v128.mul<T>(v128.load(p), v128.load_splat<T>(g));
      v128.store(p, dx);
      sum = v128.add<T>(sum, dx);
      products = madd<T>(dx, v128.load(q), products);
      q = at<T>(q, LANES);
      g = at<T>(g, 1);
    }
    const mean = v128.div<T>(sum, units);
    const slope = v128.div<T>(products, units);
    const inverse = v128.load(at<T>(x, np * LANES + lane));
    for (let p = first, q = at<T>(x, lane); p < end; p = at<T>(p, LANES)) {
      const rest = v128.sub<T>(v128.sub<T>(v128.load(p), mean), v128.mul<T>(v128.load(q), slope));
      v128.store(p, v128.mul<T>(rest, inverse));
      q = at<T>(q, LANES);
    }
  }
}

/** out (n, 8) = gamma·x + beta with the mean and variance of each unit. */
export function batchNormForward<T>(
  out: usize,
  z: usize,
  n: i32,
  gamma: usize,
  beta: usize,
  mean: usize,
  variance: usize,
  epsilon: T,
): void {
  for (let u = 0; u < n; u++) {
    const center = v128.load_splat<T>(at<T>(mean, u));
    const inverse = v128.splat<T>(inverseOf<T>(load<T>(at<T>(variance, u)), epsilon));
    const g = v128.load_splat<T>(at<T>(gamma, u));
    const b = v128.load_splat<T>(at<T>(beta, u));
    for (let lane = 0; lane < LANES; lane += 16 / sizeof<T>()) {
      const p = at<T>(z, u * LANES + lane);
      const x = v128.mul<T>(v128.sub<T>(v128.load(p), center), inverse);
      v128.store(p, x);
      v128.store(at<T>(out, u * LANES + lane), madd<T>(x, g, b));
    }
  }
}

/**
 * dz (n, 8) = gamma/√(variance + epsilon)·(dy − dbeta/m − x·dgamma/m) for the `examples` that the panel has, 0 for the
 * others. dy's rows are mp apart.
 */
export function batchNormBackward<T>(
  dz: usize,
  x: usize,
  n: i32,
  mp: i32,
  dy: usize,
  gamma: usize,
  variance: usize,
  dgamma: usize,
  dbeta: usize,
  epsilon: T,
  m: i32,
  examples: i32,
): void {
  const all = <T>m;
  for (let u = 0; u < n; u++) {
    const share = load<T>(at<T>(gamma, u)) * inverseOf<T>(load<T>(at<T>(variance, u)), epsilon);
    const factor = v128.splat<T>(share);
    const mean = v128.splat<T>(load<T>(at<T>(dbeta, u)) / all);
    const slope = v128.splat<T>(load<T>(at<T>(dgamma, u)) / all);
    for (let lane = 0; lane < LANES; lane += 16 / sizeof<T>()) {
      const y = v128.load(at<T>(dy, u * mp + lane));
      const xs = v128.load(at<T>(x, u * LANES + lane));
      const rest = v128.sub<T>(v128.sub<T>(y, mean), v128.mul<T>(xs, slope));
      v128.store(at<T>(dz, u * LANES + lane), v128.mul<T>(rest, factor));
    }
    for (let lane = examples; lane < LANES; lane++) store<T>(at<T>(dz, u * LANES + lane), 0);
  }
}

/**
 * mean (n) and variance (n), the square's mean, of the first m numbers of rows (n, mp). What is beyond them in a panel
 * is overwritten, and the rows with (rows − mean)².
 */
export function moments<T>(rows: usize, n: i32, mp: i32, m: i32, mean: usize, variance: usize): void {
  const panels = (m + LANES - 1) / LANES;
  for (let u = 0; u < n; u++) {
    const row = at<T>(rows, u * mp);
    for (let i = m; i < panels * LANES; i++) store<T>(at<T>(row, i), 0);
    const center = sumRow<T>(row, panels) / <T>m;
    store<T>(at<T>(mean, u), center);
    for (let i = 0; i < m; i++) {
      const x = load<T>(at<T>(row, i)) - center;
      store<T>(at<T>(row, i), x * x);
    }
    store<T>(at<T>(variance, u), sumRow<T>(row, panels) / <T>m);
  }
}

/** running (n) = (1 − momentum)·running + momentum·factor·batch */
export function runStatistics<T>(running: usize, batch: usize, n: i32, momentum: T, factor: T): void {
  for (let u = 0; u < n; u++) {
    const old = load<T>(at<T>(running, u)) * (<T>1 - momentum);
    store<T>(at<T>(running, u), old + load<T>(at<T>(batch, u)) * factor * momentum);
  }
}

// @ts-ignore: decorator
@inline
function inverseOf<T>(variance: T, epsilon: T): T {
  return <T>1 / sqrt<T>(variance + epsilon);
}

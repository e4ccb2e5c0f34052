// Activations of one panel in forward/backward pairs, and the choice among them. a (rows, 8) = g(z); a and z may be the
// same memory. dz = da ∘ g′(z): dz holds da on entry, and `kept` is a or z of the forward pass, as src/catalogue.ts
// says. NaN passes through every forward.

import { GELU_CUBE, GELU_SCALE, LEAK } from "./constants";
import { at, bytesOf, madd } from "./lanes";
import { vexp, vnormalCdf, vnormalDensity, vsigmoid, vtanh } from "./math";
import { Activation, LANES } from "./program";

/** a = g(z) of the activation that `which` names. */
export function activationForward<T>(which: i32, a: usize, z: usize, rows: i32): void {
  switch (which) {
    case Activation.relu:
      reluForward<T>(a, z, rows);
      return;
    case Activation.leakyRelu:
      leakyReluForward<T>(a, z, rows);
      return;
    case Activation.tanh:
      tanhForward<T>(a, z, rows);
      return;
    case Activation.sigmoid:
      sigmoidForward<T>(a, z, rows);
      return;
    case Activation.softmax:
      softmaxForward<T>(a, z, rows);
      return;
    case Activation.gelu:
      geluForward<T>(a, z, rows);
      return;
    case Activation.geluTanh:
      geluTanhForward<T>(a, z, rows);
      return;
    default:
      unreachable();
  }
}

/** dz = da ∘ g′(z) of the activation that `which` names. */
export function activationBackward<T>(which: i32, dz: usize, kept: usize, rows: i32): void {
  switch (which) {
    case Activation.relu:
      reluBackward<T>(dz, kept, rows);
      return;
    case Activation.leakyRelu:
      leakyReluBackward<T>(dz, kept, rows);
      return;
    case Activation.tanh:
      tanhBackward<T>(dz, kept, rows);
      return;
    case Activation.sigmoid:
      sigmoidBackward<T>(dz, kept, rows);
      return;
    case Activation.gelu:
      geluBackward<T>(dz, kept, rows);
      return;
    case Activation.geluTanh:
      geluTanhBackward<T>(dz, kept, rows);
      return;
    default:
      unreachable();
  }
}

/** a = max(z, 0) */
export function reluForward<T>(a: usize, z: usize, rows: i32): void {
  const zero = v128.splat<T>(0);
  const end = at<T>(a, rows * LANES);
  // pmax(z, 0) is z < 0 ? 0 : z, so NaN stays
  for (; a < end; a += 16, z += 16) v128.store(a, v128.pmax<T>(v128.load(z), zero));
}

/** dz = a > 0 ? da : 0, so the derivative at 0 is 0. */
export function reluBackward<T>(dz: usize, a: usize, rows: i32): void {
  const zero = v128.splat<T>(0);
  const end = at<T>(dz, rows * LANES);
  for (let p = dz, q = a; p < end; p += 16, q += 16) {
    v128.store(p, v128.and(v128.load(p), v128.gt<T>(v128.load(q), zero)));
  }
}

/** a = z < 0 ? 0.01·z : z */
export function leakyReluForward<T>(a: usize, z: usize, rows: i32): void {
  const zero = v128.splat<T>(0);
  const leak = v128.splat<T>(<T>LEAK);
  const end = at<T>(a, rows * LANES);
  for (; a < end; a += 16, z += 16) {
    const x = v128.load(z);
    v128.store(a, v128.bitselect(v128.mul<T>(leak, x), x, v128.lt<T>(x, zero)));
  }
}

/** dz = a > 0 ? da : 0.01·da */
export function leakyReluBackward<T>(dz: usize, a: usize, rows: i32): void {
  const zero = v128.splat<T>(0);
  const leak = v128.splat<T>(<T>LEAK);
  const end = at<T>(dz, rows * LANES);
  for (let p = dz, q = a; p < end; p += 16, q += 16) {
    const da = v128.load(p);
    v128.store(p, v128.bitselect(da, v128.mul<T>(leak, da), v128.gt<T>(v128.load(q), zero)));
  }
}

/** a = tanh(z) */
export function tanhForward<T>(a: usize, z: usize, rows: i32): void {
  const end = at<T>(a, rows * LANES);
  for (; a < end; a += 16, z += 16) v128.store(a, vtanh<T>(v128.load(z)));
}

/** dz = da·(1 − a²) */
export function tanhBackward<T>(dz: usize, a: usize, rows: i32): void {
  const one = v128.splat<T>(1);
  const end = at<T>(dz, rows * LANES);
  for (let p = dz, q = a; p < end; p += 16, q += 16) {
    const y = v128.load(q);
    v128.store(p, v128.mul<T>(v128.load(p), v128.sub<T>(one, v128.mul<T>(y, y))));
  }
}

/** a = 1 / (1 + e^−z) */
export function sigmoidForward<T>(a: usize, z: usize, rows: i32): void {
  const end = at<T>(a, rows * LANES);
  for (; a < end; a += 16, z += 16) v128.store(a, vsigmoid<T>(v128.load(z)));
}

/** dz = da·a·(1 − a) */
export function sigmoidBackward<T>(dz: usize, a: usize, rows: i32): void {
  const one = v128.splat<T>(1);
  const end = at<T>(dz, rows * LANES);
  for (let p = dz, q = a; p < end; p += 16, q += 16) {
    const y = v128.load(q);
    v128.store(p, v128.mul<T>(v128.load(p), v128.mul<T>(y, v128.sub<T>(one, y))));
  }
}

/** a[u] = e^(z[u] − max z) / Σ e^(z − max z), over n rows. Its backward is part of the loss. */
export function softmaxForward<T>(a: usize, z: usize, n: i32): void {
  const row = bytesOf<T>(LANES);
  const end = bytesOf<T>(n * LANES);
  for (let lanes: usize = 0; lanes < row; lanes += 16) {
    const most = maximum<T>(z + lanes, z + end);
    let sum = v128.splat<T>(0);
    for (let i = lanes; i < end; i += row) {
      const e = vexp<T>(v128.sub<T>(v128.load(z + i), most));
      v128.store(a + i, e);
      sum = v128.add<T>(sum, e);
    }
    for (let i = lanes; i < end; i += row) v128.store(a + i, v128.div<T>(v128.load(a + i), sum));
  }
}

/** a = z·Φ(z), Φ the distribution of a standard normal number */
export function geluForward<T>(a: usize, z: usize, rows: i32): void {
  const end = at<T>(a, rows * LANES);
  for (; a < end; a += 16, z += 16) {
    const x = v128.load(z);
    v128.store(a, v128.mul<T>(x, vnormalCdf<T>(x)));
  }
}

/** dz = da·(Φ(z) + z·φ(z)), φ = Φ′ */
export function geluBackward<T>(dz: usize, z: usize, rows: i32): void {
  const end = at<T>(dz, rows * LANES);
  for (; dz < end; dz += 16, z += 16) {
    const x = v128.load(z);
    const slope = madd<T>(x, vnormalDensity<T>(x), vnormalCdf<T>(x));
    v128.store(dz, v128.mul<T>(v128.load(dz), slope));
  }
}

/** a = ½·z·(1 + tanh(√(2/π)·(z + 0.044715·z³))) */
export function geluTanhForward<T>(a: usize, z: usize, rows: i32): void {
  const one = v128.splat<T>(1);
  const half = v128.splat<T>(0.5);
  const scale = v128.splat<T>(<T>GELU_SCALE);
  const cube = v128.splat<T>(<T>(GELU_SCALE * GELU_CUBE));
  const end = at<T>(a, rows * LANES);
  for (; a < end; a += 16, z += 16) {
    const x = v128.load(z);
    const t = vtanh<T>(v128.mul<T>(x, madd<T>(v128.mul<T>(x, x), cube, scale)));
    v128.store(a, v128.mul<T>(v128.mul<T>(half, x), v128.add<T>(one, t)));
  }
}

/** dz = da·½·(1 + t + z·(1 − t²)·√(2/π)·(1 + 3·0.044715·z²)), t = tanh(√(2/π)·(z + 0.044715·z³)) */
export function geluTanhBackward<T>(dz: usize, z: usize, rows: i32): void {
  const one = v128.splat<T>(1);
  const half = v128.splat<T>(0.5);
  const scale = v128.splat<T>(<T>GELU_SCALE);
  const cube = v128.splat<T>(<T>(GELU_SCALE * GELU_CUBE));
  const slope = v128.splat<T>(<T>(3 * GELU_SCALE * GELU_CUBE));
  const end = at<T>(dz, rows * LANES);
  for (; dz < end; dz += 16, z += 16) {
    const x = v128.load(z);
    const square = v128.mul<T>(x, x);
    const t = vtanh<T>(v128.mul<T>(x, madd<T>(square, cube, scale)));
    const inner = v128.mul<T>(x, madd<T>(square, slope, scale));
    const steep = v128.mul<T>(inner, v128.sub<T>(one, v128.mul<T>(t, t)));
    const sum = v128.add<T>(v128.add<T>(one, t), steep);
    v128.store(dz, v128.mul<T>(v128.load(dz), v128.mul<T>(half, sum)));
  }
}

/** Largest of a column of vectors, a panel row apart; NaN wins. */
export function maximum<T>(first: usize, end: usize): v128 {
  const row = bytesOf<T>(LANES);
  let most = v128.load(first);
  for (let p = first + row; p < end; p += row) most = v128.max<T>(most, v128.load(p));
  return most;
}

/** Σ e^(z − most) over a column of vectors, a panel row apart. */
export function sumOfExponentials<T>(first: usize, end: usize, most: v128): v128 {
  const row = bytesOf<T>(LANES);
  let sum = v128.splat<T>(0);
  for (let p = first; p < end; p += row) sum = v128.add<T>(sum, vexp<T>(v128.sub<T>(v128.load(p), most)));
  return sum;
}

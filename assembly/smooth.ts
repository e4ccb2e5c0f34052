// Smooth activations, in forward/backward pairs over one panel: see activation.ts.

import { GELU_CUBE, GELU_SCALE } from "./constants";
import { at, madd } from "./lanes";
import { vexp, vexpm1, vlog1p, vnormalCdf, vnormalDensity, vsigmoid, vtanh } from "./math";
import { LANES } from "./program";

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

/** a = log(1 + e^z) */
export function softplusForward<T>(a: usize, z: usize, rows: i32): void {
  const zero = v128.splat<T>(0);
  const end = at<T>(a, rows * LANES);
  for (; a < end; a += 16, z += 16) {
    const x = v128.load(z);
    const tail = vlog1p<T>(vexp<T>(v128.neg<T>(v128.abs<T>(x))));
    v128.store(a, v128.add<T>(v128.pmax<T>(x, zero), tail));
  }
}

/** dz = da·σ(z) */
export function softplusBackward<T>(dz: usize, z: usize, rows: i32): void {
  const end = at<T>(dz, rows * LANES);
  for (; dz < end; dz += 16, z += 16) v128.store(dz, v128.mul<T>(v128.load(dz), vsigmoid<T>(v128.load(z))));
}

/** a = z/(1 + |z|) */
export function softsignForward<T>(a: usize, z: usize, rows: i32): void {
  const one = v128.splat<T>(1);
  const end = at<T>(a, rows * LANES);
  for (; a < end; a += 16, z += 16) {
    const x = v128.load(z);
    v128.store(a, v128.div<T>(x, v128.add<T>(one, v128.abs<T>(x))));
  }
}

/** dz = da·(1 − |a|)² */
export function softsignBackward<T>(dz: usize, a: usize, rows: i32): void {
  const one = v128.splat<T>(1);
  const end = at<T>(dz, rows * LANES);
  for (; dz < end; dz += 16, a += 16) {
    const rest = v128.sub<T>(one, v128.abs<T>(v128.load(a)));
    v128.store(dz, v128.mul<T>(v128.load(dz), v128.mul<T>(rest, rest)));
  }
}

/** a = z > 0 ? scale·z : edge·(e^z − 1): elu has the scale 1 and the edge 1, selu its own */
export function eluForward<T>(a: usize, z: usize, rows: i32, scale: f64, edge: f64): void {
  const zero = v128.splat<T>(0);
  const scales = v128.splat<T>(<T>scale);
  const edges = v128.splat<T>(<T>edge);
  const end = at<T>(a, rows * LANES);
  for (; a < end; a += 16, z += 16) {
    const x = v128.load(z);
    const below = v128.mul<T>(edges, vexpm1<T>(v128.pmin<T>(x, zero))); // keeps NaN
    v128.store(a, v128.bitselect(v128.mul<T>(scales, x), below, v128.gt<T>(x, zero)));
  }
}

/** dz = a > 0 ? scale·da : (a + edge)·da */
export function eluBackward<T>(dz: usize, a: usize, rows: i32, scale: f64, edge: f64): void {
  const zero = v128.splat<T>(0);
  const scales = v128.splat<T>(<T>scale);
  const edges = v128.splat<T>(<T>edge);
  const end = at<T>(dz, rows * LANES);
  for (; dz < end; dz += 16, a += 16) {
    const y = v128.load(a);
    const slope = v128.bitselect(scales, v128.add<T>(y, edges), v128.gt<T>(y, zero));
    v128.store(dz, v128.mul<T>(v128.load(dz), slope));
  }
}

/** a = e^z */
export function exponentialForward<T>(a: usize, z: usize, rows: i32): void {
  const end = at<T>(a, rows * LANES);
  for (; a < end; a += 16, z += 16) v128.store(a, vexp<T>(v128.load(z)));
}

/** dz = da·a */
export function exponentialBackward<T>(dz: usize, a: usize, rows: i32): void {
  const end = at<T>(dz, rows * LANES);
  for (; dz < end; dz += 16, a += 16) v128.store(dz, v128.mul<T>(v128.load(dz), v128.load(a)));
}

/** a = z·σ(z) */
export function siluForward<T>(a: usize, z: usize, rows: i32): void {
  const end = at<T>(a, rows * LANES);
  for (; a < end; a += 16, z += 16) {
    const x = v128.load(z);
    v128.store(a, v128.mul<T>(x, vsigmoid<T>(x)));
  }
}

/** dz = da·(σ + z·σ·(1 − σ)), σ = σ(z) */
export function siluBackward<T>(dz: usize, z: usize, rows: i32): void {
  const one = v128.splat<T>(1);
  const end = at<T>(dz, rows * LANES);
  for (; dz < end; dz += 16, z += 16) {
    const x = v128.load(z);
    const s = vsigmoid<T>(x);
    const slope = madd<T>(x, v128.mul<T>(s, v128.sub<T>(one, s)), s);
    v128.store(dz, v128.mul<T>(v128.load(dz), slope));
  }
}

/** a = z·t, t = tanh(log(1 + e^z)) = n/(n + 2) for n = e·(e + 2), e = e^z; t is 1 from z = 20 on */
export function mishForward<T>(a: usize, z: usize, rows: i32): void {
  const two = v128.splat<T>(2);
  const most = v128.splat<T>(20);
  const end = at<T>(a, rows * LANES);
  for (; a < end; a += 16, z += 16) {
    const x = v128.load(z);
    const e = vexp<T>(v128.pmin<T>(x, most)); // keeps NaN
    const n = v128.mul<T>(e, v128.add<T>(e, two));
    v128.store(a, v128.mul<T>(x, v128.div<T>(n, v128.add<T>(n, two))));
  }
}

/** dz = da·(t + z·σ(z)·(1 − t²)), σ(z) = e/(e + 1) */
export function mishBackward<T>(dz: usize, z: usize, rows: i32): void {
  const one = v128.splat<T>(1);
  const two = v128.splat<T>(2);
  const most = v128.splat<T>(20);
  const end = at<T>(dz, rows * LANES);
  for (; dz < end; dz += 16, z += 16) {
    const x = v128.load(z);
    const e = vexp<T>(v128.pmin<T>(x, most));
    const n = v128.mul<T>(e, v128.add<T>(e, two));
    const t = v128.div<T>(n, v128.add<T>(n, two));
    const s = v128.div<T>(e, v128.add<T>(e, one));
    const slope = madd<T>(v128.mul<T>(x, s), v128.sub<T>(one, v128.mul<T>(t, t)), t);
    v128.store(dz, v128.mul<T>(v128.load(dz), slope));
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

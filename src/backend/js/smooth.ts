// Smooth activations: the twin of assembly/smooth.ts.

import { GELU_CUBE, GELU_SCALE } from "../../../assembly/constants.js";
import { LANES } from "../../../assembly/program.js";
import type { Arithmetic } from "./arithmetic.js";

/** a = tanh(z) */
export function tanhForward({ heap, tanh }: Arithmetic, a: number, z: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) heap[a + i] = tanh(heap[z + i]!);
}

/** dz = da·(1 − a²) */
export function tanhBackward({ heap, round }: Arithmetic, dz: number, a: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) {
    const y = heap[a + i]!;
    heap[dz + i] = heap[dz + i]! * round(1 - round(y * y));
  }
}

/** a = 1 / (1 + e^−z) */
export function sigmoidForward({ heap, sigmoid }: Arithmetic, a: number, z: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) heap[a + i] = sigmoid(heap[z + i]!);
}

/** dz = da·a·(1 − a) */
export function sigmoidBackward({ heap, round }: Arithmetic, dz: number, a: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) {
    const y = heap[a + i]!;
    heap[dz + i] = heap[dz + i]! * round(y * round(1 - y));
  }
}

/** a = log(1 + e^z) */
export function softplusForward({ heap, round, exp, log1p }: Arithmetic, a: number, z: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) {
    const x = heap[z + i]!;
    const tail = log1p(exp(-Math.abs(x)));
    heap[a + i] = round((x < 0 ? 0 : x) + tail);
  }
}

/** dz = da·σ(z) */
export function softplusBackward({ heap, sigmoid }: Arithmetic, dz: number, z: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) heap[dz + i] = heap[dz + i]! * sigmoid(heap[z + i]!);
}

/** a = z/(1 + |z|) */
export function softsignForward({ heap, round }: Arithmetic, a: number, z: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) heap[a + i] = heap[z + i]! / round(1 + Math.abs(heap[z + i]!));
}

/** dz = da·(1 − |a|)² */
export function softsignBackward({ heap, round }: Arithmetic, dz: number, a: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) {
    const rest = round(1 - Math.abs(heap[a + i]!));
    heap[dz + i] = heap[dz + i]! * round(rest * rest);
  }
}

/** a = z > 0 ? scale·z : edge·(e^z − 1): elu has the scale 1 and the edge 1, selu its own */
export function eluForward(
  { heap, round, expm1 }: Arithmetic,
  a: number,
  z: number,
  rows: number,
  scale: number,
  edge: number,
): void {
  const [above, below] = [round(scale), round(edge)];
  for (let i = 0; i < rows * LANES; i++) {
    const x = heap[z + i]!;
    heap[a + i] = x > 0 ? above * x : below * expm1(x);
  }
}

/** dz = a > 0 ? scale·da : (a + edge)·da */
export function eluBackward(
  { heap, round }: Arithmetic,
  dz: number,
  a: number,
  rows: number,
  scale: number,
  edge: number,
): void {
  const [above, below] = [round(scale), round(edge)];
  for (let i = 0; i < rows * LANES; i++) {
    const y = heap[a + i]!;
    heap[dz + i] = heap[dz + i]! * (y > 0 ? above : round(y + below));
  }
}

/** a = e^z */
export function exponentialForward({ heap, exp }: Arithmetic, a: number, z: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) heap[a + i] = exp(heap[z + i]!);
}

/** dz = da·a */
export function exponentialBackward({ heap }: Arithmetic, dz: number, a: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) heap[dz + i] = heap[dz + i]! * heap[a + i]!;
}

/** a = z·σ(z) */
export function siluForward({ heap, sigmoid }: Arithmetic, a: number, z: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) heap[a + i] = heap[z + i]! * sigmoid(heap[z + i]!);
}

/** dz = da·(σ + z·σ·(1 − σ)), σ = σ(z) */
export function siluBackward({ heap, round, madd, sigmoid }: Arithmetic, dz: number, z: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) {
    const x = heap[z + i]!;
    const s = sigmoid(x);
    heap[dz + i] = heap[dz + i]! * madd(x, round(s * round(1 - s)), s);
  }
}

/** a = z·t, t = tanh(log(1 + e^z)) = n/(n + 2) for n = e·(e + 2), e = e^z; t is 1 from z = 20 on */
export function mishForward({ heap, round, exp }: Arithmetic, a: number, z: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) {
    const x = heap[z + i]!;
    const e = exp(x > 20 ? 20 : x);
    const n = round(e * round(e + 2));
    heap[a + i] = x * round(n / round(n + 2));
  }
}

/** dz = da·(t + z·σ(z)·(1 − t²)), σ(z) = e/(e + 1) */
export function mishBackward({ heap, round, madd, exp }: Arithmetic, dz: number, z: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) {
    const x = heap[z + i]!;
    const e = exp(x > 20 ? 20 : x);
    const n = round(e * round(e + 2));
    const y = round(n / round(n + 2));
    const s = round(e / round(e + 1));
    heap[dz + i] = heap[dz + i]! * madd(round(x * s), round(1 - round(y * y)), y);
  }
}

/** a = z·Φ(z) */
export function geluForward({ heap, normalCdf }: Arithmetic, a: number, z: number, rows: number): void {
  for (let i = 0; i < rows * LANES; i++) {
    const x = heap[z + i]!;
    heap[a + i] = x * normalCdf(x);
  }
}

/** dz = da·(Φ(z) + z·φ(z)) */
export function geluBackward(
  { heap, madd, normalDensity, normalCdf }: Arithmetic,
  dz: number,
  z: number,
  rows: number,
): void {
  for (let i = 0; i < rows * LANES; i++) {
    const x = heap[z + i]!;
    const slope = madd(x, normalDensity(x), normalCdf(x));
    heap[dz + i] = heap[dz + i]! * slope;
  }
}

/** a = ½·z·(1 + tanh(√(2/π)·(z + 0.044715·z³))) */
export function geluTanhForward({ heap, round, madd, tanh }: Arithmetic, a: number, z: number, rows: number): void {
  const scale = round(GELU_SCALE);
  const cube = round(GELU_SCALE * GELU_CUBE);
  for (let i = 0; i < rows * LANES; i++) {
    const x = heap[z + i]!;
    const y = tanh(round(x * madd(round(x * x), cube, scale)));
    heap[a + i] = round(0.5 * x) * round(1 + y);
  }
}

/** dz = da·½·(1 + t + z·(1 − t²)·√(2/π)·(1 + 3·0.044715·z²)), t = tanh(√(2/π)·(z + 0.044715·z³)) */
export function geluTanhBackward({ heap, round, madd, tanh }: Arithmetic, dz: number, z: number, rows: number): void {
  const scale = round(GELU_SCALE);
  const cube = round(GELU_SCALE * GELU_CUBE);
  const slope = round(3 * GELU_SCALE * GELU_CUBE);
  for (let i = 0; i < rows * LANES; i++) {
    const x = heap[z + i]!;
    const square = round(x * x);
    const y = tanh(round(x * madd(square, cube, scale)));
    const inner = round(x * madd(square, slope, scale));
    const steep = round(inner * round(1 - round(y * y)));
    heap[dz + i] = heap[dz + i]! * round(0.5 * round(round(1 + y) + steep));
  }
}

// exp, log, log1p, tanh, sigmoid and the normal distribution, of one number, made of + − · / and the bits of floats
// alone, so that every engine gives the same bits; the SIMD versions in assembly/math.ts do the same operations in the
// same order. In float32 every operation is rounded with Math.fround, and arguments must be float32 values. Domains and
// errors: docs/numerics.md.

import * as c from "../assembly/constants.js";
import { fma32, fma64 } from "./fma.js";

const fround = Math.fround;

// One number under three views, to take floats apart. Little-endian, as every engine's machine is.
const FLOAT64 = new Float64Array(1);
const FLOAT32 = new Float32Array(FLOAT64.buffer);
const INT32 = new Int32Array(FLOAT64.buffer);

// POWERS[k + 1023] = 2^k; 2^-1023 is subnormal and still exact.
const POWERS = new Float64Array(2047);
POWERS[1023] = 1;
for (let k = 1; k <= 1023; k++) {
  POWERS[1023 + k] = 2 * POWERS[1022 + k]!;
  POWERS[1023 - k] = 0.5 * POWERS[1024 - k]!;
}

// Coefficients, highest power first.
const EXP_32 = Float32Array.of(c.EXP32_7, c.EXP32_6, c.EXP32_5, c.EXP32_4, c.EXP32_3, c.EXP_2);
const LOG_32 = Float32Array.of(c.LOG32_4, c.LOG32_3, c.LOG32_2, c.LOG32_1);
const EXP_64 = Float64Array.of(
  c.EXP64_12,
  c.EXP64_11,
  c.EXP64_10,
  c.EXP64_9,
  c.EXP64_8,
  c.EXP64_7,
  c.EXP64_6,
  c.EXP64_5,
  c.EXP64_4,
  c.EXP64_3,
  c.EXP_2,
);
const LOG_64 = Float64Array.of(c.LOG64_7, c.LOG64_6, c.LOG64_5, c.LOG64_4, c.LOG64_3, c.LOG64_2, c.LOG64_1);

const CDF_32 = Float32Array.of(
  c.CDF32_11,
  c.CDF32_10,
  c.CDF32_9,
  c.CDF32_8,
  c.CDF32_7,
  c.CDF32_6,
  c.CDF32_5,
  c.CDF32_4,
  c.CDF32_3,
  c.CDF32_2,
  c.CDF32_1,
  c.CDF32_0,
);
const CDF_64 = Float64Array.of(
  c.CDF64_24,
  c.CDF64_23,
  c.CDF64_22,
  c.CDF64_21,
  c.CDF64_20,
  c.CDF64_19,
  c.CDF64_18,
  c.CDF64_17,
  c.CDF64_16,
  c.CDF64_15,
  c.CDF64_14,
  c.CDF64_13,
  c.CDF64_12,
  c.CDF64_11,
  c.CDF64_10,
  c.CDF64_9,
  c.CDF64_8,
  c.CDF64_7,
  c.CDF64_6,
  c.CDF64_5,
  c.CDF64_4,
  c.CDF64_3,
  c.CDF64_2,
  c.CDF64_1,
  c.CDF64_0,
);

const DENSITY_32 = fround(c.DENSITY);

/**
 * The functions of float32, in strict arithmetic or fused: with one rounding where the kernels' madd (assembly/lanes.ts)
 * multiplies and adds.
 */
export function functions32(fused: boolean) {
  const madd = (a: number, b: number, c: number) => (fused ? fma32(a, b, c) : fround(fround(a * b) + c));

  /** e^x of a float32; 0 where e^x is below the smallest normal number. */
  function exp(x: number): number {
    if (!(x <= c.EXP_MAX_32)) return x + Infinity;
    if (x < c.EXP_MIN_32) return 0;
    const k = rounded(x);
    // a product with 2^k is exact in doubles, and here it is a normal float32
    return fround(fround(1 + expm1Rest(x, k)) * POWERS[1023 + k]!);
  }

  /** e^x − 1 of a float32 x ≤ 0. */
  function expm1(x: number): number {
    const clamped = x < c.EXP_MIN_32 ? c.EXP_MIN_32 : x;
    const k = rounded(clamped);
    const power = POWERS[1023 + k]!;
    return madd(power, expm1Rest(clamped, k), fround(power - 1));
  }

  /** log(x) of a float32; −Infinity for ±0, NaN for negative x. */
  function log(x: number): number {
    if (!(x > 0) || x === Infinity) return x === 0 ? -Infinity : Math.sqrt(x);
    return x < c.NORMAL_32 ? logOfNormal(x * c.LIFT_32, c.LIFTED_32) : logOfNormal(x, 0);
  }

  /** log(1 + x) of a float32 x from [0, 1]. */
  function log1p(x: number): number {
    const u = fround(1 + x);
    return fround(logOfNormal(u, 0) + fround(fround(x - fround(u - 1)) / u));
  }

  /** tanh(x) of a float32: t / (t + 2) for t = e^2|x| − 1, with the sign of x. */
  function tanh(x: number): number {
    let y = Math.abs(x);
    if (!(y > 0)) return x; // ±0 and NaN
    if (y > c.TANH_MAX_32) y = c.TANH_MAX_32;
    y = fround(y + y);
    const k = rounded(y);
    const power = POWERS[1023 + k]!;
    const t = madd(power, expm1Rest(y, k), fround(power - 1));
    const result = fround(t / fround(t + 2));
    return x < 0 ? -result : result;
  }

  /** 1 / (1 + e^−x) of a float32. */
  function sigmoid(x: number): number {
    const e = exp(-Math.abs(x));
    return fround((x >= 0 ? 1 : e) / fround(1 + e));
  }

  // k = x·log2(e) rounded to a whole number, ties to even.
  function rounded(x: number): number {
    return fround(madd(x, c.LOG2E_32, c.ROUND_32) - c.ROUND_32);
  }

  // p = e^r − 1 for r = x − k·ln 2, so that e^x = 2^k·(1 + p).
  function expm1Rest(x: number, k: number): number {
    const r = fround(fround(x - fround(k * c.LN2_HIGH_32)) - fround(k * c.LN2_LOW_32));
    return madd(fround(r * r), polynomial(EXP_32, r), r);
  }

  // log(x) − lifted·log(2) for a positive normal x = 2^e·(1 + f), √½ ≤ 1 + f < √2.
  function logOfNormal(x: number, lifted: number): number {
    FLOAT32[0] = x;
    const bits = INT32[0]! + c.LOG_OFFSET_32;
    INT32[0] = (bits & c.FRACTION_32) + c.SQRT_HALF_32;
    const e = (bits >>> c.FRACTION_BITS_32) - 127 - lifted;
    const f = fround(FLOAT32[0]! - 1);
    const s = fround(f / fround(f + 2));
    const z = fround(s * s);
    const half = fround(fround(f * 0.5) * f);
    const tail = madd(s, madd(z, polynomial(LOG_32, z), half), fround(e * c.LN2_LOW_32));
    return fround(fround(e * c.LN2_HIGH_32) - fround(fround(half - tail) - f));
  }

  function polynomial(coefficients: Float32Array, x: number): number {
    let sum = coefficients[0]!;
    for (let i = 1; i < coefficients.length; i++) sum = madd(sum, x, coefficients[i]!);
    return sum;
  }

  /** φ(x) = e^(−x²/2) / √(2π) of a float32, the density of a standard normal number. */
  function normalDensity(x: number): number {
    return fround(bell(x) * DENSITY_32);
  }

  /** Φ(x), the distribution of a standard normal number, of a float32: the area under φ up to x. */
  function normalCdf(x: number): number {
    const t = fround(1 / madd(Math.abs(x), c.CDF_SCALE, 1));
    const y = fround(fround(t + t) - 1);
    const tail = fround(bell(x) * fround(t * polynomial(CDF_32, y)));
    return x < 0 ? tail : fround(1 - tail);
  }

  // e^(−x²/2)
  const bell = (x: number) => exp(-fround(fround(x * x) * 0.5));

  return { madd, exp, expm1, log, log1p, tanh, sigmoid, normalDensity, normalCdf };
}

/** The same of doubles. */
export function functions64(fused: boolean) {
  const madd = (a: number, b: number, c: number) => (fused ? fma64(a, b, c) : a * b + c);

  /** e^x; 0 where e^x is below the smallest normal number. */
  function exp(x: number): number {
    if (!(x <= c.EXP_MAX_64)) return x + Infinity;
    if (x < c.EXP_MIN_64) return 0;
    const k = rounded(x);
    // in two exact steps: 2^1024 is not a double
    return (1 + expm1Rest(x, k)) * 2 * POWERS[1022 + k]!;
  }

  /** e^x − 1 for x ≤ 0. */
  function expm1(x: number): number {
    const clamped = x < c.EXP_MIN_64 ? c.EXP_MIN_64 : x;
    const k = rounded(clamped);
    const power = POWERS[1023 + k]!;
    return madd(power, expm1Rest(clamped, k), power - 1);
  }

  /** log(x); −Infinity for ±0, NaN for negative x. */
  function log(x: number): number {
    if (!(x > 0) || x === Infinity) return x === 0 ? -Infinity : Math.sqrt(x);
    return x < c.NORMAL_64 ? logOfNormal(x * c.LIFT_64, c.LIFTED_64) : logOfNormal(x, 0);
  }

  /** log(1 + x) for x from [0, 1]. */
  function log1p(x: number): number {
    const u = 1 + x;
    return logOfNormal(u, 0) + (x - (u - 1)) / u;
  }

  /**
   * log(1 + x) of any x, as precise as log; −Infinity for −1, NaN below. What 1 + x loses joins the small terms of the sum
   * before it is rounded, as in Sun's fdlibm. log1p, which has a twin in the kernels, adds it afterwards.
   */
  function logOnePlus(x: number): number {
    if (!(x > -1) || x === Infinity) return x === -1 ? -Infinity : Math.sqrt(x);
    const u = 1 + x;
    const e = takeApart(u);
    if (e === 0) return logOfParts(0, x, 0); // x is the fraction itself, with nothing lost
    return logOfParts(e, FLOAT64[0]! - 1, (x < 1 ? x - (u - 1) : 1 - (u - x)) / u);
  }

  /** tanh(x): t / (t + 2) for t = e^2|x| − 1, with the sign of x. */
  function tanh(x: number): number {
    let y = Math.abs(x);
    if (!(y > 0)) return x; // ±0 and NaN
    if (y > c.TANH_MAX_64) y = c.TANH_MAX_64;
    y += y;
    const k = rounded(y);
    const power = POWERS[1023 + k]!;
    const t = madd(power, expm1Rest(y, k), power - 1);
    const result = t / (t + 2);
    return x < 0 ? -result : result;
  }

  /** 1 / (1 + e^−x). */
  function sigmoid(x: number): number {
    const e = exp(-Math.abs(x));
    return (x >= 0 ? 1 : e) / (1 + e);
  }

  function rounded(x: number): number {
    return madd(x, c.LOG2E_64, c.ROUND_64) - c.ROUND_64;
  }

  function expm1Rest(x: number, k: number): number {
    const r = x - k * c.LN2_HIGH_64 - k * c.LN2_LOW_64;
    return madd(r * r, polynomial(EXP_64, r), r);
  }

  const logOfNormal = (x: number, lifted: number) => logOfParts(takeApart(x) - lifted, FLOAT64[0]! - 1, 0);

  // The exponent of a positive normal number, whose fraction FLOAT64[0] then is. Only the upper half of the double is taken
  // apart: √½ is cut to its upper 32 bits.
  function takeApart(x: number): number {
    FLOAT64[0] = x;
    const bits = INT32[1]! + c.LOG_OFFSET_64;
    INT32[1] = (bits & c.FRACTION_64) + c.SQRT_HALF_64;
    return (bits >>> c.FRACTION_BITS_64) - 1023;
  }

  // log(2^e·(1 + f)) + lost, for a `lost` that is small beside it.
  function logOfParts(e: number, f: number, lost: number): number {
    const s = f / (f + 2);
    const z = s * s;
    const half = f * 0.5 * f;
    const tail = madd(s, madd(z, polynomial(LOG_64, z), half), e * c.LN2_LOW_64 + lost);
    return e * c.LN2_HIGH_64 - (half - tail - f);
  }

  function polynomial(coefficients: Float64Array, x: number): number {
    let sum = coefficients[0]!;
    for (let i = 1; i < coefficients.length; i++) sum = madd(sum, x, coefficients[i]!);
    return sum;
  }

  /** φ(x) = e^(−x²/2) / √(2π), the density of a standard normal number. */
  function normalDensity(x: number): number {
    return bell(x) * c.DENSITY;
  }

  /** Φ(x), the distribution of a standard normal number, the area under φ up to x. */
  function normalCdf(x: number): number {
    const t = 1 / madd(Math.abs(x), c.CDF_SCALE, 1);
    const y = t + t - 1;
    const tail = bell(x) * (t * polynomial(CDF_64, y));
    return x < 0 ? tail : 1 - tail;
  }

  // e^(−x²/2)
  const bell = (x: number) => exp(-(x * x * 0.5));

  return { madd, exp, expm1, log, log1p, logOnePlus, tanh, sigmoid, normalDensity, normalCdf };
}

export const STRICT_32 = functions32(false);
export const STRICT_64 = functions64(false);
export const {
  exp: exp32,
  expm1: expm1Below32,
  log: log32,
  log1p: log1p32,
  tanh: tanh32,
  sigmoid: sigmoid32,
} = STRICT_32;
export const {
  exp: exp64,
  expm1: expm1Below64,
  log: log64,
  log1p: log1p64,
  tanh: tanh64,
  sigmoid: sigmoid64,
} = STRICT_64;
export const { normalDensity: normalDensity32, normalCdf: normalCdf32 } = STRICT_32;
export const { normalDensity: normalDensity64, normalCdf: normalCdf64, logOnePlus: logOnePlus64 } = STRICT_64;

const SIN_PI = [
  ...[Math.PI, -5.16771278004997, 2.5501640398773455, -0.5992645293207921, 0.08214588661112823],
  ...[-0.0073704309457143504, 0.00046630280576761255, -2.1915353447830217e-5, 7.952054001475513e-7],
  ...[-2.2948428997269873e-8, 5.392664662608129e-10, -1.0518471716932065e-11],
];

/** cos(π·x) for x from [0, 1], to 2·10⁻¹⁶: sin(π·u), u = ½ − x, by its series Σ (−1)ᵏ·π²ᵏ⁺¹/(2k + 1)!·u²ᵏ⁺¹. */
export function cosPi(x: number): number {
  const u = 0.5 - x;
  const square = u * u;
  let sum = SIN_PI[SIN_PI.length - 1]!;
  for (let k = SIN_PI.length - 2; k >= 0; k--) sum = sum * square + SIN_PI[k]!;
  return u * sum;
}

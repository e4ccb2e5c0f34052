// exp, log, log1p, tanh, sigmoid and the normal distribution, of each lane of a vector, for T = f32 | f64. The scalar
// versions in src/math.ts do the same operations in the same order and give the same bits. Domains and errors:
// docs/numerics.md.
//
// Constants are loaded from memory where they are used, as V8 builds a v128.const in a loop anew in every turn.

import * as c from "./constants";
import { at, madd } from "./lanes";

// Coefficients, lowest power first.
const EXP_32 = memory.data<f32>([
  <f32>c.EXP_2,
  <f32>c.EXP32_3,
  <f32>c.EXP32_4,
  <f32>c.EXP32_5,
  <f32>c.EXP32_6,
  <f32>c.EXP32_7,
]);
const LOG_32 = memory.data<f32>([<f32>c.LOG32_1, <f32>c.LOG32_2, <f32>c.LOG32_3, <f32>c.LOG32_4]);
const EXP_64 = memory.data<f64>([
  c.EXP_2,
  c.EXP64_3,
  c.EXP64_4,
  c.EXP64_5,
  c.EXP64_6,
  c.EXP64_7,
  c.EXP64_8,
  c.EXP64_9,
  c.EXP64_10,
  c.EXP64_11,
  c.EXP64_12,
]);
const LOG_64 = memory.data<f64>([c.LOG64_1, c.LOG64_2, c.LOG64_3, c.LOG64_4, c.LOG64_5, c.LOG64_6, c.LOG64_7]);

const CDF_32 = memory.data<f32>([
  <f32>c.CDF32_0,
  <f32>c.CDF32_1,
  <f32>c.CDF32_2,
  <f32>c.CDF32_3,
  <f32>c.CDF32_4,
  <f32>c.CDF32_5,
  <f32>c.CDF32_6,
  <f32>c.CDF32_7,
  <f32>c.CDF32_8,
  <f32>c.CDF32_9,
  <f32>c.CDF32_10,
  <f32>c.CDF32_11,
]);
const CDF_64 = memory.data<f64>([
  c.CDF64_0,
  c.CDF64_1,
  c.CDF64_2,
  c.CDF64_3,
  c.CDF64_4,
  c.CDF64_5,
  c.CDF64_6,
  c.CDF64_7,
  c.CDF64_8,
  c.CDF64_9,
  c.CDF64_10,
  c.CDF64_11,
  c.CDF64_12,
  c.CDF64_13,
  c.CDF64_14,
  c.CDF64_15,
  c.CDF64_16,
  c.CDF64_17,
  c.CDF64_18,
  c.CDF64_19,
  c.CDF64_20,
  c.CDF64_21,
  c.CDF64_22,
  c.CDF64_23,
  c.CDF64_24,
]);

// The other numbers, in the same order for both types.
const ONE = 0;
const TWO = 1;
const HALF = 2;
const INFINITE = 3;
const ROUND = 4;
const LOG2E = 5;
const LN2_HIGH = 6;
const LN2_LOW = 7;
const EXP_MIN = 8;
const EXP_MAX = 9;
const TANH_MAX = 10;
const NORMAL = 11;
const LIFT = 12;
const LIFTED = 13;
const WHOLE = 14; // 2^23 or 2^52: with a whole number in its fraction bits it is WHOLE plus that number, as a float
const UNBIAS = 15; // WHOLE plus the bias of the exponents
const CDF_SCALE = 16;
const DENSITY = 17;
const NUMBERS_32 = memory.data<f32>([
  1,
  2,
  0.5,
  <f32>Infinity,
  <f32>c.ROUND_32,
  <f32>c.LOG2E_32,
  <f32>c.LN2_HIGH_32,
  <f32>c.LN2_LOW_32,
  <f32>c.EXP_MIN_32,
  <f32>c.EXP_MAX_32,
  <f32>c.TANH_MAX_32,
  <f32>c.NORMAL_32,
  <f32>c.LIFT_32,
  <f32>c.LIFTED_32,
  8388608,
  8388735,
  <f32>c.CDF_SCALE,
  <f32>c.DENSITY,
]);
const NUMBERS_64 = memory.data<f64>([
  1,
  2,
  0.5,
  Infinity,
  c.ROUND_64,
  c.LOG2E_64,
  c.LN2_HIGH_64,
  c.LN2_LOW_64,
  c.EXP_MIN_64,
  c.EXP_MAX_64,
  c.TANH_MAX_64,
  c.NORMAL_64,
  c.LIFT_64,
  c.LIFTED_64,
  4503599627370496,
  4503599627371519,
  c.CDF_SCALE,
  c.DENSITY,
]);

// Masks and offsets of the bits of a float.
const LOG_OFFSET = 0;
const FRACTION = 1;
const SQRT_HALF = 2;
const BITS_32 = memory.data<i32>([c.LOG_OFFSET_32, c.FRACTION_32, c.SQRT_HALF_32]);
const BITS_64 = memory.data<i64>([
  (<i64>c.LOG_OFFSET_64) << 32,
  ((<i64>c.FRACTION_64) << 32) | 0xffffffff,
  (<i64>c.SQRT_HALF_64) << 32,
]);

/** e^x; 0 where e^x is below the smallest normal number. */
// @ts-ignore: decorator
@inline
export function vexp<T>(x: v128): v128 {
  const shifted = shift<T>(x);
  const power = v128.add<T>(constant<T>(ONE), expm1Rest<T>(x, v128.sub<T>(shifted, constant<T>(ROUND))));
  const y = addExponent<T>(power, shifted);
  const flushed = v128.andnot(y, v128.lt<T>(x, constant<T>(EXP_MIN)));
  // overflow gives Infinity; NaN is not ≤ anything and stays
  return v128.bitselect(flushed, v128.add<T>(x, constant<T>(INFINITE)), v128.le<T>(x, constant<T>(EXP_MAX)));
}

/** log(x); −Infinity for ±0, NaN for negative x. */
// @ts-ignore: decorator
@inline
export function vlog<T>(x: v128): v128 {
  const infinite = constant<T>(INFINITE);
  const zero = v128.splat<T>(0);
  const small = v128.lt<T>(x, constant<T>(NORMAL));
  const lifted = v128.bitselect(v128.mul<T>(x, constant<T>(LIFT)), x, small);
  const y = logOfNormal<T>(lifted, v128.and(constant<T>(LIFTED), small));
  // the square root of a negative number is NaN, of NaN and Infinity themselves
  const special = v128.bitselect(v128.neg<T>(infinite), v128.sqrt<T>(x), v128.eq<T>(x, zero));
  return v128.bitselect(y, special, v128.and(v128.gt<T>(x, zero), v128.lt<T>(x, infinite)));
}

/** log(1 + x) for x from [0, 1]. */
// @ts-ignore: decorator
@inline
export function vlog1p<T>(x: v128): v128 {
  const one = constant<T>(ONE);
  const u = v128.add<T>(one, x);
  const lost = v128.div<T>(v128.sub<T>(x, v128.sub<T>(u, one)), u);
  return v128.add<T>(logOfNormal<T>(u, v128.splat<T>(0)), lost);
}

/** e^x − 1 for x ≤ 0. */
// @ts-ignore: decorator
@inline
export function vexpm1<T>(x: v128): v128 {
  const clamped = v128.pmax<T>(x, constant<T>(EXP_MIN)); // keeps NaN
  const shifted = shift<T>(clamped);
  const p = expm1Rest<T>(clamped, v128.sub<T>(shifted, constant<T>(ROUND)));
  const power = addExponent<T>(constant<T>(ONE), shifted);
  return madd<T>(power, p, v128.sub<T>(power, constant<T>(ONE)));
}

/** tanh(x): t / (t + 2) for t = e^2|x| − 1, with the sign of x. */
// @ts-ignore: decorator
@inline
export function vtanh<T>(x: v128): v128 {
  const one = constant<T>(ONE);
  const size = v128.abs<T>(x);
  const clamped = v128.pmin<T>(size, constant<T>(TANH_MAX)); // keeps NaN
  const y = v128.add<T>(clamped, clamped);
  const shifted = shift<T>(y);
  const p = expm1Rest<T>(y, v128.sub<T>(shifted, constant<T>(ROUND)));
  const power = addExponent<T>(one, shifted);
  const t = madd<T>(power, p, v128.sub<T>(power, one));
  return v128.or(v128.div<T>(t, v128.add<T>(t, constant<T>(TWO))), v128.xor(x, size));
}

/** 1 / (1 + e^−x). */
// @ts-ignore: decorator
@inline
export function vsigmoid<T>(x: v128): v128 {
  const one = constant<T>(ONE);
  const e = vexp<T>(v128.neg<T>(v128.abs<T>(x)));
  const top = v128.bitselect(one, e, v128.ge<T>(x, v128.splat<T>(0)));
  return v128.div<T>(top, v128.add<T>(one, e));
}

/** φ(x) = e^(−x²/2) / √(2π), the density of a standard normal number. */
// @ts-ignore: decorator
@inline
export function vnormalDensity<T>(x: v128): v128 {
  return v128.mul<T>(bell<T>(x), constant<T>(DENSITY));
}

/** Φ(x), the distribution of a standard normal number: the area under φ up to x. */
// @ts-ignore: decorator
@inline
export function vnormalCdf<T>(x: v128): v128 {
  const one = constant<T>(ONE);
  const t = v128.div<T>(one, madd<T>(v128.abs<T>(x), constant<T>(CDF_SCALE), one));
  const y = v128.sub<T>(v128.add<T>(t, t), one);
  const last = sizeof<T>() == 4 ? 11 : 24;
  const table = sizeof<T>() == 4 ? CDF_32 : CDF_64;
  let q = entry<T>(table, last);
  for (let i = last - 1; i >= 0; i--) q = madd<T>(q, y, entry<T>(table, i));
  const tail = v128.mul<T>(bell<T>(x), v128.mul<T>(t, q));
  return v128.bitselect(tail, v128.sub<T>(one, tail), v128.lt<T>(x, v128.splat<T>(0)));
}

// e^(−x²/2)
// @ts-ignore: decorator
@inline
function bell<T>(x: v128): v128 {
  return vexp<T>(v128.neg<T>(v128.mul<T>(v128.mul<T>(x, x), constant<T>(HALF))));
}

// k = x·log2(e) rounded to a whole number lies in the low bits of the sum; less ROUND, it is k as a float.
// @ts-ignore: decorator
@inline
function shift<T>(x: v128): v128 {
  return madd<T>(x, constant<T>(LOG2E), constant<T>(ROUND));
}

// y·2^k, for k in the low bits of `shifted`.
// @ts-ignore: decorator
@inline
function addExponent<T>(y: v128, shifted: v128): v128 {
  if (sizeof<T>() == 4) {
    return v128.add<i32>(y, v128.shl<i32>(shifted, 23));
  } else {
    return v128.add<i64>(y, v128.shl<i64>(shifted, 52));
  }
}

// p = e^r − 1 for r = x − k·ln 2, so that e^x = 2^k·(1 + p).
// @ts-ignore: decorator
@inline
function expm1Rest<T>(x: v128, k: v128): v128 {
  const high = v128.sub<T>(x, v128.mul<T>(k, constant<T>(LN2_HIGH)));
  const r = v128.sub<T>(high, v128.mul<T>(k, constant<T>(LN2_LOW)));
  let q: v128;
  if (sizeof<T>() == 4) {
    q = entry<T>(EXP_32, 5);
    q = madd<T>(q, r, entry<T>(EXP_32, 4));
    q = madd<T>(q, r, entry<T>(EXP_32, 3));
    q = madd<T>(q, r, entry<T>(EXP_32, 2));
    q = madd<T>(q, r, entry<T>(EXP_32, 1));
    q = madd<T>(q, r, entry<T>(EXP_32, 0));
  } else {
    q = entry<T>(EXP_64, 10);
    q = madd<T>(q, r, entry<T>(EXP_64, 9));
    q = madd<T>(q, r, entry<T>(EXP_64, 8));
    q = madd<T>(q, r, entry<T>(EXP_64, 7));
    q = madd<T>(q, r, entry<T>(EXP_64, 6));
    q = madd<T>(q, r, entry<T>(EXP_64, 5));
    q = madd<T>(q, r, entry<T>(EXP_64, 4));
    q = madd<T>(q, r, entry<T>(EXP_64, 3));
    q = madd<T>(q, r, entry<T>(EXP_64, 2));
    q = madd<T>(q, r, entry<T>(EXP_64, 1));
    q = madd<T>(q, r, entry<T>(EXP_64, 0));
  }
  return madd<T>(v128.mul<T>(r, r), q, r);
}

// log(x) − lifted·log(2) for positive normal x = 2^e·(1 + f), √½ ≤ 1 + f < √2.
// @ts-ignore: decorator
@inline
function logOfNormal<T>(x: v128, lifted: v128): v128 {
  let exponent: v128;
  let fraction: v128;
  if (sizeof<T>() == 4) {
    const moved = v128.add<i32>(x, entry<i32>(BITS_32, LOG_OFFSET));
    exponent = v128.shr<u32>(moved, 23);
    fraction = v128.add<i32>(v128.and(moved, entry<i32>(BITS_32, FRACTION)), entry<i32>(BITS_32, SQRT_HALF));
  } else {
    const moved = v128.add<i64>(x, entry<i64>(BITS_64, LOG_OFFSET));
    exponent = v128.shr<u64>(moved, 52);
    fraction = v128.add<i64>(v128.and(moved, entry<i64>(BITS_64, FRACTION)), entry<i64>(BITS_64, SQRT_HALF));
  }
  const whole = v128.or(exponent, constant<T>(WHOLE));
  const e = v128.sub<T>(v128.sub<T>(whole, constant<T>(UNBIAS)), lifted);
  const f = v128.sub<T>(fraction, constant<T>(ONE));
  const s = v128.div<T>(f, v128.add<T>(f, constant<T>(TWO)));
  const z = v128.mul<T>(s, s);
  let q: v128;
  if (sizeof<T>() == 4) {
    q = entry<T>(LOG_32, 3);
    q = madd<T>(q, z, entry<T>(LOG_32, 2));
    q = madd<T>(q, z, entry<T>(LOG_32, 1));
    q = madd<T>(q, z, entry<T>(LOG_32, 0));
  } else {
    q = entry<T>(LOG_64, 6);
    q = madd<T>(q, z, entry<T>(LOG_64, 5));
    q = madd<T>(q, z, entry<T>(LOG_64, 4));
    q = madd<T>(q, z, entry<T>(LOG_64, 3));
    q = madd<T>(q, z, entry<T>(LOG_64, 2));
    q = madd<T>(q, z, entry<T>(LOG_64, 1));
    q = madd<T>(q, z, entry<T>(LOG_64, 0));
  }
  const half = v128.mul<T>(v128.mul<T>(f, constant<T>(HALF)), f);
  const tail = madd<T>(s, madd<T>(z, q, half), v128.mul<T>(e, constant<T>(LN2_LOW)));
  return v128.sub<T>(v128.mul<T>(e, constant<T>(LN2_HIGH)), v128.sub<T>(v128.sub<T>(half, tail), f));
}

// Number `i` of a table, in every lane.
// @ts-ignore: decorator
@inline
function entry<T>(table: usize, i: i32): v128 {
  return v128.load_splat<T>(at<T>(table, i));
}

// @ts-ignore: decorator
@inline
function constant<T>(i: i32): v128 {
  return entry<T>(sizeof<T>() == 4 ? NUMBERS_32 : NUMBERS_64, i);
}

// Chance by place: bits that follow from seed, step, layer, example and unit alone, by a counter and not by a generator,
// so that threads, pauses and the order of arrival change nothing. What is done with them is dropout.ts's and noise.ts's.

import * as c from "./constants";
import { vlog } from "./math";

/** 2³² over the golden ratio: units far apart from one another. */
export const UNIT: i32 = 0x9e3779b9;

/** What the bits of a layer in a step are drawn from. */
export function keyOf(seed: i32, step: i32, layer: i32): i32 {
  return mix(mix(seed + UNIT * step) + layer);
}

/**
 * 32 bits from 32 bits, each of which hangs on all. The constants are Chris Wellons's "lowbias32":
 * https://nullprogram.com/blog/2018/07/31/
 */
export function mix(x: i32): i32 {
  x ^= x >>> 16;
  x *= 0x7feb352d;
  x ^= x >>> 15;
  x *= 0x846ca68b;
  return x ^ (x >>> 16);
}

/** The same, of four at once. */
// @ts-ignore: decorator
@inline
export function mixLanes(x: v128): v128 {
  x = v128.xor(x, i32x4.shr_u(x, 16));
  x = i32x4.mul(x, i32x4.splat(0x7feb352d));
  x = v128.xor(x, i32x4.shr_u(x, 15));
  x = i32x4.mul(x, i32x4.splat(0x846ca68b));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/**
 * The normal number that 32 bits stand for: the inverse of the distribution function at p = (bits + ½)/2³², in double,
 * to about 10⁻¹⁵. Source: Wichura, "Algorithm AS 241" (1988), https://doi.org/10.2307/2347330
 */
export function normalOf(bits: i32): f64 {
  const p = (<f64>(<u32>bits) + 0.5) * c.TO_SHARE;
  const q = p - 0.5;
  if (Math.abs(q) <= c.NORMAL_MIDDLE) {
    const r = c.NORMAL_MIDDLE * c.NORMAL_MIDDLE - q * q;
    const above = ((((((c.NORMAL_A7 * r + c.NORMAL_A6) * r + c.NORMAL_A5) * r + c.NORMAL_A4) * r + c.NORMAL_A3) * r + c.NORMAL_A2) * r + c.NORMAL_A1) * r + c.NORMAL_A0;
    const below = ((((((c.NORMAL_B7 * r + c.NORMAL_B6) * r + c.NORMAL_B5) * r + c.NORMAL_B4) * r + c.NORMAL_B3) * r + c.NORMAL_B2) * r + c.NORMAL_B1) * r + 1;
    return (q * above) / below;
  }
  const tail = q < 0 ? p : 1 - p;
  const r = Math.sqrt(-f64x2.extract_lane(vlog<f64>(f64x2.splat(tail)), 0)) - c.NORMAL_TAIL;
  const above = ((((((c.NORMAL_C7 * r + c.NORMAL_C6) * r + c.NORMAL_C5) * r + c.NORMAL_C4) * r + c.NORMAL_C3) * r + c.NORMAL_C2) * r + c.NORMAL_C1) * r + c.NORMAL_C0;
  const below = ((((((c.NORMAL_D7 * r + c.NORMAL_D6) * r + c.NORMAL_D5) * r + c.NORMAL_D4) * r + c.NORMAL_D3) * r + c.NORMAL_D2) * r + c.NORMAL_D1) * r + 1;
  return q < 0 ? -above / below : above / below;
}

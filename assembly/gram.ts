// Products of examples with one another, X·Xᵀ, for the Gram form of the first layer. Of bytes they are exact integers;
// of other numbers each is one sum in double, two lanes a strip, the strips in order.

import { at, bytesOf } from "./lanes";
import { COLUMNS, Source } from "./program";

/**
 * Row i of out (count, count) = x · xᵀ, the part left of the diagonal and on it; x (count, k) lies in strips.
 * Bytes: a strip's sum of up to 256 products of at most 255² stays below 2³¹.
 */
export function productsRow(out: usize, x: usize, type: i32, count: i32, k: i32, i: i32): void {
  const row = at<f64>(out, i * count);
  memory.fill(row, 0, bytesOf<f64>(i + 1));
  for (let first = 0; first < k; first += COLUMNS) {
    const width = min(COLUMNS, k - first);
    if (type == Source.uint8) bytesRow(row, at<u8>(x, first * count), i, width);
    else if (type == Source.float32) numbersRow<f32>(row, at<f32>(x, first * count), i, width);
    else numbersRow<f64>(row, at<f64>(x, first * count), i, width);
  }
}

// out[j] += row i · row j of a strip, for all j up to i
function bytesRow(out: usize, strip: usize, i: i32, width: i32): void {
  const a = at<u8>(strip, i * width);
  const whole = width & ~15;
  for (let j = 0; j <= i; j++) {
    const b = at<u8>(strip, j * width);
    let sum = i32x4.splat(0);
    for (let c = 0; c < whole; c += 16) {
      const p = v128.load(at<u8>(a, c));
      const q = v128.load(at<u8>(b, c));
      const low = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(p), i16x8.extend_low_i8x16_u(q));
      const high = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(p), i16x8.extend_high_i8x16_u(q));
      sum = i32x4.add(sum, i32x4.add(low, high));
    }
    let all =
      i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3);
    for (let c = whole; c < width; c++) all += <i32>load<u8>(at<u8>(a, c)) * <i32>load<u8>(at<u8>(b, c));
    store<f64>(at<f64>(out, j), load<f64>(at<f64>(out, j)) + <f64>all);
  }
}

function numbersRow<X>(out: usize, strip: usize, i: i32, width: i32): void {
  const a = at<X>(strip, i * width);
  const whole = width & ~1;
  for (let j = 0; j <= i; j++) {
    const b = at<X>(strip, j * width);
    let sums = f64x2.splat(0);
    for (let c = 0; c < whole; c += 2) {
      sums = f64x2.add(sums, f64x2.mul(pair<X>(at<X>(a, c)), pair<X>(at<X>(b, c))));
    }
    let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
    if (whole < width) sum += <f64>load<X>(at<X>(a, whole)) * <f64>load<X>(at<X>(b, whole));
    store<f64>(at<f64>(out, j), load<f64>(at<f64>(out, j)) + sum);
  }
}

// @ts-ignore: decorator
@inline
function pair<X>(p: usize): v128 {
  return sizeof<X>() == 8 ? v128.load(p) : f64x2.promote_low_f32x4(v128.load64_zero(p));
}

// What every kernel needs: the address of an element, the bytes of several, and a multiplication with an addition. The
// only byte arithmetic, and the only place that knows about fused multiply-add.

/** Address of element `i` of an array at `p`. */
// @ts-ignore: decorator
@inline
export function at<T>(p: usize, i: i32): usize {
  return p + ((<usize>i) << alignof<T>());
}

/** Bytes of `count` elements. */
// @ts-ignore: decorator
@inline
export function bytesOf<T>(count: i32): usize {
  return (<usize>count) << alignof<T>();
}

/**
 * a·b + c, lane by lane: two roundings in the strict builds; one in the fused ones, whose operation may have two on some
 * machines: hence fuses.
 */
// @ts-ignore: decorator
@inline
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    return v128.relaxed_madd<T>(a, b, c);
  } else {
    return v128.add<T>(v128.mul<T>(a, b), c);
  }
}

// What the probe multiplies with itself, what it adds to that, and what one rounding leaves of the sum; two leave 0. Of
// each lane s·(1 + ε), −s²·(1 + 2ε) and s²·ε², for s = 1, 2, 4, 8 and an ε whose square is lost in the product.
const FACTORS_32 = memory.data<f32>([1.000244140625, 2.00048828125, 4.0009765625, 8.001953125]);
const ADDENDS_32 = memory.data<f32>([-1.00048828125, -4.001953125, -16.0078125, -64.03125]);
const FUSED_32 = memory.data<f32>([5.960464477539063e-8, 2.384185791015625e-7, 9.5367431640625e-7, 3.814697265625e-6]);
const FACTORS_64 = memory.data<f64>([1.0000000074505806, 2.000000014901161]);
const ADDENDS_64 = memory.data<f64>([-1.0000000149011612, -4.000000059604645]);
const FUSED_64 = memory.data<f64>([5.551115123125783e-17, 2.220446049250313e-16]);

/** Whether madd has one rounding here, in every lane. Of the strict builds it has two. */
export function fuses(): bool {
  const sums32 = madd<f32>(v128.load(FACTORS_32), v128.load(FACTORS_32), v128.load(ADDENDS_32));
  const sums64 = madd<f64>(v128.load(FACTORS_64), v128.load(FACTORS_64), v128.load(ADDENDS_64));
  return (
    i32x4.all_true(f32x4.eq(sums32, v128.load(FUSED_32))) && i64x2.all_true(f64x2.eq(sums64, v128.load(FUSED_64)))
  );
}

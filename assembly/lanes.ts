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

/** a·b + c, lane by lane: two roundings in the default build; one or two, as the machine likes, with relaxed SIMD. */
// @ts-ignore: decorator
@inline
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    return v128.relaxed_madd<T>(a, b, c);
  } else {
    return v128.add<T>(v128.mul<T>(a, b), c);
  }
}

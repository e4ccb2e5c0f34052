// The lanes of a panel that hold an example.

const LANE_INDEX_32 = memory.data<f32>([0, 1, 2, 3, 4, 5, 6, 7]);
const LANE_INDEX_64 = memory.data<f64>([0, 1, 2, 3, 4, 5, 6, 7]);

// All ones in the lanes that hold an example; `lanes` = bytes from the start of the row.
// @ts-ignore: decorator
@inline
export function present<T>(lanes: usize, left: i32): v128 {
  const index = v128.load((sizeof<T>() == 4 ? LANE_INDEX_32 : LANE_INDEX_64) + lanes);
  return v128.lt<T>(index, v128.splat<T>(<T>left));
}

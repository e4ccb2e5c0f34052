// Softmax over the rows of one panel, and what the loss of its logits shares with it.

import { bytesOf } from "./lanes";
import { vexp } from "./math";
import { LANES } from "./program";

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

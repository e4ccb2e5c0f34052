// Products of examples with one another, as in assembly/gram.ts and giving its bits. Positions are elements.

import { COLUMNS } from "../../../assembly/program.js";
import type { Rows } from "./pack.js";

/** out (count, count) = x · xᵀ, rows [from, to), left of the diagonal and on it; x (count, k) lies in strips. */
export function gramRows(
  heap: Float64Array,
  out: number,
  rows: Rows,
  x: number,
  count: number,
  k: number,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    for (let j = 0; j <= i; j++) {
      let total = 0;
      for (let first = 0; first < k; first += COLUMNS) {
        const width = Math.min(COLUMNS, k - first);
        const a = x + first * count + i * width;
        const b = x + first * count + j * width;
        let even = 0;
        let odd = 0;
        for (let c = 0; c + 1 < width; c += 2) {
          even += rows[a + c]! * rows[b + c]!;
          odd += rows[a + c + 1]! * rows[b + c + 1]!;
        }
        let sum = even + odd;
        if (width % 2 === 1) sum += rows[a + width - 1]! * rows[b + width - 1]!;
        total += sum;
      }
      heap[out + i * count + j] = total;
    }
  }
}

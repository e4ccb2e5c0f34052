// Products of examples with one another: the twin of assembly/gram.ts. Positions are elements.

import { COLUMNS } from "../../../assembly/program.js";
import type { Arithmetic } from "./arithmetic.js";

/** Row i of out (count, count) = x · xᵀ, the part left of the diagonal and on it; x (count, k) lies in strips. */
export function productsRow(
  { doubles, sources }: Arithmetic,
  out: number,
  x: number,
  type: number,
  count: number,
  k: number,
  i: number,
): void {
  const rows = sources[type]!;
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
    doubles[out + i * count + j] = total;
  }
}

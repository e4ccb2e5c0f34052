// How far two matrices are apart, and where most.

import { hasSides, largest, type Matrix } from "./matrix.js";

export interface Difference {
  /** Largest difference over the largest number. */
  readonly relative: number;
  /** The largest difference, where it is (row, column), and the two numbers there. */
  readonly largest: number;
  readonly at: readonly [row: number, column: number];
  readonly theirs: number;
  readonly expected: number;
}

/**
 * Of matrices of the same sides; numbers below `floor` count as that. NaN is equal to NaN, and apart from all else; what is
 * expected to be NaN or infinite may be anything where that is `lenient`, as programs keep clear of it in many ways.
 */
export function differenceOf(theirs: Matrix, expected: Matrix, floor = 0, lenient = false): Difference {
  let [most, place] = [0, 0];
  for (let i = 0; i < expected.data.length; i++) {
    const [a, b] = [theirs.data[i]!, expected.data[i]!];
    if (Object.is(a, b) || a === b || (lenient && !Number.isFinite(b))) continue;
    const apart = Number.isFinite(a) && Number.isFinite(b) ? Math.abs(a - b) : Number.POSITIVE_INFINITY;
    if (apart > most) [most, place] = [apart, i];
  }
  const scale = Math.max(largest(expected), floor);
  return {
    relative: most === 0 ? 0 : scale === 0 ? Number.POSITIVE_INFINITY : most / scale,
    largest: most,
    at: [Math.floor(place / expected.columns), place % expected.columns],
    theirs: theirs.data[place]!,
    expected: expected.data[place]!,
  };
}

/** Whether they are equal to a relative `tolerance`. */
export function isSame(a: Matrix, b: Matrix, tolerance: number, floor = 0): boolean {
  return hasSides(a, b.rows, b.columns) && differenceOf(a, b, floor).relative <= tolerance;
}

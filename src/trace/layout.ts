// How a program's arrays lie: examples as columns, as in the course, or as rows; weights (n, k) or (k, n). Brings them
// to the trace's layout. An array that cannot be brought there has a wrong shape, which is a finding of its own.

import { type Kind, type Place, sidesOf } from "./formulas.js";
import { largest, type Matrix, turn, zip } from "./matrix.js";
import type { GivenArray } from "./names.js";
import type { TraceAbout } from "./types.js";

export interface Layout {
  /** Whether examples are rows. */
  readonly examples: boolean;
  /** Whether weights are (inputs, units). */
  readonly weights: boolean;
}

export const WEIGHTS: readonly Kind[] = ["W", "dW", "W_after"];
const VECTORS: readonly Kind[] = ["b", "db", "b_after", "cost"];

/** A matrix of two sides as it is; one of other sides in its only order, with all sides of 1 gone. */
export function asMatrix({ shape, data }: GivenArray): Matrix {
  const long = shape.filter((side) => side !== 1);
  const [rows, columns] = shape.length === 2 ? shape : long.length === 2 ? long : [long.length ? long[0]! : 1, null];
  const numbers = Float64Array.from(data);
  if (columns === null) return { rows: 1, columns: numbers.length, data: numbers };
  return { rows: rows!, columns: columns!, data: numbers };
}

/**
 * The value's array in the trace's sides; null where it has others. Where both orders would do, `turned` decides. Vectors
 * are taken in either order, but of weights, which have one.
 */
export function bring(array: GivenArray, { kind }: Place, sides: [number, number], turned: boolean): Matrix | null {
  const [rows, columns] = sides;
  const isWeight = WEIGHTS.includes(kind) && array.shape.length === 2;
  const data = Float64Array.from(array.data);
  const own = sidesOfArray(array, rows, columns);
  if (own === null || data.length !== rows * columns) return null;
  const [r, c] = own;
  const [straight, crossed] = [r === rows && c === columns, r === columns && c === rows];
  const isVector = Math.min(rows, columns) === 1 && !isWeight;
  if (isVector && (straight || crossed)) return { rows, columns, data };
  if (straight && (!crossed || !turned) && !(turned && !crossed)) return { rows, columns, data };
  return crossed && turned ? turn({ rows: columns, columns: rows, data }) : null;
}

// Two sides of an array: of a vector the one that fits, of pictures examples and numbers.
function sidesOfArray({ shape }: GivenArray, rows: number, columns: number): [number, number] | null {
  if (shape.length === 2) return [shape[0]!, shape[1]!];
  if (shape.length > 2) return [shape[0]!, shape.slice(1).reduce((a, b) => a * b, 1)];
  const length = shape[0] ?? 1;
  if (rows === 1) return length === columns ? [1, length] : null;
  return columns === 1 && length === rows ? [length, 1] : null;
}

/** The layout of most arrays; where their sides do not tell, that in which they are nearer to the trace's. */
export function layoutOf(
  given: readonly { readonly place: Place; readonly array: GivenArray }[],
  about: TraceAbout,
  m: number,
  ours: (place: Place) => Matrix | null,
): Layout {
  const examples = vote(
    given.filter(({ place: { kind } }) => !WEIGHTS.includes(kind) && !VECTORS.includes(kind)),
    false,
  );
  const weights = vote(
    given.filter(({ place: { kind } }) => WEIGHTS.includes(kind)),
    examples,
  );
  return { examples, weights };

  function vote(some: readonly { readonly place: Place; readonly array: GivenArray }[], otherwise: boolean): boolean {
    let [straight, crossed] = [0, 0];
    for (const { place, array } of some) {
      const sides = sidesOf(place, about, m);
      const isVector = Math.min(...sides) === 1 && !WEIGHTS.includes(place.kind);
      if (sides[0] === sides[1] || isVector) continue;
      if (bring(array, place, sides, false)) straight++;
      else if (bring(array, place, sides, true)) crossed++;
    }
    if (straight !== crossed) return crossed > straight;
    for (const { place, array } of some) {
      const sides = sidesOf(place, about, m);
      const wanted = ours(place);
      if (sides[0] !== sides[1] || sides[0] === 1 || !wanted) continue;
      const [as, turned] = [false, true].map((by) => distance(bring(array, place, sides, by), wanted));
      if (as! < 1e-3 !== turned! < 1e-3) return turned! < as!;
    }
    return otherwise;
  }
}

function distance(a: Matrix | null, b: Matrix): number {
  const apart = a && zip(a, b, (x, y) => x - y);
  return apart ? largest(apart) / (largest(b) || 1) : Number.POSITIVE_INFINITY;
}

// Matrices as files of others have them.

import type { Numbers } from "../session/layout.js";

/** Numbers with a shape, row-major. */
export interface Matrix {
  readonly shape: readonly number[];
  readonly data: Numbers;
}

/** A matrix with its sides in the other order. */
export function turned({ shape, data }: Matrix): Matrix {
  const [rows, columns] = shape as [number, number];
  const other = data.slice();
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++, at++) other[j * rows + i] = data[at]!;
  return { shape: [columns, rows], data: other };
}

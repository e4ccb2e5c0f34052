// Matrices of doubles, row-major: what the formulas of a trace are written in.

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

export function matrix(rows: number, columns: number, of: (row: number, column: number) => number): Matrix {
  const data = new Float64Array(rows * columns);
  for (let r = 0, i = 0; r < rows; r++) for (let c = 0; c < columns; c++, i++) data[i] = of(r, c);
  return { rows, columns, data };
}

export const scalar = (value: number): Matrix => ({ rows: 1, columns: 1, data: Float64Array.of(value) });

/** f of each element. */
export const map = ({ rows, columns, data }: Matrix, f: (value: number, place: number) => number): Matrix => ({
  ...{ rows, columns },
  data: data.map(f),
});

export const times = (a: Matrix, factor: number): Matrix => map(a, (value) => value * factor);

/** f of each pair of elements. Null where the sides differ. */
export function zip(a: Matrix, b: Matrix, f: (a: number, b: number) => number): Matrix | null {
  return hasSides(a, b.rows, b.columns) ? map(a, (value, i) => f(value, b.data[i]!)) : null;
}

export const hasSides = (a: Matrix, rows: number, columns: number): boolean => a.rows === rows && a.columns === columns;

export const turn = (a: Matrix): Matrix => matrix(a.columns, a.rows, (r, c) => a.data[c * a.columns + r]!);

/** a · b. Null where the sides do not fit. */
export function product(a: Matrix, b: Matrix): Matrix | null {
  if (a.columns !== b.rows) return null;
  const out = new Float64Array(a.rows * b.columns);
  for (let r = 0; r < a.rows; r++) {
    for (let j = 0; j < a.columns; j++) {
      const value = a.data[r * a.columns + j]!;
      const [to, from] = [r * b.columns, j * b.columns];
      for (let c = 0; c < b.columns; c++) out[to + c] = out[to + c]! + value * b.data[from + c]!;
    }
  }
  return { rows: a.rows, columns: b.columns, data: out };
}

/** Sums of the rows, (rows, 1). */
export function rowSums({ rows, columns, data }: Matrix): Matrix {
  return matrix(rows, 1, (r) => data.subarray(r * columns, (r + 1) * columns).reduce((sum, value) => sum + value, 0));
}

export const columnSums = (a: Matrix): Matrix => turn(rowSums(turn(a)));

export const total = ({ data }: Matrix): number => data.reduce((sum, value) => sum + value, 0);

/** Largest size of an element; 0 where none is finite. */
export function largest({ data }: Matrix): number {
  let most = 0;
  for (const value of data) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most;
}

/** Mean and standard deviation of all elements. */
export function spread({ data }: Matrix): { mean: number; deviation: number } {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
  return { mean, deviation: Math.sqrt(variance) };
}

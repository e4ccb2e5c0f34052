// Arrays as callers have them: typed arrays of whatever realm, rows of numbers in whatever arrays. What they become is
// what the rest of the library knows: typed arrays of its own realm.

import { type ErrorCode, InputError } from "../errors.js";
import { show } from "../options/check.js";
import { atOnce, inParts } from "../pace.js";
import type { Examples } from "./types.js";

/** Rows of numbers: arrays or typed arrays of one length. */
export type Rows = readonly (readonly number[] | Examples["x"])[];

const TYPES = { Uint8Array, Float32Array, Float64Array, Int32Array } as const;

/**
 * The typed array itself, or a view of the same memory where it is a Buffer, whose slice() does not copy, or of another
 * realm, as in jsdom. Null for anything else.
 */
export function ownArray<T extends keyof typeof TYPES>(
  value: unknown,
  ...types: T[]
): InstanceType<(typeof TYPES)[T]> | null {
  const brand = Object.prototype.toString.call(value).slice(8, -1);
  const type = types.find((name) => name === brand);
  if (!type || !ArrayBuffer.isView(value)) return null;
  const Type = TYPES[type];
  if (value.constructor === Type) return value as InstanceType<(typeof TYPES)[T]>;
  const { buffer, byteOffset, length } = value as Uint8Array<ArrayBuffer>;
  return new Type(buffer, byteOffset, length) as InstanceType<(typeof TYPES)[T]>;
}

/** The bytes of a file, of whatever realm. Throws `code` for anything else. */
export function asBytes(who: string, code: ErrorCode, file: unknown): Uint8Array {
  const bytes =
    Object.prototype.toString.call(file) === "[object ArrayBuffer]"
      ? new Uint8Array(file as ArrayBuffer)
      : ownArray(file, "Uint8Array");
  if (bytes) return bytes;
  throw new InputError(code, `${who}: got ${show(file)}; pass the bytes of a file, as a Uint8Array or an ArrayBuffer.`);
}

/**
 * Rows of one length as one array, and that length. Throws E_ROWS for what is no list of rows, E_FEATURES for rows of
 * several lengths, E_NOT_FINITE_DATA for what is not a finite number; `name` is that of the rows, where they have one.
 */
export function flattenRows(who: string, name: string | null, rows: unknown): { values: Float64Array; width: number } {
  const isRow = (row: unknown): row is ArrayLike<unknown> =>
    Array.isArray(row) || (ArrayBuffer.isView(row) && "length" in row);
  if (!Array.isArray(rows)) {
    throw new InputError(
      "E_ROWS",
      `${who}: ${name ?? "the file"} is ${show(rows)}; pass rows of numbers, such as [[0, 1], [1, 0]].`,
    );
  }
  const of = ofName(name);
  const width = isRow(rows[0]) ? rows[0].length : 0;
  const values = new Float64Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const row: unknown = rows[i];
    if (!isRow(row)) {
      throw new InputError(
        "E_ROWS",
        `${who}: row ${i}${of} is ${show(row)}; pass rows of numbers, such as [[0, 1], [1, 0]].`,
      );
    }
    if (row.length !== width) {
      throw new InputError(
        "E_FEATURES",
        `${who}: row ${i}${of} has ${row.length} numbers, row 0 has ${width}; make them equal.`,
      );
    }
    for (let j = 0; j < width; j++) {
      const value = row[j];
      if (typeof value !== "number" || !Number.isFinite(value)) refuseNumber(who, name, i, value);
      values[i * width + j] = value;
    }
  }
  return { values, width };
}

/**
 * Throws E_NOT_FINITE_DATA, naming the first row of `values` (rows, width) that has NaN or infinity. Yields now and then.
 */
export function* checkingFinite(
  who: string,
  name: string,
  values: Float32Array | Float64Array,
  width: number,
): Generator<void> {
  yield* inParts(values.length, 1, (from, to) => {
    if (areFinite(values.subarray(from, to))) return;
    const bad = values.findIndex((value, i) => i >= from && !Number.isFinite(value));
    refuseNumber(who, name, Math.floor(bad / width), values[bad]);
  });
}

/** The same at once. */
export const checkFinite = (...wanted: Parameters<typeof checkingFinite>): void => atOnce(checkingFinite(...wanted));

// 0 times a number is 0, times NaN or infinity NaN, and four sums at a time wait less for one another.
export function areFinite(values: Float32Array | Float64Array): boolean {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const fours = values.length - (values.length % 4);
  for (let i = 0; i < fours; i += 4) {
    s0 += values[i]! * 0;
    s1 += values[i + 1]! * 0;
    s2 += values[i + 2]! * 0;
    s3 += values[i + 3]! * 0;
  }
  for (let i = fours; i < values.length; i++) s0 += values[i]! * 0;
  return s0 + s1 + s2 + s3 === 0;
}

const ofName = (name: string | null) => (name === null ? "" : ` of ${name}`);

function refuseNumber(who: string, name: string | null, row: number, value: unknown): never {
  throw new InputError(
    "E_NOT_FINITE_DATA",
    `${who}: row ${row}${ofName(name)} has ${show(value)}; every number must be finite.`,
  );
}

// The records of a compound dataset, as the library lays them in its memory: a column of values for each of their fields.

import type { CompoundMember, Metadata } from "h5wasm";
import { product } from "../shape.js";
import { fromHalf } from "./half.js";

/** A field of the records of a compound dataset. */
export interface Hdf5Field {
  readonly name: string;
  /** "int64", "text", "compound", … */
  readonly type: string;
  /** Values in each record. */
  readonly width: number;
}

/** What a value of a field is; bigint for 64 bits. */
export type Hdf5Value = number | bigint | boolean | string;

export interface Hdf5Records {
  readonly path: string;
  readonly count: number;
  readonly fields: readonly Hdf5Field[];
  /** All values of each field that can be read, (count, width) row-major; null for one that cannot. */
  read(): (readonly Hdf5Value[] | null)[];
}

type ReadValue = (view: DataView, at: number) => Hdf5Value;

/** What a field holds: its type, or that of the elements of an array. */
export const elementOf = (field: Metadata): Metadata => field.array_type ?? field;
export const widthOf = (field: Metadata) => (field.array_type ? product(field.array_type.shape ?? []) : 1);

/**
 * The values of a field in all records that lie in `bytes`, `size` bytes each; null where its type cannot be read.
 * `type` is that of its elements, `textAt` the text at a place of the library's memory.
 */
export function readField(
  bytes: Uint8Array,
  size: number,
  field: CompoundMember,
  type: string,
  textAt: (place: number) => string,
): Hdf5Value[] | null {
  const element = elementOf(field);
  const read = readerOf(bytes, element, type, textAt);
  if (read === null) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = widthOf(field);
  const count = Math.floor(bytes.length / size);
  const values: Hdf5Value[] = [];
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < width; i++) values.push(read(view, row * size + field.offset + i * element.size));
  }
  return values;
}

function readerOf(
  bytes: Uint8Array,
  { size, littleEndian: little, vlen, enum_type: names, signed }: Metadata,
  type: string,
  textAt: (place: number) => string,
): ReadValue | null {
  if (type === "text") {
    // places are of the library's memory, which has 32 bits
    return vlen ? (view, at) => textAt(view.getUint32(at, true)) : (_, at) => fixedText(bytes.subarray(at, at + size));
  }
  const whole = WHOLES[`${signed ? "int" : "uint"}${8 * size}`];
  if (type === "bool") return whole ? (view, at) => whole(view, at, little) !== 0 : null;
  if (type === "bitfield" && size === 1) return (view, at) => view.getUint8(at) !== 0; // PyTables' yes or no
  if (type.endsWith("enum") && whole) {
    const called = new Map(Object.entries(names?.members ?? {}).map(([name, value]) => [Number(value), name]));
    return (view, at) => called.get(Number(whole(view, at, little))) ?? String(whole(view, at, little));
  }
  const number = WHOLES[type] ?? FLOATS[type];
  return number ? (view, at) => number(view, at, little) : null;
}

type Get = (view: DataView, at: number, little: boolean) => number | bigint;

const WHOLES: Readonly<Record<string, Get>> = {
  int8: (view, at) => view.getInt8(at),
  uint8: (view, at) => view.getUint8(at),
  int16: (view, at, little) => view.getInt16(at, little),
  uint16: (view, at, little) => view.getUint16(at, little),
  int32: (view, at, little) => view.getInt32(at, little),
  uint32: (view, at, little) => view.getUint32(at, little),
  int64: (view, at, little) => view.getBigInt64(at, little),
  uint64: (view, at, little) => view.getBigUint64(at, little),
};
const FLOATS: Readonly<Record<string, Get>> = {
  float16: (view, at, little) => fromHalf(view.getUint16(at, little)),
  float32: (view, at, little) => view.getFloat32(at, little),
  float64: (view, at, little) => view.getFloat64(at, little),
};

const UTF8 = new TextDecoder("utf-8", { fatal: true });
const LATIN = new TextDecoder("windows-1252");

/** Text of a fixed length, up to its first zero: UTF-8, whatever the file calls it, else Latin-1. */
export function fixedText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const own = end < 0 ? bytes : bytes.subarray(0, end);
  try {
    return UTF8.decode(own);
  } catch {
    return LATIN.decode(own);
  }
}

// Writes NumPy's archives, .npz: a zip of .npy files of version 1.0. What reads them is npz.ts.
// Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

import { type Zippable, zipSync } from "fflate";
import type { Bytes } from "../globals.js";

/** What an array is written from: numbers in rows, or a text, which is an array of no sides. */
export type WrittenNpy =
  | { readonly shape: readonly number[]; readonly data: Float32Array | Float64Array | Int32Array }
  | string;

const ALIGNMENT = 64; // of where the numbers begin

/** The arrays by name, packed. */
export function writeNpz(arrays: Readonly<Record<string, WrittenNpy>>): Bytes {
  const files: Zippable = {};
  // the time is always the same, so that equal arrays are equal files
  for (const [name, array] of Object.entries(arrays)) files[`${name}.npy`] = [npyOf(array), { mtime: "1980-01-01" }];
  return zipSync(files, { level: 6 });
}

function npyOf(array: WrittenNpy): Uint8Array {
  if (typeof array !== "string") return npy(typeOf(array.data), array.shape, array.data);
  const points = Uint32Array.from(array, (letter) => letter.codePointAt(0)!);
  return npy(`<U${points.length}`, [], points);
}

const typeOf = (data: Float32Array | Float64Array | Int32Array) =>
  data instanceof Int32Array ? "<i4" : data instanceof Float32Array ? "<f4" : "<f8";

function npy(type: string, shape: readonly number[], data: ArrayBufferView): Uint8Array {
  const sides = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const says = `{'descr': '${type}', 'fortran_order': False, 'shape': ${sides}, }`;
  const length = Math.ceil((10 + says.length + 1) / ALIGNMENT) * ALIGNMENT - 10;
  const bytes = new Uint8Array(10 + length + data.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, length & 255, length >> 8]);
  bytes.set(new TextEncoder().encode(`${says.padEnd(length - 1)}\n`), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + length);
  return bytes;
}

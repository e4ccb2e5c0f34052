// NumPy's arrays, .npy: a magic, the length of a header, the header, which is a Python dictionary as text, and the
// numbers. The dictionary is looked at, never run. What an array means is store.ts's; several of them in a zip are
// npz.ts's. Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

import { type ErrorCode, InputError } from "../errors.js";
import { show } from "../options/check.js";
import { product } from "../shape.js";
import { turned } from "./byte-order.js";
import { recognise } from "./formats.js";
import { fromHalf } from "./half.js";
import {
  checkNumbers,
  examplesFromArray,
  reversed,
  type StoredArray,
  type StoredEntry,
  type TypeClass,
} from "./store.js";
import type { Examples } from "./types.js";

/** Bytes of a file's start in which every usual header ends. */
export const NPY_HEAD = 2 ** 16;

/** What a header says. */
export interface Header extends StoredEntry {
  readonly element: Element;
  readonly little: boolean;
  /** Whether the numbers lie column by column. */
  readonly fortran: boolean;
  /** Where the numbers begin. */
  readonly start: number;
}

/** How an element is read. */
interface Element {
  readonly type: string;
  readonly typeClass: TypeClass;
  /** Bytes that are turned round where the big end comes first. */
  readonly unit: number;
  /** Of one element; 0 where it cannot be read. */
  readonly size: number;
  of(bytes: Uint8Array<ArrayBuffer>): ArrayLike<number | bigint | string>;
}

/** The array of a .npy file as examples. Throws E_NPY, E_EMPTY, E_NOT_FINITE_DATA. */
export function npyExamples(who: string, name: string, bytes: Uint8Array, scale: number | undefined): Examples {
  const array = parseNpy(who, name, bytes);
  const file = { who, codes: NPY_CODES };
  checkNumbers(file, array);
  return examplesFromArray(file, array, scale);
}

/** Codes of what is said of NumPy's files. */
export const NPY_CODES: { readonly missing: ErrorCode; readonly type: ErrorCode } = { missing: "E_NPY", type: "E_NPY" };

/** The array in a .npy file, whose numbers are not looked at until they are read. Throws E_NPY. */
export function parseNpy(who: string, path: string, bytes: Uint8Array): StoredArray {
  const header = parseNpyHeader(who, path, bytes);
  const { element, fortran, start, shape, type } = header;
  const size = product(shape) * element.size;
  if (element.typeClass !== "other" && size !== bytes.length - start) {
    const says = `${shape.join("x") || "one"} of ${type}, which is ${size} bytes`;
    throw new InputError(
      "E_NPY",
      `${who}: the header says ${says}, and ${bytes.length - start} follow; get the file again.`,
    );
  }
  const read = () => npyRows(header, shape, new Uint8Array(bytes.subarray(start))).read(); // an aligned copy
  const array = { path, shape, type, typeClass: element.typeClass, names: null, read };
  return fortran ? reversed({ ...array, shape: [...shape].reverse() }) : array;
}

/** Some rows of an array, whose bytes these are; they are free to be turned round. */
export function npyRows(
  { path, type, element, little }: Header,
  shape: readonly number[],
  bytes: Uint8Array<ArrayBuffer>,
): StoredArray {
  const read = () => element.of(little ? bytes : turned(bytes, element.unit));
  return { path, shape, type, typeClass: element.typeClass, names: null, read };
}

/** What a .npy file says of its array, from the file or its first bytes. Throws E_NPY. */
export function parseNpyHeader(who: string, path: string, bytes: Uint8Array): Header {
  const refuse = (problem: string): never => {
    throw new InputError("E_NPY", `${who} ${problem}; get the file again, or write it anew with numpy.save.`);
  };
  const format = recognise(bytes);
  if (format.name !== "numpy") return refuse(`is ${format.called}, not a NumPy array`);
  const [major, minor] = [bytes[6]!, bytes[7]!];
  if (!(major >= 1 && major <= 3 && minor === 0)) return refuse(`is of version ${major}.${minor} of the format`);
  const before = major === 1 ? 10 : 12;
  if (bytes.length < before) return refuse("is cut in its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = before + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (start > bytes.length) return refuse("is cut in its header");
  const header = new TextDecoder(major === 3 ? "utf-8" : "latin1").decode(bytes.subarray(before, start));
  const value = (key: string, what: RegExp) =>
    new RegExp(`(?:^\\{|,)\\s*['"]${key}['"]\\s*:\\s*(?:${what.source})`).exec(header.trim());
  const structured = value("descr", /\[/);
  const [, descr] = value("descr", /['"]([^'"]*)['"]/) ?? [];
  const [, fortran] = value("fortran_order", /(True|False)/) ?? [];
  const [, sides] = value("shape", /\(([\d\s,L]*)\)/) ?? [];
  if ((!structured && descr === undefined) || fortran === undefined || sides === undefined) {
    return refuse(`has a header that cannot be read, ${show(header)}`);
  }
  const shape = sides.match(/\d+/g)?.map(Number) ?? [];
  if (shape.length > 64) return refuse(`says it has ${shape.length} dimensions`);
  const element = structured ? unreadable("structured") : elementOf(descr!);
  const little = !descr?.startsWith(">");
  return { path, shape, type: element.type, element, little, fortran: fortran === "True", start };
}

const unreadable = (type: string): Element => ({ type, typeClass: "other", unit: 1, size: 0, of: () => [] });

type Numbers = new (buffer: ArrayBuffer) => ArrayLike<number | bigint>;

const NUMBERS: Readonly<Record<string, readonly [type: string, typeClass: TypeClass, array: Numbers]>> = {
  u1: ["uint8", "integer", Uint8Array],
  u2: ["uint16", "integer", Uint16Array],
  u4: ["uint32", "integer", Uint32Array],
  u8: ["uint64", "integer", BigUint64Array],
  i1: ["int8", "integer", Int8Array],
  i2: ["int16", "integer", Int16Array],
  i4: ["int32", "integer", Int32Array],
  i8: ["int64", "integer", BigInt64Array],
  f4: ["float32", "float", Float32Array],
  f8: ["float64", "float", Float64Array],
};

/** What a type's letters stand for: "<f8", "|u1", ">U3". */
function elementOf(descr: string): Element {
  const [, kind = "", digits = ""] = /^[<>=|]?([a-zA-Z?])(\d*)/.exec(descr) ?? [];
  const size = Number(digits);
  const numbers = Object.hasOwn(NUMBERS, kind + digits) ? NUMBERS[kind + digits] : undefined;
  if (numbers) {
    const [type, typeClass, Type] = numbers;
    return { type, typeClass, unit: size, size, of: (bytes) => new Type(bytes.buffer) };
  }
  if (kind === "f" && size === 2) {
    const of = (bytes: Uint8Array<ArrayBuffer>) => Float32Array.from(new Uint16Array(bytes.buffer), fromHalf);
    return { type: "float16", typeClass: "float", unit: 2, size, of };
  }
  if (kind === "?" || (kind === "b" && size === 1)) {
    return { type: "bool", typeClass: "bool", unit: 1, size: 1, of: (bytes) => bytes.map((byte) => (byte ? 1 : 0)) };
  }
  // text of no length would be as much of it as a header likes to say
  if (kind === "U" && size > 0) {
    return { type: "text", typeClass: "text", unit: 4, size: 4 * size, of: (bytes) => wideTexts(bytes, size) };
  }
  if (kind === "S" && size > 0) {
    return { type: "text", typeClass: "text", unit: 1, size, of: (bytes) => narrowTexts(bytes, size) };
  }
  if (kind === "O") return unreadable("object");
  if (kind === "c") return unreadable(`complex${8 * size}`);
  return unreadable({ M: "datetime", m: "timedelta", V: "structured" }[kind] ?? show(descr));
}

/** Texts of `length` code points of four bytes each, zeros at their ends. */
function wideTexts(bytes: Uint8Array<ArrayBuffer>, length: number): string[] {
  const points = new Uint32Array(bytes.buffer);
  const isLetter = (point: number) => point <= 0x10ffff;
  return Array.from({ length: points.length / length }, (_, i) => {
    const text = Array.from(points.subarray(i * length, (i + 1) * length), (point) =>
      String.fromCodePoint(isLetter(point) ? point : 0xfffd),
    );
    return text.join("").replace(/\0+$/, "");
  });
}

/** Texts of `length` bytes of UTF-8, zeros at their ends. */
function narrowTexts(bytes: Uint8Array, length: number): string[] {
  const decoder = new TextDecoder();
  return Array.from({ length: bytes.length / length }, (_, i) =>
    decoder.decode(bytes.subarray(i * length, (i + 1) * length)).replace(/\0+$/, ""),
  );
}

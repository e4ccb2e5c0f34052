// The safetensors format: a strict reader and a writer of named tensors. What the names mean is the model's business.
//
//   bytes 0 to 7   header length N, u64 little-endian
//   N bytes        {"__metadata__":{"k":"v"},"0.weight":{"dtype":"F32","shape":[20,12288],"data_offsets":[0,983040]},…}
//   the rest       the numbers, little-endian like the typed arrays, back to back: no hole, no overlap, no tail
//
// Files come from strangers: every rule is checked before anything is allocated for a tensor.

import { recognise } from "../dataset/formats.js";
import { InputError } from "../errors.js";
import type { Bytes } from "../globals.js";
import { atOnce, inParts } from "../pace.js";

const ARRAYS = { F32: Float32Array, F64: Float64Array } as const;
const METADATA = "__metadata__";
const LENGTH_BYTES = 8;
const MAX_HEADER = 100_000_000; // the format's own limit, in bytes
const MAX_DEPTH = 3; // header, tensor, shape
const SPACE = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** A named array of numbers, row-major. */
export interface Tensor {
  readonly name: string;
  readonly dtype: keyof typeof ARRAYS;
  /** Its product is the number of elements; [] is a single number. */
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** Where a tensor lies, in bytes from the start of the data; `Name` is of the dtypes that are taken. */
export interface Extent<Name extends string = string> {
  readonly name: string;
  readonly dtype: Name;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The same memory as bytes. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

type Fail = (found: string) => never;

/**
 * A safetensors file with the tensors in the given order. The header is padded with spaces to a multiple of 8 bytes, so
 * tensors of one dtype lie aligned in the file. A tensor whose shape, dtype and data disagree, or a name used twice, is
 * a mistake of the caller and throws RangeError.
 */
export const writeSafetensors = (...wanted: Parameters<typeof writingSafetensors>): Bytes =>
  atOnce(writingSafetensors(...wanted));

/** The same in pieces: yields now and then. */
export function* writingSafetensors(
  tensors: readonly Tensor[],
  metadata: Readonly<Record<string, string>>,
): Generator<void, Bytes> {
  const entries = [`"${METADATA}":${JSON.stringify(metadata)}`];
  const names = new Set([METADATA]);
  let end = 0;
  for (const { name, dtype, shape, data } of tensors) {
    const count = shape.reduce((product, size) => product * size, 1);
    if (names.has(name) || !(data instanceof ARRAYS[dtype]) || data.length !== count) {
      const found = `${data.constructor.name} of ${data.length}`;
      throw new RangeError(
        `writeSafetensors: tensor ${quote(name)}, ${dtype} [${shape}], got ${found} or a used name.`,
      );
    }
    names.add(name);
    const begin = end;
    end += data.byteLength;
    entries.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`);
  }

  const header = new TextEncoder().encode(`{${entries.join(",")}}`);
  const padded = Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(LENGTH_BYTES + padded + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.fill(SPACE, LENGTH_BYTES, LENGTH_BYTES + padded);
  file.set(header, LENGTH_BYTES);
  let at = LENGTH_BYTES + padded;
  for (const { data } of tensors) {
    const bytes = bytesOf(data);
    const start = at;
    yield* inParts(bytes.length, 1, (from, to) => file.set(bytes.subarray(from, to), start + from));
    at += data.byteLength;
  }
  return file;
}

/**
 * The tensors, in the order of their data, and the metadata of a safetensors file. Numbers are copied out of `bytes`;
 * their values are not judged (NaN passes). `name` is the file's name, for the messages.
 *
 * Throws InputError E_MODEL when any rule of the format is broken, or a tensor is neither F32 nor F64.
 * Source: https://github.com/huggingface/safetensors#format
 */
export function readSafetensors(
  bytes: Uint8Array,
  name = "the file",
): { tensors: Map<string, Tensor>; metadata: Record<string, string> } {
  const { extents, metadata, data: all } = readExtents(bytes, name, { F32: 4, F64: 8 });
  const tensors = new Map<string, Tensor>();
  for (const { name, dtype, shape, begin, end } of extents) {
    const data = new ARRAYS[dtype]((end - begin) / ARRAYS[dtype].BYTES_PER_ELEMENT);
    new Uint8Array(data.buffer).set(all.subarray(begin, end)); // copied: `all` may be unaligned
    tensors.set(name, { name, dtype, shape, data });
  }
  return { tensors, metadata };
}

/**
 * Where the tensors of a file are in its `data`, in that order. Each dtype that is taken has its bytes an element. Throws
 * what readSafetensors throws.
 */
export function readExtents<Name extends string>(
  bytes: Uint8Array,
  name: string,
  widths: Readonly<Record<Name, number>>,
): { extents: Extent<Name>[]; metadata: Record<string, string>; data: Uint8Array } {
  const fail: Fail = (found) => {
    throw new InputError("E_MODEL", `readSafetensors: ${name} ${found}.`);
  };
  const start = LENGTH_BYTES + readHeaderLength(bytes, fail);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, start), fail);

  const metadata: Record<string, string> = Object.create(null);
  const extents: Extent<Name>[] = [];
  for (const [key, value] of Object.entries(header)) {
    if (key !== METADATA) {
      extents.push(checkTensor(key, value, bytes.length - start, widths, fail));
      continue;
    }
    if (!isObject(value)) fail(`has ${quote(value)} as ${METADATA}, wanted an object of strings`);
    for (const [entry, text] of Object.entries(value)) {
      if (typeof text !== "string") fail(`has ${quote(text)} as metadata ${quote(entry)}, wanted a string`);
      metadata[entry] = text;
    }
  }

  extents.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  for (const { name, begin, end } of extents) {
    if (begin < at) fail(`has tensor ${quote(name)} overlapping the one before it by ${at - begin} bytes`);
    if (begin > at) fail(`has ${begin - at} bytes of no tensor before tensor ${quote(name)}`);
    at = end;
  }
  const tail = bytes.length - start - at;
  if (tail > 0) fail(`has ${tail} bytes of no tensor after the last one`);

  return { extents, metadata, data: bytes.subarray(start) };
}

function readHeaderLength(bytes: Uint8Array, fail: Fail): number {
  const room = bytes.length - LENGTH_BYTES;
  if (room < 2) fail(`has ${bytes.length} bytes, wanted the 10 of the smallest safetensors file or more`);
  if (bytes[LENGTH_BYTES] !== OPEN) fail(`is ${recognise(bytes).called}, wanted a safetensors file (byte 8 is no "{")`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true); // Number would round it
  if (length < 2n) fail(`declares a header of ${length} bytes, wanted 2 or more`);
  if (length > MAX_HEADER) fail(`declares a header of ${length} bytes, wanted ${MAX_HEADER} or fewer`);
  if (length > room) {
    fail(`declares a header of ${length} bytes but has ${room} after the length; it is cut short, so copy it again`);
  }
  return Number(length);
}

function parseHeader(bytes: Uint8Array, fail: Fail): object {
  let end = bytes.length;
  while (bytes[end - 1] === SPACE) end--;
  if (bytes[end - 1] !== CLOSE) fail(`has a header that does not end in "}" and spaces`);
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end));
    checkKeys(text, fail);
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof InputError) throw error;
    return fail(`has a header that is not JSON in UTF-8 (${quote((error as Error).message)})`);
  }
}

/**
 * Refuses what JSON.parse lets pass: a key given twice in one object, and nesting that serves only to exhaust memory.
 */
function checkKeys(text: string, fail: Fail): void {
  const open: Set<string>[] = []; // the keys seen in each bracket that is open
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === "{" || char === "[") {
      if (open.push(new Set()) > MAX_DEPTH) fail(`has a header nested more than ${MAX_DEPTH} deep`);
    } else if (char === "}" || char === "]") {
      open.pop();
    } else if (char === '"') {
      const start = i++;
      while (i < text.length && text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
      let next = i + 1;
      while (text[next] === " " || text[next] === "\n" || text[next] === "\r" || text[next] === "\t") next++;
      if (text[next] !== ":") continue;
      const key: string = JSON.parse(text.slice(start, i + 1)); // "a" and "\u0061" are the same key
      if (open.at(-1)?.has(key)) fail(`has the key ${quote(key)} twice in its header`);
      open.at(-1)?.add(key);
    }
  }
}

function checkTensor<Name extends string>(
  name: string,
  info: unknown,
  room: number,
  widths: Readonly<Record<Name, number>>,
  fail: Fail,
): Extent<Name> {
  const tensor = `tensor ${quote(name)}`;
  if (!isObject(info)) return fail(`has ${quote(info)} as ${tensor}, wanted dtype, shape and data_offsets`);
  const { dtype, shape, data_offsets: offsets } = info;
  const isTaken = (one: unknown): one is Name => typeof one === "string" && Object.hasOwn(widths, one);
  if (!isTaken(dtype)) {
    return fail(`has ${tensor} of dtype ${quote(dtype)}, wanted ${Object.keys(widths).join(" or ")}`);
  }
  if (!isSizes(shape)) return fail(`has ${tensor} of shape ${quote(shape)}, wanted a list of whole numbers from 0 up`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    return fail(`has ${tensor} at data_offsets ${quote(offsets)}, wanted two whole numbers from 0 up`);
  }

  let count = 1;
  for (const size of shape) {
    count *= size;
    if (count > Number.MAX_SAFE_INTEGER)
      fail(`has ${tensor} of shape ${quote(shape)}, more elements than can be counted`);
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end) fail(`has ${tensor} ending at byte ${end}, before it begins at ${begin}`);
  if (end > room) {
    fail(`has ${tensor} ending at byte ${end} but only ${room} bytes of data; it is cut short, so copy it again`);
  }
  const size = count * widths[dtype];
  if (size !== end - begin) {
    fail(`has ${tensor} in ${end - begin} bytes, wanted ${size} for ${dtype} of shape ${quote(shape)}`);
  }
  return { name, dtype, shape, begin, end };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0 && !Object.is(size, -0));
}

/** A value of the header as it stood there, shortened: names may be a megabyte long. */
function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

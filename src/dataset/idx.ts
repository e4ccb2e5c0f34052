// MNIST's idx files, plain or gzipped: 4 bytes of magic (0, 0, type, number of dimensions), the dimensions as 32-bit
// big-endian numbers, then the numbers themselves, big-endian too. What the two arrays mean is store.ts's.

import { InputError } from "../errors.js";
import { checkObject } from "../options/check.js";
import { product } from "../shape.js";
import { asBytes } from "./arrays.js";
import { turned } from "./byte-order.js";
import { recognise } from "./formats.js";
import { datasetFrom, examplesFrom, type Store, type StoredArray, type TypeClass } from "./store.js";
import type { DatasetOf, Examples, Task, TaskOption } from "./types.js";

export interface IdxOptions {
  /** Name of the file of pictures, for messages. */
  name?: string | undefined;
  /** Most bytes a gzipped file may hold. @default 2147483648 */
  maxBytes?: number | undefined;
  /**
   * What every number is multiplied by before the network sees it. @default 1/255 for pictures of bytes where some are
   * beyond 1, 1/65535 for those of larger integers, else 1
   */
  scale?: number | undefined;
}

const KNOWN = 511; // bytes by which other formats are known, but one
const MOST_INFLATED = 1032; // bytes that a byte of deflate can hold

interface Kind {
  readonly type: string;
  readonly typeClass: TypeClass;
  readonly array: { new (buffer: ArrayBuffer): ArrayLike<number>; readonly BYTES_PER_ELEMENT: number };
}

/** The types of numbers, by their byte in the magic. */
const KINDS: Readonly<Record<number, Kind>> = {
  8: { type: "uint8", typeClass: "integer", array: Uint8Array },
  9: { type: "int8", typeClass: "integer", array: Int8Array },
  11: { type: "int16", typeClass: "integer", array: Int16Array },
  12: { type: "int32", typeClass: "integer", array: Int32Array },
  13: { type: "float32", typeClass: "float", array: Float32Array },
  14: { type: "float64", typeClass: "float", array: Float64Array },
};

/**
 * Examples and labels of an idx pair, each of them plain or in gzip, of whatever type and number of dimensions. x
 * (count, …), pictures of bytes with scale 1/255 or that of the options; y (count) labels, or one-hot (count, classes),
 * or with task "regression" (count, …) numbers to predict.
 *
 * Throws E_IDX for a file that is not idx, is cut or too long, E_TOO_LARGE for gzip that holds more than `maxBytes`,
 * E_COUNT for different counts, E_EMPTY, E_LABELS, E_SINGLE_CLASS, E_NOT_FINITE_DATA.
 * Source: http://yann.lecun.com/exdb/mnist/ (idx), https://www.rfc-editor.org/rfc/rfc1952 (gzip)
 */
export async function readIdx<T extends Task = "classification">(
  images: Uint8Array,
  labels: Uint8Array,
  options: IdxOptions & TaskOption<T> = {},
): Promise<DatasetOf<T>> {
  const x = await read(images, "pictures", options);
  const y = await read(labels, "labels", options);
  const { task, scale } = options;
  return datasetFrom(storeOf(options, [x, y]), { x: x.path, y: y.path, task, scale }) as DatasetOf<T>;
}

/** Examples alone, as readIdx reads them, to be classified. Throws what readIdx throws of them. */
export async function readIdxExamples(images: Uint8Array, options: IdxOptions = {}): Promise<Examples> {
  const x = await read(images, "pictures", options);
  return examplesFrom(storeOf(options, [x]), { x: x.path, scale: options.scale });
}

const whoOf = ({ name }: IdxOptions) => (name ? `readIdx: ${name}` : "readIdx");

const storeOf = (options: IdxOptions, arrays: readonly StoredArray[]): Store => ({
  ...{ who: whoOf(options), matlab: false, codes: { missing: "E_IDX", type: "E_IDX" } },
  list: () => arrays,
  open: (wanted) => arrays.find(({ path }) => path === wanted) ?? null,
});

async function read(given: Uint8Array, path: "pictures" | "labels", options: IdxOptions): Promise<StoredArray> {
  checkObject("readIdx", options);
  const who = whoOf(options);
  const file = asBytes(who, "E_IDX", given);
  const refuse = (found: string): never => {
    throw new InputError("E_IDX", `${who}: the ${path} are ${found}; pass an idx file, plain or gzipped.`);
  };
  const bytes = await unpack(file, `${who}: the ${path}`, options.maxBytes ?? 2 ** 31);
  if (bytes[0] !== 0 || bytes[1] !== 0 || bytes.length < 4) return refuse(recognise(bytes).called);
  const kind = KINDS[bytes[2]!];
  if (!kind) return refuse(`of idx type 0x${bytes[2]!.toString(16)}`);
  if (bytes[3] === 0) return refuse("an idx file of no dimensions");
  const length = lengthBy(bytes);
  if (length === null) return refuse(`cut in the header, after ${bytes.length} bytes`);
  const shape = shapeOf(bytes);
  const declared = `${shape.join("x")}, which is ${length}`;
  if (bytes !== file && bytes.length > length) return refuse(`longer than their header says: ${declared}`);
  if (bytes.length !== length) return refuse(`${bytes.length} bytes long, while their header says ${declared}`);
  const { type, typeClass, array: Type } = kind;
  const numbers = () => {
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset + headerOf(bytes), length - headerOf(bytes));
    if (Type === Uint8Array) return plain; // not copied; no Buffer either, whose slice() would not copy
    const own = new Uint8Array(plain); // aligned, and free to be turned round
    return new Type(turned(own, Type.BYTES_PER_ELEMENT).buffer);
  };
  return { path, shape, type, typeClass, names: null, read: numbers };
}

const headerOf = (bytes: Uint8Array) => 4 + 4 * bytes[3]!;

/**
 * How long a file is by its header: null where that is cut. Of what is no idx file the bytes by which another format is
 * known.
 */
function lengthBy(head: Uint8Array): number | null {
  if (head.length < 4) return null;
  const kind = KINDS[head[2]!];
  if (head[0] !== 0 || head[1] !== 0 || !kind) return KNOWN;
  const header = headerOf(head);
  return head.length < header ? null : header + product(shapeOf(head)) * kind.array.BYTES_PER_ELEMENT;
}

function shapeOf(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: bytes[3]! }, (_, i) => view.getUint32(4 + 4 * i));
}

/** The bytes behind gzip, at most one more than the idx header in them says; others as they are. */
async function unpack(file: Uint8Array, who: string, maxBytes: number): Promise<Uint8Array> {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return file;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  let wanted = Number.POSITIVE_INFINITY; // until the header is there
  const gzip = new Blob([file as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip"));
  const reader = gzip.getReader();
  try {
    while (size <= wanted) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.length;
      if (wanted < Number.POSITIVE_INFINITY) continue;
      const length = lengthBy(new Uint8Array(await new Blob(chunks).arrayBuffer()));
      if (length === null) continue;
      wanted = length;
      checkSize(who, wanted, file.length, maxBytes);
    }
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError("E_IDX", `${who} are damaged or cut gzip data (${reason}); get the file again.`, { cause });
  } finally {
    reader.cancel().catch(() => {}); // damaged data are told above
  }
  return new Uint8Array(await new Blob(chunks).slice(0, wanted + 1).arrayBuffer());
}

function checkSize(who: string, bytes: number, packed: number, maxBytes: number): void {
  if (bytes > maxBytes) {
    throw new InputError(
      "E_TOO_LARGE",
      `${who} say they are ${bytes} bytes, the limit is ${maxBytes}; pass a smaller file.`,
    );
  }
  if (bytes > MOST_INFLATED * packed) {
    throw new InputError(
      "E_TOO_LARGE",
      `${who} say they are ${bytes} bytes in a gzip file of ${packed}; get the file again.`,
    );
  }
}

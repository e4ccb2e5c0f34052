// MNIST's idx files, plain or gzipped: 4 bytes of magic (0, 0, type, number of dimensions), the dimensions as 32-bit
// big-endian numbers, then the numbers themselves. Only bytes are read here: pictures (3 dimensions) and labels (1).

import { InputError } from "../errors.js";
import { checkObject } from "../options/check.js";
import { product } from "../shape.js";
import { asBytes } from "./arrays.js";
import { checkExamples } from "./check.js";
import { recognise } from "./formats.js";
import { toLabels } from "./labels.js";
import { usualScale } from "./scale.js";
import type { DatasetOf, Examples, Task, TaskOption } from "./types.js";

export interface IdxOptions {
  /** Name of the file of pictures, for messages. */
  name?: string | undefined;
  /** Most bytes a gzipped file may hold. @default 2147483648 */
  maxBytes?: number | undefined;
  /** What every byte is multiplied by before the network sees it. @default 1/255 where some are beyond 1, else 1 */
  scale?: number | undefined;
}

const MOST_INFLATED = 1032; // bytes that a byte of deflate can hold
const BYTES = 0x08; // type of the numbers

/**
 * Pictures and labels of an idx pair, each of them plain or in gzip. x is (count, rows·columns) bytes with scale 1/255 or that of the options,
 * y (count) the labels' bytes: labels, unless task is "regression".
 *
 * Throws E_IDX for a file that is not idx, is cut or too long, E_TOO_LARGE for gzip that holds more than `maxBytes`,
 * E_COUNT for different counts, E_EMPTY, E_SINGLE_CLASS.
 * Source: http://yann.lecun.com/exdb/mnist/ (idx), https://www.rfc-editor.org/rfc/rfc1952 (gzip)
 */
export async function readIdx<T extends Task = "classification">(
  images: Uint8Array,
  labels: Uint8Array,
  options: IdxOptions & TaskOption<T> = {},
): Promise<DatasetOf<T>> {
  const examples = await readIdxExamples(images, options);
  const { who, shape, data } = await read(labels, "labels", 1, options);
  if (examples.count !== shape[0]) {
    throw new InputError(
      "E_COUNT",
      `${who}: there are ${examples.count} pictures and ${shape[0]} labels; pass files that belong together.`,
    );
  }
  const beside =
    options.task === "regression"
      ? { y: Float64Array.from(data), outputs: 1, classes: null }
      : toLabels(who, data, null);
  return { ...examples, ...beside } as DatasetOf<T>;
}

/**
 * Pictures alone, (count, rows·columns) bytes with scale 1/255, to be classified. Throws what readIdx throws of them.
 */
export async function readIdxExamples(images: Uint8Array, options: IdxOptions = {}): Promise<Examples> {
  const { who, shape, data } = await read(images, "pictures", 3, options);
  const [count, rows, columns] = shape as [number, number, number];
  const examples = { x: data, count, features: rows * columns, shape: [rows, columns] };
  return checkExamples(who, { ...examples, scale: options.scale ?? usualScale(examples) });
}

async function read(
  given: Uint8Array,
  what: "pictures" | "labels",
  dimensions: number,
  options: IdxOptions,
): Promise<{ who: string; shape: number[]; data: Uint8Array }> {
  checkObject("readIdx", options);
  const { name, maxBytes = 2 ** 31 } = options;
  const who = name ? `readIdx: ${name}` : "readIdx";
  const file = asBytes(who, "E_IDX", given);
  const refuse = (found: string): never => {
    throw new InputError(
      "E_IDX",
      `${who}: the ${what} are ${found}; pass an idx${dimensions} file of bytes, plain or gzipped.`,
    );
  };
  const header = 4 + 4 * dimensions;
  const bytes = await unpack(file, `${who}: the ${what}`, dimensions, maxBytes);
  if (bytes[0] !== 0 || bytes[1] !== 0 || bytes.length < 4) return refuse(recognise(bytes).called);
  if (bytes[2] !== BYTES) return refuse(`of idx type 0x${bytes[2]!.toString(16)}`);
  if (bytes[3] !== dimensions) return refuse(`an idx file of ${bytes[3]} dimensions`);
  if (bytes.length < header) return refuse(`cut in the header, after ${bytes.length} bytes`);
  const shape = shapeOf(bytes, dimensions);
  const size = product(shape);
  const declared = `${shape.join("x")}, which is ${header + size}`;
  if (bytes !== file && bytes.length > header + size) return refuse(`longer than their header says: ${declared}`);
  if (bytes.length !== header + size) return refuse(`${bytes.length} bytes long, while their header says ${declared}`);
  // a plain view also of a Buffer, whose slice() would not copy
  return { who, shape, data: new Uint8Array(bytes.buffer, bytes.byteOffset + header, size) };
}

function shapeOf(bytes: Uint8Array, dimensions: number): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
}

const KNOWN = 511; // bytes by which other formats are known, but one

/** The bytes behind gzip, at most one more than the idx header in them says; others as they are. */
async function unpack(file: Uint8Array, who: string, dimensions: number, maxBytes: number): Promise<Uint8Array> {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return file;
  const header = 4 + 4 * dimensions;
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
      if (size < header || wanted < Number.POSITIVE_INFINITY) continue;
      const head = new Uint8Array(await new Blob(chunks).arrayBuffer());
      wanted =
        head[0] === 0 && head[1] === 0 && head[3] === dimensions ? header + product(shapeOf(head, dimensions)) : KNOWN;
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

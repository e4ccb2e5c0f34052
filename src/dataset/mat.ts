// MATLAB's files before version 7.3, as MATLAB (-v6, -v7) and scipy.io.savemat write them: a header and elements, each a
// matrix or a packed one. Of 7.3 they are HDF5. What the arrays mean is store.ts's; nothing in a file is run.
// Source: https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf

import { inflateSync } from "fflate";
import { type ErrorCode, InputError } from "../errors.js";
import { checkOptions, show } from "../options/check.js";
import { choice, number, type Type, text, whole } from "../options/type.js";
import { product } from "../shape.js";
import { asBytes } from "./arrays.js";
import { turned } from "./byte-order.js";
import { recognise } from "./formats.js";
import type { Hdf5Options } from "./hdf5-options.js";
import { TASKS } from "./labels.js";
import { datasetFrom, examplesFrom, type Store, type StoredArray, type TypeClass } from "./store.js";
import type { DatasetOf, Examples, Task, TaskOption } from "./types.js";
import { beginningOf, MOST_INFLATED } from "./zip.js";

/** What is said of a MATLAB file besides its bytes; arrays are called as in MATLAB. */
export type MatOptions = Pick<Hdf5Options, "x" | "y" | "classes" | "name" | "maxBytes" | "scale">;

const OPTIONS: Readonly<Record<keyof (MatOptions & TaskOption), Type>> = {
  ...{ x: text, y: text, classes: text, name: text, task: choice(TASKS) },
  ...{ maxBytes: number(whole(1)), scale: number({ but: 0 }) },
};

/** Reads a data set from a MATLAB file, as readMat of src/mat.ts describes. */
export function readMat<T extends Task = "classification">(
  bytes: Uint8Array | ArrayBuffer,
  options: MatOptions & TaskOption<T> = {},
): DatasetOf<T> {
  checkOptions("readMat", OPTIONS, options);
  return datasetFrom(openMat(bytes, options), options) as DatasetOf<T>;
}

/** Examples without labels: x of a MATLAB file as readMat reads it. */
export function readMatExamples(bytes: Uint8Array | ArrayBuffer, options: MatOptions = {}): Examples {
  checkOptions("readMat", OPTIONS, options);
  return examplesFrom(openMat(bytes, options), options);
}

const HEADER = 128;
const HEAD = 4096; // bytes of a matrix in which its sizes and its name are
const CODES: { readonly missing: ErrorCode; readonly type: ErrorCode } = { missing: "E_MAT", type: "E_MAT" };
const [MATRIX, COMPRESSED] = [14, 15];
const [CELL, CHAR] = [1, 4];
const LOGICAL = 2; // a flag

type Numbers = new (buffer: ArrayBuffer) => ArrayLike<number | bigint>;

/** How numbers are stored, by the type of their element. */
const STORED: Readonly<Record<number, Numbers>> = {
  ...{ 1: Int8Array, 2: Uint8Array, 3: Int16Array, 4: Uint16Array, 5: Int32Array, 6: Uint32Array, 7: Float32Array },
  ...{ 9: Float64Array, 12: BigInt64Array, 13: BigUint64Array },
  ...{ 16: Uint8Array, 17: Uint16Array, 18: Uint32Array }, // text
};
const SIZES: Readonly<Record<number, number>> = {
  ...{ 1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8, 16: 1, 17: 2, 18: 4 },
};

type Made =
  | Float64ArrayConstructor
  | Float32ArrayConstructor
  | Int8ArrayConstructor
  | Uint8ArrayConstructor
  | Int16ArrayConstructor
  | Uint16ArrayConstructor
  | Int32ArrayConstructor
  | Uint32ArrayConstructor
  | BigInt64ArrayConstructor
  | BigUint64ArrayConstructor;

/** What MATLAB calls the classes of arrays, and the array that holds their numbers. */
const CLASSES: Readonly<Record<number, readonly [type: string, typeClass: TypeClass, of: Made]>> = {
  6: ["float64", "float", Float64Array],
  7: ["float32", "float", Float32Array],
  8: ["int8", "integer", Int8Array],
  9: ["uint8", "integer", Uint8Array],
  10: ["int16", "integer", Int16Array],
  11: ["uint16", "integer", Uint16Array],
  12: ["int32", "integer", Int32Array],
  13: ["uint32", "integer", Uint32Array],
  14: ["int64", "integer", BigInt64Array],
  15: ["uint64", "integer", BigUint64Array],
};
const UNREADABLE: Readonly<Record<number, string>> = {
  ...{ 2: "struct", 3: "object", 5: "sparse (in MATLAB: full(x))", 16: "function", 17: "object" },
};

/** Bytes that belong together, and their order. */
interface Block {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly little: boolean;
}

/** A piece of a block. */
interface Element {
  readonly type: number;
  readonly at: number;
  readonly size: number;
  /** Where the next one begins. */
  readonly next: number;
}

/** What the beginning of a matrix says. */
interface Head {
  readonly name: string;
  readonly class: number;
  readonly logical: boolean;
  readonly complex: boolean;
  readonly sides: readonly number[];
  /** Where its values begin. */
  readonly values: number;
}

function openMat(file: Uint8Array | ArrayBuffer, { name, maxBytes = 2 ** 31 }: MatOptions): Store {
  const who = `readMat: ${name ?? "the file"}`;
  const bytes = asBytes(who, "E_MAT", file);
  const damaged = (why: string): never => {
    throw new InputError("E_MAT", `${who} is damaged: ${why}; get the file again, or save it anew.`);
  };
  const format = recognise(bytes);
  if (format.name !== "matlab5") {
    const instead = format.name === "hdf5" ? "use readHdf5" : "pass one that MATLAB or scipy.io.savemat wrote";
    throw new InputError("E_MAT", `${who} is ${format.called}, no MATLAB file before 7.3; ${instead}.`);
  }
  const little = bytes[126] === 0x49; // "IM", where "MI" was written as one number
  if (bytes.length < HEADER || !["IM", "MI"].includes(String.fromCharCode(bytes[126]!, bytes[127]!))) {
    return damaged("its header is cut");
  }

  function blockOf(part: Uint8Array): Block {
    return { bytes: part, view: new DataView(part.buffer, part.byteOffset, part.byteLength), little };
  }

  function elementAt({ view }: Block, at: number, end: number): Element {
    if (at + 8 > end) return damaged("it is cut");
    const word = view.getUint32(at, little);
    const short = word >>> 16; // of at most four bytes, which stand in the tag
    if (short > 0) {
      if (short > 4) return damaged(`a short element has ${short} bytes`);
      return { type: word & 0xffff, at: at + 4, size: short, next: at + 8 };
    }
    const size = view.getUint32(at + 4, little);
    const padded = word === COMPRESSED ? size : Math.ceil(size / 8) * 8;
    return { type: word, at: at + 8, size, next: at + 8 + padded };
  }

  /** The matrix in an element, or of a packed one as much as `most` bytes tell. */
  function matrixOf(element: Element, most: number): { block: Block; start: number; end: number } {
    const { type, at, size } = element;
    if (at + size > bytes.length) return damaged("it is cut");
    if (type === MATRIX) return { block: blockOf(bytes), start: at, end: at + size };
    const packed = bytes.subarray(at + 2, at + size); // without zlib's header
    const head = blockOf(unpacked(() => beginningOf(packed, Math.min(most, HEAD))));
    const inner = elementAt(head, 0, head.bytes.length);
    if (inner.type !== MATRIX) return damaged("what is packed in it is no matrix");
    const whole = inner.at + inner.size;
    if (most <= HEAD) return { block: head, start: inner.at, end: Math.min(head.bytes.length, whole) };
    if (whole > maxBytes || whole > MOST_INFLATED * size) {
      const beside = whole > maxBytes ? `the limit is ${maxBytes}` : `packed in ${size}`;
      throw new InputError(
        "E_TOO_LARGE",
        `${who} says an array of it has ${whole} bytes, ${beside}; pass a smaller file.`,
      );
    }
    const all = unpacked(() => inflateSync(packed, { out: new Uint8Array(whole) }));
    if (all.length !== whole) return damaged("an array in it is cut");
    return { block: blockOf(all), start: inner.at, end: whole };
  }

  function unpacked(unpack: () => Uint8Array): Uint8Array {
    try {
      return unpack();
    } catch (cause) {
      return damaged((cause as Error).message);
    }
  }

  function headOf(block: Block, start: number, end: number): Head {
    const flags = elementAt(block, start, end);
    const sizes = elementAt(block, flags.next, end);
    const named = elementAt(block, sizes.next, end);
    if (flags.type !== 6 || flags.size !== 8 || sizes.type !== 5) return damaged("a matrix in it has no sizes");
    if (named.at + named.size > end) return damaged("it is cut in a name");
    const word = block.view.getUint32(flags.at, little);
    const sides = Array.from({ length: sizes.size / 4 }, (_, d) => block.view.getInt32(sizes.at + 4 * d, little));
    if (sides.length < 2 || sides.length > 32 || sides.some((side) => side < 0))
      return damaged("a matrix has no sizes");
    return {
      name: new TextDecoder().decode(block.bytes.slice(named.at, named.at + named.size)),
      ...{ class: word & 0xff, logical: ((word >>> 8) & LOGICAL) > 0, complex: ((word >>> 8) & 8) > 0 },
      ...{ sides, values: named.next },
    };
  }

  /** Numbers of an element, as they are stored. */
  function numbersIn(block: Block, at: number, end: number): ArrayLike<number | bigint> {
    const { type, at: from, size } = elementAt(block, at, end);
    const Type = STORED[type];
    if (!Type || from + size > end || size % SIZES[type]! > 0) return damaged("numbers of an array are cut");
    const copy = block.bytes.slice(from, from + size) as Uint8Array<ArrayBuffer>;
    return new Type((little ? copy : turned(copy, SIZES[type]!)).buffer);
  }

  // Rows of letters, which lie column by column; a text is one row.
  function textsIn(block: Block, { sides, values }: Head, end: number): string[] {
    const [rows, letters] = [sides[0]!, product(sides.slice(1))];
    const { type, at, size } = elementAt(block, values, end);
    const points =
      type === 16
        ? Array.from(
            new TextDecoder().decode(block.bytes.slice(at, Math.min(end, at + size))),
            (letter) => letter.codePointAt(0)!,
          )
        : Array.from(numbersIn(block, values, end), Number);
    if (points.length !== rows * letters || rows > Math.max(1, points.length)) return damaged("a text in it is cut");
    return Array.from({ length: rows }, (_, row) =>
      Array.from({ length: letters }, (_, c) => String.fromCharCode(points[row + c * rows]!))
        .join("")
        .trimEnd(),
    );
  }

  // Texts of a cell array, each in a matrix of its own; null where one is something else.
  function cellTexts(block: Block, head: Head, end: number): string[] | null {
    const texts: string[] = [];
    let at = head.values;
    for (let i = 0; i < product(head.sides); i++) {
      const cell = elementAt(block, at, end);
      if (cell.type !== MATRIX || cell.at + cell.size > end) return damaged("a cell in it is cut");
      const own = headOf(block, cell.at, cell.at + cell.size);
      if (own.class !== CHAR || own.sides[0]! > 1) return null;
      texts.push(textsIn(block, own, cell.at + cell.size)[0] ?? "");
      at = cell.next;
    }
    return texts;
  }

  // Numbers are stored as the narrowest type that holds them.
  function widened(stored: ArrayLike<number | bigint>, Type: Made): ArrayLike<number | bigint> {
    if (Type !== BigInt64Array && Type !== BigUint64Array) {
      return (Type as Float64ArrayConstructor).from(stored as ArrayLike<number>, Number);
    }
    if (stored instanceof Float32Array || stored instanceof Float64Array) return damaged("whole numbers are fractions");
    return Type.from(Array.from(stored as ArrayLike<number>, BigInt));
  }

  function arrayOf(element: Element): StoredArray | null {
    const { block, start, end } = matrixOf(element, Number.POSITIVE_INFINITY);
    const head = headOf(block, start, end);
    const { sides, logical, complex, values } = head;
    const own = { path: head.name, shape: [...sides].reverse(), names: null };
    const other = (type: string): StoredArray => ({ ...own, type, typeClass: "other", read: () => [] });
    if (head.class === CHAR) {
      const texts = textsIn(block, head, end);
      return { ...own, shape: [texts.length], type: "text", typeClass: "text", read: () => texts };
    }
    if (head.class === CELL) {
      const texts = cellTexts(block, head, end);
      return texts ? { ...own, type: "text", typeClass: "text", read: () => texts } : other("cell");
    }
    const known = CLASSES[head.class];
    if (!known || complex) return other(complex ? "complex" : (UNREADABLE[head.class] ?? "unknown"));
    const [type, typeClass, Type] = known;
    const read = () => {
      const stored = numbersIn(block, values, end);
      if (stored.length !== product(sides)) return damaged(`${show(head.name)} is not as large as it says`);
      return stored instanceof Type ? stored : widened(stored, Type);
    };
    return logical ? { ...own, type: "bool", typeClass: "bool", read } : { ...own, type, typeClass, read };
  }

  const found = new Map<string, { element: Element; head: Head }>();
  for (let at = HEADER; at < bytes.length; ) {
    const element = elementAt(blockOf(bytes), at, bytes.length);
    at = element.next;
    if (element.type !== MATRIX && element.type !== COMPRESSED) continue;
    const { block, start, end } = matrixOf(element, HEAD);
    const head = headOf(block, start, end);
    if (head.name !== "") found.set(head.name, { element, head }); // what has no name is MATLAB's own
  }
  return {
    ...{ who, matlab: true, codes: CODES },
    list: () =>
      Array.from(found, ([path, { head }]) => {
        const type =
          head.class === CHAR || head.class === CELL
            ? "text"
            : head.logical
              ? "bool"
              : (CLASSES[head.class]?.[0] ?? UNREADABLE[head.class] ?? "unknown");
        return { path, shape: [...head.sides].reverse(), type };
      }),
    open(path) {
      const entry = found.get(path);
      return entry ? arrayOf(entry.element) : null;
    },
  };
}

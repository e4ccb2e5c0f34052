// NumPy's arrays as a source: rows are read from their place in the file, so that it need not fit into memory.

import { InputError } from "../errors.js";
import { checkOptions, show } from "../options/check.js";
import { choice, names, number, type Type } from "../options/type.js";
import { product } from "../shape.js";
import { type FileSlices, type ReadableFile, readSlice, slicesOf } from "./file-slices.js";
import { columnNames, looksLikeNumbers, MOST_CLASSES, TASKS, toLabels } from "./labels.js";
import { NPY_CODES, NPY_HEAD, npyRows, parseNpyHeader } from "./npy.js";
import { usualScale } from "./scale.js";
import { createSource, type DataSource, type SourceInput, wholeOf } from "./source.js";
import { checkNumbers, type StoredArray, toNumbers } from "./store.js";
import type { Dataset, Label, TaskOption } from "./types.js";

/** How NumPy's arrays are read as a source. */
export interface NpySourceOptions extends TaskOption, Pick<SourceInput, "classes" | "scale" | "memory" | "partRows"> {
  /** Names of the files, for messages. */
  names?: readonly [x: string, y: string] | undefined;
}

const WHO = "openNpy";
const OPTIONS: Readonly<Record<keyof NpySourceOptions, Type>> = {
  task: choice(TASKS),
  classes: names,
  scale: number({ but: 0 }),
  memory: number({ above: 0 }),
  partRows: number({ whole: true, least: 1 }),
  names,
};
const LABELS = 2 ** 16; // that are looked at in one piece

/** An array of a file, and some of its rows at a time. */
interface OpenArray {
  readonly shape: readonly number[];
  /** What is not numbers, or text for labels, is refused by name. */
  rows(first: number, count: number): Promise<StoredArray>;
}

/** A source of the rows of two .npy files, as openNpy of src/npz.ts describes. */
export async function openNpy(x: ReadableFile, y: ReadableFile, options: NpySourceOptions = {}): Promise<DataSource> {
  checkOptions(WHO, OPTIONS, options);
  const [own, beside] = [await slicesOf(WHO, "E_NPY", x), await slicesOf(WHO, "E_NPY", y)];
  const [xName, yName] = options.names ?? ["x", "y"];
  const [examples, labels] = [await openArray(xName, own), await openArray(yName, beside)];
  const [count = 0, ...sides] = examples.shape;
  const shape = sides.length > 0 ? sides : [1];
  const width = product(labels.shape.slice(1));
  if (count * product(shape) === 0) {
    throw new InputError("E_EMPTY", `${WHO}: ${xName} has no examples, its shape is ${examples.shape.join("x")}.`);
  }
  if (labels.shape[0] !== count || width === 0) {
    const [all, others] = [examples, labels].map((one) => one.shape.join("x") || "a single number");
    throw new InputError(
      "E_COUNT",
      `${WHO}: ${xName} is ${all} and ${yName} is ${others}; pass a row for each example.`,
    );
  }
  const found = await lookAtLabels(labels, width, options);
  const first = await examples.rows(0, Math.min(count, 4096));
  checkNumbers({ who: `${WHO}: ${xName}`, codes: NPY_CODES }, first);
  const scale = options.scale ?? usualScale({ x: toNumbers(first.read()), shape }, first.typeClass === "integer");
  return createSource({
    ...{ count, shape, scale, memory: options.memory, partRows: options.partRows },
    ...(found.classes === null ? { regression: true } : { classes: found.classes }),
    async rows(from, some) {
      const [own, others] = [await examples.rows(from, some), await labels.rows(from, some)];
      return { x: toNumbers(own.read()), y: found.read(others) };
    },
  });
}

/** The data set in two such files, in memory. */
export async function readNpyPair(x: Uint8Array, y: Uint8Array, options: NpySourceOptions): Promise<Dataset> {
  const [own, labels] = [x, y].map((bytes) => new Blob([bytes as Uint8Array<ArrayBuffer>]));
  return wholeOf(await openNpy(own!, labels!, options));
}

async function openArray(name: string, file: FileSlices): Promise<OpenArray> {
  const who = `${WHO}: ${name}`;
  const head = await readSlice(who, "E_NPY", file, 0, NPY_HEAD);
  const header = parseNpyHeader(who, name, head);
  const { shape, type, element, start, fortran } = header;
  const bytes = product(shape.slice(1)) * element.size;
  const size = (shape[0] ?? 1) * bytes;
  if (element.typeClass !== "other" && size !== file.size - start) {
    throw new InputError(
      "E_NPY",
      `${who}: the header says ${size} bytes of ${shape.join("x") || "one"} ${type}, and ${file.size - start} follow; get the file again.`,
    );
  }
  if (fortran && shape.length > 1) {
    throw new InputError(
      "E_NPY",
      `${who}: its numbers lie column by column; save numpy.ascontiguousarray of it, to have rows that can be read.`,
    );
  }
  return {
    shape,
    async rows(first, count) {
      const part = await readSlice(who, "E_NPY", file, start + first * bytes, start + (first + count) * bytes);
      return npyRows(header, [count, ...shape.slice(1)], part);
    },
  };
}

/** What labels are, from all of them, and how those of some rows are read. */
async function lookAtLabels(
  labels: OpenArray,
  width: number,
  { task = "classification", classes }: NpySourceOptions,
): Promise<{ classes: readonly string[] | null; read: (rows: StoredArray) => Label[] | number[][] }> {
  const numbers = { classes: null, read: (rows: StoredArray) => Array.from(rows.read(), Number) };
  if (task === "regression") return numbers;
  const [count] = labels.shape as [number];
  const different = new Set<Label>();
  const some = Math.max(1, Math.floor(LABELS / width));
  let hot = width > 1;
  for (let first = 0; first < count; first += some) {
    const rows = await labels.rows(first, Math.min(some, count - first));
    if (rows.typeClass === "other") {
      throw new InputError(
        "E_NPY",
        `${WHO}: ${rows.path} is of type ${rows.type}; labels are integers, booleans or text.`,
      );
    }
    const values = Array.from(rows.read());
    if (hot && task === "auto") hot = !looksLikeNumbers(values, width);
    if (width === 1) for (const value of values) if (different.size <= MOST_CLASSES) different.add(value);
  }
  if (width > 1 && !hot) return numbers;
  if (width > 1) {
    const read = (rows: StoredArray) => {
      const values = Array.from(rows.read(), Number);
      return Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));
    };
    return { classes: classes ?? columnNames(width)!, read };
  }
  const all = [...different];
  if (task === "auto" && classes === undefined && looksLikeNumbers(all)) return numbers;
  if (classes) return { classes, read: (rows) => Array.from(rows.read()) };
  const found = toLabels(WHO, all, null).classes;
  const known = new Set(found);
  const read = (rows: StoredArray) =>
    Array.from(rows.read(), (label) => {
      const own = String(label).trim();
      if (known.has(own)) return own;
      throw new InputError("E_LABELS", `${WHO}: ${rows.path} has the label ${show(label)}, which it had not before.`);
    });
  return { classes: found, read };
}

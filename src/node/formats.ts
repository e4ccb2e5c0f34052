// Files on disk to data sets, examples and networks: who reads which format in Node. How a format is told from another
// is src/dataset/formats.ts; the page's readers are in web/worker/formats.ts.

import { basename, dirname, join } from "node:path";
import {
  companionOf,
  type Readers,
  type RecognisedFile,
  recogniseFile,
  refuseFormat,
  type SomeReaders,
} from "../dataset/formats.js";
import { readIdx, readIdxExamples } from "../dataset/idx.js";
import { type Picture, pictureToExample } from "../dataset/image.js";
import { readRows } from "../dataset/rows.js";
import { scaledLike } from "../dataset/scale.js";
import { areOfTable } from "../dataset/set-names.js";
import { unpacked } from "../dataset/unpack.js";
import type { Dataset, Examples, Task } from "../dataset.js";
import { InputError } from "../errors.js";
import { Network } from "../network.js";
import { readApart } from "../reader/embedded.js";
import { inspectHdf5, readHdf5, readHdf5Examples } from "../reader/hdf5.js";
import { type PictureDataset, type PictureOptions, readPictures } from "../reader/pictures.js";
import { type TableOptions, tableFrom } from "../table/read.js";
import {
  createTableDataset,
  type Encoding,
  type EncodingOptions,
  type Table,
  type TableDatasetOptions,
} from "../table.js";
import { readFileBytes } from "./files.js";
import { filesIn, isFolder } from "./folders.js";

/** A file that was read from the disk, once. */
export interface OpenFile extends RecognisedFile {
  readonly path: string;
}

/** What is said of the data in a file besides the file. */
export interface Names extends EncodingOptions {
  /** Paths of the datasets in a file of several. @default those the reader finds by itself */
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  /** Whether the labels are classes or numbers to predict. @default "auto" */
  readonly task?: Task | undefined;
  /** What raw numbers are multiplied by. @default what the reader finds usual */
  readonly scale?: number | undefined;
  /** How a table becomes a data set, where a model has decided that; else see TableDatasetOptions. */
  readonly encoding?: Encoding | undefined;
  readonly target?: readonly string[] | undefined;
  /** Of pictures in folders: what they are brought to, and whether broken ones are left out. */
  readonly size?: string | undefined;
  readonly skipBroken?: boolean | undefined;
  /** How text is read, where it does not tell by itself. */
  readonly separator?: string | undefined;
  readonly header?: boolean | undefined;
}

/** What a model takes, for numbers that come without a shape and a scale. */
type Like = Pick<Examples, "shape" | "scale">;

/** How each content is read. */
export interface Reads {
  dataset(file: RecognisedFile, names: Names, companion: Uint8Array | null): Promise<Dataset>;
  examples(file: RecognisedFile, names: Names, like: Like): Examples | Promise<Examples>;
  table(file: RecognisedFile, options: TableOptions): Promise<Table>;
  model(file: RecognisedFile): Network;
  picture(file: RecognisedFile): Promise<Picture>;
}

const idx: Pick<Reads, "dataset" | "examples"> = {
  dataset: ({ bytes, name }, { task, scale }, labels) => readIdx(bytes, labels!, { name, task, scale }),
  examples: ({ bytes, name }, { scale }) => readIdxExamples(bytes, { name, scale }),
};
const picture: Pick<Reads, "picture"> = {
  picture: ({ bytes, name }) => readApart("decodePicture", bytes, [name], { who: name, damaged: "E_IMAGE" }),
};
const npzExamples: Reads["examples"] = async ({ bytes, name }, { x, scale }) =>
  (await import("../dataset/npz.js")).readNpzExamples(bytes, { name, x, scale });
const rows: Reads["examples"] = ({ bytes, name }, _, like) => ({ ...readRows(bytes, name), ...like });

export const READERS: Readers<Reads> = {
  hdf5: {
    dataset: ({ bytes, name }, { x, y, task = "auto", scale }) => readHdf5(bytes, { name, x, y, task, scale }),
    examples: ({ bytes, name }, { x, scale }) => readHdf5Examples(bytes, { name, x, scale }),
    table: tableFrom,
  },
  idx,
  gzip: idx,
  numpy: {
    dataset: async ({ bytes, name }, { task = "auto", scale }, labels) =>
      (await import("../dataset/npy-source.js")).readNpyPair(bytes, labels!, {
        task,
        scale,
        names: [name, `${name}'s labels`],
      }),
    examples: npzExamples,
  },
  npz: {
    dataset: async ({ bytes, name }, { x, y, task = "auto", scale }) =>
      (await import("../dataset/npz.js")).readNpz(bytes, { name, x, y, task, scale }),
    examples: npzExamples,
  },
  matlab5: {
    dataset: async ({ bytes, name }, { x, y, task = "auto", scale }) =>
      (await import("../dataset/mat.js")).readMat(bytes, { name, x, y, task, scale }),
    examples: async ({ bytes, name }, { x, scale }) =>
      (await import("../dataset/mat.js")).readMatExamples(bytes, { name, x, scale }),
  },
  safetensors: { model: ({ bytes, name }) => Network.load(bytes, name) },
  jpeg: picture,
  png: picture,
  webp: picture,
  parquet: { table: tableFrom },
  json: { examples: rows, table: tableFrom },
  text: { examples: rows, table: tableFrom },
};

function readerOf<C extends keyof Reads>({ format }: RecognisedFile, content: C): Reads[C] | undefined {
  const readers: SomeReaders<Reads> = READERS;
  return readers[format.name]?.[content];
}

/** The examples with labels at a path: a file's, as readDataset reads it, or those of pictures in folders. */
export async function readData(
  path: string,
  names: Names,
  ofFolder?: Pick<PictureOptions, "part" | "classes">,
): Promise<Dataset> {
  return (await isFolder(path)) ? readFolder(path, names, ofFolder) : readDataset(await openFile(path), names);
}

/** Pictures in folders of a folder; `part` and `classes` as readPictures takes them. Rejects with what that rejects with. */
export async function readFolder(
  path: string,
  { size, skipBroken, scale }: Names,
  more: Pick<PictureOptions, "part" | "classes"> = {},
): Promise<PictureDataset> {
  const data = await readPictures(await filesIn(path), { name: basename(path) || path, size, skipBroken, ...more });
  return scale === undefined ? data : { ...data, scale };
}

/** Reads, unpacks and recognises a file. Throws what readFileBytes and unpacked throw. */
export async function openFile(path: string): Promise<OpenFile> {
  const bytes = await readFileBytes(path);
  return { path, ...(await unpacked(recogniseFile({ name: basename(path), bytes }))) };
}

/** What is said of a table, of all that is said of a file. */
export function tableOptions({ encoding, ...names }: Names): TableDatasetOptions {
  if (encoding) return { encoding };
  const { target, features, drop, id, categories, dates, log1p, mostCategories, task } = names;
  return { target, features, drop, id, categories, dates, log1p, mostCategories, task };
}

/**
 * Examples with labels or numbers to predict: a table, an HDF5 or NPZ file, or idx pictures or a NumPy array, whose
 * labels' file lies in the same folder.
 *
 * Throws E_NOT_HDF5 for a file that gives none, E_FILE_TYPE where a name does not tell where the labels are, and what
 * readFileBytes, readTable, createTableDataset, readHdf5, readNpz and readIdx throw.
 */
export async function readDataset(file: OpenFile, names: Names): Promise<Dataset> {
  if (await isTable(file, names)) return createTableDataset(await readTableOf(file, names), tableOptions(names));
  const read = readerOf(file, "dataset") ?? refuseFormat(file, "dataset", "table");
  const labels = labelsOf(file, names);
  return read(file, names, labels === null ? null : await readFileBytes(labels));
}

/** Path of the file with the labels of another: the one that is named, or its usual name; null where it has its own. */
export function labelsOf(file: Pick<OpenFile, "path" | "name" | "format">, { y }: Names): string | null {
  if (y !== undefined && file.format.companion) return y;
  const companion = companionOf(file);
  return companion === null ? null : join(dirname(file.path), companion);
}

/**
 * Examples without labels: a picture, made as large as `like`'s shape, an HDF5, idx or NumPy file with its own shape
 * and scale (`like`'s where that is for the same numbers), or JSON rows with `like`'s.
 *
 * Throws E_FILE_TYPE, for a GIF E_IMAGE, for a file that gives none, and what readHdf5Examples, readIdxExamples,
 * readNpzExamples, readRows, decodePicture and pictureToExample throw.
 */
export async function readExamples(file: RecognisedFile, names: Names, { shape, scale }: Like): Promise<Examples> {
  const decode = readerOf(file, "picture");
  if (decode) {
    const x = pictureToExample(await decode(file), shape);
    return { x, count: 1, features: x.length, shape, scale };
  }
  const read = readerOf(file, "examples") ?? refuseFormat(file, "picture", "examples");
  const examples = await read(file, names, { shape, scale });
  return names.scale === undefined ? scaledLike(scale, examples) : examples;
}

// What HDF5 files have in them, which is asked more than once.
const listings = new WeakMap<Uint8Array, ReturnType<typeof inspectHdf5>>();

/**
 * Whether a file is to be read as a table: of formats that give nothing else, where columns are named, or where it has
 * records and no examples by their usual names.
 */
export async function isTable(file: RecognisedFile, { x, y, target, encoding }: Names): Promise<boolean> {
  if (!readerOf(file, "table")) return false;
  if (!readerOf(file, "dataset") || target !== undefined || encoding !== undefined) return true;
  if (y !== undefined) return false;
  let entries = listings.get(file.bytes);
  if (!entries) {
    entries = inspectHdf5(file.bytes, { name: file.name });
    listings.set(file.bytes, entries);
  }
  return areOfTable(await entries, x);
}

/** The table that is meant by what is said of a file. Throws E_TABLE, also for a file that gives none. */
export function readTableOf(file: RecognisedFile, { x, target, encoding, separator, header }: Names): Promise<Table> {
  const columns = encoding ? undefined : target;
  return readTable(file, { separator: separatorOf(separator), header, path: x, target: columns });
}

/** One character, as a command line can say it. Throws E_OPTION. */
export function separatorOf(given: string | undefined): string | undefined {
  const separator = given === "tab" || given === "\\t" ? "\t" : given;
  if (separator === undefined || /^[^"\r\n]$/.test(separator)) return separator;
  throw new InputError("E_OPTION", `--separator is ${JSON.stringify(given)}; pass one character, such as ; or tab.`);
}

/** A table: CSV and its kin, JSON of objects, Parquet, in HDF5. Throws E_TABLE, also for a file that gives none. */
export async function readTable(file: RecognisedFile, options: TableOptions = {}): Promise<Table> {
  const read = readerOf(file, "table") ?? refuseFormat(file, "table");
  return read(file, options);
}

/** The network in a model file. Throws E_MODEL. */
export function readModel(file: RecognisedFile): Network {
  const read = readerOf(file, "model") ?? refuseFormat(file, "model");
  return read(file);
}

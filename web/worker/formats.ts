// Files to data sets, tables, networks and pixels: who reads which format on the page. How a format is told from another is
// src/dataset/formats.ts; Node's readers are in src/node/formats.ts.

import {
  companionOf,
  type Readers,
  type RecognisedFile,
  recogniseFile,
  refuseFormat,
  type SomeReaders,
} from "../../src/dataset/formats.js";
import type { FileSet } from "../../src/dataset/hdf5.js";
import { readIdx } from "../../src/dataset/idx.js";
import type { Picture } from "../../src/dataset/image.js";
import { readNpyPair } from "../../src/dataset/npy-source.js";
import { readNpzSets } from "../../src/dataset/npz.js";
import { readPicturesWith } from "../../src/dataset/picture-folders.js";
import type { PictureBlob, PictureDataset, PictureOptions } from "../../src/dataset/picture-types.js";
import { areOfTable } from "../../src/dataset/set-names.js";
import { unpacked } from "../../src/dataset/unpack.js";
import { InputError, Network, readMat, type Task } from "../../src/index.js";
import { createReader } from "../../src/reader.js";
import { readCsv } from "../../src/table/csv.js";
import { readJson } from "../../src/table/json.js";
import type { Table } from "../../src/table.js";
import type { NamedFile } from "../protocol.js";
import { saidOnPageLater } from "./words.js";

// The script of the reader, here before it is needed: the server may be gone by then.
const address = new URL("reader.js", self.location.href);
const script: Promise<string | URL> = fetch(address, { priority: "low" })
  .then<string | URL>((response) => (response.ok ? response.text() : address))
  .catch(() => address);
const readApart = createReader({
  script: () => script,
  inPlace(_, args) {
    const { name = "the file" } = args[1] as { name?: string };
    throw new InputError(
      "E_FILE_READ",
      `${name} cannot be read, since the page’s reader could not be loaded; load the page anew.`,
    );
  },
});

/** How each content is read. A picture alone is the browser's, which decodes more formats than the table knows. */
interface Reads {
  dataset(file: RecognisedFile, task: Task, companion: Uint8Array | null): Promise<readonly FileSet[]>;
  table(file: RecognisedFile): Promise<Table>;
  model(file: RecognisedFile): Network;
}

const idx: Pick<Reads, "dataset"> = {
  // of labels in idx files, many are classes, too
  dataset: async ({ name, bytes }, task, labels) => {
    return [
      { part: null, set: await readIdx(bytes, labels!, { name, task: task === "auto" ? "classification" : task }) },
    ];
  },
};

const READERS: Readers<Reads> = {
  hdf5: {
    dataset: ({ name, bytes }, task) =>
      readApart("readHdf5Sets", bytes, [{ name, task }], { who: name, damaged: "E_HDF5_DAMAGED" }),
    table: ({ name, bytes }) => readApart("readHdf5Table", bytes, [{ name }], { who: name, damaged: "E_HDF5_DAMAGED" }),
  },
  parquet: {
    table: ({ name, bytes }) => readApart("readParquet", bytes, [{ name }], { who: name, damaged: "E_TABLE" }),
  },
  idx,
  gzip: idx,
  matlab5: { dataset: async ({ name, bytes }, task) => [{ part: null, set: await readMat(bytes, { name, task }) }] },
  numpy: {
    dataset: async ({ name, bytes }, task, labels) => {
      const names = [name, `${name}'s labels`] as const;
      return [{ part: null, set: await readNpyPair(bytes, labels!, { names, task }) }];
    },
  },
  npz: { dataset: async ({ name, bytes }, task) => readNpzSets(bytes, { name, task }) },
  json: { table: async ({ name, bytes }) => readJson(bytes, { name }) },
  text: { table: async ({ name, bytes }) => readCsv(bytes, { name }) },
  safetensors: { model: ({ bytes, name }) => Network.load(bytes, name) },
};

function readerOf<C extends keyof Reads>({ format }: RecognisedFile, content: C): Reads[C] | undefined {
  const readers: SomeReaders<Reads> = READERS;
  return readers[format.name]?.[content];
}

/**
 * The sets in a file, their labels read for that task; those of idx pictures are taken from `files`.
 *
 * Throws E_NOT_HDF5 for a file that gives none, E_FILE_TYPE for an idx file whose labels are not there, and what
 * readHdf5Sets and readIdx throw.
 */
export async function readSets(
  file: RecognisedFile,
  files: readonly RecognisedFile[],
  task: Task,
): Promise<readonly FileSet[]> {
  const read = readerOf(file, "dataset") ?? refuseFormat(file, "dataset", "table");
  const wanted = companionOf(file);
  const companion = files.find(({ name }) => name === wanted);
  if (wanted === null || companion) return saidOnPageLater(() => read(file, task, companion?.bytes ?? null));
  const { name, format } = file;
  throw new InputError("E_FILE_TYPE", `${name} is ${format.called}; drop its labels, ${wanted}, together with it.`);
}

/** Whether a table is in it; an HDF5 file is looked into. */
export async function holdsTable({ format, name, bytes }: RecognisedFile): Promise<boolean> {
  if (!format.gives.includes("table") || !format.gives.includes("dataset")) return format.gives.includes("table");
  return areOfTable(await readApart("inspectHdf5", bytes, [{ name }], { who: name, damaged: "E_HDF5_DAMAGED" }));
}

/** A table: CSV and its kin, JSON of objects, Parquet, in HDF5. Throws E_TABLE, also for a file that gives none. */
export async function readTable(file: RecognisedFile): Promise<Table> {
  const read = readerOf(file, "table") ?? refuseFormat(file, "table");
  return read(file);
}

/** A table in a file that may be packed. Throws what readTable and unpacked throw. */
export async function readTableFile(file: NamedFile): Promise<{ name: string; table: Table }> {
  return { name: file.name, table: await readTable(await unpacked(recogniseFile(file))) };
}

/** The network in a model file. Throws E_MODEL. */
export function readModel(named: NamedFile): Network {
  const file = recogniseFile(named);
  const read = readerOf(file, "model") ?? refuseFormat(file, "model");
  return read(file);
}

/** Pictures in folders. Throws what readPictures throws. */
export const readFolder = (files: readonly PictureBlob[], options: PictureOptions): Promise<PictureDataset> =>
  saidOnPageLater(() => readPicturesWith(readApart, files, options));

/** Pixels of a picture of any format the browser knows. Throws E_IMAGE. */
export async function decodePicture({ name, bytes }: NamedFile): Promise<Picture> {
  const bitmap = await createImageBitmap(new Blob([bytes])).catch(() => {
    throw new InputError("E_IMAGE", `${name} is no picture that this browser can decode; drop a JPEG, PNG or WebP.`);
  });
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")!;
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}

// Files to data sets, networks and pixels: who reads which format on the page. How a format is told from another is
// src/dataset/formats.ts; Node's readers are in src/node/formats.ts.

import {
  companionOf,
  type Readers,
  type RecognisedFile,
  recogniseFile,
  refuseFormat,
  type SomeReaders,
} from "../../src/dataset/formats.js";
import type { Hdf5Set } from "../../src/dataset/hdf5.js";
import { readIdx } from "../../src/dataset/idx.js";
import type { Picture } from "../../src/dataset/image.js";
import { type ReadReply, type ReadRequest, resultOf, tooSlow, usualSeconds } from "../../src/dataset/reading.js";
import { InputError, Network } from "../../src/index.js";
import type { NamedFile } from "../protocol.js";

// The script of the reader, here before it is needed: the server may be gone by then.
const script = fetch(new URL("reader.js", self.location.href), { priority: "low" })
  .then((response) => (response.ok ? response.blob() : null))
  .catch(() => null);

/** How each content is read. Pictures are the browser's, which decodes more formats than the table knows. */
interface Reads {
  dataset(file: RecognisedFile, companion: Uint8Array | null): Promise<readonly Hdf5Set[]>;
  model(file: RecognisedFile): Network;
}

const idx: Pick<Reads, "dataset"> = {
  dataset: async ({ name, bytes }, labels) => [{ part: null, set: await readIdx(bytes, labels!, { name }) }],
};

const READERS: Readers<Reads> = {
  hdf5: { dataset: inReader },
  idx,
  gzip: idx,
  safetensors: { model: ({ bytes, name }) => Network.load(bytes, name) },
};

function readerOf<C extends keyof Reads>({ format }: RecognisedFile, content: C): Reads[C] | undefined {
  const readers: SomeReaders<Reads> = READERS;
  return readers[format.name]?.[content];
}

/**
 * The sets in a file; labels of idx pictures are taken from `files`.
 *
 * Throws E_NOT_HDF5 for a file that gives none, E_FILE_TYPE for an idx file whose labels are not there, and what
 * readHdf5Sets and readIdx throw.
 */
export async function readSets(file: RecognisedFile, files: readonly RecognisedFile[]): Promise<readonly Hdf5Set[]> {
  const read = readerOf(file, "dataset") ?? refuseFormat(file, "dataset");
  const wanted = companionOf(file);
  const companion = files.find(({ name }) => name === wanted);
  if (wanted === null || companion) return read(file, companion?.bytes ?? null);
  const { name, format } = file;
  throw new InputError("E_FILE_TYPE", `${name} is ${format.called}; drop its labels, ${wanted}, together with it.`);
}

/** The network in a model file. Throws E_MODEL. */
export function readModel(named: NamedFile): Network {
  const file = recogniseFile(named);
  const read = readerOf(file, "model") ?? refuseFormat(file, "model");
  return read(file);
}

/** Pixels of a picture of any format the browser knows. Throws E_IMAGE. */
export async function decodePicture({ name, bytes }: NamedFile): Promise<Picture> {
  const bitmap = await createImageBitmap(new Blob([bytes])).catch(() => {
    throw new InputError("E_IMAGE", `${name} is no picture that this browser can decode; drop a JPEG, PNG or WebP.`);
  });
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")!;
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}

// A worker for each HDF5 file, thrown away, since the library's state outlives a bad file, and since only a worker can
// be ended.
async function inReader({ name, bytes }: RecognisedFile): Promise<readonly Hdf5Set[]> {
  const text = await script;
  const address = text ? URL.createObjectURL(text) : new URL("reader.js", self.location.href).href;
  const reader = new Worker(address, { type: "module", name: "reader" });
  const seconds = usualSeconds(bytes.length);
  let timer = 0;
  const reply = await new Promise<ReadReply>((resolve, reject) => {
    const late = () => reject(tooSlow(name, "E_HDF5_DAMAGED", seconds));
    reader.onmessage = ({ data }: MessageEvent<ReadReply>) => {
      if ("begins" in data) timer = self.setTimeout(late, 1000 * seconds);
      else resolve(data);
    };
    reader.onerror = () => {
      const message = `${name} cannot be read, since the page’s reader could not be loaded; load the page anew.`;
      reject(new InputError("E_FILE_READ", message));
    };
    reader.postMessage({ task: "readHdf5Sets", args: [bytes, { name }] } satisfies ReadRequest);
  }).finally(() => {
    self.clearTimeout(timer);
    reader.terminate();
    if (text) URL.revokeObjectURL(address);
  });
  if ("code" in reply && reply.code === "E_HDF5_MISSING") throw new InputError(reply.code, onPage(reply.message));
  return resultOf(reply) as readonly Hdf5Set[];
}

// Datasets that are not found are named by options, which the page has none of.
const onPage = (message: string) =>
  message.replace(
    /; name them with .*, on the command line with (.*)\.$/,
    "; the page goes by names like x and y: rename them in the file, or train on it with the command wasmlp train and $1.",
  );

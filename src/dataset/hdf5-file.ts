// One HDF5 file, held in memory and read under guard. The only file that knows h5wasm, which is loaded when first
// needed. Foreign ground: types, filters and sizes are checked before anything is read, and while the file is read the
// library can open nothing else, so that data in another file are refused rather than found missing, empty or zero.
// What the datasets mean is the work of store.ts.

import type { Dataset, File, Metadata } from "h5wasm";
import { InputError } from "../errors.js";
import { product } from "../shape.js";
import { asBytes } from "./arrays.js";
import { recognise } from "./formats.js";
import { fromHalf } from "./half.js";
import { findEndlessHeap } from "./hdf5-heaps.js";
import { elementOf, fixedText, type Hdf5Records, readField, widthOf } from "./hdf5-records.js";
import type { Store, StoredArray, StoredEntry, TypeClass } from "./store.js";

/** A dataset of a file, as inspectHdf5 lists it; of any type: "compound", "external link", … */
export interface Hdf5Entry extends StoredEntry {
  /** Shape of the pieces in which it is stored; null where it lies in one. */
  readonly chunks: readonly number[] | null;
  /** What packs the pieces: "deflate", "shuffle", … */
  readonly filters: readonly string[];
}

/** A dataset that passed every check that can be made without reading it; booleans are an enum of FALSE and TRUE. */
type Hdf5Dataset = Hdf5Entry & StoredArray;

export interface Hdf5File extends Store {
  list(): Hdf5Entry[];
  /** Those attributes of a group, "" for the file itself, that are text: each a list of one or more. */
  texts(group: string, names: readonly string[]): Record<string, string[]>;
  /** The records of a compound dataset; null for any other, and where there is none of that path. */
  records(path: string): Hdf5Records | null;
  /** Text or a number that is said of a group or a dataset; null where there is none. */
  attribute(path: string, name: string): string | number | null;
}

// gzip shrinks zeros about 1000 times; a large dataset that is shrunk more is not data but a trap
const MOST_RATIO = 1000;
const TRAP_BYTES = 2 ** 26;
const MOST_ENTRIES = 1000; // hard links can make a small file endlessly deep
// H5Z numbers of deflate, shuffle, fletcher32 and scale-offset: what the library decodes itself. Not nbit (5): it packs
// numbers of fewer bits than their type has, which h5wasm hands out without sign and shift.
const FILTERS = new Set([1, 2, 3, 6]);
/** The most that a dataset in a file of so many bytes may declare, as far as the file goes. */
export const mostDeclared = (fileBytes: number) => Math.max(TRAP_BYTES, MOST_RATIO * fileBytes);
const CODES = { missing: "E_HDF5_MISSING", type: "E_HDF5_TYPE" } as const;
const CLASSES = "integer float time text bitfield opaque compound reference enum variable-length array".split(" ");
type Library = Awaited<typeof import("h5wasm").ready>;
const ENOENT = 44; // in Emscripten's numbering
const O_DIRECTORY = 0o200000;

/** Opens a file, hands it to `use`, which must not keep it, and closes it. Throws what readHdf5 throws of files. */
export async function withHdf5File<T>(
  input: Uint8Array | ArrayBuffer,
  {
    name,
    who = `readHdf5: ${name ?? "the file"}`,
    maxBytes,
  }: { name?: string | undefined; who?: string; maxBytes: number },
  use: (file: Hdf5File) => T,
): Promise<T> {
  const bytes = asBytes(who, "E_NOT_HDF5", input);
  const format = recognise(bytes);
  if (format.name !== "hdf5") throw new InputError("E_NOT_HDF5", `${who} is ${format.called}; pass an HDF5 file.`);
  const heap = findEndlessHeap(bytes);
  if (heap >= 0) {
    throw new InputError(
      "E_HDF5_DAMAGED",
      `${who} is damaged (the heap at byte ${heap} has free space of no size); get the file again.`,
    );
  }
  const h5wasm = await import("h5wasm");
  const module = await h5wasm.ready.catch((cause: unknown) => {
    const reason = reasonOf(cause);
    if (!/memory/i.test(reason)) throw cause;
    throw new InputError(
      "E_MEMORY",
      `${who}: the HDF5 library gets no memory (${reason}); where address space is limited (ulimit -v) allow more, as engines reserve gigabytes of it.`,
      { cause },
    );
  });
  module.activate_throwing_error_handler(); // without it a failed read returns whatever lay in memory
  const path = "/wasmlp.h5";
  module.FS.writeFile(path, bytes, { canOwn: true } as object); // no copy: nothing writes to it
  const guard = guardOpen(module.FS as unknown as FileSystem, path);
  let file: File | undefined;
  try {
    file = new h5wasm.File(path, "r");
    if (file.file_id <= 0n) throw new Error("it cannot be opened");
    guard.shut();
    const matlab = String.fromCharCode(...bytes.subarray(0, 10)) === "MATLAB 7.3";
    return use({ matlab, ...createFile(h5wasm, module, file, who, bytes.length, maxBytes, guard) });
  } catch (cause) {
    if (cause instanceof InputError || cause instanceof ReferenceError) throw cause; // an engine without what it needs
    const reason = reasonOf(cause);
    if (/^(Requested|Memory|Array buffer) allocation/.test(reason)) {
      throw new InputError("E_TOO_LARGE", `${who} needs more memory than there is (${reason}); pass a smaller file.`, {
        cause,
      });
    }
    throw new InputError("E_HDF5_DAMAGED", `${who} is damaged or cut (${reason}); get the file again.`, { cause });
  } finally {
    try {
      file?.close();
    } catch {
      // a damaged file may not close; its instance is thrown away
    }
    guard.remove();
    module.FS.unlink(path);
  }
}

interface FileSystem {
  open(path: unknown, flags: number, mode?: number): unknown;
  readonly ErrnoError: new (errno: number) => Error;
}

interface Guard {
  /** From now on not even the file itself can be opened, under whatever name. */
  shut(): void;
  /** What the library first tried to open since the last call. */
  refused(): string | null;
  remove(): void;
}

/**
 * Lets the library open the file and its own scratch files, nothing else. The file system is in memory, but it has
 * devices: external storage in /dev/null reads as zeros, in /dev/stdin as the program's input.
 */
function guardOpen(fs: FileSystem, own: string): Guard {
  const open = fs.open;
  let isShut = false;
  let refused: string | null = null;
  fs.open = (path, flags, mode) => {
    if (typeof path !== "string" || (path === own && !isShut) || /^\/tmp\/tmpfile_\w+$/.test(path)) {
      return open.call(fs, path, flags, mode);
    }
    // folders are only searched for plugins
    if ((flags & O_DIRECTORY) === 0) refused ??= path;
    throw new fs.ErrnoError(ENOENT);
  };
  return {
    shut: () => {
      isShut = true;
    },
    refused: () => {
      const path = refused;
      refused = null;
      return path;
    },
    remove: () => {
      fs.open = open;
    },
  };
}

function createFile(
  { BrokenSoftLink, Dataset, ExternalLink, Group }: typeof import("h5wasm"),
  module: Library,
  file: File,
  who: string,
  fileBytes: number,
  maxBytes: number,
  guard: Guard,
): Omit<Hdf5File, "matlab"> {
  const refuse = (what: string): never => {
    throw new InputError("E_HDF5_REFUSED", `${who} has ${what}; pass a file that holds its own data.`);
  };

  /** What lies at a path. The library throws at a soft link through an external one, as at anything damaged. */
  function get(path: string): ReturnType<File["get"]> {
    guard.refused();
    try {
      return file.get(path);
    } catch (error) {
      const outside = guard.refused();
      if (outside !== null) return new ExternalLink(outside, "");
      throw error;
    }
  }

  let listed: Hdf5Entry[] | null = null;
  function list(): Hdf5Entry[] {
    listed ??= listAll();
    return listed;
  }

  function listAll(): Hdf5Entry[] {
    const entries: Hdf5Entry[] = [];
    const groups = [""];
    let seen = 0;
    for (const group of groups) {
      const keys = group === "" ? file.keys() : (get(group) as InstanceType<typeof Group>).keys();
      for (const key of keys) {
        if (++seen > MOST_ENTRIES) return entries;
        const path = group === "" ? key : `${group}/${key}`;
        const entity = get(path);
        if (entity instanceof Group) groups.push(path);
        else if (entity instanceof Dataset) entries.push(describe(path, entity));
        else if (entity instanceof ExternalLink || entity instanceof BrokenSoftLink) {
          const type = entity instanceof ExternalLink ? "external link" : "broken link";
          entries.push({ path, shape: [], type, chunks: null, filters: [] });
        }
      }
    }
    return entries;
  }

  function open(wanted: string): Hdf5Dataset | null {
    const found = find(wanted);
    return found instanceof Dataset ? check(pathOf(wanted), found) : null;
  }

  function records(wanted: string): Hdf5Records | null {
    const found = find(wanted);
    const members = found instanceof Dataset ? found.metadata.compound_type?.members : undefined;
    if (!(found instanceof Dataset) || !members) return null;
    const path = pathOf(wanted);
    const count = checkSize(path, found);
    const types = members.map((member) => typeOf(elementOf(member)));
    return {
      ...{ path, count },
      fields: members.map((member, i) => ({ name: member.name, type: types[i]!, width: widthOf(member) })),
      read() {
        const bytes = inside(path, () => readBytes(module, file, path, count * found.metadata.size));
        return members.map((member, i) =>
          readField(bytes, found.metadata.size, member, types[i]!, (place) =>
            place ? module.UTF8ToString(place) : "",
          ),
        );
      },
    };
  }

  function attribute(wanted: string, name: string): string | number | null {
    const found = find(wanted);
    if (!(found instanceof Dataset || found instanceof Group) || !(name in found.attrs)) return null;
    const value: unknown = found.get_attribute(name, false);
    if (typeof value === "bigint") return Number(value);
    return typeof value === "string" || typeof value === "number" ? value : null;
  }

  /** What lies at a path, refused where a link leads out of the file. */
  function find(wanted: string): ReturnType<File["get"]> {
    const path = pathOf(wanted);
    if (path === "") return file;
    // every link on the way counts
    for (let end = path.indexOf("/"); ; end = path.indexOf("/", end + 1)) {
      const part = end < 0 ? path : path.slice(0, end);
      const entity = get(part);
      if (entity instanceof ExternalLink) {
        return refuse(`a link at "${part}" to data in another file, ${JSON.stringify(entity.filename)}`);
      }
      if (entity instanceof BrokenSoftLink) return refuse(`a link at "${part}" that leads to nothing in it`);
      if (end >= 0 && entity instanceof Group) continue;
      return end < 0 ? entity : null;
    }
  }

  function texts(path: string, names: readonly string[]): Record<string, string[]> {
    const group = path === "" ? file : get(path);
    if (!(group instanceof Group)) return {};
    const { attrs } = group;
    const found = names.flatMap((name): [string, string[]][] => {
      const attribute = Object.hasOwn(attrs, name) ? attrs[name]! : undefined;
      if (!attribute || CLASSES[attribute.metadata.type] !== "text") return [];
      const { value } = attribute;
      return [[name, (Array.isArray(value) ? value : [value]).map(String)]];
    });
    return Object.fromEntries(found);
  }

  /** How many values a dataset has. Throws where it is not all here, or more than can be. */
  function checkSize(path: string, { metadata, filters }: Dataset): number {
    if (metadata.virtual_sources) refuse(`a virtual dataset at "${path}", whose data lie in other files`);
    const { shape, size } = metadata;
    if (!shape) throw new InputError("E_EMPTY", `${who}: "${path}" is empty; pass a dataset with examples.`);
    const count = product(shape);
    // a piece is unpacked whole, however little of it is wanted
    const bytes = size * Math.max(count, product(metadata.chunks ?? [0]));
    if (bytes > maxBytes) {
      throw new InputError(
        "E_TOO_LARGE",
        `${who}: "${path}" says it holds ${bytes} bytes, the limit is ${maxBytes}; pass a larger maxBytes or a smaller file.`,
      );
    }
    if (bytes > mostDeclared(fileBytes)) {
      throw new InputError(
        "E_TOO_LARGE",
        `${who}: "${path}" says it holds ${bytes} bytes in a file of ${fileBytes}; pass a file with real data.`,
      );
    }
    const unknown = filters.find(({ id }) => !FILTERS.has(id));
    if (unknown) {
      throw new InputError(
        "E_HDF5_REFUSED",
        `${who}: "${path}" is packed with filter ${unknown.id} (${unknown.name}); write it with gzip or without compression.`,
      );
    }
    return count;
  }

  /** Reads what belongs to the dataset at a path, refused where some of it lies elsewhere. */
  function inside<T>(path: string, read: () => T): T {
    guard.refused();
    try {
      return read();
    } finally {
      const outside = guard.refused();
      if (outside !== null) refuse(`external storage at "${path}", in ${JSON.stringify(outside)}`);
    }
  }

  function check(path: string, dataset: Dataset): Hdf5Dataset {
    const { metadata } = dataset;
    const count = checkSize(path, dataset);
    const read = () => {
      const values: unknown = inside(path, () => {
        if (isHalf(metadata)) return readHalf(module, file, path, count);
        return isFixedText(metadata) ? readTexts(module, file, path, metadata.size, count) : dataset.value;
      });
      const list = Array.isArray(values) || ArrayBuffer.isView(values) ? values : [values];
      const { length } = list as unknown[];
      if (length !== count) throw new Error(`"${path}" holds ${length} values instead of ${count}`);
      return list as unknown as ArrayLike<number | bigint | string>;
    };
    return { ...describe(path, dataset), typeClass: typeClassOf(metadata), names: namesOf(metadata), read };
  }

  return { who, codes: CODES, list, open, texts, records, attribute };
}

const pathOf = (wanted: string) => wanted.split("/").filter(Boolean).join("/");

function describe(path: string, { metadata, filters }: Dataset): Hdf5Entry {
  const type = metadata.virtual_sources ? "virtual dataset" : typeOf(metadata);
  const { shape, chunks } = metadata;
  return { path, shape: shape ?? [], type, chunks, filters: filters.map(({ name }) => name) };
}

function typeOf({ type, size, signed, littleEndian, enum_type: names }: Metadata): string {
  const name = CLASSES[type] ?? "unknown";
  if (name === "integer") return `${signed ? "int" : "uint"}${8 * size}`;
  if (name === "float") return `float${8 * size}`;
  if (names && !littleEndian) return "big-endian enum";
  return names && "FALSE" in names.members && "TRUE" in names.members ? "bool" : name;
}

// h5wasm returns the bare bytes of integers of other widths, and fails to swap those of enums
function typeClassOf(metadata: Metadata): TypeClass {
  const type = typeOf(metadata);
  if (/^u?int(8|16|32|64)$/.test(type)) return "integer";
  if (/^float(16|32|64)$/.test(type)) return "float";
  if (type === "bool" || (type === "bitfield" && metadata.size === 1)) return "bool"; // the second is PyTables'
  if (metadata.enum_type && metadata.littleEndian && [1, 2, 4, 8].includes(metadata.size)) return "enum";
  return type === "text" ? "text" : "other";
}

function namesOf({ enum_type: names }: Metadata): string[] | null {
  const sorted = Object.entries(names?.members ?? {}).sort(([, a], [, b]) => a - b);
  return sorted.length >= 2 && sorted.every(([, value], i) => value === i) ? sorted.map(([name]) => name) : null;
}

const isHalf = (metadata: Metadata) => typeOf(metadata) === "float16";

// The library has no array for half floats, and takes text of a fixed length that is not called UTF-8 for Latin-1.
const isFixedText = (metadata: Metadata) => typeOf(metadata) === "text" && !metadata.vlen;

function readHalf(module: Library, file: File, path: string, count: number): Float32Array {
  const view = new DataView(readBytes(module, file, path, 2 * count).buffer);
  return Float32Array.from({ length: count }, (_, i) => fromHalf(view.getUint16(2 * i, true)));
}

function readTexts(module: Library, file: File, path: string, size: number, count: number): string[] {
  const bytes = readBytes(module, file, path, size * count);
  return Array.from({ length: count }, (_, i) => fixedText(bytes.subarray(i * size, (i + 1) * size)));
}

/** All bytes of a dataset, as the library lays them in its memory: numbers of simple types in the machine's order. */
function readBytes(module: Library, { file_id: id }: File, path: string, size: number): Uint8Array<ArrayBuffer> {
  const place = module._malloc(Math.max(1, size));
  if (place === 0) throw new Error("Memory allocation failed");
  try {
    module.get_dataset_data(id, path, null, null, null, BigInt(place));
    return module.HEAPU8.slice(place, place + size) as Uint8Array<ArrayBuffer>;
  } finally {
    module._free(place);
  }
}

/** The library's innermost complaint: "truncated file: eof = 100000, …". */
function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  const inner = [...text.matchAll(/^ *#\d+: .* in \w+\(\): (.*)$/gm)].at(-1)?.[1];
  return (inner ?? text.split("\n", 1)[0] ?? "").trim().slice(0, 160);
}

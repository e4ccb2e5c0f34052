// The table of file formats: how each is told by its first bytes, what it is called, what it can give. Nothing is read
// here. Who reads a format differs: src/node/formats.ts for Node, web/worker/formats.ts for the page.

import { type ErrorCode, InputError } from "../errors.js";
import { shellWord } from "../text.js";

/** What can be had from a file: examples with labels, examples alone, a table, a network, a picture. */
export type Content = "dataset" | "examples" | "table" | "model" | "picture";

/** A row of the table. */
interface Row {
  readonly name: string;
  /** With its article: "an HDF5 file". */
  readonly called: string;
  readonly gives: readonly Content[];
  /** How to ask for one, where that is not what it is called; also by what is wanted of it. */
  readonly asked?: string | Partial<Record<Content, string>>;
  /** The second file that a data set takes. */
  readonly companion?: Companion;
  /** Whether wasmlp import makes a network of it; or on which condition, in words. */
  readonly importable?: true | string;
  /** Code of its refusal where several contents would do. @default "E_FILE_TYPE" */
  readonly refused?: ErrorCode;
  matches(bytes: Uint8Array): boolean;
}

interface Companion {
  /** Its name by the first one's; null when that does not tell. */
  readonly nameOf: (name: string) => string | null;
  /** What is said when it does not. */
  readonly unnamed: string;
}

/** What makes safetensors of PyTorch's weights, in Python. */
export const TORCH_LINE = 'safetensors.torch.save_file(torch.load("model.pt", weights_only=True), "model.safetensors")';

/** All formats. The first row that matches is the one; those that give nothing are here to be named in a refusal. */
export const FORMATS = [
  { name: "empty", called: "an empty file", gives: [], matches: (bytes) => bytes.length === 0 },
  {
    name: "hdf5",
    called: "an HDF5 file",
    gives: ["dataset", "examples", "table"],
    importable: "if Keras saved it",
    matches: isHdf5,
  },
  {
    name: "safetensors",
    called: "a safetensors model",
    gives: ["model"],
    asked: "a model that wasmlp saved",
    // eight bytes of header length, then JSON
    matches: (bytes) => bytes[6] === 0 && bytes[7] === 0 && begins(bytes.subarray(8), "{"),
  },
  {
    name: "idx",
    called: "an idx file",
    gives: ["dataset", "examples"],
    companion: {
      nameOf: idxLabels,
      unnamed: "is an idx file, but its name does not say where its labels are; name it like train-images-idx3-ubyte.",
    },
    // the type of the numbers, and how many dimensions they have
    matches: (bytes) => begins(bytes, 0, 0) && [8, 9, 11, 12, 13, 14].includes(bytes[2]!) && bytes[3]! > 0,
  },
  {
    name: "gzip", // an idx file may be in it
    called: "a gzip file",
    gives: ["dataset", "examples"],
    asked: "an idx file",
    companion: {
      nameOf: idxLabels,
      unnamed:
        "is a gzip file, read only where idx pictures are in it, by a name such as train-images-idx3-ubyte.gz; unpack it.",
    },
    matches: (bytes) => begins(bytes, 0x1f, 0x8b),
  },
  { name: "jpeg", called: "a JPEG picture", gives: ["picture"], matches: (bytes) => begins(bytes, 0xff, 0xd8, 0xff) },
  { name: "png", called: "a PNG picture", gives: ["picture"], matches: (bytes) => begins(bytes, 0x89, "PNG") },
  {
    name: "webp",
    called: "a WebP picture",
    gives: ["picture"],
    matches: (bytes) => begins(bytes, "RIFF") && begins(bytes.subarray(8), "WEBP"),
  },
  { name: "gif", called: "a GIF picture", gives: [], refused: "E_IMAGE", matches: (bytes) => begins(bytes, "GIF8") },
  {
    name: "npz", // a zip whose first file is an array
    called: "an NPZ file",
    gives: ["dataset", "examples"],
    matches: (bytes) => firstInZip(bytes)?.endsWith(".npy") ?? false,
  },
  {
    name: "office",
    called: "an Office document (save the sheet as CSV)",
    gives: [],
    matches: (bytes) => /^(\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/)/.test(firstInZip(bytes) ?? ""),
  },
  {
    name: "keras",
    called: "a Keras model",
    gives: [],
    importable: true,
    matches: (bytes) => /^(metadata\.json|config\.json|model\.weights\.h5)$/.test(firstInZip(bytes) ?? ""),
  },
  {
    name: "pytorch", // a zip with a pickle in it, before 1.6 a pickle that begins with this number
    called: `a PyTorch file, a pickle, which would be run to be read (in Python: ${TORCH_LINE})`,
    gives: [],
    matches: (bytes) =>
      /\/data\.pkl$/.test(firstInZip(bytes) ?? "") || begins(bytes, 0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9),
  },
  { name: "zip", called: "a zip archive", gives: [], matches: (bytes) => begins(bytes, "PK", 3, 4) },
  { name: "empty-zip", called: "an empty zip archive", gives: [], matches: (bytes) => begins(bytes, "PK", 5, 6) },
  { name: "pdf", called: "a PDF document", gives: [], matches: (bytes) => begins(bytes, "%PDF") },
  {
    name: "numpy",
    called: "a NumPy array",
    gives: ["dataset", "examples"],
    companion: {
      nameOf: arrayOfLabels,
      unnamed:
        "is a NumPy array, but its name does not say where its labels are; name the files like x_train.npy and y_train.npy, on the command line the labels with --y.",
    },
    matches: (bytes) => begins(bytes, 0x93, "NUMPY"),
  },
  {
    name: "pickle",
    called: `a Python pickle, which would be run to be read (in Python: numpy.savez("data.npz", x=x, y=y))`,
    gives: [],
    matches: (bytes) => bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5,
  },
  {
    name: "matlab5",
    called: "a MATLAB file",
    gives: ["dataset", "examples"],
    matches: (bytes) => begins(bytes, "MATLAB 5.0"),
  },
  {
    name: "parquet",
    called: "a Parquet file",
    gives: ["table"],
    matches: (bytes) => begins(bytes, "PAR1"),
  },
  { name: "html", called: "an HTML page", gives: [], matches: (bytes) => HTML.test(beginning(bytes)) },
  {
    name: "lfs",
    called: "a Git LFS pointer (run git lfs pull)",
    gives: [],
    matches: (bytes) => begins(bytes, "version https://git-lfs.github.com/spec/"),
  },
  { name: "xml", called: "an XML file", gives: [], matches: (bytes) => /^\s*<\?xml/.test(beginning(bytes)) },
  {
    name: "tfjs",
    called: "a TensorFlow.js model",
    gives: [],
    importable: true,
    matches: (bytes) => /^\s*\{.*"(modelTopology|layers-model)"/s.test(beginning(bytes)),
  },
  {
    name: "libsvm",
    called: `a LIBSVM file (in Python: sklearn.datasets.load_svmlight_file, then numpy.savez("data.npz", x=x.toarray(), y=y))`,
    gives: [],
    matches: (bytes) => /^[+-]?\d+(\.\d+)?( +\d+:[^\s:]+)+ *\r?(\n|$)/.test(beginning(bytes)),
  },
  {
    name: "json", // one value, or one a line
    called: "a JSON file",
    gives: ["table", "examples"],
    asked: { table: "a JSON file of objects", examples: "JSON rows" },
    matches: (bytes) => isText(bytes) && /^\s*[[{]/.test(beginning(bytes)),
  },
  {
    name: "text", // CSV can be told from other text only by reading it
    called: "a text file",
    gives: ["table", "examples"],
    asked: { table: "a CSV file", examples: "JSON rows" },
    matches: isText,
  },
  {
    name: "onnx", // its version, a small number, then one of the other fields of a model
    called: "an ONNX model",
    gives: [],
    importable: true,
    matches: (bytes) => bytes[0] === 8 && bytes[1]! < 100 && [18, 26, 34, 40, 50, 58, 66, 114].includes(bytes[2]!),
  },
  { name: "unknown", called: "unknown binary data", gives: [], matches: () => true },
] as const satisfies readonly Row[];

type Known = (typeof FORMATS)[number];
export type FormatName = Known["name"];

/** A format, as code that knows no single one sees it. */
export interface Format extends Row {
  readonly name: FormatName;
}

/** A file that was read. Its name is for messages and for the name of its companion. */
interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A file that was read and recognised, each once. */
export interface RecognisedFile extends NamedFile {
  readonly format: Format;
}

type Gives<N extends FormatName> = Extract<Known, { readonly name: N }>["gives"][number];

/**
 * Readers by format, for what `Reads` names: a format that gives something has a reader for it, or it is a type error.
 * `Reads` says how a data set, examples, a model, a picture are read, as far as they are.
 */
export type Readers<Reads> = {
  readonly [N in FormatName as Gives<N> & keyof Reads extends never ? never : N]: {
    readonly [C in Gives<N> & keyof Reads]: Reads[C];
  };
};

/** The same, to look a format up that may have none. */
export type SomeReaders<Reads> = { readonly [N in FormatName]?: Partial<Reads> };

/** The format of a file, by its content alone: looks at the first 512 bytes, and for HDF5 at some more. */
export function recognise(bytes: Uint8Array): Format {
  const rows: readonly Format[] = FORMATS;
  return rows.find(({ matches }) => matches(bytes))!;
}

/** The file with its format. */
export function recogniseFile({ name, bytes }: NamedFile): RecognisedFile {
  return { name, bytes, format: recognise(bytes) };
}

/**
 * Name of the file that a data set takes besides this one, in the same folder; null where it takes none.
 *
 * Throws E_FILE_TYPE when this one's name does not tell.
 */
export function companionOf({ name, format: { companion } }: Omit<RecognisedFile, "bytes">): string | null {
  if (!companion) return null;
  const other = companion.nameOf(name);
  if (other === null) throw new InputError("E_FILE_TYPE", `${name} ${companion.unnamed}`);
  return other;
}

// Codes are older than the table: a data set was HDF5 first.
const CODES = {
  ...{ dataset: "E_NOT_HDF5", examples: "E_FILE_TYPE", table: "E_TABLE" },
  ...{ model: "E_MODEL", picture: "E_IMAGE" },
} as const satisfies Record<Content, ErrorCode>;

/**
 * Throws what is said of a file that gives nothing of what is wanted: "a.zip is a zip archive; pass an HDF5 file or an
 * idx file." The list of what would do is the table's.
 */
export function refuseFormat({ name, format }: Omit<RecognisedFile, "bytes">, ...wanted: readonly Content[]): never {
  const rows: readonly Row[] = FORMATS;
  const would = wanted.flatMap((content) =>
    rows
      .filter(({ gives }) => gives.includes(content))
      .map(({ asked, called }) => (typeof asked === "object" ? asked[content] : asked) ?? called),
  );
  const asked = [...new Set(would)];
  const last = asked.pop();
  const list = asked.length > 0 ? `${asked.join(", ")} or ${last}` : last;
  const others = wanted.filter((content) => content !== "table"); // which became data sets later
  const code = others.length > 1 ? (format.refused ?? "E_FILE_TYPE") : CODES[others[0] ?? "table"];
  const { importable } = format;
  if (importable === undefined || !wanted.includes("model")) {
    throw new InputError(code, `${name} is ${format.called}; pass ${list}.`);
  }
  const first = `import it first: ${importLine(name)}`;
  const todo = importable === true ? first : `pass ${list}, or, ${importable}, ${first}`;
  throw new InputError(code, `${name} is ${format.called}; ${todo}.`);
}

/** The command that makes a network of a model of others. */
export const importLine = (name: string): string =>
  `wasmlp import ${shellWord(name)} --out ${shellWord(`${name.replace(/\.[^.]*$/, "")}-imported.safetensors`)}`;

/** Labels beside pictures, in MNIST's names: train-images-idx3-ubyte.gz has train-labels-idx1-ubyte.gz. */
function idxLabels(pictures: string): string | null {
  const labels = pictures.replace(/images([-.])idx\d+(?=[^/\\]*$)/, "labels$1idx1");
  return labels === pictures ? null : labels;
}

/** Labels beside examples: y_train.npy beside x_train.npy. */
function arrayOfLabels(examples: string): string | null {
  const labels = examples.replace(
    /(^|[^a-z])(x)(?=[^a-z])/i,
    (_, before: string, x: string) => before + (x === "X" ? "Y" : "y"),
  );
  return labels === examples ? null : labels;
}

const SIGNATURE = [0x89, "HDF\r\n", 0x1a, "\n"] as const;
const HTML = /^\s*(<!doctype html|<html|<head|<!--)/i;

/** The signature may come after a block of the user's own, of 512 bytes or that doubled any number of times. */
function isHdf5(bytes: Uint8Array): boolean {
  for (let offset = 0; offset < bytes.length; offset = Math.max(512, 2 * offset)) {
    if (begins(bytes.subarray(offset), ...SIGNATURE)) return true;
  }
  return false;
}

/** UTF-16 is known by its byte order mark. */
function isText(bytes: Uint8Array): boolean {
  if (begins(bytes, 0xff, 0xfe) || begins(bytes, 0xfe, 0xff)) return true;
  return bytes.subarray(0, 512).every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13);
}

/** The first bytes as text, a letter each, without a byte order mark and UTF-16's zeros. */
function beginning(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes.subarray(0, 512)).replace(/^(ï»¿|ÿþ|þÿ)|\0/g, "");
}

/** Name of the first file in a zip archive; null for what is none. */
function firstInZip(bytes: Uint8Array): string | null {
  if (!begins(bytes, "PK", 3, 4)) return null;
  const length = bytes[26]! + 256 * bytes[27]!;
  return new TextDecoder().decode(bytes.subarray(30, 30 + length));
}

/** Whether these bytes, some given as letters, come first. */
function begins(bytes: Uint8Array, ...start: readonly (number | string)[]): boolean {
  const wanted = start.flatMap((part) =>
    typeof part === "number" ? [part] : Array.from(part, (letter) => letter.charCodeAt(0)),
  );
  return wanted.every((byte, i) => bytes[i] === byte);
}

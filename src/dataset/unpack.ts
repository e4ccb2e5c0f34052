// Files that come packed: a table or an array in gzip, or as the only file of a zip archive. What is in other packages is
// their readers' to say: idx in gzip, NPZ.

import { InputError } from "../errors.js";
import { type Format, type FormatName, type RecognisedFile, recognise } from "./formats.js";

const UNPACKED: readonly FormatName[] = ["text", "json", "parquet", "numpy", "pickle", "libsvm"]; // also to be named
const MOST = 2 ** 30; // bytes; a judgement
const KNOWN = 512; // bytes by which these formats are known

/**
 * The file in a gzip file or zip archive where it is text, JSON, Parquet or a NumPy array, under the name of its package; any
 * other file as it is. Throws E_FILE_READ for damaged data, E_TOO_LARGE for more than a gibibyte in them.
 */
export async function unpacked(file: RecognisedFile): Promise<RecognisedFile> {
  if (file.format.name === "gzip") return fromGzip(file);
  return file.format.name === "zip" ? fromZip(file) : file;
}

const isWanted = ({ name }: Format) => UNPACKED.includes(name);

async function fromGzip(file: RecognisedFile): Promise<RecognisedFile> {
  const { name } = file;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const all = async () => new Uint8Array(await new Blob(chunks).arrayBuffer());
  let size = 0;
  let format: Format | null = null;
  const gzip = new Blob([file.bytes as Uint8Array<ArrayBuffer>]).stream();
  const reader = gzip.pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (value) chunks.push(value);
      size += value?.length ?? 0;
      if (format === null && (done || size >= KNOWN)) {
        format = recognise(await all());
        if (!isWanted(format)) return file;
      }
      if (done) return { name, bytes: await all(), format: format! };
      if (size > MOST)
        throw new InputError("E_TOO_LARGE", `${name} holds more than ${MOST} bytes; pass a smaller file.`);
    }
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    format ??= recognise(await all());
    if (size > 0 && !isWanted(format)) return file; // its reader says what is wrong
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError("E_FILE_READ", `${name} is damaged or cut gzip data (${reason}); get the file again.`, {
      cause,
    });
  } finally {
    reader.cancel().catch(() => {}); // damaged data are told above
  }
}

async function fromZip(file: RecognisedFile): Promise<RecognisedFile> {
  const { name } = file;
  const { listZip } = await import("./zip.js");
  // macOS puts files of its own beside the others
  const members = listZip(name, "E_FILE_READ", file.bytes, MOST).filter(
    (one) => !/^__MACOSX\/|\.DS_Store$/.test(one.name),
  );
  const [only] = members;
  if (members.length !== 1 || !only || !isWanted(recognise(only.head(KNOWN)))) return file;
  const bytes = only.read();
  return { name, bytes, format: recognise(bytes) };
}

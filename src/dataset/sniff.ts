// What a file is, by its first bytes, for messages about a file that is something else than expected. Reads nothing more.

const SIGNATURES: readonly (readonly [string, readonly number[]])[] = [
  ["a PNG picture", [0x89, 0x50, 0x4e, 0x47]],
  ["a JPEG picture", [0xff, 0xd8, 0xff]],
  ["a GIF picture", [0x47, 0x49, 0x46, 0x38]],
  ["a zip archive", [0x50, 0x4b, 0x03, 0x04]],
  ["an empty zip archive", [0x50, 0x4b, 0x05, 0x06]],
  ["a gzip file", [0x1f, 0x8b]],
  ["a PDF document", [0x25, 0x50, 0x44, 0x46]],
  ["a NumPy array", [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]],
  ["an idx file", [0x00, 0x00, 0x08, 0x01]],
  ["an idx file", [0x00, 0x00, 0x08, 0x03]],
];
const HDF5 = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** What the bytes are, as a noun with its article: "an HTML page", "a zip archive", "unknown binary data". */
export function describeBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file";
  if (isHdf5(bytes)) return "an HDF5 file";
  const signature = SIGNATURES.find(([, start]) => startsWith(bytes, start, 0));
  if (signature) return signature[0];
  // eight bytes of header length, then JSON
  if (bytes[8] === 0x7b && bytes.length > 8 && bytes[7] === 0 && bytes[6] === 0) return "a safetensors model";
  const first = bytes.subarray(0, 512);
  const start = new TextDecoder("latin1").decode(first).replace(/^ï»¿/, ""); // UTF-8's byte order mark
  if (/^\s*(<!doctype html|<html|<head|<!--)/i.test(start)) return "an HTML page";
  if (start.startsWith("version https://git-lfs.github.com/spec/")) return "a Git LFS pointer (run git lfs pull)";
  if (/^\s*<\?xml/.test(start)) return "an XML file";
  const text = first.every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13);
  return text ? "a text file" : "unknown binary data";
}

function startsWith(bytes: Uint8Array, start: readonly number[], offset: number): boolean {
  return start.every((byte, i) => bytes[offset + i] === byte);
}

// a block of the user's own may stand before an HDF5 file, of 512 bytes or that doubled any number of times
function isHdf5(bytes: Uint8Array): boolean {
  for (let offset = 0; offset < bytes.length; offset = Math.max(512, 2 * offset)) {
    if (startsWith(bytes, HDF5, offset)) return true;
  }
  return false;
}

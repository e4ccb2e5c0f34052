// WebP pictures, decoded by Google's library in WebAssembly, which travels as text inside the reader of foreign files. What
// a file says of its size is looked at first.

import decode, { init } from "@jsquash/webp/decode.js";
import { decodeBase64 } from "../bytes.js";
import type { Picture } from "./image.js";

/** Width and height of a WebP file, by its headers alone. Throws where they are not there. */
export function sizeOfWebp(bytes: Uint8Array): { width: number; height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 30) throw new Error("it is cut");
  const kind = String.fromCharCode(...bytes.subarray(12, 16));
  const three = (at: number) => view.getUint16(at, true) + 65536 * bytes[at + 2]!;
  if (kind === "VP8X") return { width: 1 + three(24), height: 1 + three(27) };
  if (kind === "VP8L") {
    const bits = view.getUint32(21, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  if (kind === "VP8 ") return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  throw new Error("it has no frame");
}

let ready: Promise<void> | undefined;

/** Pixels of a WebP file. Throws for one that moves or is damaged. */
export async function decodeWebp(bytes: Uint8Array): Promise<Picture> {
  ready ??= load();
  await ready;
  const picture = await decode(new Uint8Array(bytes).buffer).catch(() => null);
  if (picture === null) throw new Error("it moves, or is damaged");
  const { data, width, height } = picture;
  return { data, width, height };
}

async function load(): Promise<void> {
  const { wasm } = await import("../../build/webp.js");
  // without locateFile it makes an address of the script's, which a worker from a blob has none of
  await init({ wasmBinary: decodeBase64(wasm).buffer, locateFile: (name: string) => name });
}

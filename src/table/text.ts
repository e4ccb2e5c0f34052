// The bytes of a text file as text, whichever encoding it has. Nothing is known here of what the text says.

import { turned } from "../dataset/byte-order.js";

/**
 * Text of UTF-8, of UTF-16 where a byte order mark says so, and of Latin-1 (as Windows writes it) where UTF-8 is
 * invalid; without the mark.
 */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return new TextDecoder("utf-16le").decode(turned(new Uint8Array(bytes), 2)); // not every engine has the other
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

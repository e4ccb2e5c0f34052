import { atOnce, inParts } from "./pace.js";

/** The pieces, one after another, in one array. */
export function concatBytes(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** Bytes of a base64 string, in any engine. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

/**
 * 64 bits that hang on every byte and its place, as hexadecimal: two sums of 32 bits, mixed word by word. Finds what is
 * damaged; not for secrets.
 */
export const checksum = (bytes: Uint8Array): string => atOnce(summing(bytes));

/** The same in pieces: yields now and then. */
export function* summing(bytes: Uint8Array): Generator<void, string> {
  const whole = bytes.length >> 2;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, whole);
  let [a, b] = [0x9e3779b9 ^ bytes.length, 0x7f4a7c15];
  yield* inParts(whole, 1, (from, to) => {
    [a, b] = mixed(a, b, words.subarray(from, to));
  });
  for (let i = 4 * whole; i < bytes.length; i++) {
    a = Math.imul(a ^ bytes[i]!, 0xc2b2ae35);
    b = Math.imul(b ^ a, 0x27d4eb2f);
  }
  return [a ^ (a >>> 16), b ^ (b >>> 13)].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}

function mixed(a: number, b: number, words: Int32Array): [a: number, b: number] {
  for (let i = 0; i < words.length; i++) {
    a = Math.imul(a ^ words[i]!, 0x85ebca6b);
    a ^= a >>> 15;
    b = Math.imul((b << 13) | (b >>> 19), 5) + a;
  }
  return [a, b];
}

// Decodes JPEG and PNG files in plain JavaScript, to the same pixels everywhere, WebP in WebAssembly (webp.ts). The page lets the browser decode, which
// knows more formats.

import { type DecodedPng, decode as decodePng } from "fast-png";
import { Unzlib } from "fflate";
import jpeg from "jpeg-js";
import { concatBytes } from "../bytes.js";
import { InputError, problemIn } from "../errors.js";
import { recognise, refuseFormat } from "./formats.js";
import { type Picture, pictureToExample } from "./image.js";
import type { Size } from "./picture-types.js";

// What a picture may be. A judgement: the largest take about a gigabyte and some ten seconds to decode.
const MOST_BYTES = 2 ** 28; // of a PNG's samples, as they are stored
const MOST_MEGAPIXELS = 50; // of a WebP, and of a JPEG, about 30 bytes each while it is decoded
const MOST_SCANS = 64; // of a JPEG; encoders make about ten
const PIECE = 16384; // bytes that are inflated at once
// A JPEG's block of 64 pixels takes a bit at least.
const MOST_PIXELS_A_BYTE = 512;
const INDEXED = 3; // PNG's colour type with a palette

/**
 * Pixels of a JPEG or PNG file: four bytes each, 16-bit samples rounded to 8. `name` is the file's name for messages.
 * What the file says of its size is compared with its bytes before anything is unpacked.
 *
 * Throws E_IMAGE for another format and for a picture that is damaged or cut, E_TOO_LARGE for a PNG of more than 256
 * MiB of samples or a JPEG of more than 50 million pixels or 64 scans.
 * Source: https://www.w3.org/TR/png-3/, https://www.w3.org/Graphics/JPEG/itu-t81.pdf
 */
export function decodePicture(bytes: Uint8Array, name: string): Picture {
  const format = recognise(bytes);
  if (format.name !== "png" && format.name !== "jpeg") refuseFormat({ name, format }, "picture");
  try {
    return format.name === "png" ? readPng(bytes, name) : readJpeg(bytes, name);
  } catch (cause) {
    throw damaged(name, cause);
  }
}

/** What is said of a picture that a decoder stumbled over. */
function damaged(name: string, cause: unknown): InputError {
  if (cause instanceof InputError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new InputError("E_IMAGE", `${name} cannot be decoded (${reason}); pass a whole JPEG, PNG or WebP picture.`, {
    cause,
  });
}

/** Pixels of a JPEG, PNG or WebP file, as decodePicture gives them. Rejects as that throws. */
export async function readPicture(bytes: Uint8Array, name: string): Promise<Picture> {
  if (recognise(bytes).name !== "webp") return decodePicture(bytes, name);
  try {
    const { decodeWebp, sizeOfWebp } = await import("./webp.js");
    const { width, height } = sizeOfWebp(bytes);
    checkPixels(name, width, height);
    const picture = await decodeWebp(bytes);
    if (picture.width * picture.height !== width * height) throw new Error("its parts are of several sizes");
    return picture;
  } catch (cause) {
    throw damaged(name, cause);
  }
}

/** Pictures of many files as examples of one shape, one after the other, and which of them cannot be decoded. */
export interface DecodedPictures {
  readonly x: Uint8Array;
  /** Of those that were decoded, as they came. */
  readonly sizes: readonly Size[];
  readonly broken: readonly { readonly index: number; readonly reason: string }[];
}

/**
 * Pictures whose files lie one after the other, `lengths` bytes each, as examples of `shape`; those that are broken are
 * left out and told in words that a sentence begins with.
 */
export async function decodePictures(
  bytes: Uint8Array,
  lengths: readonly number[],
  names: readonly string[],
  shape: readonly number[],
): Promise<DecodedPictures> {
  const rows: Uint8Array[] = [];
  const sizes: Size[] = [];
  const broken: { index: number; reason: string }[] = [];
  let at = 0;
  for (const [index, length] of lengths.entries()) {
    const file = bytes.subarray(at, at + length);
    at += length;
    try {
      const picture = await readPicture(file, names[index]!);
      rows.push(pictureToExample(picture, shape));
      sizes.push([picture.width, picture.height]);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      broken.push({ index, reason: problemIn(error) });
    }
  }
  return { x: concatBytes(rows), sizes, broken };
}

function tooLarge(name: string, found: string): InputError {
  return new InputError("E_TOO_LARGE", `${name} is too large (${found}); pass a smaller picture.`);
}

function checkPixels(name: string, width: number, height: number): void {
  if (width * height <= MOST_MEGAPIXELS * 1e6) return;
  throw tooLarge(name, `${width}x${height}, the most is ${MOST_MEGAPIXELS} million pixels`);
}

function readJpeg(bytes: Uint8Array, name: string): Picture {
  const { width, height, scans } = frameOf(bytes);
  const pixels = width * height;
  const size = `${width}x${height}`;
  checkPixels(name, width, height);
  if (scans > MOST_SCANS) throw tooLarge(name, `${scans} scans, the most is ${MOST_SCANS}`);
  if (pixels > MOST_PIXELS_A_BYTE * bytes.length) throw new Error(`${size} do not fit into ${bytes.length} bytes`);
  const { data } = jpeg.decode(bytes, {
    ...{ useTArray: true, maxResolutionInMP: MOST_MEGAPIXELS + 1, maxMemoryUsageInMB: 2048 },
  });
  return { data, width, height };
}

// Size and number of scans, by the markers alone.
function frameOf(bytes: Uint8Array): { width: number; height: number; scans: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame: { width: number; height: number } | null = null;
  let scans = 0;
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1]!;
    // within a scan: no marker, a stuffed zero, a restart
    if (bytes[at] !== 0xff || marker === 0 || (marker >= 0xd0 && marker <= 0xd7)) at += bytes[at] === 0xff ? 2 : 1;
    else if (marker === 0xff) at += 1;
    else if (marker === 0xd9) break;
    else {
      if (isFrame(marker)) {
        if (frame) throw new Error("it has two frames");
        if (at + 9 > bytes.length) break;
        frame = { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
      }
      if (marker === 0xda) scans++;
      at += 2 + view.getUint16(at + 2);
    }
  }
  if (frame === null || frame.width * frame.height === 0) throw new Error("it has no frame");
  return { ...frame, scans };
}

// SOF0 to SOF15, among which are DHT, JPG and DAC
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function readPng(bytes: Uint8Array, name: string): Picture {
  const { file, packed, header } = strip(bytes);
  const [width, height] = [header.getUint32(0), header.getUint32(4)];
  const [depth, colour, interlaced] = [header.getUint8(8), header.getUint8(9), header.getUint8(12)];
  const bits = depth * ({ 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colour] ?? 4);
  const rowBytes = (columns: number) => (columns > 0 ? 1 + Math.ceil((columns * bits) / 8) : 0); // a filter's byte first
  const passes = interlaced ? ADAM7 : [[0, 0, 1, 1] as const];
  let size = 0;
  for (const [left, top, across, down] of passes) {
    size += rowBytes(Math.ceil((width - left) / across)) * Math.max(0, Math.ceil((height - top) / down));
  }
  if (size > MOST_BYTES) throw tooLarge(name, `${width}x${height}, the most is ${MOST_BYTES} bytes of samples`);
  // no more is unpacked than the header says; the decoder itself has no such limit
  if (inflatedSize(packed, size) !== size) throw new Error("it is cut");
  const png = decodePng(file, { checkCrc: true });
  return widen(png, colour === INDEXED);
}

/** Bytes that pieces of zlib hold together. Throws as soon as they are more than `most`. */
function inflatedSize(pieces: readonly Uint8Array[], most: number): number {
  let size = 0;
  const unzlib = new Unzlib((inflated) => {
    size += inflated.length;
    if (size > most) throw new Error("it holds more than its header says");
  });
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += PIECE) unzlib.push(piece.subarray(at, at + PIECE));
  }
  unzlib.push(new Uint8Array(0), true);
  return size;
}

/** Left, top, distance across and down of the pixels in each pass. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

// The file with nothing in it but what pixels are made of, its packed samples, and the fields of its header.
function strip(bytes: Uint8Array): { file: Uint8Array; packed: Uint8Array[]; header: DataView } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Uint8Array[] = [bytes.subarray(0, 8)];
  const packed: Uint8Array[] = [];
  let header: DataView | null = null;
  for (let at = 8; ; ) {
    if (at + 12 > bytes.length) throw new Error("it is cut");
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 12 + length;
    if (end > bytes.length) throw new Error("it is cut");
    if ((type === "IHDR") !== (header === null)) throw new Error(header ? "it has two headers" : "it has no header");
    if (type === "IHDR") {
      if (length !== 13) throw new Error("its header is damaged");
      header = new DataView(bytes.buffer, bytes.byteOffset + at + 8, length);
    }
    if (type === "IDAT") packed.push(bytes.subarray(at + 8, end - 4));
    if (["IHDR", "PLTE", "tRNS", "IDAT", "IEND"].includes(type)) kept.push(bytes.subarray(at, end));
    if (type === "IEND") return { file: concatBytes(kept), packed, header: header! };
    at = end;
  }
}

/** Any PNG's samples as red, green, blue, alpha bytes. */
function widen(png: DecodedPng, indexed: boolean): Picture {
  const { width, height, channels, depth, palette = [], transparency } = png;
  const out = new Uint8Array(width * height * 4);
  const perByte = depth < 8 ? 8 / depth : 1;
  const most = 2 ** depth - 1;
  const rowSamples = width * channels;
  // samples of less than a byte are packed, each row begins a new byte
  const rowBytes = Math.ceil(rowSamples / perByte);
  const sample = (y: number, i: number): number => {
    if (perByte === 1) return png.data[y * rowSamples + i]!;
    const byte = png.data[y * rowBytes + Math.floor(i / perByte)]!;
    return (byte >> (8 - depth * ((i % perByte) + 1))) & most;
  };
  const toByte = (value: number): number => Math.round((value * 255) / most);
  const colours = channels < 3 ? 1 : 3;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const first = x * channels;
      if (indexed) {
        const colour = palette[sample(y, first)] as readonly number[] | undefined;
        if (!colour) throw new Error("it has a colour that is not in its palette");
        for (let c = 0; c < 4; c++) out[at + c] = colour[c] ?? 255;
        continue;
      }
      let clear = transparency !== undefined; // one colour may stand for nothing
      for (let c = 0; c < 3; c++) {
        const value = sample(y, first + Math.min(c, colours - 1));
        clear &&= value === transparency?.[Math.min(c, colours - 1)];
        out[at + c] = toByte(value);
      }
      if (channels > colours) out[at + 3] = toByte(sample(y, first + colours));
      else out[at + 3] = clear ? 0 : 255;
    }
  }
  return { data: out, width, height };
}

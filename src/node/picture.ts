// Decodes JPEG and PNG files in plain JavaScript, for Node. Browsers decode pictures themselves.

import { type DecodedPng, decode as decodePng } from "fast-png";
import jpeg from "jpeg-js";
import { recognise, refuseFormat } from "../dataset/formats.js";
import type { Picture } from "../dataset/image.js";
import { InputError } from "../errors.js";

const MOST_MEGAPIXELS = 100;
const MOST_MEGABYTES = 2048; // a JPEG of that size takes about 15 bytes a pixel while it is decoded
const INDEXED = 3; // PNG's colour type with a palette

/**
 * Pixels of a JPEG or PNG file, at most 100 million: four bytes each, 16-bit samples rounded to 8. `name` is the file's
 * name for messages.
 *
 * Throws E_IMAGE for another format and for a picture that is damaged or cut, E_TOO_LARGE.
 * Source: https://www.w3.org/TR/png-3/, https://www.w3.org/Graphics/JPEG/itu-t81.pdf
 */
export function decodePicture(bytes: Uint8Array, name: string): Picture {
  const format = recognise(bytes);
  if (format.name !== "png" && format.name !== "jpeg") refuseFormat({ name, format }, "picture");
  try {
    if (format.name === "png") return readPng(bytes, name);
    const { data, width, height } = jpeg.decode(bytes, {
      useTArray: true,
      maxResolutionInMP: MOST_MEGAPIXELS,
      maxMemoryUsageInMB: MOST_MEGABYTES,
    });
    return { data, width, height };
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (/limit exceeded/.test(reason)) throw tooLarge(name, reason);
    throw new InputError("E_IMAGE", `${name} cannot be decoded (${reason}); pass a whole JPEG or PNG picture.`, {
      cause,
    });
  }
}

function tooLarge(name: string, found: string): InputError {
  return new InputError(
    "E_TOO_LARGE",
    `${name} is too large (${found}, the most is ${MOST_MEGAPIXELS} million pixels); pass a smaller picture.`,
  );
}

function readPng(bytes: Uint8Array, name: string): Picture {
  // The decoder allocates what the header says: width and height at bytes 16 and 20, the colour type at 25.
  if (bytes.length < 26) throw new Error("it is cut in the header");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  if (width * height > MOST_MEGAPIXELS * 1e6) throw tooLarge(name, `${width}x${height}`);
  const png = decodePng(bytes);
  if (png.width !== width || png.height !== height) throw new Error("it has two headers");
  return widen(png, bytes[25] === INDEXED);
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

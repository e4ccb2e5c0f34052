// A decoded picture as an example: resized to the model's shape by area average, as many bytes as the network has
// inputs. Decoding is the caller's: a canvas in the browser, picture.ts beside this file in Node.

import { InputError } from "../errors.js";
import { check, show } from "../options/check.js";
import { list, whole } from "../options/type.js";

/** Pixels as red, green, blue, alpha bytes, row by row from the top left. */
export interface Picture {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/**
 * The picture as a row of bytes of `shape`: [height, width, 3], or [height, width, 1] and [height, width] for grey
 * (0.299 R + 0.587 G + 0.114 B). Neither crops nor keeps the aspect ratio. Transparent pixels lie over white. All sums
 * are of whole numbers, so the average is exact and rounded once, half up.
 *
 * Throws E_FEATURES for a shape that is not a picture's, E_IMAGE where there are not four bytes for each pixel.
 */
export function pictureToExample(picture: Picture, shape: readonly number[]): Uint8Array {
  if (typeof picture?.data?.length !== "number") {
    throw new InputError(
      "E_IMAGE",
      `pictureToExample: the picture is ${show(picture)}; pass one with data, width and height.`,
    );
  }
  if (!Array.isArray(shape)) check("pictureToExample", "shape", list(whole(1), "[64, 64, 3]"), shape);
  const [height = 0, width = 0, channels = 1] = shape;
  const sides =
    shape.length >= 2 && shape.length <= 3 && Array.from(shape).every((side) => Number.isInteger(side) && side > 0);
  if (!sides || (channels !== 1 && channels !== 3)) {
    throw new InputError(
      "E_FEATURES",
      `pictureToExample: the model wants examples of shape ${shape.join("x")}, which is no picture; pass rows of numbers instead.`,
    );
  }
  const pixels = picture.width * picture.height;
  if (!(Number.isInteger(picture.width) && picture.width > 0 && pixels > 0 && picture.data.length === 4 * pixels)) {
    throw new InputError(
      "E_IMAGE",
      `pictureToExample: the picture has ${picture.data.length} bytes and ${picture.width}x${picture.height} pixels; pass four bytes for each pixel.`,
    );
  }
  const columns = spans(picture.width, width);
  const rows = spans(picture.height, height);
  const out = new Uint8Array(height * width * channels);
  const sums = [0, 0, 0]; // over the area of a target pixel, in units of 1/255 of alpha
  const most = 255 * pixels;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += channels) {
      addArea(sums, picture, rows[y]!, columns[x]!);
      const [red, green, blue] = sums as [number, number, number];
      if (channels === 3) for (let c = 0; c < 3; c++) out[at + c] = Math.floor(sums[c]! / most + 0.5);
      else out[at] = Math.floor((299 * red + 587 * green + 114 * blue) / (1000 * most) + 0.5);
    }
  }
  return out;
}

/** Source pixels under one target pixel: the first, and how much of each it covers. */
interface Span {
  readonly first: number;
  readonly parts: readonly number[];
}

/** On a line of source · target units a source pixel is `target` long and a target pixel `source`. */
function spans(source: number, target: number): Span[] {
  return Array.from({ length: target }, (_, t) => {
    const [from, to] = [t * source, (t + 1) * source];
    const first = Math.floor(from / target);
    const parts: number[] = [];
    for (let s = first; s * target < to; s++) {
      parts.push(Math.min(to, (s + 1) * target) - Math.max(from, s * target));
    }
    return { first, parts };
  });
}

function addArea(sums: number[], { data, width }: Picture, rows: Span, columns: Span): void {
  let [red, green, blue] = [0, 0, 0];
  for (let i = 0; i < rows.parts.length; i++) {
    let at = 4 * ((rows.first + i) * width + columns.first);
    for (let j = 0; j < columns.parts.length; j++, at += 4) {
      const area = rows.parts[i]! * columns.parts[j]!;
      const alpha = data[at + 3]!;
      const white = 255 * (255 - alpha);
      red += area * (data[at]! * alpha + white);
      green += area * (data[at + 1]! * alpha + white);
      blue += area * (data[at + 2]! * alpha + white);
    }
  }
  sums[0] = red;
  sums[1] = green;
  sums[2] = blue;
}

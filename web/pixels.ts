// Examples and weights as RGBA pixels.

import type { Examples } from "../src/index.js";

/** Height, width and channels of a shape that is a picture's; null for any other. */
export function pictureShape(shape: readonly number[]): { height: number; width: number; channels: number } | null {
  const [height = 0, width = 0, channels = 1] = shape;
  const picture = (shape.length === 2 || (shape.length === 3 && (channels === 1 || channels === 3))) && height > 1;
  return picture && width > 1 ? { height, width, channels } : null;
}

/**
 * The named examples as pictures, (indices, height, width, 4) bytes: red, green, blue, alpha. Bytes are shown as they
 * are, other numbers from black, the least of them, to white, the largest. Null for examples that are no pictures.
 */
export function pixelsOf(
  { x, features, shape }: Pick<Examples, "x" | "features" | "shape">,
  indices: readonly number[],
): Uint8ClampedArray<ArrayBuffer> | null {
  const picture = pictureShape(shape);
  if (!picture) return null;
  let least = 0;
  let most = 255;
  if (!(x instanceof Uint8Array)) {
    [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const i of indices) {
      for (const value of x.subarray(i * features, (i + 1) * features)) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
  }
  const pixels = features / picture.channels;
  const out = new Uint8ClampedArray(indices.length * pixels * 4);
  const scale = 255 / (most - least || 1);
  indices.forEach((index, n) => {
    paint(out, n * pixels, pixels, picture.channels, (i) => (x[index * features + i]! - least) * scale);
  });
  return out;
}

/**
 * Weights (units, inputs) as pictures of the examples' shape, (units, height, width, 4) bytes: 0 is grey, the unit's
 * largest weight white or black. Null for examples that are no pictures.
 */
export function weightsToPixels(
  weight: Float32Array | Float64Array,
  inputs: number,
  shape: readonly number[],
  units: number,
): Uint8ClampedArray<ArrayBuffer> | null {
  const picture = pictureShape(shape);
  if (!picture) return null;
  const pixels = inputs / picture.channels;
  const out = new Uint8ClampedArray(units * pixels * 4);
  for (let u = 0; u < units; u++) {
    const row = weight.subarray(u * inputs, (u + 1) * inputs);
    const most = Array.from(row).reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
    paint(out, u * pixels, pixels, picture.channels, (i) => 128 + (127 * row[i]!) / most);
  }
  return out;
}

function paint(
  out: Uint8ClampedArray,
  first: number,
  pixels: number,
  channels: number,
  value: (i: number) => number,
): void {
  for (let p = 0; p < pixels; p++) {
    const at = 4 * (first + p);
    for (let c = 0; c < 3; c++) out[at + c] = value(channels === 3 ? 3 * p + c : p);
    out[at + 3] = 255;
  }
}

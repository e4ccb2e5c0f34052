// What raw numbers are multiplied by where nobody says.

import { product } from "../shape.js";
import type { Examples } from "./types.js";

const BYTE = 255;
const WORD = 65_535; // of 16-bit pictures
const HALF = 128; // bytes that reach it use their range, as pictures do

/**
 * 1/255 for pictures of bytes and 1/65535 for those of 16 bits, else 1. Pictures are whole numbers from 0 on, either
 * with two sides or more, or flat bytes that reach 128. Bytes of 0 and 1 are no brightness, whatever their shape.
 * `whole`: whether the numbers were integers in the file.
 */
export function usualScale({ x, shape }: Pick<Examples, "x" | "shape">, whole = x instanceof Uint8Array): number {
  const sides = shape.filter((side) => side > 1).length;
  if (x instanceof Uint8Array) {
    const enough = sides >= 2 ? 2 : HALF;
    return product(shape) > 1 && x.some((value) => value >= enough) ? 1 / BYTE : 1;
  }
  if (!whole || sides < 2) return 1;
  let most = 0;
  for (let i = 0; i < x.length; i++) {
    if (x[i]! < 0) return 1;
    most = Math.max(most, x[i]!);
  }
  return most > 1 ? 1 / (most > BYTE ? WORD : BYTE) : 1;
}

/** Whether a scale is that of pictures. */
export const isPicture = (scale: number) => scale === 1 / BYTE || scale === 1 / WORD;

/**
 * Examples with the scale of those that a network was trained on, `trained`, but where one of the two is raw pictures
 * and the other is scaled already.
 */
export function scaledLike<E extends Examples>(trained: number, examples: E): E {
  return { ...examples, scale: scaleFor(trained, examples) };
}

function scaleFor(trained: number, { x, scale }: Examples): number {
  if (trained !== 1 && !isPicture(trained)) return trained;
  if (isPicture(scale)) return trained === 1 ? scale : trained;
  return x instanceof Uint8Array ? trained : scale;
}

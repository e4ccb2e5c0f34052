// Pictures on the page: RGBA pixels as small canvases, alone or as a list with words below each. What makes pixels is
// pixels.ts.

import { pictureShape } from "../pixels.js";
import { element } from "./elements.js";

/** A canvas with picture number `index` of `pixels`. */
export function canvasOf(
  pixels: Uint8ClampedArray<ArrayBuffer>,
  shape: readonly number[],
  index: number,
  label: string,
): HTMLCanvasElement {
  const { width, height } = pictureShape(shape)!;
  const canvas = element("canvas", { width, height });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  const size = 4 * width * height;
  canvas
    .getContext("2d")!
    .putImageData(new ImageData(pixels.slice(index * size, (index + 1) * size), width, height), 0, 0);
  return canvas;
}

/** A list of pictures, each with its words; `wrong` ones are marked. */
export function gridOf(
  pixels: Uint8ClampedArray<ArrayBuffer>,
  shape: readonly number[],
  words: readonly { readonly text: string; readonly wrong?: boolean }[],
): HTMLUListElement {
  const items = words.map(({ text, wrong }, i) =>
    element("li", wrong ? { className: "wrong" } : {}, canvasOf(pixels, shape, i, text), element("span", {}, text)),
  );
  return element("ul", { className: "grid" }, ...items);
}

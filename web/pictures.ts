// Pictures on the page: RGBA pixels as a list of small canvases with words below them.

import { pictureShape } from "./pixels.js";

/** A canvas with picture number `index` of `pixels`. */
export function canvasOf(
  pixels: Uint8ClampedArray<ArrayBuffer>,
  shape: readonly number[],
  index: number,
  label: string,
): HTMLCanvasElement {
  const { width, height } = pictureShape(shape)!;
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
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
  const list = document.createElement("ul");
  list.className = "grid";
  words.forEach(({ text, wrong }, i) => {
    const item = document.createElement("li");
    if (wrong) item.className = "wrong";
    const caption = document.createElement("span");
    caption.textContent = text;
    item.append(canvasOf(pixels, shape, i, text), caption);
    list.append(item);
  });
  return list;
}

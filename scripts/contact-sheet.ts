// All embedded pictures side by side as one PNG, cats first, to look at after a change to the drawing:
// tsx scripts/contact-sheet.ts build/pictures.png
import { writeFile } from "node:fs/promises";
import { encode } from "fast-png";
import { SIDE } from "./pictures/canvas.js";
import { drawPictures } from "./pictures.js";

const COLUMNS = 20;
const ROW = SIDE * 3;

const { train, test } = drawPictures();
const tiles = [train, test].flatMap(({ x, y }) =>
  Array.from(y, (label, i) => ({ label, picture: x.subarray(i * SIDE * ROW, (i + 1) * SIDE * ROW) })),
);
tiles.sort((a, b) => b.label - a.label);
const rows = Math.ceil(tiles.length / COLUMNS);
const sheet = new Uint8Array(rows * COLUMNS * SIDE * ROW);
tiles.forEach(({ picture }, i) => {
  for (let row = 0; row < SIDE; row++) {
    const line = Math.floor(i / COLUMNS) * SIDE + row;
    sheet.set(picture.subarray(row * ROW, (row + 1) * ROW), (line * COLUMNS + (i % COLUMNS)) * ROW);
  }
});
const path = process.argv[2] ?? "build/pictures.png";
await writeFile(path, encode({ width: COLUMNS * SIDE, height: rows * SIDE, data: sheet, channels: 3 }));
console.log(`${path}: ${tiles.length} pictures`);

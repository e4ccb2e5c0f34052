// The embedded pictures: drawn cats and drawn other things, 64 x 64, in the layout of the course's HDF5 files
// (train_set_x, train_set_y, list_classes and the same for test). Build time only; nothing here is imported by src/.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { File, FS, ready } from "h5wasm";
import { Random } from "../src/random.js";
import { ANIMALS, FACES } from "./pictures/animals.js";
import { between, Canvas, pick, SIDE } from "./pictures/canvas.js";
import { drawCat } from "./pictures/cats.js";
import { NATURE } from "./pictures/nature.js";
import { anyTone, furColour, opposite, paintScene, type Tone, thingColour } from "./pictures/scenes.js";
import { THINGS } from "./pictures/things.js";

/** Pictures and their classes. */
export interface Pictures {
  /** (count, 64, 64, 3), row-major: red, green, blue of every pixel. */
  readonly x: Uint8Array;
  /** (count): 1 for a cat, 0 for anything else. */
  readonly y: Uint8Array;
}

/** As many of each as the course has, and as few cats among the ones to train on. */
const SETS = { train: { count: 209, cats: 72 }, test: { count: 50, cats: 33 } } as const;
const CLASSES = ["non-cat", "cat"];
const PIXELS = SIDE * SIDE * 3;
const SEED = 6;
/** Animals with a face and ears among the pictures without a cat. */
const FACE_SHARE = 0.07;

/**
 * Draws the pictures: 209 to train on (72 cats) and 50 to test on (33 cats).
 *
 * @param seed a whole number; the package ships seed 6
 */
export function drawPictures(seed = SEED): { train: Pictures; test: Pictures } {
  const random = new Random(seed);
  return { train: drawSet(random, SETS.train), test: drawSet(random, SETS.test) };
}

/** Writes pictures-train.h5 and pictures-test.h5 into `folder`, which is made when it is missing. */
export async function writePictures(folder: string): Promise<void> {
  const pictures = drawPictures();
  await ready;
  await mkdir(folder, { recursive: true });
  for (const name of ["train", "test"] as const) {
    await writeFile(join(folder, `pictures-${name}.h5`), toHdf5(name, pictures[name]));
  }
}

function drawSet(random: Random, { count, cats }: { count: number; cats: number }): Pictures {
  const x = new Uint8Array(count * PIXELS);
  const y = Uint8Array.from(random.permutation(count), (i) => (i < cats ? 1 : 0));
  for (let i = 0; i < count; i++) {
    const canvas = new Canvas();
    const tone = anyTone(random);
    paintScene(canvas, random, opposite(tone));
    if (y[i] === 1) drawCat(canvas, random, tone);
    else drawOther(canvas, random, tone);
    canvas.develop(random, x, i * PIXELS);
  }
  return { x, y };
}

function drawOther(canvas: Canvas, random: Random, tone: Tone): void {
  const pen = canvas.pen({
    x: between(random, 22, 42),
    y: between(random, 26, 40),
    scale: between(random, 13, 21),
    tilt: between(random, -0.08, 0.08),
    mirrored: random.uniform() < 0.5,
  });
  const hard = random.uniform() < FACE_SHARE;
  const drawing = pick(random, hard ? FACES : pick(random, [NATURE, NATURE, THINGS, THINGS, ANIMALS]));
  const colour = hard ? furColour : thingColour;
  drawing(pen, random, colour(random, tone), colour(random, anyTone(random)));
}

/** One set as an HDF5 file of its own, as the course ships them, but compressed. */
function toHdf5(name: keyof typeof SETS, { x, y }: Pictures): Uint8Array {
  const path = `pictures-${name}.h5`;
  const shape = [y.length, SIDE, SIDE, 3];
  const packed = { chunks: shape, compression: "gzip", compression_opts: 9 } as const;
  // HDF5 notes the time in every dataset: with the clock standing still the same source gives the same file
  const { now } = Date;
  Date.now = () => 0;
  try {
    const file = new File(path, "w");
    file.create_dataset({ name: "list_classes", data: CLASSES, dtype: "S7" });
    file.create_dataset({ name: `${name}_set_x`, data: x, shape, dtype: "<B", ...packed });
    file.create_dataset({ name: `${name}_set_y`, data: BigInt64Array.from(y, BigInt), shape: [y.length], dtype: "<q" });
    file.close();
  } finally {
    Date.now = now;
  }
  const bytes = FS!.readFile(path);
  FS!.unlink(path);
  return bytes;
}

// The embedded pictures: drawn to the byte as when the reference numbers were made (test/golden/pictures.json, written
// by scripts/golden-pictures.py), and laid out as the course's files.
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Dataset, File, FS, ready } from "h5wasm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { drawPictures, type Pictures, writePictures } from "../scripts/pictures.js";
import golden from "./golden/pictures.json" with { type: "json" };

const SETS = [
  { name: "train", count: 209, cats: 72 },
  { name: "test", count: 50, cats: 33 },
] as const;

let folder: string;
let pictures: { train: Pictures; test: Pictures };
const files = { train: new Uint8Array(), test: new Uint8Array() };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wasmlp-pictures-"));
  pictures = drawPictures();
  await writePictures(folder);
  for (const { name } of SETS) files[name] = await readFile(join(folder, `pictures-${name}.h5`));
}, 120_000);

afterAll(() => rm(folder, { recursive: true }));

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** What a dataset of a written file holds, beside how it is laid out. */
async function read(name: "train" | "test", dataset: string) {
  await ready;
  FS!.writeFile("pictures.h5", files[name]);
  const file = new File("pictures.h5", "r");
  const found = file.get(dataset);
  if (!(found instanceof Dataset)) throw new Error(`no dataset ${dataset}`);
  const { shape, dtype, value } = found;
  file.close();
  return { shape, dtype, value };
}

for (const { name, count, cats } of SETS) {
  test(`${name}: ${count} pictures of 64x64x3, ${cats} of them cats, in no order`, () => {
    const { x, y } = pictures[name];
    expect(x.length).toBe(count * 64 * 64 * 3);
    expect(y.length).toBe(count);
    expect(y.filter((label) => label === 1).length).toBe(cats);
    expect(y.filter((label) => label === 0).length).toBe(count - cats);
    expect(y.slice().sort()).not.toEqual(y);
    expect(y.slice().sort().reverse()).not.toEqual(y);
  });

  test(`${name}: the bytes are those the reference numbers were made with`, () => {
    expect(sha256(pictures[name].x)).toBe(golden.sha256[`${name}.x`]);
    expect(sha256(pictures[name].y)).toBe(golden.sha256[`${name}.y`]);
  });

  test(`${name}: no picture is blank, and no two are alike`, () => {
    const { x } = pictures[name];
    const seen = new Set<string>();
    for (let i = 0; i < count; i++) {
      const picture = x.subarray(i * 12288, (i + 1) * 12288);
      expect(Math.max(...picture) - Math.min(...picture)).toBeGreaterThan(80);
      seen.add(sha256(picture));
    }
    expect(seen.size).toBe(count);
  });

  test(`pictures-${name}.h5 has the datasets, shapes and types of the course's file`, async () => {
    const x = await read(name, `${name}_set_x`);
    const y = await read(name, `${name}_set_y`);
    const classes = await read(name, "list_classes");
    expect([x.shape, x.dtype]).toEqual([[count, 64, 64, 3], "<B"]);
    expect([y.shape, y.dtype]).toEqual([[count], "<q"]);
    expect([classes.shape, classes.dtype, classes.value]).toEqual([[2], "S7", ["non-cat", "cat"]]);
    expect(sha256(x.value as Uint8Array)).toBe(sha256(pictures[name].x));
    expect(Array.from(y.value as BigInt64Array, Number)).toEqual(Array.from(pictures[name].y));
  });
}

test("both files together are under 2 MB", () => {
  expect(files.train.length + files.test.length).toBeLessThan(2_000_000);
});

test("writing again, at another time of day, gives the same files", async () => {
  const earlier = { ...files };
  await new Promise((resolve) => setTimeout(resolve, 1100)); // HDF5 would note the time in whole seconds
  await writePictures(folder);
  for (const { name } of SETS)
    expect(sha256(await readFile(join(folder, `pictures-${name}.h5`)))).toBe(sha256(earlier[name]));
}, 120_000);

test("another seed draws other pictures", () => {
  expect(sha256(drawPictures(1).test.x)).not.toBe(sha256(pictures.test.x));
}, 120_000);

test("brightness and colour alone do not tell a cat", () => {
  // the best cut between the averages of the training set, tried on the test set, where always saying "cat" scores 0.66
  for (const of of [(p: number[]) => p[0]! + p[1]! + p[2]!, (p: number[]) => p[0]!, (p: number[]) => p[0]! - p[2]!]) {
    const [train, trial] = [averages(pictures.train).map(of), averages(pictures.test).map(of)];
    const score = (values: number[], y: Uint8Array, cut: number, sign: number): number =>
      values.filter((value, i) => Number(sign * (value - cut) > 0) === y[i]).length / values.length;
    let best = { score: 0, cut: 0, sign: 1 };
    for (const cut of train) {
      for (const sign of [-1, 1]) {
        const found = score(train, pictures.train.y, cut, sign);
        if (found > best.score) best = { score: found, cut, sign };
      }
    }
    expect(score(trial, pictures.test.y, best.cut, best.sign)).toBeLessThan(0.7);
  }
});

/** Average red, green and blue of every picture. */
function averages({ x, y }: Pictures): number[][] {
  return Array.from(y, (_, i) => {
    const sums = [0, 0, 0];
    for (let at = 0; at < 12288; at++) sums[at % 3]! += x[i * 12288 + at]!;
    return sums.map((sum) => sum / 4096);
  });
}

// Numbers to predict from files of arrays on the page: what labels are read as, and what is trained on them, beside what
// the command does.

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { encode } from "fast-png";
import { strToU8, zipSync } from "fflate";
import { afterAll, describe, expect, test } from "vitest";
import { writeHdf5 } from "../src/dataset/hdf5-write.js";
import { Network } from "../src/network.js";
import { Random } from "../src/random.js";
import { dist, drop, open, text, train, withBrowser } from "./page.js";

withBrowser();

const cli = new URL("cli.js", dist).pathname;
const folder = mkdtempSync(join(tmpdir(), "wasmlp-numbers-"));
afterAll(() => rmSync(folder, { recursive: true }));

const wasmlp = async (...args: string[]) =>
  (await promisify(execFile)(process.execPath, [cli, ...args], { cwd: folder })).stdout;

const random = new Random(3);
const x = Float64Array.from({ length: 123 * 4 }, () => random.normal());
const rows = (of: (a: number, b: number) => number[]) =>
  Float64Array.from(Array.from({ length: 123 }, (_, i) => of(x[4 * i]!, x[4 * i + 1]!)).flat());
const file = async (y: Float64Array, shape: readonly number[]) =>
  writeHdf5(
    [],
    [
      { path: "x", shape: [123, 4], data: x },
      { path: "y", shape, data: y },
    ],
  );
const fractions = rows((a, b) => [500 + 100 * a, a * b]);
const scores = rows((a) => [Math.max(20, Math.round(100 + 30 * a))]);
const three = rows((a) => [a < -0.5 ? 0 : a < 0.5 ? 1 : 2]);

/** A .npy file of float64. */
function npy(values: Float64Array, shape: readonly number[]): Uint8Array {
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.join(", ")},), }\n`;
  const head = Uint8Array.of(0x93, ...strToU8("NUMPY"), 1, 0, header.length & 255, header.length >> 8);
  return Uint8Array.of(...head, ...strToU8(header), ...new Uint8Array(values.buffer));
}
/** An idx file of bytes. */
const idx = (values: readonly number[], ...sides: number[]) =>
  Uint8Array.of(0, 0, 8, sides.length, ...sides.flatMap((side) => [0, 0, side >> 8, side & 255]), ...values);

describe("numbers to predict", () => {
  test("of an HDF5 file are told by their looks, and trained to the weights of the command", async () => {
    const bytes = await file(fractions, [123, 2]);
    writeFileSync(join(folder, "pairs.h5"), bytes);
    const page = await open();
    await drop(page, [{ name: "pairs.h5", bytes }]);
    await expect.poll(() => text(page, "#sets")).toMatch(/pairs\.h5: 123 examples of 4.*0: .* mean .*; 1: /);
    expect(await page.locator("#labels").inputValue()).toBe("auto");
    expect(await text(page, "#shape")).toMatch(/^Train makes 4-64-32-2: /); // what the policy chooses comes with them
    await page.locator("#field-iterations").fill("200");
    const { hash, status } = await train(page);
    expect(status).toMatch(/^Done after 200 iterations .* training R² 0\.\d+ \(RMSE/);
    await wasmlp("train", "pairs.h5", "--auto", "--iterations", "200", "--save", "pairs.safetensors");
    expect(hash).toBe(await Network.load(readFileSync(join(folder, "pairs.safetensors"))).fingerprint());
    expect(await text(page, "#looks")).toMatch(/true number 0.*predicted.*true number 1/);
    await page.locator("#embedded").click();
    await expect.poll(() => page.locator("#labels").isVisible()).toBe(false);
  }, 60_000);

  test("of whole numbers are a choice, which says the same of the test set", async () => {
    const page = await open();
    await drop(page, [{ name: "scores.h5", bytes: await file(scores, [123]) }]);
    await expect.poll(() => text(page, "#sets")).toContain("are read as numbers to predict; “The labels are” above");
    await page.getByLabel("The labels are").selectOption("classes");
    await expect.poll(() => text(page, "#sets")).toContain("classes; base-rate entropy");
    await page.getByLabel("The labels are").selectOption("as they look");
    await expect.poll(() => text(page, "#sets")).toContain("mean");

    // few different ones are classes, of a test set of its own, too
    const arrays = (y: Float64Array) => zipSync({ "x.npy": npy(x, [123, 4]), "y.npy": npy(y, [123]) });
    await drop(page, [{ name: "three.npz", bytes: arrays(three) }]);
    await expect.poll(() => text(page, "#sets")).toMatch(/three\.npz.*base-rate entropy/);
    await drop(page, [{ name: "three-test.npz", bytes: arrays(three) }]);
    await expect.poll(() => text(page, "#sets")).toMatch(/Test set ?three-test\.npz/);
    await page.getByLabel("The labels are").selectOption("numbers to predict");
    await expect.poll(() => text(page, "#sets")).toMatch(/three\.npz.*mean.*three-test\.npz.*mean/);
    expect(await page.locator("#labels").inputValue()).toBe("regression");
    expect(await text(page, "#shape")).toContain("4-64-32-1:");
    expect(await text(page, "#alert")).toBe("");
  });

  test("that cannot be classes stay what they are, with a sentence", async () => {
    const page = await open();
    await drop(page, [
      {
        name: "thirds.h5",
        bytes: await file(
          Float64Array.from(scores, (v) => v / 3),
          [123],
        ),
      },
    ]);
    await expect.poll(() => text(page, "#sets")).toContain("mean");
    await page.getByLabel("The labels are").selectOption("classes");
    await expect
      .poll(() => text(page, "#alert"))
      .toMatch(/the label in row \d+ is .*; as numbers they can be predicted\.$/);
    expect(await page.locator("#labels").inputValue()).toBe("auto");
    expect(await text(page, "#sets")).toContain("mean");
    expect(await page.locator("#train").isEnabled()).toBe(true);
  });

  test("of pictures in idx files are classes until that is chosen, and a photo gets its number", async () => {
    const page = await open();
    const pixels = Array.from({ length: 30 * 16 }, (_, i) => (i * 37) % 256);
    const labels = Array.from({ length: 30 }, (_, i) => i);
    await drop(page, [
      { name: "train-images-idx3-ubyte", bytes: idx(pixels, 30, 4, 4) },
      { name: "train-labels-idx1-ubyte", bytes: idx(labels, 30) },
    ]);
    await expect.poll(() => text(page, "#sets")).toMatch(/30 examples of 4×4.*30 classes/);
    await page.getByLabel("The labels are").selectOption("numbers to predict");
    await expect.poll(() => text(page, "#sets")).toMatch(/0: 0 to 29, mean 14\.5/);
    await page.locator("#field-iterations").fill("50");
    await train(page);
    const png = encode({ width: 4, height: 4, channels: 1, depth: 8, data: Uint8Array.from(pixels.slice(0, 16)) });
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download the model" }).click();
    const model = Network.load(readFileSync(await (await coming).path()));
    const [number] = await model.predict(Uint8Array.from(pixels.slice(0, 16)));
    await drop(page, [{ name: "photo.png", type: "image/png", bytes: png }]);
    await expect
      .poll(() => text(page, "#prediction"))
      .toContain(`${Number(number!.toPrecision(6))} is the answer for photo.png.`);
  });
});

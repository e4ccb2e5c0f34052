// Pictures in folders on the page: chosen or dropped, brought to a size, trained on to the command's weights; which cannot
// be read is told and left out.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import axe from "axe-core";
import { encode } from "fast-png";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { Network } from "../src/network.js";
import { dist, drop, ended, isolated, open, text, train, withBrowser } from "./page.js";

withBrowser();

const cli = new URL("cli.js", dist).pathname;
const root = mkdtempSync(join(tmpdir(), "wasmlp-pictures-"));
afterAll(() => rmSync(root, { recursive: true }));

const wasmlp = async (...args: string[]) =>
  (await promisify(execFile)(process.execPath, [cli, ...args], { cwd: root })).stdout;

/** A picture that is mostly one colour, with some noise of its own. */
function png(colour: number, seed: number, width = 20, height = 14): Uint8Array {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) =>
    i % 3 === colour ? 150 + ((seed * 31 + i * 7) % 90) : (seed * 17 + i * 5) % 90,
  );
  return encode({ width, height, data, channels: 3, depth: 8 });
}

function write(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), bytes);
}

// three classes; a webp among them, and what is to be passed over
for (const [c, name] of ["red", "green", "blue"].entries()) {
  for (let i = 0; i < 15; i++) write(`paints/${name}/${i}.png`, png(c, 10 * c + i, 12 + i, 9 + c));
}
write("paints/blue/x.webp", readFileSync(new URL("fixtures/lossless.webp", import.meta.url)));
write("paints/.DS_Store", Uint8Array.of(1));
write("paints/red/notes.txt", Uint8Array.of(65));

for (const [c, name] of ["red", "green"].entries()) {
  for (let i = 0; i < 6; i++) write(`parts/train/${name}/${i}.png`, png(c, i));
  for (let i = 0; i < 3; i++) write(`parts/test/${name}/${i}.png`, png(c, 50 + i));
  for (let i = 0; i < 4; i++) write(`test-paints/${name}/${i}.png`, png(c, 70 + i));
  for (let i = 0; i < 5; i++) write(`broken/${name}/${i}.png`, png(c, 90 + i));
}
write("broken/red/cut.png", png(0, 1).subarray(0, 90));
write("broken/green/fake.jpg", new TextEncoder().encode("<!doctype html>"));
write("alone/1.png", png(0, 1));
write("words/a/notes.txt", Uint8Array.of(65));

const choose = (page: Page, folder: string, input = "#open-folder") =>
  page.locator(input).setInputFiles(join(root, folder));

/** Drags a folder from the disk onto the page. */
async function dragFolders(page: Page, ...folders: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: folders.map((folder) => join(root, folder)), dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, x: 200, y: 200, data });
  }
}

describe("a folder of pictures", () => {
  test("is read with a class for each folder, and trained to the weights of the command", async () => {
    const page = await open();
    await choose(page, "paints");
    await expect.poll(() => text(page, "#status")).toBe("Ready: press Train.");
    expect(await text(page, "#pictures > legend")).toMatch(/^paints: 46 pictures, of 12x9 to \d+x\d+$/);
    expect(await text(page, "#sets")).toMatch(/paints: 37 examples of 64×64×3.*paints, held out: 9 examples/);
    expect(await text(page, "#sets")).toContain("blue, ");
    await page.locator("#size").fill("8x6");
    await page.locator("#size").blur();
    await expect.poll(() => text(page, "#sets")).toMatch(/paints: 37 examples of 6×8×3/);
    // what the policy chooses comes with them
    expect(await text(page, "#shape")).toMatch(/^Train makes 144-64-32-3: .* it first finds the number of iterations$/);
    await page.locator("#field-iterations").fill("60");
    await page.locator("#field-seed").fill("5"); // which draws others to test on
    const { hash, status } = await train(page);
    expect(status).toMatch(/^Done after 60 iterations/);
    const chosen = "--auto --size 8x6 --test 0.2 --iterations 60 --seed 5 --save paints.safetensors --force".split(" ");
    await wasmlp("train", "paints", ...chosen);
    const model = Network.load(readFileSync(join(root, "paints.safetensors")));
    expect(hash).toBe(await model.fingerprint());

    // a picture of its own is answered as the command answers it
    const photo = png(2, 99);
    write("photo.png", photo);
    await drop(page, [{ name: "photo.png", type: "image/png", bytes: photo }]);
    const answer = JSON.parse(await wasmlp("predict", "paints.safetensors", "photo.png", "--json"));
    const share = `${(100 * Math.max(...Object.values<number>(answer.probabilities))).toFixed(1)} %`;
    await expect.poll(() => text(page, "#prediction")).toContain(`${answer.class}, ${share}`);
    expect(await text(page, "#prediction")).not.toContain("drawings");
  }, 60_000);

  test("is taken as it is dropped, in parts or as several folders, and by role", async () => {
    const page = await open();
    await dragFolders(page, "parts");
    await expect.poll(() => text(page, "#sets")).toMatch(/parts\/train: 12 examples .*parts\/test: 6 examples/);
    expect(await page.locator("#share").isVisible()).toBe(false);
    // its classes beside one another
    await dragFolders(page, "paints/red", "paints/blue");
    await expect.poll(() => text(page, "#pictures > legend")).toMatch(/^red and blue: 31 pictures/);
    expect(await page.locator("#share").isVisible()).toBe(true);
    await dragFolders(page, "parts/train");
    await expect.poll(() => text(page, "#pictures > legend")).toMatch(/^train: 12 pictures/);
    await dragFolders(page, "test-paints"); // to test on, by its name
    await expect.poll(() => text(page, "#sets")).toMatch(/train: 12 examples .*test-paints: 8 examples/);
    await choose(page, "parts/test", "#test-folder");
    await expect.poll(() => text(page, "#sets")).toMatch(/train: 12 examples .*test: 6 examples/);
    expect(await text(page, "#alert")).toBe("");
  });

  test("has its broken pictures counted, named and left out", async () => {
    const page = await open(isolated, { colorScheme: "dark", viewport: { width: 360, height: 800 } });
    await choose(page, "broken");
    await expect
      .poll(() => text(page, "#alert"))
      .toBe("broken: 2 of 12 pictures cannot be read; leave them out below, or mend them and open the folder again.");
    expect(await text(page, "#status")).toBe("These pictures cannot be trained on.");
    expect(await page.locator("#train").isEnabled()).toBe(false);
    const named = await page.locator(".broken li").allTextContents();
    expect(named).toHaveLength(2);
    expect(named[0]).toMatch(/^green\/fake\.jpg is an HTML page/);
    expect(named[1]).toMatch(/^red\/cut\.png cannot be decoded/);
    await page.getByLabel("Leave them out").check();
    await expect.poll(() => text(page, "#sets")).toMatch(/broken: 8 examples .*held out: 2 examples/);
    expect(await page.locator("#alert").isVisible()).toBe(false);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run());
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });

  test("that cannot be read as classes is told in a sentence, and what was open stays", async () => {
    const page = await open();
    await choose(page, "parts");
    await expect.poll(() => text(page, "#sets")).toContain("parts/train");
    const wrong: [string, RegExp][] = [
      ["alone", /^alone: "1\.png" lies in no folder of a class; put each picture into a folder/],
      ["words", /^words has no pictures, and 1 files; pass a folder for each class/],
      ["paints/red", /^red: "0\.png" lies in no folder of a class/],
    ];
    for (const [folder, sentence] of wrong) {
      await choose(page, folder);
      await expect.poll(() => text(page, "#alert"), { message: folder }).toMatch(sentence);
      expect(await text(page, "#sets")).toContain("parts/train");
      expect(await page.locator("#train").isEnabled()).toBe(true);
    }
    await page.locator("#size").fill("0x9");
    await page.locator("#size").blur();
    await expect.poll(() => text(page, "#alert")).toMatch(/^size is "0x9"; pass width and height from 1 to 4096/);
    expect(await page.locator("#size").inputValue()).toBe("64x64");
  });

  test("is read while the page answers, and no longer once that is stopped", async () => {
    const page = await open();
    for (let i = 0; i < 600; i++) write(`many/${i % 2 ? "red" : "green"}/${i}.png`, png(i % 2, i, 120, 120));
    await choose(page, "many");
    await expect.poll(() => text(page, "#status")).toBe("Reading the pictures of many …");
    await expect.poll(() => page.locator("#stop").isEnabled()).toBe(true);
    // the longest that the page stood still
    const still = page.evaluate(async () => {
      let longest = 0;
      const end = performance.now() + 300;
      for (let last = performance.now(); last < end; ) {
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
      }
      return longest;
    });
    expect(await still).toBeLessThan(250);
    await page.locator("#stop").click();
    await expect.poll(() => text(page, "#status")).toBe("Stopped reading; the data of before are still here.");
    expect(await text(page, "#sets")).toContain("the embedded training pictures");
    expect((await train(page)).status).toMatch(/^Done/);
  });

  test("that was trained on when the page was left is asked for, and gone on with", async () => {
    const page = await open(`${isolated}#iterations=9000000&layers=5&seed=4`);
    await choose(page, "paints");
    await expect.poll(() => text(page, "#sets")).toContain("paints, held out");
    await page.locator("#size").fill("8x8");
    await page.locator("#size").blur();
    await expect.poll(() => text(page, "#sets")).toContain("8×8×3");
    await page.locator("#field-iterations").fill("9000000");
    await page.locator("#train").click();
    await page.waitForTimeout(4500); // a checkpoint is due
    await page.reload();
    await page.locator("#train:enabled").waitFor();
    await expect.poll(() => text(page, "#left")).toMatch(/^A training on paints was left at \d+ %\./);
    await choose(page, "paints");
    await expect.poll(() => text(page, "#sets")).toContain("paints, held out");
    await page.locator("#go-on").click();
    await expect.poll(() => text(page, "#sets")).toContain("8×8×3");
    await expect.poll(() => text(page, "#status")).toMatch(/^Training/);
    await page.locator("#stop").click();
    expect((await ended(page)).status).toMatch(/^Stopped after [1-9]/);
  }, 30_000);
});

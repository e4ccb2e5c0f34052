// Pictures in folders: which is of which class and part, in which order, how broken ones are told, in Node and in a
// browser; and WebP, to the pixels of Google's library (scripts/fixtures-webp.py).

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { encode } from "fast-png";
import jpeg from "jpeg-js";
import { afterAll, describe, expect, test } from "vitest";
import { pictureToExample } from "../src/dataset/image.js";
import { decodePicture, readPicture } from "../src/dataset/picture.js";
import { naturally, partsOf } from "../src/dataset/picture-folders.js";
import { readPictures } from "../src/reader/pictures.js";
import { launch } from "./browser.js";
import { host } from "./host.js";

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
const dist = fileURLToPath(new URL("../build/dist", import.meta.url));

/** A picture of one colour's shades; different for each seed. */
function pixels(seed: number, width = 5, height = 3) {
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (seed * 40 + i * 7) % 256) };
}
const png = (seed: number, width?: number, height?: number) =>
  encode({ ...pixels(seed, width, height), channels: 3, depth: 8 });
const file = (path: string, bytes: Uint8Array) => ({ path, bytes });
const BROKEN = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 1);

describe("readPictures", () => {
  test("takes classes from folders, sorted with 2 before 10, and pictures by their names", async () => {
    const files = [
      "p/class 10/b.png",
      "p/class 10/a.png",
      "p/class 2/10.png",
      "p/class 2/deep/9.png",
      "p/class 2/9.PNG",
    ];
    const data = await readPictures(
      files.map((path, i) => file(path, png(i, 4 + i, 6 - i))),
      { size: "4x2" },
    );
    expect(data.paths).toEqual([
      ...["p/class 2/9.PNG", "p/class 2/10.png", "p/class 2/deep/9.png", "p/class 10/a.png", "p/class 10/b.png"],
    ]);
    expect(data).toMatchObject({ count: 5, features: 24, shape: [2, 4, 3], scale: 1 / 255, skipped: [] });
    expect(data.classes).toEqual(["class 2", "class 10"]);
    expect([...data.y]).toEqual([0, 0, 0, 1, 1]);
    const first = pictureToExample(decodePicture(png(4, 8, 2), "a"), [2, 4, 3]); // 9.PNG
    expect(data.x.subarray(0, 24)).toEqual(first);
    expect(data.x.length).toBe(5 * 24);
    expect(data.sizes[0]).toEqual([8, 2]);
  });

  test("is the same for files in another order, and brings pictures to 64x64 where nobody says", async () => {
    const files = Array.from({ length: 7 }, (_, i) => file(`${i % 2 ? "a" : "b"}/${i}.png`, png(i)));
    const data = await readPictures(files);
    expect(data.shape).toEqual([64, 64, 3]);
    expect(await readPictures([...files].reverse())).toEqual(data);
  });

  test("passes over hidden files and those that are no pictures by their names", async () => {
    const others = ["a/.hidden.png", "__MACOSX/a/1.png", "a/Thumbs.db", "labels.csv", ".git/x.png"];
    const files = [...others.map((path) => file(path, BROKEN)), file("a/1.png", png(1)), file("b/1.png", png(2))];
    expect((await readPictures(files)).paths).toEqual(["a/1.png", "b/1.png"]);
  });

  test("reads parts, with the classes of the first", async () => {
    const paths = ["d/train/x/1.png", "d/train/y/1.png", "d/test/y/1.png", "d/valid/x/1.png"];
    const files = paths.map((path, i) => file(path, png(i)));
    expect(partsOf(paths)).toEqual(["train", "test", "validation"]);
    expect((await readPictures(files)).paths).toEqual(paths.slice(0, 2));
    const test = await readPictures(files, { part: "test", classes: ["x", "y"] });
    expect([...test.y]).toEqual([1]);
    await expect(readPictures(files, { part: "test", classes: ["x", "z"] })).rejects.toMatchObject({
      code: "E_CLASSES",
      message: 'readPictures: the folder has a folder "y", the classes are x, z; pass folders of these names.',
    });
    // classes that are called so are no parts
    expect(partsOf(["train/1.png", "plane/1.png"])).toEqual([]);
  });

  test("takes File objects of a folder that was chosen", async () => {
    const blob = (path: string, bytes: Uint8Array) =>
      Object.assign(new File([bytes as Uint8Array<ArrayBuffer>], path.split("/").at(-1)!), {
        webkitRelativePath: path,
      });
    const data = await readPictures([blob("mine/b/1.png", png(1)), blob("mine/a/1.png", png(2))], { size: "5x3" });
    expect(data.classes).toEqual(["a", "b"]);
    expect(data.x.subarray(0, 45)).toEqual(pixels(2).data);
  });

  test("names broken pictures: the first and how many, or all that are left out", async () => {
    const whole = [file("a/1.png", png(1)), file("b/2.png", png(2))];
    const cut = [
      file("a/2.jpg", BROKEN),
      file("b/1.png", png(3).subarray(0, 40)),
      file("b/3.gif", new TextEncoder().encode("GIF89a")),
    ];
    await expect(readPictures([...cut, ...whole])).rejects.toMatchObject({
      code: "E_IMAGE",
      message:
        "readPictures: the folder: 3 of 5 pictures cannot be read, first a/2.jpg cannot be decoded (it has no frame); mend them, leave them out, or skip them with skipBroken, on the command line --skip-broken.",
    });
    const data = await readPictures([...cut, ...whole], { skipBroken: true });
    expect(data.paths).toEqual(["a/1.png", "b/2.png"]);
    expect([...data.y]).toEqual([0, 1]);
    expect(data.x.length).toBe(2 * data.features);
    expect(data.skipped).toEqual([
      { path: "a/2.jpg", reason: "a/2.jpg cannot be decoded (it has no frame)" },
      { path: "b/1.png", reason: "b/1.png cannot be decoded (it is cut)" },
      { path: "b/3.gif", reason: "b/3.gif is a GIF picture" },
    ]);
    await expect(readPictures(cut, { skipBroken: true })).rejects.toMatchObject({ code: "E_IMAGE" });
  });

  test.each<[string, [string, Uint8Array][], object, string, RegExp]>([
    ["nothing", [], {}, "E_EMPTY", /the folder has no pictures, and 0 files; pass a folder for each class/],
    ["no pictures", [["a/x.csv", BROKEN]], {}, "E_EMPTY", /no pictures, and 1 files/],
    [
      "no test pictures",
      [["train/a/1.png", BROKEN]],
      { part: "test" },
      "E_EMPTY",
      /no pictures of the part test \(there are train\)/,
    ],
    [
      "one class",
      [
        ["p/a/1.png", BROKEN],
        ["p/a/2.png", BROKEN],
      ],
      {},
      "E_SINGLE_CLASS|E_IMAGE",
      /./,
    ],
    [
      "one class beside a file",
      [
        ["a/1.png", BROKEN],
        ["2.png", BROKEN],
      ],
      {},
      "E_IMAGE",
      /"2\.png" lies in no folder of a class; put/,
    ],
    [
      "a size that is none",
      [["a/1.png", BROKEN]],
      { size: "64" },
      "E_OPTION",
      /size is "64"; pass width and height from 1 to 4096, such as 64x64/,
    ],
    ["a size of nothing", [["a/1.png", BROKEN]], { size: "0x3" }, "E_OPTION", /size is "0x3"/],
    ["a part that is none", [["a/1.png", BROKEN]], { part: "all" }, "E_OPTION", /part/],
  ])("refuses %s", async (_, files, options, code, message) => {
    const refused = readPictures(
      files.map(([path, bytes]) => file(path, bytes)),
      options,
    );
    await expect(refused).rejects.toMatchObject({
      code: expect.stringMatching(code),
      message: expect.stringMatching(message),
    });
  });

  test("refuses more than memory holds before anything is decoded", async () => {
    const many = Array.from({ length: 43 }, (_, i) => file(`${i % 2}/${i}.png`, BROKEN));
    await expect(readPictures(many, { size: "4096x4096" })).rejects.toMatchObject({ code: "E_TOO_LARGE" });
  });

  test("ends with its signal", async () => {
    const reason = new Error("enough");
    await expect(
      readPictures([file("a/1.png", png(1)), file("b/1.png", png(1))], { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
  });

  test("names sort as people count", () => {
    const names = ["b", "a10", "a2", "a02", "a", "a2b10", "a2b9", "A"];
    expect([...names].sort(naturally)).toEqual(["A", "a", "a02", "a2", "a2b9", "a2b10", "a10", "b"]);
    expect(["9".repeat(30), `1${"0".repeat(30)}`].sort(naturally)[0]).toBe("9".repeat(30));
  });
});

describe("WebP", () => {
  const golden: { width: number; height: number; pixels: Record<string, number[]> } = JSON.parse(
    readFileSync(new URL("golden/webp.json", import.meta.url), "utf8"),
  );
  test.each(Object.keys(golden.pixels).filter((name) => name !== "moving"))(
    "%s has the library's pixels",
    async (name) => {
      const { data, width, height } = await readPicture(fixture(`${name}.webp`), "a.webp");
      expect({ width, height }).toEqual({ width: golden.width, height: golden.height });
      expect([...data]).toEqual(golden.pixels[name]);
    },
  );

  test.each<[string, Uint8Array, string | RegExp]>([
    [
      "cut",
      fixture("lossy.webp").subarray(0, 120),
      /^a\.webp cannot be decoded \(.*\); pass a whole JPEG, PNG or WebP picture\.$/,
    ],
    [
      "its first bytes",
      fixture("lossy.webp").subarray(0, 16),
      "a.webp cannot be decoded (it is cut); pass a whole JPEG, PNG or WebP picture.",
    ],
    [
      "too large",
      fixture("lossless.webp").map((byte, i) => (i >= 21 && i < 25 ? 0xff : byte)),
      /^a\.webp is too large \(16384x16384, the most is 50 million pixels\)/,
    ],
    [
      "moving",
      fixture("moving.webp"),
      "a.webp cannot be decoded (it moves, or is damaged); pass a whole JPEG, PNG or WebP picture.",
    ],
    ["without a frame", fixture("lossy.webp").map((byte, i) => (i === 12 ? 65 : byte)), /it has no frame/],
  ])("%s is refused in a sentence", async (_, bytes, message) => {
    await expect(readPicture(bytes, "a.webp")).rejects.toThrow(message);
  });
});

test("the same in a browser: PNG, JPEG and WebP, in a worker", { timeout: 60_000 }, async () => {
  const photo = new Uint8Array(jpeg.encode({ width: 8, height: 8, data: Buffer.alloc(256, 90) }, 80).data);
  const files = [
    file("a/1.png", png(1)),
    file("a/2.jpg", photo),
    file("b/1.webp", fixture("lossy.webp")),
    file("b/2.png", BROKEN),
  ];
  const here = await readPictures(files, { size: "6x4", skipBroken: true });
  const { server, address } = await host(dist);
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(`${address}web/icon.svg`);
    // as text: the test's own transforms know no page
    const there = await page.evaluate(`import("/index.js").then(async ({ readPictures }) => {
      const given = ${JSON.stringify(files.map(({ path, bytes }) => [path, [...bytes]]))};
      const blobs = given.map(([path, bytes]) =>
        Object.defineProperty(new File([Uint8Array.from(bytes)], "x"), "webkitRelativePath", { value: path }));
      const { x, y, classes, skipped } = await readPictures(blobs, { size: "6x4", skipBroken: true });
      return { x: [...x], y: [...y], classes, skipped };
    })`);
    const { classes, skipped } = here;
    expect(there).toEqual({ x: [...here.x], y: [...here.y], classes, skipped });
    expect(here.count).toBe(3);
  } finally {
    await browser.close();
    server.close();
  }
});

describe("the command", () => {
  const folder = mkdtempSync(join(tmpdir(), "wasmlp-pictures-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const put = (path: string, bytes: Uint8Array) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  };
  for (let i = 0; i < 6; i++) {
    for (const name of ["cat", "dog"]) {
      put(`all/${name}/${i}.png`, png(i + (name === "cat" ? 0 : 3)));
      put(`parts/train/${name}/${i}.png`, png(i));
      if (i < 2) put(`parts/test/${name}/${i}.png`, png(i));
    }
  }
  put("parts/test/dog/3.webp", fixture("lossy.webp"));
  put("broken/cat/1.png", png(1));
  put("broken/cat/2.png", BROKEN);
  put("broken/dog/1.png", png(2));
  symlinkSync("..", join(folder, "all/cat/round")); // leads to itself

  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [join(dist, "cli.js"), ...args], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: "1" },
    }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
    );
  const fast = ["--epochs", "1", "--layers", "2", "--quiet"];

  test("trains on one, saves, evaluates the test part, predicts a folder", async () => {
    const made = await run("train", "parts", ...fast, "--size", "5x4", "--save", "m.safetensors");
    expect(made).toMatchObject({ code: 0, stderr: "saved the model to m.safetensors\n" });
    expect(made.stdout).toMatch(/^train .* of 12\)\ntest .* of 5\)\n/);
    expect((await run("evaluate", "m.safetensors", "parts")).stdout).toMatch(/ of 5\)\n/); // of the model's size
    const answers = (await run("predict", "m.safetensors", "parts/test")).stdout.trim().split("\n");
    expect(answers.map((line: string) => line.split(" ")[0])).toEqual([
      ...["cat/0.png", "cat/1.png", "dog/0.png", "dog/1.png", "dog/3.webp"],
    ]);
    expect(await run("train", "parts", "--test", "0.2", ...fast)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/E_OPTION/),
    });
    expect((await run("train", "parts/train", "parts/test", ...fast)).stdout).toContain("of 5)");
  });

  test("says the size where nobody did", async () => {
    const { stderr } = await run("train", "parts/train", ...fast, "--test", "0.5");
    expect(stderr).toBe("Pictures are brought to 64x64; --size says otherwise.\n");
    expect((await run("train", "parts", ...fast, "--size", "big")).stderr).toMatch(/size is "big"; .* \[E_OPTION\]/);
  });

  test("refuses broken pictures, or leaves them out and names them", async () => {
    expect(await run("train", "broken", ...fast)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^wasmlp: broken: 1 of 3 pictures cannot be read, first cat\/2\.png cannot be decoded .*--skip-broken\. \[E_IMAGE\]\n$/,
      ),
    });
    const { code, stderr } = await run("train", "broken", "--skip-broken", ...fast, "--size", "4x4");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "Left out: cat/2.png cannot be decoded (it has no frame).\n" });
  });

  test("inspect shows classes, counts and sizes, and what cannot be read", async () => {
    const { stdout } = await run("inspect", "broken");
    expect(stdout).toMatch(/^broken: pictures in folders, all of 5x3\n\nread as 2 examples of 64x64x3 /);
    expect(stdout).toMatch(/cat +1 +50\.0 %\ndog +1 +50\.0 %\n[\s\S]*Left out: cat\/2\.png cannot be decoded/);
    const lines = (await run("inspect", "parts", "--json")).stdout
      .trim()
      .split("\n")
      .map((line: string) => JSON.parse(line));
    expect(lines).toMatchObject([
      { part: "train", count: 12, classes: ["cat", "dog"], counts: [6, 6] },
      { part: "test", count: 5, counts: [2, 3], skipped: [] },
    ]);
  });
});

// The page in a real browser, as wasmlp serve gives it: what a person does with it, and what must not happen to him.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { encode } from "fast-png";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { readHdf5 } from "../src/dataset/hdf5.js";
import { Network } from "../src/network.js";
import { course, needs, readJson } from "./files.js";
import {
  accessible,
  costsOf,
  dist,
  drop,
  ended,
  HASTE,
  inView,
  isolated,
  newPage,
  open,
  openWith,
  plain,
  text,
  train,
  watches,
  withBrowser,
} from "./page.js";

const fixtures = new URL("fixtures/", import.meta.url);

withBrowser();

describe("training", () => {
  let hash: string; // of the command line's weights
  let end: { train: { cost: number }; test: { accuracy: number } };
  beforeAll(async () => {
    const cli = fileURLToPath(new URL("cli.js", dist));
    const { stdout } = await promisify(execFile)(process.execPath, [cli, "train", "--json"]);
    const last = JSON.parse(stdout.trim().split("\n").at(-1)!);
    ({ weights: hash } = last);
    end = last;
  }, 60_000);

  test("the course's preset ends with the command line's cost and weights", async () => {
    const page = await open();
    const result = await train(page);
    expect(result.hash).toBe(hash);
    expect(result.status).toContain(`cost ${end.train.cost.toFixed(6)}`);
    expect(result.status).toContain(`test accuracy ${(100 * end.test.accuracy).toFixed(1)} %`);
    expect(await costsOf(page)).toHaveLength(25);
    expect(await text(page, "#findings")).toContain("Nothing is wrong");
    expect(await page.locator("#looks canvas").count()).toBeGreaterThan(20 + 24);
    const curves = page.getByRole("img", { name: "ROC, precision-recall and calibration curves of the test examples" });
    expect(await curves.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1096);
  });

  test("fused numerics, too, end with the command line's weights", async () => {
    const cli = fileURLToPath(new URL("cli.js", dist));
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...[cli, "train", "--json", "--numerics", "fused", "--iterations", "50"],
    ]);
    const page = await open(`${isolated}#numerics=fused&iterations=50`);
    const { hash: fused } = await train(page);
    expect(fused).toBe(JSON.parse(stdout.trim().split("\n").at(-1)!).weights);
    expect(fused).toContain("fused:");
    expect(await text(page, "#n-how")).toContain("wasm, fused, ");
  });

  test("the student's preset is told why it is stuck, and the button trains it to success", async () => {
    const page = await open();
    await page.getByRole("button", { name: "The student’s network" }).click();
    expect(page.url()).toContain("#init=0.01");
    expect((await train(page)).status).toContain("cost 0.64398");
    // said where it is always seen, with a way to the answers
    const verdict = page.getByRole("button", { name: "Something is wrong: stuck at base rate." });
    expect(await inView(page, "#to-answers")).toBe(true);
    expect(await inView(page, "#answers-title")).toBe(false);
    await verdict.click();
    await expect.poll(() => inView(page, "#answers-title")).toBe(true);
    const finding = page.locator(".finding");
    expect(await finding.textContent()).toMatch(/stuck at base rate.*0\.64397.*"3[45] % cat" to every example.*lecun/);
    await finding.getByRole("button", { name: "Use init lecun and train again" }).click();
    await expect.poll(() => text(page, "#n-cost")).toBe(end.train.cost.toFixed(6));
    expect((await ended(page)).hash).toBe(hash);
    expect(await page.locator(".finding").count()).toBe(0);
    expect(await verdict.isVisible()).toBe(false);
  });

  test("the curves are drawn, also on a logarithmic scale, and the speed is told", async () => {
    const page = await open(`${isolated}#logEvery=10`);
    const drawn = () =>
      page.locator("#cost-chart canvas").evaluate((canvas: HTMLCanvasElement) => {
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true })!;
        copy.drawImage(canvas, 0, 0);
        const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
        let blue = 0; // pixels of the training curve
        for (let i = 0; i < data.length; i += 4) if (data[i + 3]! > 200 && data[i + 2]! > data[i]! + 80) blue++;
        return { blue, sum: data.reduce((sum, byte, i) => (sum + byte * (i % 9973)) % 1e9, 0) };
      });
    expect((await drawn()).blue).toBe(0);
    await train(page);
    await expect.poll(async () => (await drawn()).blue).toBeGreaterThan(300);
    const linear = (await drawn()).sum;
    await page.locator("#log").check();
    await expect.poll(async () => (await drawn()).sum).not.toBe(linear);
    expect((await drawn()).blue).toBeGreaterThan(300);
    for (const id of ["#n-speed", "#n-flops"]) expect(await text(page, id)).toMatch(/^\d/);
  });

  test("a network beyond any memory is refused in a sentence, before its weights are drawn", async () => {
    const page = await open();
    for (const layers of ["100000,100000", "85000"]) {
      await page.locator("#field-layers").fill(layers);
      await page.locator("#train").click();
      await expect.poll(() => text(page, "#alert")).toMatch(/\d{10} bytes in one memory/);
      await expect.poll(() => page.locator("#train").isEnabled()).toBe(true);
    }
    await page.getByRole("button", { name: "Start the race" }).click();
    await expect.poll(() => text(page, "#ratio")).toBe("");
    expect(await text(page, "#alert")).toMatch(/\d{10} bytes in one memory/);
  });

  test("a hint that scales the inputs is followed, though the data are read anew for it", async () => {
    const page = await open(`${isolated}#scale=1&iterations=500`);
    await train(page);
    await page.getByRole("button", { name: "Use scale 0.00392 and train again" }).click();
    await expect.poll(() => page.url()).toContain("scale=0.0039");
    expect((await ended(page)).status).toMatch(/^Done after 500 iterations.* test accuracy [89]\d/);
  });

  test("a run can be stopped while its weights are drawn, and Pause means nothing after Stop", async () => {
    const page = await open(`${isolated}#layers=8000,4000&logEvery=1000`);
    await page.locator("#train").click();
    await page.locator("#stop").click();
    expect(await page.locator("#pause").isEnabled()).toBe(false);
    await expect.poll(() => text(page, "#status")).toBe("Stopped before the first iteration.");
    expect(await page.locator("#train").isEnabled()).toBe(true);
  });

  test("a hint can be followed while the training still runs", async () => {
    const page = await open(`${isolated}#init=0.01&iterations=10000000`);
    await page.locator("#train").click();
    await page.locator(".finding button").click();
    await expect.poll(() => page.url()).not.toContain("init");
    await expect.poll(async () => Number(await text(page, "#n-cost"))).toBeLessThan(0.3);
    await page.locator("#stop").click();
    expect((await ended(page)).status).toMatch(/^Stopped after/);
  });

  test("a hint that is followed during a race ends the race", async () => {
    const page = await open(`${isolated}#init=0.01&iterations=1500`);
    await train(page);
    await page.getByRole("button", { name: "Start the race" }).click();
    await page.getByRole("button", { name: "Use init lecun and train again" }).click();
    await expect.poll(() => page.locator(".finding").count()).toBe(0);
    const { status } = await ended(page);
    expect(status).toMatch(/^Done after 1500 iterations/);
    expect(page.url()).not.toContain("init");
    expect(await text(page, "#start-race")).toBe("Start the race");
  });

  test("a pause that comes after the run's end leaves the next run alone", async () => {
    const page = await open(`${isolated}#iterations=1`, {}, () => {
      // keeps what ends the first run from the page until `release` is called
      const kept: (() => void)[] = [];
      let [run, keeping] = [-1, true];
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = function (message, ...others: unknown[]) {
        if (message.request === "train") run = message.id;
        postMessage.apply(this, [message, ...others] as never);
      };
      const { set } = Object.getOwnPropertyDescriptor(Worker.prototype, "onmessage")!;
      Object.defineProperty(Worker.prototype, "onmessage", {
        set(listener) {
          set!.call(this, (event: MessageEvent) => {
            if (keeping && event.data.id === run) kept.push(() => listener(event));
            else listener(event);
          });
        },
      });
      const release = () => {
        keeping = false;
        for (const deliver of kept) deliver();
      };
      Object.assign(window, { kept, release });
    });
    await page.locator("#train").click();
    await expect.poll(() => page.evaluate("kept.length")).toBe(1);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.evaluate("release()");
    await ended(page);
    await page.locator("#field-iterations").fill("200");
    expect((await train(page)).status).toMatch(/^Done after 200 iterations/);
  });

  test("pause, resume and stop", async () => {
    const page = await open(`${isolated}#iterations=10000000`);
    const done = () => page.locator("#progress").evaluate((bar: HTMLProgressElement) => bar.value);
    await page.locator("#train").click();
    await expect.poll(done).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Pause" }).click();
    await expect.poll(() => text(page, "#status")).toBe("Paused.");
    await page.waitForTimeout(300);
    const paused = await done();
    await page.waitForTimeout(300);
    expect(await done()).toBe(paused);
    expect(await text(page, "#status")).toBe("Paused.");
    await page.getByRole("button", { name: "Resume" }).click();
    await expect.poll(done).toBeGreaterThan(paused);
    await drop(page, [
      { name: "model.safetensors", bytes: new Uint8Array(8) },
      { name: "data.h5", bytes: new Uint8Array(8) },
    ]);
    await expect.poll(() => text(page, "#alert")).toMatch(/^Wait until the run has ended/);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.locator("#stop").click(); // also while it is paused
    const { status, hash: stopped } = await ended(page);
    expect(status).toMatch(/^Stopped after [1-9]/);
    expect(stopped).toMatch(/^[0-9a-f]{64}$/);
    expect(await page.locator("#train").isEnabled()).toBe(true);
  });

  test("a pause changes no bit", async () => {
    const page = await open(`${isolated}#threads=2`);
    await page.locator("#train").click();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.waitForTimeout(200);
    await page.getByRole("button", { name: "Resume" }).click();
    expect((await ended(page)).hash).toBe(hash);
  });

  test.each([1, 2, 4])("the same weights with %i threads", async (threads) => {
    const page = await open(`${isolated}#threads=${threads}`);
    expect((await train(page)).hash).toBe(hash);
    expect(await text(page, "#n-how")).toBe(`wasm, ${threads} ${threads === 1 ? "thread" : "threads"}`);
  });

  test("the same weights from a static host, on one thread, and it says why", async () => {
    const page = await open(plain);
    expect((await train(page)).hash).toBe(hash);
    expect(await text(page, "#n-how")).toBe("wasm, 1 thread");
    expect(await text(page, "#why")).toContain("not cross-origin isolated");
    await page.locator("#field-threads").fill("4"); // as in a link from a page that is isolated (P7)
    expect((await train(page)).hash).toBe(hash);
    expect(await text(page, "#n-how")).toBe("wasm, 1 thread");
    expect(await text(page, "#why")).toContain("not cross-origin isolated");
  });

  test("more threads than cores are told to be slower (P7)", async () => {
    const page = await open(`${isolated}#threads=12&iterations=10`);
    await train(page);
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    expect(await text(page, "#why")).toContain(cores < 12 ? `12 threads share ${cores} cores, which is slower` : "");
  });

  test("what the settings say of the run that is shown, while it runs and afterwards (P4)", async () => {
    const page = await open();
    await page.locator("#train").click();
    await page.locator("#field-seed").fill("5");
    await ended(page);
    expect(await page.locator("#costs tbody tr").count()).toBe(25);
    const changed = page.locator("#changed");
    expect(await changed.isVisible()).toBe(true);
    await page.locator("#field-scale").fill("1/25"); // on the way to 1/255
    expect(await page.locator("#costs tbody tr").count()).toBe(25);
    expect(await page.locator("#field-scale").getAttribute("aria-invalid")).not.toBe("true");
    await page.getByRole("button", { name: "Go back to its settings" }).click();
    expect(await changed.isVisible()).toBe(false);
    expect(await page.locator("#field-seed").inputValue()).toBe("1");
    expect(page.url()).not.toContain("seed");
  });

  test("the skip link leaves the settings alone (P4)", async () => {
    const page = await open(`${isolated}#seed=7`);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement!.id)).toBe("train");
    expect(page.url()).toContain("#seed=7");
    expect(await page.locator("#field-seed").inputValue()).toBe("7");
  });

  test("the curves say what they are, and their values under the pointer (P9)", async () => {
    const page = await open();
    await train(page);
    const legend = () => text(page, "#cost-chart .u-legend");
    expect(await legend()).toMatch(/iteration.*training.*test.*base rate/s);
    expect(await legend()).not.toMatch(/0\.6440/);
    await page.locator("#cost-chart .u-over").hover();
    await expect.poll(legend).toMatch(/base rate\s*:?\s*0\.6440/); // the entropy of 72 cats in 209 pictures
  });

  test("settings live in the address", async () => {
    const page = await open(`${isolated}#layers=9,4&init=he&seed=7&iterations=300&optimizer=momentum&dtype=float64`);
    const { hash: first } = await train(page);
    expect(await text(page, "#shape")).toContain("12288-9-4-1: 110,646 parameters");
    await page.reload();
    await page.locator("#train:enabled").waitFor();
    expect(await page.locator("#field-layers").inputValue()).toBe("9,4");
    expect((await train(page)).hash).toBe(first);
    await page.locator("#field-seed").fill("8");
    await expect.poll(() => page.url()).toContain("seed=8");
    expect((await train(page)).hash).not.toBe(first);
  });

  test("the usual learning rate follows the optimizer, and an older address is read", async () => {
    const page = await open(`${isolated}#every=50`);
    expect(await page.locator("#field-logEvery").inputValue()).toBe("50");
    await page.locator("#field-optimizer").selectOption("adam");
    expect(await page.locator("#field-learningRate").inputValue()).toBe("0.001");
    await expect.poll(() => page.url()).toMatch(/#optimizer=adam&logEvery=50$/);
    await page.locator("#field-learningRate").fill("0.5");
    await page.locator("#field-optimizer").selectOption("sgd");
    expect(await page.locator("#field-learningRate").inputValue()).toBe("0.5");
  });

  test("an address that cannot be read is told, and a field that cannot be read is not sent", async () => {
    const page = await open(`${isolated}#seed=-3&colour=blue`);
    expect(await text(page, "#alert")).toMatch(
      /seed=-3 is not a whole number from 0 to 4294967295; colour=blue is not a setting/,
    );
    await page.locator("#field-learningRate").fill("fast");
    await page.locator("#train").click();
    expect(await page.locator("#field-learningRate").getAttribute("aria-invalid")).toBe("true");
    expect(await text(page, "#status")).toBe("Ready: press Train.");
  });

  test("numbers that are not finite end a run with a diagnosis", async () => {
    const page = await open(`${isolated}#learningRate=1e20&activation=linear`);
    const { status } = await train(page);
    expect(status).toMatch(/^Ended by a number that is not finite after [1-9]\d* iterations/);
    expect(await page.locator(".finding").first().textContent()).toContain("not finite");
  });
});

describe("files", () => {
  test.runIf(course)(
    needs(course, "the course's files give its six digits"),
    async () => {
      const page = await open(`${isolated}#dtype=float64`);
      const files = [course!.test, course!.train].map((path) => ({
        name: path.split("/").pop()!,
        bytes: readFileSync(path),
      }));
      await page.locator("#open-train").setInputFiles(course!.train);
      await page.locator("#open-test").setInputFiles(course!.test);
      await expect.poll(() => text(page, "#sets")).toContain("test_catvnoncat.h5: 50 examples");
      await drop(page, files); // the same by dropping both at once
      await expect.poll(() => text(page, "#status")).toBe("Ready: press Train.");
      expect(await text(page, "#alert")).toBe("");
      const { status } = await train(page);
      const golden = readJson<{ costs: number[] }>(course!.deep);
      expect(await costsOf(page)).toEqual(golden.costs.map((cost) => cost.toFixed(6)));
      expect(status).toMatch(/206 of 209.*40 of 50/);
    },
    90_000,
  );

  test("idx pictures come with their labels", async () => {
    const page = await open();
    const header = (...words: number[]) => new Uint8Array(new Uint32Array(words.map(swap)).buffer);
    const swap = (word: number) =>
      ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
    const images = new Uint8Array([...header(0x803, 6, 4, 4), ...Array.from({ length: 96 }, (_, i) => (i * 37) % 256)]);
    const labels = new Uint8Array([...header(0x801, 6), 0, 1, 2, 0, 1, 2]);
    await drop(page, [{ name: "train-images-idx3-ubyte", bytes: images }]);
    await expect
      .poll(() => text(page, "#alert"))
      .toContain("drop its labels, train-labels-idx1-ubyte, together with it");
    await drop(page, [
      { name: "train-labels-idx1-ubyte", bytes: labels },
      { name: "train-images-idx3-ubyte", bytes: images },
    ]);
    await expect.poll(() => text(page, "#sets")).toContain("train-images-idx3-ubyte: 6 examples of 4×4");
    expect(await text(page, "#shape")).toContain("16-20-7-5-3");
    expect((await train(page)).status).toMatch(/^Done/);
  });

  test("an NPZ file gives both sets that NumPy wrote, or says what is wrong with it", async () => {
    const page = await open();
    const npz = (name: string) => readFileSync(new URL(`fixtures/${name}.npz`, import.meta.url));
    await drop(page, [{ name: "parts.npz", bytes: npz("parts") }]);
    await expect.poll(() => text(page, "#sets")).toContain("parts.npz, train_set: 6 examples of 2×2");
    expect(await text(page, "#sets")).toContain("parts.npz, test_set: 3 examples");
    await drop(page, [{ name: "kinds.npz", bytes: npz("kinds") }]);
    await expect.poll(() => text(page, "#alert")).toMatch(/kinds\.npz has no .*rename them in the file/);
  });

  test("a file with a training and a test set gives both, or the one that was asked for", async () => {
    const page = await open();
    const bytes = readFileSync(new URL("both.h5", fixtures));
    await drop(page, [{ name: "both.h5", bytes }]);
    await expect.poll(() => text(page, "#sets")).toContain("both.h5, test_set:");
    expect(await text(page, "#sets")).toContain("both.h5, train_set:");
    await page.locator("#open-train").setInputFiles({ name: "other.h5", mimeType: "", buffer: bytes });
    await expect.poll(() => text(page, "#sets")).toContain("other.h5, train_set:");
    expect(await text(page, "#sets")).toContain("No test set.");
  });

  test("new data and a model of another shape leave nothing of the run before", async () => {
    const page = await open(`${isolated}#iterations=200&init=0.01`);
    await train(page);
    const { inputs, layers } = { inputs: 16, layers: [3, 1] };
    const model = new Network({ inputs, layers, shape: [4, 4], classes: ["a", "b"] }).save();
    await page.locator("#load").setInputFiles({ name: "tiny.safetensors", mimeType: "", buffer: Buffer.from(model) });
    await expect
      .poll(() => text(page, "#status"))
      .toMatch(/It takes 4×4 and tells 2 classes apart, so it cannot be judged/);
    expect(await page.locator("#costs tbody tr").count()).toBe(0);
    expect(await page.locator(".finding").count()).toBe(0);
    expect(await text(page, "#n-cost")).toBe("–");
    expect(await page.locator("#svg").isEnabled()).toBe(false);
  });

  test("wrong files are told in a sentence, and the page goes on", async () => {
    const page = await open();
    const good = readFileSync(new URL("both.h5", fixtures));
    const wrong: [string, Uint8Array, RegExp][] = [
      ["page.h5", Buffer.from("<!doctype html><title>Sign in</title>"), /page\.h5 is an HTML page; pass an HDF5 file/],
      ["half.h5", good.subarray(0, Math.floor(good.length / 2)), /half\.h5 is damaged or cut/],
      ["words.h5", Buffer.from("just some words\n"), /words\.h5 has no rows below the names of its columns/],
      ["empty.h5", new Uint8Array(0), /empty\.h5 is an empty file/],
      [
        "kinds.h5",
        readFileSync(new URL("kinds.h5", fixtures)),
        /kinds\.h5 has .*; the page goes by names like x and y: rename them in the file, or .* wasmlp train and --x/,
      ],
      ["huge.h5", readFileSync(new URL("huge.h5", fixtures)), /huge\.h5.*(bytes|limit)/],
      ["model.safetensors", Buffer.from("no model"), /model\.safetensors/],
    ];
    for (const [name, bytes, message] of wrong) {
      await drop(page, [{ name, bytes }]);
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
      await expect.poll(() => text(page, "#alert"), { message: name }).toMatch(message);
      expect(await inView(page, "#alert")).toBe(true);
      await expect.poll(() => page.locator("#train").isEnabled()).toBe(true);
    }
    await drop(page, [{ name: "photo.png", type: "image/png", bytes: Buffer.from("no picture") }]);
    await expect.poll(() => text(page, "#alert")).toMatch(/no trained network yet/);
    expect((await train(page)).status).toMatch(/^Done/);
    await drop(page, [{ name: "photo.png", type: "image/png", bytes: Buffer.from("no picture") }]);
    await expect.poll(() => text(page, "#alert")).toMatch(/photo\.png is no picture that this browser can decode/);
  });

  test("a model is saved, loaded into a fresh page, and predicts a dropped picture", async () => {
    const page = await open();
    const { hash } = await train(page);
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download the model" }).click();
    const download = await coming;
    expect(download.suggestedFilename()).toBe("model.safetensors");
    const bytes = readFileSync(await download.path());
    expect(await Network.load(bytes).fingerprint()).toBe(hash);

    const other = await open();
    await other.locator("#load").setInputFiles({ name: "cats.safetensors", mimeType: "", buffer: bytes });
    await expect.poll(() => text(other, "#fingerprint")).toContain(hash);
    expect(await text(other, "#status")).toContain("Loaded cats.safetensors: 12288-20-7-5-1, 245,973 parameters.");
    // its own numbers stand there, and a training can go on from its weights (P4)
    const { cost, accuracy } = await Network.load(bytes).evaluate(
      await readHdf5(readFileSync(new URL("pictures-train.h5", dist))),
    );
    expect(await text(other, "#n-cost")).toBe(cost.toFixed(6));
    expect(await text(other, "#n-train")).toBe(`${(100 * accuracy).toFixed(1)} %`);
    await other.locator("#field-iterations").fill("50");
    await other.locator("#train-on").click();
    expect((await ended(other)).hash).not.toBe(hash);
    expect(Number((await costsOf(other))[0])).toBeCloseTo(cost, 5);
    await other.locator("#load").setInputFiles({ name: "cats.safetensors", mimeType: "", buffer: bytes });
    await expect.poll(() => text(other, "#fingerprint")).toContain(hash);

    // a test picture, as a file of its own, is what it was in the set
    const test = await readHdf5(readFileSync(new URL("pictures-test.h5", dist)));
    const index = 3;
    const row = (test.x as Uint8Array).slice(index * test.features, (index + 1) * test.features);
    const [probability] = await Network.load(bytes).predict(row);
    const png = encode({ width: 64, height: 64, data: row, channels: 3, depth: 8 });
    const twice = ["photo.png", "again.png"].map((name) => ({ name, type: "image/png", bytes: png }));
    await other.evaluate(() => scrollTo(0, 0));
    await drop(other, twice);
    const share = `${(100 * Math.max(probability!, 1 - probability!)).toFixed(1)} %`;
    await expect
      .poll(() => text(other, "#prediction"))
      .toContain(`${probability! > 0.5 ? "cat" : "non-cat"}, ${share}`);
    // each is answered, where it is seen (P8)
    await expect.poll(() => other.locator(".prediction").count()).toBe(2);
    await expect.poll(() => inView(other, "#prediction")).toBe(true);
    expect(await text(other, "#prediction")).not.toContain("drawings"); // of a loaded model nobody knows
    await train(other);
    await drop(other, twice);
    await expect.poll(() => text(other, "#prediction")).toContain("It has seen nothing but the drawings above");
  });

  test("the curve is kept as SVG and CSV", async () => {
    const page = await open(`${isolated}#iterations=300`);
    await train(page);
    const save = async (name: string) => {
      const coming = page.waitForEvent("download");
      await page.getByRole("button", { name }).click();
      return readFileSync(await (await coming).path(), "utf8");
    };
    const lines = (await save("Costs as CSV")).trim().split("\n");
    expect(lines[0]).toBe("iteration,epoch,cost,accuracy,test_cost,test_accuracy");
    expect(lines.slice(1).map((line) => Number(line.split(",")[2]).toFixed(6))).toEqual(await costsOf(page));
    expect(await save("Curve as SVG")).toMatch(/^<svg [\s\S]*Cost of 12288-20-7-5-1[\s\S]*<\/svg>\n$/);
  });
});

describe("a training that is left", () => {
  const offer = (page: Page) => page.locator("#offer");
  const kept = (page: Page) =>
    page.evaluate(async () => {
      const names = (await indexedDB.databases()).map(({ name }) => name);
      if (!names.includes("wasmlp-training")) return 0;
      const request = <T>(wanted: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) =>
          Object.assign(wanted, { onsuccess: () => resolve(wanted.result), onerror: reject }),
        );
      const database = await request(indexedDB.open("wasmlp-training"));
      const count = await request(database.transaction("wasmlp-training").objectStore("wasmlp-training").count());
      database.close();
      return count;
    });
  /** Starts a training, and pauses it once a checkpoint is there. */
  async function leaveable(page: Page, button = "#train"): Promise<void> {
    await page.locator(button).click();
    await page.locator("#pause").click();
    await page.waitForTimeout(600); // by a clock in HASTE a checkpoint is due
    await page.locator("#pause").click();
    await page.locator("#pause").click();
    await expect.poll(() => kept(page)).toBe(1);
  }
  const own = (name: string, random: number) => {
    const header = (...words: number[]) =>
      words.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
    const pixels = Array.from({ length: 12 * 49 }, (_, i) => (i * i * random) % 251);
    return [
      { name: `${name}-images-idx3-ubyte`, mimeType: "", buffer: Buffer.from([...header(0x803, 12, 7, 7), ...pixels]) },
      {
        name: `${name}-labels-idx1-ubyte`,
        mimeType: "",
        buffer: Buffer.from([...header(0x801, 12), 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]),
      },
    ];
  };

  test("by a reload is gone on with, to the weights, costs and address of one that was never left", async () => {
    const settings = "#dropout=0.1&optimizer=momentum&iterations=8000&threads=1";
    const page = await openWith(HASTE, isolated + settings);
    const { hash } = await train(page);
    const costs = await costsOf(page);
    expect(await kept(page)).toBe(0);
    await leaveable(page);
    await page.goto("about:blank");
    await page.goto(isolated);
    await offer(page).waitFor();
    expect(await text(page, "#left")).toMatch(/^A training was left at \d+ %\.$/);
    await page.locator("#go-on").click();
    expect((await ended(page)).hash).toBe(hash);
    expect(await costsOf(page)).toEqual(costs);
    expect(new URL(page.url()).hash).toBe(settings);
    expect(await offer(page).isVisible()).toBe(false);
    expect(await kept(page)).toBe(0);
  }, 60_000);

  test("on a person's own files wants these, no others, and none when it was stopped", async () => {
    const page = await openWith(HASTE, `${isolated}#iterations=100000&layers=5`);
    await page.locator("#open-train").setInputFiles(own("train", 1));
    await expect.poll(() => text(page, "#sets")).toContain("train-images-idx3-ubyte: 12 examples of 7×7");
    await train(page);
    await page.locator("#field-iterations").fill("3000000");
    await expect.poll(() => page.url()).toContain("3000000");
    await leaveable(page, "#train-on"); // of a network that the settings do not tell
    await page.reload();
    await offer(page).waitFor();
    expect(await text(page, "#left")).toMatch(
      /^A training on train-images-idx3-ubyte was left at \d+ %\. Open the same files to go on\.$/,
    );
    await page.locator("#go-on").click();
    await expect.poll(() => text(page, "#alert")).toBe("Open train-images-idx3-ubyte first, then go on.");
    for (const random of [3, 1]) {
      await page.locator("#open-train").setInputFiles(own("train", random));
      await expect.poll(() => text(page, "#sets")).toContain("train-images-idx3-ubyte");
      await page.locator("#go-on:enabled").click();
      if (random === 1) break;
      await expect
        .poll(() => text(page, "#alert"))
        .toBe("The training that was left is of other data; open train-images-idx3-ubyte as before, or discard it.");
      await offer(page).waitFor();
    }
    await expect
      .poll(() => page.locator("#progress").evaluate((bar: HTMLProgressElement) => bar.value))
      .toBeGreaterThan(0);
    await page.locator("#stop").click();
    expect((await ended(page)).status).toMatch(/^Stopped/);
    await page.reload();
    await page.locator("#train:enabled").waitFor();
    expect(await kept(page)).toBe(0);
    expect(await offer(page).isVisible()).toBe(false);
  }, 60_000);

  test("is offered in another window when the first is gone, not before, and can be discarded", async () => {
    const page = await openWith(HASTE, `${isolated}#iterations=1000000`);
    await leaveable(page);
    const other = await page.context().newPage();
    await other.goto(isolated);
    await other.locator("#train:enabled").waitFor();
    await other.waitForTimeout(300);
    expect(await offer(other).isVisible()).toBe(false);
    await page.close();
    await offer(other).waitFor();
    await other.locator("#discard").click();
    await expect.poll(() => offer(other).isVisible()).toBe(false);
    expect(await other.evaluate(() => document.activeElement!.id)).toBe("train");
    expect(await kept(other)).toBe(0);
  }, 60_000);

  test("is lost where nothing can be kept, without a word", async () => {
    const denied = 'IDBFactory.prototype.open = () => { throw new DOMException("denied", "SecurityError"); };';
    const page = await openWith(HASTE + denied, `${isolated}#iterations=20000`);
    await page.locator("#train").click();
    await page.locator("#pause").click();
    await page.waitForTimeout(600);
    await page.locator("#pause").click();
    expect((await ended(page)).status).toMatch(/^Done after 20000/);
    expect(await text(page, "#alert")).toBe("");
    expect(await offer(page).isVisible()).toBe(false);
  }, 60_000);
});

describe("when something is missing", () => {
  test("once it stands, the server may go: all backends, threads and files work without (P5)", async () => {
    const page = await open(isolated, {});
    await page.waitForLoadState("networkidle"); // the reader has come too
    await page.context().setOffline(true);
    for (const set of ["backend=js", "backend=wasm", "numerics=fused", "threads=2", "firstLayer=direct"]) {
      const [name, value] = set.split("=");
      const field = page.locator(`#field-${name}`);
      if ((await field.count()) === 0) continue;
      if (name !== "threads") await field.selectOption(value!);
      else await field.fill(value!);
      await page.locator("#field-iterations").fill("20");
      expect((await train(page)).status).toMatch(/^Done after 20/);
    }
    const bytes = readFileSync(new URL("both.h5", fixtures));
    await drop(page, [{ name: "both.h5", bytes }]);
    await expect.poll(() => text(page, "#sets")).toContain("both.h5, test_set:");
    await page.getByRole("button", { name: "Embedded pictures" }).click();
    await expect.poll(() => text(page, "#sets")).toContain("the embedded training pictures");
    expect(await text(page, "#alert")).toBe("");
  }, 120_000);

  // a page of its own, whose server answers some of its files otherwise
  async function broken(answers: Record<string, string | null>, before?: () => void): Promise<Page> {
    const page = await newPage(isolated, {});
    if (before) await page.addInitScript(before);
    for (const [name, body] of Object.entries(answers)) {
      await page.route(`**/${name}`, (route) =>
        body === null
          ? route.abort()
          : route.fulfill({
              body,
              headers: { "Content-Type": "text/javascript", "Cross-Origin-Embedder-Policy": "require-corp" },
            }),
      );
    }
    await page.goto(isolated);
    return page;
  }

  test.each([
    [
      "an exception while the page starts",
      { "page.js": 'throw new Error("no such luck")' },
      /bug of the page.*no such luck/,
    ],
    ["the page's script does not come", { "page.js": null }, /page\.js did not come/],
    [
      "an exception while its worker starts",
      { "worker.js": 'throw new Error("bad day")' },
      /worker does not run.*bad day/,
    ],
    ["the worker's script does not come", { "worker.js": null }, /worker does not run/],
    [
      "the pictures do not come",
      { "pictures.bin.gz": null },
      /embedded pictures could not be had.*drop a file instead/,
    ],
  ])("%s: said in a sentence, and it loads no more (P1, P5)", async (_, answers, sentence) => {
    const page = await broken(answers);
    await expect.poll(() => text(page, "#alert")).toMatch(sentence);
    await expect.poll(() => text(page, "#status")).not.toMatch(/Loading/);
    for (const { trouble } of watches) trouble.length = 0; // the browser speaks of it too
  });

  test("what fails later is said as well, but for a browser's remark on sizes", async () => {
    const page = await open(`${isolated}#iterations=20`, {});
    const fail = (message: string) =>
      page.evaluate((text) => void dispatchEvent(new ErrorEvent("error", { message: text })), message);
    await fail("ResizeObserver loop completed with undelivered notifications.");
    expect(await text(page, "#alert")).toBe("");
    await fail("x is not a function");
    expect(await text(page, "#alert")).toMatch(/bug of the page: x is not a function.*report/);
    expect(await text(page, "#status")).toBe("Ready: press Train.");
  });

  test("a language that Intl does not know is no hindrance (P1)", async () => {
    const page = await broken({}, () => Object.defineProperty(Navigator.prototype, "language", { get: () => "c" }));
    await page.locator("#field-iterations").fill("20");
    expect((await train(page)).status).toMatch(/^Done/);
  });
});

test("the race tells a ratio and the same bits", async () => {
  const page = await open();
  await page.getByRole("button", { name: "Start the race" }).click();
  await expect
    .poll(() => text(page, "#ratio"))
    .toMatch(/^WebAssembly is \d+\.\d times as fast; the weights are the same bits\.$/);
  for (const name of ["wasm", "js"]) {
    expect(await page.locator(`#bar-${name}`).evaluate((bar: HTMLMeterElement) => bar.value)).toBeGreaterThan(0);
    expect(await text(page, `#speed-${name}`)).toMatch(/^[\d.,]+ iterations\/s$/);
  }
  await page.getByRole("button", { name: "End the race" }).click();
  await expect.poll(() => page.locator("#train").isEnabled()).toBe(true);
}, 120_000);

test("a race that is ended before its first lap says so", async () => {
  const page = await open(`${isolated}#layers=2048,1024`);
  await page.getByRole("button", { name: "Start the race" }).click();
  await page.getByRole("button", { name: "End the race" }).click();
  await expect.poll(() => text(page, "#ratio")).toBe("Ended before the first lap.");
  expect(await text(page, "#alert")).toBe("");
}, 120_000);

test("for everyone: no finding by axe, before and after training, and nothing sticks out", async () => {
  const page = await open(`${isolated}#init=0.01`, { colorScheme: "light" });
  await accessible(page, 360);
  await train(page);
  await page.getByText("The costs as a table").click();
  await accessible(page, 360);
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate(() => scrollTo(0, 0));
    await page.locator("#to-answers").click();
    await expect.poll(() => inView(page, "#answers-title")).toBe(true);
  }
}, 120_000);

test("the keyboard reaches everything, Train among the first, and Enter starts it", async () => {
  const page = await open();
  const reached: string[] = [];
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    const name = await page.evaluate(() => {
      const { id, textContent } = document.activeElement as HTMLElement;
      return id || (textContent ?? "").trim();
    });
    if (name === "" || reached.includes(name)) break;
    reached.push(name);
  }
  expect(reached.slice(0, 6)).toEqual([
    ...["skip", "The course’s network", "The student’s network (0.64)", "No hidden layer", "chosen", "train"],
  ]);
  for (const id of ["open-train", "field-layers", "field-threads", "log", "photo", "start-race", "load"]) {
    expect(reached).toContain(id);
  }
  const focused = () => page.evaluate(() => document.activeElement!.id);
  await page.locator("#field-iterations").fill("1000000");
  await page.locator("#train").focus();
  await page.keyboard.press("Enter");
  await expect.poll(focused).toBe("pause");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect((await ended(page)).status).toMatch(/^Stopped/);
  await expect.poll(focused).toBe("train");
});

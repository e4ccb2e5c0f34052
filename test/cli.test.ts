// The command line as a user meets it: usage, errors, output through a pipe, interrupts. Results of real trainings are
// in course.test.ts.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { costChart } from "../src/cli/chart.js";
import { progressLine } from "../src/cli/progress.js";
import { duration, wrap } from "../src/cli/text.js";
import { Network } from "../src/network.js";
import { costPlot, ticks } from "../src/plot.js";
import { cost, table } from "../src/text.js";

const cli = fileURLToPath(new URL("../build/dist/cli.js", import.meta.url));
const pictures = fileURLToPath(new URL("../build/dist/pictures-test.h5", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "wasmlp-cli-"));
const file = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

function run(...args: string[]): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [cli, ...args], { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
    child.stdin!.on("error", () => {}); // of a command that ends without reading it
    child.stdin!.end("[[1, 2]]");
  });
}

beforeAll(async () => {
  writeFileSync(file("page.h5"), "<!DOCTYPE html><html><body>404</body></html>");
  writeFileSync(file("text.txt"), "hello");
  writeFileSync(file("text.pdf"), "%PDF-1.7");
  writeFileSync(file("photo.gif"), "GIF89a");
  writeFileSync(file("ragged.json"), "[[1, 2], [3]]");
  writeFileSync(file("noise.gz"), gzipSync(Uint8Array.of(1, 2, 3)));
  writeFileSync(file("mnist.pkl.gz"), gzipSync(Uint8Array.of(0x80, 3, 0x7d, 0x71)));
  writeFileSync(file("empty.h5"), "");
  writeFileSync(file("cut.h5"), readFileSync(pictures).subarray(0, 5000));
  writeFileSync(file("rows.json"), JSON.stringify([[1, 2, 3]]));
  const { code } = await run("train", pictures, "--layers", "2", "--iterations", "1", "--save", "model.safetensors");
  expect(code).toBe(0);
  const sums = new Network({ inputs: 3, layers: [2], output: "linear", loss: "meanSquaredError" });
  sums.weights = [{ weight: [1, 1, 1, 0.5, 0, 0], bias: [0, 1] }];
  writeFileSync(file("sums.safetensors"), sums.save());
  writeFileSync(file("cut.safetensors"), readFileSync(file("model.safetensors")).subarray(0, 900));
});

test("predict gives the numbers of a regression (E3)", async () => {
  expect(await run("predict", "sums.safetensors", "rows.json")).toEqual({
    ...{ code: 0, stderr: "" },
    stdout: "rows.json  6  1.5\n",
  });
  const { stdout } = await run("predict", "--json", "sums.safetensors", "rows.json");
  expect(JSON.parse(stdout)).toEqual({ input: "rows.json", values: [6, 1.5] });
});

test("find-rate draws a curve and names a rate, also as JSON", async () => {
  const { code, stdout } = await run("find-rate", pictures, "--layers", "4");
  expect(code).toBe(0);
  expect(stdout).toMatch(/cost over the learning rate\n[\s\S]*Train with --learning-rate 0\.\d+: the cost\s+falls/);
  expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  const answer = JSON.parse((await run("find-rate", pictures, "--layers", "4", "--json")).stdout);
  expect(answer.curve.length).toBeGreaterThan(50);
});

test("a loss is chosen on the command line, with as many outputs as it wants", async () => {
  for (const [loss, widths] of [
    ["categoricalCrossEntropy", [12288, 2, 2]],
    ["hinge", [12288, 2, 1]],
  ] as const) {
    const { stdout } = await run("train", pictures, "--layers", "2", "--iterations", "3", "--loss", loss, "--json");
    expect(JSON.parse(stdout.split("\n")[0]!).layers).toEqual(widths);
  }
});

// pictures of 3x4 in idx files, whose labels come by turns
const idx = (name: string, classes: number) => {
  const header = (...words: number[]) => Buffer.from(Int32Array.from(words).buffer).swap32();
  const pixels = Buffer.from(Array.from({ length: 30 * 12 }, (_, i) => (i * i) % 251));
  writeFileSync(file(`${name}-images-idx3-ubyte`), Buffer.concat([header(0x803, 30, 3, 4), pixels]));
  const labels = Buffer.from(Array.from({ length: 30 }, (_, i) => i % classes));
  writeFileSync(file(`${name}-labels-idx1-ubyte`), Buffer.concat([header(0x801, 30), labels]));
  return `${name}-images-idx3-ubyte`;
};

describe("--from", () => {
  const weightsOf = (name: string) => Network.load(readFileSync(file(name))).weights;

  test("goes on from a model, freezes its first layers, and draws a new last one for other classes", async () => {
    const [two, three] = [idx("two", 2), idx("three", 3)];
    const fit = ["--iterations", "30", "--learning-rate", "0.5"];
    const first = await run(
      "train",
      two,
      "--layers",
      "5,4",
      "--activation",
      "tanh",
      ...fit,
      "--save",
      "two.safetensors",
    );
    expect(first.code).toBe(0);
    // thirty updates and thirty more are sixty, as sgd remembers nothing
    const on = await run("train", two, "--from", "two.safetensors", ...fit, "--save", "on.safetensors");
    expect(on.stdout).toContain("Network 12-5-4-1 (tanh, sigmoid) from two.safetensors:");
    const sixty = ["--iterations", "60", "--learning-rate", "0.5", "--save", "sixty.safetensors"];
    await run("train", two, "--layers", "5,4", "--activation", "tanh", ...sixty);
    expect(weightsOf("on.safetensors")).toEqual(weightsOf("sixty.safetensors"));

    expect(await run("train", three, "--from", "two.safetensors", ...fit)).toMatchObject({
      ...{ code: 1, stdout: "", stderr: expect.stringMatching(/--new-head.*\[E_CLASSES\]/) },
    });
    const args = ["--from", "two.safetensors", "--new-head", "--freeze", "1", ...fit, "--save", "three.safetensors"];
    expect((await run("train", three, ...args)).stdout).toContain("Network 12-5-4-3 (tanh, softmax)");
    const [was, now] = [weightsOf("two.safetensors"), weightsOf("three.safetensors")];
    expect(now[0]).toEqual(was[0]);
    expect(now[1]).not.toEqual(was[1]);
    expect(now[2]!.bias.length).toBe(3);
  });

  test.each([
    ["--from model.safetensors --layers 3", /'--from <model>' cannot be used with option '--layers <widths>'/],
    ["--from model.safetensors --dtype float64", /cannot be used with option '--dtype <type>'/],
    ["--from model.safetensors --freeze 2", /freeze is 2, all layers/],
    ["--new-head", /--new-head is for --from; name a model/],
  ])("%s is refused", async (line, message) => {
    const { code, stderr } = await run("train", ...line.split(" "));
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});

describe("explain", () => {
  beforeAll(async () => {
    const args = ["--layers", "4", "--iterations", "50", "--save", "explained.safetensors"];
    await run("train", idx("explained", 3), ...args);
  });
  const line = ["explain", "explained.safetensors", "explained-images-idx3-ubyte", "--metric", "logLoss"];

  test("lists features by their importance, with their places in a picture", async () => {
    const { code, stdout, stderr } = await run(...line, "--repeats", "3", "--seed", "2");
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.trim().split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    const rows = lines.slice(4).map((row) => row.trim().split(/ +/));
    expect(rows.map(([feature]) => Number(feature)).sort((a, b) => a - b)).toEqual([...Array(12).keys()]);
    // rows of four
    for (const [feature, place] of rows)
      expect(place).toBe(`${Math.floor(Number(feature) / 4)},${Number(feature) % 4}`);
    const { score, features } = JSON.parse((await run(...line, "--repeats", "3", "--seed", "2", "--json")).stdout);
    expect(lines[0]).toContain(`logLoss is ${Number(score.toPrecision(4))}.`);
    const means = rows.map(([, , mean]) => Number(mean));
    expect(means).toEqual([...means].sort((a, b) => b - a));
    expect(means[0]).toBe(Number(Math.max(...features.map(({ mean }: { mean: number }) => mean)).toPrecision(3)));
  });

  test("shows how the mean answer goes with a feature", async () => {
    const { stdout } = await run(...line, "--feature", "5");
    expect(stdout).toMatch(/feature +place +importance +deviation\n +5 +1,1 /);
    const rows = stdout.slice(stdout.indexOf("mean answer")).trim().split("\n").slice(1);
    expect(rows[0]!.trim().split(/ +/).slice(1).sort()).toEqual(["0", "1", "2"]);
    expect(rows.length).toBe(21);
    // shares of three classes
    for (const row of rows.slice(1)) {
      const shares = row.trim().split(/ +/).slice(1).map(Number);
      expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 3);
    }
    const { code, stderr } = await run(...line, "--feature", "12");
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^wasmlp: feature is 12; .* from 0 to 11\. \[E_OPTION\]\n$/),
    ]);
  });
});

describe("wrong usage ends with code 2, one line on stderr and nothing on stdout", () => {
  const WRONG: [string, RegExp][] = [
    ["trian", /unknown command 'trian'; did you mean train\?/],
    ["train --iteration 5", /unknown option '--iteration'; did you mean --iterations\?/],
    ["train --iterations", /argument missing/],
    ["train --iterations -5", /./],
    ["train --iterations 1.5", /whole number of at least 0/],
    ["train --iterations 1e3", /whole number/],
    ["train --iterations 5 --epochs 2", /cannot be used with/],
    ["train --layers 20,,5", /20,7,5/],
    ["train --layers 0", /20,7,5/],
    ["train --learning-rate 0", /above 0/],
    ["train --learning-rate fast", /above 0/],
    ["train --batch-size 0", /at least 1/],
    ["train --init -1", /./],
    ["train --init xavier", /lecun, he, glorot/],
    ["train --optimizer sofia", /one of sgd, momentum/],
    ["train --dtype float16", /Did you mean "float32"\?/],
    ["train --backend gpu", /one of wasm, js, relaxed/],
    ["train --seed 4294967296", /4294967295/],
    ["train a.h5 b.h5 c.h5", /too many arguments/],
    ["predict", /missing required argument 'model'/],
    ["predict model.safetensors", /missing required argument 'input'/],
    ["inspect", /missing required argument 'file'/],
  ];
  test.concurrent.each(WRONG)("wasmlp %s", async (line, message) => {
    const { code, stdout, stderr } = await run(...line.split(" "));
    expect(stderr).toMatch(/^wasmlp: [^\n]+ \[E_(USAGE|OPTION)\]\n$/);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, ""]);
  });
});

describe("a failed run ends with code 1, one line on stderr and nothing on stdout", () => {
  const FAILED: [string, string, RegExp][] = [
    // no names of functions (B14)
    ["train no-such-file.h5", "E_FILE_MISSING", /^wasmlp: there is no file "no-such-file\.h5"/],
    ["train page.h5", "E_NOT_HDF5", /^wasmlp: page\.h5 is an HTML page/],
    ["train text.txt", "E_TABLE", /no rows below the names/],
    ["train empty.h5", "E_NOT_HDF5", /an empty file/],
    ["train cut.h5", "E_HDF5_DAMAGED", /cut\.h5/],
    ["train model.safetensors", "E_NOT_HDF5", /a safetensors model/],
    ["train --save model.safetensors", "E_FILE_EXISTS", /^wasmlp: "model\.safetensors" exists .*--force/],
    ["train --plot no/such/folder/cost.svg", "E_FILE_WRITE", /no\/such\/folder/],
    ["predict page.h5 rows.json", "E_MODEL", /HTML/],
    ["predict cut.safetensors rows.json", "E_MODEL", /^wasmlp: cut\.safetensors/],
    ["predict model.safetensors rows.json", "E_FEATURES", /3 numbers.*12288/],
    ["predict model.safetensors -", "E_FEATURES", /2 numbers.*12288/],
    ["predict model.safetensors text.txt", "E_ROWS", /no JSON/],
    ["predict model.safetensors model.safetensors", "E_FILE_TYPE", /a JPEG picture, a PNG picture, .* or JSON rows/],
    ["predict model.safetensors photo.gif", "E_IMAGE", /a GIF picture/],
    ["predict model.safetensors ragged.json", "E_FEATURES", /row 1 has 1 numbers, row 0 has 2/],
    ["train noise.gz", "E_FILE_TYPE", /a gzip file, .*; unpack it/],
    ["train mnist.pkl.gz", "E_NOT_HDF5", /a Python pickle, which would be run/],
    ["evaluate model.safetensors cut.h5", "E_HDF5_DAMAGED", /cut\.h5/],
    ["inspect text.pdf", "E_FILE_TYPE", /a PDF document; pass .*a CSV file.*a model that wasmlp saved/],
    ["check page.h5", "E_NOT_HDF5", /an HTML page/],
  ];
  test.concurrent.each(FAILED)("wasmlp %s: %s", async (line, errorCode, message) => {
    const before = readdirSync(folder).sort();
    const { code, stdout, stderr } = await run(...line.split(" "));
    expect(stderr).toMatch(new RegExp(`^wasmlp: [^\\n]+ \\[${errorCode}\\]\\n$`));
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([1, ""]);
    expect(readdirSync(folder).sort(), "nothing left behind").toEqual(before);
  });

  test("with --json the error is an event on stdout, too", async () => {
    const { code, stdout } = await run("train", "page.h5", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ event: "error", code: "E_NOT_HDF5" });
  });

  test("a training that overflows says where and what to do, and saves nothing", async () => {
    const args = ["--layers", "5", "--optimizer", "sgd", "--learning-rate", "1e30", "--save", "overflow.safetensors"];
    const { code, stdout, stderr } = await run("train", ...args, "--json");
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(code).toBe(1);
    expect(events.filter(({ event }) => event === "diagnosis").map(({ code }) => code)).toEqual(["not-finite"]);
    expect(events.at(-1)).toMatchObject({ event: "error", code: "E_NOT_FINITE" });
    expect(stderr).toContain("smaller learning rate");
    expect(existsSync(file("overflow.safetensors"))).toBe(false);
  });
});

describe("help", () => {
  test.each([[[]], [["--help"]], [["train", "--help"]], [["predict", "--help"]], [["check", "-h"]]])(
    "wasmlp %s fits in 80 columns",
    async (args) => {
      const { code, stdout, stderr } = await run(...args);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("Usage: wasmlp");
      expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    },
  );

  test("--version is the package's", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    expect(await run("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });
});

describe("output", () => {
  test("through a pipe there are no colours, no bar and no line over 80 columns", async () => {
    const args = ["--layers", "3", "--iterations", "300", "--log-every", "50", "--init", "0.001"];
    const { code, stdout, stderr } = await run("train", ...args);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.includes("\u001b") || stdout.includes("\r")).toBe(false);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stdout.match(/^ +\d+ {2}\d\.\d{6}$/gm)!.length).toBe(6);
    expect(stdout).toMatch(/^test +cost .* of 50\)$/m);
  });

  test("--quiet prints only the end, --force overwrites, --plot writes a picture", async () => {
    writeFileSync(file("old.svg"), "old");
    const args = ["--quiet", "--force", "--plot", "old.svg"];
    const { code, stdout } = await run("train", ...args);
    expect(code).toBe(0);
    expect(stdout.trim().split("\n").length).toBe(3);
    expect(readFileSync(file("old.svg"), "utf8")).toMatch(/^<svg [\s\S]*<polyline [\s\S]*<\/svg>\n$/);
  });

  test("--json prints the events in order, each on a line", async () => {
    const { stdout } = await run("train", "--layers", "8", "--epochs", "3", "--batch-size", "100", "--json");
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map(({ event }) => event)).toEqual(["start", "cost", "cost", "cost", "end"]);
    expect(events[0]).toEqual({
      ...{ event: "start", layers: [12288, 8, 1], parameters: 98321, dtype: "float32", backend: "wasm" },
      ...{ numerics: "strict", vectors: 128, threads: 1, firstLayer: "direct" },
    });
    const record = { iteration: 3, epoch: 1, cost: expect.any(Number), learningRate: 0.0075 };
    expect(events[2]).toEqual({ event: "cost", ...record });
    expect(events[4].test.predictions.length).toBe(50);
    expect(events[4].iterations).toBe(9);
  });

  test("--weight-decay 0 switches off adamw's own, --optimizer brings its learning rate", async () => {
    const weights = async (...args: string[]) => {
      const line = ["train", idx("rates", 2), "--layers", "2", "--iterations", "3", "--json", "--quiet", ...args];
      return JSON.parse((await run(...line)).stdout.trim().split("\n").at(-1)!).weights as string;
    };
    const adam = await weights("--optimizer", "adam");
    expect(await weights("--optimizer", "adam", "--learning-rate", "0.001")).toBe(adam);
    expect(await weights("--optimizer", "adamw", "--weight-decay", "0")).toBe(adam);
    expect(await weights("--optimizer", "adamw")).not.toBe(adam);
  });

  test("predict, evaluate and inspect agree about the model", async () => {
    const named = await run("predict", "model.safetensors", pictures, "--json");
    const lines = named.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.length).toBe(50);
    expect(lines[7].input).toBe("pictures-test.h5[7]");
    const evaluated = JSON.parse((await run("evaluate", "model.safetensors", pictures, "--json")).stdout);
    const cats = evaluated.confusion[0][1] + evaluated.confusion[1][1];
    expect(lines.filter((line) => line.class === "cat").length).toBe(cats);
    expect(evaluated.wrong.length).toBe(50 - evaluated.correct);
    const model = JSON.parse((await run("inspect", "model.safetensors", "--json")).stdout);
    expect(model).toMatchObject({
      kind: "model",
      layers: [12288, 2, 1],
      shape: [64, 64, 3],
      classes: ["non-cat", "cat"],
    });
    const data = JSON.parse((await run("inspect", pictures, "--json")).stdout);
    expect(data).toMatchObject({ kind: "data", count: 50, counts: [17, 33], type: "uint8" });
    expect(data.datasets.map(({ path }: { path: string }) => path).sort()).toEqual([
      "list_classes",
      "test_set_x",
      "test_set_y",
    ]);
  });

  test("check passes and says so for each layer", async () => {
    const { code, stdout } = await run("check", "--layers", "5,3", "--samples", "10");
    expect(code).toBe(0);
    expect(stdout.match(/ ok$/gm)!.length).toBe(3);
  });
});

describe.skipIf(process.platform === "win32")("interrupts", () => {
  const start = (...args: string[]) =>
    spawn(process.execPath, [cli, "train", "--iterations", "100000000", ...args], { cwd: folder });
  const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once("exit", resolve));
  const firstLine = (child: ChildProcess) => new Promise((resolve) => child.stdout!.once("data", resolve));

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s saves the model and ends with code %i", async (signal, code) => {
    const name = `${signal}.safetensors`;
    const child = start("--json", "--save", name);
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
      if (!child.killed && out.includes('"iteration":100,')) child.kill(signal);
    });
    expect(await ended(child)).toBe(code);
    const last = JSON.parse(out.trim().split("\n").at(-1)!);
    expect(last.event).toBe("stopped");
    expect(last.iterations).toBeGreaterThanOrEqual(100);
    expect((await run("inspect", name)).code).toBe(0);
  });

  test("a reader that goes away ends the program quietly", async () => {
    const child = start("--log-every", "1");
    let errors = "";
    child.stderr.on("data", (chunk) => {
      errors += chunk;
    });
    await firstLine(child);
    child.stdout.destroy();
    expect(await ended(child)).toBe(0);
    expect(errors).toBe("");
  });
});

describe("text", () => {
  test("costs keep six decimals, or an exponent where those say nothing", () => {
    expect([0.6439737, 0, 123456.7, 1e-7, 3e9, Number.NaN].map(cost)).toEqual([
      ...["0.643974", "0.000000", "123456.700000", "1.00000e-7", "3.00000e+9", "NaN"],
    ]);
  });
  test("durations", () => {
    expect([0.1234, 12.34, 59.96, 125].map(duration)).toEqual(["0.12 s", "12.3 s", "60.0 s", "2:05 min"]);
  });
  test("tables are aligned and wrapped text is not too wide", () => {
    expect(
      table(
        [
          ["a", "1"],
          ["long", "22"],
        ],
        [1],
      ),
    ).toEqual(["a      1", "long  22"]);
    expect(wrap("one two three four", 9)).toEqual(["one two", "three", "four"]);
  });
  test("the bar fits in a line of 80 columns at its fullest", () => {
    const line = progressLine({ iteration: 99_999_999, iterations: 100_000_000, epoch: 1, cost: 1e-300, seconds: 1e6 });
    expect(line.length).toBeLessThan(80);
    expect(progressLine({ iteration: 1, iterations: 4, epoch: 0, cost: 0.5, seconds: 2 })).toContain(
      "#####---------------] 1/4",
    );
  });
  test("a chart is as wide as it may be and shows the first and the last iteration", () => {
    const records = Array.from({ length: 25 }, (_, i) => ({
      ...{ iteration: 100 * i, epoch: 0, cost: 1 / (i + 1), learningRate: 0.1 },
    }));
    const lines = costChart(records, 79);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(79);
    expect(lines.at(-1)).toMatch(/^ +0 +2400$/);
    expect(costChart(records.slice(0, 1), 79)).toEqual([]);
  });
  test("ticks are round and enclose the range", () => {
    expect(ticks(0, 2400)).toEqual([0, 500, 1000, 1500, 2000, 2500]);
    expect(ticks(0, 0.7717)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    for (const most of [1e-12, 3e-5, 0.99, 1, 7, 1e9]) {
      const list = ticks(0, most);
      expect(list.length).toBeGreaterThan(3);
      expect(list.length).toBeLessThan(12);
      expect(list.at(-1)).toBeGreaterThanOrEqual(most);
    }
  });
  test("a plot escapes its title and draws the validation costs as a second curve", () => {
    const records = [0, 100].map((iteration) => ({
      iteration,
      epoch: 0,
      cost: 1,
      learningRate: 0.1,
      validation: { cost: 2, accuracy: 0 },
    }));
    const svg = costPlot(records, 'a < b & "c"');
    expect(svg).toContain("a &lt; b &amp; &quot;c&quot;");
    expect(svg.match(/<polyline/g)!.length).toBe(2);
    expect(svg).toContain("cost (nats)");
  });
});

// No option needed: what the policy chooses, that it is nothing but options, and that it keeps up with scikit-learn.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { File, FS, ready } from "h5wasm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { choose, decides, train } from "../src/auto.js";
import { createDataset, subset } from "../src/dataset.js";
import { Network } from "../src/network.js";
import { OPTIONS } from "../src/options.js";
import { Random } from "../src/random.js";
import { randomData } from "./data.js";
import { readJson } from "./files.js";

interface Table {
  x: number[][];
  y: number[];
  splits: { train: number[]; test: number[] }[];
  scores: { default: number[] };
}
// iris and wine, five stratified splits, and the accuracies of scikit-learn 1.2's MLPClassifier behind a StandardScaler
const { tables } = readJson<{ tables: Record<"iris" | "wine", Table> }>(
  fileURLToPath(new URL("golden/tables.json", import.meta.url)),
);
const setOf = ({ x, y }: Table) => createDataset({ x, y });
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const random = new Random(2);
const x = Array.from({ length: 60 }, () => [1e4 * random.normal(), random.normal()]);
const curve = createDataset({ x, y: x.map(([a, b]) => 1e6 + 30 * a! + 1e5 * b! * b!), regression: true });

describe("train(data)", () => {
  test.each(["iris", "wine"] as const)("comes within one point of scikit-learn's accuracy on %s", async (name) => {
    const table = tables[name];
    const own: number[] = [];
    const some = table.splits.slice(0, 3); // all five are in docs/auto.md
    for (const [seed, { train: rows, test: held }] of some.entries()) {
      const { network } = await train(subset(setOf(table), rows), { seed });
      own.push((await network.evaluate(subset(setOf(table), held))).accuracy);
    }
    expect(mean(own)).toBeGreaterThan(mean(table.scores.default.slice(0, 3)) - 0.01);
  });

  test("is nothing but the options that it tells, to the bit", async () => {
    const { network, history, chosen } = await train(curve);
    expect(chosen).toMatchObject({
      by: "auto",
      network: { inputs: 2, layers: [64, 32, 1], init: "he", standardize: true, loss: "meanSquaredError" },
      fit: { optimizer: "adamw", weightDecay: 1, batchSize: 32 },
      reason: expect.stringMatching(/^\d+ epochs of at most 300: where the cost on 5 folds was least$/),
    });
    expect(history.epochs).toBe(chosen.fit.epochs);
    const again = new Network(chosen.network);
    await again.fit(curve, chosen.fit);
    expect(await again.fingerprint()).toBe(await network.fingerprint());
    expect((await network.evaluate(curve, { metrics: ["r2"] })).metrics.r2).toBeGreaterThan(0.95);
  });

  test("keeps what is passed; where that decides what is trained the fixed defaults hold, unless auto fills them", async () => {
    const iris = setOf(tables.iris);
    const fixed = await choose(iris, { learningRate: 0.1 });
    expect(fixed).toEqual({
      ...{ by: "defaults", reason: "", network: { inputs: 4, layers: [20, 7, 5, 3], standardize: false } },
      fit: { iterations: 2500, learningRate: 0.1 },
    });
    const filled = await choose(iris, { optimizer: "sgd", epochs: 3, layers: [5, 3], auto: true });
    expect(filled).toEqual({
      ...{ by: "auto", reason: "", network: { inputs: 4, layers: [5, 3], standardize: true, init: "he" } },
      fit: { optimizer: "sgd", epochs: 3, batchSize: 32 }, // no decay that was chosen for adamw
    });
    const aside = { seed: 3, dtype: "float64", threads: 1 } as const;
    expect(await choose(subset(iris, [0, 1, 60, 61]), aside)).toMatchObject({
      ...{ by: "auto", network: { seed: 3, dtype: "float64" }, fit: { seed: 3, threads: 1, epochs: 300 } },
      reason: expect.stringMatching(/too few examples/),
    });
    await expect(train(iris, { epoch: 3 } as object)).rejects.toMatchObject({ code: "E_OPTION" });
    await expect(train(iris, { sampleWeights: [1], auto: true })).rejects.toMatchObject({
      ...{ code: "E_OPTION", message: expect.stringMatching(/sampleWeights.*pass epochs/) },
    });
  });

  test("which options decide is said of each", () => {
    const open = Object.keys(OPTIONS).filter(
      (name) => "code" in OPTIONS[name as keyof typeof OPTIONS] && !decides(name),
    );
    expect(open).toEqual([
      ...[
        "logEvery",
        "seed",
        "dtype",
        "backend",
        "numerics",
        "threads",
        "vectors",
        "firstLayer",
        "scale",
        "shape",
        "classes",
        "encoding",
        "accuracy",
      ],
      ...[
        "validation",
        "metrics",
        "worker",
        "checkpoint",
        "resumeFrom",
        "resumeAnyway",
        "signal",
        "onStart",
        "onCost",
        "onProgress",
      ],
      "onDiagnosis",
    ]);
    expect(["layers", "loss", "standardize", "epochs", "classWeights"].every(decides)).toBe(true);
    expect(["save", "x", "task", "json"].some(decides)).toBe(false);
  });

  test("pictures are not standardised, and many of them get wider layers and larger batches", async () => {
    const few = await choose(randomData(300, 40), { epochs: 1, auto: true });
    expect(few.network).toMatchObject({ standardize: false, layers: [64, 32, 1] });
    const many = await choose(randomData(256, 5000, "bytes", 3), { epochs: 1, auto: true });
    expect(many.network.layers).toEqual([256, 128, 3]);
    expect(many.fit.batchSize).toBe(128);
  });

  test("more than 1000 examples are tried on 15 % that are held out, and hear of no trial", async () => {
    const data = randomData(2, 1001, "float32", 2);
    const trials: [number, number][] = [];
    let records = 0;
    const { reason, fit } = await choose(data, {
      ...{
        auto: true,
        batchSize: 1001,
        layers: [2, 1],
        onTrial: (trial: number, of: number) => trials.push([trial, of]),
      },
      ...{ onCost: () => records++, seed: 1, learningRate: 0.05 },
    });
    expect(trials).toEqual([[1, 1]]);
    expect(records).toBe(0);
    expect(reason).toMatch(/where the cost on 15 % that were held out was least/);
    expect(fit.onCost).toBeDefined(); // the training itself is heard of
    const stop = new AbortController();
    const stopped = choose(data, { signal: stop.signal, onTrial: () => stop.abort(new Error("enough")) });
    await expect(stopped).rejects.toThrow("enough");
  });
});

describe("wasmlp train", () => {
  const cli = fileURLToPath(new URL("../build/dist/cli.js", import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "wasmlp-auto-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      execFile(process.execPath, [cli, ...args], { cwd: folder }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  const weightsOf = (text: string) => /weights (\w+)/.exec(text)?.[1];

  beforeAll(async () => {
    await ready;
    const written = new File("made.h5", "w");
    const { x: rows, y } = tables.iris;
    written.create_dataset({ name: "x", data: Float64Array.from(rows.flat()), shape: [150, 4] });
    written.create_dataset({ name: "y", data: Int32Array.from(y), shape: [150] });
    written.close();
    const bytes = (FS as unknown as { readFile(name: string): Uint8Array }).readFile("made.h5");
    writeFileSync(join(folder, "an iris.h5"), bytes);
  });

  test("says what was chosen as a command, which trains the same again", async () => {
    const { code, stdout, stderr } = await run("train", "an iris.h5", "--seed", "4");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [, command, why] = /the same again:\n {2}(.*)\n([\s\S]*?)\n\n/.exec(stdout)!;
    expect(why).toMatch(/^\d+ epochs of at most 300: where the cost on 5 folds was least\.$/);
    expect(command).toMatch(/^wasmlp train 'an iris.h5' --layers 64,32 --init he --optimizer adamw --weight-decay 0.3/);
    expect(command).toMatch(/--batch-size 32 --epochs \d+ --log-every \d+ --seed 4 --standardize$/);
    const words = command!.replace("wasmlp ", "").replace("'an iris.h5'", "FILE").split(" ");
    const again = await run(...words.map((word) => (word === "FILE" ? "an iris.h5" : word)));
    expect(again.stdout).not.toMatch(/the same again/);
    expect(weightsOf(again.stdout)).toBe(weightsOf(stdout));
    const lines = (text: string) => text.slice(text.indexOf("Training on")).replace(/[\d.]+ s, [\d.]+ ms/, "");
    expect(lines(again.stdout)).toBe(lines(stdout));
  });

  test("keeps the fixed defaults beside an option, under --preset course, and without a file", async () => {
    const options = ["--iterations", "3", "--log-every", "1"];
    const fixed = await run("train", "an iris.h5", ...options);
    expect(fixed.stdout).toMatch(/Network 4-20-7-5-3 \(relu, softmax\)/);
    const course = await run("train", "an iris.h5", "--preset", "course", "--quiet");
    expect(course.stdout).toMatch(/^train +cost .*\n2500 iterations/);
    const json = await run("train", "an iris.h5", "--auto", "--epochs", "2", "--layers", "9", "--json");
    const [chosen, start] = json.stdout.split("\n").map((line) => JSON.parse(line || "{}"));
    expect(chosen).toMatchObject({ event: "chosen", reason: "", fit: { epochs: 2, optimizer: "adamw" } });
    expect(start).toMatchObject({ event: "start", layers: [4, 9, 3] });
    expect(await run("train", "an iris.h5", "--auto", "--preset", "course")).toMatchObject({ code: 2 });
  });
});

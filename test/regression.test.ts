// Numbers to predict on the command line: read as such, trained, judged by R² and RMSE, predicted in their own unit.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { File, FS, ready } from "h5wasm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSafetensors } from "../src/network/safetensors.js";
import { Random } from "../src/random.js";

const cli = fileURLToPath(new URL("../build/dist/cli.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "wasmlp-regression-"));
const file = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

// 123 examples of 4 numbers; two numbers to predict of different size, and a score of whole numbers from 20 to 180
const random = new Random(3);
const x = Array.from({ length: 123 }, () => [0, 1, 2, 3].map(() => random.normal()));
const pairs = x.map(([a, b]) => [500 + 100 * a!, a! * b!]);
const score = x.map(([a, , c]) => Math.max(20, Math.min(180, Math.round(100 + 30 * a! - 20 * c!))));

beforeAll(async () => {
  await ready;
  const put = (name: string, y: number[], shape: number[]) => {
    const written = new File("made.h5", "w");
    written.create_dataset({ name: "x", data: Float32Array.from(x.flat()), shape: [123, 4] });
    written.create_dataset({ name: "y", data: Float64Array.from(y), shape });
    written.close();
    writeFileSync(file(name), (FS as unknown as { readFile(name: string): Uint8Array }).readFile("made.h5"));
  };
  put("pairs.h5", pairs.flat(), [123, 2]);
  put("score.h5", score, [123]);
  put(
    "three.h5",
    score.map((value) => value % 3),
    [123],
  );
  writeFileSync(file("rows.json"), JSON.stringify(x.slice(0, 2)));
  const { code } = await run(
    "train",
    "pairs.h5",
    "--layers",
    "9",
    "--iterations",
    "800",
    "--learning-rate",
    "0.1",
    "--save",
    "pairs.safetensors",
  );
  expect(code).toBe(0);
});

test("train tells R² and RMSE in place of the accuracy, and where the targets lie", async () => {
  const { code, stdout, stderr } = await run(
    ...["train", "score.h5", "score.h5", "--layers", "9", "--validation", "0.2", "--log-every", "500"],
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/123 examples of 4 \(a number to predict, 20 to 180, mean\s\d+\.\d+, deviation \d+\.\d+\)/);
  expect(stdout).toMatch(/\d\d different whole numbers and are read as numbers to predict;\s--task\sclassification/);
  expect(stdout).toMatch(/\(relu, linear\)[\s\S]*columns\s+standardised\./);
  expect(stdout).toMatch(/iteration +cost +validation cost +R²\n +0 +\d\.\d+ +\d\.\d+ +-?\d\.\d{4}\n/);
  const [, r2, rmse] = /test +cost \d\.\d+ +R² (0\.\d{4}) +RMSE (\d+\.?\d*) \(123 examples\)/.exec(stdout)!;
  expect(Number(r2)).toBeGreaterThan(0.8);
  // R² = 1 − RMSE² / variance
  const mean = score.reduce((a, b) => a + b, 0) / 123;
  const variance = score.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 123;
  expect(1 - Number(rmse) ** 2 / variance).toBeCloseTo(Number(r2), 2);
  expect(stdout).not.toMatch(/accuracy/);
});

test("what the targets are is said by --task, too", async () => {
  const { stdout } = await run("train", "three.h5", "--layers", "3", "--iterations", "1", "--quiet");
  expect(stdout).toMatch(/accuracy/);
  const asked = await run("train", "three.h5", "--layers", "3", "--iterations", "1", "--quiet", "--task", "regression");
  expect(asked.stdout).toMatch(/R²/);
  const classes = await run("train", "score.h5", "--layers", "3", "--iterations", "1", "--task", "classification");
  expect(classes.stdout).toMatch(/\(82 classes\)[\s\S]*accuracy/);
  expect(await run("train", "pairs.h5", "--task", "classification")).toMatchObject({
    ...{ code: 1, stderr: expect.stringMatching(/row 0 of "y" is .* a one-hot row.*task "regression".*E_LABELS/) },
  });
  expect((await run("train", "pairs.h5", "--task", "numbers")).code).toBe(2);
});

test("predict, evaluate and inspect speak of numbers in their own unit", async () => {
  const predicted = await run("predict", "pairs.safetensors", "rows.json", "--json");
  for (const [i, line] of predicted.stdout.trim().split("\n").entries()) {
    expect(Math.abs(JSON.parse(line).values[0] - pairs[i]![0]!)).toBeLessThan(30);
  }
  const judged = await run("evaluate", "pairs.safetensors", "pairs.h5");
  expect(judged.stdout).toMatch(/^cost 0\.\d+ \(123 examples\)\nr2 +0\.\d+\nmae/);
  const { metrics, count } = JSON.parse((await run("evaluate", "pairs.safetensors", "pairs.h5", "--json")).stdout);
  expect([count, Object.keys(metrics)]).toEqual([123, ["r2", "mae", "mse", "rmse", "mape", "explainedVariance"]]);
  expect(metrics.r2).toBeGreaterThan(0.7);
  // a model says by itself that whole numbers are no classes
  expect((await run("evaluate", "pairs.safetensors", "score.h5")).stderr).toMatch(
    /1 numbers to predict, the network 2/,
  );

  const { stdout } = await run("inspect", "pairs.h5");
  expect(stdout).toMatch(/to predict +least +mean +most +deviation\n0 +\d+/);
  const facts = JSON.parse((await run("inspect", "pairs.h5", "--json")).stdout);
  expect(facts.targets[0].mean).toBeCloseTo(pairs.reduce((sum, [a]) => sum + a!, 0) / 123, 9);
  const model = await run("inspect", "pairs.safetensors");
  expect(model.stdout).toMatch(/multiplied by 1, columns standardised\npredicts +2 numbers/);
});

test("check and find-rate take numbers, and JSON has them, too", async () => {
  expect((await run("check", "pairs.h5", "--layers", "5", "--activation", "tanh")).code).toBe(0);
  expect((await run("find-rate", "score.h5", "--layers", "5")).stdout).toMatch(/Train with --learning-rate/);
  const { stdout } = await run("train", "score.h5", "--layers", "3", "--iterations", "20", "--json");
  const end = JSON.parse(stdout.trim().split("\n").at(-1)!);
  expect(Object.keys(end.train)).toEqual(["cost", "r2", "rmse"]);
});

test("a loss that is asked for brings its output, and only a linear one is standardised", async () => {
  const poisson = ["train", "score.h5", "--layers", "3", "--iterations", "20", "--loss", "poisson", "--quiet"];
  expect((await run(...poisson, "--save", "poisson.safetensors")).code).toBe(0);
  const { readFileSync } = await import("node:fs");
  const { tensors } = readSafetensors(readFileSync(file("poisson.safetensors")));
  expect([...tensors.keys()].slice(-2)).toEqual(["standardize.inputs.mean", "standardize.inputs.deviation"]);
});

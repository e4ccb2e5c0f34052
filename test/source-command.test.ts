// The commands on files that are read part by part, and on NumPy's arrays.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Network } from "../src/network.js";
import { Random } from "../src/random.js";
import { createTableDataset, readTable } from "../src/table.js";
import { commandIn, type Ran } from "./command.js";

const folder = mkdtempSync(join(tmpdir(), "wasmlp-sources-"));
afterAll(() => rmSync(folder, { recursive: true }));

const run = commandIn(folder);
const jsonOf = ({ stdout }: Ran) => JSON.parse(stdout.trim().split("\n").at(-1)!);
const path = (name: string) => join(folder, name);

function npy(name: string, descr: string, shape: number[], bytes: Uint8Array): void {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`.padEnd(117);
  const magic = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0);
  writeFileSync(path(name), Buffer.concat([magic, new TextEncoder().encode(`${text}\n`), bytes]));
}

const ROWS = 20_000; // about 420 KB: two parts
beforeAll(() => {
  const random = new Random(9);
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const [a, b] = [random.normal(), random.normal()];
    return `${i},${a.toFixed(3)},${"xyz"[i % 3]},${(3 * a - b + 10 * Number(i % 3 === 0)).toFixed(2)}`;
  });
  writeFileSync(path("t.csv"), `id,a,kind,price\n${rows.join("\n")}\n`);
  const x = Float32Array.from({ length: 300 * 4 }, () => random.normal());
  const y = Uint8Array.from({ length: 300 }, (_, i) => Number(x[4 * i]! > x[4 * i + 1]!));
  for (const part of ["train", "test"]) {
    npy(`x_${part}.npy`, "<f4", [300, 4], new Uint8Array(x.buffer));
    npy(`y_${part}.npy`, "|u1", [300], y);
  }
  npy("other.npy", "<f4", [300, 4], new Uint8Array(x.buffer));
});

const FIT = ["--epochs", "2", "--batch-size", "50", "--layers", "8", "--optimizer", "adam", "--seed", "4"];

describe("a table that is read part by part", () => {
  test("trains to the bits of the same rows in memory where there is room for all", async () => {
    const fit = ["--target", "price", ...FIT, "--json"];
    const parts = jsonOf(await run("train", "t.csv", ...fit, "--memory", "10"));
    const whole = jsonOf(await run("train", "t.csv", ...fit));
    expect(parts.weights).toBe(whole.weights);
    expect(parts.train.sample).toBeLessThanOrEqual(4096);
    expect(Math.abs(parts.train.r2 - whole.train.r2)).toBeLessThan(0.05);
  });

  test("holds parts out, says how it is read, and its model answers to other tables", async () => {
    const ran = await run(
      "train",
      "t.csv",
      "--target",
      "price",
      "--memory",
      "0.2",
      "--test",
      "0.5",
      "--save",
      "m.safetensors",
    );
    expect(ran).toMatchObject({ code: 0, stderr: "saved the model to m.safetensors\n" });
    expect(ran.stdout).toMatch(
      /price from 2\s+columns \(4 inputs\) \(a number to\s+predict\), read part by part, 0.2 MiB at a time/,
    );
    expect(ran.stdout).toMatch(/train {2}cost .* examples, a sample\)\ntest {3}cost/);
    expect(ran.stdout).toMatch(/--memory 0.2/);
    expect(ran.stdout.split("\n").every((line) => line.length <= 80 || line.startsWith("  wasmlp"))).toBe(true);
    const network = Network.load(readFileSync(path("m.safetensors")));
    const table = await readTable(readFileSync(path("t.csv")));
    const data = createTableDataset(table, { encoding: network.encoding! });
    const own = await network.evaluate(data, { metrics: ["r2"] });
    expect(own.metrics.r2).toBeGreaterThan(0.8);
    const { metrics } = jsonOf(await run("evaluate", "m.safetensors", "t.csv", "--json", "--memory", "0.2"));
    expect(metrics.r2).toBe(own.metrics.r2);
    const again = jsonOf(
      await run("train", "t.csv", "--from", "m.safetensors", ...FIT.slice(0, 4), "--memory", "0.2", "--json"),
    );
    expect(again.train.r2).toBeGreaterThan(0.8);
  });

  test("goes on from a checkpoint", async () => {
    const fit = ["t.csv", "--target", "price", ...FIT, "--memory", "0.2", "--json"];
    const whole = jsonOf(await run("train", ...fit));
    const half = [...fit, "--checkpoint-to", "c", "--checkpoint-every", "7"];
    await run("train", ...half, "--time-limit", "0.0001");
    expect(jsonOf(await run("train", ...half, "--resume")).weights).toBe(whole.weights);
  });

  test("what wants all of it in memory is refused", async () => {
    const own = ["t.csv", "--target", "price", "--memory", "0.2"];
    expect(await run("train", ...own, "--group", "kind")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--group wants the whole table in memory"),
    });
    expect(await run("train", ...own, "--batch-size", "full")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/a batch has 20000 examples, and the source has room for \d+ in its 0.2 MiB/),
    });
  });
});

describe("NumPy's arrays", () => {
  test("train and test with the labels beside them", async () => {
    const { test: tested, train } = jsonOf(await run("train", "x_train.npy", "x_test.npy", ...FIT, "--json"));
    expect(train.accuracy).toBe(tested.accuracy);
    const named = jsonOf(await run("train", "other.npy", "--y", path("y_train.npy"), ...FIT, "--json"));
    expect(named.train).toEqual(train);
    const parts = jsonOf(await run("train", "x_train.npy", ...FIT, "--json", "--memory", "1"));
    expect(parts.train.sample).toBeGreaterThan(0);
  });

  test("are shown as they are where labels are neither beside them nor named", async () => {
    const { stdout } = await run("inspect", "other.npy");
    expect(stdout).toMatch(
      /^other\.npy: a NumPy array of 300x4 float32\n\nrange +-\d\.\d+ to \d\.\d+\nfirst values +-?\d/,
    );
    expect(stdout.replace(/\s+/g, " ")).toContain(
      "in y_train.npy beside an x_train.npy, or name their file: wasmlp train other.npy --y FILE.",
    );
    const x = new Float32Array(readFileSync(path("other.npy")).buffer.slice(128));
    expect(jsonOf(await run("inspect", "other.npy", "--json"))).toEqual({
      ...{ kind: "array", shape: [300, 4], type: "float32", notFinite: 0 },
      ...{ range: [Math.min(...x), Math.max(...x)], first: [...x.subarray(0, 6)] },
    });
    npy("x_odd.npy", "<f8", [3], new Uint8Array(Float64Array.of(2, Number.NaN, -1e300).buffer));
    const odd = (await run("inspect", "x_odd.npy")).stdout;
    expect(odd).toMatch(/range +-1e\+300 to 2\nnot finite +1\nfirst values +2, NaN, -1e\+300\n/);
    expect(odd).toContain("in y_odd.npy beside it");
    npy("whole.npy", "<i8", [2], new Uint8Array(BigInt64Array.of(2n ** 60n + 1n, -3n).buffer));
    expect((await run("inspect", "whole.npy")).stdout).toMatch(/range +-3 to 1152921504606846977\n/);
    npy("things.npy", "|O", [2], new Uint8Array(9));
    expect((await run("inspect", "things.npy")).stdout).toContain("type object cannot be read");
    npy("none.npy", "<f8", [0], new Uint8Array(0));
    expect((await run("inspect", "none.npy")).stdout).toMatch(/array of 0 float64\n\nIt has no labels/);
    npy("cut.npy", "<f8", [3], new Uint8Array(8));
    expect((await run("inspect", "cut.npy")).stderr).toMatch(/cut\.npy: the header says 3 of float64, .*E_NPY/);
    const named = await run("inspect", "other.npy", "--y", path("y_train.npy"));
    expect(named.stdout).toContain("read as 300 examples of 4");
    expect((await run("inspect", "x_train.npy")).stdout).toContain("read as 300 examples of 4");
  });

  test("without labels are refused with what to do", async () => {
    expect((await run("train", "other.npy")).stderr).toContain("its name does not say where its labels are");
    rmSync(path("y_test.npy"));
    expect((await run("train", "x_test.npy")).stderr).toContain("there is no file");
  });
});

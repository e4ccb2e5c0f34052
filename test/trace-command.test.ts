// wasmlp trace and wasmlp compare, as a person types them.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeNpz } from "../src/dataset/npz-write.js";
import { readTrace } from "../src/trace/read.js";
import { commandIn } from "./command.js";

const folder = mkdtempSync(join(tmpdir(), "wasmlp-trace-"));
afterAll(() => rmSync(folder, { recursive: true }));
const wasmlp = commandIn(folder);
const rows = Array.from({ length: 24 }, (_, i) => `${(i * 7) % 11},${(i * 5) % 13},${i % 2}`);
writeFileSync(join(folder, "data.csv"), `a,b,class\n${rows.join("\n")}\n`);
const own = ["--layers", "3", "--iterations", "9", "--learning-rate", "0.1"];

test("a trace is saved, compared with itself, and with a mistake", async () => {
  const traced = await wasmlp("trace", "data.csv", ...own, "--iteration", "4", "--out", "t.npz");
  expect(traced.stderr).toBe("");
  expect(traced.stdout).toMatch(/^Iteration 4 of 2-3-1 on 24 examples, float64, sgd with learning rate 0\.1: cost/);
  const same = await wasmlp("compare", "t.npz", "t.npz");
  expect(same).toMatchObject({ code: 0, stderr: "" });
  expect(same.stdout).toMatch(/^Nothing departs: 23 values agree with the trace, to a relative 0\./);

  const trace = readTrace("t.npz", new Uint8Array(readFileSync(join(folder, "t.npz"))));
  const { W1, b1, dZ1, dW1 } = trace.arrays;
  const wrong = { ...dW1!, data: Float64Array.from(dW1!.data, (value) => 24 * value) };
  writeFileSync(join(folder, "yours.npz"), writeNpz({ W1: W1!, b1: b1!, dZ1: dZ1!, dw_1: wrong }));
  const apart = await wasmlp("compare", "t.npz", "yours.npz");
  expect(apart).toMatchObject({ code: 1, stderr: "" });
  const text = apart.stdout.replaceAll("\n", " ");
  expect(text).toMatch(
    /^The first value that departs is dW1: it is the sum over the examples without 1\/m; write dW1 = /,
  );
  expect(apart.stdout).toMatch(/^dW1 {4}dw_1 .* DEPARTS$/m);
  const json = JSON.parse((await wasmlp("compare", "t.npz", "yours.npz", "--json")).stdout);
  expect(json).toMatchObject({ departs: true, findings: [{ name: "dW1", mistake: "no-mean" }] });
}, 60_000);

test("wrong usage and files that are none end in a sentence", async () => {
  const nowhere = await wasmlp("trace", "data.csv", ...own);
  expect(nowhere).toMatchObject({ code: 2 });
  expect(nowhere.stderr).toMatch(/wasmlp: nothing says where the trace goes; pass --out trace\.npz\. \[E_OPTION\]/);
  const dropped = await wasmlp("trace", "data.csv", ...own, "--dropout", "0.5", "--out", "d.npz");
  expect(dropped.stderr).toMatch(/dropout has no place in the course's formulas; leave it out\. \[E_OPTION\]/);
  const late = await wasmlp("trace", "data.csv", ...own, "--iteration", "9", "--out", "l.npz");
  expect(late.stderr).toMatch(/iteration is 9; the training's last one is 8\. \[E_OPTION\]/);
  const twice = await wasmlp("trace", "data.csv", ...own, "--out", "data.csv", "--force");
  expect(twice.stderr).toMatch(/are one file/);
  const none = await wasmlp("compare", "data.csv", "data.csv");
  expect(none).toMatchObject({ code: 1 });
  expect(none.stderr).toMatch(/is a text file.*\[E_NPY\]/);
}, 60_000);

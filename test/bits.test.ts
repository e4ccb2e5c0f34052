// The promise of equal bits: the same training gives the same weights in plain TypeScript and in WebAssembly, on any
// number of threads.

import { describe, expect, test } from "vitest";
import type { BackendName, DType } from "../src/catalogue.js";
import { Network } from "../src/network.js";
import { all } from "./all.js";
import { hashOf } from "./data.js";
import { called, type Drawn, drawTraining } from "./drawn.js";

async function weightsAfter({ network: options, fit, data }: Drawn, dtype: DType, backend: BackendName, threads = 1) {
  const network = new Network({ ...options, dtype, backend });
  const before = network.weights;
  await network.fit(data, { ...fit, threads });
  let moved = false;
  network.weights.forEach(({ weight, bias }, l) => {
    for (const array of [weight, bias]) expect(array.every(Number.isFinite)).toBe(true);
    moved ||= [...weight, ...bias].some((value, i) => value !== [...before[l]!.weight, ...before[l]!.bias][i]);
  });
  expect(moved, "training moves the weights").toBe(true);
  return hashOf(network);
}

const TRAININGS = Array.from({ length: 100 }, (_, seed) => drawTraining(seed + 1, all ? 25 : 12));

describe.each(["float32", "float64"] as const)("%s", (dtype) => {
  const own = TRAININGS.filter((_, i) => ((i + Math.floor(i / 16)) % 2 === 0) === (dtype === "float32"));
  test.each(own.map((training) => [called(training), training] as const))(
    "the same weights in js and in wasm, on 1, 2, 3 and 8 threads, for %s",
    async (_, training) => {
      const hash = await weightsAfter(training, dtype, "js");
      for (const threads of [1, 2, 3, 8]) {
        expect(await weightsAfter(training, dtype, "wasm", threads), `${threads} threads`).toBe(hash);
      }
    },
  );
});

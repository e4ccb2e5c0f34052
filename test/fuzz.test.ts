// Mutants of every format: each is read or refused in a sentence, none hangs, none ends in a stack. scripts/fuzz.ts does
// any number of them, WASMLP_TESTS=all twice as many. The limits of time and memory are reader.test.ts's; inputs that were found are in corpus/.

import { describe, expect, test } from "vitest";
import { all } from "./all.js";
import { FORMATS, problemOf } from "./fuzz.js";
import { fuzz, problemApart } from "./fuzz-run.js";

const MUTANTS: Readonly<Record<string, number>> = {
  safetensors: 2000,
  rows: 2000,
  csv: 1000,
  json: 1000,
  parquet: 500,
  packed: 1000,
  onnx: 1000,
  torch: 1000,
  tfjs: 500,
  "keras-config": 300,
  "keras-h5": 200,
  idx: 1000,
  "idx.gz": 500,
  npy: 1000,
  npz: 1000,
  hdf5: 300,
  "hdf5-table": 200,
  png: 1000,
  webp: 500,
  jpeg: 500,
};

describe.each(FORMATS.map((format) => [format.name, format] as const))("%s", (name, format) => {
  test("every good file is read, and what was found is refused in a sentence", async () => {
    for (const seed of format.seeds) {
      const trap = format.traps?.includes(seed); // F1, F4
      expect(await (trap ? problemApart(name, seed) : problemOf(format, seed))).toBeNull();
    }
  });

  test("mutants", { timeout: 300_000 }, async () => {
    const { problems } = await fuzz(name, 0, MUTANTS[name]! * (all ? 2 : 1));
    expect([...problems].slice(0, 3)).toEqual([]);
  });
});

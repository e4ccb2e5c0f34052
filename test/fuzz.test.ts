// Mutants of every format: each is read or refused in a sentence, none hangs, none ends in a stack. scripts/fuzz.ts does
// any number of them. The limits of time and memory are reader.test.ts's; inputs that were found are in corpus/.

import { describe, expect, test } from "vitest";
import { FORMATS, problemOf } from "./fuzz.js";
import { fuzz, problemApart } from "./fuzz-run.js";

const MUTANTS: Readonly<Record<string, number>> = {
  safetensors: 4000,
  rows: 4000,
  csv: 2000,
  json: 2000,
  parquet: 1000,
  packed: 2000,
  onnx: 2000,
  torch: 2000,
  tfjs: 1000,
  "keras-config": 600,
  "keras-h5": 400,
  idx: 2000,
  "idx.gz": 1000,
  npy: 2000,
  npz: 2000,
  hdf5: 600,
  "hdf5-table": 400,
  png: 2000,
  webp: 1000,
  jpeg: 1000,
};

describe.each(FORMATS.map((format) => [format.name, format] as const))("%s", (name, format) => {
  test("every good file is read, and what was found is refused in a sentence", async () => {
    for (const seed of format.seeds) {
      const trap = format.traps?.includes(seed); // F1, F4
      expect(await (trap ? problemApart(name, seed) : problemOf(format, seed))).toBeNull();
    }
  });

  test("mutants", { timeout: 300_000 }, async () => {
    const { problems } = await fuzz(name, 0, MUTANTS[name]!);
    expect([...problems].slice(0, 3)).toEqual([]);
  });
});

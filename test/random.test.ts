// Random against numbers drawn with numpy.random's legacy RandomState.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { InputError } from "../src/errors.js";
import { Random } from "../src/random.js";

interface Draws {
  randn: number[];
  thenRandomSample: number[];
  thenPermutation10: number[];
}

// Made with NumPy: after seed(s), randn(7), which leaves a second value waiting, random_sample(3), permutation(10).
const golden = JSON.parse(readFileSync(new URL("golden/random.json", import.meta.url), "utf8")) as Record<
  string,
  Draws
> & { "1_randn_250000": { last: number; sum: number; sumOfSquares: number } };
const SEEDS = [0, 1, 2, 3, 42, 4294967295];

const closeTo = (value: number, wanted: number, relative: number) =>
  expect(Math.abs(value - wanted), `${value} for ${wanted}`).toBeLessThanOrEqual(relative * Math.abs(wanted));

describe.each(SEEDS)("seed %i", (seed) => {
  const draws = golden[seed]!;

  test("draws NumPy's normal numbers, then its uniform ones, then its permutation", () => {
    const random = new Random(seed);
    // 1e-15: the last bit of the logarithm may differ from NumPy's
    for (const wanted of draws.randn) closeTo(random.normal(), wanted, 1e-15);
    expect(draws.thenRandomSample.map(() => random.uniform())).toEqual(draws.thenRandomSample);
    expect([...random.permutation(10)]).toEqual(draws.thenPermutation10);
  });
});

test("250,000 normal numbers end where NumPy's do", () => {
  const random = new Random(1);
  const { last, sum, sumOfSquares } = golden["1_randn_250000"];
  let latest = 0;
  let total = 0;
  let squares = 0;
  for (let i = 0; i < 250_000; i++) {
    latest = random.normal();
    total += latest;
    squares += latest * latest;
  }
  closeTo(latest, last, 1e-15);
  // sums of 250,000 terms in another order than NumPy's
  closeTo(total, sum, 1e-12);
  closeTo(squares, sumOfSquares, 1e-12);
});

test("integer takes NumPy's values, up to 32 bits, and none from the stream for 0", () => {
  const random = new Random(1);
  expect(random.integer(0)).toBe(0);
  expect(random.uniform()).toBe(0.417022004702574); // random_sample() after seed(1)
  // 1791095845 is MT19937's first word for seed 1
  expect(new Random(1).integer(0xffffffff)).toBe(1791095845);
  const counts = new Int32Array(6);
  for (let i = 0; i < 6000; i++) counts[random.integer(5)]!++;
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150); // five standard deviations
});

test("permutation of 0 and 1 numbers draws nothing", () => {
  const random = new Random(1);
  expect([...random.permutation(0)]).toEqual([]);
  expect([...random.permutation(1)]).toEqual([0]);
  expect(random.uniform()).toBe(0.417022004702574);
});

test("permutation holds every number once", () => {
  expect([...new Random(5).permutation(1001)].sort((a, b) => a - b)).toEqual(Array.from({ length: 1001 }, (_, i) => i));
});

test.each([-1, 0.5, 4294967296, Number.NaN, Infinity])("seed %d is refused with E_OPTION", (seed) => {
  expect(() => new Random(seed)).toThrow(InputError);
  expect(() => new Random(seed)).toThrow(expect.objectContaining({ code: "E_OPTION" }));
  expect(() => new Random(seed)).toThrow(`seed is ${seed}`);
});

// The fused multiply-add of the plain-TypeScript kernels against whole numbers. scripts/fma.ts does the same with more.

import { describe, expect, test } from "vitest";
import { fma32, fma64 } from "../src/fma.js";
import { exactFma, FORMATS, type Operands, operands } from "./fma.js";

const FMA = { float32: fma32, float64: fma64 };
const COUNT = 200_000;

test.each([
  ["exact zeros are 0, but −0 + −0 is −0", [1, 1, -1, 0], [0, -1, 0, 0], [0, -1, -0, -0], [-0, 1, -0, -0]],
  ["what is too small for a number keeps its sign", [-1e-300, 1e-300, 0, -0], [1e-300, 1e-300, -0, 0]],
  ["a product that overflows is finite inside", [1e300, 1e300, -Infinity, -Infinity], [1e300, -1e300, 0, -Infinity]],
  ["0·∞ and ∞ − ∞ are NaN", [0, Infinity, 1, Number.NaN], [1, Infinity, -Infinity, Number.NaN]],
  ["NaN stays", [Number.NaN, 0, 0, Number.NaN], [1, 1, Number.NaN, Number.NaN], [1e300, 1e300, Number.NaN, Number.NaN]],
] as [string, ...[number, number, number, number][]][])("%s", (_, ...cases) => {
  for (const [a, b, c, result] of cases) {
    expect(fma64(a, b, c)).toBe(result);
    expect(exactFma(a, b, c, FORMATS.float64)).toBe(result);
    if ([a, b, c].every((value) => Object.is(Math.fround(value), value))) expect(fma32(a, b, c)).toBe(result);
  }
});

describe.each(["float32", "float64"] as const)("%s", (name) => {
  test(`a·b + c is rounded once, for ${COUNT} hard operands`, () => {
    const all = operands(name, 1);
    const wrong: Operands[] = [];
    for (let i = 0; i < COUNT; i++) {
      const [a, b, c] = all.next().value as Operands;
      if (!Object.is(FMA[name](a, b, c), exactFma(a, b, c, FORMATS[name]))) wrong.push([a, b, c]);
    }
    expect(wrong).toEqual([]);
  });
});

// Medians and quantiles of few values, in any order.

import { expect, test } from "vitest";
import { median, quantile } from "../src/statistics.js";

test("a median is the value in the middle, of two the upper one", () => {
  expect([median([3]), median([9, 1, 5]), median([4, 1, 3, 2])]).toEqual([3, 5, 3]);
});

test("a quantile is one of the values, the ends included, and the values stay as they were", () => {
  const values = [5, 1, 4, 2, 3];
  expect([0, 0.1, 0.5, 0.9, 1].map((q) => quantile(values, q))).toEqual([1, 1, 3, 5, 5]);
  expect(values).toEqual([5, 1, 4, 2, 3]);
});

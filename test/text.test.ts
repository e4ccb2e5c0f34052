// Numbers as people read them. Costs and tables are tested with the command, in cli.test.ts.

import { expect, test } from "vitest";
import { amount, digits, grouped, percent } from "../src/text.js";

test("a share that is not there is a dash", () => {
  expect([percent(0.125), percent(1), percent(undefined), percent(Number.NaN)]).toEqual([
    "12.5 %",
    "100.0 %",
    "–",
    "–",
  ]);
});

test("digits are significant ones, without zeros at the end", () => {
  expect([digits(1 / 255), digits(0.5), digits(12345.678), digits(0.123456789, 6)]).toEqual([
    ...["0.00392", "0.5", "12300", "0.123457"],
  ]);
});

test("amounts have three digits and a prefix", () => {
  const amounts = [0, 999, 999.6, 12345, 1e6, 5e20].map((value) => amount(value, "B"));
  expect(amounts).toEqual(["0 B", "999 B", "1 kB", "12.3 kB", "1 MB", "500000 PB"]);
});

test("grouped numbers have commas", () => {
  expect([grouped(12345.678), grouped(4.5), grouped(0.012345)]).toEqual(["12,300", "4.5", "0.0123"]);
});

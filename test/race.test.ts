// Races: who is sampled when, what a standing is, which weights are the same bits.

import { expect, test } from "vitest";
import { inTurns, sameBits, standings } from "../src/race.js";

test("all ways are sampled in each turn, in their order, until nobody asks for another", async () => {
  const order: string[] = [];
  const sample = (way: string) => order.push(way);
  let turns = 0;
  for await (const samples of inTurns(["a", "b", "c"], sample)) {
    turns++;
    if (turns < 2) continue;
    expect(samples).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    break;
  }
  expect(order.join("")).toBe("abcabc");
});

test("a standing is a median, its ratio the median of the turns' own ratios to the last way", () => {
  // ratios 70, 5, 20/3: their median is no ratio of the medians, 2 and 20
  const times = [
    [1, 2, 3],
    [70, 10, 20],
  ];
  expect(standings(times)).toEqual([
    { time: 2, ratio: 20 / 3 },
    { time: 20, ratio: 1 },
  ]);
});

test("weights are the same bits when no number differs, the sign of 0 included, NaN or not", () => {
  const layers = (...last: number[]) => [
    { weight: new Float32Array([1, 2]), bias: new Float32Array([3]) },
    { weight: new Float32Array([4]), bias: new Float32Array(last) },
  ];
  expect(sameBits(layers(0, Number.NaN), layers(0, Number.NaN))).toBe(true);
  expect(sameBits(layers(0), layers(-0))).toBe(false);
  expect(sameBits(layers(1), layers(1 + 2 ** -23))).toBe(false);
  expect(sameBits(layers(1), layers(1, 1))).toBe(false);
  expect(sameBits(layers(1), layers(1).slice(0, 1))).toBe(false);
});

// JSON rows: which are read as examples, which are refused.

import { expect, test } from "vitest";
import { readRows } from "../src/dataset/rows.js";

const read = (text: string) => readRows(new TextEncoder().encode(text), "a.json");

test("readRows reads rows, and one row without brackets around it", () => {
  const examples = { x: Float64Array.of(1, 2.5, -3, 4), count: 2, features: 2, shape: [2], scale: 1 };
  expect(read("[[1, 2.5], [-3, 4]]\n")).toEqual(examples);
  expect(read("[1, 2.5, -3]")).toEqual({ x: Float64Array.of(1, 2.5, -3), count: 1, features: 3, shape: [3], scale: 1 });
});

test.each([
  ["hello", "E_ROWS", /^a\.json is a text file but no JSON \(.+\); pass rows such as /],
  ["[[1, 2]", "E_ROWS", /no JSON/],
  ["[]", "E_ROWS", /^a\.json holds no rows of numbers; pass JSON such as /],
  ["7", "E_ROWS", /no rows of numbers/],
  ['{"x": [1]}', "E_ROWS", /no rows of numbers/],
  ['[["1"]]', "E_ROWS", /no rows of numbers/],
  ["[[1], null]", "E_ROWS", /no rows of numbers/],
  ["[1, [2]]", "E_ROWS", /no rows of numbers/],
  ["[[1, 2], [3, 4], [5]]", "E_FEATURES", /^a\.json: row 2 has 1 numbers, row 0 has 2; make them equal\.$/],
])("readRows refuses %s", (text, code, message) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ name: "InputError", code }));
  expect(() => read(text)).toThrow(message);
});

// JSON rows of numbers as examples, for the command `predict`. No labels, no names of columns.

import { InputError } from "../errors.js";
import { flattenRows } from "./arrays.js";
import type { Examples } from "./types.js";

/**
 * Rows of numbers, [[1, 2], [3, 4]], or one row, [1, 2], as examples: x (rows, numbers in a row) in float64, scale 1.
 * `name` is the file's, for messages.
 *
 * Throws E_ROWS for what is not JSON or not rows of numbers, E_FEATURES for rows of several lengths,
 * E_NOT_FINITE_DATA for numbers that no float holds, such as 1e999.
 * Source: https://www.rfc-editor.org/rfc/rfc8259
 */
export function readRows(bytes: Uint8Array, name: string): Examples {
  const rows = parseRows(bytes, name);
  const { values, width } = flattenRows(name, null, rows);
  return { x: values, count: rows.length, features: width, shape: [width], scale: 1 };
}

function parseRows(bytes: Uint8Array, name: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new InputError(
      "E_ROWS",
      `${name} is a text file but no JSON (${(cause as Error).message}); pass rows such as [[1, 2], [3, 4]].`,
      { cause },
    );
  }
  const isNumber = (item: unknown) => typeof item === "number";
  const rows = Array.isArray(value) && value.length > 0 && value.every(isNumber) ? [value] : value;
  if (Array.isArray(rows) && rows.length > 0 && rows.every((row) => Array.isArray(row) && row.every(isNumber)))
    return rows;
  throw new InputError("E_ROWS", `${name} holds no rows of numbers; pass JSON such as [[1, 2], [3, 4]].`);
}

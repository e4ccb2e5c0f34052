// Checks that every reader makes of the examples it read, before anybody trains on them.

import { InputError } from "../errors.js";
import type { Examples } from "./types.js";

/**
 * The examples, when they can be used. Takes O(count·features) time for floats, none for bytes.
 *
 * Throws E_OPTION for a scale that is not finite or zero, E_EMPTY without examples, E_NOT_FINITE_DATA naming the first
 * row with NaN or infinity. `who` begins the message.
 */
export function checkExamples(who: string, examples: Examples): Examples {
  const { x, count, features, scale } = examples;
  if (!Number.isFinite(scale) || scale === 0) {
    throw new InputError("E_OPTION", `${who}: scale is ${scale}; pass a finite number other than 0, such as 1/255.`);
  }
  if (count === 0 || features === 0) {
    throw new InputError(
      "E_EMPTY",
      `${who}: there are no examples (${count} rows of ${features} numbers); pass at least one.`,
    );
  }
  if (!(x instanceof Uint8Array)) checkFinite(who, "x", x, features);
  return examples;
}

/** Throws E_NOT_FINITE_DATA, naming the first row of `values` (rows, width) that has NaN or infinity. */
export function checkFinite(who: string, name: string, values: Float32Array | Float64Array, width: number): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new InputError(
      "E_NOT_FINITE_DATA",
      `${who}: row ${Math.floor(i / width)} of ${name} has ${values[i]}; every number must be finite.`,
    );
  }
}

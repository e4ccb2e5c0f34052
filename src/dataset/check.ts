// Checks of data sets: what every reader makes of the examples it read, and what every call makes of a data set that may
// not have come from a reader.

import { InputError } from "../errors.js";
import { check, show } from "../options/check.js";
import { list, number, whole } from "../options/type.js";
import { product } from "../shape.js";
import { checkFinite, ownArray } from "./arrays.js";
import type { Dataset, Examples } from "./types.js";

const SCALE = number({ but: 0 });

/**
 * The examples, when they can be used. Takes O(count·features) time for floats, none for bytes.
 *
 * Throws E_OPTION for a scale that is not finite or zero, E_EMPTY without examples, E_NOT_FINITE_DATA naming the first
 * row with NaN or infinity. `who` begins the message.
 */
export function checkExamples(who: string, examples: Examples): Examples {
  const { x, count, features, scale } = examples;
  check(who, "scale", SCALE, scale);
  if (count === 0 || features === 0) {
    throw new InputError(
      "E_EMPTY",
      `${who}: there are no examples (${count} rows of ${features} numbers); pass at least one.`,
    );
  }
  if (!(x instanceof Uint8Array)) checkFinite(who, "x", x, features);
  return examples;
}

/**
 * Examples that anybody made, with arrays of this realm: whether count, features, shape and x belong together. Looks at
 * no number of x.
 *
 * Throws E_ROWS for what are no examples, E_COUNT where x is not count·features long, E_FEATURES for a shape of another
 * number of features, E_OPTION for a count, number of features or scale that is none.
 */
export function asExamples<E extends Examples>(who: string, data: E): E {
  if (typeof data !== "object" || data === null || !("x" in data)) {
    throw new InputError("E_ROWS", `${who}: the data are ${show(data)}; pass a data set, such as createDataset makes.`);
  }
  const x = ownArray(data.x, "Uint8Array", "Float32Array", "Float64Array");
  if (!x) {
    throw new InputError(
      "E_ROWS",
      `${who}: x of the data set is ${show(data.x)}; pass a Uint8Array, Float32Array or Float64Array, or use createDataset.`,
    );
  }
  const { count, features, shape, scale } = data;
  check(who, "count", number(whole(0)), count);
  check(who, "features", number(whole(1)), features);
  check(who, "shape", list(whole(1), "[64, 64, 3]"), shape);
  check(who, "scale", SCALE, scale);
  if (x.length !== count * features) {
    throw new InputError(
      "E_COUNT",
      `${who}: x of the data set has ${x.length} numbers, which are not ${count} examples of ${features}; use subset or createDataset, which keep them together.`,
    );
  }
  if (product(shape) !== features) {
    throw new InputError(
      "E_FEATURES",
      `${who}: shape ${show(shape)} of the data set does not hold ${features} features.`,
    );
  }
  return x === data.x ? data : { ...data, x };
}

/**
 * The same of a data set, whose labels or targets must belong to its examples, too. Takes O(count) time.
 *
 * Throws what asExamples throws, E_LABELS for labels that are none of its classes, E_COUNT for another number of them
 * than of examples.
 */
export function asDataset<D extends Dataset>(who: string, data: D): D {
  const examples = asExamples(who, data);
  const { count, classes } = examples;
  const numbers = classes === null;
  const y = numbers ? ownArray(examples.y, "Float64Array") : ownArray(examples.y, "Int32Array");
  if (!y) {
    const wanted = numbers ? "a Float64Array of numbers to predict" : "an Int32Array of labels";
    throw new InputError(
      "E_LABELS",
      `${who}: y of the data set is ${show(examples.y)}; pass ${wanted}, or use createDataset.`,
    );
  }
  if (numbers) check(who, "outputs", number(whole(1)), examples.outputs);
  const wanted = numbers ? count * examples.outputs : count;
  if (y.length !== wanted) {
    throw new InputError(
      "E_COUNT",
      `${who}: y of the data set has ${y.length} ${numbers ? "numbers" : "labels"} for ${count} examples, which want ${wanted}; use subset or createDataset, which keep them together.`,
    );
  }
  if (!numbers) {
    if (!Array.isArray(classes)) {
      throw new InputError(
        "E_CLASSES",
        `${who}: classes of the data set is ${show(classes)}; pass a list of names, or null for numbers to predict.`,
      );
    }
    const bad = (y as Int32Array).findIndex((label) => label < 0 || label >= classes.length);
    if (bad >= 0) {
      throw new InputError(
        "E_LABELS",
        `${who}: label ${bad} of the data set is ${y[bad]}, and it has ${classes.length} classes; pass labels from 0 to ${classes.length - 1}.`,
      );
    }
  }
  return y === examples.y ? examples : { ...examples, y };
}

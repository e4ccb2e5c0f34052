// What is read off a data set's classes: how many examples each has, what knowing only that costs, how many outputs
// tell them apart. Where labels become classes is labels.ts.

import { type Loss, losses } from "../catalogue.js";
import { log64 } from "../math.js";
import type { Dataset, LabelledDataset } from "./types.js";

/** Units of the last layer that tell `classes` classes apart: one for two classes, unless the loss wants two. */
export function outputsFor(classes: number, loss: Loss = "binaryCrossEntropy"): number {
  return classes === 2 ? losses[loss].least : classes;
}

/** Units of the last layer that the data want. */
export const outputsOf = (
  { classes, outputs }: Pick<Dataset, "classes"> & { readonly outputs?: number },
  loss?: Loss,
): number => (classes === null ? outputs! : outputsFor(classes.length, loss));

/** Examples of each class, in the order of `classes`; 0 for a class without any. */
export function classCounts({ y, classes }: Pick<LabelledDataset, "y" | "classes">): number[] {
  const counts = new Array<number>(classes.length).fill(0);
  for (const label of y) counts[label]!++;
  return counts;
}

/**
 * Entropy of the classes' shares in nats, H = −Σ p·log p: the least cost of a network that answers the same to every
 * example. 0.64397 for 72 cats in 209 pictures. A class without examples adds nothing.
 */
export function baseRateEntropy(data: Pick<LabelledDataset, "y" | "classes" | "count">): number {
  let sum = 0;
  for (const count of classCounts(data)) {
    const share = count / data.count;
    if (share > 0) sum -= share * log64(share);
  }
  return sum;
}

/**
 * The data set with the classes of another, by name: the training set's, or a network's. Null where it has a class that
 * is none of them.
 */
export function withClasses(data: LabelledDataset, classes: readonly string[]): LabelledDataset | null {
  const places = new Map(classes.map((name, c) => [name, c]));
  const moved = data.classes.map((name) => places.get(name));
  if (moved.includes(undefined)) return null;
  const same = moved.every((place, c) => place === c);
  return { ...data, classes, y: same ? data.y : data.y.map((label) => moved[label]!) };
}

const MANY = 20; // classes; a judgement

/**
 * A sentence where all labels are the same, or look like numbers to predict: many whole numbers, few examples of each.
 * Else null.
 */
export function remarkOnLabels({ y, classes, count }: Pick<LabelledDataset, "y" | "classes" | "count">): string | null {
  if (y.every((label) => label === y[0])) {
    return `All ${count} examples are of the class ${classes[y[0]!]}: there is nothing to tell apart.`;
  }
  if (count >= 3 * classes.length || !areNumbers(classes)) return null;
  const kind = classes.every((name) => /^\d+$/.test(name)) ? "different whole numbers" : "different numbers";
  return `The labels are ${classes.length} ${kind} in ${count} examples: they look like numbers to predict, not like classes.`;
}

/** Whether so many classes have numbers as names that these may be numbers to predict. */
export const areNumbers = (classes: readonly string[]): boolean =>
  classes.length > MANY && classes.every((name) => /^-?\d+(\.\d+)?$/.test(name));

/** Names for a sentence: the first ten, and how many more there are. */
export const namesOf = (classes: readonly string[]): string =>
  classes.length > SHOWN
    ? `${classes.slice(0, SHOWN).join(", ")} and ${classes.length - SHOWN} more`
    : classes.join(", ");

const SHOWN = 10;

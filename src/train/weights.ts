// What each example's loss is multiplied by: the weight of its class, times its own.

import { classCounts, type Dataset } from "../dataset.js";
import { InputError } from "../errors.js";
import { show } from "../options/check.js";

/** Weights by class, in the order of the classes or by their names; "balanced" is count / (classes · examples of it). */
export type ClassWeights = "balanced" | readonly number[] | Readonly<Record<string, number>>;

/**
 * A weight for each example; null where all weigh alike. Throws E_OPTION for weights that are negative, not finite or
 * all 0, for another number of them than of classes or examples, for names that are no classes, and for class weights
 * where there are none.
 */
export function exampleWeights(
  data: Dataset,
  {
    classWeights,
    sampleWeights,
  }: { classWeights?: ClassWeights | undefined; sampleWeights?: ArrayLike<number> | undefined },
): Float64Array | null {
  if (classWeights === undefined && sampleWeights === undefined) return null;
  const weights = new Float64Array(data.count).fill(1);
  if (classWeights !== undefined) {
    if (data.classes === null) refuse("classWeights", "the data set has numbers to predict", "use sampleWeights");
    const perClass = weightsOfClasses(data, classWeights);
    for (let i = 0; i < data.count; i++) weights[i] = perClass[data.y[i]!]!;
  }
  if (sampleWeights !== undefined) {
    const { length } = sampleWeights;
    if (length !== data.count) {
      refuse("sampleWeights", `it has ${length} numbers for ${data.count} examples`, "pass one for each");
    }
    for (let i = 0; i < data.count; i++) weights[i]! *= checked("sampleWeights", i, sampleWeights[i]!);
  }
  if (weights.every((weight) => weight === 0)) {
    refuse(sampleWeights ? "sampleWeights" : "classWeights", "all weights are 0", "pass some above 0");
  }
  return weights;
}

function weightsOfClasses(
  data: Dataset & { readonly classes: readonly string[]; readonly y: Int32Array },
  passed: ClassWeights,
): number[] {
  const { classes, count } = data;
  if (passed === "balanced") {
    const counts = classCounts(data);
    const present = counts.filter((examples) => examples > 0).length;
    return counts.map((examples) => (examples === 0 ? 0 : count / (present * examples)));
  }
  if (Array.isArray(passed)) {
    if (passed.length !== classes.length) {
      refuse("classWeights", `it has ${passed.length} numbers for ${classes.length} classes`, "pass one for each");
    }
    return passed.map((weight, c) => checked("classWeights", c, weight));
  }
  const byName = passed as Readonly<Record<string, number>>;
  const stranger = Object.keys(byName).find((name) => !classes.includes(name));
  if (stranger !== undefined) {
    refuse(
      "classWeights",
      `${show(stranger)} is no class`,
      `pass weights for some of ${classes.slice(0, 10).join(", ")}`,
    );
  }
  return classes.map((name) => (Object.hasOwn(byName, name) ? checked("classWeights", name, byName[name]!) : 1));
}

function checked(name: string, place: number | string, weight: number): number {
  if (typeof weight === "number" && weight >= 0 && Number.isFinite(weight)) return weight;
  return refuse(name, `the weight of ${show(place)} is ${show(weight)}`, "pass numbers of at least 0");
}

function refuse(name: string, what: string, instead: string): never {
  throw new InputError("E_OPTION", `fit: ${name}: ${what}; ${instead}.`);
}

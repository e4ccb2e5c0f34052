// Reads traces, and other programs' values, from .npz files.

import { losses, OUTPUT_ACTIVATIONS } from "../catalogue.js";
import { arraysOfNpz } from "../dataset/npz.js";
import type { StoredArray } from "../dataset/store.js";
import { InputError } from "../errors.js";
import { nameOf, placesOf, sidesOf } from "./formulas.js";
import type { GivenArray } from "./names.js";
import type { Trace, TraceAbout, TracedArray } from "./types.js";

const isWidths = (value: unknown, least: number): value is number[] =>
  Array.isArray(value) && value.length >= least && value.every((one) => Number.isSafeInteger(one) && one > 0);

/** A trace that traceToNpz wrote. Throws E_NPY for anything else. */
export function readTrace(who: string, bytes: Uint8Array): Trace {
  const stored = arraysOfNpz(who, bytes);
  const refuse = (problem: string): never => {
    throw new InputError("E_NPY", `${who} is no trace: ${problem}; make one with wasmlp trace.`);
  };
  const about = aboutIn(stored.get("about"));
  if (!about) return refuse("it says nothing usable in about");
  const arrays: Record<string, TracedArray> = {};
  for (const [name, array] of stored) {
    if (array.typeClass === "float" || array.typeClass === "integer")
      arrays[name] = { shape: array.shape, data: doubles(array) };
  }
  const m = arrays.A0?.shape[1] ?? 0;
  for (const place of placesOf(about.activations.length)) {
    const name = nameOf(place);
    const [rows, columns] = sidesOf(place, about, m);
    const isOpen = place.kind === "dA" && place.layer === about.activations.length;
    const array = arrays[name];
    if (!array) {
      if (!isOpen) return refuse(`${name} is missing`);
    } else if (array.data.length !== rows * columns || (place.kind !== "cost" && array.shape[0] !== rows)) {
      return refuse(`${name} is of shape (${array.shape.join(", ")})`);
    }
  }
  return { about, arrays };
}

function aboutIn(array: StoredArray | undefined): TraceAbout | null {
  if (array?.typeClass !== "text") return null;
  try {
    const about = JSON.parse(String(array.read()[0]));
    const { format, version, layers, activations, slopes, learningRate, iteration, seed } = about;
    const isKnown = format === "wasmlp trace" && version === 1 && isWidths(layers, 2);
    const isOne = (list: unknown, of: (value: unknown) => boolean) =>
      Array.isArray(list) && list.length === layers.length - 1 && list.every(of);
    const isActivation = (value: unknown) => (OUTPUT_ACTIVATIONS as readonly unknown[]).includes(value);
    const isWhole = isOne(activations, isActivation) && isOne(slopes, Number.isFinite);
    const isSaid = [learningRate, iteration, seed].every(Number.isFinite) && Object.hasOwn(losses, about.loss);
    return isKnown && isWhole && isSaid ? about : null;
  } catch {
    return null;
  }
}

/** The arrays of a program. Throws E_NPY for Python's objects, which are not run. */
export function readValues(who: string, bytes: Uint8Array): Record<string, GivenArray> {
  const arrays: Record<string, GivenArray> = {};
  for (const [name, array] of arraysOfNpz(who, bytes)) {
    if (array.typeClass === "other") {
      throw new InputError(
        "E_NPY",
        `${who}: "${name}" is of type ${array.type}, not of numbers; write a dictionary as its arrays, np.savez("yours.npz", **${name}).`,
      );
    }
    if (array.typeClass !== "text") arrays[name] = { shape: array.shape, data: doubles(array) };
  }
  return arrays;
}

const doubles = (array: StoredArray) => Float64Array.from(array.read() as ArrayLike<number | bigint>, Number);

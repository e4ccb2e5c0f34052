// A program's values beside a trace's: what each is checked with, and how far it is from where it should be.

import { type Difference, differenceOf } from "./difference.js";
import { FORMULAS, iterate, type Kind, NoValue, nameOf, type Place } from "./formulas.js";
import { largest, type Matrix, times, zip } from "./matrix.js";
import type { GivenArray } from "./names.js";
import type { TraceAbout } from "./types.js";

/** How far apart equal values may be, over the largest of them, and how near a mistake's must be. */
const TOLERANCES = {
  float64: { equal: 1e-9, mistake: 1e-6 },
  float32: { equal: 1e-4, mistake: 2e-4 },
} as const;
/** In a later iteration the weights have gone their way for a while. */
export const LATER = 1000;

type Iteration = ReturnType<typeof iterate>;

/** What the values of a program are compared by. */
export interface Case {
  readonly about: TraceAbout;
  readonly m: number;
  readonly places: readonly Place[];
  readonly ours: ReadonlyMap<string, Matrix>;
  /** In the trace's layout; those of wrong shapes are in `arrays` alone. */
  readonly theirs: ReadonlyMap<string, Matrix>;
  readonly arrays: ReadonlyMap<string, GivenArray>;
  /** Whether the values have float32's precision. */
  readonly isSingle: boolean;
  readonly tolerance: { readonly equal: number; readonly mistake: number };
  /** Theirs, and the trace's inputs, labels and first weights where a program did not save its own. */
  readonly given: ReadonlyMap<string, Matrix>;
  /** These, and the rest computed from them. */
  readonly base: Iteration;
  /** Multiplications that are left for trying mistakes. */
  readonly budget: { left: number; isSpent: boolean };
}

const BUDGET = 1.5e9; // some seconds

export function caseOf(values: Omit<Case, "isSingle" | "tolerance" | "given" | "base" | "budget">): Case {
  const { about, m, places, ours, theirs } = values;
  const isSingle = about.dtype === "float32" || isFloat32(theirs);
  const given = new Map(theirs);
  for (const place of places) {
    const name = nameOf(place);
    if (!FORMULAS[place.kind] && !given.has(name)) given.set(name, ours.get(name)!);
  }
  const tolerance = TOLERANCES[isSingle ? "float32" : "float64"];
  const budget = { left: BUDGET, isSpent: false };
  return { ...values, isSingle, tolerance, given, budget, base: iterate(about, m, given) };
}

// Whether all values are float32's, and not only whole numbers.
function isFloat32(theirs: ReadonlyMap<string, Matrix>): boolean {
  const some = [...theirs].filter(([name]) => /^d?[WZA]\d/.test(name) && name !== "A0").map(([, value]) => value);
  const isFraction = some.some(({ data }) => data.some((value) => !Number.isInteger(value)));
  return isFraction && some.every(({ data }) => data.every((value) => Object.is(Math.fround(value), value)));
}

/** The case with dA and dZ times m, where they carry the 1/m and dW does not; null where that is not so. */
export function withoutMean(it: Case): Case | null {
  const L = it.about.activations.length;
  const dz = it.theirs.get(`dZ${L}`);
  const isRight = (place: Place, theirs: Matrix) =>
    it.base.computed(place).some((right) => apart(it, place, theirs, right).relative <= it.tolerance.equal);
  const at = (kind: Kind, layer = L): Place => ({ kind, layer });
  if (!dz || it.m === 1 || isRight(at("dZ"), dz) || !isRight(at("dZ"), times(dz, it.m))) return null;
  const scaled = new Map(it.theirs);
  for (const [name, value] of it.theirs) {
    const ofOutputs = name === `dA${L}` && !isRight(at("dA"), times(value, it.m));
    if (/^d[AZ]\d+$/.test(name) && !ofOutputs) scaled.set(name, times(value, it.m));
  }
  const other = { ...caseOf({ ...it, theirs: scaled }), isSingle: it.isSingle, tolerance: it.tolerance };
  const witness = (["dW", "db", "W_after", "b_after"] as const).find((kind) => it.theirs.has(nameOf(at(kind))));
  if (!witness) return null;
  return check(other, at(witness)).departs ? null : other;
}

/** What came of looking at a value. */
export interface Checked {
  readonly departs: boolean;
  /** From what the formula gives of the program's own values; null where the shape is wrong. */
  readonly difference: Difference | null;
  /** Relative to the trace's value; null where there is none to compare with. */
  readonly toOurs: number | null;
}

export function check(it: Case, place: Place): Checked {
  const name = nameOf(place);
  const [theirs, ours] = [it.theirs.get(name), it.ours.get(name)];
  if (!theirs) return { departs: true, difference: null, toOurs: null };
  const toOurs = ours ? apart(it, place, theirs, ours, true) : null;
  const isRoot = !FORMULAS[place.kind];
  const rights = isRoot ? [] : it.base.computed(place);
  const nearest = rights
    .map((right) => apart(it, place, theirs, right, true))
    .sort((a, b) => a.relative - b.relative)[0];
  const difference = nearest ?? toOurs;
  const later = isRoot && it.about.iteration > 0 ? LATER : 1;
  // a value without a formula here, such as another optimizer's update, is as it follows from what comes before
  const isOpen =
    !isRoot && !nearest && [...it.theirs.keys()].some((other) => other !== name && isOff(it, other, place));
  const departs = !isOpen && difference !== null && !(difference.relative <= it.tolerance.equal * later);
  return { departs, difference, toOurs: toOurs?.relative ?? null };
}

// Whether a value before this place is not the trace's.
function isOff(it: Case, name: string, before: Place): boolean {
  const index = (one: string) => it.places.findIndex((place) => nameOf(place) === one);
  const [theirs, ours] = [it.theirs.get(name), it.ours.get(name)];
  if (!theirs || !ours || index(name) >= index(nameOf(before))) return false;
  return differenceOf(theirs, ours).relative > it.tolerance.equal * LATER;
}

/** How far a value is from another; of updated weights the steps are compared, which are small beside them. */
export function apart(it: Case, place: Place, theirs: Matrix, other: Matrix, lenient = false): Difference {
  const whole = differenceOf(theirs, other, floorOf(it, place), lenient);
  if (place.kind !== "W_after" && place.kind !== "b_after") return whole;
  const before = valueAt(it, { kind: place.kind === "W_after" ? "W" : "b", layer: place.layer });
  const steps = before && [theirs, other].map((after) => zip(after, before, (a, b) => a - b));
  if (!steps?.[0] || !steps[1]) return whole;
  const floor = largest(before!) * (it.tolerance === TOLERANCES.float32 ? 1e-2 : 1e-5);
  return { ...whole, relative: differenceOf(steps[0], steps[1], floor, lenient).relative };
}

export function valueAt({ base }: Case, { kind, layer }: Place): Matrix | null {
  try {
    return base.get(kind, layer);
  } catch (error) {
    if (error instanceof NoValue) return null;
    throw error;
  }
}

// What a value is summed from: where the sum is nearly 0, rounding is as large as the value.
function floorOf(it: Case, { kind, layer }: Place): number {
  const size = (of: Kind, l: number) => {
    const value = valueAt(it, { kind: of, layer: l });
    return value ? largest(value) : 0;
  };
  const read = () => (layer === 1 ? size("A0", 0) : size("A", layer - 1));
  const sums = (): number => {
    switch (kind) {
      case "Z":
        return size("W", layer) * read();
      case "dA":
        return layer < it.about.activations.length ? size("W", layer + 1) * size("dZ", layer + 1) : 0;
      case "dW":
        return size("dZ", layer) * read();
      case "db":
        return size("dZ", layer);
      default:
        return 0;
    }
  };
  return 1e-3 * sums();
}

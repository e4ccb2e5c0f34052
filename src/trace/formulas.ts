// The formulas of one iteration, each value from those before it: what a program's values are checked with, layer by
// layer, from its own. No file and no words; which mistakes are known is mistakes.ts's.
//
// m = examples, L = layers; W (n, k), b (n, 1), Z, A, dA, dZ (n, m), dW (n, k), db (n, 1).

import { losses } from "../catalogue.js";
import { log64 } from "../math.js";
import { activate, slopeOf } from "./activation.js";
import { type Matrix, map, product, rowSums, scalar, times, turn, zip } from "./matrix.js";
import type { TraceAbout } from "./types.js";

export type Kind = "A0" | "Y" | "W" | "b" | "Z" | "A" | "cost" | "dA" | "dZ" | "dW" | "db" | "W_after" | "b_after";

/** A value of an iteration: W of layer 2. Layer 0 for A0, Y and the cost. */
export interface Place {
  readonly kind: Kind;
  readonly layer: number;
}

export function nameOf({ kind, layer }: Place): string {
  if (kind === "A0" || kind === "Y" || kind === "cost") return kind;
  return kind.endsWith("_after") ? `${kind[0]}${layer}_after` : `${kind}${layer}`;
}

/** All values in the order in which an iteration computes them. */
export function placesOf(layers: number): Place[] {
  const up = Array.from({ length: layers }, (_, l) => l + 1);
  const of = (layer: number, ...kinds: Kind[]) => kinds.map((kind) => ({ kind, layer }));
  return [
    ...of(0, "A0", "Y"),
    ...up.flatMap((layer) => of(layer, "W", "b")),
    ...up.flatMap((layer) => of(layer, "Z", "A")),
    ...of(0, "cost"),
    ...[...up].reverse().flatMap((layer) => of(layer, "dA", "dZ", "dW", "db")),
    ...up.flatMap((layer) => of(layer, "W_after", "b_after")),
  ];
}

/** Sides of a value; examples are columns. */
export function sidesOf({ kind, layer }: Place, { layers }: TraceAbout, m: number): [rows: number, columns: number] {
  const [k, n] = [layers[layer - 1]!, layers[layer]!];
  switch (kind) {
    case "A0":
      return [layers[0]!, m];
    case "Y":
      return [layers.at(-1)!, m];
    case "cost":
      return [1, 1];
    case "W":
    case "dW":
    case "W_after":
      return [n, k];
    case "b":
    case "db":
    case "b_after":
      return [n, 1];
    default:
      return [n, m];
  }
}

/** Values by name, given or computed; null where there are none of these sides. */
export interface Values {
  readonly about: TraceAbout;
  readonly m: number;
  get(kind: Kind, layer?: number): Matrix;
}

/** A way to compute a value from others. Null where it has none. */
export type Formula = (values: Values, layer: number) => Matrix | null;

/** Thrown where a value that is asked for cannot be computed. */
export class NoValue extends Error {}

/** What a slip of a layer's activation would have been; g of the layer itself where none is said. */
export function activated({ about }: Values, layer: number, z: Matrix, activation = about.activations[layer - 1]!) {
  return { ...z, data: activate(activation, z.data, z.rows, about.slopes[layer - 1]) as Float64Array };
}

/** g′(z) of a layer. */
export function slopes({ about }: Values, layer: number, z: Matrix, activation = about.activations[layer - 1]!) {
  return { ...z, data: slopeOf(activation, z.data, z.rows, about.slopes[layer - 1]) as Float64Array };
}

/** What (A − Y) is multiplied by where it is the loss's derivative by the last Z or A. */
function errorFactor({ about: { loss, layers } }: Values): number | null {
  if (loss === "categoricalCrossEntropy") return 1;
  if (loss === "binaryCrossEntropy" || loss === "poisson") return 1 / layers.at(-1)!;
  return loss === "meanSquaredError" ? 2 / layers.at(-1)! : null;
}

function outputError(v: Values): Matrix | null {
  const factor = errorFactor(v);
  const L = v.about.activations.length;
  return factor === null ? null : zip(v.get("A", L), v.get("Y"), (a, y) => factor * (a - y));
}

/** The mean loss; null for one that is not known here. */
export function costOf(v: Values, log = log64): number | null {
  const { loss, layers } = v.about;
  const [a, y] = [v.get("A", v.about.activations.length).data, v.get("Y").data];
  const part = (p: number, t: number): number => {
    switch (loss) {
      case "binaryCrossEntropy":
        return (-(t && t * log(p)) - (1 - t && (1 - t) * log(1 - p))) / layers.at(-1)!;
      case "categoricalCrossEntropy":
        return -(t && t * log(p));
      case "meanSquaredError":
        return (p - t) ** 2 / layers.at(-1)!;
      default:
        return Number.NaN;
    }
  };
  if (errorFactor(v) === null || loss === "poisson") return null;
  return a.reduce((sum, p, i) => sum + part(p, y[i]!), 0) / v.m;
}

/**
 * The right formulas of each value that is computed, of which one is enough; the first is the one that a missing value is
 * computed with.
 */
export const FORMULAS: Readonly<Partial<Record<Kind, readonly Formula[]>>> = {
  Z: [
    (v, l) => {
      const b = v.get("b", l).data;
      const z = product(v.get("W", l), l === 1 ? v.get("A0") : v.get("A", l - 1));
      return z && map(z, (value, i) => value + b[Math.floor(i / z.columns)]!);
    },
  ],
  A: [(v, l) => activated(v, l, v.get("Z", l))],
  cost: [
    (v) => {
      const cost = costOf(v);
      return cost === null ? null : scalar(cost);
    },
  ],
  dA: [
    (v, l) => {
      if (l < v.about.activations.length) return product(turn(v.get("W", l + 1)), v.get("dZ", l + 1));
      const n = v.about.layers[l]!;
      if (v.about.loss === "meanSquaredError") return outputError(v);
      if (v.about.loss !== "binaryCrossEntropy") return null;
      return zip(v.get("A", l), v.get("Y"), (p, y) => -(y / p - (1 - y) / (1 - p)) / n);
    },
  ],
  dZ: [
    (v, l) => {
      if (l === v.about.activations.length && losses[v.about.loss].takes === "logits") return outputError(v);
      return zip(v.get("dA", l), slopes(v, l, v.get("Z", l)), (da, slope) => da * slope);
    },
    (v, l) => {
      if (l < v.about.activations.length || v.about.activations[l - 1] === "softmax") return null;
      return zip(v.get("dA", l), slopes(v, l, v.get("Z", l)), (da, slope) => da * slope);
    },
  ],
  dW: [
    (v, l) => {
      const sum = product(v.get("dZ", l), turn(l === 1 ? v.get("A0") : v.get("A", l - 1)));
      return sum && times(sum, 1 / v.m);
    },
  ],
  db: [(v, l) => times(rowSums(v.get("dZ", l)), 1 / v.m)],
  W_after: [(v, l) => stepped(v, v.get("W", l), v.get("dW", l))],
  b_after: [(v, l) => stepped(v, v.get("b", l), v.get("db", l))],
};

function stepped({ about }: Values, w: Matrix, dw: Matrix): Matrix | null {
  return about.isPlain ? zip(w, dw, (value, slope) => value - about.learningRate * slope) : null;
}

/** A formula that stands in for the right one of the values of these names. */
export interface Instead {
  readonly names: readonly string[];
  readonly formula: Formula;
}

/**
 * An iteration whose `given` values are as they are and whose others are computed from them, `instead` in its place.
 * `known` are values that have been computed without it, for all that comes before it.
 */
export function iterate(
  about: TraceAbout,
  m: number,
  given: ReadonlyMap<string, Matrix>,
  instead: Instead | null = null,
  known: ReadonlyMap<string, Matrix> = new Map(),
): Values & { computed(place: Place): readonly Matrix[]; readonly all: ReadonlyMap<string, Matrix> } {
  const all = new Map(known);
  const begun = new Set<string>();
  const values: Values = {
    ...{ about, m },
    get(kind, layer = 0) {
      const name = nameOf({ kind, layer });
      const own = given.get(name) ?? all.get(name);
      if (own) return own;
      if (begun.has(name)) throw new NoValue(name); // it would be computed from itself
      begun.add(name);
      const [value] = computed({ kind, layer });
      begun.delete(name);
      if (!value) throw new NoValue(name);
      all.set(name, value);
      return value;
    },
  };
  function computed(place: Place): Matrix[] {
    const formulas = instead?.names.includes(nameOf(place)) ? [instead.formula] : (FORMULAS[place.kind] ?? []);
    return formulas.flatMap((formula) => {
      try {
        const value = formula(values, place.layer);
        return value ? [value] : [];
      } catch (error) {
        if (error instanceof NoValue) return [];
        throw error;
      }
    });
  }
  return { ...values, all, computed };
}

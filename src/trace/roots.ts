// What is wrong with values that nothing is computed from: inputs, labels, first weights and biases. How they are related
// to the trace's tells which mistake it is.

import { digits } from "../text.js";
import { isSame } from "./difference.js";
import type { Kind, Place } from "./formulas.js";
import { largest, type Matrix, map, matrix, rowSums, spread, times, turn, zip } from "./matrix.js";
import type { Mistake } from "./mistakes.js";
import type { TraceAbout } from "./types.js";

/** What is said of a value that departs: what it is, after "that is", and what to do. */
export interface Named {
  readonly id: string;
  readonly says: string;
  readonly advice: string | null;
}

export interface Roots {
  readonly about: TraceAbout;
  readonly tolerance: number;
  ours(kind: Kind, layer?: number): Matrix;
  theirs(kind: Kind, layer?: number): Matrix | null;
}

/** Names what is wrong with a root; null where nothing is known of it. */
export function namedRoot({ kind, layer }: Place, theirs: Matrix, roots: Roots): Named | null {
  if (kind === "A0") return inputsNamed(theirs, roots);
  if (kind === "Y") return labelsNamed(theirs, roots);
  if (kind === "W") return weightsNamed(theirs, layer, roots);
  return kind === "b" ? biasesNamed(theirs, layer, roots) : null;
}

/** c where theirs = c · ours; null where there is no such number. */
function ratioOf(theirs: Matrix, ours: Matrix, tolerance: number): number | null {
  const dot = (a: Matrix, b: Matrix) => a.data.reduce((sum, value, i) => sum + value * b.data[i]!, 0);
  const ratio = dot(theirs, ours) / dot(ours, ours);
  return Number.isFinite(ratio) && ratio !== 0 && isSame(theirs, times(ours, ratio), tolerance) ? ratio : null;
}

const near = (a: number, b: number) => Math.abs(a - b) <= 1e-4 * Math.abs(b);

function inputsNamed(theirs: Matrix, roots: Roots): Named | null {
  const { tolerance } = roots;
  const ours = roots.ours("A0");
  const ratio = ratioOf(theirs, ours, tolerance);
  if (ratio !== null) {
    if (near(ratio, 255)) {
      return {
        id: "inputs-not-scaled",
        says: "the trace's times 255: the bytes are not divided",
        advice: "write X = X / 255",
      };
    }
    if (near(ratio, 1 / 255)) {
      return {
        id: "inputs-scaled-twice",
        says: "the trace's divided by 255: the division is done twice",
        advice: "divide once",
      };
    }
    return {
      id: "inputs-scale",
      says: `the trace's times ${digits(ratio, 6)}`,
      advice: `divide by ${digits(ratio, 6)}, or trace with --scale`,
    };
  }
  const standard = standardised(theirs, ours, tolerance);
  if (standard) return standard;
  const rawRows = turn(ours).data; // (m, features), flat
  if (isSame(theirs, { ...ours, data: rawRows }, tolerance)) {
    return {
      id: "inputs-reshaped",
      says: "the trace's rows of examples reshaped to (features, m): each column mixes many examples",
      advice: "write X = x.reshape(m, -1).T",
    };
  }
  const order = orderOfColumns(theirs, ours, tolerance);
  if (order) return shuffled(order, roots);
  if (orderOfColumns(turn(theirs), turn(ours), tolerance)) {
    return {
      id: "features-in-another-order",
      says: "the trace's with the features (rows) in another order, such as colours first or BGR for RGB",
      advice: "flatten the examples in the same order",
    };
  }
  if (
    isSame(
      theirs,
      map(ours, (x) => 1 - x),
      tolerance,
    )
  ) {
    return { id: "inputs-inverted", says: "1 minus the trace's", advice: "leave out the inversion" };
  }
  return null;
}

function shuffled(order: readonly number[], roots: Roots): Named {
  const [y, own] = [roots.ours("Y"), roots.theirs("Y")];
  const along = (column: number, row: number) => y.data[row * y.columns + order[column]!]!;
  const follows =
    own &&
    isSame(
      own,
      matrix(y.rows, y.columns, (r, c) => along(c, r)),
      roots.tolerance,
    );
  const says = "the trace's examples (columns) in another order";
  if (own && !follows) {
    return {
      id: "shuffled-apart",
      says: `${says}, and the labels are not in that order: each example has another's label`,
      advice: "shuffle X and Y by one permutation",
    };
  }
  return {
    id: "shuffled",
    says: `${says}${own ? ", the labels with them" : ""}: a shuffled batch, whose cost and gradients are the same`,
    advice: "save the values of an unshuffled batch to compare them",
  };
}

// theirs[:, i] = ours[:, order[i]] for each column once; null where that is not so, or nothing is moved.
function orderOfColumns(theirs: Matrix, ours: Matrix, tolerance: number): number[] | null {
  if (theirs.columns > 4096) return null;
  const most = tolerance * largest(ours);
  const left = new Set(ours.data.subarray(0, ours.columns).keys());
  const isColumn = (i: number, j: number) => {
    for (let r = 0; r < ours.rows; r++) {
      if (!(Math.abs(theirs.data[r * ours.columns + i]! - ours.data[r * ours.columns + j]!) <= most)) return false;
    }
    return true;
  };
  const order: number[] = [];
  for (let i = 0; i < theirs.columns; i++) {
    const found = left.has(i) && isColumn(i, i) ? i : [...left].find((j) => isColumn(i, j));
    if (found === undefined) return null;
    left.delete(found);
    order.push(found);
  }
  return order.some((j, i) => j !== i) ? order : null;
}

// Whether each row, each column or all of theirs are a·ours + b, and what that brings them to.
function standardised(theirs: Matrix, ours: Matrix, tolerance: number): Named | null {
  const { rows, columns } = ours;
  const all = (a: Matrix): Matrix => ({ rows: 1, columns: rows * columns, data: a.data });
  const ways: readonly (readonly [string, (a: Matrix) => Matrix, string])[] = [
    ["over-all", all, "all numbers together"],
    ["by-feature", (a) => a, "each feature by itself"],
    ["by-example", turn, "each example by itself"],
  ];
  for (const [id, view, where] of ways) {
    const [a, b] = [view(theirs), view(ours)];
    if (b.columns < 3 || !isAffine(a, b, tolerance)) continue;
    const first = spread({ rows: 1, columns: a.columns, data: a.data.subarray(0, a.columns) });
    const zero = Math.abs(first.mean) < 1e-4;
    const how =
      zero && near(first.deviation, 1)
        ? "standardised to mean 0 and deviation 1"
        : zero
          ? "less their mean"
          : "scaled and shifted";
    return {
      id: how === "scaled and shifted" ? `inputs-shifted-${id}` : `inputs-standardised-${id}`,
      says: `the trace's ${how}, ${where}`,
      advice: id === "by-feature" ? "leave that out, or trace with --standardize" : "leave that out",
    };
  }
  return null;
}

function isAffine(theirs: Matrix, ours: Matrix, tolerance: number): boolean {
  const [sumA, sumB] = [rowSums(theirs).data, rowSums(ours).data];
  const n = ours.columns;
  const scale = Math.max(largest(theirs), 1e-300);
  for (let r = 0; r < ours.rows; r++) {
    const [meanA, meanB] = [sumA[r]! / n, sumB[r]! / n];
    let [cross, square] = [0, 0];
    for (let i = r * n; i < (r + 1) * n; i++) {
      cross += (theirs.data[i]! - meanA) * (ours.data[i]! - meanB);
      square += (ours.data[i]! - meanB) ** 2;
    }
    const slope = square > 1e-24 ? cross / square : 0;
    for (let i = r * n; i < (r + 1) * n; i++) {
      const wanted = meanA + slope * (ours.data[i]! - meanB);
      if (!(Math.abs(theirs.data[i]! - wanted) <= 10 * tolerance * scale)) return false;
    }
  }
  return true;
}

function labelsNamed(theirs: Matrix, roots: Roots): Named | null {
  const { tolerance } = roots;
  const ours = roots.ours("Y");
  const is = (f: (y: number) => number) => isSame(theirs, map(ours, f), tolerance);
  if (is((y) => 1 - y)) {
    return { id: "labels-turned", says: "1 − Y: the classes are swapped", advice: "give the other class the 1" };
  }
  if (is((y) => 2 * y - 1)) {
    return { id: "labels-signs", says: "−1 and 1 where the loss wants 0 and 1", advice: "write Y = (Y + 1) / 2" };
  }
  if (is((y) => y + 1)) return { id: "labels-from-one", says: "Y + 1: counted from 1", advice: "write Y = Y - 1" };
  const [x, own] = [roots.ours("A0"), roots.theirs("A0")];
  const order = own ? orderOfColumns(own, x, tolerance) : null;
  if (order) {
    const moved = matrix(ours.rows, ours.columns, (r, c) => ours.data[r * ours.columns + order[c]!]!);
    if (isSame(theirs, moved, tolerance)) return shuffled(order, roots);
  }
  if (theirs.data.every((value) => value === theirs.data[0])) {
    return { id: "labels-constant", says: `${theirs.data[0]} for every example`, advice: "read the labels again" };
  }
  const count = (a: Matrix) => a.data.reduce((sum, value) => sum + value, 0);
  if (Math.abs(count(theirs) - count(ours)) < 1e-9) {
    return {
      id: "labels-in-another-order",
      says: "the same labels in another order, beside examples that keep theirs: each example has another's label",
      advice: "shuffle X and Y by one permutation",
    };
  }
  return null;
}

/** Standard deviations that people draw weights with, of a layer with k inputs and n units. */
const DEVIATIONS: readonly (readonly [id: string, words: string, of: (k: number, n: number) => number])[] = [
  ["0.01", "0.01", () => 0.01],
  ["lecun", "1/sqrt(inputs)", (k) => 1 / Math.sqrt(k)],
  ["he", "sqrt(2/inputs)", (k) => Math.sqrt(2 / k)],
  ["glorot", "sqrt(2/(inputs + units))", (k, n) => Math.sqrt(2 / (k + n))],
  ["0.1", "0.1", () => 0.1],
  ["0.001", "0.001", () => 0.001],
  ["1", "1, unscaled", () => 1],
  ["by-inputs", "1/inputs, without the root", (k) => 1 / k],
  ["by-units", "1/sqrt(units), of the layer's own width", (_, n) => 1 / Math.sqrt(n)],
];

function weightsNamed(theirs: Matrix, layer: number, roots: Roots): Named | null {
  const { about, tolerance } = roots;
  const ours = roots.ours("W", layer);
  const [k, n] = [ours.columns, ours.rows];
  const name = `W${layer}`;
  const updated = roots.ours("W_after", layer);
  if (!isSame(updated, ours, tolerance) && isSame(theirs, updated, tolerance)) {
    return {
      id: "an-iteration-later",
      says: `the trace's ${name}_after: the values are of the next iteration, or saved after the update`,
      advice: "save copies of the weights before the update (W1.copy())",
    };
  }
  if (about.iteration > 0) return null;
  if (theirs.data.every((value) => value === theirs.data[0])) {
    const id = theirs.data[0] === 0 ? "weights-zero" : "weights-constant";
    return {
      id,
      says: `${theirs.data[0]} everywhere, so that all units of the layer stay the same`,
      advice: `write ${name} = np.random.randn(${n}, ${k}) / np.sqrt(${k})`,
    };
  }
  const [own, wanted] = [spread(theirs), spread(ours)];
  const line = `write ${name} = np.random.randn(${n}, ${k}) / np.sqrt(${k})`;
  const advice = about.init === "lecun" ? line : null;
  const ratio = ratioOf(theirs, ours, tolerance);
  if (ratio !== null && ratio < 0) return { id: "weights-sign", says: "the trace's with the sign turned", advice };
  if (ratio !== null) {
    // the same draws: the deviation that they were multiplied by is known exactly
    const drawn = deviationDrawn(about, k, n);
    const known = drawn === null ? undefined : DEVIATIONS.find(([, , of]) => near(of(k, n), ratio * drawn));
    const [id, words] = known ?? ["scale", digits(ratio * (drawn ?? wanted.deviation), 4)];
    return drawnAt(id, words, own.deviation, wanted.deviation, k, "the trace's weights", advice);
  }
  const repeated = repeatsAnother(theirs, layer, roots);
  if (repeated !== null) {
    return {
      id: "seed-in-each-layer",
      says: `drawn with the same random numbers as W${repeated}: the seed is set anew in each layer`,
      advice: "call np.random.seed once, before the first layer",
    };
  }
  if (ratioOf({ ...theirs, data: turn(theirs).data }, ours, tolerance) !== null) {
    return {
      id: "drawn-transposed",
      says: `the trace's numbers drawn as (inputs, units) and transposed`,
      advice: `draw np.random.randn(${n}, ${k})`,
    };
  }
  // another draw: its deviation is known to about 1/√(2·numbers)
  const doubt = 4 / Math.sqrt(2 * theirs.data.length);
  const isClose = (deviation: number) => Math.abs(own.deviation / deviation - 1) < Math.max(doubt, 0.02);
  const drawn = deviationDrawn(about, k, n) ?? wanted.deviation;
  if (Math.abs(own.mean) > 0.5 * own.deviation && theirs.data.every((value) => value >= 0)) {
    return { id: "weights-positive", says: "drawn from numbers above 0 alone (np.random.rand for randn)", advice };
  }
  if (isClose(drawn)) {
    return {
      id: "another-draw",
      says: `drawn as widely as the trace's (deviation ${digits(own.deviation)}), with another seed or in another order`,
      advice: `draw with np.random.seed(${about.seed}) once, layer by layer, or compare a later value with your own weights`,
    };
  }
  const known = DEVIATIONS.find(([, , of]) => isClose(of(k, n)));
  const [id, words] = known ?? ["scale", digits(own.deviation, 3)];
  return drawnAt(id, words, own.deviation, wanted.deviation, k, "other weights", advice);
}

function drawnAt(
  id: string,
  words: string,
  own: number,
  wanted: number,
  k: number,
  which: string,
  advice: string | null,
): Named {
  return {
    id: `weights-drawn-${id}`,
    says: `${which} drawn at ${words}: your deviation is ${digits(own)}, the trace's ${digits(wanted)} (1/sqrt(${k}) is ${digits(1 / Math.sqrt(k))})`,
    advice,
  };
}

// The standard deviation that the trace's weights were drawn with, where it is known.
function deviationDrawn({ init }: TraceAbout, k: number, n: number): number | null {
  if (typeof init === "number") return init || null;
  return DEVIATIONS.find(([id]) => id === init)?.[2](k, n) ?? null;
}

// A layer before whose random numbers come again in this one.
function repeatsAnother(theirs: Matrix, layer: number, { theirs: other, tolerance }: Roots): number | null {
  for (let before = 1; before < layer; before++) {
    const own = other("W", before);
    if (!own) continue;
    const count = Math.min(own.data.length, theirs.data.length);
    const some = (a: Matrix): Matrix => ({ rows: 1, columns: count, data: a.data.subarray(0, count) });
    if (count > 1 && ratioOf(some(theirs), some(own), tolerance) !== null) return before;
  }
  return null;
}

function biasesNamed(theirs: Matrix, layer: number, roots: Roots): Named | null {
  const updated = roots.ours("b_after", layer);
  if (!isSame(updated, roots.ours("b", layer), roots.tolerance) && isSame(theirs, updated, roots.tolerance)) {
    return {
      id: "an-iteration-later",
      says: `the trace's b${layer}_after: the values are of the next iteration, or saved after the update`,
      advice: "save copies before the update (b1.copy())",
    };
  }
  if (roots.about.iteration > 0) return null;
  const first = theirs.data[0]!;
  const what = theirs.data.every((value) => value === first) ? String(digits(first)) : "random numbers";
  return {
    id: "biases-not-zero",
    says: `${what}, where the trace begins with its own`,
    advice: `write b${layer} = np.zeros((${theirs.rows}, 1))`,
  };
}

/** What missing inputs and weights may have been, to be told from what was computed from them. */
export const ROOT_MISTAKES: Readonly<Partial<Record<Kind, readonly Mistake[]>>> = {
  A0: [
    {
      id: "inputs-not-scaled",
      gives: (v) => times(v.get("A0"), 255),
      says: "what A0 gives without the division by 255",
    },
    {
      id: "inputs-standardised-by-feature",
      gives: (v) => {
        const x = v.get("A0");
        const means = rowSums(x).data.map((sum) => sum / x.columns);
        const centred = map(x, (value, i) => value - means[Math.floor(i / x.columns)]!);
        const squares = rowSums(zip(centred, centred, (a, b) => a * b)!).data;
        return map(centred, (value, i) => value / (Math.sqrt(squares[Math.floor(i / x.columns)]! / x.columns) || 1));
      },
      says: "what A0 gives when each feature is standardised",
    },
  ],
  Y: [{ id: "labels-turned", gives: (v) => map(v.get("Y"), (y) => 1 - y), says: "what the swapped labels 1 − Y give" }],
  W: DEVIATIONS.map(([id, words, of]) => ({
    id: `weights-drawn-${id}`,
    gives: (v, l) => {
      const w = v.get("W", l);
      const drawn = deviationDrawn(v.about, w.columns, w.rows);
      return drawn === null || v.about.iteration > 0 ? null : times(w, of(w.columns, w.rows) / drawn);
    },
    says: `what W{l} drawn at ${words} gives`,
  })),
  b: [],
};

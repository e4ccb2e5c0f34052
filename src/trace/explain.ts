// Which of the known mistakes gives a value that departs, in it or in what was not saved before it; and where none does,
// how it is related to the right one.

import { digits } from "../text.js";
import { apart, type Case, valueAt } from "./case.js";
import { type Difference, differenceOf } from "./difference.js";
import { FORMULAS, type Instead, iterate, type Kind, NoValue, nameOf, type Place, sidesOf } from "./formulas.js";
import { asMatrix } from "./layout.js";
import { type Matrix, times, turn, zip } from "./matrix.js";
import { inWords, lineOf, MISTAKES, type Mistake } from "./mistakes.js";
import { type Named, namedRoot, ROOT_MISTAKES } from "./roots.js";

/** What to do about a value: to write its right line; null where that is not known. */
export function adviceAt(it: Case, { kind, layer }: Place): string | null {
  const line = lineOf(kind, layer, it);
  return line && `write ${line}`;
}

/** The mistakes that give a departing value, the likeliest first; none where none of those that are known does. */
export function mistakesAt(it: Case, place: Place, difference: Difference | null): readonly Named[] {
  const theirs = it.theirs.get(nameOf(place)) ?? null;
  const listed = (one: Named | null) => (one ? [one] : []);
  if (!FORMULAS[place.kind]) {
    const roots = {
      ...{ about: it.about, tolerance: Math.max(it.tolerance.mistake, 1e-6) },
      ours: (kind: Kind, layer = 0) => it.ours.get(nameOf({ kind, layer }))!,
      theirs: (kind: Kind, layer = 0) => it.theirs.get(nameOf({ kind, layer })) ?? null,
    };
    return listed(theirs ? namedRoot(place, theirs, roots) : wrongShape(it, place));
  }
  for (const one of it.places) valueAt(it, one); // all that can be computed is then there
  const most = Math.min(it.tolerance.mistake, 0.1 * (difference?.relative ?? Number.POSITIVE_INFINITY));
  const index = it.places.indexOf(place);
  const missing = it.places.slice(0, index).filter((one) => !it.arrays.has(nameOf(one)));
  for (const at of [place, ...missing.reverse()]) {
    const found = nearestMistakes(it, at, missing, place, most);
    if (found.length === 0) continue; // the nearest place explains it
    const isHere = nameOf(at) === nameOf(place);
    return found.map(({ id, says, advice }) => ({
      id,
      says: `${isHere ? "" : `what it is when ${nameOf(at)}, which is not in the file, is `}${inWords(says, at.layer)}`,
      advice: advice === undefined ? adviceAt(it, at) : inWords(advice, at.layer),
    }));
  }
  return listed(theirs ? related(it, place, theirs) : wrongShape(it, place));
}

// The mistakes at a place, or everywhere alike among the `missing`, that come nearest to the value at `place`.
function nearestMistakes(it: Case, at: Place, missing: readonly Place[], place: Place, most: number): Mistake[] {
  const rows = (FORMULAS[at.kind] ? MISTAKES : ROOT_MISTAKES)[at.kind] ?? [];
  const alike = missing.filter(({ kind }) => kind === at.kind);
  const ways = [[at], ...(alike.length > 1 && nameOf(at) !== nameOf(place) ? [alike] : [])];
  const tried = rows.flatMap((mistake) => {
    const made = ways.flatMap((places) => valuesMade(it, places, mistake, place));
    const relative = Math.min(...made.map((value) => matches(it, place, value)), Number.POSITIVE_INFINITY);
    return relative <= most ? [{ relative: Math.max(relative, it.tolerance.equal / 10), mistake }] : [];
  });
  const nearest = Math.min(...tried.map(({ relative }) => relative));
  return tried.filter(({ relative }) => relative <= 100 * nearest).map(({ mistake }) => mistake);
}

// The value at `place` when those at `places` are what the mistake gives.
function valuesMade(it: Case, places: readonly Place[], mistake: Mistake, place: Place): readonly Matrix[] {
  const given = new Map(it.given);
  const isRoot = !FORMULAS[places[0]!.kind];
  try {
    for (const at of isRoot ? places : []) {
      const wrong = mistake.gives(it.base, at.layer);
      if (!wrong) return [];
      given.set(nameOf(at), wrong);
    }
    const names = places.map(nameOf);
    const first = it.places.findIndex((one) => names.includes(nameOf(one)));
    const work = multiplications(it, first, place);
    if (work > it.budget.left) {
      it.budget.isSpent = true;
      return [];
    }
    it.budget.left -= work;
    // what comes before is as it was, and what the update would give, which some mistakes take too early
    const isKnown = (one: Place, i: number) =>
      i < first || (one.kind.endsWith("_after") && !place.kind.endsWith("_after"));
    const before = new Set(it.places.filter(isKnown).map(nameOf));
    const known = new Map([...it.base.all].filter(([name]) => before.has(name)));
    const instead: Instead = { names, formula: mistake.gives };
    return iterate(it.about, it.m, given, isRoot ? null : instead, known).computed(place);
  } catch (error) {
    if (error instanceof NoValue) return [];
    throw error;
  }
}

// About how many it takes to compute a value from what is there, when all from place number `first` on is computed again.
function multiplications({ places, arrays, about, m }: Case, first: number, to: Place): number {
  const last = places.indexOf(to);
  return places.slice(first, last + 1).reduce((sum, one, i) => {
    const isComputed = first + i === last || !arrays.has(nameOf(one));
    const { kind, layer } = one;
    if (!isComputed || !FORMULAS[kind]) return sum;
    if (kind === "dA") return sum + m * about.layers[layer]! * (about.layers[layer + 1] ?? 1);
    return sum + about.layers[layer]! * (kind === "Z" || kind === "dW" ? m * about.layers[layer - 1]! : m);
  }, 0);
}

/** How far the program's value is from what a mistake gives, whatever sides both have. */
function matches(it: Case, place: Place, made: Matrix): number {
  const theirs = it.theirs.get(nameOf(place));
  const [rows, columns] = sidesOf(place, it.about, it.m);
  if (theirs?.data.some(Number.isNaN)) return Number.POSITIVE_INFINITY; // which says nothing of where it is from
  if (theirs) {
    if (made.rows !== rows || made.columns !== columns) return Number.POSITIVE_INFINITY;
    return apart(it, place, theirs, made).relative;
  }
  if (made.rows === rows && made.columns === columns) return Number.POSITIVE_INFINITY; // that shape would have been right
  const raw = asMatrix(it.arrays.get(nameOf(place))!);
  const isLine = raw.rows === 1 || raw.columns === 1;
  if (isLine) {
    const line = { rows: 1, columns: raw.data.length, data: raw.data };
    if ((made.rows !== 1 && made.columns !== 1) || made.data.length !== raw.data.length)
      return Number.POSITIVE_INFINITY;
    return differenceOf(line, { ...line, data: made.data }).relative;
  }
  const both = [made, turn(made)].filter((one) => one.rows === raw.rows && one.columns === raw.columns);
  return Math.min(...both.map((one) => differenceOf(raw, one).relative), Number.POSITIVE_INFINITY);
}

// What can be said of a value of no known mistake: how it is related to the right one.
function related(it: Case, place: Place, theirs: Matrix): Named | null {
  const advice = adviceAt(it, place);
  const name = nameOf(place);
  const bad = theirs.data.findIndex((value) => !Number.isFinite(value));
  const [right] = it.base.computed(place);
  if (bad >= 0 && right?.data.every(Number.isFinite)) {
    const at = [Math.floor(bad / theirs.columns), bad % theirs.columns];
    const why =
      place.kind === "cost" || place.kind === "dA"
        ? ", as a logarithm or a quotient of an output that is 0 or 1 is"
        : "";
    return { id: "not-finite", says: `${theirs.data[bad]} at [${at.join(", ")}]${why}`, advice };
  }
  if (!right) return null;
  if (theirs.data.every((value) => value === 0)) return { id: "all-zeros", says: "0 everywhere", advice };
  const { mistake } = it.tolerance;
  const isNear = (value: Matrix) => apart(it, place, theirs, value).relative <= mistake;
  if (place.kind === "W_after" || place.kind === "b_after") return relatedStep(it, place, theirs, right);
  const dot = (a: Matrix, b: Matrix) => a.data.reduce((sum, value, i) => sum + value * b.data[i]!, 0);
  const ratio = dot(theirs, right) / dot(right, right);
  if (right.data.length > 1 && Number.isFinite(ratio) && ratio !== 0 && isNear(times(right, ratio))) {
    return { id: "factor", says: `the right value times ${digits(ratio, 6)}`, advice };
  }
  if (place.kind === "dW") {
    const w = valueAt(it, { kind: "W", layer: place.layer })!;
    const rest = zip(theirs, right, (a, b) => a - b)!;
    const decay = dot(rest, w) / dot(w, w);
    if (isNear(zip(right, w, (a, b) => a + decay * b)!)) {
      const says = `the right value plus ${digits(decay, 6)} · ${nameOf({ kind: "W", layer: place.layer })}: a weight decay (L2), which the trace has not`;
      return { id: "weight-decay", says, advice: "leave it out, or trace with --weight-decay" };
    }
  }
  if (place.kind === "A" && place.layer < it.about.activations.length) {
    const kept = theirs.data.findIndex((value, i) => value !== 0 && right.data[i] !== 0);
    const share = kept < 0 ? 1 : theirs.data[kept]! / right.data[kept]!;
    const dropped = zip(theirs, right, (a, b) => (a === 0 ? 0 : share * b))!;
    if (share >= 1 && isNear(dropped)) {
      return {
        id: "dropout",
        says: `${name} with some units at 0: dropout, which the trace has not`,
        advice: "leave it out",
      };
    }
  }
  return null;
}

function relatedStep(it: Case, place: Place, theirs: Matrix, right: Matrix): Named | null {
  const kind = place.kind === "W_after" ? "W" : "b";
  const before = valueAt(it, { kind, layer: place.layer })!;
  const [own, wanted] = [zip(theirs, before, (a, b) => a - b)!, zip(right, before, (a, b) => a - b)!];
  const dot = (a: Matrix, b: Matrix) => a.data.reduce((sum, value, i) => sum + value * b.data[i]!, 0);
  const ratio = dot(own, wanted) / dot(wanted, wanted);
  if (
    own.data.length > 1 &&
    Number.isFinite(ratio) &&
    apart(it, place, theirs, zip(before, wanted, (b, s) => b + ratio * s)!).relative <= it.tolerance.mistake
  ) {
    const rate = digits(ratio * it.about.learningRate, 6);
    return {
      id: "learning-rate",
      says: `${kind}${place.layer} − ${rate} · d${kind}${place.layer}: your learning rate is ${rate}, the trace's ${digits(it.about.learningRate, 6)}`,
      advice: `use the learning rate ${digits(it.about.learningRate, 6)}, or trace with yours`,
    };
  }
  return null;
}

// A shape that does not fit: the right numbers turned, or a number of examples or units that is another.
function wrongShape(it: Case, place: Place): Named | null {
  const name = nameOf(place);
  const array = it.arrays.get(name)!;
  const right = FORMULAS[place.kind] ? it.base.computed(place)[0] : it.ours.get(name);
  const raw = asMatrix(array);
  if (right && raw.rows === right.columns && raw.columns === right.rows && matchesTurned(it, raw, right)) {
    const sides = `(${array.shape.join(", ")})`;
    return { id: "transposed", says: `the right value transposed, of shape ${sides}`, advice: `write ${name}.T` };
  }
  if (place.kind !== "A0") return null;
  const other = array.shape.find((side) => side !== it.about.layers[0]);
  if (!array.shape.includes(it.about.layers[0]!) || other === undefined) return null;
  const says = `${other} examples, where the trace has ${it.m}`;
  return { id: "other-examples", says, advice: "trace the same examples, with --batch-size for a batch" };
}

const matchesTurned = (it: Case, raw: Matrix, right: Matrix) =>
  differenceOf(raw, turn(right)).relative <= it.tolerance.mistake;

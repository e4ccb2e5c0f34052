// Holds a program's values of one iteration against a trace. Each value is checked from the program's own values before
// it, so that the first that departs is where its formula is wrong, whatever follows from that; then the known mistakes
// are tried for the one that gives exactly its number.

import { InputError } from "../errors.js";
import { digits } from "../text.js";
import { type Difference, differenceOf } from "./difference.js";
import {
  FORMULAS,
  type Instead,
  iterate,
  type Kind,
  NoValue,
  nameOf,
  type Place,
  placesOf,
  sidesOf,
} from "./formulas.js";
import { asMatrix, bring, layoutOf } from "./layout.js";
import { largest, type Matrix, times, turn, zip } from "./matrix.js";
import { inWords, lineOf, MISTAKES, type Mistake } from "./mistakes.js";
import { type GivenArray, named } from "./names.js";
import { type Named, namedRoot, ROOT_MISTAKES } from "./roots.js";
import type { ComparedValue, Trace, TraceAbout, TraceComparison, TraceFinding } from "./types.js";

/** How far apart equal values may be, over the largest of them, and how near a mistake's must be. */
const TOLERANCES = {
  float64: { equal: 1e-9, mistake: 1e-6 },
  float32: { equal: 1e-4, mistake: 2e-4 },
} as const;
/** In a later iteration the weights have gone their way for a while. */
const LATER = 1000;

type Iteration = ReturnType<typeof iterate>;

/** What the values of a program are compared by. */
interface Case {
  readonly about: TraceAbout;
  readonly m: number;
  readonly places: readonly Place[];
  readonly ours: ReadonlyMap<string, Matrix>;
  /** In the trace's layout; those of wrong shapes are in `arrays` alone. */
  readonly theirs: ReadonlyMap<string, Matrix>;
  readonly arrays: ReadonlyMap<string, GivenArray>;
  readonly tolerance: { readonly equal: number; readonly mistake: number };
  /** Theirs, and the rest computed from them. */
  readonly base: Iteration;
}

/** Compares, as compareTraces describes. Throws E_NPY, E_OPTION. */
export function compare(
  trace: Trace,
  given: Readonly<Record<string, GivenArray>>,
  pairs: readonly string[],
): TraceComparison {
  const { about } = trace;
  const places = placesOf(about.activations.length);
  const m = trace.arrays.A0!.shape[1]!;
  const ours = new Map<string, Matrix>();
  for (const place of places) {
    const array = trace.arrays[nameOf(place)];
    if (array) ours.set(nameOf(place), bring(array, ...sidesOf(place, about, m), false)!);
  }
  const found = named(given, pairs, about.layers, nameOf);
  if (found.arrays.size === 0) {
    const has = Object.keys(given).slice(0, 8).join(", ");
    throw new InputError(
      "E_NPY",
      `compare: the file has none of an iteration's values (found ${has || "no arrays"}); save them as W1, b1, Z1, …, or say what they are called with names.`,
    );
  }
  const all = [...found.arrays.values()];
  const layout = layoutOf(all, about, m, (place) => ours.get(nameOf(place)) ?? null);
  const theirs = new Map<string, Matrix>();
  const arrays = new Map<string, GivenArray>();
  for (const { place, array } of all) {
    const turned = ["W", "dW", "W_after"].includes(place.kind) ? layout.weights : layout.examples;
    const own = bring(array, ...sidesOf(place, about, m), turned);
    arrays.set(nameOf(place), array);
    if (own) theirs.set(nameOf(place), own);
  }
  const isSingle = about.dtype === "float32" || isFloat32(theirs);
  const tolerance = TOLERANCES[isSingle ? "float32" : "float64"];
  const of = (values: ReadonlyMap<string, Matrix>): Case => ({
    ...{ about, m, places, ours, theirs: values, arrays, tolerance },
    base: iterate(about, m, withRoots(values, ours, places)),
  });
  const plain = of(theirs);
  const mean = withoutMean(plain);
  const it = mean ? of(mean) : plain;

  const checked = places.flatMap((place) => (arrays.has(nameOf(place)) ? [{ place, ...check(it, place) }] : []));
  const findings = findingsOf(it, checked, layout);
  const values: ComparedValue[] = checked.map(({ place, departs, toOurs }) => ({
    name: nameOf(place),
    called: found.arrays.get(nameOf(place))!.called,
    shape: arrays.get(nameOf(place))!.shape,
    difference: toOurs,
    state: departs ? "departs" : toOurs !== null && toOurs <= tolerance.equal * LATER ? "agrees" : "follows",
  }));
  const remarks = [
    ...(layout.examples ? ["Your arrays have examples as rows; they are compared transposed."] : []),
    ...(isSingle ? ["The values have the precision of float32, and are compared to that."] : []),
    ...(found.fromZero ? ["Your layers are counted from 0; here they are counted from 1."] : []),
    ...(found.oldGradients
      ? [
          "Your dA of a layer is the gradient of what it reads, as in the course's first version; here it is that of its outputs.",
        ]
      : []),
    ...(mean ? ["Your dA and dZ carry the 1/m that the trace has in dW and db; that is right as it stands."] : []),
    ...rightAsItStands(it, checked, findings),
    ...(found.unknown.length ? [`Not compared, as their names say nothing: ${found.unknown.join(", ")}.`] : []),
  ];
  return { departs: findings.length > 0, message: messageOf(findings, values), findings, remarks, values };
}

// Inputs, labels and first weights that a program did not save are the trace's.
function withRoots(theirs: ReadonlyMap<string, Matrix>, ours: ReadonlyMap<string, Matrix>, places: readonly Place[]) {
  const given = new Map(theirs);
  for (const place of places) {
    const name = nameOf(place);
    if (!FORMULAS[place.kind] && !given.has(name)) given.set(name, ours.get(name)!);
  }
  return given;
}

// Whether all values are float32's, and not only whole numbers.
function isFloat32(theirs: ReadonlyMap<string, Matrix>): boolean {
  const some = [...theirs].filter(([name]) => /^d?[WZA]\d/.test(name) && name !== "A0").map(([, value]) => value);
  const isFraction = some.some(({ data }) => data.some((value) => !Number.isInteger(value)));
  return isFraction && some.every(({ data }) => data.every((value) => Object.is(Math.fround(value), value)));
}

/** Values with dA and dZ times m, where they carry the 1/m and dW does not; null where that is not so. */
function withoutMean(it: Case): Map<string, Matrix> | null {
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
  const other = { ...it, theirs: scaled, base: iterate(it.about, it.m, withRoots(scaled, it.ours, it.places)) };
  const witness = (["dW", "db", "W_after", "b_after"] as const).find((kind) => it.theirs.has(nameOf(at(kind))));
  if (!witness) return null;
  return check(other, at(witness)).departs ? null : scaled;
}

interface Checked {
  readonly departs: boolean;
  /** From what the formula gives of the program's own values; null where the shape is wrong. */
  readonly difference: Difference | null;
  /** Relative to the trace's value; null where there is none to compare with. */
  readonly toOurs: number | null;
}

function check(it: Case, place: Place): Checked {
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
function apart(it: Case, place: Place, theirs: Matrix, other: Matrix, lenient = false): Difference {
  const whole = differenceOf(theirs, other, floorOf(it, place), lenient);
  if (place.kind !== "W_after" && place.kind !== "b_after") return whole;
  const before = valueAt(it, { kind: place.kind === "W_after" ? "W" : "b", layer: place.layer });
  const steps = before && [theirs, other].map((after) => zip(after, before, (a, b) => a - b));
  if (!steps?.[0] || !steps[1]) return whole;
  const floor = largest(before!) * (it.tolerance === TOLERANCES.float32 ? 1e-2 : 1e-5);
  return { ...whole, relative: differenceOf(steps[0], steps[1], floor, lenient).relative };
}

function valueAt({ base }: Case, { kind, layer }: Place): Matrix | null {
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

// The departing values by what is wrong with them: the first, and those behind it that a known mistake explains.
function findingsOf(
  it: Case,
  checked: readonly ({ readonly place: Place } & Checked)[],
  { examples }: { readonly examples: boolean },
): TraceFinding[] {
  const findings: (TraceFinding & { readonly kind: Kind; readonly also: string[] })[] = [];
  for (const { place, departs, difference } of checked) {
    if (!departs) continue;
    const name = nameOf(place);
    const known = nameMistake(it, place, difference);
    const same = findings.find(({ mistake, kind }) => mistake !== null && mistake === known?.id && kind === place.kind);
    if (same) same.also.push(name);
    else if (known || findings.length === 0) {
      const sides = it.arrays.get(name)!.shape.join(", ");
      const [rows, columns] = sidesOf(place, it.about, it.m);
      const wanted = examples ? `(${columns}, ${rows})` : `(${rows}, ${columns})`;
      findings.push({
        ...{ name, kind: place.kind, also: [], mistake: known?.id ?? null },
        says:
          known?.says ??
          (difference === null ? `of shape (${sides}) where ${wanted} is wanted` : unexplained(it, place)),
        advice: known ? known.advice : adviceAt(it, place),
        difference: difference && {
          ...{ largest: difference.largest, theirs: difference.theirs, expected: difference.expected },
          at:
            examples && !["W", "b", "dW", "db"].includes(place.kind)
              ? [difference.at[1], difference.at[0]]
              : difference.at,
        },
      });
    }
  }
  return findings.map(({ kind: _, ...finding }) => finding);
}

function unexplained({ about, m, arrays, places }: Case, place: Place): string {
  const { kind } = place;
  const inputs = arrays.get("A0");
  if (kind === "A0" && inputs && !inputs.shape.includes(m)) return "of other examples than the trace's";
  if (!FORMULAS[kind]) {
    return about.iteration > 0
      ? `not what the trace has at the start of iteration ${about.iteration}: an iteration before it departed, so compare iteration 0 first`
      : "not the trace's, by none of the mistakes that are known here";
  }
  const before = places.slice(0, places.indexOf(place)).filter((one) => !arrays.has(nameOf(one)));
  const missing = before.filter((one) => one.kind !== "cost" && one.kind !== kind).map(nameOf);
  const some = `${missing.slice(0, 6).join(", ")}${missing.length > 6 ? ", …" : ""}`;
  const more = missing.length ? ` (it is computed from ${some}, too, which you did not save)` : "";
  return `not what its formula gives from your own values before it, by none of the mistakes that are known here${more}`;
}

function adviceAt(it: Case, { kind, layer }: Place): string | null {
  const line = lineOf(kind, layer, it);
  return line && `write ${line}`;
}

/** The mistake that gives a departing value; null where none of those that are known does. */
function nameMistake(it: Case, place: Place, difference: Difference | null): Named | null {
  const theirs = it.theirs.get(nameOf(place)) ?? null;
  if (!FORMULAS[place.kind]) {
    const roots = {
      ...{ about: it.about, tolerance: Math.max(it.tolerance.mistake, 1e-6) },
      ours: (kind: Kind, layer = 0) => it.ours.get(nameOf({ kind, layer }))!,
      theirs: (kind: Kind, layer = 0) => it.theirs.get(nameOf({ kind, layer })) ?? null,
    };
    return theirs ? namedRoot(place, theirs, roots) : wrongShape(it, place);
  }
  const most = Math.min(it.tolerance.mistake, 0.1 * (difference?.relative ?? Number.POSITIVE_INFINITY));
  const index = it.places.indexOf(place);
  const missing = it.places.slice(0, index).filter((one) => !it.arrays.has(nameOf(one)));
  for (const at of [place, ...missing.reverse()]) {
    const best = bestMistake(it, at, missing, place, most);
    if (!best) continue; // the nearest explains it
    const says = inWords(best.says, at.layer);
    const isHere = nameOf(at) === nameOf(place);
    return {
      id: best.id,
      says: isHere ? says : `what it is when ${nameOf(at)}, which is not in the file, is ${says}`,
      advice: best.advice === undefined ? adviceAt(it, at) : inWords(best.advice, at.layer),
    };
  }
  return theirs ? related(it, place, theirs) : wrongShape(it, place);
}

// The mistake at a place, or everywhere alike among the `missing`, that comes nearest to the value at `place`; the first
// of those that are equally near.
function bestMistake(it: Case, at: Place, missing: readonly Place[], place: Place, most: number): Mistake | null {
  const rows = (FORMULAS[at.kind] ? MISTAKES : ROOT_MISTAKES)[at.kind] ?? [];
  const alike = missing.filter(({ kind }) => kind === at.kind);
  const ways = [[at], ...(alike.length > 1 && nameOf(at) !== nameOf(place) ? [alike] : [])];
  const tried = rows.flatMap((mistake) => {
    const made = ways.flatMap((places) => valuesMade(it, places, mistake, place));
    const relative = Math.min(...made.map((value) => matches(it, place, value)), Number.POSITIVE_INFINITY);
    return relative <= most ? [{ relative: Math.max(relative, it.tolerance.equal / 10), mistake }] : [];
  });
  const nearest = Math.min(...tried.map(({ relative }) => relative));
  return tried.find(({ relative }) => relative <= 100 * nearest)?.mistake ?? null;
}

// The value at `place` when those at `places` are what the mistake gives.
function valuesMade(it: Case, places: readonly Place[], mistake: Mistake, place: Place): readonly Matrix[] {
  const given = new Map(withRoots(it.theirs, it.ours, it.places));
  const isRoot = !FORMULAS[places[0]!.kind];
  try {
    for (const at of isRoot ? places : []) {
      const wrong = mistake.gives(it.base, at.layer);
      if (!wrong) return [];
      given.set(nameOf(at), wrong);
    }
    const names = places.map(nameOf);
    const first = it.places.findIndex((one) => names.includes(nameOf(one)));
    const before = new Set(it.places.slice(0, first).map(nameOf));
    const known = new Map([...it.base.all].filter(([name]) => before.has(name)));
    const instead: Instead = { names, formula: mistake.gives };
    return iterate(it.about, it.m, given, isRoot ? null : instead, known).computed(place);
  } catch (error) {
    if (error instanceof NoValue) return [];
    throw error;
  }
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

// What of a program that departs is right: the backward pass of its activations, which is often suspected, and the rest.
function rightAsItStands(
  { about }: Case,
  checked: readonly ({ readonly place: Place } & Checked)[],
  findings: readonly TraceFinding[],
): string[] {
  if (findings.length === 0) return [];
  const hidden = checked.filter(({ place }) => place.kind === "dZ" && place.layer < about.activations.length);
  const names = hidden.map(({ place }) => nameOf(place)).join(", ");
  const remarks: string[] = [];
  if (hidden.length > 0 && hidden.every(({ departs }) => !departs)) {
    const isRelu = hidden.every(({ place }) => about.activations[place.layer - 1] === "relu");
    remarks.push(
      isRelu
        ? `Your ReLUBackward is right as it stands: ${names} follow from your own dA and Z (dZ = dA, then dZ[Z <= 0] = 0).`
        : `The backward pass of your activations is right as it stands: ${names} follow from your own dA and Z.`,
    );
  }
  const computed = checked.filter(({ place }) => FORMULAS[place.kind]);
  if (computed.length > 0 && computed.every(({ departs }) => !departs)) {
    remarks.push("Every value that is computed follows from your own values before it by the right formula.");
  }
  return remarks;
}

function messageOf(findings: readonly TraceFinding[], values: readonly ComparedValue[]): string {
  const [first, ...more] = findings;
  if (!first) {
    const most = Math.max(...values.map(({ difference }) => difference ?? 0));
    return `Nothing departs: ${values.length} ${values.length === 1 ? "value agrees" : "values agree"} with the trace, to a relative ${digits(most, 2)}.`;
  }
  return [
    `The first value that departs is ${sentenceOf(first)}`,
    ...more.map((finding) => `Then ${sentenceOf(finding)}`),
  ].join(" ");
}

function sentenceOf({ name, says, advice, also, difference }: TraceFinding): string {
  const what = `${name}: it is ${says}${advice ? `; ${advice}` : ""}.`;
  const where =
    difference &&
    ` The largest difference is ${digits(difference.largest)}, at [${difference.at.join(", ")}]: yours ${digits(difference.theirs, 6)}, right ${digits(difference.expected, 6)}.`;
  const same = also.length ? ` The same in ${also.join(", ")}.` : "";
  return `${what}${where ?? ""}${same}`;
}

// Holds a program's values of one iteration against a trace. Each value is checked from the program's own values before
// it, so that the first that departs is where its formula is wrong, whatever follows from that; then the known mistakes
// are tried for the one that gives exactly its number.

import { InputError } from "../errors.js";
import { digits } from "../text.js";
import { type Case, type Checked, caseOf, check, LATER, withoutMean } from "./case.js";
import { adviceAt, mistakesAt } from "./explain.js";
import { FORMULAS, type Kind, nameOf, type Place, placesOf, sidesOf } from "./formulas.js";
import { bring, layoutOf, WEIGHTS } from "./layout.js";
import type { Matrix } from "./matrix.js";
import { type GivenArray, named } from "./names.js";
import type { ComparedValue, Trace, TraceComparison, TraceFinding } from "./types.js";

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
    if (array) ours.set(nameOf(place), bring(array, place, sidesOf(place, about, m), false)!);
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
    const turned = WEIGHTS.includes(place.kind) ? layout.weights : layout.examples;
    const own = bring(array, place, sidesOf(place, about, m), turned);
    arrays.set(nameOf(place), array);
    if (own) theirs.set(nameOf(place), own);
  }
  const plain = caseOf({ about, m, places, ours, theirs, arrays });
  const mean = withoutMean(plain);
  const it = mean ?? plain;
  const checked = places.flatMap((place) => (arrays.has(nameOf(place)) ? [{ place, ...check(it, place) }] : []));
  const findings = findingsOf(it, checked, layout);
  const values: ComparedValue[] = checked.map(({ place, departs, toOurs }) => ({
    name: nameOf(place),
    called: found.arrays.get(nameOf(place))!.called,
    shape: arrays.get(nameOf(place))!.shape,
    difference: toOurs,
    state: departs ? "departs" : toOurs !== null && toOurs <= it.tolerance.equal * LATER ? "agrees" : "follows",
  }));
  const remarks = [
    ...(layout.examples ? ["Your arrays have examples as rows; they are compared transposed."] : []),
    ...(it.isSingle ? ["The values have the precision of float32, and are compared to that."] : []),
    ...(found.fromZero ? ["Your layers are counted from 0; here they are counted from 1."] : []),
    ...(found.oldGradients
      ? [
          "Your dA of a layer is the gradient of what it reads, as in the course's first version; here it is that of its outputs.",
        ]
      : []),
    ...(mean ? ["Your dA and dZ carry the 1/m that the trace has in dW and db; that is right as it stands."] : []),
    ...rightAsItStands(it, checked, findings),
    ...(it.budget.isSpent
      ? ["Not every known mistake was tried in what you did not save, as that takes long: save Z, A and dZ, too."]
      : []),
    ...(found.unknown.length ? [`Not compared, as their names say nothing: ${found.unknown.join(", ")}.`] : []),
  ];
  return { departs: findings.length > 0, message: messageOf(findings, values), findings, remarks, values };
}

// The departing values by what is wrong with them: the first, and those behind it that a known mistake explains.
function findingsOf(
  it: Case,
  checked: readonly ({ readonly place: Place } & Checked)[],
  { examples }: { readonly examples: boolean },
): TraceFinding[] {
  const findings: (TraceFinding & { readonly kind: Kind; readonly also: string[] })[] = [];
  const departing = checked
    .filter(({ departs }) => departs)
    .map((one) => ({ ...one, mistakes: mistakesAt(it, one.place, one.difference) }));
  // where several mistakes give the same number, that which is in most layers
  const layersWith = (kind: Kind, id: string) =>
    departing.filter(({ place, mistakes }) => place.kind === kind && mistakes.some((one) => one.id === id)).length;
  for (const { place, difference, mistakes } of departing) {
    const name = nameOf(place);
    const most = Math.max(...mistakes.map(({ id }) => layersWith(place.kind, id)));
    const known = mistakes.find(({ id }) => layersWith(place.kind, id) === most);
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

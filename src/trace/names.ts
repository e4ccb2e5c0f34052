// What a program's arrays are called: the course's names, in either case, behind the names of dictionaries, counted from
// 1 or from 0, or as somebody says.

import { InputError } from "../errors.js";
import type { Kind, Place } from "./formulas.js";

/** An array of a program, as its file has it. */
export interface GivenArray {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** Words in front of a name, or behind it, that are no part of it. */
const BESIDE = new Set(
  "parameters params param grads grad gradients cache caches values vals trace my his layer np dict".split(" "),
);
const AFTER = new Set("after new next updated update".split(" "));

const WHOLE: Readonly<Record<string, Kind>> = {
  ...{ x: "A0", y: "Y", labels: "Y", label: "Y", targets: "Y", target: "Y" },
  ...{ cost: "cost", loss: "cost", j: "cost" },
};
const KINDS: Readonly<Record<string, Kind>> = {
  ...{ w: "W", weight: "W", weights: "W", b: "b", bias: "b", biases: "b", z: "Z", a: "A" },
  ...{ dw: "dW", db: "db", dz: "dZ", da: "dA", delta: "dZ" },
};

/** The place of an array that is called so, layers as it counts them; null where no name is known in it. */
export function placeIn(name: string, layers: number): Place | null {
  const words = name.match(/[A-Za-z]+|\d+/g)?.map((word) => word.toLowerCase()) ?? [];
  const rest = words.filter((word) => !BESIDE.has(word) && !AFTER.has(word));
  const after = rest.length + words.filter((word) => BESIDE.has(word)).length < words.length;
  const [word = "", count, ...more] = rest;
  if (more.length > 0) return null;
  if (count === undefined) {
    const kind = WHOLE[word];
    if (kind) return after ? null : { kind, layer: 0 };
    const ofLast = /^(d?[az])l$/.exec(word);
    return ofLast ? { kind: KINDS[ofLast[1]!]!, layer: layers } : null;
  }
  const kind = KINDS[word];
  if (!kind || !/^\d+$/.test(count)) return null;
  if (after && kind !== "W" && kind !== "b") return null;
  return { kind: after ? (`${kind}_after` as Kind) : kind, layer: Number(count) };
}

/** What his values are, and what was not understood of their names. */
export interface Named {
  readonly arrays: ReadonlyMap<string, { readonly place: Place; readonly called: string; readonly array: GivenArray }>;
  readonly unknown: readonly string[];
  /** Whether his layers are counted from 0. */
  readonly fromZero: boolean;
  /** Whether his dA1 is the gradient of A0, as in the course's first version. */
  readonly oldGradients: boolean;
}

/**
 * Gives a program's arrays their places; `pairs` are "theirs=ours". Throws E_OPTION for a pair of names that are none.
 */
export function named(
  given: Readonly<Record<string, GivenArray>>,
  pairs: readonly string[],
  widths: readonly number[],
  nameOf: (place: Place) => string,
): Named {
  const L = widths.length - 1;
  const said = new Map(pairs.map((pair) => saidIn(pair, given, L)));
  const found = Object.entries(given).map(([called, array]) => ({
    ...{ called, array, said: said.has(called) },
    place: said.get(called) ?? placeIn(called, L),
  }));
  const unknown = found.filter(({ place }) => place === null).map(({ called }) => called);
  const placed = found.flatMap(({ place, ...one }) => (place ? [{ ...one, place }] : []));
  const has = (kinds: readonly Kind[], layer: number) =>
    placed.some((one) => !one.said && kinds.includes(one.place.kind) && one.place.layer === layer);
  const computed: readonly Kind[] = ["W", "b", "Z", "dZ", "dW", "db", "W_after", "b_after"];
  const fromZero = has(computed, 0) && !has(computed, L);
  const hasX = placed.some(({ called }) => /^x$/i.test(called));
  const firstA = placed.find(({ place }) => place.kind === "A" && place.layer === 0)?.array;
  const isInputs = firstA?.shape.includes(widths[0]!) === true && !hasX;
  const shiftsA = fromZero && !has(["A"], L) && !isInputs;
  const oldGradients = !fromZero && isOld(placed, widths);
  const arrays = new Map<string, { place: Place; called: string; array: GivenArray }>();
  for (const { place, called, array, said: asIs } of placed) {
    const { kind, layer } = place;
    const shift = fromZero && (computed.includes(kind) || (shiftsA && (kind === "A" || kind === "dA")));
    const old = oldGradients && kind === "dA" && !/l$/i.test(called);
    const moved = asIs ? layer : layer + (shift ? 1 : 0) - (old ? 1 : 0);
    const own: Place = kind === "A" && moved === 0 ? { kind: "A0", layer: 0 } : { kind, layer: moved };
    const isThere = own.kind === "A0" || own.kind === "Y" || own.kind === "cost" || (moved >= 1 && moved <= L);
    if (!isThere) {
      if (!(kind === "dA" && moved === 0)) unknown.push(called);
    } else if (!arrays.has(nameOf(own))) arrays.set(nameOf(own), { place: own, called, array });
  }
  return { arrays, unknown, fromZero, oldGradients };
}

// In the course's first version grads["dA2"] is what layer 2 hands down, the gradient of A1.
function isOld(placed: readonly { place: Place; array: GivenArray; called: string }[], widths: readonly number[]) {
  const own = placed.filter(({ place, called }) => place.kind === "dA" && place.layer > 0 && !/l$/i.test(called));
  const fits = (layer: number, { shape }: GivenArray) => widths[layer] !== undefined && shape.includes(widths[layer]!);
  const fitBefore = own.every(({ place, array }) => fits(place.layer - 1, array));
  return own.length > 0 && fitBefore && own.some(({ place, array }) => !fits(place.layer, array));
}

function saidIn(pair: string, given: object, layers: number): [called: string, place: Place] {
  const [theirs = "", ours = "", ...more] = pair.split("=");
  const place = placeIn(ours, layers);
  if (more.length || !place) {
    throw new InputError("E_OPTION", `compare: "${pair}" names no value; pass theirs=ours, such as weights_1=W1.`);
  }
  if (!Object.hasOwn(given, theirs)) {
    const has = Object.keys(given).slice(0, 8).join(", ");
    throw new InputError("E_OPTION", `compare: there is no array "${theirs}"; the file has ${has || "none"}.`);
  }
  return [theirs, place.kind === "A" && place.layer === 0 ? { kind: "A0", layer: 0 } : place];
}

// Data sets from a data set: some of its examples, a part to test on, folds of a cross-validation. All are copies, so
// that a set never has another count than its arrays.

import { InputError } from "../errors.js";
import { check, checkOptions, show } from "../options/check.js";
import { flag, number, whole } from "../options/type.js";
import { atOnce, inParts } from "../pace.js";
import { Random } from "../random.js";
import { asDataset } from "./check.js";
import type { Dataset, LabelledDataset } from "./types.js";

/** Two parts of a data set that share no example. */
export interface Split<D extends Dataset = Dataset> {
  readonly train: D;
  readonly test: D;
}

/** A part to validate on, and all others to train on. */
export interface Fold<D extends Dataset = Dataset> {
  readonly train: D;
  readonly validation: D;
}

export interface SplitOptions {
  /** Share of the examples in `test`, above 0 and below 1; rounded to whole examples, at least one. @default 0.25 */
  test?: number | undefined;
  /** Whether the examples are drawn; else the last ones are `test`. @default true */
  shuffle?: boolean | undefined;
  /** Seed of the order, which is numpy.random.permutation's. @default 1 */
  seed?: number | undefined;
  /** Whether each class has its share in both parts, at least one example in `train`. @default false */
  stratify?: boolean | undefined;
}

/**
 * The examples at these positions, in this order, as a data set of its own; a position may come twice. Classes stay,
 * also those without an example. Throws E_OPTION for a position that is none.
 *
 * @example subset(data, [0, 2, 4])
 */
export function subset<D extends Dataset>(set: D, positions: ArrayLike<number>): D {
  return atOnce(taking(set, positions));
}

/** The same in pieces: yields now and then. */
export function* taking<D extends Dataset>(set: D, positions: ArrayLike<number>): Generator<void, D> {
  const data = asDataset("subset", set);
  const { features, count: all } = data;
  const count = positions?.length;
  if (typeof count !== "number") {
    throw new InputError("E_OPTION", `subset: positions is ${show(positions)}; pass a list of positions.`);
  }
  for (let i = 0; i < count; i++) {
    const at = positions[i]!;
    if (Number.isInteger(at) && at >= 0 && at < all) continue;
    throw new InputError("E_OPTION", `subset: position ${i} is ${show(at)}; pass whole numbers from 0 to ${all - 1}.`);
  }
  const rows = function* <A extends Dataset["x"] | Dataset["y"]>(values: A, width: number): Generator<void, A> {
    const copy = new (values.constructor as new (length: number) => A)(count * width);
    yield* inParts(count, width, (from, to) => {
      for (let i = from; i < to; i++) {
        copy.set(values.subarray(positions[i]! * width, (positions[i]! + 1) * width) as never, i * width);
      }
    });
    return copy;
  };
  const y = yield* rows(data.y, data.classes === null ? data.outputs : 1);
  return { ...data, x: yield* rows(data.x, features), y, count };
}

/**
 * Two parts: `test` has round(test·count) of the examples, `train` the others. Throws E_OPTION, also where one of the
 * two would be empty.
 *
 * @example const { train, test } = split(data, { test: 0.2 });
 */
export function split<D extends Dataset>(set: D, options: SplitOptions = {}): Split<D> {
  return atOnce(splitting(set, options));
}

/** The same in pieces: yields now and then. */
export function* splitting<D extends Dataset>(set: D, options: SplitOptions): Generator<void, Split<D>> {
  const data = asDataset("split", set);
  checkOptions("split", SPLIT, options);
  const { stratify = false } = options;
  if (stratify) checkLabelled("split", data);
  const { train, test } = splitPositions("split", data.count, stratify ? (data.y as Int32Array) : null, options);
  return { train: yield* taking(data, train), test: yield* taking(data, test) };
}

/** Positions of the rows in the two parts of a split; with `labels` each label has its share in both. */
export function splitPositions(
  who: string,
  count: number,
  labels: Int32Array | null,
  { test = 0.25, shuffle = true, seed = 1 }: Omit<SplitOptions, "stratify">,
): { train: Int32Array; test: Int32Array } {
  const drawn = orderOf(count, shuffle, seed);
  const order = labels ? spreadOverLabels(labels, drawn) : drawn;
  const size = Math.max(1, Math.round(test * count));
  if (size >= count) {
    throw new InputError("E_OPTION", `${who}: ${count} examples leave none to train on; pass more, or a smaller test.`);
  }
  const cut = count - size;
  return { train: order.slice(0, cut), test: order.slice(cut) };
}

/**
 * `folds` pairs: each example is in `validation` once, in parts whose sizes differ by one at most. Throws E_OPTION.
 *
 * @example for (const { train, validation } of kFold(data, 5)) …
 */
export function kFold<D extends Dataset>(set: D, folds = 5, options: Omit<SplitOptions, "test"> = {}): Fold<D>[] {
  const data = asDataset("kFold", set);
  checkOptions("kFold", ORDER, options);
  const { shuffle = true, seed = 1, stratify = false } = options;
  check("kFold", "folds", number(whole(2, data.count)), folds);
  const drawn = orderOf(data.count, shuffle, seed);
  if (stratify) return stratifiedFolds(data, folds, drawn);
  const order = drawn;
  return Array.from({ length: folds }, (_, fold) => {
    const [from, to] = [fold, fold + 1].map((f) => Math.floor((f * data.count) / folds)) as [number, number];
    const train = [...order.subarray(0, from), ...order.subarray(to)];
    return { train: subset(data, train), validation: subset(data, order.subarray(from, to)) };
  });
}

const ORDER = { shuffle: flag, seed: number(whole(0, 2 ** 32 - 1)), stratify: flag };
/** Types of a split's options. */
export const SPLIT = { ...ORDER, test: number({ above: 0, below: 1 }) };

/**
 * The order with the examples of each label spread evenly over it: number j of the n of a class comes at (j + ½)/n of
 * the way. So every run of it has of each class its share, to within one.
 */
function spreadOverLabels(labels: Int32Array, order: Int32Array): Int32Array {
  const counts: number[] = [];
  for (let i = 0; i < labels.length; i++) counts[labels[i]!] = (counts[labels[i]!] ?? 0) + 1;
  const seen = counts.map(() => 0);
  const at = new Float64Array(order.length);
  for (let i = 0; i < order.length; i++) {
    const label = labels[order[i]!]!;
    at[i] = (seen[label]!++ + 0.5) / counts[label]!;
  }
  return ascending(at).map((i) => order[i]!);
}

// Places of n numbers between 0 and 1 from the least to the greatest, equal ones as they come: counted into n parts of the
// way, of which each has a few, and these compared. To compare all of a million would keep the event loop for long.
function ascending(values: Float64Array): Int32Array {
  const n = values.length;
  const next = new Int32Array(n + 1); // of each part the place of its next number
  const partOf = (i: number) => Math.floor(values[i]! * n);
  for (let i = 0; i < n; i++) next[partOf(i) + 1]!++;
  for (let part = 1; part < n; part++) next[part]! += next[part - 1]!;
  const places = new Int32Array(n);
  for (let i = 0; i < n; i++) places[next[partOf(i)]!++] = i;
  for (let end = 1; end < n; end++) {
    const place = places[end]!;
    let at = end;
    for (; at > 0 && values[places[at - 1]!]! > values[place]!; at--) places[at] = places[at - 1]!;
    places[at] = place;
  }
  return places;
}

// Fold f validates on every `folds`-th example of the spread order, from the f-th on.
function stratifiedFolds<D extends Dataset>(data: D, folds: number, drawn: Int32Array): Fold<D>[] {
  const order = byClass("kFold", data, drawn);
  return Array.from({ length: folds }, (_, fold) => ({
    train: subset(
      data,
      order.filter((_, i) => i % folds !== fold),
    ),
    validation: subset(
      data,
      order.filter((_, i) => i % folds === fold),
    ),
  }));
}

function checkLabelled(who: string, data: Dataset): asserts data is LabelledDataset {
  if (data.classes !== null) return;
  throw new InputError("E_OPTION", `${who}: stratify is true, and the data set has numbers to predict; leave it out.`);
}

// The order class by class.
function byClass(who: string, data: Dataset, order: Int32Array): Int32Array {
  checkLabelled(who, data);
  const { y } = data;
  return order.slice().sort((a, b) => y[a]! - y[b]!); // a stable sort: within a class the order stays
}

function orderOf(count: number, shuffle: boolean, seed: number): Int32Array {
  return shuffle ? new Random(seed).permutation(count) : Int32Array.from({ length: count }, (_, i) => i);
}

// What the nearest neighbours know: how well the examples around one tell its label, among those that are trained on,
// among those that are held out, and from the ones for the others. A network that does worse has a fault; labels that
// neighbours do not share have one.

import type { Dataset } from "../dataset.js";
import { type Columns, spread } from "./sample.js";

/** Shares of what there is to know, 1 for all and 0 for no more than the most frequent class or the mean. */
export interface Neighbours {
  /** Of each training example, by the others. */
  readonly own: number;
  /** Of each held-out example, by the training examples; NaN where none are held out. */
  readonly across: number;
  /** Of each held-out example, by the others that are held out. */
  readonly others: number;
  /** How far a held-out example is from the nearest training example, over how far these are from each other; medians. */
  readonly apart: number;
  /** Training examples that were asked. */
  readonly count: number;
}

const MOST_EXAMPLES = 256;
const MOST_PRODUCTS = 3e6; // of all distances: a few milliseconds
const SEVERAL = 5; // neighbours that vote; one alone is asked, too

/** Asks neighbours, by distances over standardised columns. */
export function askNeighbours(data: Dataset, others: Dataset | null, columns: Columns): Neighbours {
  const { features } = data;
  let most = MOST_EXAMPLES;
  const width = () => {
    const n = Math.min(most, data.count);
    const m = Math.min(most, others?.count ?? 0);
    return Math.floor(MOST_PRODUCTS / (n * n + n * m + m * m));
  };
  while (most > 64 && width() < Math.min(features, 128)) most /= 2;
  const step = Math.max(1, Math.ceil(features / Math.max(8, width())));
  const here = rowsOf(data, spread(data, most), step, columns);
  const there = others && rowsOf(others, spread(others, most), step, columns);
  const own = knowledge(here, here, true);
  const across = there ? knowledge(there, here, false) : UNKNOWN;
  return {
    own: own.skill,
    across: across.skill,
    others: there ? knowledge(there, there, true).skill : Number.NaN,
    apart: own.distance > 0 ? across.distance / own.distance : Number.NaN,
    count: here.count,
  };
}

interface Rows {
  readonly count: number;
  readonly width: number;
  readonly x: Float64Array;
  readonly y: ArrayLike<number>;
  /** Numbers to predict of each example; 0 for classes. */
  readonly outputs: number;
}

// Every step-th column of the examples, of mean 0 and deviation 1 in the training data; columns that stay the same are 0.
function rowsOf(data: Dataset, places: readonly number[], step: number, { mean, deviation }: Columns): Rows {
  const { x, y, scale, features, classes } = data;
  const width = Math.ceil(features / step);
  const rows = new Float64Array(places.length * width);
  for (const [i, place] of places.entries()) {
    for (let j = 0; j < width; j++) {
      const column = j * step;
      const wide = deviation[column]!;
      if (wide > 0) rows[i * width + j] = (scale * x[place * features + column]! - mean[column]!) / wide;
    }
  }
  const outputs = classes === null ? data.outputs : 0;
  const labels = new Float64Array(places.length * Math.max(1, outputs));
  for (const [i, place] of places.entries()) {
    if (outputs === 0) labels[i] = y[place]!;
    else for (let u = 0; u < outputs; u++) labels[i * outputs + u] = y[place * outputs + u]!;
  }
  return { count: places.length, width, x: rows, y: labels, outputs };
}

interface Knowledge {
  readonly skill: number;
  /** Median distance of the nearest. */
  readonly distance: number;
}

const UNKNOWN: Knowledge = { skill: Number.NaN, distance: Number.NaN };

// How well the nearest among `known` tell what is asked, by one or by several, whichever is better; and how near they are.
function knowledge(asked: Rows, known: Rows, same: boolean): Knowledge {
  if (asked.count < 2 || known.count < 2) return UNKNOWN;
  const { near, squares } = nearest(asked, known, same);
  return {
    skill: Math.max(skill(asked, known, near, 1), skill(asked, known, near, SEVERAL)),
    distance: Math.sqrt(squares.sort()[asked.count >> 1]!),
  };
}

/** For each example the places of its nearest ones, nearest first, and the square of the least distance. */
function nearest(asked: Rows, known: Rows, same: boolean): { near: Int32Array; squares: Float64Array } {
  const squares = new Float64Array(asked.count);
  const near = new Int32Array(asked.count * SEVERAL).fill(-1);
  const { width } = asked;
  const distances = new Float64Array(SEVERAL);
  for (let i = 0; i < asked.count; i++) {
    distances.fill(Number.POSITIVE_INFINITY);
    for (let k = 0; k < known.count; k++) {
      if (same && k === i) continue;
      let distance = 0;
      for (let j = 0, a = i * width, b = k * width; j < width; j++, a++, b++) {
        const difference = asked.x[a]! - known.x[b]!;
        distance += difference * difference;
      }
      if (!(distance < distances[SEVERAL - 1]!)) continue;
      let place = SEVERAL - 1;
      for (; place > 0 && distance < distances[place - 1]!; place--) {
        distances[place] = distances[place - 1]!;
        near[i * SEVERAL + place] = near[i * SEVERAL + place - 1]!;
      }
      distances[place] = distance;
      near[i * SEVERAL + place] = k;
    }
    squares[i] = distances[0]!;
  }
  return { near, squares };
}

function skill(asked: Rows, known: Rows, near: Int32Array, votes: number): number {
  return asked.outputs === 0 ? shareRight(asked, known, near, votes) : shareExplained(asked, known, near, votes);
}

function shareRight(asked: Rows, known: Rows, near: Int32Array, votes: number): number {
  const classes = 1 + Math.max(maximum(asked.y), maximum(known.y));
  const counts = new Int32Array(classes);
  const frequent = new Int32Array(classes);
  let right = 0;
  for (let i = 0; i < asked.count; i++) {
    frequent[asked.y[i]!]!++;
    counts.fill(0);
    let best = -1;
    for (let v = 0; v < votes; v++) {
      const neighbour = near[i * SEVERAL + v]!;
      if (neighbour < 0) break;
      const label = known.y[neighbour]!;
      counts[label]!++;
      if (best < 0 || counts[label]! > counts[best]!) best = label;
    }
    if (best === asked.y[i]) right++;
  }
  return skillOf(right / asked.count, maximum(frequent) / asked.count);
}

// R² of the neighbours' mean, over all outputs.
function shareExplained(asked: Rows, known: Rows, near: Int32Array, votes: number): number {
  const { outputs } = asked;
  const shares = explanation(outputs);
  for (let u = 0; u < outputs; u++) {
    let mean = 0;
    for (let i = 0; i < asked.count; i++) mean += asked.y[i * outputs + u]! / asked.count;
    let [left, all] = [0, 0];
    for (let i = 0; i < asked.count; i++) {
      let [sum, found] = [0, 0];
      for (let v = 0; v < votes; v++) {
        const neighbour = near[i * SEVERAL + v]!;
        if (neighbour < 0) break;
        sum += known.y[neighbour * outputs + u]!;
        found++;
      }
      left += (asked.y[i * outputs + u]! - sum / found) ** 2;
      all += (asked.y[i * outputs + u]! - mean) ** 2;
    }
    shares.add(left, all);
  }
  return shares.explained();
}

const APART = 5; // outputs up to which each counts alike; of more some may hardly vary, as the pixels of a border

/** R² of several outputs: the mean of theirs, of many that of all together. */
export function explanation(outputs: number) {
  let [mean, left, all] = [0, 0, 0];
  return {
    add(leftOfOne: number, allOfOne: number) {
      mean += (allOfOne > 0 ? 1 - leftOfOne / allOfOne : 0) / outputs;
      left += leftOfOne;
      all += allOfOne;
    },
    explained: () => (outputs <= APART ? mean : 1 - left / all),
  };
}

const maximum = (values: ArrayLike<number>): number => {
  let most = values[0]!;
  for (let i = 1; i < values.length; i++) most = Math.max(most, values[i]!);
  return most;
};

/** Share of what there is to know beyond always naming the most frequent class. */
export const skillOf = (accuracy: number, base: number): number =>
  base < 1 ? (accuracy - base) / (1 - base) : Number.NaN;

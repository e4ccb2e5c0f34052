// What of a data set is looked at: some examples, spread evenly over it and over its classes, and what a network sees of
// their columns. Rules and neighbours judge by this; nothing here depends on a training.

import type { Dataset } from "../dataset.js";

const MOST_NUMBERS = 250_000; // of a data set that are looked at: a millisecond
const MOST_BYTES = 100_000; // the same of bytes, whose columns are alike
const MOST_COLUMNS = 2000; // beyond, columns are pixels or words, which may be constant or alike

export const areBytes = ({ x }: Dataset): boolean => x instanceof Uint8Array;
/** Whether columns mean something each, as those of a table do. */
export const isTable = (data: Dataset): boolean => !areBytes(data) && data.features <= MOST_COLUMNS;

/** Whether the numbers to predict are as many as the inputs: these themselves, as a rule. */
export const isAutoencoder = (data: Dataset): boolean => data.classes === null && data.outputs === data.features;

/** At most `most` places in a data set, in order: spread evenly over it, and over the classes by their shares. */
export function spread(data: Pick<Dataset, "count" | "classes" | "y">, most: number): number[] {
  const { count } = data;
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  const at = Array.from({ length: most }, (_, i) => Math.floor(((i + 0.5) * count) / most));
  if (data.classes === null) return at;
  const sorted = byClass(data.y, data.classes.length);
  return at.map((place) => sorted[place]!).sort((a, b) => a - b);
}

// Places of all examples, class by class, in order within each.
function byClass(y: ArrayLike<number>, classes: number): Int32Array {
  const next = new Int32Array(classes + 1);
  for (let i = 0; i < y.length; i++) next[y[i]! + 1]!++;
  for (let c = 1; c <= classes; c++) next[c]! += next[c - 1]!;
  const places = new Int32Array(y.length);
  for (let i = 0; i < y.length; i++) places[next[y[i]!]!++] = i;
  return places;
}

/** Columns of the inputs as the network sees them, over some rows. */
export interface Columns {
  /** Rows that were looked at. */
  readonly rows: number;
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
  /** Over all columns. */
  readonly whole: { readonly rms: number; readonly least: number; readonly most: number };
}

/** Measures the columns over the rows at `places`, or as many as take few milliseconds. */
export function measureColumns({ x, scale, features }: Dataset, places: readonly number[]): Columns {
  const numbers = x instanceof Uint8Array ? MOST_BYTES : MOST_NUMBERS;
  const step = Math.max(1, Math.ceil((places.length * features) / numbers));
  const rows = places.filter((_, i) => i % step === 0);
  const sum = new Float64Array(features);
  const square = new Float64Array(features);
  const least = new Float64Array(features).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(features).fill(Number.NEGATIVE_INFINITY);
  const first = rows[0]! * features; // deviations about the first row lose no digits
  for (const row of rows) {
    for (let j = 0, at = row * features; j < features; j++, at++) {
      const value = x[at]!;
      const beyond = value - x[first + j]!;
      sum[j]! += beyond;
      square[j]! += beyond * beyond;
      if (value < least[j]!) least[j] = value;
      if (value > most[j]!) most[j] = value;
    }
  }
  const mean = new Float64Array(features);
  const deviation = new Float64Array(features);
  const whole = { rms: 0, least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY };
  for (let j = 0; j < features; j++) {
    const beyond = sum[j]! / rows.length;
    const variance = Math.max(0, square[j]! / rows.length - beyond * beyond);
    mean[j] = scale * (x[first + j]! + beyond);
    deviation[j] = Math.abs(scale) * Math.sqrt(variance);
    const [low, high] = scale > 0 ? [scale * least[j]!, scale * most[j]!] : [scale * most[j]!, scale * least[j]!];
    least[j] = low;
    most[j] = high;
    whole.rms += (mean[j]! ** 2 + deviation[j]! ** 2) / features;
    whole.least = Math.min(whole.least, low);
    whole.most = Math.max(whole.most, high);
  }
  whole.rms = Math.sqrt(whole.rms);
  return { rows: rows.length, mean, deviation, least, most, whole };
}

/** Mean and deviation of some numbers, and the largest size among them. */
export function momentsOf(values: ArrayLike<number>): { mean: number; deviation: number; largest: number } {
  let [mean, square, largest] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) mean += values[i]! / values.length;
  for (let i = 0; i < values.length; i++) {
    square += (values[i]! - mean) ** 2 / values.length;
    largest = Math.max(largest, Math.abs(values[i]!));
  }
  return { mean, deviation: Math.sqrt(square), largest };
}

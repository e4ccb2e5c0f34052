// Labels as files and callers have them (numbers, booleans, digits, names) to classes: an index for each example, a
// name for each index. One-hot rows are numbers here already.

import { InputError } from "../errors.js";
import type { Label, LabelledDataset } from "./types.js";

/** Most classes. A judgement: more different labels are numbers rather than classes. */
export const MOST_CLASSES = 65_536;

type Classified = Pick<LabelledDataset, "y" | "classes">;

/**
 * Class indices and names from labels, one for each example: whole numbers from 0, booleans or text of digits are
 * indices, other text is names, in sorted order. With `names`, text must be one of them and numbers below their count;
 * without, the classes are 0 to the highest index; 1 to the highest where those are all there and 0 is not; −1 and 1
 * where those are all. `who` begins the message.
 *
 * Throws E_LABELS, naming the first bad row, and E_SINGLE_CLASS.
 */
export function toLabels(who: string, labels: ArrayLike<Label>, names: readonly string[] | null): Classified {
  if (names) checkNames(who, names);
  const text = every(labels, (label) => typeof label === "string");
  const digits = text && every(labels, (label) => /^\d+$/.test(label as string));
  // names may be digits themselves: "3" and "7"
  const known = new Set<Label>(names);
  const named = text && (!digits || every(labels, (label) => known.has(label)));
  const found = named
    ? byName(who, Array.from(labels as ArrayLike<string>), names)
    : byIndex(who, labels, digits, names);
  if (found.y.every((label) => label === found.y[0])) {
    throw new InputError(
      "E_SINGLE_CLASS",
      `${who}: all ${labels.length} labels are ${quote(labels[0])}; there is nothing to tell apart, pass examples of at least two classes.`,
    );
  }
  return found;
}

function every(labels: ArrayLike<Label>, holds: (label: Label) => boolean): boolean {
  for (let i = 0; i < labels.length; i++) if (!holds(labels[i]!)) return false;
  return true;
}

/** Where a one-hot row has its 1; −1 for a row that has not a single 1 and else 0. */
export function hotIndex(row: readonly unknown[]): number {
  const hot = row.findIndex((value) => Number(value) === 1);
  return row.every((value, c) => Number(value) === (c === hot ? 1 : 0)) ? hot : -1;
}

function checkNames(who: string, names: readonly string[]): void {
  const different = new Set(names).size;
  if (different === names.length && different >= 2 && different <= MOST_CLASSES) return;
  throw new InputError(
    "E_LABELS",
    `${who}: there are ${names.length} class names, ${different} of them different; pass 2 to ${MOST_CLASSES} different ones.`,
  );
}

function byName(who: string, labels: readonly string[], names: readonly string[] | null): Classified {
  const classes = names ?? [...new Set(labels)].filter((name) => name !== "").sort();
  const indices = new Map(classes.map((name, c) => [name, c]));
  const y = Int32Array.from(labels, (label) => indices.get(label) ?? -1);
  const bad = y.indexOf(-1);
  if (bad >= 0) {
    const some = classes.slice(0, 10).map(quote).join(", ");
    throw new InputError(
      "E_LABELS",
      `${who}: the label in row ${bad} is ${quote(labels[bad])}; it must be one of ${some}.`,
    );
  }
  if (classes.length > MOST_CLASSES) {
    throw new InputError(
      "E_LABELS",
      `${who}: there are ${classes.length} different labels; pass at most ${MOST_CLASSES}.`,
    );
  }
  return { y, classes };
}

function byIndex(who: string, labels: ArrayLike<Label>, digits: boolean, names: readonly string[] | null): Classified {
  // Number() makes 0 of null, "" and []
  const isNumber = (label: Label) => digits || ["number", "bigint", "boolean"].includes(typeof label);
  const numberAt = (i: number) => (isNumber(labels[i]!) ? Number(labels[i]) : Number.NaN);
  const least = names ? 0 : firstIndex(labels.length, numberAt);
  const signs = least === -1;
  const most = names?.length ?? MOST_CLASSES;
  const y = new Int32Array(labels.length);
  let highest = 1;
  for (let i = 0; i < labels.length; i++) {
    const label = numberAt(i);
    if (signs) {
      y[i] = label < 0 ? 0 : 1;
      continue;
    }
    if (!(Number.isInteger(label) && label >= 0 && label < most)) {
      const why = names ? `, as there are ${most} class names` : "";
      const instead = Number.isFinite(label) && !Number.isInteger(label) ? REGRESSION : "";
      throw new InputError(
        "E_LABELS",
        `${who}: the label in row ${i} is ${quote(labels[i])}; it must be a whole number from 0 to ${most - 1}${why}${instead}.`,
      );
    }
    y[i] = label - least;
    highest = Math.max(highest, label);
  }
  if (signs) return { y, classes: ["-1", "1"] };
  return { y, classes: names ?? Array.from({ length: highest + 1 - least }, (_, c) => String(c + least)) };
}

const REGRESSION = "; for numbers to predict use createDataset with regression: true";

/** 0, or 1 where labels are 1 to the highest with none left out, or −1 where they are −1 and 1. */
function firstIndex(count: number, numberAt: (i: number) => number): -1 | 0 | 1 {
  const seen = new Set<number>();
  for (let i = 0; i < count && seen.size <= MOST_CLASSES; i++) seen.add(numberAt(i));
  if (seen.size === 2 && seen.has(-1) && seen.has(1)) return -1;
  const whole = seen.size >= 2 && Array.from({ length: seen.size }, (_, c) => c + 1).every((label) => seen.has(label));
  return whole ? 1 : 0;
}

/** A label as it stands in a message: text in quotes, and not too long. */
function quote(label: unknown): string {
  return (typeof label === "string" ? JSON.stringify(label) : String(label)).slice(0, 60);
}

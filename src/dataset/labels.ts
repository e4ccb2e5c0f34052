// Labels as files and callers have them (numbers, booleans, digits, names) to classes: an index for each example, a
// name for each index. One-hot rows are numbers here already.

import { InputError } from "../errors.js";
import type { Dataset, Label, LabelledDataset, Task } from "./types.js";

/** Most classes. A judgement: more different labels are numbers rather than classes. */
export const MOST_CLASSES = 65_536;

export const TASKS: readonly Task[] = ["classification", "regression", "auto"];

/** What a data set was read as; another part of it must be read as the same. */
export const taskOfSet = ({ classes }: Dataset) => (classes === null ? "regression" : "classification");

/** Most different whole numbers that are read as classes where nobody says what they are. A judgement. */
const MANY = 20;

/**
 * Whether values in `width` columns look like numbers to predict rather than like labels: some fraction, some whole
 * number that labels cannot be, or more than 20 different ones; in several columns, rows that are not one-hot.
 */
export function looksLikeNumbers(values: ArrayLike<Label>, width = 1): boolean {
  const numbers = Array.from(values, (value) => (typeof value === "string" ? Number.NaN : Number(value)));
  if (every(values, (value) => typeof value === "string" || typeof value === "boolean")) return false;
  if (width > 1) return numbers.some((_, i) => i % width === 0 && hotIndex(numbers.slice(i, i + width)) < 0);
  const different = new Set(numbers);
  if (different.size === 2 && different.has(-1) && different.has(1)) return false;
  return (
    different.size > MANY || numbers.some((value) => !(Number.isInteger(value) && value >= 0 && value < MOST_CLASSES))
  );
}

type Classified = Pick<LabelledDataset, "y" | "classes">;

/**
 * Class indices and names from labels, one for each example. Without `names` the classes are the different labels there
 * are: whole numbers from 0 (or −1 and 1), booleans and text of digits by value, other text in sorted order. With
 * `names`, text must be one of them, and numbers are indices below their count. `who` begins the message.
 *
 * Throws E_LABELS, naming the first bad row, and E_SINGLE_CLASS: examples of one class are of use, to a network that
 * knows more, only where the others have names.
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
  if (!names && found.y.every((label) => label === found.y[0])) {
    throw new InputError(
      "E_SINGLE_CLASS",
      `${who}: all ${labels.length} labels are ${quote(labels[0])}; there is nothing to tell apart, pass examples of at least two classes, or their names.`,
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

/** Names for the columns of one-hot rows, also of those that no example has; null for none. */
export function columnNames(width: number): string[] | null {
  return width === 0 ? null : Array.from({ length: width }, (_, c) => String(c));
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
  const numbers = Float64Array.from(labels, (label) => (isNumber(label) ? Number(label) : Number.NaN));
  const values = new Set(numbers);
  const signs = values.size === 2 && values.has(-1) && values.has(1);
  const most = names?.length ?? MOST_CLASSES;
  const bad = signs ? -1 : numbers.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < most));
  if (bad >= 0) {
    const why = names ? `, as there are ${most} class names` : "";
    const instead = Number.isFinite(numbers[bad]) && !Number.isInteger(numbers[bad]) ? REGRESSION : "";
    throw new InputError(
      "E_LABELS",
      `${who}: the label in row ${bad} is ${quote(labels[bad])}; it must be a whole number from 0 to ${most - 1}${why}${instead}.`,
    );
  }
  if (names) return { y: Int32Array.from(numbers), classes: names };
  const sorted = [...values].sort((a, b) => a - b);
  const indices = new Map(sorted.map((value, c) => [value, c]));
  return { y: Int32Array.from(numbers, (label) => indices.get(label)!), classes: sorted.map(String) };
}

const REGRESSION = "; for numbers to predict use createDataset with regression: true";

/** A label as it stands in a message: text in quotes, and not too long. */
function quote(label: unknown): string {
  return (typeof label === "string" ? JSON.stringify(label) : String(label)).slice(0, 60);
}

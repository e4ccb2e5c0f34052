// wasmlp inspect of a NumPy array on its own: numbers, but no data set for want of labels.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseNpy } from "../dataset/npy.js";
import type { StoredArray } from "../dataset/store.js";
import type { Names, OpenFile } from "../node/formats.js";
import { digits, shellWord, table } from "../text.js";
import type { Io } from "./io.js";
import { wrap } from "./text.js";

const FIRST = 6; // values that are shown

type Value = number | bigint | string;

/** Whether an array's labels are neither named nor in the file beside it that has their usual name. */
export function isWithoutLabels({ path, name, format }: OpenFile, { y }: Names): boolean {
  if (y !== undefined) return false;
  const labels = format.companion?.nameOf(name) ?? null;
  return labels === null || !existsSync(join(dirname(path), labels));
}

/** Says what is in the array. Throws E_NPY. */
export function inspectArray({ bytes, name, format }: OpenFile, { json }: { json?: boolean }, io: Io): void {
  const array = parseNpy(name, name, bytes);
  const { shape, type } = array;
  const { range, unfinite, first } = factsOf(array);
  if (json) {
    const plain = (value: Value) => (typeof value === "bigint" ? Number(value) : value);
    const facts = { range: range?.map(plain) ?? null, notFinite: unfinite, first: first.map(plain) };
    io.out(JSON.stringify({ kind: "array", shape, type, ...facts }));
    return;
  }
  const say = (text: string) => {
    for (const line of wrap(text, io.columns)) io.out(line);
  };
  io.out(`${name}: a NumPy array of ${shape.join("x") || "one"} ${type}`);
  io.out("");
  const rows = [
    ...(range ? [["range", range.map(shown).join(" to ")]] : []),
    ...(unfinite > 0 ? [["not finite", String(unfinite)]] : []),
    ...(first.length > 0 ? [["first values", first.map(shown).join(", ")]] : []),
  ];
  for (const line of table(rows)) io.out(line);
  if (rows.length > 0) io.out("");
  if (array.typeClass === "other") say(`Values of type ${type} cannot be read; save numbers.`);
  const usual = format.companion?.nameOf(name);
  const beside = usual ? `in ${usual} beside it` : "in y_train.npy beside an x_train.npy";
  say(
    `It has no labels. To train on it, have them ${beside}, or name their file: wasmlp train ${shellWord(name)} --y FILE.`,
  );
}

const shown = (value: Value) => (typeof value === "number" ? digits(value, 6) : String(value));

/** Least and most of the finite numbers, null where there are none; how many are not finite; the first values. */
function factsOf(array: StoredArray): { range: readonly [Value, Value] | null; unfinite: number; first: Value[] } {
  if (array.typeClass === "other") return { range: null, unfinite: 0, first: [] };
  const values = array.read();
  const first = Array.from({ length: Math.min(FIRST, values.length) }, (_, i) => values[i]!);
  let [least, most]: (Value | null)[] = [null, null];
  let unfinite = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (typeof value === "string") break;
    if (typeof value === "number" && !Number.isFinite(value)) unfinite++;
    else {
      least = least === null || value < least ? value : least;
      most = most === null || value > most ? value : most;
    }
  }
  return { range: least === null ? null : [least, most!], unfinite, first };
}

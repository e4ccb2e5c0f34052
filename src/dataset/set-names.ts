// Which arrays of a file are its examples and labels, by the names that people give them.

import type { StoredEntry } from "./store.js";

type Entry = Pick<StoredEntry, "path" | "shape">;

const EXAMPLES = ["x", "data", "images", "image", "imgs", "features", "inputs", "input", "samples"];
const LABELS = ["y", "t", "label", "labels", "target", "targets", "output", "outputs"];
const PARTS: Readonly<Record<string, string>> = {
  ...{ train: "train", training: "train", test: "test", testing: "test" },
  ...{ val: "validation", valid: "validation", validation: "validation", dev: "validation" },
};

/** Examples, and labels where some stand beside them. */
export interface Pair {
  /** "train", "test" or "validation" where the names say so, else "". */
  readonly part: string;
  readonly x: string;
  readonly y: string | null;
}

/** The examples of a file with their labels: in each folder and part those of which there is one only. */
export function findPairs(entries: readonly Entry[]): Pair[] {
  const groups = new Map<string, { part: string; xs: string[]; ys: string[] }>();
  for (const { path } of entries) {
    const folders = path.split("/");
    const own = wordsOf(folders.pop()!);
    const part = [...own.parts, ...folders.flatMap((folder) => wordsOf(folder).parts)][0] ?? "";
    const key = `${part}\n${folders.join("/")}`;
    const group = groups.get(key) ?? { part, xs: [], ys: [] };
    if (EXAMPLES.includes(own.rest)) group.xs.push(path);
    else if (LABELS.includes(own.rest)) group.ys.push(path);
    groups.set(key, group);
  }
  return [...groups.values()]
    .filter(({ xs }) => xs.length === 1)
    .map(({ part, xs, ys }) => ({ part, x: xs[0]!, y: ys.length === 1 ? ys[0]! : null }));
}

// "X_train" is "x" of the part "train".
function wordsOf(name: string): { parts: string[]; rest: string } {
  const words = name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "" && word !== "set");
  const parts = words.flatMap((word) => PARTS[word] ?? []);
  return { parts, rest: words.filter((word) => !(word in PARTS)).join(" ") };
}

/**
 * A guess for a message: the dataset of most numbers with several columns, and one with a value for each of its rows;
 * null where there are none.
 */
export function guessPair(entries: readonly Entry[]): { x: string; y: string } | null {
  const size = ({ shape }: Entry) => shape.reduce((product, side) => product * side, 1);
  const [x] = entries.filter(({ shape }) => shape.length >= 2).sort((a, b) => size(b) - size(a));
  const y = x && entries.find((entry) => entry !== x && size(entry) === x.shape[0]);
  return x && y ? { x: x.path, y: y.path } : null;
}

/** Whether an HDF5 file's datasets are tables, those under `x` where that is said, and no examples by their usual names. */
export function areOfTable(entries: readonly (Entry & { readonly type: string })[], x?: string): boolean {
  const tables = entries.filter(({ path, type }) => type === "compound" || /(^|\/)block0_items$/.test(path));
  if (x !== undefined) return tables.some(({ path }) => path === x || path.startsWith(`${x}/`));
  const examples = entries.some(({ path }) => path.endsWith("_set_x")) || findPairs(entries).length > 0;
  return !examples && tables.length > 0;
}

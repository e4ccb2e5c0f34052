// Files on disk that are read part by part: CSV, and NumPy's arrays with their labels beside them.

import { basename } from "node:path";
import type { FileSlices } from "../dataset/file-slices.js";
import { recognise } from "../dataset/formats.js";
import { type DataSource, MEMORY, splitSource } from "../dataset/source.js";
import { openNpy } from "../npz.js";
import { openTable } from "../table/open.js";
import { openSlices } from "./files.js";
import { labelsOf, type Names, separatorOf, tableOptions } from "./formats.js";

/** What is said of files that may be read part by part. */
export interface SourceNames extends Names {
  /** MiB of examples that are held at a time. @default 64, for files beyond 256 MiB; others are read whole */
  readonly memory?: number | undefined;
  /** Share of the examples to hold out. */
  readonly test?: number | undefined;
  readonly seed?: number | undefined;
}

const WHOLE = 2 ** 28; // bytes of a file that is read whole, where nobody says; a judgement
const HEAD = 2 ** 16;

/**
 * The examples of a file that is to be read part by part, and those that are held out of them: of a CSV file, or of a
 * NumPy array with its labels. Null for any other file, and for one that is to be read whole. `onRead` is told the share
 * of a table that has been looked through, and 1 at the end. Throws what openTable, openNpy and readFileBytes throw.
 */
export async function openSource(
  path: string,
  names: SourceNames,
  onRead: (share: number) => void = () => {},
): Promise<{ data: DataSource; test: DataSource | null } | null> {
  const { memory = MEMORY, test, seed = 1 } = names;
  const file = await openSlices(path, names.memory === undefined ? WHOLE : 0);
  if (file === null) return null;
  const format = recognise(new Uint8Array(await file.slice(0, HEAD).arrayBuffer()));
  const name = basename(path);
  if (format.name === "text") {
    let looking = true;
    const slice: FileSlices["slice"] = (start, end) => {
      if (looking) onRead(start / file.size);
      return file.slice(start, end);
    };
    const text = { separator: separatorOf(names.separator), header: names.header };
    const options = { ...tableOptions(names), ...text, name, memory, test, seed };
    const { test: held, ...data } = await openTable({ size: file.size, slice }, options);
    looking = false;
    onRead(1);
    return { data, test: held };
  }
  const labels = format.name === "numpy" ? labelsOf({ path, name, format }, names) : null;
  const y = labels === null ? null : await openSlices(labels);
  if (y === null) {
    await file.close();
    return null;
  }
  const source = await openNpy(file, y, {
    ...{ task: names.task ?? "auto", scale: names.scale, memory },
    names: [name, basename(labels!)],
  });
  if (test === undefined) return { data: source, test: null };
  const parts = splitSource("train: --test", source, test, seed);
  return { data: parts.train, test: parts.test };
}

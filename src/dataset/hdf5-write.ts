// HDF5 files of our own: groups and arrays of numbers. The library is loaded when first needed.

import type { Group } from "h5wasm";
import type { Bytes } from "../globals.js";
import type { Numbers } from "../session/layout.js";

/** An array to be written at a path such as "layers/dense/vars/0". */
export interface WrittenArray {
  readonly path: string;
  readonly shape: readonly number[];
  readonly data: Numbers | Uint32Array;
}

/** A file of these groups, which may be empty, and of these arrays. */
export async function writeHdf5(groups: readonly string[], arrays: readonly WrittenArray[]): Promise<Bytes> {
  const h5wasm = await import("h5wasm");
  const module = await h5wasm.ready;
  const path = "/wasmlp-written.h5"; // in the library's own memory
  const file = new h5wasm.File(path, "w");
  try {
    const made = new Map<string, Group>([["", file]]);
    const groupAt = (name: string): Group => {
      const known = made.get(name);
      if (known) return known;
      const slash = name.lastIndexOf("/");
      const own = groupAt(name.slice(0, Math.max(0, slash))).create_group(name.slice(slash + 1));
      made.set(name, own);
      return own;
    };
    for (const group of groups) groupAt(group);
    for (const { path: at, shape, data } of arrays) {
      const slash = at.lastIndexOf("/");
      const dtype = data instanceof Uint32Array ? "<I" : data instanceof Float64Array ? "<d" : "<f";
      groupAt(at.slice(0, Math.max(0, slash))).create_dataset({
        name: at.slice(slash + 1),
        data,
        shape: [...shape],
        dtype,
      });
    }
    file.flush();
    file.close();
    return module.FS.readFile(path) as Bytes;
  } finally {
    module.FS.unlink(path);
  }
}

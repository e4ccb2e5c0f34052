// Folders of pictures on disk: which files are in them. What they mean is src/dataset/picture-folders.ts's.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { PictureBlob } from "../dataset/picture-types.js";
import { readFileBytes } from "./files.js";

const DEEPEST = 16; // folders in folders: links may go round

/** Whether there is a folder of that path. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false, // whoever opens it says what is wrong
  );
}

/** All files in a folder and those in it, by their paths from it on; each is read when it is wanted. */
export async function filesIn(folder: string): Promise<PictureBlob[]> {
  const files: PictureBlob[] = [];
  const walk = async (inner: string, depth: number): Promise<void> => {
    for (const entry of await readdir(join(folder, inner), { withFileTypes: true })) {
      if (entry.name.startsWith(".")) continue;
      const name = inner === "" ? entry.name : `${inner}/${entry.name}`;
      const path = join(folder, name);
      if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(path)))) {
        if (depth < DEEPEST) await walk(name, depth + 1);
      } else files.push({ name, arrayBuffer: async () => (await readFileBytes(path)).slice().buffer });
    }
  };
  await walk("", 1);
  return files;
}

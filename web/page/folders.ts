// Folders that are chosen or dropped, as lists of their files. Which of these are pictures, and of which class, is the
// worker's.

import type { NamedFolder } from "../protocol.js";

type Files = NamedFolder["files"];

/** A folder that was chosen. */
export const chosenFolder = (files: FileList): NamedFolder =>
  named(Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file })));

/** What was dropped, where there is a folder among it; else null. To be asked while the drop is told of. */
export function entriesOf({ items }: DataTransfer): FileSystemEntry[] | null {
  const entries = Array.from(items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return entries.some(({ isDirectory }) => isDirectory) ? entries : null;
}

/** Folders that were dropped. Rejects where one cannot be looked through. */
export async function droppedFolder(entries: readonly FileSystemEntry[]): Promise<NamedFolder> {
  const files = await Promise.all(entries.map(filesUnder)).catch((cause) => {
    throw new Error(`${entries[0]!.name} cannot be looked through (${cause.message}); drop it again.`, { cause });
  });
  return named(files.flat());
}

async function filesUnder(entry: FileSystemEntry): Promise<Files> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ""), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Files[] = [];
  // some hundred at a time, until there are no more
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found.flat();
    found.push(...(await Promise.all(some.map(filesUnder))));
  }
}

// Paths begin with the folder's name; those of several folders keep theirs, which may be classes or parts.
function named(files: Files): NamedFolder {
  const tops = [...new Set(files.map(({ path }) => path.split("/")[0]!))];
  if (tops.length !== 1) return { name: tops.length === 2 ? tops.join(" and ") : `${tops.length} folders`, files };
  return { name: tops[0]!, files: files.map(({ path, file }) => ({ path: path.replace(/^[^/]*\//, ""), file })) };
}

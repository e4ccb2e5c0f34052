// Where the reference files lie that a checkout may have beside it, and how a test says that they are not there.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const shared = new URL("../../shared/", import.meta.url);

/** Path of a file beside the repository; null where it is not. */
export function sharedPath(name: string): string | null {
  const path = fileURLToPath(new URL(name, shared));
  return existsSync(path) ? path : null;
}

/** The course's files; null without them. */
export const course = (() => {
  const train = sharedPath("datasets/cat/train_catvnoncat.h5");
  const test = sharedPath("datasets/cat/test_catvnoncat.h5");
  const picture = sharedPath("datasets/cat/my_image.jpg");
  const deep = sharedPath("golden/course-deep.json");
  const stuck = sharedPath("golden/course-stuck.json");
  return train && test && picture && deep && stuck ? { train, test, picture, deep, stuck } : null;
})();

/** Name of a test that needs files beside the repository: says aloud when they are missing. */
export function needs(present: unknown, title: string): string {
  return present ? title : `${title} (SKIPPED: the course's files are not beside this checkout)`;
}

export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8")) as T;
}

// Which files belong to a model.json of TensorFlow.js.

import { isObject } from "./json.js";

/** Names of the files beside a model.json that have its weights, without their folders; none for what is no model. */
export function weightFilesOf(bytes: Uint8Array): string[] {
  let file: unknown;
  try {
    file = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return []; // its reader says what is wrong
  }
  const groups = isObject(file) && Array.isArray(file.weightsManifest) ? (file.weightsManifest as unknown[]) : [];
  const paths = groups.flatMap((group) =>
    isObject(group) && Array.isArray(group.paths) ? (group.paths as unknown[]) : [],
  );
  return [...new Set(paths.filter((path) => typeof path === "string").map(lastPart))];
}

/** The name of a file in a path or an address. */
export const lastPart = (path: string): string => path.split(/[/\\]/).at(-1)!;

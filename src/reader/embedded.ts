// The reader whose script travels inside the package.

import { createReader } from "../reader.js";

let file: URL | null = null;

/** From now on the script is taken from its file, which is read faster: for a program that has the package's files. */
export function readerIsIn(script: URL): void {
  file = script;
}

export const readApart = createReader({
  script: async () => file ?? (await import("../../build/reader.js")).script, // megabytes: the HDF5 library is in it
  async inPlace(task, args) {
    const { TASKS } = await import("./tasks.js");
    return (TASKS[task] as (...args: readonly unknown[]) => never)(...args);
  },
});

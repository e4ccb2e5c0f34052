// The reader whose script travels inside the package.

import { createReader } from "../reader.js";

export const readApart = createReader({
  script: async () => (await import("../../build/reader.js")).script, // megabytes: the HDF5 library is in it
  async inPlace(task, args) {
    const { TASKS } = await import("./tasks.js");
    return (TASKS[task] as (...args: readonly unknown[]) => never)(...args);
  },
});

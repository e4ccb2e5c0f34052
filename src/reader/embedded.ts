// The reader whose script travels inside the package: packed, as an engine parses megabytes of text for long.

import { decodeBase64 } from "../bytes.js";
import { createReader, type ReaderParts } from "../reader.js";

/** Reads a file on this thread, without limits. */
export const inPlace: ReaderParts["inPlace"] = async (task, args) => {
  const { TASKS } = await import("./tasks.js");
  return (TASKS[task] as (...args: readonly unknown[]) => never)(...args);
};

let script: Promise<string> | null = null;

export const readApart = createReader({
  script: () => {
    script ??= unpack().catch((error) => {
      script = null; // what could not be loaded may come another time
      throw error;
    });
    return script;
  },
  inPlace,
});

async function unpack(): Promise<string> {
  const { packed } = await import("../../build/reader.js"); // the HDF5 library is in it
  const bytes = new Blob([decodeBase64(packed)]).stream();
  const reader = bytes.pipeThrough(new DecompressionStream("gzip")).getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
  }
}

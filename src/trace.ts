// Traces as anybody calls for them: Network.trace makes one. What writes them and holds them against another program's
// values, src/trace/, is loaded when it is first wanted.

import type { Bytes } from "./globals.js";
import type { Trace } from "./trace/types.js";

/**
 * A trace as an .npz file for numpy.load: its arrays by name, and `about`, what it is of, as JSON.
 *
 * @example await writeFile("trace.npz", await traceToNpz(await network.trace(data, { iterations: 100 })));
 */
export async function traceToNpz({ about, arrays }: Trace): Promise<Bytes> {
  const { writeNpz } = await import("./dataset/npz-write.js");
  return writeNpz({ ...arrays, about: JSON.stringify(about) });
}

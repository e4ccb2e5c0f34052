// Traces as anybody calls for them: Network.trace makes one. What writes them and holds them against another program's
// values, src/trace/, is loaded when it is first wanted.

import { asBytes } from "./dataset/arrays.js";
import type { Bytes } from "./globals.js";
import { checkOptions } from "./options/check.js";
import { names } from "./options/type.js";
import type { CompareOptions, Trace, TraceComparison } from "./trace/types.js";

/**
 * A trace as an .npz file for numpy.load: its arrays by name, and `about`, what it is of, as JSON.
 *
 * @example await writeFile("trace.npz", await traceToNpz(await network.trace(data, { iterations: 100 })));
 */
export async function traceToNpz({ about, arrays }: Trace): Promise<Bytes> {
  const { writeNpz } = await import("./dataset/npz-write.js");
  return writeNpz({ ...arrays, about: JSON.stringify(about) });
}

/**
 * Holds a program's values of one iteration against a trace, both as .npz files: names the first that does not follow
 * from the program's own values before it, and the mistake that gives exactly its numbers. Arrays are called as in the
 * trace, in either case, with a dictionary's name before them ("parameters_W1") or counted from 0; any may be missing.
 * Programs whose examples are rows, and those in float32, are compared as they are.
 *
 * Rejects with E_NPY for files that are no trace or no arrays of numbers, E_TOO_LARGE, E_OPTION.
 *
 * @example console.log((await compareTraces(trace, await readFile("yours.npz"))).message);
 */
export async function compareTraces(
  trace: Trace | Uint8Array | ArrayBuffer,
  theirs: Uint8Array | ArrayBuffer,
  options: CompareOptions = {},
): Promise<TraceComparison> {
  checkOptions("compareTraces", { names }, options);
  const [{ compare }, { readTrace, readValues }] = await Promise.all([
    import("./trace/compare.js"),
    import("./trace/read.js"),
  ]);
  const own = "about" in trace ? trace : readTrace("compare: the trace", asBytes("compareTraces", "E_NPY", trace));
  const values = readValues("compare: the program's file", asBytes("compareTraces", "E_NPY", theirs));
  return compare(own, values, options.names ?? []);
}

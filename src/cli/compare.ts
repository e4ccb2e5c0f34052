// wasmlp compare: where one's own program first departs from a trace, and which mistake that is.

import { basename } from "node:path";
import { readFileBytes } from "../node/files.js";
import { table } from "../text.js";
import { compareTraces } from "../trace.js";
import type { Io } from "./io.js";
import { wrap } from "./text.js";

export interface CompareCommand {
  names?: readonly string[];
  json?: boolean;
}

/** Returns 0 where nothing departs, else 1, as diff does. */
export async function compare(tracePath: string, path: string, options: CompareCommand, io: Io): Promise<number> {
  const [trace, theirs] = await Promise.all([readFileBytes(tracePath), readFileBytes(path)]);
  const found = await compareTraces(trace, theirs, { names: options.names });
  const code = found.departs ? 1 : 0;
  if (options.json) {
    io.out(JSON.stringify(found));
    return code;
  }
  const { message, remarks, values } = found;
  for (const line of wrap(message, io.columns)) io.out(found.departs ? io.style("yellow", line) : line);
  for (const remark of remarks) for (const line of wrap(remark, io.columns)) io.out(line);
  io.out("");
  const rows = values.map(({ name, called, shape, difference, state }) => [
    ...[name, called === name ? "" : called, `(${shape.join(", ")})`],
    ...[difference === null ? "" : difference.toExponential(1), IN_WORDS[state]],
  ]);
  const header = ["value", `in ${basename(path)}`, "shape", "difference", ""];
  for (const line of table([header, ...rows], [3])) io.out(line);
  return code;
}

const IN_WORDS = { agrees: "agrees", follows: "follows from yours", departs: "DEPARTS" } as const;

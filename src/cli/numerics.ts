// What is said of fused numerics where the machine does not fuse.

import { whyNotFused } from "../backend/wasm.js";
import type { NetworkOptions } from "../network/options.js";
import type { Io } from "./io.js";
import { wrap } from "./text.js";

export const strictInWords = (why: string) =>
  `Numerics are strict, not fused: ${why}. Plain TypeScript (backend js) fuses on any machine.`;

/** Says that what should have fused numerics is computed strictly here, if it is: a network, or options of one. */
export async function remarkOnNumerics(
  { backend, numerics }: Pick<NetworkOptions, "backend" | "numerics">,
  io: Io,
): Promise<void> {
  const wanted = backend === "relaxed" || (backend !== "js" && numerics === "fused");
  const why = wanted ? await whyNotFused() : "";
  if (why) for (const line of wrap(strictInWords(why), io.columns)) io.err(line);
}

// A training step as a list of phases, for whoever runs it from TypeScript: at once, or piece by piece with pauses. The
// twin of assembly/step.ts, which does the same for many steps and threads without coming back.

import * as P from "../../assembly/program.js";
import type { Over, Phase } from "../plan/program.js";
import type { Machine } from "./machine.js";

/** Before steps are run: none is done yet. `header` are the words of the program's header. */
export function beginDispatch(header: Int32Array): void {
  for (const word of [P.Header.arrived, P.Header.stop, P.Header.over, P.Header.done]) Atomics.store(header, word, 0);
}

/** Panels of the current batch. */
export function panelsOf(header: Int32Array): number {
  return Math.ceil(header[P.Header.examples]! / P.LANES);
}

/**
 * One step. Yields after each panel or block, with what the phase goes over: as long as it goes over panels, no weight
 * has changed. Returns whether the training may go on; header[done] then counts the step, if it was finished.
 */
export function* stepInPieces(
  phases: readonly Phase[],
  machine: Pick<Machine, "run" | "once">,
  header: Int32Array,
): Generator<Over, boolean> {
  for (const [phase, { over, blocks }] of phases.entries()) {
    if (over === "once") {
      if (!machine.once(phase)) return false;
      continue;
    }
    const all = over === "panels" ? panelsOf(header) : blocks;
    for (let i = 0; i < all; i++) {
      machine.run(phase, i, i + 1);
      yield over;
    }
  }
  return true;
}

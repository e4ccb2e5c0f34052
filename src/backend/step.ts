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

/** What a step in pieces asks of a machine. */
export type Pieces = Pick<Machine, "run" | "once" | "together" | "pieces" | "runPiece">;

/** Runs a phase over its panels, or its blocks, [from, all); yields after each piece. */
export function* phaseInPieces(
  machine: Pieces,
  phase: number,
  over: Over,
  all: number,
  from = 0,
): Generator<Over, void> {
  const together = over === "panels" ? machine.together : 1;
  const pieces = over === "panels" ? machine.pieces(phase) : 1;
  for (let i = from; i < all; i += together) {
    const end = Math.min(i + together, all);
    for (let piece = 0; piece < pieces; piece++) {
      if (over === "panels") machine.runPiece(phase, piece, i, end);
      else machine.run(phase, i, end);
      yield over;
    }
  }
}

/**
 * One step. Yields after each piece, with what the phase goes over: as long as it goes over panels, no weight has changed.
 * Returns whether the training may go on; header[done] then counts the step, if it was finished.
 */
export function* stepInPieces(phases: readonly Phase[], machine: Pieces, header: Int32Array): Generator<Over, boolean> {
  for (const [phase, { over, blocks }] of phases.entries()) {
    if (over === "once") {
      if (!machine.once(phase)) return false;
      continue;
    }
    const all = over === "panels" ? panelsOf(header) : blocks;
    yield* phaseInPieces(machine, phase, over, all);
  }
  return true;
}

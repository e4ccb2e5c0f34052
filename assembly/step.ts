// A training step: phase after phase, each shared by all threads, with what is done once between them. One thread or
// several run a dispatch of many such steps; src/backend/step.ts is its twin for plain TypeScript and for steps that
// are done in pieces. Which thread does what changes no bit.

import { at } from "./lanes";
import { meet } from "./meeting";
import { GROUP, Header, Over, Phase } from "./program";
import { forgetPacked, overOf, panelsOf, phaseWord, scratchOf, takenOf, word } from "./records";
import { runPhase } from "./run";

/**
 * One thread's part of up to `count` steps. Returns how many were finished, the same for every thread. costs[i] is the
 * cost before update i. Stops short before an update whose cost is not finite (it is in costs[returned]), after one
 * that set badUpdate, and when `stop` was set.
 */
export function runSteps<T>(program: usize, thread: i32, count: i32): i32 {
  const phases = word(program, Header.phases);
  const shared = ASC_FEATURE_THREADS && word(program, Header.threads) > 1;
  for (let i = 0; i < count; i++) {
    for (let phase = 0; phase < phases; phase++) {
      if (overOf(program, phase) == Over.once) continue; // done at the meeting
      if (shared) share<T>(program, phase, thread);
      else runPhase<T>(program, phase, 0, sizeOf(program, phase), 0);
      if (!meet<T>(program, phase)) return word(program, Header.done);
    }
  }
  return word(program, Header.done);
}

// Panels of the current batch, or blocks.
function sizeOf(program: usize, phase: i32): i32 {
  return overOf(program, phase) == Over.panels ? panelsOf(program) : phaseWord(program, phase, Phase.blocks);
}

// One thread's share of a phase: pairs of panels, or blocks. A thread has the same ones in every step, so that they
// stay in its cache. It takes half of its own at once (a group of panels at most, so that `stop` is heard), which reads
// a layer's weights once for all of them, or all of its own panels, where weights are so many that they come from memory;
// then its own one by one, then those that others have not yet taken.
function share<T>(program: usize, phase: i32, thread: i32): void {
  const threads = word(program, Header.threads);
  const scratch = scratchOf(program, thread);
  const panels = overOf(program, phase) == Over.panels;
  if (panels) forgetPacked(program, scratch); // even where it gets none of them
  const size = sizeOf(program, phase);
  const all = panels ? (size + 1) / 2 : size;
  for (let k = 0; k < threads; k++) {
    const owner = (thread + k) % threads;
    const first = (all * owner) / threads;
    const last = (all * (owner + 1)) / threads;
    const own = min(GROUP, last - first);
    let some = k == 0 ? max(1, panels && word(program, Header.wide) ? own : own / 2) : 1;
    for (;;) {
      const from = first + atomic.add<i32>(takenOf(program, owner), some);
      if (from >= last || (panels && atomic.load<i32>(at<i32>(program, Header.stop)))) break;
      const to = min(from + some, last);
      if (panels) runPhase<T>(program, phase, 2 * from, min(2 * to, size), scratch);
      else runPhase<T>(program, phase, from, to, scratch);
      some = 1;
    }
  }
}

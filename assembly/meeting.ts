// Where threads meet between two phases: the last to arrive does what is done once and lets the others go on. Only this
// file and the shares in step.ts synchronise threads; in a build without them there is nobody to wait for.

import { at } from "./lanes";
import { runOnce } from "./once";
import { Header, Over } from "./program";
import { overOf, setWord, takenOf, word } from "./records";

// A thread that waits looks again and again before it goes to sleep. After LONG looks (about a millisecond) some other
// program probably has the core of a thread that is still to come, and looking on might keep that one from another
// core: for the rest of the dispatch such a thread sleeps after SHORT looks.
const LONG: i32 = 500_000;
const SHORT: i32 = 500;
let patience: i32 = 0; // how often this thread looks before it goes to sleep

/** In a new dispatch a thread looks as often as the host said. */
export function renewPatience(program: usize): void {
  patience = word(program, Header.spins);
}

/**
 * Waits until all threads are through with the phase, and what is done once after it is done. False when no further
 * phase is to be run: the steps are over.
 */
export function meet<T>(program: usize, phase: i32): bool {
  const threads = ASC_FEATURE_THREADS ? word(program, Header.threads) : 1;
  if (threads == 1) {
    close<T>(program, phase);
    return !word(program, Header.over);
  }
  const generation = at<i32>(program, Header.generation);
  const before = atomic.load<i32>(generation);
  if (atomic.add<i32>(at<i32>(program, Header.arrived), 1) == threads - 1) {
    close<T>(program, phase);
    for (let t = 0; t < threads; t++) atomic.store<i32>(takenOf(program, t), 0);
    atomic.store<i32>(at<i32>(program, Header.arrived), 0);
    atomic.add<i32>(generation, 1);
    if (atomic.load<i32>(at<i32>(program, Header.sleepers))) atomic.notify(generation, -1);
  } else {
    let spins = patience;
    while (atomic.load<i32>(generation) == before) {
      if (--spins > 0) continue;
      atomic.add<i32>(at<i32>(program, Header.sleepers), 1);
      atomic.wait<i32>(generation, before, -1);
      atomic.sub<i32>(at<i32>(program, Header.sleepers), 1);
    }
    if (patience - spins > LONG) patience = SHORT;
  }
  return !atomic.load<i32>(at<i32>(program, Header.over));
}

// Does what is done once between this phase and the next one that is shared.
function close<T>(program: usize, phase: i32): void {
  // a step may be given up as long as no weight has changed
  if (ASC_FEATURE_THREADS && overOf(program, phase) == Over.panels && atomic.load<i32>(at<i32>(program, Header.stop))) {
    setWord(program, Header.over, 1);
    return;
  }
  const phases = word(program, Header.phases);
  for (let p = phase + 1; p < phases && overOf(program, p) == Over.once; p++) {
    if (runOnce<T>(program, p)) continue;
    setWord(program, Header.over, 1);
    return;
  }
}

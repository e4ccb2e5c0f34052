// Several threads on one plan over one shared memory. In each step they go forward and back through all layers, every
// thread with panels of its own; meet; compute weight gradients and updates, every thread with blocks of its own; and
// meet again. Each has the same panels and blocks in every step, so that they stay in its cache; who is done early helps
// the others. Who does what changes no bit.

import { at } from "./lanes";
import * as P from "./program";
import { address, panelsOf, scratchOf, word } from "./records";
import { batchCost, beginBatch, beginUpdate, endBatch, passes } from "./run";
import { blocks, forgetPacked } from "./update";

// Looks at a meeting that are a long wait (about a millisecond), and how often a thread looks that had to wait so long:
// then some other program has its core or the others', and looking on would keep them from working.
const LONG: i32 = 500_000;
const SHORT: i32 = 500;
let patience: i32 = 0; // looks this thread takes before it goes to sleep

/**
 * One thread's part of up to `count` steps. Returns how many were finished, as run.steps does, and the same to every
 * thread; fewer when STOP was set, and -1 when FAILED was.
 */
export function work<T>(program: usize, thread: i32, count: i32): i32 {
  const threads = word(program, P.THREADS);
  patience = word(program, P.SPINS); // the next dispatch tries again
  for (let i = 0; i < count; i++) {
    share<T>(program, threads, thread, true);
    if (!meet<T>(program, threads, i, true)) break;
    share<T>(program, threads, thread, false);
    if (!meet<T>(program, threads, i, false)) break;
  }
  if (atomic.load<i32>(at<i32>(program, P.FAILED))) return -1;
  return word(program, P.DONE);
}

// One thread's share of a phase: pairs of panels on the way forward and back, else blocks. First half of its own at once
// (a group of panels at most, so that STOP is heard), which reads a layer's weights once for all of them; then its own one
// by one, then those that others have left.
function share<T>(program: usize, threads: i32, thread: i32, forward: bool): void {
  const scratch = scratchOf(program, thread);
  if (forward) forgetPacked(program, scratch);
  const panels = panelsOf(program);
  const all = forward ? (panels + 1) / 2 : word(program, P.BLOCKS);
  for (let k = 0; k < threads; k++) {
    const owner = (thread + k) % threads;
    const first = (all * owner) / threads;
    const last = (all * (owner + 1)) / threads;
    let some = k == 0 ? max(1, min(P.GROUP, last - first) / 2) : 1;
    for (;;) {
      const from = first + atomic.add<i32>(takenOf(program, owner), some);
      if (from >= last || (forward && atomic.load<i32>(at<i32>(program, P.STOP)))) break;
      const to = min(from + some, last);
      if (forward) passes<T>(program, 2 * from, min(2 * to, panels), scratch);
      else blocks<T>(program, from, to, scratch);
      some = 1;
    }
  }
}

// Where it is counted how many of a thread's own pairs or blocks have been taken.
function takenOf(program: usize, thread: i32): usize {
  return address(program, P.SCRATCH) + scratchOf(program, thread) + P.TAKEN;
}

// Waits for all threads; the last one does what only one may do between the phases of step i. False when it is over.
function meet<T>(program: usize, threads: i32, i: i32, forward: bool): bool {
  const generation = at<i32>(program, P.GENERATION);
  const before = atomic.load<i32>(generation);
  if (atomic.add<i32>(at<i32>(program, P.ARRIVED), 1) == threads - 1) {
    if (forward) closePasses<T>(program, i);
    else closeBlocks(program, i);
    for (let t = 0; t < threads; t++) atomic.store<i32>(takenOf(program, t), 0);
    atomic.store<i32>(at<i32>(program, P.ARRIVED), 0);
    atomic.add<i32>(generation, 1);
    if (atomic.load<i32>(at<i32>(program, P.SLEEPERS))) atomic.notify(generation, -1);
  } else {
    let spins = patience;
    while (atomic.load<i32>(generation) == before) {
      if (--spins > 0) continue;
      atomic.add<i32>(at<i32>(program, P.SLEEPERS), 1);
      atomic.wait<i32>(generation, before, -1);
      atomic.sub<i32>(at<i32>(program, P.SLEEPERS), 1);
    }
    if (patience - spins > LONG) patience = SHORT;
  }
  return !atomic.load<i32>(at<i32>(program, P.FAILED)) && !atomic.load<i32>(at<i32>(program, P.OVER));
}

function closePasses<T>(program: usize, i: i32): void {
  if (atomic.load<i32>(at<i32>(program, P.STOP))) {
    end(program, i);
    return;
  }
  const cost = batchCost<T>(program);
  store<f64>(at<f64>(<usize>word(program, P.COSTS), i), cost);
  if (isFinite(cost)) beginUpdate(program);
  else end(program, i);
}

function closeBlocks(program: usize, i: i32): void {
  endBatch(program);
  beginBatch(program);
  store<i32>(at<i32>(program, P.DONE), i + 1);
  if (word(program, P.BAD_UPDATE)) end(program, i + 1);
}

// No further step: `done` of them are finished.
function end(program: usize, done: i32): void {
  store<i32>(at<i32>(program, P.DONE), done);
  atomic.store<i32>(at<i32>(program, P.OVER), 1);
}

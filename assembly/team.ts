// Several threads on one plan over one shared memory. In each step they go forward and back through all layers, every
// thread with panels of its own; meet; compute weight gradients and updates, every thread with blocks of its own; and
// meet again. Who takes which panel or block changes no bit, so what is left over goes to whoever comes first.

import { at } from "./lanes";
import * as P from "./program";
import { batchCost, beginBatch, beginUpdate, blocks, endBatch, panelsOf, passes, scratchOf, word } from "./run";

/**
 * One thread's part of up to `count` steps. Returns how many were finished, as run.steps does, and the same to every
 * thread; fewer when STOP was set, and -1 when FAILED was.
 */
export function work<T>(program: usize, thread: i32, count: i32): i32 {
  const scratch = scratchOf(program, thread);
  const threads = word(program, P.THREADS);
  for (let i = 0; i < count; i++) {
    const panels = panelsOf(program);
    const share = panels / (4 * threads) & ~1; // the panels that are this thread's in any case; what is left goes to whoever is free
    passes<T>(program, thread * share, thread * share + share, scratch);
    for (;;) {
      const p = threads * share + 2 * atomic.add<i32>(at<i32>(program, P.NEXT), 1);
      if (p >= panels || atomic.load<i32>(at<i32>(program, P.STOP))) break;
      passes<T>(program, p, min(p + 2, panels), scratch);
    }
    if (!meet<T>(program, threads, i, true)) break;

    const all = word(program, P.BLOCKS);
    const own = all / (4 * threads);
    blocks<T>(program, thread * own, thread * own + own, scratch);
    for (;;) {
      const b = threads * own + atomic.add<i32>(at<i32>(program, P.NEXT), 1);
      if (b >= all) break;
      blocks<T>(program, b, b + 1, scratch);
    }
    if (!meet<T>(program, threads, i, false)) break;
  }
  if (atomic.load<i32>(at<i32>(program, P.FAILED))) return -1;
  return word(program, P.DONE);
}

// Waits for all threads; the last one does what only one may do between the phases of step i. False when it is over.
function meet<T>(program: usize, threads: i32, i: i32, forward: bool): bool {
  const generation = at<i32>(program, P.GENERATION);
  const before = atomic.load<i32>(generation);
  if (atomic.add<i32>(at<i32>(program, P.ARRIVED), 1) == threads - 1) {
    if (forward) closePasses<T>(program, i);
    else closeBlocks(program, i);
    atomic.store<i32>(at<i32>(program, P.NEXT), 0);
    atomic.store<i32>(at<i32>(program, P.ARRIVED), 0);
    atomic.add<i32>(generation, 1);
    if (atomic.load<i32>(at<i32>(program, P.SLEEPERS))) atomic.notify(generation, -1);
  } else {
    let spins = word(program, P.SPINS);
    while (atomic.load<i32>(generation) == before) {
      if (--spins > 0) continue;
      atomic.add<i32>(at<i32>(program, P.SLEEPERS), 1);
      atomic.wait<i32>(generation, before, -1);
      atomic.sub<i32>(at<i32>(program, P.SLEEPERS), 1);
    }
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

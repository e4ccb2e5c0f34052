// How many threads share a step: what one takes on each number of threads is measured, again and again, so that neither a
// guess nor cores that others use slow a training down. Where others are known to have the cores, it is one.

import { SLICE } from "../pace.js";
import { MOST_STEPS } from "../plan.js";

// In milliseconds, as they were measured on two cores.
const TEAM_SLICE = 40; // of a team's dispatch, which leaves this thread free
/** Of a dispatch, which else this thread does: to wake threads took 0.4. */
export const WAKE = 1;
const PERIOD = 10; // of steps whose mean is taken: a few slices of the system's scheduler
const SLOW = 1.5; // times as long as on the width that is taken, a step need not be looked at for a whole period
// Cores: where others leave fewer, a second thread has to share one, and all wait for it. Steps of 20 ms took 1.05 to 1.1
// times as long then, shorter ones up to 2 times, those of 50 and more 0.8 to 1.1 times.
const FREE = 1.4;
const LONG = 30; // of a step that may gain from half a core
// A width is left for one that takes less than this share of its time. One that is known to do so is tried after AGAIN; all
// others take turns, so that their trials take at most one part in COST of the time.
const CLEARLY = 0.95;
const AGAIN = 20;
const COST = 50;
const DOUBTS = 8; // one that loses again and again is tried up to so many times more seldom
const LOST = 1.7; // one that has lost, at least; in the simulation 1.5 to 1.9 do alike, and 1 and 2 worse

/** What is known of the rest of a training, and of the machine. */
export interface Rest {
  /** Steps that are left. */
  left(): number;
  /** Cores that other programs leave; NaN where nobody can tell. */
  free(): number;
  /** Milliseconds of a step on one thread, before any is measured; rather less than it takes. */
  readonly step: number;
}

/** A number of threads, and what is known of it. */
export interface Width {
  readonly threads: number;
  /** Milliseconds of a step, as far as they are known. */
  step: number;
  /** When that was measured over a period, in milliseconds of computing; 0 before. */
  measured: number;
  /** How many times as long it is not tried. */
  doubt: number;
}

export interface Widths {
  /** The one that is taken. */
  taken(): Width;
  /** Milliseconds of a step on one thread. */
  alone(): number;
  /** Whether others have the cores that a second thread would have, and a step is too short to gain from a share of one. */
  crowded(): boolean;
  /** There are threads now. */
  open(): void;
  /** What the next dispatch runs, of `most` steps. */
  next(most: number): { readonly width: Width; readonly steps: number };
  /** What it took. */
  count(width: Width, milliseconds: number, steps: number): void;
}

/** A choice among up to `most` threads; without a `rest` all of them are taken. */
export function chooseWidths(most: number, rest?: Rest): Widths {
  const widths = (rest ? widthsUpTo(most) : [most]).map((threads): Width => {
    // one thread is tried soon after its first steps, whose code was still being compiled
    return { threads, step: Number.POSITIVE_INFINITY, measured: 0, doubt: threads === 1 ? 1 / DOUBTS : 1 };
  });
  const one = widths[0]!;
  let opened = false;
  let clock = 0; // milliseconds of computing
  let taken = one;
  let kept = rest ? 0 : TEAM_SLICE / PERIOD; // periods since it was
  let now = one; // the one that this period is of
  let begun = false; // whether threads are awake: a first step only wakes them, unless it is long and not their first
  let spent = { milliseconds: 0, steps: 0 };

  const isKnown = ({ measured }: Width) => measured > 0;
  const alone = () => (isKnown(one) || !rest ? one.step : rest.step);
  const crowded = () => rest !== undefined && rest.free() < FREE && alone() < LONG;
  // What a step takes on a width that is not known yet: no less than its share.
  const expected = (width: Width) => (isKnown(width) ? width.step : alone() / width.threads);

  // A width that promises to be faster, the fastest first; else one whose turn it is; else the one that is taken.
  function candidate({ left }: Rest): Width {
    const others = widths.filter((width) => width !== taken);
    const age = ({ measured }: Width) => clock - measured;
    const period = (width: Width) => Math.max(PERIOD, expected(width));
    const promising = others.filter(
      (width) =>
        expected(width) < CLEARLY * taken.step &&
        (!isKnown(width) || age(width) >= AGAIN) &&
        (taken.step - expected(width)) * left() > period(width),
    );
    if (promising.length > 0)
      return promising.reduce((best, width) => (expected(width) < expected(best) ? width : best));
    // what a trial takes beyond the width that is taken: the waking of its threads at least, and all of it if nothing is known
    const price = (width: Width) =>
      isKnown(width) ? Math.max(WAKE, period(width) * (1 - taken.step / width.step)) : period(width);
    const due = others.filter((width) => age(width) >= COST * price(width) * width.doubt);
    return due.reduce((oldest, width) => (age(width) > age(oldest) ? width : oldest), due[0] ?? taken);
  }

  function beginPeriod(): void {
    if (opened && crowded() && taken !== one) take(one);
    now = rest && opened && !crowded() ? candidate(rest) : taken;
    begun = now === taken || now === one;
    spent = { milliseconds: 0, steps: 0 };
  }

  function take(width: Width): void {
    taken = width;
    kept = 0;
  }

  // A trial is over: the one that is slower has lost, and is tried more seldom.
  function judge(tried: Width, first: boolean): void {
    const better = tried.step < CLEARLY * taken.step;
    const lost = better ? taken : tried;
    // threads that have just started may have shared a core all that time: they have a second chance soon
    const soon = first && !better && tried.step < PERIOD;
    lost.doubt = soon ? 1 / DOUBTS : Math.min(DOUBTS, Math.max(LOST, 2 * lost.doubt));
    if (better) take(tried);
  }

  return {
    ...{ alone, crowded },
    taken: () => taken,
    open() {
      opened = true;
      beginPeriod();
    },
    next(most) {
      const width = most * alone() < WAKE ? one : now;
      // a width that was taken but now may soon be left: threads that have slept are served first, for a while
      const team = Math.min(TEAM_SLICE, PERIOD * (kept + 1));
      const slice = now !== taken ? PERIOD : width.threads > 1 ? team : SLICE;
      const fit = Math.min(most, Math.max(1, Math.floor(slice / width.step)), MOST_STEPS);
      return { width, steps: begun || width !== now ? fit : 1 };
    },
    count(width, milliseconds, steps) {
      clock += milliseconds;
      if (steps === 0) return;
      if (width !== now) {
        width.step = milliseconds / steps; // of a few steps on this thread, in between
        return;
      }
      spent.milliseconds += milliseconds;
      spent.steps += steps;
      const first = !isKnown(width);
      const whole = spent.milliseconds >= PERIOD && (begun || !first);
      if (whole || width !== taken || first) width.step = spent.milliseconds / spent.steps;
      if (whole || (begun && width !== taken && width.step > SLOW * taken.step)) {
        width.measured = clock;
        if (width !== taken) judge(width, first);
        else {
          kept++;
          if (width.doubt > 1) width.doubt *= 0.9;
        }
        beginPeriod();
      } else if (!begun) {
        begun = true;
        spent = { milliseconds: 0, steps: 0 };
      }
    },
  };
}

/** 1, 2, 4 … and the most, and one less, as where another program has a core. */
function widthsUpTo(most: number): number[] {
  const widths = new Set([most - 1, most]);
  for (let width = 1; width < most; width *= 2) widths.add(width);
  return [...widths].sort((a, b) => a - b);
}

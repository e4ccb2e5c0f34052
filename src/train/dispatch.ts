// How steps are run: by the team, on this thread at once, or one in pieces where it is longer than a slice. Threads that
// were not asked for are started beside the training when that promises to pay, and taken where they are faster: what a
// step takes is measured in each way, again and again, so that neither a guess nor cores that others use slow a training
// down. Where others are known to have the cores, there is one thread. The bits are the same either way.

import type { Team } from "../backend/team.js";
import { type Pace, SLICE } from "../pace.js";
import { MOST_STEPS } from "../plan.js";
import type { Session } from "../session.js";

const TEAM_SLICE = 40; // milliseconds of a team's dispatch, which leaves this thread free

// Of threads that were not asked for; in milliseconds, as they were measured on two cores.
const START = { cold: 60, warm: 3 }; // to start two took 30 to 60, in which they use as much of the cores; else to load a plan
const LEAST = 0.1; // of a step: of one of 0.06 two threads gained nothing, as its meetings and their waking take as much
// Cores: where others leave fewer, a second thread has to share one, and all wait for it. Steps of 20 ms took 1.05 to 1.1
// times as long then, shorter ones up to 2 times, those of 50 and more 0.8 to 1.1 times.
const FREE = 1.4;
const LONG = 30; // of a step that may gain from half a core
const WAKE = 1; // of a dispatch, which else this thread does: to wake threads took 0.4
const PERIOD = 10; // of steps whose mean is taken: a few slices of the system's scheduler
const SLOW = 1.5; // times as long as in the way that is taken, a step need not be looked at for a whole period
// A way is left for one that takes less than this share of its time. One that is known to do so is tried after AGAIN; all
// others take turns, so that their trials take at most one part in COST of the time.
const CLEARLY = 0.95;
const AGAIN = 20;
const COST = 50;
const DOUBTS = 8; // one that loses again and again is tried up to so many times more seldom
const LOST = 1.7; // one that has lost, at least; in the simulation 1.5 to 1.9 do alike, and 1 and 2 worse

/** Why there are no threads where they were wanted. */
export const NOT_STARTED = "threads could not be started";

export interface Dispatcher {
  /**
   * Runs up to `most` steps, as many as fit into a slice. Returns how many those were and how many were finished, and
   * whether no further one would help.
   */
  run(most: number): Promise<{ wanted: number; done: number; milliseconds: number; ended?: boolean }>;
  /** Threads that share the steps. */
  readonly threads: number;
  /** Why it is one, where there could be more; else empty. */
  readonly why: string;
  /** Whether steps are being run, which is when no weight can be read. */
  readonly running: boolean;
  /** Calls back between two dispatches: now, or when the one that runs is over. */
  between(callback: () => void): void;
}

/** Threads that may be started. */
export interface Choice {
  /** Starts them, as many as the plan is for; null where that cannot be. */
  start(): Promise<Team | null>;
  /** Whether they only wait to be asked. */
  ready(): boolean;
  /** Cores that other programs leave; NaN where nobody can tell. */
  free(): number;
  /** Steps that are left. */
  left(): number;
  /** Milliseconds of a step on one thread, before any is measured; rather less than it takes. */
  readonly step: number;
}

/** Steps by a team, by this thread where there is none, or by what is faster where there is a choice. */
export function createDispatcher(session: Session, given: Team | null, pace: Pace, choice?: Choice): Dispatcher {
  const { threads = 1 } = session.plan.request;
  const ways = choice ? widthsUpTo(threads) : [given ? threads : 1]; // numbers of threads
  const times = ways.map(() => Number.POSITIVE_INFINITY); // milliseconds of a step, as far as they are known
  const measured = ways.map(() => 0); // when, in milliseconds of computing
  // How many times as long it is not tried. One thread is, soon after its first steps, whose code was still being compiled.
  const doubts = ways.map((_, k) => (k === 0 ? 1 / DOUBTS : 1));
  let team = given;
  let starting: Promise<void> | null = null;
  let failed = false;
  let waiting = false; // for cores, with starting them
  let clock = 0; // milliseconds of computing
  let way = 0; // the one that is taken
  let kept = choice ? 0 : TEAM_SLICE / PERIOD; // periods since it was
  let now = 0; // the one that this period is of
  let begun = false; // whether threads are awake: a first step only wakes them, unless it is long and not their first
  let spent = { milliseconds: 0, steps: 0 };

  const isKnown = (k: number) => measured[k]! > 0;
  const alone = () => (isKnown(0) || !choice ? times[0]! : choice.step);
  const isCrowded = ({ free }: Choice) => free() < FREE && alone() < LONG;
  // What a step takes in a way that is not known yet: no less than its share.
  const expected = (k: number) => (isKnown(k) ? times[k]! : alone() / ways[k]!);

  // A way that promises to be faster, the fastest first; else one whose turn it is; else the one that is taken.
  function next(): number {
    if (choice && isCrowded(choice)) {
      if (way !== 0) [way, kept] = [0, 0];
      return way;
    }
    const others = ways.flatMap((_, k) => (k === way ? [] : [k]));
    const age = (k: number) => clock - measured[k]!;
    const period = (k: number) => Math.max(PERIOD, expected(k));
    const promising = others.filter(
      (k) =>
        expected(k) < CLEARLY * times[way]! &&
        (!isKnown(k) || age(k) >= AGAIN) &&
        (times[way]! - expected(k)) * choice!.left() > period(k),
    );
    if (promising.length > 0) return promising.reduce((best, k) => (expected(k) < expected(best) ? k : best));
    // what a trial takes beyond the way that is taken: the waking of its threads at least, and all of it if nothing is known
    const price = (k: number) => (isKnown(k) ? Math.max(WAKE, period(k) * (1 - times[way]! / times[k]!)) : period(k));
    const due = others.filter((k) => age(k) >= COST * price(k) * doubts[k]!);
    return due.reduce((oldest, k) => (age(k) > age(oldest) ? k : oldest), due[0] ?? way);
  }

  function beginPeriod(): void {
    now = team ? next() : 0;
    begun = now === way || now === 0;
    spent = { milliseconds: 0, steps: 0 };
  }

  function count(k: number, milliseconds: number, steps: number): void {
    clock += milliseconds;
    if (steps === 0) return;
    if (k !== now) {
      times[k] = milliseconds / steps; // of a few steps on this thread, in between
      return;
    }
    spent.milliseconds += milliseconds;
    spent.steps += steps;
    const whole = spent.milliseconds >= PERIOD && (begun || isKnown(k));
    if (whole || k !== way || !isKnown(k)) times[k] = spent.milliseconds / spent.steps;
    if (whole || (begun && k !== way && times[k]! > SLOW * times[way]!)) {
      const first = !isKnown(k);
      measured[k] = clock;
      if (k === way) {
        kept++;
        if (doubts[k]! > 1) doubts[k]! *= 0.9;
      } else {
        const better = times[k]! < CLEARLY * times[way]!;
        const lost = better ? way : k;
        // threads that have just started may have shared a core all that time: they have a second chance soon
        const soon = first && !better && times[k]! < PERIOD;
        doubts[lost] = soon ? 1 / DOUBTS : Math.min(DOUBTS, Math.max(LOST, 2 * doubts[lost]!));
        if (better) [way, kept] = [k, 0];
      }
      beginPeriod();
    } else if (!begun) {
      begun = true;
      spent = { milliseconds: 0, steps: 0 };
    }
  }

  // Starts threads where sharing the rest saves what that takes. Where sharing one step does, the step waits for them.
  async function startFor(most: number, choice: Choice): Promise<void> {
    const { start, ready, left } = choice;
    const step = alone();
    const pays = (steps: number) => steps * step * (1 - 1 / threads) >= START[ready() ? "warm" : "cold"];
    if (!starting && step >= LEAST && most * step >= WAKE && pays(left())) {
      waiting = isCrowded(choice);
      if (!waiting) {
        starting = start().then((started) => {
          team = started;
          failed = !started;
          beginPeriod();
        });
      }
    }
    if (starting && pays(1)) await starting;
  }

  async function run(threads: number, steps: number, paced: boolean): Promise<number> {
    if (threads > 1) return team!.run(steps, threads);
    return paced ? session.stepPaced(pace) : session.steps(steps);
  }

  async function dispatch(most: number) {
    if (choice && !team && !failed) await startFor(most, choice);
    const k = most * alone() < WAKE ? 0 : now;
    // a way that was taken but now may soon be left: threads that have slept are served first, for a while
    const slice = now !== way ? PERIOD : ways[k]! > 1 ? Math.min(TEAM_SLICE, PERIOD * (kept + 1)) : SLICE;
    const wanted = begun || k !== now ? Math.min(most, Math.max(1, Math.floor(slice / times[k]!)), MOST_STEPS) : 1;
    pace.reset();
    const paced = ways[k] === 1 && times[k]! > SLICE;
    if (!paced) pace.start();
    const steps = paced ? 1 : wanted;
    const done = await run(ways[k]!, steps, paced).finally(() => pace.stop());
    const milliseconds = pace.busy();
    count(k, milliseconds, done);
    return { wanted: steps, done, milliseconds };
  }

  const whyAlone = () => {
    if (!choice || way > 0) return "";
    if (failed) return NOT_STARTED;
    if (waiting) return "other programs have the cores";
    return team ? "more were not faster" : "it was done before threads could help";
  };
  return dispatching(dispatch, () => ({ threads: ways[way]!, why: whyAlone() }));
}

/** 1, 2, 4 … and the most, and one less, as where another program has a core. */
function widthsUpTo(most: number): number[] {
  const widths = new Set([most - 1, most]);
  for (let width = 1; width < most; width *= 2) widths.add(width);
  return [...widths].sort((a, b) => a - b);
}

/** A dispatcher by what it does in a run. */
export function dispatching(run: Dispatcher["run"], how: () => Pick<Dispatcher, "threads" | "why">): Dispatcher {
  let running = false;
  let waiting: (() => void)[] = [];
  return {
    get threads() {
      return how().threads;
    },
    get why() {
      return how().why;
    },
    get running() {
      return running;
    },
    between(callback) {
      if (running) waiting.push(callback);
      else callback();
    },
    async run(most) {
      running = true;
      try {
        return await run(most);
      } finally {
        running = false;
        const callbacks = waiting;
        waiting = [];
        for (const callback of callbacks) callback();
      }
    },
  };
}

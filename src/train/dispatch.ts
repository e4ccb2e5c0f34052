// How steps are run: by the team, on this thread at once, or one in pieces where it is longer than a slice. With threads
// that were not asked for, both ways are tried now and then and the faster one is taken, so that cores that others use
// slow a training down no more than one thread would: the bits are the same either way.

import type { Team } from "../backend/team.js";
import { type Pace, SLICE } from "../pace.js";
import { MOST_STEPS } from "../plan.js";
import type { Session } from "../session.js";

const TEAM_SLICE = 40; // milliseconds of a team's dispatch, which leaves this thread free
// Trials of the other way: the first after a while of computing, each later one after a longer while; and at once where
// the way that is taken has become much slower than it was. In all they cost about a hundredth of the time.
const TRIAL = { alone: 3, team: 10 }; // milliseconds of one; threads have to wake up for it
const FIRST = 200; // milliseconds of computing before the first
const LATER = 4; // times as long before the next, and at least COST times what the last one took
const COST = 50;
const SLOW = 2; // times its least time
const AGAIN = 30; // milliseconds of computing before a trial of what has become slow
const CLEARLY = 0.9; // a way is left for one that takes less than this share of its time

export interface Dispatcher {
  /**
   * Runs up to `most` steps, as many as fit into a slice. Returns how many those were and how many were finished, and
   * whether no further one would help.
   */
  run(most: number): Promise<{ wanted: number; done: number; milliseconds: number; ended?: boolean }>;
  /** Whether steps are being run, which is when no weight can be read. */
  readonly running: boolean;
  /** Calls back between two dispatches: now, or when the one that runs is over. */
  between(callback: () => void): void;
}

type Way = "team" | "alone";

/** `choose`: whether to run without the team where that is faster. */
export function createDispatcher(session: Session, team: Team | null, choose: boolean, pace: Pace): Dispatcher {
  const time = { team: Number.POSITIVE_INFINITY, alone: Number.POSITIVE_INFINITY }; // milliseconds of a step
  const { threads = 1 } = session.plan.request;
  let way: Way = team ? "team" : "alone";
  let least = Number.POSITIVE_INFINITY; // of the way that is taken
  let pause = FIRST;
  let longest = 0; // steps of a dispatch
  let since = 0; // milliseconds of computing since the last trial

  async function run(current: Way, steps: number, paced: boolean): Promise<number> {
    if (current === "team") return team!.run(steps);
    return paced ? session.stepPaced(pace) : session.steps(steps);
  }

  async function dispatch(most: number) {
    const due = since >= pause || (since >= AGAIN && time[way] > SLOW * least);
    const trial = choose && team !== null && due && most > 1;
    const current: Way = trial ? (way === "team" ? "alone" : "team") : way;
    if (time[current] === Number.POSITIVE_INFINITY && trial) time[current] = time[way] * threads; // a guess
    const slice = trial ? TRIAL[current] : current === "team" ? TEAM_SLICE : SLICE;
    const wanted = Math.min(most, Math.max(1, Math.floor(slice / time[current])), MOST_STEPS);
    pace.reset();
    const paced = current === "alone" && time.alone > SLICE;
    if (!paced) pace.start();
    const steps = paced ? 1 : wanted;
    const done = await run(current, steps, paced).finally(() => pace.stop());
    const milliseconds = pace.busy();
    since += milliseconds;
    // a dispatch cut short says little: threads have to wake up for it
    const tells = trial || steps < most || 2 * done >= longest;
    if (done > 0 && tells) time[current] = milliseconds / done;
    if (!trial) {
      longest = Math.max(longest, done);
      least = Math.min(least, time[way]);
    } else {
      since = 0;
      pause = Math.max(LATER * pause, COST * milliseconds);
      if (time[current] < CLEARLY * time[way]) {
        way = current;
        least = time[way];
        pause = FIRST;
      }
    }
    return { wanted: steps, done, milliseconds };
  }

  return dispatching(dispatch);
}

/** A dispatcher by what it does in a run. */
export function dispatching(run: Dispatcher["run"]): Dispatcher {
  let running = false;
  let waiting: (() => void)[] = [];
  return {
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

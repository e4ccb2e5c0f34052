// How steps are run: by the team, on this thread at once, or one in pieces where it is longer than a slice. Threads that
// were not asked for are started beside the training when that promises to pay, and share as many steps as is faster, which
// widths.ts measures. The bits are the same either way.

import type { Team } from "../backend/team.js";
import { type Pace, SLICE } from "../pace.js";
import type { Session } from "../session.js";
import { chooseWidths, type Rest, WAKE } from "./widths.js";

// Milliseconds, as they were measured on two cores, and rounded up.
const START = { cold: 60, warm: 3 }; // to start two took 30 to 60, in which they use as much of the cores; else to load a plan
const LEAST = 0.1; // of a step: of one of 0.06 two threads gained nothing, as its meetings and their waking take as much

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
export interface Choice extends Rest {
  /** Starts them, as many as the plan is for; null where that cannot be. */
  start(): Promise<Team | null>;
  /** Whether they only wait to be asked. */
  ready(): boolean;
}

/** Steps by a team, by this thread where there is none, or by what is faster where there is a choice. */
export function createDispatcher(session: Session, given: Team | null, pace: Pace, choice?: Choice): Dispatcher {
  const { threads = 1 } = session.plan.request;
  const widths = chooseWidths(given || choice ? threads : 1, choice);
  let team = given;
  let starting: Promise<void> | null = null;
  let failed = false;
  let waiting = false; // for cores, with starting them

  // Starts threads where sharing the rest saves what that takes. Where sharing one step does, the step waits for them.
  async function startFor(most: number, { start, ready, left }: Choice): Promise<void> {
    const step = widths.alone();
    const pays = (steps: number) => steps * step * (1 - 1 / threads) >= START[ready() ? "warm" : "cold"];
    if (!starting && step >= LEAST && most * step >= WAKE && pays(left())) {
      waiting = widths.crowded();
      if (!waiting) {
        starting = start().then((started) => {
          team = started;
          failed = !started;
          if (started) widths.open();
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
    const { width, steps } = widths.next(most);
    pace.reset();
    const paced = width.threads === 1 && width.step > SLICE;
    if (!paced) pace.start();
    const done = await run(width.threads, steps, paced).finally(() => pace.stop());
    const milliseconds = pace.busy();
    widths.count(width, milliseconds, done);
    return { wanted: steps, done, milliseconds };
  }

  const whyAlone = () => {
    if (!choice || widths.taken().threads > 1) return "";
    if (failed) return NOT_STARTED;
    if (team ? widths.crowded() : waiting) return "other programs have the cores";
    return team ? "more were not faster" : "it was done before threads could help";
  };
  return dispatching(dispatch, () => ({ threads: widths.taken().threads, why: whyAlone() }));
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

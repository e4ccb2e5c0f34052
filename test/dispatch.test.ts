// Whose steps they are, the team's or this thread's, in a simulation: session, team, clock and cores are made up, so that
// machines of 2, 4 and 8 cores are seen, and nothing hangs on the time of day.

import { describe, expect, test } from "vitest";
import type { Team } from "../src/backend/team.js";
import type { Pace } from "../src/pace.js";
import type { Session } from "../src/session.js";
import { createDispatcher } from "../src/train/dispatch.js";

/** A machine and a training on it; times in milliseconds. */
interface World {
  readonly cores: number;
  /** Milliseconds of a step on one thread, and of the meetings in one for each further thread. */
  readonly step: number;
  readonly meeting: number;
  /** What a step is thought to take. */
  readonly guess: number;
  readonly steps: number;
  /** Steps from one record to the next, whose own step goes alone. */
  readonly records: number;
  /** What starting threads takes; what waking them for a dispatch does. */
  readonly start: number;
  readonly wake: number;
  /** Cores that others have at a time, and after how long that is known, where it is. */
  taken(time: number): number;
  readonly known?: number;
}

const QUIET: World = {
  ...{ cores: 2, step: 1, meeting: 0.005, guess: 0.5, steps: 1000, records: 100, start: 50, wake: 0.4 },
  taken: () => 0,
};
// A thread that shares its core with another program is late at a meeting by a slice of the system's scheduler.
const LATE = 3;

// A step of `threads` at a time. A thread that shares its core has it half of the time; in a long step the others take over
// from it, and wait for it once, in short ones all wait until it is back.
function stepAt({ cores, step, meeting, taken }: World, threads: number, time: number): number {
  const apart = Math.min(threads, cores - taken(time)); // threads with a core of their own
  const shared = threads - apart;
  const meetings = (threads - 1) * meeting;
  const long = step / (apart + shared / 2) + meetings + (shared && threads > 1 ? LATE : 0);
  return Math.min(long, (step / threads + meetings) * 2 ** shared);
}

interface Run {
  readonly time: number;
  readonly threads: number;
  readonly why: string;
  /** When threads were begun. */
  readonly began: number;
  /** Threads of each step. */
  readonly on: readonly number[];
}

/** A training on a number of threads, or on as many as are chosen; `fails`: they cannot be started. */
async function simulate(world: World, wanted: number | "auto", fails = false): Promise<Run> {
  let clock = 0;
  let began = 0;
  let busy = 0;
  const pace: Pace = {
    start: () => {
      began = clock;
    },
    stop: () => {
      busy += clock - began;
      began = clock;
    },
    add: () => {},
    busy: () => busy,
    reset: () => {
      busy = 0;
    },
    breathe: () => undefined,
  };
  const on: number[] = [];
  const work = (threads: number, count: number) => {
    for (let i = 0; i < count; i++) {
      clock += stepAt(world, threads, clock);
      on.push(threads);
    }
    return count;
  };
  const most = wanted === "auto" ? world.cores : wanted;
  const session = {
    plan: { request: { threads: most } },
    steps: (count: number) => work(1, count),
    stepPaced: async () => {
      pace.start();
      work(1, 1);
      pace.stop();
      return 1;
    },
  } as unknown as Session;
  const team = {
    run: async (count: number, threads = most) => {
      clock += world.wake;
      return work(threads, count);
    },
  } as unknown as Team;
  let beganThreads = Number.POSITIVE_INFINITY;
  let ready = Number.POSITIVE_INFINITY; // when threads are there
  let arrive = null as ((team: Team | null) => void) | null;
  const start = () => {
    beganThreads = clock;
    ready = clock + world.start;
    return new Promise<Team | null>((resolve) => {
      arrive = resolve;
    });
  };
  const { known = Number.POSITIVE_INFINITY } = world;
  const free = () => (clock >= known ? world.cores - world.taken(clock - known) : Number.NaN);
  const choice = { start, ready: () => false, free, left: () => world.steps - on.length, step: world.guess };
  const dispatcher = createDispatcher(
    session,
    wanted === "auto" || wanted === 1 ? null : team,
    pace,
    wanted === "auto" ? choice : undefined,
  );
  const arriveAt = (time: number) => {
    if (time < ready || !arrive) return;
    arrive(fails ? null : team);
    arrive = null;
    return new Promise(setImmediate);
  };
  if (wanted !== "auto" && wanted > 1) clock += world.start;
  while (on.length < world.steps) {
    await arriveAt(clock);
    const done = on.length % world.records;
    const running = dispatcher.run(Math.min(done === 0 ? 1 : world.records - done, world.steps - on.length));
    if (arrive) {
      const before = on.length;
      await new Promise(setImmediate);
      if (on.length === before) clock = ready; // all waits for threads
      arriveAt(clock);
    }
    await running;
  }
  return { time: clock, threads: dispatcher.threads, why: dispatcher.why, began: beganThreads, on };
}

/** What "auto" takes, over the best number of threads for the whole run. */
async function lossOf(world: World): Promise<number> {
  const times = await Promise.all(
    Array.from({ length: world.cores }, async (_, k) => (await simulate(world, k + 1)).time),
  );
  return (await simulate(world, "auto")).time / Math.min(...times);
}

const HOURS: Record<string, World["taken"]> = {
  "nobody else": () => 0,
  "a core is taken": () => 1,
  "a core is taken every other second": (time) => Number(time % 2000 < 1000),
  "a core is taken from then on": (time) => Number(time > 200),
  "a core becomes free": (time) => Number(time < 200),
};

test.each([0.3, 1])("threads that share a core at first have a second chance: steps of %f", async (step) => {
  const taken = (time: number) => Number(time < 80);
  const world = { ...QUIET, step, guess: 0.6 * step, steps: 300 / step, meeting: 0.05, taken };
  expect(await lossOf(world)).toBeLessThan(1.1);
});

const WORLDS = Object.entries(HOURS).flatMap(([name, taken]) =>
  [undefined, 100].map((known) => [known ? `${name}, which is known` : name, taken, known] as const),
);

describe.each([2, 4, 8])("%i cores", (cores) => {
  test.each(WORLDS)("%s: within a tenth of the best number of threads", async (_, taken, known) => {
    const losses: [number, string][] = [];
    for (const step of [0.01, 0.1, 0.3, 1, 5, 30, 200]) {
      for (const total of cores === 8 ? [600, 3000] : [300, 3000]) {
        const steps = Math.round(total / step);
        for (const [meeting, records] of [
          [0.004, 100],
          [0.004, 10],
          [0.05, 100],
        ] as const) {
          if (steps > 20_000) continue;
          const world = {
            ...QUIET,
            cores,
            step,
            guess: 0.6 * step,
            steps,
            meeting,
            records,
            taken,
            ...(known && { known }),
          };
          losses.push([await lossOf(world), `${steps} steps of ${step}, meetings ${meeting}, records ${records}`]);
        }
      }
    }
    expect(losses.filter(([loss]) => loss > 1.1)).toEqual([]);
    expect(losses.length).toBeGreaterThan(30);
  });
});

describe("threads that nobody asked for", () => {
  test("do not begin where there is too little to share", async () => {
    expect(await simulate({ ...QUIET, steps: 40 }, "auto")).toMatchObject({
      ...{ threads: 1, why: "it was done before threads could help" },
      on: Array(40).fill(1),
    });
    const short = await simulate({ ...QUIET, step: 0.01, steps: 20_000 }, "auto");
    expect(new Set(short.on)).toEqual(new Set([1]));
  });

  test("begin while the training goes on; a long step waits for them", async () => {
    const { on, threads, why } = await simulate(QUIET, "auto");
    expect([on[29], on.at(-2), threads, why]).toEqual([1, 2, 2, ""]);
    const long = await simulate({ ...QUIET, step: 300, guess: 200, steps: 4 }, "auto");
    expect(long.on).toEqual([2, 2, 2, 2]);
  });

  test("that slow a training down are left, but not those that were asked for (G2, E5)", async () => {
    const busy = { ...QUIET, step: 0.5, steps: 4000, taken: () => 1, meeting: 0.2 };
    const { on, threads, why } = await simulate(busy, "auto");
    expect([threads, why]).toEqual([1, "more were not faster"]);
    expect(on.filter((some) => some > 1).length).toBeLessThan(0.05 * on.length);
    expect(new Set((await simulate(busy, 2)).on)).toEqual(new Set([2]));
  });

  test("are not begun where others are known to have the cores, until these are free", async () => {
    const taken = (time: number) => Number(time < 2000);
    const { on, began } = await simulate({ ...QUIET, steps: 6000, taken, known: 0 }, "auto");
    expect(began).toBeGreaterThanOrEqual(2000);
    expect(on.slice(3000).filter((some) => some > 1).length).toBeGreaterThan(2900);
    const late = await simulate({ ...QUIET, steps: 6000, taken, known: 500 }, "auto");
    expect(late.began).toBeLessThan(500);
    const begun = await simulate({ ...QUIET, steps: 3000, taken: () => 1, known: 500 }, "auto");
    expect([begun.threads, begun.why]).toEqual([1, "other programs have the cores"]);
    expect(new Set(late.on.slice(600, 2400))).toEqual(new Set([1]));
    const alone = await simulate({ ...QUIET, taken: () => 1, known: 0 }, "auto");
    expect([alone.threads, alone.why]).toEqual([1, "other programs have the cores"]);
    const long = await simulate({ ...QUIET, step: 300, guess: 200, steps: 20, taken: () => 1, known: 0 }, "auto");
    expect(long.threads).toBe(2);
  });

  test("are left when the other core is taken, and come back when it is free", async () => {
    const taken = (time: number) => Number(time > 1000 && time < 3000);
    const { on } = await simulate({ ...QUIET, meeting: 0.2, steps: 6000, taken }, "auto");
    const shareOf = (from: number, to: number) => on.slice(from, to).filter((some) => some > 1).length / (to - from);
    expect(shareOf(200, 1000)).toBeGreaterThan(0.9);
    expect(shareOf(1700, 3200)).toBeLessThan(0.1);
    expect(shareOf(4500, 6000)).toBeGreaterThan(0.9);
  });

  test("that cannot be started are done without", async () => {
    const { threads, why, on } = await simulate(QUIET, "auto", true);
    expect([threads, why]).toEqual([1, "threads could not be started"]);
    expect(new Set(on)).toEqual(new Set([1]));
  });
});

// All that computes on one thread takes turns with it and with one another, whatever the engine has to wait with.

import { afterEach, expect, test, vi } from "vitest";
import { createPace, SLICE } from "../src/pace.js";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

let now = performance.now();
/** Lets a slice of time pass whenever anybody looks at the clock. */
function letTimePass(): void {
  vi.spyOn(performance, "now").mockImplementation(() => {
    now += SLICE + 1;
    return now;
  });
}

test("of eight trainings one computes in a turn of the event loop, and each has its turn (G14)", async () => {
  letTimePass();
  let turn = 0;
  let over = false;
  const count = () => {
    turn++;
    if (!over) setImmediate(count);
  };
  setImmediate(count);
  const slices: { turn: number; who: number }[] = [];
  const compute = async (who: number) => {
    const pace = createPace();
    for (let i = 0; i < 5; i++) {
      await pace.breathe();
      slices.push({ turn, who });
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, who) => compute(who)));
  over = true;
  expect(new Set(slices.map((slice) => slice.turn)).size).toBe(40);
  expect(slices.map(({ who }) => who)).toEqual(Array.from({ length: 40 }, (_, i) => i % 8));
});

test.each([
  ["as in browsers", ["setImmediate"]],
  ["as in jsdom (G11)", ["setImmediate", "MessageChannel"]],
])("it pauses also without %s", async (_, missing) => {
  letTimePass();
  for (const name of missing) vi.stubGlobal(name, undefined);
  const pace = createPace();
  let turns = 0;
  setTimeout(() => turns++);
  while (turns === 0) await pace.breathe();
});

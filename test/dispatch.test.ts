// Whose steps they are, the team's or this thread's. What a step computes is not known here: session and team are made up.

import { expect, test } from "vitest";
import type { Team } from "../src/backend/team.js";
import { createPace } from "../src/pace.js";
import type { Session } from "../src/session.js";
import { createDispatcher } from "../src/train/dispatch.js";

// A team that takes 30 ms to wake up, as where other trainings or programs have the cores; alone a step takes no time.
async function waysOf(choose: boolean): Promise<string[]> {
  const ways: string[] = [];
  const alone = (count: number) => {
    ways.push("alone");
    return count;
  };
  const plan = { request: { threads: 2 } };
  const session = { plan, steps: alone, stepPaced: async () => alone(1) } as unknown as Session;
  const team = {
    run: async (count: number) => {
      ways.push("team");
      await new Promise((resolve) => setTimeout(resolve, 30));
      return count;
    },
  } as unknown as Team;
  const dispatcher = createDispatcher(session, team, choose, createPace());
  for (let i = 0; i < 16; i++) await dispatcher.run(1000);
  return ways;
}

test("threads that slow a training down are left, but not those that were asked for (G2, E5)", async () => {
  const free = await waysOf(true);
  expect([free[0], ...free.slice(-3)]).toEqual(["team", "alone", "alone", "alone"]);
  expect(new Set(await waysOf(false))).toEqual(new Set(["team"]));
});

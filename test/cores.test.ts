// What is known of the processor, with a system that is made up: nothing hangs on what runs beside the tests.

import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.restoreAllMocks();
  vi.resetModules();
});

// A system of some cores, whose clocks are moved by hand; `own`: milliseconds that this program computed.
async function systemOf(cores: number, allowed = cores) {
  const state = { now: 5000, busy: 70_000, own: 300 };
  const idle = { user: 0, nice: 0, sys: 0, irq: 0 };
  const cpus = () => [{ times: { ...idle, user: state.busy } }, ...Array(cores - 1).fill({ times: idle })];
  vi.spyOn(process, "getBuiltinModule").mockReturnValue({ availableParallelism: () => allowed, cpus } as never);
  vi.spyOn(process, "cpuUsage").mockImplementation(() => ({ user: 1000 * state.own, system: 0 }));
  vi.spyOn(performance, "now").mockImplementation(() => state.now);
  const { coresOfOthers } = await import("../src/host.js");
  return {
    coresOfOthers,
    after(milliseconds: number, busy: number, own: number) {
      state.now += milliseconds;
      state.busy += busy;
      state.own += own;
      return coresOfOthers();
    },
  };
}

test("cores of other programs are those in use but for this program's", async () => {
  const { coresOfOthers, after } = await systemOf(4);
  expect(coresOfOthers()).toBeNaN();
  expect(after(50, 50, 0)).toBeNaN(); // the system counts too coarsely for that
  expect(after(50, 150, 100)).toBe(1);
  expect(after(99, 0, 0)).toBe(1);
  expect(after(101, 500, 100)).toBe(2);
  expect(after(60_000, 60_000, 0)).toBeNaN(); // which may be long over
  expect(after(200, 200, 200)).toBe(0);
});

test("where an engine does not tell what this program computed, it is not known", async () => {
  const { after } = await systemOf(4);
  vi.spyOn(process, "cpuUsage").mockReturnValue(undefined as never);
  expect(after(1000, 1000, 0)).toBeNaN();
  expect(after(1000, 1000, 0)).toBeNaN();
});

test.each([
  ["some cores alone may be used", 64, 2],
  ["the system tells of fewer", 1, 2],
  ["there are very many cores", 32, 32],
])("where %s, it is not known", async (_, cores, allowed) => {
  const { coresOfOthers, after } = await systemOf(cores, allowed);
  expect(coresOfOthers()).toBeNaN();
  expect(after(1000, 1000, 0)).toBeNaN();
});

// Whatever ends a training, at whatever moment, in whatever mode: fit settles with the reason, and what comes after is
// as if it had never been. Every event meets every moment and every mode; all three together with WASMLP_TESTS=all.
// F11 to F14, F20, B8.

import { describe, expect, test } from "vitest";
import type { LabelledDataset } from "../src/dataset.js";
import type { NetworkOptions } from "../src/network/options.js";
import { Network } from "../src/network.js";
import type { FitOptions } from "../src/train/options.js";
import { all } from "./all.js";
import { hashOf, randomData } from "./data.js";

const data = randomData(600, 120);
const wide = randomData(3000, 120);

interface Mode {
  readonly options: NetworkOptions;
  readonly fit: Omit<FitOptions, "iterations">;
  readonly data: LabelledDataset;
}
const MODES: Readonly<Record<string, Mode>> = {
  "one thread": { options: { inputs: 600, layers: [20, 1] }, fit: { threads: 1, firstLayer: "direct" }, data },
  "three threads": { options: { inputs: 600, layers: [20, 1] }, fit: { threads: 3, firstLayer: "direct" }, data },
  "the Gram form": { options: { inputs: 600, layers: [20, 1] }, fit: { threads: 1, firstLayer: "gram" }, data },
  // a step is longer than a slice
  "steps in pieces": {
    options: { inputs: 3000, layers: [60, 1], backend: "js" },
    fit: { firstLayer: "direct" },
    data: wide,
  },
  "a worker": { options: { inputs: 600, layers: [20, 1] }, fit: { worker: true, threads: 1 }, data },
  "a worker with threads": { options: { inputs: 600, layers: [20, 1] }, fit: { worker: true, threads: 2 }, data },
};

/** What may happen: does it, and says what fit then rejects with. */
const EVENTS: Readonly<Record<string, (run: Run) => void>> = {
  abort: ({ abort }) => abort.abort(REASON),
  dispose: ({ network }) => network.dispose(),
};
const REASON = new Error("enough");

interface Run {
  readonly network: Network;
  readonly abort: AbortController;
}

/** When: calls back, and may add to fit's options. */
const MOMENTS: Readonly<Record<string, (happen: () => void) => FitOptions>> = {
  "in the same turn": (happen) => {
    queueMicrotask(happen);
    return {};
  },
  "a turn later": (happen) => {
    setImmediate(happen);
    return {};
  },
  "a while later": (happen) => {
    setTimeout(happen, 150);
    return {};
  },
  "in onStart": (happen) => ({ onStart: happen }),
  "in onCost": (happen) => ({ onCost: ({ iteration }) => void (iteration >= 3 && happen()), logEvery: 3 }),
  "in onProgress": (happen) => ({ onProgress: happen }),
  "while it pauses": (happen) => ({
    onProgress: () => {
      setTimeout(happen, 20);
      return new Promise(() => {});
    },
  }),
};

const cases = Object.keys(MODES).flatMap((mode, i) =>
  Object.keys(MOMENTS).flatMap((moment, j) =>
    Object.keys(EVENTS)
      .filter((_, k) => all || (i + j + k) % 2 === 0)
      .map((event) => [event, moment, mode] as const),
  ),
);

const golden = new Map<string, Promise<string>>();
function goldenOf(mode: string): Promise<string> {
  const { options, fit, data } = MODES[mode]!;
  const made = golden.get(mode) ?? train(new Network(options), data, { ...fit, worker: false, threads: 1 });
  golden.set(mode, made);
  return made;
}
async function train(network: Network, data: LabelledDataset, fit: Omit<FitOptions, "iterations">): Promise<string> {
  await network.fit(data, { ...fit, iterations: 4 });
  return hashOf(network);
}

// A training that does not end computes on beside the tests after it, which would wait in vain as well.
let endless = false;
function ending(run: () => Promise<unknown>): Promise<unknown> {
  if (endless) throw new Error("an earlier training has not ended");
  endless = true;
  return run().finally(() => {
    endless = false;
  });
}

test.each(cases)("%s, %s, in %s", { timeout: 20_000 }, async (event, moment, mode) => {
  const { options, fit, data } = MODES[mode]!;
  const network = new Network(options);
  const first = hashOf(network);
  const abort = new AbortController();
  const more = MOMENTS[moment]!(() => EVENTS[event]!({ network, abort }));
  const running = ending(() => network.fit(data, { ...fit, ...more, iterations: 1_000_000, signal: abort.signal }));
  if (event === "abort") await expect(running).rejects.toBe(REASON);
  else {
    await expect(running).rejects.toMatchObject({ name: "InputError", code: "E_DISPOSED" });
    expect(() => network.weights).toThrow(expect.objectContaining({ code: "E_DISPOSED" }));
  }
  if (event === "abort") {
    // no step done: the same weights, and the network still knows how they were drawn
    if (hashOf(network) === first) expect(network.init).toBe("lecun");
    else expect(network.init).toBeNull();
  }
  expect(await train(new Network(options), data, fit)).toBe(await goldenOf(mode));
});

describe("a callback that fails ends the training with what it throws", () => {
  const CALLBACKS = ["onStart", "onCost", "onProgress", "onDiagnosis"] as const;
  const ways: [string, () => unknown][] = [
    [
      "throws",
      () => {
        throw REASON;
      },
    ],
    ["rejects", () => Promise.reject(REASON)],
    ["rejects later", () => new Promise((_, reject) => setTimeout(() => reject(REASON), 20))],
  ];
  const modes = ["one thread", "three threads", "a worker"];
  const cases = CALLBACKS.flatMap((callback, i) =>
    ways.flatMap(([way, call], j) =>
      modes
        .filter((_, k) => all || (i + j + k) % 3 === 0) // every pair
        .map((mode) => [callback, way, mode, call] as const),
    ),
  );
  test.each(cases)("%s %s, in %s", { timeout: 20_000 }, async (callback, _way, mode, call) => {
    const { options, fit, data } = MODES[mode]!;
    const network = new Network(options);
    // of what is not scaled there is something to say at once
    const told = callback === "onDiagnosis" ? { ...data, scale: 1 } : data;
    const running = ending(() => network.fit(told, { ...fit, iterations: 1_000_000, [callback]: call }));
    await expect(running).rejects.toBe(REASON);
    expect(await train(new Network(options), data, fit)).toBe(await goldenOf(mode));
  });
});

describe("in callbacks", () => {
  test.each(Object.keys(MODES).filter((mode) => !mode.includes("worker")))(
    "the weights are those of the step before, in %s",
    async (mode) => {
      const { options, fit, data } = MODES[mode]!;
      const seen: string[] = [];
      const network = new Network(options);
      await network.fit(data, {
        ...fit,
        iterations: all ? 6 : 4,
        logEvery: 1,
        onCost: () => void seen.push(hashOf(network)),
      });
      for (const [i, hash] of seen.entries()) {
        const again = new Network(options);
        await again.fit(data, { ...fit, iterations: i + 1 });
        expect(hash).toBe(hashOf(again));
      }
      expect(() => {
        throw new Error(hashOf(network));
      }).toThrow(seen.at(-1));
    },
  );

  test("weights cannot be set during a training, and not be read while it is elsewhere", async () => {
    const network = new Network({ inputs: 600, layers: [20, 1] });
    const { weights } = network;
    const running = network.fit(data, {
      iterations: 10,
      onCost: () => {
        network.weights = weights;
      },
    });
    await expect(running).rejects.toMatchObject({
      code: "E_OPTION",
      message: /is being trained; set them before or after/,
    });
    const elsewhere = network.fit(data, { iterations: 10, worker: true });
    expect(() => network.weights).toThrow(expect.objectContaining({ code: "E_OPTION" }));
    await expect(network.predict(data)).rejects.toMatchObject({
      code: "E_OPTION",
      message: /being trained in a worker/,
    });
    await elsewhere;
  });

  test("predictions during a training on threads wait for the step's end", async () => {
    const network = new Network({ inputs: 600, layers: [20, 1] });
    let over = false;
    const running = network.fit(data, { iterations: 2000, threads: 2, firstLayer: "direct" }).finally(() => {
      over = true;
    });
    const answers = new Set<string>();
    while (!over) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      answers.add((await network.predict(data)).join());
    }
    await running;
    expect(answers.size).toBeGreaterThan(1);
  });
});

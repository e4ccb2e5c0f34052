// Training as a caller meets it: records, pauses, aborts, refusals. What the numbers are is tested elsewhere.

import { describe, expect, test, vi } from "vitest";
import type { BackendName } from "../src/catalogue.js";
import { createDataset, type Dataset } from "../src/dataset.js";
import { InputError } from "../src/errors.js";
import type { NetworkOptions } from "../src/network/options.js";
import { Network } from "../src/network.js";
import { compile } from "../src/plan.js";
import { Random } from "../src/random.js";
import type { FitOptions } from "../src/train/options.js";
import { randomData } from "./data.js";

/** Points in a square, the class says on which side of a curve they lie. */
function points(count: number, features = 2, seed = 3): Dataset {
  const random = new Random(seed);
  const x = Array.from({ length: count }, () => Array.from({ length: features }, () => random.normal()));
  return createDataset({ x, y: x.map((row) => (row[0]! * row[0]! + row[1 % features]! > 0.8 ? 1 : 0)) });
}

const small = (options: Partial<NetworkOptions> = {}) => new Network({ inputs: 2, layers: [5, 1], ...options });

async function codeOf(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (error instanceof InputError) {
      expect(error.message, "one sentence or two, no line break").toMatch(/^[^\n]+\.$/);
      return error.code;
    }
    throw error;
  }
  return "no error";
}

describe("records", () => {
  test("a full batch is recorded at iteration 0 and every logEvery, before the update", async () => {
    const data = points(30);
    const network = small();
    const before = await network.evaluate(data);
    const { costs, iterations, epochs } = await network.fit(data, { iterations: 10, logEvery: 4, learningRate: 0.1 });
    expect(costs.map(({ iteration }) => iteration)).toEqual([0, 4, 8]);
    expect(costs[0]!.cost).toBe(before.cost);
    expect([iterations, epochs]).toEqual([10, 10]);
  });

  test("the cost of a record does not depend on logEvery", async () => {
    const run = async (logEvery: number) =>
      (await small().fit(points(30), { iterations: 41, logEvery, learningRate: 0.1 })).costs;
    const fine = await run(1);
    for (const { iteration, cost } of await run(8)) expect(cost).toBe(fine[iteration]!.cost);
  });

  test("mini-batches are recorded once per epoch with the mean of the batches since", async () => {
    const data = points(30);
    const options: FitOptions = { epochs: 3, batchSize: 8, learningRate: 0.1 };
    const every = (await small().fit(data, { ...options, logEvery: 1 })).costs;
    const { costs, iterations } = await small().fit(data, options);
    expect(iterations).toBe(12);
    expect(costs.map(({ iteration, epoch }) => [iteration, epoch])).toEqual([
      [0, 0],
      [4, 1],
      [8, 2],
    ]);
    // batches of 8, 8, 8 and 6 examples
    const mean = (8 * every[1]!.cost + 8 * every[2]!.cost + 6 * every[3]!.cost + 8 * every[4]!.cost) / 30;
    expect(costs[1]!.cost).toBeCloseTo(mean, 12);
  });

  test("validation is measured on the weights before the update", async () => {
    const data = points(30);
    const held = points(17, 2, 9);
    const network = small();
    const before = await network.evaluate(held);
    const { costs } = await network.fit(data, { iterations: 3, logEvery: 2, validation: held, learningRate: 0.1 });
    expect(costs[0]!.validation).toEqual({ cost: before.cost, accuracy: before.accuracy });
    expect(costs[1]!.validation!.cost).not.toBe(before.cost);
  });

  test("a run of no iterations leaves the weights as they were", async () => {
    const network = small();
    const before = network.weights;
    expect((await network.fit(points(9), { iterations: 0 })).costs).toEqual([]);
    expect(network.weights).toEqual(before);
  });
});

describe("repeatability", () => {
  test("the same seed gives the same weights, another seed others", async () => {
    const run = async (seed: number) => {
      const network = small({ seed });
      await network.fit(points(40), { epochs: 5, batchSize: 7, optimizer: "adam" });
      return network.weights;
    };
    expect(await run(4)).toEqual(await run(4));
    expect(await run(4)).not.toEqual(await run(5));
  });

  test("a pause in the middle of a step changes nothing", async () => {
    // 3000 inputs in plain TypeScript: a step is longer than a slice, so it is done in pieces
    const run = async (backend: BackendName) => {
      const network = new Network({ inputs: 3000, layers: [40, 1], backend });
      await network.fit(points(120, 3000), { iterations: 6, learningRate: 0.01 });
      return network.weights;
    };
    expect(await run("js")).toEqual(await run("wasm"));
  });

  test("several networks train at the same time without disturbing each other", async () => {
    const run = async (seed: number) => {
      const network = small({ seed });
      await network.fit(points(500), { iterations: 400, learningRate: 0.1 });
      return network.weights;
    };
    const alone = [await run(1), await run(2), await run(3)];
    expect(await Promise.all([run(1), run(2), run(3)])).toEqual(alone);
  });
});

describe.each(["wasm", "js"] as const)("pauses (%s)", (backend) => {
  const long = () => new Network({ inputs: 3000, layers: [30, 1], backend });

  test("timers run while it trains", async () => {
    const abort = new AbortController();
    let turns = 0;
    const timer = setInterval(() => ++turns === 3 && abort.abort(new Error("three turns")), 1);
    // without turns of the event loop it would train for hours
    const fit = long().fit(points(100, 3000), { iterations: 1e8, learningRate: 0.01, signal: abort.signal });
    await expect(fit).rejects.toThrow("three turns");
    clearInterval(timer);
  });

  test("aborting rejects with the reason and keeps the weights of a finished iteration", async () => {
    const data = points(200, 3000);
    const abort = new AbortController();
    const reason = new Error("enough");
    const network = long();
    let seen = 0;
    const fit = network.fit(data, {
      iterations: 100_000,
      learningRate: 0.01,
      logEvery: 1,
      signal: abort.signal,
      onCost: ({ iteration }) => {
        seen = iteration;
        if (iteration === 5) setTimeout(() => abort.abort(reason), 3);
      },
    });
    await expect(fit).rejects.toBe(reason);
    const again = long();
    await again.fit(data, { iterations: seen, learningRate: 0.01 });
    const next = long();
    await next.fit(data, { iterations: seen + 1, learningRate: 0.01 });
    expect([again.weights, next.weights]).toContainEqual(network.weights);
    await network.fit(data, { iterations: 1 });
  });
});

test("a signal that is aborted already stops before the first step", async () => {
  const network = small();
  const before = network.weights;
  const signal = AbortSignal.abort(new Error("never"));
  await expect(network.fit(points(9), { iterations: 5, signal })).rejects.toThrow("never");
  expect(network.weights).toEqual(before);
});

test("an error in a callback stops the training and comes out", async () => {
  const onCost = () => {
    throw new RangeError("my own bug");
  };
  await expect(small().fit(points(9), { iterations: 5, onCost })).rejects.toThrow(RangeError);
});

test("progress tells iterations in order and seconds that grow", async () => {
  const seen: [number, number][] = [];
  await small().fit(points(3000), {
    iterations: 3000,
    onProgress: ({ iteration, seconds }) => seen.push([iteration, seconds]),
  });
  expect(seen.length).toBeGreaterThan(1);
  expect(seen).toEqual([...seen].sort((a, b) => a[0] - b[0]));
});

describe("refusals", () => {
  const data = points(20);
  const FIT: [string, FitOptions][] = [
    ["neither iterations nor epochs", {}],
    ["both iterations and epochs", { iterations: 1, epochs: 1 }],
    ["half an iteration", { iterations: 0.5 }],
    ["minus one epoch", { epochs: -1 }],
    ["a learning rate of 0", { iterations: 1, learningRate: 0 }],
    ["a learning rate of NaN", { iterations: 1, learningRate: Number.NaN }],
    ["a batch of 0", { iterations: 1, batchSize: 0 }],
    ["a momentum of 1", { iterations: 1, momentum: 1 }],
    ["an unknown optimizer", { iterations: 1, optimizer: "sofia" as "sgd" }],
    ["logEvery of 0", { iterations: 1, logEvery: 0 }],
    ["a negative weight decay", { iterations: 1, weightDecay: -1 }],
    ["a seed over 32 bits", { iterations: 1, seed: 2 ** 32 }],
  ];
  test.each(FIT)("fit refuses %s", async (_, options) => {
    expect(await codeOf(() => small().fit(data, options))).toBe("E_OPTION");
  });

  const NETWORKS: [string, NetworkOptions][] = [
    ["no inputs", { inputs: 0, layers: [1] }],
    ["no layers", { inputs: 2, layers: [] }],
    ["a width of 1.5", { inputs: 2, layers: [1.5, 1] }],
    ["an unknown activation", { inputs: 2, layers: [1], activation: "swish" as "relu" }],
    ["softmax with one output", { inputs: 2, layers: [1], output: "softmax" }],
    ["cross-entropy on a linear output", { inputs: 2, layers: [1], output: "linear", loss: "binaryCrossEntropy" }],
    ["a negative initial deviation", { inputs: 2, layers: [1], init: -0.1 }],
    ["an unknown init", { inputs: 2, layers: [1], init: "xavier" as "he" }],
    ["a shape of another size", { inputs: 12, layers: [1], shape: [2, 3] }],
    ["three class names for one output", { inputs: 2, layers: [1], classes: ["a", "b", "c"] }],
    ["a scale of 0", { inputs: 2, layers: [1], scale: 0 }],
  ];
  test.each(NETWORKS)("new Network refuses %s", async (_, options) => {
    expect(await codeOf(() => new Network(options))).toBe("E_OPTION");
  });

  test("data that do not fit the network are refused before anything happens", async () => {
    const three = createDataset({
      x: [
        [0, 1],
        [1, 0],
        [1, 1],
      ],
      y: ["a", "b", "c"],
    });
    const numbers = createDataset({
      x: [
        [0, 1],
        [1, 0],
      ],
      y: [[0.5], [1.5]],
      regression: true,
    });
    expect(await codeOf(() => small().fit(points(9, 3), { iterations: 1 }))).toBe("E_FEATURES");
    expect(await codeOf(() => small().fit(three, { iterations: 1 }))).toBe("E_CLASSES");
    expect(await codeOf(() => small().fit(numbers, { iterations: 1 }))).toBe("E_LABELS");
    expect(await codeOf(() => small().evaluate(points(9, 3)))).toBe("E_FEATURES");
    expect(await codeOf(() => small().predict(new Float32Array(3)))).toBe("E_FEATURES");
    expect(await codeOf(() => small().predict([[1, 2], [3]]))).toBe("E_FEATURES");
    const held = { ...points(9), classes: ["other", "names"] } as Dataset;
    expect(await codeOf(() => small().fit(data, { iterations: 1, validation: held }))).toBe("E_CLASSES");
  });

  test("an epsilon that is 0 in float32 is refused there (F22)", async () => {
    const options: FitOptions = { iterations: 1, optimizer: "adam", epsilon: 1e-50 };
    expect(await codeOf(() => small().fit(data, options))).toBe("E_OPTION");
    await small({ dtype: "float64" }).fit(data, options);
  });

  test("first weights are drawn with pauses, also for a prediction (F22)", async () => {
    const network = new Network({ inputs: 3000, layers: [3000, 1], seed: 5 });
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await network.predict(new Float32Array(3000));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  test("a second fit at the same time is refused", async () => {
    const network = small();
    const first = network.fit(data, { iterations: 2000 });
    expect(await codeOf(() => network.fit(data, { iterations: 1 }))).toBe("E_OPTION");
    await first;
  });

  test("a network that was disposed of says so", async () => {
    const network = small();
    network.dispose();
    network.dispose();
    expect(await codeOf(() => network.fit(data, { iterations: 1 }))).toBe("E_DISPOSED");
    expect(await codeOf(() => network.predict([[1, 2]]))).toBe("E_DISPOSED");
    expect(await codeOf(() => network.save())).toBe("E_DISPOSED");
  });

  test("a network beyond any memory is refused before its weights are drawn", async () => {
    // to draw them would take minutes
    expect(await codeOf(() => new Network({ inputs: 12288, layers: [100_000, 100_000, 1] }))).toBe("E_MEMORY");
    const data = randomData(12288, 2, "bytes");
    const wide = new Network({ inputs: 12288, layers: [60_000, 1] });
    expect(await codeOf(() => wide.fit(data, { iterations: 1, optimizer: "momentum", firstLayer: "direct" }))).toBe(
      "E_MEMORY",
    );
  });

  test("weights drawn by a training are those drawn at once", async () => {
    const options = { inputs: 300, layers: [400, 1], seed: 5 };
    const trained = new Network(options);
    await trained.fit(randomData(300, 4, "bytes"), { iterations: 0 });
    expect(trained.weights).toEqual(new Network(options).weights);
  });

  test("a plan over the size of a 32-bit memory names the bytes", async () => {
    const count = 1_000_000;
    const many = { x: new Uint8Array(count), y: new Int32Array(count), count, features: 1, shape: [1], scale: 1 };
    const network = new Network({ inputs: 1, layers: [2000, 1] });
    const fit = network.fit({ ...many, classes: ["a", "b"] }, { iterations: 1, optimizer: "adam" });
    await expect(fit).rejects.toMatchObject({ code: "E_MEMORY", message: expect.stringMatching(/\d{10} bytes/) });
  });
});

// an update that overflows; costs that grow until one does
test.each([
  [3e38, 0, /iteration 0, first in the weights of layer 1 after/],
  [1, 3, /iteration 3, first in the outputs/],
])(
  "at rate %d a number stops being finite in iteration %i; the last record's weights are left (B12)",
  async (learningRate, iteration, message) => {
    const random = new Random(3);
    const x = Array.from({ length: 20 }, () => [random.normal(), random.normal()]);
    const data = createDataset({ x, y: x.map(([a]) => [100 * a!]), regression: true });
    const make = () => new Network({ inputs: 2, layers: [4, 1], activation: "linear", output: "linear" });
    const [network, before] = [make(), make()];
    const error = await network.fit(data, { iterations: 200, learningRate, logEvery: 1 }).catch((error) => error);
    expect(error).toMatchObject({ code: "E_NOT_FINITE", message: expect.stringMatching(message) });
    expect(error.history.costs.length).toBe(iteration);
    await before.fit(data, { iterations: Math.max(0, iteration - 1), learningRate });
    expect(network.weights).toEqual(before.weights);
  },
);

test("where the engine has no memory to give, address space is named as a cause (F18)", async () => {
  const memory = vi.spyOn(WebAssembly, "Memory").mockImplementation(
    class {
      constructor() {
        throw new RangeError("WebAssembly.Memory(): could not allocate memory");
      }
    } as never,
  );
  const fit = small().fit(points(9), { iterations: 1 });
  await expect(fit).rejects.toMatchObject({
    ...{ code: "E_MEMORY", message: expect.stringMatching(/no memory of \d+ bytes to give; .*ulimit -v/) },
  });
  memory.mockRestore();
});

test("Vue leaves a network alone, whose private fields no proxy reaches (G13)", () => {
  expect((small() as { __v_skip?: boolean }).__v_skip).toBe(true);
});

test.each([
  ["train", "labels", "fit"],
  ["infer", null, "predict"],
  ["infer", "labels", "evaluate"],
  ["gradient", "labels", "checkGradients"],
] as const)("too large a plan to %s with y %s is told by %s (B14)", (purpose, y, who) => {
  const layers = [{ inputs: 60_000, units: 30_000, activation: "sigmoid" as const }];
  const architecture = { layers, loss: "binaryCrossEntropy", dtype: "float32" } as const;
  const compiling = () => compile({ purpose, architecture, x: "float32", y, count: 8, batch: 8 });
  expect(compiling).toThrow(new RegExp(`^${who}: this network, batch and data set need \\d+ bytes`));
});

describe("predictions", () => {
  test("one prediction after another, of any size and kind, is as if it were the first (E6)", async () => {
    const asked = small({ layers: [6, 1] });
    const data = points(400);
    const xs = [
      ...[1, 1, 17, 3, 400, 1, 33].map((count) => data.x.slice(0, count * data.features)),
      ...[5, 1].map((count) => Uint8Array.from({ length: count * data.features }, (_, i) => i)),
      ...[2, 40].map((count) => ({ ...points(count), scale: 0.5 })),
    ];
    const first = async (x: (typeof xs)[number]) => small({ layers: [6, 1] }).predict(x);
    for (const x of xs) expect(await asked.predict(x)).toEqual(await first(x));
    expect(await Promise.all(xs.map((x) => asked.predict(x)))).toEqual(await Promise.all(xs.map(first)));
    const before = await asked.predict(xs[0]!);
    await asked.fit(points(30), { iterations: 1, learningRate: 1 });
    expect(await asked.predict(xs[0]!)).not.toEqual(before);
  });

  test("predict, classify and evaluate agree, for one output and for several", async () => {
    for (const classes of [2, 3]) {
      const random = new Random(8);
      const x = Array.from({ length: 300 }, () => [random.normal(), random.normal()]);
      const data = createDataset({ x, y: x.map(([a, b]) => (a! > 0 ? 1 : 0) + (classes > 2 && b! > 1 ? 1 : 0)) });
      const network = small({ layers: [6, classes === 2 ? 1 : 3] });
      await network.fit(data, { iterations: 300, learningRate: 0.5 });
      const { predictions, correct, confusion, wrong, count } = await network.evaluate(data);
      const probabilities = await network.predict(x);
      const named = await network.classify(data);
      expect(probabilities.length).toBe(300 * (classes === 2 ? 1 : 3));
      expect(named.map(({ label }) => label)).toEqual([...predictions]);
      expect(named.every(({ label, name }) => name === String(label))).toBe(true);
      expect(confusion.flat().reduce((sum, value) => sum + value)).toBe(count);
      expect(confusion.reduce((sum, row, c) => sum + row[c]!, 0)).toBe(correct);
      expect(wrong.length).toBe(count - correct);
      expect(correct / count).toBeGreaterThan(0.9);
    }
  });

  test("raw numbers are scaled as the training data were", async () => {
    const random = new Random(2);
    const x = Uint8Array.from({ length: 40 * 6 }, () => random.integer(255));
    const y = Int32Array.from({ length: 40 }, (_, i) => (x[i * 6]! > 127 ? 1 : 0));
    const data: Dataset = {
      x,
      y,
      count: 40,
      features: 6,
      shape: [2, 1, 3],
      scale: 1 / 255,
      classes: ["dark", "light"],
    };
    const network = new Network({ inputs: 6, layers: [4, 1] });
    await network.fit(data, { iterations: 5, learningRate: 0.1 });
    const fromDataset = await network.predict(data);
    expect(await network.predict(x)).toEqual(fromDataset);
    expect(await network.predict(Float32Array.from(x))).toEqual(fromDataset);
    expect(network.shape).toEqual([2, 1, 3]);
    expect(await Network.load(network.save()).predict(x)).toEqual(fromDataset);
  });

  test("a set that lacks the last classes can be evaluated", async () => {
    const x = [
      [0, 1],
      [1, 0],
      [1, 1],
    ];
    const network = small({ layers: [3], seed: 2 });
    await network.fit(createDataset({ x, y: [0, 1, 2] }), { iterations: 5 });
    const { confusion, count } = await network.evaluate(createDataset({ x, y: [0, 1, 1] }));
    expect(confusion.length).toBe(3);
    expect(confusion.flat().reduce((sum, value) => sum + value)).toBe(count);
  });

  test("no rows give no outputs", async () => {
    expect((await small().predict([])).length).toBe(0);
  });
});

// What there can be very much of comes and goes in pieces: the same numbers as at once, with a turn of the event loop
// wherever there may be one. The clock is nobody's: a slice of time is over whenever anybody looks.

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { loadBackend } from "../src/backend.js";
import { checksum } from "../src/bytes.js";
import { createDataset, split } from "../src/dataset.js";
import { Network, type NetworkOptions, Random } from "../src/index.js";
import { fittingStandardization, standardizeDataset, standardizing } from "../src/network/standardize.js";
import { atOnce, createPace, inParts, keepApart, SLICE } from "../src/pace.js";
import {
  copyingWeights,
  getWeights,
  type LayerWeights,
  readingWeights,
  settingWeights,
  setWeights,
} from "../src/session/layout.js";
import { open } from "../src/session.js";
import { hashOf, randomData } from "./data.js";

let now = performance.now();
beforeEach(() => {
  vi.spyOn(performance, "now").mockImplementation(() => {
    now += SLICE + 1;
    return now;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What a work comes to, and the turns that the event loop had meanwhile. */
async function turnsOf<Result>(work: () => Promise<Result>): Promise<{ result: Result; turns: number }> {
  let [turns, over] = [0, false];
  const count = () => {
    turns++;
    if (!over) setImmediate(count);
  };
  setImmediate(count);
  try {
    return { result: await work(), turns };
  } finally {
    over = true;
  }
}

const WIDE: NetworkOptions = { inputs: 1500, layers: [900, 3], output: "softmax", seed: 4 }; // 1.35 million weights
const architecture = {
  layers: [
    { inputs: 1500, units: 900, activation: "relu" as const },
    { inputs: 900, units: 3, activation: "softmax" as const },
  ],
  loss: "categoricalCrossEntropy" as const,
  dtype: "float32" as const,
};
const normals = (length: number) => {
  const random = new Random(3);
  return Float32Array.from({ length }, () => random.normal());
};

describe("weights", () => {
  const weights: LayerWeights[] = new Network(WIDE).weights;

  test.each(["infer", "predict"] as const)("go into a plan that is to %s", async (purpose) => {
    const x = purpose === "predict" ? "rows" : "float32";
    const request = { purpose, architecture, x, y: null, count: 16, batch: 16 } as const;
    const backend = await loadBackend("js");
    const [whole, pieces] = [open(backend, request), open(backend, request)];
    setWeights(whole, weights);
    // 349 rows of the first layer at a time, or 43 strips of 8
    expect([...settingWeights(pieces, weights)]).toHaveLength(4);
    expect(Buffer.compare(Buffer.from(pieces.machine.memory), Buffer.from(whole.machine.memory))).toBe(0);
    const { plan, parameters } = whole;
    for (const [l, { weight, inputs, units, strips }] of plan.layers.entries()) {
      for (const [u, k] of [
        [0, 0],
        [units - 1, inputs - 1],
        [units >> 1, inputs >> 1],
      ] as const) {
        // strips of 8 units, input by input; or of 256 inputs, the last one narrower, unit by unit
        const first = k - (k % 256);
        const np = Math.ceil(units / 4) * 4;
        const width = Math.min(256, Math.ceil(inputs / 8) * 8 - first);
        const place =
          strips === "units" ? (u - (u % 8)) * inputs + k * 8 + (u % 8) : first * np + u * width + (k - first);
        expect(parameters[weight + place]).toBe(weights[l]!.weight[u * inputs + k]);
      }
    }
  });

  test("come out of it, and into another", async () => {
    const request = { purpose: "infer", architecture, x: "float32", y: null, count: 16, batch: 16 } as const;
    const backend = await loadBackend("js");
    const [one, other] = [open(backend, request), open(backend, request)];
    setWeights(one, weights);
    expect([...readingWeights(one)]).toHaveLength(4);
    expect(hashOf({ weights: getWeights(one) })).toBe(hashOf({ weights }));
    expect([...copyingWeights(one, other)]).toHaveLength(3);
    expect(hashOf({ weights: getWeights(other) })).toBe(hashOf({ weights }));
  });

  test("are drawn, saved and told by their fingerprint with pauses", async () => {
    const network = new Network(WIDE);
    const { result, turns } = await turnsOf(() => network.fingerprint());
    expect(turns).toBeGreaterThan(40 + 40); // of 32768 numbers, of 131072 bytes
    expect(hashOf(network)).toBe(hashOf({ weights }));
    const saved = await turnsOf(() => network.saved());
    expect(saved.turns).toBeGreaterThan(40);
    expect(Buffer.compare(saved.result, network.save())).toBe(0);
    expect(await Network.load(saved.result).fingerprint()).toBe(result);
  });

  test("that are set while the first ones are drawn stay", async () => {
    const network = new Network(WIDE);
    const drawn = network.fingerprint();
    const zeros = weights.map((layer) => ({ weight: layer.weight.map(() => 0), bias: layer.bias }));
    await new Promise((resolve) => setImmediate(resolve));
    network.weights = zeros;
    await drawn;
    expect(hashOf(network)).toBe(hashOf({ weights: zeros }));
  });
});

describe("an answer of a wide network", () => {
  const network = new Network(WIDE);
  const x = normals(37 * 1500);

  test.each(["float32", "float64"] as const)("has its bits for any number of rows, %s", async (dtype) => {
    const predictor = await new Network({ ...WIDE, dtype }).predictor();
    for (const count of [1, 2, 3, 4, 5, 8, 9, 16, 17, 20, 32, 37]) {
      const rows = x.subarray(0, count * 1500);
      const { result, turns } = await turnsOf(() => predictor.predict(rows));
      expect(result, `${count} rows`).toEqual(predictor.run(rows));
      expect(turns, `${count} rows`).toBeGreaterThan(10 * Math.ceil(count / 16)); // 6 + 4 strips of the inputs, and more
    }
  });

  test("leaves its bits to another that comes meanwhile, at once or with pauses", async () => {
    const predictor = await network.predictor();
    const [some, others] = [x.subarray(0, 20 * 1500), x.subarray(20 * 1500)];
    const want = [predictor.run(some), predictor.run(others)];
    let over = false;
    const long = Promise.all([predictor.predict(some), predictor.predict(others)]).finally(() => {
      over = true;
    });
    let between = 0;
    for (; !over; between++) {
      if (between % 5 === 4) expect(predictor.run(others)).toEqual(want[1]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(between).toBeGreaterThan(10);
    expect(await long).toEqual(want);
  });
});

describe("data", () => {
  const data = randomData(1000, 1300, "float32", 3); // 1.3 million numbers

  test("are scaled, whose sums are those of all at once", () => {
    const fitting = fittingStandardization(data, "standard", false);
    let pieces = 0;
    let piece = fitting.next();
    for (; !piece.done; piece = fitting.next()) pieces++;
    expect(pieces).toBe(10); // of 131 rows
    const { mean, deviation } = piece.value.inputs;
    for (const j of [0, 999]) {
      const column = Array.from({ length: 1300 }, (_, i) => data.x[i * 1000 + j]!);
      const average = column.reduce((sum, value) => sum + value, 0) / 1300;
      const square = column.reduce((sum, value) => sum + (value - average) ** 2, 0) / 1300;
      expect(mean[j]).toBeCloseTo(average, 12);
      expect(deviation[j]).toBeCloseTo(Math.sqrt(square), 12);
    }
    const scaled = [...standardizing(piece.value, data, "float32")];
    expect(scaled).toHaveLength(10);
    const { x } = standardizeDataset(piece.value, data, "float32");
    for (const [i, j] of [
      [0, 0],
      [131, 5],
      [1299, 999],
    ] as const) {
      expect(x[i * 1000 + j]).toBe(Math.fround((data.x[i * 1000 + j]! - mean[j]!) / deviation[j]!));
    }
  });

  test("are held out, scaled, copied and summed with pauses, and give the bits of a part of one's own", async () => {
    const options: NetworkOptions = { inputs: 1000, layers: [3], output: "softmax", standardize: true };
    const fit = { iterations: 2, learningRate: 0.1, threads: 1, firstLayer: "direct", logEvery: 5 } as const;
    const { train, test } = split(data, { test: 0.25, seed: 1, stratify: true });
    const [whole, pieces] = [new Network(options), new Network(options)];
    const own = await turnsOf(() => whole.fit(train, { ...fit, validation: test }));
    const { turns, result } = await turnsOf(() => pieces.fit(data, { ...fit, validation: 0.25 }));
    expect(hashOf(pieces)).toBe(hashOf(whole));
    expect(result.costs).toEqual(own.result.costs);
    expect(turns).toBeGreaterThanOrEqual(own.turns + 2); // each part has more than a piece
    expect(own.turns).toBeGreaterThan(7 + 7 + 3 + 2);
  });

  test("an abort is heard while they are held out, and the network can then be trained", async () => {
    const network = new Network({ inputs: 1000, layers: [3], output: "softmax" });
    const stop = new AbortController();
    const fit = { iterations: 1, learningRate: 0.1, validation: 0.25, signal: stop.signal };
    const training = network.fit(data, fit);
    await expect(network.fit(data, fit)).rejects.toThrow("this network is being trained already");
    stop.abort(new Error("enough"));
    await expect(training).rejects.toThrow("enough");
    expect(network.init).toBe("lecun");
    await network.fit(data, { iterations: 1, learningRate: 0.1 });
    expect(network.init).toBeNull();
  });

  test("a number that is not finite is found in any piece, with pauses and without", async () => {
    const network = new Network({ inputs: 1000, layers: [3], output: "softmax" });
    const predictor = await network.predictor();
    for (const row of [0, 700, 1299]) {
      const x = new Float32Array(data.x);
      x[row * 1000 + 3] = Number.NaN;
      const message = `row ${row} of x has NaN`;
      await expect(network.predict(x)).rejects.toThrow(message);
      await expect(predictor.predict(x)).rejects.toThrow(message);
      expect(() => predictor.run(x)).toThrow(message);
      const { y } = data;
      expect(() => createDataset({ x, y, shape: [1000] })).toThrow(message);
    }
  });

  test("a checksum is that of all bytes", () => {
    const bytes = new Uint8Array(3_000_001).map((_, i) => (i * i) >>> 7);
    expect(checksum(bytes)).toBe("b377cce7dd0430ef"); // of the loop before there were pieces
  });
});

test("many short works in a row are one long one for the event loop", async () => {
  vi.spyOn(performance, "now").mockImplementation(() => now);
  now += SLICE;
  await createPace().breathe();
  expect(createPace().breathe()).toBeUndefined();
  now += SLICE;
  expect(createPace().breathe()).toBeInstanceOf(Promise);
});

test("works on one memory are kept apart: who comes meanwhile brings the other to its end", () => {
  const done: string[] = [];
  const work = function* (name: string) {
    yield* inParts(3, 2 ** 20, (from) => done.push(`${name}${from}`));
    return name;
  };
  const { apart, finish } = keepApart();
  const a = apart(work("a"));
  a.next();
  expect(atOnce(apart(work("b")))).toBe("b");
  expect(a.next()).toEqual({ done: true, value: "a" });
  const c = apart(work("c"));
  c.next();
  finish();
  expect(done.join(" ")).toBe("a0 a1 a2 b0 b1 b2 c0 c1 c2");
  expect(atOnce(c)).toBe("c");
});

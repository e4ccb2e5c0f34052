// Data that are read part by part: the same bits as in memory, whatever is held at a time.

import { describe, expect, test } from "vitest";
import { train } from "../src/auto.js";
import { createSource, type DataSource, type SourceInput } from "../src/dataset/source.js";
import { createDataset, type Dataset, subset } from "../src/dataset.js";
import type { NetworkOptions } from "../src/network/options.js";
import { Network } from "../src/network.js";
import { Random } from "../src/random.js";
import type { FitOptions } from "../src/train/options.js";
import { hashOf, randomData } from "./data.js";

const COUNT = 120;
const FIT = { epochs: 3, batchSize: 8, optimizer: "adam", learningRate: 0.01, logEvery: 4 } as const;

const random = new Random(4);
const numbers = createDataset({
  x: Array.from({ length: COUNT }, () => [50 + 9 * random.normal(), random.normal(), 7]),
  y: Array.from({ length: COUNT }, () => [random.normal(), 100 * random.normal()]),
  regression: true,
});
const SETS: Readonly<Record<string, Dataset>> = {
  bytes: randomData(11, COUNT, "bytes", 3),
  float32: randomData(11, COUNT, "float32", 3),
  float64: randomData(11, COUNT, "float64", 3),
  numbers,
};

const rowBytes = (data: Dataset) =>
  data.features * data.x.BYTES_PER_ELEMENT + (data.y.length / data.count) * data.y.BYTES_PER_ELEMENT;

/** A source of a data set's rows, with room for so many of them at a time; `reads` tells what was read. */
function sourceOf(data: Dataset, room: number, more: Partial<SourceInput> = {}, reads: [number, number][] = []) {
  const width = data.y.length / data.count;
  const piece = (first: number, count: number) => {
    reads.push([first, count]);
    const y = data.y.slice(first * width, (first + count) * width);
    return { x: data.x.slice(first * data.features, (first + count) * data.features), y: Array.from(y) };
  };
  const own = data.classes === null ? { regression: true } : { classes: data.classes };
  const { count, shape, scale } = data;
  const memory = (2 * room * rowBytes(data)) / 2 ** 20;
  return createSource({
    ...own,
    ...{ count, shape, scale, memory, partRows: 10 },
    rows: piece,
    ...more,
  } as SourceInput);
}

const make = (data: Dataset, options: Partial<NetworkOptions> = {}) =>
  new Network({
    inputs: data.features,
    layers: [9, data.classes === null ? data.outputs : data.classes.length],
    ...(data.classes === null && { output: "linear" }),
    ...{ seed: 2, activation: "relu", init: "he" },
    ...options,
  } as NetworkOptions);

async function trained(data: Dataset, on: Dataset | DataSource, fit: FitOptions, options?: Partial<NetworkOptions>) {
  const network = make(data, options);
  const { costs } = await network.fit(on, fit);
  return { hash: hashOf(network), fingerprint: await network.fingerprint(), costs };
}

describe.each(Object.keys(SETS))("%s", (name) => {
  const data = SETS[name]!;

  test("with room for all, shuffled too, the bits and the costs are those of data in memory", async () => {
    const source = await sourceOf(data, 8 * COUNT); // bytes become numbers where they are standardised
    for (const more of [{}, { shuffle: false }, { batchSize: "full" as const }, { batchSize: 50 }]) {
      const fit = { ...FIT, ...more };
      expect(await trained(data, source, fit)).toEqual(await trained(data, data, fit));
    }
    for (const options of [{ standardize: true }, { backend: "js" }, { dtype: "float64" }, { dropout: 0.3 }] as const) {
      expect(await trained(data, source, FIT, options)).toEqual(await trained(data, data, FIT, options));
    }
  });

  test("in stages and in order, too", async () => {
    for (const room of [8, 9, 16, 50, 119]) {
      for (const batchSize of [8, 7]) {
        const fit = { ...FIT, batchSize, shuffle: false };
        for (const options of [{ standardize: false }, { standardize: true }]) {
          const source = await sourceOf(data, options.standardize ? 8 * room : room);
          const own = await trained(data, source, fit, options);
          expect(own).toEqual(await trained(data, data, fit, options));
        }
      }
    }
  });

  test("shuffled in stages, the bits are those of data in memory that lie in that order", async () => {
    const order: number[] = [];
    const drawn = new Random(2); // the parts of an epoch are drawn first, then the rows of each stage when it begins
    for (let epoch = 0; epoch < FIT.epochs; epoch++) {
      const rows = Array.from(drawn.permutation(12)).flatMap((part) =>
        Array.from({ length: 10 }, (_, i) => 10 * part + i),
      );
      for (let first = 0; first < COUNT; first += 32) {
        const stage = rows.slice(first, first + 32);
        order.push(...Array.from(drawn.permutation(stage.length), (place) => stage[place]!));
      }
    }
    const reads: [number, number][] = [];
    const source = await sourceOf(data, 39, {}, reads);
    const own = await trained(data, source, FIT);
    const like = await trained(data, subset(data, order), { ...FIT, epochs: 1, shuffle: false });
    expect(own.hash).toBe(like.hash);
    expect(own.costs.map(({ cost }) => cost)).toEqual(like.costs.map(({ cost }) => cost));
    expect(reads.every(([, count]) => count <= 64)).toBe(true);
    expect((await trained(data, source, { ...FIT, threads: 2 })).hash).toBe(own.hash);
    expect((await trained(data, source, FIT, { backend: "js" })).hash).toBe(own.hash);
    expect((await trained(data, source, { ...FIT, seed: 3 })).hash).not.toBe(own.hash);
  });

  test("left at any iteration and resumed, the bits are the same", async () => {
    const saved = new Map<number, Uint8Array>();
    const source = await sourceOf(data, 39);
    const fit = { ...FIT, logEvery: 1 };
    const whole = await trained(data, source, {
      ...fit,
      checkpoint: { every: 1, save: (bytes) => void saved.set(saved.size + 1, bytes.slice()) },
    });
    for (const place of [1, 4, 5, 14, 15, 17, 44]) {
      const again = await trained(data, source, { ...fit, resumeFrom: saved.get(place)! });
      expect([place, again.hash]).toEqual([place, whole.hash]);
    }
    const other = await sourceOf(data, 16);
    await expect(trained(data, other, { ...fit, resumeFrom: saved.get(5)! })).rejects.toMatchObject({
      code: "E_CHECKPOINT",
    });
  });

  test("evaluated part by part, it is what it is in memory", async () => {
    const network = make(data);
    await network.fit(data, FIT);
    const metrics = data.classes === null ? (["r2", "mae"] as const) : (["rocAuc", "f1"] as const);
    const many = subset(
      data,
      Array.from({ length: 3001 }, (_, i) => (i * 7) % COUNT),
    ); // several pieces of whole batches
    for (const one of [data, many]) {
      const own = await network.evaluate(await sourceOf(one, 16), { metrics });
      expect(own).toEqual(await network.evaluate(one, { metrics }));
    }
  });
});

describe("what is read", () => {
  const data = SETS.float32!;
  const some = async (more: Partial<SourceInput>, fit: FitOptions = FIT) =>
    make(data).fit(await sourceOf(data, 39, more), fit);

  test("pieces of any length, in their order, are the same rows", async () => {
    const pieces = (sizes: number[]) =>
      async function* () {
        let first = 0;
        for (const size of sizes) {
          const rows = subset(
            data,
            Array.from({ length: size }, (_, i) => first + i),
          );
          yield { x: rows.x, y: Array.from(rows.y) };
          first += size;
        }
      };
    const fit = { ...FIT, shuffle: false };
    const whole = await trained(data, data, fit);
    for (const sizes of [[120], [1, 2, 117], [50, 50, 20], Array.from({ length: 24 }, () => 5)]) {
      for (const room of [8, 50, 120]) {
        const source = await sourceOf(data, room, { rows: undefined, batches: pieces(sizes) });
        expect(await trained(data, source, fit)).toEqual(whole);
        expect((await make(data).evaluate(source)).count).toBe(COUNT);
      }
    }
    for (const [sizes, what] of [
      [[50, 50], "fewer"],
      [[50, 71], "more"],
    ] as const) {
      const lacking = subset(
        data,
        Array.from({ length: 121 }, (_, i) => i % COUNT),
      );
      const rows = async function* () {
        let first = 0;
        for (const size of sizes) {
          yield {
            x: lacking.x.slice(first * 11, (first + size) * 11),
            y: Array.from(lacking.y.slice(first, first + size)),
          };
          first += size;
        }
      };
      await expect(
        (async () => make(data).fit(await sourceOf(data, 39, { rows: undefined, batches: rows }), fit))(),
      ).rejects.toMatchObject({ code: "E_COUNT", message: expect.stringContaining(what) });
    }
  });

  test("a share of the parts is held out, the same for the same seed, and trained on by nobody", async () => {
    const seen = new Set<number>();
    const rows = (first: number, count: number) => {
      for (let i = 0; i < count; i++) seen.add(first + i);
      const part = subset(
        data,
        Array.from({ length: count }, (_, i) => first + i),
      );
      return { x: part.x, y: Array.from(part.y) };
    };
    const network = make(data);
    const { costs } = await network.fit(await sourceOf(data, 39, { rows }), { ...FIT, validation: 0.25 });
    expect(seen.size).toBe(COUNT);
    const parts = new Random(2).permutation(12);
    const of = (some: Int32Array) =>
      subset(
        data,
        Array.from(some.slice().sort()).flatMap((part) => Array.from({ length: 10 }, (_, i) => 10 * part + i)),
      );
    const held = of(parts.subarray(0, 3));
    const first = make(data);
    const { cost, accuracy } = await first.evaluate(held);
    expect(costs[0]!.validation).toEqual({ cost, accuracy });
    const source = await sourceOf(of(parts.subarray(3)), 39);
    const like = make(data);
    await like.fit(source, { ...FIT, validation: held });
    expect(hashOf(like)).toBe(hashOf(network));
  });

  test("a source to validate with gives the records of the same data in memory", async () => {
    for (const one of [data, SETS.numbers!]) {
      const records = async (on: Dataset | DataSource, validation: Dataset | DataSource) => {
        const network = make(one, { standardize: true });
        const { costs } = await network.fit(on, {
          ...FIT,
          validation,
          metrics: one.classes ? ["f1"] : ["r2"],
          patience: 3,
        });
        return costs;
      };
      const whole = await records(one, one);
      expect(whole[0]!.validation?.metrics).toBeDefined();
      expect(await records(one, await sourceOf(one, 16))).toEqual(whole);
      expect(await records(await sourceOf(one, 8 * COUNT), await sourceOf(one, 16))).toEqual(whole);
    }
  });

  test("train chooses a network and enough updates for it, and says so", async () => {
    const { network, chosen, history } = await train(await sourceOf(data, 8 * COUNT), { seed: 4 });
    expect(chosen.by).toBe("auto");
    expect(chosen.fit.epochs).toBe(300);
    expect(chosen.reason).toMatch(/^300 epochs: .* without trials$/);
    expect(history.epochs).toBe(300);
    const same = new Network(chosen.network);
    await same.fit(data, chosen.fit);
    expect(hashOf(network)).toBe(hashOf(same));
  });

  test("weights of the classes", async () => {
    const classWeights = [1, 5, 0.5];
    for (const room of [39, COUNT]) {
      const fit = { ...FIT, classWeights, shuffle: false };
      expect(await trained(data, await sourceOf(data, room), fit)).toEqual(await trained(data, data, fit));
    }
  });

  test("is what it says, or is refused", async () => {
    const part = (change: (rows: { x: Dataset["x"]; y: number[] }) => unknown) => (first: number, count: number) => {
      const rows = subset(
        data,
        Array.from({ length: count }, (_, i) => first + i),
      );
      const own = { x: rows.x, y: Array.from(rows.y) };
      return (first < 50 ? own : change(own)) as typeof own;
    };
    const cases: [Partial<SourceInput>, FitOptions, string, RegExp][] = [
      [
        { rows: part(({ x, y }) => ({ x: x.subarray(11), y: y.slice(1) })) },
        FIT,
        "E_COUNT",
        /10 rows were asked for and 9 came/,
      ],
      [
        { rows: part(({ x, y }) => ({ x: Float64Array.from(x), y })) },
        FIT,
        "E_ROWS",
        /Float64Array and was a Float32Array/,
      ],
      [
        { rows: part(({ x, y }) => ({ x, y: y.map(() => 3) })) },
        FIT,
        "E_LABELS",
        /createSource: the label in row 0 is 3/,
      ],
      [{ rows: part(({ x, y }) => ({ x: x.fill(Number.NaN), y })) }, FIT, "E_NOT_FINITE_DATA", /row 0 of x has NaN/],
      [{ rows: part(() => null) }, FIT, "E_ROWS", /its rows are null; give \{ x, y \}/],
      [{ rows: undefined }, FIT, "E_OPTION", /neither rows nor batches/],
      [{ classes: undefined }, FIT, "E_OPTION", /classes is not said/],
      [{ count: 0 }, FIT, "E_OPTION", /count/],
      [{}, { ...FIT, batchSize: "full" }, "E_OPTION", /a batch has 120 examples, and the source has room for 39/],
      [{}, { ...FIT, worker: true }, "E_OPTION", /worker is for data in memory/],
      [{}, { ...FIT, sampleWeights: [1] }, "E_OPTION", /sampleWeights is for data in memory/],
      [{}, { ...FIT, classWeights: "balanced" }, "E_OPTION", /"balanced" is for data in memory/],
      [{}, { iterations: 3, optimizer: "lbfgs" }, "E_OPTION", /lbfgs" is for data in memory/],
      [{}, { iterations: 3, firstLayer: "gram" }, "E_OPTION", /gram" is for data in memory/],
      [{ partRows: 200 }, { ...FIT, validation: 0.5 }, "E_OPTION", /a share of a source that is of one part/],
    ];
    for (const [more, fit, code, message] of cases) {
      const error = await some(more, fit).then(
        () => null,
        (reason: unknown) => reason,
      );
      expect([String(message), error]).toEqual([String(message), expect.objectContaining({ code })]);
      expect((error as Error).message).toMatch(message);
    }
    const other = await sourceOf(SETS.numbers!, COUNT);
    await expect(make(data).fit(other, FIT)).rejects.toMatchObject({ code: "E_FEATURES" });
  });

  test("a number that is not finite is told with the row of the source", async () => {
    const huge = { ...data, x: data.x.slice() };
    for (let j = 0; j < 11; j++) huge.x[77 * 11 + j] = 3e38;
    const error = await trained(data, await sourceOf(huge, 39), { ...FIT, seed: 7 }).catch(String);
    expect(error).toMatch(/example 77\)/);
  });

  test("an abort, and a reading that fails, end it with the weights of the last iteration", async () => {
    const control = new AbortController();
    let reads = 0;
    const rows = (first: number, count: number) => {
      const part = subset(
        data,
        Array.from({ length: count }, (_, i) => first + i),
      );
      const own = { x: part.x, y: Array.from(part.y) };
      if (++reads <= 20) return own;
      if (control.signal.aborted) throw new Error("never read");
      setTimeout(() => control.abort(new Error("enough")), 10);
      return new Promise<typeof own>(() => {});
    };
    const network = make(data);
    const fit = { ...FIT, epochs: 50, signal: control.signal };
    await expect(network.fit(await sourceOf(data, 16, { rows }), fit)).rejects.toThrow("enough");
    const stopped = hashOf(network);
    expect(stopped).not.toBe(hashOf(make(data)));
    let more = 0;
    const failing = (first: number, count: number) => {
      const part = subset(
        data,
        Array.from({ length: count }, (_, i) => first + i),
      );
      if (++more > 20) throw new Error("the disk is gone");
      return { x: part.x, y: Array.from(part.y) };
    };
    const again = make(data);
    await expect(again.fit(await sourceOf(data, 16, { rows: failing }), { ...FIT, epochs: 50 })).rejects.toThrow(
      "the disk is gone",
    );
    expect(hashOf(again)).toBe(stopped);
  });
});

// Checkpoints: a training that is left at any update and taken up again, on other threads or in the other backend, ends
// with the same bits, records and findings; and what is no checkpoint of the training is refused by name.

import { describe, expect, test } from "vitest";
import { checksum } from "../src/bytes.js";
import type { BackendName } from "../src/catalogue.js";
import { InputError } from "../src/errors.js";
import { Network } from "../src/network.js";
import { Random } from "../src/random.js";
import type { FitOptions } from "../src/train/options.js";
import { hashOf, randomData } from "./data.js";
import { called, type Drawn, drawTraining } from "./drawn.js";

const ITERATIONS = 30;

/** What a training ends with, and its checkpoints, one after each update. */
async function train({ network: options, data }: Drawn, fit: FitOptions, backend: BackendName = "wasm") {
  const network = new Network({ ...options, dtype: "float32", backend });
  const checkpoints = new Map<number, Uint8Array>();
  let written = 0;
  const {
    seconds: _,
    millisecondsPerIteration: __,
    threads: ___,
    backend: ____,
    ...history
  } = await network.fit(data, {
    checkpoint: {
      every: 1,
      save(bytes) {
        checkpoints.set(++written, bytes);
      },
    },
    ...fit,
  });
  return { hash: hashOf(network), history, checkpoints };
}

// over all options, both kinds of batch, both forms of the first layer
const TRAININGS = Array.from({ length: 20 }, (_, seed) => drawTraining(seed + 201, ITERATIONS));

test.each(TRAININGS.map((training) => [called(training), training] as const))("%s", async (_, training) => {
  const random = new Random(3);
  const fit = { ...training.fit, threads: 1 };
  const { hash, history, checkpoints } = await train(training, fit);
  expect(checkpoints.size).toBe(ITERATIONS - 1);
  const ways: [Partial<FitOptions>, BackendName][] = [
    [{ threads: 1 }, "wasm"],
    [{ threads: 3 }, "wasm"],
    [{ threads: 1 }, "js"],
  ];
  for (let i = 0; i < 10; i++) {
    const place = 1 + random.integer(ITERATIONS - 2);
    const [way, backend] = ways[i % ways.length]!;
    const again = await train(training, { ...fit, ...way, resumeFrom: checkpoints.get(place)! }, backend);
    expect(again.hash, `left after ${place}`).toBe(hash);
    expect(again.history).toEqual(history);
  }
});

describe("early stopping, a plateau and the Gram form", () => {
  const data = randomData(300, 40, "bytes", 2);
  const held = randomData(300, 20, "bytes", 2);
  const base: FitOptions = {
    iterations: 120,
    learningRate: 0.2,
    logEvery: 5,
    validation: held,
    patience: 4,
    threads: 1,
  };
  test.each([
    // a validation set whose labels are the other way round: its cost rises, and the rate falls
    {
      ...base,
      patience: 0,
      schedule: "plateau",
      decayEvery: 2,
      validation: { ...held, y: held.y.map((y) => 1 - y) },
    } as const,
    { ...base, firstLayer: "gram", schedule: "cosine", optimizer: "momentum" } as const,
    { ...base, patience: 2, minDelta: 0.01, monitor: "accuracy", batchSize: 7 } as const,
  ])("go on from where they were: %j", async (fit) => {
    const training: Drawn = { network: { inputs: 300, layers: [{ units: 8, dropout: 0.2 }, 1] }, fit, data };
    const { hash, history, checkpoints } = await train(training, fit);
    for (const place of [1, 7, Math.floor(checkpoints.size / 2), checkpoints.size]) {
      const again = await train(training, { ...fit, resumeFrom: checkpoints.get(place)! });
      expect([again.hash, again.history]).toEqual([hash, history]);
    }
  });
});

describe("what is no checkpoint of the training", () => {
  const data = randomData(5, 24, "float32", 3);
  const fit: FitOptions = { iterations: 20, batchSize: 8, learningRate: 0.1, logEvery: 5 };
  const make = (options: object = {}) => new Network({ inputs: 5, layers: [4, 3], ...options });
  const written = async () => {
    let bytes = new Uint8Array(0);
    await make().fit(data, {
      ...fit,
      checkpoint: {
        every: 7,
        save(saved) {
          bytes = saved;
        },
      },
    });
    return bytes;
  };
  const refusal = async (resumeFrom: Uint8Array, passed: FitOptions = {}, network = make(), set = data) => {
    const error = await network.fit(set, { ...fit, ...passed, resumeFrom }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    const { code, message } = error as InputError;
    return `${code} ${message}`;
  };

  test("is refused, and named", async () => {
    const good = await written();
    expect(await refusal(new Uint8Array(0))).toMatch(/^E_CHECKPOINT_DAMAGED.*is none, or cut/);
    expect(await refusal(good.subarray(0, good.length - 3))).toMatch(/^E_CHECKPOINT_DAMAGED.*is none, or cut/);
    expect(await refusal(make().save())).toMatch(/^E_CHECKPOINT .*without a training/);
    expect(await refusal(good, {}, make({ activation: "tanh" }))).toMatch(/^E_CHECKPOINT .*of another network/);
    expect(await refusal(good, {}, new Network({ inputs: 5, layers: [3] }))).toMatch(/of another network/);
    expect(await refusal(good, { batchSize: 6 })).toMatch(
      /has batches of 8 examples, this training of 6; pass the same batchSize, or resumeAnyway/,
    );
    // numbers of updates follow from these
    const epochs = { iterations: undefined, epochs: 30, schedule: "cosine" } as const;
    expect(await refusal(good, { ...epochs, batchSize: 6 })).toMatch(/batches of 8 examples/);
    expect(await refusal(good, epochs, make(), randomData(5, 17, "float64", 3))).toMatch(/of other data/);
    expect(await refusal(good, { ...epochs, seed: 9, validation: 0.2 })).toMatch(/has seed 1, this training 9/);
    expect(await refusal(good, { optimizer: "adam", weightDecay: 0.1 })).toMatch(
      /has optimizer "sgd", this training "adam"/,
    );
    expect(await refusal(good, { seed: 9 })).toMatch(/has seed 1, this training 9/);
    expect(await refusal(good, {}, make(), randomData(5, 24, "float64", 3))).toMatch(/of other data/);
    const relabelled = { ...data, y: data.y.slice().reverse() };
    expect(await refusal(good, {}, make(), relabelled)).toMatch(/of other data/);
    expect(await refusal(good, { validation: relabelled })).toMatch(/of other validation data; pass the same/);
  });

  test("is found wherever a byte is another", async () => {
    const good = await written();
    const random = new Random(1);
    for (let i = 0; i < 60; i++) {
      const bad = good.slice();
      bad[8 + random.integer(bad.length - 9)]! ^= 1 << random.integer(7);
      expect(await refusal(bad)).toMatch(/^E_CHECKPOINT_DAMAGED/);
    }
  });

  test("other options are taken where that is asked for, more iterations always", async () => {
    const resumeFrom = await written();
    await make().fit(data, { ...fit, resumeFrom, resumeAnyway: true, learningRate: 0.01 });
    const longer = make();
    const { iterations } = await longer.fit(data, { ...fit, resumeFrom, iterations: 40 });
    expect(iterations).toBe(40);
    const whole = make();
    await whole.fit(data, { ...fit, iterations: 40 });
    expect(hashOf(longer)).toBe(hashOf(whole));
  });
});

describe.each([false, true])("saving, in a worker %s", (worker) => {
  const data = randomData(5, 24, "float32", 2);
  const fit: FitOptions = { iterations: 40, learningRate: 0.1, worker };

  test("is waited for before the next and at the end", async () => {
    let [running, most, saved] = [0, 0, 0];
    await new Network({ inputs: 5, layers: [1] }).fit(data, {
      ...fit,
      checkpoint: {
        every: 10,
        async save() {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setTimeout(resolve, 20));
          running--;
          saved++;
        },
      },
    });
    expect([most, running, saved]).toEqual([1, 0, 3]);
  });

  test("that fails ends the training with its reason", async () => {
    const failing = [
      () => Promise.reject(new Error("disk full")),
      () => {
        throw new Error("disk full");
      },
    ];
    for (const save of failing) {
      const network = new Network({ inputs: 5, layers: [1] });
      await expect(network.fit(data, { ...fit, checkpoint: { every: 10, save } })).rejects.toThrow("disk full");
    }
  });

  test("by time: no more often than asked for", async () => {
    let saved = 0;
    const checkpoint = { seconds: 1000, save: () => void saved++ };
    await new Network({ inputs: 5, layers: [1] }).fit(data, { ...fit, checkpoint });
    expect(saved).toBe(0);
    await new Network({ inputs: 5, layers: [1] }).fit(data, { ...fit, checkpoint: { ...checkpoint, seconds: 1e-9 } });
    expect(saved).toBeGreaterThan(0);
  });
});

test("a checksum hangs on every byte and its place", () => {
  const random = new Random(2);
  const bytes = Uint8Array.from({ length: 37 }, () => random.integer(255));
  const sums = new Set([checksum(bytes)]);
  for (let i = 0; i < bytes.length; i++) {
    for (const flip of [1, 128]) {
      const other = bytes.slice();
      other[i]! ^= flip;
      sums.add(checksum(other));
    }
  }
  sums.add(checksum(bytes.subarray(1)));
  sums.add(checksum(new Uint8Array([...bytes, 0])));
  expect(sums.size).toBe(1 + 2 * 37 + 2);
  const shifted = new Uint8Array(40);
  shifted.set(bytes, 3);
  expect(checksum(shifted.subarray(3))).toBe(checksum(bytes)); // wherever it lies
});

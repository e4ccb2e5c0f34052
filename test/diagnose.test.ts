// Each finding on a run that really fails in that way, and none on healthy runs. Following a hint must help.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readHdf5 } from "../src/dataset/hdf5.js";
import { createDataset, type Dataset } from "../src/dataset.js";
import { RULES } from "../src/diagnose/rules.js";
import { measureColumns } from "../src/diagnose/sample.js";
import { NotFiniteError } from "../src/diagnose.js";
import type { Diagnosis, History } from "../src/history.js";
import type { NetworkOptions } from "../src/network/options.js";
import { Network } from "../src/network.js";
import { Random } from "../src/random.js";
import type { FitOptions } from "../src/train/options.js";

/** 120 points of 20 numbers; a third of them, on one side of a plane, are of class "yes". */
function data({ factor = 1, shift = 0, noise = false, seed = 21 } = {}): Dataset {
  const random = new Random(seed);
  const rows = Array.from({ length: 120 }, () => Array.from({ length: 20 }, () => random.normal()));
  const score = rows.map((row) => row[0]! + row[1]! - row[2]!);
  const border = [...score].sort((a, b) => b - a)[40]!;
  const y = noise
    ? rows.map(() => (random.uniform() < 1 / 3 ? "yes" : "no"))
    : score.map((s) => (s > border ? "yes" : "no"));
  return createDataset({ x: rows.map((row) => row.map((value) => shift + factor * value)), y });
}

async function run(options: Partial<NetworkOptions>, fit: FitOptions, set = data()) {
  const live: Diagnosis[] = [];
  const network = new Network({ inputs: 20, layers: [16, 8, 1], ...options });
  const history = await network.fit(set, { onDiagnosis: (finding) => live.push(finding), ...fit });
  const { accuracy } = await network.evaluate(set);
  return { live: live.map(({ code }) => code), codes: history.diagnoses.map(({ code }) => code), history, accuracy };
}

const ENTROPY = -(Math.log(1 / 3) / 3 + (2 * Math.log(2 / 3)) / 3);

describe("stuck-at-base-rate", () => {
  const layers = [16, 8, 6, 1];

  test("weights drawn too small are named, while it trains, and the hint helps", async () => {
    const fit = { iterations: 3000, learningRate: 0.05 };
    const { live, codes, history } = await run({ layers, init: 0.01 }, fit);
    expect(live).toEqual(["stuck-at-base-rate"]);
    expect(codes).toEqual(["stuck-at-base-rate"]);
    const { message, hint, evidence } = history.diagnoses[0]!;
    expect(message).toContain(ENTROPY.toFixed(5));
    expect(message).toContain('"33 % yes"');
    expect(message).toContain("0.01");
    expect(hint).toContain('"lecun"');
    expect(evidence.entropy).toBeCloseTo(ENTROPY, 12);
    expect(evidence.initialScale).toBe(0.01);
    expect(evidence.firstLayerGradientNorm).toBeLessThan(1e-3);
    const better = await run({ layers, init: "lecun" }, fit);
    expect(better.codes).toEqual([]);
    expect(better.accuracy).toBeGreaterThan(0.95);
  });

  test("is not said of a run that is only at its beginning", async () => {
    const { codes } = await run({ layers, init: 0.01 }, { iterations: 2, learningRate: 0.05, logEvery: 1 });
    expect(codes).not.toContain("stuck-at-base-rate");
  });
});

describe("diverging", () => {
  test("a cost that rises is named with the learning rate, and the hint helps", async () => {
    const random = new Random(4);
    const x = Array.from({ length: 50 }, () => [random.normal(), random.normal()]);
    const set = createDataset({ x, y: x.map(([a, b]) => [a! - 2 * b!]), regression: true });
    const network = () => new Network({ inputs: 2, layers: [1], loss: "meanSquaredError", dtype: "float64" });
    const bad = await network().fit(set, { iterations: 60, learningRate: 1.5, logEvery: 10 });
    expect(bad.diagnoses.map(({ code }) => code)).toEqual(["diverging"]);
    expect(bad.diagnoses[0]!.hint).toContain("0.15");
    const good = await network().fit(set, { iterations: 60, learningRate: 0.15, logEvery: 10 });
    expect(good.diagnoses).toEqual([]);
    expect(good.costs[5]!.cost).toBeLessThan(0.01);
  });
});

describe("not-finite", () => {
  test.each(["float32", "float64"] as const)("stops in the batch that overflows and says where (%s)", async (dtype) => {
    const set = data({ factor: 1e3 });
    const network = new Network({ inputs: 20, layers: [16, 8, 1], loss: "meanSquaredError", dtype });
    const error = await network.fit(set, { iterations: 500, learningRate: 10 }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(NotFiniteError);
    const { code, diagnosis, history } = error as NotFiniteError;
    expect([code, diagnosis.code]).toEqual(["E_NOT_FINITE", "not-finite"]);
    expect(diagnosis.message).toMatch(/in iteration \d+, first in the (outputs of layer \d|weights of layer \d|cost)/);
    expect(diagnosis.hint).toContain("smaller learning rate than 10");
    expect(history.diagnoses).toContain(diagnosis);
  });

  test("a cost that is not finite leaves the weights from before the update", async () => {
    const set = data();
    const network = new Network({ inputs: 20, layers: [1] });
    const huge = network.weights;
    huge[0]!.weight.fill(1e38);
    network.weights = huge;
    await expect(network.fit(set, { iterations: 3 })).rejects.toBeInstanceOf(NotFiniteError);
    expect(network.weights).toEqual(huge);
  });
});

describe("dead-units", () => {
  test.each(["direct", "gram"] as const)("are counted over all examples in the %s form", async (firstLayer) => {
    // the first 8 pictures alone would leave 3 of 5 units asleep
    const pictures = await readHdf5(readFileSync(new URL("../build/dist/pictures-train.h5", import.meta.url)));
    const network = new Network({ inputs: pictures.features, layers: [20, 7, 5, 1], init: 0.01 });
    const { diagnoses } = await network.fit(pictures, { iterations: 100, learningRate: 0.0075, firstLayer });
    expect(diagnoses.map(({ code }) => code)).not.toContain("dead-units");
  });

  test("units asleep because the first weights were too small are told so, before the cost has settled", async () => {
    // one input that is never negative: units with a negative weight answer 0 to everything
    const x = Array.from({ length: 100 }, (_, i) => [1 + i / 100]);
    const network = new Network({ inputs: 1, layers: [8, 4, 1], init: 0.01, seed: 3 });
    const set = createDataset({ x, y: x.map((_, i) => Number(i % 10 === 0)) });
    const { diagnoses } = await network.fit(set, { iterations: 20, learningRate: 1e-3, logEvery: 5 });
    expect(diagnoses.map(({ code }) => code)).toEqual(["weights-too-small"]);
    expect(diagnoses[0]!.hint).toContain('init "lecun" instead of 0.01');
    expect(diagnoses[0]!.change).toEqual({ init: "lecun" });
  });

  test("a layer of ReLU units that answer 0 to everything is named", async () => {
    const network = new Network({ inputs: 20, layers: [16, 1] });
    const weights = network.weights;
    weights[0]!.bias.fill(-100);
    network.weights = weights;
    const { diagnoses } = await network.fit(data(), { iterations: 3000, learningRate: 0.01 });
    expect(diagnoses.map(({ code }) => code)).toEqual(["dead-units"]);
    const dead = diagnoses.find(({ code }) => code === "dead-units")!;
    expect(dead.message).toContain("16 of the 16 ReLU units of layer 1");
    expect(dead.evidence).toEqual({ layer: 1, units: 16, dead: 16 });
    expect(dead.message).toContain("and did before the first step");
    expect(dead.change).toEqual({ init: "lecun" });
  });

  test("counts units over all mini-batches, not the last one", async () => {
    // one example in 120 wakes every unit
    const rows = Array.from({ length: 120 }, (_, i) => [i === 7 ? 1000 : 1]);
    const set = createDataset({ x: rows, y: rows.map((_, i) => i % 2) });
    const network = new Network({ inputs: 1, layers: [4, 1] });
    const weights = network.weights;
    weights[0]!.weight.fill(1);
    weights[0]!.weight[1] = 1.5;
    weights[0]!.bias.fill(-10);
    network.weights = weights;
    const { diagnoses } = await network.fit(set, { epochs: 1, batchSize: 8, learningRate: 1e-9 });
    expect(diagnoses.map(({ code }) => code)).not.toContain("dead-units");
  });
});

describe("symmetric-units", () => {
  test("equal weights are named before the first step, and the hint helps", async () => {
    const { live, codes, history } = await run({ init: 0 }, { iterations: 1500, learningRate: 0.1 });
    expect(live[0]).toBe("symmetric-units");
    expect(codes).toContain("symmetric-units");
    expect(history.diagnoses[0]!.message).toContain("16 units of layer 1");
    const better = await run({ init: "he" }, { iterations: 1500, learningRate: 0.1 });
    expect(better.codes).toEqual([]);
    expect(better.accuracy).toBeGreaterThan(0.95);
  });
});

describe("unscaled-inputs", () => {
  test("large inputs of a run that learns nothing are named with their size", async () => {
    const set = data({ factor: 50, shift: 128 });
    const { codes, history } = await run({ layers: [16, 8, 1] }, { iterations: 400, learningRate: 0.05 }, set);
    expect(codes).toContain("unscaled-inputs");
    const finding = history.diagnoses.find(({ code }) => code === "unscaled-inputs")!;
    expect(finding.evidence.rms).toBeGreaterThan(100);
    expect(finding.change).toEqual({ standardize: true });
  });
});

describe("healthy runs get no finding", () => {
  const RUNS: [string, Partial<NetworkOptions>, FitOptions][] = [
    ["full batch, he", {}, { iterations: 600, learningRate: 0.1 }],
    ["tanh", { activation: "tanh" }, { iterations: 600, learningRate: 0.1 }],
    ["sigmoid", { activation: "sigmoid", layers: [8, 1] }, { iterations: 2000, learningRate: 0.5 }],
    ["no hidden layer", { layers: [1] }, { iterations: 300, learningRate: 0.1 }],
    ["adam, mini-batches", {}, { epochs: 20, batchSize: 16, optimizer: "adam", learningRate: 0.01 }],
    ["two softmax outputs", { layers: [8, 2] }, { iterations: 400, learningRate: 0.1 }],
    ["a batch of one", { layers: [8, 1] }, { epochs: 20, batchSize: 1, learningRate: 0.05 }],
  ];
  test.each(RUNS)("%s", async (_, options, fit) => {
    const { codes, accuracy } = await run(options, fit);
    expect(codes).toEqual([]);
    expect(accuracy).toBeGreaterThan(0.9);
  });
});

test("every feature is seen where not every number is looked at (B4)", () => {
  // 2.6 million numbers: each second one would be of the same feature
  const x = Float32Array.from({ length: 2_600_000 }, (_, i) => (i % 2 ? 5000 : 0.5));
  const places = Array.from({ length: 1_300_000 }, (_, i) => i);
  const { whole, rows } = measureColumns({ x, features: 2, scale: 1 } as Dataset, places);
  expect(rows).toBeLessThan(300_000);
  expect([whole.least, whole.most]).toEqual([0.5, 5000]);
});

describe("worth a look only", () => {
  const suspected = async (options: Partial<NetworkOptions>, fit: FitOptions, set = data()) => {
    const { history } = await run(options, fit, set);
    return history.suspicions.map(({ code }) => code);
  };

  test("a column that is the answer, here and in what is held out", async () => {
    const withAnswer = ({ x, y, ...rest }: Dataset) =>
      createDataset({
        x: Array.from({ length: rest.count }, (_, i) => [...x.slice(i * 20, i * 20 + 20), 2 * y[i]!]),
        y: [...y].map((label) => rest.classes![label]!),
      });
    const fit = { iterations: 400, learningRate: 0.3, validation: withAnswer(data({ seed: 22 })) };
    expect(await suspected({ inputs: 21 }, fit, withAnswer(data()))).toContain("leaking-feature");
    expect(await suspected({}, { ...fit, validation: data({ seed: 22 }) })).not.toContain("leaking-feature");
  });

  test("a truth table that is held out whole", async () => {
    const x = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ];
    const set = createDataset({ x, y: [0, 1, 1, 0] });
    const fit = { iterations: 50, learningRate: 0.1, validation: set };
    expect(await suspected({ inputs: 2, layers: [4, 1] }, fit, set)).toContain("duplicate-rows");
    const many = data();
    expect((await run({}, { ...fit, validation: many }, many)).codes).toContain("duplicate-rows");
  });

  test("dropout and momentum that are unusually high, though the network learnt", async () => {
    const fit = { iterations: 1500, learningRate: 0.3 };
    expect(await suspected({ dropout: 0.6 }, fit)).toContain("dropout-too-high");
    expect(await suspected({ dropout: 0.3 }, fit)).not.toContain("dropout-too-high");
    const heavy = { ...fit, learningRate: 0.01, optimizer: "momentum" } as const;
    expect(await suspected({}, { ...heavy, momentum: 0.99 })).toContain("momentum-too-high");
    expect(await suspected({}, { ...heavy, momentum: 0.9 })).not.toContain("momentum-too-high");
  });

  test("answers that become too sure while as many are right", async () => {
    const told = async (seed: number) => {
      const random = new Random(seed);
      const blurred = () => {
        const x = Array.from({ length: 100 }, () => [random.normal(), random.normal()]);
        return createDataset({ x, y: x.map(([a, b]) => Number(a! + b! + random.normal() > 0)) });
      };
      const [set, validation] = [blurred(), blurred()];
      const fit = { iterations: 1500, logEvery: 50, optimizer: "adam", learningRate: 0.02, validation } as const;
      return suspected({ inputs: 2, layers: [32, 1] }, fit, set);
    };
    expect(await told(9)).toContain("overconfident"); // 76 of 100 are right at last, 74 where the cost was least
    expect(await told(6)).not.toContain("overconfident"); // 77 and 81: by heart
  });

  test("a cost that goes up and down at a level, and a rate that does not fall", async () => {
    const random = new Random(8);
    const x = Array.from({ length: 200 }, () => [random.normal(), random.normal()]);
    const set = createDataset({ x, y: x.map(([a, b]) => [Math.sin(3 * a!) * b!]), regression: true });
    const net = { inputs: 2, layers: [16, 1], loss: "meanSquaredError" } as const;
    const fit = { epochs: 60, batchSize: 1, learningRate: 0.08 };
    const network = (schedule?: "cosine") => new Network(net).fit(set, { ...fit, schedule });
    const codes = ({ suspicions, diagnoses }: History) => [...diagnoses, ...suspicions].map(({ code }) => code);
    expect(codes(await network())).toContain("plateau");
    expect(codes(await network("cosine"))).not.toContain("plateau");
  });
});

test("held-out examples far from those of training are of another kind", async () => {
  const cloud = (wide: number, seed: number, count: number) => {
    const random = new Random(seed);
    const y = Array.from({ length: count }, (_, i) => i % 2);
    // two arcs that noise blurs
    const x = y.map((label) => {
      const turn = 3 * random.uniform() + label * Math.PI;
      return [Math.cos(turn) + wide * random.normal(), Math.sin(turn) + wide * random.normal()];
    });
    return createDataset({ x, y });
  };
  const fit = { iterations: 300, optimizer: "adam", learningRate: 0.02 } as const;
  const told = async (validation: Dataset) =>
    (await run({ inputs: 2 }, { ...fit, validation }, cloud(0.1, 1, 200))).codes;
  expect(await told(cloud(1.5, 2, 200))).toEqual(["test-distribution"]);
  expect(await told(cloud(0.1, 2, 200))).toEqual([]);
});

test("docs/doctor.md has a row for each finding, in the order of causes", () => {
  const docs = readFileSync(new URL("../docs/doctor.md", import.meta.url), "utf8");
  const rows = [...docs.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, code]) => code);
  const codes = [...new Set(RULES.map(({ code }) => code))];
  expect(rows.filter((code) => code !== "not-finite")).toEqual(codes);
});

describe("findings are the same", () => {
  const ILL: [string, Partial<NetworkOptions>, FitOptions][] = [
    ["weights too small", { init: 1e-3, layers: [16, 8, 8, 1] }, { iterations: 300, learningRate: 0.05 }],
    ["a rate too large", {}, { iterations: 300, learningRate: 30 }],
    ["a rate too small", {}, { iterations: 300, learningRate: 1e-6 }],
    ["too few iterations", {}, { iterations: 60, learningRate: 0.02 }],
    ["decay", {}, { iterations: 300, learningRate: 0.05, weightDecay: 1 }],
    ["mini-batches", { init: 4 }, { epochs: 5, batchSize: 16, learningRate: 0.01 }],
    ["few examples", {}, { iterations: 600, learningRate: 0.1 }],
  ];
  const held = data({ seed: 22 });
  const told = async (options: Partial<NetworkOptions>, fit: FitOptions) => {
    const network = new Network({ inputs: 20, layers: [16, 8, 1], ...options });
    const { diagnoses, suspicions } = await network
      .fit(data(), { threads: 1, firstLayer: "direct", validation: held, ...fit })
      .catch((error: NotFiniteError) => error.history);
    return { diagnoses, suspicions };
  };

  test.each(ILL)(
    "%s: on threads, in plain TypeScript, in a worker, however often records are taken",
    async (_, options, fit) => {
      const one = await told(options, fit);
      expect(await told(options, { ...fit, threads: 2 })).toEqual(one);
      expect(await told(options, { ...fit, threads: 3 })).toEqual(one);
      expect(await told({ ...options, backend: "js" }, fit)).toEqual(one);
      expect(await told(options, { ...fit, worker: true })).toEqual(one);
      const causes = ({ diagnoses }: typeof one) => diagnoses.map(({ code, change }) => ({ code, change }));
      expect(causes(await told(options, { ...fit, firstLayer: fit.batchSize ? "direct" : "gram" }))).toEqual(
        causes(one),
      );
      expect(causes(await told(options, { ...fit, logEvery: 1 }))).toEqual(causes(one));
    },
  );

  test("and they are findings", async () => {
    const codes = await Promise.all(ILL.map(async ([, options, fit]) => (await told(options, fit)).diagnoses[0]?.code));
    expect(codes).toEqual([
      ...["stuck-at-base-rate", "dead-units", "learning-rate-too-low", "too-few-iterations", "decay-too-strong"],
      ...["weights-too-large", "too-few-examples"],
    ]);
  });
});

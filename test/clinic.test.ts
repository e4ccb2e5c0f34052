// That the clinic's tables are well-formed, and that it judges as it says. What a doctor finds is told by
// scripts/clinic.ts, which takes minutes.

import { describe, expect, test } from "vitest";
import { InputError, type Network } from "wasmlp";
import { type Case, on, type Training, titleOf, trainingOf } from "./clinic/cases.js";
import { hasTables } from "./clinic/data.js";
import * as F from "./clinic/faults.js";
import { HEALTHY } from "./clinic/healthy.js";
import { ILLNESSES } from "./clinic/illnesses.js";
import { type Finding, isNamedBy, KINDS, type Kind } from "./clinic/kinds.js";
import { BY_CAUSE, isOdd, PROGRAMS } from "./clinic/programs/all.js";
import { judgeProgram, judgeSeeds, programTraining, repairedTraining } from "./clinic/programs/judge.js";
import { labelsOf } from "./clinic/programs/labels.js";
import { type Doctor, datasetOf, faultyData, follow, judge, networkOf } from "./clinic/run.js";
import { RECIPES } from "./clinic/sets.js";

const PARTS = ["tune", "held"] as const;
const kinds = Object.keys(KINDS) as Kind[];
const finding = (code: string, more: Partial<Finding> = {}): Finding => ({
  code,
  message: "",
  hint: "",
  change: {},
  ...more,
});
const saying =
  (...findings: Finding[]): Doctor =>
  async () => ({ findings });

describe("the tables", () => {
  test("have illnesses of many kinds on many data sets, and healthy runs, in both parts", () => {
    expect(kinds.length).toBeGreaterThanOrEqual(32);
    for (const part of PARTS) {
      const ill = ILLNESSES.filter((one) => one.part === part);
      expect(ill.length).toBeGreaterThanOrEqual(260);
      expect(new Set(ill.map(({ kind }) => kind))).toEqual(new Set(kinds));
      expect(new Set(ill.map(({ set }) => set)).size).toBeGreaterThanOrEqual(14);
      expect(HEALTHY.filter((one) => one.part === part).length).toBeGreaterThanOrEqual(80);
    }
  });

  test("hold out data sets of their own, none of which lies beside the project", () => {
    expect(Object.values(RECIPES).filter(({ part, beside }) => part === "held" && beside)).toEqual([]);
  });

  test("use every data set, and name no case twice", () => {
    const all = [...ILLNESSES, ...HEALTHY];
    expect(new Set(all.map(({ set }) => set))).toEqual(new Set(Object.keys(RECIPES)));
    expect(new Set(all.map(titleOf)).size).toBe(all.length);
  });

  test("have a code for each kind, by which it is named", () => {
    for (const kind of kinds) {
      expect(KINDS[kind].codes.length).toBeGreaterThan(0);
      expect(isNamedBy(kind, finding(KINDS[kind].codes[0]!), { fit: {}, rate: 0.1 })).toBe(true);
      expect(isNamedBy(kind, finding("no such code"), { fit: {}, rate: 0.1 })).toBe(false);
    }
  });
});

describe("every case", () => {
  // draws its data and makes its network; one that is refused says so with a code
  async function build(one: Case): Promise<string> {
    const what = trainingOf(one);
    const data = await faultyData(what, 1);
    try {
      networkOf(what, datasetOf(data.train, data), 1).dispose();
      datasetOf(data.test, data);
      return "";
    } catch (error) {
      if (error instanceof InputError) return error.code;
      throw error;
    }
  }
  const REFUSED: readonly Case["kind"][] = [
    ...(["softmax-of-one", "output-and-loss", "targets-out-of-range", "squared-error-of-classes"] as const),
    ...(["wrong-task", "one-class"] as const),
  ];

  test.each(PARTS)("builds, or is of a kind that may be refused (%s)", async (part) => {
    const cases = [...ILLNESSES, ...HEALTHY].filter((one) => one.part === part);
    for (const one of cases.filter(({ set }) => hasTables || !RECIPES[set].beside)) {
      const code = await build(one);
      expect(code === "" || REFUSED.includes(one.kind), `${titleOf(one)}: ${code}`).toBe(true);
    }
  });
});

describe("the judge", () => {
  const [ill] = on("zero-init", "init 0", "xor", { net: { init: 0 }, fit: { iterations: 40 } });
  const [well] = on("healthy", "short", "xor", { fit: { iterations: 40 } }, { allow: ["overfitting"] });
  const verdict = async (one: Case, ...findings: Finding[]) =>
    (await judge(one, { seed: 1, doctor: saying(...findings) })).verdict;

  test("tells whether the first finding names the illness, another one, none, or nothing is said", async () => {
    const [right, wrong] = [finding("symmetric-units"), finding("overfitting")];
    expect(await verdict(ill!, right, wrong)).toBe("first");
    expect(await verdict(ill!, wrong, right)).toBe("named");
    expect(await verdict(ill!, wrong)).toBe("wrong");
    expect(await verdict(ill!)).toBe("silent");
  });

  test("takes a finding in a healthy run for a false alarm, unless it is only possible or true of the run", async () => {
    expect(await verdict(well!, finding("dead-units"))).toBe("false alarm");
    expect(await verdict(well!, finding("dead-units", { confidence: "possible" }))).toBe("clean");
    expect(await verdict(well!, finding("overfitting"))).toBe("clean");
    expect(await verdict(well!)).toBe("clean");
  });

  test("gives the doctor an untrained network with the weights that are wrong, and the test as validation", async () => {
    const [one] = on("dead-relus", "biases", "circles", { weights: F.biases(-100), fit: { iterations: 5 } });
    const seen: { bias: number; count: number; seconds: number | undefined }[] = [];
    const doctor: Doctor = async (network: Network, _, { validation, maxSeconds }) => {
      seen.push({ bias: network.weights[0]!.bias[3]!, count: validation.count, seconds: maxSeconds });
      return { findings: [] };
    };
    await judge(one!, { seed: 1, doctor, maxSeconds: 2 });
    expect(seen).toEqual([{ bias: -100, count: 300, seconds: 2 }]);
  });

  test("does what is advised first, and sees that it helps", async () => {
    const [one] = on("zero-init", "init 0", "xor", { net: { init: 0 } });
    const doctor = saying(finding("symmetric-units", { change: { init: "lecun" } }));
    const { harmful, advice, controlScore } = await judge(one!, { seed: 1, doctor });
    expect(harmful).toBe(true);
    expect(advice).toEqual({ change: { init: "lecun" }, score: controlScore, helps: true });
  });

  test("judges a refusal by its code and words", async () => {
    const [one] = on("softmax-of-one", "two classes", "xor", { outputs: 1, net: { output: "softmax" } });
    const { verdict, error, harmful } = await judge(one!, { seed: 1, doctor: null });
    expect({ verdict, error, harmful }).toEqual({ verdict: "first", error: "E_OPTION", harmful: true });
  });
});

test("advice goes to the network, the training or the data, and new first weights undo a fault of them", () => {
  const [one] = on("dead-relus", "biases", "circles", { weights: F.biases(-100) });
  const what = trainingOf(one!);
  const { net, fit, weights, layers, outputs, faults } = follow(what, {
    ...{ init: "he", epochs: 7, learningRate: 0.5, layers: [32, 16, 1], scale: 0.25, standardize: true },
  });
  expect(net).toEqual({ init: "he", standardize: true });
  expect(fit).toEqual({ epochs: 7, learningRate: 0.5 });
  expect({ weights, layers, outputs }).toEqual({ weights: undefined, layers: [32, 16], outputs: 1 });
  expect(faults).toHaveLength(1);
  expect(follow(what, { learningRate: 0.5 }).weights).toBe(what.weights);
});

describe("the public programs", () => {
  test("have names of their own, and a fault with a repair, or are controls", () => {
    expect(new Set(PROGRAMS.map(({ id }) => id)).size).toBe(PROGRAMS.length);
    for (const { id, faults, repair } of PROGRAMS) expect(Object.keys(repair).length > 0, id).toBe(faults.length > 0);
    expect(PROGRAMS.filter(({ source }) => source === "DeepFD")).toHaveLength(28);
    expect(PROGRAMS.filter(({ faults }) => faults.length === 0).length).toBeGreaterThanOrEqual(14);
    const odd = PROGRAMS.filter(isOdd).length;
    expect(Math.abs(2 * odd - PROGRAMS.length)).toBeLessThan(10);
  });

  test("are as many of each cause as the benchmark has", () => {
    const counts = Object.entries(BY_CAUSE).map(
      ([cause]) => PROGRAMS.filter((program) => program.cause === cause).length,
    );
    expect(counts).toEqual(Object.values(BY_CAUSE).map(([count]) => count));
  });

  test("build when repaired; with the fault they build or are refused with a code", async () => {
    const build = async (what: Training) => {
      const data = await faultyData(what, 1);
      networkOf(what, datasetOf(data.train, data), 1).dispose();
    };
    for (const program of PROGRAMS) {
      await build(repairedTraining(program));
      const error = await build(programTraining(program)).catch((reason: unknown) => reason);
      if (error) expect([error instanceof InputError, program.faults.length > 0], program.id).toEqual([true, true]);
    }
  });

  test("are judged by what was repaired, and by what repairs them too", async () => {
    const program = PROGRAMS.find(({ id }) => id === "51181393")!;
    const judged = async (...findings: Finding[]) => {
      const result = await judgeProgram(program, { seed: 1, doctor: saying(...findings) });
      return [result.fails, result.first, result.named, result.namedAlso];
    };
    const rate = finding("learning-rate-too-low", { change: { learningRate: 0.1 } });
    expect(await judged(rate)).toEqual([true, true, true, true]);
    expect(await judged(finding("dead-relus"), rate)).toEqual([true, false, true, true]);
    expect(await judged(finding("x", { change: { epochs: 2000 } }))).toEqual([true, false, false, true]);
    expect(await judged()).toEqual([true, false, false, false]);
  });
});

test("a program over several seeds is what it is in at least half of them", async () => {
  const program = PROGRAMS.find(({ id }) => id === "51181393")!;
  let asked = 0;
  const sometimes: Doctor = async () => ({ findings: asked++ === 0 ? [finding("learning-rate-too-low")] : [] });
  const judging = { seed: 1, doctor: sometimes };
  const { fails, named, first } = await judgeSeeds(program, judging, 3);
  // once for the program and once for its repaired version
  expect({ fails, named, first, asked }).toEqual({ fails: true, named: false, first: false, asked: 2 * 3 });
  asked = 0;
  expect((await judgeSeeds(program, judging, 2)).named).toBe(true);
});

test("labels are told by code, by advice and by a refusal's words", () => {
  expect(labelsOf(finding("unscaled-inputs"))).toEqual(["preprocessing"]);
  expect(labelsOf(finding("x", { change: { learningRate: 1, output: "linear" } }))).toEqual([
    "learning rate",
    "activation",
  ]);
  expect(labelsOf(finding("E_OPTION", { message: "loss hinge does not go with it" }))).toEqual(["activation", "loss"]);
  expect(labelsOf(finding("x", { message: "loss hinge does not go with it" }))).toEqual([]);
});

test("a leak tells the answer in training alone, and shuffled answers are the same ones", () => {
  const part = { x: Array.from({ length: 9 }, (_, i) => [i]), y: Array.from({ length: 9 }, (_, i) => i % 3) };
  const data = { train: part, test: { ...part, y: [...part.y].reverse() } };
  const random = {
    integer: () => 3,
    uniform: () => 0,
    permutation: (n: number) => Int32Array.from({ length: n }, (_, i) => n - 1 - i),
  };
  const leaked = F.leak((answer) => 10 * answer)(data, random as never);
  expect(leaked.train.x.map((row) => row[1])).toEqual(part.y.map((label) => 10 * label));
  expect(leaked.test.x.map((row) => row[1])).toEqual(Array(9).fill(0));
  expect(F.shuffled()(data, random as never).train.y).toEqual([...part.y].reverse());
});

// The table of options and what is made from it: checks in code, the command's options, the page's fields, the README.

import { readFileSync } from "node:fs";
import type { InvalidArgumentError } from "commander";
import { describe, expect, expectTypeOf, test } from "vitest";
import { optionsTable, withOptionsTable } from "../scripts/options-table.js";
import { train } from "../src/auto.js";
import { OPTIMIZERS } from "../src/catalogue.js";
import type { Io } from "../src/cli/io.js";
import { commandOptions, flagOf } from "../src/cli/options.js";
import { run } from "../src/cli/run.js";
import { InputError } from "../src/errors.js";
import type { NetworkOptions } from "../src/network/options.js";
import { resolveNetworkOptions } from "../src/network/options.js";
import { Network } from "../src/network.js";
import { show } from "../src/options/check.js";
import { onlyUsed, optionsFor, rowsOf } from "../src/options/resolve.js";
import { parseText, TextError, textOf } from "../src/options/text.js";
import { number, type Type, whole } from "../src/options/type.js";
import { type Call, type CommandName, OPTIONS, type Table } from "../src/options.js";
import { type FitOptions, resolveFitOptions } from "../src/train/options.js";
import { fieldsOf, follow, fromAddress, PRESETS, settingsOf, toAddress } from "../web/page/settings.js";
import type { Settings } from "../web/protocol.js";
import { randomData } from "./data.js";

const TABLE: Table = OPTIONS;

/** Options of a call that are fine, with one more. */
const passTo: Readonly<Record<Call, (options: object) => Readonly<Record<string, unknown>>>> = {
  network: (options) => resolveNetworkOptions({ inputs: 6, layers: [4, 1], ...options }),
  fit: (options) => ({ ...resolveFitOptions({ iterations: 7, ...options }, 10, 5) }),
};

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError && error.code === "E_OPTION") return error.message;
    throw error;
  }
  return "no error";
}

function helpOf(command: string, table: Table = OPTIONS): Promise<string> {
  const lines: string[] = [];
  const io: Io = {
    ...{ out: (line: string) => lines.push(line), err: (line: string) => lines.push(line), status: () => {} },
    ...{
      live: false,
      columns: 80,
      style: (_: string, text: string) => text,
      stdin: async () => new Uint8Array(),
      lost: new AbortController().signal,
    },
  };
  return run([command, "--help"], io, table).then(() => lines.join("\n"));
}

/** Values that are taken wherever the option goes, that are refused everywhere, and that are refused in code or as text. */
interface Cases {
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
  readonly badInCode?: readonly unknown[];
  readonly badText?: readonly string[];
}
const MOST = Number.MAX_SAFE_INTEGER;
const wholes: Cases = {
  good: [1, 12345],
  bad: [0, -1, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY],
  badInCode: ["1", true, [1], {}, 1n],
  badText: ["", "1e3", "0x10", "1 2", "fast"],
};
const fromZero: Cases = { ...wholes, good: [0, 1, MOST], bad: [-1, 0.5, 2 ** 53] };
const aboveZero: Cases = {
  good: [1e-300, 0.5, 1e300],
  bad: [0, -1, Number.NaN, Number.POSITIVE_INFINITY],
  badInCode: ["0.5", true, [0.5]],
  badText: ["", "fast", "1,5"],
};
const notNegative: Cases = { ...aboveZero, good: [0, 1e-300, 5], bad: [-1e-300, Number.NaN, Number.POSITIVE_INFINITY] };
const belowOne: Cases = { ...notNegative, good: [0, 0.999999], bad: [-0.1, 1, Number.NaN] };
const choices = (...good: string[]): Cases => ({
  good,
  bad: ["", "other", good[0]!.toUpperCase()],
  badInCode: [1, [good[0]]],
});
const flags: Cases = { good: [true, false], bad: [], badInCode: [0, 1, "true", {}] };
const functions: Cases = { good: [() => {}], bad: [], badInCode: [1, "log", {}] };

const TARGET = { names: ["y"], classes: null };
const CASES: Readonly<Record<string, Cases>> = {
  inputs: { ...wholes, good: [6] },
  layers: {
    good: [[1], [20, 7, 5, 1]],
    bad: [[0, 1], [1.5, 1], [-1]],
    badInCode: [...[[], 5, "20,7,1", ["7", 1], [[7], 1], { length: 1 }, [{ units: 0 }, 1], [{}, 1], [null, 1]]],
    badText: ["20,,5", "20,", ",", "many", "1e3"],
  },
  activation: choices("relu", "leakyRelu", "tanh", "sigmoid", "linear"),
  output: choices("sigmoid", "tanh", "linear"),
  loss: choices("binaryCrossEntropy", "meanSquaredError"),
  slope: notNegative,
  dropout: belowOne,
  normalization: choices("none", "layer", "batch"),
  normEpsilon: aboveZero,
  normMomentum: { ...aboveZero, good: [0.1, 1], bad: [0, 1.1, Number.NaN] },
  residual: flags,
  inputNoise: notNegative,
  delta: aboveZero,
  quantile: { ...aboveZero, good: [0.1, 0.5], bad: [0, 1, -1, Number.NaN] },
  labelSmoothing: belowOne,
  init: { ...notNegative, good: ["lecun", "he", "orthogonal", 0, 0.01], bad: [-0.1, "xavier", Number.NaN] },
  biasInit: { good: [0, -1, 0.5], bad: [Number.NaN, Number.POSITIVE_INFINITY], badInCode: ["0", null], badText: ["x"] },
  schedule: {
    good: ["constant", "step", "exponential", "polynomial", "cosine", "oneCycle", "plateau"],
    bad: ["", "linear", "COSINE"],
    badInCode: [1, {}],
  },
  warmup: fromZero,
  decayFactor: { ...aboveZero, good: [0.1, 0.5], bad: [0, 1, -1, Number.NaN] },
  decayEvery: wholes,
  decayPower: aboveZero,
  leastRate: notNegative,
  cycles: wholes,
  clipValue: notNegative,
  l1: notNegative,
  classWeights: { good: ["balanced"], bad: [""], badInCode: [1, "rare"] },
  sampleWeights: { good: [[1, 2]], bad: [], badInCode: [1, "all"] },
  checkpoint: { good: [{ save() {} }], bad: [], badInCode: [1, {}, { save: 1 }, "file"] },
  resumeFrom: { good: [new Uint8Array(3)], bad: [], badInCode: [1, "file", [1, 2], new Float32Array(1)] },
  resumeAnyway: flags,
  checkpointEvery: wholes,
  checkpointSeconds: aboveZero,
  ema: belowOne,
  swaStart: fromZero,
  swaEvery: wholes,
  maxNorm: notNegative,
  accumulate: wholes,
  tolerance: notNegative,
  patience: fromZero,
  minDelta: notNegative,
  metrics: {
    good: [["f1"], ["rocAuc", "kappa"]],
    bad: [["F1"]],
    badInCode: ["f1", [1], {}],
    badText: ["f1,", "f1;kappa"],
  },
  monitor: choices("cost", "accuracy", "f1"),
  restoreBest: flags,
  costLimit: notNegative,
  timeLimit: aboveZero,
  optimizer: choices("sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"),
  learningRate: aboveZero,
  momentum: belowOne,
  beta1: belowOne,
  beta2: belowOne,
  epsilon: aboveZero,
  weightDecay: notNegative,
  clipNorm: notNegative,
  freeze: { good: [0, 1, 3], bad: [-1, 0.5, Number.NaN], badInCode: ["1", [0], [1.5], {}], badText: ["", "1,2"] },
  batchSize: { ...wholes, good: ["full", 1, 8], badText: ["", "half", "1e3"] },
  task: choices("classification", "regression", "auto"),
  shuffle: flags,
  iterations: fromZero,
  epochs: fromZero,
  logEvery: wholes,
  seed: { ...wholes, good: [0, 1, 2 ** 32 - 1], bad: [-1, 0.5, 2 ** 32, 2 ** 33] },
  dtype: choices("float32", "float64"),
  backend: choices("wasm", "js"),
  numerics: choices("strict", "fused"),
  threads: { ...wholes, good: ["auto", 1, 64], bad: [0, 65, 1.5, "all"] },
  vectors: { ...wholes, good: [128, 256], bad: [0, 64, 200, 512], badText: ["", "wide"] },
  firstLayer: choices("auto", "direct", "gram"),
  scale: { ...aboveZero, good: [1e-300, 0.5, -1], bad: [0, Number.NaN, Number.POSITIVE_INFINITY] },
  shape: {
    good: [[6], [2, 3], [1, 2, 3]],
    bad: [
      [0.5, 12],
      [-2, -3],
    ],
    badInCode: [6, "2x3", ["2", 3]],
  },
  classes: { good: [["no", "yes"]], bad: [], badInCode: [[0, 1], "no,yes", [{}, []]] },
  encoding: {
    good: [{ features: [{ name: "a", kind: "category", values: [..."bcdefg"], other: [] }], target: TARGET }],
    bad: [],
    badInCode: [{}, null, "a", { features: [] }],
  },
  standardize: flags,
  scaling: choices("none", "standard", "minmax", "standardAll", "minmaxAll"),
  accuracy: flags,
  worker: { good: [true, false, "a.js", new URL("file:///a.js")], bad: [], badInCode: [1, {}, null] },
  signal: { good: [new AbortController().signal], bad: [], badInCode: [new AbortController(), {}, true, "stop"] },
  onStart: functions,
  onCost: functions,
  onProgress: functions,
  onDiagnosis: functions,
  metric: { ...choices("accuracy", "logLoss"), bad: ["", "f2"] },
  repeats: wholes,
  feature: fromZero,
  iteration: fromZero,
  samples: wholes,
  seconds: aboveZero,
  maxSeconds: aboveZero,
  memory: { good: [0.5, 64], bad: [0, -1] },
  mostCategories: wholes,
  folds: { ...wholes, good: [2, 5], bad: [-1, 0, 1, 2.5] },
  test: { ...belowOne, good: [0.2], bad: [0, 1, -0.5] },
  port: { ...wholes, good: [0, 8040, 65535], bad: [-1, 65536] },
};
/** Checked by who uses them, or any text. */
const OWN = [
  ...[
    "auto",
    "preset",
    "validation",
    "x",
    "y",
    "from",
    "newHead",
    "fix",
    "save",
    "plot",
    "log",
    "curves",
    "checkpointTo",
  ],
  ...["order", "place", "bare", "names"],
  ...[
    "resume",
    "open",
    "json",
    "quiet",
    "target",
    "features",
    "drop",
    "id",
    "categories",
    "dates",
    "log1p",
    "group",
    "out",
    "csv",
    "size",
    "skipBroken",
    "separator",
    "header",
    "noHeader",
  ],
  "force",
];
/** What the page refuses though it is taken elsewhere. */
const PAGE_BAD: Readonly<Record<string, unknown[]>> = { iterations: [0], scale: [-1], scaling: ["none"] };

test("every row has cases", () => {
  expect([...Object.keys(CASES), ...OWN].sort()).toEqual(Object.keys(TABLE).sort());
});

describe.each(Object.entries(CASES))("%s", (name, { good, bad, badInCode = [], badText = [] }) => {
  const { code = [], commands = [], value, page, usedBy } = TABLE[name]!;

  test.each(code)("in code, %s", (call) => {
    const who = call === "network" ? "new Network" : "fit";
    const others = {
      ...(name === "epochs" && { iterations: undefined }),
      ...(usedBy && { [usedBy.option]: usedBy.values?.[0] ?? 1 }),
      ...(["warmup", "swaStart"].includes(name) && { iterations: MOST }),
    };
    for (const one of good)
      expect(
        messageOf(() => passTo[call]({ ...others, [name]: one })),
        show(one),
      ).toBe("no error");
    for (const one of [...bad, ...badInCode]) {
      const message = messageOf(() => passTo[call]({ ...others, [name]: one }));
      // who, which option, what it got, what to do
      expect(message, show(one)).toMatch(
        new RegExp(`^${who}: ${name} is .*; (pass [^\\n]+\\.|did you mean [^\\n]+\\?)$`),
      );
    }
  });

  test.each(value === undefined ? [] : commands)("on the command line, %s", (command) => {
    const option = commandOptions(command).find((option) => option.attributeName() === name)!;
    const parse = (text: string): unknown => option.parseArg!(text, undefined);
    for (const one of good) expect(parse(textOf(one))).toEqual(one);
    for (const text of [...bad.map(textOf), ...badText]) {
      expect(() => parse(text), text).toThrow(
        expect.objectContaining({ code: "commander.invalidArgument" } satisfies Partial<InvalidArgumentError>),
      );
    }
  });

  test.each(page ? ["a field"] : [])("on the page, %s", () => {
    const { type } = fieldsOf()[name]!;
    const worse = PAGE_BAD[name] ?? [];
    for (const one of good) if (!worse.includes(one)) expect(parseText(type, ` ${textOf(one)} `)).toEqual(one);
    for (const text of [...[...bad, ...worse].map(textOf), ...badText]) {
      if (name === "layers" && text === "") continue;
      expect(() => parseText(type, text), text).toThrow(TextError);
    }
  });
});

describe("one name and one default everywhere", () => {
  type Rows = typeof OPTIONS;
  type NamesFor<C extends Call> = {
    [N in keyof Rows]: Rows[N] extends { code: (infer P)[] } ? (C extends P ? N : never) : never;
  }[keyof Rows];
  type NamesOnPage = { [N in keyof Rows]: Rows[N] extends { page: object } ? N : never }[keyof Rows];

  test("each row has its field in the public types, and each field its row", () => {
    // checked by tsc
    expectTypeOf<NamesFor<"network">>().toEqualTypeOf<keyof NetworkOptions>();
    expectTypeOf<NamesFor<"fit">>().toEqualTypeOf<keyof FitOptions>();
    expectTypeOf<NamesOnPage>().toEqualTypeOf<keyof Settings>();
  });

  test.each([
    ["network", "NetworkOptions", "network"],
    ["fit", "FitOptions", "train"],
  ] as const)("the docstrings of %s tell the table's defaults", (call, type, folder) => {
    const source = readFileSync(new URL(`../src/${folder}/options.ts`, import.meta.url), "utf8");
    const start = source.indexOf(`interface ${type} {`);
    const body = source.slice(start, source.indexOf("\n}\n", start));
    const told = new Map<string, string>();
    for (const [, doc, name] of body.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(\w+)[?:(]/g)) {
      told.set(name!, doc!.split("@default ")[1]?.trim() ?? "");
    }
    expect(told.size).toBe(rowsOf(call).length);
    for (const [name, { default: usual, usually, required }] of rowsOf(call)) {
      if (required || name === "iterations") continue; // no default in code
      const own = call === "fit" && name === "seed" ? "the network's seed" : undefined;
      const words = own ?? usually ?? (usual === undefined ? "" : JSON.stringify(usual));
      expect(told.get(name), name).toBe(words);
    }
  });

  test.each([
    ["sigmoid", "binaryCrossEntropy"],
    ["softmax", "categoricalCrossEntropy"],
    ["exponential", "poisson"],
    ["linear", "meanSquaredError"],
    ["tanh", "meanSquaredError"],
  ] as const)("the loss of the output %s is %s", (output, loss) => {
    expect(new Network({ inputs: 2, layers: [output === "softmax" ? 3 : 1], output }).loss).toBe(loss);
  });

  test.each(OPTIMIZERS)("the learning rate of %s", async (optimizer) => {
    const plain = ["sgd", "momentum", "nesterov"];
    const others: Record<string, number> = { lbfgs: 1, adagrad: 0.01, adadelta: 1, nadam: 0.002, lion: 0.0001 };
    const rate = others[optimizer] ?? (plain.includes(optimizer) ? 0.0075 : 0.001);
    expect(passTo.fit({ optimizer }).learningRate).toBe(rate);
    // the command leaves it to fit
    expect(commandOptions("train").find((option) => option.long === "--learning-rate")!.defaultValue).toBeUndefined();
    expect(fromAddress(`#optimizer=${optimizer}`).settings.learningRate).toBe(rate);
  });

  test("the other defaults that follow from the optimizer, and a record an epoch for mini-batches", () => {
    expect(passTo.fit({ optimizer: "rmsprop" })).toMatchObject({ beta2: 0.9, weightDecay: 0 });
    expect(passTo.fit({ optimizer: "adamw" })).toMatchObject({ beta2: 0.999, weightDecay: 0.01, clipNorm: 0 });
    expect(passTo.fit({})).toMatchObject({ logEvery: 100, batch: 10, shuffle: false, seed: 5, iterations: 7 });
    expect(passTo.fit({ batchSize: 4 })).toMatchObject({ logEvery: 3, batch: 4, stepsPerEpoch: 3, shuffle: true });
    expect(passTo.fit({ batchSize: 40 })).toMatchObject({ logEvery: 100, batch: 10, shuffle: false });
    expect(passTo.fit({ iterations: undefined, epochs: 2, batchSize: 4 })).toMatchObject({ iterations: 6 });
  });

  test("the command passes on what the calls take, and nothing that was not said", () => {
    const options = { layers: [3], clipNorm: 1, seed: 4, save: "a", json: true, learningRate: undefined };
    expect(optionsFor("network", options)).toStrictEqual({ layers: [3], seed: 4 });
    expect(optionsFor("fit", options)).toStrictEqual({ clipNorm: 1, seed: 4 });
  });
});

describe("an option that is added to a copy of the table", () => {
  const copy: Table = {
    ...OPTIONS,
    warmUp: {
      type: number(whole(3, 9)),
      help: "steps until the rate is whole",
      ...{ default: 4, code: ["fit"], commands: ["train"], value: "n", page: { label: "warm-up" } },
    },
  };
  test("is in the command's help and read there", async () => {
    expect(await helpOf("train", copy)).toMatch(/--warm-up <n> +steps until the rate is whole \(default: 4\)/);
    expect(await helpOf("train")).not.toContain("warm-up");
    const option = commandOptions("train", copy).find((option) => option.long === flagOf("warmUp"))!;
    expect(option.parseArg!("5", 4)).toBe(5);
    expect(() => option.parseArg!("2", 4)).toThrow("Pass a whole number from 3 to 9.");
  });
  test("is a field of the page", () => {
    expect(fieldsOf(copy).warmUp).toMatchObject({ label: "warm-up" });
    expect(fieldsOf().warmUp).toBeUndefined();
  });
  test("is a line of the README's table", () => {
    const line = "| `warmUp` | whole number from 3 to 9 | 4 | `fit`, `train`, page | steps until the rate is whole |\n";
    expect(optionsTable(copy)).toContain(line);
    expect(optionsTable()).not.toContain("warmUp");
  });
});

test("--from is refused beside each option of networks that a model has decided", () => {
  const { conflictsWith } = commandOptions("train").find((option) => option.name() === "from") as unknown as {
    conflictsWith: string[];
  };
  // the data bring the scale, and the seed is of the shuffling, too
  const decided = rowsOf("network").filter(([name, { commands }]) => {
    return commands?.includes("train") && name !== "scale" && name !== "seed";
  });
  const ofTables = ["features", "drop", "categories", "dates", "log1p", "mostCategories"];
  expect([...conflictsWith].sort()).toEqual([...decided.map(([name]) => name), "auto", "preset", ...ofTables].sort());
});

test("the README has the table's options; npm run format writes them", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(withOptionsTable(readme)).toBe(readme);
});

test.each<CommandName>(["train", "check", "predict", "explain", "import", "export", "serve"])(
  "the help of %s fits in 80 columns",
  async (command) => {
    const lines = (await helpOf(command)).split("\n");
    expect(lines.length).toBeGreaterThan(5);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  },
);

describe("what was probably meant", () => {
  test.each<[string, () => unknown, string]>([
    ["a word in capitals", () => passTo.fit({ optimizer: "Adam" }), 'fit: optimizer is "Adam"; did you mean "adam"?'],
    ["a slip", () => passTo.network({ activation: "sigmod" }), 'activation is "sigmod"; did you mean "sigmoid"?'],
    ["words of a list", () => passTo.fit({ metrics: ["F1"] }), 'fit: metrics is ["F1"]; did you mean ["f1"]?'],
    ["no list", () => passTo.fit({ metrics: "f1" }), 'fit: metrics is "f1"; pass a list, such as ["f1"].'],
    ["a word or a number", () => passTo.fit({ batchSize: "Full" }), 'fit: batchSize is "Full"; did you mean "full"?'],
    ["a layer's", () => passTo.network({ layers: [{ units: 2, activation: "Tanh" }, 1] }), 'did you mean "tanh"?'],
  ])("%s", (_, call, message) => {
    expect(messageOf(call)).toContain(message);
  });

  test("on the command line, too", () => {
    const parse = (name: string, text: string) => () =>
      commandOptions("train").find((option) => option.attributeName() === name)!.parseArg!(text, undefined);
    expect(parse("optimizer", "Adam")).toThrow('Did you mean "adam"?');
    expect(parse("metrics", "f1,KAPPA")).toThrow('Did you mean ["f1", "kappa"]?');
    expect(parse("optimizer", "best")).toThrow(/^Pass one of sgd, .*\.$/);
  });
});

test.each<[unknown, string]>([
  [{ uniformm: 0.1 }, 'init has "uniformm"; did you mean uniform?'],
  [{ gamma: 0.1 }, 'init has "gamma"; pass one of normal, truncatedNormal, uniform, constant.'],
  [{ normal: 1, uniform: 1 }, "init has normal and uniform; pass one of normal, truncatedNormal, uniform, constant."],
  [{}, "init has none of them; pass one of normal, truncatedNormal, uniform, constant."],
  [{ uniform: "1" }, 'init has uniform "1"; pass a finite number.'],
])("init %j is told by its key", (init, message) => {
  expect(messageOf(() => passTo.network({ init }))).toBe(`new Network: ${message}`);
  expect(messageOf(() => passTo.network({ layers: [{ units: 2, init }, 1] }))).toContain(message);
});

describe("an option that nothing uses is refused where it is passed", () => {
  const used = Object.entries(TABLE).flatMap(([name, { usedBy, code = [] }]) =>
    code.filter(() => usedBy).map((call) => [name, call, usedBy!] as const),
  );
  test.each(used)("%s, %s", (name, call, { option, values }) => {
    const value = CASES[name]!.good.find((one) => one !== 0 && one !== false);
    const stranger = (type: Type) => (type.is === "value" || type.is === "object" ? type.words : []);
    const others = values ? stranger(TABLE[option]!.type).filter((word) => !values.includes(word)) : [0];
    const function_ = option === "schedule" ? [() => 0.1] : [];
    for (const other of [...others, ...function_].slice(0, 3)) {
      const given = { [option]: other, [name]: value };
      expect(messageOf(() => passTo[call](given))).toMatch(
        new RegExp(`: ${name} is .*, which does nothing with(out)? ${option}.*; leave it out, or (use|pass) ${option}`),
      );
      expect(Object.keys(onlyUsed(call, given))).toEqual([option]);
      for (const asksNothing of [undefined, 0, false]) {
        const message = messageOf(() => passTo[call]({ ...given, [name]: asksNothing }));
        expect(message).not.toContain("does nothing");
      }
    }
  });

  test("a slope is used by any layer, of one's own or the last", () => {
    const layers = [{ units: 4, activation: "leakyRelu" }, 1];
    expect(messageOf(() => passTo.network({ slope: 0.3, layers }))).toBe("no error");
    expect(messageOf(() => passTo.network({ slope: 0.3, output: "prelu", loss: "huber" }))).toBe("no error");
    expect(messageOf(() => passTo.network({ slope: 0.3 }))).toBe(
      'new Network: slope is 0.3, which does nothing with activation "relu"; leave it out, or use activation "leakyRelu" or "prelu".',
    );
  });

  test("so is what begins or ends when the training is over", () => {
    for (const name of ["warmup", "swaStart"]) {
      expect(messageOf(() => passTo.fit({ [name]: 7 }))).toBe("no error");
      expect(messageOf(() => passTo.fit({ [name]: 8 }))).toBe(
        `fit: ${name} is 8, and there are 7 iterations; pass at most so many, or train longer.`,
      );
      expect(messageOf(() => passTo.fit({ iterations: undefined, epochs: 3, batchSize: 4, [name]: 10 }))).toMatch(
        / 9 /,
      );
    }
  });

  test("calls that pass on options of another leave it out", async () => {
    const { data, network } = {
      data: randomData(3, 12, "float32", 2),
      network: () => new Network({ inputs: 3, layers: [2, 1] }),
    };
    const fit = { warmup: 500, decayFactor: 0.5, optimizer: "momentum", momentum: 0.8 } as const;
    await expect(network().findLearningRate(data, fit, { iterations: 10 })).resolves.toHaveProperty("rate");
    const { chosen } = await train(data, { auto: true, patience: 2, minDelta: 0.1, restoreBest: false, seed: 3 });
    expect(chosen.fit.minDelta).toBe(0.1);
    const leaky = new Network({
      inputs: 3,
      layers: [{ units: 4, activation: "tanh" }, 4, 1],
      activation: "prelu",
      slope: 0.3,
    });
    expect(leaky.upTo(1).layers).toEqual([3, 4]);
    expect(leaky.withHead([2], { keep: 1 }).layers).toEqual([3, 4, 2]);
  });
});

describe("refusals", () => {
  test("text is quoted and numbers are not, whatever the value is", () => {
    expect(messageOf(() => passTo.fit({ learningRate: "1" }))).toBe('fit: learningRate is "1"; pass a number above 0.');
    expect(messageOf(() => passTo.fit({ momentum: 1 }))).toBe(
      "fit: momentum is 1; pass a number of at least 0 and below 1.",
    );
    let nested: unknown[] = [];
    for (let i = 0; i < 20_000; i++) nested = [nested];
    const values = [nested, Object.create(null), Symbol("s"), 10n, "x".repeat(1e6), [1, "2", [3]], "a\nb", null];
    expect(values.map((value) => show(value))).toEqual([
      ...["[[…]]", "an object", "Symbol(s)", "10n", `"${"x".repeat(60)}…"`, '[1, "2", […]]', '"a\\nb"', "null"],
    ]);
  });

  test("a call without options is told so", () => {
    expect(messageOf(() => resolveFitOptions(undefined as unknown as FitOptions, 10, 1))).toMatch(/^fit: got neither/);
    expect(messageOf(() => resolveNetworkOptions(null as unknown as NetworkOptions))).toMatch(/options are null/);
  });

  test("0 switches weight decay off, also adamw's own", () => {
    expect(passTo.fit({ optimizer: "adamw", weightDecay: 0 }).weightDecay).toBe(0);
    expect(commandOptions("train").find(({ long }) => long === "--weight-decay")!.parseArg!("0", undefined)).toBe(0);
  });

  test.each<[string, NetworkOptions["layers"], RegExp]>([
    ["an unknown name", [{ units: 2, unit: 3 } as never, 1], /"unit" is no option; did you mean units\?/],
    ["softmax where it is hidden", [{ units: 2, activation: "softmax" }, 1], /layer 1 is hidden.*last layer alone/],
    ["a slope below 0", [{ units: 2, slope: -1 }, 1], /slope is -1; pass a number of at least 0/],
    [
      "an activation there is not",
      [{ units: 2, activation: "swish" as never }, 1],
      /activation is "swish"; pass one of/,
    ],
  ])("a layer with %s is refused", (_, layers, why) => {
    expect(messageOf(() => passTo.network({ layers }))).toMatch(why);
  });

  test("a layer's own activation and slope hold for it alone, and travel with the model", async () => {
    const layers = [{ units: 3, activation: "leakyRelu", slope: 0.5 }, 2, { units: 1, activation: "tanh" }] as const;
    const network = new Network({ inputs: 2, layers, loss: "meanSquaredError", activation: "elu" });
    expect([network.output, network.layers]).toEqual(["tanh", [2, 3, 2, 1]]);
    expect(network.summary()).toMatch(/leakyRelu[\s\S]*elu[\s\S]*tanh/);
    const loaded = Network.load(network.save());
    const x = [[1, -2]];
    expect(await loaded.predict(x)).toEqual(await network.predict(x));
    const other = new Network({ inputs: 2, layers: [3, 2, 1], activation: "leakyRelu", output: "tanh" });
    other.weights = network.weights;
    expect(await other.predict(x)).not.toEqual(await network.predict(x));
    expect(messageOf(() => new Network({ inputs: 2, layers, output: "linear" }))).toMatch(/pass one of them/);
  });

  const PAIRS: [string, Partial<NetworkOptions>, RegExp][] = [
    ["softmax with one output", { layers: [1], output: "softmax" }, /always 1.*sigmoid/],
    [
      "a logarithm of any number",
      { output: "linear", loss: "binaryCrossEntropy" },
      /do not depend on one another; use output "sigmoid" or loss/,
    ],
    ["counts from a sigmoid", { output: "sigmoid", loss: "poisson" }, /counts; use output "exponential" or loss/],
    [
      "classes with one output",
      { loss: "categoricalCrossEntropy", output: "tanh" },
      /each class; use output "sigmoid" with loss "binaryCrossEntropy"/,
    ],
    [
      "shares that sum to anything",
      { layers: [3], output: "relu", loss: "categoricalCrossEntropy" },
      /each class; use output "softmax" or loss/,
    ],
    ["squares of shares", { layers: [3], output: "softmax", loss: "meanSquaredError" }, /numbers.*categorical/],
  ];
  test.each(PAIRS)("a loss that does not go with the output says why: %s", (_, options, why) => {
    const message = messageOf(() => passTo.network(options));
    expect(message).toMatch(why);
    expect(message).toMatch(/^new Network: loss \w+ does not go with \d \w+ outputs?: [^;]+; use [^;]+\.$/);
  });
});

describe("the page's settings", () => {
  test("the course's are the defaults", () => {
    expect(PRESETS.course).toEqual({
      ...{ layers: [20, 7, 5], activation: "relu", init: "lecun", optimizer: "sgd", learningRate: 0.0075 },
      ...{ batchSize: "full", iterations: 2500, logEvery: 100, seed: 1, dtype: "float32", backend: "wasm" },
      numerics: "strict",
      ...{ threads: "auto", scale: "data", scaling: "auto", schedule: "constant", dropout: 0 },
      ...{ normalization: "none", weightDecay: 0 },
    });
    expect(toAddress(PRESETS.course!)).toBe("");
  });

  test("the form's fields, in order", () => {
    expect(Object.values(fieldsOf()).map(({ label }) => label)).toEqual([
      ...["hidden widths, such as 20,7,5; empty for none", "activation", "dropout"],
      ...["normalisation", "initial weights", "optimizer"],
      ...[
        "learning rate",
        "schedule",
        "weight decay",
        "batch size",
        "iterations",
        "log every",
        "seed",
        "precision",
        "backend",
        "numerics",
        "threads",
      ],
      ...["input scale", "scaling of columns"],
    ]);
  });

  test("an address gives back the settings, an older one too, and names what it cannot read", () => {
    const settings: Settings = { ...PRESETS.course!, layers: [], optimizer: "adam", batchSize: 32, scale: 0.5 };
    expect(fromAddress(`#${toAddress(settings)}`)).toEqual({ settings, bad: [] });
    expect(toAddress(settings)).toContain("optimizer=adam&learningRate=0.0075");
    expect(fromAddress("#batch=32&every=7").settings).toMatchObject({ batchSize: 32, logEvery: 7 });
    expect(fromAddress("#standardize=true").settings.scaling).toBe("standard");
    expect(fromAddress("#standardize=false").settings.scaling).toBe("auto");
    expect(fromAddress("#standardize=maybe").bad).toEqual([
      "standardize=maybe is not one of auto, standard, minmax, standardAll, minmaxAll",
    ]);
    expect(fromAddress("#every=0&constructor=1").bad).toEqual([
      "every=0 is not a whole number of at least 1",
      "constructor=1 is not a setting",
    ]);
  });

  test("a usual learning rate follows the optimizer, one's own stays", () => {
    const course = PRESETS.course!;
    expect(follow(course, { ...course, optimizer: "adam" }).learningRate).toBe(0.001);
    const own = { ...course, learningRate: 0.5 };
    expect(follow(own, { ...own, optimizer: "adam" }).learningRate).toBe(0.5);
    expect(follow(course, { ...course, batchSize: 32 }).logEvery).toBe(100);
  });
});

test("a finding's change is told in the page's settings, or not at all", () => {
  expect(settingsOf({ learningRate: 0.1, init: "lecun" })).toEqual({ learningRate: 0.1, init: "lecun" });
  expect(settingsOf({ layers: [64, 32, 3] })).toEqual({ layers: [64, 32] });
  expect(settingsOf({ standardize: true })).toEqual({ scaling: "standard" });
  expect(settingsOf({ patience: 5, classWeights: "balanced" })).toBeNull();
  expect(settingsOf({})).toBeNull();
});

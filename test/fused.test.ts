// Fused numerics: the same bits in plain TypeScript and in WebAssembly on any number of threads, a probe that notices an
// operation that does not fuse, and what is said where one does not. The multiply-add itself is fma.test.ts's.

import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import asc from "assemblyscript/asc";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type Numerics, STEP_NAMES } from "../src/catalogue.js";
import { switchOnFusing } from "../src/host.js";
import type { Strategy } from "../src/index.js";
import { readSafetensors, writeSafetensors } from "../src/network/safetensors.js";
import { Network } from "../src/network.js";
import type { FitOptions } from "../src/train/options.js";
import { all } from "./all.js";
import { hashOf, randomData } from "./data.js";
import { called, type Drawn, drawTraining } from "./drawn.js";

const root = new URL("../", import.meta.url);

describe("the same weights and costs in js and in wasm, on 1, 2 and 3 threads", () => {
  const fit = { iterations: 6, batchSize: 24 };
  const bytes = randomData(300, 50);
  const normal = randomData(20, 50, "float32", 3);
  const head = { inputs: 20, layers: [17, 9, 3] };
  const CASES: [string, Drawn][] = [
    [
      "the first layer in Gram form, momentum",
      {
        network: { inputs: 300, layers: [20, 7, 1] },
        fit: { iterations: 10, firstLayer: "gram", optimizer: "momentum", weightDecay: 0.01 },
        data: bytes,
      },
    ],
    [
      "bytes, tanh, noise, nesterov, an average",
      {
        network: { inputs: 300, layers: [12, 1], activation: "tanh", inputNoise: 0.3 },
        fit: { ...fit, optimizer: "nesterov", ema: 0.9 },
        data: bytes,
      },
    ],
    [
      "layer normalisation, gelu, dropout, adamw, clipped",
      {
        network: { ...head, activation: "gelu", normalization: "layer", dropout: 0.3 },
        fit: { ...fit, optimizer: "adamw", clipNorm: 0.1 },
        data: normal,
      },
    ],
    [
      "batch normalisation, silu, nadam",
      {
        network: { ...head, activation: "silu", normalization: "batch", labelSmoothing: 0.1 },
        fit: { ...fit, optimizer: "nadam" },
        data: normal,
      },
    ],
    [
      "selu with alpha dropout, huber, amsgrad",
      {
        network: { ...head, activation: "selu", dropout: 0.2, output: "linear", loss: "huber", delta: 0.4 },
        fit: { ...fit, optimizer: "amsgrad" },
        data: { ...normal, y: Float64Array.from(normal.x.subarray(0, 150)), classes: null, outputs: 3 } as never,
      },
    ],
    [
      "mish, residual, rmspropCentered, a norm of the weights",
      {
        network: { inputs: 20, layers: [9, 9, 3], activation: "mish", residual: true },
        fit: { ...fit, optimizer: "rmspropCentered", maxNorm: 0.5 },
        data: normal,
      },
    ],
    [
      "hardSwish, geluTanh and prelu, adadelta",
      {
        network: {
          inputs: 20,
          layers: [
            { units: 9, activation: "hardSwish" },
            { units: 9, activation: "geluTanh" },
            { units: 5, activation: "prelu" },
            3,
          ],
        },
        fit: { ...fit, optimizer: "adadelta" },
        data: normal,
      },
    ],
    [
      "elu, softplus and hardSigmoid, mean squared error, radam",
      {
        network: {
          inputs: 20,
          layers: [
            { units: 9, activation: "elu" },
            { units: 9, activation: "softplus" },
            { units: 5, activation: "hardSigmoid" },
            3,
          ],
          output: "sigmoid",
          loss: "meanSquaredError",
        },
        fit: { ...fit, optimizer: "radam" },
        data: normal,
      },
    ],
    [
      "softsign, lbfgs",
      { network: { ...head, activation: "softsign" }, fit: { iterations: 6, optimizer: "lbfgs" }, data: normal },
    ],
  ];
  // each of them by itself, as they are lines of their own
  const steps = STEP_NAMES.map((optimizer): (typeof CASES)[number] => {
    const own = { ...fit, optimizer, learningRate: 0.05, ...(optimizer !== "lion" && { weightDecay: 0.3 }) };
    return [`${optimizer} with decay`, { network: { ...head, activation: "tanh" }, fit: own, data: normal }];
  });
  const more = all ? Array.from({ length: 20 }, (_, seed) => drawTraining(seed + 401, 12)) : [];
  const cases = [...CASES, ...steps, ...more.map((drawn): (typeof CASES)[number] => [called(drawn), drawn])];

  test.each(
    cases.flatMap(([name, drawn]) => (["float32", "float64"] as const).map((dtype) => [name, dtype, drawn] as const)),
  )("%s, %s", async (_, dtype, { network: options, fit: own, data }) => {
    const bitsAfter = async (backend: "js" | "wasm", numerics: Numerics, threads: number) => {
      const network = new Network({ ...options, dtype, backend, numerics });
      const history = await network.fit(data, { ...own, threads, logEvery: 1 });
      expect(history).toMatchObject({ backend, numerics, threads });
      return `${hashOf(network)} ${history.costs.map(({ cost }) => cost)}`;
    };
    const bits = await bitsAfter("js", "fused", 1);
    for (const threads of [1, 2, 3]) {
      expect(await bitsAfter("wasm", "fused", threads), `${threads} threads`).toBe(bits);
    }
    if (CASES.some(([, { fit: one }]) => one === own)) expect(await bitsAfter("wasm", "strict", 1)).not.toBe(bits);
  });
});

const FLAGS =
  "-O2 --enable simd --enable relaxed-simd --runtime stub --importMemory --noExportMemory --noAssert --use abort=";

/** A build whose madd is `body`, instead of the fused one. */
async function buildWith(body: string, entry: string): Promise<Uint8Array<ArrayBuffer>> {
  const fused = "return v128.relaxed_madd<T>(a, b, c);";
  let binary: Uint8Array<ArrayBuffer> = new Uint8Array();
  const { error, stderr } = await asc.main([entry, "--config", "none", "--outFile", "out.wasm", ...FLAGS.split(" ")], {
    readFile(name, base) {
      const path = join(base, name);
      if (!existsSync(path)) return null; // it looks in several places
      const text = readFileSync(path, "utf8");
      if (!name.endsWith("assembly/lanes.ts")) return text;
      expect(text).toContain(fused);
      return text.replace(fused, body);
    },
    writeFile(_name, contents) {
      if (contents instanceof Uint8Array) binary = contents.slice();
    },
  });
  expect(error, stderr.toString()).toBeNull();
  return binary;
}

const UNFUSED = "return v128.add<T>(v128.mul<T>(a, b), c);";
// fused, but for one lane of one type
const lane = (type: string, i: number) => `
  const fused = v128.relaxed_madd<T>(a, b, c);
  const twice = v128.add<T>(v128.mul<T>(a, b), c);
  return sizeof<T>() == sizeof<${type}>() ? v128.replace_lane<T>(fused, ${i}, v128.extract_lane<T>(twice, ${i})) : fused;`;

describe("the probe", () => {
  beforeAll(() => void switchOnFusing());

  const fuses = async (binary: Uint8Array<ArrayBuffer>, shared = false) => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared });
    const { instance } = await WebAssembly.instantiate(binary, { env: { memory } });
    return Boolean((instance.exports.fuses as () => number)());
  };
  const kernels = (name: string) => new Uint8Array(readFileSync(new URL(`build/dist/${name}.wasm`, root)));

  test("finds that the fused builds fuse here, and that the strict ones do not", async () => {
    expect(await fuses(kernels("kernels-relaxed"))).toBe(true);
    expect(await fuses(kernels("kernels-relaxed-threads"), true)).toBe(true);
    expect(await fuses(kernels("kernels"))).toBe(false);
  });

  test.each([
    ["of both types", UNFUSED],
    ...[0, 1, 2, 3].map((i) => [`in lane ${i} of float32`, lane("f32", i)]),
    ...[0, 1].map((i) => [`in lane ${i} of float64`, lane("f64", i)]),
  ])("notices an operation that rounds twice, %s", async (_, body) => {
    expect(await fuses(await buildWith(body, "assembly/lanes.ts"))).toBe(false);
  });
});

describe("where the machine does not fuse", () => {
  type Slim = typeof import("../src/slim.js");
  let slim: Slim;
  const data = randomData(300, 50);
  const train = async (options: object, fit: Partial<FitOptions> = {}) => {
    const network = new slim.Network({ inputs: 300, layers: [7, 1], ...options });
    let told: Strategy | null = null;
    const onStart = (strategy: Strategy) => {
      told = strategy;
    };
    const history = await network.fit(data, { iterations: 10, threads: 1, onStart, ...fit });
    return { network, history, told: told as unknown as Strategy, hash: hashOf(network) };
  };

  beforeAll(async () => {
    vi.resetModules();
    slim = await import(new URL("build/dist/slim.js", root).href);
    await slim.init(readFileSync(new URL("build/dist/kernels.wasm", root)));
    switchOnFusing();
    await slim.init(await buildWith(UNFUSED, "assembly/index.ts"), "relaxed");
  }, 120_000);

  test.each([
    ["here", {}],
    ["in a worker", { worker: true }],
  ])("a training is strict %s, says why, and so do its network and its model", async (_, fit) => {
    const strict = await train({}, fit);
    const asked = await train({ numerics: "fused" }, fit);
    expect(asked.hash).toBe(strict.hash);
    expect(asked.told).toMatchObject({
      numerics: "strict",
      whyStrict: expect.stringContaining("rounds a·b + c twice"),
    });
    expect(strict.told).toMatchObject({ numerics: "strict", whyStrict: "" });
    expect(asked.history.numerics).toBe("strict");
    expect(asked.network.numerics).toBe("strict");
    expect(asked.network.save()).toEqual(strict.network.save());
  });

  test("plain TypeScript fuses, where it is asked for", async () => {
    const { told, network, hash } = await train({ numerics: "fused", backend: "js" });
    expect(told).toMatchObject({ numerics: "fused", whyStrict: "" });
    expect(await network.fingerprint()).toMatch(/^fused:[0-9a-f]{64}$/);
    expect(hash).not.toBe((await train({})).hash);
  });

  test("whyNotFused tells it beforehand, and a fused model is answered for strictly", async () => {
    expect(await slim.whyNotFused()).toContain("rounds a·b + c twice");
    const { network } = await train({ numerics: "fused", backend: "js" });
    const loaded = slim.Network.load(network.save());
    const strict = new slim.Network({ inputs: 300, layers: [7, 1] });
    strict.weights = network.weights;
    const x = { ...data, x: data.x.subarray(0, 900), count: 3 };
    expect(await loaded.predict(x)).toEqual(await strict.predict(x));
    expect(loaded.numerics).toBe("fused"); // which made it
  });

  test("a checkpoint of a fused training is not taken up, unless anyway", async () => {
    const checkpoints: Uint8Array[] = [];
    const keep = { checkpoint: { every: 5, save: (bytes: Uint8Array) => void checkpoints.push(bytes.slice()) } };
    await train({ numerics: "fused", backend: "js" }, keep);
    await expect(train({ numerics: "fused" }, { resumeFrom: checkpoints[0]! })).rejects.toMatchObject({
      code: "E_CHECKPOINT",
      message:
        'fit: the checkpoint has fused numerics, this training strict ones; pass numerics "fused", with backend "js" where the machine does not fuse, or resumeAnyway.',
    });
    const { history } = await train({ numerics: "fused" }, { resumeFrom: checkpoints[0]!, resumeAnyway: true });
    expect(history.numerics).toBe("strict");
  });
});

describe("where the kernels cannot be compiled", () => {
  const loadAfter = async (error: Error) => {
    vi.resetModules();
    const { loadBackend } = await import("../src/backend.js");
    vi.spyOn(WebAssembly, "compile").mockRejectedValueOnce(error);
    return loadBackend("wasm", "fused");
  };
  afterEach(() => void vi.restoreAllMocks());

  test("as the engine has no relaxed SIMD, strict ones compute", async () => {
    const backend = await loadAfter(new WebAssembly.CompileError("invalid opcode"));
    expect(backend).toMatchObject({ numerics: "strict", whyStrict: "this engine has no relaxed SIMD" });
  });

  test("for another reason, that is said", async () => {
    await expect(loadAfter(new TypeError("no network"))).rejects.toMatchObject({
      code: "E_BACKEND",
      message: 'this engine cannot compile the kernels (no network); use numerics "strict".',
    });
  });
});

describe("what says which numerics made a network", () => {
  const data = randomData(300, 50);
  const trained = async (options: object, fit: Partial<FitOptions> = {}) => {
    const network = new Network({ inputs: 300, layers: [7, 1], ...options });
    await network.fit(data, { iterations: 10, threads: 1, ...fit });
    return network;
  };

  test("its file, its fingerprint, its summary, and copies of it", async () => {
    const [fused, strict] = [await trained({ numerics: "fused" }), await trained({})];
    expect(await fused.fingerprint()).toMatch(/^fused:[0-9a-f]{64}$/);
    expect(await strict.fingerprint()).toMatch(/^[0-9a-f]{64}$/);
    expect(fused.summary()).toContain("float32 with fused numerics, binaryCrossEntropy");
    expect(strict.summary()).not.toContain("numerics");
    const loaded = Network.load(fused.save());
    expect([loaded.numerics, await loaded.fingerprint()]).toEqual(["fused", await fused.fingerprint()]);
    expect(await loaded.predict(data)).toEqual(await fused.predict(data));
    expect([fused.upTo(1).numerics, fused.withHead([2]).numerics]).toEqual(["fused", "fused"]);
    expect(JSON.parse(readSafetensors(strict.save()).metadata.wasmlp!)).not.toHaveProperty("rounding");
  });

  test("a release that knows none refuses the file by its version; another word is refused, too", async () => {
    const { tensors, metadata } = readSafetensors((await trained({ numerics: "fused" })).save());
    const saved = JSON.parse(metadata.wasmlp!);
    expect(saved).toMatchObject({ version: 4, numerics: 1, rounding: "fused" });
    const odd = writeSafetensors([...tensors.values()], { wasmlp: JSON.stringify({ ...saved, rounding: "up" }) });
    expect(() => Network.load(odd)).toThrow('says its numerics is "up" instead of one of strict, fused');
    const changed = writeSafetensors([...tensors.values()], {
      wasmlp: JSON.stringify({ ...saved, rounding: "strict" }),
    });
    expect(() => Network.load(changed)).toThrow("some were changed since");
  });

  test("a training in a worker is fused, and goes on from its checkpoint in js to the same bits", async () => {
    const checkpoints: Uint8Array[] = [];
    const save = (bytes: Uint8Array) => void checkpoints.push(bytes.slice());
    const whole = await trained({ numerics: "fused" }, { worker: true, checkpoint: { every: 4, save } });
    expect(whole.numerics).toBe("fused");
    const resumeFrom = checkpoints[0]!;
    const resumed = await trained({ numerics: "fused", backend: "js" }, { resumeFrom });
    expect(await resumed.fingerprint()).toBe(await whole.fingerprint());
    await expect(trained({}, { resumeFrom })).rejects.toMatchObject({ code: "E_CHECKPOINT" });
  });

  test("a trace is strict, as other programs compute", async () => {
    const of = (numerics: Numerics) => new Network({ inputs: 300, layers: [7, 1], numerics });
    const traces = [of("fused"), of("strict")].map((network) =>
      network.trace(data, { iterations: 3 }, { iteration: 2 }),
    );
    expect(await traces[0]).toEqual(await traces[1]);
  });

  test("the backend relaxed is short for it", async () => {
    const [short, long] = [await trained({ backend: "relaxed" }), await trained({ numerics: "fused" })];
    expect(short).toMatchObject({ backend: "wasm", numerics: "fused" });
    expect(await short.fingerprint()).toBe(await long.fingerprint());
    expect(() => new Network({ inputs: 1, layers: [1], backend: "relaxed", numerics: "strict" })).toThrow(
      'backend is "relaxed", which means fused numerics, and numerics "strict"; use backend "wasm".',
    );
  });
});

describe("the command", () => {
  const folder = mkdtempSync(join(tmpdir(), "wasmlp-fused-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const cli = new URL("build/dist/cli.js", root).pathname;
  const pictures = new URL("build/dist/pictures-test.h5", root).pathname;
  const run = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: folder });
  const train = ["train", "--iterations", "20", "--layers", "3", "--seed", "1"];

  test("--numerics fused trains, and train, inspect and explain say so", async () => {
    const { stdout } = await run(cli, ...train, "--numerics", "fused", "--save", "m.safetensors");
    expect(stdout.replace(/\s+/g, " ")).toMatch(/float32, wasm with fused numerics, .*; weights fused:[0-9a-f]{8}\b/);
    const js = await run(cli, ...train, "--numerics", "fused", "--backend", "js", "--json");
    const events = js.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.find(({ event }) => event === "start")).toMatchObject({ backend: "js", numerics: "fused" });
    const short = /weights (fused:\w+)/.exec(stdout)![1];
    expect(events.find(({ event }) => event === "end").weights.slice(0, 14)).toBe(short);
    expect(JSON.parse((await run(cli, "inspect", "m.safetensors", "--json")).stdout).numerics).toBe("fused");
    const explained = await run(cli, "explain", "m.safetensors", pictures, "--feature", "0");
    expect(explained.stdout.replace(/\s+/g, " ")).toContain("The model has fused numerics.");
  });

  // x64 alone has processors without
  test.runIf(process.arch === "x64")("on a machine that does not fuse it says so and is strict", async () => {
    const strict = await run(cli, ...train, "--quiet");
    const { stdout } = await run("--no-enable-fma3", cli, ...train, "--numerics", "fused", "--save", "s.safetensors");
    expect(stdout.replace(/\s+/g, " ")).toContain("Numerics are strict, not fused: this processor or engine rounds");
    expect(/weights \S+/.exec(stdout)![0]).toBe(/weights \S+/.exec(strict.stdout)![0]);
    const fused = await run(cli, ...train, "--numerics", "fused", "--save", "f.safetensors", "--quiet");
    expect(fused.stdout).toContain("weights fused:");
    const { stderr } = await run("--no-enable-fma3", cli, "evaluate", "f.safetensors", pictures);
    expect(stderr).toContain("Numerics are strict, not fused");
  });
});

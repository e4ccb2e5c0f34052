// wasmlp bench: what it compares, counts and prints. How long anything takes is tested nowhere; where numbers matter,
// the trainings are replaced and the times given.

import { afterEach, describe, expect, test, vi } from "vitest";
import { WORKS, type Work } from "../src/cli/bench/works.js";
import { bench } from "../src/cli/bench.js";
import { barChart } from "../src/cli/chart.js";
import type { Io } from "../src/cli/io.js";
import { run } from "../src/cli/run.js";
import type { History, Strategy } from "../src/history.js";
import { Network } from "../src/network.js";
import type { FitOptions } from "../src/train/options.js";

vi.mock("node:os", async (original) => ({
  ...(await original<typeof import("node:os")>()),
  availableParallelism: cores,
}));
const cores = vi.hoisted(() => vi.fn(() => 1));

afterEach(() => {
  vi.restoreAllMocks();
  cores.mockReturnValue(1);
});

const TINY: readonly Work[] = [
  { name: "bytes", layers: [7, 5, 3], count: 26, batch: 13, optimizer: "adam", bytes: true },
  { name: "floats", layers: [3, 2, 1], count: 9, batch: 9, optimizer: "sgd", bytes: false },
];

function capture({ live = false, columns = 80 } = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const status: string[] = [];
  const io: Io = {
    ...{
      live,
      columns,
      style: (_kind, text) => text,
      stdin: async () => new Uint8Array(),
      lost: new AbortController().signal,
    },
    ...{ out: (line) => out.push(line), err: (line) => err.push(line), status: (line) => status.push(line) },
  };
  return { io, out, err, status };
}

/** Replaces trainings: they change no weights and take `milliseconds` an iteration. Returns the options of each. */
function pretend(milliseconds: (network: Network, options: FitOptions, call: number) => number, threads = 1) {
  const calls: { backend: string; options: FitOptions }[] = [];
  vi.spyOn(Network.prototype, "fit").mockImplementation(async function (this: Network, _data, options) {
    calls.push({ backend: this.backend, options });
    const time = milliseconds(this, options, calls.length);
    options.onStart?.({ threads: options.threads === "auto" ? threads : 1 } as Strategy);
    return {
      ...{ costs: [], diagnoses: [], iterations: options.iterations!, epochs: 1, seconds: 1 },
      millisecondsPerIteration: time,
    } as Partial<History> as History;
  });
  return calls;
}

/** Flips the lowest bit of the last bias of networks of `backend` with `inputs`, wherever their weights are read. */
function flipBit(backend: string, inputs: number) {
  const { get } = Object.getOwnPropertyDescriptor(Network.prototype, "weights")!;
  vi.spyOn(Network.prototype, "weights", "get").mockImplementation(function (this: Network) {
    const weights = get!.call(this);
    const { bias } = weights.at(-1);
    if (this.backend === backend && this.inputs === inputs) new Uint8Array(bias.buffer, bias.byteOffset)[0]! ^= 1;
    return weights;
  });
}

const events = (lines: readonly string[]) => lines.map((line) => JSON.parse(line));

describe("the three works", () => {
  test("--json has an event for each, with GFLOP/s and the ratio of the times given, and one for the end", async () => {
    pretend(({ backend }) => (backend === "wasm" ? 8 : 100));
    const { io, out, err, status } = capture();
    expect(await run(["bench", "--seconds", "1e-9", "--json"], io)).toBe(0);
    expect(err).toEqual([]);
    expect(status.filter((line) => line !== "")).toEqual([]);
    // 2·m·(2·first products + 3·others), over 8 and 100 ms
    const expected = [
      ["course", [12288, 20, 7, 5, 1], 209, "sgd", 2 * 209 * (2 * 245760 + 3 * (140 + 35 + 5))],
      ["digits", [784, 256, 128, 10], 128, "adam", 2 * 128 * (2 * 200704 + 3 * (32768 + 1280))],
      ["small", [2, 16, 16, 1], 256, "sgd", 2 * 256 * (2 * 32 + 3 * (256 + 16))],
    ] as const;
    expect(events(out)).toEqual([
      ...expected.map(([name, layers, batch, optimizer, flops]) => ({
        ...{ event: "work", name, layers, batch, optimizer, dtype: "float32", pairs: 7 },
        wasm: { millisecondsPerIteration: 8, gflops: flops / 8 / 1e6 },
        js: { millisecondsPerIteration: 100, gflops: flops / 100 / 1e6 },
        ...{ ratio: 12.5, sameBits: true },
      })),
      { event: "end", seconds: expect.any(Number), node: process.versions.node, processor: expect.any(String) },
    ]);
  });

  test("each does the same steps on both sides before it is timed, and samples of 50 ms or one iteration in turns", async () => {
    const started = new Set<number>(); // a weight that each training starts with and changes
    const calls = pretend((network) => {
      const weights = network.weights;
      started.add(weights[0]!.weight[0]!);
      weights[0]!.weight[0] = 0;
      network.weights = weights;
      return network.backend === "wasm" ? 6 : 100;
    });
    await bench({ seconds: 1e-9, json: true }, capture().io, [WORKS[1]!]);
    expect(started.size, "every sample starts from the same weights").toBe(1);
    const turns = Array.from({ length: 8 }, () => [
      ["wasm", 9],
      ["js", 1],
    ]).flat();
    const begun = [
      ["wasm", 4],
      ["js", 4],
    ];
    expect(calls.map(({ backend, options }) => [backend, options.iterations])).toEqual([...begun, ...turns]);
    for (const { options } of calls) {
      expect(options).toMatchObject({ threads: 1, firstLayer: "direct", batchSize: 128, optimizer: "adam" });
    }
  });

  test("the ratio is the median of the pairs' own, not of the medians, and the first pair does not count", async () => {
    // calls 1 and 2 compare bits, 3 and 4 warm up; then wasm, js, wasm, js, …
    const wasm = [1, 2, 3, 4, 5, 6, 7];
    const js = [70, 10, 20, 30, 40, 50, 60];
    pretend((_network, _options, call) => (call < 5 ? 1000 : (call % 2 ? wasm : js)[Math.floor((call - 5) / 2)]!));
    const { io, out } = capture();
    await bench({ seconds: 1e-9, json: true }, io, [TINY[0]!]);
    const [{ wasm: timed, js: plain, ratio }] = events(out);
    expect([timed.millisecondsPerIteration, plain.millisecondsPerIteration]).toEqual([4, 40]);
    expect(ratio).toBe(8); // 70, 5, 6.67, 7.5, 8, 8.33, 8.57
  });
});

describe("bits", () => {
  test("real trainings give the same ones, bytes and floats", async () => {
    const { io, out } = capture();
    expect(await bench({ seconds: 1e-9, json: true }, io, TINY)).toBe(0);
    expect(events(out).map(({ name, sameBits }) => [name, sameBits])).toEqual([
      ["bytes", true],
      ["floats", true],
      [undefined, undefined],
    ]);
  });

  test("one other bit is an error that names the work", async () => {
    pretend(() => 50);
    flipBit("js", 3);
    const { io, out } = capture();
    await expect(bench({ seconds: 1e-9, json: true }, io, TINY)).rejects.toMatchObject({
      code: "E_BACKEND",
      message: expect.stringMatching(/^bench: .*"floats" after 4 iterations .* plain TypeScript; [^\n]*\.$/),
    });
    expect(events(out).map(({ name }) => name)).toEqual(["bytes"]);
  });

  test("so is one that only several threads give", async () => {
    cores.mockReturnValue(4);
    pretend((network, { threads }) => {
      if (threads === 4) network.weights = network.weights.map(({ weight, bias }) => ({ weight, bias: bias.fill(1) }));
      return 50;
    }, 4);
    await expect(bench({ seconds: 1e-9 }, capture().io, TINY)).rejects.toThrow(/"bytes" .* and with wasm, 4 threads;/);
  });

  test("the command then ends with code 1 and one line on stderr", async () => {
    pretend(() => 50);
    flipBit("wasm", 12288);
    const { io, out, err } = capture();
    expect(await run(["bench", "--json"], io)).toBe(1);
    expect(err).toEqual([expect.stringMatching(/^wasmlp: bench: .*"course".* \[E_BACKEND\]$/)]);
    expect(events(out)).toEqual([expect.objectContaining({ event: "error", code: "E_BACKEND" })]);
  });
});

describe("threads", () => {
  test("more than one make a row of their own, with its ratio to plain TypeScript on one", async () => {
    cores.mockReturnValue(4);
    pretend(({ backend }, { threads }) => (backend === "js" ? 90 : threads === 1 ? 6 : 2), 4);
    const json = capture();
    await bench({ seconds: 1e-9, json: true }, json.io, [TINY[0]!]);
    expect(events(json.out)[0]).toMatchObject({
      ratio: 15,
      wasmThreads: { threads: 4, millisecondsPerIteration: 2, ratio: 45 },
    });
    const text = capture();
    await bench({ seconds: 1e-9 }, text.io, [TINY[0]!]);
    expect(text.out.filter((line) => /^ {2}\w/.test(line)).map((line) => line.trim().split(/ {2,}/))).toEqual([
      ["wasm", "6.00", expect.any(String), "15.0"],
      ["wasm, 4 threads", "2.00", expect.any(String), "45.0"],
      ["plain TypeScript", "90.0", expect.any(String), "1.0"],
    ]);
    expect(text.out.filter((line) => line.includes("█")).map((line) => line.split(/ {2,}/)[1])).toEqual([
      ...["wasm", "wasm, 4 threads"],
    ]);
  });

  test.each([
    ["one core", 1, 1],
    ["four cores of which fit uses one", 4, 1],
  ])("%s make none", async (_, available, used) => {
    cores.mockReturnValue(available);
    pretend(() => 50, used);
    const { io, out } = capture();
    await bench({ seconds: 1e-9, json: true }, io, [TINY[0]!]);
    expect(events(out)[0]).not.toHaveProperty("wasmThreads");
  });
});

describe("text", () => {
  test("says same bits for each work, keeps within 80 columns and writes no status off a terminal", async () => {
    cores.mockReturnValue(128);
    pretend(({ backend }) => (backend === "wasm" ? 0.00123 : 12345.678), 128);
    const { io, out, status } = capture({ columns: 100 });
    expect(await bench({ seconds: 1e-9 }, io)).toBe(0);
    expect(out.filter((line) => line.includes("same bits")).length).toBe(3);
    expect(out.join("\n")).toContain(" 12346 ");
    expect(Math.max(...out.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(status.filter((line) => line !== "")).toEqual([]);
  });

  test("a live terminal sees how far it is, in a line it can clear", async () => {
    pretend(() => 50);
    const { io, status } = capture({ live: true, columns: 40 });
    await bench({ seconds: 1e-9 }, io, TINY);
    expect(status[0]).toBe("[--------------------] bytes: comparing the bits".slice(0, 39));
    expect(status.some((line) => line.includes("[##########----------] floats: comp"))).toBe(true);
    expect(Math.max(...status.map((line) => line.length))).toBeLessThan(40);
    expect(status.at(-1)).toBe("");
  });

  test("bars are in proportion, to an eighth of a column, and never nothing", () => {
    const bars = [
      { label: "a", value: 16 },
      { label: "long", value: 8.5 },
      { label: "c", value: 0.001 },
    ];
    expect(barChart(bars, 4 + 2 + 16 + 1 + 4)).toEqual([
      `a     ${"█".repeat(16)} 16.0`,
      `long  ${"█".repeat(8)}▌ 8.5`,
      "c     ▏ 0.0",
    ]);
  });
});

describe("usage", () => {
  test.each([
    [["--second", "1"], /unknown option '--second'; did you mean --seconds\?/],
    [["course"], /too many arguments/],
    [["--seconds"], /argument missing/],
    [["--seconds", "0"], /above 0/],
    [["--seconds", "soon"], /above 0/],
  ])("wasmlp bench %j ends with code 2, one line on stderr and nothing on stdout", async (args, message) => {
    const { io, out, err } = capture();
    expect(await run(["bench", ...args], io)).toBe(2);
    expect([out.length, err.length]).toEqual([0, 1]);
    expect(err[0]).toMatch(message);
    expect(err[0]).toMatch(/ \[E_USAGE\]$/);
  });

  test("help fits in 80 columns", async () => {
    const { io, out } = capture({ columns: 100 });
    expect(await run(["bench", "--help"], io)).toBe(0);
    const lines = out.join("\n").split("\n");
    expect(lines.join("\n")).toContain("--seconds <n>");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

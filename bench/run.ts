// Our own measurements: npm run bench. Options: --only kernels,shapes,steps,inference,training,js,scaling,threads,start,memory; --seconds N for each
// comparison; --few for fewer rows of threads; --json FILE; --svg FOLDER for charts.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readHdf5 } from "wasmlp";
import { sameBits } from "../src/race.js";
import { median, quantile } from "../src/statistics.js";
import { chart } from "./chart.js";
import { productOf, rooflineOf } from "./kernels.js";
import { chosen, machine, ms, print, ratioOf, takeTurns, time } from "./measure.js";
import { type Dtype, KERNELS, measureShape, ratesOf } from "./shapes.js";
import { beginBusy, grid, measureThreads } from "./threads.js";
import {
  ASKED,
  COURSE,
  flopsOf,
  flopsOfAnswer,
  forwardOf,
  MNIST,
  networkOf,
  type Ours,
  rowsOf,
  trainer,
  type Work,
} from "./works.js";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    json: { type: "string" },
    svg: { type: "string" },
    seconds: { type: "string", default: "6" },
    few: { type: "boolean", default: false },
  },
});
const seconds = Number(options.seconds);
const wanted = chosen(options.only);
const dist = new URL("../build/dist/", import.meta.url).pathname;
type Table = (string | number)[][];
const results: Record<string, Table> = {};

function show(name: string, title: string, rows: Table): void {
  results[name] = rows;
  console.log(`\n${title}`);
  print(rows);
}

/** Products of square matrices beside the roofline of the same run, default build or flags on. */
async function kernels(numerics: "strict" | "fused"): Promise<void> {
  const separate = (await rooflineOf(false))!;
  const fused = numerics === "fused" ? await rooflineOf(true) : null;
  const roofline = fused ?? separate;
  const head = ["product n x n, GFLOP/s", "median", "best", "roofline", "share", "best share"];
  const rows: Table = [numerics === "fused" ? [...head, "times default"] : head];
  for (const dtype of ["float32", "float64"] as const) {
    for (const n of [64, 128, 256, 512, 1024]) {
      const product = await productOf(numerics, dtype, n);
      const plain = numerics === "fused" ? await productOf("strict", dtype, n) : null;
      const flops = 2 * n ** 3;
      const times = Math.max(1, Math.round(4e7 / flops));
      const got: number[] = [];
      const roof: number[] = [];
      const shares: number[] = [];
      const gains: number[] = [];
      const start = performance.now();
      for (let i = 0; i < 30 || performance.now() - start < 1000 * (seconds / 3); i++) {
        const before = roofline(dtype);
        const elapsed = await time(() => {
          for (let k = 0; k < times; k++) product.run();
        });
        const after = roofline(dtype);
        const other =
          plain &&
          (await time(() => {
            for (let k = 0; k < times; k++) plain.run();
          }));
        if (i < 5) continue;
        if (other) gains.push(other / elapsed);
        got.push((flops * times) / elapsed / 1e9);
        roof.push((before + after) / 2);
        shares.push(got[got.length - 1]! / roof[roof.length - 1]!);
      }
      rows.push([
        `${dtype} ${n}`,
        median(got),
        quantile(got, 0.95),
        median(roof),
        median(shares),
        quantile(shares, 0.9),
        ...(plain ? [median(gains)] : []),
      ]);
    }
  }
  const title =
    numerics === "strict"
      ? "default build, roofline of multiply + add"
      : `fused numerics, roofline of ${fused ? "fused multiply-add" : "multiply + add: no fused one here"}`;
  show(numerics === "strict" ? "kernels wasm" : "kernels relaxed", `Kernels: ${title}`, rows);
}

async function compare(title: string, work: Work, ways: readonly (readonly [string, Ours, number])[]): Promise<Table> {
  const contestants = ways.map(([name, how, iterations]) => ({ name, ...trainer(work, how, iterations) }));
  const samples = await takeTurns(contestants, seconds);
  for (const { end } of contestants) end();
  return ways.map(([name, how], i) => {
    const taken = samples.get(name)!;
    const ratio = ratioOf(samples, name, ways[0]![0]);
    const flops = how.firstLayer === "gram" ? "" : flopsOf(work) / median(taken) / 1e9;
    return [`${title}${name}`, 1000 * median(taken), 1000 * Math.min(...taken), flops, i === 0 ? 1 : 1 / ratio.median];
  });
}
const HEAD = ["ms a step", "median", "least", "GFLOP/s", "times the first"];

async function steps(): Promise<void> {
  const rows: Table = [HEAD];
  for (const dtype of ["float32", "float64"] as const) {
    const slow = dtype === "float64" ? 2 : 1;
    rows.push(
      ...(await compare(`course ${dtype}, `, COURSE, [
        ["1 thread", { dtype }, 40 / slow],
        ["2 threads", { dtype, threads: 2 }, 40 / slow],
        ["Gram form", { dtype, firstLayer: "gram" }, 1000],
      ])),
    );
    rows.push(
      ...(await compare(`MNIST ${dtype}, `, MNIST, [
        ["1 thread", { dtype }, 64],
        ["2 threads", { dtype, threads: 2 }, 64],
      ])),
    );
  }
  show("steps", "Steps, default build", rows);
}

async function stepsFused(): Promise<void> {
  const rows: Table = [HEAD];
  for (const [name, work, iterations] of [
    ["course", COURSE, 40],
    ["MNIST", MNIST, 64],
  ] as const) {
    rows.push(
      ...(await compare(`${name} float32, `, work, [
        ["strict", {}, iterations],
        ["fused", { numerics: "fused", vectors: 256 }, iterations],
        ["fused, 2 threads", { numerics: "fused", vectors: 256, threads: 2 }, iterations],
      ])),
    );
  }
  show("steps relaxed", "Steps, fused numerics", rows);
}

/** Answers of MNIST's network beside a training's forward pass, which has its batch in memory. */
async function inference(): Promise<void> {
  const rows: Table = [["microseconds", "run", "least", "predict", "GFLOP/s of run", "times forward's rate"]];
  const loop = async (work: () => unknown): Promise<number> => {
    let times = 0;
    const taken = await time(async () => {
      for (const start = performance.now(); times === 0 || performance.now() - start < 20; times++) await work();
    });
    return taken / times;
  };
  for (const dtype of ["float32", "float64"] as const) {
    const network = networkOf(MNIST, { dtype });
    const predictor = await network.predictor();
    const forward = await forwardOf(dtype);
    for (const count of ASKED) {
      const x = rowsOf(count);
      const out = predictor.run(x).slice();
      const samples = await takeTurns(
        [
          { name: "run", run: () => loop(() => void predictor.run(x, out)) },
          { name: "predict", run: () => loop(() => network.predict(x)) },
          { name: "forward", run: async () => ((await loop(forward)) * count) / MNIST.batch },
        ],
        seconds / 2,
      );
      const taken = samples.get("run")!;
      rows.push([
        `${dtype}, ${count === 1 ? "one example" : `${count} examples`}`,
        1e6 * median(taken),
        1e6 * Math.min(...taken),
        1e6 * median(samples.get("predict")!),
        (count * flopsOfAnswer(MNIST.layers)) / median(taken) / 1e9,
        1 / ratioOf(samples, "run", "forward").median,
      ]);
    }
  }
  show("inference", "Inference: 784-256-128-10, one thread", rows);
}

const WIDTHS = [64, 128, 256, 512, 1024, 2048, 4096, 8192];
const BATCHES = [1, 8, 32, 128, 512, 2048];
const MOST_FLOPS = 1e11; // of a step that is measured: some seconds

/** Rates of the kernels of two equal layers with Adam, against their width and the batch; steps on two threads beside one. */
async function shapes(): Promise<void> {
  for (const dtype of ["float32", "float64"] as const) {
    const points: { width: number; batch: number; rates: ReturnType<typeof ratesOf>; two: number | "" }[] = [];
    for (const width of WIDTHS) {
      for (const batch of BATCHES) {
        if (10 * batch * width ** 2 > MOST_FLOPS) continue;
        const rates = ratesOf(await measureShape("strict", dtype, width, batch, seconds / 10));
        const shared = width >= SHARED.from && width <= SHARED.to && batch >= SHARED.batch;
        points.push({ width, batch, rates, two: shared ? await twoOverOne(dtype, width, batch) : "" });
      }
    }
    const best = Math.max(...points.map(({ rates }) => rates.step));
    const rows: Table = [
      [`${dtype}, GFLOP/s`, "batch", ...KERNELS, "step", "share of the best step", "2 threads over 1"],
      ...points.map(({ width, batch, rates, two }): Table[number] => {
        return [`width ${width}`, batch, ...KERNELS.map((kernel) => rates[kernel]), rates.step, rates.step / best, two];
      }),
    ];
    show(
      dtype === "float32" ? "shapes" : "shapes float64",
      `Kernels against width and batch, ${dtype}, one thread`,
      rows,
    );
  }
}
const SHARED = { from: 256, to: 2048, batch: 32 }; // wider ones take long to set up

// How many times as fast steps of a training are on two threads.
async function twoOverOne(dtype: Dtype, width: number, batch: number): Promise<number> {
  const work = { name: "", layers: [width, width, width], count: batch, batch, optimizer: "adam", rate: 1e-4 } as const;
  const iterations = Math.max(2, Math.ceil(0.1 / (flopsOf(work) / 40e9)));
  const ways = [1, 2].map((threads) => ({ name: String(threads), ...trainer(work, { dtype, threads }, iterations) }));
  const samples = await takeTurns(ways, seconds / 10, 5);
  for (const { end } of ways) end();
  return ratioOf(samples, "1", "2").median;
}

async function js(): Promise<void> {
  const rows: Table = [HEAD];
  for (const [name, work, iterations] of [
    ["course", COURSE, 30],
    ["MNIST", MNIST, 48],
  ] as const) {
    const [ours, plain] = [trainer(work, {}, 1), trainer(work, { backend: "js" }, 1)];
    await ours.costs(4);
    await plain.costs(4);
    if (!sameBits(ours.network.weights, plain.network.weights)) throw new Error(`${name}: wasm and js differ`);
    rows.push(
      ...(await compare(`${name}, `, work, [
        ["js", { backend: "js" }, 2],
        ["wasm", {}, iterations],
      ])),
    );
  }
  show("js", "Plain TypeScript against WASM, float32, one thread, the same bits", rows);
}

async function training(): Promise<void> {
  const folder = new URL("../../shared/datasets/cat/", import.meta.url).pathname;
  const real = existsSync(folder);
  const names = real ? ["train_catvnoncat.h5", "test_catvnoncat.h5"] : ["pictures-train.h5", "pictures-test.h5"];
  const [train, test] = await Promise.all(
    names.map((name) => readHdf5(readFileSync(join(real ? folder : dist, name)))),
  );
  const rows: Table = [["2500 iterations, float64", "seconds", "last cost", "train", "test"]];
  for (const [name, firstLayer, threads] of [
    ["Gram form, 2 threads", "gram", 2],
    ["direct, 2 threads", "direct", 2],
  ] as const) {
    const network = networkOf({ layers: [train!.features, 20, 7, 5, 1] }, { dtype: "float64" });
    const schedule = { iterations: 2500, learningRate: 0.0075, firstLayer, threads };
    // by the clock on the wall: a history's seconds leave out what the Gram form does once
    const start = performance.now();
    const { costs } = await network.fit(train!, schedule);
    const taken = (performance.now() - start) / 1000;
    const [onTrain, onTest] = [await network.evaluate(train!), await network.evaluate(test!)];
    rows.push([
      name,
      taken,
      costs[costs.length - 1]!.cost.toFixed(6),
      `${onTrain.correct}/${onTrain.count}`,
      `${onTest.correct}/${onTest.count}`,
    ]);
  }
  show(
    "training",
    `Whole training on ${real ? "the course's pictures" : "the embedded pictures (the course's are not here)"}`,
    rows,
  );
}

async function scaling(): Promise<void> {
  const base = { layers: [784, 256, 256, 10], count: 512, batch: 512, optimizer: "sgd", rate: 0.01 } as const;
  const axes: [string, number[], (value: number) => Work][] = [
    ["examples", [16, 64, 256, 1024], (n) => ({ ...base, name: "", count: n, batch: n })],
    ["inputs", [16, 64, 256, 1024, 4096], (n) => ({ ...base, name: "", layers: [n, 256, 256, 10] })],
    ["width", [16, 64, 256, 1024], (n) => ({ ...base, name: "", layers: [784, n, n, 10] })],
    ["depth", [1, 2, 4, 8], (n) => ({ ...base, name: "", layers: [784, ...Array(n).fill(256), 10] })],
  ];
  const rows: Table = [["GFLOP/s", "at", "1 thread", "2 threads"]];
  for (const [axis, values, make] of axes) {
    for (const value of values) {
      const work = make(value);
      const iterations = Math.max(2, Math.ceil(0.1 / (flopsOf(work) / 30e9)));
      const ways = [1, 2].map((threads) => ({
        name: String(threads),
        ...trainer(work, { threads }, iterations),
      }));
      const samples = await takeTurns(ways, seconds / 10, 5);
      for (const { end } of ways) end();
      rows.push([axis, value, ...[1, 2].map((threads) => flopsOf(work) / median(samples.get(String(threads))!) / 1e9)]);
    }
  }
  show("scaling", "Scaling, 784-256-256-10, 512 examples, sgd, float32", rows);
}

/** "auto" beside one thread and two: the grid in trainings of 0.3 s, some of it in shorter ones and beside a busy loop. */
async function threads(): Promise<void> {
  const measure = async (name: string, title: string, works: readonly Work[], milliseconds: number, busy: number) => {
    const rows: Table = [
      [
        "whole trainings",
        "ms on 1",
        "ms a step",
        "2 over 1",
        "auto over 1",
        "over the better",
        "steps alone",
        "threads",
      ],
    ];
    for (const work of works) {
      const row = await measureThreads(work, milliseconds, Math.max(3, Math.round(seconds / 2)), busy);
      const cells = row && [row.one, row.step, row.two, row.auto, row.loss, row.stepLoss, row.threads];
      rows.push([work.name, ...(cells ?? ["others had the processor"])]);
    }
    show(name, `Threads: auto beside 1 and 2, starting included, float32${title}`, rows);
  };
  const some = grid(true);
  await measure("threads", "", grid(options.few), 300, 0);
  await measure("threads short", ", trainings of 0.1 s", some, 100, 0);
  const child = await beginBusy();
  try {
    await measure("threads busy", ", one core busy", some, 300, 1);
  } finally {
    child.kill();
  }
}

function start(): void {
  const script = `const t = performance.now();
    const { Network, createDataset } = await import("${dist}index.js");
    const data = createDataset({ x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [0, 1, 1, 0] });
    await new Network({ inputs: 2, layers: [8, 1] }).fit(data, { iterations: 1 });
    console.log(performance.now() - t);`;
  const runs = Array.from({ length: 15 }, () =>
    Number(execFileSync(process.execPath, ["--input-type=module", "-e", script])),
  );
  show("start", "Start: import, compile and the first step of a small network, ms", [
    ["fresh process", "median", "least"],
    ["2-8-1", median(runs), Math.min(...runs)],
  ]);
}

function memory(): void {
  const script = (iterations: number) => `import { existsSync, readFileSync } from "node:fs";
    import { Network, Random } from "${dist}index.js";
    const random = new Random(1);
    const x = new Uint8Array(209 * 12288);
    for (let i = 0; i < x.length; i++) x[i] = random.integer(255);
    const y = Int32Array.from({ length: 209 }, (_, i) => i % 2);
    const data = { x, y, count: 209, features: 12288, shape: [64, 64, 3], scale: 1 / 255, classes: ["0", "1"] };
    const network = new Network({ inputs: 12288, layers: [20, 7, 5, 1] });
    await network.fit(data, { iterations: ${iterations}, learningRate: 0.0075, firstLayer: "direct" });
    const status = existsSync("/proc/self/status") ? readFileSync("/proc/self/status", "utf8") : "";
    // the system's own figure of a new process counts what its parent had; Linux knows better
    console.log(status ? Number(/VmHWM:\\s*(\\d+)/.exec(status)[1]) / 1024 : process.resourceUsage().maxRSS / 1024);`;
  const peak = (iterations: number) =>
    Number(execFileSync(process.execPath, ["--input-type=module", "-e", script(iterations)]));
  show("memory", "Memory: peak resident memory of the whole process, MiB", [
    ["course, float32, direct", "MiB"],
    ["all threads, 200 iterations", peak(200)],
    ["no iteration", peak(0)],
  ]);
}

console.log(machine());
if (wanted("kernels")) await kernels("strict");
if (wanted("shapes")) await shapes();
if (wanted("steps")) await steps();
if (wanted("inference")) await inference();
if (wanted("js")) await js();
if (wanted("training")) await training();
if (wanted("scaling")) await scaling();
if (wanted("threads")) await threads();
if (wanted("start")) start();
if (wanted("memory")) memory();
// flags on comes last: V8's flags are for the whole process and are never undone
if (wanted("kernels")) await kernels("fused");
if (wanted("steps")) await stepsFused();
if (options.json) writeFileSync(options.json, JSON.stringify({ machine: machine(), results }, null, 1));
if (options.svg) {
  mkdirSync(options.svg, { recursive: true });
  for (const [name, rows] of Object.entries(results)) {
    const [head, ...body] = rows as [Table[number], ...Table];
    const bars = body.map((row) => ({
      name: typeof row[1] === "string" ? row.slice(0, 2).join(" ") : String(row[0]),
      value: Number(row.find((cell) => typeof cell === "number")),
    }));
    writeFileSync(join(options.svg, `${name.replace(" ", "-")}.svg`), chart(`${name}: ${head[0]}, ${head[1]}`, bars));
  }
}
console.log(`\n${ms(process.uptime())} ms in all`);
process.exit();

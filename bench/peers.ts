// The very same work by other libraries, in turns with ours: npm run bench:peers. Options: --only
// course,mnist,wide,wider,gemm,inference, --seconds N and --samples N at least for each work, --json FILE, --flags for our
// fused numerics, which switch V8's flags on. A peer that is missing or cannot do a work is named with the reason.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { parseArgs } from "node:util";
import { type LayerWeights, networkToOnnx, Random } from "wasmlp";
import { loadBackend } from "../src/backend.js";
import { median } from "../src/statistics.js";
import { digits } from "../src/text.js";
import { productOf } from "./kernels.js";
import { type Contestant, chosen, machine, print, spreadOf, takePairs, time } from "./measure.js";
import {
  ASKED,
  COURSE,
  dataOf,
  flopsOf,
  flopsOfAnswer,
  MNIST,
  networkOf,
  type Ours,
  rowsOf,
  trainer,
  WIDE,
  WIDER,
  type Work,
} from "./works.js";

const { values: options } = parseArgs({
  options: {
    flags: { type: "boolean" },
    only: { type: "string" },
    json: { type: "string" },
    seconds: { type: "string", default: "20" },
    samples: { type: "string", default: "9" },
  },
});
const seconds = Number(options.seconds);
const wanted = chosen(options.only);
const STEPS = 4; // whose costs are compared before anything is timed
const WIDE_WORKS: readonly Work[] = [WIDE, WIDER];
const TOGETHER = 4; // others that follow a sample of ours where samples are long

interface Rival {
  readonly name: string;
  /** Its file in peers/, and what it is called there where that is not its name. */
  readonly from: string;
  readonly peer?: string;
  readonly precision?: string;
  readonly threads?: number;
  readonly note?: string;
  /** What its engine is started with. */
  readonly flags?: readonly string[];
}
const RIVALS: readonly Rival[] = [
  { name: "tfjs wasm", from: "tfjs.js" },
  { name: "tfjs cpu", from: "tfjs.js" },
  { name: "onnxruntime-web", from: "onnxruntime.js" },
  { name: "jax-js wasm", from: "jax.js" },
  { name: "numpy-ts", from: "arrays.js" },
  { name: "ml-matrix", from: "arrays.js", precision: "float64" },
  { name: "brain.js", from: "brain.js", precision: "float64", note: "one update an example, sigmoid" },
  { name: "NumPy", from: "peers.py", precision: "float64" },
  { name: "scikit-learn", from: "peers.py" },
  { name: "PyTorch, 1 thread", from: "peers.py" },
  { name: "PyTorch, 2 threads", from: "peers.py", threads: 2 },
];
// Who is asked to do wide works: others cannot, or would take minutes
const ASKED_FOR: Readonly<Record<string, readonly string[]>> = {
  wide: ["tfjs wasm", "jax-js wasm", "PyTorch, 1 thread", "PyTorch, 2 threads"],
  wider: ["jax-js wasm", "PyTorch, 1 thread", "PyTorch, 2 threads"],
};
// What switches V8's vectors of 256 bits on
const JOINING = ["--experimental-wasm-revectorize"];

interface Peer extends Contestant {
  readonly precision: string;
  readonly note?: string;
  /** Lets go of what it holds. */
  end?(): void;
}

const folder = mkdtempSync(join(tmpdir(), "wasmlp-bench-"));
const missing: string[] = [];
const refuse = (work: string, name: string, why: string) => missing.push(`${work}: ${name}: ${why}`);

const ENDED = '{"failed":"its process ended"}';
// PyTorch's gradients are computed on a thread with a team of its own. Where two teams share the cores, spinning ones
// keep each other from working and make PyTorch many times slower than it is.
const PATIENCE = { OMP_WAIT_POLICY: "PASSIVE" };

/** A process of a rival's own, driven line by line. */
class Child {
  readonly #process: ChildProcess;
  readonly #lines: Interface;
  #ended = false;
  constructor(command: string, args: readonly string[], threads: number) {
    this.#process = spawn(command, args, {
      stdio: ["pipe", "pipe", "ignore"],
      env: { ...process.env, OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads), ...PATIENCE },
    });
    this.#lines = createInterface({ input: this.#process.stdout! });
    this.#process.stdin!.on("error", () => {}); // what is written to one that has ended
    this.#process.once("exit", () => {
      this.#ended = true;
      this.#lines.emit("line", ENDED);
    });
  }
  async ask(order: object): Promise<{ failed?: string; seconds?: number; costs?: number[] }> {
    if (this.#ended) return JSON.parse(ENDED);
    this.#process.stdin!.write(`${JSON.stringify(order)}\n`);
    return new Promise((resolve) => {
      this.#lines.once("line", (line) => resolve(JSON.parse(line)));
    });
  }
  end(): void {
    this.#process.kill();
  }
}

/** The first Python that has all three, or else as many as there are. */
async function findPython(): Promise<string | null> {
  for (const modules of ["numpy, sklearn, torch", "numpy, torch", "numpy"]) {
    for (const command of ["python3", "/usr/bin/python3"]) {
      const code = await new Promise((resolve) => {
        spawn(command, ["-c", `import ${modules}`], { stdio: "ignore" })
          .on("error", resolve)
          .on("exit", resolve);
      });
      if (code === 0) return command;
    }
  }
  return null;
}
const python = await findPython();

function agree(costs: readonly number[], ours: readonly number[]): string | null {
  const worst = Math.max(...costs.map((cost, i) => Math.abs(cost / ours[i]! - 1)));
  return worst < 1e-3 ? null : `its numbers differ from ours: ${costs.join(", ")} instead of ${ours.join(", ")}`;
}

// Runs a peer's steps for at least 20 ms, and at least once; the seconds of one.
async function sample(step: () => unknown): Promise<number> {
  let steps = 0;
  const elapsed = await time(async () => {
    const start = performance.now();
    do {
      await step();
      steps++;
    } while (performance.now() - start < 20);
  });
  return elapsed / steps;
}

/** Who can do a work that is told in words, numbers and names of files, and whose first costs are `ours`. */
async function findPeers(
  name: string,
  work: { readonly kind: "train" | "product" | "inference" },
  ours: readonly number[],
  rivals = RIVALS.map(flagged),
): Promise<Peer[]> {
  const peers: Peer[] = [];
  for (const { name: rival, from, peer = rival, threads = 1, note, flags = [], precision = "float32" } of rivals) {
    const inPython = from.endsWith(".py");
    if (inPython && python === null) {
      refuse(name, rival, "no python3 with numpy here");
      continue;
    }
    const script = new URL(`peers/${inPython ? from : "javascript.js"}`, import.meta.url).pathname;
    const child = new Child(inPython ? python! : process.execPath, [...flags, script], threads);
    const first = await child.ask({ create: peer, from, work });
    const { failed, costs = [] } = first.failed ? first : await child.ask({ step: STEPS });
    const why = failed ?? (costs.length ? agree(costs, ours) : null); // not all tell their costs
    if (why) {
      refuse(name, rival, why);
      child.end();
      continue;
    }
    const once = (await child.ask({ step: 1 })).seconds!;
    const steps = Math.max(1, Math.ceil(0.2 / once));
    const run = async () => {
      await child.ask({ step: 1 }); // wakes it, as ours are woken
      const { failed, seconds } = await child.ask({ step: steps });
      if (failed !== undefined) throw new Error(failed);
      return seconds! / steps;
    };
    const end = () => child.end();
    // NumPy's float64 is that of the student's program
    const type = inPython && work.kind !== "train" ? "float32" : precision;
    peers.push({ name: rival, precision: type, run, end, ...(note && { note }) });
  }
  return peers;
}

/** Writes arrays to files, for other processes; their names. */
function written(arrays: Readonly<Record<string, Uint8Array | Int32Array | Float32Array>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => {
      const file = join(folder, name);
      writeFileSync(file, array);
      return [name, file];
    }),
  );
}

const bytesOf = (weights: readonly LayerWeights[]) =>
  Buffer.concat(
    weights.flatMap(({ weight, bias }) => [weight, bias].map(({ buffer }) => new Uint8Array(buffer as ArrayBuffer))),
  );

interface Row {
  name: string;
  precision: string;
  milliseconds: number;
  least: number;
  gflops: number;
  ratio: number;
  low: number;
  high: number;
  note?: string;
}
const results: { work: string; text: string; rows: Row[] }[] = [];

async function compete(work: string, text: string, flops: number, all: readonly Peer[], together = 1) {
  const [ours, ...others] = all as [Peer, ...Peer[]];
  const { samples, ratios, failed } = await takePairs(ours, others, seconds, Number(options.samples), together);
  for (const { end } of all) end?.();
  for (const [name, why] of failed) refuse(work, name, `while it was timed: ${why}`);
  const timed = all.filter(({ name }) => !failed.has(name));
  const rows = timed.map(({ name, precision, note }): Row => {
    const taken = samples.get(name)!;
    const { median: ratio, low, high } = spreadOf(ratios.get(name)!);
    const typical = median(taken);
    const least = Math.min(...taken);
    return {
      name,
      precision,
      milliseconds: 1000 * typical,
      least: 1000 * least,
      gflops: flops / typical / 1e9,
      ratio,
      low,
      high,
      ...(note && { note }),
    };
  });
  results.push({ work, text, rows });
  console.log(`\n${work}: ${text}`);
  const lines = rows.map((row) => [
    `${row.name}${row.precision === "float32" ? "" : ` (${row.precision})`}${row.note ? " *" : ""}`,
    row.milliseconds,
    row.least,
    row.note ? "" : row.gflops,
    row.ratio,
    `${digits(row.low, 2)}-${digits(row.high, 2)}`,
  ]);
  print([["", "ms", "least", "GFLOP/s", "times ours", "80 %"], ...lines]);
  for (const { name, note } of rows) if (note) console.log(`* ${name}: ${note}`);
}

/** How our kernels compute. */
type Kind = Required<Pick<Ours, "numerics" | "vectors">>;
const STRICT: Kind = { numerics: "strict", vectors: 128 };
const FUSED: Kind = { numerics: "fused", vectors: 128 };
const KINDS = [STRICT, FUSED].flatMap((kind) => [kind, { ...kind, vectors: 256 as const }]);

const nameOf = ({ numerics, vectors }: Kind) =>
  `wasmlp${numerics === "fused" ? " fused" : ""}${vectors === 256 ? " 256-bit" : ""}`;

/** Why this engine cannot compute so; empty where it can. */
async function whyNot({ numerics, vectors }: Kind): Promise<string> {
  const { whyStrict, whyNarrow } = await loadBackend("wasm", numerics, false, vectors);
  return whyStrict || whyNarrow;
}

// Kernels of 128 bits are compiled to the end before V8 joins vectors: it would do so in theirs, too.
if (options.flags || WIDE_WORKS.some(({ name }) => wanted(name))) {
  for (const { numerics } of [STRICT, FUSED]) {
    for (const threads of [1, 2]) {
      const { run, end } = trainer(MNIST, { numerics, threads }, 200);
      await run();
      end();
    }
  }
}
const wide: Kind = { ...FUSED, vectors: 256 };
const main = !options.flags ? STRICT : (await whyNot(wide)) ? FUSED : wide;
const us = nameOf(main);
const flagged = (rival: Rival): Rival =>
  main.vectors === 256 && rival.from.endsWith(".js") ? { ...rival, flags: JOINING } : rival;

/** Who is asked to do a wide work: in JavaScript with vectors of 256 bits, too, where our own have them. */
function wideRivals(work: string, joins: boolean): Rival[] {
  const [some, others] = [true, false].map((asked) =>
    RIVALS.filter(({ name }) => ASKED_FOR[work]!.includes(name) === asked),
  ) as [Rival[], Rival[]];
  refuse(work, others.map(({ name }) => name).join(", "), "not asked: they cannot, or would take minutes");
  return some.flatMap((rival) => {
    const both = joins && rival.from.endsWith(".js");
    return both ? [rival, { ...rival, name: `${rival.name} 256-bit`, peer: rival.name, flags: JOINING }] : [rival];
  });
}

try {
  console.log(machine());
  for (const work of [COURSE, MNIST, ...WIDE_WORKS]) {
    if (!wanted(work.name)) continue;
    const isWide = WIDE_WORKS.includes(work);
    const data = dataOf(work);
    const { weights } = networkOf(work);
    let first: readonly number[] | null = null; // our costs
    const ours: Peer[] = [];
    const iterations = Math.ceil(0.4 / (flopsOf(work) / 30e9));
    const add = async (name: string, how: Ours, times = iterations, note = "") => {
      const { network, costs, run, end } = trainer(work, how, times);
      network.weights = weights;
      const told = await costs(STEPS);
      first ??= told;
      const why = agree(told, first);
      if (why) refuse(work.name, name, why);
      else ours.push({ name, precision: how.dtype ?? "float32", run, end, ...(note && { note }) });
    };
    const kinds = isWide ? KINDS : work === MNIST && us !== nameOf(FUSED) ? [main, FUSED] : [main];
    for (const kind of kinds) {
      const why = await whyNot(kind);
      if (why) {
        refuse(work.name, nameOf(kind), why);
        continue;
      }
      await add(`${nameOf(kind)}, 2 threads`, { ...kind, threads: 2 });
      await add(`${nameOf(kind)}, 1 thread`, { ...kind, threads: 1 });
    }
    if (!isWide) await add("wasmlp js", { backend: "js" }, 1);
    if (work === COURSE && !options.flags) {
      await add("wasmlp, Gram form", { dtype: "float64", firstLayer: "gram" }, 200, "without what it does once");
    }
    const { x, y, scale, classes } = data;
    const files = written({ x, y, weights: bytesOf(weights) });
    const asked = { kind: "train" as const, ...work, scale, classes: classes.length, files };
    const joins = ours.some(({ name }) => name.includes("256-bit"));
    const found = await findPeers(work.name, asked, first!, isWide ? wideRivals(work.name, joins) : undefined);
    const batch = work.batch === work.count ? "full batch" : `batches of ${work.batch}`;
    await compete(
      work.name,
      `${work.layers.join("-")}, ${batch}, ${work.optimizer}, direct form, ms a step`,
      flopsOf(work),
      [...ours, ...found],
      isWide ? TOGETHER : 1,
    );
  }
  for (const n of [256, 512, 1024]) {
    if (!wanted("gemm")) continue;
    const random = new Random(2);
    const [a, b] = [0, 1].map(() => Float32Array.from({ length: n * n }, () => random.uniform())) as [
      Float32Array,
      Float32Array,
    ];
    const product = await productOf(main.numerics, "float32", n, [a, b]);
    product.run();
    const first = Array<number>(STEPS).fill(product.first());
    const ours: Peer = { name: `${us}, 1 thread`, precision: "float32", run: () => sample(product.run) };
    const asked = { kind: "product" as const, n, files: written({ a, b }) };
    const found = await findPeers("gemm", asked, first);
    await compete(`gemm ${n}`, `product of two ${n} x ${n} matrices, one thread`, 2 * n ** 3, [ours, ...found]);
  }
  for (const count of ASKED) {
    if (!wanted("inference")) continue;
    const network = networkOf(MNIST, { numerics: main.numerics });
    const plain = networkOf(MNIST, { backend: "js" });
    const predictor = await network.predictor();
    const rows = rowsOf(count);
    const out = predictor.run(rows).slice();
    const files = written({ rows, weights: bytesOf(network.weights), onnx: networkToOnnx(network) });
    const asked = { kind: "inference" as const, layers: MNIST.layers, count, files };
    const mine = (name: string, step: () => unknown): Peer => ({ name, precision: "float32", run: () => sample(step) });
    const ours = [
      mine(us, () => void predictor.run(rows, out)),
      mine(`${us}, predict`, () => network.predict(rows)),
      ...(count > 1000 ? [] : [mine("wasmlp js", () => plain.predict(rows))]),
    ];
    const first = Array<number>(STEPS).fill(out[0]!);
    const found = await findPeers("inference", asked, first);
    const many = count === 1 ? "one example" : `${count} examples`;
    const text = `${MNIST.layers.join("-")}, ${many} at a time, answers in JavaScript, ms`;
    await compete(`inference ${count}`, text, count * flopsOfAnswer(MNIST.layers), [...ours, ...found]);
  }
  if (missing.length) console.log(`\nMissing:\n${missing.map((line) => `  ${line}`).join("\n")}`);
  if (options.json)
    writeFileSync(
      options.json,
      JSON.stringify({ machine: machine(), flags: options.flags ?? false, results, missing }, null, 1),
    );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(); // some of the libraries leave timers behind

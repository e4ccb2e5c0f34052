// The very same work by other libraries, in turns with ours: npm run bench:peers. Options: --only course,mnist,gemm,inference,
// --seconds N for each work, --json FILE, --flags for our fused numerics, which switch V8's flags on. A peer that is
// missing or cannot do a work is named with the reason.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { parseArgs } from "node:util";
import { networkToOnnx, Random } from "wasmlp";
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
  rowsOf,
  trainer,
  type Work,
} from "./works.js";

const { values: options } = parseArgs({
  options: {
    flags: { type: "boolean" },
    only: { type: "string" },
    json: { type: "string" },
    seconds: { type: "string", default: "20" },
  },
});
const seconds = Number(options.seconds);
const wanted = chosen(options.only);
const numerics = options.flags ? "fused" : "strict";
const us = options.flags ? "wasmlp fused" : "wasmlp";
const MODULES = ["tfjs", "onnxruntime", "jax", "arrays", "brain"];
const PYTHON = [
  ["NumPy", "float64", 1],
  ["scikit-learn", "float32", 1],
  ["PyTorch, 1 thread", "float32", 1],
  ["PyTorch, 2 threads", "float32", 2],
] as const;
const STEPS = 4; // whose costs are compared before anything is timed

interface Peer extends Contestant {
  readonly precision: string;
  readonly note?: string;
}
interface PeerModule {
  readonly peers: readonly {
    name: string;
    precision: string;
    note?: string;
    create(work: object): Promise<Machine> | Machine;
  }[];
}
interface Machine {
  /** Makes it the current one, where there can only be one. */
  use?(): Promise<unknown>;
  step(): unknown;
}

const folder = mkdtempSync(join(tmpdir(), "wasmlp-bench-"));
const missing: string[] = [];

const ENDED = '{"failed":"python ended"}';
// PyTorch's gradients are computed on a thread with a team of its own. Where two teams share the cores, spinning ones
// keep each other from working and make PyTorch many times slower than it is.
const PATIENCE = { OMP_WAIT_POLICY: "PASSIVE" };

/** Python, driven line by line. */
class Python {
  readonly #process: ChildProcess;
  readonly #lines: Interface;
  #ended = false;
  constructor(command: string, threads: number) {
    const script = new URL("peers/peers.py", import.meta.url).pathname;
    this.#process = spawn(command, [script], {
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

/** The first Python that has all three, or else at least NumPy. */
async function findPython(): Promise<string | null> {
  for (const modules of ["numpy, sklearn, torch", "numpy"]) {
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

const isTold = (value: unknown) =>
  typeof value !== "object" || (Array.isArray(value) && value.every((item) => typeof item === "number"));

async function findPeers(name: string, work: object, files: object, ours: number[], command: string | null) {
  const peers: Peer[] = [];
  const refuse = (peer: string, error: unknown) =>
    missing.push(`${name}: ${peer}: ${(error as Error).message ?? error}`);
  for (const file of MODULES) {
    try {
      const module = (await import(new URL(`peers/${file}.js`, import.meta.url).href)) as PeerModule;
      for (const peer of module.peers) {
        try {
          const made = await peer.create(work);
          await made.use?.();
          const costs: unknown[] = [];
          for (let i = 0; i < STEPS; i++) costs.push(await made.step());
          const difference = costs[0] !== undefined ? agree(costs as number[], ours) : null;
          if (difference) throw new Error(difference);
          const run = async () => {
            await made.use?.();
            return sample(made.step);
          };
          const { name: peerName, precision, note } = peer;
          peers.push({ name: peerName, precision, ...(note && { note }), run });
        } catch (error) {
          refuse(peer.name, error);
        }
      }
    } catch (error) {
      refuse(file, error);
    }
  }
  // Python reads arrays from files
  const told = Object.fromEntries(Object.entries(work).filter(([, value]) => isTold(value)));
  const children: Python[] = [];
  for (const [peer, precision, threads] of PYTHON) {
    if (command === null) {
      refuse(peer, "no python3 with numpy here");
      continue;
    }
    const python = new Python(command, threads);
    const answer = await python.ask({ create: peer, work: { ...told, files } });
    const first = answer.failed ? answer : await python.ask({ step: STEPS });
    const difference = !first.failed && agree(first.costs!, ours);
    if (first.failed || difference) {
      refuse(peer, first.failed ?? difference);
      python.end();
      continue;
    }
    children.push(python);
    const once = (await python.ask({ step: 1 })).seconds!;
    const steps = Math.max(1, Math.ceil(0.2 / once));
    const run = async () => {
      const { failed, seconds } = await python.ask({ step: steps });
      if (failed !== undefined) throw new Error(failed);
      return seconds! / steps;
    };
    peers.push({ name: peer, precision: name === "gemm" || name === "inference" ? "float32" : precision, run });
  }
  return {
    peers,
    end() {
      for (const child of children) child.end();
    },
  };
}

const bytesOf = (weights: readonly { weight: Float32Array; bias: Float32Array }[]) =>
  Buffer.concat(weights.flatMap(({ weight, bias }) => [new Uint8Array(weight.buffer), new Uint8Array(bias.buffer)]));

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

async function compete(
  work: string,
  text: string,
  flops: number,
  ours: Peer[],
  found: Awaited<ReturnType<typeof findPeers>>,
) {
  const all = [...ours, ...found.peers];
  const { samples, ratios, failed } = await takePairs(ours[0]!, all.slice(1), seconds, 9);
  found.end();
  for (const [name, why] of failed) missing.push(`${work}: ${name}: while it was timed: ${why}`);
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

try {
  console.log(machine());
  const command = await findPython();
  for (const work of [COURSE, MNIST] satisfies Work[]) {
    if (!wanted(work.name)) continue;
    const data = dataOf(work);
    const weights = networkOf(work).weights as { weight: Float32Array; bias: Float32Array }[];
    const files = { x: join(folder, "x"), y: join(folder, "y"), weights: join(folder, "weights") };
    writeFileSync(files.x, data.x);
    writeFileSync(files.y, data.y);
    writeFileSync(files.weights, bytesOf(weights));
    const shared = { kind: "train", ...work, scale: data.scale, classes: data.classes.length };
    const costs = await trainer(work, { numerics }, 1).costs(STEPS);
    // each sample of ours is a training of its own, whose memory is new: long enough that this does not count
    const iterations = Math.ceil(1 / (flopsOf(work) / 30e9));
    const mine = (name: string, how: Parameters<typeof trainer>[1], times = iterations, note = ""): Peer => ({
      name,
      precision: how.dtype ?? "float32",
      ...(note && { note }),
      run: trainer(work, how, times).run,
    });
    const ours = [
      mine(`${us}, 2 threads`, { numerics, threads: 2 }),
      mine(`${us}, 1 thread`, { numerics, threads: 1 }),
      mine("wasmlp js", { backend: "js" }, 1),
    ];
    if (work === COURSE && !options.flags) {
      ours.push(mine("wasmlp, Gram form", { dtype: "float64", firstLayer: "gram" }, 200, "without what it does once"));
    }
    const found = await findPeers(work.name, { ...shared, x: data.x, y: data.y, weights }, files, costs, command);
    const batch = work.batch === work.count ? "full batch" : `batches of ${work.batch}`;
    await compete(
      work.name,
      `${work.layers.join("-")}, ${batch}, ${work.optimizer}, direct form, ms a step`,
      flopsOf(work),
      ours,
      found,
    );
  }
  for (const n of [256, 512, 1024]) {
    if (!wanted("gemm")) continue;
    const random = new Random(2);
    const [a, b] = [0, 1].map(() => Float32Array.from({ length: n * n }, () => random.uniform())) as [
      Float32Array,
      Float32Array,
    ];
    const files = { a: join(folder, "a"), b: join(folder, "b") };
    writeFileSync(files.a, new Uint8Array(a.buffer));
    writeFileSync(files.b, new Uint8Array(b.buffer));
    const product = await productOf(numerics, "float32", n, [a, b]);
    product.run();
    const first = Array<number>(STEPS).fill(product.first());
    const ours: Peer[] = [{ name: `${us}, 1 thread`, precision: "float32", run: () => sample(product.run) }];
    const found = await findPeers("gemm", { kind: "product", n, a, b }, files, first, command);
    await compete(`gemm ${n}`, `product of two ${n} x ${n} matrices, one thread`, 2 * n ** 3, ours, found);
  }
  for (const count of ASKED) {
    if (!wanted("inference")) continue;
    const network = networkOf(MNIST, { numerics });
    const plain = networkOf(MNIST, { backend: "js" });
    const predictor = await network.predictor();
    const x = rowsOf(count);
    const out = predictor.run(x).slice();
    const weights = network.weights as { weight: Float32Array; bias: Float32Array }[];
    const files = { x: join(folder, "rows"), weights: join(folder, "weights") };
    writeFileSync(files.x, new Uint8Array(x.buffer));
    writeFileSync(files.weights, bytesOf(weights));
    const asked = { kind: "inference", layers: MNIST.layers, count, weights, x, onnx: networkToOnnx(network) };
    const mine = (name: string, step: () => unknown): Peer => ({ name, precision: "float32", run: () => sample(step) });
    const ours = [
      mine(us, () => void predictor.run(x, out)),
      mine(`${us}, predict`, () => network.predict(x)),
      ...(count > 1000 ? [] : [mine("wasmlp js", () => plain.predict(x))]),
    ];
    const first = Array<number>(STEPS).fill(out[0]!);
    const found = await findPeers("inference", asked, files, first, command);
    const many = count === 1 ? "one example" : `${count} examples`;
    const text = `${MNIST.layers.join("-")}, ${many} at a time, answers in JavaScript, ms`;
    await compete(`inference ${count}`, text, count * flopsOfAnswer(MNIST.layers), ours, found);
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

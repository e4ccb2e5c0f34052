// wasmlp bench: the WASM kernels against plain TypeScript on this machine, on the same bits: three networks, samples in
// turns, medians. The project's own measurements are in bench/.

import { createHash } from "node:crypto";
import { availableParallelism, cpus } from "node:os";
import { countFlops } from "../architecture.js";
import type { OptimizerName } from "../catalogue.js";
import { createDataset, type LabelledDataset } from "../dataset.js";
import { InputError } from "../errors.js";
import { Network } from "../network.js";
import { Random } from "../random.js";
import type { LayerWeights } from "../session/layout.js";
import { median } from "../statistics.js";
import type { Io } from "./io.js";
import { bar, duration, table, wrap } from "./text.js";

export interface BenchOptions {
  /** Seconds to spend on each work, once the fewest pairs are taken. */
  seconds: number;
  json?: boolean;
}

export interface Work {
  readonly name: string;
  /** Widths of all layers, the inputs first. */
  readonly layers: readonly number[];
  readonly count: number;
  readonly batch: number;
  readonly optimizer: OptimizerName;
  /** Whether the examples are bytes, as pictures are, or float32. */
  readonly bytes: boolean;
}

export const WORKS: readonly Work[] = [
  // nearly all of the work is in a wide first layer
  { name: "course", layers: [12288, 20, 7, 5, 1], count: 209, batch: 209, optimizer: "sgd", bytes: true },
  // MNIST's sizes; a whole number of batches, so that all steps are alike
  { name: "digits", layers: [784, 256, 128, 10], count: 256, batch: 128, optimizer: "adam", bytes: true },
  // a network inside another program: what a step costs beside its arithmetic shows here
  { name: "small", layers: [2, 16, 16, 1], count: 256, batch: 256, optimizer: "sgd", bytes: false },
];

const PLAIN = "plain TypeScript"; // the row of the js backend
const DTYPE = "float32";
const STEPS = 4; // after which the weights are compared
const LONG_FLOPS = 1e10; // operations of a training that is worth starting threads for
const SAMPLE = 50; // milliseconds a sample takes at least, or one iteration where that is longer
const PAIRS = 7; // the fewest samples of each kind

/** Median time of one way to compute a work; `ratio` is how many times as fast as plain TypeScript it is. */
interface Row {
  readonly name: string;
  readonly threads: number;
  readonly millisecondsPerIteration: number;
  readonly gflops: number;
  readonly ratio: number;
}

interface Result {
  /** wasm, wasm with all threads where that is more than one, plain TypeScript. */
  readonly rows: readonly Row[];
  readonly pairs: number;
}

/** Prints times and ratios, and returns 0. Throws E_BACKEND when a work's weights are not the same bits everywhere. */
export async function bench({ seconds, json = false }: BenchOptions, io: Io, works = WORKS): Promise<number> {
  const started = performance.now();
  const processor = cpus()[0]?.model.trim() || "unknown processor";
  const columns = Math.min(io.columns, 80);
  const about = `Node ${process.versions.node}, ${processor}, ${availableParallelism()} hardware threads. Medians of samples taken in turns; ratio: times as fast as plain TypeScript.`;
  if (!json) for (const line of wrap(about, columns)) io.out(line);
  const bars: Bar[] = [];
  for (const [w, work] of works.entries()) {
    const result = await measure(work, seconds, (share, doing) => {
      if (io.live) io.status(statusLine((w + share) / works.length, `${work.name}: ${doing}`, columns));
    });
    io.status("");
    if (json) io.out(JSON.stringify(workEvent(work, result)));
    else for (const line of workLines(work, result, columns, io)) io.out(line);
    for (const { name, ratio } of result.rows) {
      if (name !== PLAIN) bars.push({ label: `${work.name.padEnd(6)}  ${name}`, value: ratio });
    }
  }
  const took = (performance.now() - started) / 1000;
  if (json) {
    io.out(JSON.stringify({ event: "end", seconds: took, node: process.versions.node, processor }));
    return 0;
  }
  io.out("");
  io.out(io.style("bold", "times as fast as plain TypeScript"));
  for (const line of barChart(bars, columns - 1)) io.out(line);
  io.out("");
  io.out(`${works.length} works in ${duration(took)}`);
  return 0;
}

/** Compares the bits, then takes samples of all ways in turns until `seconds` are over. Throws E_BACKEND. */
async function measure(work: Work, seconds: number, progress: (share: number, doing: string) => void): Promise<Result> {
  progress(0, "comparing the bits");
  const started = performance.now();
  const data = dataOf(work);
  const flops = countFlops(work.layers, work.batch);
  const [inputs, ...layers] = work.layers;
  const [wasm, js] = (["wasm", "js"] as const).map(
    (backend) => new Network({ inputs: inputs!, layers, seed: 1, dtype: DTYPE, backend }),
  );
  const first = wasm!.weights;
  // every sample starts from the same weights; the first layer is computed directly on both sides
  const run = (network: Network, threads: number | "auto", iterations: number) => {
    const { batch: batchSize, optimizer } = work;
    network.weights = first;
    return network.fit(data, { iterations, logEvery: iterations, batchSize, optimizer, threads, firstLayer: "direct" });
  };

  // "auto" starts threads where that pays, which a few steps would not
  const threads = availableParallelism() > 1 ? (await run(wasm!, "auto", Math.ceil(LONG_FLOPS / flops))).threads : 1;
  const ways = [
    { name: "wasm", network: wasm!, threads: 1, last: 0, times: [] as number[] },
    { name: `wasm, ${threads} threads`, network: wasm!, threads, last: 0, times: [] },
    { name: PLAIN, network: js!, threads: 1, last: 0, times: [] },
  ].filter((_, i) => i !== 1 || threads > 1);
  let bits: string | undefined;
  for (const way of ways) {
    way.last = (await run(way.network, way.threads, STEPS)).millisecondsPerIteration;
    const got = hash(way.network.weights);
    bits ??= got;
    if (got === bits) continue;
    throw new InputError(
      "E_BACKEND",
      `bench: the weights of "${work.name}" after ${STEPS} iterations are not the same bits with wasm and with ${way.name}; please report this, with Node's version and your processor.`,
    );
  }

  let pairs = -1; // the first one warms up and does not count
  for (; ; pairs++) {
    const share = (performance.now() - started) / (1000 * seconds);
    if (pairs >= PAIRS && share >= 1) break;
    progress(Math.max(0, Math.min(share, pairs / PAIRS, 1)), pairs < 0 ? "warming up" : `pair ${pairs + 1}`);
    for (const way of ways) {
      const iterations = Math.max(1, Math.ceil(SAMPLE / way.last));
      way.last = (await run(way.network, way.threads, iterations)).millisecondsPerIteration;
      if (pairs >= 0) way.times.push(way.last);
    }
  }
  const plain = ways[ways.length - 1]!.times;
  const rows = ways.map(({ name, threads, times }) => {
    const time = median(times);
    const gflops = flops / time / 1e6;
    const ratio = median(times.map((ms, i) => plain[i]! / ms));
    return { name, threads, millisecondsPerIteration: time, gflops, ratio };
  });
  wasm!.dispose();
  js!.dispose();
  return { rows, pairs };
}

function dataOf({ layers, count, bytes }: Work): LabelledDataset {
  const random = new Random(1);
  const features = layers[0]!;
  const outputs = layers[layers.length - 1]!;
  const x = bytes ? new Uint8Array(count * features) : new Float32Array(count * features);
  for (let i = 0; i < x.length; i++) x[i] = bytes ? random.integer(255) : random.normal();
  const y = Array.from({ length: count }, () => random.integer(Math.max(outputs, 2) - 1));
  return createDataset({ x, y, shape: [features] });
}

function hash(weights: readonly LayerWeights[]): string {
  const sum = createHash("sha256");
  for (const { weight, bias } of weights) sum.update(weight).update(bias);
  return sum.digest("hex");
}

function workEvent({ name, layers, batch, optimizer }: Work, { rows, pairs }: Result): object {
  const [wasm, js] = [rows[0]!, rows[rows.length - 1]!];
  const times = ({ millisecondsPerIteration, gflops }: Row) => ({ millisecondsPerIteration, gflops });
  const [all] = rows.slice(1, -1);
  return {
    ...{ event: "work", name, layers, batch, optimizer, dtype: DTYPE, pairs },
    ...{ wasm: times(wasm), js: times(js), ratio: wasm.ratio },
    ...(all && { wasmThreads: { threads: all.threads, ...times(all), ratio: all.ratio } }),
    sameBits: true,
  };
}

function workLines(work: Work, { rows, pairs }: Result, columns: number, io: Io): string[] {
  const { name, layers, batch, optimizer } = work;
  const what = `${name}: ${layers.join("-")}, ${optimizer}, batches of ${batch}, ${DTYPE}: same bits, ${pairs} pairs`;
  const cells = rows.map((row) => [
    ...[`  ${row.name}`, short(row.millisecondsPerIteration), short(row.gflops)],
    row.ratio.toFixed(1),
  ]);
  const header = ["  ".padEnd(PLAIN.length + 2), "ms/iteration", "GFLOP/s", " ratio"];
  const heading = wrap(what, columns).map((line) => io.style("bold", line));
  return ["", ...heading, ...table([header, ...cells], [1, 2, 3])];
}

/** Three digits, or the whole number where that is longer. */
function short(value: number): string {
  return value < 100 ? value.toPrecision(3) : value.toFixed(0);
}

function statusLine(share: number, doing: string, columns: number): string {
  return `${bar(share)} ${doing}`.slice(0, columns - 1);
}

/** A bar of a chart. */
export interface Bar {
  readonly label: string;
  readonly value: number;
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** Lines of bars from 0 on, each with its value; the longest takes what `columns` leaves beside labels and values. */
export function barChart(bars: readonly Bar[], columns: number): string[] {
  const values = bars.map(({ value }) => value.toFixed(1));
  const most = Math.max(...bars.map(({ value }) => value));
  const beside = Math.max(...bars.map(({ label }) => label.length)) + 2;
  const width = Math.max(8, columns - beside - 1 - Math.max(...values.map((value) => value.length)));
  return bars.map(({ label, value }, i) => {
    const eighths = Math.max(1, Math.round((8 * width * value) / most));
    return `${label.padEnd(beside)}${"█".repeat(Math.floor(eighths / 8))}${EIGHTHS[eighths % 8]} ${values[i]}`;
  });
}

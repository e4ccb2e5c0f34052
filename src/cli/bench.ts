// wasmlp bench: the WASM kernels against plain TypeScript on three networks, reported as text or as JSON. How they are
// measured is bench/measure.ts's; the project's own measurements are in the folder bench of the repository.

import { availableParallelism, cpus } from "node:os";
import { table } from "../text.js";
import { measure, PLAIN, type Result, type Row } from "./bench/measure.js";
import { DTYPE, WORKS, type Work } from "./bench/works.js";
import { type Bar, barChart } from "./chart.js";
import type { Io } from "./io.js";
import { bar, duration, wrap } from "./text.js";

export interface BenchOptions {
  /** Seconds to spend on each work, once the fewest pairs are taken. */
  seconds: number;
  json?: boolean;
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
    ...[`  ${row.name}`, threeDigits(row.millisecondsPerIteration), threeDigits(row.gflops)],
    row.ratio.toFixed(1),
  ]);
  const header = ["  ".padEnd(PLAIN.length + 2), "ms/iteration", "GFLOP/s", " ratio"];
  const heading = wrap(what, columns).map((line) => io.style("bold", line));
  return ["", ...heading, ...table([header, ...cells], [1, 2, 3])];
}

/** Three digits, zeros among them, or the whole number where that is longer. */
function threeDigits(value: number): string {
  return value < 100 ? value.toPrecision(3) : value.toFixed(0);
}

function statusLine(share: number, doing: string, columns: number): string {
  return `${bar(share)} ${doing}`.slice(0, columns - 1);
}

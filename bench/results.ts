// Writes bench/RESULTS.md and its charts from the --json files of the benchmarks: tsx bench/results.ts FILE...
// Each file becomes a part of its own, in the order given; the machine and the Node.js it was measured on stand above it.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { digits } from "../src/text.js";
import { chart, lineChart } from "./chart.js";
import { cell } from "./measure.js";

interface PeerRow {
  readonly name: string;
  readonly precision: string;
  readonly milliseconds: number;
  readonly least: number;
  readonly gflops: number;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly note?: string;
}
interface Ours {
  readonly machine: string;
  readonly results: Record<string, (string | number)[][]>;
}
interface Peers {
  readonly machine: string;
  readonly flags: boolean;
  readonly results: { work: string; text: string; rows: PeerRow[] }[];
  readonly missing: string[];
}

const files = process.argv.slice(2);
if (files.length === 0) throw new Error("usage: tsx bench/results.ts FILE...");
const folder = new URL(".", import.meta.url).pathname;
mkdirSync(`${folder}charts`, { recursive: true });

const markdown = (rows: readonly (readonly (string | number)[])[]) => {
  const [head, ...body] = rows.map((row) => row.map(cell));
  const line = (row: readonly string[]) => `| ${row.join(" | ")} |`;
  return [line(head!), line(head!.map((_, c) => (c === 0 ? "---" : "---:"))), ...body.map(line)].join("\n");
};

const TITLES: Record<string, string> = {
  "kernels wasm": "Kernels, default build",
  "kernels relaxed": "Kernels, fused numerics",
  shapes: "Kernels against width and batch: two equal layers, Adam, float32, one thread, and steps on two beside one",
  "shapes float64": "The same, float64",
  steps: "Steps, default build",
  "steps relaxed": "Steps, fused numerics",
  js: "Plain TypeScript against WASM, one thread, the same bits",
  inference: "Inference: 784-256-128-10, one thread, microseconds; forward is a training's pass over a batch in memory",
  training: "Whole trainings",
  scaling: "Scaling: 784-256-256-10, 512 examples, sgd, float32",
  threads: 'Threads: "auto" beside 1 and 2, whole trainings of 0.3 s with the starting of threads, float32',
  "threads short": "Threads, trainings of 0.1 s",
  "threads busy": "Threads, one core busy",
  start: "Start: import, compile and first step of a small network, ms",
  memory: "Peak resident memory of the whole process",
};

const engineOf = (machine: string): string => /Node [\d.]+/.exec(machine)![0];

function ours({ machine, results }: Ours): string[] {
  return [
    `## Ours, ${engineOf(machine)}\n\n${machine}.`,
    ...Object.entries(results).map(([name, rows]) =>
      [`### ${TITLES[name] ?? name}`, ...(name === "shapes" ? shapesChart(rows, machine) : []), markdown(rows)].join(
        "\n\n",
      ),
    ),
  ];
}

const CHARTED = [32, 512]; // batches

const drawn = new Set<string>(); // charts

/** A chart's file; a second engine's has its name in it. */
function nameOfChart(plain: string, machine: string): string {
  const engine = engineOf(machine)
    .toLowerCase()
    .replace(/ |\..*/g, ""); // such as node24
  const name = drawn.has(plain) ? `${plain}-${engine}` : plain;
  drawn.add(name);
  return name;
}

/** Rates against width, a chart for each of some batches. */
function shapesChart(rows: readonly (readonly (string | number)[])[], machine: string): string[] {
  const [head, ...body] = rows;
  return CHARTED.map((batch) => {
    const some = body.filter((row) => row[1] === batch);
    const widthOf = (row: readonly (string | number)[]) => Number(/\d+/.exec(String(row[0])));
    const columns = head!.flatMap((_, c) => (c < 2 || c > head!.indexOf("step") ? [] : [c]));
    const lines = columns.map((c) => ({
      name: String(head![c]),
      points: some.map((row) => [widthOf(row), Number(row[c])] as const),
    }));
    const title = `GFLOP/s of a thread, batches of ${batch}`;
    const name = nameOfChart(`shapes-${batch}`, machine);
    writeFileSync(`${folder}charts/${name}.svg`, lineChart(title, "width of the layers", lines));
    return `![${title}](charts/${name}.svg)`;
  });
}

/** A table and a chart for each work. */
function peers({ machine, flags, results, missing }: Peers): string[] {
  const engine = engineOf(machine);
  const works = results.map(({ work, text, rows }) => {
    const name = nameOfChart(work.replace(" ", "-") + (flags ? "-flags" : ""), machine);
    const bars = rows.filter(({ milliseconds }) => milliseconds < Math.max(500, 10 * rows[0]!.milliseconds));
    // times as long as our first that the faster of PyTorch's takes
    const torch = Math.min(...rows.filter((row) => row.name.startsWith("PyTorch")).map(({ ratio }) => ratio));
    const compared = Number.isFinite(torch);
    writeFileSync(
      `${folder}charts/${name}.svg`,
      chart(
        `${work}: ${text.includes("ms a step") ? text : `${text}, ms`}`,
        bars.map((row) => ({ name: row.name, value: row.milliseconds })),
        (bar) => bar.startsWith("wasmlp"),
      ),
    );
    const table = markdown([
      ["", "type", "ms", "least", "GFLOP/s", "times ours", ...(compared ? ["PyTorch's speed"] : [])],
      ...rows.map((row) => [
        row.name + (row.note ? ` (${row.note})` : ""),
        row.precision,
        row.milliseconds,
        row.least,
        row.note || row.name.includes("Gram") ? "" : row.gflops,
        `${cell(row.ratio)} (${digits(row.low, 2)} to ${digits(row.high, 2)})`,
        ...(compared ? [cell(torch / row.ratio)] : []),
      ]),
    ]);
    return `### ${work}: ${text}\n\n![${text}](charts/${name}.svg)\n\n${table}`;
  });
  const reasons = [...new Set(missing)].map((line) => `- ${line}`).join("\n");
  const build = flags
    ? "Fused numerics, on Node.js 24 and later with V8's 256-bit vectors. They have bits of their own."
    : "Our default build where a row does not say fused or 256-bit.";
  return [
    `## Against other libraries, ${engine}${flags ? ", flags on" : ""}\n\n${machine}. ${build}`,
    ...works,
    ...(reasons ? [`Missing, with the reason:\n\n${reasons}`] : []),
  ];
}

const head = `# Results

Written by \`tsx bench/results.ts\` from what \`npm run bench -- --json FILE\`, \`npm run bench:peers -- --json FILE\` and \`npm run bench:peers -- --flags --json FILE\` left.
All on one shared virtual machine whose cores now and then run at little more than half their speed.
Medians of samples taken in turns, with the least beside them; ratios are medians of the ratios of neighbouring samples. The direct form reads all inputs in every step; the Gram form is another algorithm for the first layer, and has rows of its own.

Other libraries do the very same work: same first weights, same batches in the same order, same optimizer. Before anything is timed, the costs of the first four steps agree with ours within 0.1 %, where a library tells them. "times ours": how many times as long as the first row it takes; in brackets where 80 % of the ratios lie. "PyTorch's speed": how many times as fast a row is as the faster of PyTorch's. Rows with "fused" round multiply and add once, rows with "256-bit" have V8's vectors of 256 bits, other libraries' too.`;

const parts = files.flatMap((file) => {
  const found = JSON.parse(readFileSync(file, "utf8")) as Ours | Peers;
  return "missing" in found ? peers(found) : ours(found);
});
writeFileSync(`${folder}RESULTS.md`, `${[head, ...parts].join("\n\n")}\n`);

// Writes bench/RESULTS.md and its charts from what the two benchmarks left: tsx bench/results.ts OURS.json PEERS.json

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { chart } from "./chart.js";
import { digits } from "./measure.js";

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
  readonly results: { work: string; text: string; rows: PeerRow[] }[];
  readonly missing: string[];
}

const [oursFile, peersFile] = process.argv.slice(2);
if (!oursFile || !peersFile) throw new Error("usage: tsx bench/results.ts OURS.json PEERS.json");
const ours = JSON.parse(readFileSync(oursFile, "utf8")) as Ours;
const peers = JSON.parse(readFileSync(peersFile, "utf8")) as Peers;
const folder = new URL(".", import.meta.url).pathname;
mkdirSync(`${folder}charts`, { recursive: true });

const two = (value: number) => String(Number(value.toPrecision(2)));
const markdown = (rows: readonly (readonly (string | number)[])[]) => {
  const [head, ...body] = rows.map((row) => row.map(digits));
  const line = (row: readonly string[]) => `| ${row.join(" | ")} |`;
  return [line(head!), line(head!.map((_, c) => (c === 0 ? "---" : "---:"))), ...body.map(line)].join("\n");
};

const TITLES: Record<string, string> = {
  "kernels wasm": "Kernels, default build",
  "kernels relaxed": "Kernels, flags on (relaxed)",
  "kernels wasm 24": "Kernels on Node 24, default build",
  "kernels relaxed 24": "Kernels on Node 24, flags on (relaxed: 256-bit vectors)",
  steps: "Steps, default build",
  "steps relaxed": "Steps, flags on (relaxed)",
  js: "Plain TypeScript against WASM, one thread, the same bits",
  training: "Whole trainings",
  scaling: "Scaling: 784-256-256-10, 512 examples, sgd, float32",
  start: "Start: import, compile and first step of a small network, ms",
  memory: "Peak resident memory of the whole process",
};

const parts = [
  `# Results

Written by \`tsx bench/results.ts\` from \`npm run bench -- --json\` and \`npm run bench:peers -- --json\`.
Machine: ${peers.machine}, a shared virtual machine whose cores now and then run at little more than half their speed.
Medians of samples taken in turns, with the least beside them; ratios are medians of the ratios of neighbouring samples. The direct form reads all inputs in every step; the Gram form is another algorithm for the first layer, and has rows of its own.

## Against other libraries

The very same work: same first weights, same batches in the same order, same optimizer. Before anything is timed, the costs of the first four steps agree with ours within 0.1 %, where a library tells them. "times ours": how many times as long as the first row it takes; in brackets where 80 % of the ratios lie.`,
];
for (const { work, text, rows } of peers.results) {
  const name = work.replace(" ", "-");
  const bars = rows.filter(({ milliseconds }) => milliseconds < 500);
  writeFileSync(
    `${folder}charts/${name}.svg`,
    chart(
      `${work}: ${text.includes("ms a step") ? text : `${text}, ms`}`,
      bars.map((row) => ({ name: row.name, value: row.milliseconds })),
      (bar) => bar.startsWith("wasmlp"),
    ),
  );
  parts.push(
    `### ${work}: ${text}\n\n![${text}](charts/${name}.svg)`,
    markdown([
      ["", "type", "ms", "least", "GFLOP/s", "times ours"],
      ...rows.map((row) => [
        row.name + (row.note ? ` (${row.note})` : ""),
        row.precision,
        row.milliseconds,
        row.least,
        row.note || row.name.includes("Gram") ? "" : row.gflops,
        `${digits(row.ratio)} (${two(row.low)} to ${two(row.high)})`,
      ]),
    ]),
  );
}
parts.push(
  `Missing, with the reason:\n\n${[...new Set(peers.missing)].map((line) => `- ${line}`).join("\n")}`,
  "## Ours",
);
for (const [name, rows] of Object.entries(ours.results)) parts.push(`### ${TITLES[name] ?? name}`, markdown(rows));
writeFileSync(`${folder}RESULTS.md`, `${parts.join("\n\n")}\n`);

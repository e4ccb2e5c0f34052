// The package's types in other people's programs: strict settings, with and without the DOM's library and Node's types,
// under the oldest and the newest TypeScript that is promised; each of these under both with WASMLP_TESTS=all.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { all } from "./all.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "wasmlp-types-"));
afterAll(() => rmSync(folder, { recursive: true }));

// What everybody needs; what needs the DOM or Node is in a file of its own.
const PLAIN = `
import { createDataset, type DataInput, type Dataset, type Hdf5Options, type IdxOptions, InputError, type Label, Network, type Numbers, type NetworkOptions, type Picture, pictureToExample, readHdf5, readIdx, split, type TrainingRun } from "wasmlp";
import { init } from "wasmlp/slim";
const labels: readonly Label[] = [0, 1];
const data: Dataset = createDataset({ x: [new Float32Array(2), [1, 2]], y: labels, classes: undefined, scale: undefined });
const options: NetworkOptions = { inputs: 2, layers: [1] as const, seed: undefined, classes: undefined };
const network = new Network(options);
const signal: AbortSignal | undefined = undefined;
const history = await network.fit(split(data, { test: 0.5 }).train, { iterations: 3, signal, threads: undefined, onCost: undefined, onProgress: async () => {} });
const run: TrainingRun = network.train(data, { iterations: 3, onCost: (record, training) => record.cost < 1 && training.stop() });
for await (const { cost, validation } of run) if ((validation?.cost ?? cost) < 0.1) run.learningRate /= 2;
const seconds: number = history.seconds + run.history.seconds;
const outputs: Numbers = await network.predict([new Float32Array(2)]);
const more: Hdf5Options = { x: undefined, signal: undefined };
const input: DataInput = { x: [[1]], y: [0] };
const picture: Picture = { data: new Uint8Array(4), width: 1, height: 1 };
const digits: IdxOptions = { scale: 1 };
await init(new Uint8Array(3));
network[Symbol.dispose]();
// @ts-expect-error: the widths are what they are
network.layers[0] = 3;
// @ts-expect-error: no such option
await network.fit(data, { iterations: 1, lr: 1 });
export { digits, InputError, input, more, outputs, picture, pictureToExample, readHdf5, readIdx, seconds };
`;
const WEB = `
import { Network } from "wasmlp";
import { init } from "wasmlp/slim";
export async function use(network: Network, signal: AbortSignal, data: Parameters<Network["fit"]>[0]) {
  await init(fetch("kernels.wasm"));
  await network.fit(data, { epochs: 1, signal, worker: new URL("worker.js", "http://localhost/") });
  return [new Blob([network.save()]), Network.load(await (await fetch("model")).arrayBuffer())];
}
`;

beforeAll(() => {
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules", "wasmlp"));
  symlinkSync(join(root, "node_modules", "@types"), join(folder, "node_modules", "@types"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "plain.ts"), PLAIN);
  writeFileSync(join(folder, "web.ts"), WEB);
});

const SETTINGS: [string, string[], string[]][] = [
  ["nothing but the language", ["es2022"], []],
  ["the DOM", ["es2022", "dom"], []],
  ["Node", ["es2022"], ["node"]],
  ["both", ["esnext", "dom"], ["node"]],
];
const cases = [
  ...SETTINGS.filter((_, i) => all || i < 3).map((settings) => ["typescript-5.4", ...settings] as const),
  ...SETTINGS.filter((_, i) => all || i === 3).map((settings) => ["typescript", ...settings] as const),
];

test.each(cases)("%s with %s", { timeout: 120_000 }, (compiler, _, lib, types) => {
  const files = ["plain.ts", ...(lib.includes("dom") || types.length > 0 ? ["web.ts"] : [])];
  const config = {
    compilerOptions: {
      ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false },
      ...{ module: "nodenext", target: "es2022", lib, types, noEmit: true, preserveSymlinks: false },
    },
    files,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = createRequire(import.meta.url)
    .resolve(`${compiler}/package.json`)
    .replace("package.json", "bin/tsc");
  let said = "";
  try {
    execFileSync(process.execPath, [tsc, "-p", "."], { cwd: folder, encoding: "utf8" });
  } catch (error) {
    said = (error as { stdout: string }).stdout;
  }
  // Node's own types are not ours to check
  expect(
    said.split("\n").filter((line) => line !== "" && !/@types|undici-types/.test(line) && !line.startsWith(" ")),
  ).toEqual([]);
});

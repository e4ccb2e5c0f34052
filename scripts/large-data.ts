// Makes a large .npy and a large CSV, and trains on them part by part: rate beside the same network in memory, and the
// largest resident memory. tsx scripts/large-data.ts FOLDER [npy GiB] [CSV GiB]; the numbers are docs/large-data.md's.

import { rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { createDataset, type DataSource, type Dataset, Network, openNpy, openTable, Random } from "../src/index.js";

const [folder = "build", npySize = "10", csvSize = "2"] = process.argv.slice(2);
const FEATURES = 784;
const FEW = 40_000; // rows in memory
const FIT = { epochs: 1000, batchSize: 128, optimizer: "adam", logEvery: 100, timeLimit: 15 } as const;

let peak = 0;
setInterval(() => {
  peak = Math.max(peak, process.memoryUsage().rss);
}, 20).unref();

async function measure<R>(
  what: string,
  run: () => Promise<R>,
  tell: (result: R, seconds: number) => string,
): Promise<R> {
  peak = 0;
  const begun = performance.now();
  const result = await run();
  const seconds = (performance.now() - begun) / 1000;
  console.log(`${what}: ${tell(result, seconds)}, ${seconds.toFixed(1)} s, at most ${(peak / 2 ** 20).toFixed(0)} MiB`);
  return result;
}

function headOf(descr: string, shape: readonly number[]): Buffer {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`.padEnd(117);
  return Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]), Buffer.from(`${text}\n`)]);
}

/** A file that `write` fills, opened to be read. */
async function made(name: string, write: (file: FileHandle) => Promise<void>): Promise<FileHandle> {
  const path = join(folder, name);
  const file = await open(path, "w");
  await write(file);
  await file.close();
  process.on("exit", () => rmSync(path, { force: true }));
  return open(path);
}

async function makeArrays(bytes: number): Promise<[FileHandle, FileHandle]> {
  const rows = Math.floor(bytes / (4 * FEATURES));
  const random = new Random(1);
  const block = Float32Array.from({ length: 4096 * FEATURES }, () => random.normal());
  const x = await made("large-x.npy", async (file) => {
    await file.write(headOf("<f4", [rows, FEATURES]));
    for (let row = 0; row < rows; row += 4096) {
      await file.write(new Uint8Array(block.buffer, 0, 4 * FEATURES * Math.min(4096, rows - row)));
    }
  });
  const y = await made("large-y.npy", async (file) => {
    await file.write(headOf("|u1", [rows]));
    await file.write(Uint8Array.from({ length: rows }, (_, i) => i % 10));
  });
  return [x, y];
}

async function firstRows(source: DataSource, count: number): Promise<Dataset> {
  const x = new Float32Array(count * FEATURES);
  const y = new Int32Array(count);
  for (let row = 0, part = 0; row < count; part++) {
    const data = await source.read(part);
    const some = Math.min(data.count, count - row);
    x.set(data.x.subarray(0, some * FEATURES), row * FEATURES);
    y.set(data.y.subarray(0, some), row);
    row += some;
  }
  return createDataset({ x, y, shape: [FEATURES] });
}

async function trainOn(data: Dataset | DataSource, what: string, threads: number): Promise<void> {
  const options = { inputs: FEATURES, layers: [256, 128, 10], activation: "relu", init: "he" } as const;
  await measure(
    `${what}, ${threads} threads`,
    () => new Network(options).fit(data, { ...FIT, threads }),
    ({ iterations }, seconds) => `${((iterations * FIT.batchSize) / seconds / 1000).toFixed(1)}k rows/s`,
  );
}

const source = await openNpy(...(await makeArrays(Number(npySize) * 2 ** 30)));
for (const threads of [1, 2]) await trainOn(source, `${npySize} GiB of .npy`, threads);
const inMemory = await firstRows(source, FEW);
for (const threads of [1, 1, 2, 2]) {
  await trainOn(inMemory, "in memory", threads);
  await trainOn(source, "in parts", threads);
}

const csv = await made("large.csv", async (file) => {
  await file.write("id,distance,hour,kind,tip\n");
  let size = 0;
  for (let i = 0; size < Number(csvSize) * 2 ** 30; ) {
    let text = "";
    for (const end = i + 50_000; i < end; i++) {
      const distance = ((i * 7919) % 100_003) / 5000;
      const tip = 1 + distance / 2 + (i % 3 ? 0 : 0.7) + ((i * 104_729) % 1000) / 2000;
      text += `${i},${distance.toFixed(4)},${i % 20 ? i % 24 : ""},${["card", "cash", "app"][i % 3]},${tip.toFixed(3)}\n`;
    }
    await file.write(text);
    size += text.length;
  }
});
const table = await measure(
  `${csvSize} GiB of CSV looked through`,
  () => openTable(csv, { target: "tip", test: 0.05 }),
  ({ count, test }) => `${count + test!.count} rows`,
);
const network = new Network({ inputs: table.features, layers: [32, 1], output: "linear", standardize: true });
await measure(
  "standardised, and one epoch",
  () => network.fit(table, { epochs: 1, batchSize: 1024, optimizer: "adam", logEvery: 5000 }),
  ({ iterations }) => `${iterations} steps`,
);
await measure(
  "evaluated",
  () => network.evaluate(table.test!, { metrics: ["r2"] }),
  ({ count, metrics }) => `${count} rows, R² ${metrics.r2!.toFixed(4)}`,
);

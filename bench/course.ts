// The course's network (12288-20-7-5-1, 209 pictures, full batch, direct form), one thread: milliseconds an iteration of
// the WASM kernels and of plain TypeScript, in turns, on the same bits. Prints medians, the least, and the median of the ratios.
//
//   npm run bench

import { createHash } from "node:crypto";
import { cpus } from "node:os";
import { Network, Random } from "wasmlp";

const PAIRS = 9;
const FLOPS = 4 * 209 * (12288 * 20) + 6 * 209 * (20 * 7 + 7 * 5 + 5);

const random = new Random(1);
const x = Uint8Array.from({ length: 209 * 12288 }, () => random.integer(255));
const y = Int32Array.from({ length: 209 }, (_, i) => (i < 72 ? 1 : 0));
const data = { x, y, count: 209, features: 12288, shape: [64, 64, 3], scale: 1 / 255, classes: ["non-cat", "cat"] };

/** Milliseconds an iteration, and a hash of the weights after all of them. */
async function measure(backend: "wasm" | "js", dtype: "float32" | "float64", iterations: number) {
  const network = new Network({ inputs: 12288, layers: [20, 7, 5, 1], init: "lecun", seed: 1, backend, dtype });
  const history = await network.fit(data, { iterations, learningRate: 0.0075, logEvery: iterations + 1 });
  const hash = createHash("sha256");
  for (const { weight, bias } of network.weights) hash.update(weight).update(bias);
  return { time: history.millisecondsPerIteration, hash: hash.digest("hex") };
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

console.log(`${cpus()[0]!.model}, Node ${process.versions.node}, ${PAIRS} pairs, 1 thread`);
for (const dtype of ["float32", "float64"] as const) {
  const fewest = 3;
  const same = (await measure("wasm", dtype, fewest)).hash === (await measure("js", dtype, fewest)).hash;
  if (!same) throw new Error(`${dtype}: wasm and js differ`);
  const wasm: number[] = [];
  const js: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    wasm.push((await measure("wasm", dtype, 60)).time);
    js.push((await measure("js", dtype, fewest)).time);
  }
  const ratio = median(js.map((time, i) => time / wasm[i]!));
  const times = (list: number[]) =>
    `${median(list).toFixed(2)} ms (least ${Math.min(...list).toFixed(2)}, ${(FLOPS / median(list) / 1e6).toFixed(1)} GFLOP/s)`;
  console.log(`${dtype}  wasm ${times(wasm)}  js ${times(js)}  ratio ${ratio.toFixed(1)}, same bits`);
}

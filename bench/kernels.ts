// The product's own matrix product: a forward pass of one linear layer of n units over n examples of n inputs, with all
// of its packing, and the roofline it stands beside.

import asc from "assemblyscript/asc";
import { loadBackend } from "../src/backend.js";
import { Random } from "../src/random.js";
import { copyRows, panelsToRows, setWeights } from "../src/session/layout.js";
import { open } from "../src/session.js";

/** A product of two n x n matrices on one thread. */
export interface Product {
  run(): void;
  /** First element of the last product. */
  first(): number;
}

/** a·b (n, n), row-major; numbers from a seed where none are given. */
export async function productOf(
  numerics: "strict" | "fused",
  dtype: "float32" | "float64",
  n: number,
  matrices?: readonly [Float32Array, Float32Array],
): Promise<Product> {
  const layers = [{ inputs: n, units: n, activation: "linear" as const }];
  const session = open(await loadBackend("wasm", numerics, false, numerics === "fused" ? 256 : 128), {
    ...{ purpose: "infer", architecture: { layers, loss: "meanSquaredError", dtype } },
    ...{ x: dtype, y: null, count: n, batch: n },
  });
  const random = new Random(1);
  const fill = (given?: Float32Array) => {
    const values = dtype === "float64" ? new Float64Array(n * n) : new Float32Array(n * n);
    if (given) values.set(given);
    else for (let i = 0; i < values.length; i++) values[i] = random.uniform();
    return values;
  };
  const [a, b] = [fill(matrices?.[0]), fill(matrices?.[1])];
  copyRows(session, { x: a, count: n, features: n, shape: [n], scale: 1 }, 0, n);
  // a layer multiplies with the transpose of its weights (units, inputs)
  const weight = b.map((_, i) => b[(i % n) * n + Math.floor(i / n)]!);
  setWeights(session, [{ weight, bias: weight.map(() => 0).subarray(0, n) }]);
  return {
    run: () => session.run("forward"),
    first: () => panelsToRows(session, session.plan.layers[0]!, 1)[0]!,
  };
}

/** GFLOP/s of a loop that only multiplies and adds in registers (or does both in one, when `fused`); null when there is none. */
export async function rooflineOf(fused: boolean): Promise<((dtype: "float32" | "float64") => number) | null> {
  // the engine knows fused multiply-add from when the fused kernels are loaded
  if (fused) await loadBackend("wasm", "fused");
  const source = new URL("roofline.ts", import.meta.url).pathname;
  const feature = fused ? ["--enable", "relaxed-simd"] : [];
  const { binary } = await compile([source, "-O2", "--noAssert", "--runtime", "stub", "--use", "abort=", ...feature]);
  if (!WebAssembly.validate(binary)) return null;
  const { instance } = await WebAssembly.instantiate(binary, {
    env: { memory: new WebAssembly.Memory({ initial: 1 }) },
  });
  const loops = instance.exports as Record<"float32" | "float64", (turns: number) => number>;
  const TURNS = fused ? 40_000 : 80_000;
  // the optimizing compiler works beside us and takes its time
  for (const start = performance.now(); performance.now() - start < 200; ) {
    for (const dtype of ["float32", "float64"] as const) loops[dtype](TURNS);
  }
  return (dtype) => {
    const start = performance.now();
    loops[dtype](TURNS);
    const lanes = dtype === "float32" ? 4 : 2;
    return (TURNS * (fused ? 24 : 12) * lanes) / (performance.now() - start) / 1e6;
  };
}

async function compile(args: string[]): Promise<{ binary: Uint8Array<ArrayBuffer> }> {
  let binary = new Uint8Array();
  const { error, stderr } = await asc.main([...args, "--outFile", "out.wasm"], {
    writeFile: (name, contents) => {
      if (name === "out.wasm") binary = new Uint8Array(contents as Uint8Array);
    },
  });
  if (error) throw new Error(`asc: ${stderr.toString()}`);
  return { binary };
}

// The product's own matrix product: a forward pass of one linear layer of n units over n examples of n inputs, with all
// of its packing, and the roofline it stands beside.

import asc from "assemblyscript/asc";
import * as P from "../assembly/program.js";
import { loadBackend } from "../src/backend.js";
import { beginBatch } from "../src/batch.js";
import { Random } from "../src/random.js";
import { open } from "../src/session.js";

/** A function that does the product of two n x n matrices once, on one thread. */
export async function productOf(
  backend: "wasm" | "relaxed" | "js",
  dtype: "float32" | "float64",
  n: number,
): Promise<() => void> {
  const layers = [{ inputs: n, units: n, activation: "linear" as const }];
  const session = open(await loadBackend(backend), {
    architecture: { layers, loss: "meanSquaredError", dtype },
    ...{ x: dtype, labels: false, count: n, batch: n, optimizer: null, train: false },
  });
  const random = new Random(1);
  const { memory } = session.machine;
  const { x } = session.plan;
  const inputs =
    dtype === "float64" ? new Float64Array(memory, x.offset, x.length) : new Float32Array(memory, x.offset, x.length);
  for (let i = 0; i < x.length; i++) inputs[i] = random.uniform();
  for (let i = 0; i < session.parameters.length; i++) session.parameters[i] = random.uniform();
  for (let i = 0; i < n; i++) session.order[i] = i;
  session.control.hyper[P.INPUT_SCALE] = 1;
  const panels = beginBatch(session.control);
  return () => session.machine.panels(P.FORWARD, 0, panels);
}

/** GFLOP/s of a loop that only multiplies and adds in registers (or does both in one, when `fused`); null when there is none. */
export async function rooflineOf(fused: boolean): Promise<((dtype: "float32" | "float64") => number) | null> {
  const source = new URL("roofline.ts", import.meta.url).pathname;
  const feature = fused ? ["--enable", "relaxed-simd"] : [];
  const { binary } = await compile([source, "-O2", "--noAssert", "--runtime", "stub", "--use", "abort=", ...feature]);
  if (!WebAssembly.validate(binary)) return null;
  const { instance } = await WebAssembly.instantiate(binary, {
    env: { memory: new WebAssembly.Memory({ initial: 1 }) },
  });
  const loops = instance.exports as Record<"float32" | "float64", (turns: number) => number>;
  const TURNS = fused ? 40_000 : 80_000;
  for (let i = 0; i < 50; i++) for (const dtype of ["float32", "float64"] as const) loops[dtype](TURNS); // until compiled
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

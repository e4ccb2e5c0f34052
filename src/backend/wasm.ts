// The WASM backends: one instance of the kernels over one memory of the plan's size. No arithmetic here.

import type { Backend, Machine } from "../backend.js";
import { InputError } from "../errors.js";
import { switchOnVectors } from "../host.js";
import type { Plan } from "../plan.js";
import { compileKernels, type KernelBuild } from "./kernels.js";

const PAGE = 65536;

interface Exports {
  joinVectors(): void;
  panelsFloat32(program: number, section: number, from: number, to: number): void;
  panelsFloat64(program: number, section: number, from: number, to: number): void;
  passesFloat32(program: number, from: number, to: number): void;
  passesFloat64(program: number, from: number, to: number): void;
  blocksFloat32(program: number, from: number, to: number): void;
  blocksFloat64(program: number, from: number, to: number): void;
  products(program: number, from: number, to: number): void;
  stepsFloat32(program: number, count: number): number;
  stepsFloat64(program: number, count: number): number;
}

let joins = false; // whether the engine joins vectors for the relaxed builds
const compiled = new Map<KernelBuild, Promise<WebAssembly.Module>>();

/** Compiles the kernels once. Throws E_BACKEND where the engine has no SIMD, or no relaxed SIMD. */
export async function wasmBackend(name: "wasm" | "relaxed", threads: boolean): Promise<Backend> {
  const build = threads ? (`${name}-threads` as const) : name;
  let module = compiled.get(build);
  if (!module) {
    if (name === "relaxed") joins = switchOnVectors();
    module = compileKernels(build);
    compiled.set(build, module);
  }
  try {
    const kernels = await module;
    return { name, load: (plan) => load(kernels, plan, threads, name === "relaxed" && joins) };
  } catch (cause) {
    compiled.delete(build);
    if (cause instanceof InputError) throw cause;
    const instead = name === "relaxed" ? 'use backend "wasm"' : 'use backend "js", which gives the same bits';
    throw new InputError(
      "E_BACKEND",
      `this engine cannot compile the ${name} kernels (${(cause as Error).message}); ${instead}.`,
      { cause },
    );
  }
}

function load(module: WebAssembly.Module, plan: Plan, threads: boolean, join: boolean): Machine {
  const pages = Math.ceil(plan.bytes / PAGE);
  let memory: WebAssembly.Memory;
  try {
    memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: threads });
  } catch (cause) {
    throw new InputError(
      "E_MEMORY",
      `fit: the engine has no memory of ${plan.bytes} bytes to give; use a smaller batch size, fewer examples or float32.`,
      { cause },
    );
  }
  const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
  if (join) kernel.joinVectors();
  new Uint8Array(memory.buffer).set(plan.image, plan.program);
  const { program } = plan;
  const double = plan.request.architecture.dtype === "float64";
  const panels = double ? kernel.panelsFloat64 : kernel.panelsFloat32;
  const passes = double ? kernel.passesFloat64 : kernel.passesFloat32;
  const update = double ? kernel.blocksFloat64 : kernel.blocksFloat32;
  const steps = double ? kernel.stepsFloat64 : kernel.stepsFloat32;
  return {
    memory: memory.buffer,
    ...(threads && { shared: { module, memory, join } }),
    panels: (section, from, to) => panels(program, section, from, to),
    passes: (from, to) => passes(program, from, to),
    blocks: (from, to) => update(program, from, to),
    products: (from, to) => kernel.products(program, from, to),
    steps: (count) => steps(program, count),
  };
}

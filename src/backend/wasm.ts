// The WASM backends: one instance of the kernels over one memory of the plan's size. No arithmetic here.

import * as P from "../../assembly/program.js";
import { InputError } from "../errors.js";
import { switchOnVectors } from "../host.js";
import type { Plan } from "../plan.js";
import { compileKernels, type KernelBuild } from "./kernels.js";
import type { Backend, Machine } from "./machine.js";
import { beginDispatch } from "./step.js";

const PAGE = 65536;

interface Exports {
  joinVectors(): void;
  runFloat32(program: number, phase: number, from: number, to: number): void;
  runFloat64(program: number, phase: number, from: number, to: number): void;
  onceFloat32(program: number, phase: number): number;
  onceFloat64(program: number, phase: number): number;
  stepsFloat32(program: number, thread: number, count: number): number;
  stepsFloat64(program: number, thread: number, count: number): number;
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
      `the engine has no memory of ${plan.bytes} bytes to give; use a smaller batch size, fewer examples or float32, and where address space is limited (ulimit -v) allow more, as engines reserve gigabytes of it.`,
      { cause },
    );
  }
  const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
  if (join) kernel.joinVectors();
  new Uint8Array(memory.buffer).set(plan.image, plan.program);
  const { program } = plan;
  const header = new Int32Array(memory.buffer, program, P.HYPER / 4);
  const double = plan.request.architecture.dtype === "float64";
  const run = double ? kernel.runFloat64 : kernel.runFloat32;
  const once = double ? kernel.onceFloat64 : kernel.onceFloat32;
  const steps = double ? kernel.stepsFloat64 : kernel.stepsFloat32;
  return {
    memory: memory.buffer,
    ...(threads && { shared: { module, memory, join } }),
    run: (phase, from, to) => run(program, phase, from, to),
    once: (phase) => once(program, phase) !== 0,
    steps: (count) => {
      beginDispatch(header);
      return steps(program, 0, count);
    },
  };
}

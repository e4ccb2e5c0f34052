// The WASM backend: one instance of the kernels over one memory of the plan's size. No arithmetic here.

import * as P from "../../assembly/program.js";
import type { Numerics, Vectors } from "../catalogue.js";
import { InputError } from "../errors.js";
import { switchOnFusing, switchOnWideVectors } from "../host.js";
import type { Plan } from "../plan.js";
import { buildOf, compileKernels, type KernelBuild } from "./kernels.js";
import type { Backend, Machine } from "./machine.js";
import { beginDispatch } from "./step.js";

const PAGE = 65536;

interface Exports {
  fuses(): number;
  joinVectors(): void;
  runFloat32(program: number, phase: number, from: number, to: number): void;
  runFloat64(program: number, phase: number, from: number, to: number): void;
  piecesOf(program: number, phase: number): number;
  pieceFloat32(program: number, phase: number, piece: number, from: number, to: number): void;
  pieceFloat64(program: number, phase: number, piece: number, from: number, to: number): void;
  onceFloat32(program: number, phase: number): number;
  onceFloat64(program: number, phase: number): number;
  stepsFloat32(program: number, thread: number, count: number): number;
  stepsFloat64(program: number, thread: number, count: number): number;
}

/** A build, compiled; or why it is not to be used. */
type Kernels = { readonly module: WebAssembly.Module } | { readonly why: string };

const compiled = new Map<string, Promise<Kernels>>();

/**
 * The kernels, compiled once. Fused ones are probed before they are used: where the engine has no relaxed SIMD, or the
 * machine rounds twice, they are strict. Rejects with E_BACKEND where the engine has no SIMD.
 */
export async function wasmBackend(numerics: Numerics, threads: boolean, wanted: Vectors = 128): Promise<Backend> {
  const whyNarrow = wanted === 256 ? switchOnWideVectors() : "";
  const vectors = whyNarrow ? 128 : wanted;
  const kernels = await kernelsOf(buildOf(numerics, threads), vectors);
  if ("why" in kernels) return { ...(await wasmBackend("strict", threads, wanted)), whyStrict: kernels.why };
  const { module } = kernels;
  const how = { name: "wasm", numerics, whyStrict: "", vectors, whyNarrow } as const;
  return { ...how, load: (plan) => load(module, plan, threads, vectors === 256) };
}

/**
 * Why the kernels cannot have fused numerics here, and compute strictly; empty where they can. Rejects with E_BACKEND
 * where wasmlp/slim was given no kernels for them.
 */
export async function whyNotFused(): Promise<string> {
  const kernels = await kernelsOf("relaxed", 128);
  return "why" in kernels ? kernels.why : "";
}

async function kernelsOf(build: KernelBuild, vectors: Vectors): Promise<Kernels> {
  const name = `${build} ${vectors}`;
  let kernels = compiled.get(name);
  if (!kernels) {
    const strict = build === "wasm" || build === "wasm-threads";
    kernels = strict ? strictKernels(build, vectors) : fusedKernels(build, vectors);
    compiled.set(name, kernels);
  }
  try {
    return await kernels;
  } catch (error) {
    compiled.delete(name);
    throw error;
  }
}

async function strictKernels(build: KernelBuild, vectors: Vectors): Promise<Kernels> {
  try {
    return { module: await compileKernels(build, vectors) };
  } catch (cause) {
    throw failure(cause, 'use backend "js", which gives the same bits');
  }
}

async function fusedKernels(build: KernelBuild, vectors: Vectors): Promise<Kernels> {
  switchOnFusing();
  try {
    const module = await compileKernels(build, vectors);
    return fuses(module, build) ? { module } : { why: "this processor or engine rounds a·b + c twice" };
  } catch (cause) {
    if ((cause as Error).name === "CompileError") return { why: "this engine has no relaxed SIMD" };
    throw failure(cause, 'use numerics "strict"');
  }
}

function failure(cause: unknown, instead: string): InputError {
  if (cause instanceof InputError) return cause;
  const { message } = cause as Error;
  return new InputError("E_BACKEND", `this engine cannot compile the kernels (${message}); ${instead}.`, { cause });
}

// The probe: whether each operation that may fuse does so.
function fuses(module: WebAssembly.Module, build: KernelBuild): boolean {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: build === "relaxed-threads" });
  return (new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports).fuses() !== 0;
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
  const piece = double ? kernel.pieceFloat64 : kernel.pieceFloat32;
  const once = double ? kernel.onceFloat64 : kernel.onceFloat32;
  const steps = double ? kernel.stepsFloat64 : kernel.stepsFloat32;
  return {
    memory: memory.buffer,
    ...(threads && { shared: { module, memory, join } }),
    run: (phase, from, to) => run(program, phase, from, to),
    together: plan.together,
    pieces: (phase) => kernel.piecesOf(program, phase),
    runPiece: (phase, i, from, to) => piece(program, phase, i, from, to),
    once: (phase) => once(program, phase) !== 0,
    steps: (count) => {
      beginDispatch(header);
      return steps(program, 0, count);
    },
  };
}

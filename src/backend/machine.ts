// What a backend is, and a plan in its memory: the interface that wasm.ts and js.ts implement.

import type { BackendName, Numerics, Vectors } from "../catalogue.js";
import type { Plan } from "../plan.js";

export interface Backend {
  readonly name: BackendName;
  readonly numerics: Numerics;
  /** Why the numerics are strict, where fused ones were asked for; else empty. */
  readonly whyStrict: string;
  /** Bits of the vectors; and why they are 128, where 256 were asked for, else empty. */
  readonly vectors: Vectors;
  readonly whyNarrow: string;
  /** Makes a memory of the plan's size with the program in it. Throws E_MEMORY when there is none to be had. */
  load(plan: Plan): Machine;
}

/** A plan in memory, ready to run. All calls are synchronous. A phase is given as its number in `plan.phases`. */
export interface Machine {
  /** The plan's memory. It never grows, so views of it stay valid. */
  readonly memory: ArrayBufferLike;
  /** What threads need to run the plan too; only in a backend loaded for threads. */
  readonly shared?: Shared;
  /** Runs a phase over the panels of the current batch, or over the blocks, [from, to). */
  run(phase: number, from: number, to: number): void;
  /** Panels that go through a phase together when it is run in pieces. */
  readonly together: number;
  /** In how many pieces a phase over panels can be run, each some milliseconds long. */
  pieces(phase: number): number;
  /** Runs a piece over the panels [from, to), at most `together`, after all those before it. */
  runPiece(phase: number, piece: number, from: number, to: number): void;
  /** Runs a phase that is done once. False when the step, or with it the training, is not to go on. */
  once(phase: number): boolean;
  /**
   * Runs up to `count` whole steps from the current batch on, and returns how many were finished. costs[i] is the cost
   * before update i. Stops short before an update whose cost is not finite, and after one that gave a bad weight.
   */
  steps(count: number): number;
}

/** The memory and the compiled kernels that a machine shares with its threads. */
export interface Shared {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Whether the engine joins vectors. */
  readonly join: boolean;
}

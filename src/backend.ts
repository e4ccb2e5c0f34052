// What runs a plan. A backend knows the kinds of operations and nothing of networks, data sets or training.

import type { Shared } from "./backend/team.js";
import type { BackendName } from "./catalogue.js";
import type { Plan } from "./plan.js";

export interface Backend {
  readonly name: BackendName;
  /** Makes a memory of the plan's size with the program in it. Throws E_MEMORY when there is none to be had. */
  load(plan: Plan): Machine;
}

/** A plan in memory, ready to run. All calls are synchronous and allocate nothing. */
export interface Machine {
  /** The plan's memory. It never grows, so views of it stay valid. */
  readonly memory: ArrayBufferLike;
  /** What threads need to run the plan too; only in a backend loaded for threads. */
  readonly shared?: Shared;
  /** Runs a section (FORWARD, LOSS, BACKWARD or OUTPUT) over the panels [from, to) of the current batch. */
  panels(section: number, from: number, to: number): void;
  /** Runs FORWARD, LOSS and BACKWARD over the panels [from, to). */
  passes(from: number, to: number): void;
  /** Runs weight gradients and updates over the blocks [from, to). */
  blocks(from: number, to: number): void;
  /** Products of the examples [from, to) with one another and with all before them, in a plan that has them. */
  products(from: number, to: number): void;
  /**
   * Runs up to `count` whole steps from the current batch on, and returns how many were finished. costs[i] is the cost
   * before update i. Stops short before an update whose cost is not finite, and after one that set BAD_UPDATE.
   */
  steps(count: number): number;
}

/** The backend of that name, with shared memory when `threads` is set. Throws E_BACKEND when this engine cannot run it. */
export async function loadBackend(name: BackendName, threads = false): Promise<Backend> {
  switch (name) {
    case "wasm":
    case "relaxed":
      return (await import("./backend/wasm.js")).wasmBackend(name, threads);
    case "js":
      return (await import("./backend/js.js")).jsBackend;
    default:
      return name satisfies never;
  }
}

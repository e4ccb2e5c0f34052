// The builds of the kernels that there are.

import type { Numerics } from "../../catalogue.js";

/** With or without shared memory, with or without relaxed SIMD, which fused numerics want. */
export type KernelBuild = "wasm" | "wasm-threads" | "relaxed" | "relaxed-threads";

export function buildOf(numerics: Numerics, threads: boolean): KernelBuild {
  const name = numerics === "fused" ? "relaxed" : "wasm";
  return threads ? `${name}-threads` : name;
}

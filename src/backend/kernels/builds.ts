// The builds of the kernels that there are.

/** With or without shared memory, with or without relaxed SIMD. */
export type KernelBuild = "wasm" | "wasm-threads" | "relaxed" | "relaxed-threads";

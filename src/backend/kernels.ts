// The kernels' code: four builds of one source. The package has them inside (kernels/embedded.ts); in wasmlp/slim and in
// a worker somebody else brings them: there the build puts kernels/supplied.ts in the place of kernels/embedded.ts.

/** With or without shared memory, with or without relaxed SIMD. */
export type KernelBuild = "wasm" | "wasm-threads" | "relaxed" | "relaxed-threads";

export { compileKernels, whyNoKernels } from "./kernels/embedded.js";

// wasmlp/slim: the same surface without the kernels inside; init brings them.

export { init, type KernelSource } from "./backend/kernels/supplied.js";
export type { KernelBuild } from "./backend/kernels.js";
export * from "./index.js";

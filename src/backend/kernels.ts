// The kernels' code: four builds of one source. The package has them inside (kernels/embedded.ts); in wasmlp/slim and in
// a worker somebody else brings them: there the build puts kernels/supplied.ts in the place of kernels/embedded.ts.

export type { KernelBuild } from "./kernels/builds.js";
export { compileKernels, whyNoKernels } from "./kernels/embedded.js";

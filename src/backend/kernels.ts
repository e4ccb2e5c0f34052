// The kernels' code: four builds of one source. The package has them inside (kernels/embedded.ts); wasmlp/slim and a
// worker are given them: there the build puts kernels/supplied.ts in the place of kernels/embedded.ts.

export { buildOf, type KernelBuild } from "./kernels/builds.js";
export { compileKernels, whyNoKernels } from "./kernels/embedded.js";

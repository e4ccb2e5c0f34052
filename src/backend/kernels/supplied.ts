// The kernels' code where it is not in the bundle: the user of wasmlp/slim, or whoever starts a worker, supplies it.
// The build puts this file in the place of kernels/embedded.ts there.

import type { Vectors } from "../../catalogue.js";
import { InputError } from "../../errors.js";
import type { KernelBuild } from "./builds.js";

/** Bytes of a .wasm file, a compiled module, or a response that has the bytes. */
export type KernelSource = ArrayBuffer | ArrayBufferView | WebAssembly.Module | Response;

const supplied = new Map<KernelBuild, Promise<WebAssembly.Module>>();

/**
 * Gives wasmlp/slim its kernels: the bytes of wasmlp/kernels.wasm, a response with them, or the compiled module. To be
 * called before anything is computed with backend "wasm". Threads and fused numerics have files of their own:
 * wasmlp/kernels-threads.wasm for "wasm-threads", kernels-relaxed.wasm, kernels-relaxed-threads.wasm.
 *
 * Rejects with E_BACKEND for anything else, for a response that is an error, and for what the engine cannot compile.
 *
 * @example await init(fetch(new URL("wasmlp/kernels.wasm", import.meta.url)));
 */
export async function init(source: KernelSource | Promise<KernelSource>, build: KernelBuild = "wasm"): Promise<void> {
  const module = compile(source);
  supplied.set(build, module);
  try {
    await module;
  } catch (cause) {
    supplied.delete(build);
    if (cause instanceof InputError) throw cause;
    throw new InputError("E_BACKEND", `init: this engine cannot compile these kernels (${(cause as Error).message}).`, {
      cause,
    });
  }
}

async function compile(source: KernelSource | Promise<KernelSource>): Promise<WebAssembly.Module> {
  let code = await source;
  if (code instanceof WebAssembly.Module) return check(code);
  if (typeof Response !== "undefined" && code instanceof Response) {
    if (!code.ok)
      throw new InputError("E_BACKEND", `init: ${code.url} answered ${code.status}; pass the kernels' file.`);
    code = await code.arrayBuffer(); // compileStreaming would refuse a server that does not know .wasm
  }
  if (code instanceof ArrayBuffer || ArrayBuffer.isView(code)) {
    return check(await WebAssembly.compile(code as BufferSource));
  }
  throw new InputError("E_BACKEND", `init: got ${typeof code}; pass bytes, a Response or a WebAssembly.Module.`);
}

function check(module: WebAssembly.Module): WebAssembly.Module {
  if (WebAssembly.Module.exports(module).some(({ name }) => name === "stepsFloat32")) return module;
  throw new InputError("E_BACKEND", "init: this module is not wasmlp's kernels; pass wasmlp/kernels.wasm.");
}

/** Why a build cannot be had; null when it can. */
export function whyNoKernels(build: KernelBuild): string | null {
  return supplied.has(build) ? null : `init was given no "${build}" kernels`;
}

/** The module that was supplied, whatever the vectors. Throws E_BACKEND when there is none. */
export async function compileKernels(build: KernelBuild, _vectors?: Vectors): Promise<WebAssembly.Module> {
  const module = supplied.get(build);
  if (module) return module;
  const plain = build === "wasm" ? "" : `, "${build}"`;
  throw new InputError(
    "E_BACKEND",
    `wasmlp/slim has no "${build}" kernels; call await init(bytes${plain}) first, or import from "wasmlp", which has them inside.`,
  );
}

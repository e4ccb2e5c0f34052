// The kernels that travel inside the package, as text. All but the plain build are loaded when they are first wanted.

import { kernels } from "../../../build/kernels.js";
import { decodeBase64 } from "../../bytes.js";
import type { Vectors } from "../../catalogue.js";
import type { KernelBuild } from "./builds.js";

const TEXTS: Record<KernelBuild, () => Promise<string>> = {
  wasm: async () => kernels,
  "wasm-threads": async () => (await import("../../../build/kernels-threads.js")).kernels,
  relaxed: async () => (await import("../../../build/kernels-relaxed.js")).kernels,
  "relaxed-threads": async () => (await import("../../../build/kernels-relaxed-threads.js")).kernels,
};

/** Why a build cannot be had; null when it can. */
export function whyNoKernels(_build: KernelBuild): string | null {
  return null;
}

/**
 * Compiles a build, anew for vectors of 256 bits: what was compiled before they were switched on is kept by the engine for
 * the same bytes. Rejects with the engine's error where it lacks what the build needs.
 */
export async function compileKernels(build: KernelBuild, vectors: Vectors = 128): Promise<WebAssembly.Module> {
  const code = decodeBase64(await TEXTS[build]());
  return WebAssembly.compile(vectors === 128 ? code : marked(code));
}

// The same code and a custom section of one letter, which means nothing.
function marked(code: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(code.length + 4);
  all.set(code);
  all.set([0, 2, 1, 0x77], code.length); // its kind, its length, its name's length, "w"
  return all;
}

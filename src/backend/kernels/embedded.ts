// The kernels that travel inside the package, as text. All but the plain build are loaded when they are first wanted.

import { kernels } from "../../../build/kernels.js";
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

/** Compiles a build. Rejects with the engine's error where it lacks what the build needs. */
export async function compileKernels(build: KernelBuild): Promise<WebAssembly.Module> {
  return WebAssembly.compile(decodeBase64(await TEXTS[build]()));
}

/** Bytes of a base64 string, in any engine. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

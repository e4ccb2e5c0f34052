// What runs a plan, by name. A backend knows the kinds of operations and nothing of networks, data sets or training;
// the interface is backend/machine.ts.

import type { Backend } from "./backend/machine.js";
import { wasmBackend } from "./backend/wasm.js";
import type { BackendName, Numerics, Vectors } from "./catalogue.js";

export type { Backend, Machine } from "./backend/machine.js";

/**
 * The backend of that name, with shared memory when `threads` is set. Where the machine does not fuse, the kernels are
 * strict ones, and where vectors of 256 bits cannot be had they have 128; the backend says why. Throws E_BACKEND when this engine cannot run it.
 */
export async function loadBackend(
  name: BackendName,
  numerics: Numerics = "strict",
  threads = false,
  vectors: Vectors = 128,
): Promise<Backend> {
  switch (name) {
    case "wasm":
      return wasmBackend(numerics, threads, vectors); // no import(), which service workers forbid
    case "js":
      return (await import("./backend/js.js")).jsBackend(numerics, vectors);
    default:
      return name satisfies never;
  }
}

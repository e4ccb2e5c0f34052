// Runs the worker on this machine, asks it once and shows its answer.

import { Miniflare } from "miniflare";

const worker = new Miniflare({
  compatibilityDate: "2026-01-01",
  modules: [
    { type: "ESModule", path: "dist/worker.js" },
    { type: "CompiledWasm", path: "dist/kernels.wasm" },
  ],
});
const answer = await worker.dispatchFetch("http://localhost/");
console.log(await answer.text());
await worker.dispose();

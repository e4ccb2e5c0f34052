// The script of a thread: it holds an instance of the kernels over the shared memory and does its part of the steps it
// is told to. Built to a string by scripts/build.ts, as it travels inside the package.

import { port } from "../../host.js";

/** What a thread is told: a plan to load, or a number of steps to do. */
export type Order =
  | {
      readonly module: WebAssembly.Module;
      readonly memory: WebAssembly.Memory;
      readonly join: boolean;
      readonly program: number;
      readonly thread: number;
      readonly entry: "workFloat32" | "workFloat64";
    }
  | { readonly steps: number }
  | null;

/** What it answers: ready, the number of steps the team finished, or what went wrong. */
export type Answer = { readonly ready: true } | { readonly done: number } | { readonly failed: string };

const { post, listen } = port<Order, Answer>();
let work: ((count: number) => number) | null = null;

function obey(order: Order): void {
  try {
    if (order === null) work = null;
    else if ("steps" in order) post({ done: work!(order.steps) });
    else {
      const { module, memory, join, program, thread, entry } = order;
      const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports;
      if (join) (kernels.joinVectors as () => void)();
      const run = kernels[entry] as (program: number, thread: number, count: number) => number;
      work = (count) => run(program, thread, count);
      post({ ready: true });
    }
  } catch (error) {
    post({ failed: String(error) });
  }
}

listen(obey);

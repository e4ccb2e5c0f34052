// The script of a thread: it holds an instance of the kernels over the shared memory and does its part of the steps it
// is told to. Built to a string by scripts/build.ts, as it travels inside the package.

import { port } from "../../host.js";

/** What a thread is told: a plan to load, a number of steps to do, or null to let go of the plan. */
export type ThreadRequest =
  | {
      readonly module: WebAssembly.Module;
      readonly memory: WebAssembly.Memory;
      readonly join: boolean;
      readonly program: number;
      readonly thread: number;
      readonly entry: "stepsFloat32" | "stepsFloat64";
    }
  | { readonly steps: number }
  | null;

/** What it replies: ready, the number of steps the team finished, or what went wrong. To null it does not reply. */
export type ThreadReply = { readonly ready: true } | { readonly done: number } | { readonly failed: string };

const { post, listen } = port<ThreadRequest, ThreadReply>();
let work: ((count: number) => number) | null = null;

function answer(request: ThreadRequest): void {
  try {
    if (request === null) work = null;
    else if ("steps" in request) post({ done: work!(request.steps) });
    else {
      const { module, memory, join, program, thread, entry } = request;
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

listen(answer);

// The script of a thread: for each plan it holds an instance of the kernels over the plan's shared memory, and does its
// part of the steps it is told to. Built to a string by scripts/build.ts, as it travels inside the package.

import { port } from "../../host.js";

/** What a thread is told: a plan to load, a number of its steps to do, or to let go of it. */
export type ThreadRequest = { readonly id: number } & (
  | {
      readonly module: WebAssembly.Module;
      readonly memory: WebAssembly.Memory;
      readonly join: boolean;
      readonly program: number;
      readonly thread: number;
      readonly entry: "stepsFloat32" | "stepsFloat64";
    }
  | { readonly steps: number }
  | { readonly close: true }
);

/** What it replies: ready, the number of steps the team finished, or what went wrong. To `close` it does not reply. */
export type ThreadReply = { readonly ready: true } | { readonly done: number } | { readonly failed: string };

const { post, listen } = port<{ request: number; order: ThreadRequest }, { request: number; reply: ThreadReply }>();
const plans = new Map<number, (count: number) => number>();

function answer(order: ThreadRequest): ThreadReply | null {
  try {
    if ("steps" in order) return { done: plans.get(order.id)!(order.steps) };
    if ("close" in order) {
      plans.delete(order.id);
      return null;
    }
    const { id, module, memory, join, program, thread, entry } = order;
    const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports;
    if (join) (kernels.joinVectors as () => void)();
    const run = kernels[entry] as (program: number, thread: number, count: number) => number;
    plans.set(id, (count) => run(program, thread, count));
    return { ready: true };
  } catch (error) {
    return { failed: String(error) };
  }
}

listen(({ request, order }) => {
  const reply = answer(order);
  if (reply) post({ request, reply });
});

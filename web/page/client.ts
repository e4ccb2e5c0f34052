// The page's end of the line to its worker: sends requests and commands, hands on replies and events.

import type { Command, Events, Failure, FromWorker, RequestName, Requests, ToWorker } from "../protocol.js";

/** A request that failed, with the code of the InputError, or E_BUG. */
export class WorkerError extends Error {
  readonly code: Failure["code"];

  constructor({ code, message }: Failure) {
    super(message);
    this.code = code;
  }
}

const worker = new Worker(new URL("worker.js", location.href), { type: "module", name: "trainer" });
const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
let requests = 0;
let ended: Error | null = null; // why the worker runs no more

const send = (message: ToWorker) => worker.postMessage(message);

/** Resolves with the result; rejects with a WorkerError, and with why the worker does not run. */
export function request<N extends RequestName>(
  name: N,
  ...args: Parameters<Requests[N]>
): Promise<ReturnType<Requests[N]>> {
  return new Promise((resolve, reject) => {
    if (ended) return reject(ended);
    const id = requests++;
    waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
    send({ id, request: name, args });
  });
}

export function command(name: Command): void {
  send({ command: name });
}

/** Hands events on. At the worker's end, which is a bug or a browser that cannot run it, all requests reject. */
export function listen(listeners: { readonly [E in keyof Events]: (value: Events[E]) => void }): void {
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if ("event" in data) {
      (listeners[data.event] as (value: unknown) => void)(data.value);
      return;
    }
    const { resolve, reject } = waiting.get(data.id)!;
    waiting.delete(data.id);
    if ("failure" in data) reject(new WorkerError(data.failure));
    else resolve(data.result);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    ended = new Error(`The page’s worker does not run here: ${event.message || "its script could not be loaded"}.`);
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
}

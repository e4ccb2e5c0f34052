// The page's side of the worker: questions with their answers, orders, news.

import type { Failure, FromWorker, Name, News, Order, Questions, ToWorker } from "./protocol.js";

/** A question that failed, with the code of the InputError, or E_BUG. */
export class WorkerError extends Error {
  readonly code: Failure["code"];

  constructor({ code, message }: Failure) {
    super(message);
    this.code = code;
  }
}

export interface Client {
  ask<N extends Name>(name: N, ...args: Parameters<Questions[N]>): Promise<ReturnType<Questions[N]>>;
  order(order: Order): void;
}

/** Starts the worker. `fail` hears of its end, which is a bug or a browser that cannot run it. */
export function startClient(hear: (news: News) => void, fail: (reason: string) => void): Client {
  const worker = new Worker(new URL("worker.js", location.href), { type: "module", name: "trainer" });
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  let asked = 0;
  const send = (message: ToWorker) => worker.postMessage(message);
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if ("news" in data) {
      hear(data.news);
      return;
    }
    const { resolve, reject } = waiting.get(data.id)!;
    waiting.delete(data.id);
    if ("failure" in data) reject(new WorkerError(data.failure));
    else resolve(data.answer);
  };
  worker.onerror = (event) => fail(event.message || "its script could not be loaded");
  return {
    ask: (name, ...args) =>
      new Promise((resolve, reject) => {
        const id = asked++;
        waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
        send({ id, ask: name, args });
      }),
    order: (order) => send({ order }),
  };
}

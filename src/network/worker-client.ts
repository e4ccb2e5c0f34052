// Training in a worker, which leaves the caller's thread free. The worker has the library without kernels; it is given
// the kernels compiled here and a copy of the data, and gives the weights back. What it does is network/worker.ts's.

import { script } from "../../build/network-worker.js";
import { compileKernels, type KernelBuild, whyNoKernels } from "../backend/kernels.js";
import type { Dataset } from "../dataset.js";
import { NotFiniteError } from "../diagnose.js";
import { type ErrorCode, InputError } from "../errors.js";
import type { CostRecord, Diagnosis, History, Progress, Strategy } from "../history.js";
import { startThread, switchOnVectors, whyNoThreads } from "../host.js";
import type { LayerWeights } from "../session/layout.js";
import type { FitOptions } from "../train/options.js";
import type { NetworkOptions } from "./options.js";

/** A network as it travels: its options, and its weights unless they are still those that the options draw. */
export interface NetworkParts {
  readonly options: NetworkOptions;
  readonly weights: readonly LayerWeights[] | null;
}

/** Options of fit that can be sent. */
export type PlainFitOptions = Omit<
  FitOptions,
  "worker" | "signal" | "onStart" | "onCost" | "onProgress" | "onDiagnosis"
>;

/** What the worker is told. */
export type TrainRequest =
  | {
      readonly network: NetworkParts;
      readonly kernels: readonly (readonly [KernelBuild, WebAssembly.Module])[];
      readonly data: Dataset;
      readonly options: PlainFitOptions;
    }
  | { readonly abort: true };

/** What the worker tells. The last message has `end`, and the weights unless a thread failed or no network was made. */
export type TrainEvent =
  | { readonly start: Strategy }
  | { readonly cost: CostRecord }
  | { readonly progress: Progress }
  | { readonly diagnosis: Diagnosis }
  | { readonly end: TrainEnd; readonly weights: readonly LayerWeights[] | null };

export type TrainEnd =
  | { readonly history: History }
  | { readonly aborted: true }
  | { readonly code: ErrorCode; readonly message: string; readonly diagnosis?: Diagnosis; readonly history?: History }
  | { readonly bug: string };

/**
 * Trains in a worker, and hands over the weights, if any, before it settles as Network.fit does. `started` is given the
 * way to end the worker at once, which rejects with E_WORKER.
 */
export async function trainInWorker(
  network: NetworkParts,
  data: Dataset,
  fitOptions: FitOptions,
  take: (weights: readonly LayerWeights[]) => void,
  started: (end: () => void) => void,
): Promise<History> {
  const { worker: where, signal, onStart, onCost, onProgress, onDiagnosis, ...options } = fitOptions;
  signal?.throwIfAborted();
  const kernels = await kernelsFor(network.options.backend ?? "wasm", options.threads);
  const { promise, resolve } = withResolvers<TrainEnd>();
  const thread = startThread(
    where === true ? script : new URL(where as string | URL, globalThis.location?.href),
    (message) => {
      const event = message as TrainEvent;
      try {
        if ("start" in event) onStart?.(event.start);
        else if ("cost" in event) onCost?.(event.cost);
        else if ("progress" in event) onProgress?.(event.progress);
        else if ("diagnosis" in event) onDiagnosis?.(event.diagnosis);
        else {
          if (event.weights) take(event.weights);
          resolve(event.end);
        }
      } catch (error) {
        thrown.push(error); // a callback's own: the training ends as it would have here
        thread.post({ abort: true } satisfies TrainRequest);
      }
    },
    (reason) => fail(reason),
  );
  const fail = (reason: string) =>
    resolve({
      code: "E_WORKER",
      message: `fit: the worker ended before its work was done (${reason}); the weights are those before this call: run fit again, or without worker.`,
    });
  started(() => fail("it was told to end"));
  const thrown: unknown[] = [];
  const abort = () => thread.post({ abort: true } satisfies TrainRequest);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    thread.post({ network, kernels, data, options } satisfies TrainRequest);
    const end = await promise;
    if (thrown.length) throw thrown[0];
    if ("history" in end && !("code" in end)) return end.history;
    if ("aborted" in end) throw signal?.reason;
    if ("bug" in end) throw new Error(end.bug);
    if (end.diagnosis) throw new NotFiniteError(end.diagnosis, end.history!);
    throw new InputError(end.code, end.message);
  } finally {
    signal?.removeEventListener("abort", abort);
    thread.end();
  }
}

// The builds that the worker may want: the one for threads too, unless there will be none.
async function kernelsFor(backend: "wasm" | "relaxed" | "js", threads: number | "auto" = "auto") {
  if (backend === "js") return [];
  if (backend === "relaxed") switchOnVectors();
  const shared = `${backend}-threads` as const;
  const several = threads !== 1 && whyNoThreads() === null && whyNoKernels(shared) === null;
  const builds: KernelBuild[] = several ? [backend, shared] : [backend];
  return Promise.all(builds.map(async (build) => [build, await compileKernels(build)] as const));
}

function withResolvers<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

// Training in a worker, which leaves the caller's thread free. The worker has the library without kernels; it is given
// the kernels compiled here and a copy of the data, and gives the weights back. What it does is network/worker.ts's.

import { script } from "../../build/network-worker.js";
import { buildOf, compileKernels, type KernelBuild, whyNoKernels } from "../backend/kernels.js";
import { type Backend, loadBackend } from "../backend.js";
import type { BackendName, Numerics } from "../catalogue.js";
import type { Dataset } from "../dataset.js";
import { NotFiniteError } from "../diagnose.js";
import { type ErrorCode, InputError } from "../errors.js";
import type { Bytes } from "../globals.js";
import type { CostRecord, Diagnosis, History, Progress, Strategy } from "../history.js";
import { startThread, type Thread, whyNoThreads } from "../host.js";
import type { LayerWeights } from "../session/layout.js";
import type { CheckpointOptions } from "../train/checkpoint.js";
import { createControl } from "../train/control.js";
import type { FitOptions } from "../train/options.js";
import type { Stop } from "../train/stop.js";
import type { NetworkOptions } from "./options.js";

const PATIENCE = 2000; // milliseconds that an aborted worker has to tell its weights; it usually takes some 20

/** A network as it travels: its options, and its weights unless they are still those that the options draw. */
export interface NetworkParts {
  readonly options: NetworkOptions;
  readonly weights: readonly LayerWeights[] | null;
}

/** Options of fit that can be sent. */
export interface PlainFitOptions
  extends Omit<FitOptions, "worker" | "signal" | "onStart" | "onCost" | "onProgress" | "onDiagnosis" | "checkpoint"> {
  readonly checkpoint?: Omit<CheckpointOptions, "save"> | undefined;
}

/** What the worker is told. */
export type TrainRequest =
  | {
      readonly network: NetworkParts;
      readonly kernels: readonly (readonly [KernelBuild, WebAssembly.Module])[];
      readonly data: Dataset;
      readonly options: PlainFitOptions;
      /** Whether somebody hears the records; the worker then waits for the rate to go on with. */
      readonly heard: boolean;
    }
  | { readonly saved: true }
  | { readonly abort: true }
  | { readonly stop: true }
  | { readonly learningRate: number };

/** What the worker tells. The last message has `end`, and the weights unless a thread failed or no network was made. */
export type TrainEvent =
  | { readonly start: Strategy }
  | { readonly cost: CostRecord; readonly learningRate: number }
  | { readonly progress: Progress }
  | { readonly diagnosis: Diagnosis }
  | { readonly checkpoint: Bytes }
  | { readonly end: TrainEnd; readonly weights: readonly LayerWeights[] | null };

export type TrainEnd =
  | { readonly history: History }
  | { readonly aborted: true }
  | { readonly code: ErrorCode; readonly message: string; readonly diagnosis?: Diagnosis; readonly history?: History }
  | { readonly bug: string };

/**
 * Trains in a worker, and hands over the weights, null if there are none, and their numerics before it settles as
 * Network.fit does.
 */
export async function trainInWorker(
  network: NetworkParts,
  data: Dataset,
  fitOptions: FitOptions,
  stop: Stop,
  take: (weights: readonly LayerWeights[] | null, numerics: Numerics) => void,
): Promise<History> {
  const { worker: where, signal: _, onStart, onCost, onProgress, onDiagnosis, checkpoint, ...others } = fitOptions;
  const { every, seconds, save } = checkpoint ?? {};
  const options: PlainFitOptions = { ...others, ...(checkpoint && { checkpoint: { every, seconds } }) };
  if (typeof options.schedule === "function") {
    throw new InputError("E_OPTION", "fit: schedule is a function, which no worker takes; train without worker.");
  }
  const { backend, numerics: wanted } = network.options;
  // fused kernels are probed here
  const loaded = await loadBackend(backend as BackendName, wanted, false, options.vectors);
  const { numerics, whyStrict } = loaded;
  const kernels = await kernelsFor(loaded, options.threads);
  const parts = { ...network, options: { ...network.options, numerics } };
  stop.signal.throwIfAborted();
  let resolve!: (end: TrainEnd) => void;
  const ended = new Promise<TrainEnd>((settle) => {
    resolve = settle;
  });
  const fail = (reason: string) =>
    resolve({
      code: "E_WORKER",
      message: `fit: the worker ended before its work was done (${reason}); the weights are those before this call: run fit again, or without worker.`,
    });
  const rates = { learningRate: Number.NaN };
  const control = createControl(rates, stop, undefined, () => thread.post({ stop: true } satisfies TrainRequest));
  const record = async (cost: CostRecord) => {
    await control.record(onCost, cost);
    thread.post({ learningRate: rates.learningRate } satisfies TrainRequest);
  };
  const keep = async (bytes: Bytes) => {
    await stop.during(stop.tell(save, bytes));
    thread.post({ saved: true } satisfies TrainRequest);
  };
  const thread = startWorker(
    where === true ? script : new URL(where as string | URL, globalThis.location?.href),
    (message) => {
      const event = message as TrainEvent;
      if ("start" in event) stop.tell(onStart, { ...event.start, whyStrict });
      else if ("cost" in event) {
        rates.learningRate = event.learningRate;
        record(event.cost).catch(() => {}); // what ended it is the stop's
      } else if ("progress" in event) stop.tell(onProgress, event.progress, control.training);
      else if ("diagnosis" in event) stop.tell(onDiagnosis, event.diagnosis, control.training);
      else if ("checkpoint" in event) keep(event.checkpoint).catch(() => {});
      else {
        take(event.weights, numerics);
        resolve(event.end);
      }
    },
    fail,
  );
  // the worker tells the weights of the last iteration, if it can soon
  let giveUp: ReturnType<typeof setTimeout> | undefined;
  const abort = () => {
    thread.post({ abort: true } satisfies TrainRequest);
    const { reason } = stop.signal;
    const wanted = !(reason instanceof InputError && reason.code === "E_DISPOSED");
    giveUp = setTimeout(() => resolve({ aborted: true }), wanted ? PATIENCE : 0);
  };
  stop.signal.addEventListener("abort", abort, { once: true });
  try {
    thread.post({ network: parts, kernels, data, options, heard: onCost !== undefined } satisfies TrainRequest);
    const end = await ended;
    stop.signal.throwIfAborted();
    if ("history" in end && !("code" in end)) return end.history;
    if ("bug" in end) throw new Error(end.bug);
    if (!("code" in end)) throw new Error("the worker was aborted by nobody");
    if (end.diagnosis) throw new NotFiniteError(end.diagnosis, end.history!);
    throw new InputError(end.code, end.message);
  } finally {
    clearTimeout(giveUp);
    stop.signal.removeEventListener("abort", abort);
    thread.end();
  }
}

// Where the engine has no workers, or lets none start, that is said.
function startWorker(...args: Parameters<typeof startThread>): Thread {
  try {
    return startThread(...args);
  } catch (cause) {
    throw new InputError(
      "E_WORKER",
      `fit: no worker can be started here (${(cause as Error).message}); run fit without worker.`,
      { cause },
    );
  }
}

// The builds that the worker may want: the one for threads too, unless there will be none.
async function kernelsFor({ name, numerics, vectors }: Backend, threads: number | "auto" = "auto") {
  if (name === "js") return [];
  const [alone, shared] = [false, true].map((several) => buildOf(numerics, several)) as [KernelBuild, KernelBuild];
  const several = threads !== 1 && whyNoThreads() === null && whyNoKernels(shared) === null;
  const builds: KernelBuild[] = several ? [alone, shared] : [alone];
  return Promise.all(builds.map(async (build) => [build, await compileKernels(build, vectors)] as const));
}

// The worker's side of worker-client.ts: a network is trained here, and messages say what happens. Built by
// scripts/build.ts as a script of its own, with the kernels supplied.

import { init } from "../backend/kernels/supplied.js";
import { NotFiniteError } from "../diagnose.js";
import { InputError } from "../errors.js";
import type { Bytes } from "../globals.js";
import { port } from "../host.js";
import { Network } from "../network.js";
import { arraysOf, type LayerWeights } from "../session/layout.js";
import type { TrainingControl } from "../train/control.js";
import type { TrainEnd, TrainEvent, TrainRequest } from "./worker-client.js";

const stop = new AbortController();
const { post, listen } = port<TrainRequest, TrainEvent>();
let training: TrainingControl | null = null; // since the first callback
let goOn: ((learningRate: number) => void) | null = null; // from the record that is being heard
let saved = () => {}; // to be called when the last checkpoint has been taken

listen(async (request) => {
  if ("abort" in request) {
    stop.abort();
    return;
  }
  if ("saved" in request) {
    saved();
    return;
  }
  if ("stop" in request) {
    training?.stop();
    return;
  }
  if ("learningRate" in request) {
    goOn?.(request.learningRate);
    return;
  }
  const { heard } = request;
  let network: Network | null = null;
  let end: TrainEnd;
  try {
    for (const [build, module] of request.kernels) await init(module, build);
    network = new Network(request.network.options);
    if (request.network.weights) network.weights = request.network.weights;
    const { checkpoint, ...options } = request.options;
    const history = await network.fit(request.data, {
      ...options,
      ...(checkpoint && { checkpoint: { ...checkpoint, save } }),
      signal: stop.signal,
      onStart: (start) => post({ start }),
      onCost(cost, control) {
        training = control;
        if (!heard) return undefined;
        post({ cost, learningRate: control.learningRate });
        return new Promise<void>((resolve) => {
          goOn = (learningRate) => {
            control.learningRate = learningRate;
            resolve();
          };
        });
      },
      onProgress(progress, control) {
        training = control;
        post({ progress });
      },
      onDiagnosis(diagnosis, control) {
        training = control;
        post({ diagnosis });
      },
    });
    end = { history };
  } catch (error) {
    end = endOf(error);
  }
  // where there was no step they are still those that were drawn
  const trained = network !== null && network.init === null && !("code" in end && end.code === "E_WORKER");
  const weights = trained ? network!.weights : null;
  post({ end, weights }, weights ? buffersOf(weights) : []);
  network?.dispose();
});

function save(checkpoint: Bytes): Promise<void> {
  post({ checkpoint }, [checkpoint.buffer]);
  return new Promise((resolve) => {
    saved = resolve;
  });
}

function endOf(error: unknown): TrainEnd {
  if (stop.signal.aborted && error === stop.signal.reason) return { aborted: true };
  if (error instanceof NotFiniteError) {
    const { code, message, diagnosis, history } = error;
    return { code, message, diagnosis, history };
  }
  if (error instanceof InputError) return { code: error.code, message: error.message };
  return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

const buffersOf = (weights: readonly LayerWeights[]) =>
  weights.flatMap((layer) => arraysOf(layer).map(([, values]) => values.buffer as ArrayBuffer));

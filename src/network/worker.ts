// The worker's side of worker-client.ts: a network is trained here, and messages say what happens. Built by
// scripts/build.ts as a script of its own, with the kernels supplied.

import { init } from "../backend/kernels/supplied.js";
import { NotFiniteError } from "../diagnose.js";
import { InputError } from "../errors.js";
import { port } from "../host.js";
import { Network } from "../network.js";
import { arraysOf, type LayerWeights } from "../session/layout.js";
import type { TrainEnd, TrainEvent, TrainRequest } from "./worker-client.js";

const stop = new AbortController();
const { post, listen } = port<TrainRequest, TrainEvent>();

listen(async (request) => {
  if ("abort" in request) {
    stop.abort();
    return;
  }
  let network: Network | null = null;
  let end: TrainEnd;
  try {
    for (const [build, module] of request.kernels) await init(module, build);
    network = new Network(request.network.options);
    if (request.network.weights) network.weights = request.network.weights;
    const history = await network.fit(request.data, {
      ...request.options,
      signal: stop.signal,
      onStart: (start) => post({ start }),
      onCost: (cost) => post({ cost }),
      onProgress: (progress) => post({ progress }),
      onDiagnosis: (diagnosis) => post({ diagnosis }),
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

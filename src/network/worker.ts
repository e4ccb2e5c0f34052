// The worker's side of worker-client.ts: a network trained here, its news sent there. Built by scripts/build.ts as a script of
// its own, with the kernels supplied.

import { init } from "../backend/kernels/supplied.js";
import { NotFiniteError } from "../diagnose.js";
import { InputError } from "../errors.js";
import { port } from "../host.js";
import { Network } from "../network.js";
import type { LayerWeights } from "../session/layout.js";
import type { End, News, Order } from "./worker-client.js";

const stop = new AbortController();
const { post, listen } = port<Order, News>();

listen(async (order) => {
  if ("abort" in order) {
    stop.abort();
    return;
  }
  let network: Network | null = null;
  let end: End;
  try {
    for (const [build, module] of order.kernels) await init(module, build);
    network = new Network(order.network.options);
    if (order.network.weights) network.weights = order.network.weights;
    const history = await network.fit(order.data, {
      ...order.options,
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
  const weights = network === null || ("code" in end && end.code === "E_WORKER") ? null : network.weights;
  post({ end, weights }, weights ? buffersOf(weights) : []);
  network?.dispose();
});

function endOf(error: unknown): End {
  if (stop.signal.aborted && error === stop.signal.reason) return { aborted: true };
  if (error instanceof NotFiniteError) {
    const { code, message, diagnosis, history } = error;
    return { code, message, diagnosis, history };
  }
  if (error instanceof InputError) return { code: error.code, message: error.message };
  return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

const buffersOf = (weights: readonly LayerWeights[]) =>
  weights.flatMap(({ weight, bias }) => [weight.buffer as ArrayBuffer, bias.buffer as ArrayBuffer]);

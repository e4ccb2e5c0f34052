// The race in the worker: WebAssembly against plain TypeScript, on the network and the data that the page has.

import { type Dataset, type LayerWeights, Network } from "../../src/index.js";
import { inTurns, sameBits, standings } from "../../src/race.js";
import type { RaceResult, Settings } from "../protocol.js";
import { networkOptions } from "./network.js";

const SECONDS = 6;
const TURN = 500; // milliseconds that the slower one gets in a turn

/**
 * Both train the same network, in each turn from its first weights on and for as many iterations, and must end with the
 * same bits. `tell` hears where the race stands after each turn. Null when it was stopped before the first turn's end.
 */
export async function race(
  settings: Settings,
  data: Dataset,
  signal: AbortSignal,
  tell: (standing: RaceResult) => void,
): Promise<RaceResult | null> {
  const { batchSize, optimizer, learningRate, weightDecay } = settings;
  const weights: { [B in "wasm" | "js"]?: readonly LayerWeights[] } = {};
  let iterations = 1;
  const run = async (backend: "wasm" | "js") => {
    const network = new Network(networkOptions({ ...settings, backend }, data));
    try {
      const { millisecondsPerIteration } = await network.fit(data, {
        ...{ iterations, batchSize, optimizer, learningRate, weightDecay, threads: 1, firstLayer: "direct" },
        ...{ logEvery: iterations, signal },
      });
      weights[backend] = network.weights;
      return millisecondsPerIteration;
    } finally {
      network.dispose();
    }
  };
  let result: RaceResult | null = null;
  let same = true; // in all turns
  const until = performance.now() + 1000 * SECONDS;
  try {
    for await (const times of inTurns(["wasm", "js"] as const, run)) {
      const [wasm, js] = standings(times);
      same &&= sameBits(weights.wasm!, weights.js!);
      result = { wasm: 1000 / wasm!.time, js: 1000 / js!.time, ratio: wasm!.ratio, sameBits: same };
      tell(result);
      if (performance.now() >= until || signal.aborted) break;
      iterations = Math.max(1, Math.round(TURN / times[1]!.at(-1)!));
    }
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
  }
  return result;
}

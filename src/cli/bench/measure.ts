// One work of wasmlp bench, measured: the ways to compute it must give the same bits, then they take turns.

import { availableParallelism } from "node:os";
import { countFlops } from "../../architecture.js";
import { InputError } from "../../errors.js";
import { Network } from "../../network.js";
import { inTurns, sameBits, standings } from "../../race.js";
import { DTYPE, dataOf, type Work } from "./works.js";

/** Name of the way that the others are compared with. */
export const PLAIN = "plain TypeScript";

const STEPS = 4; // after which the weights are compared
const LONG_FLOPS = 1e10; // operations of a training that is worth starting threads for
const SAMPLE = 50; // milliseconds a sample takes at least, or one iteration where that is longer
const PAIRS = 7; // the fewest samples of each way

/** Median time of one way to compute a work; `ratio` is how many times as fast as plain TypeScript it is. */
export interface Row {
  readonly name: string;
  readonly threads: number;
  readonly millisecondsPerIteration: number;
  readonly gflops: number;
  readonly ratio: number;
}

export interface Result {
  /** wasm, wasm with all threads where that is more than one, plain TypeScript. */
  readonly rows: readonly Row[];
  readonly pairs: number;
}

interface Way {
  readonly name: string;
  readonly network: Network;
  readonly threads: number;
  /** Milliseconds of an iteration in the sample before. */
  last: number;
}

/** Compares the bits, then takes samples of all ways in turns until `seconds` are over. Throws E_BACKEND. */
export async function measure(
  work: Work,
  seconds: number,
  progress: (share: number, doing: string) => void,
): Promise<Result> {
  progress(0, "comparing the bits");
  const started = performance.now();
  const data = dataOf(work);
  const flops = countFlops(work.layers, work.batch);
  const [inputs, ...layers] = work.layers;
  const options = { inputs: inputs!, layers, seed: 1, dtype: DTYPE } as const;
  const wasm = new Network({ ...options, backend: "wasm" });
  const plain = new Network({ ...options, backend: "js" });
  const first = wasm.weights;
  let most = 1; // threads that the last training might take
  // every sample starts from the same weights; the first layer is computed directly on both sides
  const run = (network: Network, threads: number | "auto", iterations: number) => {
    const { batch: batchSize, optimizer } = work;
    network.weights = first;
    return network.fit(data, {
      ...{ iterations, logEvery: iterations, batchSize, optimizer, threads, firstLayer: "direct" },
      onStart: (strategy) => {
        most = strategy.threads;
      },
    });
  };

  // "auto" takes threads where that pays, which a few steps would not
  if (availableParallelism() > 1) await run(wasm, "auto", Math.ceil(LONG_FLOPS / flops));
  const threads = most;
  const ways: Way[] = [
    { name: "wasm", network: wasm, threads: 1, last: 0 },
    ...(threads > 1 ? [{ name: `wasm, ${threads} threads`, network: wasm, threads, last: 0 }] : []),
    { name: PLAIN, network: plain, threads: 1, last: 0 },
  ];
  const sample = async (way: Way, iterations = Math.max(1, Math.ceil(SAMPLE / way.last))) => {
    way.last = (await run(way.network, way.threads, iterations)).millisecondsPerIteration;
    return way.last;
  };
  await sample(ways[0]!, STEPS);
  const weights = wasm.weights;
  for (const way of ways.slice(1)) {
    await sample(way, STEPS);
    if (sameBits(way.network.weights, weights)) continue;
    throw new InputError(
      "E_BACKEND",
      `bench: the weights of "${work.name}" after ${STEPS} iterations are not the same bits with wasm and with ${way.name}; please report this, with Node's version and your processor.`,
    );
  }

  progress(0, "warming up");
  for (const way of ways) await sample(way);
  progress(0, "pair 1");
  let times: readonly (readonly number[])[] = [];
  for await (times of inTurns(ways, (way) => sample(way))) {
    const pairs = times[0]!.length;
    const share = (performance.now() - started) / (1000 * seconds);
    if (pairs >= PAIRS && share >= 1) break;
    progress(Math.min(share, pairs / PAIRS), `pair ${pairs + 1}`);
  }
  wasm.dispose();
  plain.dispose();
  const rows = standings(times).map(({ time, ratio }, w) => {
    const { name, threads } = ways[w]!;
    return { name, threads, millisecondsPerIteration: time, gflops: flops / time / 1e6, ratio };
  });
  return { rows, pairs: times[0]!.length };
}

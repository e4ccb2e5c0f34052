// Ways to do the same work, in a race: samples in turns, so that a disturbance meets all alike; medians, and medians of
// the ratios of samples of the same turn. What a sample is, and when there are enough, is the caller's to say.

import { arraysOf, type LayerWeights } from "./session/layout.js";
import { median } from "./statistics.js";

/** Takes a sample of each way in turns; after each turn the samples so far, way by way. It never ends by itself. */
export async function* inTurns<Way>(
  ways: readonly Way[],
  sample: (way: Way) => number | Promise<number>,
): AsyncGenerator<readonly (readonly number[])[], never, void> {
  const samples = ways.map((): number[] => []);
  for (;;) {
    for (const [w, way] of ways.entries()) samples[w]!.push(await sample(way));
    yield samples;
  }
}

/** Median time of each way, and how many times as fast as the last one it is. */
export function standings(times: readonly (readonly number[])[]): { readonly time: number; readonly ratio: number }[] {
  const last = times[times.length - 1]!;
  return times.map((own) => ({ time: median(own), ratio: median(own.map((time, turn) => last[turn]! / time)) }));
}

/** Whether two networks' weights are the same to the bit: -0 is not 0. */
export function sameBits(a: readonly LayerWeights[], b: readonly LayerWeights[]): boolean {
  const same = (x: LayerWeights["weight"], y: LayerWeights["weight"]) =>
    x.length === y.length && x.every((value, i) => Object.is(value, y[i]));
  return (
    a.length === b.length &&
    a.every((layer, l) => arraysOf(layer).every(([name, values]) => same(values, b[l]![name]!)))
  );
}

// One line for each drawn training with the hash of its weights, the same for every way to run it, and one for all of
// them: run on several engines, the lines are to be the same. What differs within an engine is named, and the exit code
// is 1. Options: --count 20, trainings; --iterations 12 of each.

import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { Network } from "../src/network.js";
import { hashOf } from "../test/data.js";
import { type Drawn, drawTraining } from "../test/drawn.js";

const { values } = parseArgs({
  options: { count: { type: "string", default: "20" }, iterations: { type: "string", default: "12" } },
});
const joins = Number.parseInt(process.versions.node, 10) >= 24;
const WAYS = [
  { backend: "js", threads: 1 },
  ...[1, 2, 3, 8].map((threads) => ({ backend: "wasm", threads }) as const),
  ...(joins ? [1, 2, 8].map((threads) => ({ backend: "wasm", threads, vectors: 256 }) as const) : []),
] as const;

async function hashAfter(
  { network: options, fit, data }: Drawn,
  own: Pick<NonNullable<ConstructorParameters<typeof Network>[0]>, "numerics" | "dtype">,
  { backend, ...how }: (typeof WAYS)[number],
): Promise<string> {
  const network = new Network({ ...options, ...own, backend });
  await network.fit(data, { ...fit, ...how });
  return hashOf(network);
}

let differ = 0;
for (const numerics of ["strict", "fused"] as const) {
  const all = createHash("sha256");
  for (let seed = 1; seed <= Number(values.count); seed++) {
    const drawn = drawTraining(seed, Number(values.iterations));
    const dtype = seed % 2 ? "float32" : "float64";
    const hashes: string[] = [];
    for (const way of WAYS) hashes.push(await hashAfter(drawn, { numerics, dtype }, way));
    all.update(hashes[0]!);
    for (const [w, hash] of hashes.entries()) {
      if (hash === hashes[0]) continue;
      differ++;
      console.error(`training ${seed}, ${numerics} ${dtype}: ${JSON.stringify(WAYS[w])} has ${hash}, js ${hashes[0]}`);
    }
    console.log(`${numerics} ${dtype} ${String(seed).padStart(3)}  ${hashes[0]!.slice(0, 16)}`);
  }
  console.log(`${numerics}, ${values.count} trainings, ${WAYS.length} ways each: ${all.digest("hex").slice(0, 16)}`);
}
process.exitCode = differ > 0 ? 1 : 0;

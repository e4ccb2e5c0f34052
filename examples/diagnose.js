// A training that fails, what the program says of it, and the same training with the hint followed.
//
//   node examples/diagnose.js

import { readFile } from "node:fs/promises";
import { Network, readHdf5 } from "wasmlp";

const pictures = new URL(import.meta.resolve("wasmlp/pictures-train.h5"));
const data = await readHdf5(await readFile(pictures));

async function train(init, iterations) {
  console.log(`init ${init}`);
  const network = new Network({ inputs: data.features, layers: [20, 7, 5, 1], init, seed: 1 });
  const { costs, diagnoses } = await network.fit(data, { iterations, learningRate: 0.0075, logEvery: 25 });
  for (const { iteration, cost } of costs) if (iteration % 100 === 0) console.log(`  ${iteration}  ${cost.toFixed(5)}`);
  for (const { code, message, hint, evidence } of diagnoses) {
    console.log(`  ${code}: ${message}\n  What to do: ${hint}`);
    console.log("  evidence:", evidence);
  }
  if (diagnoses.length === 0) console.log("  no diagnosis");
}

await train(0.01, 650); // weights of 0.01, as in many a first try
await train("lecun", 300);

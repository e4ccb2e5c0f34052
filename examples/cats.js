// The course's network on the embedded pictures: HDF5 in, cost log, diagnoses, accuracy, model file out.
//
//   node examples/cats.js [iterations] [model file]

import { readFile, writeFile } from "node:fs/promises";
import { Network, readHdf5 } from "wasmlp";

const [iterations = 1000, file = "cats.safetensors"] = process.argv.slice(2);

const read = async (name) => readHdf5(await readFile(new URL(import.meta.resolve(`wasmlp/${name}`))));
const train = await read("pictures-train.h5");
const test = await read("pictures-test.h5");

const network = new Network({ inputs: train.features, layers: [20, 7, 5, 1], init: "lecun", seed: 1 });
const history = await network.fit(train, {
  iterations: Number(iterations),
  learningRate: 0.0075,
  onCost: ({ iteration, cost }) => console.log(`iteration ${iteration}  cost ${cost.toFixed(6)}`),
});
console.log(`${history.millisecondsPerIteration.toFixed(1)} ms an iteration`);
for (const { message, hint } of history.diagnoses) console.log(`${message}\nWhat to do: ${hint}`);

for (const [name, data] of Object.entries({ train, test })) {
  const { correct, count, cost } = await network.evaluate(data);
  console.log(`${name}: ${correct} of ${count} right, cost ${cost.toFixed(4)}`);
}

await writeFile(file, network.save());
const copy = Network.load(await readFile(file), file);
const [first] = await copy.classify(test.x.subarray(0, test.features));
console.log(`saved as ${file}; the first test picture is a ${first.name}, probability ${first.probability.toFixed(3)}`);

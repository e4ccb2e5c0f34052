// XOR, the smallest problem that needs a hidden layer: data from arrays, fit, predict.
//
//   node examples/xor.js

import { createDataset, Network } from "wasmlp";

const data = createDataset({
  x: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  y: [0, 1, 1, 0],
});

const network = new Network({ inputs: 2, layers: [8, 1], activation: "tanh", seed: 1 });
console.log(network.summary());

const history = await network.fit(data, { iterations: 500, optimizer: "adam", learningRate: 0.05 });
for (const { iteration, cost } of history.costs) console.log(`iteration ${iteration}  cost ${cost.toFixed(4)}`);

const probabilities = await network.predict(data.x);
for (let i = 0; i < data.count; i++) {
  const [a, b] = data.x.subarray(2 * i, 2 * i + 2);
  console.log(`${a} xor ${b} = ${Math.round(probabilities[i])}  (probability of 1: ${probabilities[i].toFixed(3)})`);
}

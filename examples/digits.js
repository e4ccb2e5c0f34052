// Ten classes, mini-batches and Adam: small digits in grey, shifted, dimmed and noisy, drawn from a seed.
//
//   node examples/digits.js

import { createDataset, Network, Random } from "wasmlp";

// the digits 0 to 9, each 3 pixels wide and 5 high
const FONT = [
  "### .#. ### ### #.# ### ### ### ### ###",
  "#.# ##. ..# ..# #.# #.. #.. ..# #.# #.#",
  "#.# .#. ### .## ### ### ### .#. ### ###",
  "#.# .#. #.. ..# ..# ..# #.# .#. #.# ..#",
  "### ### ### ### ..# ### ### .#. ### ###",
];
const SIDE = 7;

function drawDigits(random, count) {
  const x = Uint8Array.from({ length: count * SIDE * SIDE }, () => random.integer(60)); // noise
  const y = Array.from({ length: count }, () => random.integer(9));
  for (const [i, digit] of y.entries()) {
    const [left, top, ink] = [random.integer(SIDE - 3), random.integer(SIDE - 5), 95 + random.integer(100)];
    for (let r = 0; r < 5; r++) {
      for (let c = 0; c < 3; c++) if (FONT[r][4 * digit + c] === "#") x[(i * SIDE + top + r) * SIDE + left + c] += ink;
    }
  }
  return createDataset({ x, y, shape: [SIDE, SIDE], classes: [..."0123456789"] });
}

const random = new Random(1);
const train = drawDigits(random, 10000);
const test = drawDigits(random, 1000);

const network = new Network({ inputs: train.features, layers: [128, 10], init: "he", seed: 1 });
const onCost = ({ epoch, cost, validation }) =>
  console.log(`epoch ${epoch}  cost ${cost.toFixed(4)}  test accuracy ${(100 * validation.accuracy).toFixed(1)} %`);
await network.fit(train, {
  epochs: 15,
  batchSize: 64,
  optimizer: "adam",
  learningRate: 0.005,
  validation: test,
  onCost,
});

const { accuracy, wrong } = await network.evaluate(test);
console.log(`${(100 * accuracy).toFixed(1)} % of 1000 test digits`);
for (const { label, predicted, probability } of wrong.slice(0, 3)) {
  console.log(`  a ${label} taken for a ${predicted} with probability ${probability.toFixed(2)}`);
}

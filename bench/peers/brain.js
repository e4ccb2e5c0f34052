// brain.js learns online: one update for each example, in plain JavaScript and float64, all layers sigmoid. The nearest it
// comes to a step is one pass over the batch, which is what is timed; its costs cannot be compared.

import brain from "brain.js";

function create(work) {
  if (work.kind !== "train") throw new Error("trainings only");
  if (work.optimizer !== "sgd") throw new Error("online gradient descent only");
  const net = new brain.NeuralNetwork({ hiddenLayers: work.layers.slice(1, -1), activation: "sigmoid" });
  const inputs = work.layers[0];
  const data = Array.from({ length: work.batch }, (_, i) => ({
    input: Array.from(work.x.subarray(i * inputs, (i + 1) * inputs), (v) => v * work.scale),
    output: [work.y[i]],
  }));
  return () => void net.train(data, { iterations: 1, learningRate: work.rate, errorThresh: 1e-9 });
}

export const peers = { "brain.js": create };

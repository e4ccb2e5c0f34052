// The trainings that wasmlp bench times: networks, and data of their sizes from one seed.

import type { OptimizerName } from "../../catalogue.js";
import { createDataset, type LabelledDataset } from "../../dataset.js";
import { Random } from "../../random.js";

export interface Work {
  readonly name: string;
  /** Widths of all layers, the inputs first. */
  readonly layers: readonly number[];
  readonly count: number;
  readonly batch: number;
  readonly optimizer: OptimizerName;
  /** Whether the examples are bytes, as pictures are, or float32. */
  readonly bytes: boolean;
}

export const WORKS: readonly Work[] = [
  // nearly all of the work is in a wide first layer
  { name: "course", layers: [12288, 20, 7, 5, 1], count: 209, batch: 209, optimizer: "sgd", bytes: true },
  // MNIST's sizes; a whole number of batches, so that all steps are alike
  { name: "digits", layers: [784, 256, 128, 10], count: 256, batch: 128, optimizer: "adam", bytes: true },
  // a network inside another program: what a step costs beside its arithmetic shows here
  { name: "small", layers: [2, 16, 16, 1], count: 256, batch: 256, optimizer: "sgd", bytes: false },
];

export const DTYPE = "float32";

/** Random examples and labels of the work's sizes: a step takes as long whatever they are. */
export function dataOf({ layers, count, bytes }: Work): LabelledDataset {
  const random = new Random(1);
  const features = layers[0]!;
  const outputs = layers[layers.length - 1]!;
  const x = bytes ? new Uint8Array(count * features) : new Float32Array(count * features);
  for (let i = 0; i < x.length; i++) x[i] = bytes ? random.integer(255) : random.normal();
  const y = Array.from({ length: count }, () => random.integer(Math.max(outputs, 2) - 1));
  return createDataset({ x, y, shape: [features] });
}

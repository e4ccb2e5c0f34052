// Which part of a program a finding accuses: by what it advises, by its code, and of a refusal by its words.

import type { Finding } from "../kinds.js";
import type { Label } from "./program.js";

const BY_OPTION: Readonly<Record<string, readonly Label[]>> = {
  learningRate: ["learning rate"],
  schedule: ["learning rate"],
  optimizer: ["optimizer"],
  momentum: ["optimizer"],
  iterations: ["epochs"],
  epochs: ["epochs"],
  batchSize: ["batch"],
  activation: ["activation"],
  output: ["activation"],
  loss: ["loss"],
  layers: ["layers"],
  normalization: ["layers"],
  init: ["init"],
  biasInit: ["init"],
  scale: ["preprocessing"],
  standardize: ["preprocessing"],
  weightDecay: ["regularization"],
  l1: ["regularization"],
  dropout: ["regularization"],
};

const BY_CODE: Readonly<Record<string, readonly Label[]>> = {
  "unscaled-inputs": ["preprocessing"],
  "unscaled-targets": ["preprocessing"],
  "feature-scales": ["preprocessing"],
  "one-huge-feature": ["preprocessing"],
  "sentinel-values": ["preprocessing"],
  "float32-digits": ["preprocessing"],
  "learning-rate-too-low": ["learning rate"],
  "learning-rate-too-high": ["learning rate"],
  diverging: ["learning rate"],
  "momentum-too-high": ["optimizer", "learning rate"],
  "too-few-iterations": ["epochs"],
  "still-improving": ["epochs"],
  "batch-too-large": ["batch"],
  "few-updates": ["batch", "epochs"],
  "wrong-output": ["activation"],
  "output-range": ["activation"],
  "targets-out-of-range": ["activation"],
  "exclusive-classes": ["activation"],
  "constant-output": ["activation"],
  "linear-hidden": ["activation"],
  "linear-layers": ["activation"],
  "wrong-loss": ["loss"],
  "wrong-task": ["loss", "activation"],
  "network-too-small": ["layers"],
  underfitting: ["layers"],
  "symmetric-units": ["init"],
  "weights-too-small": ["init"],
  "weights-too-large": ["init"],
  "decay-too-strong": ["regularization"],
  "l1-too-strong": ["regularization"],
  "dropout-too-high": ["regularization"],
  overfitting: ["regularization"],
  "labels-unrelated": ["labels"],
  "shuffled-labels": ["labels"],
};

const BY_WORDS: readonly (readonly [RegExp, readonly Label[]])[] = [
  [/single softmax output/, ["activation"]],
  [/does not go with/, ["activation", "loss"]],
  [/between 0 and 1|from 0 to 1|at least 0/, ["activation", "loss", "preprocessing"]],
  [/last layer wants/, ["layers"]],
];

/** All labels that a finding stands for. */
export function labelsOf({ code, change, message }: Finding): Label[] {
  const refused = code.startsWith("E_")
    ? BY_WORDS.filter(([words]) => words.test(message)).flatMap(([, of]) => of)
    : [];
  const advised = Object.keys(change).flatMap((option) => BY_OPTION[option] ?? []);
  return [...new Set([...refused, ...advised, ...(BY_CODE[code] ?? [])])];
}

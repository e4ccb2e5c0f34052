// Data from a seed, and the fingerprint by which two networks are told to be the same to the bit.

import { createHash } from "node:crypto";
import type { LabelledDataset } from "../src/dataset.js";
import { Random } from "../src/random.js";
import type { LayerWeights } from "../src/session/layout.js";

export type Kind = "bytes" | "float32" | "float64";

const ARRAYS = { bytes: Uint8Array, float32: Float32Array, float64: Float64Array };

/** Examples of bytes 0 … 255, scaled to 0 … 1, or of normal numbers; the classes come by turns. */
export function randomData(inputs: number, count: number, kind: Kind = "bytes", classes = 2): LabelledDataset {
  const random = new Random(5);
  const draw = () => (kind === "bytes" ? random.integer(255) : random.normal());
  return {
    x: ARRAYS[kind].from(Array.from({ length: count * inputs }, draw)),
    y: Int32Array.from({ length: count }, (_, i) => i % classes),
    classes: Array.from({ length: classes }, (_, c) => `class ${c}`),
    ...{ count, features: inputs, shape: [inputs], scale: kind === "bytes" ? 1 / 255 : 1 },
  };
}

/** SHA-256 of all weights and biases. */
export function hashOf({ weights }: { readonly weights: readonly LayerWeights[] }): string {
  const hash = createHash("sha256");
  for (const { weight, bias } of weights) hash.update(weight).update(bias);
  return hash.digest("hex");
}

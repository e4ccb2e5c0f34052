// What a plan is compiled from.

import type { Architecture } from "../architecture.js";
import type { StepName } from "../catalogue.js";

/**
 * What a plan's program does: train; compute the gradient of the cost and keep it; measure a training, for which the
 * gradient's norms are enough ("probe"); compute outputs, with the losses where there are targets ("infer"), or outputs
 * alone, of as many examples as come ("predict"); or compute what the Gram form needs of the inputs ("products", see
 * session/gram.ts).
 */
export type Purpose = "train" | "gradient" | "probe" | "infer" | "predict" | "products";

export interface PlanRequest {
  readonly purpose: Purpose;
  readonly architecture: Architecture;
  /**
   * Inputs as they lie in memory: rows of numbers of this type, in strips; panels of numbers of the network's type, for a
   * batch that is all examples in order; or for "predict" rows of such numbers, one after the other.
   */
  readonly x: "uint8" | "float32" | "float64" | "panels" | "rows";
  /** Targets as they lie in memory: class indices, rows of numbers; null for outputs alone. */
  readonly y: "labels" | "numbers" | null;
  /** Examples held in memory. */
  readonly count: number;
  /** Examples in a batch. */
  readonly batch: number;
  /** Seed of what a training draws: which outputs are dropped. @default 0 */
  readonly seed?: number;
  /** Whether each example's loss has a weight. @default false */
  readonly weighted?: boolean;
  /** Layers, counted from 0, whose weights a training leaves as they are. @default none */
  readonly frozen?: readonly number[];
  /** What updates the weights of a training. */
  readonly optimizer?: StepName;
  /** Whether a training limits the norm of its gradient. @default false */
  readonly clip?: boolean;
  /** Whether a training limits the size of each element of its gradient. @default false */
  readonly limit?: boolean;
  /** Whether λ₁·sign(w) joins the gradient of the weights. @default false */
  readonly l1?: boolean;
  /** Whether the norm of each unit's weights is limited. @default false */
  readonly maxNorm?: boolean;
  /** Whether a running average of the weights is kept. @default false */
  readonly average?: boolean;
  /** Whether the learning rate may differ from step to step. @default false */
  readonly scheduled?: boolean;
  /** Threads that run the plan; each has scratch of its own. @default 1 */
  readonly threads?: number;
  /** Whether input j of example i stands for the product of examples i and j: the Gram form of the first layer. */
  readonly gram?: boolean;
}

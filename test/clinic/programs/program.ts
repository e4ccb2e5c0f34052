// What a program is: a public question's network, data and settings in our words and numbers, what is wrong with it as
// those say who repaired it, and a repair. Nothing here is their code. Data are made here: as the program makes them, or
// with the size and ranges of the file that it reads. Rows beyond 3000, columns beyond 1500, widths beyond 600 and updates
// beyond some 20,000 are left out.

import type { FitOptions } from "../../../src/index.js";
import type { Change } from "../cases.js";
import type { Net } from "../sets.js";
import type { Source } from "./draw.js";

/** Where a fault lies, as the published tools are judged; what repairs it has the same name. */
export type Label =
  | "activation"
  | "learning rate"
  | "loss"
  | "epochs"
  | "optimizer"
  | "preprocessing"
  | "layers"
  | "batch"
  | "init"
  | "regularization"
  | "labels";

export interface Program {
  /** Number of the question on Stack Overflow, or a name. */
  readonly id: string;
  readonly source: "DeepFD" | "deepmufl" | "TheDeepChecker" | "AUTOTRAINER";
  readonly does: string;
  readonly data: Source;
  /** Hidden widths, and units of the output layer. */
  readonly layers: readonly number[];
  readonly outputs: number;
  readonly net: Net;
  readonly fit: FitOptions;
  /** What was changed by those who repaired it; none for a control. */
  readonly faults: readonly Label[];
  /** What else repairs it. */
  readonly also?: readonly Label[];
  /** The same, repaired; data as another source. */
  readonly repair: Omit<Change, "data"> & { readonly data?: Source };
  /** Group of causes of deepmufl's programs. */
  readonly cause?: string;
  /** Whether published tools name a right cause. */
  readonly deepfd?: boolean;
  readonly default?: boolean;
}

/** Keras's ways: weights drawn by glorot's uniform numbers, its rates, batches of 32. */
export const KERAS = { init: "glorotUniform" } as const;
const RATES = { sgd: 0.01, adam: 0.001, rmsprop: 0.001, momentum: 0.01, nesterov: 0.01 } as const;
export function trained(
  optimizer: keyof typeof RATES,
  epochs: number,
  batchSize: FitOptions["batchSize"] = 32,
  learningRate: number = RATES[optimizer],
): FitOptions {
  return { optimizer, epochs, batchSize, learningRate };
}

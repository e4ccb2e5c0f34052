// The known mistakes: for each kind of value the wrong formulas that people write, in the order in which they are tried,
// with what is said of them. A row that gives exactly a program's number, from the program's own values, is its mistake.
// What is wrong with inputs, labels and first weights, which nothing is computed from, is roots.ts's.

import type { Kind, Values } from "./formulas.js";
import { ofDa, ofDz } from "./mistakes/backward.js";
import { ofCost } from "./mistakes/cost.js";
import { ofA, ofZ } from "./mistakes/forward.js";
import { ofDb, ofDw } from "./mistakes/gradients.js";
import type { Mistake } from "./mistakes/row.js";
import { updates } from "./mistakes/update.js";

export type { Mistake } from "./mistakes/row.js";

/** Names in a sentence: {l} the layer, {p} the one before, {n} the one after; {x} what the layer reads. */
export const inWords = (text: string, l: number): string =>
  text
    .replaceAll("{x}", `A${l - 1}`)
    .replaceAll("{l}", String(l))
    .replaceAll("{p}", String(l - 1))
    .replaceAll("{n}", String(l + 1));

/** The mistakes of each kind of value that is computed. */
export const MISTAKES: Readonly<Partial<Record<Kind, readonly Mistake[]>>> = {
  ...{ Z: ofZ, A: ofA, cost: ofCost, dA: ofDa, dZ: ofDz, dW: ofDw, db: ofDb },
  ...{ W_after: updates("W"), b_after: updates("b") },
};

/** The right line for a value, in NumPy. */
export function lineOf(kind: Kind, l: number, { about }: Pick<Values, "about">): string | null {
  const { activations, loss } = about;
  const output = l === activations.length;
  const activation = activations[l - 1]!;
  switch (kind) {
    case "Z":
      return `Z${l} = W${l} @ A${l - 1} + b${l}`;
    case "A":
      return `A${l} = ${activation === "relu" ? `np.maximum(Z${l}, 0)` : activation === "tanh" ? `np.tanh(Z${l})` : activation === "linear" ? `Z${l}` : activation === "sigmoid" ? `1 / (1 + np.exp(-Z${l}))` : `${activation}(Z${l})`}`;
    case "cost":
      if (loss === "binaryCrossEntropy") return "cost = -np.mean(Y * np.log(AL) + (1 - Y) * np.log(1 - AL))";
      return loss === "categoricalCrossEntropy" ? "cost = -np.sum(Y * np.log(AL)) / m" : null;
    case "dA":
      if (!output) return `dA${l} = W${l + 1}.T @ dZ${l + 1}`;
      return loss === "binaryCrossEntropy" ? `dA${l} = -(Y / A${l} - (1 - Y) / (1 - A${l}))` : null;
    case "dZ":
      if (output && loss.endsWith("CrossEntropy")) return `dZ${l} = A${l} - Y`;
      if (activation === "relu") return `dZ${l} = dA${l} * (Z${l} > 0)`;
      if (activation === "tanh") return `dZ${l} = dA${l} * (1 - A${l} ** 2)`;
      if (activation === "sigmoid") return `dZ${l} = dA${l} * A${l} * (1 - A${l})`;
      return activation === "linear" ? `dZ${l} = dA${l}` : null;
    case "dW":
      return `dW${l} = dZ${l} @ A${l - 1}.T / m`;
    case "db":
      return `db${l} = np.sum(dZ${l}, axis=1, keepdims=True) / m`;
    case "W_after":
      return about.isPlain ? `W${l} = W${l} - learning_rate * dW${l}` : null;
    case "b_after":
      return about.isPlain ? `b${l} = b${l} - learning_rate * db${l}` : null;
    default:
      return null;
  }
}

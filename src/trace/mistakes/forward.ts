// Mistakes in a layer's forward pass.

import { activated, slopes, type Values } from "../formulas.js";
import { map, product, times, total, turn } from "../matrix.js";
import { isRelu, type Mistake, read, right, sigmoid, weighed } from "./row.js";

const NAMED = ["relu", "sigmoid", "tanh", "leakyRelu", "linear", "softplus", "elu", "gelu", "silu"] as const;

export const ofZ: Mistake[] = [
  {
    id: "no-bias",
    gives: (v, l) => product(v.get("W", l), read(v, l)),
    says: "W{l} · {x} alone, without the bias b{l}",
  },
  {
    id: "bias-subtracted",
    gives: (v, l) => weighed(v.get("W", l), read(v, l), times(v.get("b", l), -1)),
    says: "W{l} · {x} − b{l}, with the bias's sign turned",
  },
  {
    id: "bias-twice",
    gives: (v, l) => weighed(v.get("W", l), read(v, l), times(v.get("b", l), 2)),
    says: "W{l} · {x} + 2·b{l}, with the bias added twice",
  },
  {
    id: "bias-across",
    gives: (v, l) => {
      const [z, b] = [product(v.get("W", l), read(v, l)), v.get("b", l).data];
      return z && b.length === z.columns ? map(z, (value, i) => value + b[i % z.columns]!) : null;
    },
    says: "W{l} · {x} with b{l} added along the examples, as a b{l} of shape (n,) is: one for each example rather than each unit",
    advice: "give b{l} the shape (n, 1)",
  },
  {
    id: "weight-transposed",
    gives: (v, l) => weighed(turn(v.get("W", l)), read(v, l), v.get("b", l)),
    says: "what W{l} transposed gives",
  },
  {
    id: "z-for-a",
    gives: (v, l) => (l === 1 ? null : weighed(v.get("W", l), v.get("Z", l - 1), v.get("b", l))),
    says: "W{l} · Z{p} + b{l}, from the values before layer {p}'s activation instead of A{p}",
  },
  {
    id: "inputs-again",
    gives: (v, l) => (l === 1 ? null : weighed(v.get("W", l), v.get("A0"), v.get("b", l))),
    says: "W{l} · A0 + b{l}, from the inputs instead of A{p}",
  },
  {
    id: "updated-early",
    gives: (v, l) => weighed(v.get("W_after", l), read(v, l), v.get("b_after", l)),
    says: "what W{l} and b{l} give after their update: the weights are updated before they are used",
    advice: "update all layers at the end of the iteration",
  },
  {
    id: "weight-updated-early",
    gives: (v, l) => weighed(v.get("W_after", l), read(v, l), v.get("b", l)),
    says: "what W{l} gives after its update: the weights are updated before they are used",
    advice: "update all layers at the end of the iteration",
  },
  {
    id: "activated-already",
    gives: (v, l) => activated(v, l, right("Z")(v, l)!),
    says: "the layer's activation of W{l} · {x} + b{l}: what is saved as Z{l} is A{l}",
    advice: "save Z{l} before the activation",
  },
];

export const ofA: Mistake[] = [
  {
    id: "sigmoid-twice",
    gives: (v, l) => sigmoid(v, l, sigmoid(v, l, v.get("Z", l))),
    says: "sigmoid(sigmoid(Z{l})): the sigmoid is applied twice",
  },
  ...NAMED.map((name) => ({
    id: name === "linear" ? "no-activation" : `activation-${name}`,
    gives: (v: Values, l: number) =>
      v.about.activations[l - 1] === name ? null : activated(v, l, v.get("Z", l), name),
    says: name === "linear" ? "Z{l} itself: the activation is missing" : `${name}(Z{l}), another activation`,
  })),
  {
    id: "relu-then-sigmoid",
    gives: (v, l) => sigmoid(v, l, activated(v, l, v.get("Z", l), "relu")),
    says: "sigmoid(relu(Z{l})): two activations, one after the other",
  },
  {
    id: "activation-twice",
    gives: (v, l) => activated(v, l, activated(v, l, v.get("Z", l))),
    says: "the activation of A{l}: it is applied twice",
  },
  {
    id: "exponent-sign",
    gives: (v, l) => (v.about.activations[l - 1] === "sigmoid" ? activated(v, l, times(v.get("Z", l), -1)) : null),
    says: "the activation of −Z{l}: 1/(1 + exp(Z)) where 1/(1 + exp(−Z)) is meant",
  },
  {
    id: "relu-turned",
    gives: (v, l) => map(v.get("Z", l), (z) => Math.min(z, 0)),
    says: "minimum(Z{l}, 0): the relu keeps what is below 0",
  },
  { id: "absolute", gives: (v, l) => map(v.get("Z", l), Math.abs), says: "abs(Z{l}), no relu" },
  {
    id: "relu-mask",
    gives: (v, l) => (isRelu(v, l) ? map(v.get("Z", l), (z) => Number(z > 0)) : null),
    says: "Z{l} > 0 as 0 and 1: relu's slope instead of relu",
  },
  {
    id: "activation-slope",
    gives: (v, l) => slopes(v, l, v.get("Z", l)),
    says: "the activation's slope at Z{l} instead of the activation",
  },
  {
    id: "thresholded",
    gives: (v, l) => map(activated(v, l, v.get("Z", l)), (a) => Number(a > 0.5)),
    says: "the activation cut to 0 and 1 at 0.5: that is a prediction, and has no slope",
  },
  {
    id: "softmax-over-examples",
    gives: (v, l) => turn(activated(v, l, turn(v.get("Z", l)), "softmax")),
    says: "a softmax over the examples: the sum goes along the wrong axis",
  },
  {
    id: "activation-softmax",
    gives: (v, l) => (v.about.activations[l - 1] === "softmax" ? null : activated(v, l, v.get("Z", l), "softmax")),
    says: "softmax(Z{l}), another activation, which of one unit is always 1",
  },
  {
    id: "softmax-over-all",
    gives: (v, l) => {
      const e = activated(v, l, v.get("Z", l), "exponential");
      return times(e, 1 / total(e));
    },
    says: "exp(Z{l}) divided by the sum over all units and examples: the sum wants axis=0, keepdims=True",
  },
  {
    id: "softmax-undivided",
    gives: (v, l) => activated(v, l, v.get("Z", l), "exponential"),
    says: "exp(Z{l}) that is not divided by its sum",
  },
];

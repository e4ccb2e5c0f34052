// A second opinion on the network: rows of plain numbers, dual numbers for the derivative (value + ε·slope), the
// engine's own exp and log. Nothing of the product's code, layout or order of sums is used here.

import type { Architecture } from "../src/architecture.js";
import type { Loss, OutputActivation } from "../src/catalogue.js";

/** value and its derivative by the one parameter that is being varied. */
export type Dual = readonly [number, number];

const add = (a: Dual, b: Dual): Dual => [a[0] + b[0], a[1] + b[1]];
const multiply = (a: Dual, b: Dual): Dual => [a[0] * b[0], a[0] * b[1] + a[1] * b[0]];
const scale = (a: Dual, by: number): Dual => [a[0] * by, a[1] * by];
const exp = (a: Dual): Dual => [Math.exp(a[0]), Math.exp(a[0]) * a[1]];
const log = (a: Dual): Dual => [Math.log(a[0]), a[1] / a[0]];
const tanh = (a: Dual): Dual => [Math.tanh(a[0]), (1 - Math.tanh(a[0]) ** 2) * a[1]];
const sigmoid = (a: Dual): Dual => {
  const value = 1 / (1 + Math.exp(-a[0]));
  return [value, value * (1 - value) * a[1]];
};

const softplus = (a: Dual): Dual => [Math.log1p(Math.exp(-Math.abs(a[0]))) + Math.max(a[0], 0), sigmoid(a)[0] * a[1]];
const hardSigmoid = (a: Dual): Dual => (Math.abs(a[0]) < 3 ? [a[0] / 6 + 0.5, a[1] / 6] : [Number(a[0] > 0), 0]);

const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
// Φ(x) = ½ + φ(x)·(x + x³/3 + x⁵/15 + …), of positive terms alone
function normalCdf(x: number): number {
  if (Math.abs(x) > 8) return x < 0 ? 0 : 1; // to 1e-15
  let [sum, term] = [0, x];
  for (let k = 1; Math.abs(term) > 1e-300 && k < 500; k++) {
    sum += term;
    term *= (x * x) / (2 * k + 1);
  }
  return 0.5 + density(x) * sum;
}

/** Outputs of a layer from its values z. */
export function activate(activation: OutputActivation, z: Dual[], slope = 0.01): Dual[] {
  switch (activation) {
    case "relu":
      return z.map((v) => (v[0] > 0 ? v : [0, 0]));
    case "leakyRelu":
      return z.map((v) => (v[0] > 0 ? v : scale(v, slope)));
    case "tanh":
      return z.map(tanh);
    case "sigmoid":
      return z.map(sigmoid);
    case "linear":
      return z;
    case "gelu":
      return z.map((v) => [v[0] * normalCdf(v[0]), (normalCdf(v[0]) + v[0] * density(v[0])) * v[1]]);
    case "geluTanh":
      return z.map((v) => {
        const inner = scale(add(v, scale(multiply(v, multiply(v, v)), 0.044715)), Math.sqrt(2 / Math.PI));
        return multiply(scale(v, 0.5), add([1, 0], tanh(inner)));
      });
    case "elu":
      return z.map((v) => (v[0] > 0 ? v : [Math.expm1(v[0]), Math.exp(v[0]) * v[1]]));
    case "selu": {
      const [lambda, alpha] = [1.0507009873554805, 1.6732632423543772];
      return z.map((v) =>
        v[0] > 0 ? scale(v, lambda) : scale([Math.expm1(v[0]), Math.exp(v[0]) * v[1]], lambda * alpha),
      );
    }
    case "softplus":
      return z.map(softplus);
    case "softsign":
      return z.map((v) => [v[0] / (1 + Math.abs(v[0])), v[1] / (1 + Math.abs(v[0])) ** 2]);
    case "silu":
      return z.map((v) => multiply(v, sigmoid(v)));
    case "mish":
      return z.map((v) => multiply(v, tanh(softplus(v))));
    case "hardSigmoid":
      return z.map(hardSigmoid);
    case "hardSwish":
      return z.map((v) => multiply(v, hardSigmoid(v)));
    case "exponential":
      return z.map(exp);
    case "softmax": {
      const powers = z.map(exp);
      const total = powers.reduce(add);
      return powers.map((p) => [p[0] / total[0], (p[1] * total[0] - p[0] * total[1]) / total[0] ** 2]);
    }
  }
}

/** Loss of one example: of its outputs, beside its targets. */
export function lossOf(loss: Loss, outputs: readonly Dual[], targets: readonly number[], parameter = 1): Dual {
  return targets.map((target, u) => lossOfOutput(loss, outputs[u]!, target, targets.length, parameter)).reduce(add);
}

function lossOfOutput(loss: Loss, p: Dual, target: number, outputs: number, parameter: number): Dual {
  switch (loss) {
    case "categoricalCrossEntropy":
      return scale(log(p), -target);
    default:
      return scale(lossOfNumber(loss, p, target, parameter), 1 / outputs);
  }
}

function lossOfNumber(
  loss: Exclude<Loss, "categoricalCrossEntropy">,
  p: Dual,
  target: number,
  parameter: number,
): Dual {
  const error = add(p, [-target, 0]);
  const size = Math.abs(error[0]);
  switch (loss) {
    case "huber":
      return size <= parameter
        ? scale(multiply(error, error), 0.5)
        : scale(add(scale(error, Math.sign(error[0])), [-parameter / 2, 0]), parameter);
    case "meanSquaredError":
      return multiply(error, error);
    case "meanAbsoluteError":
      return scale(error, Math.sign(error[0]));
    case "logCosh":
      return [Math.log(Math.cosh(error[0])), Math.tanh(error[0]) * error[1]];
    case "quantile":
      return scale(error, error[0] < 0 ? -parameter : 1 - parameter);
    case "poisson":
      return add(p, scale(log(p), -target));
    case "hinge": {
      const short = add([1, 0], scale(p, 1 - 2 * target));
      return short[0] > 0 ? short : [0, 0];
    }
    case "binaryCrossEntropy":
      return add(scale(log(p), -target), scale(log([1 - p[0], -p[1]]), target - 1));
  }
}

export interface Weights {
  weight: number[];
  bias: number[];
}

/** What becomes of the output of unit u of layer l for example i. */
export type Change = (l: number, i: number, u: number, value: Dual) => Dual;

/** Cost of the network on rows x with targets y (rows of outputs), and its derivative by parameter `vary`. */
export function cost(
  { layers, loss, lossParameter }: Architecture,
  weights: Weights[],
  x: number[][],
  y: number[][],
  vary = -1,
  change: Change = (_l, _i, _u, value) => value,
): Dual {
  let total: Dual = [0, 0];
  x.forEach((row, i) => {
    let a: Dual[] = row.map((value) => [value, 0]);
    let first = 0; // number of the layer's first parameter
    layers.forEach(({ inputs, units, activation, slope }, l) => {
      const { weight, bias } = weights[l]!;
      const parameter = (array: number[], j: number, offset: number): Dual => [array[j]!, offset + j === vary ? 1 : 0];
      const z = bias.map((_, u) => {
        let sum = parameter(bias, u, first + weight.length);
        for (let k = 0; k < inputs; k++) {
          sum = add(sum, multiply(parameter(weight, u * inputs + k, first), a[k]!));
        }
        return sum;
      });
      a = activate(activation, z, slope).map((value, u) => change(l, i, u, value));
      first += units * (inputs + 1);
    });
    total = add(total, lossOf(loss, a, y[i]!, lossParameter));
  });
  return scale(total, 1 / x.length);
}

/** The whole gradient, parameter by parameter: layer by layer, weights (units, inputs) and then biases. */
export function gradient(
  architecture: Architecture,
  weights: Weights[],
  x: number[][],
  y: number[][],
  change?: Change,
): number[] {
  const count = weights.reduce((sum, { weight, bias }) => sum + weight.length + bias.length, 0);
  return Array.from({ length: count }, (_, vary) => cost(architecture, weights, x, y, vary, change)[1]);
}

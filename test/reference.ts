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

/** Outputs of a layer from its values z; `slopeOf` are the slopes of leakyRelu and prelu, unit by unit. */
export function activate(
  activation: OutputActivation,
  z: Dual[],
  slopeOf: (u: number) => number | Dual = () => 0.01,
): Dual[] {
  switch (activation) {
    case "relu":
      return z.map((v) => (v[0] > 0 ? v : [0, 0]));
    case "leakyRelu":
    case "prelu":
      return z.map((v, u) => {
        const slope = slopeOf(u);
        return v[0] > 0 ? v : typeof slope === "number" ? scale(v, slope) : multiply(v, slope);
      });
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
  gamma?: number[] | undefined;
  beta?: number[] | undefined;
  slope?: number[] | undefined;
}

/** What is learnt of a layer, in the order in which its parameters are numbered. */
const PARTS = ["weight", "bias", "gamma", "beta", "slope"] as const;

/** What becomes of the output of unit u of layer l for example i. */
export type Change = (l: number, i: number, u: number, value: Dual) => Dual;

/** Numbers that differ from their mean in units of their deviation. */
function normalise(values: Dual[], epsilon: number): Dual[] {
  const mean = scale(values.reduce(add), 1 / values.length);
  const centred = values.map((value) => add(value, scale(mean, -1)));
  const variance = scale(centred.map((value) => multiply(value, value)).reduce(add), 1 / values.length);
  const root = Math.sqrt(variance[0] + epsilon);
  const inverse: Dual = [1 / root, (-0.5 * variance[1]) / root ** 3];
  return centred.map((value) => multiply(value, inverse));
}

/** Cost of the network on rows x with targets y (rows of outputs), and its derivative by parameter `vary`. */
export function cost(
  architecture: Architecture,
  weights: Weights[],
  x: number[][],
  y: number[][],
  vary = -1,
  change: Change = (_l, _i, _u, value) => value,
): Dual {
  const { layers, loss, lossParameter, normEpsilon = 1e-5 } = architecture;
  let rows: Dual[][] = x.map((row) => row.map((value) => [value, 0]));
  let first = 0; // number of the layer's first parameter
  layers.forEach(({ inputs, activation, slope = 0.01, normalization, residual }, l) => {
    const own = weights[l]!;
    const starts = new Map<string, number>();
    for (const name of PARTS) {
      starts.set(name, first);
      first += own[name]?.length ?? 0;
    }
    const parameter = (name: (typeof PARTS)[number], j: number): Dual => [
      own[name]![j]!,
      starts.get(name)! + j === vary ? 1 : 0,
    ];
    let z = rows.map((a) =>
      own.bias.map((_, u) => {
        let sum = parameter("bias", u);
        for (let k = 0; k < inputs; k++) sum = add(sum, multiply(parameter("weight", u * inputs + k), a[k]!));
        return sum;
      }),
    );
    if (normalization === "layer") z = z.map((units) => normalise(units, normEpsilon));
    if (normalization === "batch") {
      const columns = own.bias.map((_, u) =>
        normalise(
          z.map((units) => units[u]!),
          normEpsilon,
        ),
      );
      z = z.map((_, i) => columns.map((column) => column[i]!));
    }
    if (normalization) {
      z = z.map((units) => units.map((value, u) => add(multiply(value, parameter("gamma", u)), parameter("beta", u))));
    }
    const slopeOf = (u: number) => (own.slope ? parameter("slope", u) : slope);
    const before = rows;
    rows = z.map((units, i) =>
      activate(activation, units, slopeOf)
        .map((value, u) => change(l, i, u, value))
        .map((value, u) => (residual ? add(value, before[i]![u]!) : value)),
    );
  });
  const total = rows.map((outputs, i) => lossOf(loss, outputs, y[i]!, lossParameter)).reduce(add);
  return scale(total, 1 / x.length);
}

/** The whole gradient, parameter by parameter: layer by layer, weights (units, inputs) and then the vectors. */
export function gradient(
  architecture: Architecture,
  weights: Weights[],
  x: number[][],
  y: number[][],
  change?: Change,
): number[] {
  const count = weights.reduce((sum, own) => sum + PARTS.reduce((of, name) => of + (own[name]?.length ?? 0), 0), 0);
  return Array.from({ length: count }, (_, vary) => cost(architecture, weights, x, y, vary, change)[1]);
}

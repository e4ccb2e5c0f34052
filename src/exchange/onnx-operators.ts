// Operators of ONNX that work number by number, as functions: what activations may be made of.

import { exp64, log64, sigmoid64, tanh64 } from "../math.js";
import { type Curve, erf, softplus } from "./functions.js";

/** Functions of one value. */
export const UNARY: Readonly<Record<string, (attribute: (name: string, usual: number) => number) => Curve>> = {
  Relu: () => (x) => Math.max(x, 0),
  Tanh: () => tanh64,
  Sigmoid: () => sigmoid64,
  Exp: () => exp64,
  Log: () => log64,
  Erf: () => erf,
  Softplus: () => softplus,
  Softsign: () => (x) => x / (1 + Math.abs(x)),
  Abs: () => Math.abs,
  Neg: () => (x) => -x,
  Sqrt: () => Math.sqrt,
  Reciprocal: () => (x) => 1 / x,
  LeakyRelu: (of) => {
    const alpha = of("alpha", 0.01);
    return (x) => (x < 0 ? alpha * x : x);
  },
  Elu: (of) => {
    const alpha = of("alpha", 1);
    return (x) => (x < 0 ? alpha * (exp64(x) - 1) : x);
  },
  Celu: (of) => {
    const alpha = of("alpha", 1);
    return (x) => Math.max(0, x) + Math.min(0, alpha * (exp64(x / alpha) - 1));
  },
  Selu: (of) => {
    const [alpha, gamma] = [of("alpha", 1.6732632423543772), of("gamma", 1.0507009873554805)];
    return (x) => gamma * (x > 0 ? x : alpha * (exp64(x) - 1));
  },
  HardSigmoid: (of) => {
    const [alpha, beta] = [of("alpha", 0.2), of("beta", 0.5)];
    return (x) => Math.max(0, Math.min(1, alpha * x + beta));
  },
  HardSwish: () => (x) => x * Math.max(0, Math.min(1, x / 6 + 0.5)),
  Mish: () => (x) => x * tanh64(softplus(x)),
  Swish: (of) => {
    const alpha = of("alpha", 1);
    return (x) => x * sigmoid64(alpha * x);
  },
};

/** Functions of two. */
export const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Max: Math.max,
  Min: Math.min,
  // whole powers alone: z² and z³ are parts of gelu
  Pow: (a, b) => (b === 2 ? a * a : b === 3 ? a * a * a : b === 1 ? a : Number.NaN),
};

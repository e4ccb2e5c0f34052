// Which activation a function is. Files say it by names, but also as what it is made of: ½·z·(1 + erf(z/√2)). So what
// elementwise operations compute is compared with each activation at some points.

import { GELU_CUBE, GELU_SCALE, SELU_EDGE, SELU_SCALE } from "../../assembly/constants.js";
import type { OutputActivation } from "../catalogue.js";
import { exp64, expm1Below64, log1p64, normalCdf64, sigmoid64, tanh64 } from "../math.js";

/** A function of a number. */
export type Curve = (x: number) => number;

const cut = (x: number) => Math.max(0, Math.min(1, x));
const hardSigmoid = (x: number) => cut(x / 6 + 0.5);
/** log(1 + e^x) */
export const softplus: Curve = (x) => Math.max(x, 0) + log1p64(exp64(-Math.abs(x)));
/** The error function, 2·Φ(x·√2) − 1. */
export const erf: Curve = (x) => 2 * normalCdf64(x * Math.SQRT2) - 1;

/** Those without numbers of their own. */
const PLAIN: Readonly<Partial<Record<OutputActivation, Curve>>> = {
  linear: (x) => x,
  relu: (x) => Math.max(x, 0),
  tanh: tanh64,
  sigmoid: sigmoid64,
  gelu: (x) => x * normalCdf64(x),
  geluTanh: (x) => 0.5 * x * (1 + tanh64(GELU_SCALE * (x + GELU_CUBE * x * x * x))),
  elu: (x) => (x > 0 ? x : expm1Below64(x)),
  selu: (x) => (x > 0 ? SELU_SCALE * x : SELU_EDGE * expm1Below64(x)),
  softplus,
  softsign: (x) => x / (1 + Math.abs(x)),
  silu: (x) => x * sigmoid64(x),
  mish: (x) => x * tanh64(softplus(x)),
  hardSigmoid,
  hardSwish: (x) => x * hardSigmoid(x),
  exponential: exp64,
};

const POINTS = [-7.3, -4.1, -3.05, -2.6, -1.3, -0.7, -0.2, -0.01, 0, 0.03, 0.4, 0.9, 1.6, 2.7, 3.2, 5.5, 8.1];
// constants in files are float32
const CLOSE = 1e-6;

/** An activation, of scale·x + shift where that is not x alone. */
export interface Recognised {
  readonly activation: OutputActivation;
  readonly slope?: number;
  readonly scale: number;
  readonly shift: number;
}

const same = (f: Curve, g: Curve) => POINTS.every((x) => Math.abs(f(x) - g(x)) <= CLOSE * Math.max(1, Math.abs(g(x))));

/** The activation that computes this; null where none does. */
export function recogniseFunction(f: Curve): Recognised | null {
  const found = Object.entries(PLAIN).find(([, g]) => same(f, g));
  if (found) return { activation: found[0] as OutputActivation, scale: 1, shift: 0 };
  const [base, below, above] = [f(0), f(-1), f(1)];
  if (same(f, (x) => base + (above - base) * x)) {
    return { activation: "linear", scale: above - base, shift: base };
  }
  if (below <= 0 && same(f, (x) => (x < 0 ? -below * x : x))) {
    return { activation: "leakyRelu", slope: -below, scale: 1, shift: 0 };
  }
  // cut lines of another slope: hardSigmoid is the cut of z/6 + ½
  const steep = (f(0.03) - base) / 0.03;
  if (steep > 0 && same(f, (x) => cut(steep * x + base))) {
    const slope = Math.abs(steep - 0.2) < CLOSE ? 0.2 : steep;
    return { activation: "hardSigmoid", scale: 6 * slope, shift: 6 * (base - 0.5) };
  }
  return null;
}

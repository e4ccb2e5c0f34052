// Column-by-column multiples and sums: one after the other, and folded into the weights beside them. All in double
// precision, rounded once at the end.

import type { Numbers } from "../session/layout.js";
import type { Refuse, StepOf } from "./steps.js";

/** scale·x + shift, a number for each column. */
export interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/** Weights (units, inputs) row-major, and biases. */
interface Weights {
  readonly inputs: number;
  readonly units: number;
  readonly weight: Float64Array;
  readonly bias: Float64Array;
}

/** Values for `width` columns; fewer repeat. */
export function spread(values: Numbers, width: number, called: string, refuse: Refuse): Float64Array {
  const { length } = values;
  if (length === 0 || width % length !== 0) return refuse(`${called} with ${length} numbers for ${width} columns`);
  return Float64Array.from({ length: width }, (_, j) => values[j % length]!);
}

/** What a step does to `width` columns; a batch normalisation as it predicts. */
export function affineOf(step: StepOf<"affine"> | StepOf<"batch">, width: number, refuse: Refuse): Affine {
  const of = (values: Numbers) => spread(values, width, step.called, refuse);
  if (step.does === "affine") return { scale: of(step.scale), shift: of(step.shift) };
  const [gamma, beta, mean, variance] = [of(step.gamma), of(step.beta), of(step.mean), of(step.variance)];
  if (variance.some((v) => !(v >= 0 && v + step.epsilon > 0))) refuse(`${step.called} with a variance below 0`);
  const scale = gamma.map((g, j) => g / Math.sqrt(variance[j]! + step.epsilon));
  return { scale, shift: beta.map((b, j) => b - scale[j]! * mean[j]!) };
}

/** First one, then the other. */
export const both = (one: Affine | null, two: Affine): Affine =>
  one === null
    ? two
    : {
        scale: one.scale.map((s, j) => s * two.scale[j]!),
        shift: one.shift.map((t, j) => t * two.scale[j]! + two.shift[j]!),
      };

/** Makes weights of inputs x those of inputs that were scale·x + shift, in place. */
export function foldColumns({ weight, bias, inputs, units }: Weights, { scale, shift }: Affine): void {
  for (let u = 0, at = 0; u < units; u++) {
    for (let k = 0; k < inputs; k++, at++) {
      bias[u]! += weight[at]! * shift[k]!;
      weight[at]! *= scale[k]!;
    }
  }
}

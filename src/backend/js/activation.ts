// The choice among the activations: the twin of assembly/activation.ts. Positions are elements of `heap`; a and z may be
// the same, dz holds da on entry.

import { SELU_EDGE, SELU_SCALE } from "../../../assembly/constants.js";
import { Activation } from "../../../assembly/program.js";
import type { Arithmetic } from "./arithmetic.js";
import {
  hardSigmoidBackward,
  hardSigmoidForward,
  hardSwishBackward,
  hardSwishForward,
  leakyReluBackward,
  leakyReluForward,
  preluBackward,
  preluForward,
  reluBackward,
  reluForward,
} from "./piecewise.js";
import { unknown } from "./records.js";
import {
  eluBackward,
  eluForward,
  exponentialBackward,
  exponentialForward,
  geluBackward,
  geluForward,
  geluTanhBackward,
  geluTanhForward,
  mishBackward,
  mishForward,
  sigmoidBackward,
  sigmoidForward,
  siluBackward,
  siluForward,
  softplusBackward,
  softplusForward,
  softsignBackward,
  softsignForward,
  tanhBackward,
  tanhForward,
} from "./smooth.js";
import { softmaxForward } from "./softmax.js";

/** a = g(z) of the activation that `which` names; `slope` is leakyRelu's, slopes (rows) are prelu's. */
export function activationForward(
  t: Arithmetic,
  which: number,
  a: number,
  z: number,
  rows: number,
  slope: number,
  slopes: number,
): void {
  switch (which) {
    case Activation.relu:
      reluForward(t, a, z, rows);
      return;
    case Activation.leakyRelu:
      leakyReluForward(t, a, z, rows, slope);
      return;
    case Activation.prelu:
      preluForward(t, a, z, rows, slopes);
      return;
    case Activation.hardSigmoid:
      hardSigmoidForward(t, a, z, rows);
      return;
    case Activation.hardSwish:
      hardSwishForward(t, a, z, rows);
      return;
    case Activation.tanh:
      tanhForward(t, a, z, rows);
      return;
    case Activation.sigmoid:
      sigmoidForward(t, a, z, rows);
      return;
    case Activation.softplus:
      softplusForward(t, a, z, rows);
      return;
    case Activation.softsign:
      softsignForward(t, a, z, rows);
      return;
    case Activation.elu:
      eluForward(t, a, z, rows, 1, 1);
      return;
    case Activation.selu:
      eluForward(t, a, z, rows, SELU_SCALE, SELU_EDGE);
      return;
    case Activation.exponential:
      exponentialForward(t, a, z, rows);
      return;
    case Activation.silu:
      siluForward(t, a, z, rows);
      return;
    case Activation.mish:
      mishForward(t, a, z, rows);
      return;
    case Activation.gelu:
      geluForward(t, a, z, rows);
      return;
    case Activation.geluTanh:
      geluTanhForward(t, a, z, rows);
      return;
    case Activation.softmax:
      softmaxForward(t, a, z, rows);
      return;
    default:
      unknown("activation", which);
  }
}

/** dz = da ∘ g′(z) of the activation that `which` names. Softmax's is part of its loss. */
export function activationBackward(
  t: Arithmetic,
  which: number,
  dz: number,
  kept: number,
  rows: number,
  slope: number,
  slopes: number,
): void {
  switch (which) {
    case Activation.relu:
      reluBackward(t, dz, kept, rows);
      return;
    case Activation.leakyRelu:
      leakyReluBackward(t, dz, kept, rows, slope);
      return;
    case Activation.prelu:
      preluBackward(t, dz, kept, rows, slopes);
      return;
    case Activation.hardSigmoid:
      hardSigmoidBackward(t, dz, kept, rows);
      return;
    case Activation.hardSwish:
      hardSwishBackward(t, dz, kept, rows);
      return;
    case Activation.tanh:
      tanhBackward(t, dz, kept, rows);
      return;
    case Activation.sigmoid:
      sigmoidBackward(t, dz, kept, rows);
      return;
    case Activation.softplus:
      softplusBackward(t, dz, kept, rows);
      return;
    case Activation.softsign:
      softsignBackward(t, dz, kept, rows);
      return;
    case Activation.elu:
      eluBackward(t, dz, kept, rows, 1, 1);
      return;
    case Activation.selu:
      eluBackward(t, dz, kept, rows, SELU_SCALE, SELU_EDGE);
      return;
    case Activation.exponential:
      exponentialBackward(t, dz, kept, rows);
      return;
    case Activation.silu:
      siluBackward(t, dz, kept, rows);
      return;
    case Activation.mish:
      mishBackward(t, dz, kept, rows);
      return;
    case Activation.gelu:
      geluBackward(t, dz, kept, rows);
      return;
    case Activation.geluTanh:
      geluTanhBackward(t, dz, kept, rows);
      return;
    default:
      unknown("activation with a backward pass", which);
  }
}

// The choice among the activations. Each is a forward/backward pair over one panel: a (rows, 8) = g(z), where a and z may
// be the same memory; dz = da ∘ g′(z), where dz holds da on entry and `kept` is a or z of the forward pass, as
// src/catalogue.ts says. NaN passes through every forward.

import { SELU_EDGE, SELU_SCALE } from "./constants";
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
} from "./piecewise";
import { Activation } from "./program";
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
} from "./smooth";
import { softmaxForward } from "./softmax";

/** a = g(z) of the activation that `which` names; `slope` is leakyRelu's, slopes (rows) are prelu's. */
export function activationForward<T>(which: i32, a: usize, z: usize, rows: i32, slope: f64, slopes: usize): void {
  switch (which) {
    case Activation.relu:
      reluForward<T>(a, z, rows);
      return;
    case Activation.leakyRelu:
      leakyReluForward<T>(a, z, rows, slope);
      return;
    case Activation.prelu:
      preluForward<T>(a, z, rows, slopes);
      return;
    case Activation.hardSigmoid:
      hardSigmoidForward<T>(a, z, rows);
      return;
    case Activation.hardSwish:
      hardSwishForward<T>(a, z, rows);
      return;
    case Activation.tanh:
      tanhForward<T>(a, z, rows);
      return;
    case Activation.sigmoid:
      sigmoidForward<T>(a, z, rows);
      return;
    case Activation.softplus:
      softplusForward<T>(a, z, rows);
      return;
    case Activation.softsign:
      softsignForward<T>(a, z, rows);
      return;
    case Activation.elu:
      eluForward<T>(a, z, rows, 1, 1);
      return;
    case Activation.selu:
      eluForward<T>(a, z, rows, SELU_SCALE, SELU_EDGE);
      return;
    case Activation.exponential:
      exponentialForward<T>(a, z, rows);
      return;
    case Activation.silu:
      siluForward<T>(a, z, rows);
      return;
    case Activation.mish:
      mishForward<T>(a, z, rows);
      return;
    case Activation.gelu:
      geluForward<T>(a, z, rows);
      return;
    case Activation.geluTanh:
      geluTanhForward<T>(a, z, rows);
      return;
    case Activation.softmax:
      softmaxForward<T>(a, z, rows);
      return;
    default:
      unreachable();
  }
}

/** dz = da ∘ g′(z) of the activation that `which` names. Softmax's is part of its loss. */
export function activationBackward<T>(which: i32, dz: usize, kept: usize, rows: i32, slope: f64, slopes: usize): void {
  switch (which) {
    case Activation.relu:
      reluBackward<T>(dz, kept, rows);
      return;
    case Activation.leakyRelu:
      leakyReluBackward<T>(dz, kept, rows, slope);
      return;
    case Activation.prelu:
      preluBackward<T>(dz, kept, rows, slopes);
      return;
    case Activation.hardSigmoid:
      hardSigmoidBackward<T>(dz, kept, rows);
      return;
    case Activation.hardSwish:
      hardSwishBackward<T>(dz, kept, rows);
      return;
    case Activation.tanh:
      tanhBackward<T>(dz, kept, rows);
      return;
    case Activation.sigmoid:
      sigmoidBackward<T>(dz, kept, rows);
      return;
    case Activation.softplus:
      softplusBackward<T>(dz, kept, rows);
      return;
    case Activation.softsign:
      softsignBackward<T>(dz, kept, rows);
      return;
    case Activation.elu:
      eluBackward<T>(dz, kept, rows, 1, 1);
      return;
    case Activation.selu:
      eluBackward<T>(dz, kept, rows, SELU_SCALE, SELU_EDGE);
      return;
    case Activation.exponential:
      exponentialBackward<T>(dz, kept, rows);
      return;
    case Activation.silu:
      siluBackward<T>(dz, kept, rows);
      return;
    case Activation.mish:
      mishBackward<T>(dz, kept, rows);
      return;
    case Activation.gelu:
      geluBackward<T>(dz, kept, rows);
      return;
    case Activation.geluTanh:
      geluTanhBackward<T>(dz, kept, rows);
      return;
    default:
      unreachable();
  }
}

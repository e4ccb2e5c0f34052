// Activations of a trace and their slopes, by the kernels of the plain-TypeScript backend, which take panels of 8
// examples.

import * as P from "../../assembly/program.js";
import { activationBackward, activationForward } from "../backend/js/activation.js";
import { float32, float64 } from "../backend/js/arithmetic.js";
import { activations, type OutputActivation } from "../catalogue.js";
import { LEAK } from "../options/usual.js";
import type { Numbers } from "../session/layout.js";

/** a = g(z), (units, m), in z's type; `slope` is leakyRelu's. */
export function activate(activation: OutputActivation, z: Numbers, units: number, slope = LEAK): Numbers {
  if (activation === "linear") return z.slice();
  return inPanels([z], units, (t, size) => {
    activationForward(t, P.Activation[activation], 0, 0, size / P.LANES, slope, 0);
    return 0;
  });
}

/** g′(z), (units, m), of any activation but softmax. */
export function slopeOf(activation: OutputActivation, z: Numbers, units: number, slope = LEAK): Numbers {
  const { keeps } = activations[activation];
  if (keeps === null) return z.map(() => 1);
  const kept = keeps === "z" ? z : activate(activation, z, units, slope);
  return inPanels([kept, z.map(() => 1)], units, (t, size) => {
    activationBackward(t, P.Activation[activation], size, 0, size / P.LANES, slope, 0);
    return size;
  });
}

// Runs a kernel over the arrays (units, m), which lie one after the other, and takes its results from where it says.
function inPanels(
  arrays: readonly Numbers[],
  units: number,
  run: (t: ReturnType<typeof float64>, size: number) => number,
): Numbers {
  const [first] = arrays as [Numbers];
  const m = first.length / units;
  const size = units * P.LANES;
  const memory = new ArrayBuffer(arrays.length * size * first.BYTES_PER_ELEMENT);
  const t = (first instanceof Float64Array ? float64 : float32)(memory);
  const out = first.slice();
  for (let i = 0; i < m; i += P.LANES) {
    const count = Math.min(P.LANES, m - i);
    t.heap.fill(0);
    arrays.forEach((array, a) => {
      for (let u = 0; u < units; u++) t.heap.set(array.subarray(u * m + i, u * m + i + count), a * size + u * P.LANES);
    });
    const from = run(t, size);
    for (let u = 0; u < units; u++) {
      out.set(t.heap.subarray(from + u * P.LANES, from + u * P.LANES + count), u * m + i);
    }
  }
  return out;
}

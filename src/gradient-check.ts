// Gradient check: the backward pass against central differences, layer by layer, in float64.

import { type Architecture, hasBatchNorm, isLearnt } from "./architecture.js";
import { loadBackend } from "./backend.js";
import { BACKENDS, type BackendName, type Numerics } from "./catalogue.js";
import type { Dataset } from "./dataset.js";
import { checkOptions } from "./options/check.js";
import { choice, number, type Type, whole } from "./options/type.js";
import { weightAt } from "./plan.js";
import { Random } from "./random.js";
import { copyWeights, type LayerWeights, setWeights } from "./session/layout.js";
import { openCost, openGradient, type Session } from "./session.js";

export interface GradientCheck {
  /** Layer, counted from 1. */
  readonly layer: number;
  /** Weights and biases of the layer. */
  readonly parameters: number;
  /** Parameters that were compared: all, or a random sample of weights and biases; none that sits at a corner of a relu. */
  readonly checked: number;
  /** ‖g − n‖ / (‖g‖ + ‖n‖) of the gradient g and the differences n; 0 where both are 0. */
  readonly relativeError: number;
  /** Norm of the checked part of g. */
  readonly norm: number;
  /** Whether relativeError is below the limit. */
  readonly passed: boolean;
}

export interface GradientCheckOptions {
  /** Parameters to check in each layer, at most all. @default 50 */
  samples?: number | undefined;
  /** Seed of the sample. @default 1 */
  seed?: number | undefined;
  /** Largest relative error that passes. @default 1e-6, as ReLU's kinks may lie inside a step */
  limit?: number | undefined;
  /** Step ε of the differences (cost(w + ε) − cost(w − ε)) / 2ε. @default 1e-5 */
  step?: number | undefined;
  /** @default the network's */
  backend?: BackendName | undefined;
}

const OPTIONS: Readonly<Record<keyof GradientCheckOptions, Type>> = {
  samples: number(whole(1)),
  seed: number(whole(0, 2 ** 32 - 1)),
  limit: number({ above: 0 }),
  step: number({ above: 0 }),
  backend: choice(BACKENDS),
};

const ROUNDING = 1e-9; // what rounding may leave between the slopes to both sides

/**
 * Checks the gradient of the cost over all of `data` with respect to a network's weights. Blocks the thread: every
 * checked parameter takes two forward passes over the data. Throws E_OPTION, E_MEMORY, E_BACKEND.
 */
export async function checkGradientsOf(
  architecture: Architecture,
  weights: readonly LayerWeights[],
  data: Dataset,
  options: GradientCheckOptions = {},
  usual: { readonly backend: BackendName; readonly numerics?: Numerics } = { backend: "wasm" },
): Promise<GradientCheck[]> {
  checkOptions("checkGradients", OPTIONS, options);
  const { samples = 50, seed = 1, limit = 1e-6, step = 1e-5, backend = usual.backend } = options;
  const double: Architecture = { ...architecture, dtype: "float64" };
  const loaded = await loadBackend(backend, usual.numerics);
  const session = openGradient(loaded, double, data);
  setWeights(session, weights);
  session.run("passes");
  session.run("gradients");
  const { gradient } = session;
  // the costs need no way back, unless the batch as it is normalises units
  const forward = hasBatchNorm(double) ? openGradient(loaded, double, data) : openCost(loaded, double, data);
  copyWeights(session, forward);
  const { parameters, plan } = forward;
  const cost = costOf(forward, data);
  const random = new Random(seed);
  return plan.layers.map((layer, l) => {
    const vectors = [...layer.vectors].filter(([name]) => isLearnt(name)).map(([, place]) => place);
    const total = layer.units * (layer.inputs + vectors.length);
    const chosen = total <= samples ? Int32Array.from({ length: total }, (_, i) => i) : sample(random, total, samples);
    let [difference, analytic, numeric, checked] = [0, 0, 0, 0];
    for (const i of chosen) {
      const weightCount = layer.units * layer.inputs;
      const place =
        i < weightCount
          ? layer.weight + weightAt(layer, Math.floor(i / layer.inputs), i % layer.inputs)
          : vectors[Math.floor((i - weightCount) / layer.units)]! + ((i - weightCount) % layer.units);
      const g = gradient[place]!;
      const held = parameters[place]!;
      const costs = (by: number) =>
        [by, -by].map((move) => {
          parameters[place] = held + move;
          return costOf(forward, data);
        }) as [above: number, below: number];
      const bend = ([above, below]: [number, number], by: number) => (above - cost - (cost - below)) / by;
      const [above, below] = costs(step);
      const n = (above - below) / (2 * step);
      const bent = Math.abs(bend([above, below], step));
      // the corner of a relu, whose input is exactly 0 where all that it reads is 0: half a step bends a curve half as much
      const corner = bent > ROUNDING && Math.abs(bend(costs(step / 2), step / 2)) > 0.75 * bent;
      parameters[place] = held;
      if (corner) continue;
      checked++;
      difference += (g - n) ** 2;
      analytic += g * g;
      numeric += n * n;
    }
    const norm = Math.sqrt(analytic);
    const scale = norm + Math.sqrt(numeric);
    const relativeError = scale === 0 ? 0 : Math.sqrt(difference) / scale;
    return {
      layer: l + 1,
      parameters: total,
      checked,
      relativeError,
      norm,
      passed: relativeError < limit,
    };
  });
}

function costOf(session: Session, { count }: Dataset): number {
  session.run(session.plan.request.purpose === "infer" ? "forward" : "passes");
  return session.sumOfLosses() / count;
}

// `count` different numbers below `total`
function sample(random: Random, total: number, count: number): Int32Array {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(random.integer(total - 1));
  return Int32Array.from(chosen);
}

// A network as its exporters see it: what its model file says, which is all there is to know.

import type { Architecture } from "../architecture.js";
import { InputError } from "../errors.js";
import { type ModelOptions, readModel } from "../network/model-file.js";
import { type NetworkOptions, resolveNetworkOptions } from "../network/options.js";
import type { Standardization } from "../network/standardize.js";
import type { Network } from "../network.js";
import { onlyUsed } from "../options/resolve.js";
import type { LayerWeights } from "../session/layout.js";

export interface Described {
  readonly options: Required<Pick<ModelOptions, "shape" | "scale">> & NetworkOptions;
  readonly architecture: Architecture;
  readonly weights: readonly LayerWeights[];
  readonly standardization: Standardization | null;
}

/** Numbers in float32. Throws E_NOT_FINITE for those that it cannot hold. */
export function floatsOf(who: string, values: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const floats = Float32Array.from(values);
  if (floats.every(Number.isFinite)) return floats;
  throw new InputError("E_NOT_FINITE", `${who}: a number is too large for float32, which the file is in; train again.`);
}

/** Throws what save throws. */
export function describeNetwork(network: Network): Described {
  const { options, weights, standardization } = readModel(network.save());
  const { architecture, shape, scale } = resolveNetworkOptions(onlyUsed("network", { ...options, init: 0 }));
  return { options: { ...options, shape, scale }, architecture, weights, standardization };
}

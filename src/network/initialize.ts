// The first weights, drawn from one stream, layer by layer; in pieces, as there can be very many.

import type { Architecture, LayerShape } from "../architecture.js";
import type { Init } from "../catalogue.js";
import { Random } from "../random.js";
import { type LayerWeights, numbers } from "../session/layout.js";

const PIECE = 65536; // numbers, some milliseconds

/** weight = randn(units, inputs) · deviation, biases 0. Yields now and then; the weights are what it returns. */
export function* drawWeights(architecture: Architecture, init: Init, seed: number): Generator<void, LayerWeights[]> {
  const random = new Random(seed);
  const drawn: LayerWeights[] = [];
  for (const layer of architecture.layers) {
    const deviation = initialDeviation(init, layer);
    const weight = numbers(architecture, layer.units * layer.inputs);
    for (let i = 0; i < weight.length; i++) {
      weight[i] = random.normal() * deviation;
      if (i % PIECE === PIECE - 1) yield;
    }
    drawn.push({ weight, bias: numbers(architecture, layer.units) });
  }
  return drawn;
}

/**
 * Initial standard deviation of a layer's weights: lecun √(1/k), he √(2/k), glorot √(2/(k + n)), for k inputs and n
 * units.
 * Sources: LeCun et al., "Efficient BackProp" (1998); https://arxiv.org/abs/1502.01852 (he);
 * https://proceedings.mlr.press/v9/glorot10a.html
 */
export function initialDeviation(init: Init, { inputs, units }: LayerShape): number {
  switch (init) {
    case "lecun":
      return 1 / Math.sqrt(inputs);
    case "he":
      return Math.sqrt(2 / inputs);
    case "glorot":
      return Math.sqrt(2 / (inputs + units));
    default:
      return init;
  }
}

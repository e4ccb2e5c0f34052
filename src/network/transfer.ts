// Networks made of another one's layers: of its first ones alone, or with new ones behind them. Options only: weights are
// taken over by network.ts.

import type { LayerShape } from "../architecture.js";
import { InputError } from "../errors.js";
import { check, checkOptions } from "../options/check.js";
import { onlyUsed } from "../options/resolve.js";
import { number, type Type, whole } from "../options/type.js";
import { OPTIONS } from "../options.js";
import type { LayerOptions, NetworkOptions } from "./options.js";

type OfHead = "output" | "loss" | "delta" | "quantile" | "labelSmoothing" | "classes" | "init" | "biasInit" | "seed";

/** What is said of new last layers. Each is as for `new Network`, but `seed`, whose default is the network's. */
export interface HeadOptions extends Pick<NetworkOptions, OfHead> {
  /** First layers that are kept. @default all but the last */
  keep?: number | undefined;
}

const HEAD: Readonly<Record<keyof HeadOptions, Type>> = {
  keep: number(whole(0)),
  output: OPTIONS.output.type,
  loss: OPTIONS.loss.type,
  delta: OPTIONS.delta.type,
  quantile: OPTIONS.quantile.type,
  labelSmoothing: OPTIONS.labelSmoothing.type,
  classes: OPTIONS.classes.type,
  init: OPTIONS.init.type,
  biasInit: OPTIONS.biasInit.type,
  seed: OPTIONS.seed.type,
};

/** Options of the network of the first `count` layers of one with these options and layers. Throws E_OPTION. */
export function optionsUpTo(options: NetworkOptions, shapes: readonly LayerShape[], count: number): NetworkOptions {
  check("upTo", "layer", number(whole(1, shapes.length)), count);
  if (count === shapes.length) return options;
  const layers = kept(options, shapes, count);
  const last = { ...layers[count - 1]!, dropout: 0 };
  // no label says what a hidden layer should answer
  return onlyUsed("network", {
    ...{ ...common(options), layers: [...layers.slice(0, -1), last], loss: "meanSquaredError" as const },
  });
}

/**
 * Options of the network of the first layers of one with these options and layers, with new ones behind them; those of
 * the new ones alone; and how many are kept. Throws E_OPTION.
 */
export function optionsWithHead(
  options: NetworkOptions,
  shapes: readonly LayerShape[],
  layers: readonly (number | LayerOptions)[],
  passed: HeadOptions,
): { whole: NetworkOptions; head: NetworkOptions; keep: number } {
  checkOptions("withHead", HEAD, passed);
  check("withHead", "layers", OPTIONS.layers.type, layers);
  const { keep = shapes.length - 1, seed = options.seed, ...own } = passed;
  if (keep > shapes.length) {
    throw new InputError("E_OPTION", `withHead: keep is ${keep}; the network has ${shapes.length} layers.`);
  }
  const all = [...kept(options, shapes, keep), ...layers];
  const whole = { ...onlyUsed("network", { ...common(options), layers: all }), ...own, seed };
  const inputs = shapes[keep - 1]?.units ?? options.inputs;
  const alone = { ...whole, inputs, layers, shape: [inputs], encoding: undefined };
  return { whole, head: onlyUsed("network", alone), keep };
}

// The first layers, each with all that is said of it: what is said of the network is also of those behind them.
function kept({ layers }: NetworkOptions, shapes: readonly LayerShape[], count: number): LayerOptions[] {
  return shapes.slice(0, count).map((shape, l) => {
    const { units, activation, slope, dropout = 0, normalization = "none", residual = false } = shape;
    const given = layers[l]!;
    const own = typeof given === "number" ? {} : { ...given, init: undefined, biasInit: undefined };
    return { ...own, units, activation, slope, dropout, normalization, residual };
  });
}

// What is neither of the first layers nor of the last ones.
function common(options: NetworkOptions) {
  const { output, loss, delta, quantile, labelSmoothing, classes, biasInit, init, layers, ...rest } = options;
  return rest;
}

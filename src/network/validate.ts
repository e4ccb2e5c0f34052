// Whether data suit a network: as many numbers in an example as it has inputs, and classes or numbers to predict that
// its outputs can stand for.

import { LOSSES, type Loss, losses } from "../catalogue.js";
import type { Dataset, Examples } from "../dataset.js";
import { InputError } from "../errors.js";

/** What a network says of the data it wants. */
interface Wants {
  readonly inputs: number;
  /** Widths of all layers, the inputs first. */
  readonly layers: readonly number[];
  readonly loss: Loss;
  readonly shape: readonly number[];
  readonly scale: number;
}

/**
 * Throws E_EMPTY, E_FEATURES, E_LABELS, E_CLASSES. `classes`: the names that the data's must have, where they are
 * known.
 */
export function checkData(who: string, network: Wants, data: Dataset, classes?: readonly string[] | null): void {
  if (data.count === 0) throw new InputError("E_EMPTY", `${who}: the data set has no examples; pass at least one.`);
  if (data.features !== network.inputs) refuseFeatures(who, network, data.features);
  const outputs = network.layers[network.layers.length - 1]!;
  if (data.classes === null) {
    if (losses[network.loss].targets === "labels") {
      const others = LOSSES.filter((loss) => losses[loss].targets === "numbers").map((loss) => JSON.stringify(loss));
      throw new InputError(
        "E_LABELS",
        `${who}: loss ${network.loss} wants labels, the data set has numbers to predict; use loss ${others.join(" or ")}.`,
      );
    }
    if (data.outputs !== outputs) {
      throw new InputError(
        "E_CLASSES",
        `${who}: the data set has ${data.outputs} numbers to predict, the network ${outputs} outputs.`,
      );
    }
    return;
  }
  const wanted = outputs === 1 ? 2 : outputs;
  // a set to be judged may lack the last classes
  const known = classes ? data.classes.length <= wanted : data.classes.length === wanted;
  if (!known) {
    const widths = data.classes.length === 2 ? "1 or 2" : String(data.classes.length);
    throw new InputError(
      "E_CLASSES",
      `${who}: the data set has ${data.classes.length} classes, the network tells ${wanted} apart; the last layer wants ${widths} units.`,
    );
  }
  if (classes && data.classes.some((name, i) => name !== classes[i])) {
    throw new InputError(
      "E_CLASSES",
      `${who}: the classes are ${data.classes.join(", ")}; the network knows ${classes.join(", ")}.`,
    );
  }
}

/**
 * Examples for the network: as they are, or of its shape and scale from rows of raw numbers or one typed array of them.
 * Throws E_FEATURES.
 */
export function toExamples(
  who: string,
  network: Wants,
  x: Examples | Examples["x"] | readonly (readonly number[])[],
): Examples {
  const { inputs, shape, scale } = network;
  const rows = (values: Examples["x"]): Examples => {
    return { x: values, count: values.length / inputs, features: inputs, shape, scale };
  };
  let examples: Examples;
  if (Array.isArray(x)) {
    const bad = x.findIndex((row) => row.length !== inputs);
    if (bad >= 0) refuseFeatures(who, network, (x as number[][])[bad]!.length);
    examples = rows(Float64Array.from(x.flat()));
  } else if (ArrayBuffer.isView(x)) {
    if (x.length % inputs !== 0) refuseFeatures(who, network, x.length);
    examples = rows(x as Examples["x"]);
  } else {
    examples = x as Examples;
  }
  if (examples.features !== inputs) refuseFeatures(who, network, examples.features);
  return examples;
}

function refuseFeatures(who: string, { inputs }: Wants, got: number): never {
  throw new InputError("E_FEATURES", `${who}: the data have ${got} features, the network wants ${inputs}.`);
}

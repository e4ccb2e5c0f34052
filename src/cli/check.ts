// wasmlp check: the gradient of a network against central differences, layer by layer.

import { subset } from "../dataset.js";
import type { NetworkOptions } from "../network/options.js";
import { type Names, readData } from "../node/formats.js";
import { table } from "../text.js";
import { EMBEDDED, networkFor } from "./data.js";
import type { Io } from "./io.js";
import { remarkOnNumerics } from "./numerics.js";

export interface CheckOptions extends Omit<NetworkOptions, "inputs" | "scale" | "encoding">, Names {
  samples: number;
  json?: boolean;
}

/** Examples that take part: enough for every path through the network, few enough for thousands of passes. */
const EXAMPLES = 32;

/** Returns 0 when every layer passes, else 1. */
export async function check(path: string | undefined, options: CheckOptions, io: Io): Promise<number> {
  const all = await readData(path ?? EMBEDDED.train, path === undefined ? {} : options);
  const data = subset(all, [...Array(Math.min(EXAMPLES, all.count)).keys()]);
  const network = networkFor(data, { ...options, dtype: "float64" });
  await remarkOnNumerics(network, io);
  const layers = await network.checkGradients(data, { samples: options.samples, seed: options.seed });
  const passed = layers.every((layer) => layer.passed);
  if (options.json) {
    for (const layer of layers) io.out(JSON.stringify(layer));
    return passed ? 0 : 1;
  }
  io.out(`Gradient of ${network.layers.join("-")} (${network.activation}) on ${data.count} examples, in float64,`);
  io.out("against central differences (cost(w + ε) − cost(w − ε)) / 2ε with ε = 1e-5:");
  io.out("");
  const rows = layers.map(({ layer, parameters, checked, norm, relativeError, passed: ok }) => [
    ...[`dense ${layer}`, String(parameters), String(checked), norm.toExponential(2), relativeError.toExponential(2)],
    ok ? "ok" : "WRONG",
  ]);
  const header = ["layer", "parameters", "checked", "norm", "relative error", ""];
  for (const line of table([header, ...rows], [1, 2, 3, 4])) io.out(line);
  return passed ? 0 : 1;
}

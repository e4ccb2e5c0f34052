// wasmlp find-rate: which learning rate to train with, and the curve that tells.

import type { NetworkOptions } from "../network/options.js";
import { type Names, readData } from "../node/formats.js";
import { optionsFor } from "../options/resolve.js";
import { digits } from "../text.js";
import type { FitOptions } from "../train/options.js";
import { curveChart } from "./chart.js";
import { EMBEDDED, networkFor } from "./data.js";
import type { Io } from "./io.js";
import { remarkOnNumerics } from "./numerics.js";
import { wrap } from "./text.js";

export interface FindRateCommand extends Omit<NetworkOptions, "inputs" | "scale" | "encoding">, FitOptions, Names {
  json?: boolean;
}

export async function findRate(path: string | undefined, options: FindRateCommand, io: Io): Promise<number> {
  const data = await readData(path ?? EMBEDDED.train, path === undefined ? {} : options);
  const network = networkFor(data, options);
  await remarkOnNumerics(network, io);
  const { rate, reason, curve } = await network.findLearningRate(data, optionsFor("fit", options));
  if (options.json) {
    io.out(JSON.stringify({ rate, reason, curve }));
    return 0;
  }
  const ends = [digits(curve[0]!.rate), digits(curve.at(-1)!.rate)] as const;
  const costs = curve.map((point) => point.cost);
  if (costs.length > 1) {
    for (const line of curveChart("cost over the learning rate", costs, ends, Math.min(io.columns, 79))) io.out(line);
  }
  io.out("");
  for (const line of wrap(`Train with --learning-rate ${rate}: ${reason}.`, io.columns)) io.out(line);
  return 0;
}

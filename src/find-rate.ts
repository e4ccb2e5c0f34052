// A learning-rate range test: a copy of the network is trained while its rate grows from update to update, and the cost
// tells where the rate begins to help and where it begins to harm.
//
// Source: https://arxiv.org/abs/1506.01186 (section 3.3)

import { type Dataset, subset } from "./dataset.js";
import { NotFiniteError } from "./diagnose.js";
import { InputError } from "./errors.js";
import type { History } from "./history.js";
import { exp64, log64 } from "./math.js";
import type { Network } from "./network.js";
import { checkOptions } from "./options/check.js";
import { onlyUsed } from "./options/resolve.js";
import { number, whole } from "./options/type.js";
import { digits } from "./text.js";
import type { FitOptions } from "./train/options.js";

export interface FindRateOptions {
  /** The first rate. @default 1e-6 */
  from?: number | undefined;
  /** The last one. @default 10 */
  to?: number | undefined;
  /** Updates in which the rate grows from the one to the other, each by the same factor. @default 200 */
  iterations?: number | undefined;
}

export interface FoundRate {
  /** The rate to train with. */
  readonly rate: number;
  /** Why that one, in a sentence. */
  readonly reason: string;
  /** The rates that were tried, with the cost before the update: of the same examples for all, at most 1024. */
  readonly curve: readonly { readonly rate: number; readonly cost: number }[];
}

const MOST_JUDGED = 1024; // examples
const HARMED = 0.1; // share of what the cost has fallen, that it rises again by where a rate harms: the test ends
const BACK = 0.3; // of the rate where the cost was least; how it was chosen is in docs/training.md
const FALL = 0.01; // share of the first cost by which it must fall for a rate to have helped

const OPTIONS = { from: number({ above: 0 }), to: number({ above: 0 }), iterations: number(whole(10, 4096)) };

/** Tries rates on a network that is thrown away. Throws E_OPTION, and what fit throws. */
export async function findRateOf(
  network: Network,
  data: Dataset,
  fit: Omit<FitOptions, "iterations" | "epochs" | "learningRate" | "schedule">,
  options: FindRateOptions,
): Promise<FoundRate> {
  checkOptions("findLearningRate", OPTIONS, options);
  const { from = 1e-6, to = 10, iterations = 200 } = options;
  if (from >= to) {
    throw new InputError("E_OPTION", `findLearningRate: from is ${from} and to ${to}; pass a from below to.`);
  }
  const growth = log64(to / from) / (iterations - 1);
  const rateOf = (i: number) => from * exp64(growth * i);
  const step = Math.ceil(data.count / MOST_JUDGED);
  const judged = subset(
    data,
    Array.from({ length: Math.ceil(data.count / step) }, (_, i) => i * step),
  );
  const costs = await costsOf(network, data, {
    // what goes with another schedule has no part in it
    ...onlyUsed("fit", { ...fit, schedule: rateOf }),
    ...{ iterations, logEvery: 1, validation: judged },
  });
  const start = costs[0]!;
  const curve: { rate: number; cost: number }[] = [];
  let least = start;
  for (const [i, cost] of costs.entries()) {
    least = Math.min(least, cost);
    if (!(cost <= least + Math.max(FALL * start, HARMED * (start - least)))) break;
    curve.push({ rate: rateOf(i), cost });
  }
  return { ...choose(curve, start, curve.length < iterations), curve };
}

// Costs before the updates, up to one that was not finite.
async function costsOf(network: Network, data: Dataset, fit: FitOptions): Promise<number[]> {
  const costs = ({ costs }: History) => costs.map(({ validation }) => validation!.cost);
  try {
    return costs(await network.fit(data, fit));
  } catch (error) {
    if (error instanceof NotFiniteError) return costs(error.history);
    throw error;
  }
}

// A share of the rate at which the cost was least, where a larger one harmed; else that rate.
function choose(curve: FoundRate["curve"], start: number, harmed: boolean): Pick<FoundRate, "rate" | "reason"> {
  const bottom = curve.reduce((best, { cost }, i) => (cost < curve[best]!.cost ? i : best), 0);
  const { rate: best, cost } = curve[bottom]!;
  if (!(start - cost > FALL * start)) {
    const reason = "no rate made the cost fall: look at the data, the first weights and the loss first";
    return { rate: curve[0]!.rate, reason };
  }
  const where = `the cost falls from ${digits(start)} to ${digits(cost)} at ${digits(best)}`;
  if (!harmed) return { rate: Number(best.toPrecision(2)), reason: `${where}, the largest that was tried` };
  return { rate: Number((BACK * best).toPrecision(2)), reason: `${where} and rises beyond; this is ${BACK} of it` };
}

// A learning-rate range test: a copy of the network is trained while its rate grows from update to update, and the cost
// tells where the rate begins to help and where it begins to harm.
//
// Source: https://arxiv.org/abs/1506.01186 (section 3.3)

import type { Dataset } from "./dataset.js";
import { NotFiniteError } from "./diagnose.js";
import { InputError } from "./errors.js";
import { exp64, log64 } from "./math.js";
import type { Network } from "./network.js";
import { checkOptions } from "./options/check.js";
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
  /** The rates that were tried, with the cost before the update and the smoothed one. */
  readonly curve: readonly { readonly rate: number; readonly cost: number; readonly smooth: number }[];
}

const SMOOTH = 0.9; // of the smoothed cost stays in an update; a judgement: some ten batches' worth
const HARMED = 2; // times the least smoothed cost beyond which a rate harms, and the test ends
const BACK = 0.1; // of the rate where the cost was least: the usual tenth
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
  const costs = await costsOf(network, data, { ...fit, iterations, logEvery: 1, schedule: rateOf });
  const curve: { rate: number; cost: number; smooth: number }[] = [];
  let [sum, weight, least] = [0, 0, Number.POSITIVE_INFINITY];
  for (const [i, cost] of costs.entries()) {
    sum = SMOOTH * sum + (1 - SMOOTH) * cost;
    weight = SMOOTH * weight + (1 - SMOOTH);
    const smooth = sum / weight;
    least = Math.min(least, smooth);
    if (!(smooth <= HARMED * least + 1e-12)) break;
    curve.push({ rate: rateOf(i), cost, smooth });
  }
  return { ...choose(curve, costs.length < iterations || curve.length < costs.length), curve };
}

// Costs of the updates, up to one that was not finite.
async function costsOf(network: Network, data: Dataset, fit: FitOptions): Promise<number[]> {
  try {
    return (await network.fit(data, fit)).costs.map(({ cost }) => cost);
  } catch (error) {
    if (error instanceof NotFiniteError) return error.history.costs.map(({ cost }) => cost);
    throw error;
  }
}

// A tenth of the rate at which the smoothed cost was least, where a larger one harmed; else that rate.
function choose(curve: FoundRate["curve"], harmed: boolean): Pick<FoundRate, "rate" | "reason"> {
  const bottom = curve.reduce((best, { smooth }, i) => (smooth < curve[best]!.smooth ? i : best), 0);
  const first = curve.slice(0, Math.max(1, Math.ceil(curve.length / 10)));
  const start = first.reduce((sum, { cost }) => sum + cost, 0) / first.length;
  const { rate: best, smooth } = curve[bottom]!;
  if (!(start - smooth > FALL * start)) {
    const reason = "no rate made the cost fall: look at the data, the first weights and the loss first";
    return { rate: curve[0]!.rate, reason };
  }
  const where = `the cost falls from ${digits(start)} to ${digits(smooth)} at ${digits(best)}`;
  if (!harmed) return { rate: Number(best.toPrecision(2)), reason: `${where}, the largest that was tried` };
  return { rate: Number((BACK * best).toPrecision(2)), reason: `${where} and rises beyond; this is a tenth of it` };
}

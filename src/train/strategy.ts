// How a training is carried out: the form of its first layer, and on how many threads. The first follows from shapes
// and options alone, never from the engine or its cores, as it changes bits; the second changes none.

import { type Architecture, countFlops } from "../architecture.js";
import { buildOf, whyNoKernels } from "../backend/kernels.js";
import {
  type BackendName,
  FIRST_LAYERS,
  type FirstLayer,
  type Numerics,
  OPTIMIZERS,
  optimizers,
} from "../catalogue.js";
import { InputError } from "../errors.js";
import type { Strategy } from "../history.js";
import { countCores, whyNoThreads } from "../host.js";
import { checkChoice, checkWhole } from "../options/check.js";
import type { TrainingOptions } from "./options.js";

// Examples of the Gram form. Their products with one another, count² doubles, then take 128 MiB: a guess on the safe
// side of what a page can spare.
const MOST_PRODUCTS = 4096;

// Of "auto" threads. Whether they are started, and how many are taken, is measured (widths.ts). Here is decided what
// the training is compiled for, from its operations.

// Seconds of a whole training below which there is nothing to measure: starting threads took 0.03 on two cores.
const THREAD_COST = 0.03;
// Operations of one thread in a second: 12 in a cycle at 4 GHz, which is more than was seen; float64 has half the lanes.
// Steps then look shorter than they are.
const SPEED = { float32: 50e9, float64: 25e9 };
// Examples of a batch for each thread: two panels, which is what threads take at a time (assembly/step.ts).
const THREAD_EXAMPLES = 16;
// The most that "auto" takes. A judgement: each thread has scratch of its own, and all wait for the slowest.
const AUTO_THREADS = 16;

// The most that can be asked for, as options.ts says too. A judgement: a larger number is more likely a mistake.
const MOST_THREADS = 64;

/** What computes, and how it rounds. */
export interface Arithmetics {
  readonly backend: BackendName;
  readonly numerics: Numerics;
}

/**
 * The form of the first layer and the number of threads: those that are `wanted`, or what pays where that is "auto",
 * the default. Throws E_OPTION for a form or a number that cannot be, E_THREADS where threads are asked for and cannot
 * be had.
 */
export function chooseStrategy(
  architecture: Architecture,
  options: TrainingOptions,
  count: number,
  { backend, numerics }: Arithmetics,
  wanted: { threads?: number | "auto"; firstLayer?: FirstLayer | "auto" },
): Strategy {
  const firstLayer = chooseFirstLayer(architecture, options, count, wanted.firstLayer ?? "auto");
  const none =
    backend === "js" ? "backend js runs on one thread" : (whyNoThreads() ?? whyNoKernels(buildOf(numerics, true)));
  const threads = chooseThreads(architecture, options, count, none, firstLayer, wanted.threads ?? "auto");
  return { firstLayer, ...threads, numerics, whyStrict: "", vectors: 128, whyNarrow: "" };
}

function chooseFirstLayer(
  { layers, inputNoise }: Architecture,
  options: TrainingOptions,
  count: number,
  wanted: FirstLayer | "auto",
): FirstLayer {
  checkChoice("fit", "firstLayer", wanted, FIRST_LAYERS);
  if (wanted === "direct") return wanted;
  const { optimizer, batch, iterations, freeze } = options;
  const { linear } = optimizers[optimizer];
  const { inputs, units } = layers[0]!;
  // what wants the first layer's own weights, gradient or inputs
  const wants = [
    ...(["clipNorm", "clipValue", "l1", "maxNorm"] as const).filter((name) => options[name] > 0),
    ...(inputNoise ? ["inputNoise"] : []),
  ][0];
  const refuse = (why: string): never => {
    throw new InputError("E_OPTION", `fit: firstLayer is "gram", ${why}; use "auto".`);
  };
  if (wanted === "gram") {
    if (!linear) {
      const names = OPTIMIZERS.filter((name) => optimizers[name].linear);
      refuse(`which goes with ${names.join(", ")}, not with ${optimizer}`);
    }
    if (wants) refuse(`which does not go with ${wants}, as it has neither weights nor inputs of the first layer`);
    if (freeze.includes(1)) refuse("which trains the first layer, and that is frozen");
    if (count > MOST_PRODUCTS) refuse(`which is for at most ${MOST_PRODUCTS} examples, got ${count}`);
    return wanted;
  }
  if (!linear || wants || freeze.includes(1) || count > MOST_PRODUCTS) return "direct";
  // Multiplications of a step: direct, forward and for the weight gradient; in Gram form forward, and two for each
  // weight of its update. What the Gram form does once: products (half of a symmetric matrix, each taken to cost a
  // quarter, as bytes go 16 at a time), outputs at the start, weights at the end. Both comparisons leave a factor of 2
  // to be sure.
  const direct = 2 * batch * inputs * units;
  const gram = (batch + 2) * (count + units) * units;
  const once = (count * count * inputs) / 8 + 2 * count * inputs * units;
  return 2 * gram < direct && iterations * (direct - gram) > 2 * once ? "gram" : "direct";
}

function chooseThreads(
  architecture: Architecture,
  options: TrainingOptions,
  count: number,
  none: string | null, // why there can be no threads
  firstLayer: FirstLayer,
  wanted: number | "auto",
): { threads: number; why: string } {
  if (wanted !== "auto") {
    const threads = checkWhole("fit", "threads", wanted, 1);
    if (threads > MOST_THREADS) {
      throw new InputError("E_OPTION", `fit: threads is ${threads}; pass at most ${MOST_THREADS}.`);
    }
    if (threads > 1 && none !== null) {
      throw new InputError("E_THREADS", `fit: threads is ${threads}, but ${none}; use threads 1 or "auto".`);
    }
    return { threads, why: "" };
  }
  if (none !== null) return { threads: 1, why: none };
  const { batch, iterations } = options;
  if (batch <= THREAD_EXAMPLES) return { threads: 1, why: "its batches are too small to share" };
  if (secondsOfStep(architecture, options, count, firstLayer) * iterations < THREAD_COST) {
    return { threads: 1, why: "it is done before threads have started" };
  }
  return { threads: Math.min(countCores(), Math.ceil(batch / THREAD_EXAMPLES), AUTO_THREADS), why: "" };
}

/** What a step takes on one thread, by its operations alone: rather less than it does. */
export function secondsOfStep(
  { layers, dtype }: Architecture,
  { batch, freeze }: TrainingOptions,
  count: number,
  firstLayer: FirstLayer,
): number {
  const widths = [layers[0]!.inputs, ...layers.map(({ units }) => units)];
  return countStepFlops(widths, batch, count, firstLayer, freeze) / SPEED[dtype];
}

/** Floating-point operations of a step over `batch` of `count` examples in either form; the rest as in countFlops. */
export function countStepFlops(
  widths: readonly number[],
  batch: number,
  count: number,
  firstLayer: FirstLayer,
  freeze: readonly number[] = [],
): number {
  const [inputs, units] = widths as [number, number];
  // in Gram form the first layer goes forward only, from as many inputs as there are examples and units
  const saved = firstLayer === "gram" ? 2 * batch * units * (2 * inputs - (count + units)) : 0;
  return countFlops(widths, batch, freeze) - saved;
}

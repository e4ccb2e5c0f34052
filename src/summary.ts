// A network as a table: its layers, what is trained of them, and what a step of a training takes. Counts only.

import { type Architecture, countFlops, countParameters } from "./architecture.js";
import { losses, type Numerics } from "./catalogue.js";
import { InputError } from "./errors.js";
import { checkOptions } from "./options/check.js";
import { number, type Type, whole } from "./options/type.js";
import { OPTIONS } from "./options.js";
import { compile } from "./plan.js";
import { amount, table } from "./text.js";
import { type FitOptions, frozenLayers } from "./train/options.js";

/** The training that a summary counts a step of. */
export interface SummaryOptions extends Pick<FitOptions, "freeze" | "optimizer"> {
  /** Examples of the step. @default 32 */
  batchSize?: number | undefined;
}

const TYPES: Readonly<Record<keyof SummaryOptions, Type>> = {
  freeze: OPTIONS.freeze.type,
  optimizer: OPTIONS.optimizer.type,
  batchSize: number(whole(1)),
};

/** The table's lines. Throws E_OPTION. */
export function summaryOf(
  architecture: Architecture,
  options: SummaryOptions,
  numerics: Numerics = "strict",
): string[] {
  checkOptions("summary", TYPES, options);
  const { layers, dtype, loss } = architecture;
  const { batchSize = 32, optimizer = "sgd" } = options;
  const freeze = frozenLayers("summary", options.freeze ?? 0, layers.length);
  const trains = (l: number) => !freeze.includes(l + 1);
  const rows = layers.map((layer, l) => {
    const { inputs, units, activation, normalization, dropout, residual } = layer;
    const what = [
      ...(normalization ? [`${normalization} norm`] : []),
      activation,
      ...(dropout ? [`dropout ${dropout}`] : []),
      ...(residual ? ["residual"] : []),
    ].join(", ");
    const parameters = String(countParameters([layer]));
    return [`dense ${l + 1}`, `${inputs} -> ${units}`, what, parameters, trains(l) ? "yes" : "no"];
  });
  const [all, trained] = [layers, layers.filter((_, l) => trains(l))].map(countParameters);
  const flops = countFlops([layers[0]!.inputs, ...layers.map(({ units }) => units)], batchSize, freeze);
  const bytes = bytesOf(architecture, batchSize, { optimizer, freeze });
  return [
    ...table([["layer", "shape", "activation", "parameters", "trained"], ...rows], [3]),
    `${all} parameters${trained === all ? "" : `, ${trained} of them trained`}, ${dtype}${numerics === "fused" ? " with fused numerics" : ""}, ${loss}`,
    `a step over ${batchSize} examples with ${optimizer}: ${amount(flops, "FLOP")}, ${bytes} of memory`,
  ];
}

// Memory of a training whose data are one batch.
function bytesOf(
  architecture: Architecture,
  batch: number,
  { optimizer, freeze }: { optimizer: NonNullable<FitOptions["optimizer"]>; freeze: readonly number[] },
): string {
  const { dtype, loss } = architecture;
  try {
    const { bytes } = compile({
      ...{ architecture, x: dtype, y: losses[loss].targets, count: batch, batch },
      ...(optimizer === "lbfgs" ? { purpose: "gradient" } : { purpose: "train", optimizer }),
      frozen: freeze.map((layer) => layer - 1),
    });
    return amount(bytes, "B");
  } catch (error) {
    if (error instanceof InputError && error.code === "E_MEMORY") return "over 4 GB";
    throw error;
  }
}

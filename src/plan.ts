// The plan: a network, a data set's shape and an optimizer compiled once into one memory layout (plan/memory.ts) and
// one program (assembly/program.ts draws it), which is a list of phases. Backends run it and know nothing else. No
// arithmetic.
//
// m = examples in the batch, k = inputs of a layer, n = its outputs. Users hand in rows (m, k); inside, activations lie
// in panels of 8 examples, a[panel][unit][8], which is the order the next product reads.

import * as P from "../assembly/program.js";
import { layOut, type Memory, type PlannedLayer, type Region } from "./plan/memory.js";
import { createProgram, type Phase, type PhaseName } from "./plan/program.js";
import {
  type BlockOperation,
  type Context,
  emitBackward,
  emitBlocks,
  emitForward,
  emitLimits,
  emitLoss,
  emitOutputs,
  emitProducts,
} from "./plan/records.js";
import type { PlanRequest } from "./plan/request.js";

export { BYTES, MOST_BYTES, MOST_STEPS, type PlannedLayer, panelOf, type Region } from "./plan/memory.js";
export type { Phase, PhaseName } from "./plan/program.js";
export type { PlanRequest, Purpose } from "./plan/request.js";

export interface Plan extends Memory {
  readonly request: PlanRequest;
  /** Header, hyperparameters and records; to be copied to `program`. */
  readonly image: Uint8Array;
  readonly phases: readonly Phase[];
}

/**
 * Compiles a network for `count` examples in batches of `batch`, or of `count` where that is less.
 *
 * Throws E_MEMORY when all of it together is larger than a 32-bit memory.
 */
export function compile(wanted: PlanRequest): Plan {
  const request = { ...wanted, batch: Math.min(wanted.batch, wanted.count) };
  const memory = layOut(request);
  const program = createProgram();
  emitPhases({ request, memory, program });
  const image = program.image({
    ...{
      count: request.count,
      batch: request.batch,
      examples: request.batch,
      threads: request.threads ?? 1,
      wide: memory.wide ? 1 : 0,
    },
    ...{ order: memory.order.offset, losses: memory.losses.offset },
    ...{ costs: memory.costs.offset, norms: memory.norms.offset },
    rates: memory.rates.length ? memory.rates.offset : 0,
    ...{ scratch: memory.scratch.offset, scratchStride: memory.scratch.stride },
  });
  // what lies behind the program would be overwritten
  if (memory.program + image.length > memory.costs.offset)
    throw new RangeError("the program has no room for its records");
  return { ...memory, request, image, phases: program.phases };
}

// The phases of each purpose.
function emitPhases(context: Context): void {
  const { request, memory, program } = context;
  switch (request.purpose) {
    case "infer":
      program.phase("forward", "panels");
      emitForward(context);
      if (request.y) emitLoss(context);
      emitOutputs(context);
      return;
    case "predict":
      program.phase("forward", "panels");
      emitForward(context);
      emitOutputs(context);
      return;
    case "products":
      program.phase("forward", "panels");
      emitForward(context);
      program.phase("products", "blocks", request.count);
      emitProducts(context);
      program.phase("gradients", "blocks", memory.blocks);
      emitBlocks(context, ["gradient"]);
      return;
    case "gradient":
    case "probe":
      emitPasses(context);
      program.phase("gradients", "blocks", memory.blocks);
      emitBlocks(context, request.purpose === "gradient" ? ["gradient"] : ["gradient", "norm"]);
      program.phase("outputs", "panels");
      emitOutputs(context);
      return;
    case "train": {
      const gradient: BlockOperation[] = ["gradient"];
      if (request.l1) gradient.push("signs");
      if (request.limit) gradient.push("limit");
      // the average is of weights that are limited already
      const update: BlockOperation[] = request.average && !request.maxNorm ? ["update", "average"] : ["update"];
      emitPasses(context);
      program.phase("cost", "once");
      program.emit("cost", {});
      program.emit("beginUpdate", {});
      if (request.clip) {
        program.phase("gradients", "blocks", memory.blocks);
        emitBlocks(context, [...gradient, "norm"]);
        program.phase("clip", "once");
        program.emit("clip", { blocks: memory.blocks });
        program.phase("updates", "blocks", memory.blocks);
        emitBlocks(context, ["scale", ...update]);
      } else {
        program.phase("updates", "blocks", memory.blocks);
        emitBlocks(context, [...gradient, ...update]);
      }
      if (request.maxNorm) {
        const trained = memory.layers.filter((layer) => layer.trained);
        program.phase(
          "limits",
          "blocks",
          trained.reduce((sum, { units }) => sum + units, 0),
        );
        emitLimits(context);
        if (request.average) {
          program.phase("averages", "blocks", memory.blocks);
          emitBlocks(context, ["average"]);
        }
      }
      program.phase("next", "once");
      program.emit("nextBatch", {});
      return;
    }
    default:
      request.purpose satisfies never;
  }
}

function emitPasses(context: Context): void {
  context.program.phase("passes", "panels");
  emitForward(context);
  emitLoss(context);
  emitBackward(context);
}

/** The plan's phases from the first to the last of that name: its parts, and what is done once between them. */
export function phasesOf({ phases }: Plan, name: PhaseName): number[] {
  const places = phases.flatMap((phase, i) => (phase.name === name ? [i] : []));
  const [first = 0, last = -1] = [places[0], places[places.length - 1]];
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Elements from a layer's first weight to that of unit u and input k. */
export function weightAt({ inputs, np, kp, strips }: PlannedLayer, u: number, k: number): number {
  if (strips === "units") return (u - (u % P.UNITS)) * inputs + k * P.UNITS + (u % P.UNITS);
  const first = k - (k % P.COLUMNS);
  return first * np + u * Math.min(P.COLUMNS, kp - first) + (k - first);
}

/** A region of the plan's memory as numbers of the network's type. */
export function viewOf(plan: Plan, memory: ArrayBufferLike, { offset, length }: Region): Float32Array | Float64Array {
  const double = plan.request.architecture.dtype === "float64";
  return double ? new Float64Array(memory, offset, length) : new Float32Array(memory, offset, length);
}

// Reference backend: the plan's program interpreted in plain TypeScript over one ArrayBuffer. Complete and slow; the
// WASM kernels must give its bits. js/ has the twins of assembly/, file by file, under the same names.

import * as P from "../../assembly/program.js";
import type { Numerics, Vectors } from "../catalogue.js";
import { atOnce } from "../pace.js";
import type { Plan } from "../plan.js";
import { runOnce } from "./js/once.js";
import { contextOf } from "./js/records.js";
import { runPhase } from "./js/run.js";
import type { Backend, Machine } from "./machine.js";
import { beginDispatch, type Pieces, stepInPieces } from "./step.js";

/** The backend with either numerics: fused ones are computed exactly, whatever the machine can do. */
export function jsBackend(numerics: Numerics, wanted: Vectors = 128): Backend {
  const whyNarrow = wanted === 128 ? "" : "backend js has no vectors";
  return { name: "js", numerics, whyStrict: "", vectors: 128, whyNarrow, load: (plan) => load(plan, numerics) };
}

function load(plan: Plan, numerics: Numerics): Machine {
  const memory = new ArrayBuffer(plan.bytes);
  new Uint8Array(memory).set(plan.image, plan.program);
  const context = contextOf(memory, plan.program, plan.request.architecture.dtype, numerics);
  const { header } = context;
  // panels come one at a time
  const phases: Pieces = {
    run: (phase, from, to) => runPhase(context, phase, from, to),
    once: (phase) => runOnce(context, phase),
    together: 1,
    pieces: () => 1,
    runPiece: (phase, _, from, to) => runPhase(context, phase, from, to),
  };
  return {
    memory,
    ...phases,
    steps(count) {
      beginDispatch(header);
      for (let i = 0; i < count; i++) {
        if (!atOnce(stepInPieces(plan.phases, phases, header))) break;
      }
      return header[P.Header.done]!;
    },
  };
}

// Writes a program: phases and records, with a name for every word. A word that is missing, misspelt or one too many is
// a type error. What the records are is said in assembly/program.ts; which of them a network needs, in records.ts, and
// which phases, in plan.ts.

import * as P from "../../assembly/program.js";

/** The words of each kind of record. */
const RECORDS = {
  gatherLabels: P.GatherLabels,
  gatherTargets: P.GatherTargets,
  gatherNoisy: P.GatherNoisy,
  denseForward: P.DenseForward,
  predictForward: P.PredictForward,
  activationForward: P.ActivationForward,
  dropoutForward: P.DropoutForward,
  layerNormForward: P.LayerNormForward,
  batchNormForward: P.BatchNormForward,
  addForward: P.AddForward,
  lossAndGradient: P.LossAndGradient,
  weighLosses: P.WeighLosses,
  activationBackward: P.ActivationBackward,
  dropoutBackward: P.DropoutBackward,
  layerNormBackward: P.LayerNormBackward,
  batchNormBackward: P.BatchNormBackward,
  keepGradient: P.KeepGradient,
  addGradient: P.AddGradient,
  denseBackwardInput: P.DenseBackwardInput,
  storeRows: P.StoreRows,
  storePanels: P.StorePanels,
  storeProducts: P.StoreProducts,
  layerBlocks: P.LayerBlocks,
  denseBackwardWeights: P.DenseBackwardWeights,
  sumRows: P.SumRows,
  limitGradient: {},
  addSigns: P.AddSigns,
  squaredNorm: P.SquaredNorm,
  scaleGradient: {},
  update: P.Update,
  runStatistics: P.RunStatistics,
  average: P.Average,
  limitRows: P.LimitRows,
  products: P.Products,
  moments: P.Moments,
  cost: {},
  clip: P.Clip,
  beginUpdate: {},
  nextBatch: {},
} as const satisfies Record<keyof typeof P.Kind, object>;

/** Words that are doubles. */
export const DOUBLES: ReadonlySet<string> = new Set([
  ...["slope", "parameter", "off", "on", "factor", "shift", "instead", "epsilon", "momentum", "deviation"],
]);

/** A value for each word of a kind of record; an address, a size, or a member of a family. */
export type Words<Kind extends keyof typeof RECORDS> = keyof (typeof RECORDS)[Kind] extends never
  ? Readonly<Record<string, never>> // none
  : { readonly [Word in keyof (typeof RECORDS)[Kind]]: number };

/** What a phase goes over. */
export type Over = keyof typeof P.Over;

/** A phase of a program: what it goes over, and of blocks how many there are. */
export interface Phase {
  readonly name: PhaseName;
  readonly over: Over;
  readonly blocks: number;
}

/** The phases there are; a program has some of them, in this order. Passes are in parts where units are normalised over the batch. */
export type PhaseName =
  | "forward" // inference: the network's outputs, and the losses where there are targets
  | "passes" // training: forward, loss, backward
  | "batch" // between two parts of the passes: what a batch normalisation wants of the whole batch
  | "cost" // mean of the losses; the update begins with it
  | "products" // of the examples with one another
  | "gradients" // of the weights
  | "clip" // norm of the whole gradient, and the scale that limits it
  | "updates" // of the weights, with their gradients where these have no phase of their own
  | "limits" // of the norms of units' weights
  | "averages" // of the weights, where a phase comes between
  | "outputs" // of the output layer, where the loss took its logits
  | "next"; // moves on to the next batch

/** Collects phases and records into the image of a program. */
export function createProgram() {
  const phases: (Phase & { readonly first: number; last: number })[] = [];
  const records: Int32Array[] = [];

  /** Begins a phase; the records emitted from here on belong to it. */
  function phase(name: PhaseName, over: Over, blocks = 0): void {
    phases.push({ name, over, blocks, first: records.length, last: records.length });
  }

  function emit<Kind extends keyof typeof RECORDS>(kind: Kind, words: Words<Kind>): void {
    const record = new Int32Array(P.RECORD);
    record[0] = P.Kind[kind];
    for (const [word, place] of Object.entries(RECORDS[kind])) {
      if (typeof place !== "number") continue; // an enum's entries from number to name
      if (place >= P.RECORD) throw new RangeError(`${kind}.${word} is word ${place}, a record has ${P.RECORD}`);
      const value = (words as Readonly<Record<string, number>>)[word]!;
      if (DOUBLES.has(word)) record.set(new Int32Array(Float64Array.of(value).buffer), place);
      else record[place] = value;
    }
    records.push(record);
    phases[phases.length - 1]!.last = records.length;
  }

  /** The program, with the header's words as given. */
  function image(header: Partial<Record<keyof typeof P.Header, number>>): Uint8Array {
    const table = P.RECORDS / 4 + P.RECORD * records.length;
    const words = new Int32Array(table + P.PHASE_WORDS * phases.length);
    for (const [name, value] of Object.entries(header)) words[P.Header[name as keyof typeof P.Header]] = value;
    words[P.Header.phases] = phases.length;
    words[P.Header.phaseTable] = 4 * table;
    phases.forEach(({ over, first, last, blocks }, i) => {
      const at = table + P.PHASE_WORDS * i;
      words[at + P.Phase.over] = P.Over[over];
      words[at + P.Phase.first] = first;
      words[at + P.Phase.last] = last;
      words[at + P.Phase.blocks] = blocks;
    });
    records.forEach((record, i) => {
      words.set(record, P.RECORDS / 4 + P.RECORD * i);
    });
    return new Uint8Array(words.buffer);
  }

  return { phase, emit, image, phases };
}

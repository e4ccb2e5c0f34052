// What a model of others is, whatever its file: steps that are done one after the other to the numbers of an example.
// Readers of formats make them; assemble.ts makes a network of them.

import type { Loss, OutputActivation } from "../catalogue.js";
import type { Numbers } from "../session/layout.js";

/** What is done to the numbers. `called` names it in messages: Dense "dense_1". */
export type Step = { readonly called: string } & (
  | {
      /** W·x + b */
      readonly does: "dense";
      readonly inputs: number;
      readonly units: number;
      /** (units, inputs) row-major. */
      readonly weight: Numbers;
      /** Null for none. */
      readonly bias: Numbers | null;
    }
  /** scale·x + shift, column by column; fewer numbers than columns repeat, as those of a picture's channels. */
  | { readonly does: "affine"; readonly scale: Numbers; readonly shift: Numbers }
  | {
      /** Batch normalisation as it predicts: gamma·(x − mean)/√(variance + epsilon) + beta. */
      readonly does: "batch";
      readonly gamma: Numbers;
      readonly beta: Numbers;
      readonly mean: Numbers;
      readonly variance: Numbers;
      readonly epsilon: number;
      /** Share that a step of a training replaces of what runs; null where the file does not say. */
      readonly momentum: number | null;
    }
  /** Layer normalisation. */
  | { readonly does: "layer"; readonly gamma: Numbers; readonly beta: Numbers; readonly epsilon: number }
  | {
      readonly does: "activation";
      readonly activation: OutputActivation;
      /** Of leakyRelu. */
      readonly slope?: number;
      /** Of prelu; fewer than units repeat. */
      readonly slopes?: Numbers;
    }
  | { readonly does: "dropout"; readonly rate: number }
  /** Noise that is added in training. */
  | { readonly does: "noise"; readonly deviation: number }
  /** What the last dense step read is added. */
  | { readonly does: "residual" }
);

/** Steps that do this. */
export type StepOf<D extends Step["does"]> = Extract<Step, { does: D }>;

/** A model of others. */
export interface Foreign {
  readonly steps: readonly Step[];
  /** Shape of an example; null where the file does not say. */
  readonly shape: readonly number[] | null;
  /** What it was trained with, where the file says so. */
  readonly loss?: Loss | undefined;
  readonly classes?: readonly string[] | undefined;
  /** Whether the file says which activations there are. */
  readonly tellsActivations: boolean;
}

/** Ends the import in a sentence: "importNetwork: model.h5 has <found>". */
export type Refuse = (found: string, todo?: string) => never;
/** Hears what is another in the network than in the file. */
export type Remark = (sentence: string) => void;

/** So many ones, or zeros. */
export const ones = (length: number): Float32Array => new Float32Array(length).fill(1);
export const zeros = (length: number): Float32Array => new Float32Array(length);

// What is said of a model of others besides its files.

import type { Activation, DType, Loss, OutputActivation } from "../catalogue.js";
import type { Remark } from "./steps.js";

/** A file of others: its name, for messages and for files that name one another, and its bytes. */
export interface ImportFile {
  readonly name: string;
  readonly bytes: Uint8Array | ArrayBuffer;
}

export interface ImportOptions {
  /** Of the hidden layers, where the files do not say, as weights alone do not. */
  activation?: Activation | undefined;
  /** Activation of the last layer, where the files do not say, or end in a linear one. @default linear */
  output?: OutputActivation | undefined;
  /** What a training would make small. @default the file's, else the one that suits the output */
  loss?: Loss | undefined;
  /** Slope of leakyRelu, where the files do not say. @default 0.01 */
  slope?: number | undefined;
  /** Names of the layers in their order, where the shapes of weights alone do not tell it. */
  order?: readonly string[] | undefined;
  /** Where normalisations stand, where weights alone do not tell it: before or behind the activation. */
  place?: "before" | "behind" | undefined;
  /** ε of normalisations, where the files do not say. @default 0.00001, PyTorch's; 0.001 for Keras's weights */
  normEpsilon?: number | undefined;
  /** What raw numbers are multiplied by, where the files do not say. @default 1 */
  scale?: number | undefined;
  /** Shape of an example, for pictures [height, width, channels]. @default the file's */
  shape?: readonly number[] | undefined;
  /** Names of the classes. @default the file's */
  classes?: readonly string[] | undefined;
  /** Type of weights and arithmetic. @default that of the file's weights */
  dtype?: DType | undefined;
  /** Most bytes of numbers in the files. @default 2 GiB */
  maxBytes?: number | undefined;
  /** Hears what is another in the network than in the files, a sentence each. */
  onRemark?: Remark | undefined;
}

// What is said and told of pictures in folders. Apart from picture-folders.ts, whose reader is nobody's business outside.

import type { LabelledDataset } from "./types.js";

/** A picture's file: its path from the folder of classes on ("cats/1.jpg"), and its bytes. */
export interface PictureFile {
  readonly path: string;
  readonly bytes: Uint8Array | ArrayBuffer;
}

/** A file as a browser has it, of a folder that was chosen or dropped; its bytes are read when they are wanted. */
export interface PictureBlob {
  readonly name: string;
  /** Path, with the folder that was chosen. @default its name */
  readonly webkitRelativePath?: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Width and height. */
export type Size = readonly [width: number, height: number];

export const PARTS = ["train", "test", "validation"] as const;
export type Part = (typeof PARTS)[number];

export interface PictureOptions {
  /** Width and height that all are brought to. @default "64x64" */
  size?: string | undefined;
  /** Which part is read where the folders of classes lie in folders train, test and validation. @default "train" */
  part?: Part | undefined;
  /** Classes in this order, those of another set. @default the folders' names, 2 before 10 */
  classes?: readonly string[] | undefined;
  /** Whether pictures that cannot be decoded are left out, and told in `skipped`. @default false */
  skipBroken?: boolean | undefined;
  /** Begins messages. @default "the folder" */
  name?: string | undefined;
  /** Aborting ends the reading and rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** A data set of pictures, with what was left out. */
export interface PictureDataset extends LabelledDataset {
  /** Paths of pictures, in the order of the examples. */
  readonly paths: readonly string[];
  /** Their widths and heights before they were brought to one size. */
  readonly sizes: readonly Size[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

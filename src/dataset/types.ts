// What a data set is: examples as rows, labels or numbers to predict beside them. Nothing here copies or scales the
// examples: bytes stay bytes until a batch is packed.

import type { Encoding } from "../table/encoding.js";

/** Rows of numbers, one row an example. */
export interface Examples {
  /** (count, features), row-major, as it came from the file. */
  readonly x: Uint8Array | Float32Array | Float64Array;
  /** Number of examples. */
  readonly count: number;
  /** Numbers in an example. */
  readonly features: number;
  /** Shape of one example, for instance [64, 64, 3]; its product is `features`. */
  readonly shape: readonly number[];
  /** Every number is multiplied by this before the network sees it; 1/255 for pictures of bytes. */
  readonly scale: number;
  /** How the columns of a table became these numbers, where they come from one. */
  readonly encoding?: Encoding | undefined;
}

/** Examples with a class each. */
export interface LabelledDataset extends Examples {
  /** (count): index into `classes`. */
  readonly y: Int32Array;
  readonly classes: readonly string[];
}

/** Examples with numbers to predict. */
export interface RegressionDataset extends Examples {
  /** (count, outputs), row-major. */
  readonly y: Float64Array;
  readonly classes: null;
  readonly outputs: number;
}

export type Dataset = LabelledDataset | RegressionDataset;

/** What the second half of a data set is: classes, numbers to predict, or whichever it looks like. */
export type Task = "classification" | "regression" | "auto";

/** What reading for that task gives. */
export type DatasetOf<T extends Task> = T extends "classification"
  ? LabelledDataset
  : T extends "regression"
    ? RegressionDataset
    : Dataset;

export interface TaskOption<T extends Task = Task> {
  /**
   * What is read beside the examples: labels, numbers to predict, (count) or (count, outputs), or with "auto" what they
   * look like: numbers where one is a fraction or below 0, where there are more than 20 different ones, and in rows that
   * are not one-hot. @default "classification"
   */
  task?: T | undefined;
}

/** A label as files and callers have it. */
export type Label = number | bigint | boolean | string;

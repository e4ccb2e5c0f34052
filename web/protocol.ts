// What the page and its worker say to each other. A request has one reply: its result or its failure. A command has none.
// Events are told while a request is worked on. Types alone.

import type { OptimizerName, ScheduleName } from "../src/catalogue.js";
import type { CostRecord, Diagnosis, ErrorCode, Evaluation, NetworkOptions, Progress, Strategy } from "../src/index.js";

/** Settings of a run, as the form and the URL have them. */
export interface Settings {
  /** Hidden widths. */
  readonly layers: readonly number[];
  readonly activation: NonNullable<NetworkOptions["activation"]>;
  readonly dropout: number;
  readonly normalization: NonNullable<NetworkOptions["normalization"]>;
  readonly init: NonNullable<NetworkOptions["init"]>;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly schedule: ScheduleName;
  readonly batchSize: number | "full";
  readonly iterations: number;
  /** Iterations from cost to cost. */
  readonly logEvery: number;
  readonly seed: number;
  readonly dtype: "float32" | "float64";
  readonly backend: "wasm" | "relaxed" | "js";
  readonly threads: number | "auto";
  /** What raw numbers are multiplied with; "data" leaves it to the data. */
  readonly scale: number | "data";
  /** Whether columns are brought to mean 0 and deviation 1. */
  readonly standardize: boolean;
}

/** A data set as the page shows it. */
export interface SetSummary {
  readonly name: string;
  /** Whether it came with the page. */
  readonly embedded: boolean;
  readonly count: number;
  readonly features: number;
  readonly shape: readonly number[];
  readonly classes: readonly string[];
  readonly counts: readonly number[];
  /** Entropy of the labels' base rate, nats. */
  readonly entropy: number;
  /** What is odd about its labels. */
  readonly remark: string | null;
  /** Where examples are pictures: the first ones, RGBA bytes one after the other. */
  readonly pictures: Uint8ClampedArray<ArrayBuffer> | null;
  /** Classes of the examples in `pictures`. */
  readonly labels: readonly number[];
}

export interface DataSummary {
  readonly train: SetSummary;
  readonly test: SetSummary | null;
}

/** A file as it was dropped. */
export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** An example with its class and the one that the network gives it. */
export type ClassifiedExample = Evaluation["wrong"][number];

/** How a network does on a data set, with some of its examples as pictures. */
export interface EvaluationSummary extends Pick<Evaluation, "cost" | "accuracy" | "correct" | "count" | "confusion"> {
  /** The first examples. */
  readonly examples: readonly ClassifiedExample[];
  /** The first of those that got another class than theirs. */
  readonly wrong: readonly ClassifiedExample[];
  /** Both as RGBA bytes, one after the other; null where examples are no pictures. */
  readonly pictures: Uint8ClampedArray<ArrayBuffer> | null;
  readonly wrongPictures: Uint8ClampedArray<ArrayBuffer> | null;
  /** ROC, precision-recall and calibration curves as SVG; null where outputs are no probabilities. */
  readonly curves: string | null;
}

/** The network as it is now. */
export interface NetworkSummary {
  readonly layers: readonly number[];
  readonly parameters: number;
  readonly classes: readonly string[];
  readonly shape: readonly number[];
  /** SHA-256 of the weights. */
  readonly fingerprint: string;
  /** On the data that are open; null where it does not take them. */
  readonly train: EvaluationSummary | null;
  readonly test: EvaluationSummary | null;
  /** First-layer weights as RGBA pictures of the examples' size, grey for 0; null where examples are no pictures. */
  readonly units: Uint8ClampedArray<ArrayBuffer> | null;
}

export interface TrainResult {
  readonly network: NetworkSummary;
  readonly diagnoses: readonly Diagnosis[];
  readonly iterations: number;
  /** Seconds of computing steps, and of all from its begin to its end. */
  readonly seconds: number;
  readonly wallSeconds: number;
  /** Whether it was stopped before its end, by the user or by a number that is not finite. */
  readonly stopped: "user" | "not-finite" | null;
}

/** How a training begins: with new weights, with those of the network that is there, or where one was left. */
export type Begin = "anew" | "on" | "resumed";

/** A training that was left in its middle. */
export interface Left {
  /** Its settings, as the part of the page's address behind #. */
  readonly address: string;
  /** Names of its data sets, and whether all of them came with the page. */
  readonly sets: readonly string[];
  readonly embedded: boolean;
  /** Share of its iterations that is done. */
  readonly share: number;
}

export interface Prediction {
  readonly name: string;
  readonly probabilities: readonly number[];
  /** The picture as the network sees it, RGBA. */
  readonly picture: Uint8ClampedArray<ArrayBuffer>;
}

export interface RaceResult {
  /** Iterations a second. */
  readonly wasm: number;
  readonly js: number;
  readonly ratio: number;
  readonly sameBits: boolean;
}

/** Requests: name, arguments, result. */
export interface Requests {
  embedded: () => DataSummary;
  open: (files: readonly NamedFile[], role: "train" | "test" | "any") => DataSummary;
  /** Trains; `address` is the settings'. Null when it was stopped before it began. */
  train: (settings: Settings, begin: Begin, address: string) => TrainResult | null;
  /** The training that was left, null where there is none. While another page trains, its end is waited for. */
  left: () => Left | null;
  /** Forgets the training that was left. */
  discard: () => void;
  predict: (file: NamedFile) => Prediction;
  save: () => Uint8Array<ArrayBuffer>;
  load: (file: NamedFile) => NetworkSummary;
  /** Null when it was stopped before both had a turn. */
  race: (settings: Settings) => RaceResult | null;
}
export type RequestName = keyof Requests;

/** For the training or the race that is under way; nothing happens where there is none. */
export type Command = "pause" | "resume" | "stop";

/** Events: name, what is told. */
export interface Events {
  /** The training begins: how it is carried out, and the floating-point operations of an iteration. */
  start: Strategy & { readonly backend: string; readonly flops: number };
  cost: CostRecord;
  progress: Progress;
  diagnosis: Diagnosis;
  /** The training has ended, and the network is evaluated. */
  judging: null;
  /** Where a race stands after a turn. */
  race: RaceResult;
}

export interface Failure {
  readonly code: ErrorCode | "E_BUG";
  readonly message: string;
}

export type ToWorker =
  | { readonly id: number; readonly request: RequestName; readonly args: readonly unknown[] }
  | { readonly command: Command };

export type FromWorker =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: Failure }
  | { readonly event: keyof Events; readonly value: unknown };

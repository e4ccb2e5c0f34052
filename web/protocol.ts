// What the page and its worker say to each other. The page asks, the worker answers each question once; while it trains
// or races it also tells news.

import type { Change, CostRecord, Diagnosis, ErrorCode, NetworkOptions, Strategy } from "../src/index.js";

/** Settings of a run, as the form and the URL have them. */
export interface Settings {
  /** Hidden widths. */
  readonly layers: readonly number[];
  readonly activation: NonNullable<NetworkOptions["activation"]>;
  readonly init: NonNullable<NetworkOptions["init"]>;
  readonly optimizer: "sgd" | "momentum" | "nesterov" | "rmsprop" | "adam" | "adamw";
  readonly learningRate: number;
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
}

/** A data set as the page shows it. */
export interface SetSummary {
  readonly name: string;
  readonly count: number;
  readonly features: number;
  readonly shape: readonly number[];
  readonly classes: readonly string[];
  readonly counts: readonly number[];
  /** Entropy of the labels' base rate, nats. */
  readonly entropy: number;
  readonly scale: number;
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

/** An example that the network judged. */
export interface Judged {
  readonly index: number;
  readonly label: number;
  readonly predicted: number;
  readonly probability: number;
}

/** How a network does on a data set, with some of its examples as pictures. */
export interface Judgement {
  readonly cost: number;
  readonly accuracy: number;
  readonly correct: number;
  readonly count: number;
  readonly confusion: readonly (readonly number[])[];
  readonly examples: readonly Judged[];
  readonly wrong: readonly Judged[];
  readonly pictures: Uint8ClampedArray<ArrayBuffer> | null;
  readonly wrongPictures: Uint8ClampedArray<ArrayBuffer> | null;
}

/** The network as it is now. */
export interface NetworkSummary {
  readonly layers: readonly number[];
  readonly parameters: number;
  readonly classes: readonly string[];
  readonly shape: readonly number[];
  /** SHA-256 of the weights; null where the page has no Web Crypto. */
  readonly fingerprint: string | null;
  readonly train: Judgement | null;
  readonly test: Judgement | null;
  /** First-layer weights as RGBA pictures of the examples' size, grey for 0; null where examples are no pictures. */
  readonly units: Uint8ClampedArray<ArrayBuffer> | null;
}

export interface TrainResult {
  readonly network: NetworkSummary;
  readonly diagnoses: readonly Diagnosis[];
  readonly iterations: number;
  readonly seconds: number;
  /** Whether it was stopped before its end, by the user or by a number that is not finite. */
  readonly stopped: "user" | "not-finite" | null;
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

/** Questions: name, arguments, answer. */
export interface Questions {
  embedded: (settings: Pick<Settings, "scale">) => DataSummary;
  open: (files: readonly NamedFile[], role: "train" | "test" | "any", settings: Pick<Settings, "scale">) => DataSummary;
  /** Null when it was stopped before it began. */
  train: (settings: Settings) => TrainResult | null;
  predict: (file: NamedFile) => Prediction;
  save: () => Uint8Array<ArrayBuffer>;
  load: (file: NamedFile) => NetworkSummary;
  /** Null when it was ended before both had a turn. */
  race: (settings: Settings) => RaceResult | null;
}
export type Name = keyof Questions;

/** Orders without an answer. */
export type Order = "pause" | "resume" | "stop";

export type ToWorker =
  | { readonly id: number; readonly ask: Name; readonly args: readonly unknown[] }
  | { readonly order: Order };

export interface Failure {
  readonly code: ErrorCode | "E_BUG";
  readonly message: string;
}

export type News =
  | { readonly start: Strategy & { readonly backend: string; readonly flops: number } }
  | { readonly cost: CostRecord }
  | { readonly progress: { iteration: number; iterations: number; cost: number; seconds: number } }
  | { readonly diagnosis: Diagnosis }
  | { readonly race: RaceResult };

export type FromWorker =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failure: Failure }
  | { readonly news: News };

export type { Change, CostRecord, Diagnosis };

// What the page and its worker say to each other. A request has one reply: its result or its failure. A command has none.
// Events are told while a request is worked on. Types alone.

import type { BackendName, Numerics, OptimizerName, Scaling, ScheduleName } from "../src/catalogue.js";
import type { Spread } from "../src/dataset/targets.js";
import type {
  Change,
  CostRecord,
  Diagnosis,
  ErrorCode,
  Evaluation,
  NetworkOptions,
  Progress,
  Report,
  Strategy,
  Task,
} from "../src/index.js";
import type { ColumnFacts, ColumnKind } from "../src/table.js";

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
  readonly weightDecay: number;
  readonly schedule: ScheduleName;
  readonly batchSize: number | "full";
  /** "auto" wants them found first. */
  readonly iterations: number | "auto";
  /** Iterations from cost to cost. */
  readonly logEvery: number;
  readonly seed: number;
  readonly dtype: "float32" | "float64";
  readonly backend: BackendName;
  readonly numerics: Numerics;
  readonly threads: number | "auto";
  /** What raw numbers are multiplied with; "data" leaves it to the data. */
  readonly scale: number | "data";
  /** What columns are brought to; "auto" is standard for numbers to predict, else they stay as they are. */
  readonly scaling: Scaling | "auto";
}

/** Settings that say how long to train. */
export interface RunSettings extends Settings {
  readonly iterations: number;
}

/** A data set as the page shows it. */
export interface SetSummary {
  readonly name: string;
  /** Whether it came with the page. */
  readonly embedded: boolean;
  readonly count: number;
  readonly features: number;
  readonly shape: readonly number[];
  /** Units of the last layer that it wants. */
  readonly outputs: number;
  /** What is predicted: classes, with how many examples each has, or numbers. */
  readonly classes: readonly { readonly name: string; readonly count: number }[] | null;
  readonly numbers: readonly (Spread & { readonly name: string })[] | null;
  /** Least cost of a network that answers the same to every example: nats of classes; of numbers, which are standardised, 1. */
  readonly base: number;
  /** What is odd about its labels. */
  readonly remark: string | null;
  /** Where examples are pictures: the first ones, RGBA bytes one after the other. */
  readonly pictures: Uint8ClampedArray<ArrayBuffer> | null;
  /** What the examples in `pictures` are. */
  readonly labels: readonly string[];
}

/** Data to train on. */
export interface DataSummary {
  readonly train: SetSummary;
  readonly test: SetSummary | null;
  /** What the policy of src/auto.ts chooses for them. */
  readonly chosen: Partial<Settings>;
}

/** How the cells of a column are read: log1p is log(1 + v) of a number, date the days since 1970. */
export type Reading = "number" | "log1p" | "boolean" | "category" | "date";

/** A bar of a histogram. */
export interface Bar {
  readonly name: string;
  readonly count: number;
}

/** A column of a table as the page shows it. */
export interface ColumnSummary extends Pick<ColumnFacts, "name" | "missing" | "distinct" | "trouble"> {
  readonly kind: ColumnKind | "id";
  /** In words; empty where there is none. */
  readonly range: string;
  readonly first: readonly string[];
  /** Values in ranges of equal width, or the most frequent ones; none where all differ. */
  readonly bars: readonly Bar[];
  /** How it may be read, the usual way first; none where it is of no use. */
  readonly readings: readonly Reading[];
}

/** What is made of a table. */
export interface Plan {
  /** The column to predict; null where that is not said yet. */
  readonly target: string | null;
  readonly task: Task;
  /** The columns to predict from. */
  readonly inputs: readonly { readonly name: string; readonly as: Reading }[];
  /** Share of the rows to test on; 0 for none. */
  readonly test: number;
}

export interface TableSummary {
  readonly name: string;
  readonly count: number;
  readonly columns: readonly ColumnSummary[];
  /** Cells of the first rows. */
  readonly rows: readonly (readonly string[])[];
  readonly plan: Plan;
  /** Whether another table is there to test on. */
  readonly tested: boolean;
}

/** What is made of pictures in folders. */
export interface PicturePlan {
  /** What all are brought to, such as "64x64". */
  readonly size: string;
  /** Share of the pictures to test on; 0 for none. */
  readonly test: number;
  /** Whether pictures that cannot be decoded are left out; else nothing is trained while there are some. */
  readonly skipBroken: boolean;
}

export interface FolderSummary {
  readonly name: string;
  /** Pictures that can be read. */
  readonly count: number;
  /** Their sides, in words. */
  readonly sizes: string;
  /** Why others cannot be read, the first of them, and how many they are. */
  readonly broken: { readonly count: number; readonly reasons: readonly string[] };
  readonly plan: PicturePlan;
  /** Whether there are others to test on. */
  readonly tested: boolean;
}

/** What is open. */
export interface Opened {
  /** Null where a table or a folder cannot be trained on as it is planned. */
  readonly data: DataSummary | null;
  readonly table: TableSummary | null;
  readonly folder: FolderSummary | null;
  /** What the labels are read as; null where there is nothing to choose. */
  readonly task: Task | null;
  /** Why there are no data, where that is worth a sentence. */
  readonly problem: string | null;
}

/** A file as it was dropped. */
export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** To read it again. */
  readonly file: File;
}

/** A folder as it was chosen or dropped: its files by their paths from it on, read when they are wanted. */
export interface NamedFolder {
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly file: File }[];
}

/** An example with its class and the one that the network gives it. */
export type ClassifiedExample = Evaluation["wrong"][number];

/** How a network does on a data set. */
export interface EvaluationSummary extends Pick<Evaluation, "cost" | "count"> {
  /** Accuracy of classes, R² of numbers. */
  readonly score: number;
  /** Names of the examples, where they are rows of a table. */
  readonly names: readonly string[] | null;
  /** Which of the two is what the network answers. */
  readonly classified: Classified | null;
  readonly predicted: Predicted | null;
}

/** Classes that were given to examples, with some of them as pictures. */
export interface Classified extends Pick<Evaluation, "correct" | "confusion"> {
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

/** Numbers that were predicted. */
export interface Predicted {
  /** Root of the mean square error, in the targets' own unit. */
  readonly rmse: number;
  /** Of the first examples: the true numbers and the predicted ones. */
  readonly examples: readonly { readonly index: number; readonly truth: number[]; readonly answer: number[] }[];
  /** Predicted numbers over true ones as SVG. */
  readonly plot: string;
}

/** The network as it is now. */
export interface NetworkSummary {
  readonly layers: readonly number[];
  readonly parameters: number;
  /** Null where it predicts numbers. */
  readonly classes: readonly string[] | null;
  /** Columns that it predicts, and those that it predicts from; null where it was not trained on a table. */
  readonly columns: { readonly targets: readonly string[]; readonly inputs: readonly string[] } | null;
  readonly shape: readonly number[];
  /** SHA-256 of the weights. */
  readonly fingerprint: string;
  /** On the data that are open; null where it does not take them. */
  readonly train: EvaluationSummary | null;
  readonly test: EvaluationSummary | null;
  /** First-layer weights as RGBA pictures of the examples' size, grey for 0; null where examples are no pictures. */
  readonly units: Uint8ClampedArray<ArrayBuffer> | null;
}

/** What data are for. */
export type Role = "train" | "test" | "any";

/** How long to train, and how that was found. */
export interface Found extends Pick<RunSettings, "iterations" | "logEvery"> {
  readonly reason: string;
}

export interface TrainResult {
  readonly network: NetworkSummary;
  readonly diagnoses: readonly Diagnosis[];
  /** What is only possible. */
  readonly suspicions: readonly Diagnosis[];
  readonly iterations: number;
  /** Seconds of computing steps, and of all from its begin to its end. */
  readonly seconds: number;
  readonly wallSeconds: number;
  /** Whether it was stopped before its end, by the user or by a number that is not finite. */
  readonly stopped: "user" | "not-finite" | null;
}

/** An iteration's values as an .npz file, and what it is of. */
export interface TraceFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly layers: readonly number[];
  readonly examples: number;
  readonly cost: number;
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
  /** What was made of a table or of pictures in folders; null where there were none. */
  readonly plan: Plan | null;
  readonly pictures: PicturePlan | null;
  /** What labels were read as. */
  readonly task: Task;
}

export interface Prediction {
  readonly name: string;
  /** Of the classes; null where numbers are predicted. */
  readonly probabilities: readonly number[] | null;
  readonly numbers: readonly number[];
  /** The picture as the network sees it, RGBA. */
  readonly picture: Uint8ClampedArray<ArrayBuffer>;
}

/** What the network says of the rows of a table. */
export interface Answers {
  readonly name: string;
  readonly count: number;
  /** Names of the cells, and the first rows of them. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What is to be known of rows that are unlike those of the training. */
  readonly remarks: readonly string[];
  /** All answers, as the command's predict writes them. */
  readonly csv: Blob;
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
  embedded: () => Opened;
  /** Opens files; rows of a table without the column that the network predicts are answered to, where role is "any". */
  open: (
    files: readonly NamedFile[],
    role: Role,
    seed: number,
  ) => { readonly opened: Opened | null; readonly answers: readonly Answers[] };
  /** Reads the labels of the files that are open for another task. */
  read: (task: Task) => Opened;
  /** Makes something else of the table that is open. `seed` draws the rows to test on. */
  plan: (plan: Plan, seed: number) => Opened;
  /** Opens pictures in folders. Null when it was stopped. */
  folder: (folder: NamedFolder, role: Role, seed: number) => Opened | null;
  /** Makes something else of the pictures that are open. Null when it was stopped. */
  pictures: (plan: PicturePlan, seed: number) => Opened | null;
  /** Finds the number of iterations. Null when it was stopped. */
  find: (settings: Settings) => Found | null;
  /** Trains; `address` is the settings'. Null when it was stopped before it began. */
  train: (settings: RunSettings, begin: Begin, address: string) => TrainResult | null;
  /** Trains again with one thing changed at a time. Null when it was stopped. */
  diagnose: (settings: RunSettings, maxSeconds: number) => Report | null;
  /** Writes the values of one iteration. Null when it was stopped. */
  trace: (settings: RunSettings, iteration: number) => TraceFile | null;
  /** The training that was left, null where there is none. While another page trains, its end is waited for. */
  left: () => Left | null;
  /** Forgets the training that was left. */
  discard: () => void;
  predict: (file: NamedFile) => Prediction;
  answer: (file: NamedFile) => Answers;
  save: () => Uint8Array<ArrayBuffer>;
  load: (file: NamedFile) => NetworkSummary;
  /** Null when it was stopped before both had a turn. */
  race: (settings: Settings) => RaceResult | null;
}
export type RequestName = keyof Requests;

/** For the work that is under way and can be stopped; nothing happens where there is none. */
export type Command = "pause" | "resume" | "stop";

/** Events: name, what is told. */
export interface Events {
  /** Share that is done of the reading of pictures, or of the iterations of a trace. */
  done: number;
  /** A training that finds the number of iterations begins. */
  trial: { readonly trial: number; readonly trials: number };
  /** A training of a diagnosis begins, with this change; null and 0 for the one as it is set. */
  trying: { readonly change: Change | null; readonly trial: number; readonly trials: number };
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

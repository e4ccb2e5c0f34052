// The public surface. Browsers and bundlers get this file; Node gets src/node/index.ts, which differs in how HDF5 is read.

export type { GradientCheck, GradientCheckOptions } from "./check.js";
export type {
  Activation,
  BackendName,
  DType,
  FirstLayer,
  Init,
  Loss,
  OptimizerName,
  OutputActivation,
} from "./config.js";
export { readHdf5, readHdf5Examples } from "./dataset/hdf5.js";
export { readIdx } from "./dataset/idx.js";
export { pictureToExample } from "./dataset/image.js";
export {
  baseRateEntropy,
  createDataset,
  type Dataset,
  type Examples,
  type LabelledDataset,
  type RegressionDataset,
} from "./dataset.js";
export type { NetworkOptions } from "./design.js";
export { type Change, type Diagnosis, type DiagnosisCode, NotFiniteError } from "./diagnose.js";
export { type ErrorCode, InputError } from "./errors.js";
export type { Evaluation } from "./evaluate.js";
export { type Classification, Network } from "./network.js";
export { Random } from "./random.js";
export type { LayerWeights } from "./session.js";
export type { Strategy } from "./strategy.js";
export type { CostRecord, FitOptions, History, Progress } from "./train.js";

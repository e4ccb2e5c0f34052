// The public surface. Browsers and bundlers get this file; Node gets src/node/index.ts, which differs in how HDF5 is
// read.

export type {
  Activation,
  BackendName,
  DType,
  FirstLayer,
  Init,
  Loss,
  OptimizerName,
  OutputActivation,
} from "./catalogue.js";
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
export { NotFiniteError } from "./diagnose.js";
export { type ErrorCode, InputError } from "./errors.js";
export type { Evaluation } from "./evaluate.js";
export type { GradientCheck, GradientCheckOptions } from "./gradient-check.js";
export type { Change, CostRecord, Diagnosis, DiagnosisCode, History, Progress, Strategy } from "./history.js";
export type { NetworkOptions } from "./network/options.js";
export { type Classification, Network } from "./network.js";
export { Random } from "./random.js";
export type { LayerWeights } from "./session/layout.js";
export type { FitOptions } from "./train/options.js";

// The public surface. The same in Node, in browsers and for bundlers.

export { type AutoOptions, type Chosen, train } from "./auto.js";
export { whyNotFused } from "./backend/wasm.js";
export type {
  Activation,
  BackendName,
  DType,
  FirstLayer,
  Init,
  InitName,
  InitNumbers,
  Loss,
  Numerics,
  OptimizerName,
  OutputActivation,
  Scaling,
  ScheduleName,
  Vectors,
} from "./catalogue.js";
export type { CrossValidation, CrossValidationOptions, Spread } from "./cross-validate.js";
export {
  type CalibrationCurve,
  calibrationCurve,
  type PrecisionRecallCurve,
  precisionRecallCurve,
  type RocCurve,
  rocCurve,
} from "./curves.js";
export { curvesPlot } from "./curves-plot.js";
export type { Rows } from "./dataset/arrays.js";
export type { FileHandleLike, FileSlices, ReadableFile } from "./dataset/file-slices.js";
export type { Hdf5Options } from "./dataset/hdf5-options.js";
export { type IdxOptions, readIdx, readIdxExamples } from "./dataset/idx.js";
export { type Picture, pictureToExample } from "./dataset/image.js";
export type { MatOptions } from "./dataset/mat.js";
export type { NpySourceOptions } from "./dataset/npy-source.js";
export type { NpzOptions } from "./dataset/npz.js";
export { createSource, type DataSource, type SourceInput, type SourceRows } from "./dataset/source.js";
export {
  baseRateEntropy,
  createDataset,
  type DataInput,
  type Dataset,
  type DatasetOf,
  type Examples,
  type Fold,
  kFold,
  type Label,
  type LabelledDataset,
  type RegressionDataset,
  type Split,
  type SplitOptions,
  split,
  subset,
  type Task,
  type TaskOption,
} from "./dataset.js";
export { NotFiniteError } from "./diagnose.js";
export type { DiagnoseOptions, Proven, Report, Tried } from "./doctor.js";
export { type ErrorCode, InputError } from "./errors.js";
export type { Evaluation } from "./evaluate.js";
export {
  type ImportFile,
  type ImportOptions,
  importNetwork,
  networkToKeras,
  networkToOnnx,
  type OnnxOptions,
} from "./exchange.js";
export {
  type DependenceOptions,
  type DependencePoint,
  type FeatureImportance,
  type ImportanceOptions,
  type PermutationImportance,
  partialDependence,
  permutationImportance,
} from "./explain.js";
export type { FindRateOptions, FoundRate } from "./find-rate.js";
export type { Bytes } from "./globals.js";
export type { GradientCheck, GradientCheckOptions } from "./gradient-check.js";
export type {
  Change,
  CostRecord,
  Diagnosis,
  DiagnosisCode,
  Ended,
  History,
  Metrics,
  Progress,
  Strategy,
} from "./history.js";
export { historyToCsv, historyToJsonLines } from "./log.js";
export { readMat, readMatExamples } from "./mat.js";
export type { ClassScore, MetricName } from "./metrics.js";
export type { LayerOptions, NetworkOptions } from "./network/options.js";
export type { Columns, Standardization } from "./network/standardize.js";
export type { HeadOptions } from "./network/transfer.js";
export type { PredictInput } from "./network/validate.js";
export { type EvaluateOptions, Network } from "./network.js";
export { openNpy, readNpz, readNpzExamples } from "./npz.js";
export type { Classification, Predictor } from "./predictor.js";
export { Random } from "./random.js";
export { readHdf5, readHdf5Examples } from "./reader/hdf5.js";
export {
  type PictureBlob,
  type PictureDataset,
  type PictureFile,
  type PictureOptions,
  readPictures,
} from "./reader/pictures.js";
export type { LayerWeights, Numbers } from "./session/layout.js";
export type { SummaryOptions } from "./summary.js";
export { type OpenTableOptions, openTable, type TableSource } from "./table/open.js";
export {
  type Cell,
  type Column,
  createTableDataset,
  type Encoding,
  type EncodingOptions,
  type Feature,
  inputNames,
  type ReadTableOptions,
  readTable,
  type SplitTableOptions,
  splitTable,
  type Table,
  type TableDatasetOptions,
  type Target,
} from "./table.js";
export { historyToTensorBoard } from "./tensorboard.js";
export type {
  ComparedValue,
  CompareOptions,
  Trace,
  TraceAbout,
  TraceComparison,
  TracedArray,
  TraceFinding,
  TraceOptions,
} from "./trace/types.js";
export { compareTraces, traceToNpz } from "./trace.js";
export type { CheckpointOptions } from "./train/checkpoint.js";
export type { TrainingControl } from "./train/control.js";
export type { FitOptions } from "./train/options.js";
export type { TrainingRun } from "./train/run.js";
export type { ClassWeights } from "./train/weights.js";

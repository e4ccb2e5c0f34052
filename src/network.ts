// The network as a user meets it: options checked, weights drawn, trained, evaluated, asked, saved. It holds the
// weights between calls; every call that computes opens a session of the size it needs and lets it go afterwards.

import type { Architecture } from "./architecture.js";
import { type Backend, loadBackend } from "./backend.js";
import {
  type Activation,
  type BackendName,
  type DType,
  type Init,
  type Loss,
  losses,
  type Numerics,
  type OutputActivation,
  type Scaling,
} from "./catalogue.js";
import { type CrossValidation, type CrossValidationOptions, crossValidateWith } from "./cross-validate.js";
import { asBytes } from "./dataset/arrays.js";
import { type DataSource, isSource, sampleOf } from "./dataset/source.js";
import type { Dataset } from "./dataset.js";
import type { DiagnoseOptions, MakeNetwork, Report } from "./doctor.js";
import { InputError } from "./errors.js";
import { type Evaluation, evaluateWith } from "./evaluate.js";
import { type FindRateOptions, type FoundRate, findRateOf } from "./find-rate.js";
import type { Bytes } from "./globals.js";
import { checkGradientsOf, type GradientCheck, type GradientCheckOptions } from "./gradient-check.js";
import type { History } from "./history.js";
import type { MetricName } from "./metrics.js";
import { type DrawnLayer, drawWeights } from "./network/initialize.js";
import { fingerprintOf, readModel, writingModel } from "./network/model-file.js";
import { type LayerOptions, type NetworkOptions, resolveNetworkOptions } from "./network/options.js";
import { openPrediction, type Prediction } from "./network/prediction.js";
import {
  fitStandardizationOf,
  fittingStandardization,
  type Standardization,
  type Standardized,
  standardizeSource,
  standardizing,
} from "./network/standardize.js";
import { type HeadOptions, optionsUpTo, optionsWithHead } from "./network/transfer.js";
import { checkData, checkMetrics, checkOutputs, checkSource, type PredictInput } from "./network/validate.js";
import { checkFit, heldOut, refuseSource } from "./network/validate-fit.js";
import { check, checkObject, checkOptions } from "./options/check.js";
import { onlyUsed } from "./options/resolve.js";
import { number, whole } from "./options/type.js";
import { OPTIONS } from "./options.js";
import { atOnce, createPace, type Pace, paced } from "./pace.js";
import { compile } from "./plan.js";
import {
  type Asked,
  type Classification,
  classesOf,
  createPredictor,
  encodingOf,
  examplesOf,
  type Predictor,
  refuseNumbers,
} from "./predictor.js";
import {
  cloneOf,
  copyOf,
  type GivenWeights,
  getWeights,
  type LayerWeights,
  type Numbers,
  numbers,
  readingWeights,
  settingWeights,
} from "./session/layout.js";
import { openInference, trainingRequest, valuesOf } from "./session.js";
import { type SummaryOptions, summaryOf } from "./summary.js";
import { createTableDataset, type Encoding, isTable, type Table } from "./table.js";
import type { Trace, TraceOptions } from "./trace/types.js";
import { standardizationIn } from "./train/checkpoint.js";
import { formOf, type Opening, openTrainingOf, stageOf } from "./train/open.js";
import { type FitOptions, resolveFitOptions } from "./train/options.js";
import { runOf, type TrainingRun } from "./train/run.js";
import { createStop, type Stop } from "./train/stop.js";
import { chooseStrategy } from "./train/strategy.js";
import { exampleWeights } from "./train/weights.js";
import { type Training, train } from "./train.js";

/** A fit that is under way. */
interface RunningFit {
  readonly stop: Stop;
  /** Whether it runs in a worker. */
  readonly apart: boolean;
  /** Null until it has begun, and in a worker. */
  training: Training | null;
}

export interface EvaluateOptions {
  /** What else to measure. @default none */
  metrics?: readonly MetricName[] | undefined;
}

/** What takes an opened training through its steps; `data` are what it trains on. */
type Run = (training: Training, data: Dataset) => Promise<History>;

/** The last prediction, with the weights that it has: the next one need not be loaded. */
interface Kept {
  readonly prediction: Prediction;
  readonly weights: readonly LayerWeights[];
  /** When it has them. */
  readonly loaded: Promise<void>;
  /** Calls that are under way. */
  users: number;
}
const KEPT_BYTES = 64 * 2 ** 20; // of its memory; a judgement

/**
 * A fully connected network: a⁰ = scale·x and aˡ = g(aˡ⁻¹·Wˡᵀ + bˡ) for each layer l, with weights Wˡ (units, inputs),
 * bias bˡ (units) and activation g.
 *
 * @example
 * const network = new Network({ inputs: 12288, layers: [20, 7, 5, 1], init: "lecun", seed: 1 });
 * await network.fit(data, { iterations: 2500, learningRate: 0.0075 });
 */
export class Network {
  readonly inputs: number;
  /** Widths of all layers, the inputs first. */
  readonly layers: readonly number[];
  readonly activation: Activation;
  readonly output: OutputActivation;
  readonly loss: Loss;
  readonly dtype: DType;
  readonly backend: BackendName;
  readonly seed: number;
  /** What columns are brought to. */
  readonly scaling: Scaling | "none";
  /** Number of weights and biases. */
  readonly parameters: number;
  readonly #architecture: Architecture;
  readonly #own: ReturnType<typeof resolveNetworkOptions>["own"]; // what a copy is made from
  readonly #layers: readonly DrawnLayer[];
  #init: Init | null;
  #numerics: Numerics;
  #weights: readonly LayerWeights[] | null = null; // until they are needed
  #disposed = false;
  #shape: readonly number[];
  #scale: number;
  #standardization: Standardization | null = null; // until weights are trained
  #classes: readonly string[] | null;
  #encoding: Encoding | null;
  #fit: RunningFit | null = null;
  #kept: Kept | null = null;

  /**
   * Checks the options; the weights are drawn when they are first needed.
   *
   * Throws E_OPTION, and E_MEMORY when the parameters alone do not fit in a 32-bit memory.
   */
  constructor(options: NetworkOptions) {
    const design = resolveNetworkOptions(options);
    this.inputs = design.inputs;
    this.layers = Object.freeze(design.layers);
    this.activation = design.activation;
    this.output = design.output;
    this.loss = design.loss;
    this.dtype = design.dtype;
    this.backend = design.backend;
    this.seed = design.seed;
    this.scaling = design.scaling;
    this.parameters = design.parameters;
    this.#architecture = design.architecture;
    this.#own = design.own;
    this.#layers = design.drawn;
    this.#init = design.init;
    this.#numerics = design.numerics;
    this.#shape = Object.freeze([...design.shape]);
    this.#scale = design.scale;
    this.#classes = design.classes && Object.freeze(design.classes);
    this.#encoding = design.encoding;
  }

  /** How the weights are drawn; null once they were set or trained. */
  get init(): Init | null {
    return this.#init;
  }
  /**
   * How it rounds: as the option says, until a training finds that the machine does not fuse, and is strict. The kernels
   * also answer strictly there, see whyNotFused.
   */
  get numerics(): Numerics {
    return this.#numerics;
  }
  /** Shape of an example: that of the data last trained on, at first the option's. */
  get shape(): readonly number[] {
    return this.#shape;
  }
  /** What raw numbers are multiplied by: the scale of the data last trained on, at first the option's. */
  get scale(): number {
    return this.#scale;
  }
  /**
   * What each column of the inputs is scaled by, and of the targets where they are, too; null where nothing is, or nothing
   * was trained yet.
   */
  get standardization(): Standardization | null {
    return structuredClone(this.#standardization);
  }
  /** Names of the classes: those of the data last trained on, at first the option's; null where there are none. */
  get classes(): readonly string[] | null {
    return this.#classes;
  }
  /**
   * How the columns of a table become the inputs: as in the data last trained on, at first the option's; null where those
   * were no table.
   */
  get encoding(): Encoding | null {
    return structuredClone(this.#encoding);
  }

  /**
   * Weights of each layer: weight (units, inputs) row-major, bias (units) and what else the layer has for each unit (see
   * LayerWeights), copies in the network's type. During a training they are those of the last finished iteration, as a
   * callback sees them. Throws E_OPTION in the middle of a step and during a training in a worker, E_DISPOSED.
   */
  get weights(): LayerWeights[] {
    return this.#now().map(cloneOf);
  }
  /**
   * Sets all weights, which are copied. Throws E_OPTION for other layers than the network's, for what is not a finite
   * number, and during a training; E_DISPOSED.
   */
  set weights(values: readonly GivenWeights[]) {
    this.#refuseDisposed();
    if (this.#fit) throw new InputError("E_OPTION", "weights: the network is being trained; set them before or after.");
    this.#weights = copyOf(this.#architecture, values);
    this.#init = null;
  }

  /**
   * Trains on `data`, which makes cost = (1/m) Σ loss over the m examples of a batch small, and returns the cost curve
   * and what is wrong with the run.
   *
   * Goes on from the weights the network has; optimizer moments start at 0 in each call. Never blocks the thread for
   * more than about 50 ms at a time.
   *
   * Rejects with E_OPTION, E_EMPTY, E_FEATURES, E_CLASSES, E_LABELS, E_COUNT, E_ROWS, E_MEMORY, E_BACKEND, E_THREADS,
   * E_CHECKPOINT, E_CHECKPOINT_DAMAGED or E_DISPOSED before it begins; with NotFiniteError when a number stops being
   * finite, with the signal's reason when aborted, with what a callback throws, with E_DISPOSED when the network is
   * disposed of meanwhile, and with E_WORKER when a thread fails. The network then has the weights of the last finished
   * iteration, after NotFiniteError those before the step of the last record, which were finite, after E_WORKER those
   * from before the call.
   */
  async fit(set: Dataset | DataSource, passed: FitOptions): Promise<History> {
    return this.#carryOut(set, passed, train);
  }

  async #carryOut(set: Dataset | DataSource, passed: FitOptions, run: Run): Promise<History> {
    this.#refuseBusy();
    const checked = this.#checkedAny("fit", set);
    const { signal, worker } = passed ?? {};
    if (signal !== undefined) check("fit", "signal", OPTIONS.signal.type, signal);
    const fit: RunningFit = { stop: createStop(signal), apart: Boolean(worker), training: null };
    this.#fit = fit; // nothing is awaited before that
    try {
      return await this.#fitWith(fit, checked, passed, run);
    } finally {
      fit.stop.release();
      this.#fit = null;
    }
  }

  async #fitWith(fit: RunningFit, checked: Dataset | DataSource, passed: FitOptions, run: Run): Promise<History> {
    const { signal } = fit.stop;
    const pace = createPace(signal);
    const { data: own, validation } = await paced(heldOut(checked, passed ?? {}, this), pace);
    const some = isSource(own) ? await sampleOf(own) : own;
    const others = isSource(validation) ? await sampleOf(validation) : validation;
    if (isSource(own) || isSource(validation)) refuseSource(passed, isSource(own));
    const weights = () => exampleWeights(some, passed);
    const resolved = resolveFitOptions(passed, own.count, this.seed, weights, this.layers.length - 1);
    checkFit(this.#architecture, resolved, some, others);
    const wanted = isSource(own) ? { ...passed, firstLayer: "direct" as const } : passed;
    const strategy = chooseStrategy(this.#architecture, resolved, own.count, this, wanted);
    const by = await this.#standardizationFor(own, pace, passed.resumeFrom, signal);
    const data = await paced(this.#standardizing(some, by), pace);
    const options = validation
      ? { ...passed, validation: await paced(this.#standardizing(validation, by), pace) }
      : passed;
    const describe = () => this.#describe(own, by);
    if (fit.apart) return this.#fitInWorker(data, options, fit, describe);
    const source = isSource(own) ? await paced(this.#standardizing(own, by), pace) : null;
    const scaled = { scaling: this.scaling, standardization: by };
    const opening = { data, source, ...scaled, passed: options, options: resolved, strategy };
    return this.#fitHere(opening, fit, describe, run);
  }

  /**
   * Trains as fit does, and gives the records one by one; the history is `history` after the loop. In the loop the
   * training pauses: the network has the weights of the last update, `learningRate` and `stop` of what this returns are
   * those of onCost's second argument. `break` ends the training in order. Rejects with what fit rejects with.
   *
   * @example
   * const run = network.train(data, { epochs: 100, batchSize: 32, validation: 0.2 });
   * for await (const { iteration, cost, validation } of run) if (validation.accuracy > 0.95) break;
   * console.log(run.history.iterations);
   */
  train(set: Dataset | DataSource, passed: FitOptions): TrainingRun {
    return runOf((give) => {
      const onCost: FitOptions["onCost"] = async (record, training) => {
        await passed?.onCost?.(record, training);
        await give(record, training);
      };
      return this.fit(set, { ...passed, onCost });
    });
  }

  async #fitHere(
    wanted: Omit<Opening, "architecture" | "backend" | "numerics" | "init" | "weights" | "stop">,
    fit: RunningFit,
    describe: () => void,
    run: Run,
  ): Promise<History> {
    const { stop } = fit;
    const { data, source, passed, options, strategy: chosen } = wanted;
    const count = source ? stageOf(source, data, options) : data.count;
    if (!this.#weights && chosen.firstLayer === "direct") {
      // what does not fit into memory is refused before its weights are drawn
      compile(trainingRequest(this.#architecture, { ...data, count }, formOf(options, chosen.threads)));
    }
    const { training, strategy, close } = await openTrainingOf({
      ...{ architecture: this.#architecture, backend: this.backend, numerics: this.#numerics, init: this.#init },
      ...wanted,
      stop,
      weights: await this.#drawn(stop.signal),
    });
    describe();
    fit.training = training;
    let whole = true; // whether the weights are those of a finished iteration
    try {
      stop.tell(passed.onStart, strategy);
      return await run(training, data);
    } catch (error) {
      whole = !(error instanceof InputError && error.code === "E_WORKER");
      throw error;
    } finally {
      close();
      if (whole && !this.#disposed && training.state.iteration > 0) {
        const { session } = training.state;
        const weights = await paced(readingWeights(session, valuesOf(session)), createPace());
        if (!this.#disposed) this.#weights = weights;
        this.#init = null;
        this.#numerics = strategy.numerics;
      }
    }
  }

  // The same in a worker, from which the weights come back.
  async #fitInWorker(data: Dataset, options: FitOptions, { stop }: RunningFit, describe: () => void): Promise<History> {
    const parts = { options: this.#options(), weights: this.#init === null ? this.#weights : null };
    const { trainInWorker } = await import("./network/worker-client.js");
    return trainInWorker(parts, data, options, stop, (weights, numerics) => {
      describe();
      if (weights === null || this.#disposed) return;
      this.#weights = weights;
      this.#init = null;
      this.#numerics = numerics;
    });
  }

  // What the network says of examples is what the data last trained on were like.
  #describe({ shape, scale, classes, encoding }: Dataset | DataSource, standardization: Standardization | null): void {
    this.#standardization = standardization;
    this.#shape = Object.freeze([...shape]);
    this.#scale = scale;
    this.#classes = classes && Object.freeze([...classes]);
    this.#encoding = encoding ?? null;
  }

  // The data, if they suit the network. Inputs that were made of a table in another way mean something else.
  #checked(who: string, set: Dataset): Dataset {
    return this.#sameEncoding(who, checkData(who, this, set, this.#classes));
  }

  #checkedAny(who: string, set: Dataset | DataSource): Dataset | DataSource {
    return isSource(set)
      ? this.#sameEncoding(who, checkSource(who, this, set, this.#classes))
      : this.#checked(who, set);
  }

  #sameEncoding<D extends Dataset | DataSource>(who: string, data: D): D {
    const own = this.#init === null ? this.#encoding : null;
    if (own && data.encoding && JSON.stringify(own.features) !== JSON.stringify(data.encoding.features)) {
      throw new InputError(
        "E_TABLE",
        `${who}: the table was encoded in another way than the one that was trained on; use createTableDataset(table, { encoding: network.encoding }).`,
      );
    }
    return data;
  }

  // What data are standardised by: what the weights were trained with, a checkpoint's, else what is fitted on these.
  async #standardizationFor(
    data: Standardized | DataSource,
    pace: Pace,
    resumeFrom?: Uint8Array,
    signal?: AbortSignal,
  ): Promise<Standardization | null> {
    if ("by" in data && data.by) return data.by; // in a worker
    if (resumeFrom) {
      const saved = standardizationIn(resumeFrom, this.inputs, this.layers[this.layers.length - 1]!);
      if (saved && saved.scaling !== this.scaling) {
        throw new InputError(
          "E_CHECKPOINT",
          `fit: the checkpoint is of a network with scaling "${saved.scaling}"; resume with such a one.`,
        );
      }
      if (saved) return saved.by;
    }
    if (this.scaling === "none") return null;
    if (this.#init === null && this.#standardization) return this.#standardization;
    const targets = this.output === "linear" && losses[this.loss].targets === "numbers";
    return isSource(data)
      ? fitStandardizationOf(data, this.scaling, targets, signal)
      : paced(fittingStandardization(data, this.scaling, targets), pace);
  }

  // The first layers' part of it: targets are of the last one.
  #standardizationOf(layers: number): Standardization | null {
    const own = this.#standardization;
    return own && layers < this.layers.length - 1 ? { ...own, targets: null } : own;
  }

  *#standardizing<D extends Standardized | DataSource>(data: D, by: Standardization | null): Generator<void, D> {
    if (by === null || ("by" in data && data.by)) return data;
    const { dtype } = this;
    return (isSource(data) ? standardizeSource(by, data, dtype) : yield* standardizing(by, data, dtype)) as D;
  }

  /**
   * Cost, accuracy, confusion matrix, scores of each class and wrong examples on `data`, and the metrics that are asked
   * for. A table has the columns of the one that was trained on, in any order, those to predict among them.
   *
   * Rejects with E_EMPTY, E_FEATURES, E_CLASSES (also for other class names than the network's), E_LABELS, E_MEMORY,
   * E_BACKEND, E_TABLE, E_DISPOSED.
   */
  async evaluate(set: Dataset | Table | DataSource, options: EvaluateOptions = {}): Promise<Evaluation> {
    checkOptions("evaluate", { metrics: OPTIONS.metrics.type }, options);
    const own = isTable(set)
      ? createTableDataset(set, { encoding: encodingOf("evaluate", { encoding: this.#encoding }) })
      : set;
    const checked = this.#checkedAny("evaluate", own);
    const pace = createPace();
    const data = await paced(this.#standardizing(checked, this.#standardization), pace);
    const some = isSource(data) ? await sampleOf(data) : data;
    checkMetrics("evaluate", options.metrics ?? [], some, this.loss);
    const weights = await this.#settled();
    const like = { ...some, count: data.count };
    const session = openInference(await this.#backend(), this.#architecture, like);
    await paced(settingWeights(session, weights), pace);
    return evaluateWith(session, data, undefined, options.metrics);
  }

  /**
   * Outputs of the network, (count, outputs) row-major in its type: probabilities where the output is sigmoid or
   * softmax.
   *
   * Rows of numbers, and a typed array of rows one after the other, are raw: they are multiplied by the network's
   * scale, Examples by their own; then their columns are scaled, where the network does that. A table has the columns that
   * were inputs in training, in any order. Numbers to predict are in their own unit. What is loaded for it is kept for
   * the next call; a service asks a predictor. Rejects with E_FEATURES, E_TABLE, E_MEMORY, E_BACKEND, E_DISPOSED.
   */
  async predict(x: PredictInput | Table): Promise<Numbers> {
    const pace = createPace();
    const examples = await paced(examplesOf("predict", this.#asked(), x), pace);
    const by = this.#standardization;
    const outputs = this.layers[this.layers.length - 1]!;
    const result = numbers(this.#architecture, examples.count * outputs);
    if (examples.count === 0) return result;
    const weights = await this.#settled();
    const kept = this.#keep(await this.#backend(), weights);
    kept.users++;
    try {
      await kept.loaded;
      await kept.prediction.answerPaced(examples, by, result, pace);
    } finally {
      kept.users--;
    }
    checkOutputs("predict", result, outputs, this.dtype);
    return result;
  }

  // The last prediction, with these weights; another where it is at work with others.
  #keep(backend: Backend, weights: readonly LayerWeights[]): Kept {
    const own = this.#kept;
    if (own?.weights === weights) return own;
    const prediction = own && own.users === 0 ? own.prediction : openPrediction(backend, this.#architecture);
    const kept = { prediction, weights, loaded: paced(prediction.settingWeights(weights), createPace()), users: 0 };
    this.#kept = prediction.bytes <= KEPT_BYTES && !this.#disposed ? kept : null;
    return kept;
  }

  /**
   * This network as it is now, loaded to answer over and over: at once, one example or many, and with an array of yours
   * for the answers without a new one in each call. What the network learns later it does not know, and disposing of the
   * network does not dispose of it. Rejects with E_MEMORY, E_BACKEND, E_DISPOSED.
   *
   * @example
   * const predictor = await network.predictor();
   * const probabilities = predictor.run(pixels); // no promise
   */
  async predictor(): Promise<Predictor> {
    const asked = this.#asked();
    return createPredictor(this.#architecture, await this.#backend(), asked, await this.#settled());
  }

  // What is known of the network now, as those want it who ask it.
  #asked(): Asked {
    const { inputs, layers, loss, shape, scale, dtype, output, classes } = this;
    const own = { encoding: this.#encoding, standardization: this.#standardization };
    return { inputs, layers, loss, shape, scale, dtype, output, classes, ...own };
  }

  /**
   * Most probable class of each example: the largest output, the first of equal ones; with one output p, class 1 where
   * p > 0.5, else class 0 with probability 1 − p. After the loss hinge an output is no probability: class 1 is where it
   * is above 0, and `probability` is NaN.
   *
   * Rejects with E_OPTION for a network that does not classify, and with what predict rejects with.
   */
  async classify(x: PredictInput | Table): Promise<Classification[]> {
    refuseNumbers(this);
    return classesOf(this, await this.predict(x));
  }

  /**
   * Compares the gradient g of the cost over all of `data` with central differences n = (cost(w + ε) − cost(w − ε)) /
   * 2ε, layer by layer, in float64. A layer passes where ‖g − n‖ / (‖g‖ + ‖n‖) is below the limit. The network stays as
   * it is.
   *
   * Rejects with E_OPTION for a number of samples below 1, E_EMPTY, E_FEATURES, E_CLASSES, E_LABELS, E_MEMORY,
   * E_BACKEND, E_DISPOSED.
   */
  async checkGradients(set: Dataset, options?: GradientCheckOptions): Promise<GradientCheck[]> {
    const raw = this.#checked("checkGradients", set);
    const pace = createPace();
    const data = await paced(this.#standardizing(raw, await this.#standardizationFor(raw, pace)), pace);
    return checkGradientsOf(this.#architecture, await this.#settled(), data, options, this);
  }

  /**
   * Trains copies of this network, as it is now, on `folds` parts of the data in turn, each with one part left out, and
   * evaluates them on that. The network stays as it is. Classes have their shares in all parts, unless `stratify` is
   * false. Rejects with E_OPTION, and with what fit and evaluate reject with.
   */
  async crossValidate(set: Dataset, fit: FitOptions, options: CrossValidationOptions = {}): Promise<CrossValidation> {
    const data = this.#checked("crossValidate", set);
    const make = await this.#copier();
    return crossValidateWith(make, data, fit, options);
  }

  /**
   * Trains a copy of this network, as it is now, while its learning rate grows from `from` to `to`, and tells which rate
   * to train with. The network stays as it is. Rejects with E_OPTION, and with what fit rejects with.
   */
  async findLearningRate(
    set: Dataset,
    fit: Omit<FitOptions, "iterations" | "epochs" | "learningRate" | "schedule"> = {},
    options: FindRateOptions = {},
  ): Promise<FoundRate> {
    const data = this.#checked("findLearningRate", set);
    checkObject("findLearningRate (the training)", fit);
    return findRateOf((await this.#copier())(), data, fit, options);
  }

  /**
   * Finds out why a training fares badly: trains copies of this network, as it is now, as `fit` asks for and then with one
   * thing changed at a time, and tells which change helps on `fit.validation`, or on a fifth that is held out. The network
   * stays as it is. Takes some ten times as long as the training, at most about `maxSeconds`. Rejects with E_OPTION, and
   * with what fit rejects with, but NotFiniteError, which is a finding.
   *
   * @example const { findings } = await network.diagnose(data, { iterations: 500, validation: test });
   */
  async diagnose(set: Dataset, fit: FitOptions, options: DiagnoseOptions = {}): Promise<Report> {
    const data = this.#checked("diagnose", set);
    const weights = this.#init === null ? await this.#settled() : null;
    const standardization = weights && this.#standardization;
    const own = this.#options();
    const { diagnoseWith, networkPart } = await import("./doctor.js");
    const make: MakeNetwork = (change, seed) => {
      const part = networkPart(change) as Partial<NetworkOptions>;
      // weights that were set stay where the change has nothing to do with them
      const kept = weights && part.init === undefined && part.layers === undefined;
      const { standardize: _, scaling: __, ...unscaled } = own;
      const layers = part.dropout === undefined ? own.layers : own.layers.map(withoutDropout);
      const wanted = { ...(part.standardize ? unscaled : own), layers, ...part, ...(seed !== undefined && { seed }) };
      const copy = create(
        kept ? wanted : { ...wanted, init: part.init ?? (weights ? "lecun" : own.init) },
        kept ? weights : null,
      );
      if (kept) copy.#standardization = standardization;
      return copy;
    };
    const dropout = Math.max(...this.#architecture.layers.map((layer) => layer.dropout ?? 0));
    return diagnoseWith({ make, dropout }, data, fit, options);
  }

  /**
   * Every value of one step of a training of a copy of this network, as it is now, under the names and in the shapes of
   * a well-known course (see Trace): to be held against a program of one's own, with compareTraces. It is the step that
   * fit with these options takes, whatever would end it before, in strict numerics, as other programs compute. The network
   * stays as it is.
   *
   * Rejects with E_OPTION for what has no place among these values (dropout, normalization, residual, inputNoise, prelu,
   * lbfgs, freeze, weights of classes and examples, averages), for an iteration that the training has not, and with what
   * fit rejects with.
   *
   * @example const trace = await network.trace(data, { iterations: 2500 }, { iteration: 0 });
   */
  async trace(set: Dataset, passed: FitOptions, options: TraceOptions = {}): Promise<Trace> {
    const types = { iteration: number(whole(0)), dtype: OPTIONS.dtype.type };
    checkOptions("trace", types, options);
    const { iteration = 0, dtype = "float64" } = options;
    const data = this.#checked("trace", set);
    checkObject("trace (the training)", passed);
    const { traceable, traceStep } = await import("./trace/record.js");
    const fit = traceable(this.#architecture, passed);
    const copy = (await this.#copier({ dtype, numerics: "strict" }))();
    const seen = { architecture: copy.#architecture, iteration, init: this.#init, seed: this.seed };
    let traced: Trace | null = null;
    await copy.#carryOut(data, fit, async (training, data) => {
      const { history, trace } = await traceStep(training, { ...seen, data });
      traced = trace;
      return history;
    });
    return traced!;
  }

  // Options of a copy, which then wants the weights, unless they are still those that the options draw.
  #options(): NetworkOptions {
    return { ...this.#own, backend: this.backend, numerics: this.#numerics, init: this.#init ?? 0 };
  }

  // What is known of it besides its weights.
  #described() {
    const { shape, scale } = this;
    return {
      ...{ ...this.#own, shape, scale },
      ...(this.#classes && { classes: this.#classes }),
      ...(this.#encoding && { encoding: this.#encoding }),
      ...(this.#numerics === "fused" && { numerics: this.#numerics }),
    };
  }

  // What makes copies of the network.
  async #copier(change: Pick<NetworkOptions, "dtype" | "numerics"> = {}): Promise<() => Network> {
    const weights = this.#init === null ? await this.#settled() : null;
    const options = { ...this.#options(), ...change };
    const standardization = weights && this.#standardization;
    return () => {
      const copy = create(options, weights);
      copy.#standardization = standardization;
      return copy;
    };
  }

  /**
   * The first layers up to number `layer`, counted from 1, as a network of its own with copies of their weights: what it
   * predicts are the outputs of that layer, such as embeddings of the examples. Its loss is "meanSquaredError", unless it
   * is the whole network. Throws E_OPTION for a layer that is none, E_DISPOSED.
   *
   * @example const embeddings = await network.upTo(2).predict(x);
   */
  upTo(layer: number): Network {
    const options = optionsUpTo({ ...this.#described(), backend: this.backend }, this.#architecture.layers, layer);
    const network = create(options, this.#now().slice(0, layer));
    network.#standardization = this.#standardizationOf(layer);
    return network;
  }

  /**
   * A network of the first layers of this one, with copies of their weights, and new `layers` behind them, which are
   * drawn as those of a network of their own: for other classes, or for another loss. Train it with `freeze`, and only
   * the new ones learn. Throws E_OPTION, E_MEMORY, E_DISPOSED.
   *
   * @example const other = network.withHead([5], { seed: 2 });
   */
  withHead(layers: NetworkOptions["layers"], options: HeadOptions = {}): Network {
    const own = { ...this.#described(), backend: this.backend };
    const { whole, head, keep } = optionsWithHead(own, this.#architecture.layers, layers, options);
    const network = create(whole, [...this.#now().slice(0, keep), ...create(head).weights]);
    network.#standardization = this.#standardizationOf(keep);
    return network;
  }

  /**
   * A table of the layers, their parameters and whether they are trained, as text of several lines; below it what a step
   * takes: operations in direct form, and the memory of a training whose data are one batch. Throws E_OPTION.
   */
  summary(options: SummaryOptions = {}): string {
    return summaryOf(this.#architecture, options, this.#numerics).join("\n");
  }

  /**
   * The model as a safetensors file: weights under PyTorch's names ("0.weight" (units, inputs), "0.bias", …), the rest
   * as metadata. At once: hundreds of megabytes take seconds, in which the event loop waits; see saved. Throws
   * E_NOT_FINITE when a weight is NaN or infinite, E_DISPOSED.
   * Source: https://github.com/huggingface/safetensors#format
   */
  save(): Bytes {
    return atOnce(this.#writing(this.#now()));
  }

  /**
   * The same file with pauses for the event loop: of the weights as they are now, or in the middle of a step as they are
   * after it. Rejects with what save throws.
   */
  async saved(): Promise<Bytes> {
    return paced(this.#writing(await this.#settled()), createPace());
  }

  #writing(weights: readonly LayerWeights[]): Generator<void, Bytes> {
    const { biasInit: _, ...own } = this.#described(); // a model has its weights
    return writingModel({ ...own, layers: own.layers.map(withoutInit) }, weights, this.#standardization);
  }

  /**
   * The network in a file that save wrote, with backend "wasm". `name` is the file's name, for messages. Throws E_MODEL
   * for anything else.
   */
  static load(file: Uint8Array | ArrayBuffer, name?: string): Network {
    const { options, weights, standardization } = readModel(asBytes("load", "E_MODEL", file), name);
    try {
      const network = new this(onlyUsed("network", { ...options, init: 0 }));
      network.weights = weights;
      network.#standardization = standardization;
      return network;
    } catch (cause) {
      if (!(cause instanceof InputError)) throw cause;
      throw new InputError("E_MODEL", `load: ${name ?? "the file"} describes no network: ${cause.message}`, { cause });
    }
  }

  /**
   * SHA-256 of all weights and biases, layer by layer, and of what scales columns, in hexadecimal: the same for networks
   * where they are the same to the bit. Behind "fused:" where the numerics are fused. Rejects with E_DISPOSED.
   */
  async fingerprint(): Promise<string> {
    return paced(fingerprintOf(await this.#settled(), this.#standardization, this.#numerics), createPace());
  }

  /**
   * Lets the weights go and ends a training that is under way, whose fit rejects with E_DISPOSED; every later call that
   * needs the weights throws E_DISPOSED. Safe to call twice, and not needed: a network that nobody refers to is
   * collected, and threads end by themselves when they have nothing to do.
   */
  dispose(): void {
    this.#disposed = true;
    this.#weights = null;
    this.#kept = null;
    this.#fit?.stop.end(disposed());
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #backend() {
    return loadBackend(this.backend, this.#numerics);
  }

  #refuseBusy(): void {
    this.#refuseDisposed();
    if (!this.#fit) return;
    throw new InputError("E_OPTION", "fit: this network is being trained already; await that call first.");
  }

  #refuseDisposed(): void {
    if (this.#disposed) throw disposed();
  }

  // Weights that nobody else writes to, as they are now.
  #now(): readonly LayerWeights[] {
    this.#refuseDisposed();
    const { training = null, apart = false } = this.#fit ?? {};
    if (apart) throw new InputError("E_OPTION", "weights: the network is being trained in a worker; await fit.");
    if (training === null) return this.#held();
    const { session } = training.state;
    if (!training.dispatcher.running) return getWeights(session, valuesOf(session));
    throw new InputError(
      "E_OPTION",
      "weights: the network is in the middle of a step; read them in a callback of fit.",
    );
  }

  // The same, as soon as they can be had.
  async #settled(): Promise<readonly LayerWeights[]> {
    const { dispatcher } = this.#fit?.training ?? {};
    if (!this.#fit && !this.#weights && !this.#disposed) return this.#drawn();
    if (!dispatcher?.running) return this.#now();
    // at once when it is over: the next dispatch may begin right after
    return new Promise((resolve, reject) => {
      dispatcher.between(() => {
        try {
          resolve(this.#now());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #held(): readonly LayerWeights[] {
    this.#refuseDisposed();
    return atOnce(this.#drawing());
  }

  // The same, with pauses for the event loop.
  async #drawn(signal?: AbortSignal): Promise<readonly LayerWeights[]> {
    await paced(this.#drawing(), createPace(signal));
    return this.#held();
  }

  *#drawing(): Generator<void, readonly LayerWeights[]> {
    if (this.#weights) return this.#weights;
    const drawn = yield* drawWeights(this.#architecture, this.#layers, this.#init!, this.seed);
    this.#weights ??= drawn; // others may have been set meanwhile
    return this.#weights;
  }
}

// A proxy around a network, such as Vue's, could not reach what is private: Vue leaves alone what says this.
Object.defineProperty(Network.prototype, "__v_skip", { value: true });

// Outside of the class: one that names itself gets another name from bundlers, which console.log then shows.
function create(options: NetworkOptions, weights: readonly LayerWeights[] | null = null): Network {
  const network = new Network(options);
  if (weights) network.weights = weights;
  return network;
}

// A layer without what was said of its first weights.
function withoutInit(layer: number | LayerOptions): number | LayerOptions {
  if (typeof layer === "number") return layer;
  const { init: _, biasInit: __, ...rest } = layer;
  return rest;
}

function withoutDropout(layer: number | LayerOptions): number | LayerOptions {
  if (typeof layer === "number") return layer;
  const { dropout: _, ...rest } = layer;
  return rest;
}

const disposed = () => new InputError("E_DISPOSED", "this network was disposed of; make a new one.");

// The network as a user meets it: options checked, weights drawn, trained, evaluated, asked, saved. It holds the
// weights between calls; every call that computes opens a session of the size it needs and lets it go afterwards.

import type { Architecture } from "./architecture.js";
import { Pool } from "./backend/team.js";
import { loadBackend } from "./backend.js";
import {
  type Activation,
  activations,
  type BackendName,
  type DType,
  type Init,
  type Loss,
  type OutputActivation,
} from "./catalogue.js";
import type { Dataset, Examples } from "./dataset.js";
import { InputError } from "./errors.js";
import { type Evaluation, evaluateWith, mostProbable } from "./evaluate.js";
import { checkGradientsOf, type GradientCheck, type GradientCheckOptions } from "./gradient-check.js";
import type { History } from "./history.js";
import { drawWeights } from "./network/initialize.js";
import { readModel, writeModel } from "./network/model-file.js";
import { type NetworkOptions, resolveNetworkOptions } from "./network/options.js";
import { checkData, toExamples } from "./network/validate.js";
import { createPace } from "./pace.js";
import { compile } from "./plan.js";
import { getWeights, type LayerWeights, type Numbers, numbers, setWeights } from "./session/layout.js";
import { infer, openInference, trainingRequest } from "./session.js";
import { table } from "./text.js";
import { openTrainingOf } from "./train/open.js";
import { type FitOptions, resolveFitOptions } from "./train/options.js";
import { chooseStrategy } from "./train/strategy.js";
import { train } from "./train.js";

/** The most probable class of an example. */
export interface Classification {
  /** Index of the class. */
  readonly label: number;
  /** Name of the class; its index where the network knows no names. */
  readonly name: string;
  /** Its probability, 0 to 1. */
  readonly probability: number;
}

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
  /** Number of weights and biases. */
  readonly parameters: number;
  readonly #architecture: Architecture;
  #init: Init | null;
  #weights: readonly LayerWeights[] | null = null; // until they are needed
  #disposed = false;
  #shape: readonly number[];
  #scale: number;
  #classes: readonly string[] | null;
  #fitting = false;
  #threads: Pool | null = null;
  #endWorker: (() => void) | null = null;

  /**
   * Checks the options; the weights are drawn when they are first needed.
   *
   * Throws E_OPTION, and E_MEMORY when the parameters alone do not fit in a 32-bit memory.
   */
  constructor(options: NetworkOptions) {
    const design = resolveNetworkOptions(options);
    this.inputs = design.inputs;
    this.layers = design.layers;
    this.activation = design.activation;
    this.output = design.output;
    this.loss = design.loss;
    this.dtype = design.dtype;
    this.backend = design.backend;
    this.seed = design.seed;
    this.parameters = design.parameters;
    this.#architecture = design.architecture;
    this.#init = design.init;
    this.#shape = design.shape;
    this.#scale = design.scale;
    this.#classes = design.classes;
  }

  /** How the weights are drawn; null once they were set or trained. */
  get init(): Init | null {
    return this.#init;
  }
  /** Shape of an example: that of the data last trained on, at first the option's. */
  get shape(): readonly number[] {
    return this.#shape;
  }
  /** What raw numbers are multiplied by: the scale of the data last trained on, at first the option's. */
  get scale(): number {
    return this.#scale;
  }
  /** Names of the classes: those of the data last trained on, at first the option's; null where there are none. */
  get classes(): readonly string[] | null {
    return this.#classes;
  }

  /**
   * Weights of each layer: weight (units, inputs) row-major and bias (units), copies in the network's type. Throws
   * E_DISPOSED.
   */
  get weights(): LayerWeights[] {
    return this.#held().map(({ weight, bias }) => ({ weight: weight.slice(), bias: bias.slice() }));
  }
  /** Sets all weights, which are copied. Throws E_OPTION when their lengths are not the network's, E_DISPOSED. */
  set weights(values: readonly { weight: ArrayLike<number>; bias: ArrayLike<number> }[]) {
    this.#refuseDisposed();
    this.#weights = this.#architecture.layers.map(({ inputs, units }, l) => {
      const { weight, bias } = values[l] ?? { weight: [], bias: [] };
      if (weight.length !== inputs * units || bias.length !== units) {
        throw new InputError(
          "E_OPTION",
          `weights: layer ${l + 1} has ${weight.length} weights and ${bias.length} biases; it wants ${inputs * units} and ${units}.`,
        );
      }
      const copy = { weight: numbers(this.#architecture, weight.length), bias: numbers(this.#architecture, units) };
      copy.weight.set(weight);
      copy.bias.set(bias);
      return copy;
    });
    this.#init = null;
  }

  /**
   * Trains on `data`, which makes cost = (1/m) Σ loss over the m examples of a batch small, and returns the cost curve
   * and what is wrong with the run.
   *
   * Goes on from the weights the network has; optimizer moments start at 0 in each call. Never blocks the thread for
   * more than about 50 ms at a time.
   *
   * Rejects with E_OPTION, E_EMPTY, E_FEATURES, E_CLASSES, E_LABELS, E_MEMORY, E_BACKEND, E_THREADS or E_DISPOSED
   * before it begins; with NotFiniteError when a number stops being finite, with the signal's reason when aborted, and
   * with E_WORKER when a thread fails. The network then has the weights of the last finished iteration, after E_WORKER
   * those from before the call.
   */
  async fit(data: Dataset, options: FitOptions): Promise<History> {
    this.#refuseDisposed();
    if (this.#fitting) {
      throw new InputError("E_OPTION", "fit: this network is being trained already; await that call first.");
    }
    checkData("fit", this, data);
    const resolved = resolveFitOptions(options, data.count, this.seed);
    if (options.validation) checkData("fit (validation)", this, options.validation, data.classes);
    const chosen = chooseStrategy(this.#architecture, resolved, data.count, this.backend, options);
    this.#fitting = true;
    try {
      if (options.worker) return await this.#fitInWorker(data, options);
      if (!this.#weights && chosen.firstLayer === "direct") {
        // what does not fit into memory is refused before its weights are drawn
        const { batch, optimizer, clipNorm } = resolved;
        const form = { batch, optimizer, clip: clipNorm > 0, threads: chosen.threads };
        compile(trainingRequest(this.#architecture, data, form));
      }
      const { training, strategy } = await openTrainingOf({
        ...{ architecture: this.#architecture, backend: this.backend, init: this.#init },
        ...{ data, passed: options, options: resolved, strategy: chosen },
        weights: await this.#drawn(options.signal),
        pool: (threads) => this.#pool(threads),
      });
      this.#shape = data.shape;
      this.#scale = data.scale;
      this.#classes = data.classes;
      options.onStart?.(strategy);
      let whole = true; // whether the weights are those of a finished iteration
      try {
        return await train(training);
      } catch (error) {
        whole = !(error instanceof InputError && error.code === "E_WORKER");
        throw error;
      } finally {
        if (whole) this.#weights = getWeights(training.state.session);
        this.#init = null;
        this.#threads?.release();
      }
    } finally {
      this.#fitting = false;
    }
  }

  // The same in a worker, from which the weights come back.
  async #fitInWorker(data: Dataset, options: FitOptions): Promise<History> {
    const { inputs, activation, output, loss, dtype, backend, seed } = this;
    const own = { inputs, layers: this.layers.slice(1), activation, output, loss, dtype, backend, seed };
    const parts =
      this.#init === null
        ? { options: { ...own, init: 0 }, weights: this.#held() }
        : { options: { ...own, init: this.#init }, weights: null };
    const { trainInWorker } = await import("./network/worker-client.js");
    const take = (weights: readonly LayerWeights[]) => {
      this.weights = weights;
      this.#shape = data.shape;
      this.#scale = data.scale;
      this.#classes = data.classes;
    };
    return trainInWorker(parts, data, options, take, (end) => {
      this.#endWorker = end;
    });
  }

  // Threads are kept from one training to the next.
  #pool(threads: number): Pool {
    if (this.#threads?.threads !== threads) {
      this.#threads?.end();
      this.#threads = new Pool(threads);
    }
    return this.#threads;
  }

  /**
   * Cost, accuracy, confusion matrix and wrong examples on `data`.
   *
   * Rejects with E_EMPTY, E_FEATURES, E_CLASSES (also for other class names than the network's), E_LABELS, E_MEMORY,
   * E_BACKEND, E_DISPOSED.
   */
  async evaluate(data: Dataset): Promise<Evaluation> {
    checkData("evaluate", this, data, this.#classes ?? undefined);
    const session = openInference(await loadBackend(this.backend), this.#architecture, data);
    setWeights(session, this.#held());
    return evaluateWith(session, data);
  }

  /**
   * Outputs of the network, (count, outputs) row-major in its type: probabilities where the output is sigmoid or
   * softmax.
   *
   * Rows of numbers, and a typed array of rows one after the other, are raw: they are multiplied by the network's
   * scale, Examples by their own. Rejects with E_FEATURES, E_MEMORY, E_BACKEND, E_DISPOSED.
   */
  async predict(x: Examples | Examples["x"] | readonly (readonly number[])[]): Promise<Numbers> {
    const examples = toExamples("predict", this, x);
    const outputs = this.layers[this.layers.length - 1]!;
    const result = numbers(this.#architecture, examples.count * outputs);
    if (examples.count === 0) return result;
    const session = openInference(await loadBackend(this.backend), this.#architecture, examples);
    setWeights(session, this.#held());
    for await (const batch of infer(session, examples)) result.set(batch.outputs, batch.first * outputs);
    return result;
  }

  /**
   * Most probable class of each example: the largest output, the first of equal ones; with one output p, class 1 where
   * p > 0.5, else class 0 with probability 1 − p.
   *
   * Rejects with E_OPTION for a network that does not classify, and with what predict rejects with.
   */
  async classify(x: Examples | Examples["x"] | readonly (readonly number[])[]): Promise<Classification[]> {
    const outputs = this.layers[this.layers.length - 1]!;
    if (!activations[this.output].probability) {
      throw new InputError("E_OPTION", `classify: a ${this.output} output gives no classes; use predict.`);
    }
    const values = await this.predict(x);
    return Array.from({ length: values.length / outputs }, (_, i) => {
      const row = values.subarray(i * outputs, (i + 1) * outputs);
      const { label, probability } = mostProbable(row);
      return { label, name: this.#classes?.[label] ?? String(label), probability };
    });
  }

  /**
   * Compares the gradient g of the cost over all of `data` with central differences n = (cost(w + ε) − cost(w − ε)) /
   * 2ε, layer by layer, in float64. A layer passes where ‖g − n‖ / (‖g‖ + ‖n‖) is below the limit. The network stays as
   * it is.
   *
   * Rejects with E_OPTION for a number of samples below 1, E_EMPTY, E_FEATURES, E_CLASSES, E_LABELS, E_MEMORY,
   * E_BACKEND, E_DISPOSED.
   */
  async checkGradients(data: Dataset, options?: GradientCheckOptions): Promise<GradientCheck[]> {
    checkData("checkGradients", this, data);
    return checkGradientsOf(this.#architecture, this.#held(), data, { backend: this.backend, ...options });
  }

  /** A table of the layers and their parameters, as text of several lines. */
  summary(): string {
    const rows = this.#architecture.layers.map(({ inputs, units, activation }, l) => [
      `dense ${l + 1}`,
      `${inputs} -> ${units}`,
      activation,
      String(units * (inputs + 1)),
    ]);
    const lines = table([["layer", "shape", "activation", "parameters"], ...rows], [3]);
    return [...lines, `${this.parameters} parameters, ${this.dtype}, ${this.loss}`].join("\n");
  }

  /**
   * The model as a safetensors file: weights under PyTorch's names ("0.weight" (units, inputs), "0.bias", …), the rest
   * as metadata. Throws E_NOT_FINITE when a weight is NaN or infinite, E_DISPOSED.
   * Source: https://github.com/huggingface/safetensors#format
   */
  save(): Uint8Array {
    const { inputs, activation, output, loss, dtype, seed, shape, scale } = this;
    const options = { inputs, layers: this.layers.slice(1), activation, output, loss, dtype, seed, shape, scale };
    return writeModel({ ...options, ...(this.#classes && { classes: this.#classes }) }, this.#held());
  }

  /**
   * The network in a file that save wrote, with backend "wasm". `name` is the file's name, for messages. Throws E_MODEL
   * for anything else.
   */
  static load(bytes: Uint8Array, name?: string): Network {
    const { options, weights } = readModel(bytes, name);
    try {
      const network = new Network({ ...options, init: 0 });
      network.weights = weights;
      return network;
    } catch (cause) {
      if (!(cause instanceof InputError)) throw cause;
      throw new InputError("E_MODEL", `load: ${name ?? "the file"} describes no network: ${cause.message}`, { cause });
    }
  }

  /**
   * SHA-256 of all weights and biases, layer by layer, in hexadecimal: the same for networks whose weights are the same
   * to the bit. Rejects with E_DISPOSED, and where there is no Web Crypto, as on a page that came neither by https nor
   * from localhost.
   */
  async fingerprint(): Promise<string> {
    const arrays = this.#held().flatMap(({ weight, bias }) => [weight, bias]);
    const bytes = new Uint8Array(arrays.reduce((sum, { byteLength }) => sum + byteLength, 0));
    let at = 0;
    for (const { buffer, byteOffset, byteLength } of arrays) {
      bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
      at += byteLength;
    }
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  /**
   * Lets the weights go and ends the threads and the worker; every later call that needs the weights throws E_DISPOSED.
   * Safe to call twice.
   */
  dispose(): void {
    this.#disposed = true;
    this.#weights = null;
    this.#threads?.end();
    this.#endWorker?.();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #refuseDisposed(): void {
    if (this.#disposed) throw new InputError("E_DISPOSED", "this network was disposed of; make a new one.");
  }

  #held(): readonly LayerWeights[] {
    this.#refuseDisposed();
    for (const _ of this.#drawing()); // all at once
    return this.#weights!;
  }

  // The same, with pauses for the event loop.
  async #drawn(signal: AbortSignal | undefined): Promise<readonly LayerWeights[]> {
    const pace = createPace(signal);
    for (const _ of this.#drawing()) await pace.breathe();
    return this.#held();
  }

  *#drawing(): Generator<void> {
    this.#weights ??= yield* drawWeights(this.#architecture, this.#init!, this.seed);
  }
}

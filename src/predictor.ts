// A network that only answers: loaded once and kept, so that a service asks it over and over, one example or many. What
// it says are the network's own bits. How it computes is network/prediction.ts's.

import type { Architecture } from "./architecture.js";
import type { Backend } from "./backend.js";
import { classifies, losses, type OutputActivation } from "./catalogue.js";
import type { Examples } from "./dataset.js";
import { InputError } from "./errors.js";
import { mostProbable } from "./evaluate.js";
import { openPrediction, type Prediction } from "./network/prediction.js";
import type { Standardization } from "./network/standardize.js";
import { checkOutputs, type PredictInput, toExamples, type Wants } from "./network/validate.js";
import { show } from "./options/check.js";
import { atOnce, createPace, paced } from "./pace.js";
import { type LayerWeights, type Numbers, numbers } from "./session/layout.js";
import { type Encoding, encodeTable, isTable, type Table } from "./table.js";

/** The most probable class of an example. */
export interface Classification {
  /** Index of the class. */
  readonly label: number;
  /** Name of the class; its index where the network knows no names. */
  readonly name: string;
  /** Its probability, 0 to 1. */
  readonly probability: number;
}

/** A network as it was when this was made, ready to answer; see Network.predictor. */
export interface Predictor {
  /** Numbers in an example. */
  readonly inputs: number;
  /** Numbers in an answer. */
  readonly outputs: number;
  /**
   * Outputs of the network, (count, outputs) row-major, at once: what Network.predict resolves to, to the bit. They are
   * written to `out`, and that is returned, where there is one: an array of the network's type, for the next call as well.
   *
   * Throws E_FEATURES, E_ROWS, E_NOT_FINITE_DATA, E_TABLE, E_OPTION for an `out` that does not fit, E_DISPOSED.
   */
  run(x: PredictInput | Table, out?: Numbers): Numbers;
  /** The same with pauses for the event loop: for more examples than are done in some milliseconds. */
  predict(x: PredictInput | Table): Promise<Numbers>;
  /**
   * Most probable class of each example, as Network.classify tells it, at once. Throws E_OPTION for a network that does
   * not classify, and what run throws.
   */
  classify(x: PredictInput | Table): Classification[];
  /** Lets its memory go; every later call throws E_DISPOSED. Safe to call twice, and not needed. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** What is known of a network that is asked, besides its weights. */
export interface Asked extends Wants {
  readonly output: OutputActivation;
  readonly classes: readonly string[] | null;
  readonly encoding: Encoding | null;
  readonly standardization: Standardization | null;
}

/** A predictor with these weights. Rejects with E_MEMORY, E_BACKEND. */
export async function createPredictor(
  architecture: Architecture,
  backend: Backend,
  asked: Asked,
  weights: readonly LayerWeights[],
): Promise<Predictor> {
  let prediction: Prediction | null = openPrediction(backend, architecture);
  await paced(prediction.settingWeights(weights), createPace());
  const { inputs, dtype, standardization: by } = asked;
  const outputs = outputsOf(asked);

  function ready(who: string): Prediction {
    if (prediction) return prediction;
    throw new InputError(
      "E_DISPOSED",
      `${who}: this predictor was disposed of; make a new one with network.predictor().`,
    );
  }
  const roomFor = ({ count }: Examples) => numbers({ dtype }, count * outputs);

  function run(who: string, x: PredictInput | Table, out?: Numbers): Numbers {
    const own = ready(who);
    const examples = atOnce(examplesOf(who, asked, x));
    const results = out ? checkOut(who, out, asked, examples.count) : roomFor(examples);
    own.answer(examples, by, results);
    checkOutputs(who, results, outputs, dtype);
    return results;
  }

  const dispose = () => {
    prediction = null;
  };
  return {
    ...{ inputs, outputs },
    run: (x, out) => run("run", x, out),
    async predict(x) {
      const own = ready("predict");
      const pace = createPace();
      const examples = await paced(examplesOf("predict", asked, x), pace);
      const results = roomFor(examples);
      await own.answerPaced(examples, by, results, pace);
      checkOutputs("predict", results, outputs, dtype);
      return results;
    },
    classify(x) {
      refuseNumbers(asked);
      return classesOf(asked, run("classify", x));
    },
    dispose,
    [Symbol.dispose]: dispose,
  };
}

const outputsOf = ({ layers }: Wants): number => layers[layers.length - 1]!;

function checkOut(who: string, out: Numbers, asked: Asked, count: number): Numbers {
  const { dtype } = asked;
  const type = dtype === "float64" ? "Float64Array" : "Float32Array";
  const wanted = count * outputsOf(asked);
  if (Object.prototype.toString.call(out) === `[object ${type}]` && out.length === wanted) return out;
  const got = ArrayBuffer.isView(out) ? `${out.constructor.name} of ${out.length} numbers` : show(out);
  throw new InputError(
    "E_OPTION",
    `${who}: out is ${got}; ${count} answers of ${outputsOf(asked)} numbers want a ${type} of ${wanted}.`,
  );
}

/**
 * What is asked, as examples: tables through the network's encoding. Yields now and then. Throws what Network.predict
 * rejects with.
 */
export function* examplesOf(
  who: string,
  asked: Pick<Asked, keyof Wants | "encoding">,
  x: PredictInput | Table,
): Generator<void, Examples> {
  if (!isTable(x)) return yield* toExamples(who, asked, x);
  return encodeTable(who, x, encodingOf(who, asked)).examples;
}

/** The columns that a network knows. Throws E_TABLE where it knows none. */
export function encodingOf(who: string, { encoding }: Pick<Asked, "encoding">): Encoding {
  if (encoding) return encoding;
  throw new InputError(
    "E_TABLE",
    `${who}: the network was not trained on a table and knows no columns; pass rows of numbers, or use createTableDataset.`,
  );
}

/** Throws E_OPTION for a network that gives no classes. */
export function refuseNumbers(asked: Pick<Asked, "output" | "loss">): void {
  if (!classifies(asked)) {
    throw new InputError("E_OPTION", `classify: a ${asked.output} output gives no classes; use predict.`);
  }
}

/** Most probable class of each answer. */
export function classesOf({ layers, loss, classes }: Pick<Asked, "layers" | "loss" | "classes">, values: Numbers) {
  const outputs = layers[layers.length - 1]!;
  const { boundary } = losses[loss];
  return Array.from({ length: values.length / outputs }, (_, i): Classification => {
    const row = values.subarray(i * outputs, (i + 1) * outputs);
    const { label, probability } = mostProbable(row, boundary);
    return { label, name: classes?.[label] ?? String(label), probability };
  });
}

// Whether data suit a network: as many numbers in an example as it has inputs, and classes or numbers to predict that
// its outputs can stand for.

import { type DType, LOSSES, type Loss, losses } from "../catalogue.js";
import { areFinite, checkingFinite, flattenRows, ownArray, type Rows } from "../dataset/arrays.js";
import { asDataset, asExamples } from "../dataset/check.js";
import { type DataSource, mapSource } from "../dataset/source.js";
import { areNumbers, type Dataset, type Examples, namesOf, withClasses } from "../dataset.js";
import { InputError } from "../errors.js";
import { kindOf, type MetricName, metricIsOf, metricSuits } from "../metrics.js";
import { accepts } from "../options/check.js";
import { number } from "../options/type.js";
import { inParts } from "../pace.js";
import type { Numbers } from "../session/layout.js";

/** What a network says of the data it wants. */
export interface Wants {
  readonly inputs: number;
  /** Widths of all layers, the inputs first. */
  readonly layers: readonly number[];
  readonly loss: Loss;
  readonly shape: readonly number[];
  readonly scale: number;
  readonly dtype: DType;
}

/**
 * The data set, when it suits the network, with the names `classes` for its labels, where those are known.
 *
 * Throws E_EMPTY, E_FEATURES, E_LABELS, E_CLASSES, and what asDataset throws.
 */
export function checkData<D extends Dataset>(
  who: string,
  network: Wants,
  set: D,
  classes?: readonly string[] | null,
): D {
  const data = asDataset(who, set);
  if (data.count === 0) throw new InputError("E_EMPTY", `${who}: the data set has no examples; pass at least one.`);
  if (data.features !== network.inputs) refuseFeatures(who, network, data.features);
  const outputs = network.layers[network.layers.length - 1]!;
  if (data.classes === null) {
    checkNumbers(who, network.loss, data.y);
    if (data.outputs !== outputs) {
      throw new InputError(
        "E_CLASSES",
        `${who}: the data set has ${data.outputs} numbers to predict, the network ${outputs} outputs.`,
      );
    }
    return data;
  }
  const wanted = outputs === 1 ? 2 : outputs;
  // a set to be judged may lack some
  const renamed = classes ? withClasses(data, classes) : data.classes.length === wanted ? data : null;
  if (renamed) return renamed as D;
  if (!classes || data.classes.length > wanted) {
    const widths = data.classes.length === 2 ? "1 or 2" : String(data.classes.length);
    const how = classes ? "; draw a new one with withHead, --new-head" : ""; // one that was trained already
    throw new InputError(
      "E_CLASSES",
      `${who}: the data set has ${data.classes.length} classes, the network tells ${wanted} apart; the last layer wants ${widths} units${outputs > data.classes.length ? ", or the data set more classes (the option classes names those without an example)" : ""}${how}.${orNumbers(data.classes)}`,
    );
  }
  throw new InputError(
    "E_CLASSES",
    `${who}: the classes are ${namesOf(data.classes)}; the network knows ${namesOf(classes)}; pass data with these, or draw a new last layer with withHead, --new-head.${orNumbers(data.classes)}`,
  );
}

// What is added to a refusal of classes that look like numbers to predict.
const orNumbers = (classes: readonly string[]): string =>
  areNumbers(classes)
    ? ` ${classes.length} classes whose names are numbers look like numbers to predict; for such pass regression: true.`
    : "";

/** The source, when it suits the network, as checkData says of a data set; what its parts hold is checked as they are read. */
export function checkSource(
  who: string,
  network: Wants,
  source: DataSource,
  classes?: readonly string[] | null,
): DataSource {
  const check = (part: Dataset) => checkData(who, network, part, classes);
  // the same checks of the same facts, of no example
  const { count: _, memory: __, parts: ___, read: ____, anyOrder: _____, ...like } = source;
  const numbers = source.classes === null;
  const y = numbers ? new Float64Array(source.outputs) : new Int32Array(1);
  const one = check({ ...like, x: new Uint8Array(source.features), y, count: 1 } as Dataset);
  return mapSource(source, check, { classes: one.classes });
}

// Numbers to predict that the loss can judge.
function checkNumbers(who: string, loss: Loss, y: Float64Array): void {
  const { numbers, targets } = losses[loss];
  const range = number(numbers ?? {});
  const bad = numbers ? y.findIndex((value) => !accepts(range, value)) : 0;
  if (bad < 0) return;
  const others = LOSSES.filter((other) => losses[other].targets === "numbers").map((other) => JSON.stringify(other));
  const what = targets === "labels" ? "labels, or shares from 0 to 1" : "numbers of at least 0";
  throw new InputError(
    "E_LABELS",
    `${who}: loss ${loss} wants ${what}, the data set has numbers to predict such as ${y[bad]}; use loss ${others.join(" or ")}.`,
  );
}

/** Throws E_OPTION for a metric that is not of what a network with this loss answers to the data set. */
export function checkMetrics(who: string, names: readonly MetricName[], data: Dataset, loss: Loss): void {
  const kind = kindOf(data, loss);
  const stranger = names.find((name) => !metricSuits(name, kind));
  if (stranger === undefined) return;
  const has = { classes: "classes", several: "several labels for each example", numbers: "numbers to predict" }[kind];
  throw new InputError(
    "E_OPTION",
    `${who}: metric ${stranger} is of ${metricIsOf(stranger)}, the data set has ${has}.`,
  );
}

/** What is predicted from: examples, or raw numbers of examples: rows of them, or one typed array, row after row. */
export type PredictInput = Examples | Examples["x"] | Rows;

/**
 * Examples for the network: as they are, or of its shape and scale from raw numbers. Yields now and then. Throws
 * E_FEATURES, E_ROWS, E_NOT_FINITE_DATA, and what asExamples throws.
 */
export function* toExamples(who: string, network: Wants, x: PredictInput): Generator<void, Examples> {
  const { inputs, shape, scale } = network;
  const rows = (values: Examples["x"]): Examples => {
    return { x: values, count: values.length / inputs, features: inputs, shape, scale };
  };
  let examples: Examples;
  const flat = ownArray(x, "Uint8Array", "Float32Array", "Float64Array");
  if (flat) {
    if (flat.length % inputs !== 0) refuseFeatures(who, network, flat.length);
    examples = rows(flat);
  } else if (Array.isArray(x)) {
    const { values, width } = flattenRows(who, "x", x);
    if (x.length > 0 && width !== inputs) refuseFeatures(who, network, width);
    examples = rows(values);
  } else examples = asExamples(who, x as Examples);
  if (examples.features !== inputs) refuseFeatures(who, network, examples.features);
  if (!(examples.x instanceof Uint8Array)) yield* checkingFinite(who, "x", examples.x, inputs);
  if (network.dtype === "float32" && examples.x instanceof Float64Array) yield* checkingRange(who, examples);
  return examples;
}

const MOST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

function* checkingRange(who: string, { x, features, scale }: Examples): Generator<void> {
  yield* inParts(x.length, 1, (from, to) => {
    for (let i = from; i < to; i++) {
      if (Math.abs(x[i]! * scale) <= MOST_FLOAT32) continue;
      throw new InputError(
        "E_NOT_FINITE_DATA",
        `${who}: row ${Math.floor(i / features)} of x has ${x[i]}, which is infinite in float32; pass smaller numbers, or use dtype "float64".`,
      );
    }
  });
}

/** Throws E_NOT_FINITE_DATA where outputs (count, width) are not finite, as inputs beyond the network's type make them. */
export function checkOutputs(who: string, outputs: Numbers, width: number, dtype: DType): void {
  if (areFinite(outputs)) return;
  const bad = outputs.findIndex((output) => !Number.isFinite(output));
  throw new InputError(
    "E_NOT_FINITE_DATA",
    `${who}: the answer to example ${Math.floor(bad / width)} is ${outputs[bad]}, as its numbers are too large for ${dtype}; pass smaller ones.`,
  );
}

function refuseFeatures(who: string, { inputs }: Wants, got: number): never {
  throw new InputError("E_FEATURES", `${who}: the data have ${got} features, the network wants ${inputs}.`);
}

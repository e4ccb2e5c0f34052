// Networks in the worker: made from the page's settings, summed up for the page to show.

import { classifies } from "../../src/catalogue.js";
import { outputsOf, subset } from "../../src/dataset.js";
import {
  curvesPlot,
  type Dataset,
  type LabelledDataset,
  type Network,
  type NetworkOptions,
  type RegressionDataset,
} from "../../src/index.js";
import { readModel } from "../../src/network/model-file.js";
import { pixelsOf, weightsToPixels } from "../pixels.js";
import type {
  Classified,
  ClassifiedExample,
  EvaluationSummary,
  NetworkSummary,
  Predicted,
  Settings,
} from "../protocol.js";
import type { Data, NamedSet } from "./data.js";
import { scatterPlot } from "./scatter.js";

const SHOWN = 24; // examples of a set
const UNITS = 32; // units of the first layer

/** Options of a network as the settings say, with the inputs, the outputs and the loss that the data need. */
export function networkOptions(settings: Settings, data: Dataset): NetworkOptions {
  const { activation, dropout, normalization, init, seed, dtype, backend, numerics } = settings;
  const loss = data.classes === null ? ("meanSquaredError" as const) : undefined;
  return {
    ...{ activation, dropout, normalization, init, seed, dtype, backend, numerics, loss },
    ...{ inputs: data.features, layers: [...settings.layers, outputsOf(data, loss)] },
    // few numbers to predict lie where first weights would put them
    scaling: settings.scaling === "auto" ? (data.classes === null ? "standard" : "none") : settings.scaling,
  };
}

/** All that a network is but its weights. */
export const optionsOf = (network: Network): NetworkOptions => ({
  ...readModel(network.save()).options,
  backend: network.backend,
});

/** The network as the page shows it, evaluated on those sets that it takes. */
export async function summariseNetwork(network: Network, sets: Data | null): Promise<NetworkSummary> {
  const { layers, parameters, shape, inputs, classes, encoding } = network;
  const finite = network.weights.every(({ weight }) => weight.every(Number.isFinite));
  const evaluation = async (named: NamedSet | null = null) =>
    finite && named && takes(network, named.set) ? summariseEvaluation(network, named) : null;
  return {
    ...{ layers, parameters, shape, classes: classifies(network) ? (classes ?? []) : null },
    columns: encoding && { targets: encoding.target.names, inputs: encoding.features.map(({ name }) => name) },
    fingerprint: await network.fingerprint(),
    train: await evaluation(sets?.train),
    test: await evaluation(sets?.test),
    units: finite ? weightsToPixels(network.weights[0]!.weight, inputs, shape, Math.min(UNITS, layers[1]!)) : null,
  };
}

function takes(network: Network, set: Dataset): boolean {
  const { inputs, classes, layers, encoding } = network;
  const same = (set.encoding && JSON.stringify(set.encoding)) === (encoding ? JSON.stringify(encoding) : undefined);
  if (inputs !== set.features || !same) return false;
  return set.classes
    ? classes?.join() === set.classes.join()
    : !classifies(network) && set.outputs === layers[layers.length - 1];
}

async function summariseEvaluation(network: Network, { set, rows }: NamedSet): Promise<EvaluationSummary> {
  const numbers = set.classes === null;
  const evaluation = await network.evaluate(set, { metrics: numbers ? ["r2", "rmse"] : [] });
  const { cost, count, accuracy, metrics } = evaluation;
  return {
    ...{ cost, count, score: numbers ? metrics.r2! : accuracy, names: rows ?? null },
    classified: numbers ? null : await classesOf(network, set, evaluation),
    predicted: numbers ? await numbersOf(network, set, metrics.rmse!) : null,
  };
}

async function classesOf(
  network: Network,
  set: LabelledDataset,
  { correct, confusion, predictions, wrong: all, count }: Awaited<ReturnType<Network["evaluate"]>>,
): Promise<Classified> {
  const first = await network.classify(subset(set, [...Array(Math.min(SHOWN, count)).keys()]));
  const examples = first.map(({ probability }, index) => {
    return { index, label: set.y[index]!, predicted: predictions[index]!, probability };
  });
  const wrong = all.slice(0, SHOWN);
  const picturesOf = (some: readonly ClassifiedExample[]) => {
    const indices = some.map(({ index }) => index);
    return pixelsOf(set, indices);
  };
  const probable = network.output === "sigmoid" || network.output === "softmax";
  return {
    curves: probable ? curvesPlot(await network.predict(set), set.y, set.classes, `${count} examples`) : null,
    ...{ correct, confusion, examples, wrong },
    ...{ pictures: picturesOf(examples), wrongPictures: picturesOf(wrong) },
  };
}

async function numbersOf(network: Network, set: RegressionDataset, rmse: number): Promise<Predicted> {
  const answers = await network.predict(set);
  const { outputs, y, encoding } = set;
  const row = (values: ArrayLike<number>, i: number) =>
    Array.from({ length: outputs }, (_, j) => values[i * outputs + j]!);
  const examples = Array.from({ length: Math.min(SHOWN, set.count) }, (_, index) => {
    return { index, truth: row(y, index), answer: row(answers, index) };
  });
  return { rmse, examples, plot: scatterPlot(y, answers, outputs, encoding?.target.names ?? null) };
}

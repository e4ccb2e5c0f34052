// Networks in the worker: made from the page's settings, summed up for the page to show.

import { outputsFor, subset } from "../../src/dataset.js";
import { curvesPlot, type LabelledDataset, Network, type NetworkOptions } from "../../src/index.js";
import { readModel } from "../../src/network/model-file.js";
import { pixelsOf, weightsToPixels } from "../pixels.js";
import type { ClassifiedExample, EvaluationSummary, NetworkSummary, Settings } from "../protocol.js";

const SHOWN = 24; // examples of a set
const UNITS = 32; // units of the first layer

export interface Sets {
  readonly train: LabelledDataset;
  readonly test: LabelledDataset | null;
}

/** A network as the settings say, with the inputs and outputs that the data need. */
export function networkFor(settings: Settings, { features, classes }: LabelledDataset): Network {
  const { activation, dropout, normalization, init, seed, dtype, backend, standardize } = settings;
  const layers = [...settings.layers, outputsFor(classes.length)];
  const own = { activation, dropout, normalization, init, seed, dtype, backend, standardize };
  return new Network({ inputs: features, layers, ...own });
}

/** All that a network is but its weights. */
export const optionsOf = (network: Network): NetworkOptions => ({
  ...readModel(network.save()).options,
  backend: network.backend,
});

/** The network as the page shows it, evaluated on those sets that it takes. */
export async function summariseNetwork(network: Network, sets: Sets | null): Promise<NetworkSummary> {
  const { layers, parameters, shape, inputs, classes } = network;
  const finite = network.weights.every(({ weight }) => weight.every(Number.isFinite));
  const evaluation = async (set: LabelledDataset | null = null) => {
    const fits = set && inputs === set.features && classes?.join() === set.classes.join();
    return finite && fits ? summariseEvaluation(network, set) : null;
  };
  return {
    ...{ layers, parameters, shape, classes: classes ?? [] },
    fingerprint: await network.fingerprint(),
    train: await evaluation(sets?.train),
    test: await evaluation(sets?.test),
    units: finite ? weightsToPixels(network.weights[0]!.weight, inputs, shape, Math.min(UNITS, layers[1]!)) : null,
  };
}

async function summariseEvaluation(network: Network, set: LabelledDataset): Promise<EvaluationSummary> {
  const evaluation = await network.evaluate(set);
  const { cost, accuracy, correct, count, confusion, predictions } = evaluation;
  const first = await network.classify(subset(set, [...Array(Math.min(SHOWN, count)).keys()]));
  const examples = first.map(({ probability }, index) => {
    return { index, label: set.y[index]!, predicted: predictions[index]!, probability };
  });
  const wrong = evaluation.wrong.slice(0, SHOWN);
  const picturesOf = (some: readonly ClassifiedExample[]) => {
    const indices = some.map(({ index }) => index);
    return pixelsOf(set, indices);
  };
  const probable = network.output === "sigmoid" || network.output === "softmax";
  return {
    curves: probable ? curvesPlot(await network.predict(set), set.y, set.classes, `${count} examples`) : null,
    ...{ cost, accuracy, correct, count, confusion, examples, wrong },
    ...{ pictures: picturesOf(examples), wrongPictures: picturesOf(wrong) },
  };
}

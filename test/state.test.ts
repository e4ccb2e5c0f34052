// The state of a training is all of it: a training that is left after any iteration and taken up again from its state is
// the one that was never left, to the bit.

import { describe, expect, test } from "vitest";
import { loadBackend } from "../src/backend.js";
import type { OptimizerName } from "../src/catalogue.js";
import type { Dataset } from "../src/dataset.js";
import { createDoctor } from "../src/diagnose.js";
import type { CostRecord } from "../src/history.js";
import { Network } from "../src/network.js";
import { createPace } from "../src/pace.js";
import { openGram } from "../src/session/gram.js";
import { getWeights, setWeights } from "../src/session/layout.js";
import { openTraining } from "../src/session.js";
import { createDispatcher } from "../src/train/dispatch.js";
import { feedFromMemory } from "../src/train/feed.js";
import { formOf } from "../src/train/open.js";
import { type FitOptions, resolveFitOptions } from "../src/train/options.js";
import { createRates } from "../src/train/schedule.js";
import { beginTraining } from "../src/train/state.js";
import { createStop } from "../src/train/stop.js";
import { train } from "../src/train.js";
import { hashOf, randomData } from "./data.js";

const ITERATIONS = 23;

/** Weights, costs and moments after ITERATIONS, with a stop at each of the places. */
async function run(fit: FitOptions, places: readonly number[], data: Dataset, gram = false) {
  const network = new Network({ inputs: data.features, layers: [9, 3] });
  const { layers, loss, dtype } = { layers: network.layers, loss: network.loss, dtype: network.dtype };
  const architecture = {
    layers: [
      { inputs: layers[0]!, units: 9, activation: "relu" as const },
      { inputs: 9, units: 3, activation: "softmax" as const },
    ],
    ...{ loss, dtype },
  };
  const backend = await loadBackend("wasm");
  const options = resolveFitOptions({ ...fit, iterations: ITERATIONS, logEvery: 5 }, data.count, 1);
  const form = formOf(options, 1);
  const opened = gram
    ? await openGram(backend, architecture, data, form, network.weights)
    : { session: openTraining(backend, architecture, data, form), data };
  if (!gram) setWeights(opened.session, network.weights);
  const state = beginTraining(opened.session, options);
  const rates = createRates(opened.session, options, state.schedule);
  const told: CostRecord[] = [];
  for (const place of [...places, ITERATIONS]) {
    // nothing but the state goes from one to the next
    const patient = {
      ...{ architecture, data, options, init: "lecun" as const, learningRate: options.learningRate },
      ...{ validation: null, firstWeights: network.weights, inEpochs: false },
    };
    const feed = feedFromMemory(data.count, options);
    const doctor = await createDoctor(patient, { ...opened, feed }, backend);
    const stop = createStop();
    const pace = createPace(stop.signal);
    const dispatcher = createDispatcher(opened.session, null, pace);
    await train({
      ...{ state, options: { ...options, iterations: place }, doctor, rates, feed, dispatcher, pace, stop },
      ...{ writer: null, evaluators: {} },
      how: { backend: "wasm", numerics: "strict", firstLayer: gram ? "gram" : "direct", why: "" },
      listeners: { onCost: (record) => told.push(record) },
    });
    expect(state.iteration).toBe(place);
  }
  expect(told).toEqual(state.costs);
  return { weights: hashOf({ weights: getWeights(opened.session) }), costs: state.costs, since: state.since };
}

const CASES: [string, FitOptions, boolean][] = [
  ["a full batch", { optimizer: "nesterov" }, false],
  ["shuffled mini-batches of Adam", { optimizer: "adam", batchSize: 8 }, false],
  ["mini-batches in order, clipped", { optimizer: "momentum", batchSize: 7, shuffle: false, clipNorm: 0.1 }, false],
  ["a schedule", { optimizer: "nadam", batchSize: 8, schedule: "cosine", warmup: 4 }, false],
  ["the Gram form, mini-batches", { optimizer: "momentum" as OptimizerName, batchSize: 8 }, true],
];

describe("a training that is left and taken up again is the one that was never left", () => {
  const data = randomData(30, 41, "float32", 3);
  test.each(CASES)("%s: after every iteration, and at some", async (_, fit, gram) => {
    const whole = await run(fit, [], data, gram);
    expect(whole.costs.map(({ iteration }) => iteration)).toEqual([0, 5, 10, 15, 20]);
    const everywhere = Array.from({ length: ITERATIONS - 1 }, (_, i) => i + 1);
    expect(await run(fit, everywhere, data, gram)).toEqual(whole);
    expect(await run(fit, [1, 6, 12], data, gram)).toEqual(whole);
  });
});

// Metrics against scikit-learn's, to 1e-12, and what has no value.

import { describe, expect, test } from "vitest";
import { createDataset } from "../src/dataset.js";
import {
  type Answers,
  calibration,
  METRIC_NAMES,
  type MetricName,
  metricIsOf,
  metricsOf,
  perClass,
} from "../src/metrics.js";
import { Network } from "../src/network.js";
import { readJson } from "./files.js";

interface Golden {
  name: string;
  classes: number;
  width?: number;
  several?: boolean;
  outputs: number[];
  labels?: number[];
  predicted?: number[];
  targets?: number[];
  values: Partial<Record<MetricName, number>>;
  perClass?: object[];
}
const { cases } = readJson<{ cases: Golden[] }>(new URL("golden/metrics.json", import.meta.url).pathname);

function answersOf({ several = false, classes, width, outputs, labels, predicted, targets }: Golden): Answers {
  const columns = width ?? (classes === 2 ? 1 : classes);
  return {
    ...{ outputs: Float64Array.from(outputs), width: columns, count: outputs.length / columns, classes, several },
    labels: labels ? Int32Array.from(labels) : null,
    predicted: predicted ? Int32Array.from(predicted) : null,
    targets: targets ? Float64Array.from(targets) : null,
  };
}

describe.each(cases.map((one) => [one.name, one] as const))("%s", (_, golden) => {
  test.each(Object.entries(golden.values))("%s is scikit-learn's", (name, value) => {
    const got = metricsOf(answersOf(golden), [name as MetricName])[name as MetricName]!;
    expect(Math.abs(got - value)).toBeLessThan(1e-12 * Math.max(1, Math.abs(value)));
  });

  test("the scores of each class are scikit-learn's", () => {
    if (!golden.perClass) return;
    for (const [c, score] of perClass(answersOf(golden)).entries()) {
      for (const [name, value] of Object.entries(golden.perClass[c]!)) {
        expect(score[name as keyof typeof score]).toBeCloseTo(value, 13);
      }
    }
  });
});

test("two outputs for two classes give the values of one", () => {
  const golden = cases[0]!;
  const one = answersOf(golden);
  const two = { ...one, width: 2, outputs: golden.outputs.flatMap((p) => [1 - p, p]) };
  const names = METRIC_NAMES.filter((name) => metricIsOf(name) === "classes");
  expect(metricsOf(two, names)).toEqual(metricsOf(one, names));
});

test("the calibration error is the mean gap of the bins", () => {
  const answers: Answers = {
    ...{ outputs: [0.9, 0.9, 0.6, 0.3], width: 1, count: 4, classes: 2, targets: null },
    ...{ labels: Int32Array.of(1, 0, 1, 0), predicted: Int32Array.of(1, 1, 1, 0) },
  };
  // confidences 0.9, 0.9 (half of them right), 0.6 and 0.7 (both right)
  expect(metricsOf(answers, ["calibrationError"]).calibrationError).toBeCloseTo(
    0.5 * 0.4 + 0.25 * 0.4 + 0.25 * 0.3,
    12,
  );
  expect(calibration(answers, 10).filter(({ count }) => count > 0)).toHaveLength(3);
});

test("a metric for other answers, or without examples of both kinds, is NaN", () => {
  const [first] = cases;
  expect(metricsOf(answersOf(first!), ["r2"])).toEqual({ r2: Number.NaN });
  expect(metricsOf(answersOf(cases.find(({ targets }) => targets)!), ["accuracy"])).toEqual({ accuracy: Number.NaN });
  const same = { ...answersOf(first!), labels: new Int32Array(first!.labels!.length) };
  expect(metricsOf(same, ["rocAuc"]).rocAuc).toBeNaN();
});

test("a network of several labels is judged by them, in evaluate and in records", async () => {
  const x = Array.from({ length: 60 }, (_, i) => [Math.floor(i / 8) / 8, (i % 8) / 8]);
  const y = x.map(([a, b]) => [Number(a! > 0.5), Number(b! > 0.4), Number(a! + b! > 1)]);
  const data = createDataset({ x, y, regression: true });
  const make = () => new Network({ inputs: 2, layers: [8, 3], output: "sigmoid", loss: "binaryCrossEntropy" });
  const network = make();
  const names = ["accuracy", "hammingLoss", "f1Micro", "rocAuc", "mse"] as const;
  const { costs } = await network.fit(data, { iterations: 300, optimizer: "adam", learningRate: 0.05, metrics: names });
  const { metrics } = await network.evaluate(data, { metrics: names });
  const outputs = await network.predict(data);
  const right = y.map((row, i) => row.map((value, u) => Number(outputs[3 * i + u]! > 0.5) === value));
  expect(metrics.accuracy).toBeCloseTo(right.filter((row) => row.every(Boolean)).length / 60, 12);
  expect(metrics.hammingLoss).toBeCloseTo(right.flat().filter((one) => !one).length / 180, 12);
  expect(metrics.rocAuc).toBeGreaterThan(0.95);
  expect(costs.at(-1)!.metrics!.f1Micro).toBeGreaterThan(0.8);
  const refused = { message: expect.stringMatching(/metric kappa is of classes, the data set has several labels/) };
  await expect(network.evaluate(data, { metrics: ["kappa"] })).rejects.toMatchObject(refused);
  const shares = createDataset({ x, y: y.map((row) => row.map((value) => value / 2)), regression: true });
  await expect(network.evaluate(shares, { metrics: ["f1"] })).rejects.toThrow("has numbers to predict");
});

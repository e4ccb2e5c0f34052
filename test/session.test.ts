// Bringing data into a plan's memory in pieces: the same numbers as at once, whatever the shapes.

import { expect, test } from "vitest";
import type { Architecture } from "../src/architecture.js";
import { loadBackend } from "../src/backend.js";
import { createPace } from "../src/pace.js";
import { fill, filling, open, openTraining } from "../src/session.js";
import { type Kind, randomData } from "./data.js";

test.each([
  ["bytes", 3000, 400, 3],
  ["float32", 300, 4000, 3],
  ["float64", 600_000, 2, 2],
  ["bytes", 40, 100, 1],
] as const)(
  "%s of %i features, %i examples, in %i pieces beside the labels",
  async (kind: Kind, features, count, pieces) => {
    const data = randomData(features, count, kind, 2);
    const layers = [{ inputs: features, units: 1, activation: "sigmoid" as const }];
    const architecture: Architecture = { layers, loss: "binaryCrossEntropy", dtype: "float32" };
    const backend = await loadBackend("js");
    const whole = openTraining(backend, architecture, data, { batch: 8, optimizer: "sgd" });
    const session = open(backend, whole.plan.request);
    expect([...filling(session, data)]).toHaveLength(1 + pieces);
    const { offset } = whole.plan.x;
    const bytes = data.x.byteLength;
    const own = [session, whole].map(({ machine }) => new Uint8Array(machine.memory, offset, bytes));
    expect(Buffer.compare(own[0]!, own[1]!)).toBe(0);
    // strips of 256 features, each of all examples
    const width = Math.min(256, features);
    const Type = data.x.constructor as Uint8ArrayConstructor;
    const strip = new Type(session.machine.memory, offset, count * width);
    const last = strip.subarray((count - 1) * width);
    expect(Array.from(last)).toEqual(
      Array.from(data.x.subarray((count - 1) * features, (count - 1) * features + width)),
    );
  },
);

test("a batch that is held in panels comes in pieces, too", async () => {
  const [features, count, pieces] = [400, 3001, 3]; // a piece ends within a panel
  const data = randomData(features, count, "float32", 2);
  const layers = [{ inputs: features, units: 1, activation: "sigmoid" as const }];
  const architecture: Architecture = { layers, loss: "binaryCrossEntropy", dtype: "float32" };
  const held = { x: "panels", y: "labels", count, batch: count } as const;
  const session = open(await loadBackend("js"), {
    purpose: "train",
    architecture,
    optimizer: "sgd",
    gram: true,
    ...held,
  });
  expect([...filling(session, data)]).toHaveLength(1 + pieces);
  const { offset, length } = session.plan.x;
  const panels = new Float32Array(session.machine.memory, offset, length);
  const size = length / Math.ceil(count / 8);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < features; j++) {
      const held = panels[Math.floor(i / 8) * size + 8 * j + (i % 8)];
      if (held !== data.x[i * features + j]) expect.fail(`number ${j} of example ${i} is ${held}`);
    }
  }
});

test.each([
  ["a group of panels", [600, 520, 3], 300],
  ["a dozen panels, of a layer so wide", [9, 8192, 3], 150],
] as const)("a step in pieces has the bits of one at once: %s", async (_, [inputs, ...units], batch) => {
  const layers = units.map((width, l) => ({
    inputs: l === 0 ? inputs : units[l - 1]!,
    units: width,
    activation: l === units.length - 1 ? ("softmax" as const) : ("relu" as const),
  }));
  const architecture: Architecture = { layers, loss: "categoricalCrossEntropy", dtype: "float32" };
  const data = randomData(inputs, batch, "float32", 3);
  const backend = await loadBackend("wasm");
  const [whole, pieces] = [0, 1].map(() => {
    const session = fill(openTraining(backend, architecture, data, { batch, optimizer: "sgd" }), data);
    session.setHyperparameters({ ...NONE, learningRate: 0.1 });
    session.parameters.forEach((_, i) => {
      session.parameters[i] = ((i * 7919) % 1000) / 5000 - 0.1;
    });
    return session;
  });
  for (let i = 0; i < 2; i++) {
    expect(whole!.steps(1)).toBe(1);
    expect(await pieces!.stepPaced(createPace())).toBe(1);
  }
  expect(pieces!.costs[0]).toBe(whole!.costs[0]);
  expect(Array.from(pieces!.parameters)).toEqual(Array.from(whole!.parameters));
  // no piece is more than a strip of a layer over the panels that go together
  const { together } = pieces!.plan;
  expect(together * 8 * 256 * Math.max(...units, inputs)).toBeLessThanOrEqual(2.5e8);
  const strips = layers.map((layer) => Math.ceil(layer.inputs / 256));
  expect(pieces!.machine.pieces(0)).toBeGreaterThan(strips.reduce((sum, count) => sum + count));
});

const NONE = {
  ...{ momentum: 0, beta1: 0, beta2: 0, epsilon: 0, weightDecay: 0, clipNorm: 0, clipValue: 0 },
  ...{ l1: 0, ema: 0, swaStart: 0, swaEvery: 0, maxNorm: 0 },
};

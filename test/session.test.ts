// Bringing data into a plan's memory in pieces: the same numbers as at once, whatever the shapes.

import { expect, test } from "vitest";
import type { Architecture } from "../src/architecture.js";
import { loadBackend } from "../src/backend.js";
import { filling, open, openTraining } from "../src/session.js";
import { type Kind, randomData } from "./data.js";

test.each([
  ["bytes", 3000, 1400, 2],
  ["float32", 300, 14_000, 2],
  ["float64", 2_200_000, 2, 2],
  ["bytes", 40, 100, 1],
] as const)("%s of %i features, %i examples, in %i pieces", async (kind: Kind, features, count, pieces) => {
  const data = randomData(features, count, kind, 2);
  const layers = [{ inputs: features, units: 1, activation: "sigmoid" as const }];
  const architecture: Architecture = { layers, loss: "binaryCrossEntropy", dtype: "float32" };
  const backend = await loadBackend("js");
  const whole = openTraining(backend, architecture, data, { batch: 8, optimizer: "sgd" });
  const session = open(backend, whole.plan.request);
  expect([...filling(session, data)]).toHaveLength(pieces);
  const { offset } = whole.plan.x;
  const bytes = data.x.byteLength;
  const own = [session, whole].map(({ machine }) => new Uint8Array(machine.memory, offset, bytes));
  expect(Buffer.compare(own[0]!, own[1]!)).toBe(0);
  // strips of 256 features, each of all examples
  const width = Math.min(256, features);
  const Type = data.x.constructor as Uint8ArrayConstructor;
  const strip = new Type(session.machine.memory, offset, count * width);
  const last = strip.subarray((count - 1) * width);
  expect(Array.from(last)).toEqual(Array.from(data.x.subarray((count - 1) * features, (count - 1) * features + width)));
});

// Model files: what is saved comes back, PyTorch's names are there, and a file that is not a model is refused in words.

import { expect, test } from "vitest";
import { InputError } from "../src/errors.js";
import { readSafetensors, writeSafetensors } from "../src/network/safetensors.js";
import { Network } from "../src/network.js";

const network = (dtype: "float32" | "float64" = "float32") =>
  new Network({
    inputs: 6,
    layers: [5, 3],
    dtype,
    shape: [1, 2, 3],
    scale: 1 / 255,
    classes: ["a", "b", "c"],
    seed: 7,
  });

test.each(["float32", "float64"] as const)("a %s network comes back as it was", async (dtype) => {
  const saved = network(dtype);
  const loaded = Network.load(saved.save());
  expect(loaded.weights).toEqual(saved.weights);
  const { layers, activation, output, loss, classes, shape, scale, seed } = loaded;
  expect({ layers, activation, output, loss, classes, shape, scale, seed, dtype: loaded.dtype }).toEqual({
    ...{ layers: [6, 5, 3], activation: "relu", output: "softmax", loss: "categoricalCrossEntropy" },
    ...{ classes: ["a", "b", "c"], shape: [1, 2, 3], scale: 1 / 255, seed: 7, dtype },
  });
  expect(loaded.save()).toEqual(saved.save());
});

test("tensors have the names and shapes of torch.nn.Sequential", () => {
  const { tensors } = readSafetensors(network().save());
  expect([...tensors.values()].map(({ name, shape, dtype }) => [name, dtype, ...shape])).toEqual([
    ["0.weight", "F32", 5, 6],
    ["0.bias", "F32", 5],
    ["2.weight", "F32", 3, 5],
    ["2.bias", "F32", 3],
  ]);
});

test("a network with a weight that is not finite is not saved", () => {
  const broken = network();
  const weights = broken.weights;
  weights[1]!.weight[2] = Number.NaN;
  broken.weights = weights;
  expect(() => broken.save()).toThrow(expect.objectContaining({ code: "E_NOT_FINITE" }));
});

const parts = () => {
  const { tensors, metadata } = readSafetensors(network().save());
  return { tensors: [...tensors.values()], saved: JSON.parse(metadata.wasmlp!) };
};
const written = ({ tensors, saved }: ReturnType<typeof parts>) =>
  writeSafetensors(tensors, { wasmlp: JSON.stringify(saved) });

const WRONG: [string, (p: ReturnType<typeof parts>) => Uint8Array, RegExp][] = [
  ["no metadata", ({ tensors }) => writeSafetensors(tensors, {}), /no "wasmlp"/],
  ["metadata that is not JSON", ({ tensors }) => writeSafetensors(tensors, { wasmlp: "{" }), /not JSON/],
  ["metadata that is null", ({ tensors }) => writeSafetensors(tensors, { wasmlp: "null" }), /not an object/],
  ["a newer layout", (p) => written({ ...p, saved: { ...p.saved, version: 2 } }), /layout version 2/],
  ["layers that are text", (p) => written({ ...p, saved: { ...p.saved, layers: "5,3" } }), /names no layers/],
  ["no layers", (p) => written({ ...p, saved: { ...p.saved, layers: [] } }), /names no layers/],
  [
    "an unknown activation",
    (p) => written({ ...p, saved: { ...p.saved, activation: "swish" } }),
    /activation is "swish"/,
  ],
  ["a width of -1", (p) => written({ ...p, saved: { ...p.saved, layers: [-1, 3] } }), /.+/],
  ["class names that are numbers", (p) => written({ ...p, saved: { ...p.saved, classes: [1, 2, 3] } }), /not text/],
  ["no shape", (p) => written({ ...p, saved: { ...p.saved, shape: 6 } }), /no shape/],
  ["a shape of another size", (p) => written({ ...p, saved: { ...p.saved, shape: [2, 2] } }), /2x2/],
  ["a missing tensor", (p) => written({ ...p, tensors: p.tensors.slice(0, 3) }), /no tensor "2.bias"/],
  [
    "a tensor too many",
    (p) => written({ ...p, tensors: [...p.tensors, { ...p.tensors[3]!, name: "4.bias" }] }),
    /5 tensors/,
  ],
  [
    "a tensor of another shape",
    (p) => written({ ...p, tensors: p.tensors.map((t) => (t.name === "0.weight" ? { ...t, shape: [6, 5] } : t)) }),
    /\[6, 5\] instead of F32 \[5, 6\]/,
  ],
  [
    "another dtype than said",
    (p) => written({ ...p, saved: { ...p.saved, dtype: "float64" } }),
    /F32 .* instead of F64/,
  ],
  [
    "a weight of NaN",
    (p) =>
      written({
        ...p,
        tensors: p.tensors.map((t) => ({ ...t, data: t.data.map((v, i) => (i === 2 ? Number.NaN : v)) })),
      }),
    /not finite/,
  ],
];

test.each(WRONG)("a model file with %s is refused", (_, make, message) => {
  const bytes = make(parts());
  let error: unknown;
  try {
    Network.load(bytes, "net.safetensors");
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(InputError);
  expect((error as InputError).code).toBe("E_MODEL");
  expect((error as InputError).message).toMatch(message);
  expect((error as InputError).message).toContain("net.safetensors");
});

// Model files: what is saved comes back, PyTorch's names are there, and a file that is not a model is refused in words.

import { expect, test } from "vitest";
import { createDataset } from "../src/dataset.js";
import { InputError } from "../src/errors.js";
import { writeModel } from "../src/network/model-file.js";
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

test("weights that are not finite are not saved; a run that met them leaves those of before", async () => {
  const network = new Network({ inputs: 6, layers: [5, 3] });
  const x = Array.from({ length: 4 }, (_, i) => [i, 1, 2, 3, 4, 5]);
  const data = createDataset({ x, y: [0, 1, 2, 0], classes: ["a", "b", "c"] });
  const before = network.weights;
  const failing = network.fit(data, { iterations: 50, learningRate: 3e38 });
  await expect(failing).rejects.toMatchObject({ code: "E_NOT_FINITE" });
  expect(network.weights).toEqual(before);
  const { tensors, saved } = parts();
  const layers = [0, 2].map((l) => ({ weight: tensors[l]!.data.slice(), bias: tensors[l + 1]!.data.slice() }));
  layers[1]!.weight[2] = Number.NaN;
  expect(() => writeModel(saved, layers)).toThrow(expect.objectContaining({ code: "E_NOT_FINITE" }));
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
  ["a newer layout", (p) => written({ ...p, saved: { ...p.saved, version: 99 } }), /layout version 99/],
  ["layers that are text", (p) => written({ ...p, saved: { ...p.saved, layers: "5,3" } }), /its layers is "5,3"/],
  ["no layers", (p) => written({ ...p, saved: { ...p.saved, layers: [] } }), /\d tensors instead of 0/],
  [
    "an unknown activation",
    (p) => written({ ...p, saved: { ...p.saved, activation: "swish" } }),
    /activation is "swish"/,
  ],
  ["a width of -1", (p) => written({ ...p, saved: { ...p.saved, layers: [-1, 3] } }), /.+/],
  [
    "class names that are numbers",
    (p) => written({ ...p, saved: { ...p.saved, classes: [1, 2, 3] } }),
    /its classes is \[1, 2, 3\]/,
  ],
  ["no shape", (p) => written({ ...p, saved: { ...p.saved, shape: 6 } }), /its shape is 6/],
  [
    "a shape of fractions",
    (p) => written({ ...p, saved: { ...p.saved, shape: [0.5, 12] } }),
    /its shape is \[0.5, 12\]/,
  ],
  ["a shape of negative sides", (p) => written({ ...p, saved: { ...p.saved, shape: [-2, -3] } }), /its shape is/],
  [
    "a seed beyond 32 bits",
    (p) => written({ ...p, saved: { ...p.saved, seed: 2 ** 40 } }),
    /its seed is 1099511627776/,
  ],
  ["equal class names", (p) => written({ ...p, saved: { ...p.saved, classes: ["a", "b", "a"] } }), /names that differ/],
  [
    "newer numerics",
    (p) => written({ ...p, saved: { ...p.saved, numerics: 99 } }),
    /numerics 99, this release knows 1/,
  ],
  ["numerics of text", (p) => written({ ...p, saved: { ...p.saved, numerics: "1" } }), /its numerics are "1"/],
  [
    "a name that no model has",
    (p) => written({ ...p, saved: { ...p.saved, colour: 1 } }),
    /"colour" among its options/,
  ],
  [
    "inputs that no text can be made of",
    (p) => written({ ...p, saved: { ...p.saved, inputs: { toString: null } } }),
    /its inputs is an object/,
  ],
  [
    "nesting of 20,000",
    (p) =>
      writeSafetensors(p.tensors, {
        wasmlp: `{"version":1,"numerics":1,"inputs":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
      }),
    /says nothing of|its inputs is \[/,
  ],
  ...["inputs", "layers", "activation", "output", "loss", "dtype", "seed", "shape", "scale"].map(
    (name): (typeof WRONG)[number] => [
      `no ${name}`,
      (p) => written({ ...p, saved: { ...p.saved, [name]: undefined } }),
      /says nothing of its/,
    ],
  ),
  [
    "a changed fingerprint",
    (p) => written({ ...p, saved: { ...p.saved, fingerprint: "0" } }),
    /some were changed since/,
  ],
  ["a shape of another size", (p) => written({ ...p, saved: { ...p.saved, shape: [2, 2] } }), /2x2/],
  ["a missing tensor", (p) => written({ ...p, tensors: p.tensors.slice(0, 3) }), /3 tensors instead of 4/],
  [
    "a tensor of another name",
    (p) => written({ ...p, tensors: p.tensors.map((t, i) => (i === 3 ? { ...t, name: "3.bias" } : t)) }),
    /no tensor "2.bias"/,
  ],
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

test("every flipped bit of the weights is found (F16)", () => {
  const bytes = network().save();
  const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  for (let bit = 0; bit < 8 * (bytes.length - start); bit += 7) {
    const mutant = bytes.slice();
    mutant[start + (bit >> 3)]! ^= 1 << (bit & 7);
    expect(() => Network.load(mutant)).toThrow(expect.objectContaining({ code: "E_MODEL" }));
  }
});

test("a model of a negative scale comes back (G5)", () => {
  const negative = new Network({ inputs: 2, layers: [1], scale: -1 });
  expect(Network.load(negative.save()).scale).toBe(-1);
});

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

// Files of others that cannot be imported: each ends in one sentence with a stable code that names what is wrong, and
// nothing of a file is run.

import { readFileSync } from "node:fs";
import { unzipSync, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { concatBytes } from "../src/bytes.js";
import { fromBrain16 } from "../src/dataset/half.js";
import { ATTRIBUTE, GRAPH, MODEL, NODE, OPSET, TENSOR, TENSOR_TYPE, TYPE, VALUE } from "../src/exchange/onnx-format.js";
import { bytes, float, readMessage, whole } from "../src/exchange/protobuf.js";
import { type ImportFile, type ImportOptions, importNetwork, Network, networkToOnnx } from "../src/index.js";
import { writeSafetensors } from "../src/network/safetensors.js";
import { deviation } from "./onnx.js";

const fixture = (name: string): ImportFile & { bytes: Uint8Array } => ({
  name,
  bytes: new Uint8Array(readFileSync(new URL(`fixtures/exchange/${name}`, import.meta.url))),
});

async function refusal(files: ImportFile | ImportFile[], options?: ImportOptions): Promise<string> {
  const error = await importNetwork(files, options).then(
    () => "was read",
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: "InputError" });
  const { code, message } = error as { code: string; message: string };
  expect(message).toMatch(/^(importNetwork( \([^)]+\))?|readHdf5|readSafetensors): [^\n]+[.?]$/);
  return `${code} ${message}`;
}

// ---- ONNX models by hand

const tensor = (name: string, shape: number[], data = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5)) =>
  bytes(GRAPH.initializer, [
    ...shape.map((side) => whole(TENSOR.dims, side)),
    ...[whole(TENSOR.type, TYPE.float), bytes(TENSOR.name, name), bytes(TENSOR.raw, new Uint8Array(data.buffer))],
  ]);
const node = (op: string, inputs: string[], output: string, attributes: Uint8Array[] = []) =>
  bytes(GRAPH.node, [
    ...inputs.map((name) => bytes(NODE.input, name)),
    ...[bytes(NODE.output, output), bytes(NODE.name, `the ${op}`), bytes(NODE.op, op)],
    ...attributes.map((attribute) => bytes(NODE.attribute, attribute)),
  ]);
const number = (name: string, value: number) =>
  concatBytes([bytes(ATTRIBUTE.name, name), float(ATTRIBUTE.float, value)]);
const input = (name = "x") => bytes(GRAPH.input, [bytes(VALUE.name, name)]);
// a weight that is turned again and again
const trap = [
  tensor("t0", [1000, 1000]),
  ...Array.from({ length: 90 }, (_, i) => node("Transpose", [`t${i}`], `t${i + 1}`)),
  node("MatMul", ["x", "t90"], "y"),
];
const model = (...graph: Uint8Array[]) => ({
  name: "a.onnx",
  bytes: concatBytes([
    whole(MODEL.irVersion, 8),
    bytes(MODEL.graph, [...graph, bytes(GRAPH.output, [bytes(VALUE.name, "y")])]),
    bytes(MODEL.opset, [whole(OPSET.version, 17)]),
  ]),
});
const weight = tensor("w", [2, 3]);
const side = bytes(TENSOR_TYPE.dimension, [whole(TENSOR_TYPE.size, 2)]);
const picture = bytes(GRAPH.input, [
  bytes(VALUE.name, "x"),
  bytes(VALUE.type, [bytes(TENSOR_TYPE.tensor, [bytes(TENSOR_TYPE.shape, [side, side, side])])]),
]);

describe("ONNX", () => {
  test.each<[string, RegExp, ImportFile]>([
    [
      "a convolution",
      /E_MODEL .* has Conv "the Conv", which is no part of/,
      model(input(), weight, node("Conv", ["x", "w"], "y")),
    ],
    ["two inputs", /2 inputs \("x", "z"\)/, model(input(), input("z"), weight, node("MatMul", ["x", "w"], "y"))],
    [
      "weights that are no constant",
      /MatMul "the MatMul" whose weights/,
      model(input(), node("MatMul", ["x", "x"], "y")),
    ],
    [
      "weights of three sides",
      /of shape 2x3x1/,
      model(input(), tensor("w", [2, 3, 1]), node("MatMul", ["x", "w"], "y")),
    ],
    [
      "an activation of its own",
      /"the Elu" behind operations|output "y" behind operations/,
      model(input(), weight, node("MatMul", ["x", "w"], "z"), node("Elu", ["z"], "y", [number("alpha", 0.5)])),
    ],
    [
      "layers that do not fit",
      /with 2 inputs behind .* with 3 units/,
      model(input(), weight, node("MatMul", ["x", "w"], "z"), node("MatMul", ["z", "w"], "y")),
    ],
    ["a value that nothing gives", /reads "z", which nothing/, model(input(), weight, node("MatMul", ["z", "w"], "y"))],
    ["no layer", /no dense layer/, model(input(), node("Identity", ["x"], "y"))],
    ["an output that is no value", /reads "y"|output "y"/, model(input(), weight, node("MatMul", ["x", "w"], "z"))],
    ["a constant output", /the same for every example/, model(input(), tensor("y", [2]))],
    [
      "weights that lie",
      /6 numbers in tensor "w" of shape 2x4/,
      model(input(), tensor("w", [2, 4], new Float32Array(6)), node("MatMul", ["x", "w"], "y")),
    ],
    [
      "weights in another file",
      /tensor "w" in another file/,
      model(
        input(),
        bytes(GRAPH.initializer, [bytes(TENSOR.name, "w"), whole(TENSOR.location, 1)]),
        node("MatMul", ["x", "w"], "y"),
      ),
    ],
    [
      "weights that are not finite",
      /not finite/,
      model(input(), tensor("w", [1, 1], Float32Array.of(Number.NaN)), node("MatMul", ["x", "w"], "y")),
    ],
    [
      "one softmax",
      /one softmax output, which is always 1/,
      model(input(), tensor("w", [2, 1]), node("MatMul", ["x", "w"], "z"), node("Softmax", ["z"], "y")),
    ],
    [
      "a hidden softmax",
      /softmax/,
      model(
        input(),
        tensor("w", [3, 3]),
        node("MatMul", ["x", "w"], "z"),
        node("Softmax", ["z"], "a"),
        node("MatMul", ["a", "w"], "y"),
      ),
    ],
    [
      "a branch",
      /where it branches|behind a branch/,
      model(
        input(),
        tensor("w", [3, 3]),
        node("MatMul", ["x", "w"], "z"),
        node("MatMul", ["z", "w"], "a"),
        node("MatMul", ["z", "w"], "b"),
        node("Add", ["a", "b"], "y"),
      ),
    ],
    [
      "sums that double",
      /operations that are no activation/,
      model(
        input(),
        tensor("w", [1, 1]),
        node("MatMul", ["x", "w"], "v0"),
        ...Array.from({ length: 60 }, (_, i) => node("Add", [`v${i}`, `v${i}`], i === 59 ? "y" : `v${i + 1}`)),
      ),
    ],
    [
      "a name of objects",
      /constructor "the constructor", which is no part/,
      model(input(), weight, node("constructor", ["x", "w"], "y")),
    ],
    [
      "a scale behind the last activation",
      /the Mul" behind its last activation/,
      model(
        input(),
        weight,
        tensor("v", [3]),
        node("MatMul", ["x", "w"], "z"),
        node("Relu", ["z"], "r"),
        node("Mul", ["r", "v"], "y"),
      ),
    ],
    [
      "a sum around a layer that took over a scale",
      /adds the inputs of/,
      model(
        input(),
        tensor("w", [3, 3]),
        tensor("v", [3]),
        node("MatMul", ["x", "w"], "z"),
        node("Relu", ["z"], "r"),
        node("Mul", ["r", "v"], "m"),
        node("MatMul", ["m", "w"], "d"),
        node("Tanh", ["d"], "t"),
        node("Add", ["t", "m"], "a"),
        node("MatMul", ["a", "w"], "y"),
      ),
    ],
    [
      "a product of two branches",
      /Mul "the Mul" of two branches/,
      model(
        input(),
        tensor("w", [3, 3]),
        node("MatMul", ["x", "w"], "z"),
        node("Relu", ["z"], "r"),
        node("MatMul", ["r", "w"], "d"),
        node("Mul", ["d", "r"], "p"),
        node("MatMul", ["p", "w"], "y"),
      ),
    ],
    [
      "inputs of several sides",
      /MatMul "the MatMul" on inputs of several sides/,
      model(picture, weight, node("MatMul", ["x", "w"], "y")),
    ],
    ["more work than its size", /more to compute than a model of its size/, model(input(), ...trap)],
    [
      "a table's columns",
      /3 inputs/,
      {
        name: "a.onnx",
        bytes: networkToOnnx(
          new Network({
            inputs: 3,
            layers: [1],
            encoding: {
              features: ["a", "b", "c"].map((name) => ({ name, kind: "number" as const, fill: 0, missing: false })),
              target: { names: ["y"], classes: null },
            },
          }),
        ),
      },
    ],
  ])("%s", async (_, message, file) => {
    expect(await refusal(file)).toMatch(message);
  });

  test("columns that are turned round, or multiplied by 0, before the first layer", async () => {
    const [v, u, w] = [
      [-2, 0, 0.5],
      [1, 3, -1],
      [0.5, -1, 2, 3, 1, -0.25],
    ] as const;
    const file = model(
      ...[input(), tensor("v", [3], Float32Array.from(v)), tensor("u", [3], Float32Array.from(u))],
      ...[tensor("w", [3, 2], Float32Array.from(w)), node("Mul", ["x", "v"], "a"), node("Add", ["a", "u"], "b")],
      node("MatMul", ["b", "w"], "y"),
    );
    const x = [4, -7, 2.5];
    const scaled = x.map((value, j) => value * v[j]! + u[j]!);
    const wanted = [0, 1].map((unit) => scaled.reduce((sum, value, j) => sum + value * w[2 * j + unit]!, 0));
    expect(deviation(await (await importNetwork(file)).predict([x]), wanted)).toBeLessThan(1e-6);
  });

  test("Gemm with factors, and a hardSigmoid of another slope", async () => {
    const gemm = node("Gemm", ["x", "w", "b"], "z", [number("alpha", 3), number("beta", -2)]);
    const hard = node("HardSigmoid", ["z"], "y", [number("alpha", 0.25), number("beta", 0.625)]);
    const file = model(input(), tensor("w", [2, 1], Float32Array.of(0.25, -0.5)), tensor("b", [1]), gemm, hard);
    const rows = [
      [1, 1],
      [2, -1],
      [-3, 0.5],
      [9, -9],
    ];
    const z = rows.map(([a, b]) => 3 * (0.25 * a! - 0.5 * b!) - 2 * 0.5);
    const wanted = z.map((value) => Math.max(0, Math.min(1, 0.25 * value + 0.625)));
    const network = await importNetwork(file);
    expect(network.output).toBe("hardSigmoid");
    expect(deviation(await network.predict(rows), wanted)).toBeLessThan(1e-6);
  });

  test("of several outputs the one that can be read is taken, of none or two none", async () => {
    const second = (name: string) => bytes(GRAPH.output, [bytes(VALUE.name, name)]);
    const layer = [input(), weight, node("MatMul", ["x", "w"], "y"), node("ArgMax", ["y"], "class")];
    expect((await importNetwork(model(second("class"), ...layer))).layers).toEqual([2, 3]);
    expect(await refusal(model(second("y"), ...layer))).toMatch(/2 outputs, of which 2 can be read/);
  });

  test("cut at any byte", async () => {
    const { bytes: whole } = fixture("torch-17.onnx");
    for (let end = 3; end < whole.length; end += 13) {
      const found = await importNetwork({ name: "cut.onnx", bytes: whole.slice(0, end) }).catch(
        (error: unknown) => error,
      );
      if (!(found instanceof Network)) expect(found).toMatchObject({ name: "InputError", code: "E_MODEL" });
    }
  });
});

describe("Keras and TensorFlow.js", () => {
  const archive = (change: (config: string) => string) => {
    const members = unzipSync(fixture("keras3.keras").bytes);
    const config = change(new TextDecoder().decode(members["config.json"]));
    return { name: "a.keras", bytes: zipSync({ ...members, "config.json": new TextEncoder().encode(config) }) };
  };
  const json = (change: (text: string) => string): ImportFile[] => {
    const { name, bytes } = fixture("tfjs.json");
    const text = change(new TextDecoder().decode(bytes));
    const others = ["group1-shard1of2.bin", "group1-shard2of2.bin"].map(fixture);
    return [{ name, bytes: new TextEncoder().encode(text) }, ...others];
  };

  test.each<[string, RegExp, () => ImportFile | ImportFile[]]>([
    [
      "a layer of pictures",
      /a\.keras has Conv2D "dense_8", which is no part/,
      () =>
        archive((c) => c.replace(/"Dense", ("registered_name": null, "config": \{"name": "dense_8")/, '"Conv2D", $1')),
    ],
    [
      "code in a layer",
      /Lambda "dropout_3", which is no part/,
      () => archive((c) => c.replace('"class_name": "Dropout"', '"class_name": "Lambda"')),
    ],
    [
      "an activation that is none here",
      /Dense "dense_7" with activation "relu6"/,
      () => archive((c) => c.replace('"activation": "gelu"', '"activation": "relu6"')),
    ],
    [
      "units that are not the weights'",
      /of 9 units with weights of 5/,
      () => archive((c) => c.replace('"units": 5', '"units": 9')),
    ],
    [
      "layer normalisation behind an activation",
      /LayerNormalization "layer_normalization" in another place/,
      () => archive((c) => c.replace(/("name": "dense_9".*?)"activation": "linear"/, '$1"activation": "relu"')),
    ],
    [
      "more arrays than there are",
      /LayerNormalization .* with 2 arrays instead of 1 \(beta\)/,
      () => archive((c) => c.replace(/("name": "layer_normalization".*?)"scale": true/, '$1"scale": false')),
    ],
    [
      "a model of another class",
      /a model of class "Transformer"/,
      () => archive((c) => c.replace('"Sequential"', '"Transformer"')),
    ],
    ["no JSON", /a config\.json that is not JSON/, () => archive((c) => c.slice(0, 99))],
    [
      "endless nesting",
      /nested too deep|not JSON|with activation/,
      () =>
        archive((c) =>
          c.replace(
            '"activation": "gelu"',
            `"activation": ${'{"class_name":"Activation","config":{"activation":'.repeat(9000)}"relu"${"}}".repeat(9000)}`,
          ),
        ),
    ],
    [
      "an archive of something else",
      /no config\.json and model\.weights\.h5/,
      () => ({ name: "a.zip", bytes: zipSync({ "a.txt": new Uint8Array(3) }) }),
    ],
    [
      "data",
      /^E_MODEL importNetwork: course\.h5 has no model of Keras/,
      () => ({
        name: "course.h5",
        bytes: new Uint8Array(readFileSync(new URL("fixtures/course.h5", import.meta.url))),
      }),
    ],
    [
      "weights that ask for activations",
      /^E_MODEL .* 6-4-3 and does not say its activations; pass .*--activation relu/,
      () => fixture("keras2-weights.h5"),
    ],
    [
      "a layer that reads two",
      /Dense "b", which reads several layers/,
      () => {
        const members = unzipSync(fixture("keras3-functional.keras").bytes);
        const text = new TextDecoder().decode(members["config.json"]);
        const config = JSON.parse(text) as { config: { layers: { inbound_nodes: { args: unknown[] }[] }[] } };
        const last = config.config.layers[3]!.inbound_nodes[0]!;
        last.args.push(...config.config.layers[2]!.inbound_nodes[0]!.args);
        return {
          name: "a.keras",
          bytes: zipSync({ ...members, "config.json": new TextEncoder().encode(JSON.stringify(config)) }),
        };
      },
    ],
    [
      "a shard that is not there",
      /its weights in "group1-shard2of2\.bin"; pass that file, too/,
      () => json((t) => t).slice(0, 2),
    ],
    [
      "a shard that is named twice",
      /weights in "group1-shard1of2\.bin" twice/,
      () => json((t) => t.replace("./group1-shard2of2", "./group1-shard1of2")),
    ],
    [
      "a shape that lies",
      /weights "dense_Dense2\/bias" at byte/,
      () => json((t) => t.replace('"shape": [8, 2]', '"shape": [9, 2]')),
    ],
    ["a shape that is none", /of shape/, () => json((t) => t.replace('"shape": [8, 2]', '"shape": [-8, 2]'))],
    ["bytes too many", /8 bytes of weights too many/, () => json((t) => t.replace('"shape": [8]', '"shape": [6]'))],
    ["a graph model", /a graph model/, () => json((t) => t.replace("layers-model", "graph-model"))],
  ])("%s", async (_, message, files) => {
    expect(await refusal(files())).toMatch(message);
  });

  test("an activation by its name, in an object, or as a layer is one", async () => {
    const x = [Float64Array.of(35, 50, 40, 10, 60, 45)];
    const [one, ...others] = await Promise.all(
      [
        '"leaky_relu"',
        '{"class_name": "function", "config": "leaky_relu"}',
        '{"class_name": "LeakyReLU", "config": {"negative_slope": 0.2}}',
        '{"class_name": "LeakyReLU", "config": {"alpha": {"type": "ndarray", "value": 0.2}}}',
      ].map(async (activation) => {
        const file = archive((c) => c.replace('"activation": "gelu"', `"activation": ${activation}`));
        return (await importNetwork(file)).predict(x);
      }),
    );
    expect(others).toEqual(others.map(() => one));
    const gelu = await (await importNetwork(archive((c) => c))).predict(x);
    expect(gelu).not.toEqual(one);
  });

  test("what a model says itself is not to be passed", async () => {
    expect(await refusal(fixture("keras3.keras"), { activation: "relu" })).toMatch(/leave activation out/);
    expect(await refusal(fixture("keras2.h5"), { output: "sigmoid" })).toMatch(
      /softmax behind its last layer.*leave output out/,
    );
    expect(await refusal(fixture("keras2-functional.h5"), { scale: 2 })).toMatch(/leave scale out/);
    expect(await refusal(fixture("keras3.keras"), { loss: "hinge", output: "sigmoid" })).toMatch(
      /loss hinge does not go with/,
    );
  });
});

describe("PyTorch", () => {
  const state = (tensors: Record<string, number[]>) => ({
    name: "a.safetensors",
    bytes: writeSafetensors(
      Object.entries(tensors).map(([name, shape]) => ({
        ...{ name, shape, dtype: "F32" as const, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) },
      })),
      {},
    ),
  });

  test("a pickle is never run: refused with the line of Python that helps", async () => {
    const line = /^E_MODEL .* is a pickle, a program .* in Python: safetensors\.torch\.save_file\(torch\.load\(/;
    expect(await refusal(fixture("torch.pt"))).toMatch(line);
    expect(
      await refusal({ name: "a.pth", bytes: Uint8Array.of(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9) }),
    ).toMatch(line);
    expect(await refusal({ name: "a.pkl", bytes: Uint8Array.of(0x80, 4, 0x95, 0, 0) })).toMatch(line);
  });

  test.each<[string, RegExp, Record<string, number[]>, ImportOptions]>([
    [
      "a convolution",
      /module "conv" with "bias" 3, "weight" 3x1x2x2|module "conv" with weights of shape 3x1x2x2/,
      { "conv.weight": [3, 1, 2, 2], "conv.bias": [3] },
      {},
    ],
    ["an LSTM", /module "rnn" with .*"weight_ih_l0"/, { "rnn.weight_ih_l0": [8, 2], "rnn.weight_hh_l0": [8, 2] }, {}],
    [
      "layers that fit in no order",
      /do not fit together/,
      { "a.weight": [3, 2], "b.weight": [5, 4] },
      { activation: "relu" },
    ],
    [
      "layers that fit in several orders",
      /in several orders; name them in theirs, \{ order: \["a", "b", "c"\] \}/,
      { "a.weight": [2, 3], "b.weight": [3, 2], "c.weight": [2, 2] },
      { activation: "relu" },
    ],
    [
      "a normalisation of unknown place",
      /does not say whether it stands before .*--place before/,
      {
        "fc1.weight": [3, 2],
        "bn1.weight": [3],
        "bn1.bias": [3],
        "bn1.running_mean": [3],
        "bn1.running_var": [3],
        "fc2.weight": [1, 3],
      },
      { activation: "relu" },
    ],
    [
      "a normalisation of no layer",
      /module "bn" of 7 numbers, which goes with no/,
      { "fc.weight": [3, 2], "bn.weight": [7], "bn.bias": [7] },
      {},
    ],
    ["no activation", /2-3-1 and does not say its activations/, { "0.weight": [3, 2], "2.weight": [1, 3] }, {}],
    ["nothing dense", /no weights of a dense layer/, { "norm.weight": [3], "norm.bias": [3] }, {}],
    ["a bias of another length", /arrays of several lengths/, { "0.weight": [3, 2], "0.bias": [2] }, {}],
  ])("%s", async (_, message, tensors, options) => {
    expect(await refusal(state(tensors), options)).toMatch(message);
  });

  test("names are in the order in which people count, whatever that of the file", async () => {
    const weights = (values: number[]) => ({ dtype: "F32" as const, data: Float32Array.from(values), shape: [1, 1] });
    const bytes = writeSafetensors(
      [
        { name: "b.weight", ...weights([5]) },
        { name: "a10.weight", ...weights([3]) },
        { name: "a9.weight", ...weights([2]) },
      ],
      {},
    );
    const network = await importNetwork({ name: "a.safetensors", bytes }, { activation: "relu" });
    expect(network.weights.map(({ weight }) => weight[0])).toEqual([2, 3, 5]);
  });

  test("an order that is named is taken", async () => {
    const tensors = { "a.weight": [2, 3], "b.weight": [3, 2], "c.weight": [2, 2] };
    const network = await importNetwork(state(tensors), { activation: "relu", order: ["c", "b", "a"] });
    expect(network.layers).toEqual([2, 2, 3, 2]);
    expect(await refusal(state(tensors), { activation: "relu", order: ["c", "b"] })).toMatch(/name all of them/);
    expect(await refusal(state(tensors), { activation: "relu", order: ["d"] })).toMatch(/none called "d"/);
  });

  test("what is not as in the file is told", async () => {
    const told: string[] = [];
    const file = fixture("torch-sequential.safetensors");
    await importNetwork(file, { activation: "relu", onRemark: (sentence) => told.push(sentence) });
    expect(told).toEqual([
      expect.stringMatching(/^module "6" behind an activation is folded/),
      expect.stringMatching(/^The last layer is taken as linear/),
    ]);
  });
});

test("messages that are cut, or lie of their lengths, are told", () => {
  const whole = bytes(1, "abc");
  expect(readMessage(whole).get(1)).toEqual([new TextEncoder().encode("abc")]);
  for (const [wrong, why] of [
    [whole.slice(0, -1), /wants 3 bytes at 2 of 4/],
    [Uint8Array.of(8), /is cut at 1/],
    [Uint8Array.of(8, ...new Array<number>(10).fill(255), 1), /without an end at 1/],
    [Uint8Array.of(11, 0), /a field of kind 3 at 0/],
    [Uint8Array.of(10, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1), /wants -1 bytes/],
    // −11, back to where it began
    [Uint8Array.of(10, 245, 255, 255, 255, 255, 255, 255, 255, 255, 1), /wants -11 bytes/],
  ] as const) {
    expect(() => readMessage(wrong)).toThrow(why);
  }
});

test("bfloat16 is the upper half of a float", () => {
  expect([0x3fc0, 0xc000, 0x7f80, 0x0001].map(fromBrain16)).toEqual([1.5, -2, Number.POSITIVE_INFINITY, 2 ** -133]);
});

test("a model of wasmlp's own is loaded", async () => {
  const network = new Network({ inputs: 2, layers: [3, 1], dropout: 0.1, seed: 8 });
  const again = await importNetwork({ name: "own.safetensors", bytes: network.save() });
  expect(again.save()).toEqual(network.save());
});

test("calls that are wrong", async () => {
  expect(await refusal([])).toMatch(/^E_OPTION .*no files/);
  expect(await refusal(new Uint8Array(3) as never)).toMatch(/^E_OPTION .*\{ name, bytes \}/);
  expect(await refusal({ name: "a", bytes: "b" as never })).toMatch(/^E_MODEL .*pass the bytes/);
  expect(await refusal([fixture("torch-17.onnx"), fixture("torch-9.onnx")])).toMatch(
    /1 files beside it; pass one model/,
  );
  expect(await refusal(fixture("torch-17.onnx"), { activations: "relu" } as never)).toMatch(
    /^E_OPTION .*did you mean activation/,
  );
  expect(await refusal({ name: "a.pdf", bytes: new TextEncoder().encode("%PDF") })).toMatch(
    /a PDF document; pass an ONNX/,
  );
});

// Networks as ONNX models. Opset 17, which onnxruntime reads from 1.12 on: what it has no operator for (gelu, mish, silu)
// is made of several. Nothing is in double precision, which many runtimes lack: what standardises does without.

import { GELU_CUBE, GELU_SCALE, SELU_EDGE, SELU_SCALE, SIXTH } from "../../assembly/constants.js";
import type { LayerShape } from "../architecture.js";
import { concatBytes } from "../bytes.js";
import { InputError } from "../errors.js";
import type { Bytes } from "../globals.js";
import type { Columns } from "../network/standardize.js";
import type { Network } from "../network.js";
import { checkOptions, show } from "../options/check.js";
import { flag } from "../options/type.js";
import type { LayerWeights, Numbers } from "../session/layout.js";
import type { Encoding, Feature } from "../table/encoding.js";
import { describeNetwork, floatsOf } from "./described.js";
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  ENTRY,
  GRAPH,
  MODEL,
  NODE,
  OPSET,
  OWN_METADATA,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE,
} from "./onnx-format.js";
import { bytes, float, whole } from "./protobuf.js";

export interface OnnxOptions {
  /**
   * Whether it is the network alone: without the scale, what standardises inputs and gives numbers to predict back in
   * their own unit, and the columns of a table. @default false
   */
  bare?: boolean | undefined;
}

const IR_VERSION = 8;
const OPSETS = { "": 17, "ai.onnx.ml": 2 } as const;

type Attribute = number | readonly number[] | readonly string[] | { readonly float: number } | Uint8Array;

/**
 * A graph that grows: each node gives a value, whose name is handed to the next. All names of its own begin with `prefix`,
 * so that none is a column's.
 */
function createGraph(prefix: string) {
  const nodes: Uint8Array[] = [];
  const initializers: Uint8Array[] = [];
  const domains = new Set<keyof typeof OPSETS>([""]);
  let values = 0;

  /** A node of one output, and the name of that. */
  function add(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain: keyof typeof OPSETS = "",
    output = `${prefix}${op}_${values++}`,
  ): string {
    domains.add(domain);
    nodes.push(
      bytes(GRAPH.node, [
        ...inputs.map((input) => bytes(NODE.input, input)),
        ...[bytes(NODE.output, output), bytes(NODE.name, `${op}_${nodes.length}`), bytes(NODE.op, op)],
        ...Object.entries(attributes).map(([name, value]) => bytes(NODE.attribute, attributeOf(name, value))),
        ...(domain === "" ? [] : [bytes(NODE.domain, domain)]),
      ]),
    );
    return output;
  }

  /** A constant, and its name. */
  function constant(name: string, shape: readonly number[], data: ArrayLike<number>): string {
    initializers.push(bytes(GRAPH.initializer, tensorOf(prefix + name, shape, data)));
    return prefix + name;
  }

  const number = (name: string, value: number) => constant(`${name}_${values++}`, [], [value]);
  return { nodes, initializers, domains, add, constant, number };
}

type Graph = ReturnType<typeof createGraph>;

function attributeOf(name: string, value: Attribute): Uint8Array[] {
  const of = (type: keyof typeof ATTRIBUTE_TYPE, ...content: Uint8Array[]) => [
    ...[bytes(ATTRIBUTE.name, name), ...content, whole(ATTRIBUTE.type, ATTRIBUTE_TYPE[type])],
  ];
  if (typeof value === "number") return of("int", whole(ATTRIBUTE.int, value));
  if (value instanceof Uint8Array) return of("tensor", bytes(ATTRIBUTE.tensor, value));
  if ("float" in value) return of("float", float(ATTRIBUTE.float, value.float));
  const list = value as readonly (number | string)[];
  if (list.every((item) => typeof item === "number")) {
    return of("ints", ...list.map((item) => whole(ATTRIBUTE.ints, item as number)));
  }
  return of("texts", ...list.map((item) => bytes(ATTRIBUTE.texts, item as string)));
}

function tensorOf(name: string, shape: readonly number[], data: ArrayLike<number>): Uint8Array[] {
  const floats = floatsOf("networkToOnnx", data);
  return [
    ...shape.map((side) => whole(TENSOR.dims, side)),
    ...[whole(TENSOR.type, TYPE.float), bytes(TENSOR.name, name), bytes(TENSOR.raw, new Uint8Array(floats.buffer))],
  ];
}

/** An input or output of any number of examples. */
function valueInfo(name: string, shape: readonly number[], type: number): Uint8Array[] {
  const dimensions = [
    bytes(TENSOR_TYPE.dimension, [bytes(TENSOR_TYPE.symbol, "examples")]),
    ...shape.map((side) => bytes(TENSOR_TYPE.dimension, [whole(TENSOR_TYPE.size, side)])),
  ];
  const tensor = [whole(TENSOR_TYPE.element, type), bytes(TENSOR_TYPE.shape, dimensions)];
  return [bytes(VALUE.name, name), bytes(VALUE.type, [bytes(TENSOR_TYPE.tensor, tensor)])];
}

/**
 * A network as an ONNX model of opset 17, in float32: input "input" (examples, …the shape of one), raw numbers as predict
 * takes them, output "output" (examples, outputs) as predict gives it. A network that was trained on a table has an input
 * (examples, 1) for each column by its name instead: numbers, NaN where there is none, days since 1970 for dates, 1 and 0
 * for yes and no; categories are strings, "" where there is none. Names of classes and the loss are in the metadata.
 *
 * Throws E_OPTION for an option that is none, E_NOT_FINITE, E_DISPOSED.
 * Source: https://onnx.ai/onnx/operators/
 *
 * @example await writeFile("cats.onnx", networkToOnnx(network));
 */
export function networkToOnnx(network: Network, options: OnnxOptions = {}): Bytes {
  checkOptions("networkToOnnx", { bare: flag }, options);
  const { options: own, architecture, weights, standardization } = describeNetwork(network);
  const bare = options.bare === true;
  const encoding = bare ? null : (own.encoding ?? null);
  const graph = createGraph(encoding ? prefixFor(encoding) : "");
  const shape = bare || encoding ? [own.inputs] : own.shape;
  let value = encoding ? addColumns(graph, encoding) : "input";
  if (!encoding && shape.length > 1) value = graph.add("Flatten", [value], { axis: 1 });
  if (!bare) value = addScale(graph, value, own.scale, standardization?.inputs ?? null);
  architecture.layers.forEach((layer, l) => {
    value = addLayer(graph, value, layer, weights[l]!, `layer${l + 1}`, architecture.normEpsilon);
  });
  if (!bare && standardization?.targets) value = addUnit(graph, value, standardization.targets);
  graph.add("Identity", [value], {}, "", "output");

  const inputs = encoding ? encoding.features.map(columnInput) : [valueInfo("input", shape, TYPE.float)];
  const metadata = { ...(own.classes && { classes: own.classes }), loss: own.loss };
  const outputs = architecture.layers.at(-1)!.units;
  return concatBytes([
    whole(MODEL.irVersion, IR_VERSION),
    bytes(MODEL.producer, "wasmlp"),
    bytes(MODEL.graph, [
      ...graph.nodes,
      bytes(GRAPH.name, "network"),
      ...graph.initializers,
      ...inputs.map((input) => bytes(GRAPH.input, input)),
      bytes(GRAPH.output, valueInfo("output", [outputs], TYPE.float)),
    ]),
    ...[...graph.domains].map((domain) =>
      bytes(MODEL.opset, [bytes(OPSET.domain, domain), whole(OPSET.version, OPSETS[domain])]),
    ),
    bytes(MODEL.metadata, [bytes(ENTRY.key, OWN_METADATA), bytes(ENTRY.value, JSON.stringify(metadata))]),
  ]);
}

/**
 * scale·x, or (scale·x − mean)/deviation as (x − mean/scale)/(deviation/scale), with the mean in two floats: so it keeps
 * all digits where numbers are far from 0, such as days since 1970.
 */
function addScale(graph: Graph, value: string, scale: number, columns: Columns | null): string {
  if (columns === null) return scale === 1 ? value : graph.add("Mul", [value, graph.number("scale", scale)]);
  const { mean, deviation } = columns;
  const shape = [mean.length];
  const center = mean.map((m) => m / scale);
  const rest = center.map((m) => m - Math.fround(m));
  let centred = graph.add("Sub", [value, graph.constant("mean", shape, center)]);
  if (rest.some((m) => m !== 0)) centred = graph.add("Sub", [centred, graph.constant("mean_rest", shape, rest)]);
  const spread = deviation.map((d) => d / scale);
  return graph.add("Div", [centred, graph.constant("deviation", shape, spread)]);
}

/** Numbers to predict in their own unit: v·deviation + mean. */
function addUnit(graph: Graph, value: string, { mean, deviation }: Columns): string {
  const spread = graph.constant("target_deviation", [deviation.length], deviation);
  return graph.add("Add", [graph.add("Mul", [value, spread]), graph.constant("target_mean", [mean.length], mean)]);
}

function addLayer(
  graph: Graph,
  value: string,
  layer: LayerShape,
  weights: LayerWeights,
  name: string,
  epsilon = 1e-5,
): string {
  const { inputs, units, normalization } = layer;
  const vector = (what: keyof LayerWeights) => graph.constant(`${name}.${what}`, [units], weights[what] as Numbers);
  const weight = graph.constant(`${name}.weight`, [units, inputs], weights.weight);
  let z = graph.add("Gemm", [value, weight, vector("bias")], { transB: 1 });
  if (normalization === "batch") {
    const statistics = [vector("gamma"), vector("beta"), vector("mean"), vector("variance")];
    z = graph.add("BatchNormalization", [z, ...statistics], { epsilon: { float: epsilon } });
  } else if (normalization === "layer") {
    const learnt = [vector("gamma"), vector("beta")];
    z = graph.add("LayerNormalization", [z, ...learnt], { axis: -1, epsilon: { float: epsilon } });
  }
  const a = addActivation(graph, z, layer, () => vector("slope"));
  return layer.residual ? graph.add("Add", [a, value]) : a;
}

function addActivation(
  graph: Graph,
  z: string,
  { activation, slope = 0.01 }: LayerShape,
  slopes: () => string,
): string {
  const { add, number } = graph;
  switch (activation) {
    case "linear":
      return z;
    case "relu":
      return add("Relu", [z]);
    case "leakyRelu":
      return add("LeakyRelu", [z], { alpha: { float: slope } });
    case "prelu":
      return add("PRelu", [z, slopes()]);
    case "tanh":
      return add("Tanh", [z]);
    case "sigmoid":
      return add("Sigmoid", [z]);
    case "softmax":
      return add("Softmax", [z], { axis: -1 });
    case "elu":
      return add("Elu", [z], { alpha: { float: 1 } });
    case "selu":
      return add("Selu", [z], { alpha: { float: SELU_EDGE / SELU_SCALE }, gamma: { float: SELU_SCALE } });
    case "softplus":
      return add("Softplus", [z]);
    case "softsign":
      return add("Softsign", [z]);
    case "exponential":
      return add("Exp", [z]);
    case "hardSigmoid":
      return addHardSigmoid(graph, z);
    case "hardSwish":
      return add("Mul", [z, addHardSigmoid(graph, z)]);
    case "silu":
      return add("Mul", [z, add("Sigmoid", [z])]);
    case "mish":
      return add("Mul", [z, add("Tanh", [add("Softplus", [z])])]);
    case "gelu": {
      // ½·z·(1 + erf(z/√2))
      const erf = add("Erf", [add("Mul", [z, number("root", Math.SQRT1_2)])]);
      return add("Mul", [add("Mul", [z, number("half", 0.5)]), add("Add", [erf, number("one", 1)])]);
    }
    case "geluTanh": {
      // ½·z·(1 + tanh(z·(scale + scale·cube·z²)))
      const square = add("Mul", [add("Mul", [z, z]), number("cube", GELU_SCALE * GELU_CUBE)]);
      const inner = add("Mul", [z, add("Add", [square, number("scale", GELU_SCALE)])]);
      const both = add("Add", [add("Tanh", [inner]), number("one", 1)]);
      return add("Mul", [add("Mul", [z, number("half", 0.5)]), both]);
    }
    default:
      return activation satisfies never;
  }
}

const addHardSigmoid = ({ add }: Graph, z: string) =>
  add("HardSigmoid", [z], { alpha: { float: SIXTH }, beta: { float: 0.5 } });

/** What no column's name begins with. Throws E_TABLE for names that no input can have. */
function prefixFor({ features }: Encoding): string {
  const names = features.map(({ name }) => name);
  const bad = names.find((name) => name === "" || name === "output");
  if (bad !== undefined) {
    throw new InputError(
      "E_TABLE",
      `networkToOnnx: a column is called ${show(bad)}, which no input can be; train with another name, or pass { bare: true }.`,
    );
  }
  return "/".repeat(1 + Math.max(...names.map((name) => name.length - name.replace(/^\/+/, "").length)));
}

/** The columns of a table as an encoding makes inputs of them, side by side. */
function addColumns(graph: Graph, encoding: Encoding): string {
  const wide = encoding.features.flatMap((feature, f) =>
    feature.kind === "category" ? addCategory(graph, feature, `column${f + 1}`) : addNumber(graph, feature),
  );
  return wide.length === 1 ? wide[0]! : graph.add("Concat", wide, { axis: 1 });
}

type OfCategory = Extract<Feature, { kind: "category" }>;

const columnInput = ({ name, kind }: Feature) => valueInfo(name, [1], kind === "category" ? TYPE.text : TYPE.float);

function addNumber(graph: Graph, { name, fill, missing, log1p }: Exclude<Feature, OfCategory>): string[] {
  const empty = graph.add("IsNaN", [name]);
  const filled = graph.add("Where", [empty, graph.number("fill", fill), name]);
  const value = log1p ? graph.add("Log", [graph.add("Add", [filled, graph.number("one", 1)])]) : filled;
  return missing ? [value, graph.add("Cast", [empty], { to: TYPE.float })] : [value];
}

/** Each value its place, others −1; then 1 at that place. */
function addCategory(graph: Graph, { name, values, other }: OfCategory, called: string): string[] {
  const known = [...values, ...other].map((value) => value ?? "");
  const places = [...values.map((_, c) => c), ...other.map(() => values.length)];
  const place = graph.add(
    "LabelEncoder",
    [name],
    { keys_strings: known, values_int64s: places, default_int64: -1 },
    "ai.onnx.ml",
  );
  const index = graph.add("Cast", [place], { to: TYPE.float });
  const width = values.length + (other.length > 0 ? 1 : 0);
  const all = graph.constant(
    `${called}.places`,
    [1, width],
    Array.from({ length: width }, (_, c) => c),
  );
  return [graph.add("Cast", [graph.add("Equal", [index, all])], { to: TYPE.float })];
}

// ONNX models as steps. The nodes are gone through in their order, which is that of computing: each value is a constant,
// or the numbers of an example after so many steps, or a function of those that is not known yet, as an activation may
// be made of several nodes. What is no stack of dense layers is refused by the node's name.

import { concatBytes } from "../bytes.js";
import { LOSSES, type Loss } from "../catalogue.js";
import { fromBrain16, fromHalf } from "../dataset/half.js";
import { InputError } from "../errors.js";
import { exp64, log64, sigmoid64, tanh64 } from "../math.js";
import { show } from "../options/check.js";
import type { Numbers } from "../session/layout.js";
import { product } from "../shape.js";
import { type Curve, erf, recogniseFunction, softplus } from "./functions.js";
import { type Matrix, turned } from "./matrix.js";
import {
  ATTRIBUTE,
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
import {
  bytesIn,
  type Message,
  messagesIn,
  readMessage,
  textIn,
  textsIn,
  WireError,
  wholeIn,
  wholesIn,
} from "./protobuf.js";
import { type Foreign, ones, type Refuse, type Step, zeros } from "./steps.js";

/** A constant of the model, of any shape. */
type Constant = Matrix;

/** What a name of the graph stands for. */
type Value =
  | { readonly is: "constant"; readonly constant: Constant }
  /** A function of the numbers after so many steps; null where it is those numbers. */
  | {
      readonly is: "numbers";
      readonly after: number;
      readonly function: Curve | null;
      /** Operations that it is made of. */
      readonly size: number;
    };

interface Node {
  readonly op: string;
  readonly called: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Message>;
}

const MOST_NODES = 10_000;
const MOST_OUTPUTS = 8; // that are tried
const MOST_OPERATIONS = 60; // of an activation; geluTanh is made of some 15

/** The steps of an ONNX model. Throws E_MODEL by `refuse`. */
export function readOnnx(bytes: Uint8Array, refuse: Refuse): Foreign {
  try {
    const model = readMessage(bytes);
    const [graph] = messagesIn(model, MODEL.graph);
    if (!graph) return refuse("no graph");
    checkDomains(model, refuse);
    return { ...stepsOf(graph, refuse), ...ownMetadata(model), tellsActivations: true };
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    return refuse(`damaged or cut content: it ${cause.message}`, "get the file again");
  }
}

function checkDomains(model: Message, refuse: Refuse): void {
  const versions = messagesIn(model, MODEL.opset).map((set) => [
    textIn(set, OPSET.domain),
    wholeIn(set, OPSET.version),
  ]);
  const own = versions.find(([domain]) => domain === "" || domain === "ai.onnx")?.[1];
  if (typeof own !== "number" || own < 7) {
    refuse(
      own === undefined ? "no version of its operators" : `operators of version ${own}`,
      "export it with opset 13 or newer",
    );
  }
}

/** Classes and loss of a model that networkToOnnx wrote; what is wrong in them is left out. */
function ownMetadata(model: Message): Pick<Foreign, "classes" | "loss"> {
  const entry = messagesIn(model, MODEL.metadata).find((one) => textIn(one, ENTRY.key) === OWN_METADATA);
  if (!entry) return {};
  try {
    const { classes, loss } = JSON.parse(textIn(entry, ENTRY.value)) as { classes?: unknown; loss?: unknown };
    const isNames = Array.isArray(classes) && classes.every((name) => typeof name === "string");
    return {
      ...(isNames && { classes: classes as string[] }),
      ...(LOSSES.includes(loss as Loss) && { loss: loss as Loss }),
    };
  } catch {
    return {};
  }
}

function stepsOf(graph: Message, refuse: Refuse): Pick<Foreign, "steps" | "shape"> {
  const constants = new Map<string, Value>();
  const sparse = messagesIn(graph, GRAPH.sparse).length;
  if (sparse > 0) refuse("sparse weights");
  for (const tensor of messagesIn(graph, GRAPH.initializer)) {
    constants.set(textIn(tensor, TENSOR.name), { is: "constant", constant: constantOf(tensor, refuse) });
  }
  const inputs = messagesIn(graph, GRAPH.input).filter((input) => !constants.has(textIn(input, VALUE.name)));
  const [input] = inputs;
  if (inputs.length !== 1 || !input) {
    const names = inputs.slice(0, 5).map((one) => show(textIn(one, VALUE.name)));
    return refuse(
      `${inputs.length} inputs${inputs.length ? ` (${names.join(", ")}${inputs.length > 5 ? ", …" : ""})` : ""}, wanted one`,
      "export the part that takes one row of numbers an example; of a table's network the part without its columns (bare)",
    );
  }
  const shape = sidesOf(input);
  const messages = messagesIn(graph, GRAPH.node);
  if (messages.length > MOST_NODES) refuse(`${messages.length} nodes`);
  const nodes = messages.map(nodeOf);
  const outputs = messagesIn(graph, GRAPH.output).map((output) => textIn(output, VALUE.name));
  const walkTo = (output: string): Step[] => {
    const steps: Step[] = [];
    const values = new Map(constants);
    values.set(textIn(input, VALUE.name), { is: "numbers", after: 0, function: null, size: 0 });
    const walk = createWalk(values, steps, shape.length < 3, refuse);
    for (const node of needed(nodes, output)) walk.take(node);
    const called = `output ${show(output)}`;
    if (walk.settle(output, called) !== steps.length) refuse(`${called} that is not the end of its nodes`);
    return steps;
  };
  const own = shape.slice(1);
  return {
    steps: outputs.length === 1 ? walkTo(outputs[0]!) : onlyReadable(outputs, walkTo, refuse),
    shape: own.length > 0 && own.every((side) => side > 0) ? own : null,
  };
}

// Classifiers often have the class as an output besides the probabilities.
function onlyReadable(outputs: readonly string[], walkTo: (output: string) => Step[], refuse: Refuse): Step[] {
  const found = outputs.slice(0, MOST_OUTPUTS).flatMap((output) => {
    try {
      return [walkTo(output)];
    } catch (error) {
      if (error instanceof InputError) return [];
      throw error;
    }
  });
  return found.length === 1
    ? found[0]!
    : refuse(`${outputs.length} outputs, of which ${found.length} can be read`, "export it with one output");
}

// Those that an output hangs on.
function needed(nodes: readonly Node[], output: string): Node[] {
  const names = new Set([output]);
  const kept: Node[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((name) => names.has(name))) continue;
    for (const name of node.inputs) names.add(name);
    kept.push(node);
  }
  return kept.reverse();
}

function nodeOf(node: Message, n: number): Node {
  const op = textIn(node, NODE.op);
  const name = textIn(node, NODE.name) || `number ${n}`;
  const domain = textIn(node, NODE.domain);
  return {
    op: domain === "" || domain === "ai.onnx" ? op : `${domain}.${op}`,
    called: `${op} ${show(name)}`,
    inputs: textsIn(node, NODE.input),
    outputs: textsIn(node, NODE.output),
    attributes: new Map(messagesIn(node, NODE.attribute).map((one) => [textIn(one, ATTRIBUTE.name), one])),
  };
}

/** Sides of an input, the examples' included; 0 for one that the model leaves open, none where it says nothing. */
function sidesOf(input: Message): number[] {
  const [type] = messagesIn(input, VALUE.type).flatMap((one) => messagesIn(one, TENSOR_TYPE.tensor));
  const [shape] = type ? messagesIn(type, TENSOR_TYPE.shape) : [];
  return shape ? messagesIn(shape, TENSOR_TYPE.dimension).map((side) => wholeIn(side, TENSOR_TYPE.size)) : [];
}

const WIDTHS: Readonly<Record<number, number>> = {
  ...{ [TYPE.float]: 4, [TYPE.double]: 8, [TYPE.half]: 2, [TYPE.bfloat]: 2, [TYPE.int64]: 8, [TYPE.int32]: 4 },
};

function constantOf(tensor: Message, refuse: Refuse): Constant {
  const called = `tensor ${show(textIn(tensor, TENSOR.name))}`;
  const shape = wholesIn(tensor, TENSOR.dims);
  const type = wholeIn(tensor, TENSOR.type);
  if (wholeIn(tensor, TENSOR.location) === 1 || tensor.has(TENSOR.external)) {
    refuse(`${called} in another file`, "save it with all its weights inside");
  }
  const width = WIDTHS[type];
  if (width === undefined) return refuse(`${called} of type ${type}, which are no floats`);
  if (!shape.every((side) => side >= 0)) refuse(`${called} of shape ${shape.join("x")}`);
  const data = numbersOf(tensor, type, width);
  if (data.length !== product(shape)) {
    refuse(`${data.length} numbers in ${called} of shape ${shape.join("x") || "one"}`, "get the file again");
  }
  return { shape, data };
}

function numbersOf(tensor: Message, type: number, width: number): Numbers {
  const raw = bytesIn(tensor, TENSOR.raw).at(-1);
  if (raw === undefined && type !== TYPE.float && type !== TYPE.double) {
    const listed = Float64Array.from(wholesIn(tensor, type === TYPE.int64 ? TENSOR.longs : TENSOR.ints));
    if (type === TYPE.half) return listed.map(fromHalf);
    return type === TYPE.bfloat ? listed.map(fromBrain16) : listed;
  }
  const bytes = raw ?? concatBytes(bytesIn(tensor, type === TYPE.double ? TENSOR.doubles : TENSOR.floats));
  if (bytes.length % width !== 0) throw new WireError(`has a tensor of ${bytes.length} bytes, ${width} a number`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length / width;
  const read: Readonly<Record<number, (at: number) => number>> = {
    [TYPE.float]: (at) => view.getFloat32(at, true),
    [TYPE.double]: (at) => view.getFloat64(at, true),
    [TYPE.half]: (at) => fromHalf(view.getUint16(at, true)),
    [TYPE.bfloat]: (at) => fromBrain16(view.getUint16(at, true)),
    [TYPE.int64]: (at) => Number(view.getBigInt64(at, true)),
    [TYPE.int32]: (at) => view.getInt32(at, true),
  };
  const one = read[type]!;
  const data = type === TYPE.double ? new Float64Array(count) : new Float32Array(count);
  for (let i = 0; i < count; i++) data[i] = one(i * width);
  return data;
}

/** Functions of one value. */
const UNARY: Readonly<Record<string, (attribute: (name: string, usual: number) => number) => Curve>> = {
  Relu: () => (x) => Math.max(x, 0),
  Tanh: () => tanh64,
  Sigmoid: () => sigmoid64,
  Exp: () => exp64,
  Log: () => log64,
  Erf: () => erf,
  Softplus: () => softplus,
  Softsign: () => (x) => x / (1 + Math.abs(x)),
  Abs: () => Math.abs,
  Neg: () => (x) => -x,
  Sqrt: () => Math.sqrt,
  Reciprocal: () => (x) => 1 / x,
  LeakyRelu: (of) => {
    const alpha = of("alpha", 0.01);
    return (x) => (x < 0 ? alpha * x : x);
  },
  Elu: (of) => {
    const alpha = of("alpha", 1);
    return (x) => (x < 0 ? alpha * (exp64(x) - 1) : x);
  },
  Celu: (of) => {
    const alpha = of("alpha", 1);
    return (x) => Math.max(0, x) + Math.min(0, alpha * (exp64(x / alpha) - 1));
  },
  Selu: (of) => {
    const [alpha, gamma] = [of("alpha", 1.6732632423543772), of("gamma", 1.0507009873554805)];
    return (x) => gamma * (x > 0 ? x : alpha * (exp64(x) - 1));
  },
  HardSigmoid: (of) => {
    const [alpha, beta] = [of("alpha", 0.2), of("beta", 0.5)];
    return (x) => Math.max(0, Math.min(1, alpha * x + beta));
  },
  HardSwish: () => (x) => x * Math.max(0, Math.min(1, x / 6 + 0.5)),
  Mish: () => (x) => x * tanh64(softplus(x)),
  Swish: (of) => {
    const alpha = of("alpha", 1);
    return (x) => x * sigmoid64(alpha * x);
  },
};

/** Functions of two. */
const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Max: Math.max,
  Min: Math.min,
  // whole powers alone: z² and z³ are parts of gelu
  Pow: (a, b) => (b === 2 ? a * a : b === 3 ? a * a * a : b === 1 ? a : Number.NaN),
};

const isOne = ({ data }: Constant) => data.length === 1;
/** Numbers that go along the last side: [n], [1, n]. */
const isRow = ({ shape }: Constant) => product(shape) === (shape.at(-1) ?? 1);
const constant = (shape: readonly number[], data: Numbers): Value => ({ is: "constant", constant: { shape, data } });

/** Goes through nodes, with the values of names so far; `flat` is whether an example is one row of numbers from the start. */
function createWalk(values: Map<string, Value>, steps: Step[], flat: boolean, refuse: Refuse) {
  let isFlat = flat;
  /** After how many steps the numbers are that the last dense step reads. */
  let read = -1;

  const named = (name: string, called: string): Value =>
    values.get(name) ?? refuse(`${called} that reads ${show(name)}, which nothing before it gives`);
  const input = (node: Node, i: number): Value => named(node.inputs[i] ?? "", node.called);

  function constantIn(node: Node, i: number): Constant | null {
    if (!node.inputs[i]) return null;
    const value = input(node, i);
    return value.is === "constant" ? value.constant : null;
  }

  /** Makes a step of what a name stands for, where it is a function; says after how many steps its numbers are. */
  function settle(name: string, called: string): number {
    const value = named(name, called);
    if (value.is === "constant") return refuse(`${called} that is the same for every example`);
    if (value.function === null) return value.after;
    if (value.after !== steps.length) return refuse(`${called} behind a branch`);
    const found = recogniseFunction(value.function);
    if (!found) return refuse(`${called} behind operations that are no activation`);
    const { activation, slope, scale, shift } = found;
    if (scale !== 1 || shift !== 0) {
      steps.push({ does: "affine", called, scale: Float64Array.of(scale), shift: Float64Array.of(shift) });
    }
    if (activation !== "linear") {
      steps.push({ does: "activation", called, activation, ...(slope !== undefined && { slope }) });
    }
    values.set(name, numbersAfter(steps.length));
    return steps.length;
  }

  const numbersAfter = (after: number): Value => ({ is: "numbers", after, function: null, size: 0 });

  /** A step on the numbers in an input, which must be the last ones. */
  function append(node: Node, step: Step, name = node.inputs[0] ?? ""): Value {
    const { called } = node;
    const after = settle(name, called);
    if (after !== steps.length) refuse(`${called}, where it branches`);
    if (!isFlat && step.does !== "affine") refuse(`${called} on inputs of several sides that nothing makes flat`);
    if (step.does === "dense") read = after;
    steps.push(step);
    return numbersAfter(steps.length);
  }

  /** A function of what input 0 is, whichever function of earlier numbers that is already. */
  function map(node: Node, f: Curve): Value {
    const value = input(node, 0);
    if (value.is === "constant") return constant(value.constant.shape, value.constant.data.map(f));
    const inner = value.function;
    return functionOf(node, value.after, value.size + 1, inner ? (x) => f(inner(x)) : f);
  }

  function functionOf({ called }: Node, after: number, size: number, f: Curve): Value {
    if (size > MOST_OPERATIONS) refuse(`${called} at the end of ${size} operations that are no activation`);
    return { is: "numbers", after, function: f, size };
  }

  function binary(node: Node): Value {
    const { op, called, inputs } = node;
    if (inputs.length !== 2) refuse(`${called} of ${inputs.length} inputs`);
    const f = BINARY[op]!;
    const [a, b] = [input(node, 0), input(node, 1)];
    if (a.is === "constant" && b.is === "constant") {
      const [one, two] = [a.constant, b.constant];
      if (isOne(two))
        return constant(
          one.shape,
          one.data.map((x) => f(x, two.data[0]!)),
        );
      if (isOne(one))
        return constant(
          two.shape,
          two.data.map((x) => f(one.data[0]!, x)),
        );
      return refuse(`${called} of two constants`);
    }
    if (a.is === "constant") return withConstant(node, a.constant, 1);
    if (b.is === "constant") return withConstant(node, b.constant, 0);
    if (a.after === b.after) {
      const [g, h]: [Curve, Curve] = [a.function ?? same, b.function ?? same];
      return functionOf(node, a.after, a.size + b.size + 1, (x) => f(g(x), h(x)));
    }
    if (op !== "Add") refuse(`${called} of two branches`);
    const [late, early] = a.after > b.after ? [inputs[0]!, b] : [inputs[1]!, a];
    if (early.function !== null || early.after !== read)
      refuse(`${called} of two branches that are not around one layer`);
    return append(node, { does: "residual", called }, late);
  }

  /** The numbers in input `place`, and a constant. */
  function withConstant(node: Node, other: Constant, place: 0 | 1): Value {
    const { op, called, inputs } = node;
    const { data, shape } = other;
    if (isOne(other)) {
      const f = BINARY[op]!;
      const value = input(node, place) as Extract<Value, { is: "numbers" }>;
      const inner = value.function ?? same;
      const c = data[0]!;
      const g: Curve = place === 0 ? (x) => f(inner(x), c) : (x) => f(c, inner(x));
      return functionOf(node, value.after, value.size + 1, g);
    }
    if (!isRow(other)) refuse(`${called} with a constant of shape ${shape.join("x")}`);
    const step = affineStep(op, data, place, called);
    return step ? append(node, step, inputs[place]) : refuse(`${called} with a constant for each column`);
  }

  const RULES: Readonly<Record<string, (node: Node) => Value>> = {
    Constant: ({ called, attributes }) => constantNode(called, attributes, refuse),
    Gemm(node) {
      const { called } = node;
      const [weight, bias] = [constantIn(node, 1), constantIn(node, 2)];
      if (!weight || (node.inputs[2] && !bias)) return refuse(`${called} whose weights are no constants`);
      if (numberOf(node, "transA", 0) !== 0) refuse(`${called} that turns its inputs`);
      const dense = denseStep(called, weight, numberOf(node, "transB", 0) !== 0, refuse);
      const [alpha, beta] = [numberOf(node, "alpha", 1), numberOf(node, "beta", 1)];
      const scaled = alpha === 1 ? dense.weight : dense.weight.map((w) => w * alpha);
      const own = bias && biasOf(bias, dense.units, called, refuse);
      return append(node, { ...dense, weight: scaled, bias: own && beta !== 1 ? own.map((b) => b * beta) : own });
    },
    MatMul(node) {
      const weight = constantIn(node, 1);
      if (!weight) return refuse(`${node.called} whose weights are no constant`);
      return append(node, denseStep(node.called, weight, false, refuse));
    },
    BatchNormalization(node) {
      const { called } = node;
      const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((i) => constantIn(node, i)?.data);
      if (!gamma || !beta || !mean || !variance) return refuse(`${called} whose numbers are no constants`);
      const epsilon = decimal(numberOf(node, "epsilon", 1e-5));
      const share = decimal(1 - numberOf(node, "momentum", 0.9));
      const momentum = share > 0 && share <= 1 ? share : null;
      return append(node, { does: "batch", called, gamma, beta, mean, variance, epsilon, momentum });
    },
    LayerNormalization(node) {
      const { called } = node;
      const gamma = constantIn(node, 1)?.data;
      if (!gamma || !isLast(node)) return refuse(`${called} over another side than the last`);
      const beta = constantIn(node, 2)?.data ?? zeros(gamma.length);
      const epsilon = decimal(numberOf(node, "epsilon", 1e-5));
      return append(node, { does: "layer", called, gamma, beta, epsilon });
    },
    Softmax(node) {
      if (!isLast(node)) refuse(`${node.called} over another side than the last`);
      return append(node, { does: "activation", called: node.called, activation: "softmax" });
    },
    PRelu(node) {
      const slopes = constantIn(node, 1);
      if (!slopes || !isRow(slopes)) return refuse(`${node.called} whose slopes are none for each unit`);
      return append(node, { does: "activation", called: node.called, activation: "prelu", slopes: slopes.data });
    },
    Gelu(node) {
      const how = node.attributes.get("approximate");
      const activation = how && textIn(how, ATTRIBUTE.text) === "tanh" ? "geluTanh" : "gelu";
      return append(node, { does: "activation", called: node.called, activation });
    },
    Clip(node) {
      const bound = (i: number, name: string, usual: number) =>
        constantIn(node, i)?.data[0] ?? numberOf(node, name, usual);
      const least = bound(1, "min", Number.NEGATIVE_INFINITY);
      const most = bound(2, "max", Number.POSITIVE_INFINITY);
      return map(node, (x) => Math.max(least, Math.min(most, x)));
    },
    Dropout(node) {
      const rate = decimal(constantIn(node, 1)?.data[0] ?? numberOf(node, "ratio", 0.5));
      if (!(rate >= 0 && rate < 1)) refuse(`${node.called} of share ${rate}`);
      return append(node, { does: "dropout", called: node.called, rate });
    },
    Identity: (node) => input(node, 0),
    Cast(node) {
      if (!Object.hasOwn(WIDTHS, numberOf(node, "to", 0))) refuse(`${node.called} to another type than floats`);
      return input(node, 0);
    },
    Flatten(node) {
      if (numberOf(node, "axis", 1) !== 1) refuse(`${node.called} that joins examples`);
      isFlat = true;
      return input(node, 0);
    },
    Reshape(node) {
      // to (any number of examples, numbers), where 0 stands for what was there and −1 for what is left
      const [count, columns, ...more] = constantIn(node, 1)?.data ?? [];
      const joins = count !== 0 && count !== -1;
      if (joins || columns === undefined || more.length > 0) refuse(`${node.called} to something else than rows`);
      isFlat = true;
      return input(node, 0);
    },
    Transpose(node) {
      const weights = constantIn(node, 0);
      if (weights?.shape.length !== 2) return refuse(`${node.called} of something else than weights`);
      return { is: "constant", constant: turned(weights) };
    },
  };

  function take(node: Node): void {
    const { op, called, inputs, outputs } = node;
    if (!outputs[0] || (inputs.length === 0 && op !== "Constant")) refuse(`${called} without inputs or outputs`);
    const rule = Object.hasOwn(RULES, op) ? RULES[op] : undefined;
    let value: Value;
    if (rule) value = rule(node);
    else if (Object.hasOwn(UNARY, op))
      value = map(
        node,
        UNARY[op]!((name, usual) => numberOf(node, name, usual)),
      );
    else if (Object.hasOwn(BINARY, op)) value = binary(node);
    else value = refuse(`${called}, which is no part of a stack of dense layers`);
    values.set(outputs[0]!, value);
  }

  return { take, settle };
}

function numberOf({ attributes }: Node, name: string, usual: number): number {
  const attribute = attributes.get(name);
  if (!attribute) return usual;
  return attribute.has(ATTRIBUTE.float) ? floatIn(attribute) : wholeIn(attribute, ATTRIBUTE.int, usual);
}

/** Whether an operator that goes along one side goes along the second one of two. */
function isLast(node: Node): boolean {
  const axis = numberOf(node, "axis", -1);
  return axis === -1 || axis === 1;
}

function constantNode(called: string, attributes: Node["attributes"], refuse: Refuse): Value {
  const list = (values: Numbers) => constant([values.length], values);
  for (const [name, attribute] of attributes) {
    if (name === "value") {
      const [tensor] = messagesIn(attribute, ATTRIBUTE.tensor);
      return tensor ? { is: "constant", constant: constantOf(tensor, refuse) } : refuse(`${called} without a value`);
    }
    if (name === "value_float") return constant([], Float64Array.of(floatIn(attribute)));
    if (name === "value_floats") return list(Float64Array.from(floatsIn(attribute)));
    if (name === "value_int") return constant([], Float64Array.of(wholeIn(attribute, ATTRIBUTE.int)));
    if (name === "value_ints") return list(Float64Array.from(wholesIn(attribute, ATTRIBUTE.ints)));
  }
  return refuse(`${called} that is no number`);
}

function biasOf({ data }: Constant, units: number, called: string, refuse: Refuse): Numbers {
  if (data.length === units) return data;
  return data.length === 1
    ? zeros(units).fill(data[0]!)
    : refuse(`${called} with ${data.length} biases for ${units} units`);
}

/** The decimal number that was meant by a float: 0.001 rather than 0.0010000000474974513. */
const decimal = (value: number) => Number(value.toPrecision(7));

const same: Curve = (x) => x;

function denseStep(
  called: string,
  { shape, data }: Constant,
  turnedAlready: boolean,
  refuse: Refuse,
): Extract<Step, { does: "dense" }> {
  if (shape.length !== 2) return refuse(`${called} with weights of shape ${shape.join("x")}`);
  const weight = turnedAlready ? { shape, data } : turned({ shape, data });
  const [units, inputs] = weight.shape as [number, number];
  if (units === 0 || inputs === 0) refuse(`${called} with weights of shape ${shape.join("x")}`);
  return { does: "dense", called, units, inputs, weight: weight.data, bias: null };
}

/** x + c, x − c, c − x, x·c, x/c, a number for each column; null for c/x. */
function affineStep(op: string, data: Numbers, place: 0 | 1, called: string): Step | null {
  const { length } = data;
  const step = (scale: Numbers, shift: Numbers): Step => ({ does: "affine", called, scale, shift });
  const c = Float64Array.from(data);
  if (op === "Add") return step(ones(length), c);
  if (op === "Sub")
    return place === 0
      ? step(
          ones(length),
          c.map((x) => -x),
        )
      : step(ones(length).fill(-1), c);
  if (op === "Mul") return step(c, zeros(length));
  return op === "Div" && place === 0
    ? step(
        c.map((x) => 1 / x),
        zeros(length),
      )
    : null;
}

function floatIn(attribute: Message): number {
  const bytes = bytesIn(attribute, ATTRIBUTE.float).at(-1);
  if (bytes?.length !== 4) throw new WireError("has an attribute that is no float");
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true);
}

function floatsIn(attribute: Message): number[] {
  return bytesIn(attribute, ATTRIBUTE.floats).flatMap((bytes) => {
    if (bytes.length % 4 !== 0) throw new WireError("has an attribute that is no list of floats");
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  });
}

// A walk through the nodes of an ONNX graph in their order, which is that of computing. Each value is a constant, or the
// numbers of an example after so many steps, or a function of those that is not known yet, as an activation may be made
// of several nodes. What is no part of a stack of dense layers is refused by the node's name.

import { show } from "../options/check.js";
import type { Numbers } from "../session/layout.js";
import { product } from "../shape.js";
import { type Curve, recogniseFunction } from "./functions.js";
import { turned } from "./matrix.js";
import { ATTRIBUTE } from "./onnx-format.js";
import { type Constant, constantNode, type Node, numberOf, WIDTHS } from "./onnx-node.js";
import { BINARY, UNARY } from "./onnx-operators.js";
import { textIn } from "./protobuf.js";
import { ones, type Refuse, type Step, zeros } from "./steps.js";

/** Throws when more numbers were gone through than a file of its size can ask for. */
export type Spend = (numbers: number) => void;

const MOST_OPERATIONS = 60; // of an activation; geluTanh is made of some 15

/** What a name of the graph stands for. */
export type Value =
  | { readonly is: "constant"; readonly constant: Constant }
  /** A function of the numbers after so many steps; null where it is those numbers. */
  | {
      readonly is: "numbers";
      readonly after: number;
      readonly function: Curve | null;
      /** Operations that it is made of. */
      readonly size: number;
    };

const isOne = ({ data }: Constant) => data.length === 1;
/** Numbers that go along the last side: [n], [1, n]. */
const isRow = ({ shape }: Constant) => product(shape) === (shape.at(-1) ?? 1);
const constant = (shape: readonly number[], data: Numbers): Value => ({ is: "constant", constant: { shape, data } });

/**
 * Goes through nodes: `values` are those of the names so far, `shape` the sides of the input, the examples' included, and
 * what is done to the numbers is added to `steps`. `spend` hears how many numbers are gone through.
 */
export function createWalk(
  values: Map<string, Value>,
  steps: Step[],
  shape: readonly number[],
  spend: Spend,
  refuse: Refuse,
) {
  let isFlat = shape.length < 3; // whether an example is one row of numbers by now
  /** After how many steps the numbers are that the last dense step reads. */
  let read = -1;
  let width = 0; // units of that step

  const named = (name: string, called: string): Value =>
    values.get(name) ?? refuse(`${called} that reads ${show(name)}, which nothing before it gives`);
  function input(node: Node, i: number): Value {
    const value = named(node.inputs[i] ?? "", node.called);
    if (value.is === "constant") spend(value.constant.data.length);
    return value;
  }

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
    if (step.does === "dense") {
      read = after;
      width = step.units;
    }
    spend(width);
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
    Constant({ called, attributes }) {
      return { is: "constant", constant: constantNode(called, attributes, refuse) };
    },
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
      const joins = count !== 0 && count !== -1 && count !== shape[0];
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

/** Whether an operator that goes along one side goes along the second one of two. */
function isLast(node: Node): boolean {
  const axis = numberOf(node, "axis", -1);
  return axis === -1 || axis === 1;
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

// Nodes of an ONNX graph with their attributes, and its constants: tensors of any type of floats, inside the file.

import { concatBytes } from "../bytes.js";
import { fromBrain16, fromHalf } from "../dataset/half.js";
import { show } from "../options/check.js";
import type { Numbers } from "../session/layout.js";
import { product } from "../shape.js";
import type { Matrix } from "./matrix.js";
import { ATTRIBUTE, NODE, TENSOR, TYPE } from "./onnx-format.js";
import { bytesIn, type Message, messagesIn, textIn, textsIn, WireError, wholeIn, wholesIn } from "./protobuf.js";
import type { Refuse } from "./steps.js";

/** A constant of the model, of any shape. */
export type Constant = Matrix;

/** A node of the graph. */
export interface Node {
  /** Its operator; of another domain than ONNX's own with that. */
  readonly op: string;
  /** How messages name it: Gemm "dense_1". */
  readonly called: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Message>;
}

/** Node number `n` of the graph. */
export function nodeOf(node: Message, n: number): Node {
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

/** Bytes of a number, of the types that a tensor can have here. */
export const WIDTHS: Readonly<Record<number, number>> = {
  ...{ [TYPE.float]: 4, [TYPE.double]: 8, [TYPE.half]: 2, [TYPE.bfloat]: 2, [TYPE.int64]: 8, [TYPE.int32]: 4 },
};

/** The numbers of a tensor; only those of its own file, and as many as its shape says. Throws by `refuse`, WireError. */
export function constantOf(tensor: Message, refuse: Refuse): Constant {
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

/** An attribute that is a number. */
export function numberOf({ attributes }: Node, name: string, usual: number): number {
  const attribute = attributes.get(name);
  if (!attribute) return usual;
  return attribute.has(ATTRIBUTE.float) ? floatIn(attribute) : wholeIn(attribute, ATTRIBUTE.int, usual);
}

/** What a node Constant with these attributes holds. */
export function constantNode(called: string, attributes: Node["attributes"], refuse: Refuse): Constant {
  const list = (data: Numbers) => ({ shape: [data.length], data });
  const one = (value: number) => ({ shape: [], data: Float64Array.of(value) });
  for (const [name, attribute] of attributes) {
    if (name === "value") {
      const [tensor] = messagesIn(attribute, ATTRIBUTE.tensor);
      return tensor ? constantOf(tensor, refuse) : refuse(`${called} without a value`);
    }
    if (name === "value_float") return one(floatIn(attribute));
    if (name === "value_floats") return list(Float64Array.from(floatsIn(attribute)));
    if (name === "value_int") return one(wholeIn(attribute, ATTRIBUTE.int));
    if (name === "value_ints") return list(Float64Array.from(wholesIn(attribute, ATTRIBUTE.ints)));
  }
  return refuse(`${called} that is no number`);
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

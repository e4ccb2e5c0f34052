// ONNX models as steps: what is in the file around its nodes.

import { LOSSES, type Loss } from "../catalogue.js";
import { InputError } from "../errors.js";
import { show } from "../options/check.js";
import { ENTRY, GRAPH, MODEL, OPSET, OWN_METADATA, TENSOR, TENSOR_TYPE, VALUE } from "./onnx-format.js";
import { constantOf, type Node, nodeOf } from "./onnx-node.js";
import { createWalk, type Spend, type Value } from "./onnx-walk.js";
import { type Message, messagesIn, readMessage, textIn, WireError, wholeIn } from "./protobuf.js";
import type { Foreign, Refuse, Step } from "./steps.js";

const MOST_NODES = 10_000;
const MOST_OUTPUTS = 8; // that are tried
const MOST_NUMBERS = 2 ** 25; // that nodes go through, besides some for each byte: a few weights may be used by many nodes

/** The steps of an ONNX model. Throws E_MODEL by `refuse`. */
export function readOnnx(bytes: Uint8Array, refuse: Refuse): Foreign {
  try {
    const model = readMessage(bytes);
    const [graph] = messagesIn(model, MODEL.graph);
    if (!graph) return refuse("no graph");
    checkDomains(model, refuse);
    let left = MOST_NUMBERS + 8 * bytes.length;
    const spend: Spend = (numbers) => {
      left -= numbers;
      if (left < 0) refuse("more to compute than a model of its size", "pass one that is no trap");
    };
    return { ...stepsOf(graph, spend, refuse), ...ownMetadata(model), tellsActivations: true };
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

function stepsOf(graph: Message, spend: Spend, refuse: Refuse): Pick<Foreign, "steps" | "shape"> {
  const constants = new Map(messagesIn(graph, GRAPH.initializer).map((one) => [textIn(one, TENSOR.name), one]));
  const sparse = messagesIn(graph, GRAPH.sparse).length;
  if (sparse > 0) refuse("sparse weights");
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
    const wanted = needed(nodes, output);
    const values = new Map<string, Value>();
    for (const name of [output, ...wanted.flatMap(({ inputs }) => inputs)]) {
      const tensor = constants.get(name);
      if (tensor) values.set(name, { is: "constant", constant: constantOf(tensor, refuse) });
    }
    values.set(textIn(input, VALUE.name), { is: "numbers", after: 0, function: null, size: 0 });
    const walk = createWalk(values, steps, shape, spend, refuse);
    for (const node of wanted) walk.take(node);
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

/** Sides of an input, the examples' included; 0 for one that the model leaves open, none where it says nothing. */
function sidesOf(input: Message): number[] {
  const [type] = messagesIn(input, VALUE.type).flatMap((one) => messagesIn(one, TENSOR_TYPE.tensor));
  const [shape] = type ? messagesIn(type, TENSOR_TYPE.shape) : [];
  return shape ? messagesIn(shape, TENSOR_TYPE.dimension).map((side) => wholeIn(side, TENSOR_TYPE.size)) : [];
}

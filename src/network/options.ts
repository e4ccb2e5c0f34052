// What a network is, from the options of a user: every option checked, every default filled in.

import { type Architecture, countParameters } from "../architecture.js";
import {
  ACTIVATIONS,
  type Activation,
  BACKENDS,
  type BackendName,
  DTYPES,
  type DType,
  type Init,
  LOSSES,
  type Loss,
  OUTPUT_ACTIVATIONS,
  type OutputActivation,
} from "../catalogue.js";
import { InputError } from "../errors.js";
import { checkChoice, checkNumber, checkWhole } from "../options/check.js";
import { BYTES, MOST_BYTES } from "../plan.js";

export interface NetworkOptions {
  /** Numbers in an example. */
  inputs: number;
  /** Widths of the layers after the inputs, the output layer included: [20, 7, 5, 1]. */
  layers: readonly number[];
  /** Activation of the hidden layers. @default "relu" */
  activation?: Activation;
  /** Activation of the output layer. @default "sigmoid" for one output, "softmax" for more; "linear" with meanSquaredError */
  output?: OutputActivation;
  /** @default "binaryCrossEntropy" with sigmoid, "categoricalCrossEntropy" with softmax, else "meanSquaredError" */
  loss?: Loss;
  /** Standard deviation of the first weights; biases start at 0. @default "lecun", as in the course */
  init?: Init;
  /** Seed of the weights, drawn layer by layer as NumPy's `seed(s); randn(outputs, inputs)` does. @default 1 */
  seed?: number;
  /** Type of weights and arithmetic. @default "float32" */
  dtype?: DType;
  /** What computes. wasm and js give the same bits; relaxed is faster where the engine can, with its own. @default "wasm" */
  backend?: BackendName;
  /** Shape of an example, for pictures [height, width, channels]. @default that of the data it is trained on */
  shape?: readonly number[];
  /** What raw numbers are multiplied with. @default that of the data it is trained on */
  scale?: number;
  /** Names of the classes. @default those of the data it is trained on */
  classes?: readonly string[];
}

const WHO = "new Network";

/** Options without a gap. `layers` are the widths of all layers, the inputs first. Throws E_OPTION, E_MEMORY. */
export function resolveNetworkOptions(options: NetworkOptions) {
  const inputs = checkWhole(WHO, "inputs", options.inputs, 1);
  if (!Array.isArray(options.layers) || options.layers.length === 0) {
    throw new InputError(
      "E_OPTION",
      `${WHO}: layers is empty; pass the widths after the inputs, such as [20, 7, 5, 1].`,
    );
  }
  const widths = options.layers.map((units: number) => checkWhole(WHO, "a width in layers", units, 1));
  const layers = [inputs, ...widths];
  const outputs = widths[widths.length - 1]!;
  const activation = checkChoice(WHO, "activation", options.activation ?? "relu", ACTIVATIONS);
  const squared = options.loss === "meanSquaredError";
  const usual = squared ? "linear" : outputs === 1 ? "sigmoid" : "softmax";
  const output = checkChoice(WHO, "output", options.output ?? usual, OUTPUT_ACTIVATIONS);
  const loss = checkChoice(WHO, "loss", options.loss ?? usualLoss(output), LOSSES);
  checkPair(output, loss, outputs);
  const dtype = checkChoice(WHO, "dtype", options.dtype ?? "float32", DTYPES);
  const backend = checkChoice(WHO, "backend", options.backend ?? "wasm", BACKENDS);
  const seed = checkWhole(WHO, "seed", options.seed ?? 1, 0);
  const init: Init = options.init ?? "lecun";
  if (typeof init === "number") checkNumber(WHO, "init", init);
  else checkChoice(WHO, "init", init, ["lecun", "he", "glorot"]);
  const shapes = widths.map((units: number, l: number) => ({
    inputs: layers[l]!,
    units,
    activation: l < widths.length - 1 ? activation : output,
  }));
  const architecture: Architecture = { layers: shapes, loss, dtype };
  const parameters = countParameters(shapes);
  const bytes = parameters * BYTES[dtype];
  if (bytes > MOST_BYTES) {
    throw new InputError(
      "E_MEMORY",
      `${WHO}: its ${parameters} parameters need ${bytes} bytes in one memory, which holds at most ${MOST_BYTES}; ` +
        "use narrower layers.",
    );
  }
  const shape = options.shape ?? [inputs];
  if (shape.reduce((product, side) => product * side, 1) !== inputs) {
    throw new InputError("E_OPTION", `${WHO}: shape ${shape.join("x")} does not hold ${inputs} inputs.`);
  }
  const scale = checkNumber(WHO, "scale", options.scale ?? 1, { exclusive: true });
  const classes = options.classes ? checkClasses([...options.classes], outputs) : null;
  return {
    ...{ inputs, layers, activation, output, loss, dtype, backend, seed, init },
    ...{ architecture, parameters, shape, scale, classes },
  };
}

function usualLoss(output: OutputActivation): Loss {
  if (output === "softmax") return "categoricalCrossEntropy";
  return output === "sigmoid" ? "binaryCrossEntropy" : "meanSquaredError";
}

function checkPair(output: OutputActivation, loss: Loss, outputs: number): void {
  const wrong =
    (loss === "binaryCrossEntropy" && (output !== "sigmoid" || outputs !== 1)) ||
    (loss === "categoricalCrossEntropy" && (output !== "softmax" || outputs < 2)) ||
    (loss === "meanSquaredError" && output === "softmax");
  if (!wrong) return;
  throw new InputError(
    "E_OPTION",
    `${WHO}: loss ${loss} does not go with ${outputs} ${output} outputs; binaryCrossEntropy wants 1 sigmoid, ` +
      "categoricalCrossEntropy 2 or more softmax, meanSquaredError any but softmax.",
  );
}

function checkClasses(classes: string[], outputs: number): string[] {
  if (classes.length === (outputs === 1 ? 2 : outputs)) return classes;
  throw new InputError("E_OPTION", `${WHO}: got ${classes.length} classes for ${outputs} outputs.`);
}

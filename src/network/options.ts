// The options of new Network: what they are, and every one checked and filled in.

import { type Architecture, countParameters } from "../architecture.js";
import {
  type Activation,
  type BackendName,
  type DType,
  type Init,
  LOSSES,
  type Loss,
  losses,
  type Normalization,
  type Numerics,
  OUTPUT_ACTIVATIONS,
  type OutputActivation,
  type Scaling,
} from "../catalogue.js";
import { InputError } from "../errors.js";
import { checkOptions, show } from "../options/check.js";
import { resolve } from "../options/resolve.js";
import { choice, number, type Type, whole } from "../options/type.js";
import { LEAK } from "../options/usual.js";
import { OPTIONS } from "../options.js";
import { BYTES, MOST_BYTES } from "../plan.js";
import { type Encoding, inputNames } from "../table/encoding.js";
import type { DrawnLayer } from "./initialize.js";

/** What is said of one layer. */
export interface LayerOptions {
  /** Its width. */
  units: number;
  /** @default the network's activation, for the last layer its output */
  activation?: OutputActivation | undefined;
  /** Of leakyRelu below 0, and what prelu's slopes start at. @default the network's */
  slope?: number | undefined;
  /** Share of its outputs that each step of a training drops. Not of the last layer. @default the network's */
  dropout?: number | undefined;
  /** What is normalised before its activation. @default the network's for a hidden layer, none for the last */
  normalization?: Normalization | "none" | undefined;
  /** Whether what it reads is added to its outputs; of a hidden layer that reads as many. @default the network's */
  residual?: boolean | undefined;
  /** How its weights are drawn. @default the network's */
  init?: Init | undefined;
  /** What its biases start at. @default the network's */
  biasInit?: number | undefined;
}

export interface NetworkOptions {
  /** Numbers in an example, at least 1. */
  inputs: number;
  /**
   * The layers after the inputs, the output layer included: widths, or objects that say more of one. For instance
   * [20, 7, 5, 1], or [{ units: 20, activation: "tanh" }, 1].
   */
  layers: readonly (number | LayerOptions)[];
  /** Activation of the hidden layers. @default "relu" */
  activation?: Activation | undefined;
  /**
   * Activation of the output layer.
   * @default sigmoid for one output, softmax for more; the loss's own where that takes another
   */
  output?: OutputActivation | undefined;
  /**
   * What is made small.
   * @default binaryCrossEntropy with sigmoid, categoricalCrossEntropy with softmax, poisson with exponential, else meanSquaredError
   */
  loss?: Loss | undefined;
  /** Slope of leakyRelu below 0, at least 0; another is what prelu's slopes start at, instead of 0.25. @default 0.01 */
  slope?: number | undefined;
  /**
   * Share p of the hidden layers' outputs that each step of a training drops; the others grow by 1/(1 − p), and nothing
   * is dropped afterwards. Behind selu it is alpha dropout, which keeps mean and variance.
   * Sources: https://arxiv.org/abs/1207.0580, https://arxiv.org/abs/1706.02515
   * @default 0
   */
  dropout?: number | undefined;
  /**
   * What is normalised before the activation of each hidden layer, see Normalization. The last layer can have a
   * normalisation of its own.
   * @default "none"
   */
  normalization?: Normalization | "none" | undefined;
  /** ε that joins a variance, above 0: PyTorch's; Keras has 0.001. @default 0.00001 */
  normEpsilon?: number | undefined;
  /**
   * Share of the running mean and variance that a step of a batch normalisation replaces, as PyTorch's momentum; Keras's
   * is 1 less it, and its default stands for 0.01. The variance that runs is that of a sample, times m/(m − 1).
   * @default 0.1
   */
  normMomentum?: number | undefined;
  /**
   * Whether what a layer reads is added to its outputs, a = dropout(g(z)) + x: of hidden layers behind the first that
   * have as many units as inputs. Source: https://arxiv.org/abs/1512.03385
   * @default false
   */
  residual?: boolean | undefined;
  /**
   * Standard deviation of the normal numbers that a training adds to each input, after its scale; by seed, update,
   * example and input. Source: https://doi.org/10.1162/neco.1995.7.1.108
   * @default 0
   */
  inputNoise?: number | undefined;
  /** δ of the loss huber, above 0. @default 1 */
  delta?: number | undefined;
  /** q of the loss quantile, between 0 and 1. @default 0.5 */
  quantile?: number | undefined;
  /**
   * Share ε of a label's target that all c classes get alike: (1 − ε)·y + ε/c, in training and in evaluation.
   * Source: https://arxiv.org/abs/1512.00567
   * @default 0
   */
  labelSmoothing?: number | undefined;
  /** How the first weights are drawn; a number is the standard deviation of normal ones. @default "lecun" */
  init?: Init | undefined;
  /** What biases start at. @default 0; drawn by pytorch */
  biasInit?: number | undefined;
  /** Seed of the weights, drawn layer by layer as NumPy's `seed(s); randn(outputs, inputs)` does. @default 1 */
  seed?: number | undefined;
  /** Type of weights and arithmetic. @default "float32" */
  dtype?: DType | undefined;
  /**
   * What computes; both give the same bits everywhere. "relaxed" means "wasm" with fused numerics, and goes away with a
   * later release.
   * @default "wasm"
   */
  backend?: BackendName | "relaxed" | undefined;
  /**
   * How a multiplication and an addition behind it round. "strict": both, everywhere alike. "fused": once, as a fused
   * multiply-add does: a little more precise, and faster from Node 21 on. It, too, has the same bits everywhere: on any
   * number of threads, in either backend, on any machine that fuses. Others than strict ones, which is why models,
   * checkpoints and fingerprints say it. Where the engine or the processor does not fuse, a training is strict and says
   * so to onStart; js computes it exactly anywhere.
   * @default strict; fused with backend relaxed
   */
  numerics?: Numerics | undefined;
  /**
   * Shape of an example until data are trained on, for pictures [height, width, channels]. @default that of the data
   */
  shape?: readonly number[] | undefined;
  /** What raw numbers are multiplied by until data are trained on, which bring theirs. @default that of the data */
  scale?: number | undefined;
  /** Short for scaling "standard". @default false */
  standardize?: boolean | undefined;
  /**
   * What the inputs, after their scale, are brought to: "standard" (v − mean) / deviation of each column, "minmax"
   * (v − least) / (most − least), which is 0 … 1 on what is trained on and not cut elsewhere; "standardAll" and
   * "minmaxAll" the same by one shift and one factor of all inputs, for pictures and series. Deviation is
   * √(Σ (v − mean)² / n); what is constant is divided by 1, and inputs of a table that mean yes or no stay 1 and 0. With
   * any of them and a linear output, each column of numbers to predict is brought to mean 0 and deviation 1.
   *
   * All is fitted when the first weights are trained, on what is trained on and not on what is held out. It stays with
   * the network: in predict, evaluate, its file. Predictions and metrics are in the targets' own unit, costs of
   * standardised targets. A network that was not trained yet takes numbers as they are.
   * @default none; standard with standardize, and on the command line for regression
   */
  scaling?: Scaling | "none" | undefined;
  /** Names of the classes until data are trained on, two for one output, else one each. @default those of the data */
  classes?: readonly string[] | undefined;
  /**
   * How the columns of a table become the inputs, until data are trained on, which bring theirs; see
   * createTableDataset. @default that of the data
   */
  encoding?: Encoding | undefined;
}

const WHO = "new Network";

const LAYER: Readonly<Record<keyof LayerOptions, Type>> = {
  units: number(whole(1)),
  activation: choice(OUTPUT_ACTIVATIONS),
  slope: OPTIONS.slope.type,
  dropout: OPTIONS.dropout.type,
  normalization: OPTIONS.normalization.type,
  residual: OPTIONS.residual.type,
  init: OPTIONS.init.type,
  biasInit: OPTIONS.biasInit.type,
};

/** Options with every default filled in, but for those that the data bring. */
type Filled = Required<Omit<NetworkOptions, FromData>> & Pick<NetworkOptions, FromData>;
type FromData = "shape" | "scale" | "classes" | "encoding" | "biasInit";

/**
 * The options with every default filled in. `layers` are the widths of all layers, the inputs first; shape, scale and
 * classes are [inputs], 1 and null where nothing is passed. Throws E_OPTION, E_MEMORY.
 */
export function resolveNetworkOptions(options: NetworkOptions) {
  const filled = resolve(WHO, "network", options) as unknown as Filled;
  const { inputs, activation, output, loss, dtype, seed, init, labelSmoothing, scaling } = filled;
  const backend = filled.backend === "relaxed" ? "wasm" : filled.backend;
  if (filled.backend === "relaxed" && filled.numerics !== "fused") {
    throw new InputError(
      "E_OPTION",
      `${WHO}: backend is "relaxed", which means fused numerics, and numerics ${show(filled.numerics)}; use backend "wasm".`,
    );
  }
  if (filled.standardize && scaling !== "standard") {
    throw new InputError(
      "E_OPTION",
      `${WHO}: scaling is ${show(scaling)} and standardize true, which means "standard"; pass one of them.`,
    );
  }
  const layerOptions = filled.layers.map((layer) => (typeof layer === "number" ? { units: layer } : layer));
  for (const layer of layerOptions) checkOptions(`${WHO} (a layer)`, LAYER, layer);
  const widths = layerOptions.map(({ units }) => units);
  const { shape = [inputs], scale = 1, classes = null, encoding = null } = filled;
  if (widths.length === 0) {
    throw new InputError(
      "E_OPTION",
      `${WHO}: layers is empty; pass the widths after the inputs, such as [20, 7, 5, 1].`,
    );
  }
  const layers = [inputs, ...widths];
  const outputs = widths[widths.length - 1]!;
  const why = whyNotTogether(output, loss, outputs);
  if (why !== null) {
    const several = `${outputs} ${output} output${outputs === 1 ? "" : "s"}`;
    throw new InputError("E_OPTION", `${WHO}: loss ${loss} does not go with ${several}: ${why}.`);
  }
  const last = layerOptions[layerOptions.length - 1]!;
  if ((last.activation ?? output) !== output) {
    throw new InputError(
      "E_OPTION",
      `${WHO}: output is ${show(output)} and the activation of the last layer ${show(last.activation)}; pass one of them.`,
    );
  }
  const shapes = layerOptions.map((layer, l) => {
    const { units, activation: own, slope = filled.slope, dropout: dropped } = layer;
    const hidden = l < widths.length - 1;
    const normalization = layer.normalization ?? (hidden ? filled.normalization : "none");
    const canPass = hidden && l > 0 && layers[l] === units;
    if (layer.residual && !canPass) {
      throw new InputError(
        "E_OPTION",
        `${WHO}: layer ${l + 1} is residual, has ${units} units and reads ${layers[l]} inputs; only a hidden layer behind the first with as many units as inputs can be.`,
      );
    }
    if (!hidden && dropped) {
      throw new InputError(
        "E_OPTION",
        `${WHO}: dropout of the last layer is ${dropped}; drop outputs of hidden layers.`,
      );
    }
    const dropout = hidden ? (dropped ?? filled.dropout) : 0;
    const one = l < widths.length - 1 ? (own ?? activation) : output;
    if (one === "softmax" && l < widths.length - 1) {
      const message = `${WHO}: layer ${l + 1} is hidden and has activation "softmax"; use it for the last layer alone.`;
      throw new InputError("E_OPTION", message);
    }
    return {
      inputs: layers[l]!,
      units,
      activation: one,
      ...(one === "leakyRelu" && { slope }),
      ...(dropout > 0 && { dropout, alphaDropout: one === "selu" }),
      ...(normalization !== "none" && { normalization }),
      ...((layer.residual ?? (filled.residual && canPass)) && { residual: true }),
    };
  });
  const normalised = shapes.some((layer) => layer.normalization);
  const parameter = { huber: filled.delta, quantile: filled.quantile }[loss as string];
  const architecture: Architecture = {
    ...{ layers: shapes, loss, dtype },
    ...(parameter !== undefined && { lossParameter: parameter }),
    ...(labelSmoothing > 0 && { labelSmoothing }),
    ...(filled.inputNoise > 0 && { inputNoise: filled.inputNoise }),
    ...(normalised && { normEpsilon: filled.normEpsilon, normMomentum: filled.normMomentum }),
  };
  const parameters = countParameters(shapes);
  const bytes = parameters * BYTES[dtype];
  if (bytes > MOST_BYTES) {
    throw new InputError(
      "E_MEMORY",
      `${WHO}: its ${parameters} parameters need ${bytes} bytes in one memory, which holds at most ${MOST_BYTES}; ` +
        "use narrower layers.",
    );
  }
  if (shape.reduce((product, side) => product * side, 1) !== inputs) {
    throw new InputError("E_OPTION", `${WHO}: shape ${shape.join("x")} does not hold ${inputs} inputs.`);
  }
  if (encoding && inputNames(encoding).length !== inputs) {
    const { length } = inputNames(encoding);
    throw new InputError("E_OPTION", `${WHO}: encoding makes ${length} inputs of a row, and inputs is ${inputs}.`);
  }
  if (classes && classes.length !== (outputs === 1 ? 2 : outputs)) {
    throw new InputError("E_OPTION", `${WHO}: got ${classes.length} classes for ${outputs} outputs.`);
  }
  if (classes && new Set(classes).size < classes.length) {
    throw new InputError("E_OPTION", `${WHO}: classes is ${show(classes)}; pass names that differ.`);
  }
  return {
    ...{ inputs, layers, activation, output, loss, dtype, backend, seed, init, scaling },
    numerics: filled.numerics,
    // how its weights are drawn
    drawn: layerOptions.map((layer, l): DrawnLayer => {
      const { init: own, biasInit = filled.biasInit } = layer;
      const firstSlope = layer.slope ?? (filled.slope === LEAK ? undefined : filled.slope);
      return {
        ...shapes[l]!,
        ...(own !== undefined && { init: own }),
        ...(biasInit !== undefined && { biasInit }),
        ...(firstSlope !== undefined && { firstSlope }),
      };
    }),
    // what a copy of the network is made from
    own: {
      ...{ inputs, layers: filled.layers, activation, output, loss, dtype, seed },
      ...(filled.slope !== LEAK && { slope: filled.slope }),
      ...(filled.dropout > 0 && { dropout: filled.dropout }),
      ...(filled.normalization !== "none" && { normalization: filled.normalization }),
      ...(filled.residual && { residual: true }),
      ...(filled.inputNoise > 0 && { inputNoise: filled.inputNoise }),
      ...(normalised && { normEpsilon: filled.normEpsilon, normMomentum: filled.normMomentum }),
      ...(filled.biasInit !== undefined && { biasInit: filled.biasInit }),
      ...(loss === "huber" && { delta: filled.delta }),
      ...(loss === "quantile" && { quantile: filled.quantile }),
      ...(labelSmoothing > 0 && { labelSmoothing }),
      ...(scaling === "standard" ? { standardize: true } : scaling !== "none" && { scaling }),
    },
    ...{ architecture, parameters, shape, scale, classes: classes && [...classes], encoding },
  };
}

/** Why a loss cannot judge such outputs, and what to use instead; null where it can. */
function whyNotTogether(output: OutputActivation, loss: Loss, outputs: number): string | null {
  if (output === "softmax" && outputs === 1) {
    return 'a single softmax output is always 1, whatever the weights; use output "sigmoid", or an output for each class';
  }
  const hasUnitsFor = (one: Loss) => outputs >= losses[one].least && outputs <= losses[one].most;
  const takes = (one: Loss) => hasUnitsFor(one) && losses[one].outputs.includes(output);
  if (takes(loss)) return null;
  const { judges, outputs: wanted } = losses[loss];
  // another output for this loss, or its kin for so many outputs; or a loss for this output
  const kin = LOSSES.filter((one) => hasUnitsFor(one) && losses[one].targets === losses[loss].targets);
  const instead = [
    ...(hasUnitsFor(loss)
      ? [`output "${wanted[0]}"`]
      : kin.map((one) => `output "${losses[one].outputs[0]}" with loss "${one}"`)),
    ...LOSSES.filter(takes).map((one) => `loss "${one}"`),
  ];
  return `it judges ${judges}; use ${instead.join(" or ")}`;
}

// Networks as .keras archives of Keras 3: a Sequential model whose first layers do what wasmlp does to raw numbers.
// Source: https://github.com/keras-team/keras/blob/master/keras/src/saving/saving_lib.py

import { zipSync } from "fflate";
import type { LayerShape } from "../architecture.js";
import type { OutputActivation } from "../catalogue.js";
import { type WrittenArray, writeHdf5 } from "../dataset/hdf5-write.js";
import { InputError } from "../errors.js";
import type { Bytes } from "../globals.js";
import type { Columns } from "../network/standardize.js";
import type { Network } from "../network.js";
import { checkOptions } from "../options/check.js";
import { flag } from "../options/type.js";
import type { LayerWeights, Numbers } from "../session/layout.js";
import { describeNetwork, floatsOf } from "./described.js";
import { turned } from "./matrix.js";
import { snakeCase } from "./snake-case.js";

/** What a layer of Keras has: its arrays, in the order of its variables, and whether it draws. */
interface Made {
  readonly kind: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly arrays?: readonly { readonly shape: readonly number[]; readonly data: Numbers }[];
  readonly draws?: boolean;
}

const KERAS_VERSION = "3.0.0"; // whose layout it is
const LEAST_DEVIATION = 1e-7; // below it Keras divides by this

/** Names of activations in Keras 3; others are layers. */
const NAMES: Readonly<Partial<Record<OutputActivation, string>>> = {
  ...{ relu: "relu", tanh: "tanh", sigmoid: "sigmoid", gelu: "gelu", elu: "elu", selu: "selu", softplus: "softplus" },
  ...{ softsign: "softsign", silu: "silu", mish: "mish", hardSigmoid: "hard_sigmoid", hardSwish: "hard_silu" },
  ...{ exponential: "exponential", softmax: "softmax" },
};

/** The network as a .keras archive, as src/exchange.ts describes. */
export async function networkToKeras(network: Network, options: { bare?: boolean | undefined }): Promise<Bytes> {
  checkOptions("networkToKeras", { bare: flag }, options);
  const { options: own, architecture, weights, standardization } = describeNetwork(network);
  const { normEpsilon = 1e-5, normMomentum = 0.1, inputNoise = 0 } = architecture;
  const bare = options.bare === true;
  const shape = bare ? [own.inputs] : own.shape;
  const made: Made[] = [{ kind: "InputLayer", config: { batch_shape: [null, ...shape], sparse: false } }];
  if (shape.length > 1) made.push({ kind: "Flatten", config: { data_format: "channels_last" } });
  if (!bare && own.scale !== 1) made.push({ kind: "Rescaling", config: { scale: own.scale, offset: 0 } });
  if (!bare && standardization) made.push(normalization(standardization.inputs, false));
  if (inputNoise > 0) made.push({ kind: "GaussianNoise", config: { stddev: inputNoise, seed: null }, draws: true });
  architecture.layers.forEach((layer, l) => {
    made.push(...layersOf(layer, l, weights[l]!, normEpsilon, normMomentum));
  });
  if (!bare && standardization?.targets) made.push(normalization(standardization.targets, true));
  return archive(made, shape);
}

function normalization({ mean, deviation }: Columns, invert: boolean): Made {
  if (deviation.some((d) => d < LEAST_DEVIATION)) {
    throw new InputError(
      "E_OPTION",
      `networkToKeras: a column has a deviation below ${LEAST_DEVIATION}, which Keras does not divide by; export it as ONNX.`,
    );
  }
  const variance = Array.from(deviation, (d) => d * d);
  return { kind: "Normalization", config: { axis: [-1], invert, mean: [...mean], variance } };
}

function layersOf(layer: LayerShape, l: number, weights: LayerWeights, epsilon: number, momentum: number): Made[] {
  const { inputs, units, activation, dropout = 0, alphaDropout, residual } = layer;
  const refuse = (what: string): never => {
    throw new InputError("E_OPTION", `networkToKeras: layer ${l + 1} ${what}; export it as ONNX.`);
  };
  if (residual) refuse("adds its inputs to its outputs, which no Sequential model does");
  const vector = (name: keyof LayerWeights) => ({ shape: [units], data: weights[name] as Numbers });
  const kernel = turned({ shape: [units, inputs], data: weights.weight });
  const dense = { units, activation: "linear", use_bias: true };
  const norm = { epsilon, center: true, scale: true };
  const learnt = layer.normalization ? [vector("gamma"), vector("beta")] : [];
  const drop = { rate: dropout, seed: null, noise_shape: null };
  return [
    { kind: "Dense", config: dense, arrays: [kernel, vector("bias")] },
    ...(layer.normalization === "batch"
      ? [
          {
            kind: "BatchNormalization",
            config: { ...norm, axis: -1, momentum: Number((1 - momentum).toPrecision(12)) },
            arrays: [...learnt, vector("mean"), vector("variance")],
          },
        ]
      : []),
    ...(layer.normalization === "layer"
      ? [{ kind: "LayerNormalization", config: { ...norm, axis: [-1] }, arrays: learnt }]
      : []),
    ...activationOf(activation, layer.slope ?? 0.01, () => vector("slope"), refuse),
    ...(dropout > 0 ? [{ kind: alphaDropout ? "AlphaDropout" : "Dropout", config: drop, draws: true }] : []),
  ];
}

function activationOf(
  activation: OutputActivation,
  slope: number,
  slopes: () => { shape: number[]; data: Numbers },
  refuse: (what: string) => never,
): Made[] {
  if (activation === "linear") return [];
  if (activation === "leakyRelu") return [{ kind: "LeakyReLU", config: { negative_slope: slope } }];
  if (activation === "prelu") return [{ kind: "PReLU", config: { shared_axes: null }, arrays: [slopes()] }];
  const name = NAMES[activation] ?? refuse(`has activation ${activation}, which Keras has no name for`);
  return [{ kind: "Activation", config: { activation: name } }];
}

async function archive(made: readonly Made[], shape: readonly number[]): Promise<Bytes> {
  const used = new Map<string, number>();
  const named = made.map((layer) => {
    const name = snakeCase(layer.kind);
    const count = used.get(name) ?? 0;
    used.set(name, count + 1);
    return { ...layer, name: count === 0 ? name : `${name}_${count}` };
  });
  const layers = named.map(({ kind, name, config }) => ({
    ...{ module: "keras.layers", class_name: kind, registered_name: null },
    config: { name, ...(kind !== "InputLayer" && { trainable: true }), dtype: "float32", ...config },
  }));
  const input = [null, ...shape];
  const model = {
    ...{ module: "keras", class_name: "Sequential", registered_name: null },
    config: { name: "sequential", trainable: true, dtype: "float32", layers, build_input_shape: input },
    build_config: { input_shape: input },
  };
  // the input has no place among a Sequential's layers
  const held = named.filter(({ kind }) => kind !== "InputLayer");
  const groups = ["vars", ...held.map(({ name }) => `layers/${name}/vars`)];
  const arrays = held.flatMap(({ name, arrays: own = [], draws }): WrittenArray[] => [
    ...own.map(({ shape: sides, data }, i) => ({
      ...{ path: `layers/${name}/vars/${i}`, shape: sides, data: floatsOf("networkToKeras", data) },
    })),
    ...(draws ? [{ path: `layers/${name}/seed_generator/vars/0`, shape: [2], data: Uint32Array.of(1, 0) }] : []),
  ]);
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const files = {
    "metadata.json": text({ keras_version: KERAS_VERSION }),
    "config.json": text(model),
    "model.weights.h5": await writeHdf5(groups, arrays),
  };
  return zipSync(files, { level: 0, mtime: "1980-01-02T12:00:00" }) as Bytes;
}

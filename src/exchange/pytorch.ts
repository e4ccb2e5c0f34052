// PyTorch's state dicts in safetensors files, as modules: "0.weight" (units, inputs) and "0.bias" of a Sequential,
// "fc1.weight" of anything else. A pickle (.pt, .pth) is a program, and is not run.

import { fromBrain16, fromHalf } from "../dataset/half.js";
import { readExtents } from "../network/safetensors.js";
import { show } from "../options/check.js";
import type { Numbers } from "../session/layout.js";
import type { Matrix } from "./matrix.js";
import { byNumbers, type Module, stepsOfModules } from "./modules.js";
import type { ImportOptions } from "./options.js";
import type { Foreign, Refuse } from "./steps.js";

const WIDTHS = { F32: 4, F64: 8, F16: 2, BF16: 2, I64: 8, I32: 4, U8: 1, BOOL: 1 } as const;
const EPSILON = 1e-5; // of torch.nn.BatchNorm1d and LayerNorm
const COUNTER = "num_batches_tracked";

/** The steps of a state dict. Throws E_MODEL. */
export function readStateDict(bytes: Uint8Array, name: string, options: ImportOptions, refuse: Refuse): Foreign {
  const { extents, data } = readExtents(bytes, name, WIDTHS);
  const found = new Map<string, Map<string, Matrix>>();
  for (const { name: tensor, dtype, shape, begin, end } of extents) {
    const dot = tensor.lastIndexOf(".");
    const [module, array] = [tensor.slice(0, Math.max(0, dot)), tensor.slice(dot + 1)];
    if (array === COUNTER) continue;
    if (!(dtype.startsWith("F") || dtype === "BF16"))
      refuse(`tensor ${show(tensor)} of type ${dtype}, which are no floats`);
    const own = found.get(module) ?? new Map<string, Matrix>();
    own.set(array, { shape, data: numbersOf(dtype, data.subarray(begin, end)) });
    found.set(module, own);
  }
  const modules = [...found].map(([module, arrays]) => moduleOf(module, arrays, refuse));
  modules.sort((a, b) => byNumbers(a.name, b.name));
  return stepsOfModules(modules, { epsilon: EPSILON, ordered: false }, options, refuse);
}

function numbersOf(dtype: keyof typeof WIDTHS, bytes: Uint8Array): Numbers {
  const copy = bytes.slice(); // aligned
  if (dtype === "F32") return new Float32Array(copy.buffer);
  if (dtype === "F64") return new Float64Array(copy.buffer);
  return Float32Array.from(new Uint16Array(copy.buffer), dtype === "F16" ? fromHalf : fromBrain16);
}

function moduleOf(name: string, arrays: ReadonlyMap<string, Matrix>, refuse: Refuse): Module {
  const called = `module ${show(name)}`;
  const [weight, bias, mean, variance] = ["weight", "bias", "running_mean", "running_var"].map((one) =>
    arrays.get(one),
  );
  const known = [weight, bias, mean, variance].filter((one) => one !== undefined).length;
  const flat = [bias, mean, variance].every((one) => one === undefined || one.shape.length === 1);
  if (known !== arrays.size || !flat || (!weight && !mean)) {
    const names = [...arrays].map(([array, { shape }]) => `${show(array)} ${shape.join("x") || "one number"}`);
    return refuse(
      `${called} with ${names.slice(0, 6).join(", ")}, which is no Linear, BatchNorm1d, LayerNorm or PReLU`,
    );
  }
  const same = (length: number) =>
    [bias, mean, variance].every((one) => one === undefined || one.data.length === length) ||
    refuse(`${called} with arrays of several lengths`);
  if (mean && variance && weight?.shape.length !== 2) {
    same(mean.data.length);
    return {
      ...{ is: "batch", name, called, gamma: weight?.data ?? null, beta: bias?.data ?? null },
      ...{ mean: mean.data, variance: variance.data },
    };
  }
  if (mean || variance || !weight) return refuse(`${called} with one of a running mean and a running variance`);
  if (weight.shape.length === 2) {
    const [units, inputs] = weight.shape as [number, number];
    if (units === 0 || inputs === 0) refuse(`${called} with weights of shape ${units}x${inputs}`);
    same(units);
    return { is: "dense", name, called, inputs, units, weight: weight.data, bias: bias?.data ?? null };
  }
  if (weight.shape.length !== 1 || weight.data.length === 0) {
    return refuse(
      `${called} with weights of shape ${weight.shape.join("x")}, which is no Linear, BatchNorm1d, LayerNorm or PReLU`,
    );
  }
  if (!bias) return { is: "prelu", name, called, slopes: weight.data };
  same(weight.data.length);
  return { is: "layer", name, called, gamma: weight.data, beta: bias.data };
}

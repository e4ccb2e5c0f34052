// Keras's files as steps: .keras archives of Keras 3, .h5 files of Keras 1 to 3 with their configuration, and weights
// alone, also beside the JSON of their model.
// Source: https://keras.io/api/models/model_saving_apis

import type { Hdf5Model } from "../dataset/hdf5.js";
import { show } from "../options/check.js";
import { isObject } from "./json.js";
import { layersOf, lossIn, parse, readKerasConfig } from "./keras-config.js";
import { type Arrays, denseOf, EPSILON, type Finder } from "./keras-layers.js";
import type { Matrix } from "./matrix.js";
import { byNumbers, type Module, stepsOfModules } from "./modules.js";
import type { ImportOptions } from "./options.js";
import { snakeCase } from "./snake-case.js";
import type { Foreign, Refuse, Remark } from "./steps.js";

/** The steps of a file with HDF5's arrays and texts, or of weights beside the `json` of their model. Throws by `refuse`. */
export function readKerasH5(
  file: Hdf5Model,
  json: string | undefined,
  options: ImportOptions,
  refuse: Refuse,
  remark: Remark,
): Foreign {
  const root = file.texts[""] ?? {};
  const config = json ?? root.model_config?.[0];
  const paths = Object.keys(file.arrays);
  const isVersion3 = paths.some((path) => VARIABLE.test(path));
  if (config !== undefined && (isVersion3 || json !== undefined)) {
    const model = parse(config, "a configuration", refuse);
    const version = (isObject(model) && String(model.keras_version ?? "")) || root.keras_version?.[0] || "";
    const prefix = root.layer_names ? "" : "model_weights/";
    const find = isVersion3 ? variables(file, model, refuse) : groups(file, prefix);
    return readKerasConfig(model, isVersion3 ? "3" : version, find, refuse, remark);
  }
  if (config !== undefined) {
    const version = root.keras_version?.[0] ?? "";
    const loss = lossIn(parse(root.training_config?.[0] ?? "null", "a training_config", refuse));
    return {
      ...readKerasConfig(
        parse(config, "a model_config", refuse),
        version,
        groups(file, "model_weights/"),
        refuse,
        remark,
      ),
      loss,
    };
  }
  const names = root.layer_names ?? file.texts.model_weights?.layer_names;
  const find = groups(file, root.layer_names ? "" : "model_weights/");
  if (names) {
    const modules = names.flatMap((name) => {
      const called = `layer ${show(name)}`;
      const arrays = find({ kind: "", name, called }, []);
      return arrays.size > 0 ? [moduleOf(name, called, arrays, refuse)] : [];
    });
    return stepsOfModules(modules, { ordered: true, epsilon: EPSILON }, options, refuse);
  }
  if (isVersion3) return readVariables(file, options, refuse);
  return refuse("no model of Keras", "pass a file that Keras saved");
}

/** The steps of a .keras archive: its configuration, and the weights beside it. */
export function readKerasArchive(
  config: unknown,
  metadata: unknown,
  file: Hdf5Model,
  refuse: Refuse,
  remark: Remark,
): Foreign {
  const version = isObject(metadata) ? String(metadata.keras_version ?? "") : "";
  const compiled = isObject(config) ? config.compile_config : null;
  return {
    ...readKerasConfig(config, version || "3", variables(file, config, refuse), refuse, remark),
    loss: lossIn(compiled),
  };
}

// Where a file of Keras 3 has a variable: layers/dense_1/vars/0.
const VARIABLE = /^(?:layers|_layer_checkpoint_dependencies)\/([^/]+)\/vars\/(\d+)$/;

/** The arrays in the group of a layer, by the last part of their names without ":0". */
function groups({ arrays }: Hdf5Model, prefix: string): Finder {
  return ({ name }) => {
    const own = Object.entries(arrays).filter(([path]) => path.startsWith(`${prefix}${name}/`));
    return new Map(own.map(([path, array]) => [path.split("/").at(-1)!.replace(/:0$/, ""), array]));
  };
}

/** Variables of Keras 3, which are counted; groups have the names of classes with a number, or those of the layers. */
function variables({ arrays }: Hdf5Model, config: unknown, refuse: Refuse): Finder {
  const byGroup = new Map<string, Map<number, Matrix>>();
  for (const [path, array] of Object.entries(arrays)) {
    const [, group, place] = VARIABLE.exec(path) ?? [];
    if (group === undefined) continue;
    const own = byGroup.get(group) ?? new Map<number, Matrix>();
    own.set(Number(place), array);
    byGroup.set(group, own);
  }
  const used = new Map<string, number>();
  const counted = new Map<string, string>();
  for (const { kind, name } of layersOf(config, refuse)) {
    const group = snakeCase(kind);
    const count = used.get(group) ?? 0;
    used.set(group, count + 1);
    counted.set(name, count === 0 ? group : `${group}_${count}`);
  }
  return ({ name, called }, names) => {
    if (names.length === 0) return new Map();
    const own = byGroup.get(counted.get(name)!) ?? byGroup.get(name);
    if (own?.size !== names.length || !names.every((_, i) => own.has(i))) {
      return refuse(`${called} with ${own?.size ?? 0} arrays instead of ${names.length} (${names.join(", ")})`);
    }
    return new Map(names.map((array, i) => [array, own.get(i)!]));
  };
}

/** Weights alone, of Keras 3: the groups tell what they are, the numbers at their ends the order. */
function readVariables({ arrays }: Hdf5Model, options: ImportOptions, refuse: Refuse): Foreign {
  const byGroup = new Map<string, Map<string, Matrix>>();
  const order: Readonly<Record<string, readonly string[]>> = {
    dense: ["kernel", "bias"],
    batch_normalization: ["gamma", "beta", "moving_mean", "moving_variance"],
    layer_normalization: ["gamma", "beta"],
    p_re_lu: ["alpha"],
  };
  for (const [path, array] of Object.entries(arrays)) {
    const [, group, place] = VARIABLE.exec(path) ?? [];
    if (group === undefined) continue;
    const names = order[group.replace(/_\d+$/, "")] ?? refuse(`layer ${show(group)}, which is no dense layer`);
    const own = byGroup.get(group) ?? new Map<string, Matrix>();
    own.set(names[Number(place)] ?? refuse(`layer ${show(group)} with more arrays than ${names.length}`), array);
    byGroup.set(group, own);
  }
  const modules = [...byGroup].map(([group, own]) => moduleOf(group, `layer ${show(group)}`, own, refuse));
  modules.sort((a, b) => byNumbers(a.name, b.name));
  return stepsOfModules(modules, { ordered: false, epsilon: EPSILON }, options, refuse);
}

function moduleOf(name: string, called: string, arrays: Arrays, refuse: Refuse): Module {
  const names = [...arrays.keys()].sort().join();
  const flat = (array: string) => {
    const found = arrays.get(array);
    if (found && found.shape.length !== 1) return refuse(`${called} whose ${array} has shape ${found.shape.join("x")}`);
    return found?.data ?? null;
  };
  const kernel = arrays.get("kernel");
  if (kernel && /^(bias,)?kernel$/.test(names))
    return { is: "dense", name, ...denseOf(called, kernel, flat("bias"), refuse) };
  const [gamma, beta, mean, variance] = ["gamma", "beta", "moving_mean", "moving_variance"].map(flat);
  const alpha = flat("alpha");
  if (/^(beta,)?(gamma,)?moving_mean,moving_variance$/.test(names)) {
    return { is: "batch", name, called, gamma: gamma!, beta: beta!, mean: mean!, variance: variance! };
  }
  if (/^(beta,)?gamma$/.test(names)) return { is: "layer", name, called, gamma: gamma!, beta: beta! };
  if (names === "alpha") return { is: "prelu", name, called, slopes: alpha! };
  return refuse(`${called} with ${names.replaceAll(",", ", ")}, which is no dense layer`);
}

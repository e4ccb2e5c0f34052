// Files of others to a network: which reader each kind of file has, and what is refused before any reads it.

import { asBytes } from "../dataset/arrays.js";
import { type RecognisedFile, recogniseFile, TORCH_LINE } from "../dataset/formats.js";
import type { Hdf5Model } from "../dataset/hdf5.js";
import { USUAL_BYTES } from "../dataset/hdf5-limits.js";
import { listZip, type Member } from "../dataset/zip.js";
import { InputError } from "../errors.js";
import { readExtents } from "../network/safetensors.js";
import { Network } from "../network.js";
import { checkOptions, show } from "../options/check.js";
import { callback, choice, names, number, type Type, whole } from "../options/type.js";
import { OPTIONS } from "../options.js";
import { readApart } from "../reader/embedded.js";
import { assemble } from "./assemble.js";
import { readKerasArchive, readKerasH5 } from "./keras.js";
import { parse } from "./keras-config.js";
import { readOnnx } from "./onnx-read.js";
import type { ImportFile, ImportOptions } from "./options.js";
import { readStateDict } from "./pytorch.js";
import type { Foreign, Refuse, Remark } from "./steps.js";
import { readTfjs } from "./tfjs.js";
import { lastPart } from "./tfjs-files.js";

const WHO = "importNetwork";

const TYPES: Readonly<Record<keyof ImportOptions, Type>> = {
  activation: OPTIONS.activation.type,
  output: OPTIONS.output.type,
  loss: OPTIONS.loss.type,
  slope: OPTIONS.slope.type,
  order: names,
  place: choice(["before", "behind"]),
  normEpsilon: OPTIONS.normEpsilon.type,
  scale: OPTIONS.scale.type,
  shape: OPTIONS.shape.type,
  classes: OPTIONS.classes.type,
  dtype: OPTIONS.dtype.type,
  maxBytes: number(whole(1)),
  onRemark: callback,
};

/** What readers of a format are given. */
interface Task {
  readonly file: RecognisedFile;
  readonly others: readonly RecognisedFile[];
  readonly hdf5: ReadHdf5Model;
  readonly options: ImportOptions;
  readonly refuse: Refuse;
  readonly remark: Remark;
}

/** The network in files of others, as src/exchange.ts describes. */
export const importNetwork = (files: ImportFile | readonly ImportFile[], options: ImportOptions = {}) =>
  importWith(apart, files, options);

/** How HDF5 is read: in a thread of its own, unless somebody has one already. */
export type ReadHdf5Model = (name: string, bytes: Uint8Array, maxBytes?: number) => Promise<Hdf5Model>;

const apart: ReadHdf5Model = (name, bytes, maxBytes) =>
  readApart("readHdf5Model", bytes, [{ name, maxBytes }], { who: `${WHO}: ${name}`, damaged: "E_HDF5_DAMAGED" });

/** The same, with HDF5 read by `hdf5`. */
export async function importWith(
  hdf5: ReadHdf5Model,
  files: ImportFile | readonly ImportFile[],
  options: ImportOptions,
): Promise<Network> {
  checkOptions(WHO, TYPES, options);
  const list = filesOf(files);
  const main = list.find(({ format }) => format.name in READERS) ?? list[0]!;
  const refuse: Refuse = (found, todo = "only plain stacks of dense layers can be imported") => {
    throw new InputError("E_MODEL", `${WHO}: ${main.name} has ${found}; ${todo}.`);
  };
  const remarks = new Set<string>();
  const remark: Remark = (sentence) => remarks.add(sentence);
  const task: Task = { file: main, others: list.filter((file) => file !== main), hdf5, options, refuse, remark };
  try {
    const found = await readerOf(main)(task);
    const network = found instanceof Network ? found : assemble(main.name, found, options, refuse, remark);
    for (const sentence of remarks) options.onRemark?.(sentence);
    return network;
  } catch (cause) {
    // texts may be nested beyond what the stack can take
    if (cause instanceof RangeError && /call stack/.test(cause.message))
      return refuse("content that is nested too deep");
    throw cause;
  }
}

function filesOf(files: ImportFile | readonly ImportFile[]): RecognisedFile[] {
  const list: unknown[] = Array.isArray(files) ? files : [files];
  if (list.length === 0) throw new InputError("E_OPTION", `${WHO}: got no files; pass { name, bytes } of each.`);
  return list.map((file) => {
    const { name, bytes } = (typeof file === "object" && file !== null ? file : {}) as Partial<ImportFile>;
    if (typeof name !== "string")
      throw new InputError("E_OPTION", `${WHO}: got ${show(file)}; pass { name, bytes } of each file.`);
    return recogniseFile({ name, bytes: asBytes(`${WHO} (${name})`, "E_MODEL", bytes) });
  });
}

const READERS: Readonly<Record<string, (task: Task) => Foreign | Network | Promise<Foreign | Network>>> = {
  onnx: alone(({ file, refuse }) => readOnnx(file.bytes, refuse)),
  safetensors: alone(({ file, options, refuse }) => {
    const { metadata } = readExtents(file.bytes, file.name, ANY);
    if (metadata.wasmlp !== undefined) return Network.load(file.bytes, file.name);
    return readStateDict(file.bytes, file.name, options, refuse);
  }),
  async hdf5({ file, others, hdf5, options, refuse, remark }) {
    const [config, ...more] = others;
    if (more.length > 0 || (config && config.format.name !== "json")) refuse(`${others.length} files beside it`, ALONE);
    const text = config && new TextDecoder().decode(config.bytes);
    return readKerasH5(await hdf5(file.name, file.bytes, options.maxBytes), text, options, refuse, remark);
  },
  keras: alone(readArchive),
  zip: alone(readArchive),
  tfjs({ file, others, refuse, remark }) {
    const beside = (wanted: string) => {
      const found = others.find(({ name }) => lastPart(name) === wanted);
      return found?.bytes ?? refuse(`its weights in ${show(wanted)}`, "pass that file, too");
    };
    return readTfjs(file.bytes, beside, refuse, remark);
  },
};

const ANY = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 } as const;
const ALONE = "pass one model at a time";

function alone(read: (task: Task) => Foreign | Network | Promise<Foreign | Network>): typeof read {
  return (task) => (task.others.length > 0 ? task.refuse(`${task.others.length} files beside it`, ALONE) : read(task));
}

function readerOf({ name, format }: RecognisedFile) {
  const reader = Object.hasOwn(READERS, format.name) ? READERS[format.name] : undefined;
  if (reader) return reader;
  const pickled = format.name === "pickle" || format.name === "pytorch";
  const called = pickled ? "a pickle, a program that would be run to be read" : format.called;
  const todo = pickled
    ? `save its weights in Python: ${TORCH_LINE}`
    : "pass an ONNX model, a model of Keras or TensorFlow.js, or PyTorch's weights as safetensors";
  throw new InputError("E_MODEL", `${WHO}: ${name} is ${called}; ${todo}.`);
}

async function readArchive({ file, hdf5, options, refuse, remark }: Task): Promise<Foreign> {
  const { name, bytes } = file;
  const members = listZip(`${WHO}: ${name}`, "E_MODEL", bytes, options.maxBytes ?? USUAL_BYTES);
  const member = (wanted: string): Member | undefined => members.find((one) => one.name === wanted);
  const [config, weights] = [member("config.json"), member("model.weights.h5")];
  if (!config || !weights)
    return refuse("no config.json and model.weights.h5 of Keras in it", "pass a model that Keras saved");
  const text = (one: Member) => new TextDecoder().decode(one.read());
  const metadata = member("metadata.json");
  const model = await hdf5(`${name} (${weights.name})`, weights.read(), options.maxBytes);
  const version = metadata ? parse(text(metadata), "a metadata.json", refuse) : null;
  return readKerasArchive(parse(text(config), "a config.json", refuse), version, model, refuse, remark);
}

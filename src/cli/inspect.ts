// wasmlp inspect: what a data or model file holds.

import { basename } from "node:path";
import { describeBytes } from "../dataset/sniff.js";
import { baseRateEntropy, classCounts, type LabelledDataset } from "../dataset.js";
import { InputError } from "../errors.js";
import { Network } from "../network.js";
import { readFileBytes } from "../node/files.js";
import { inspectHdf5 } from "../node/hdf5.js";
import { type Names, readDataset } from "./data.js";
import type { Io } from "./io.js";
import { percent, table, wrap } from "./text.js";

export async function inspect(path: string, options: Names & { json?: boolean }, io: Io): Promise<number> {
  const bytes = await readFileBytes(path);
  const name = basename(path);
  const kind = describeBytes(bytes);
  if (kind === "a safetensors model") inspectModel(Network.load(bytes, name), name, options, io);
  else if (kind === "an HDF5 file") await inspectH5(bytes, path, options, io);
  else if (kind === "an idx file" || kind === "a gzip file") showData(await readDataset(path), options, io);
  else
    throw new InputError("E_FILE_TYPE", `${name} is ${kind}; pass an HDF5 or idx file, or a model that wasmlp saved.`);
  return 0;
}

function inspectModel(network: Network, name: string, { json }: { json?: boolean }, io: Io): void {
  const { layers, activation, output, loss, dtype, parameters, seed, shape, scale, classes } = network;
  if (json) {
    io.out(
      JSON.stringify({
        kind: "model",
        layers,
        activation,
        output,
        loss,
        dtype,
        parameters,
        seed,
        shape,
        scale,
        classes,
      }),
    );
    return;
  }
  io.out(`${name}: a network saved by wasmlp`);
  io.out("");
  for (const line of network.summary().split("\n")) io.out(line);
  io.out("");
  const facts = [
    ["inputs", `${shape.join("x")}, multiplied by ${Number(scale.toPrecision(6))}`],
    ["classes", classes?.join(", ") ?? "none"],
    ["seed", String(seed)],
  ];
  for (const line of table(facts)) io.out(line);
}

async function inspectH5(bytes: Uint8Array, path: string, options: Names & { json?: boolean }, io: Io): Promise<void> {
  const name = basename(path);
  const entries = await inspectHdf5(bytes, { name });
  // a file that is no data set is still worth a list
  const data = await readDataset(path, options).catch((error: unknown) => {
    if (error instanceof InputError) return error;
    throw error;
  });
  if (options.json) {
    const read = data instanceof InputError ? { problem: { code: data.code, message: data.message } } : factsOf(data);
    io.out(JSON.stringify({ kind: "data", datasets: entries, ...read }));
    return;
  }
  io.out(`${name}: an HDF5 file`);
  io.out("");
  const rows = entries.map(({ path, shape, type, filters }) => [
    path,
    shape.join("x") || "one value",
    type,
    filters.join(", "),
  ]);
  for (const line of table([["dataset", "shape", "type", "filters"], ...rows])) io.out(line);
  io.out("");
  if (data instanceof InputError) io.out(data.message);
  else showData(data, {}, io);
}

function factsOf(data: LabelledDataset) {
  const counts = classCounts(data);
  const { count, features, shape, scale, classes } = data;
  const type = data.x.constructor.name.replace("Array", "").toLowerCase();
  return { count, features, shape, type, scale, classes, counts, baseRateEntropy: baseRateEntropy(data) };
}

function showData(data: LabelledDataset, { json }: { json?: boolean }, io: Io): void {
  const facts = factsOf(data);
  if (json) {
    io.out(JSON.stringify({ kind: "data", ...facts }));
    return;
  }
  const scaled = `${facts.type}, multiplied by ${Number(facts.scale.toPrecision(6))}`;
  for (const line of wrap(
    `read as ${facts.count} examples of ${facts.shape.join("x")} = ${facts.features} inputs (${scaled})`,
    io.columns,
  ))
    io.out(line);
  io.out("");
  const rows = facts.counts.map((count, c) => [facts.classes[c]!, String(count), percent(count / facts.count)]);
  for (const line of table([["class", "examples", "share"], ...rows], [1, 2])) io.out(line);
  io.out("");
  const entropy = `base-rate entropy ${facts.baseRateEntropy.toFixed(5)} nats: the cost of a network that has learnt these shares alone`;
  for (const line of wrap(entropy, io.columns)) io.out(line);
}

// wasmlp inspect: what a data or model file holds.

import { refuseFormat } from "../dataset/formats.js";
import { baseRateEntropy, classCounts, type LabelledDataset, remarkOnLabels } from "../dataset.js";
import { InputError } from "../errors.js";
import type { Network } from "../network.js";
import { type Names, type OpenFile, openFile, readDataset, readModel } from "../node/formats.js";
import { inspectHdf5 } from "../node/hdf5.js";
import { percent, table } from "../text.js";
import type { Io } from "./io.js";
import { scaleInWords, wrap } from "./text.js";

export async function inspect(path: string, options: Names & { json?: boolean }, io: Io): Promise<number> {
  const file = await openFile(path);
  const { name, gives } = file.format;
  if (gives.includes("model")) inspectModel(readModel(file), file.name, options, io);
  else if (name === "hdf5") await inspectH5(file, options, io);
  else if (gives.includes("dataset")) showData(await readDataset(file, options), options, io);
  else refuseFormat(file, "dataset", "model");
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
    ["inputs", `${shape.join("x")}, multiplied by ${scaleInWords(scale)}`],
    ["classes", classes?.join(", ") ?? "none"],
    ["seed", String(seed)],
  ];
  for (const line of table(facts)) io.out(line);
}

async function inspectH5(file: OpenFile, options: Names & { json?: boolean }, io: Io): Promise<void> {
  const { bytes, name } = file;
  const entries = await inspectHdf5(bytes, { name });
  // a file that is no data set is still worth a list
  const data = await readDataset(file, options).catch((error: unknown) => {
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
  const scaled = `${facts.type}, multiplied by ${scaleInWords(facts.scale)}`;
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
  const remark = remarkOnLabels(data);
  if (remark) for (const line of wrap(remark, io.columns)) io.out(line);
}

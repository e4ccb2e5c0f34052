// What the commands train on and with: the pictures that come with the package, and networks that suit the data. How
// files are read is src/node/formats.ts.

import { fileURLToPath } from "node:url";
import { classifies } from "../catalogue.js";
import { remarkOnTargets } from "../dataset/targets.js";
import { type Dataset, outputsOf, remarkOnLabels, type Task } from "../dataset.js";
import type { NetworkOptions } from "../network/options.js";
import { Network } from "../network.js";
import { optionsFor } from "../options/resolve.js";
import type { PictureDataset } from "../reader/pictures.js";

const MOST_SKIPPED = 5; // that are named

/** Paths of the training and the test set. */
export const EMBEDDED = {
  train: fileURLToPath(new URL("./pictures-train.h5", import.meta.url)),
  test: fileURLToPath(new URL("./pictures-test.h5", import.meta.url)),
};

/**
 * The network that the options ask for, with the inputs, the outputs and a loss that the data want. Where numbers are
 * predicted it standardises, unless another scaling is said: few of them lie where first weights would put them.
 */
export function networkFor(data: Dataset, options: Omit<NetworkOptions, "inputs">): Network {
  const numbers = data.classes === null;
  const loss = options.loss ?? (numbers ? "meanSquaredError" : undefined);
  const layers = [...options.layers, outputsOf(data, loss)];
  const standardize = (numbers && options.scaling === undefined) || options.standardize;
  return new Network({ ...optionsFor("network", options), inputs: data.features, layers, loss, standardize });
}

/** What a model's data are read as. */
export const taskOf = (network: Network): Task => (classifies(network) ? "classification" : "regression");

/** Width and height of the pictures that a model takes; undefined for one of other examples. */
export function sizeOf({ shape: [height, width, channels], shape }: Network): string | undefined {
  return shape.length === 3 && channels === 3 ? `${width}x${height}` : undefined;
}

/** What of pictures in folders a model is tried on: its classes, and the test set where they lie in parts. */
export const heldOut = ({ classes }: Network) => ({ part: "test" as const, classes: classes ?? undefined });

/** A sentence for each picture in folders that was left out, up to some. */
export function remarksOnSkipped(data: Dataset): string[] {
  const { skipped = [] } = data as Partial<PictureDataset>;
  const more = skipped.length - MOST_SKIPPED;
  return [
    ...skipped.slice(0, MOST_SKIPPED).map(({ reason }) => `Left out: ${reason}.`),
    ...(more > 0 ? [`… and ${more} more; ${skipped.length} pictures in all are left out.`] : []),
  ];
}

/** A sentence where labels may have been meant as the other task, unless that was said. Else null. */
export function remarkOn(data: Dataset, task: Task = "auto"): string | null {
  if (task !== "auto") return null;
  return data.classes === null ? remarkOnTargets(data) : remarkOnLabels(data);
}

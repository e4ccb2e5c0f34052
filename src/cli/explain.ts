// wasmlp explain: the inputs that a model's answers hang on, the most important first, or how the mean answer goes with
// one of them.

import { scaledLike } from "../dataset/scale.js";
import type { Examples } from "../dataset.js";
import {
  type FeatureImportance,
  type ImportanceOptions,
  partialDependence,
  permutationImportance,
} from "../explain.js";
import { type Names, openFile, readData, readModel } from "../node/formats.js";
import { inputNames } from "../table.js";
import { digits, table } from "../text.js";
import { heldOut, sizeOf, taskOf } from "./data.js";
import type { Io } from "./io.js";
import { remarkOnNumerics } from "./numerics.js";
import { bar, wrap } from "./text.js";

export interface ExplainOptions extends Pick<ImportanceOptions, "metric" | "repeats" | "seed">, Names {
  feature?: number;
  json?: boolean;
}

const MOST_FEATURES = 20; // that a table shows
const MOST_CLASSES = 4;
const NAME = 14; // characters of a class

export async function explain(model: string, path: string, options: ExplainOptions, io: Io): Promise<number> {
  const network = readModel(await openFile(model));
  await remarkOnNumerics(network, io);
  const read = await readData(
    path,
    {
      ...{ task: taskOf(network), encoding: network.encoding ?? undefined, size: sizeOf(network) },
      ...options,
    },
    heldOut(network),
  );
  const data = options.scale === undefined ? scaledLike(network.scale, read) : read;
  const { metric, repeats, seed, feature } = options;
  const dependence = feature === undefined ? null : await partialDependence(network, data, { feature });
  const importance = await permutationImportance(network, data, {
    ...{ metric, repeats, seed, features: feature === undefined ? undefined : [feature] },
    onProgress: (share) => io.live && io.status(`${bar(share)} of ${data.features} features`),
  });
  io.status("");
  const classes = network.classes ?? data.classes;
  if (options.json) {
    io.out(
      JSON.stringify({
        ...{ ...importance, numerics: network.numerics },
        ...(data.encoding && { inputs: inputNames(data.encoding) }),
        repeats,
        seed,
        ...(dependence && { classes, dependence }),
      }),
    );
    return 0;
  }
  const { score, features } = importance;
  const times = repeats === 1 ? "once" : `${repeats} times`;
  const first = `${importance.metric} is ${digits(score, 4)}. Importance: how much worse that gets when a feature is shuffled among the ${data.count} examples, ${times}.${network.numerics === "fused" ? " The model has fused numerics." : ""}`;
  for (const line of wrap(first, io.columns)) io.out(line);
  io.out("");
  const sorted = [...features].sort((a, b) => b.mean - a.mean || a.feature - b.feature);
  const place = placesOf(data);
  const rows = sorted.slice(0, MOST_FEATURES).map((one) => rowOf(one, place?.of));
  const head = ["feature", ...(place ? [place.called] : []), "importance", "deviation"];
  const numbers = head.flatMap((name, c) => (name === place?.called ? [] : [c]));
  for (const line of table([head, ...rows], numbers)) io.out(line);
  const more = sorted.length - MOST_FEATURES;
  if (more > 0) io.err(`${more} more; --json lists all`);
  if (!dependence) return 0;
  io.out("");
  const names = classes ?? dependence[0]!.outputs.map((_, c) => `output ${c + 1}`);
  const answers = classes && dependence[0]!.outputs.length === 1 ? names.slice(1) : names;
  const shown = mostMoved(dependence.map(({ outputs }) => outputs)).slice(0, MOST_CLASSES);
  io.out(`mean answer over all examples with feature ${feature} set to a value`);
  const lines = [
    ["value", ...shown.map((c) => answers[c]!.slice(0, NAME))],
    ...dependence.map(({ value, outputs }) => [digits(value, 4), ...shown.map((c) => outputs[c]!.toFixed(4))]),
  ];
  for (const line of table(lines, [...lines[0]!.keys()])) io.out(line);
  return 0;
}

function rowOf({ feature, mean, deviation }: FeatureImportance, placeOf?: (feature: number) => string): string[] {
  return [String(feature), ...(placeOf ? [placeOf(feature)] : []), digits(mean), digits(deviation)];
}

// What a feature is besides its number: a column of a table, a place in a picture.
function placesOf({ encoding, shape }: Examples): { called: string; of: (feature: number) => string } | null {
  if (encoding) {
    const names = inputNames(encoding);
    return { called: "column", of: (feature) => names[feature]! };
  }
  return shape.length > 1 ? { called: "place", of: (feature) => placeOf(feature, shape).join(",") } : null;
}

// Row, column and channel of a number in a picture, counted from 0.
function placeOf(feature: number, shape: readonly number[]): number[] {
  let rest = feature;
  return [...shape]
    .reverse()
    .map((side) => {
      const at = rest % side;
      rest = Math.floor(rest / side);
      return at;
    })
    .reverse();
}

// Outputs by how far they move over the values.
function mostMoved(rows: readonly (readonly number[])[]): number[] {
  const span = (c: number) => Math.max(...rows.map((row) => row[c]!)) - Math.min(...rows.map((row) => row[c]!));
  return [...rows[0]!.keys()].sort((a, b) => span(b) - span(a) || a - b);
}

// The backward pass is right for every activation and loss, on every backend: against central differences and against
// dual numbers in plain TypeScript (reference.ts). And the test can fail: planted bugs in the kernels are all caught.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { type Architecture, STATISTICS } from "../src/architecture.js";
import { type Backend, loadBackend } from "../src/backend.js";
import { ACTIVATIONS, LOSSES, type Loss, losses, NORMALIZATIONS, type OutputActivation } from "../src/catalogue.js";
import { createDataset, type Dataset } from "../src/dataset.js";
import { Network } from "../src/network.js";
import { onlyUsed } from "../src/options/resolve.js";
import { Random } from "../src/random.js";
import { arraysOf, getGradient, type LayerWeights, setWeights } from "../src/session/layout.js";
import { openGradient } from "../src/session.js";
import { all } from "./all.js";
import * as reference from "./reference.js";

interface Case {
  name: string;
  architecture: Architecture;
  count: number;
}

function architectureOf(
  widths: number[],
  activation: (typeof ACTIVATIONS)[number],
  output: OutputActivation,
  loss: Loss,
): Architecture {
  const layers = widths.slice(1).map((units, l) => ({
    inputs: widths[l]!,
    units,
    activation: l < widths.length - 2 ? activation : output,
    slope: SLOPE,
  }));
  const smoothing = loss === "categoricalCrossEntropy" && activation === "tanh" ? { labelSmoothing: 0.1 } : {};
  return { layers, loss, dtype: "float64", lossParameter: PARAMETER, ...smoothing };
}

const PARAMETER = 0.75; // of the losses that have one
const SLOPE = 0.2; // of leakyRelu

// Every loss with every output that it goes with, and several widths of outputs.
const HEADS: [OutputActivation, Loss, number][] = LOSSES.flatMap((loss, l) => {
  const { outputs, least } = losses[loss];
  return outputs.map((output, o): [OutputActivation, Loss, number] => [
    output,
    loss,
    Math.max(least, [1, 3, 2, 5, 9, 4][(l + o) % 6]!),
  ]);
});
// Awkward widths and counts: 1, around the tile of 4, the panel of 8 and the block of 32.
const SHAPES: [number[], number][] = [
  [[3], 1],
  [[1, 1], 2],
  [[7, 5], 33],
  [[33, 4, 3], 8],
  [[8, 9, 5], 17],
];
// Every hidden activation with every loss, the heads of a loss and the shapes by turns.
const CASES: Case[] = LOSSES.flatMap((loss, l) =>
  ACTIVATIONS.map((activation, a) => {
    const heads = HEADS.filter((head) => head[1] === loss);
    const [output, , outputs] = heads[a % heads.length]!;
    const [widths, count] = SHAPES[(a + l) % SHAPES.length]!;
    const sizes = [...widths, outputs];
    const name = `${sizes.join("-")} ${activation}, ${output} ${loss}, ${count} examples`;
    return { name, architecture: architectureOf(sizes, activation, output, loss), count };
  }),
).concat(
  HEADS.map(([output, loss, outputs]) => {
    const name = `7-5-${outputs} tanh, ${output} ${loss}, 33 examples`;
    return { name, architecture: architectureOf([7, 5, outputs], "tanh", output, loss), count: 33 };
  }),
  // every activation behind each normalisation, with a layer that is passed by, and losses by turns
  ACTIVATIONS.flatMap((activation, a) =>
    NORMALIZATIONS.map((normalization, n): Case => {
      const [output, loss, outputs] = HEADS[(2 * a + n) % HEADS.length]!;
      const [widths, count] = [[3, 6, 6, 5, outputs], [17, 8, 9][a % 3]!];
      const plain = architectureOf(widths, activation, output, loss);
      const layers = plain.layers.map((layer, l) => ({
        ...layer,
        ...(l < 3 && { normalization }),
        ...(l === 1 && { residual: true }),
      }));
      const name = `${widths.join("-")} ${activation}, ${normalization} normalisation, residual, ${loss}, ${count} examples`;
      return { name, architecture: { ...plain, layers, normEpsilon: 0.01, normMomentum: 0.1 }, count };
    }),
  ),
  // a normalised output, and prelu as one
  NORMALIZATIONS.map((normalization): Case => {
    const plain = architectureOf([3, 5, 4], "relu", "prelu", "meanSquaredError");
    const layers = plain.layers.map((layer) => ({ ...layer, normalization }));
    const name = `3-5-4 relu, prelu, each with ${normalization} normalisation, 9 examples`;
    return { name, architecture: { ...plain, layers, normEpsilon: 0.01, normMomentum: 0.1 }, count: 9 };
  }),
);

interface Problem {
  data: Dataset;
  weights: reference.Weights[];
  x: number[][];
  y: number[][];
}

// Each case is looked at by two backends and by many planted bugs.
const problems = new Map<Case, Problem>();
function problemOf(testCase: Case): Problem {
  const known = problems.get(testCase) ?? drawProblem(testCase);
  problems.set(testCase, known);
  return known;
}
function drawProblem({ architecture, count }: Case): Problem {
  const random = new Random(11);
  const normals = (length: number) => Array.from({ length }, () => random.normal());
  const { layers, loss } = architecture;
  const inputs = layers[0]!.inputs;
  const outputs = layers[layers.length - 1]!.units;
  const x = Array.from({ length: count }, () => normals(inputs));
  const weights = layers.map((layer) => ({
    weight: normals(layer.units * layer.inputs).map((w) => w / Math.sqrt(layer.inputs)),
    bias: normals(layer.units).map((b) => b * 0.3),
    ...(layer.normalization && { gamma: normals(layer.units), beta: normals(layer.units) }),
    ...(layer.activation === "prelu" && { slope: normals(layer.units).map((slope) => 0.2 + 0.1 * slope) }),
    ...(layer.normalization === "batch" && {
      mean: normals(layer.units),
      variance: normals(layer.units).map(Math.abs),
    }),
  }));
  if (losses[loss].targets === "numbers") {
    const draw = () => (losses[loss].numbers?.least === 0 ? random.integer(4) : random.normal());
    const y = Array.from({ length: count }, () => Array.from({ length: outputs }, draw));
    return { data: createDataset({ x, y, regression: true }), weights, x, y };
  }
  const classes = Math.max(2, outputs);
  const labels = Array.from({ length: count }, (_, i) => i % classes);
  const names = Array.from({ length: classes }, (_, c) => `class ${c}`);
  const data: Dataset = {
    x: Float64Array.from(x.flat()),
    y: Int32Array.from(labels),
    count,
    features: inputs,
    shape: [inputs],
    scale: 1,
    classes: names,
  };
  const { labelSmoothing = 0 } = architecture;
  const shared = (hot: number) => (1 - labelSmoothing) * hot + labelSmoothing / classes;
  const y = labels.map((label) => (outputs === 1 ? [shared(label)] : names.map((_, c) => shared(Number(c === label)))));
  return { data, weights, x, y };
}

/** Norm-relative error of the backend's gradient against dual numbers. */
function errorOf(backend: Backend, testCase: Case): number {
  const { data, weights, x, y } = problemOf(testCase);
  const session = openGradient(backend, testCase.architecture, data);
  setWeights(
    session,
    weights.map(
      (own) =>
        Object.fromEntries(
          Object.entries(own).map(([name, values]) => [name, Float64Array.from(values as number[])]),
        ) as unknown as LayerWeights,
    ),
  );
  session.run("passes");
  session.run("gradients");
  const got = getGradient(session).flatMap((layer) =>
    arraysOf(layer).flatMap(([name, values]) => (STATISTICS.includes(name as "mean") ? [] : [...values])),
  );
  const want = wanted.get(testCase) ?? reference.gradient(testCase.architecture, weights, x, y);
  wanted.set(testCase, want);
  return relativeError(got, want);
}
const wanted = new Map<Case, number[]>(); // dual numbers take longer than any backend

function relativeError(got: number[], want: number[]): number {
  const norm = (values: number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  const scale = norm(got) + norm(want);
  return scale === 0 ? 0 : norm(got.map((g, i) => g - want[i]!)) / scale;
}

// float64 sums of at most 33 terms: a few units in the last place, over norms of order 1
const LIMIT = 1e-12;

describe.each(["js", "wasm"] as const)("%s", (name) => {
  test.each(CASES)("the gradient equals dual numbers for $name", async (testCase) => {
    expect(errorOf(await loadBackend(name), testCase)).toBeLessThan(LIMIT);
  });

  // thousands of costs for each case; both backends have the same bits
  if (!all && name === "js") return;
  test.each(CASES)("the gradient equals central differences for $name", async (c) => {
    const { data, weights } = problemOf(c);
    const { layers, loss, dtype } = c.architecture;
    const last = layers[layers.length - 1]!;
    const network = new Network(
      onlyUsed("network", {
        inputs: layers[0]!.inputs,
        layers: layers.map(({ units, normalization, residual }) => ({ units, normalization, residual })),
        normEpsilon: c.architecture.normEpsilon,
        activation: (layers.length > 1 ? layers[0]!.activation : "relu") as (typeof ACTIVATIONS)[number],
        output: last.activation,
        ...{ loss, dtype, backend: name, slope: SLOPE, delta: PARAMETER, quantile: PARAMETER },
        labelSmoothing: c.architecture.labelSmoothing,
      }),
    );
    network.weights = weights;
    // ε = 1e-5: truncation and rounding are both near 1e-10 of the gradient
    const checked = await network.checkGradients(data, { samples: 100_000 });
    // ‖g − n‖ / (‖g‖ + ‖n‖) over all layers: one of them alone may have next to no gradient
    const norm = (values: number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    const difference = norm(checked.map(({ relativeError, norm: layer }) => 2 * layer * relativeError));
    expect(difference / (2 * norm(checked.map(({ norm: layer }) => layer)) || 1)).toBeLessThan(1e-8);
    expect(checked.every(({ passed }) => passed)).toBe(true);
  });
});

// Each bug is planted into the source of the plain-TypeScript kernels, which the WASM kernels must equal bit for bit.
const BUGS: { bug: string; file: string; from: string; to: string }[] = [
  {
    bug: "a wrong sign of the error",
    file: "loss.ts",
    from: "t.sigmoid(logit) - target",
    to: "target - t.sigmoid(logit)",
  },
  {
    bug: "a missing 1/m",
    file: "loss.ts",
    from: "lane < left ? error * inverse : 0",
    to: "lane < left ? error : 0",
  },
  { bug: "a missing 2 in the squared error", file: "loss.ts", from: "2 * error", to: "error" },
  {
    bug: "a transposed weight",
    file: "dense.ts",
    from: "da, LANES, w, 1, width, dz,",
    to: "da, LANES, w, width, 1, dz,",
  },
  { bug: "a dropped bias gradient", file: "dense.ts", from: "return round(low + high);", to: "return 0;" },
  { bug: "half of the bias gradient", file: "dense.ts", from: "round(low + high)", to: "low" },
  { bug: "a unit too few in the inputs' gradient", file: "dense.ts", from: "dz, width, n);", to: "dz, width, n - 1);" },
  {
    bug: "an example too few in the weights' gradient",
    file: "dense.ts",
    from: "tile, rows, count);",
    to: "tile, rows, count - 1);",
  },
  {
    bug: "an input too few in the forward pass's tile",
    file: "pack.ts",
    from: "panel + (first + c) * LANES",
    to: "panel + (first + c + 1) * LANES",
  },
  {
    bug: "ReLU's derivative for negative values",
    file: "piecewise.ts",
    from: "heap[a + i]! > 0 ? heap[dz + i]! : 0;",
    to: "heap[dz + i]!;",
  },
  {
    bug: "the derivative of tanh without the square",
    file: "smooth.ts",
    from: "heap[dz + i]! * round(1 - round(y * y))",
    to: "heap[dz + i]! * round(1 - y)",
  },
  {
    bug: "the derivative of the sigmoid without 1 − a",
    file: "smooth.ts",
    from: "round(y * round(1 - y))",
    to: "y",
  },
  {
    bug: "a leak of 0.1",
    file: "piecewise.ts",
    from: "heap[a + i]! > 0 ? heap[dz + i]! : leak * heap[dz + i]!",
    to: "heap[a + i]! > 0 ? heap[dz + i]! : 0.1 * heap[dz + i]!",
  },
  {
    bug: "examples behind the last one",
    file: "loss.ts",
    from: "lane < left ? slope * scale : 0",
    to: "slope * scale",
  },
  { bug: "elu's derivative without its edge", file: "smooth.ts", from: "round(y + below)", to: "y" },
  {
    bug: "softplus's derivative as that of sigmoid",
    file: "smooth.ts",
    from: "heap[dz + i]! * sigmoid(heap[z + i]!)",
    to: "heap[dz + i]!",
  },
  { bug: "silu's derivative without z", file: "smooth.ts", from: "madd(x, round(s * round(1 - s)), s)", to: "s" },
  { bug: "mish's derivative without 1 − t²", file: "smooth.ts", from: "round(1 - round(y * y)), y)", to: "1, y)" },
  {
    bug: "hardSwish's derivative of hardSigmoid",
    file: "piecewise.ts",
    from: "da * madd(x, third, 0.5)",
    to: "da * madd(0, third, 0.5)",
  },
  {
    bug: "huber's slope unlimited",
    file: "loss.ts",
    from: "round(error - round(0.5 * cut)), cut]",
    to: "round(error - round(0.5 * cut)), error]",
  },
  {
    bug: "the quantile's other side",
    file: "loss.ts",
    from: "[round(q), round(1 - q)]",
    to: "[round(1 - q), round(q)]",
  },
  { bug: "hinge on the wrong side", file: "loss.ts", from: "short > 0 ? -sign : 0", to: "short > 0 ? sign : 0" },
  {
    bug: "prelu's slope left out of the gradient",
    file: "piecewise.ts",
    from: "heap[dz + i] = heap[slopes + Math.floor(i / LANES)]! * heap[dz + i]!",
    to: "heap[dz + i] = 0",
  },
  {
    bug: "prelu's slopes learning above 0, too",
    file: "dense.ts",
    from: "(below && value > 0 ? 0 : value)",
    to: "value",
  },
  {
    bug: "a layer normalisation without its mean",
    file: "normalization.ts",
    from: "round(round(heap[dz + i]! - mean) - round(heap[x + i]! * slope)) * inverse",
    to: "round(heap[dz + i]! - round(heap[x + i]! * slope)) * inverse",
  },
  {
    bug: "a layer normalisation without its variance",
    file: "normalization.ts",
    from: "round(round(heap[dz + i]! - mean) - round(heap[x + i]! * slope)) * inverse",
    to: "round(heap[dz + i]! - mean) * inverse",
  },
  {
    bug: "layer gammas left out",
    file: "normalization.ts",
    from: "round(heap[dz + i]! * heap[gamma + u]!)",
    to: "heap[dz + i]!",
  },
  {
    bug: "a batch normalisation without its variance",
    file: "normalization.ts",
    from: "- mean) - round(heap[x + i]! * slope));",
    to: "- mean));",
  },
  {
    bug: "a batch normalisation that counts examples that are not there",
    file: "normalization.ts",
    from: "lane < examples ? rest * factor : 0",
    to: "rest * factor",
  },
  {
    bug: "moments of m − 1",
    file: "normalization.ts",
    from: "sumRow(t, row, panels) / m;",
    to: "sumRow(t, row, panels) / (m - 1);",
  },
  {
    bug: "what passes by left out of the gradient",
    file: "run.ts",
    from: "addRows(t, dz, dz, operand(W.kept, W.keptStride), word(r, W.rows));",
    to: "",
  },
  { bug: "poisson without its targets", file: "loss.ts", from: "t.round(rate - target)]", to: "rate]" },
];

/** The js backend with one replacement in its source. */
async function backendWith({ file, from, to }: (typeof BUGS)[number]): Promise<Backend> {
  const path = fileURLToPath(new URL(`../src/backend/js/${file}`, import.meta.url));
  const source = readFileSync(path, "utf8");
  expect(source.split(from).length, `${file} has "${from}" once`).toBe(2);
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../src/backend/js.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    write: false,
    plugins: [
      {
        name: "plant",
        setup: ({ onLoad }) =>
          onLoad({ filter: new RegExp(`js/${file}$`) }, () => ({
            contents: source.replace(from, () => to),
            loader: "ts",
          })),
      },
    ],
  });
  const code = Buffer.from(outputFiles[0]!.contents).toString("base64");
  return (await import(/* @vite-ignore */ `data:text/javascript;base64,${code}`)).jsBackend("strict");
}

test.each(BUGS)("a planted bug is caught: $bug", async (bug) => {
  const backend = await backendWith(bug);
  expect(CASES.some((testCase) => !(errorOf(backend, testCase) < 1e-4))).toBe(true);
});

test("without a planted bug the same machinery finds none", async () => {
  const backend = await backendWith({ bug: "none", file: "dense.ts", from: "low + high", to: "high + low" });
  expect(Math.max(...CASES.map((testCase) => errorOf(backend, testCase)))).toBeLessThan(LIMIT);
});

test("a corner of a relu is no error: a unit that reads nothing but zeros", async () => {
  const data = createDataset({ x: [[1], [2], [3]], y: [0, 1, 1] });
  const network = new Network({ inputs: 1, layers: [2, 2, 1] });
  const [first, ...others] = network.weights;
  network.weights = [{ ...first!, weight: first!.weight.map(() => -1) }, ...others]; // answers 0 to all of them
  const layers = await network.checkGradients(data);
  expect(layers.map(({ passed, checked }) => [passed, checked])).toEqual([
    [true, 4],
    [true, expect.any(Number)],
    [true, 3],
  ]);
  expect(layers[1]!.checked).toBeLessThan(6); // the biases of its units sit in the corner
});

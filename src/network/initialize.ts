// The first weights, drawn from one stream, layer by layer; in pieces, as there can be very many. What each way of
// drawing is, is the table below.

import { type Architecture, type LayerShape, type VectorName, vectorsOf } from "../architecture.js";
import type { Init, InitName } from "../catalogue.js";
import { inParts } from "../pace.js";
import { Random } from "../random.js";
import { type LayerWeights, type Numbers, numbers } from "../session/layout.js";

const COSTLY = 16; // a number that is drawn takes as long as so many that are copied, or more

/** A layer with how its weights are drawn, and what its biases start at. */
export interface DrawnLayer extends LayerShape {
  readonly init?: Init;
  readonly biasInit?: number;
  /** What prelu's slopes start at. @default 0.25 */
  readonly firstSlope?: number;
}

const FIRST_SLOPE = 0.25; // PyTorch's, https://arxiv.org/abs/1502.01852

/**
 * The first weights, each layer's own way or else `init`'s. Yields now and then; the weights are what it returns.
 */
export function* drawWeights(
  architecture: Architecture,
  layers: readonly DrawnLayer[],
  init: Init,
  seed: number,
): Generator<void, LayerWeights[]> {
  const random = new Random(seed);
  const drawn: LayerWeights[] = [];
  for (const layer of layers) {
    const weight = numbers(architecture, layer.units * layer.inputs);
    const bias = numbers(architecture, layer.units).fill(layer.biasInit ?? 0);
    yield* drawLayer(weight, bias, layer, layer.init ?? init, random);
    const vectors = vectorsOf(layer).map((name) => [
      name,
      numbers(architecture, layer.units).fill(firstOf(name, layer)),
    ]);
    drawn.push({ ...(Object.fromEntries(vectors) as Record<"bias", Numbers>), weight, bias });
  }
  return drawn;
}

// What a vector starts at, where it is not drawn.
function firstOf(name: VectorName, { firstSlope }: DrawnLayer): number {
  if (name === "slope") return firstSlope ?? FIRST_SLOPE;
  return name === "gamma" || name === "variance" ? 1 : 0;
}

function* drawLayer(weight: Numbers, bias: Numbers, layer: DrawnLayer, init: Init, random: Random): Generator<void> {
  const { inputs, units, biasInit } = layer;
  const fill = (values: Numbers, draw: () => number) =>
    inParts(values.length, COSTLY, (from, to) => {
      for (let i = from; i < to; i++) values[i] = draw();
    });
  const same = (value: number) => inParts(weight.length, 1, (from, to) => weight.fill(value, from, to));
  const normal = (deviation: number) => fill(weight, () => random.normal() * deviation);
  const truncated = (deviation: number) => fill(weight, () => truncatedNormal(random) * deviation);
  const uniform = (limit: number, values = weight) => fill(values, () => (2 * random.uniform() - 1) * limit);
  if (typeof init === "number") return yield* normal(init);
  if (typeof init === "object") {
    const { normal: n, truncatedNormal: t, uniform: u, constant: c } = init;
    if (n !== undefined) return yield* normal(n);
    if (t !== undefined) return yield* truncated(t);
    if (u !== undefined) return yield* uniform(u);
    return yield* same(c!);
  }
  switch (init) {
    case "lecun":
    case "he":
    case "glorot":
      return yield* normal(initialDeviation(init, layer));
    case "lecunTruncated":
    case "heTruncated":
    case "glorotTruncated":
      return yield* truncated(initialDeviation(init, layer) / TRUNCATED);
    case "lecunUniform":
    case "heUniform":
    case "glorotUniform":
      return yield* uniform(Math.sqrt(3) * initialDeviation(init, layer));
    case "pytorch": {
      const limit = 1 / Math.sqrt(inputs);
      yield* uniform(limit);
      if (biasInit === undefined) yield* uniform(limit, bias);
      return;
    }
    case "orthogonal":
      yield* normal(1);
      return yield* orthogonalise(weight, units, inputs);
    case "identity":
      for (let u = 0; u < Math.min(units, inputs); u++) weight[u * inputs + u] = 1;
      return;
    case "zeros":
      return;
    case "ones":
      return yield* same(1);
    default:
      init satisfies never;
  }
}

const TRUNCATED = 0.8796256610342398; // standard deviation of a standard normal number that is cut at −2 and 2

function truncatedNormal(random: Random): number {
  for (;;) {
    const value = random.normal();
    if (Math.abs(value) < 2) return value;
  }
}

/**
 * Standard deviation that a way of drawing aims at, for k inputs and n units: lecun √(1/k), he √(2/k), glorot
 * √(2/(k + n)), whether normal, truncated or uniform; NaN for those that aim at none.
 */
export function initialDeviation(init: Init, { inputs, units }: LayerShape): number {
  if (typeof init === "number") return init;
  if (typeof init === "object") {
    const { normal, truncatedNormal: truncated, uniform, constant } = init;
    if (constant !== undefined) return 0;
    return normal ?? (truncated !== undefined ? truncated * TRUNCATED : uniform! / Math.sqrt(3));
  }
  const family = FAMILIES[init];
  switch (family) {
    case "lecun":
      return 1 / Math.sqrt(inputs);
    case "he":
      return Math.sqrt(2 / inputs);
    case "glorot":
      return Math.sqrt(2 / (inputs + units));
    case "third":
      return 1 / Math.sqrt(3 * inputs);
    case "same":
      return 0;
    case "rows":
      return 1 / Math.sqrt(Math.max(inputs, units));
    default:
      return family satisfies never;
  }
}

const FAMILIES: Readonly<Record<InitName, "lecun" | "he" | "glorot" | "third" | "same" | "rows">> = {
  ...{ lecun: "lecun", lecunTruncated: "lecun", lecunUniform: "lecun" },
  ...{ he: "he", heTruncated: "he", heUniform: "he" },
  ...{ glorot: "glorot", glorotTruncated: "glorot", glorotUniform: "glorot" },
  ...{ pytorch: "third", orthogonal: "rows", identity: "rows", zeros: "same", ones: "same" },
};

// Makes rows (n, k) orthonormal where n ≤ k, else the columns, one after the other, each less its share in those before
// (Gram and Schmidt's way, twice, in double).
function* orthogonalise(weight: Numbers, n: number, k: number): Generator<void> {
  const [count, length] = n <= k ? [n, k] : [k, n];
  const place = (vector: number, i: number) => (n <= k ? vector * k + i : i * k + vector);
  const vectors = new Float64Array(count * length);
  yield* inParts(count, length, (from, to) => {
    for (let v = from; v < to; v++) for (let i = 0; i < length; i++) vectors[v * length + i] = weight[place(v, i)]!;
  });
  for (let v = 0; v < count; v++) {
    const own = vectors.subarray(v * length, (v + 1) * length);
    for (let pass = 0; pass < 2; pass++) {
      yield* inParts(v, 2 * length, (from, to) => {
        for (let o = from; o < to; o++) makeOrthogonal(own, vectors.subarray(o * length, (o + 1) * length));
      });
    }
    const norm = Math.sqrt(dot(own, own));
    for (let i = 0; i < length; i++) {
      own[i]! /= norm;
      weight[place(v, i)] = own[i]!;
    }
  }
}

// Takes from a vector its share in another.
function makeOrthogonal(own: Float64Array, other: Float64Array): void {
  const share = dot(own, other);
  for (let i = 0; i < own.length; i++) own[i]! -= share * other[i]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

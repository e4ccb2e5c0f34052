// The clinic's data sets, a row each, and a sound training of each: what an illness is planted into, and its control.
// Those of part "tune" are for choosing thresholds; those of part "held" differ in size, scale, noise and number of
// features and classes, and are for reporting.

import type { FitOptions, NetworkOptions } from "../../src/index.js";
import { exp64 } from "../../src/math.js";
import type { Random } from "../../src/random.js";
import { circle, type Data, digits, draw, normals, pictures, standardized, table } from "./data.js";

export type PartName = "tune" | "held";
export type Net = Omit<Partial<NetworkOptions>, "inputs" | "layers">;

export interface Recipe {
  readonly part: PartName;
  readonly data: (seed: number) => Data | Promise<Data>;
  /** Hidden widths. */
  readonly layers: readonly number[];
  readonly net?: Net;
  readonly fit: FitOptions;
  /** Whether its score is the mean over the classes of the share that is right. */
  readonly balanced?: boolean;
  /** Whether it lies beside the project, and may be missing. */
  readonly beside?: boolean;
}

const MSE: Net = { loss: "meanSquaredError" };
const TANH: Net = { activation: "tanh" };
const sgd = (learningRate: number, iterations: number): FitOptions => ({ learningRate, iterations });
const adam = (learningRate: number, epochs: number, batchSize: FitOptions["batchSize"] = 32): FitOptions => ({
  ...{ optimizer: "adam", learningRate, epochs, batchSize },
});

/** Rare events and small counts: how many of `count` tries succeed. */
const tries = (random: Random, count: number, share: number) =>
  Array.from({ length: count }, () => Number(random.uniform() < share)).reduce((sum, one) => sum + one, 0);

const moons = (seed: number, noise: number, counts: [number, number]) =>
  draw(seed, counts, (random) => (i) => {
    const [c, s] = circle(random.uniform() / 2);
    const [a, b] = i % 2 ? [1 - c, 0.5 - s] : [c, s];
    return [[a + noise * random.normal(), b + noise * random.normal()], i % 2];
  });

/** Spheres in each other, one for each class. */
const shells = (seed: number, radii: readonly number[], features: number, noise: number, counts: [number, number]) =>
  draw(seed, counts, (random) => (i) => {
    const row = normals(random, features);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    const radius = radii[i % radii.length]! + noise * random.normal();
    return [row.map((value) => (radius * value) / length), i % radii.length];
  });

const spirals = (seed: number, arms: number, turns: number, useless: number, counts: [number, number]) =>
  draw(seed, counts, (random) => (i) => {
    const far = Math.sqrt(random.uniform());
    const [c, s] = circle(turns * far + (i % arms) / arms);
    const point = [2 * far * c + 0.05 * random.normal(), 2 * far * s + 0.05 * random.normal()];
    return [[...point, ...normals(random, useless)], i % arms];
  });

/** Whether an odd number of the first `bits` of `features` signs is positive. */
const parity = (seed: number, bits: number, features: number, noise: number, counts: [number, number]) =>
  draw(seed, counts, (random) => () => {
    const signs = Array.from({ length: features }, () => random.integer(1));
    const odd = signs.slice(0, bits).reduce((sum, sign) => sum + sign, 0) % 2;
    return [signs.map((sign) => 2 * sign - 1 + noise * random.normal()), odd];
  });

const clusters = (seed: number, classes: number, features: number, apart: number, counts: [number, number]) =>
  draw(seed, counts, (random) => {
    const centres = Array.from({ length: classes }, () => normals(random, features, apart));
    return (i) => [centres[i % classes]!.map((centre) => centre + random.normal()), i % classes];
  });

const tiles = (seed: number, across: number, down: number, counts: [number, number]) =>
  draw(seed, counts, (random) => () => {
    const [u, v] = [random.uniform(), random.uniform()];
    return [[4 * u - 2, 4 * v - 2], (Math.floor(across * u) + Math.floor(down * v)) % 2];
  });

/** A class of `share` of the examples, in a ball away from the many others. */
const rare = (seed: number, share: number, features: number, counts: [number, number]) =>
  draw(seed, counts, (random) => {
    const centre = normals(random, features, 1.1);
    return (i) => {
      const is = i % Math.round(1 / share) === 0;
      return [normals(random, features, is ? 0.7 : 1).map((v, j) => (is ? v + centre[j]! : v)), Number(is)];
    };
  });

/** Friedman's first function: products, squares and sums of five inputs, the others useless. */
const friedman = (seed: number, noise: number, features: number, counts: [number, number]) =>
  draw(seed, counts, (random) => () => {
    const row = Array.from({ length: features }, () => random.uniform());
    const [a, b, c, d, e] = row as [number, number, number, number, number];
    return [row, [10 * circle((a * b) / 2)[1] + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e + noise * random.normal()]];
  });

const sine = (seed: number, waves: number, noise: number, counts: [number, number]) =>
  draw(seed, counts, (random) => () => {
    const at = random.uniform();
    return [[4 * at - 2], [circle(waves * at)[1] + noise * random.normal()]];
  });

/** Sums of bent directions, several numbers to predict. */
const bent = (seed: number, features: number, outputs: number, counts: [number, number]) =>
  draw(seed, counts, (random) => {
    const ways = Array.from({ length: outputs }, () => [normals(random, features), normals(random, features)]);
    const along = (way: number[], row: number[]) => way.reduce((sum, w, j) => sum + w * row[j]!, 0);
    return () => {
      const row = normals(random, features);
      const y = ways.map(([straight, bend]) => {
        const s = along(bend!, row);
        return along(straight!, row) + (2 * s) / (1 + Math.abs(s)) + 0.2 * random.normal();
      });
      return [row, y];
    };
  });

/** How often each of many words comes, mostly never; classes have words of their own. */
const words = (seed: number, classes: number, features: number, counts: [number, number]) =>
  draw(seed, counts, (random) => {
    const often = Array.from({ length: classes }, () =>
      Array.from({ length: features }, () => (random.uniform() < 0.2 ? 0.12 : 0.015)),
    );
    return (i) => [often[i % classes]!.map((share) => tries(random, 6, share)), i % classes];
  });

/** Rows that hang on few numbers, to be predicted from themselves. */
const codes = (seed: number, hidden: number, features: number, counts: [number, number]) =>
  draw(seed, counts, (random) => {
    const ways = Array.from({ length: features }, () => normals(random, hidden, 0.12));
    return () => {
      const code = normals(random, hidden);
      const row = ways.map(
        (way) => circle(way.reduce((sum, w, k) => sum + w * code[k]!, 0.1))[0] + 0.05 * random.normal(),
      );
      return [row, row];
    };
  });

/** Pictures of bars, crosses and frames somewhere on a noisy ground, as bytes. */
const glyphs = (seed: number, side: number, classes: number, counts: [number, number]): Data => ({
  ...draw(seed, counts, (random) => (i) => {
    const picture = new Uint8Array(side * side);
    for (let p = 0; p < picture.length; p++) picture[p] = random.integer(90);
    const [top, left, size] = [random.integer(2), random.integer(2), side - 3];
    const inks = [
      (r: number) => r === size >> 1,
      (_: number, c: number) => c === size >> 1,
      (r: number, c: number) => r === size >> 1 || c === size >> 1,
      (r: number, c: number) => r === 0 || c === 0 || r === size - 1 || c === size - 1,
      (r: number, c: number) => r === c,
      (r: number, c: number) => r + c === size - 1,
    ];
    const ink = inks[i % classes]!;
    for (let r = 0; r < size; r++) {
      for (let c = 0; c < size; c++) {
        if (ink(r, c)) picture[(top + r) * side + left + c] = 150 + random.integer(105);
      }
    }
    return [picture, i % classes];
  }),
  bytes: [side, side],
});

/** A straight border that noise has blurred: no network is much better than `features` weights. */
const survey = (seed: number, features: number, counts: [number, number]) =>
  draw(seed, counts, (random) => {
    const way = normals(random, features, 1.6 / Math.sqrt(features));
    return () => {
      const row = normals(random, features);
      const z = way.reduce((sum, w, j) => sum + w * row[j]!, 0);
      return [row, Number(random.uniform() < 1 / (1 + exp64(-z)))];
    };
  });

const numbersToPredict = (data: Data) => standardized({ ...data, regression: true });
const unitRows = (data: Data): Data => {
  const row = (x: ArrayLike<number>) => Array.from(x, (value) => value / 16);
  return {
    ...data,
    train: { ...data.train, x: data.train.x.map(row) },
    test: { ...data.test, x: data.test.x.map(row) },
  };
};

// biome-ignore format: a row a line
const RECIPES_TUNE = {
  moons: { data: (seed) => standardized(moons(seed, 0.15, [300, 300])), layers: [16, 8], net: TANH, fit: adam(0.01, 800, "full") },
  circles: { data: (seed) => standardized(shells(seed, [0.5, 1], 2, 0.09, [300, 300])), layers: [16], fit: sgd(0.3, 1500) },
  spirals: { data: (seed) => standardized(spirals(seed, 2, 1.25, 0, [400, 400])), layers: [32, 32], net: TANH, fit: adam(0.01, 1200, "full") },
  xor: { data: (seed) => parity(seed, 2, 2, 0.25, [200, 200]), layers: [8], net: TANH, fit: sgd(0.5, 1200) },
  blobs: { data: (seed) => standardized(clusters(seed, 4, 6, 1.2, [240, 400])), layers: [16], fit: sgd(0.1, 600) },
  checkerboard: { data: (seed) => tiles(seed, 3, 3, [600, 400]), layers: [32, 32], fit: adam(0.01, 80) },
  rare: { data: (seed) => rare(seed, 0.06, 8, [1000, 1000]), layers: [32, 16], fit: adam(0.003, 25), balanced: true },
  friedman: { data: (seed) => numbersToPredict(friedman(seed, 1, 10, [500, 500])), layers: [32, 16], net: MSE, fit: adam(0.003, 60) },
  sine: { data: (seed) => numbersToPredict(sine(seed, 1.2, 0.08, [200, 200])), layers: [24], net: { ...MSE, ...TANH }, fit: adam(0.01, 1500, "full") },
  bent: { data: (seed) => numbersToPredict(bent(seed, 8, 3, [400, 400])), layers: [24], net: MSE, fit: sgd(0.1, 1200) },
  words: { data: (seed) => words(seed, 2, 30, [600, 400]), layers: [16], fit: adam(0.003, 25) },
  codes: { data: (seed) => numbersToPredict(codes(seed, 4, 16, [400, 200])), layers: [24, 6, 24], net: { ...MSE, ...TANH }, fit: adam(0.005, 80) },
  glyphs: { data: (seed) => glyphs(seed, 12, 4, [600, 400]), layers: [32, 16], fit: adam(0.002, 30) },
  mnist: { data: () => digits([0, 3000], [0, 1000]), layers: [48, 32], fit: adam(0.001, 8) },
  cats: { data: () => pictures(), layers: [20, 7, 5], fit: sgd(0.0075, 2000) },
  iris: { data: () => standardized(table("iris")), layers: [10], fit: sgd(0.1, 1000), beside: true },
  wine: { data: () => standardized(table("wine")), layers: [16], fit: sgd(0.1, 600), beside: true },
  breast: { data: () => standardized(table("breast")), layers: [16, 8], fit: sgd(0.1, 800), beside: true },
  handwriting: { data: () => unitRows(table("digits")), layers: [64, 32], fit: adam(0.002, 25), beside: true },
  diabetes: { data: () => standardized(table("diabetes")), layers: [8], net: MSE, fit: sgd(0.02, 600), beside: true },
  houses: { data: () => standardized(table("calif")), layers: [32, 16], net: MSE, fit: adam(0.003, 20, 64), beside: true },
} satisfies Readonly<Record<string, Omit<Recipe, "part">>>;

// biome-ignore format: a row a line
const RECIPES_HELD = {
  shells: { data: (seed) => standardized(shells(seed, [1, 2, 3], 3, 0.2, [450, 450])), layers: [24], fit: sgd(0.3, 1500) },
  swirl: { data: (seed) => standardized(spirals(seed, 3, 0.8, 2, [450, 450])), layers: [32, 24], fit: adam(0.01, 60) },
  parity: { data: (seed) => parity(seed, 3, 6, 0.3, [500, 400]), layers: [24, 12], net: TANH, fit: adam(0.01, 60) },
  clusters: { data: (seed) => standardized(clusters(seed, 9, 20, 0.8, [540, 540])), layers: [32], fit: sgd(0.2, 500) },
  crescents: { data: (seed) => standardized(moons(seed, 0.22, [160, 500])), layers: [12], net: TANH, fit: sgd(0.4, 1500) },
  tiles: { data: (seed) => tiles(seed, 4, 2, [900, 500]), layers: [48, 24], fit: adam(0.006, 80, 64) },
  defects: { data: (seed) => rare(seed, 0.04, 15, [1500, 1500]), layers: [24], fit: adam(0.004, 20, 64), balanced: true },
  yields: { data: (seed) => numbersToPredict(friedman(seed, 1.5, 14, [700, 400])), layers: [16], net: MSE, fit: sgd(0.05, 500) },
  waves: { data: (seed) => numbersToPredict(sine(seed, 2, 0.15, [300, 300])), layers: [32, 16], net: { ...MSE, ...TANH }, fit: adam(0.008, 150) },
  joints: { data: (seed) => numbersToPredict(bent(seed, 4, 5, [500, 300])), layers: [32, 16], net: MSE, fit: adam(0.004, 40) },
  topics: { data: (seed) => words(seed, 3, 60, [500, 400]), layers: [24, 12], fit: adam(0.004, 20) },
  signals: { data: (seed) => numbersToPredict(codes(seed, 3, 24, [300, 200])), layers: [32, 5, 32], net: { ...MSE, ...TANH }, fit: adam(0.005, 100) },
  shapes: { data: (seed) => glyphs(seed, 9, 6, [900, 500]), layers: [48], fit: adam(0.003, 25) },
  numerals: { data: () => digits([30000, 2500], [5000, 1000]), layers: [64], fit: { optimizer: "momentum", learningRate: 0.05, epochs: 8, batchSize: 50 } },
  survey: { data: (seed) => survey(seed, 25, [800, 800]), layers: [8], fit: sgd(0.1, 300) },
} satisfies Readonly<Record<string, Omit<Recipe, "part">>>;

const of = (part: PartName, rows: Readonly<Record<string, Omit<Recipe, "part">>>) =>
  Object.entries(rows).map(([name, row]) => [name, { ...row, part }] as const);

export type SetName = keyof typeof RECIPES_TUNE | keyof typeof RECIPES_HELD;
export const RECIPES = Object.fromEntries([...of("tune", RECIPES_TUNE), ...of("held", RECIPES_HELD)]) as Readonly<
  Record<SetName, Recipe>
>;

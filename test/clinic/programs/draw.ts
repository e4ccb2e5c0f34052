// Data of the kinds that the public programs train on: made here, of the sizes and ranges that they have.

import { Random } from "../../../src/random.js";
import { type Answer, type Data, draw, moments, type Row, standardized } from "../data.js";

/** A data set of a seed. */
export type Source = (seed: number) => Data | Promise<Data>;

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (v, i) => v * b[i]!).reduce((s, v) => s + v, 0);
const uniform = (random: Random, least: number, most: number) => least + (most - least) * random.uniform();
const normals = (random: Random, count: number) => Array.from({ length: count }, () => random.normal());

/** The same few rows for training and test. */
export const rows =
  (x: readonly Row[], y: readonly Answer[], regression = false): Source =>
  () => ({ train: { x, y }, test: { x, y }, regression });

export const XOR = rows([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]); // biome-ignore format: four rows

/** Rows of a function of one number. */
export const curve =
  (counts: [number, number], least: number, most: number, f: (v: number, random: Random) => number): Source =>
  (seed) => ({
    ...draw(seed, counts, (random) => () => {
      const v = uniform(random, least, most);
      return [[v], [f(v, random)]];
    }),
    regression: true,
  });

interface Clusters {
  readonly classes?: number;
  readonly informative?: number;
}

/** Two clusters for each class at corners of a cube in a few of the columns; the other columns are noise. */
export const classification =
  (counts: [number, number], features: number, { classes = 2, informative = 2 }: Clusters = {}): Source =>
  (seed) =>
    draw(seed, counts, (random) => {
      const corners = [...random.permutation(Math.max(2 ** informative, 2 * classes))].slice(0, 2 * classes);
      const ways = Array.from({ length: informative }, () => normals(random, informative));
      return (i) => {
        const label = i % classes;
        const corner = corners[label + classes * random.integer(1)]!;
        const point = Array.from(
          { length: informative },
          (_, j) => ((corner >> j) & 1 ? 1.2 : -1.2) + 0.6 * random.normal(),
        );
        const mixed = ways.map((way) => dot(way, point));
        const row = [...point, ...mixed, ...normals(random, features)].slice(0, features);
        return [row, random.uniform() < 0.01 ? random.integer(classes - 1) : label];
      };
    });

/** Sums of a few columns with weights up to 100: numbers of some hundreds. */
export const regression =
  (counts: [number, number], features: number, targets = 1, change = (y: number[]) => y): Source =>
  (seed) => ({
    ...draw(seed, counts, (random) => {
      const informative = Math.min(10, features);
      const ways = Array.from({ length: targets }, () =>
        Array.from({ length: informative }, () => 100 * random.uniform()),
      );
      return () => {
        const row = normals(random, features);
        return [row, change(ways.map((way) => dot(way, row.slice(0, informative))))];
      };
    }),
    regression: true,
  });

/** A column's recipe: how it is drawn. */
type Cell = (random: Random) => number;
export const between =
  (least: number, most: number): Cell =>
  (random) =>
    uniform(random, least, most);
export const whole =
  (least: number, most: number): Cell =>
  (random) =>
    least + random.integer(most - least);
export const about =
  (mean: number, deviation: number): Cell =>
  (random) =>
    mean + deviation * random.normal();
/** A few large ones among many small ones. */
export const skew =
  (size: number): Cell =>
  (random) =>
    size * (1 / (1 - 0.98 * random.uniform()) - 1);

/** A table of such columns; answers by the standardised columns. */
export const table =
  (
    counts: [number, number],
    cells: readonly Cell[],
    answer: (z: number[], random: Random) => Answer,
    regression = false,
  ): Source =>
  (seed) => {
    const random = new Random(seed + 13);
    const { mean, deviation } = moments(Array.from({ length: 400 }, () => cells.map((cell) => cell(random))));
    const data = draw(seed, counts, (random) => () => {
      const row = cells.map((cell) => cell(random));
      return [
        row,
        answer(
          row.map((v, j) => (v - mean[j]!) / deviation[j]!),
          random,
        ),
      ];
    });
    return { ...data, regression };
  };

/** Class 1 where a sum is positive, with noise. */
export const when =
  (weights: readonly number[], noise: number, border = 0) =>
  (z: number[], random: Random) =>
    Number(dot(weights, z) + noise * random.normal() > border);

/** Tested on its own training: what is to be learnt by heart. */
export const again =
  (source: Source): Source =>
  async (seed) => {
    const data = await source(seed);
    return { ...data, test: data.train };
  };
/** The same with inputs, and numbers to predict, of mean 0 and deviation 1. */
export const standard =
  (source: Source): Source =>
  async (seed) =>
    standardized(await source(seed));
/** Inputs alone. */
export const standardInputs =
  (source: Source): Source =>
  async (seed) =>
    standardized({ ...(await source(seed)), regression: false } as Data);
/** From 0 to 1 in training, column by column. */
export const between0And1 =
  (source: Source): Source =>
  async (seed) => {
    const data = await source(seed);
    const width = data.train.x[0]!.length;
    const column = (j: number) => data.train.x.map((row) => row[j]!);
    const ranges = Array.from({ length: width }, (_, j) => [Math.min(...column(j)), Math.max(...column(j))] as const);
    const bring = (row: Row) => Array.from(row, (v, j) => (v - ranges[j]![0]) / (ranges[j]![1] - ranges[j]![0] || 1));
    return {
      ...data,
      train: { ...data.train, x: data.train.x.map(bring) },
      test: { ...data.test, x: data.test.x.map(bring) },
    };
  };

/** The four measures of three kinds of flowers, as they are: centimetres. */
export const flowers =
  (counts: [number, number]): Source =>
  (seed) =>
    draw(seed, counts, (random) => (i) => {
      const means = [[5, 3.4, 1.5, 0.25], [5.9, 2.8, 4.3, 1.3], [6.6, 3, 5.6, 2]][i % 3]!; // biome-ignore format: a table
      return [means.map((mean, j) => mean + [0.4, 0.3, 0.35, 0.18][j]! * random.normal()), i % 3];
    });

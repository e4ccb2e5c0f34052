// What can be done wrong to data and to first weights, as small functions to be put together in the tables of cases.

import type { LayerWeights } from "../../src/index.js";
import type { Random } from "../../src/random.js";
import { type Answer, type Data, list, type Part, type Row } from "./data.js";

/** What is done to data; random numbers come from the case's seed. */
export type DataFault = (data: Data, random: Random) => Data;
/** What is done to the first weights, in place. */
export type WeightFault = (weights: readonly LayerWeights[], random: Random) => void;

type Change = (row: number[], answer: Answer, i: number) => Row;

const changeRows = ({ x, y }: Part, change: Change): Part => ({ x: x.map((row, i) => change(list(row), y[i]!, i)), y });
const changeAnswers = ({ x, y }: Part, change: (answer: Answer) => Answer): Part => ({ x, y: y.map(change) });
const pick = ({ x, y }: Part, places: readonly number[]): Part => ({
  x: places.map((i) => x[i]!),
  y: places.map((i) => y[i]!),
});
const keep = (part: Part, is: (answer: Answer, i: number) => boolean) =>
  pick(
    part,
    part.y.map((_, i) => i).filter((i) => is(part.y[i]!, i)),
  );

/** One after the other. */
export const both =
  (...faults: DataFault[]): DataFault =>
  (data, random) =>
    faults.reduce((changed, fault) => fault(changed, random), data);

// ---- inputs

export const rows =
  (change: Change): DataFault =>
  (data) => ({ ...data, train: changeRows(data.train, change), test: changeRows(data.test, change) });
export const testRows =
  (change: Change): DataFault =>
  (data) => ({ ...data, test: changeRows(data.test, change) });
export const values = (change: (value: number, column: number) => number) => rows((row) => row.map(change));
export const testValues = (change: (value: number, column: number) => number) => testRows((row) => row.map(change));
/** Test pictures, as bytes again. */
export const testBytes = (change: (row: number[]) => number[]) => testRows((row) => Uint8Array.from(change(row)));
export const scaled =
  (scale: number, testScale?: number): DataFault =>
  (data) => ({ ...data, scale, ...(testScale !== undefined && { testScale }) });
export const testScaled =
  (testScale: number): DataFault =>
  (data) => ({ ...data, testScale });
/** Bytes as rows of numbers from 0 to 255, that nobody scales. */
export const asNumbers: DataFault = ({ bytes: _, ...data }) => rows((row) => row)(data, null!);
export const times = (factor: number, column?: number) =>
  values((value, j) => (column === undefined || j === column ? factor * value : value));
export const plus = (shift: number) => values((value) => value + shift);
/** Numbers of other sizes and middles, column by column, as a table has them. */
export const inUnits = values((value, j) => 10 ** ((j % 4) - 1) * (40 + 9 * value + 3 * j));
/** Columns in very different units. */
export const unevenUnits = values((value, j) => [1, 300, 0.01, 5000][j % 4]! * value);
export const constants = (count: number, value: number) => rows((row) => [...row, ...Array(count).fill(value)]);
export const onlyColumn = (column: number, value: number) => values((one, j) => (column === j ? one : value));
export const repeated = (times: number) => rows((row) => Array(times).fill(row).flat());
export const noiseColumns =
  (count: number): DataFault =>
  (data, random) =>
    rows((row) => [...row, ...Array.from({ length: count }, () => random.normal())])(data, random);
/** Cells that are missing, with a number that says so. */
export const sentinels =
  (share: number, sentinel: number, column?: number): DataFault =>
  (data, random) =>
    values((value, j) => ((column ?? j) === j && random.uniform() < share ? sentinel : value))(data, random);
/** A last column that tells the answer in training, and something else in the test. */
export const leak =
  (tell: (answer: number, random: Random) => number): DataFault =>
  (data, random) => {
    const { train, test } = data;
    const number = (answer: Answer) => Number(typeof answer === "object" ? answer[0] : answer);
    return {
      ...data,
      train: changeRows(train, (row, answer) => [...row, tell(number(answer), random)]),
      test: changeRows(test, (row) => [...row, tell(number(train.y[random.integer(train.y.length - 1)]!), random)]),
    };
  };
/** The same where the test's column tells it too. */
export const leakEverywhere = (tell: (answer: number) => number) =>
  rows((row, answer) => [...row, tell(Number(typeof answer === "object" ? answer[0] : answer))]);

// ---- examples

export const few =
  (count: number): DataFault =>
  (data, random) => ({
    ...data,
    train: pick(data.train, [...random.permutation(data.train.y.length)].slice(0, count)),
  });
export const without = (...labels: number[]): DataFault => only((answer) => !labels.includes(answer as number));
export const only =
  (is: (answer: Answer) => boolean): DataFault =>
  (data) => ({ ...data, train: keep(data.train, is) });
export const onlyTest =
  (is: (answer: Answer) => boolean): DataFault =>
  (data) => ({ ...data, test: keep(data.test, is) });
/** The first `count` of these labels alone. */
export const thin =
  (count: number, ...labels: number[]): DataFault =>
  (data) => {
    const left = new Map(labels.map((label) => [label as Answer, count]));
    const take = (answer: Answer) => {
      const more = left.get(answer);
      if (more !== undefined) left.set(answer, more - 1);
      return more === undefined || more > 0;
    };
    return { ...data, train: keep(data.train, take) };
  };
export const sorted: DataFault = (data) => {
  const number = (i: number) => Number([data.train.y[i]!].flat()[0]);
  const places = data.train.y.map((_, i) => i).sort((a, b) => number(a) - number(b) || a - b);
  return { ...data, train: pick(data.train, places) };
};
/** As many of the training's rows in the test. */
export const shared =
  (count: number): DataFault =>
  (data) => {
    const copy = pick(data.train, [...Array(Math.min(count, data.train.y.length)).keys()]);
    return { ...data, test: { x: [...data.test.x, ...copy.x], y: [...data.test.y, ...copy.y] } };
  };
export const testIsTraining: DataFault = (data) => ({ ...data, test: data.train });

// ---- answers

export const answers =
  (change: (answer: never) => Answer): DataFault =>
  (data) => {
    const each = change as (answer: Answer) => Answer;
    return { ...data, train: changeAnswers(data.train, each), test: changeAnswers(data.test, each) };
  };
export const testAnswers =
  (change: (answer: never) => Answer): DataFault =>
  (data) => ({ ...data, test: changeAnswers(data.test, change as (answer: Answer) => Answer) });
export const labels = (change: (label: number) => Answer) => answers((label: number) => change(label));
export const targets = (change: (value: number, output: number) => number) =>
  answers((row: readonly number[]) => row.map(change));
/** Labels as numbers to predict. */
export const asTargets: DataFault = (data, random) => labels((label) => [label])({ ...data, regression: true }, random);
/** Numbers to predict as labels. */
export const asLabels =
  (label: (value: number) => number): DataFault =>
  (data) => ({ ...answers((row: readonly number[]) => label(row[0]!))(data, null!), regression: false });
/** The answers of a share of the training dealt out anew among them. */
export const shuffled =
  (share = 1): DataFault =>
  (data, random) => {
    const places = data.train.y.map((_, i) => i).filter(() => random.uniform() < share);
    const order = random.permutation(places.length);
    const y = [...data.train.y];
    for (const [k, i] of places.entries()) y[i] = data.train.y[places[order[k]!]!]!;
    return { ...data, train: { ...data.train, y } };
  };
/** Every answer one row too late. */
export const late: DataFault = (data) => {
  const { x, y } = data.train;
  return { ...data, train: { x, y: [y[y.length - 1]!, ...y.slice(0, -1)] } };
};
export const noisy =
  (deviation: number): DataFault =>
  (data, random) =>
    targets((value) => value + deviation * random.normal())(data, random);
export const autoencoded: DataFault = (data) => ({
  ...data,
  train: { x: data.train.x, y: data.train.x.map(list) },
  test: { x: data.test.x, y: data.test.x.map(list) },
  regression: true,
});

// ---- weights

export const biases =
  (value: number, layer = 0, share = 1): WeightFault =>
  (weights) => {
    const { bias } = weights[layer]!;
    bias.fill(value, 0, Math.round(share * bias.length));
  };
export const equal =
  (value: number, layer?: number): WeightFault =>
  (weights) => {
    for (const [l, { weight }] of weights.entries()) if ((layer ?? l) === l) weight.fill(value);
  };
/** All alike but for the last digits. */
export const nearlyEqual =
  (value: number, deviation: number): WeightFault =>
  (weights, random) => {
    for (const { weight } of weights)
      for (let i = 0; i < weight.length; i++) weight[i] = value + deviation * random.normal();
  };
export const negative: WeightFault = ([first]) => {
  const { weight } = first!;
  for (let i = 0; i < weight.length; i++) weight[i] = -Math.abs(weight[i]!);
};
export const grown =
  (factor: number): WeightFault =>
  (weights) => {
    for (const { weight } of weights) for (let i = 0; i < weight.length; i++) weight[i] = factor * weight[i]!;
  };
